"""Responses of the server leave when what they say is kept; else its changes are undone, and they say 503."""

from __future__ import annotations

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver.errors import LogDamaged
from mockserver.state.shared_log import Partition, SharedLog
from mockserver.stores.opening import open_log
from mockserver.web.app import Sandbox
from mockserver.web.serving.pause import KEPT
from mockserver.web.serving.uvicorn_protocol import Answer
from tests.process import Processes
from tests.sharing.conftest import Start


@pytest.mark.parametrize("others", [(), ("contended",)])
def test_changes_that_cannot_be_kept_are_undone_and_answered_by_503(tmp_path: Path, others: tuple[str, ...]) -> None:
    full = tmp_path / "full"
    program = [sys.executable, "-m", "tests.sharing.failing_store_app"]
    with Processes() as processes:
        _, lines = processes.start(str(full), *others, program=program, until="INFO:     Uvicorn running")
        found = re.search(r"http://[\d.:]+", lines[-1])
        assert found is not None
        with httpx.Client(base_url=found[0]) as client:

            def create(name: str) -> httpx.Response:
                return client.post("/rooms", json={"name": name})

            made = [create(name) for name in "ab"]
            full.touch()
            with ThreadPoolExecutor(4) as threads:
                refused = list(threads.map(create, "cdef"))
            read = client.get("/rooms").json()
            full.unlink()
            again = create("c")
            journal = client.get("/_mock/requests", params={"limit": 100}).json()

    assert [201, 201] == [each.status_code for each in made]
    assert [(503, "1")] * 4 == [(each.status_code, each.headers.get("retry-after")) for each in refused]
    assert {"the store cannot be used: the disk is full"} == {each.json()["detail"] for each in refused}
    assert ["a", "b"] == [each["name"] for each in read]
    assert (201, 3, "3") == (again.status_code, again.json()["id"], again.headers["mock-revision"])
    assert [201, 200, *[503] * 4, 201, 201] == [each["response"]["status"] for each in journal]
    assert {None} == {each.headers.get("mock-revision") for each in refused}


class PartlyDamagedLog:
    """A log in which one namespace cannot be read."""

    def __init__(self, log: SharedLog) -> None:
        self._log = log

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    def new_entries(self, partition: Partition, after: int) -> list[bytes]:
        if partition.namespace == "damaged":
            raise LogDamaged("an entry is damaged")
        return self._log.new_entries(partition, after)


def begun(app: Sandbox, *headers: tuple[bytes, bytes]) -> Answer:
    """The answer to a request for a new room in the round that has begun, as the server asks for it."""
    body = b'{"name": "undone"}'
    scope = {
        "type": "http", "method": "POST", "path": "/rooms", "raw_path": b"/rooms", "query_string": b"",
        "headers": [(b"content-type", b"application/json"), *headers], "root_path": "", "scheme": "http",
    }  # fmt: skip
    answer = app.fast_path(scope, body)
    assert answer is not None
    return answer


def status(answer: Answer) -> int:
    """The status of an answer that is ready."""
    with pytest.raises(StopIteration) as ended:
        answer.send(None)
    return int(ended.value.value[0])


def test_a_round_with_an_error_in_another_namespace_keeps_nothing_and_no_lock(tmp_path: Path, start: Start) -> None:
    address = str(tmp_path / "log.db")
    one, two = start(PartlyDamagedLog(open_log(address))), start(open_log(address))
    one.post("/rooms", json={"name": "a"})
    rounds = one.app.rounds
    assert rounds is not None
    rounds.begin()
    answer = begun(one.app)
    assert KEPT is answer.send(None)
    assert 503 == status(begun(one.app, (b"mock-namespace", b"damaged")))
    rounds.end()

    assert 503 == status(answer)
    assert (201, 2) == ((made := two.post("/rooms", json={"name": "b"})).status_code, made.json()["id"])
    assert [["a", "b"]] * 2 == [[each["name"] for each in client.get("/rooms").json()] for client in (one, two)]
