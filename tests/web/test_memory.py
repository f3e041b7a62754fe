"""What a client sends and does not store costs the mock no memory."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sortedcontainers import SortedList

from mockserver.state import collection
from mockserver.state.change_log import Commit, ItemChange
from mockserver.state.collection import Collection
from mockserver.state.store import Store
from mockserver.web.app import Sandbox
from mockserver.web.control.journal import KeptEntry
from mockserver.web.service import ServiceSettings
from tests.client import Client
from tests.web.document import Node, answers, document, served, takes

REMEMBERED = 50

ITEM = {"type": "object", "properties": {"id": {"type": "string"}, "colour": {"type": "string"}}}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
COLOUR = {"name": "colour", "in": "query", "schema": {"type": "string"}}
AFTER = {"name": "after", "in": "query", "schema": {"type": "string"}}


def things(**rest: Any) -> Node:
    listed = {"type": "array", "items": ITEM}
    one = {"parameters": [ID], "get": {"responses": answers(ITEM)}, "delete": {"responses": answers(status="204")}}
    patch = {"requestBody": takes(ITEM), "responses": answers(ITEM)}
    paths = {
        "/things": {
            "get": {"parameters": [COLOUR, AFTER], "responses": answers(listed)},
            "post": {"requestBody": takes(ITEM), "responses": answers(ITEM, "201")},
        },
        "/things/{id}": {**one, "patch": patch},
    }
    return document(paths, **rest)


def kept(root: object, kind: type) -> int:
    """How many objects of a kind can be reached from another one."""
    waiting, seen, found = [root], set[int](), 0
    while waiting:
        one = waiting.pop()
        if id(one) not in seen and not isinstance(one, type | ModuleType):
            seen.add(id(one))
            found += isinstance(one, kind)
            waiting += gc.get_referents(one)
    return found


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    bearer = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
    by_credential = {"tenant": {"by": "credential", "evidence": "documented", "source": "the tests"}}
    rest = {"components": bearer, "security": [{"token": []}], "x-resources": {"thing": by_credential}}
    return served(tmp_path, things(**rest))


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    with Client(sandbox) as opened:
        yield opened


def user(name: object) -> dict[str, str]:
    return {"authorization": f"Bearer {name}"}


def make(client: Client, number: int) -> None:
    body = {"id": f"t{number}", "colour": f"c{number}"}
    assert 201 == client.post("/things", json=body, headers=user("ann")).status_code


def change_and_delete(client: Client, number: int) -> None:
    make(client, number)
    path = f"/things/t{number}"
    assert 200 == client.patch(path, json={"colour": f"d{number}"}, headers=user("ann")).status_code
    assert 204 == client.delete(path, headers=user("ann")).status_code


def list_as_stranger(client: Client, number: int) -> None:
    assert [] == client.get("/things", headers=user(f"stranger-{number}")).json()


@pytest.mark.parametrize(
    ("act", "kind"), [(list_as_stranger, Collection), (list_as_stranger, SortedList), (change_and_delete, SortedList)]
)
def test_nothing_is_kept_after(
    sandbox: Sandbox, client: Client, act: Callable[[Client, int], None], kind: type
) -> None:
    [service] = sandbox.services.values()
    for number in range(10):
        act(client, number)
    before = kept(service.store, kind)

    for number in range(10, 50):
        act(client, number)

    assert before == kept(service.store, kind)


def test_items_of_a_new_credential_are_kept(client: Client) -> None:
    list_as_stranger(client, 1)
    client.post("/things", json={"id": "a", "colour": "red"}, headers=user("stranger-1"))

    assert ["a"] == [each["id"] for each in client.get("/things", headers=user("stranger-1")).json()]
    assert [] == client.get("/things", headers=user("stranger-2")).json()


def test_a_filter_finds_a_value_again_that_no_item_had_for_a_while(client: Client) -> None:
    change_and_delete(client, 1)
    make(client, 1)

    assert ["t1"] == [each["id"] for each in client.get("/things?colour=c1", headers=user("ann")).json()]


def test_the_latest_deleted_ids_are_remembered_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection, "MAX_TOMBSTONES", REMEMBERED)
    with Client(served(tmp_path, things(), settings=ServiceSettings(materialize=True))) as client:
        for number in range(REMEMBERED + 1):
            client.post("/things", json={"id": f"t{number}"})
            client.delete(f"/things/t{number}")

        assert 404 == client.get(f"/things/t{REMEMBERED}").status_code
        assert 404 == client.get("/things/t1").status_code
        assert 200 == client.get("/things/t0").status_code


@pytest.mark.parametrize(
    ("path", "credential"),
    [("/things?colour={}", "ann"), ("/things/{}", "ann"), ("/things", "{}"), ("/things?after={}", "ann")],
)
def test_long_texts_of_requests_are_not_kept(client: Client, path: str, credential: str) -> None:
    tracemalloc.start()
    try:
        for number in range(30):
            text = f"{number}-" + "x" * 60_000
            client.get(path.format(text), headers=user(credential.format(text)))
        gc.collect()
        kept = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, "*mockserver*")])
    finally:
        tracemalloc.stop()

    assert sum(each.size for each in kept.statistics("filename")) < 500_000


def stores(namespace: str) -> int:
    """How many stores of a namespace there are."""
    gc.collect()
    return sum(1 for each in gc.get_objects() if isinstance(each, Store) and each.label.endswith(f"@{namespace}"))


def test_an_ended_namespace_is_freed_although_the_journal_keeps_its_changes(tmp_path: Path) -> None:
    with Client(served(tmp_path, things(), journal=10)) as client:
        made = client.post("/things", json={"colour": "red"}, headers={"Mock-Namespace": "mine"})
        client.patch(f"/things/{made.json()['id']}", json={"colour": "blue"}, headers={"Mock-Namespace": "mine"})
        before = stores("mine")
        client.delete("/_mock/namespaces/mine")

        assert (1, 0) == (before, stores("mine"))
        assert ["changed", "created"] == [
            change["change"] for entry in client.get("/_mock/requests").json() for change in entry["changes"]
        ]


def test_the_garbage_collector_does_not_look_at_entries_and_changes(tmp_path: Path) -> None:
    with Client(served(tmp_path, things(), journal=10)) as client:
        client.post("/things", json={"colour": "red"})
        gc.collect()
        seen = {type(each) for each in gc.get_objects()}

    assert set() == seen & {KeptEntry, Commit, ItemChange}
