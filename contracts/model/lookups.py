"""Fields of requests that name an entry of a list that no request adds to: the `desk_id` of a booking, by `/desks`.

What can only be listed is no resource of the contract. But a create that names none of it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from mockserver.behaviour.statements import Reference, Resource
from mockserver.contract import Contract
from mockserver.inference.bodies.messages import Path, list_path, reply_body
from mockserver.inference.names import noun, words
from mockserver.inference.operations.actions import VERBS
from mockserver.inference.relations.references import EACH, ID_WORDS, FoundReference, ReferenceFinder, ReferredResource
from mockserver.openapi import path_template
from mockserver.openapi.document import Operation
from mockserver.openapi.media_types import is_json
from mockserver.openapi.schemas import Schemas

METHOD = "GET "
"""The name of a list begins so. It is used as the name of a resource is."""

WRITES = frozenset(("post", "put", "patch"))

KEYS = ("id", "uuid", "code", "key", "slug")
"""Properties by which an entry is named, the first that it has."""

NAMES = ("code", "key", "slug", "name")
"""Properties whose values a text may have instead of the id."""

GENERIC = VERBS | {
    "type",
    "event",
    "message",
    "comment",
    "note",
    "log",
    "result",
    "metric",
    "statistic",
    "stat",
    "activity",
    "history",
    "notification",
    "item",
    "value",
    "name",
    "status",
    "state",
    "time",
    "date",
    "day",
    "number",
}
"""Names of lists that tell nothing about a field of the same name: a `message` is a text, and none of `/messages`."""

MOST = 20
"""So many lists are looked at."""


def is_lookup(reference: Reference) -> bool:
    """Does a reference name an entry of a list, and no item of a resource?"""
    return reference.resource.startswith(METHOD)


def entries_path(schemas: Schemas, listing: Operation) -> Path | None:
    """Where the entries are in the body of a list; None if it shows none."""
    reply = reply_body(listing, "list")
    return list_path(schemas, reply.schema, _word(listing)) if reply is not None and reply.schema else None


def with_lookups(contract: Contract) -> dict[str, Resource]:
    """The resources of a contract by name, with references to entries of lists."""
    found, known = lookups(contract), contract.behaviour.resources
    return {n: replace(r, references=(*r.references, *found.get(n, ()))) if n in found else r for n, r in known.items()}


def lookups(contract: Contract) -> dict[str, tuple[Reference, ...]]:
    """The fields of requests that name an entry of a list, for each resource; the list is named by its operation."""
    lists = (_target(contract.schemas, each) for each in _closed_lists(contract))
    targets = {each.name: each for each in lists if each is not None}
    finder = ReferenceFinder(contract.schemas, targets.values())
    found: dict[str, dict[str, Reference]] = {}
    for pointer, path, resource in _sent(contract) if targets else ():
        stated, above = contract.behaviour.resources[resource], tuple(path_template.names(path))
        known = {each.field for each in stated.references}
        own = ReferredResource(resource, (), (), stated.identity.field, stated.identity.parameter, above)
        for each in finder.in_item(pointer, own):
            target = targets.get(each.resource)  # a `parent` is another item of the resource itself
            key = _key(contract.schemas, pointer, each, target) if target is not None else ""
            if target is not None and key and each.field not in known and {*target.parents} <= {*above}:
                new = Reference(field=each.field, resource=each.resource, key=key, evidence="inferred")
                found.setdefault(resource, {}).setdefault(each.field, new)
    return {resource: tuple(each.values()) for resource, each in found.items()}


def _key(schemas: Schemas, sent: str, found: FoundReference, target: ReferredResource) -> str:
    """The property of an entry that a field has: `category` has its name where the entries have numbers as ids."""
    at = schemas.below(sent, tuple(0 if step == EACH else step for step in found.steps))
    name = next((step for step in reversed(found.steps) if step != EACH), "")
    if not found.key or at is None or (len(words(name)) > 1 and words(name)[-1] in ID_WORDS):
        return found.key
    shown, types = schemas.properties(target.schemas[0]), schemas.types(at)
    return next((each for each in (found.key, *NAMES) if each in shown and schemas.types(shown[each]) & types), "")


def _sent(contract: Contract) -> Iterator[tuple[str, str, str]]:
    """The schemas of the items in requests that create or change one, with the path and the name of the resource."""
    for operation in contract.document.operations:
        stated = contract.behaviour.operations.get((operation.path, operation.method))
        action, body = (stated.action if stated is not None else None), operation.request_body
        if operation.method in WRITES and body is not None and action and action.of in contract.behaviour.resources:
            for media in body.content:
                pointer = contract.schemas.below(media.schema, action.envelope) if is_json(media.name) else None
                if pointer is not None:
                    yield pointer, operation.path, action.of


def _closed_lists(contract: Contract) -> list[Operation]:
    """The lists of what belongs to no resource, at paths that nothing is sent to and that need no query.

    The shortest path comes first: a region is one of `/regions` rather than of `/apps/regions`.
    """
    written = {each.path.rstrip("/") for each in contract.document.operations if each.method in WRITES}
    found: list[Operation] = []
    for each in contract.document.operations:
        stated = contract.behaviour.operations.get((each.path, each.method))
        is_free = stated is None or stated.action is None
        is_whole = not any(parameter.required and parameter.location != "path" for parameter in each.parameters)
        if each.method == "get" and is_free and is_whole and each.path.rstrip("/") not in written:
            found.append(each)
    return sorted(found, key=lambda each: each.path.count("/"))[:MOST]


def _word(listing: Operation) -> str:
    return listing.path.rstrip("/").rpartition("/")[2]


def _target(schemas: Schemas, listing: Operation) -> ReferredResource | None:
    """What a list shows, as something that can be referred to; None if nothing names its entries."""
    reply, path = reply_body(listing, "list"), entries_path(schemas, listing)
    array = schemas.below(reply.schema, path) if reply is not None and reply.schema and path is not None else None
    entries = schemas.items(array) if array is not None else None
    shown: Mapping[str, str] = schemas.properties(entries) if entries is not None else {}
    called = noun(_word(listing))
    keys = (*KEYS, "_".join((*called, "id")), f"{called[-1]}Id") if called else KEYS
    key = next((each for each in keys if each in shown), "")
    if not called or called in [(each,) for each in GENERIC] or not key or entries is None:
        return None
    above = tuple(path_template.names(listing.path))
    return ReferredResource(f"{METHOD}{listing.path}", called, (schemas.resolve(entries)[1],), key, "", above)
