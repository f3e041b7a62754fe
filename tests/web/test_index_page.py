"""The index at `/`, unless the document has an operation there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import mockserver
from tests.client import Client
from tests.web.document import answers, document, served

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
BASE = "http://127.0.0.1:8080"


def test_a_browser_gets_a_page_with_links() -> None:
    with Client(mockserver.create_app("basedash", "piper"), BASE) as client:
        page = client.get("/", headers={"Accept": BROWSER})

    assert (200, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
    linked = [f'href="{BASE}/{path}"' for path in ("basedash", "basedash/docs", "piper/openapi.json")]
    assert [] == [
        link for link in [*linked, "bd_key_SandboxAdmin", "/_mock/state?service=piper"] if link not in page.text
    ]


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "text/plain"])
def test_a_program_gets_json(accept: str | None) -> None:
    headers = {"Accept": accept} if accept else {}
    with Client(mockserver.create_app("basedash"), BASE) as client:
        reply = client.get("/", headers=headers)

    assert f"{BASE}/basedash/docs" == reply.json()["basedash"]["docs"]
    assert "bd_key_SandboxAdmin00000000000000000000" == reply.json()["basedash"]["credential"]


def test_a_title_is_text_and_no_markup(tmp_path: Path) -> None:
    written = document({"/a": {"get": {"responses": answers({"type": "string"})}}})
    written["info"]["title"] = "<script>alert(1)</script>"
    with Client(served(tmp_path, written)) as client:
        page = client.get("/", headers={"Accept": BROWSER}).text

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("servers", [[], [{"url": "http://a.test/"}]])
def test_an_operation_at_the_root_wins(tmp_path: Path, servers: list[Any]) -> None:
    written = document({"/": {"get": {"responses": answers({"const": "root"})}}}, servers=servers)
    with Client(served(tmp_path, written)) as client:
        assert "root" == client.get("/", headers={"Accept": "application/json"}).json()
