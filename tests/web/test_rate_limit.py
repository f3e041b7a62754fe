"""Rate limits: what requests are counted by, and how counts are reset."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.client import Client
from tests.web.document import answers, document, served

NOTE = {"name": "noteId", "in": "path", "required": True, "schema": {"type": "string"}}


def limited(*per: str) -> dict[str, Any]:
    """A document with one operation that allows two requests a minute for each combination of these."""
    limit = {"requests": 2, "window": 60, "per": list(per), "evidence": "assumed"}
    return document({
        "/notes/{noteId}": {"parameters": [NOTE], "get": {
            "responses": answers({"type": "object"}), "x-behaviour": {"rate-limit": limit}}},
        "/ping": {"get": {"responses": answers({"type": "object"})}},
    })  # fmt: skip


def statuses(api: Client, *paths: str) -> list[int]:
    return [api.get(path).status_code for path in paths]


def test_a_reset_also_resets_the_limit_of_one_operation(tmp_path: Path) -> None:
    with Client(served(tmp_path, limited("operation"))) as api:
        assert [200, 200, 429] == statuses(api, "/notes/a", "/notes/b", "/notes/c")
        assert [200, 200, 200] == statuses(api, "/ping", "/ping", "/ping")
        assert 200 == api.post("/_mock/reset").status_code
        assert [200, 200, 429] == statuses(api, "/notes/a", "/notes/b", "/notes/c")


def test_a_path_at_the_root_and_below_the_service_name_is_counted_once(tmp_path: Path) -> None:
    with Client(served(tmp_path, limited("path"))) as api:
        assert [200, 200, 429] == statuses(api, "/notes/a", "/test/notes/a", "/notes/a")
        assert [429, 200] == statuses(api, "/test/notes/a", "/test/notes/b")
