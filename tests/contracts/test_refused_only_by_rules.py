"""Correct services with rules that the schema of a request does not say: what is there to take off, and what exists."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

TEXT: Node = {"type": "string", "minLength": 1, "maxLength": 60}
ID: Node = {"type": "string"}
NO: Node = {"description": "no"}
REFUSED: Node = {"400": NO, "404": NO, "422": NO}


def shown(*required: str, **properties: Node) -> Node:
    return {"type": "object", "required": [*required], "properties": properties}


BARREL = shown(
    "id", "name", "stock", id=ID, name=TEXT, stock={"type": "integer", "description": "Sum of the movements"}
)
KIND: Node = {"type": "string", "enum": ["out", "in"]}
AMOUNT: Node = {"type": "integer", "minimum": 1, "maximum": 500}
MOVEMENT = shown("id", "type", "quantity", id=ID, type=KIND, quantity=AMOUNT)
CELLAR: Node = {
    "/barrels": {
        "post": {"requestBody": takes(shown("name", name=TEXT)), "responses": answers(BARREL, "201") | REFUSED}
    },
    "/barrels/{id}": {"parameters": [path_parameter("id")], "get": {"responses": answers(BARREL) | {"404": NO}}},
    "/barrels/{id}/movements": {
        "parameters": [path_parameter("id")],
        "get": {"responses": answers({"type": "array", "items": MOVEMENT}) | {"404": NO}},
        "post": {
            "requestBody": takes(shown("type", "quantity", type=KIND, quantity=AMOUNT)),
            "responses": answers(MOVEMENT, "201") | REFUSED,
        },
    },
}


def cellar(ask: Ask, barrels: dict[str, Node], flaw: str) -> Answer:
    id, _, below = ask.path.removeprefix("/barrels").strip("/").partition("/")
    asked = sent(ask)
    if not id:
        if not isinstance(asked.get("name"), str) or not 0 < len(asked["name"]) <= 60:
            return Answer(400)
        id = f"b{len(barrels) + 1}"
        barrels[id] = {"id": id, "name": asked["name"], "moves": []}
        return Answer(201, {"id": id, "name": asked["name"], "stock": 0})
    if id not in barrels:
        return Answer(404)
    moves = barrels[id]["moves"]
    stock = sum(each["quantity"] * (1 if each["type"] == "in" else -1) for each in moves)
    if flaw == "stock" and moves:
        stock += moves[0]["quantity"]
    if not below:
        return Answer(200, {"id": id, "name": barrels[id]["name"], "stock": stock})
    if ask.method == "GET":
        return Answer(200, moves)
    amount, kind = asked.get("quantity"), asked.get("type")
    if type(amount) is not int or not 0 < amount <= 500 or kind not in ("in", "out"):
        return Answer(400)
    if kind == "out" and amount > stock:
        return Answer(422)
    moves.append({"id": f"m{len(moves) + 1}", "type": kind, "quantity": amount})
    return Answer(201, moves[-1])


def kept(flaw: str = "") -> Callable[[Ask], Answer]:
    barrels: dict[str, Node] = {}
    return lambda ask: cellar(ask, barrels, flaw)


def test_what_goes_out_is_taken_off_a_sum_and_may_be_refused(tmp_path: Path) -> None:
    only = ["create", "stated-count", "concurrent-count", "concurrent-creates", "validation"]
    assert set() == verdicts(tmp_path, CELLAR, kept(), *only)
    assert ("stated-count", "warning") in verdicts(tmp_path, CELLAR, kept("stock"), "stated-count")


BOX = shown("id", "name", id=ID, name=TEXT)
SCAN = shown("id", "size", "box_id", id=ID, size={"type": "integer"}, box_id={"type": ["string", "null"]})
BINARY: Node = {"type": "string", "format": "binary"}
UPLOAD = shown("file", file=BINARY, box_id={"type": "string", "format": "uuid"})
GONE: Node = {"204": {"description": "gone"}, "404": NO}
SCANS: Node = {
    "/boxes": {"post": {"requestBody": takes(shown("name", name=TEXT)), "responses": answers(BOX, "201") | REFUSED}},
    "/boxes/{id}": {"parameters": [path_parameter("id")], "get": {"responses": answers(BOX) | {"404": NO}}},
    "/scans": {
        "post": {
            "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": UPLOAD}}},
            "responses": answers(SCAN, "201") | REFUSED,
        }
    },
    "/scans/{id}": {
        "parameters": [path_parameter("id")],
        "get": {"responses": answers(SCAN) | {"404": NO}},
        "delete": {"responses": GONE, "description": "Moves the scan into the trash."},
    },
    "/scans/{id}/restore": {
        "parameters": [path_parameter("id")],
        "post": {"responses": answers(SCAN) | {"404": NO}},
    },
    "/scans/{id}/content": {
        "parameters": [path_parameter("id")],
        "get": {"responses": answers(BINARY, kind="application/octet-stream") | {"404": NO}},
    },
}


class Scans:
    """Scans in boxes that exist. With the flaw `content` a download lacks the last byte."""

    def __init__(self, flaw: str = "") -> None:
        self.flaw = flaw
        self.boxes: dict[str, Node] = {}
        self.files: dict[str, tuple[Node, bytes]] = {}
        self.trash: set[str] = set()

    def __call__(self, ask: Ask) -> Answer:
        kind, id, below = (ask.path.strip("/") + "//").split("/")[:3]
        if kind == "boxes":
            return self.box(ask, id)
        if not id:
            return self.upload(ask)
        if id not in self.files or (id in self.trash) != (below == "restore"):
            return Answer(404)
        if ask.method == "DELETE":
            self.trash.add(id)
            return Answer(204)
        self.trash.discard(id)
        item, content = self.files[id]
        content = content[:-1] if self.flaw == "content" else content
        return Answer(200, content, media_type="application/octet-stream") if below == "content" else Answer(200, item)

    def box(self, ask: Ask, id: str) -> Answer:
        if id:
            return Answer(200, self.boxes[id]) if id in self.boxes else Answer(404)
        name = sent(ask).get("name")
        if not isinstance(name, str) or not 0 < len(name) <= 60:
            return Answer(400)
        made = str(uuid.uuid4())
        self.boxes[made] = {"id": made, "name": name}
        return Answer(201, self.boxes[made])

    def upload(self, ask: Ask) -> Answer:
        boundary = ask.headers.get("content-type", "").partition("boundary=")[2].strip('"').encode()
        parts = (each.partition(b"\r\n\r\n") for each in ask.raw.split(b"--" + boundary)[1:-1] if boundary)
        fields = {head.partition(b'name="')[2].partition(b'"')[0]: content[:-2] for head, _, content in parts}
        box = fields[b"box_id"].decode() if b"box_id" in fields else None
        if b"file" not in fields:
            return Answer(400)
        if box is not None and box not in self.boxes:
            return Answer(404)
        made = str(uuid.uuid4())
        self.files[made] = ({"id": made, "size": len(fields[b"file"]), "box_id": box}, fields[b"file"])
        return Answer(201, self.files[made][0])


def test_a_part_of_a_form_names_an_item_that_exists(tmp_path: Path) -> None:
    only = ["create", "read-back", "multipart", "use_after_free", "ensure_resource_availability"]
    assert set() == verdicts(tmp_path, SCANS, Scans(), *only)


@pytest.mark.parametrize(("flaw", "found"), [("", set()), ("content", {("download", "warning")})])
def test_a_download_of_a_file_that_names_another_item_is_compared(
    tmp_path: Path, flaw: str, found: set[tuple[str, str]]
) -> None:
    assert found == verdicts(tmp_path, SCANS, Scans(flaw), "download")
