"""A password inside an object of a request is in no reply whose schema does not name it there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.client import Client
from tests.inference.pets import NUMBER, TEXT, collection
from tests.web.document import Node, answers, document, served, takes

LOGIN: Node = {"type": "object", "properties": {"user": TEXT, "password": TEXT, "host": TEXT}}
SEEN: Node = {"type": "object", "properties": {"user": TEXT, "host": TEXT}}


def nodes(sent: Node, shown: Node) -> Node:
    """A document about nodes, whose requests and replies describe `properties` with these schemas."""
    seen: Node = {"type": "object", "required": ["id"], "properties": {"id": NUMBER, "properties": shown}}
    asked: Node = {"type": "object", "properties": {"properties": sent}}
    paths = collection("/nodes", seen | {"required": ["id"]})
    for path, method in (("/nodes", "post"), ("/nodes/{id}", "put"), ("/nodes/{id}", "patch")):
        paths[path][method] = {"requestBody": takes(asked), "responses": answers(seen)}
    return document(paths)


@pytest.mark.parametrize("several", [False, True])
def test_a_password_in_an_object_is_not_shown(tmp_path: Path, several: bool) -> None:
    def each(one: Node) -> Node:
        return {"type": "array", "items": one} if several else one

    body = {"user": "ada", "password": "hidden", "host": "a"}
    sent: Node = {"properties": [body, body] if several else body}
    with Client(served(tmp_path, nodes(each(LOGIN), each(SEEN)))) as client:
        client.post("/nodes", json=sent)
        replies = [client.request(*one) for one in (("GET", "/nodes"), ("GET", "/nodes/1"))]
        replies += [client.request(method, "/nodes/1", json=sent) for method in ("PUT", "PATCH")]

    assert [200] * 4 == [reply.status_code for reply in replies]
    assert all("ada" in reply.text and "hidden" not in reply.text for reply in replies)


@pytest.mark.parametrize("shown", [LOGIN, {"type": "object"}])
def test_a_password_is_shown_where_the_document_shows_it_or_says_nothing(tmp_path: Path, shown: Node) -> None:
    with Client(served(tmp_path, nodes(LOGIN, shown))) as client:
        made = client.post("/nodes", json={"properties": {"password": "known"}}).json()

    assert "known" == made["properties"]["password"]
