"""`stream: true` in a request asks for the stream that the document has beside an answer in one piece."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve


@pytest.mark.parametrize("path", ["/answers", "/responses"])
@pytest.mark.parametrize(
    ("accept", "asked", "kind"),
    [
        ("*/*", True, "text/event-stream"),
        ("application/json", True, "text/event-stream"),  # as a client library sends it
        ("*/*", False, "application/json"),
        ("text/event-stream", False, "text/event-stream"),
    ],
)
def test_the_body_chooses_the_stream(serve: Serve, path: str, accept: str, asked: bool, kind: str) -> None:
    sent = {"prompt": "a", "input": "a", "stream": asked}

    reply = serve("asked-streams").post(path, json=sent, headers={"Accept": accept})

    assert (200, kind) == (reply.status_code, reply.headers["content-type"])
    assert reply.text.startswith('data: {"delta":') == (kind == "text/event-stream")


def test_without_a_documented_stream_it_is_a_property_like_any_other(serve: Serve) -> None:
    reply = serve("asked-streams").post("/plain", json={"stream": True})

    assert (200, "application/json") == (reply.status_code, reply.headers["content-type"])
