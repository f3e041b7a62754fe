"""Creates that belong to no resource: two that differ have two ids, the same one has the same reply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.client import Client
from tests.web.document import answers, document, served, takes

TEXT = {"type": "string"}
JOB = {"type": "object", "required": ["jobId"], "properties": {"jobId": TEXT, "took": {"type": "integer"}}}


def test_two_creates_that_differ_have_two_ids(tmp_path: Path) -> None:
    sent = {"type": "object", "properties": {"format": TEXT}}
    written = document({"/jobs": {"post": {"requestBody": takes(sent), "responses": answers(JOB, "201")}}})
    with Client(served(tmp_path, written)) as client:
        one, other, again = (client.post("/jobs", json={"format": each}).json() for each in ("csv", "xml", "csv"))

    assert one == again
    assert one["jobId"] != other["jobId"]


def test_a_create_with_a_file_is_answered(tmp_path: Path) -> None:
    form = {"type": "object", "properties": {"name": TEXT, "file": {"type": "string", "format": "binary"}}}
    made = {"requestBody": takes(form, "multipart/form-data"), "responses": answers(JOB, "201")}
    with Client(served(tmp_path, document({"/jobs": {"post": made}}))) as client:
        reply = client.post("/jobs", data={"name": "Kim"}, files={"file": ("a.bin", b"\x00\xff")})

    assert 201 == reply.status_code
    assert reply.json()["jobId"]


def test_items_of_json_api_that_can_only_be_made_are_included(tmp_path: Path) -> None:
    def resource(kind: str, **properties: Any) -> dict[str, Any]:
        named = {"type": TEXT | {"enum": [kind]}, "id": TEXT, **properties}
        return {"type": "object", "required": ["type"], "properties": named}

    def wrapped(item: dict[str, Any], **beside: Any) -> dict[str, Any]:
        return {"type": "object", "required": ["data"], "properties": {"data": item, **beside}}

    person = resource("people", attributes={"type": "object", "properties": {"name": TEXT}})
    to_one = {"type": "object", "properties": {"data": resource("people")}}
    article = resource("articles", relationships={"type": "object", "properties": {"author": to_one}})
    include = {"name": "include", "in": "query", "schema": TEXT}
    id_ = {"name": "id", "in": "path", "required": True, "schema": TEXT}
    shown = answers(wrapped(article, included={"type": "array", "items": person}))
    written = document({
        "/people": {"post": {"requestBody": takes(wrapped(person)), "responses": answers(wrapped(person), "201")}},
        "/articles": {"post": {"requestBody": takes(wrapped(article)), "responses": answers(wrapped(article), "201")}},
        "/articles/{id}": {"parameters": [id_], "get": {"parameters": [include], "responses": shown}},
    })  # fmt: skip
    with Client(served(tmp_path, written)) as client:
        people = [
            client.post("/people", json={"data": {"type": "people", "attributes": {"name": name}}}).json()["data"]
            for name in ("Kim", "Lee")
        ]
        author = {"data": {"type": "people", "id": people[1]["id"]}}
        sent = {"data": {"type": "articles", "relationships": {"author": author}}}
        made = client.post("/articles", json=sent).json()["data"]
        found = client.get(f"/articles/{made['id']}?include=author").json()

    assert [people[1]] == found["included"]
