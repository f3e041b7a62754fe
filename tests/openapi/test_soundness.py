"""Everything that is wrong with a document is told at once, and only what it concerns is left out."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import InvalidDocument, UnsupportedFeature
from mockserver.openapi import lint, normalize, source

FINE = {"200": {"description": "fine"}}


def document(version: str = "3.0.3", **root: Any) -> dict[str, Any]:
    """A sound document with two operations on pets."""
    reference = {"$ref": "#/components/schemas/Pet"}
    answer = {"200": {"description": "a pet", "content": {"application/json": {"schema": reference}}}}
    identity = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    written = json.dumps(
        {
            "openapi": version,
            "info": {"title": "pets", "version": "1"},
            "paths": {
                "/pets": {"post": {"operationId": "create", "responses": answer}},
                "/pets/{id}": {
                    "parameters": [identity],
                    "get": {"operationId": "read", "responses": answer},
                    "delete": {"operationId": "delete", "responses": {"204": {"description": "gone"}}},
                },
            },
            "components": {"schemas": {"Pet": {"type": "object", "properties": {"name": {"type": "string"}}}}},
            **root,
        }
    )
    return dict(json.loads(written))


def at(raw: dict[str, Any], *keys: str | int) -> Any:
    node: Any = raw
    for key in keys:
        node = node[key]
    return node


def found(raw: dict[str, Any]) -> dict[str, str]:
    """Where something is wrong, and how grave it is."""
    return {flaw.pointer: flaw.severity for flaw in lint.faults(raw, file="api.yaml")}


PET = ("components", "schemas", "Pet")
READ = ("paths", "/pets/{id}", "get")


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_sound_document_has_no_faults(version: str) -> None:
    assert () == lint.faults(document(version))


@pytest.mark.parametrize(
    ("holder", "wrong", "place", "severity"),
    [
        ((), {"paths": []}, "/paths", "fatal"),
        ((), {"openapi": "9.0"}, "", "fatal"),
        ((), {"info": {}}, "/info", "tolerable"),
        ((), {"servers": "https://example.com"}, "/servers", "tolerable"),
        ((), {"security": [{"nobody": []}]}, "/security/0", "tolerable"),
        (("paths",), {"/pets": "none"}, "/paths/~1pets", "fatal"),
        (("paths",), {"pets": {}}, "/paths/pets", "tolerable"),
        (("paths", "/pets"), {"post": []}, "/paths/~1pets/post", "fatal"),
        (("paths", "/pets", "post"), {"parameters": {}}, "/paths/~1pets/post/parameters", "fatal"),
        (("paths", "/pets", "post"), {"parameters": ["q"]}, "/paths/~1pets/post/parameters/0", "fatal"),
        (("paths", "/pets", "post"), {"parameters": [{"name": "q"}]}, "/paths/~1pets/post/parameters/0", "fatal"),
        (("paths", "/pets", "post"), {"operationId": "read"}, "/paths/~1pets~1{id}/get/operationId", "tolerable"),
        (READ, {"responses": {"200": 1}}, "/paths/~1pets~1{id}/get/responses/200", "fatal"),
        (READ, {"responses": {"200": {"$ref": "#/x"}}}, "/paths/~1pets~1{id}/get/responses/200", "fatal"),
        (READ, {"responses": {"200": {}}}, "/paths/~1pets~1{id}/get/responses/200", "tolerable"),
        (("paths", "/pets/{id}"), {"parameters": []}, "/paths/~1pets~1{id}/delete", "tolerable"),
        (PET, {"type": "any"}, "/components/schemas/Pet/type", "tolerable"),
        (PET, {"discriminator": "kind"}, "/components/schemas/Pet/discriminator", "tolerable"),
        (
            PET,
            {"discriminator": {"propertyName": "kind", "mapping": {"a": "Pet", "b": "None"}}},
            "/components/schemas/Pet/discriminator/mapping/b",
            "tolerable",
        ),
        (PET, {"required": True}, "/components/schemas/Pet/required", "tolerable"),
        (PET, {"pattern": "["}, "/components/schemas/Pet/pattern", "tolerable"),
        (PET, {"properties": {"a": {"$ref": "#/none"}}}, "/components/schemas/Pet/properties/a", "fatal"),
        (PET, {"items": {"$ref": "pet.yaml"}}, "/components/schemas/Pet/items", "fatal"),
        (PET, {"$ref": "#/components/schemas/Pet"}, "/components/schemas/Pet", "fatal"),
        (("components", "schemas"), {"Unused": {"$ref": "#/none"}}, "/components/schemas/Unused", "tolerable"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_how_grave_it_is(
    holder: tuple[str, ...], wrong: dict[str, Any], place: str, severity: str
) -> None:
    raw = document()
    at(raw, *holder).update(wrong)

    assert severity == found(raw)[place]


def test_all_faults_are_told_at_once() -> None:
    raw = document()
    raw["components"]["schemas"]["Pet"]["properties"] = {"a": {"$ref": "#/a"}, "b": {"$ref": "#/b"}, "c": {"type": 1}}
    raw["paths"]["/pets"]["post"]["parameters"] = [{"in": "query"}]
    del raw["info"]["title"]

    faults = lint.faults(raw, file="api.yaml")
    with pytest.raises(InvalidDocument) as refused:
        lint.demand(faults, file="api.yaml")

    properties = "/components/schemas/Pet/properties"
    grave = [f"{properties}/a", f"{properties}/b", "/paths/~1pets/post/parameters/0"]
    assert {*grave, f"{properties}/c/type", "/info"} == {fault.pointer for fault in faults}
    assert all(f"#{place}: " in str(refused.value) for place in grave)
    assert str(refused.value).startswith("api.yaml: 3 faults")


def test_a_single_fault_is_raised_as_it_is() -> None:
    raw = document()
    raw["components"]["schemas"]["Pet"] = {"$ref": "#/none"}

    with pytest.raises(
        InvalidDocument, match=r"api\.yaml#/components/schemas/Pet: the reference '#/none' leads nowhere"
    ):
        lint.demand(lint.faults(raw, file="api.yaml"))


def test_what_is_not_honoured_is_told_as_unsupported() -> None:
    raw = document("3.1.0", jsonSchemaDialect="http://json-schema.org/draft-07/schema#")
    raw["components"]["schemas"]["Pet"]["properties"]["name"]["pattern"] = "(unclosed"

    faults = lint.faults(raw)

    assert ["/components/schemas/Pet/properties/name/pattern", "/jsonSchemaDialect"] == sorted(
        f.pointer for f in faults
    )
    assert {UnsupportedFeature} == {type(fault.error) for fault in faults}
    assert () == lint.fatal(faults)


@pytest.mark.parametrize(
    ("schema", "sound"),
    [
        ({"type": "integer", "default": 3}, True),
        ({"type": "integer", "default": "3"}, False),
        ({"type": "string", "enum": ["a"], "default": "b"}, False),
        ({"type": "string", "nullable": True, "default": None}, True),
        ({"type": "string", "default": None}, False),
        ({"minimum": 1, "exclusiveMinimum": True, "default": 1}, False),
        ({"type": "array", "items": {"type": "string"}, "default": []}, True),
        ({"allOf": [{"$ref": "#/components/schemas/Pet"}], "default": {}}, True),
    ],
)
def test_a_default_that_breaks_its_own_schema_is_told(schema: dict[str, Any], sound: bool) -> None:
    raw = document()
    raw["components"]["schemas"]["Pet"]["properties"]["name"] = schema

    place = "/components/schemas/Pet/properties/name/default"
    assert ({} if sound else {place: "tolerable"}) == found(raw)


def test_of_openapi_3_2_what_is_new_is_told_and_the_rest_served() -> None:
    raw = document("3.2.0")
    raw["paths"]["/pets"]["query"] = {"responses": FINE}

    (fault,) = lint.faults(raw)

    assert ("/paths/~1pets/query", UnsupportedFeature) == (fault.pointer, type(fault.error))
    assert {"post"} == dict(normalize.operations(raw, normalize.normalise(raw)["paths"]["/pets"])).keys()


def test_lists_separated_by_tabs_are_told() -> None:
    parameter = {"name": "q", "in": "query", "type": "array", "items": {"type": "string"}, "collectionFormat": "tsv"}
    raw = {"swagger": "2.0", "info": {"title": "t", "version": "1"}}
    raw["paths"] = {"/a": {"get": {"parameters": [parameter], "responses": FINE}}}

    assert {"/paths/~1a/get/parameters/0/collectionFormat": "tolerable"} == found(raw)


def test_a_reference_by_name_leads_to_what_it_concerns() -> None:
    raw = document("3.1.0")
    raw["components"]["schemas"]["Pet"] = {"$anchor": "pet", "properties": {"a": {"$ref": "#none"}}}
    for operation in (raw["paths"]["/pets"]["post"], raw["paths"]["/pets/{id}"]["get"]):
        operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"] = "#pet"

    faults = lint.faults(raw)
    _, left_out = lint.lenient(raw, faults)

    assert [("/components/schemas/Pet/properties/a", "fatal")] == [(f.pointer, f.severity) for f in faults]
    assert ["POST /pets", "GET /pets/{id}"] == [one.operation for one in left_out]


def test_two_paths_that_match_the_same_requests_are_told() -> None:
    raw = document()
    raw["paths"]["/pets/{name}"] = {"get": {"responses": FINE}, "put": {"responses": FINE}}

    (fault, *_) = [f for f in lint.faults(raw) if "the same requests" in str(f)]

    assert "/paths/~1pets~1{name}/get" == fault.pointer
    assert "'/pets/{id}'" in str(fault)


def test_a_keyword_of_3_0_is_sound_in_3_0() -> None:
    raw = document()
    raw["components"]["schemas"]["Pet"]["properties"] = {
        "age": {"type": "integer", "minimum": 0, "exclusiveMinimum": True, "nullable": True, "example": 3},
        "nullable": {"type": "string"},
    }

    assert () == lint.faults(raw)


def test_a_callback_that_leads_nowhere_concerns_no_operation() -> None:
    raw = document()
    raw["paths"]["/pets"]["post"]["callbacks"] = {"done": {"{$url}": {"post": {"responses": {"200": {"$ref": "#/x"}}}}}}

    assert {"tolerable"} == set(found(raw).values())


def test_what_could_not_be_read_is_told_with_its_reason(tmp_path: Path) -> None:
    raw = document()
    raw["components"]["schemas"]["Pet"] = {"$ref": "pet.yaml"}
    (tmp_path / "api.json").write_text(json.dumps(raw))

    read = source.read(tmp_path / "api.json")
    (fault,) = lint.faults(read.raw, file=read.file, unread=read.unread)

    assert "pet.yaml: it cannot be read: No such file" in str(fault)
    assert "fatal" == fault.severity


class TestLenient:
    """Exactly the operations that a fault concerns are left out."""

    def test_an_operation_goes_with_the_schema_it_needs_and_the_others_stay(self) -> None:
        raw = document()
        raw["components"]["schemas"]["Pet"]["properties"]["owner"] = {"$ref": "#/components/schemas/Owner"}
        before = deepcopy(raw)

        rest, left_out = lint.lenient(raw, lint.faults(raw, file="api.yaml"))

        assert ["POST /pets", "GET /pets/{id}"] == [one.operation for one in left_out]
        assert "api.yaml#/components/schemas/Pet/properties/owner: the reference" in str(left_out[0])
        assert {"/pets/{id}": {"parameters", "delete"}} == {path: set(item) for path, item in rest["paths"].items()}
        assert () == lint.fatal(lint.faults(rest))
        assert before == raw

    def test_a_fault_of_a_path_item_concerns_all_its_operations(self) -> None:
        raw = document()
        raw["paths"]["/pets/{id}"]["parameters"].append({"$ref": "#/components/parameters/None"})

        rest, left_out = lint.lenient(raw, lint.faults(raw))

        assert ["GET /pets/{id}", "DELETE /pets/{id}"] == [one.operation for one in left_out]
        assert ["/pets"] == list(rest["paths"])

    def test_a_sound_document_is_left_whole(self) -> None:
        raw = document()

        assert (raw, ()) == lint.lenient(raw, lint.faults(raw))

    def test_of_a_document_without_paths_nothing_can_be_served(self) -> None:
        raw = document(paths=[])

        with pytest.raises(InvalidDocument, match="#/paths"):
            lint.lenient(raw, lint.faults(raw))

    @given(st.integers(1, 12), st.data())
    def test_whatever_is_broken_the_rest_is_sound(self, number: int, data: st.DataObject) -> None:
        """Each operation needs a chain of schemas; those whose chain holds a broken one go, and no others."""
        schemas = {
            f"S{i}": data.draw(
                st.sampled_from(
                    [{"type": "object"}, *({"items": {"$ref": f"#/components/schemas/S{j}"}} for j in range(i))]
                )
            )
            for i in range(number)
        }
        broken = data.draw(st.sets(st.sampled_from(sorted(schemas))))
        for name in broken:
            schemas[name] = {"$ref": "#/components/schemas/None"}
        raw = document(
            paths={f"/p{i}": {"get": _answers(f"S{i}")} for i in range(number)}, components={"schemas": schemas}
        )

        rest, left_out = lint.lenient(raw, lint.faults(raw))

        expected = {f"GET /p{i}" for i in range(number) if _needs(f"S{i}", schemas) & broken}
        assert expected == {one.operation for one in left_out}
        assert len(rest["paths"]) == number - len(expected)
        assert () == lint.faults(rest) == lint.faults(normalize.normalise(rest))


def _answers(schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"responses": {"200": {"description": "d", "content": content}}}


def _needs(name: str, schemas: dict[str, Any]) -> set[str]:
    needed, step = {name}, schemas[name]
    while "items" in step:
        name = step["items"]["$ref"].rpartition("/")[2]
        needed.add(name)
        step = schemas[name]
    return needed


def test_the_corpus_has_no_grave_faults(shared: Path) -> None:
    for path in sorted((shared / "corpus").glob("*.y*ml")):
        read = source.read(path)

        assert () == lint.fatal(lint.faults(read.raw, file=read.file, unread=read.unread))
