"""References that a request sends as an id, and that a reply shows as the id or as the item: `customer` of Stripe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from mockserver.inference.names import SCALAR
from mockserver.inference.relations.references import FoundReference, ReferredResource
from mockserver.openapi.schemas import Schemas


def by_id(
    schemas: Schemas,
    found: Iterable[FoundReference],
    shown: Mapping[str, str],
    asked: Mapping[str, str],
    targets: Mapping[str, ReferredResource],
) -> Iterator[FoundReference]:
    """The references, where those that `asked` sends as an id and `shown` has as one too name the item by its id.

    `shown` and `asked` are the properties of the item and of the requests, with their schemas.
    """
    for one in found:
        name, key = one.steps[0], targets[one.resource].field
        is_whole = not one.key and len(one.steps) == 1 and name in shown and name in asked
        sent = schemas.types(asked[name]) - {"null"} if is_whole else frozenset[str]()
        is_id = bool(key) and bool(sent) and sent <= SCALAR and bool(sent & schemas.types(shown[name]))
        yield replace(one, key=key, reason=f"requests send the {key} of {one.resource}") if is_id else one
