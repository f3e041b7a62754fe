"""Secrets in the journal: masked by their names in every form of a body, whole or cut."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.web.control.masking import masked_content
from tests.client import Client
from tests.web.document import answers, document, served

KINDS = ("application/x-www-form-urlencoded", "multipart/form-data", "application/json", "application/xml")
LONG = "x" * 20_000


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {"user": "ann", "client_secret": "hush", "q": "a&b=c"}},
        {"data": {"user[password]": "hush", "user": "ann"}},
        {"files": {"user": (None, "ann"), "password": (None, "hush\r\n--hush")}},
        {"files": {"token": ("t.txt", "hush", "text/plain"), "user": (None, "ann")}},
        {"json": {"user": "ann", "password": "hush", "note": LONG}},
        {"json": {"user": "ann", "list": [{"apiKey": 'hu"sh', "n": 1}], "credentials": {"user": "hush"}, "note": LONG}},
        {"content": b'{"user": "ann", "password": "hush', "headers": {"content-type": "application/json"}},
        {
            "content": b"<a><user>ann</user><password>hush</password></a>",
            "headers": {"content-type": "application/xml"},
        },
    ],
)
def test_the_journal_shows_no_secret_of_a_body(tmp_path: Path, sent: dict[str, Any]) -> None:
    body = {"required": True, "content": {kind: {} for kind in KINDS}}
    paths = {"/login": {"post": {"operationId": "login", "requestBody": body, "responses": answers({})}}}
    with Client(served(tmp_path, document(paths), journal=5)) as client:
        client.post("/login?api_key=hush", **sent)
        shown = client.get("/_mock/requests/1").json()["request"]
        har = client.get("/_mock/har").text

    assert "ann" in json.dumps(shown)
    assert "hush" not in json.dumps(shown).replace("--hush", "")
    assert "hush" not in har.replace("--hush", "")


def test_what_is_no_secret_stays_as_it_was_sent() -> None:
    sent = {
        "application/x-www-form-urlencoded": b"user=ann&q=a%26b&empty=&password=",
        "application/json": b'{"user": "ann", "list": [1, {"a": "b"',
        "application/xml": b"<a b='c'><user>ann</user>",
        "text/plain": b"password=hush",
    }

    for kind, content in sent.items():
        assert content == masked_content(content, kind, frozenset())
