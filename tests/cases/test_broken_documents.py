"""Cases about documents with mistakes: each is named as the author wrote it, and the rest is served."""

from __future__ import annotations

from pathlib import Path

import pytest

import mockserver
from tests.cases.conftest import DOCUMENTS, Serve
from tests.client import Client
from tests.process import run


def printed(path: Path, *options: str) -> str:
    """What is printed at start about a document, without the folder that it is in."""
    return run("infer", str(path), *options).stderr.replace(f"{path.parent}/", "")


def served(document: Path, text: bytes) -> Client:
    document.write_bytes(text)
    return Client(mockserver.create_app(document, seed=1))


LENIENT = mockserver.ReadingOptions(lenient=True)

ONE_GET = """openapi: 3.0.3
info: {title: t, version: '1'}
paths: {/a: {get: {responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '%s'}}}}}}}}
"""


def test_20_a_reference_that_leads_nowhere_is_shown_as_written() -> None:
    said = printed(DOCUMENTS / "20-refs/openapi.yaml")

    assert (
        "openapi.yaml#/paths/~1c/get/responses/200/content/application~1json/schema: "
        "the reference 'sub/defs.yaml#Prob' cannot be resolved: "
        "sub/defs.yaml: a JSON pointer begins with a slash, as in `#/Prob` (RFC 6901)"
    ) in said
    assert "x-files" not in said


def test_20_a_backslash_in_a_reference_is_named() -> None:
    said = printed(DOCUMENTS / "20-refs/win.yaml")

    assert r"the reference 'sub\a.yaml' cannot be resolved" in said
    assert "separated by `/`, not by a backslash" in said


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("#Pet", "the reference '#Pet' points to nothing; a JSON pointer begins with a slash, as in `#/Pet`"),
        ("sub/defs.yaml#/Nope", "the reference 'sub/defs.yaml#/Nope' points to nothing"),
        ("sub/refers.yaml", "sub/refers.yaml#/properties/a: the reference 'sub/defs.yaml#/Nope' points to nothing"),
        ("sub/none.yaml", "the reference 'sub/none.yaml' cannot be resolved: sub/none.yaml: cannot be read"),
    ],
)
def test_20_the_text_of_a_wrong_reference_is_that_of_the_author(tmp_path: Path, reference: str, said: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/defs.yaml").write_text("Pet: {type: object}")
    (tmp_path / "sub/refers.yaml").write_text("{type: object, properties: {a: {$ref: 'defs.yaml#/Nope'}}}")
    (tmp_path / "api.yaml").write_text(ONE_GET % reference)

    found = printed(tmp_path / "api.yaml")

    assert said in found
    assert "x-files" not in found


def test_20_a_reference_to_an_anchor_of_another_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "defs.yaml").write_text("Pet: {$anchor: pet, type: object, required: [a], properties: {a: {const: 1}}}")
    text = ONE_GET.replace("3.0.3", "3.1.0") % "defs.yaml#pet"

    with served(tmp_path / "api.yaml", text.encode()) as api:
        assert {"a": 1} == api.get("/a").json()


@pytest.mark.parametrize(("path", "status"), [("a", 200), ("b", 200), ("c", 404), ("d", 200), ("e", 200)])
def test_20_with_lenient_the_other_operations_are_served(path: str, status: int) -> None:
    document = DOCUMENTS / "20-refs/openapi.yaml"

    with Client(mockserver.create_app(document, seed=1, reading=LENIENT)) as api:
        assert status == api.get(f"/{path}").status_code


def test_26_nothing_where_a_schema_belongs_accepts_anything(serve: Serve) -> None:
    api = serve("26-null-schema")

    assert [200] * 5 == [api.get(f"/{path}").status_code for path in ("foo", "bar", "baz", "desc", "int")]
    assert "any_prop" in api.get("/foo").json()
    said = printed(DOCUMENTS / "26-null-schema.yaml")
    assert "schema/properties/any_prop: expected an object (schema), found null" in said
    assert "None" not in said


