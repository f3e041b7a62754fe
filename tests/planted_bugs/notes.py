"""A server for `notes.yaml`, a document that comes without a behaviour file, that is correct but for one bug."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from tests.planted_bugs.server import Answer, Ask, Bug, Refused, Server, elsewhere, fresh, integer

KEYS = ("notes-key-of-ada", "notes-key-of-bob")
TEXTS = {"title": (1, 80), "text": (0, 2000)}
DEFAULTS = {"text": "", "tag": "other", "priority": 3, "pinned": False, "due": None}
TAGS = ("home", "work", "other")


class Notes(Server):
    """Notes with comments, kept in memory."""

    BUGS: ClassVar[Mapping[str, Bug]] = {
        "title-missing": Bug("shape", "the list leaves out titles"),
        "created-200": Bug("shape", "create answers 200"),
        "id-a-text": Bug("shape", "ids are texts"),
        "total-a-text": Bug("shape", "total is a text"),
        "list-bare": Bug("shape", "the list is a bare array"),
        "due-missing": Bug("shape", "due is left out where it is null"),
        "created-local": Bug("shape", "createdAt has no zone"),
        "location-missing": Bug("shape", "create has no Location"),
        "comments-wrapped": Bug("shape", "the list of comments has an envelope"),
        "pinned-a-number": Bug("shape", "pinned is 0 or 1"),
        "title-81": Bug("validation", "a title of 81 characters is accepted"),
        "title-79": Bug("validation", "a title of 80 characters is refused"),
        "title-empty": Bug("validation", "an empty title is accepted"),
        "title-missing-accepted": Bug("validation", "a note without a title is accepted"),
        "text-2001": Bug("validation", "a text of 2001 characters is accepted"),
        "text-cut": Bug("validation", "a text is cut to 255 characters"),
        "slug-any": Bug("validation", "any slug is accepted"),
        "slug-upper": Bug("validation", "capital letters are accepted in slugs"),
        "tag-any": Bug("validation", "any tag is accepted"),
        "priority-0": Bug("validation", "priority 0 is accepted"),
        "priority-6": Bug("validation", "priority 6 is accepted"),
        "priority-5-refused": Bug("validation", "priority 5 is refused"),
        "priority-a-text": Bug("validation", "the text '3' is taken as a priority"),
        "pinned-a-text": Bug("validation", "the text 'yes' is taken as pinned"),
        "due-any": Bug("validation", "any text is accepted as due"),
        "due-null-refused": Bug("validation", "null is refused as due"),
        "patch-unchecked": Bug("validation", "a patch is not validated"),
        "put-partial": Bug("validation", "PUT accepts a body without slug"),
        "per-page-51": Bug("validation", "per_page=51 is accepted"),
        "page-0": Bug("validation", "page=0 is accepted"),
        "comment-201": Bug("validation", "a comment of 201 characters is accepted"),
        "sort-any": Bug("validation", "any sort is accepted"),
        "delete-kept": Bug("state", "a deleted note can still be read"),
        "delete-listed": Bug("state", "a deleted note is still listed"),
        "delete-again": Bug("state", "deleting a second time answers 204"),
        "patch-forgotten": Bug("state", "a patch is answered but not kept"),
        "patch-resets": Bug("state", "a patch resets what it leaves out to the defaults"),
        "patch-null-ignored": Bug("state", "null in a patch changes nothing"),
        "put-merges": Bug("state", "PUT keeps what it leaves out"),
        "put-forgotten": Bug("state", "PUT is answered but not kept"),
        "put-makes": Bug("state", "PUT makes a second note"),
        "put-created": Bug("state", "PUT moves createdAt"),
        "title-trimmed": Bug("state", "titles are kept in capitals"),
        "updated-still": Bug("state", "updatedAt does not move"),
        "get-moves": Bug("state", "reading moves updatedAt"),
        "list-late": Bug("state", "a new note is listed after the next one is made"),
        "ids-again": Bug("state", "the id of a deleted note is used again"),
        "comment-anywhere": Bug("state", "a comment is found under every note"),
        "comments-everywhere": Bug("state", "every note lists all comments"),
        "comments-stay": Bug("state", "deleting a note leaves its comments readable"),
        "comment-on-nothing": Bug("state", "a comment can be written on a note that is not there"),
        "comment-deletes-all": Bug("state", "deleting a comment deletes all of the note"),
        "half-patch": Bug("state", "a refused patch has changed the title"),
        "page-short": Bug("paging", "pages have one note less than asked for"),
        "page-long": Bug("paging", "pages have one note more than asked for"),
        "page-overlap": Bug("paging", "a page begins with the last note of the one before"),
        "page-from-0": Bug("paging", "page 1 is the second page"),
        "page-ignored": Bug("paging", "every page is the first"),
        "total-of-page": Bug("paging", "total counts the page"),
        "total-more": Bug("paging", "total counts deleted notes, too"),
        "page-said-wrong": Bug("paging", "the reply says page 1 on every page"),
        "filter-ignored": Bug("paging", "tag is ignored"),
        "filter-inverted": Bug("paging", "tag=work lists home, too"),
        "sort-ignored": Bug("paging", "sort is ignored"),
        "sort-one-way": Bug("paging", "-title sorts as title"),
        "sort-text": Bug("paging", "priority is sorted backwards"),
        "default-5": Bug("paging", "a page has 5 notes where nothing is asked for"),
        "list-open": Bug("secrets", "listing needs no key"),
        "get-open": Bug("secrets", "reading needs no key"),
        "delete-open": Bug("secrets", "deleting needs no key"),
        "comment-open": Bug("secrets", "writing a comment needs no key"),
        "empty-key": Bug("secrets", "an empty key is accepted"),
        "password-created": Bug("secrets", "the create reply shows the password"),
        "password-read": Bug("secrets", "reading shows the password"),
        "password-listed": Bug("secrets", "the list shows passwords"),
        "password-in-error": Bug("secrets", "a refusal repeats the body"),
        "id-given": Bug("secrets", "a client can choose the id"),
        "created-given": Bug("secrets", "a client can choose createdAt"),
        "updated-given": Bug("secrets", "a patch can set updatedAt"),
        "priority-default": Bug("defaults", "priority is 1 where it is left out"),
        "tag-default": Bug("defaults", "tag is work where it is left out"),
        "pinned-default": Bug("defaults", "pinned is true where it is left out"),
        "text-default": Bug("defaults", "text is null where it is left out"),
        "author-default": Bug("defaults", "author is unknown where it is left out"),
        "pinned-given": Bug("defaults", "a given pinned is overruled"),
        "slug-twice": Bug("limits", "two notes may have the same slug"),
        "slug-by-patch": Bug("limits", "a patch may take another note's slug"),
        "slug-for-ever": Bug("limits", "the slug of a deleted note stays taken"),
        "slug-own": Bug("limits", "a patch with its own slug is a conflict"),
        "slug-400": Bug("limits", "a taken slug answers 500"),
        "race-slug": Bug("concurrency", "creates at the same time may share a slug"),
        "race-ids": Bug("concurrency", "creates at the same time get the same id"),
        "race-lost": Bug("concurrency", "of creates at the same time one is kept"),
        "race-patch": Bug("concurrency", "of patches at the same time one is kept"),
        "race-delete": Bug("concurrency", "deletes at the same time fail with 500"),
        "missing-200": Bug("errors", "what is not there is 200 with null"),
        "missing-500": Bug("errors", "what is not there is a server error"),
        "no-code": Bug("errors", "refusals have no code"),
        "html": Bug("errors", "refusals are HTML"),
        "json-500": Bug("errors", "broken JSON is a server error"),
        "type-500": Bug("errors", "a wrong type is a server error"),
        "unknown-path-200": Bug("errors", "unknown paths are answered with 200"),
        "allow-missing": Bug("errors", "405 does not say what is allowed"),
        "any-type": Bug("errors", "a body of any content type is read as JSON"),
    }

    def __init__(self, bug: str = "") -> None:
        super().__init__(bug)
        self.notes: list[dict[str, Any]] = []
        self.comments: list[dict[str, Any]] = []
        self.gone: set[int] = set()
        self.last = 0
        base = "/api/notes"
        self.route(base, GET=self.list, POST=self.create)
        self.route(base + "/{note}", GET=self.get, PUT=self.put, PATCH=self.patch, DELETE=self.delete)
        self.route(base + "/{note}/comments", GET=self.list_comments, POST=self.create_comment)
        self.route(base + "/{note}/comments/{comment}", GET=self.get_comment, DELETE=self.delete_comment)

    def error(self, status: int, code: str, message: str, **more: Any) -> Answer:
        if self.has("html"):
            return Answer(status, f"<h1>{code}</h1>", (), "text/html")
        body = {"code": code, "message": message, **more}
        if self.has("no-code"):
            del body["code"]
        return Answer(status, body)

    def refuse(self, status: int, code: str, message: str, **more: Any) -> Refused:
        return Refused(self.error(status, code, message, **more))

    def invalid(self, field: str, what: str, body: Any = None) -> Refused:
        if self.has("type-500") and "must be" in what:
            return self.refuse(500, "crash", "TypeError")
        seen = f" in {json.dumps(body)}" if self.has("password-in-error") else ""
        return self.refuse(400, "invalid", f"{field}: {what}{seen}", field=field)

    def missing(self) -> Refused:
        if self.has("missing-200"):
            return Refused(Answer(200, None, (), "application/json"))
        return self.refuse(500 if self.has("missing-500") else 404, "missing", "not found")

    def no_path(self, ask: Ask) -> Answer:
        return Answer(200, {}) if self.has("unknown-path-200") else self.error(404, "missing", "no such path")

    def no_method(self, ask: Ask, allowed: list[str]) -> Answer:
        answer = self.error(405, "method", "this method is not allowed")
        headers = () if self.has("allow-missing") else (("allow", ", ".join(allowed)),)
        return Answer(405, answer.body, headers, answer.media_type)

    def enter(self, ask: Ask, open_by: str = "") -> None:
        key = ask.headers.get("x-api-key", "")
        if key in KEYS or (open_by and self.has(open_by)) or (self.has("empty-key") and "x-api-key" in ask.headers):
            return
        raise self.refuse(401, "key", "a key is needed")

    def body(self, ask: Ask, kind: str = "application/json") -> Any:
        if ask.headers.get("content-type", "").split(";")[0] != kind:
            if self.has("any-type"):
                return {"title": "x", "slug": f"x-{len(self.notes)}", "text": "x"}
            raise self.refuse(415, "type", f"{kind} is expected")
        try:
            found = json.loads(ask.raw)
        except (ValueError, RecursionError):
            if self.has("json-500"):
                raise self.refuse(500, "crash", "unexpected token") from None
            raise self.refuse(400, "malformed", "the body is not JSON") from None
        if not isinstance(found, dict):
            raise self.invalid("body", "must be an object")
        return found

    def check(self, body: dict[str, Any], required: tuple[str, ...]) -> dict[str, Any]:
        for name in required:
            if name not in body:
                raise self.invalid(name, "is required", body)
        for name, (least, most) in TEXTS.items():
            if name in body:
                self.check_text(body, name, least, most)
        if "slug" in body and not self.has("slug-any"):
            pattern = r"[A-Za-z0-9-]{1,40}" if self.has("slug-upper") else r"[a-z0-9-]{1,40}"
            if not isinstance(body["slug"], str) or not re.fullmatch(pattern, body["slug"]):
                raise self.invalid("slug", "has other characters", body)
        if "tag" in body and body["tag"] not in TAGS and not (self.has("tag-any") and isinstance(body["tag"], str)):
            raise self.invalid("tag", f"must be one of {', '.join(TAGS)}", body)
        self.check_numbers(body)
        if "due" in body and not self.is_day(body["due"]):
            raise self.invalid("due", "must be a date", body)
        password = body.get("password", "long enough")
        if not isinstance(password, str) or len(password) < 8:
            raise self.invalid("password", "is too short", body)
        return body

    def check_text(self, body: dict[str, Any], name: str, least: int, most: int) -> None:
        if not isinstance(body[name], str):
            raise self.invalid(name, "must be a string", body)
        if name == "title":
            least, most = least - self.has("title-empty"), most + self.has("title-81") - self.has("title-79")
        if not least <= len(body[name]) <= most + (name == "text" and self.has("text-2001")):
            raise self.invalid(name, f"has not {least} to {most} characters", body)

    def check_numbers(self, body: dict[str, Any]) -> None:
        priority = body.get("priority", 3)
        if self.has("priority-a-text") and priority == "3":
            body["priority"] = priority = 3
        if isinstance(priority, str) and self.has("priority-a-text"):
            body["priority"] = priority = 1
        if isinstance(priority, bool) or (
            not isinstance(priority, int) and not (isinstance(priority, float) and priority.is_integer())
        ):
            raise self.invalid("priority", "must be an integer", body)
        if not 1 - self.has("priority-0") <= priority <= 5 + self.has("priority-6") - self.has("priority-5-refused"):
            raise self.invalid("priority", "is not from 1 to 5", body)
        pinned = body.get("pinned", False)
        if not isinstance(pinned, bool):
            if not (self.has("pinned-a-text") and isinstance(pinned, str)):
                raise self.invalid("pinned", "must be a boolean", body)
            body["pinned"] = True

    def is_day(self, value: Any) -> bool:
        if value is None:
            return not self.has("due-null-refused")
        if self.has("due-any"):
            return isinstance(value, str)
        if not isinstance(value, str):
            return False
        try:
            return re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is not None and bool(date.fromisoformat(value))
        except ValueError:
            return False

    # Notes.

    def find(self, ask: Ask) -> dict[str, Any]:
        number = integer(ask.params["note"])
        if number is None or number < 0:
            raise self.invalid("noteId", "must be a number")
        for note in self.notes:
            if note["id"] == number and (note["id"] not in self.gone or self.has("delete-kept")):
                return note
        raise self.missing()

    def live(self) -> list[dict[str, Any]]:
        return [note for note in self.notes if note["id"] not in self.gone]

    def taken(self, slug: str, id: int) -> bool:
        found = self.notes if self.has("slug-for-ever") else self.live()
        return any(n["slug"] == slug and (n["id"] != id or self.has("slug-own")) for n in found)

    def claim(self, slug: str, id: int = 0) -> None:
        lax = self.has("slug-twice") or (self.has("slug-by-patch") and id)
        if self.taken(slug, id) and not lax:
            raise self.refuse(500 if self.has("slug-400") else 409, "taken", "slug: is taken", field="slug")

    def show(self, note: dict[str, Any], does: str) -> dict[str, Any]:
        secret = {"create": "password-created", "get": "password-read", "list": "password-listed"}
        shown = {k: fresh(v) for k, v in note.items() if k != "password" or self.has(secret[does])}
        if does == "list" and self.has("title-missing"):
            del shown["title"]
        if self.has("id-a-text"):
            shown["id"] = str(shown["id"])
        if self.has("due-missing") and shown["due"] is None:
            del shown["due"]
        if self.has("pinned-a-number"):
            shown["pinned"] = int(shown["pinned"])
        if self.has("created-local"):
            shown["createdAt"] = shown["createdAt"][:-1]
        return shown

    async def create(self, ask: Ask) -> Answer:
        self.enter(ask)
        body = self.body(ask)
        if self.has("title-missing-accepted"):
            body.setdefault("title", "untitled")
        body = self.check(body, ("title", "slug"))
        self.claim(body["slug"])
        before, last = list(self.notes), self.last
        if self.bug.startswith("race-"):
            await elsewhere()
        if self.has("race-lost"):
            self.notes = before
        if self.bug.startswith("race-") and not self.has("race-slug"):
            self.claim(body["slug"])
        self.last = last + 1 if self.has("race-ids") else self.last + 1
        if self.has("ids-again"):
            self.last = max([note["id"] for note in self.live()], default=0) + 1
            self.gone.discard(self.last)
            self.notes = [note for note in self.notes if note["id"] != self.last]
        note = self.build(body, self.last)
        self.notes.append(note)
        headers = () if self.has("location-missing") else (("location", f"/api/notes/{note['id']}"),)
        return Answer(200 if self.has("created-200") else 201, self.show(note, "create"), headers)

    def build(self, body: dict[str, Any], id: int) -> dict[str, Any]:
        wrong = {"priority": ("priority-default", 1), "tag": ("tag-default", "work"),
                 "pinned": ("pinned-default", True), "text": ("text-default", None)}  # fmt: skip
        defaults = {n: wrong[n][1] if n in wrong and self.has(wrong[n][0]) else v for n, v in DEFAULTS.items()}
        now = self.stamp()
        note = {"id": id, "title": body["title"], "slug": body["slug"]}
        note |= {name: body.get(name, value) for name, value in defaults.items()}
        note |= {"createdAt": now, "updatedAt": now, "password": body.get("password")}
        for name, bug in (("id", "id-given"), ("createdAt", "created-given")):
            if name in body and self.has(bug):
                note[name] = body[name]
        if self.has("pinned-given"):
            note["pinned"] = False
        return self.spoil(note)

    def spoil(self, note: dict[str, Any]) -> dict[str, Any]:
        if self.has("title-trimmed"):
            note["title"] = note["title"].upper()
        if self.has("text-cut") and note["text"]:
            note["text"] = note["text"][:255]
        return note

    async def get(self, ask: Ask) -> Answer:
        self.enter(ask, "get-open")
        note = self.find(ask)
        if self.has("get-moves"):
            note["updatedAt"] = self.stamp()
        return Answer(200, self.show(note, "get"))

    async def put(self, ask: Ask) -> Answer:
        self.enter(ask)
        note = self.find(ask)
        body = self.body(ask)
        if self.has("put-partial"):
            body.setdefault("slug", note["slug"])
        body = self.check(body, ("title", "slug"))
        self.claim(body["slug"], note["id"])
        if self.has("put-merges"):
            body = {name: note[name] for name in DEFAULTS} | body
        after = self.build(body, note["id"]) | {"id": note["id"]}
        if not self.has("put-created"):
            after["createdAt"] = note["createdAt"]
        if self.has("put-makes"):
            self.last += 1
            self.notes.append(after | {"id": self.last, "slug": after["slug"][:36] + f"-{self.last}"})
        if self.has("updated-still"):
            after["updatedAt"] = note["updatedAt"]
        if not self.has("put-forgotten"):
            note.update(after)
        return Answer(200, self.show(after, "get"))

    async def patch(self, ask: Ask) -> Answer:
        self.enter(ask)
        note = self.find(ask)
        body = self.body(ask, "application/merge-patch+json")
        if self.has("half-patch") and isinstance(body.get("title"), str):
            note["title"] = body["title"]
        if not self.has("patch-unchecked"):
            body = self.check(body, ())
        if isinstance(body.get("slug"), str):
            self.claim(body["slug"], note["id"])
        before = fresh(note)
        if self.has("race-patch"):
            await elsewhere()
            note.update(before)
        if self.has("patch-resets"):
            note.update(DEFAULTS)
        if self.has("patch-null-ignored"):
            body = {name: value for name, value in body.items() if value is not None}
        changed = {name: value for name, value in body.items() if name in (*DEFAULTS, "title", "slug", "password")}
        if self.has("updated-given") and "updatedAt" in body:
            changed["updatedAt"] = body["updatedAt"]
        elif not self.has("updated-still"):
            changed["updatedAt"] = self.stamp()
        shown = self.spoil(note | changed)
        if not self.has("patch-forgotten"):
            note.update(shown)
        return Answer(200, self.show(shown, "get"))

    async def delete(self, ask: Ask) -> Answer:
        self.enter(ask, "delete-open")
        if self.has("delete-again") and ask.params["note"].isdigit() and int(ask.params["note"]) in self.gone:
            return Answer(204)
        note = self.find(ask)
        if self.has("race-delete"):
            await elsewhere()
            if note["id"] in self.gone:
                raise self.refuse(500, "crash", "no row was deleted")
        self.gone.add(note["id"])
        if not self.has("comments-stay"):
            self.comments = [each for each in self.comments if each["note"] != note["id"]]
        return Answer(204)

    async def list(self, ask: Ask) -> Answer:
        self.enter(ask, "list-open")
        page = self.number(ask, "page", 1, 1 - self.has("page-0"), None)
        size = self.number(ask, "per_page", 5 if self.has("default-5") else 10, 1, 50 + self.has("per-page-51"))
        found = self.sorted(ask, self.filtered(ask, self.notes if self.has("delete-listed") else self.live()))
        if self.has("list-late"):
            found = [note for note in found if note["id"] != self.last]
        start = 0 if self.has("page-ignored") else (page - 1 + self.has("page-from-0")) * size
        start = max(start - (1 if self.has("page-overlap") and page > 1 else 0), 0)
        shown = found[start : start + max(size - self.has("page-short") + self.has("page-long"), 1)]
        items = [self.show(note, "list") for note in shown]
        total: Any = len(items) if self.has("total-of-page") else len(found)
        total = len(self.filtered(ask, self.notes)) if self.has("total-more") else total
        body = {"items": items, "total": str(total) if self.has("total-a-text") else total,
                "page": 1 if self.has("page-said-wrong") else page}  # fmt: skip
        return Answer(200, items if self.has("list-bare") else body)

    def number(self, ask: Ask, name: str, default: int, least: int, most: int | None) -> int:
        number = integer(ask.query.get(name, str(default)))
        if number is None or number < least or (most is not None and number > most):
            raise self.invalid(name, f"must be a number from {least} to {most or 'any'}")
        return number

    def filtered(self, ask: Ask, notes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        tag = ask.query.get("tag")
        if tag is None or self.has("filter-ignored"):
            return notes
        if tag not in TAGS:
            raise self.invalid("tag", "is unknown")
        return [n for n in notes if n["tag"] == tag or (self.has("filter-inverted") and n["tag"] == "home")]

    def sorted(self, ask: Ask, notes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        sort = ask.query.get("sort")
        if sort is None or self.has("sort-ignored"):
            return notes
        if sort not in ("title", "-title", "priority", "-priority"):
            if self.has("sort-any"):
                return notes
            raise self.invalid("sort", "is unknown")
        backwards = sort.startswith("-") and not self.has("sort-one-way")
        if self.has("sort-text") and "priority" in sort:
            backwards = not backwards
        return sorted(notes, key=lambda note: note[sort.lstrip("-")], reverse=backwards)

    # Comments.

    def comment(self, ask: Ask) -> dict[str, Any]:
        note = self.find(ask) if not self.has("comments-stay") else {"id": int(ask.params["note"])}
        for comment in self.comments:
            there = comment["note"] == note["id"] or self.has("comment-anywhere")
            if comment["id"] == ask.params["comment"] and there:
                return comment
        raise self.missing()

    async def create_comment(self, ask: Ask) -> Answer:
        self.enter(ask, "comment-open")
        note = {"id": 0} if self.has("comment-on-nothing") else self.find(ask)
        if self.has("comment-on-nothing") and ask.params["note"].isdigit():
            note = {"id": int(ask.params["note"])}
        body = self.body(ask)
        text, author = body.get("text"), body.get("author", "unknown" if self.has("author-default") else "anonymous")
        if not isinstance(text, str) or not 1 <= len(text) <= 200 + self.has("comment-201"):
            raise self.invalid("text", "must have 1 to 200 characters")
        if not isinstance(author, str) or len(author) > 50:
            raise self.invalid("author", "must have at most 50 characters")
        comment = {
            "id": str(uuid.uuid4()),
            "text": text,
            "author": author,
            "createdAt": self.stamp(),
            "note": note["id"],
        }
        self.comments.append(comment)
        return Answer(201, {name: value for name, value in comment.items() if name != "note"})

    async def list_comments(self, ask: Ask) -> Answer:
        self.enter(ask)
        note = self.find(ask)
        found = [{k: v for k, v in each.items() if k != "note"} for each in self.comments
                 if each["note"] == note["id"] or self.has("comments-everywhere")]  # fmt: skip
        return Answer(200, {"comments": found} if self.has("comments-wrapped") else found)

    async def get_comment(self, ask: Ask) -> Answer:
        self.enter(ask)
        comment = self.comment(ask)
        return Answer(200, {name: value for name, value in comment.items() if name != "note"})

    async def delete_comment(self, ask: Ask) -> Answer:
        self.enter(ask)
        comment = self.comment(ask)
        self.comments = [each for each in self.comments if each is not comment and not (
            self.has("comment-deletes-all") and each["note"] == comment["note"])]  # fmt: skip
        return Answer(204)
