"""Values of a filter or a search that a URL encodes: a space, letters beyond ASCII, and `&`, `+` and `%`."""

from __future__ import annotations

from collections.abc import Callable

from contracts.checks.item_view import as_json
from contracts.checks.lists.filter_target import FilteredList
from contracts.checks.lists.listed_items import ids
from contracts.cleanup.created_items import CreatedItem
from contracts.model.finding import StatementRef
from contracts.runner.context import CheckContext

TEXTS = (("kestrel über wren", True), ('kestrel & wren + 50% "owl\'s"', False))
"""Texts, and whether every service that finds plain words finds them; signs may have a meaning in a search."""

URL = "RFC 3986 section 2.1 (percent-encoding)"


def check_encoded(
    context: CheckContext,
    target: FilteredList,
    name: str,
    make: Callable[[str], dict[str, object]],
    *,
    is_search: bool,
) -> None:
    """A list finds an item by a value that a URL encodes, as it does by plain words.

    `make` gives the body of an item whose field `name` is a text. It ends where the service does not take a text, shows
    it in another way, or does not find it.
    """
    for text, is_plain in TEXTS:
        body = make(f"{text} {context.shared.next()}")
        if not context.bodies.accepts(target.resource.operations["create"], body):
            continue
        _, made = context.try_create(target.resource, body, may_conflict=True)
        is_kept = made is not None and made.item.get(name, body[name]) == body[name]
        if (
            made is None
            or not is_kept
            or not _expect_found(context, target, name, made, is_law=is_plain or not is_search)
        ):
            return


def _expect_found(context: CheckContext, target: FilteredList, name: str, made: CreatedItem, *, is_law: bool) -> bool:
    text = made.sent[name]
    items, listing = target.all(context, made, {target.statement.parameter: text})
    said = f"A URL may contain any text ({name})."
    return context.expect(
        str(made.id) in ids(target.resource, items),
        f"{target.statement.parameter} finds the item whose {name} is {as_json(text)}, percent-encoded in the URL",
        f"status {listing[0].status}" if listing[0].status >= 400 else "the list does not contain it",
        made.exchange,
        *listing,
        about=f"encoded {'plain' if is_law else 'signs'}",
        statement=StatementRef(target.op.name, "filter", "implied" if is_law else "inferred", URL, said),
    )
