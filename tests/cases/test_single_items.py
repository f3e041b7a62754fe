"""The one item of a path without an id may have an `id` all the same, which is a value like others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.web.document import answers, document, served, takes

TEXT = {"type": "string"}


@pytest.mark.parametrize("kind", [TEXT, TEXT | {"format": "uuid"}, {"type": "integer"}])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_single_item_keeps_an_id_that_is_not_empty(tmp_path: Path, kind: dict[str, Any], method: str) -> None:
    user = {"type": "object", "required": ["id"], "properties": {"id": kind | {"readOnly": True}, "name": TEXT}}
    write = {"requestBody": takes(user), "responses": answers(user)}
    written = document({"/me": {"get": {"responses": answers(user)}, method.lower(): write}})

    with Client(served(tmp_path, written)) as client:
        first = client.get("/me").json()
        changed = client.request(method, "/me", json={"name": "Kim"}).json()

        assert first["id"] not in ("", None)
        assert {"id": first["id"], "name": "Kim"} == changed == client.get("/me").json()


def test_a_single_item_that_a_put_creates_has_an_id(tmp_path: Path) -> None:
    user = {"type": "object", "required": ["id"], "properties": {"id": TEXT | {"readOnly": True}, "name": TEXT}}
    missing = {"404": {"description": "not set yet"}}
    put = {"requestBody": takes(user), "responses": answers(user)}
    written = document({"/logo": {"get": {"responses": answers(user) | missing}, "put": put}})

    with Client(served(tmp_path, written)) as client:
        made = client.put("/logo", json={"name": "Kim"}).json()

        assert made["id"]
        assert made == client.get("/logo").json()
