"""Errors in the media type that the client accepts."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_an_error_is_in_a_media_type_that_the_client_accepts(serve: Serve) -> None:
    api = serve("newsroom")
    replies = [api.post("/stories", json={}, headers={"accept": f"application/{each}"}) for each in ("xml", "json")]

    assert ("<fault>" in replies[0].text, "message" in replies[1].json()) == (True, True)
