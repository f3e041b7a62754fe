"""Connexion knows every operation of every document, and its resolver finds what answers it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from connexion.operations import AbstractOperation
from connexion.resolver import Resolution, Resolver
from connexion.spec import Specification

import mockserver
from mockserver import vendor_files
from mockserver.openapi.document import Operation
from mockserver.web.app import Sandbox
from mockserver.web.resolver import HostedResolver
from tests import package
from tests.client import Client
from tests.process import ENVIRONMENT, ROOT
from tests.web.document import answers, document, served, takes

TEXT = {"type": "string"}


class Spelled(Resolver):  # type: ignore[misc]  # connexion has no types: a base of type Any
    """A resolver that finds the same for every operation."""

    def resolve(self, operation: AbstractOperation) -> Resolution:
        return Resolution(print, operation.operation_id)


def hosted(sandbox: Sandbox) -> dict[str, Any]:
    """What the Connexion app of a sandbox hosts: its specifications, by base path."""
    return {api.base_path: api.specification for api in sandbox._hosted.made and sandbox._app.middleware.apis}


def operations(specification: Specification) -> dict[tuple[str, str], AbstractOperation]:
    """Connexion's own operations of a specification, by path and method."""
    return {
        (path, method): specification.operation_cls.from_spec(
            specification, path=path, method=method, resolver=Spelled()
        )
        for path, item in specification["paths"].items()
        for method in item
    }


@pytest.mark.parametrize("vendor", vendor_files.names())
def test_each_operation_of_a_vendor_is_known_to_the_connexion_app(vendor: str) -> None:
    sandbox = mockserver.create_app(vendor)
    own = sandbox.services[vendor].contract.document
    specifications = hosted(sandbox)

    assert {own.base_path, f"/{vendor}{own.base_path}"} == set(specifications)
    for base_path, specification in specifications.items():
        known = operations(specification)
        assert base_path == specification.base_path
        assert {(each.path, each.method): told(each) for each in own.operations} == {
            place: shown(each) for place, each in known.items()
        }


def told(operation: Operation) -> dict[str, Any]:
    """What the document says of an operation."""
    return {
        "id": operation.operation_id,
        "parameters": {(each.name, each.location, each.required) for each in operation.parameters},
        "security": [{name: list(scopes) for name, scopes in needed} for needed in operation.security],
        "consumes": [media.name for media in operation.request_body.content] if operation.request_body else [],
        "responses": {each.status for each in operation.responses},
    }


def shown(operation: AbstractOperation) -> dict[str, Any]:
    """What Connexion says of it."""
    return {
        "id": operation.operation_id,
        "parameters": {(each["name"], each["in"], each["required"]) for each in operation.parameters},
        "security": operation.security,
        "consumes": operation.consumes,
        "responses": set(operation.responses),
    }


@pytest.mark.parametrize("vendor", vendor_files.names())
def test_what_connexion_is_given_is_valid_openapi_3_0_by_its_own_judgement(vendor: str) -> None:
    for specification in hosted(mockserver.create_app(vendor)).values():
        written = json.loads(json.dumps({**specification, "paths": dict(specification["paths"])}))

        assert "3.0.3" == Specification.load(written)["openapi"]


@pytest.mark.parametrize(
    "name",
    [
        "2.0/json/petstore.json",
        "3.0/json/petstore.json",
        "3.0/json/parameters-style.json",
        "3.0/json/file-uploads.json",
        "3.0/json/link-example.json",
        "3.1/json/petstore.json",
        "3.1/json/parameters-style.json",
        "3.1/json/security.json",
    ],
)
def test_documents_of_every_version_are_hosted(name: str) -> None:
    try:
        path = package.unpacked(package.README) / name
    except package.UnobtainableError as fault:
        pytest.skip(str(fault))
    sandbox = mockserver.create_app(path, reading=mockserver.ReadingOptions(lenient=True))
    own = next(iter(sandbox.services.values())).contract.document

    for specification in hosted(sandbox).values():
        written = json.loads(json.dumps({**specification, "paths": dict(specification["paths"])}))
        Specification.load(written)
        assert {each.operation_id for each in own.operations} == {
            each.operation_id for each in operations(specification).values()
        }


