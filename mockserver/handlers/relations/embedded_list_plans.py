"""Lists in items that show what is below them, compiled at load (embedded_lists.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from mockserver.contract import Contract
from mockserver.handlers.binding.item_schemas import reply_schemas
from mockserver.openapi.schemas import Validator
from mockserver.state.record import Record


class EmbeddedList(Struct, frozen=True):
    """The property `name` of items of the resource `above`, which lists their items of the resource `below`.

    `known` are the properties that it shows of each, none if it may show any; `validator` is that of an entry. `field`
    is the property of an item below with the id of the one above, if its own path does not say that.
    """

    above: str
    name: str
    below: str
    known: tuple[str, ...]
    validator: Validator
    field: str = ""

    def entry(self, record: Record) -> dict[str, Any]:
        """An item below as the list shows it."""
        names = self.known or record.fields
        return {name: record.fields[name] for name in names if name in record.fields}


def embedded_lists(contract: Contract, parameters: Mapping[str, tuple[str, ...]]) -> dict[str, EmbeddedList]:
    """For each resource below another one, the list in which that shows it, if a statement and a reply have one.

    `parameters` are the path parameters above the items of each resource.
    """
    schemas, found = contract.schemas, dict[str, EmbeddedList]()
    for name, resource in contract.behaviour.resources.items():
        parent = resource.parent
        is_below = parent is not None and parameters[name][-1:] == (parent.parameter,)
        is_linked = parent is not None and bool(parent.field) and not parameters[name] + parameters[parent.resource]
        shown = parent.shown_in if parent is not None and (is_below or is_linked) else ""
        views = reply_schemas(contract, parent.resource) if parent is not None and shown else {}
        lists = (schemas.properties(view).get(shown) for view in views)
        entries = next((schemas.items(at) for at in lists if at and schemas.items(at)), None)
        if parent is not None and entries is not None:
            known = tuple(schemas.properties(entries))
            field, validator = "" if is_below else parent.field, schemas.validator(entries, "response")
            found[name] = EmbeddedList(parent.resource, shown, name, known, validator, field)
    return found
