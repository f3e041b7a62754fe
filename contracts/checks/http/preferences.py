"""A check of `Prefer: return=minimal`: it changes what the reply shows, and not what the request does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from contracts.checks.item_view import change_of, changing
from contracts.checks.stored_fields import check_fields, current
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

SOURCE = "RFC 7240 section 2 (a preference that is not followed is ignored) and section 4.2"
MINIMAL = re.compile(r"return\s*=\s*\"?minimal")
NAME = "Prefer"


def prefer_minimal(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """An update with `Prefer: return=minimal` is accepted and stored like one without it."""
    created = context.create(resource)
    name, value = change_of(context, resource, op, created)
    body = changing(context, op, created.sent, name, value)
    if body is None:
        raise CannotBuildRequest(f"no valid body of {op.name} changes one field")
    plain = context.send(op, path=created.path, body=body)
    if plain.status >= 300:
        raise CannotBuildRequest(f"{op.name} answers {plain.status} without the preference, too")
    other = context.bodies.other(op, name, value, f"{context.check} again")
    body = changing(context, op, created.sent, name, other) if other is not None else None
    if body is None:
        raise CannotBuildRequest(f"no second value of {name} is known")
    sent = context.send(op, path=created.path, body=body, headers={NAME: "return=minimal"})
    accepted = context.expect_status(
        200 <= sent.status < 300,
        "a valid update with Prefer: return=minimal is accepted",
        created.exchange,
        sent,
        about="accepted",
    )
    shows, item, exchanges = current(context, created)
    if accepted:
        what = "after an update with Prefer: return=minimal, a GET"
        check_fields(context, resource, shows, item, {name: other}, what, created.exchange, sent, *exchanges)


def _places(contract: Contract) -> Iterator[Place]:
    """Updates whose document names the preference, of items that can be created and read."""
    for resource in checked_resources(contract).values():
        operations = {op.name: op for kind in ("update", "replace") if (op := resource.operations.get(kind))}
        for name, op in operations.items():
            if resource.can("create", "get") and op.media_type is not None and _names_minimal(contract, op):
                text = "A preference changes the reply and not the effect."
                yield name, StatementRef(name, "http", "documented", SOURCE, text), (resource, op)


def _names_minimal(contract: Contract, op: ResourceOperation) -> bool:
    """Does the parameter `Prefer` of an operation mention `return=minimal`, in its description, values or examples?"""
    named = [p for p in op.operation.parameters if p.location == "header" and p.name.lower() == NAME.lower()]
    nodes = [contract.schemas.resolve(place)[0] for each in named for place in (each.pointer, each.schema) if place]
    return any(MINIMAL.search(json.dumps(node, default=str).replace('\\"', '"')) for node in nodes)


CHECKS = (Check("prefer-minimal", (), _places, prefer_minimal, exclusive=False),)
