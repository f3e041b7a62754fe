"""Lists in items that show what is below them, compiled at load (embedded_lists.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from mockserver.contract import Contract
from mockserver.handlers.item_schemas import reply_schemas
from mockserver.openapi.schemas import Validator
from mockserver.state.record import Record


class EmbeddedList(Struct, frozen=True):
    """The property `name` of items of the resource `above`, which lists their items of the resource `below`.

    `known` are the properties that it shows of each, none if it may show any; `validator` is that of an entry.
    """

    above: str
    name: str
    below: str
    known: frozenset[str]
    validator: Validator

    def entry(self, record: Record) -> dict[str, Any]:
        """An item below as the list shows it."""
        return {name: value for name, value in record.fields.items() if not self.known or name in self.known}


def embedded_lists(contract: Contract, parameters: Mapping[str, tuple[str, ...]]) -> dict[str, EmbeddedList]:
    """For each resource below another one, the list in which that shows it, if a statement and a reply have one.

    `parameters` are the path parameters above the items of each resource.
    """
    schemas, found = contract.schemas, dict[str, EmbeddedList]()
    for name, resource in contract.behaviour.resources.items():
        parent = resource.parent
        is_below = parent is not None and parameters[name][-1:] == (parent.parameter,)
        shown = parent.shown_in if parent is not None and is_below else ""
        views = reply_schemas(contract, parent.resource) if parent is not None and shown else {}
        lists = (schemas.properties(view).get(shown) for view in views)
        entries = next((schemas.items(at) for at in lists if at and schemas.items(at)), None)
        if parent is not None and entries is not None:
            known = frozenset(schemas.properties(entries))
            found[name] = EmbeddedList(parent.resource, shown, name, known, schemas.validator(entries, "response"))
    return found
