"""Which properties of an item a request below its path sets: `reason` at `/orders/{id}/cancel` is `cancelReason`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import takewhile

from mockserver.inference.bodies.messages import request_schema
from mockserver.inference.draft import ResourceDraft, item_schema_of_request
from mockserver.inference.names import noun, plain, words
from mockserver.inference.operations.actions import VERBS
from mockserver.openapi.document import Operation

ADDING = frozenset((
    "add", "adjust", "credit", "charge", "consume", "debit", "decrease", "decrement", "deposit", "increase",
    "increment", "move", "pay", "redeem", "refill", "refund", "restock", "send", "spend", "take", "topup", "transfer",
    "withdraw",
))  # fmt: skip
"""Verbs whose numbers are added to what an item has, or taken from it: a `deposit` of 5 does not make a balance 5.

An id is no such number: a `move` to the list 5 makes it the list of the item.
"""

NUMBERS = frozenset(("integer", "number"))


def sent_properties(draft: ResourceDraft, operation: Operation) -> dict[str, str]:
    """What a request has in its body, else in its query: the names, with their schemas."""
    asked = request_schema(operation.request_body)
    if operation.request_body is not None:
        return draft.schemas.properties(asked) if asked else {}
    return {each.name: each.schema for each in operation.parameters if each.location == "query" and each.schema}


def values_taken(draft: ResourceDraft, operation: Operation, verb: tuple[str, ...]) -> dict[str, str]:
    """What a request sends, each with the property of the item that it sets; without what surely sets none.

    What no other request sends is set by a property of its name, or by one that says the rest (`reason` of `cancel` the
    `cancelReason`); a list that a PUT sends is the only list of that kind which no other request sends.
    """
    sent, free = sent_properties(draft, operation), _sent_by_no_other(draft)
    if operation.method == "delete" or not verb or verb[-1] in VERBS:
        return {}
    known = {plain(name): name for name in free}
    found: dict[str, str] = {}
    for name, at in sent.items():
        types = draft.schemas.types(at) - {"null"}
        adds = bool(types & NUMBERS) and verb[0] in ADDING and words(name)[-1:] != ("id",)
        own = known.get(plain(name), "")
        named = [own] if own else [each for each in free if _is_rest(name, each, verb)]
        fitting = [each for each in named if types & draft.schemas.types(free[each])]
        if len(fitting) == 1 and not adds and fitting[0] not in found.values():
            found[name] = fitting[0]
    return found or dict(_only_list(draft, operation, sent, free))


def sends_the_item(draft: ResourceDraft, operation: Operation, name: str) -> bool:
    """Has a request nothing but properties of the item, so that it changes these: `PUT /tasks/{id}/schedule`?

    A POST below a plural adds something of the same name (`/posts/{id}/comments`), one with a number may add to it.
    """
    sent, own = sent_properties(draft, operation), draft.properties()
    if not sent or operation.request_body is None or not sent.keys() <= own.keys() - {*draft.id_names}:
        return False
    if operation.method in ("put", "patch"):
        return True
    types = frozenset[str]().union(*(draft.schemas.types(at) for at in sent.values()))
    last = words(name)[-1:]
    return bool(last) and noun(name)[-1:] == last and last[0] not in VERBS and not types & NUMBERS


def _sent_by_no_other(draft: ResourceDraft) -> dict[str, str]:
    """The properties of an item that neither creates nor changes by its own path send, with their schemas."""
    schemas, sent = draft.schemas, set[str]()
    paths = {node.path for node in (draft.item, draft.collection) if node is not None}
    for action in draft.actions:
        asked = item_schema_of_request(schemas, action) if action.creates or action.operation.path in paths else None
        for name, at in schemas.properties(asked).items() if asked else ():
            sent |= {plain(name)} if schemas.keyword(at, "readOnly") is not True else set()
    ids = draft.id_names
    return {name: at for name, at in draft.properties().items() if plain(name) not in sent and plain(name) not in ids}


def _is_rest(name: str, whole: str, verb: tuple[str, ...]) -> bool:
    """Is a property called after the verb and a name: `rejectionReason` after `reject` and `reason`?"""
    last, every = words(name), words(whole)
    if not last or len(every) <= len(last) or every[-len(last) :] != last:
        return False
    first = every[0]
    common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(verb[0], first, strict=False)))
    return common >= max(min(len(verb[0]), len(first), max(3, len(verb[0]) - 2)), 3)


def _only_list(
    draft: ResourceDraft, operation: Operation, sent: Mapping[str, str], free: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """The one list of single values that a PUT sends, and the one such list of the item that nothing else sends."""
    lists = [name for name in free if _entries(draft, free[name])]
    for name, at in sent.items() if operation.method == "put" and len(sent) == len(lists) == 1 else ():
        if _entries(draft, at) & _entries(draft, free[lists[0]]):
            yield name, lists[0]


def _entries(draft: ResourceDraft, at: str) -> frozenset[str]:
    """The types of the entries of a list, if these are single values; empty if it is none."""
    entries = draft.schemas.items(at) if "array" in draft.schemas.types(at) else None
    types = draft.schemas.types(entries) if entries is not None else frozenset[str]()
    return types if types <= {"string", "integer"} else frozenset()
