"""Scans are uploaded as forms into folders: they are created, counted, moved and deleted like other items."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
NUMBER: Node = {"type": "integer"}
COUNT: Node = {"type": "integer", "description": "Number of scans that are in the folder at present."}
FOLDER: Node = {
    "type": "object",
    "required": ["id", "label", "scan_count"],
    "properties": {"id": NUMBER, "label": TEXT, "scan_count": COUNT},
}
SCAN: Node = {
    "type": "object",
    "required": ["id", "folder_id", "remark"],
    "properties": {"id": NUMBER, "folder_id": NUMBER, "remark": {"type": ["string", "null"]}},
}
FORM: Node = {
    "type": "object",
    "required": ["page"],
    "properties": {"page": {"type": "string", "format": "binary"}, "remark": {"type": "string", "maxLength": 40}},
}
CHANGE: Node = {"type": "object", "properties": {"folder_id": NUMBER, "remark": {"type": ["string", "null"]}}}


def folders_document() -> Node:
    new: Node = {"type": "object", "required": ["label"], "properties": {"label": TEXT}}
    folder = {"parameters": [path_parameter("folder_id", NUMBER)]}
    scan = {"parameters": [path_parameter("scan_id", NUMBER)]}
    upload = takes(FORM, "multipart/form-data")
    upload["content"]["multipart/form-data"]["encoding"] = {"page": {"contentType": "image/png"}}
    raw: Node = {"200": {"description": "the page", "content": {"image/png": {}}}, "404": NO}
    return {
        "/folders": {"post": {"requestBody": takes(new), "responses": answers(FOLDER, "201")}},
        "/folders/{folder_id}": {
            **folder,
            "get": {"responses": answers(FOLDER) | {"404": NO}},
            "delete": {"description": "Deletes the folder and all its scans.", "responses": {"204": NO, "404": NO}},
        },
        "/folders/{folder_id}/scans": {
            **folder,
            "post": {"requestBody": upload, "responses": answers(SCAN, "201") | {"400": NO, "404": NO, "415": NO}},
        },
        "/scans": {"get": {"responses": answers({"type": "array", "items": SCAN})}},
        "/scans/{scan_id}": {
            **scan,
            "get": {"responses": answers(SCAN) | {"404": NO}},
            "patch": {"requestBody": takes(CHANGE), "responses": answers(SCAN) | {"404": NO, "422": NO}},
            "delete": {"responses": {"204": NO, "404": NO}},
        },
        "/scans/{scan_id}/page": {**scan, "get": {"responses": raw}},
    }


class Folders:
    """Folders with scans. `flaw` names what is wrong."""

    def __init__(self, flaw: str = "") -> None:
        self.flaw = flaw
        self.folders: dict[str, Node] = {}
        self.scans: dict[str, Node] = {}
        self.pages: set[str] = set()
        self.last = 0

    def __call__(self, ask: Ask) -> Answer:
        kind, *rest = ask.path.strip("/").split("/")
        if kind == "folders":
            return self.in_folder(ask, rest)
        if not rest:
            return Answer(200, [*self.scans.values()])
        if rest[1:] == ["page"]:
            return Answer(200, "png", media_type="image/png") if rest[0] in self.pages else Answer(404)
        scan = self.scans.get(rest[0])
        if scan is None:
            return Answer(404)
        if ask.method == "DELETE":
            self.forget(rest[0])
            return Answer(204)
        return self.changed(scan, sent(ask)) if ask.method == "PATCH" else Answer(200, scan)

    def in_folder(self, ask: Ask, rest: list[str]) -> Answer:
        if not rest:
            self.last += 1
            self.folders[str(self.last)] = {"id": self.last, "label": sent(ask)["label"], "scan_count": 0}
            return Answer(201, self.folders[str(self.last)])
        folder = self.folders.get(rest[0])
        if folder is None:
            return Answer(404)
        if rest[1:] == ["scans"]:
            return self.uploaded(folder, ask)
        if ask.method == "DELETE":
            del self.folders[rest[0]]
            for id in [id for id, each in self.scans.items() if each["folder_id"] == folder["id"]]:
                if self.flaw != "scans outlive their folder":
                    self.forget(id)
            return Answer(204)
        return Answer(200, folder)

    def uploaded(self, folder: Node, ask: Ask) -> Answer:
        fields = dict(re.findall(rb'name="(\w+)".*?\r\n\r\n(.+?)\r\n--', ask.raw, re.DOTALL))
        if not fields.get(b"page") or b"image/png" not in ask.raw:
            return Answer(415 if fields else 400)
        remark = fields[b"remark"].decode() if b"remark" in fields else None
        self.last += 1
        self.scans[str(self.last)] = {"id": self.last, "folder_id": folder["id"], "remark": remark}
        self.pages.add(str(self.last))
        folder["scan_count"] += 1
        return Answer(201, self.scans[str(self.last)])

    def changed(self, scan: Node, body: Node) -> Answer:
        there = self.folders.get(str(body.get("folder_id", scan["folder_id"])))
        if there is None:
            return Answer(422)
        if self.flaw != "the old folder keeps its count":
            self.folders[str(scan["folder_id"])]["scan_count"] -= 1
        there["scan_count"] += there["id"] != scan["folder_id"] or self.flaw != "the old folder keeps its count"
        scan |= {name: value for name, value in body.items() if name in ("folder_id", "remark")}
        return Answer(200, scan)

    def forget(self, id: str) -> None:
        folder = self.folders.get(str(self.scans.pop(id)["folder_id"]))
        if folder is not None:
            folder["scan_count"] -= 1
        if self.flaw != "pages outlive their scan":
            self.pages.discard(id)


@pytest.mark.parametrize(
    ("flaw", "found"),
    [
        ("", set()),
        ("the old folder keeps its count", {("stated-count", "failure")}),
        ("scans outlive their folder", {("parent", "failure")}),
        ("pages outlive their scan", {("parent", "failure"), ("delete", "failure")}),
    ],
)
def test_uploaded_items_are_counted_moved_and_deleted(tmp_path: Path, flaw: str, found: set[tuple[str, str]]) -> None:
    checks = ["create", "read-back", "listed", "stated-count", "parent", "delete", "update"]

    assert found == verdicts(tmp_path, folders_document(), Folders(flaw), *checks)


NOTE: Node = {"type": "object", "required": ["id"], "properties": {"id": NUMBER, "size": NUMBER}}


@pytest.mark.parametrize("kind", ["text/plain", "text/csv, application/pdf", "application/json", None])
def test_a_file_has_a_file_name_whatever_its_media_type_is(tmp_path: Path, kind: str | None) -> None:
    form = takes(
        {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}},
        "multipart/form-data",
    )
    if kind is not None:
        form["content"]["multipart/form-data"]["encoding"] = {"file": {"contentType": kind}}
    paths: Node = {
        "/notes": {"post": {"requestBody": form, "responses": answers(NOTE, "201") | {"400": NO, "415": NO}}},
        "/notes/{id}": {
            "parameters": [path_parameter("id", NUMBER)],
            "get": {"responses": answers(NOTE) | {"404": NO}},
        },
    }
    notes: list[Node] = []

    def handle(ask: Ask) -> Answer:
        if ask.method == "POST":
            if b'name="file"; filename="' not in ask.raw:
                return Answer(400)
            notes.append({"id": len(notes) + 1})
            return Answer(201, notes[-1])
        number = ask.path.rsplit("/", 1)[-1]
        known = number.isdigit() and 0 < int(number) <= len(notes)
        return Answer(200, notes[int(number) - 1]) if known else Answer(404)

    assert set() == verdicts(tmp_path, paths, handle, "create")
    assert notes
