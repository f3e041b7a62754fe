"""Are the fields of an item valid in the replies that show it, and does anything read or show each of them?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract import Contract
from mockserver.errors import Fault
from mockserver.handlers.binding.item_schemas import (
    operations_on,
    reply_schemas,
    request_properties,
    showing_schemas,
    view_maker,
)
from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.openapi.pointer import join
from mockserver.openapi.schemas import Validator
from mockserver.state.collection import ANY_CASE
from mockserver.state.id_text import number_of


class ItemCheck:
    """Checks the items of one resource as the document describes them."""

    def __init__(self, contract: Contract, plan: ResourcePlan) -> None:
        self._contract, self._plan = contract, plan
        view = view_maker(contract, plan.name, plan.server_fields)
        self._pointers = showing_schemas(contract, plan.name) or list(reply_schemas(contract, plan.name))
        self._views = [view(pointer) for pointer in self._pointers]

    def faults(self, fields: Mapping[str, Any]) -> tuple[Fault, ...]:
        """What is wrong with the fields of an item; the field of each fault is a JSON pointer (RFC 6901)."""
        shown = {name: value for name, value in fields.items() if name not in self._plan.secrets}
        found = [fault for view in self._views for fault in view.problems(shown)]
        pointed = [Fault("body", (join("", *each.path),), each.message, each.keyword) for each in found]
        return tuple(dict.fromkeys([*self._unknown(fields), *pointed]))

    def is_valid(self, fields: Mapping[str, Any]) -> bool:
        """The same as no faults, but fields that nothing shows are of no interest."""
        shown = {name: value for name, value in fields.items() if name not in self._plan.secrets}
        return all(view.is_valid(shown) for view in self._views)

    def typed_id(self, text: str) -> Any:
        """The id that a text of a path means: a number where the document allows no text."""
        number = number_of(text)
        if number is None or all(each.is_valid(text) for each in self._id_validators()):
            return text
        return number

    def _id_validators(self) -> Iterator[Validator]:
        identity, schemas = self._plan.statements.identity, self._contract.schemas
        in_replies = [schemas.properties(at).get(identity.field) for at in self._pointers]
        in_paths = [
            parameter.schema
            for operation, _ in operations_on(self._contract, self._plan.name)
            for parameter in operation.parameters
            if parameter.location == "path" and parameter.name == identity.parameter
        ]
        # A path has only text, so the schema of a parameter says less than that of the field.
        known = [each for each in in_replies if each] or [each for each in in_paths if each]
        return (schemas.validator(pointer, "response") for pointer in known)

    def _unknown(self, fields: Mapping[str, Any]) -> Iterator[Fault]:
        known = self._known_names()
        for name in fields if known else ():
            if name not in known:
                message = f"no reply shows this field of {self._plan.name}; there are: {', '.join(sorted(known))}"
                yield Fault("body", (join("", name),), message, "additionalProperties")

    def _known_names(self) -> frozenset[str]:
        """The names of fields that something reads or shows; empty when any may be shown."""
        if not self._views or not all(view.names for view in self._views):
            return frozenset()
        plan, contract = self._plan, self._contract
        shown = {name for view in self._views for name in view.names}
        sent = {n for o, b in operations_on(contract, plan.name) for n in request_properties(contract, o, b)}
        own = {
            *plan.defaults,
            *(each.removesuffix(ANY_CASE) for each in plan.indexed),
            plan.statements.identity.field,
        } - {""}
        return frozenset(shown | sent | own | plan.secrets | plan.path_fields | plan.server_fields)
