"""A document is read with all its files, within limits, and errors name file and place."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import InvalidDocument
from mockserver.openapi import source, yaml_json
from mockserver.openapi.pointer import lookup, target
from mockserver.openapi.size_limits import SizeLimits

json_texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | json_texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(json_texts, inner, max_size=4),
    max_leaves=20,
)
json_objects = st.dictionaries(json_texts, json_values, max_size=5)


def write(folder: Path, **files: str) -> Path:
    """Write files given as `name="text"`: `__` means a slash, `_yaml` and `_json` the suffix. Returns the folder."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_yaml", ".yaml").replace("_json", ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def parsed(text: str, file: str = "api.yaml") -> dict[str, Any]:
    return yaml_json.parse(text.encode(), file=file)[0]


class TestSyntax:
    """JSON and YAML give the same values."""

    @given(json_objects)
    def test_json_text_gives_the_same_value_when_read_as_yaml(self, value: dict[str, Any]) -> None:
        """JSON is YAML 1.2; the comment makes the YAML reader take it."""
        text = json.dumps(value, ensure_ascii=False)

        assert value == parsed(text, "api.json") == parsed("# a comment\n" + text)

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("yes", "yes"),
            ("on", "on"),
            ("no", "no"),
            ("2020-01-01", "2020-01-01"),
            ("2020-01-01T10:00:00Z", "2020-01-01T10:00:00Z"),
            ("12:30:45", "12:30:45"),
            ("0123", "0123"),
            ("0x10", "0x10"),
            ("1_000", "1_000"),
            ("1.2.3", "1.2.3"),
            (".inf", ".inf"),
            ("=", "="),
            ("12e03", 12000.0),
            ("-1.5", -1.5),
            ("-7", -7),
            ("~", None),
            ("", None),
            ("null", None),
            ("True", True),
            ("'true'", "true"),
            ("!!str 12", "12"),
            ("18446744073709551616", 18446744073709551616),
        ],
    )
    def test_plain_values_have_the_types_of_yaml_1_2(self, written: str, meant: Any) -> None:
        value = parsed(f"key: {written}")["key"]

        assert (meant, type(meant)) == (value, type(value))

    def test_keys_are_always_strings(self) -> None:
        assert {"200": 1, "yes": 2, "1.0": 3, "null": 4} == parsed("200: 1\nyes: 2\n1.0: 3\nnull: 4")

    def test_anchors_and_merge_keys_are_expanded_and_share_nothing(self) -> None:
        value = parsed("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: *a\nd: {<<: [*a, {z: 9, x: 8}]}")

        assert {"x": 1, "y": 3} == value["b"]
        assert {"x": 1, "y": 2, "z": 9} == value["d"]
        assert value["a"] == value["c"]
        assert value["a"] is not value["c"]

    @pytest.mark.parametrize(
        ("text", "file", "says"),
        [
            ("a: 1\nb:\n  c: 1\n  c: 2\n", "api.yaml", "invalid YAML at line 4, column 3: duplicate key 'c'"),
            ("a: [1\nb: 2", "api.yaml", "invalid YAML at line 2, column 2"),
            ("a:\n\t- b", "api.yaml", "invalid YAML at line 2, column 1"),
            ('{"a": 1,\n "b": }', "api.json", "invalid JSON at line 2, column 7"),
            ("a: !!python/object:os.system x", "api.yaml", "python/object:os.system has no meaning in OpenAPI"),
            ("a: !include b.yaml", "api.yaml", "line 1, column 4: the tag !include has no meaning"),
            ("? [a]\n: 1", "api.yaml", "a key must be a string"),
            ("a: *b", "api.yaml", "the alias *b has no anchor &b before it"),
            ("a: &a [*a]", "api.yaml", "points to a value that contains it"),
            ("a: 1\n---\nb: 1", "api.yaml", "a second document"),
            ("- a", "api.yaml", "expected an object at the top level, found a list"),
            ("", "api.yaml", "expected an object at the top level, found nothing"),
            ("a: !!int x", "api.yaml", "'x' is not a valid int"),
        ],
    )
    def test_an_invalid_text_is_refused_with_its_file_and_place(self, text: str, file: str, says: str) -> None:
        with pytest.raises(InvalidDocument) as refused:
            parsed(text, file)

        assert file in str(refused.value)
        assert says in str(refused.value)

    def test_yaml_in_flow_style_may_begin_with_a_brace(self) -> None:
        assert {"a": [1, 2]} == parsed("{a: [1, 2]}  # YAML")

    def test_a_byte_order_mark_is_ignored(self) -> None:
        assert {"a": 1} == yaml_json.parse(b'\xef\xbb\xbf{"a": 1}')[0]


