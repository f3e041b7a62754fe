"""What a process finds when it begins to follow a log, and which logs it refuses."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

import mockserver
from mockserver import sandbox
from mockserver.errors import LogMismatch, LogUnavailable
from mockserver.state.shared.namespace_log import ONE_ORDER
from mockserver.state.shared_log import Partition
from mockserver.stores.memory_log import MemoryLog
from mockserver.stores.opening import open_log
from tests.client import Client
from tests.sharing.conftest import DOCUMENT, Start

PETSTORE = Path(mockserver.__file__).parents[1] / "docs" / "petstore.yaml"


def test_the_log_of_other_documents_is_refused_and_says_what_differs(tmp_path: Path) -> None:
    log = open_log(str(tmp_path / "a.db"))
    mockserver.create_app(DOCUMENT, is_shared=True).share(log)
    other = mockserver.create_app(PETSTORE, is_shared=True)

    with pytest.raises(LogMismatch) as refused:
        other.share(log)
    assert f"{tmp_path / 'a.db'} has the state of other documents" in str(refused.value)
    assert "the service rooms (Rooms) is not served here" in str(refused.value)


def test_a_document_may_grow(start: Start, tmp_path: Path) -> None:
    log = MemoryLog()
    start(log).post("/rooms", json={"name": "a"})
    grown = tmp_path / "rooms.yaml"
    more = "  /keys:\n    get: {operationId: listKeys, responses: {'200': {description: OK}}}\ncomponents:\n"
    grown.write_text(DOCUMENT.read_text(encoding="utf-8").replace("components:\n", more, 1))
    app = mockserver.create_app(grown, is_shared=True)
    app.share(log)

    with Client(app) as client:
        assert ["a"] == [each["name"] for each in client.get("/rooms").json()]


def test_the_first_process_makes_what_the_seed_makes_without_a_store_and_others_make_other_ids(start: Start) -> None:
    log = MemoryLog()
    shared, again = start(log, seed=5, document="datagrid"), start(log, seed=5, document="datagrid")
    with Client(mockserver.create_app("datagrid", seed=5)) as alone:
        made = [secret(client)["id"] for client in (alone, shared, again, alone, shared)]

    assert made[0] == made[1]
    assert made[3] == made[4]
    assert 3 == len({*made})


def secret(client: Client) -> Any:
    """A new secret of Datagrid."""
    headers = {"Authorization": "Bearer dg_live_SandboxOrganization"}
    return client.post("/datagrid/v1/secrets", json={"name": "n", "value": "v"}, headers=headers).json()


def test_a_start_state_fills_only_a_new_log(start: Start) -> None:
    log = MemoryLog()

    def begun(name: str) -> Client:
        app = mockserver.create_app(DOCUMENT, is_shared=True, journal=10)
        with Client(app) as client:
            client.post("/rooms", json={"name": name})
        app.mark_start()
        app.share(log)
        return Client(app)

    with begun("first") as one, begun("second") as two:
        assert ["first"] == [each["name"] for each in two.get("/rooms").json()]
        one.post("/rooms", json={"name": "third"})
        assert ["first", "third"] == [each["name"] for each in two.get("/rooms").json()]


async def create_room(body: dict[str, Any]) -> tuple[Any, int]:
    """A function of the user that waits between its changes."""
    rooms = sandbox.collection("room")
    first = rooms.create({"name": body["name"]})
    await asyncio.sleep(0)
    rooms.create({"name": body["name"] + " too"})
    return first, 201


def test_what_a_function_of_the_user_creates_is_shared(start: Start) -> None:
    log = MemoryLog()
    one, two = start(log, handlers={"createRoom": create_room}), start(log)
    made = one.post("/rooms", json={"name": "a"})

    assert 201 == made.status_code, made.text
    assert ["a", "a too"] == [each["name"] for each in two.get("/rooms").json()]
    assert 3 == two.post("/rooms", json={"name": "b"}).json()["id"]


class BreakingLog(MemoryLog):
    """A log that cannot be reached after a process has read what it has."""

    is_away = True

    def heads(self) -> dict[Partition, int]:
        if self.is_away and self._partitions.get(Partition("default", ONE_ORDER)):
            raise LogUnavailable("the log went away")
        return super().heads()


def test_an_app_whose_log_goes_away_while_it_is_read_refuses_and_later_has_it_once(start: Start) -> None:
    log = BreakingLog()
    log.is_away = False
    one = start(log)
    for name in ("a", "b"):
        one.post("/rooms", json={"name": name})
    one.delete("/rooms/1")
    app = mockserver.create_app(DOCUMENT, is_shared=True, journal=100)
    log.is_away = True
    with pytest.raises(LogUnavailable) as away:
        app.share(log)
    app.refuse(away.value)

    with Client(app) as client:
        refused = [client.get("/rooms"), client.post("/rooms", json={"name": "c"}), client.post("/_mock/reset")]
        assert [(503, "1")] * 3 == [(each.status_code, each.headers["retry-after"]) for each in refused]
        assert "the log went away" in refused[0].text
        assert not client.get("/_mock/health").json()["ready"]
        log.is_away = False
        app.share(log)
        assert ["b"] == [each["name"] for each in client.get("/rooms").json()]
        assert "4" == client.post("/rooms", json={"name": "c"}).headers["mock-revision"]
