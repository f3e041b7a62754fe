"""Check of a parameter whose two values exclude each other: "true: only free rooms; false: only those that are taken"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from contracts.checks.item_view import as_json
from contracts.checks.lists.listed_items import ids
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.inference.sentences.descriptions import description
from mockserver.openapi.document import Parameter

ONLY = r"\b[^.;:,]*[:,=]?[^.;:]*\bonly\b"

BOTH = (re.compile(rf"`?\btrue{ONLY}", re.IGNORECASE), re.compile(rf"`?\bfalse{ONLY}", re.IGNORECASE))
"""How a description says of each of the two values that the list has only such items."""


def opposite_flags(context: CheckContext, resource: CheckedResource, op: ResourceOperation, name: str) -> None:
    """No item is in a list with `true` and in the one with `false`, if the document says that each has only others."""
    made = [context.create(resource) for _ in range(2)]
    lists = [context.list_all(made[0], query={name: value}, op=op) for value in ("true", "false")]
    if any(each.status != 200 for _, exchanges in lists for each in exchanges):
        raise CannotBuildRequest(f"{op.name} refuses a value of {name}")
    yes, no = (ids(resource, items) for items, _ in lists)
    both = sorted({*yes} & {*no})
    context.expect(
        not both,
        f"no item is in the list with {name}=true and in the one with {name}=false",
        f"{resource.behaviour.identity.field} {as_json(both[0] if both else None)} is in both",
        *(each.exchange for each in made),
        *(exchanges[0] for _, exchanges in lists),
        about=name,
    )


def _said(contract: Contract, parameter: Parameter) -> str:
    """The sentence that says what each value of a flag shows, and where it is; empty if none does."""
    if parameter.location != "query" or parameter.schema is None:
        return ""
    if contract.schemas.types(parameter.schema) - {"null"} != {"boolean"}:
        return ""
    said = description(contract.schemas, parameter.pointer)
    return f'"{said.text}" ({parameter.pointer})' if all(each.search(said.text) for each in BOTH) else ""


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        op = resource.operations.get("list")
        for each in op.operation.parameters if op is not None and resource.can("create") else ():
            if op is not None and (source := _said(contract, each)):
                text = f"{each.name} chooses between items of two kinds."
                yield op.name, StatementRef(op.name, "filter", "described", source, text), (resource, op, each.name)


CHECKS = (Check("opposite-flags", ("filter",), _places, opposite_flags),)
