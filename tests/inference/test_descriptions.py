"""Sentences of descriptions become statements, and doubtful sentences do not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver import contract as contracts
from mockserver.behaviour.statements import Behaviour
from mockserver.inference.sentences import descriptions, order_sentences
from mockserver.inference.sentences.descriptions import Description
from tests.contracts.books import STYLES, document

BOOK = ("title", "year", "due_date", "starts_at", "lent_at", "updated_at")


def behaviour(folder: Path, change: Any) -> Behaviour:
    """The statements about the document of the books after a change of it."""
    books = document(STYLES["offset"], {}, {})
    change(books["paths"]["/books"], books["paths"]["/books/{bookId}"])
    (folder / "books.json").write_text(json.dumps(books), encoding="utf-8")
    return contracts.of(folder / "books.json").behaviour


@pytest.mark.parametrize(("text", "wanted"), [
    ("Lists all books, newest first.", ("creation", "descending")),
    ("Returns books. The most recent books are returned first.", ("creation", "descending")),
    ("Books in reverse chronological order", ("creation", "descending")),
    ("All books, oldest first", ("creation", "ascending")),
    ("Books of a shelf, in the order in which they were added", ("creation", "ascending")),
    ("All books in the order they were created", ("creation", "ascending")),
    ("All books, in order of insertion", ("creation", "ascending")),
    ("All books in the same order as they were entered", ("creation", "ascending")),
    ("All books, in the reverse order in which they were added", ("creation", "descending")),
    ("All books, in reverse order of addition", ("creation", "descending")),
    ("The books are sorted by title.", ("title", "ascending")),
    ("Books, ordered by `year` in descending order.", ("year", "descending")),
    ("The most recent books appear first", ("creation", "descending")),
    ("Books in chronological order", ("creation", "ascending")),
    ("Sorted by date of creation, newest first", ("creation", "descending")),
    ("Sorted by the book's due date (soonest first)", ("due_date", "ascending")),
    ("In the order of their start", ("starts_at", "ascending")),
    ("Last lent first", ("lent_at", "descending")),
    ("Ordered by most recently modified", ("updated_at", "descending")),
    ("Sorted by last change, latest first", ("updated_at", "descending")),
    ("Sorted by year (high to low)", ("year", "descending")),
    ("Sorted by title by default", ("title", "ascending")),
    ("All books in alphabetical order", ("title", "ascending")),
    ("All books, the earliest `due_date` first", ("due_date", "ascending")),
    ("The latest `lent_at` first", ("lent_at", "descending")),
])  # fmt: skip
def test_a_sentence_about_the_order_is_a_statement(text: str, wanted: tuple[str, str]) -> None:
    found = order_sentences.order(Description(text, "/paths/x"), dict.fromkeys(BOOK, ""))

    assert found is not None
    assert (*wanted, "described") == (found["by"], found["direction"], found["evidence"])


@pytest.mark.parametrize("text", [
    "Lists the books, newest first if `recent` is set.",
    "Books are not sorted by title.",
    "The books may be sorted by title.",
    "The list is sorted by relevance.",
    "Results can optionally be sorted by title.",
    "Use sort for books, e.g. newest first.",
    "Sorted by title, then by height.",
    "The list of books.",
    "Orders the book by title.",
    "All books, in the order in which they were read.",
    "Books listed by year.",
    "Most popular first",
    "Last loaned first",
])  # fmt: skip
def test_a_doubtful_sentence_about_the_order_is_none(text: str) -> None:
    assert None is order_sentences.order(Description(text, "/paths/x"), dict.fromkeys(BOOK, ""))


@pytest.mark.parametrize(("text", "wanted"), [
    ("At most 100 items per page. Defaults to 20.", {"maximum": 100, "default": 20}),
    ("Page size (max 50)", {"maximum": 50}),
    ("Up to 1,000 results per request", {"maximum": 1000}),
    ("How many to return. The default is 25.", {"default": 25}),
    ("How many to return (default: 10)", {"default": 10}),
    ("The default is 30 seconds.", {}),
    ("If not set, the default is 30.", {}),
    ("How many items to return.", {}),
])  # fmt: skip
def test_sentences_about_the_size_of_a_page(text: str, wanted: dict[str, int]) -> None:
    assert wanted == {key: value for key, value, _ in descriptions.sizes(Description(text, ""))}


@pytest.mark.parametrize(("text", "kinds"), [
    ("Write-only.", ["write-only"]),
    ("The secret. It is never returned.", ["write-only"]),
    ("The code of the book; must be unique.", ["unique"]),
    ("Immutable", ["immutable"]),
    ("Cannot be changed after creation.", ["immutable"]),
    ("Unique among all books", ["unique"]),
    ("The printed code. Unique.", ["unique"]),
    ("Unique in the shelf", []),
    ("Unique code of the book", []),
    ("Must be unique within the shelf", []),
    ("This cannot be changed unless the book is lent.", []),
    ("Not immutable.", []),
    ("Set it once.", []),
])  # fmt: skip
def test_sentences_about_a_property(text: str, kinds: list[str]) -> None:
    assert kinds == [kind for kind, _ in descriptions.of_field(Description(text, ""), "code")]


@pytest.mark.parametrize(("text", "limit"), [
    ("A library can have up to 30 books.", 30),
    ("Each user is limited to 5 books", 5),
    ("Returns up to 30 books per page", None),
    ("A user can have up to 30 shelves.", None),
    ("A library can have up to 30 books, unless it is large.", None),
])  # fmt: skip
def test_sentences_about_how_many_items_there_may_be(text: str, limit: int | None) -> None:
    found = descriptions.capacity(Description(text, ""), "book")

    assert limit == (found["limit"] if found else None)


def test_described_statements_have_the_sentence_and_its_pointer_as_source(tmp_path: Path) -> None:
    def describe(books: Any, book: Any) -> None:
        books["get"]["description"] = "All books of the library. Newest first."
        books["get"]["parameters"][0] |= {"schema": {"type": "integer"}, "description": "Up to 40 items per page."}
        books["post"]["description"] = "A library can have up to 30 books."

    found = behaviour(tmp_path, describe)
    order, capacity, paging = (
        found.resources["book"].order,
        found.resources["book"].capacity[0],
        found.operations["/books", "get"].paging,
    )

    assert ("descending", "described") == (order.direction, order.evidence)
    assert '"Newest first" (/paths/~1books/get)' == order.source
    assert (30, "described") == (capacity.limit, capacity.evidence)
    assert paging is not None
    assert (40, "implied") == (paging.maximum, paging.evidence)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Refused if the room is\ntaken. Free of charge.", ["Refused if the room is taken", "Free of charge"]),
        ("At most 30 items per\r\n  `limit` page", ["At most 30 items per limit page"]),
        ("A list\n- of this\n- and that", ["A list", "of this", "and that"]),
        ("One line\nAnother line", ["One line", "Another line"]),
        ("One.\ntwo", ["One", "two"]),
        ("A paragraph\n\nand the next", ["A paragraph", "and the next"]),
        ("In steps\n1. first\n2. second", ["In steps", "1", "first", "2", "second"]),
    ],
)
def test_a_sentence_goes_on_behind_a_line_break(text: str, sentences: list[str]) -> None:
    assert sentences == list(Description(text, "/").sentences())
