"""A document with so many operations that each is compiled when it is first asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.errors import BehaviourError
from mockserver.openapi.document import LARGE
from mockserver.stores.memory_log import MemoryLog
from mockserver.web.app import Sandbox
from tests.client import Client
from tests.web.document import Node, answers, document, served, takes

PET: Node = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "integer", "readOnly": True}, "name": {"type": "string", "minLength": 2}},
}
PETS: Node = {
    "get": {"operationId": "listPets", "responses": answers({"type": "array", "items": PET})},
    "post": {"operationId": "addPet", "requestBody": takes(PET), "responses": answers(PET, status="201")},
}
ONE: Node = {
    "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
    "get": {"operationId": "getPet", "responses": answers(PET) | answers(status="404")},
    "delete": {"operationId": "deletePet", "responses": answers(status="204") | answers(status="404")},
}
OTHERS = {f"/figures/of-{n}": {"get": {"responses": answers({"type": "integer"})}} for n in range(LARGE)}
RULE: Node = {
    "overlay": "1.0.0",
    "info": {"title": "Mine", "version": "1"},
    "actions": [
        {
            "target": "$.paths['/pets'].get",
            "update": {"x-behaviour": {"rules": [{"name": "sync", "says": "syncs", "evidence": "assumed"}]}},
        }
    ],
}


def large(folder: Path, **options: Any) -> Sandbox:
    return served(folder, document({"/pets": PETS, "/pets/{id}": ONE, **OTHERS}), **options)


def compiled(sandbox: Sandbox) -> set[str]:
    """The operations that are compiled so far."""
    return {name for name, endpoint in sandbox.services["test"].endpoints.items() if "bound" in vars(endpoint)}


def used(client: Client) -> list[Any]:
    """What a client gets that creates, reads, lists, deletes, and does what is refused."""
    path = client.post("/pets", json={"name": "Rex"}).headers["location"]
    replies = [
        client.get("/pets"),
        client.get(path),
        client.request("HEAD", path),
        client.post("/pets", json={"name": "R"}),
        client.put("/pets", json={}),
        client.delete(path),
        client.get(path),
        client.get("/figures/of-7"),
        client.get("/figures/of-x"),
    ]
    return [(reply.status_code, reply.text) for reply in replies]


def test_an_operation_is_compiled_when_it_is_first_asked(tmp_path: Path) -> None:
    sandbox = large(tmp_path)

    with Client(sandbox) as client:
        assert set() == compiled(sandbox)
        assert 200 == client.get("/pets").status_code
        assert {"listPets"} == compiled(sandbox)
        assert 201 == client.post("/pets", json={"name": "Rex"}).status_code
        assert {"listPets", "addPet"} == compiled(sandbox)


@pytest.mark.parametrize("is_shared", [False, True])
def test_it_answers_as_if_all_were_compiled_at_start(tmp_path: Path, *, is_shared: bool) -> None:
    late, early = large(tmp_path, is_shared=is_shared), large(tmp_path, is_shared=is_shared)
    for endpoint in early.services["test"].endpoints.values():
        endpoint.compile()
    for each in (late, early) if is_shared else ():
        each.share(MemoryLog())

    with Client(late) as one, Client(early) as other:
        found = used(one)
        assert [200, 200, 200, 400, 405, 204, 404, 200, 404] == [status for status, _ in found]
        assert used(other) == found
    assert len(compiled(late)) < len(compiled(early))


def test_the_admin_api_knows_the_operations_that_nobody_asked_yet(tmp_path: Path) -> None:
    sandbox = large(tmp_path)

    with Client(sandbox) as client:
        assert LARGE + 4 == client.get("/_mock/services").json()[0]["operations"]
        made = client.post("/_mock/overrides", json={"when": {"operation": "getPet"}, "then": {"status": 404}})
        assert 201 == made.status_code, made.text
        assert 404 == client.get("/pets/1").status_code


def test_a_statement_that_cannot_be_followed_is_still_refused_at_start(tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text(json.dumps(RULE))

    with pytest.raises(BehaviourError, match="no rule 'sync'"):
        large(tmp_path, behaviour=[tmp_path / "mine.json"])
