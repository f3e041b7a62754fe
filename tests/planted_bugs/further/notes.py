"""Further bugs for the server of `notes.yaml`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ClassVar

from tests.planted_bugs.notes import KEYS, Notes
from tests.planted_bugs.server import Answer, Ask, Bug, elsewhere

FURTHER = {
    "location-base": Bug("shape", "Location leaves out /api"),
    "location-other": Bug("shape", "Location leads to the note before"),
    "total-null": Bug("shape", "total is null on an empty page"),
    "slug-newline": Bug("validation", "a slug may end in a newline"),
    "priority-fraction": Bug("validation", "3.7 is accepted as a priority and cut"),
    "priority-true": Bug("validation", "true is accepted as a priority"),
    "due-time": Bug("validation", "a date with a time is accepted as due"),
    "due-february-30": Bug("validation", "30 February is accepted as due"),
    "merge-patch-refused": Bug("validation", "application/merge-patch+json is refused"),
    "title-null": Bug("validation", "null is taken as an empty title"),
    "password-7": Bug("validation", "a password of 7 characters is accepted"),
    "put-title-81": Bug("validation", "PUT accepts a title of 81 characters"),
    "per-page-text": Bug("validation", "per_page=abc is taken as the default"),
    "falsy-ignored": Bug("state", "false and empty texts in a patch change nothing"),
    "falsy-defaulted": Bug("state", "false and empty texts at creation become the default"),
    "due-shifted": Bug("state", "due is shown a day early"),
    "patch-moves-created": Bug("state", "a patch moves createdAt"),
    "comment-gone-late": Bug("state", "a deleted comment is still listed"),
    "note-forgets-comments": Bug("state", "a patch of a note loses its comments"),
    "put-updated-still": Bug("state", "PUT does not move updatedAt"),
    "total-of-all": Bug("paging", "total passes over the filter"),
    "filter-after-page": Bug("paging", "the filter is applied to the page, not to the whole"),
    "sort-after-page": Bug("paging", "the order is made within the page, not of the whole"),
    "beyond-500": Bug("paging", "a page behind the last is a server error"),
    "beyond-last": Bug("paging", "a page behind the last is the last again"),
    "comments-ten": Bug("paging", "at most 10 comments are listed"),
    "total-ten": Bug("paging", "total is never above 10"),
    "key-case": Bug("secrets", "a key is compared without regard to case"),
    "password-put": Bug("secrets", "the reply to PUT shows the password"),
    "password-patched": Bug("secrets", "the reply to a patch shows the password"),
    "comments-open": Bug("secrets", "listing comments needs no key"),
    "put-id": Bug("secrets", "PUT can change the id"),
    "slug-by-put": Bug("limits", "PUT may take another note's slug"),
    "slug-prefix": Bug("limits", "a slug that begins another is a conflict"),
    "race-comments": Bug("concurrency", "of comments at the same time one is kept"),
    "id-overflow": Bug("errors", "an id above 2**31 is a server error"),
    "bad-id-404-html": Bug("errors", "an id that is no number is an HTML page"),
    "nul": Bug("errors", "a NUL in a text is a server error"),
    "surrogate": Bug("errors", "half a pair of UTF-16 in a text is a server error"),
    "tag-default-null": Bug("defaults", "tag is null where it is left out by PUT"),
    "created-naive": Bug("defaults", "createdAt is two hours ahead"),
}


class FurtherNotes(Notes):
    """The same server; each method asks for its bugs and goes on as before."""

    BUGS: ClassVar[Mapping[str, Bug]] = Notes.BUGS | FURTHER

    async def answer(self, ask: Ask) -> Answer:
        last = ask.path.rsplit("/", 1)[-1]
        crashes = {
            "id-overflow": bool(re.search(r"\d{10,}", ask.path)),
            "nul": rb"\u0000" in ask.raw,
            "surrogate": bool(re.search(rb"\\ud[89ab]..(?!\\ud[c-f])", ask.raw, re.IGNORECASE)),
        }
        if crashes.get(self.bug):
            return self.error(500, "crash", "unexpected")
        if self.has("bad-id-404-html") and "/notes/" in ask.path and "comments" not in ask.path and not last.isdigit():
            return Answer(404, "<h1>Not found</h1>", (), "text/html")
        return await super().answer(ask)

    def enter(self, ask: Ask, open_by: str = "") -> None:
        if self.has("key-case"):
            ask.headers["x-api-key"] = ask.headers.get("x-api-key", "").lower()
        if self.has("comments-open") and ask.path.endswith("/comments") and ask.method == "GET":
            ask.headers["x-api-key"] = KEYS[0]
        super().enter(ask, open_by)

    def body(self, ask: Ask, kind: str = "application/json") -> Any:
        if self.has("merge-patch-refused") and kind != "application/json":
            kind = "application/json"
        body = super().body(ask, kind)
        if self.has("priority-fraction") and isinstance(body.get("priority"), float):
            body["priority"] = int(body["priority"])
        if self.has("priority-true") and body.get("priority") is True:
            body["priority"] = 1
        if self.has("title-null") and body.get("title", "") is None:
            body["title"] = "untitled"
        if self.has("falsy-defaulted") and ask.method == "POST":
            body = {name: value for name, value in body.items() if value}
        if self.has("falsy-ignored") and ask.method == "PATCH":
            body = {name: value for name, value in body.items() if value or value is None}
        return body

    def check(self, body: dict[str, Any], required: tuple[str, ...]) -> dict[str, Any]:
        slug, title, password = body.get("slug"), body.get("title"), body.get("password")
        if self.has("slug-newline") and isinstance(slug, str):
            body["slug"] = slug.removesuffix("\n")
        if self.has("put-title-81") and hasattr(self, "replacing") and isinstance(title, str):
            body["title"] = title[: 80 if len(title) == 81 else None]
        if self.has("password-7") and isinstance(password, str) and len(password) == 7:
            body["password"] += "-"
        return super().check(body, required)

    def is_day(self, value: Any) -> bool:
        if self.has("due-time") and isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d[T ].*", value):
            return True
        if self.has("due-february-30") and isinstance(value, str):
            return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value))
        return super().is_day(value)

    def taken(self, slug: str, id: int) -> bool:
        if self.has("slug-prefix") and any(n["slug"].startswith(slug) and n["id"] != id for n in self.live()):
            return True
        return super().taken(slug, id)

    def claim(self, slug: str, id: int = 0) -> None:
        if not (self.has("slug-by-put") and hasattr(self, "replacing")):
            super().claim(slug, id)

    def show(self, note: dict[str, Any], does: str) -> dict[str, Any]:
        shown = super().show(note, does)
        if self.has("due-shifted") and shown["due"]:
            shown["due"] = (date.fromisoformat(shown["due"]) - timedelta(days=1)).isoformat()
        return shown

    async def create(self, ask: Ask) -> Answer:
        answer = await super().create(ask)
        if self.has("location-base"):
            return Answer(answer.status, answer.body, (("location", f"/notes/{answer.body['id']}"),))
        if self.has("location-other"):
            return Answer(answer.status, answer.body, (("location", f"/api/notes/{answer.body['id'] - 1}"),))
        if self.has("created-naive"):
            self.skew += 7200
            answer.body["createdAt"] = self.notes[-1]["createdAt"] = self.stamp()
            answer.body["updatedAt"] = self.notes[-1]["updatedAt"] = self.stamp()
            self.skew -= 7200
        return answer

    async def put(self, ask: Ask) -> Answer:
        self.replacing = True
        try:
            before = {note["id"]: note["updatedAt"] for note in self.notes}
            answer = await super().put(ask)
        finally:
            del self.replacing
        note = self.find(ask)
        if self.has("put-updated-still"):
            note["updatedAt"] = answer.body["updatedAt"] = before[note["id"]]
        if self.has("password-put"):
            answer.body["password"] = note["password"]
        body = json.loads(ask.raw)
        if self.has("put-id") and isinstance(body.get("id"), int):
            note["id"] = answer.body["id"] = body["id"]
        if self.has("tag-default-null") and "tag" not in body:
            note["tag"] = answer.body["tag"] = None
        return answer

    async def patch(self, ask: Ask) -> Answer:
        answer = await super().patch(ask)
        note = self.find(ask)
        if self.has("password-patched"):
            answer.body["password"] = note["password"]
        if self.has("patch-moves-created"):
            note["createdAt"] = answer.body["createdAt"] = note["updatedAt"]
        if self.has("note-forgets-comments"):
            self.comments = [each for each in self.comments if each["note"] != note["id"]]
        return answer

    async def list(self, ask: Ask) -> Answer:
        if self.has("per-page-text") and not ask.query.get("per_page", "1").lstrip("-").isdigit():
            del ask.query["per_page"]
        if self.has("filter-after-page") or self.has("sort-after-page"):
            return await self.list_in_page(ask)
        answer = await super().list(ask)
        page, total = answer.body["page"], answer.body["total"]
        if self.has("total-of-all"):
            answer.body["total"] = len(self.live())
        if self.has("total-ten"):
            answer.body["total"] = min(total, 10)
        if self.has("total-null") and not answer.body["items"]:
            answer.body["total"] = None
        if page > 1 and not answer.body["items"]:
            if self.has("beyond-500"):
                return self.error(500, "crash", "index out of range")
            if self.has("beyond-last") and total:
                size = int(ask.query.get("per_page", "10"))
                ask.query["page"] = str((total + size - 1) // size)
                last = await super().list(ask)
                return Answer(200, last.body | {"page": page})
        return answer

    async def list_in_page(self, ask: Ask) -> Answer:
        """Filter or sort what the page holds already."""
        name = "tag" if self.has("filter-after-page") else "sort"
        await super().list(ask)  # for what is wrong with the request
        given = ask.query.pop(name, None)
        answer = await super().list(ask)
        ids = [shown["id"] for shown in answer.body["items"]]
        notes = [note for note in self.notes if note["id"] in ids]
        if given is not None:
            ask.query[name] = given
            notes = self.sorted(ask, self.filtered(ask, notes))
            answer.body["items"] = [self.show(note, "list") for note in notes]
        return answer

    async def create_comment(self, ask: Ask) -> Answer:
        before = list(self.comments)
        if self.has("race-comments"):
            await elsewhere()
            self.comments = before
        return await super().create_comment(ask)

    async def list_comments(self, ask: Ask) -> Answer:
        answer = await super().list_comments(ask)
        if self.has("comments-ten") and isinstance(answer.body, list):
            return Answer(200, answer.body[:10])
        if self.has("comment-gone-late") and isinstance(answer.body, list):
            return Answer(200, answer.body + getattr(self, "dropped", {}).get(ask.params["note"], []))
        return answer

    async def delete_comment(self, ask: Ask) -> Answer:
        if self.has("comment-gone-late"):
            shown = (await super().get_comment(ask)).body
            self.dropped = {ask.params["note"]: [shown]}
        return await super().delete_comment(ask)
