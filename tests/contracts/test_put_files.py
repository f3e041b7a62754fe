"""Manuals have pages, which are files that clients put: they are created, counted and deleted like other items."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
NUMBER: Node = {"type": "integer"}
CODE: Node = {"type": "string", "pattern": "^[a-z]{3}$"}
MANUAL: Node = {
    "type": "object",
    "required": ["id", "title", "page_codes"],
    "properties": {
        "id": NUMBER,
        "title": TEXT,
        "page_codes": {"type": "array", "items": CODE, "description": "The codes of the pages; empty without any."},
    },
}
PAGE: Node = {
    "type": "object",
    "required": ["manual_id", "code", "bytes_of_file"],
    "properties": {
        "manual_id": NUMBER,
        "code": CODE,
        "bytes_of_file": {"type": "integer", "description": "Size of the file in bytes."},
    },
}


def manuals_document() -> Node:
    new: Node = {"type": "object", "required": ["title"], "properties": {"title": TEXT}}
    manual = {"parameters": [path_parameter("id", NUMBER)]}
    page = {"parameters": [path_parameter("id", NUMBER), path_parameter("code", CODE)]}
    file: Node = {"required": True, "content": {"text/troff": {"schema": {"type": "string"}, "example": ".TH saw 1\n"}}}
    put = answers(PAGE) | answers(PAGE, "201") | {"404": NO, "415": NO, "422": NO}
    return {
        "/manuals": {
            "post": {"requestBody": takes(new), "responses": answers(MANUAL, "201") | {"422": NO}},
            "get": {"responses": answers({"type": "array", "items": MANUAL})},
        },
        "/manuals/{id}": {
            **manual,
            "get": {"responses": answers(MANUAL) | {"404": NO}},
            "delete": {"description": "Deletes the manual with all its pages.", "responses": {"204": NO, "404": NO}},
        },
        "/manuals/{id}/pages": {
            **manual,
            "get": {"responses": answers({"type": "array", "items": PAGE}) | {"404": NO}},
        },
        "/manuals/{id}/pages/{code}": {
            **page,
            "put": {"requestBody": file, "responses": put},
            "get": {"responses": answers(PAGE) | {"404": NO}},
            "delete": {"responses": {"204": NO, "404": NO}},
        },
    }


class Manuals:
    """Manuals with pages in troff, which start with a dot. `flaw` names what is wrong."""

    def __init__(self, flaw: str = "") -> None:
        self.flaw, self.last = flaw, 0
        self.manuals: dict[str, Node] = {}
        self.pages: dict[tuple[str, str], bytes] = {}

    def __call__(self, ask: Ask) -> Answer:
        _, *rest = ask.path.strip("/").split("/")
        if not rest:
            return self.all(ask)
        if rest[0] not in self.manuals and not (self.flaw == "left" and len(rest) == 3):
            return Answer(404)
        if len(rest) == 1:
            return self.manual(ask, rest[0])
        if len(rest) == 2:
            return Answer(200, [self.page(*key) for key in self.pages if key[0] == rest[0]])
        return self.of_page(ask, (rest[0], rest[2]))

    def all(self, ask: Ask) -> Answer:
        if ask.method == "GET":
            return Answer(200, [self.shown(id) for id in self.manuals])
        title = sent(ask).get("title")
        if not isinstance(title, str) or not 0 < len(title) <= 60:
            return Answer(422)
        self.last += 1
        self.manuals[str(self.last)] = {"id": self.last, "title": title}
        return Answer(201, self.shown(str(self.last)))

    def shown(self, id: str) -> Node:
        codes = sorted(code for manual, code in self.pages if manual == id)
        return {**self.manuals[id], "page_codes": codes or (None if "emptied" in self.manuals[id] else [])}

    def page(self, id: str, code: str) -> Node:
        content = self.pages[id, code]
        length = len(content.decode()) if self.flaw == "letters" else len(content)
        return {"manual_id": int(id), "code": code, "bytes_of_file": length}

    def manual(self, ask: Ask, id: str) -> Answer:
        if ask.method == "GET":
            return Answer(200, {key: value for key, value in self.shown(id).items() if key != "emptied"})
        if ask.method != "DELETE":
            return Answer(405)
        del self.manuals[id]
        if self.flaw != "left":
            self.pages = {key: value for key, value in self.pages.items() if key[0] != id}
        return Answer(204)

    def of_page(self, ask: Ask, key: tuple[str, str]) -> Answer:
        if ask.method == "PUT":
            return self.put(ask, key)
        if key not in self.pages:
            return Answer(404)
        if ask.method == "GET":
            return Answer(200, self.page(*key))
        del self.pages[key]
        if self.flaw == "emptied" and not any(each[0] == key[0] for each in self.pages):
            self.manuals[key[0]]["emptied"] = True
        return Answer(204)

    def put(self, ask: Ask, key: tuple[str, str]) -> Answer:
        if "troff" not in ask.headers.get("content-type", ""):
            return Answer(415)
        if not ask.raw.startswith(b".") or not re.fullmatch("[a-z]{3}", key[1]):
            return Answer(422)
        status = 200 if key in self.pages else 201
        self.pages[key] = ask.raw
        return Answer(status, self.page(*key))


def test_a_correct_server_of_files_has_no_findings_and_keeps_nothing(tmp_path: Path) -> None:
    service = Manuals()

    assert set() == verdicts(tmp_path, manuals_document(), service, "parent", "state-views", "file-length", "listed")
    assert {} == service.manuals


@pytest.mark.parametrize(
    ("flaw", "check"),
    [("left", "parent"), ("emptied", "document"), ("letters", "file-length")],
    ids=["pages outlive their manual", "no list once the last page is gone", "letters are counted"],
)
def test_a_defect_of_put_files_is_a_failure(tmp_path: Path, flaw: str, check: str) -> None:
    found = verdicts(tmp_path, manuals_document(), Manuals(flaw), "parent", "state-views", "file-length")

    assert (check, "failure") in found