def test_26_a_property_without_a_schema_leaves_the_others(tmp_path: Path) -> None:
    text = b"""openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /a:
    post:
      requestBody:
        content: {application/json: {schema: {type: object, properties: {n: null, s: string, i: {type: integer}}}}}
      responses: {'204': {description: ok}}
"""
    with served(tmp_path / "api.yaml", text) as api:
        bodies = [{"n": 1, "s": 2, "i": 3}, {"i": "x"}]
        assert [204, 400] == [api.post("/a", json=body).status_code for body in bodies]
    assert 'properties/s: expected an object (schema), found "string"' in printed(tmp_path / "api.yaml")


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/a", id="allOf with null beside a reference"),
        pytest.param("/b", id="properties are null within allOf"),
        pytest.param("/e", id="anyOf with null beside a reference"),
        pytest.param("/h", id="required with null beside a name"),
    ],
)
def test_null_in_a_list_of_a_schema_leaves_the_other_entries(serve: Serve, path: str) -> None:
    api = serve("null-entries")

    codes = [api.post(path, json=body).status_code for body in ({"n": 1}, {"n": "x"}, {}, "text")]

    assert [204, 400, 400, 400] == codes


def test_null_in_anyof_is_valid_itself(serve: Serve) -> None:
    api = serve("null-entries")

    assert [204, 400] == [
        api.post(path, content=b"null", headers={"Content-Type": "application/json"}).status_code
        for path in ("/e", "/a")
    ]


@pytest.mark.parametrize("path", ["/f", "/i"])
def test_a_list_of_which_nothing_is_left_or_known_is_not_enforced(serve: Serve, path: str) -> None:
    assert 204 == serve("null-entries").post(path, json="text").status_code


def test_what_null_in_a_list_means_is_said_at_start() -> None:
    said = printed(DOCUMENTS / "null-entries.yaml")

    assert (
        "1a/post/requestBody/content/application~1json/schema/allOf: `allOf` must be a list of schemas that is" in said
    )
    assert 'not [null, {"$ref": "#/components/schemas/N"}]; only its other entries count' in said
    assert "null is read as `type: 'null'`" in said
    assert 'not ["n", null]; only its other entries count' in said


def test_30_a_key_twice_is_refused_with_its_line() -> None:
    said = printed(DOCUMENTS / "30-yaml/openapi.yaml")

    assert "openapi.yaml: invalid YAML at line 14, column 3: duplicate key '/dup'" in said


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_30_yaml_is_read_by_the_core_schema_of_1_2(tmp_path: Path, mark: bytes, end: bytes) -> None:
    text = (DOCUMENTS / "30-yaml/nodup.yaml").read_bytes()

    with served(tmp_path / "api.yaml", mark + text.replace(b"\n", end)) as api:
        shown = api.get("/y").json()
        assert {"n": 1} == api.get("/dup").json()

    assert (True, "12:30:45", "0755") == (shown["y"], shown["time"], shown["oct"])
    assert {shown["no"], shown["on"]} <= {"no", "yes", "on", "off"}


def test_43_sloppy_documents_are_served_and_every_mistake_is_named(serve: Serve) -> None:
    said = printed(DOCUMENTS / "43-sloppy/openapi.yaml")

    assert 404 == serve("43-sloppy/openapi").get("/v1/pets").status_code
    assert "openapi.yaml#/paths/pets: the path 'pets' must begin with a slash; it is not served" in said
    assert "definitions/P/type: `type` must be one of array, boolean" in said
    assert "None" not in said


def test_43_with_lenient_what_can_be_understood_is_served() -> None:
    document = DOCUMENTS / "43-sloppy/b.yaml"

    with Client(mockserver.create_app(document, seed=1, reading=LENIENT)) as api:
        bodies = [{"n": None}, {"n": 1}, {"m": 3}, {"o": None, "p": 1, "q": "x", "s": 2}]
        assert [200] * 4 == [api.post("/a", json=body).status_code for body in bodies]
        paths = ("/b?x=y", "/d/5", "/e", "/f", "/c", "/g")
        assert [200, 200, 200, 200, 404, 404] == [api.get(path).status_code for path in paths]
    said = printed(document, "--lenient")
    assert "POST /c is not served" in said
    assert "GET /g is not served" in said
    assert "type is not a known property" in said


def test_a_path_with_a_fragment_is_named_since_clients_do_not_send_it(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(
        "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n"
        "paths: {'/#Action=A': {get: {responses: {'200': {description: ok}}}}}"
    )

    assert "paths that contain a fragment are matched only with %23" in printed(tmp_path / "api.yaml")
