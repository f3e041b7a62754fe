"""Uploads whose form says in an object beside the file what the item is: `metadata` with its title."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases.conftest import Serve


@pytest.mark.parametrize(
    ("path", "file", "told"),
    [
        ("/scans", "file", ("meta", (None, b'{"title":"Deed","pages":2}', "application/json"))),
        ("/photos", "upload", ("photoInfo", (None, b'{"title":"Deed","pages":2}'))),
    ],
)
def test_an_upload_keeps_what_is_said_beside_its_file(serve: Serve, path: str, file: str, told: Any) -> None:
    api = serve("described-uploads")
    labels = [("labels", (None, label.encode())) for label in ("a", "b")] if path == "/scans" else []

    made = api.post(path, files=[(file, ("a.pdf", b"%PDF")), told, *labels])

    kept = {"title": "Deed", "pages": 2, "fileName": "a.pdf", "labels": ["a", "b"] if labels else []}
    assert (201, kept) == (made.status_code, {k: v for k, v in made.json().items() if k != "id"})
    assert [made.json()] == api.get(path).json()
