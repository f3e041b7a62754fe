"""Documents of every version are converted to one form with the same meaning."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from mockserver.errors import InvalidDocument, UnsupportedFeature
from mockserver.openapi import normalize, source
from mockserver.openapi.pointer import lookup, target
from mockserver.openapi.server_paths import base_paths


def document(schema: Any, version: str = "3.0.3", **root: Any) -> dict[str, Any]:
    """A document with one operation that answers with `schema`."""
    answer = {"200": {"description": "fine", "content": {"application/json": {"schema": schema}}}}
    info = {"title": "one schema", "version": "1"}
    return {"openapi": version, "info": info, "paths": {"/a": {"get": {"responses": answer}}}, **root}


def normal_schema(schema: Any, version: str = "3.0.3") -> Any:
    """`schema` in normal form."""
    root = normalize.normalise(document(schema, version))
    return lookup(root, "/paths/~1a/get/responses/200/content/application~1json/schema")


PETS = {"properties": {"a": {"type": "string"}, "b": {"type": "integer"}}, "required": ["a"]}
names = st.sampled_from(["a", "b", "nullable", "example", "$ref"])
values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "ab", "abc"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=3),
    max_leaves=5,
)


def typed(kind: str, **keywords: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    optional = {"nullable": st.booleans(), "example": values, "description": st.just("text"), **keywords}
    return st.fixed_dictionaries({"type": st.just(kind)}, optional=optional)


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    members = st.lists(inner, min_size=1, max_size=2)
    properties = st.dictionaries(names.filter(lambda name: name != "$ref"), inner, max_size=3)
    return st.one_of(
        typed("array", items=inner, minItems=st.integers(0, 2), uniqueItems=st.booleans()),
        typed(
            "object",
            properties=properties,
            required=st.lists(names, min_size=1, max_size=2, unique=True),
            additionalProperties=st.booleans() | inner,
        ),
        *(st.fixed_dictionaries({key: members}) for key in ("allOf", "anyOf", "oneOf")),
        st.fixed_dictionaries({"not": inner}),
        st.just({"$ref": "#/components/schemas/Pet", "description": "ignored", "type": "string"}),
    )


limits = {"minimum": st.integers(-2, 2), "maximum": st.integers(-2, 2)}
exclusive = {"exclusiveMinimum": st.booleans(), "exclusiveMaximum": st.booleans()}
schemas_30 = st.recursive(
    st.one_of(
        typed("string", minLength=st.integers(0, 2), pattern=st.just("^a"), format=st.sampled_from(["byte", "x"])),
        typed("integer", **limits, **exclusive),
        typed("number", **limits, **exclusive),
        typed("boolean"),
        st.fixed_dictionaries({"enum": st.lists(values, min_size=1, max_size=3)}),
    ),
    containers,
    max_leaves=6,
)


class TestMeaning:
    """A schema of OpenAPI 3.0 keeps its meaning in normal form."""

    @given(schemas_30, st.lists(values, min_size=1, max_size=6))
    def test_a_schema_and_its_normal_form_accept_the_same_values(self, schema: Any, instances: list[Any]) -> None:
        """Checked by two independent validators: one for OpenAPI 3.0, one for JSON Schema 2020-12."""
        components = {"schemas": {"Pet": {"type": "object", **PETS}}}
        before = OAS30Validator({"allOf": [_alone(schema)], "components": components})
        root = normalize.normalise(document(schema, components=components))
        after = Draft202012Validator({"$ref": "#/paths/~1a/get/responses/200/content/application~1json/schema", **root})

        for instance in instances:
            assert before.is_valid(instance) == after.is_valid(instance), instance

    @given(schemas_30, st.sampled_from(["3.0.3", "3.1.0"]))
    def test_a_document_in_normal_form_stays_as_it_is(self, schema: Any, version: str) -> None:
        once = normalize.normalise(document(schema, version))

        assert once == normalize.normalise(once)

    def test_nullable_is_honoured_in_3_1(self) -> None:
        assert {"type": ["string", "null"]} == normal_schema({"type": "string", "nullable": True}, "3.1.0")

    @given(schemas_30)
    def test_the_published_document_is_not_changed(self, schema: Any) -> None:
        raw = document(schema)
        before = deepcopy(raw)

        normalize.normalise(raw)

        assert before == raw

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
            ({"type": "string", "nullable": False}, {"type": "string"}),
            ({"nullable": True, "minLength": 1}, {"minLength": 1}),
            ({"type": "string", "enum": ["a"], "nullable": True}, {"type": ["string", "null"], "enum": ["a", None]}),
            ({"$ref": "#/paths", "nullable": True}, {"anyOf": [{"$ref": "#/paths"}, {"type": "null"}]}),
            (
                {"allOf": [{"type": "string"}], "nullable": True, "description": "d", "x-a": 1, "example": "e"},
                {
                    "anyOf": [{"allOf": [{"type": "string"}]}, {"type": "null"}],
                    "description": "d",
                    "x-a": 1,
                    "examples": ["e"],
                },
            ),
            ({"$ref": "#/paths", "description": "ignored", "maxLength": 3}, {"$ref": "#/paths"}),
            ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
            ({"minimum": 1, "exclusiveMinimum": False}, {"minimum": 1}),
            ({"exclusiveMaximum": True}, {}),
            (
                {"type": "integer", "format": "int32"},
                {"type": "integer", "format": "int32", "minimum": -(2**31), "maximum": 2**31 - 1},
            ),
            (
                {"type": "integer", "format": "uint8", "minimum": -5, "maximum": 9, "nullable": True},
                {"type": ["integer", "null"], "format": "uint8", "minimum": 0, "maximum": 9},
            ),
            ({"type": "string", "format": "int64"}, {"type": "string", "format": "int64"}),
            ({"type": "string", "example": None}, {"type": "string", "examples": [None]}),
            (
                {"type": "string", "format": "byte"},
                {"type": "string", "format": "byte", "contentEncoding": "base64"},
            ),
            (
                {"type": "string", "format": "binary"},
                {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"},
            ),
        ],
    )
    def test_a_keyword_of_3_0_becomes_its_successor(self, written: Any, meant: Any) -> None:
        assert meant == normal_schema(written)

    def test_a_property_may_have_the_name_of_a_keyword(self) -> None:
        properties = {name: {"type": "boolean"} for name in ("nullable", "example", "exclusiveMinimum", "$ref", "type")}

        assert {"properties": properties} == normal_schema({"properties": properties})

    def test_examples_and_defaults_are_not_treated_as_schemas(self) -> None:
        data = {"nullable": True, "type": "string", "$ref": "nowhere.yaml"}

        assert {"default": data, "enum": [data], "examples": [data]} == normal_schema(
            {"default": data, "enum": [data], "example": data}
        )

    @pytest.mark.parametrize(
        "keyword",
        [
            {"required": True},
            {"type": "any"},
            {"pattern": "["},
            {"minLength": "1"},
            {"enum": []},
            {"allOf": {}},
            {"discriminator": "kind"},
        ],
    )
    @pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
    def test_a_keyword_with_an_invalid_value_is_left_out(self, keyword: dict[str, Any], version: str) -> None:
        assert {"title": "kept"} == normal_schema({"title": "kept", **keyword}, version)

    def test_siblings_of_a_reference_count_in_3_1(self) -> None:
        written = {"$ref": "#/components/schemas/Pet", "maxProperties": 1}
        root = normalize.normalise(document(written, "3.1.0", components={"schemas": {"Pet": PETS}}))

        assert written == root["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]

    def test_references_by_name_become_json_pointers(self) -> None:
        toy = {
            "$id": "https://example.com/toy",
            "$defs": {"x": {"$anchor": "x", "type": "string"}},
            "items": {"$ref": "#x"},
        }
        pet = {"$anchor": "pet", "properties": {"toy": {"$ref": "https://example.com/toy"}, "friend": {"$ref": "#pet"}}}
        root = normalize.normalise(
            document({"$ref": "#pet"}, "3.1.0", components={"schemas": {"Toy": toy, "Pet": pet}})
        )

        schemas = root["components"]["schemas"]
        answer = lookup(root, "/paths/~1a/get/responses/200/content/application~1json/schema")
        assert schemas["Pet"] == lookup(root, target(answer["$ref"]))
        assert schemas["Pet"] == lookup(root, target(schemas["Pet"]["properties"]["friend"]["$ref"]))
        assert schemas["Toy"] == lookup(root, target(schemas["Pet"]["properties"]["toy"]["$ref"]))
        assert schemas["Toy"]["$defs"]["x"] == lookup(root, target(schemas["Toy"]["items"]["$ref"]))


def _alone(schema: Any) -> Any:
    """Drop the siblings of `$ref`: 3.0 ignores them, and the independent validator does not."""
    if isinstance(schema, list):
        return [_alone(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(schema.get("$ref"), str):
        return {"$ref": schema["$ref"]}
    return {key: value if key in ("enum", "example") else _alone(value) for key, value in schema.items()}


class TestDocument:
    """The parts of a document around its schemas."""

    @pytest.mark.parametrize("written", ["3.0.0", "3.0.3", "3.1.0", "3.1.1", 3.0, 3.1])
    def test_the_versions_of_the_specification_are_read(self, written: Any) -> None:
        assert "3.1.0" == normalize.normalise(document({}, written))["openapi"]

    @pytest.mark.parametrize("written", ["1.2", "4.0.0", "latest"])
    def test_an_unknown_version_is_refused_by_name(self, written: str) -> None:
        with pytest.raises(UnsupportedFeature, match=written):
            normalize.normalise(document({}, written))

    def test_a_document_without_a_version_is_refused(self) -> None:
        with pytest.raises(InvalidDocument, match=r"api\.yaml: the version is missing: expected `openapi: 3\.1\.0`"):
            normalize.normalise({"paths": {}}, file="api.yaml")

    def test_path_parameters_match_the_path_template(self) -> None:
        surplus = {"name": "gone", "in": "path", "required": True, "schema": {"type": "string"}}
        declared = {"name": "a", "in": "path", "required": True, "schema": {"type": "integer"}}
        query = {"name": "gone", "in": "query"}
        raw = document({}, components={"parameters": {"Gone": surplus}})
        reference = {"$ref": "#/components/parameters/Gone"}
        raw["paths"] = {
            "/x/{a}/{b}": {
                "parameters": [declared, reference],
                "get": {"parameters": [surplus, query], "responses": {}},
            }
        }

        item = normalize.normalise(raw)["paths"]["/x/{a}/{b}"]

        assert [declared] == item["parameters"]
        assert [
            query,
            {"name": "b", "in": "path", "required": True, "schema": {"type": "string"}},
        ] == item["get"]["parameters"]

    def test_a_referenced_path_item_is_copied_and_the_siblings_of_the_reference_win(self) -> None:
        raw = document({}, "3.1.0", components={"pathItems": {"P": {"get": {"responses": {}}, "summary": "theirs"}}})
        raw["paths"]["/b"] = {"$ref": "#/components/pathItems/P", "summary": "ours"}

        root = normalize.normalise(raw)

        assert {"get": {"responses": {}}, "summary": "ours"} == root["paths"]["/b"]
        assert root["paths"]["/b"]["get"] is not root["components"]["pathItems"]["P"]["get"]

    def test_null_counts_as_empty(self) -> None:
        raw = document({"properties": {"a": None}})
        raw["paths"]["/a"]["get"] |= {"parameters": None, "requestBody": None}
        raw["paths"]["/a"]["get"]["responses"]["404"] = None
        raw["paths"]["/b"] = None

        root = normalize.normalise(raw)

        operation = root["paths"]["/a"]["get"]
        assert {} == root["paths"]["/b"] == operation["responses"]["404"]
        assert operation.keys().isdisjoint(("parameters", "requestBody"))

    @pytest.mark.parametrize(
        ("servers", "path"),
        [
            ([], ""),
            ([{"url": "/"}], ""),
            ([{"url": "https://example.com"}], ""),
            ([{"url": "https://example.com/v1/"}], "/v1"),
            ([{"url": "/a/b"}, {"url": "/c"}], "/a/b"),
            ([{"url": "http://[broken/v1"}], ""),
            ([{"url": "https://example.com/The API/ä%20b"}], "/The%20API/%C3%A4%20b"),
            ([{"url": "https://{host}/{base}/x", "variables": {"base": {"default": "v2"}}}], "/v2/x"),
            ([{"url": "{server}/v3", "variables": {"server": {"default": "https://example.com"}}}], "/v3"),
        ],
    )
    def test_the_base_path_is_the_path_of_the_first_server(self, servers: Any, path: str) -> None:
        assert path == base_paths(normalize.normalise(document({}, servers=servers))["servers"])[0]

    def test_the_corpus_in_normal_form_is_valid_openapi_3_1(self, shared: Path) -> None:
        """Checked by openapi-spec-validator."""
        for path in sorted((shared / "corpus").glob("*.y*ml")):
            root = normalize.normalise(source.read(path).raw)

            assert [] == [
                error.message for error in OpenAPIV31SpecValidator(json.loads(json.dumps(root))).iter_errors()
            ]
            assert root == normalize.normalise(root)
