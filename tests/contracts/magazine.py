"""A small server whose document says in words what its requests do, and ways in which it may do otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NUMBER: Node = {"type": "integer"}
STATUS: Node = {"type": "string", "enum": ["draft", "published", "retracted"]}
NO: Node = {"description": "no"}

FIELDS: Mapping[str, Mapping[str, Node]] = {
    "authors": {"name": TEXT},
    "articles": {"title": TEXT, "author_id": NUMBER, "words": {"type": "integer", "minimum": 1, "maximum": 9000}},
    "remarks": {"article_id": NUMBER, "text": TEXT},
    "issues": {"name": TEXT, "article_ids": {"type": "array", "items": NUMBER, "minItems": 1}},
}
"""What a client sends."""

SET: Mapping[str, Mapping[str, Node]] = {
    "authors": {
        "article_count": {"type": "integer", "description": "The number of articles of the author"},
        "fee": {"type": "integer", "description": "The sum of the words of all its articles"},
        "prints": NUMBER,
    },
    "articles": {"status": STATUS, "reads": NUMBER},
    "remarks": {},
    "issues": {},
}
"""What the server sets."""

REFUSALS: Mapping[str, Node] = {
    "articles": {"422": {"description": "There is no such author"}},
    "remarks": {"422": {"description": "The article does not exist"}},
    "issues": {"422": {"description": "An article of the list is unknown"}},
}

DELETES: Mapping[str, Node] = {
    "authors": {"responses": {"204": NO, "404": NO, "409": {"description": "The author still has articles"}}},
    "articles": {"description": "Deletes the article and all its remarks.", "responses": {"204": NO, "404": NO}},
}

ACTIONS: Mapping[str, Node] = {
    "publish": {
        "description": "Only drafts can be published.",
        "responses": {"409": {"description": "The article is published or retracted already"}},
    },
    "retract": {"responses": {"409": {"description": "The article is not published"}}},
    "like": {
        "description": "Each reader likes an article once; a second like is refused.",
        "responses": {"409": {"description": "The reader likes it already"}},
    },
    "reads": {"description": "`reads` of the article grows by one.", "responses": {}},
}


def magazine_document() -> Node:
    """The paths of the document."""
    paths: Node = {}
    for name, fields in FIELDS.items():
        new = {"type": "object", "required": list(fields), "additionalProperties": False, "properties": {**fields}}
        shown = {"id": NUMBER, **fields, **SET[name]}
        item: Node = {"type": "object", "required": list(shown), "properties": shown}
        delete = DELETES.get(name, {"responses": {"204": NO, "404": NO}})
        paths[f"/{name}"] = {
            "get": {"responses": answers({"type": "array", "items": item})},
            "post": {
                "requestBody": takes(new),
                "responses": answers(item, "201") | {"400": NO} | REFUSALS.get(name, {}),
                **({"description": "Raises the prints of the author by the words."} if name == "articles" else {}),
            },
        }
        paths[f"/{name}/{{id}}"] = {
            "parameters": [path_parameter("id", NUMBER)],
            "get": {"responses": answers(item) | {"404": NO}},
            "put": {
                "requestBody": takes(new),
                "responses": answers(item) | {"400": NO, "404": NO} | REFUSALS.get(name, {}),
            },
            "delete": delete,
        }
        for action, said in ACTIONS.items() if name == "articles" else ():
            paths[f"/articles/{{id}}/{action}"] = {
                "parameters": [path_parameter("id", NUMBER)],
                "post": {**said, "responses": answers(item) | {"404": NO} | said["responses"]},
            }
    return paths


class Magazine:
    """Authors with articles, remarks about them, and issues that contain them. `broken` is what it does wrong."""

    def __init__(self, broken: str = "") -> None:
        self.broken, self.last = broken, 0
        self.items: dict[str, dict[int, Node]] = {name: {} for name in FIELDS}
        self.prints: dict[int, int] = {}
        self.liked: set[int] = set()

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(
            r"/(authors|articles|remarks|issues)(?:/(\d+)(?:/(publish|retract|reads|like))?)?", ask.path
        )
        if match is None:
            return Answer(404)
        name, items = match[1], self.items[match[1]]
        if not match[2]:
            if ask.method == "GET":
                return Answer(200, [self._shown(name, each) for each in items.values()])
            return self._write(name, ask, None) if ask.method == "POST" else Answer(405)
        item = items.get(int(match[2]))
        if item is None:
            return Answer(404)
        if match[3]:
            return self._act(item, match[3]) if ask.method == "POST" and name == "articles" else Answer(405)
        if ask.method == "DELETE":
            return self._delete(name, item)
        if ask.method == "PUT":
            return self._write(name, ask, item)
        return Answer(200, self._shown(name, item)) if ask.method == "GET" else Answer(405)

    def _shown(self, name: str, item: Node) -> Node:
        if name != "authors":
            return item
        own = [each for each in self.items["articles"].values() if each["author_id"] == item["id"]]
        count = 1 if self.broken == "counts at most one" and own else len(own)
        fee = sum(each["words"] for each in own[: 1 if self.broken == "sum of the first" else None])
        return {**item, "article_count": count, "fee": fee, "prints": self.prints.get(item["id"], 0)}

    def _write(self, name: str, ask: Ask, item: Node | None) -> Answer:
        body = sent(ask)
        if not self._is_valid(name, body):
            return Answer(400)
        if not self._refers(name, body, is_new=item is None):
            return Answer(422)
        if item is not None:
            item.update(body)
            return Answer(200, self._shown(name, item))
        self.last += 1
        new = {"id": self.last, **body, **({"status": "draft", "reads": 0} if name == "articles" else {})}
        self.items[name][self.last] = new
        if name == "articles" and self.broken != "prints stay":
            author = body["author_id"]
            self.prints[author] = self.prints.get(author, 0) + body["words"]
        return Answer(201, self._shown(name, new))

    @staticmethod
    def _is_valid(name: str, body: Node) -> bool:
        kinds: Any = {"integer": int, "string": str, "array": list}
        known = FIELDS[name]
        is_typed = body.keys() == known.keys() and all(
            type(body[each]) is kinds[schema["type"]] for each, schema in known.items()
        )
        lists = [value for value in body.values() if isinstance(value, list)] if is_typed else []
        is_full = all(each and all(type(id) is int for id in each) for each in lists)
        return is_typed and is_full and ("words" not in body or 1 <= body["words"] <= 9000)

    def _refers(self, name: str, body: Node, *, is_new: bool) -> bool:
        """Do all references name items?"""
        if self.broken == "unknown in lists" and name == "issues":
            return True
        if self.broken == "unknown by PUT" and not is_new:
            return True
        if self.broken == "unknown author" and name == "articles":
            return True
        wanted = {"articles": ("authors", "author_id"), "remarks": ("articles", "article_id")}
        if name == "issues":
            return all(id in self.items["articles"] for id in body["article_ids"])
        return name not in wanted or body[wanted[name][1]] in self.items[wanted[name][0]]

    def _act(self, item: Node, action: str) -> Answer:
        if action == "reads":
            item["reads"] += self.broken != "reads stay"
            return Answer(200, item)
        if action == "like":
            is_again = item["id"] in self.liked and self.broken != "like again"
            self.liked.add(item["id"])
            return Answer(409) if is_again else Answer(200, item)
        needed = {"publish": "draft", "retract": "published"}[action]
        is_lenient = self.broken == f"{action} always" or (
            self.broken == "publish again" and action == "publish" and item["status"] == "retracted"
        )
        if item["status"] != needed and not is_lenient:
            return Answer(409)
        item["status"] = {"publish": "published", "retract": "retracted"}[action]
        return Answer(200, item)

    def _delete(self, name: str, item: Node) -> Answer:
        id = item["id"]
        has_articles = any(each["author_id"] == id for each in self.items["articles"].values())
        if name == "authors" and has_articles and self.broken != "author goes":
            return Answer(409)
        del self.items[name][id]
        if name == "articles" and self.broken != "remarks stay":
            kept = {key: each for key, each in self.items["remarks"].items() if each["article_id"] != id}
            self.items["remarks"] = kept
        return Answer(204)
