"""A correct service for books, as a plain ASGI app, with a choice of paging styles and of bugs."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from contracts.client.target import Target
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.contracts.asgi_app import body_of, live

Book = dict[str, Any]
Query = dict[str, str]

KINDS = ["novel", "essay", "poem"]
FIELDS: dict[str, Any] = {
    "title": {"type": "string", "minLength": 1, "maxLength": 80},
    "kind": {"type": "string", "enum": KINDS, "default": "novel"},
    "year": {"type": "integer", "minimum": 0, "maximum": 3000},
    "lent": {"type": "boolean", "default": False},
}
NUMBER = {"type": "integer"}
SIZE = {"type": "integer", "minimum": 1, "maximum": 100, "default": 10}
PAGE = {"type": "integer", "minimum": 1}


class Style:
    """A style of paging: its parameters, the properties around the items, and what an answer contains."""

    def __init__(
        self,
        parameters: Mapping[str, Any],
        around: Mapping[str, Any],
        answer: Callable[..., Any],
        *,
        items: str = "items",
        headers: tuple[str, ...] = (),
    ) -> None:
        self.parameters, self.around, self.answer, self.items, self.headers = parameters, around, answer, items, headers


def start_and_end(query: Query, size: int, bug: str, *, number: str, first: int) -> tuple[int, int]:
    """The slice of a numbered page."""
    page = int(query.get(number, first)) - first
    if bug == "page ignored":
        page = 0
    start = page * size
    if bug == "overlap" and page:
        start -= 1
    if bug == "gap" and page:
        start += 1
    return start, start + size


def by_page(number: str, limit: str, first: int) -> Callable[..., Any]:
    """Answers numbered pages."""

    def answer(found: list[Book], query: Query, size: int, bug: str) -> tuple[list[Book], dict[str, Any]]:
        start, end = start_and_end(query, size, bug, number=number, first=first)
        if bug == "last page again" and start >= len(found):
            start, end = max(len(found) - size, 0), len(found)
        return found[max(start, 0) : end], {"totalPages": -(-len(found) // size), "next": end < len(found)}

    return answer


def by_offset(found: list[Book], query: Query, size: int, bug: str) -> tuple[list[Book], dict[str, Any]]:
    """Answers pages by offset, counted from 0, or by `startIndex`, counted from 1."""
    start = max(int(query.get("startIndex", 1)) - 1, int(query.get("offset", 0)))
    if bug == "page ignored":
        start = 0
    if bug == "overlap" and start:
        start -= 1
    if bug == "gap" and start:
        start += 1
    return found[start : start + size], {"has_more": start + size < len(found)}


def by_token(found: list[Book], query: Query, size: int, bug: str) -> tuple[list[Book], dict[str, Any]]:
    """Answers pages after an opaque token, which holds the id of the last book."""
    token = next((query[name] for name in ("cursor", "pageToken") if name in query), "")
    last = int(base64.b64decode(token.encode())) if token else 0
    return _after(found, last, size, bug, token=True)


def by_id(found: list[Book], query: Query, size: int, bug: str) -> tuple[list[Book], dict[str, Any]]:
    """Answers pages after an id, as Stripe does."""
    return _after(found, int(query.get("starting_after", 0)), size, bug, token=False)


def _after(found: list[Book], last: int, size: int, bug: str, *, token: bool) -> tuple[list[Book], dict[str, Any]]:
    if bug == "page ignored":
        last = 0
    rest = [book for book in found if book["id"] > last - (bug == "overlap" and last > 0)]
    rest = rest[1:] if bug == "gap" and last else rest
    shown, more = rest[:size], len(rest) > size
    position = base64.b64encode(str(shown[-1]["id"]).encode()).decode() if token and more else None
    return shown, {"next_cursor": position, "nextPageToken": position or "", "has_more": more}


def by_newest(found: list[Book], query: Query, size: int, bug: str) -> tuple[list[Book], dict[str, Any]]:
    """Answers pages of the newest books before an id, as chats do."""
    last = int(query["before"]) if "before" in query and bug != "page ignored" else 10**9
    rest = [book for book in reversed(found) if book["id"] < last + (bug == "overlap" and "before" in query)]
    rest = rest[1:] if bug == "gap" and "before" in query else rest
    return rest[:size], {"has_more": len(rest) > size}


def by_id_both(found: list[Book], query: Query, size: int, bug: str) -> tuple[list[Book], dict[str, Any]]:
    """Answers pages after an id, and those that end before one."""
    if "before" not in query:
        return _after(found, int(query.get("after", 0)), size, bug, token=False)
    before = [book for book in found if book["id"] < int(query["before"]) + (bug == "before has it")]
    before = before[:-1] if bug == "before leaves one out" else before
    return before[-size:], {"has_more": len(before) > size}


STYLES = {
    "offset": Style({"limit": SIZE, "offset": NUMBER | {"minimum": 0, "default": 0}}, {"total": NUMBER}, by_offset),
    "from one": Style({"count": SIZE, "startIndex": NUMBER | {"minimum": 1, "default": 1}}, {"total": NUMBER},
                      by_offset),
    "page": Style({"page": PAGE, "per_page": SIZE}, {}, by_page("page", "per_page", 1), items="",
                  headers=("Link", "X-Total-Count")),
    "unsaid": Style({"page": NUMBER, "size": SIZE}, {"totalElements": NUMBER, "totalPages": NUMBER},
                    by_page("page", "size", 0), items="content"),
    "rest": Style({"page": NUMBER, "page_size": SIZE}, {"count": NUMBER, "next": {"type": ["string", "null"]}},
                  by_page("page", "page_size", 1), items="results"),
    "cursor": Style({"cursor": {"type": "string"}, "limit": SIZE}, {"next_cursor": {"type": ["string", "null"]}},
                    by_token),
    "token": Style({"pageToken": {"type": "string"}, "pageSize": SIZE}, {"nextPageToken": {"type": "string"}},
                   by_token, items="books"),
    "before": Style({"before": {"type": "string"}, "limit": SIZE}, {"has_more": {"type": "boolean"}}, by_newest),
    "both": Style({"after": {"type": "string"}, "before": {"type": "string"}, "limit": SIZE},
                  {"has_more": {"type": "boolean"}}, by_id_both),
    "id": Style({"starting_after": {"type": "string"}, "limit": SIZE}, {"has_more": {"type": "boolean"}}, by_id,
                items="data"),
}  # fmt: skip


def book_schema(**fields: Any) -> dict[str, Any]:
    """The schema of a book; `fields` are further properties."""
    shown = {"id": {"type": "integer", "readOnly": True}, **FIELDS, **fields}
    return {"type": "object", "required": ["title"], "properties": shown}


def document(style: Style, queries: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The OpenAPI document of the service."""
    book = book_schema(**fields)
    listed: Any = {"type": "array", "items": book}
    if style.items:
        listed = {"type": "object", "required": [style.items], "properties": {style.items: listed, **style.around}}
    texts = {"before": {"description": "The id of the book before which the page ends."}}
    parameters = [
        {"name": n, "in": "query", "schema": s, "description": s.get("description", ""), **texts.get(n, {})}
        for n, s in {**style.parameters, **queries}.items()
    ]
    id = {"name": "bookId", "in": "path", "required": True, "schema": NUMBER}
    headers = {name: {"schema": NUMBER if "Count" in name else {"type": "string"}} for name in style.headers}

    def shows(schema: Any) -> dict[str, Any]:
        return {"description": "fine", "content": {"application/json": {"schema": schema}}}

    refused, body = {"description": "refused"}, {"required": True, "content": shows(book)["content"]}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Books", "version": "1"},
        "paths": {
            "/books": {
                "get": {
                    "parameters": parameters,
                    "responses": {"200": shows(listed) | {"headers": headers}, "400": refused},
                },
                "post": {"requestBody": body, "responses": {"201": shows(book), "400": refused}},
            },
            "/books/{bookId}": {
                "parameters": [id],
                "get": {"responses": {"200": shows(book), "404": refused}},
                "delete": {"responses": {"204": {"description": "gone"}, "404": refused}},
            },
        },
    }


