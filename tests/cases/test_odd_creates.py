"""Cases about creates whose reply is not the new item: a page of all, or files of another resource."""

from __future__ import annotations

from pathlib import Path

from tests.cases.conftest import Serve

UPLOADS = """
openapi: 3.0.3
info: {title: An upload that answers with files which have a parent, version: "1"}
paths:
  /files/{file_id}/content:
    parameters: [{name: file_id, in: path, required: true, schema: {type: string}}]
    get:
      responses: {"202": {description: Not ready.}, "302": {description: At another address.}}
    post:
      requestBody:
        content:
          multipart/form-data:
            schema:
              type: object
              properties: {file: {type: string, format: binary}, note: {type: string}}
      responses:
        "200": {description: All., content: {application/json: {schema: {$ref: "#/components/schemas/Files"}}}}
components:
  schemas:
    File:
      type: object
      properties:
        id: {type: string}
        name: {type: string}
        parent: {type: object, properties: {id: {type: string}, name: {type: string}}}
    Files:
      type: object
      properties: {total_count: {type: integer}, entries: {type: array, items: {$ref: "#/components/schemas/File"}}}
"""


def test_a_create_may_answer_with_the_page_of_all(serve: Serve) -> None:
    api = serve("page-of-created")

    pages = [api.post("/notes", json={"text": text}).json() for text in ("one", "two")]

    assert [1, 2] == [page["total_count"] for page in pages]
    assert {"one", "two"} == {note["text"] for note in pages[1]["entries"]}
    assert pages[1] == api.get("/notes").json()


def test_what_has_no_id_is_nobodys_parent(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "files.yaml").write_text(UPLOADS)
    reply = serve(tmp_path / "files").post("/files/7/content", files={"file": b"x"}, data={"note": "first"})

    assert 200 == reply.status_code
    assert reply.json().keys() >= {"entries", "total_count"}
