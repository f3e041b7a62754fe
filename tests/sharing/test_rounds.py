"""Responses of the server leave when what they say is kept; else its changes are undone, and they say 503."""

from __future__ import annotations

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.process import Processes


def test_changes_that_cannot_be_kept_are_undone_and_answered_by_503(tmp_path: Path) -> None:
    full = tmp_path / "full"
    program = [sys.executable, "-m", "tests.sharing.failing_store_app"]
    with Processes() as processes:
        _, lines = processes.start(str(full), program=program, until="INFO:     Uvicorn running")
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

    assert [201, 201] == [each.status_code for each in made]
    assert [(503, "1")] * 4 == [(each.status_code, each.headers.get("retry-after")) for each in refused]
    assert {"the store cannot be used: the disk is full"} == {each.json()["detail"] for each in refused}
    assert ["a", "b"] == [each["name"] for each in read]
    assert (201, 3, "3") == (again.status_code, again.json()["id"], again.headers["mock-revision"])
