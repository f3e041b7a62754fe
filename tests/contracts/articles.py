"""Articles that only another user than the author may print: a small service of two users, with at most one flaw."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from contracts.client.authentication import user_with_secret
from contracts.client.target import Target
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import sent
from tests.planted_bugs.server import Answer, Ask, Handler, Server

DOCUMENT = Path(__file__).with_name("articles.yaml")
USERS = {"tok-ada": "ada", "tok-bo": "bo"}
SHELVES = ("north", "south")

Item = dict[str, Any]


class Articles(Server):
    """The server. `flaw` is what it does wrong."""

    def __init__(self, flaw: str = "") -> None:
        super().__init__()
        self.flaw, self.articles, self.printed = flaw, dict[int, Item](), Counter[str]()
        self.route("/articles", POST=self.add)
        self.route("/articles/{id}", GET=self.one, PUT=self.change)
        self.route("/articles/{id}/print", POST=self.moving("printed", ("draft",)))
        stops_dropped = ("dropped",) if flaw == "dropped articles are stopped" else ()
        self.route("/articles/{id}/stop", POST=self.moving("stopped", ("printed", *stops_dropped)))
        self.route("/articles/{id}/drop", POST=self.moving("dropped", ("draft", "printed", "stopped")))
        self.route("/shelves", GET=self.shelves)

    async def answer(self, ask: Ask) -> Answer:
        return await super().answer(ask) if ask.bearer in USERS else error(401)

    def no_path(self, ask: Ask) -> Answer:
        return error(404)

    def no_method(self, ask: Ask, allowed: list[str]) -> Answer:
        return Answer(405, {"message": "no"}, (("allow", ", ".join(allowed)),))

    def found(self, ask: Ask) -> Item | None:
        id = ask.params["id"]
        return self.articles.get(int(id)) if re.fullmatch(r"\d{1,9}", id) else None

    def shown(self, item: Item, status: int = 200) -> Answer:
        tagged = {name: value for name, value in item.items() if name != "tags" or self.flaw != "no tags in the ETag"}
        tag = hashlib.sha256(json.dumps(tagged).encode()).hexdigest()[:12]
        return Answer(status, dict(item), (("etag", f'"{tag}"'),))

    async def add(self, ask: Ask) -> Answer:
        body = sent(ask)
        if not is_article(body):
            return error(400)
        if self.is_taken(body["article_no"], USERS[ask.bearer]):
            return error(409)
        item = {"id": len(self.articles) + 1, **written(body), "status": "draft", "author": USERS[ask.bearer]}
        self.articles[item["id"]] = item
        return self.shown(item, 201)

    async def one(self, ask: Ask) -> Answer:
        item = self.found(ask)
        return self.shown(item) if item is not None else error(404)

    async def change(self, ask: Ask) -> Answer:
        item, body = self.found(ask), sent(ask)
        if item is None or item["author"] != USERS[ask.bearer]:
            return error(404 if item is None else 403)
        if not is_article(body):
            return error(400)
        if self.is_taken(body["article_no"], item["author"], item):
            return error(409)
        if self.flaw != "a change leaves it printed":
            self.move(item, "draft")
        was = item["shelf"]
        item |= written(body)
        if item["status"] == "printed":
            self.printed += {was: -1, item["shelf"]: 1}
        return self.shown(item)

    def is_taken(self, number: str, author: str, but: Item | None = None) -> bool:
        others = [each for each in self.articles.values() if each is not but]
        if self.flaw == "authors have numbers of their own":
            others = [each for each in others if each["author"] == author]
        return number in [each["article_no"] for each in others]

    def moving(self, status: str, before: tuple[str, ...]) -> Handler:
        async def handle(ask: Ask) -> Answer:
            item = self.found(ask)
            if item is None:
                return error(404)
            if (item["author"] == USERS[ask.bearer]) is (status == "printed"):
                return error(403)
            if item["status"] not in before:
                return error(409)
            self.move(item, status)
            return self.shown(item)

        return handle

    def move(self, item: Item, status: str) -> None:
        is_twice = self.flaw == "a stopped article is taken off again" and (item["status"], status) == (
            "stopped",
            "dropped",
        )
        if item["status"] == "printed" or is_twice:
            self.printed[item["shelf"]] -= 1
        if status == "printed":
            self.printed[item["shelf"]] += 1
        item["status"] = status

    async def shelves(self, ask: Ask) -> Answer:
        return Answer(200, [{"shelf": each, "printed": self.printed[each]} for each in SHELVES])


def error(status: int) -> Answer:
    return Answer(status, {"message": "no"})


def written(body: Item) -> Item:
    return {name: body.get(name, []) for name in ("article", "article_no", "shelf", "tags")}


def is_article(body: Item) -> bool:
    tags = body.get("tags", [])
    is_right = isinstance(tags, list) and len(tags) <= 3 and all(isinstance(each, str) and each for each in tags)
    texts = [body.get("article"), body.get("article_no")]
    return is_right and all(isinstance(each, str) and each for each in texts) and body.get("shelf") in SHELVES


def checked_articles(folder: Path, flaw: str, *only: str) -> CheckResult:
    """What these checks find of a server with a flaw."""
    file = folder / "articles.json"
    file.write_text(json.dumps(yaml.safe_load(DOCUMENT.read_text())))
    contract = contracts.of(file)
    users = [user_with_secret(contract, name, token) for token, name in USERS.items()]
    with Target.asgi(Articles(flaw), users) as target:
        return run_checks(contract, target, only=only)
