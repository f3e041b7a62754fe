"""Swagger 2.0 documents keep their meaning in normal form."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from mockserver.openapi import lint, normalize
from mockserver.openapi.pointer import lookup, target
from mockserver.openapi.server_paths import base_paths

FINE = {"200": {"description": "fine"}}


def swagger(operation: dict[str, Any], **root: Any) -> dict[str, Any]:
    info = {"title": "two", "version": "1"}
    return {"swagger": "2.0", "info": info, "paths": {"/a": {"post": {"responses": FINE, **operation}}}, **root}


def converted(operation: dict[str, Any], **root: Any) -> dict[str, Any]:
    """The normal form of a document with this operation; both it and the original are valid."""
    raw = swagger(operation, **root)
    assert () == lint.problems(raw)
    document = normalize.normalise(raw)
    assert [] == list(OpenAPIV31SpecValidator(document).iter_errors())
    assert document == normalize.normalise(document)
    return document


def post(document: dict[str, Any]) -> dict[str, Any]:
    return lookup(document, "/paths/~1a/post")


class TestBodies:
    """`in: body` and `in: formData` become request bodies, `consumes` and `produces` media types."""

    def test_a_body_has_the_media_types_that_the_operation_consumes(self) -> None:
        body = {"name": "b", "in": "body", "required": True, "description": "d", "schema": {"type": "string"}}

        own = converted({"parameters": [body], "consumes": ["text/plain", "application/json"]}, consumes=["a/b"])
        general = converted({"parameters": [body]}, consumes=["a/b"])
        unsaid = converted({"parameters": [body]})

        schema = {"schema": {"type": "string"}}
        content = {"text/plain": schema, "application/json": schema}
        named = {"description": "d", "required": True, "x-body-name": "b"}
        assert {**named, "content": content} == post(own)["requestBody"]
        assert ["a/b"] == list(post(general)["requestBody"]["content"])
        assert ["application/json"] == list(post(unsaid)["requestBody"]["content"])

    def test_form_fields_become_the_properties_of_one_object(self) -> None:
        fields = [
            {"name": "a", "in": "formData", "type": "string", "required": True, "maxLength": 3},
            {"name": "b", "in": "formData", "type": "array", "items": {"type": "integer"}, "collectionFormat": "multi"},
        ]

        body = post(converted({"parameters": fields}))["requestBody"]

        media = body["content"]["application/x-www-form-urlencoded"]
        assert True is body["required"]
        assert {
            "type": "object",
            "properties": {
                "a": {"type": "string", "maxLength": 3},
                "b": {"type": "array", "items": {"type": "integer"}},
            },
            "required": ["a"],
        } == media["schema"]
        assert {"b": {"style": "form", "explode": True}} == media["encoding"]

    def test_a_file_is_sent_as_multipart(self) -> None:
        fields = [{"name": "f", "in": "formData", "type": "file"}]
        consumes = ["application/x-www-form-urlencoded", "multipart/form-data"]

        body = post(converted({"parameters": fields, "consumes": consumes}))["requestBody"]

        assert ["multipart/form-data"] == list(body["content"])
        file = body["content"]["multipart/form-data"]["schema"]["properties"]["f"]
        assert {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"} == file

    def test_a_body_may_be_declared_by_the_path_item_or_under_the_roots_parameters(self) -> None:
        body = {"name": "b", "in": "body", "schema": {"$ref": "#/definitions/Pet"}}
        raw = swagger({"consumes": ["a/b"]}, parameters={"Body": body}, definitions={"Pet": {"type": "object"}})
        raw["paths"]["/a"]["parameters"] = [
            {"$ref": "#/parameters/Body"},
            {"name": "q", "in": "query", "type": "string"},
        ]

        item = normalize.normalise(raw)["paths"]["/a"]

        assert {"a/b": {"schema": {"$ref": "#/components/schemas/Pet"}}} == item["post"]["requestBody"]["content"]
        assert ["q"] == [parameter["name"] for parameter in item["parameters"]]

    def test_an_error_response_without_a_schema_has_the_media_types_too(self) -> None:
        responses = {name: {"description": name} for name in ("200", "404", "default")}

        document = converted({"responses": responses}, produces=["application/json"])

        content = {"application/json": {}}
        assert [None, content, content] == [one.get("content") for one in post(document)["responses"].values()]

    def test_a_response_has_the_media_types_that_the_operation_produces(self) -> None:
        shared = {"description": "d", "schema": {"type": "string"}, "examples": {"text/plain": "hello"}}
        responses = {"200": {"$ref": "#/responses/Shared"}}

        own = converted({"responses": responses, "produces": ["text/plain"]}, responses={"Shared": shared})
        general = converted({"responses": responses}, responses={"Shared": shared}, produces=["application/xml"])

        assert {
            "description": "d",
            "content": {"text/plain": {"schema": {"type": "string"}, "example": "hello"}},
        } == post(own)["responses"]["200"]
        assert {
            "application/xml": {"schema": {"type": "string"}},
            "text/plain": {"schema": {"type": "string"}, "example": "hello"},
        } == lookup(general, target(post(general)["responses"]["200"]["$ref"]))["content"]

    def test_a_file_in_a_response_is_binary(self) -> None:
        response = {"description": "d", "schema": {"type": "file"}}

        (name, media), *_ = post(converted({"responses": {"200": response}}))["responses"]["200"]["content"].items()

        assert "application/octet-stream" == name
        assert "binary" == media["schema"]["format"]


class TestParameters:
    """The fields that describe a value move into a schema; lists get `style` and `explode`."""

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ({}, {"style": "form", "explode": False}),
            ({"collectionFormat": "csv"}, {"style": "form", "explode": False}),
            ({"collectionFormat": "multi"}, {"style": "form", "explode": True}),
            ({"collectionFormat": "ssv"}, {"style": "spaceDelimited", "explode": False}),
            ({"collectionFormat": "pipes"}, {"style": "pipeDelimited", "explode": False}),
        ],
    )
    def test_a_list_in_the_query_keeps_its_notation(self, written: Any, meant: Any) -> None:
        items = {"type": "array", "items": {"type": "string"}, "minItems": 1}

        (parameter,) = post(converted({"parameters": [{"name": "q", "in": "query", **items, **written}]}))["parameters"]

        assert {"name": "q", "in": "query", "schema": items, **meant} == parameter

    def test_a_list_in_a_header_is_separated_by_commas(self) -> None:
        items = {"type": "array", "items": {"type": "string"}}
        responses = {"200": {"description": "d", "headers": {"X-A": {**items, "description": "text"}}}}

        operation = post(converted({"parameters": [{"name": "h", "in": "header", **items}], "responses": responses}))

        assert [{"name": "h", "in": "header", "schema": items, "style": "simple"}] == operation["parameters"]
        header = operation["responses"]["200"]["headers"]["X-A"]
        assert {"description": "text", "schema": items, "style": "simple"} == header

    def test_limits_move_into_the_schema(self) -> None:
        written = {"type": "integer", "minimum": 1, "exclusiveMinimum": True, "default": 3, "enum": [2, 3]}

        (parameter,) = post(converted({"parameters": [{"name": "q", "in": "query", **written}]}))["parameters"]

        assert {"type": "integer", "exclusiveMinimum": 1, "default": 3, "enum": [2, 3]} == parameter["schema"]


class TestDocument:
    """Shared objects move to `components`, host and base path to `servers`."""

    def test_definitions_and_references_to_them_move_together(self) -> None:
        pet = {"type": "object", "properties": {"friend": {"$ref": "#/definitions/Pet"}}}
        responses = {"200": {"description": "d", "schema": {"$ref": "#/definitions/Pet"}}}

        document = converted({"responses": responses}, definitions={"Pet": pet})

        schema = post(document)["responses"]["200"]["content"]["application/json"]["schema"]
        assert {"$ref": "#/components/schemas/Pet"} == schema
        assert "definitions" not in document
        assert schema == document["components"]["schemas"]["Pet"]["properties"]["friend"]

    def test_a_reference_into_a_converted_operation_still_finds_its_schema(self) -> None:
        inner = {"type": "object", "properties": {"a": {"type": "string"}}}
        responses = {"200": {"description": "d", "schema": inner}}
        raw = swagger({"responses": responses})
        reference = {"$ref": "#/paths/~1a/post/responses/200/schema/properties/a"}
        raw["paths"]["/b"] = {"get": {"responses": {"200": {"description": "d", "schema": reference}}}}

        root = normalize.normalise(raw)

        found = lookup(root, "/paths/~1b/get/responses/200/content/application~1json/schema")
        assert {"type": "string"} == lookup(root, target(found["$ref"]))

    def test_a_discriminator_becomes_an_object(self) -> None:
        pet = {
            "type": "object",
            "discriminator": "kind",
            "required": ["kind"],
            "properties": {"kind": {"type": "string"}},
        }

        document = converted({}, definitions={"Pet": pet})

        assert {"propertyName": "kind"} == document["components"]["schemas"]["Pet"]["discriminator"]

    def test_x_nullable_admits_null(self) -> None:
        document = converted({}, definitions={"Name": {"type": "string", "x-nullable": True}})

        assert ["string", "null"] == document["components"]["schemas"]["Name"]["type"]

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ({"type": "basic"}, {"type": "http", "scheme": "basic"}),
            ({"type": "apiKey", "name": "k", "in": "header"}, {"type": "apiKey", "name": "k", "in": "header"}),
            (
                {"type": "oauth2", "flow": "accessCode", "authorizationUrl": "https://a", "tokenUrl": "https://b",
                 "scopes": {"s": "d"}},
                {"type": "oauth2", "flows": {"authorizationCode": {
                    "authorizationUrl": "https://a", "tokenUrl": "https://b", "scopes": {"s": "d"}}}},
            ),
            (
                {"type": "oauth2", "flow": "application", "tokenUrl": "https://b", "scopes": {}},
                {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "https://b", "scopes": {}}}},
            ),
        ],
    )  # fmt: skip
    def test_a_security_definition_becomes_a_scheme(self, written: Any, meant: Any) -> None:
        document = converted({"security": [{"key": []}]}, securityDefinitions={"key": written})

        assert meant == document["components"]["securitySchemes"]["key"]

    @pytest.mark.parametrize(
        ("written", "urls", "path"),
        [
            ({}, ["/"], ""),
            ({"basePath": "/v1"}, ["/v1"], "/v1"),
            ({"host": "a.b", "basePath": "/v1"}, ["https://a.b/v1"], "/v1"),
            ({"host": "a.b", "schemes": ["http", "https"]}, ["http://a.b/", "https://a.b/"], ""),
        ],
    )
    def test_host_and_base_path_become_servers(self, written: Any, urls: list[str], path: str) -> None:
        document = converted({}, **written)

        assert urls == [server["url"] for server in document["servers"]]
        assert path == base_paths(document["servers"])[0]
