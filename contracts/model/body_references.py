"""The places of a request body that name an item of another resource: `customer_id`, `lines[].product`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contracts.model.lookups import is_lookup
from contracts.model.resources import CheckedResource, ResourceOperation
from mockserver.behaviour.statements import Reference
from mockserver.openapi.schemas import Schemas

LIST = "[]"


def body_references(schemas: Schemas, resource: CheckedResource, op: ResourceOperation) -> Iterator[Reference]:
    """The references of a resource to the key of another item that the body of an operation contains.

    A field that names an entry of a list is none of them: nothing is known of an entry but its key.
    """
    pointer = op.body_schema(schemas)
    known = schemas.properties(pointer) if pointer is not None else {}
    for each in resource.behaviour.references:
        name = steps_of(each.field)[0] if each.field else ""
        if each.key and name in known and not is_lookup(each) and not schemas.keyword(known[name], "readOnly"):
            yield each


def steps_of(field: str) -> list[str]:
    """The steps to the place of a reference: `lines`, `[]` and `product` for `lines[].product`."""
    return field.replace(LIST, f".{LIST}").split(".")


def with_value(value: Any, steps: Sequence[str], new: Any, *, once: bool = False) -> Any:
    """A copy of a value with another one at the place to which the steps lead; unchanged where there is none.

    `once` leaves one entry of each list on the way: a service may refuse two lines of one product.
    """
    if not steps:
        return new if value is not None else None
    first, *rest = steps
    if first == LIST:
        if not isinstance(value, list):
            return value
        return [with_value(each, rest, new, once=once) for each in (value if rest and not once else value[:1])]
    if isinstance(value, dict) and first in value:
        return {**value, first: with_value(value[first], rest, new, once=once)}
    return value


def referring(body: Mapping[str, Any], field: str, key: Any) -> dict[str, Any]:
    """The body with `key` as the reference; where the body has no such place yet, with a new one at the top."""
    first, *rest = steps_of(field)
    if not body.get(first) and rest in ([], [LIST]):
        return {**body, first: [key] if rest else key}
    changed = with_value(dict(body), [first, *rest], key)
    return changed if isinstance(changed, dict) else dict(body)


def holders(body: Any, steps: Sequence[str], key: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a body whose reference is `key`, with what they say about it: the line with its quantity."""
    if isinstance(body, list):
        for each in body:
            yield from holders(each, steps[1:], key) if steps and steps[0] == LIST else ()
    elif isinstance(body, dict) and steps:
        first, *rest = steps
        if not rest or rest == [LIST]:
            named = body.get(first)
            if named == key or (isinstance(named, list) and key in named):
                yield body
        else:
            yield from holders(body.get(first), rest, key)
