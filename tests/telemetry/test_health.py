"""`/_mock/health`: is the sandbox live, is it ready, and how far is it behind the store that it shares?"""

from __future__ import annotations

from pathlib import Path

import mockserver
from mockserver.errors import LogUnavailable
from mockserver.stores.memory_log import MemoryLog
from mockserver.stores.sqlite_log import SqliteLog
from mockserver.web.app import Sandbox
from tests.client import Client
from tests.process import ROOT

TOM = {"name": "Tom", "kind": "cat"}


class LostLog(MemoryLog):
    """A log that can be away."""

    is_away = False

    def begin(self) -> None:
        if self.is_away:
            raise LogUnavailable(f"{self.place}: it is away")


def shared_sandbox() -> Sandbox:
    return mockserver.create_app(ROOT / "docs/petstore.yaml", seed=1, is_shared=True)


def test_a_sandbox_without_a_store_is_ready() -> None:
    with Client(mockserver.create_app(ROOT / "docs/petstore.yaml")) as client:
        told = client.get("/_mock/health?probe=ready")

    assert (200, True, None) == (told.status_code, told.json()["ready"], told.json().get("behind"))


def test_it_says_how_many_changes_of_others_it_has_yet_to_apply(tmp_path: Path) -> None:
    first, second = shared_sandbox(), shared_sandbox()
    for each in (first, second):
        each.share(SqliteLog(tmp_path / "sandbox.db"))
    with Client(first) as writer, Client(second) as reader:
        for _ in range(3):
            writer.post("/pets", json=TOM)

        assert 3 == reader.get("/_mock/health").json()["behind"]
        assert 3 == reader.get("/pets").json()["total"]
        assert 0 == reader.get("/_mock/health").json()["behind"]


def test_without_its_store_it_is_live_and_not_ready() -> None:
    sandbox, log = shared_sandbox(), LostLog()
    sandbox.share(log)
    with Client(sandbox) as client:
        log.is_away = True
        live, ready = client.get("/_mock/health"), client.get("/_mock/health?probe=ready")
        log.is_away = False
        again = client.get("/_mock/health?probe=ready")

    assert (200, False, 503, False) == (
        live.status_code,
        live.json()["ready"],
        ready.status_code,
        ready.json()["ready"],
    )
    assert (200, True) == (again.status_code, again.json()["ready"])
