"""References that a request sends as an id, and that a reply shows otherwise: `customer`, `body.project_id`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from mockserver.inference.names import SCALAR
from mockserver.inference.relations.references import EACH, FoundReference, ReferredResource, stem
from mockserver.openapi.schemas import Schemas


def by_id(
    schemas: Schemas,
    found: Iterable[FoundReference],
    shown: Mapping[str, str],
    asked: Mapping[str, str],
    targets: Mapping[str, ReferredResource],
) -> Iterator[FoundReference]:
    """The references, where those that `asked` sends as an id and `shown` has as one too name the item by its id.

    What `asked` calls `project` names the item that is shown as `body.project_id`, too. `shown` and `asked` are the
    properties of the item and of the requests, with their schemas.
    """
    inner = dict[str, FoundReference]()
    for one in found:
        if len(one.steps) == 2 and one.key and EACH not in one.steps:
            inner.setdefault(stem(one.steps[1]), one)
        name, key = one.steps[0], targets[one.resource].field
        is_whole = not one.key and len(one.steps) == 1 and name in shown and name in asked
        sent = schemas.types(asked[name]) - {"null"} if is_whole else frozenset[str]()
        is_id = bool(key) and bool(sent) and sent <= SCALAR and bool(sent & schemas.types(shown[name]))
        yield replace(one, key=key, reason=f"requests send the {key} of {one.resource}") if is_id else one
    for name in sorted(each for each in asked.keys() - shown.keys() if stem(each) in inner):
        one = inner[stem(name)]
        at = schemas.properties(shown[one.steps[0]]).get(one.steps[1]) if one.steps[0] in shown else None
        if at is not None and _are_alike(schemas, at, asked[name]):
            yield replace(one, steps=(name,), reason=f"requests call {one.field} so")


def _are_alike(schemas: Schemas, one: str, other: str) -> bool:
    """Have two schemas the same scalar types and the same format?"""
    types = [schemas.types(at) - {"null"} for at in (one, other)]
    formats = [schemas.keyword(at, "format") for at in (one, other)]
    return types[0] == types[1] and types[0] <= SCALAR and formats[0] == formats[1]
