"""Parameters that ask for the items behind references: `?expand[]=customer`, `?include=author`."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.inference.bodies.messages import is_object, request_schema
from mockserver.inference.evidence import Statement, inferred
from mockserver.inference.names import plain
from mockserver.inference.relations.references import FoundReference
from mockserver.inference.relations.relationships import HOLDER, INCLUDED
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

NAMES = frozenset(("expand", "expands", "expansions", "include", "includes", "embed", "populate"))
"""Plain names of such parameters."""


def expansion(
    schemas: Schemas, operation: Operation, item: str | None, references: Iterable[FoundReference]
) -> Statement | None:
    """The `expand` statement of an operation whose reply shows items by a schema; None if it can expand nothing."""
    found = list(references)
    into = included(schemas, operation, found)
    if into is not None:
        return into
    properties = schemas.properties(item) if item is not None else {}
    may_show = any(may_expand(schemas, properties.get(each.steps[0])) for each in found if len(each.steps) == 1)
    asked = {each.name: each.schema for each in operation.parameters if each.location == "query" and each.schema}
    body = request_schema(operation.request_body)
    sent = schemas.properties(body) if body is not None and may_show else {}
    for name, at in {**sent, **asked}.items() if may_show else ():
        if plain(name) in NAMES and schemas.types(at) <= {"string", "array", "null"}:
            return inferred("by the name of the parameter, and replies may show ids or objects", parameter=name)
    return None


def may_expand(schemas: Schemas, pointer: str | None) -> bool:
    """May a property be an id as well as an object?"""
    if pointer is None:
        return False
    every = [here for _, here in schemas.branches(pointer, every=True)]
    is_id = any(schemas.types(here) & {"string", "integer"} for here in every)
    return is_id and any(is_object(schemas, here) and schemas.properties(here) for here in every)


def included(schemas: Schemas, operation: Operation, references: Iterable[FoundReference]) -> Statement | None:
    """The `expand` statement of an operation of JSON:API, whose reply has a list of the items behind references."""
    success = operation.success()
    media = next((each for each in success.content if each.schema), None) if success is not None else None
    shown = schemas.properties(str(media.schema)).get(INCLUDED) if media is not None else None
    asked = next((p.name for p in operation.parameters if (p.location, plain(p.name)) == ("query", "include")), "")
    is_linked = any(each.steps[0] == HOLDER for each in references)
    if shown is None or not asked or not is_linked or "array" not in schemas.types(shown):
        return None
    return inferred("by the name of the parameter, and the reply has a list for them", parameter=asked, into=True)


def with_included(stated: Statement) -> Statement:
    """The statements of an operation, with the list of the items behind references in its reply if it has one."""
    body = stated["reply"].get("body")
    if not stated.get("expand", {}).get("into") or not isinstance(body, dict):
        return stated
    return stated | {"reply": stated["reply"] | {"body": body | {INCLUDED: "{included?}"}}}
