"""All problems of a document are reported at once, with their place and severity."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.errors import InvalidDocument, UnsupportedFeature
from mockserver.openapi import lenient, lint, normalize, source

FINE = {"200": {"description": "fine"}}


def document(version: str = "3.0.3", **root: Any) -> dict[str, Any]:
    """A valid document with three operations on pets."""
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
    """The pointers of the problems, each with its severity."""
    return {problem.pointer: problem.severity for problem in lint.problems(raw, file="api.yaml")}


PET = ("components", "schemas", "Pet")
READ = ("paths", "/pets/{id}", "get")


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_valid_document_has_no_problems(version: str) -> None:
    assert () == lint.problems(document(version))


@pytest.mark.parametrize(
    ("holder", "wrong", "place", "severity"),
    [
        ((), {"paths": []}, "/paths", "error"),
        ((), {"openapi": "9.0"}, "", "error"),
        ((), {"info": {}}, "/info", "warning"),
        ((), {"servers": "https://example.com"}, "/servers", "warning"),
        ((), {"security": [{"nobody": []}]}, "/security/0", "warning"),
        (("paths",), {"/pets": "none"}, "/paths/~1pets", "error"),
        (("paths",), {"pets": {}}, "/paths/pets", "warning"),
        (("paths", "/pets"), {"post": []}, "/paths/~1pets/post", "error"),
        (("paths", "/pets", "post"), {"parameters": {}}, "/paths/~1pets/post/parameters", "error"),
        (("paths", "/pets", "post"), {"parameters": ["q"]}, "/paths/~1pets/post/parameters/0", "error"),
        (("paths", "/pets", "post"), {"parameters": [{"name": "q"}]}, "/paths/~1pets/post/parameters/0", "error"),
        (("paths", "/pets", "post"), {"operationId": "read"}, "/paths/~1pets~1{id}/get/operationId", "warning"),
        (READ, {"responses": {"200": 1}}, "/paths/~1pets~1{id}/get/responses/200", "error"),
        (READ, {"responses": {"200": {"$ref": "#/x"}}}, "/paths/~1pets~1{id}/get/responses/200", "error"),
        (READ, {"responses": {"200": {}}}, "/paths/~1pets~1{id}/get/responses/200", "warning"),
        (("paths", "/pets/{id}"), {"parameters": []}, "/paths/~1pets~1{id}/delete", "warning"),
        (PET, {"type": "any"}, "/components/schemas/Pet/type", "warning"),
        (PET, {"discriminator": "kind"}, "/components/schemas/Pet/discriminator", "warning"),
        (
            PET,
            {"discriminator": {"propertyName": "kind", "mapping": {"a": "Pet", "b": "None"}}},
            "/components/schemas/Pet/discriminator/mapping/b",
            "warning",
        ),
        (PET, {"required": True}, "/components/schemas/Pet/required", "warning"),
        (PET, {"pattern": "["}, "/components/schemas/Pet/pattern", "warning"),
        (PET, {"properties": {"a": {"$ref": "#/none"}}}, "/components/schemas/Pet/properties/a", "error"),
        (PET, {"items": {"$ref": "pet.yaml"}}, "/components/schemas/Pet/items", "error"),
        (PET, {"$ref": "#/components/schemas/Pet"}, "/components/schemas/Pet", "error"),
        (("components", "schemas"), {"Unused": {"$ref": "#/none"}}, "/components/schemas/Unused", "warning"),
    ],
)
def test_a_problem_is_reported_with_its_place_and_severity(
    holder: tuple[str, ...], wrong: dict[str, Any], place: str, severity: str
) -> None:
    raw = document()
    at(raw, *holder).update(wrong)

    assert severity == found(raw)[place]


def test_all_problems_are_reported_at_once() -> None:
    raw = document()
    raw["components"]["schemas"]["Pet"]["properties"] = {"a": {"$ref": "#/a"}, "b": {"$ref": "#/b"}, "c": {"type": 1}}
    raw["paths"]["/pets"]["post"]["parameters"] = [{"in": "query"}]
    del raw["info"]["title"]

    problems = lint.problems(raw, file="api.yaml")
    with pytest.raises(InvalidDocument) as refused:
        lint.raise_errors(problems, file="api.yaml")

    properties = "/components/schemas/Pet/properties"
    errors = [f"{properties}/a", f"{properties}/b", "/paths/~1pets/post/parameters/0"]
    assert {*errors, f"{properties}/c/type", "/info"} == {problem.pointer for problem in problems}
    assert all(f"#{place}: " in str(refused.value) for place in errors)
    assert str(refused.value).startswith("api.yaml: 3 errors")


def test_a_single_error_is_raised_as_it_is() -> None:
    raw = document()
    raw["components"]["schemas"]["Pet"] = {"$ref": "#/none"}

    with pytest.raises(
        InvalidDocument, match=r"api\.yaml#/components/schemas/Pet: the reference '#/none' points to nothing"
    ):
        lint.raise_errors(lint.problems(raw, file="api.yaml"))


def test_what_the_mock_does_not_implement_is_reported_as_unsupported() -> None:
    raw = document("3.1.0", jsonSchemaDialect="http://json-schema.org/draft-07/schema#")
    raw["components"]["schemas"]["Pet"]["properties"]["name"]["pattern"] = "(unclosed"

    problems = lint.problems(raw)

    assert ["/components/schemas/Pet/properties/name/pattern", "/jsonSchemaDialect"] == sorted(
        p.pointer for p in problems
    )
    assert {UnsupportedFeature} == {type(problem.error) for problem in problems}
    assert () == lint.errors(problems)


@pytest.mark.parametrize(
    ("schema", "valid"),
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
def test_a_default_that_does_not_match_its_own_schema_is_reported(schema: dict[str, Any], valid: bool) -> None:
    raw = document()
    raw["components"]["schemas"]["Pet"]["properties"]["name"] = schema

    place = "/components/schemas/Pet/properties/name/default"
    assert ({} if valid else {place: "warning"}) == found(raw)


def test_new_features_of_openapi_3_2_are_served() -> None:
    raw = document("3.2.0")
    raw["$self"] = "https://example.com/api"
    raw["paths"]["/pets"] |= {"query": {"responses": FINE}, "additionalOperations": {"COPY": {"responses": FINE}}}

    assert () == tuple(lint.problems(raw))
    served = normalize.operations(raw, normalize.normalise(raw)["paths"]["/pets"])
    assert ["post", "query", "copy"] == [method for method, _ in served]


@pytest.mark.parametrize(("link", "wrong"), [
    ({"operationId": "getPet", "parameters": {"id": "$response.body#/id"}}, None),
    ({"operationId": "getPet", "parameters": {"path.id": "$response.body#/id"}}, None),
    ({"operationRef": "#/paths/~1pets~1%7Bid%7D/get", "parameters": {"id": "$response.body#/id"}}, None),
    ({"operationRef": "https://other.example/api.json#/paths/~1a/get"}, None),
    ({"operationId": "getPet", "parameters": {"petId": "$response.body#/id"}}, "/parameters/petId"),
    ({"operationId": "getPet", "parameters": {"query.id": "$response.body#/id"}}, "/parameters/query.id"),
    ({"operationId": "fetchPet"}, "/operationId"),
    ({"operationRef": "#/paths/~1pets~1{petId}/get"}, "/operationRef"),
])  # fmt: skip
def test_a_link_to_what_the_document_does_not_have_is_reported(link: dict[str, Any], wrong: str | None) -> None:
    raw = document("3.1.0")
    raw["paths"]["/pets/{id}"]["get"]["operationId"] = "getPet"
    raw["paths"]["/pets"]["post"]["responses"]["200"]["links"] = {"one": link}

    place = "/paths/~1pets/post/responses/200/links/one"
    assert ({place + wrong: "warning"} if wrong else {}) == found(raw)


def test_an_error_behind_a_reference_by_name_concerns_the_operations_that_use_it() -> None:
    raw = document("3.1.0")
    raw["components"]["schemas"]["Pet"] = {"$anchor": "pet", "properties": {"a": {"$ref": "#none"}}}
    for operation in (raw["paths"]["/pets"]["post"], raw["paths"]["/pets/{id}"]["get"]):
        operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"] = "#pet"

    problems = lint.problems(raw)
    _, skipped = lenient.without_errors(raw, problems)

    assert [("/components/schemas/Pet/properties/a", "error")] == [(p.pointer, p.severity) for p in problems]
    assert ["POST /pets", "GET /pets/{id}"] == [one.operation for one in skipped]


def test_two_paths_that_match_the_same_requests_are_reported() -> None:
    raw = document()
    raw["paths"]["/pets/{name}"] = {"get": {"responses": FINE}, "put": {"responses": FINE}}

    (problem, *_) = [p for p in lint.problems(raw) if "the same requests" in str(p)]

    assert "/paths/~1pets~1{name}/get" == problem.pointer
    assert "'/pets/{id}'" in str(problem)


def test_a_keyword_of_3_0_is_valid_in_3_0() -> None:
    raw = document()
    raw["components"]["schemas"]["Pet"]["properties"] = {
        "age": {"type": "integer", "minimum": 0, "exclusiveMinimum": True, "nullable": True, "example": 3},
        "nullable": {"type": "string"},
    }

    assert () == lint.problems(raw)


def test_a_broken_reference_in_a_callback_is_a_warning() -> None:
    raw = document()
    raw["paths"]["/pets"]["post"]["callbacks"] = {"done": {"{$url}": {"post": {"responses": {"200": {"$ref": "#/x"}}}}}}

    assert {"warning"} == set(found(raw).values())


def test_a_file_that_could_not_be_read_is_reported_with_the_reason(tmp_path: Path) -> None:
    raw = document()
    raw["components"]["schemas"]["Pet"] = {"$ref": "pet.yaml"}
    (tmp_path / "api.json").write_text(json.dumps(raw))

    read = source.read(tmp_path / "api.json")
    (problem,) = lint.problems(read.raw, file=read.file, unread=read.unread)

    assert "pet.yaml: cannot be read: No such file" in str(problem)
    assert "error" == problem.severity


def test_the_corpus_has_no_errors(shared: Path) -> None:
    for path in sorted((shared / "corpus").glob("*.y*ml")):
        read = source.read(path)

        assert () == lint.errors(lint.problems(read.raw, file=read.file, unread=read.unread))