class TestSeveralFiles:
    """Files below the document's folder become part of the document."""

    def test_references_to_files_are_resolved_from_the_file_that_has_them(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            api_yaml="paths: {/pets: {$ref: 'paths/pets.yaml'}}",
            paths__pets_yaml="""
            get: {responses: {'200': {content: {a/b: {schema: {$ref: '../schemas/pet.yaml#/Pet'}}}}}}
            """,
            schemas__pet_yaml="Pet: {properties: {owner: {$ref: 'a%20b.json'}, friend: {$ref: '#/Pet'}}}",
        )
        (tmp_path / "schemas" / "a b.json").write_text('{"type": "string"}')

        raw = source.read(tmp_path / "api.yaml").raw

        item = lookup(raw, target(raw["paths"]["/pets"]["$ref"]))
        pet = lookup(raw, target(item["get"]["responses"]["200"]["content"]["a/b"]["schema"]["$ref"]))
        assert {"$ref": "#/x-files/schemas~1pet.yaml/Pet"} == pet["properties"]["friend"]
        assert {"type": "string"} == lookup(raw, target(pet["properties"]["owner"]["$ref"]))

    def test_files_may_refer_to_each_other_in_circles(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            api_yaml="components: {schemas: {A: {$ref: 'b.yaml#/B'}}}",
            b_yaml="B: {properties: {a: {$ref: 'api.yaml#/components/schemas/A'}, c: {$ref: 'c.yaml'}}}",
            c_yaml="items: {$ref: 'b.yaml#/B'}",
        )

        read = source.read(tmp_path / "api.yaml")

        assert ["b.yaml", "c.yaml"] == sorted(read.raw["x-files"])
        assert {"$ref": "#/components/schemas/A"} == read.raw["x-files"]["b.yaml"]["B"]["properties"]["a"]
        assert () == read.unread

    def test_a_discriminator_mapping_may_refer_to_a_file(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            api_yaml="""
            components:
              schemas:
                Pet: {oneOf: [{$ref: 'dog.yaml#/Dog'}], discriminator: {mapping: {d: 'dog.yaml#/Dog', c: Cat}}}
            """,
            dog_yaml="Dog: {type: object}",
        )

        pet = source.read(tmp_path / "api.yaml").raw["components"]["schemas"]["Pet"]

        assert {"d": "#/x-files/dog.yaml/Dog", "c": "Cat"} == pet["discriminator"]["mapping"]

    def test_a_ref_inside_an_example_is_data(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            api_yaml="""
            components:
              schemas:
                A: {example: {$ref: 'x.yaml'}, default: {$ref: 'x.yaml'}, enum: [{$ref: 'x.yaml'}]}
              examples: {B: {value: {$ref: 'x.yaml'}}}
            """,
        )

        read = source.read(tmp_path / "api.yaml")

        assert () == read.unread
        assert {"$ref": "x.yaml"} == read.raw["components"]["schemas"]["A"]["example"]

    @given(json_objects)
    def test_a_document_in_one_file_stays_as_it_is(self, value: dict[str, Any]) -> None:
        assert value == parsed(json.dumps(value), "api.json")

    @pytest.mark.parametrize(
        ("reference", "says"),
        [
            ("../secret.yaml#/Pet", "outside of the document's folder"),
            ("/etc/hostname", "outside of the document's folder"),
            ("file:///etc/hostname", "outside of the document's folder"),
            ("link.yaml", "outside of the document's folder"),
            ("http://127.0.0.1:9/pet.yaml", "on another machine"),
            ("missing.yaml", "cannot be read"),
            ("folder", "is a directory and not a file"),
            ("broken.yaml", "broken.yaml: invalid YAML at line 2, column 1"),
            ("\x00", "cannot be read"),
        ],
    )
    def test_a_reference_that_cannot_be_resolved_is_listed_with_place_and_reason(
        self, tmp_path: Path, reference: str, says: str
    ) -> None:
        write(tmp_path, secret_yaml="Pet: {}", api__broken_yaml="a: [", api__folder__x_yaml="a: 1")
        (tmp_path / "api" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
        document = {"components": {"schemas": {"A": {"type": "object"}, "B": {"$ref": reference}}}}
        (tmp_path / "api" / "api.json").write_text(json.dumps(document))

        read = source.read(tmp_path / "api" / "api.json")

        (fault,) = read.unread
        assert "/components/schemas/B" == fault.pointer
        assert says in str(fault)
        assert document == read.raw

    def test_files_outside_are_read_with_the_option_outside(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            shared_yaml="Pet: {type: object}",
            api__api_yaml="components: {schemas: {A: {$ref: '../shared.yaml#/Pet'}}}",
        )

        read = source.read(tmp_path / "api" / "api.yaml", outside=True)

        assert {"$ref": "#/x-files/..~1shared.yaml/Pet"} == read.raw["components"]["schemas"]["A"]
        assert {"type": "object"} == read.raw["x-files"]["../shared.yaml"]["Pet"]

    def test_urls_are_fetched_with_the_option_outside(self, tmp_path: Path, address: str) -> None:
        reference = f"{address}/pet.yaml#/Pet"
        write(
            tmp_path,
            served__pet_yaml="Pet: {properties: {toy: {$ref: 'toys/toy.yaml'}}}",
            served__toys__toy_yaml="type: string",
            api_yaml=f"components: {{schemas: {{A: {{$ref: '{reference}'}}, B: {{$ref: '{address}/none.yaml'}}}}}}",
        )

        read = source.read(tmp_path / "api.yaml", outside=True)

        pet = lookup(read.raw, target(read.raw["components"]["schemas"]["A"]["$ref"]))
        assert {"type": "string"} == lookup(read.raw, target(pet["properties"]["toy"]["$ref"]))
        assert ["/components/schemas/B"] == [fault.pointer for fault in read.unread]

    def test_the_size_limit_applies_to_all_files_together(self, tmp_path: Path) -> None:
        write(tmp_path, api_yaml="components: {schemas: {A: {$ref: 'b.yaml'}}}", b_yaml="description: " + "x" * 900)

        read = source.read(tmp_path / "api.yaml", bounds=SizeLimits(bytes=900))

        assert "the files together are larger than 900 bytes" in str(read.unread[0])

    def test_a_missing_document_is_reported_by_name(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidDocument, match=r"none\.yaml: cannot be read: No such file or directory"):
            source.read(tmp_path / "none.yaml")


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The URL of a web server for the folder `served`."""
    (tmp_path / "served").mkdir()
    handler = partial(_Quiet, directory=str(tmp_path / "served"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Print no access log."""
