"""What each field of OpenAPI does; `fields.yaml` names the test of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import mockserver
from contracts.client.target import Target
from contracts.conformance.response_validation import response_violations
from contracts.model.finding import RecordedExchange
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from mockserver.openapi.document import METHODS
from tests.client import Client
from tests.process import run

Json = dict[str, Any]


def written(tmp_path: Path, paths: Json, version: str = "3.2.0", **more: Any) -> Path:
    path = tmp_path / "api.json"
    path.write_text(json.dumps({"openapi": version, "info": {"title": "T", "version": "1"}, "paths": paths, **more}))
    return path


def content(schema: Any, kind: str = "application/json") -> Json:
    return {"content": {kind: {"schema": schema}}}


def answers(schema: Any, kind: str = "application/json") -> Json:
    return {"200": {"description": "ok", **content(schema, kind)}}


@pytest.mark.parametrize("version", ["3.0.4", "3.1.2", "3.2.0"])
def test_a_document_of_each_version_is_served(tmp_path: Path, version: str) -> None:
    operation = {"operationId": "send", "requestBody": {"required": True, **content({"type": "integer"})}}
    paths = {"/a": {"post": {**operation, "responses": answers({"const": 1} if version > "3.1" else {"enum": [1]})}}}
    servers = [{"url": "https://api.example/{v}", "variables": {"v": {"default": "v2"}}}]

    info = {"title": "Lamps of a harbour", "version": "4.5.6"}

    with Client(mockserver.create_app(written(tmp_path, paths, version, servers=servers, info=info))) as api:
        replies = [api.post("/v2/a", json=body) for body in (5, "5")]
        missing = api.post("/v2/a")
        index, services = api.get("/").json(), api.get("/_mock/services").json()

    assert [200, 400, 400] == [each.status_code for each in (*replies, missing)]
    assert 1 == replies[0].json()
    assert [info["title"]] == [each["title"] for each in index.values()]
    assert [info] == [{"title": each["title"], "version": each["version"]} for each in services]


KEYWORDS: list[tuple[str, Any, Any, Any]] = [
    ("multipleOf", {"multipleOf": 3}, 6, 7), ("maximum", {"maximum": 3}, 3, 4), ("minimum", {"minimum": 3}, 3, 2),
    ("exclusiveMaximum", {"exclusiveMaximum": 3}, 2, 3), ("exclusiveMinimum", {"exclusiveMinimum": 3}, 4, 3),
    ("maxLength", {"maxLength": 2}, "ab", "abc"), ("minLength", {"minLength": 2}, "ab", "a"),
    ("pattern", {"pattern": "^a"}, "ab", "b"), ("maxItems", {"maxItems": 1}, [1], [1, 2]),
    ("minItems", {"minItems": 1}, [1], []), ("uniqueItems", {"uniqueItems": True}, [1, 2], [1, 1]),
    ("maxProperties", {"maxProperties": 1}, {"a": 1}, {"a": 1, "b": 1}),
    ("minProperties", {"minProperties": 1}, {"a": 1}, {}), ("required", {"required": ["a"]}, {"a": 1}, {}),
    ("enum", {"enum": [1, "a"]}, "a", 2), ("type", {"type": "string"}, "a", 1),
    ("not", {"not": {"type": "string"}}, 1, "a"),
    ("allOf", {"allOf": [{"minimum": 1}, {"maximum": 2}]}, 2, 3),
    ("oneOf", {"oneOf": [{"type": "integer"}, {"type": "string"}]}, 1, True),
    ("anyOf", {"anyOf": [{"type": "integer"}, {"minimum": 3}]}, 1, 1.5),
    ("items", {"items": {"type": "integer"}}, [1], ["a"]),
    ("properties", {"properties": {"a": {"type": "integer"}}}, {"a": 1}, {"a": "x"}),
    ("additionalProperties", {"properties": {"a": {}}, "additionalProperties": False}, {"a": 1}, {"b": 1}),
    ("format", {"type": "string", "format": "date"}, "2026-01-31", "2026-02-31"), ("const", {"const": 1}, 1, 2),
    ("prefixItems", {"prefixItems": [{"type": "integer"}]}, [1, "a"], ["a"]),
    ("contains", {"contains": {"type": "integer"}}, ["a", 1], ["a"]),
    ("maxContains", {"contains": {"type": "integer"}, "maxContains": 1}, [1], [1, 2]),
    ("minContains", {"contains": {"type": "integer"}, "minContains": 2}, [1, 2], [1]),
    ("patternProperties", {"patternProperties": {"^a": {"type": "integer"}}}, {"ab": 1}, {"ab": "x"}),
    ("dependentSchemas", {"dependentSchemas": {"a": {"required": ["b"]}}}, {"a": 1, "b": 1}, {"a": 1}),
    ("dependentRequired", {"dependentRequired": {"a": ["b"]}}, {"a": 1, "b": 1}, {"a": 1}),
    ("propertyNames", {"propertyNames": {"maxLength": 1}}, {"a": 1}, {"ab": 1}),
    ("if", {"if": {"minimum": 5}, "then": {"multipleOf": 2}, "else": {}}, 6, 7),
    ("then", {"if": {"minimum": 5}, "then": {"maximum": 8}}, 8, 9),
    ("else", {"if": {"minimum": 5}, "else": {"minimum": 3}}, 3, 2),
    ("unevaluatedItems", {"prefixItems": [{}], "unevaluatedItems": False}, [1], [1, 2]),
    ("unevaluatedProperties", {"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": False},
     {"a": 1}, {"b": 1}),
]  # fmt: skip
"""Keyword, a schema with it, a value that is valid and one that is not."""


@pytest.fixture(scope="module")
def keyword_document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    paths = {
        f"/{name}": {"post": {"requestBody": content(schema), "responses": answers(schema)}}
        for name, schema, _, _ in KEYWORDS
    }
    return written(tmp_path_factory.mktemp("keywords"), paths)


@pytest.fixture(scope="module")
def keyword_api(keyword_document: Path) -> Iterator[Client]:
    with Client(mockserver.create_app(keyword_document, seed=1)) as api:
        yield api


@pytest.mark.parametrize(("keyword", "schema", "valid", "invalid"), KEYWORDS, ids=[each[0] for each in KEYWORDS])
def test_a_keyword_decides_which_values_are_valid(
    keyword_api: Client, keyword_document: Path, keyword: str, schema: Json, valid: Any, invalid: Any
) -> None:
    replies = [keyword_api.post(f"/{keyword}", json=value) for value in (valid, invalid)]
    assert [200, 400] == [each.status_code for each in replies]

    contract = contracts.of(str(keyword_document))
    [operation] = [each for each in contract.document.operations if each.path == f"/{keyword}"]
    bodies = (replies[0].content, json.dumps(valid).encode(), json.dumps(invalid).encode())
    head = (("content-type", "application/json"),)
    exchanges = [RecordedExchange("POST", "/", (), None, 200, head, body) for body in bodies]
    found = [bool(list(response_violations(operation, each, contract))) for each in exchanges]
    assert [False, False, True] == found


def test_a_schema_is_found_by_its_name(tmp_path: Path) -> None:
    schemas = {
        "Named": {"$id": "https://api.example/named", "$defs": {"Short": {"$anchor": "short", "maxLength": 2}}},
        "Plain": {"type": "integer"},
    }
    refs = ["https://api.example/named#short", "#/components/schemas/Plain", "#/components/schemas/Named/$defs/Short"]
    paths = {
        f"/{i}": {"post": {"requestBody": content({"$ref": ref}), "responses": {"204": {"description": "ok"}}}}
        for i, ref in enumerate(refs)
    }

    with Client(mockserver.create_app(written(tmp_path, paths, components={"schemas": schemas}))) as api:
        found = [[api.post(f"/{i}", json=value).status_code for value in ("ab", "abc", 1)] for i in range(3)]

    assert [[204, 400, 204], [400, 400, 204], [204, 400, 204]] == found


def test_a_dynamic_reference_leads_to_its_anchor(tmp_path: Path) -> None:
    children = {"type": "array", "items": {"$dynamicRef": "#node"}}
    tree = {"$dynamicAnchor": "node", "type": "object", "required": ["n"], "properties": {"children": children}}
    operation = {
        "requestBody": content({"$ref": "#/components/schemas/Tree"}),
        "responses": {"204": {"description": "ok"}},
    }
    document = written(tmp_path, {"/a": {"post": operation}}, components={"schemas": {"Tree": tree}})

    with Client(mockserver.create_app(document)) as api:
        found = [api.post("/a", json={"n": 1, "children": [inner]}).status_code for inner in ({"n": 2}, {}, 3)]

    assert [204, 400, 400] == found


def test_each_kind_of_component_is_found_by_its_reference(tmp_path: Path) -> None:
    def ref(kind: str) -> Json:
        return {"$ref": f"#/components/{kind}/X"}

    examples = {"examples": {"one": ref("examples")}, "schema": ref("schemas")}
    text = {"required": True, **content({"const": "t"}, "text/plain")}
    response = {
        "description": "ok",
        "headers": {"X-Count": ref("headers"), "X-Text": text},
        "content": {"application/json": examples},
    }
    operation = {
        "parameters": [ref("parameters")],
        "requestBody": ref("requestBodies"),
        "responses": {"200": ref("responses")},
    }
    numbers = {"a": {"type": "integer", "example": 3}, "b": {"type": "integer", "examples": [4]}}
    components = {
        "schemas": {"X": {"type": "object", "required": ["a"], "properties": numbers}},
        "examples": {"X": {"value": {"a": 7}}},
        "headers": {"X": {"required": True, "schema": {"const": "5"}}},
        "parameters": {"X": {"name": "n", "in": "query", "required": True, "schema": {"type": "integer"}}},
        "requestBodies": {"X": {"required": True, **content(ref("schemas"))}},
        "responses": {"X": response},
        "pathItems": {"X": {"post": operation, "get": {"responses": answers(ref("schemas"))}}},
    }

    with Client(mockserver.create_app(written(tmp_path, {"/a": ref("pathItems")}, components=components))) as api:
        reply = api.post("/a?n=1", json={"a": 1})
        refused = [
            api.post(target, json=body) for target, body in (("/a", {"a": 1}), ("/a?n=1", {}), ("/a?n=x", {"a": 1}))
        ]
        made = api.get("/a")

    assert (200, {"a": 7}, "5") == (reply.status_code, reply.json(), reply.headers["x-count"])
    assert "t" == reply.headers["x-text"]
    assert [400, 400, 400] == [each.status_code for each in refused]
    assert {"a": 3, "b": 4} == made.json()


def test_a_media_type_of_components_is_found_wherever_it_is_named(tmp_path: Path) -> None:
    """In a request, a response, a parameter, a header and another reference; what is in it is read too."""
    one = {"schema": {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}}
    lines = {"itemSchema": {"type": "object", "required": ["n"]}, "examples": {"two": {"dataValue": [{"n": 1}]}}}
    media = {"One": {**one, "examples": {"x": {"dataValue": {"a": 7}}}}, "Lines": lines}
    media |= {"Chain": {"$ref": "#/components/mediaTypes/One"}, "Unused": {"schema": {"type": "wrong"}}}
    named, chained = ({"application/json": {"$ref": f"#/components/mediaTypes/{name}"}} for name in ("One", "Chain"))
    header = {"X-One": {"required": True, "content": named}}
    operation = {
        "parameters": [{"name": "p", "in": "query", "content": named}],
        "requestBody": {"content": chained | {"application/jsonl": {"$ref": "#/components/mediaTypes/Lines"}}},
        "responses": {"200": {"description": "ok", "headers": header, "content": named}},
    }
    listed = {"application/jsonl": {"$ref": "#/components/mediaTypes/Lines"}}
    shown = {"200": {"description": "ok", "content": listed}}
    paths = {"/a": {"post": operation}, "/lines": {"get": {"responses": shown}}}
    document = written(tmp_path, paths, components={"mediaTypes": media})

    with Client(mockserver.create_app(document)) as api:
        found = [
            api.post(f"/a?p={query}", json=body)
            for query, body in (('{"a":1}', {"a": 1}), ('{"a":"x"}', {"a": 1}), ('{"a":1}', {"a": "x"}))
        ]
        sent = [
            api.post("/a", content=text, headers={"content-type": "application/jsonl"}).status_code
            for text in ('{"n":1}', '{"n":1}\n{}')
        ]
        stream = api.get("/lines").text

    assert [200, 400, 400] == [each.status_code for each in found]
    assert ({"a": 7}, '{"a":7}', '{"n":1}\n') == (found[0].json(), found[0].headers["x-one"], stream)
    assert [200, 400] == sent
    assert "mediaTypes/Unused" in run("infer", str(document)).stderr


def test_an_operation_of_each_method_is_served(tmp_path: Path) -> None:
    responses = {
        "responses": {"200": {"description": "ok", "headers": {"X-Hit": {"required": True, "schema": {"const": "1"}}}}}
    }
    item = {**dict.fromkeys(METHODS, responses), "additionalOperations": {"COPY": responses, "LiNk": responses}}

    with Client(mockserver.create_app(written(tmp_path, {"/a": item, "/b": {"head": responses}}))) as api:
        hits = [api.request(method.upper(), "/a").headers.get("x-hit") for method in (*METHODS, "COPY")]
        alone = api.request("HEAD", "/b").headers.get("x-hit")
        unknown = api.request("MOVE", "/a")

    assert (["1"] * 10, "1") == (hits, alone)
    assert 405 == unknown.status_code


def test_parameters_of_a_path_are_those_of_its_operations(tmp_path: Path) -> None:
    size = {"name": "size", "in": "query", "required": True, "schema": {"type": "integer"}}
    operation = {"responses": answers({"const": 1})}
    own = {**operation, "parameters": [{**size, "required": False}]}

    with Client(
        mockserver.create_app(written(tmp_path, {"/a": {"parameters": [size], "get": operation, "put": own}}))
    ) as api:
        found = [
            api.request(method, f"/a?{query}").status_code
            for method, query in (("GET", "size=3"), ("GET", "size=x"), ("GET", ""), ("PUT", ""), ("PUT", "size=x"))
        ]

    assert [200, 400, 400, 200, 400] == found


DOCS = {"url": "https://docs.example", "description": "d"}
TEXTS: Json = {"description": "d", "summary": "s", "externalDocs": DOCS, "deprecated": True}
OPERATION = ("paths", "/a", "post")
FLOW = {
    "authorizationUrl": "https://a.example", "tokenUrl": "https://t.example",
    "refreshUrl": "https://r.example", "scopes": {},
}  # fmt: skip
FLOWS = {
    **dict.fromkeys(("implicit", "password", "clientCredentials", "authorizationCode"), FLOW),
    "deviceAuthorization": {"deviceAuthorizationUrl": "https://d.example", **FLOW},
}
TAG = {"name": "a", "summary": "s", "description": "d", "kind": "nav", "externalDocs": DOCS}
CONTACT = {"name": "n", "url": "https://c.example", "email": "a@b.example"}

ADDED: dict[str, tuple[tuple[str | int, ...], Json]] = {
    "document": ((), {"externalDocs": DOCS, "tags": [TAG, {"name": "b", "parent": "a"}]}),
    "info": (
        ("info",),
        {"description": "d", "summary": "s", "termsOfService": "https://terms.example", "contact": CONTACT}
        | {"license": {"name": "MIT", "identifier": "MIT"}},
    ),
    "license": (("info",), {"license": {"name": "MIT", "url": "https://l.example"}}),
    "server": (("servers", 0), {"description": "d", "name": "production"}),
    "server variable": (("servers", 0, "variables", "h"), {"description": "d", "enum": ["api", "test"]}),
    "path item": (("paths", "/a"), {"summary": "s", "description": "d"}),
    "operation": (OPERATION, {"tags": ["a"], **TEXTS}),
    "parameter": (
        (*OPERATION, "parameters", 0),
        {"description": "d", "deprecated": True, "example": 3},
    ),
    "examples of a parameter": ((*OPERATION, "parameters", 0), {"examples": {"x": {"value": 3, "summary": "s"}}}),
    "request body": ((*OPERATION, "requestBody"), {"description": "d"}),
    "media type": ((*OPERATION, "requestBody", "content", "application/json"), {"description": "d"}),
    "encoding": (
        (*OPERATION, "requestBody", "content", "application/x-www-form-urlencoded", "encoding", "a"),
        {"allowReserved": True},
    ),
    "response": ((*OPERATION, "responses", "200"), {"summary": "s", "description": "d"}),
    "header": (
        (*OPERATION, "responses", "200", "headers", "X-N"),
        {"description": "d", "deprecated": True, "style": "simple", "explode": False, "allowEmptyValue": True}
        | {"allowReserved": True},
    ),
    "link": (
        (*OPERATION, "responses", "200", "links", "next"),
        {"description": "d", "server": {"url": "https://other.example"}},
    ),
    "schema": (
        ("components", "schemas", "N"),
        {**TEXTS, "title": "t", "$comment": "c", "$schema": "https://json-schema.org/draft/2020-12/schema"}
        | {"$vocabulary": {"https://v.example": True}},
    ),
    "security scheme": (
        ("components", "securitySchemes", "key"),
        {"description": "d", "deprecated": True, "bearerFormat": "JWT"},
    ),
    "oauth flows": (
        ("components", "securitySchemes", "key"),
        {"type": "oauth2", "flows": FLOWS, "oauth2MetadataUrl": "https://m.example"},
    ),
}
"""Object → where it is in the document, and what is added to it."""


def plain_document() -> Json:
    number = {"$ref": "#/components/schemas/N"}
    form = {"schema": {"type": "object", "required": ["a"], "properties": {"a": number}}, "encoding": {"a": {}}}
    ok = {
        "description": "",
        "headers": {"X-N": {"required": True, "schema": {"const": "2"}}},
        "links": {"next": {"operationId": "send", "parameters": {"n": "$response.body"}}},
        **content(number),
    }
    operation = {
        "operationId": "send",
        "parameters": [{"name": "n", "in": "query", "schema": number}],
        "requestBody": {"content": {"application/json": {"schema": number}, "application/x-www-form-urlencoded": form}},
        "responses": {"200": ok},
        "security": [{"key": []}],
    }
    return {
        "openapi": "3.2.0",
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "https://{h}.example/v1", "variables": {"h": {"default": "api"}}}],
        "paths": {"/a": {"post": operation}},
        "components": {
            "schemas": {"N": {"type": "integer", "minimum": 3}},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def seen(tmp_path: Path, document: Json) -> list[tuple[int, bytes, str | None]]:
    path = tmp_path / "api.json"
    path.write_text(json.dumps(document))
    with Client(mockserver.create_app(path, seed=1), headers={"authorization": "Bearer x"}) as api:
        sent = (("/v1/a?n=4", 5), ("/v1/a?n=2", 5), ("/v1/a", 1), ("/a", 1))
        replies = [api.post(target, json=body) for target, body in sent]
        replies += [api.post("/v1/a", data={"a": text}) for text in ("5", "1")]
    return [(each.status_code, each.content, each.headers.get("x-n")) for each in replies]


@pytest.mark.parametrize("kind", ADDED)
def test_texts_for_people_change_no_response(tmp_path: Path, kind: str) -> None:
    document = plain_document()
    place, added = ADDED[kind]
    node: Any = document
    for step in place:
        node = node[step]
    node.update(added)

    plain = seen(tmp_path, plain_document())
    assert [200, 400, 400, 404, 200, 400] == [status for status, _, _ in plain]
    assert plain == seen(tmp_path, document)


def test_what_is_not_understood_is_reported_at_start(tmp_path: Path) -> None:
    item = {"post": {"responses": answers({})}}
    dialect = "https://json-schema.org/draft/2019-09/schema"
    path = written(tmp_path, {"/a": item}, jsonSchemaDialect=dialect)

    said = run("infer", str(path)).stderr

    assert dialect in said


def test_the_node_type_says_how_a_value_is_written_in_xml(tmp_path: Path) -> None:
    one = {"type": "string", "xml": {"name": "one"}}
    schema = {
        "type": "object", "required": ["id", "all", "text"], "xml": {"name": "pet"},
        "properties": {
            "id": {"type": "integer", "const": 7, "xml": {"nodeType": "attribute"}},
            "all": {"type": "array", "const": ["a"], "items": one, "xml": {"nodeType": "element"}},
            "text": {"type": "string", "const": "hello", "xml": {"nodeType": "text"}},
        },
    }  # fmt: skip
    operation = {"requestBody": content(schema, "application/xml"), "responses": answers(schema, "application/xml")}
    body = '<pet id="7">hello<all><one>a</one></all></pet>'

    with Client(mockserver.create_app(written(tmp_path, {"/a": {"post": operation}}))) as api:
        replies = [
            api.post("/a", content=text, headers={"content-type": "application/xml"})
            for text in (body, body.replace("hello", ""))
        ]

    assert [200, 400] == [each.status_code for each in replies]
    assert '<pet id="7"><all><one>a</one></all>hello</pet>' == replies[0].text.partition("\n")[2]


def test_an_example_may_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text('{"a": 9}')
    media = {"schema": {"type": "object"}, "examples": {"one": {"externalValue": "one.json"}}}
    responses = {"200": {"description": "ok", "content": {"application/json": media}}}

    with Client(mockserver.create_app(written(tmp_path, {"/a": {"get": {"responses": responses}}}))) as api:
        assert {"a": 9} == api.get("/a").json()


def test_reserved_characters_are_read_encoded_or_not(tmp_path: Path) -> None:
    parameter = {"name": "r", "in": "query", "allowReserved": True, "schema": {"const": "a/b?c:d@e"}}
    operation = {"parameters": [parameter], "responses": {"204": {"description": "ok"}}}

    with Client(mockserver.create_app(written(tmp_path, {"/a": {"get": operation}}))) as api:
        found = [api.get(f"/a?r={text}").status_code for text in ("a/b?c:d@e", "a%2Fb%3Fc%3Ad%40e", "a")]

    assert [204, 204, 400] == found


def test_the_path_of_each_server_is_before_every_path(tmp_path: Path) -> None:
    """Its variables have their defaults, and the other values of their enum."""
    servers = [
        {
            "url": "https://api.example/{region}/{v}/",
            "variables": {"region": {"default": "eu", "enum": ["eu", "us"]}, "v": {"default": "v2"}},
        },
        {"url": "/other"},
    ]
    document = written(tmp_path, {"/a": {"get": {"responses": answers({"const": 1})}}}, servers=servers)

    with Client(mockserver.create_app(document)) as api:
        found = [api.get(path).status_code for path in ("/eu/v2/a", "/us/v2/a", "/other/a", "/a", "/asia/v2/a")]

    assert [200, 200, 200, 404, 404] == found


def test_the_security_of_the_document_is_that_of_operations_without_their_own(tmp_path: Path) -> None:
    schemes = {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}}
    paths = {"/a": {"get": {"responses": answers({"const": 1})}}}
    paths["/b"] = {"get": {**paths["/a"]["get"], "security": []}}
    document = written(tmp_path, paths, security=[{"key": []}], components=schemes)

    with Client(mockserver.create_app(document)) as api:
        found = [api.get(path).status_code for path in ("/a", "/b")]

    assert [401, 200] == found


def test_a_default_is_applied_where_a_value_is_left_out(tmp_path: Path) -> None:
    """In a body and in a query; and the check finds a service that applies another one."""

    def document(folder: str, default: str) -> Path:
        size = {"type": "string", "enum": ["small", "large"], "default": default}
        item = {"type": "object", "required": ["id", "size"], "properties": {"id": {"type": "string"}, "size": size}}
        sent = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "size": size}}
        item["properties"] |= {"name": {"type": "string"}}
        path = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
        most = {
            "name": "limit",
            "in": "query",
            "schema": {"type": "integer", "default": 1 if default == "small" else 2},
        }
        created = {"201": {"description": "created", **content(item)}}
        paths = {
            "/cups": {
                "post": {"requestBody": {"required": True, **content(sent)}, "responses": created},
                "get": {"parameters": [most], "responses": answers({"type": "array", "items": item})},
            },
            "/cups/{id}": {
                "parameters": [path],
                "get": {"responses": {**answers(item), "404": {"description": "no such cup"}}},
            },
        }
        (tmp_path / folder).mkdir()
        return written(tmp_path / folder, paths)

    stated, other = document("stated", "small"), document("other", "large")
    with Client(mockserver.create_app(stated)) as api:
        made = [api.post("/cups", json={"name": name}).json() for name in ("a", "b")]
        listed = api.get("/cups").json()
    with Target.asgi(mockserver.create_app(other), base_url="http://cups") as target:
        broken = run_checks(contracts.of(stated), target, only=["schema-defaults"])

    assert (["small", "small"], 1) == ([each["size"] for each in made], len(listed))
    assert {"schema-defaults"} == {each.check for each in broken.findings}


def test_a_text_of_json_is_made_by_its_content_schema(tmp_path: Path) -> None:
    inner = {"type": "object", "required": ["n"], "properties": {"n": {"const": 4}}}
    both = {"type": "string", "contentMediaType": "application/json", "contentSchema": inner}
    without = {"type": "string", "contentSchema": inner}
    paths = {f"/{i}": {"get": {"responses": answers(schema)}} for i, schema in enumerate((both, without))}

    with Client(
        mockserver.create_app(
            written(tmp_path, paths),
        )
    ) as api:
        texts = [api.get(f"/{i}").json() for i in range(2)]

    assert {"n": 4} == json.loads(texts[0])
    assert "{" not in texts[1]