class Books:
    """The service as an ASGI app."""

    def __init__(self, style: str = "offset", bug: str = "") -> None:
        self.style, self.bug = STYLES[style], bug
        self.books: dict[int, Book] = {}
        self.created = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await live(receive, send)
            return
        body = await body_of(receive)
        query = dict(parse_qsl(scope["query_string"].decode()))
        status, shown, headers = self.answer(scope["method"], scope["path"], query, body)
        content = b"" if shown is None else json.dumps(shown).encode()
        sent = [(b"content-type", b"application/json"), *((k.encode(), v.encode()) for k, v in headers.items())]
        await send({"type": "http.response.start", "status": status, "headers": sent})
        await send({"type": "http.response.body", "body": content})

    def answer(self, method: str, path: str, query: Query, body: bytes) -> tuple[int, Any, dict[str, str]]:
        """The status, the body and the headers of a reply."""
        id = path.rpartition("/")[2]
        if path == "/books" and method == "GET":
            return self.list(query)
        if path == "/books" and method == "POST":
            return self.create(json.loads(body))
        if not id.isdecimal() or int(id) not in self.books:
            return 404, None, {}
        if method == "DELETE":
            del self.books[int(id)]
            return 204, None, {}
        return 200, self.books[int(id)], {}

    def create(self, sent: Any) -> tuple[int, Any, dict[str, str]]:
        """Store a book."""
        self.created += 1
        defaults = {} if self.bug == "no defaults" else {"kind": "novel", "lent": False}
        book = {**defaults, **{k: v for k, v in sent.items() if k != "id"}, "id": self.created}
        self.books[self.created] = book
        return 201, book, {}

    def list(self, query: Query) -> tuple[int, Any, dict[str, str]]:
        """One page of books."""
        found = list(self.books.values())
        matching = self.sorted(self.filtered(found, query), query)
        if self.bug == "unstable":
            random.shuffle(matching)
        named = next((query[name] for name in self.style.parameters if name in query and "ize" in name), None)
        named = named or query.get("limit") or query.get("per_page") or query.get("count")
        size = int(named) if named and self.bug != "limit ignored" else 10
        if not 1 <= int(named or size) <= 100:
            return 400, None, {}
        if self.bug == "no default size" and named is None:
            size = 1000
        if self.bug == "page cut":
            size = min(size, 25)
        page, facts = self.style.answer(matching, query, size, self.bug)
        total = self.created if self.bug == "total counts deleted" else len(matching)
        total = {"total counts all": len(found), "total of page": len(page)}.get(self.bug, total)
        return 200, *self.enveloped(page, facts, total, query)

    def enveloped(self, page: Any, facts: Mapping[str, Any], total: int, query: Query) -> tuple[Any, dict[str, str]]:
        """The body and the headers of a page."""
        number = int(query.get("page", 1)) + 1
        address = "/books?" + urlencode({**query, "page": number}) if facts.get("next") else None
        link = {"Link": f'<{address}>; rel="next"'} if address and "Link" in self.style.headers else {}
        counted = {"X-Total-Count": str(total)} if self.style.headers else {}
        if not self.style.items:
            return page, link | counted
        known = {**facts, "total": total, "totalElements": total, "count": total, "next": address}
        return {self.style.items: page, **{key: known[key] for key in self.style.around}}, {}

    def filtered(self, found: Any, query: Query) -> Any:
        """The books that the query selects."""
        if self.bug == "filters ignored":
            return found
        read = {"kind": str, "year": int, "lent": lambda text: text == "true"}
        for name in read.keys() & query.keys():
            found = [book for book in found if book.get(name) == read[name](query[name])]
        if "title" in query:
            found = [book for book in found if query["title"].lower() in book["title"].lower()]
        if "min_year" in query:
            found = [book for book in found if book.get("year", -1) >= int(query["min_year"])]
        if "q" in query:
            found = [book for book in found if query["q"].lower() in " ".join(map(str, book.values())).lower()]
        return found

    def sorted(self, found: Any, query: Query) -> Any:
        """The books in the order that the query wants."""
        named = query.get("sort", "")
        if not named or self.bug == "sort ignored":
            return found
        name, backwards = named.lstrip("-"), named.startswith("-") and self.bug != "minus ignored"

        def key(book: Book) -> Any:
            value = book.get(name)
            is_number = name == "year" and self.bug != "numbers as texts"
            return (value is not None, (value or 0) if is_number else str(value).lower(), book["id"])

        return sorted(found, key=key, reverse=backwards)


def check(
    folder: Path,
    style: str = "offset",
    bug: str = "",
    *,
    only: list[str],
    queries: Mapping[str, Any] | None = None,
    fields: Mapping[str, Any] | None = None,
    app: Books | None = None,
) -> CheckResult:
    """The check of the service against its own document, without a behaviour file."""
    file = folder / "books.json"
    file.write_text(json.dumps(document(STYLES[style], queries or {}, fields or {})), encoding="utf-8")
    with Target.asgi(app or Books(style, bug), (), base_url="http://books") as target:
        return run_checks(contracts.of(file), target, only=only)


def verdicts(result: CheckResult) -> set[str]:
    """What was found, as `failure paging`."""
    return {f"{found.verdict} {found.check}" for found in result.findings}
