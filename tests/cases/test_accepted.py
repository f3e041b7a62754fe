"""What is accepted by 202 has only begun: its state is none of an end (RFC 9110 section 15.3.3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.web.document import answers, document, served, takes

TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ({"enum": ["notStarted", "running", "succeeded", "failed"]}, "notStarted"),
        ({"enum": ["failed", "canceled", "queued", "done"]}, "queued"),
        ({"enum": ["failed", "succeeded"], "example": "succeeded"}, "succeeded"),
    ],
)
def test_what_is_accepted_has_not_ended(tmp_path: Path, states: dict[str, Any], state: str) -> None:
    export = {"type": "object", "properties": {"exportId": TEXT, "format": TEXT}}
    job = {"type": "object", "required": ["jobId", "status"], "properties": {"jobId": TEXT, "status": TEXT | states}}
    export_id = {"name": "exportId", "in": "path", "required": True, "schema": TEXT}
    sent = {"type": "object", "properties": {"format": TEXT}}
    written = document({
        "/exports": {"post": {"requestBody": takes(sent), "responses": answers(job, "202")}},
        "/exports/{exportId}": {"parameters": [export_id], "get": {"responses": answers(export)}},
    })  # fmt: skip
    with Client(served(tmp_path, written)) as client:
        reply = client.post("/exports", json={"format": "csv"})

    assert (202, state) == (reply.status_code, reply.json()["status"])
