"""A Connexion app with all its own layers, in which StatefulResolver gives operations in-memory handlers."""

from __future__ import annotations

import copy
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from connexion import AsyncApp
from connexion.exceptions import ProblemException
from starlette.testclient import TestClient

import mockserver
from mockserver import sandbox
from mockserver.web.stock_document import document_of
from tests import package

PETS = yaml.safe_load((Path(__file__).parent / "pets.yaml").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Connexion warns of what the documents of these tests leave open."""
    level = logging.getLogger("connexion").level
    logging.getLogger("connexion").setLevel(logging.ERROR)
    yield
    logging.getLogger("connexion").setLevel(level)


def pets_of(version: str) -> dict[str, Any]:
    """The document in a version that Connexion reads, without the credentials that it would check.

    It has one media type only: with more, Connexion has every function say which one it returns.
    """
    written = copy.deepcopy(PETS)
    del written["security"], written["components"]["securitySchemes"]
    del written["paths"]["/pets"]["post"]["responses"]["409"]["content"]
    return {**written, "openapi": "3.0.3"} if version == "3.0" else SWAGGER


SWAGGER = yaml.safe_load(
    """
    swagger: '2.0'
    info: {title: Pets, version: '1'}
    consumes: [application/json]
    produces: [application/json]
    paths:
      /pets:
        get:
          operationId: listPets
          parameters: [{name: limit, in: query, type: integer, default: 20}]
          responses: {200: {description: ok, schema: {type: array, items: {$ref: '#/definitions/Pet'}}}}
        post:
          operationId: createPet
          parameters: [{in: body, name: newPet, required: true, schema: {$ref: '#/definitions/NewPet'}}]
          responses: {201: {description: ok, schema: {$ref: '#/definitions/Pet'}}}
      /pets/{petId}:
        parameters: [{name: petId, in: path, required: true, type: integer}]
        get: {operationId: getPet, responses: {200: {description: ok, schema: {$ref: '#/definitions/Pet'}}}}
        delete: {operationId: deletePet, responses: {204: {description: gone}}}
        post:
          operationId: changePet
          consumes: [application/x-www-form-urlencoded]
          parameters: [{name: name, in: formData, type: string}, {name: status, in: formData, type: string}]
          responses: {200: {description: ok, schema: {$ref: '#/definitions/Pet'}}}
    definitions:
      NewPet: {type: object, required: [name], properties: {name: {type: string}, status: {type: string}}}
      Pet:
        type: object
        required: [id, name]
        properties: {id: {type: integer}, name: {type: string}, status: {type: string}}
    """
)


def client(document: Any, *, base_path: str | None = None, **options: Any) -> TestClient:
    """A client of an app with Connexion's own layers; `options` are those of the resolver."""
    app = AsyncApp(__name__)
    app.add_api(document, resolver=mockserver.StatefulResolver(**options), base_path=base_path, validate_responses=True)
    return app.test_client(raise_server_exceptions=False)


@pytest.mark.parametrize("version", ["3.0", "2.0"])
def test_items_are_created_listed_got_and_deleted(version: str) -> None:
    pets = client(pets_of(version))

    made = pets.post("/pets", json={"name": "Ada"})
    listed = pets.get("/pets", params={"limit": 5})
    got = pets.get("/pets/1")
    deleted = pets.delete("/pets/1")
    gone = pets.get("/pets/1")

    assert (201, {"id": 1, "name": "Ada"}) == (made.status_code, made.json())
    assert [made.json()] == listed.json()
    assert made.json() == got.json()
    assert 204 == deleted.status_code
    assert (404, "pet not found") == (gone.status_code, gone.json()["detail"])


@pytest.mark.parametrize("version", ["3.0", "2.0"])
def test_connexion_validates_requests(version: str) -> None:
    pets = client(pets_of(version))

    refused = pets.post("/pets", json={"name": 5})
    limit = pets.get("/pets", params={"limit": "many"})

    assert (400, "5 is not of type 'string' - 'name'") == (refused.status_code, refused.json()["detail"])
    assert 400 == limit.status_code
    assert [] == pets.get("/pets").json()


def test_a_document_is_read_from_its_file_and_mounted_where_the_app_says(tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_text(yaml.safe_dump(pets_of("3.0")))
    pets = client(str(tmp_path / "openapi.yaml"), base_path="/v1")

    assert 201 == pets.post("/v1/pets", json={"name": "Ada"}).status_code
    assert {"id": 1, "name": "Ada"} == pets.get("/v1/pets/1").json()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Connexion leaves files open
def test_forms_and_files_are_read() -> None:
    old = client(pets_of("2.0"))
    old.post("/pets", json={"name": "Ada"})
    new = client(pets_of("3.0"))

    changed = old.post("/pets/1", data={"name": "Bob", "status": "sold"})
    photo = new.post("/pets/1/photo", data={"title": "Ada"}, files={"image": ("ada.png", b"png")})

    assert {"id": 1, "name": "Bob", "status": "sold"} == changed.json()
    assert 200 == photo.status_code


def test_functions_of_the_app_answer_and_use_the_same_items(monkeypatch: pytest.MonkeyPatch) -> None:
    def create_pet(body: Any) -> Any:
        return sandbox.collection("pet").create({**body, "status": "free"}), 201

    async def delete_pet(petId: int) -> Any:  # noqa: N803  # Connexion's own name for it
        sandbox.collection("pet").delete(petId)
        return None, 204

    document = pets_of("3.0")
    document["paths"]["/pets/{petId}"]["delete"]["operationId"] = f"{__name__}.delete_pet"
    monkeypatch.setattr(sys.modules[__name__], "delete_pet", delete_pet, raising=False)
    pets = client(document, handlers={"createPet": create_pet})

    made = pets.post("/pets", json={"name": "Ada"})

    assert (201, {"id": 1, "name": "Ada", "status": "free"}) == (made.status_code, made.json())
    assert made.json() == pets.get("/pets/1").json()
    assert [204, 404] == [pets.delete("/pets/1").status_code for _ in range(2)]


def test_a_function_that_fails_changes_nothing() -> None:
    def create_pet(body: Any) -> Any:
        sandbox.collection("pet").create(body)
        if body["name"] == "problem":
            raise ProblemException(status=409, title="no")
        return {"detail": "no"}, 409

    pets = client(pets_of("3.0"), handlers={"createPet": create_pet})

    assert [409, 409] == [pets.post("/pets", json={"name": name}).status_code for name in ("problem", "error")]
    assert [] == pets.get("/pets").json()


def test_the_document_named_again_brings_its_behaviour() -> None:
    resolver = mockserver.StatefulResolver("datagrid", seed=1)

    stated = resolver._stock.service().contract.behaviour.operations.values()

    assert "answer" in {operation.action.does for operation in stated if operation.action}


SCHEMAS = {
    "Node": {
        "type": "object",
        "properties": {
            "next": {"$ref": "#/components/schemas/Node"},
            "all": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
            "other": {"$ref": "#/components/schemas/Other"},
        },
    },
    "Other": {"type": "object", "properties": {"node": {"$ref": "#/components/schemas/Node"}}},
    "Alias": {"$ref": "#/components/schemas/Text"},
    "Text": {"type": "string"},
}


def test_schemas_that_contain_themselves_are_written_down_again() -> None:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}}}
    responses = {"200": {"description": "ok", "content": content}}
    post = {"operationId": "createNode", "requestBody": {"content": content}, "responses": responses}
    app = AsyncApp(__name__)
    resolver = mockserver.StatefulResolver()
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Nodes", "version": "1"},
        "paths": {"/nodes": {"post": post}},
        "components": {"schemas": SCHEMAS},
    }
    app.add_api(copy.deepcopy(document), resolver=resolver)
    reply = app.test_client().post("/nodes", json={"next": {"next": {}}, "all": [{}]})

    written = document_of(resolver._stock._seen.values())

    assert 200 == reply.status_code
    assert post["requestBody"] == written["paths"]["/nodes"]["post"]["requestBody"]
    assert responses == written["paths"]["/nodes"]["post"]["responses"]
    assert SCHEMAS | {"Alias": {"type": "string"}} == written["components"]["schemas"]


@pytest.mark.parametrize("name", ["3.0/json/petstore.json", "2.0/json/petstore.json", "3.0/json/circular.json"])
def test_documents_that_nobody_here_wrote_are_answered(name: str) -> None:
    try:
        path = package.unpacked(package.README) / name
    except package.UnobtainableError as fault:
        pytest.skip(str(fault))
    document = json.loads(path.read_text(encoding="utf-8"))
    own = next(iter(mockserver.create_app(path).services.values())).contract.document
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                operation["security"] = []
    resolver = mockserver.StatefulResolver()
    app = AsyncApp(__name__)
    app.add_api(document, resolver=resolver, base_path="/v2")
    app.test_client(raise_server_exceptions=False).get("/v2/none")

    service = resolver._stock.service()

    assert {each.operation_id for each in own.operations} == set(service.endpoints)
    if "petstore" in name:
        pets = app.test_client(raise_server_exceptions=False)
        made = pets.post("/v2/pet", json={"name": "Ada", "photoUrls": []}).json()
        assert "Ada" == pets.get(f"/v2/pet/{made['id']}").json()["name"]
        assert 404 == pets.get("/v2/pet/98765").status_code
