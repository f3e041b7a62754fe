"""Paths that redirect: to where an item leads, and never to themselves."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve


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
