"""A library in Flask, with the habits of one that grew: see `QUIRKS`."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from flask import Flask, jsonify, request

KEY = "library-key"
QUIRKS = {
    "ids": "ids are `bk_001`, `bk_002`, … in one sequence",
    "order": "the newest book is listed first",
    "page size": "a page has 5 books unless `per_page` says otherwise",
    "put": "PUT changes only the fields that are sent",
    "delete": "DELETE answers `{}`",
    "archived": "archived books are listed only with `include_archived=true`",
    "default": "`genre` is `general` unless it is sent, `shelf` is null",
    "unique": "a second book with the same ISBN gets 409",
    "no key": "403 without a key",
    "slash": "`/books/` redirects to `/books`",
    "time": "timestamps have whole seconds",
    "loans": "the loans of a missing book are an empty list, but it cannot be lent",
    "loan ids": "loans are numbered from 1",
}


def library() -> Flask:  # noqa: C901 - each route is a function in it
    """A library without books."""
    app = Flask(__name__)
    books: dict[str, dict[str, Any]] = {}
    loans: list[dict[str, Any]] = []
    count = iter(range(1, 10**6))

    @app.before_request
    def _key() -> Any:
        if request.headers.get("X-Api-Key") != KEY:
            return _error(403, "An API key is needed.")
        return None

    @app.get("/books/")
    def _slash() -> Any:
        return "", 308, {"Location": "/books"}

    @app.get("/books")
    def _list() -> Any:
        shown = [book for book in reversed(books.values()) if _is_listed(book)]
        page = max(1, request.args.get("page", 1, type=int))
        size = min(20, max(1, request.args.get("per_page", 5, type=int)))
        return jsonify(books=shown[(page - 1) * size : page * size], page=page, total=len(shown))

    def _is_listed(book: dict[str, Any]) -> bool:
        genre = request.args.get("genre")
        return (genre is None or genre == book["genre"]) and (
            not book["archived"] or request.args.get("include_archived") == "true"
        )

    @app.post("/books")
    def _add() -> Any:
        sent = request.get_json(force=True, silent=True)
        if wrong := _wrong(sent, needed=("title", "isbn")):
            return _error(400, wrong)
        if any(sent["isbn"] == book["isbn"] for book in books.values()):
            return _error(409, "This book exists.")
        now = _now()
        book = {
            "id": f"bk_{next(count):03}",
            "title": sent["title"],
            "isbn": sent["isbn"],
            "genre": sent.get("genre", "general"),
            "shelf": sent.get("shelf"),
            "archived": False,
            "created_at": now,
            "updated_at": now,
        }
        books[book["id"]] = book
        return jsonify(book), 201

    @app.get("/books/<book_id>")
    def _get(book_id: str) -> Any:
        return jsonify(books[book_id]) if book_id in books else _error(404, "No such book.")

    @app.put("/books/<book_id>")
    def _change(book_id: str) -> Any:
        if book_id not in books:
            return _error(404, "No such book.")
        sent = request.get_json(force=True, silent=True)
        if wrong := _wrong(sent):
            return _error(400, wrong)
        changed = {name: sent[name] for name in ("title", "genre", "shelf") if name in sent}
        books[book_id] |= {**changed, "updated_at": _now()}
        return jsonify(books[book_id])

    @app.delete("/books/<book_id>")
    def _remove(book_id: str) -> Any:
        return jsonify({}) if books.pop(book_id, None) else _error(404, "No such book.")

    @app.post("/books/<book_id>/archive")
    def _archive(book_id: str) -> Any:
        if book_id not in books:
            return _error(404, "No such book.")
        books[book_id] |= {"archived": True, "updated_at": _now()}
        return jsonify(books[book_id])

    @app.get("/books/<book_id>/loans")
    def _loans(book_id: str) -> Any:
        return jsonify([loan for loan in loans if loan["book_id"] == book_id])

    @app.post("/books/<book_id>/loans")
    def _lend(book_id: str) -> Any:
        if book_id not in books:
            return _error(404, "No such book.")
        sent = request.get_json(force=True, silent=True)
        if not isinstance(sent, dict) or not _is_text(sent.get("reader"), 60):
            return _error(400, "reader is needed.")
        loans.append({"id": len(loans) + 1, "book_id": book_id, "reader": sent["reader"], "lent_at": _now()})
        return jsonify(loans[-1]), 201

    return app


def _wrong(sent: Any, needed: tuple[str, ...] = ()) -> str | None:
    """What is wrong with a book that was sent."""
    if not isinstance(sent, dict):
        return "The body must be an object."
    limits = {"title": 120, "genre": 30, "shelf": 10}
    if missing := [name for name in needed if name not in sent]:
        return f"{missing[0]} is missing."
    if wrong := [name for name, most in limits.items() if name in sent and not _is_text(sent[name], most, name)]:
        return f"{wrong[0]} is wrong."
    if "isbn" in needed and not (isinstance(sent["isbn"], str) and re.fullmatch("[0-9]{13}", sent["isbn"])):
        return "isbn is wrong."
    return None


def _is_text(value: Any, most: int, name: str = "title") -> bool:
    return isinstance(value, str) and (name == "title") <= len(value) <= most


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _error(status: int, message: str) -> Any:
    return jsonify(message=message), status
