"""What a property of a new item has as long as nothing has filled it: an empty list, or null."""

from __future__ import annotations

from collections.abc import Collection

from mockserver.inference.draft import ResourceDraft
from mockserver.inference.names import noun, words
from mockserver.inference.values.start_value import StartValue
from mockserver.openapi.schemas import Schemas


def _is_named(name: str, sent: Collection[str]) -> bool:
    """Do clients send the ids of what a property shows: `tag_ids` for `tags`, `plan_code` for `plan`?"""
    own = noun(name)
    return any(len(words(each)) > len(own) and noun("_".join(words(each)[: len(own)])) == own for each in sent)


def nothing_yet(schemas: Schemas, draft: ResourceDraft, name: str, at: str) -> StartValue | None:
    """What a list, or an object that may be null, has as long as nothing has filled it; None for other properties.

    The user who makes an item is there from the start, and what clients name by an id is that item.
    """
    sent = draft.sendable("create", "update", "replace")
    if name in sent and _is_open_map(schemas, at):
        return StartValue({}, f"clients send what is in {name}, and nothing is there without")
    if (name in sent and schemas.types(at) - {"null"} != {"array"}) or _is_named(name, sent - {name}):
        return None
    types, shown = schemas.types(at), schemas.keyword(at, "examples")
    if types == {"array"} and not shown and not any(node.get("minItems") for node, _ in schemas.branches(at)):
        return StartValue([], f"no request sends {name}, and nothing has filled it yet")
    is_person = not PEOPLE.isdisjoint(words(name))
    if "null" in types and types - {"null"} == {"object"} and not shown and not is_person:
        return StartValue(None, f"no request sends {name}, and nothing has set it yet")
    return None


def _is_open_map(schemas: Schemas, at: str) -> bool:
    """Is a property an object with any names, such as `metadata`, which may be empty?"""
    nodes = [node for node, _ in schemas.branches(at)]
    is_map = schemas.types(at) == {"object"} and schemas.values(at) is not None
    return is_map and not any(node.get("minProperties") or node.get("required") for node in nodes)


PEOPLE = frozenset(("author", "owner", "creator", "user", "by", "sender", "customer", "account", "organization"))
"""Words in the names of who makes an item, or has it."""
