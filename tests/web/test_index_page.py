"""The index at `/` for programs, unless the document has an operation there. tests/dashboard has that for browsers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import mockserver
from tests.client import Client
from tests.web.document import answers, document, served

BASE = "http://127.0.0.1:8080"


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "text/plain"])
def test_a_program_gets_json(accept: str | None) -> None:
    headers = {"Accept": accept} if accept else {}
    with Client(mockserver.create_app("basedash"), BASE) as client:
        reply = client.get("/", headers=headers)

    assert f"{BASE}/basedash/docs" == reply.json()["basedash"]["docs"]
    assert "bd_key_SandboxAdmin00000000000000000000" == reply.json()["basedash"]["credential"]


@pytest.mark.parametrize("servers", [[], [{"url": "http://a.test/"}]])
def test_an_operation_at_the_root_wins(tmp_path: Path, servers: list[Any]) -> None:
    written = document({"/": {"get": {"responses": answers({"const": "root"})}}}, servers=servers)
    with Client(served(tmp_path, written)) as client:
        assert "root" == client.get("/", headers={"Accept": "application/json"}).json()