def test_a_request_is_answered_by_what_the_resolver_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    find = HostedResolver.resolve

    def resolve(self: HostedResolver, operation: AbstractOperation) -> Resolution:
        asked.append(operation.operation_id)
        return find(self, operation)

    monkeypatch.setattr(HostedResolver, "resolve", resolve)
    schema = {
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
    }
    paths = {
        "/pets": {
            "post": {"operationId": "createPet", "requestBody": takes(schema), "responses": answers(schema, "201")}
        },
        "/pets/{id}": {"get": {"operationId": "getPet", "responses": answers(schema)}},
    }
    with Client(served(tmp_path, document(paths))) as client:
        assert [] == asked
        made = client.post("/pets", json={"id": "1", "name": "Ada"}).json()
        client.post("/pets", json={"id": "2", "name": "Bob"})
        got = client.get(f"/pets/{made['id']}").json()

    assert made == got
    assert ["createPet", "getPet"] == asked


def test_the_view_of_an_operation_says_what_connexion_asks_of_it(tmp_path: Path) -> None:
    written = yaml.safe_load(
        """
        openapi: 3.1.0
        info: {title: Test, version: '1'}
        security: [{key: []}]
        paths:
          /pets/{petId}:
            parameters: [{name: petId, in: path, required: true, schema: {type: integer}}]
            put:
              operationId: replacePet
              x-openapi-router-controller: my_api.pets
              parameters:
                - {name: tags, in: query, schema: {type: array, items: {type: [string, 'null'], default: x}}}
                - {name: size, in: query, schema: {type: [integer, 'null'], default: 3}}
                - {name: which, in: query, schema: {type: [integer, string]}}
              security: []
              requestBody:
                x-body-name: pet
                content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}, '*/*': {}}
              responses: {2XX: {description: ok, content: {'*/*': {}}}, default: {description: bad}}
        components:
          schemas: {Pet: {type: object, properties: {name: {type: string}}}}
          securitySchemes: {key: {type: http, scheme: bearer, x-bearerInfoFunc: my_api.who}}
        """
    )
    specification = hosted(served(tmp_path, written))[""]
    known = operations(specification)["/pets/{petId}", "put"]

    assert "my_api.pets" == known.router_controller
    assert [] == known.security
    assert {"key": {"type": "http", "scheme": "bearer", "x-bearerInfoFunc": "my_api.who"}} == known.security_schemes
    assert ("pet", {"type": "object"}) == (known.body_name("application/json"), _schema(known))
    assert ["application/json"] == known.produces
    assert {
        "petId": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string", "nullable": True, "default": "x"}},
        "size": {"type": "integer", "nullable": True, "default": 3},
        "which": {"type": "string", "format": "binary"},
    } == {each["name"]: each["schema"] for each in known.parameters}


def _schema(operation: AbstractOperation) -> dict[str, Any]:
    """The schema of the body, without the components that Connexion hangs into it."""
    schema: dict[str, Any] = operation.body_schema("application/json")
    return {name: value for name, value in schema.items() if name != "components"}


def test_a_user_whose_warnings_are_errors_gets_none_of_connexion_s(tmp_path: Path) -> None:
    test = "def test_pets(mock_api):\n    assert 200 == mock_api.client.get('/pets').status_code\n"
    (tmp_path / "test_pets.py").write_text(test, encoding="utf-8")
    settings = f"[pytest]\nfilterwarnings = error\nmock_api = {ROOT / 'docs/petstore.yaml'}\n"
    (tmp_path / "pytest.ini").write_text(settings, encoding="utf-8")
    # Without the extra `live`, which brings httpx2, Starlette warns of httpx.
    (tmp_path / "conftest.py").write_text("import sys\n\nsys.modules['httpx2'] = None\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        command, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=False
    )

    assert 0 == done.returncode, done.stdout
