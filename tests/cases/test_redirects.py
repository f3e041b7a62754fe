"""Paths that redirect: to where an item leads, and never to themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.conftest import Serve
from tests.client import Client
from tests.web.document import answers, document, served, takes


@pytest.mark.parametrize(("path", "status"), [("/go/{}", 302), ("/signposts/{}/visit", 307)])
def test_a_path_that_only_redirects_leads_to_where_the_item_says(serve: Serve, path: str, status: int) -> None:
    api = serve("redirects")
    keys = [api.post("/signposts", json={"targetUrl": f"https://{name}.example/"}).json()["key"] for name in ("a", "b")]

    for key, name in zip(keys, ("a", "b"), strict=True):
        reply = api.get(path.format(key), follow_redirects=False)
        assert (status, f"https://{name}.example/", "") == (reply.status_code, reply.headers["location"], reply.text)
    assert 404 == api.get(path.format("nobody"), follow_redirects=False).status_code


def test_no_path_redirects_to_itself(serve: Serve) -> None:
    reply = serve("redirects").get("/help", follow_redirects=False)

    assert (301, "https://example.com/") == (reply.status_code, reply.headers["location"])


def test_what_a_client_sent_adds_no_header(serve: Serve) -> None:
    api = serve("redirects")
    key = api.post("/signposts", json={"targetUrl": "https://a.example/\r\nset-cookie: x"}).json()["key"]

    reply = api.get(f"/go/{key}", follow_redirects=False)

    assert "set-cookie" not in reply.headers
    assert "https://a.example/%0D%0Aset-cookie: x" == reply.headers["location"]


def test_a_create_that_redirects_leads_to_the_new_item(tmp_path: Path) -> None:
    """Post/redirect/get (RFC 9110 section 15.4.4)."""
    shown = {"type": "object", "properties": {"code": {"type": "string"}, "target": {"type": "string"}}}
    sent = {"type": "object", "required": ["target"], "properties": {"target": {"type": "string"}}}
    see_other = {"303": {"description": "see it", "headers": {"Location": {"schema": {"type": "string"}}}}}
    code = {"name": "code", "in": "path", "required": True, "schema": {"type": "string"}}
    made = {"requestBody": takes(sent, "application/x-www-form-urlencoded"), "responses": see_other}
    written = document({
        "/links": {"post": made, "get": {"responses": answers({"type": "array", "items": shown})}},
        "/links/{code}": {"parameters": [code], "get": {"responses": answers(shown)}},
    })  # fmt: skip
    with Client(served(tmp_path, written)) as api:
        made_one, made_two = (
            api.post("/links", data={"target": target}, follow_redirects=False) for target in ("https://a", "https://b")
        )
        found = [api.get(each.headers["location"]).json()["target"] for each in (made_one, made_two)]
        listed = api.get("/links").json()

    assert (303, ["https://a", "https://b"]) == (made_one.status_code, found)
    assert found == [each["target"] for each in listed]
