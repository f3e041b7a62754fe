"""Entries of lists in items that are chosen and counted: `POST /polls/{id}/votes` raises the `votes` of an option."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.inference.bodies import likeness
from mockserver.inference.bodies.messages import reply_body, request_schema
from mockserver.inference.bodies.shown_items import shown_item
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.names import noun, plain, same, words
from mockserver.inference.paths.path_tree import PathNode
from mockserver.inference.relations.references import stem
from mockserver.openapi.schemas import Schemas

COUNTS = ("count", "total", "number", "votes", "uses", "amount")
"""Plain names of the number of an entry that says how often it was chosen, the likeliest first."""

OWN = frozenset(("my", "own", "your", "chosen", "selected"))
"""First words of what an item says about the choice of the caller: `myVote`."""


def count_of(schemas: Schemas, properties: Mapping[str, str]) -> str:
    """The number of an entry that says how often it was chosen; empty if it has none."""
    known = {plain(name): name for name, at in properties.items() if schemas.types(at) == {"integer"}}
    return next((known[each] for each in COUNTS if each in known), "")


def choices(owner: ResourceDraft, word: str, node: PathNode | None) -> Iterator[DraftAction]:
    """The operations of a path below an item that choose an entry of a list in it, whose number has the path's name."""
    if node is None or node.is_item:
        return
    for name, pointer in owner.properties().items():
        entries = owner.schemas.items(pointer) if "array" in owner.schemas.types(pointer) else None
        known = owner.schemas.properties(entries) if entries is not None else {}
        number = next((each for each, at in known.items() if same(each, word) and _is_count(owner, at)), "")
        key = next((each for each in known if plain(each) in ("id", f"{''.join(noun(name))}id")), "")
        for method in ("post", "put") if number and key else ():
            operation = node.operations.get(method)
            found = reply_body(operation, "update") if operation is not None else None
            asked = request_schema(operation.request_body) if operation is not None else None
            sent = owner.schemas.properties(asked) if asked else {}
            chosen = next((each for each in sent if stem(each) == "".join(noun(name))), "")
            if operation is None or found is None or not chosen:
                continue
            path, schema = shown_item(owner, found)
            is_shown = schema is not None and likeness.is_exactly(owner, schema)
            if is_shown or not found.schema:
                reason = f"the request names an entry of {name}, which has a number {number}"
                action = DraftAction(operation, "update", found, reason, path, schema if is_shown else None)
                yield action.choosing(name, key, number, chosen, _own_choice(owner, word, chosen))


def _is_count(owner: ResourceDraft, pointer: str) -> bool:
    return owner.schemas.types(pointer) == {"integer"}


def _own_choice(owner: ResourceDraft, word: str, sent: str) -> dict[str, Any]:
    """The property that shows what the caller has chosen, with the value: `myVote`."""
    for name, at in owner.properties().items():
        first, *rest = words(name) or ("",)
        is_scalar = owner.schemas.types(at) - {"null"} <= {"integer", "string"}
        if first in OWN and rest and is_scalar and "".join(noun("_".join(rest))) == "".join(noun(word)):
            return {name: "{sent:" + sent + "}"}
    return {}
