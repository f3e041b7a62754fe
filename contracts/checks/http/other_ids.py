"""Check of a body that repeats the id of its path: JSON:API has another id refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from contracts.checks.item_view import changing
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Evidence
from mockserver.contract import Contract
from mockserver.openapi import json_codec

JSON_API = "application/vnd.api+json"

LAW = "JSON:API 1.1, Updating Resources, Responses (409 where the id does not match the endpoint)"

SAID = re.compile(
    r"\bids?\b[^.;]*\b(?:not|differs?|mismatch\w*|another|other)\b[^.;]*\b(?:path|url|endpoint)\b", re.IGNORECASE
)
"""How a refusal says that it is about another id than that of the path."""


def other_id(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """An update whose body has the id of another item than its path is refused."""
    made, other = context.create(resource), context.create(resource)
    field = resource.behaviour.identity.field
    known = (name for name in context.bodies.properties(op) if name in made.sent and name != field)
    bodies = (changing(context, op, made.sent, name, made.sent[name]) for name in known)
    body: Any = next((each for each in bodies if each is not None and field in each), None)
    kind = op.media_type.name if op.media_type is not None else ""
    if body is None or context.update(made, body).status >= 300:
        raise CannotBuildRequest(f"no valid body of {op.name} is known")
    sent = json_codec.write(op.in_envelope({**body, field: other.id}))
    exchange = context.send(op, user=made.user, path=made.path, body=sent, media_type=kind)
    context.expect_status(
        400 <= exchange.status < 500,
        f"a body with the {field} of another item than the path is refused",
        made.exchange,
        other.exchange,
        exchange,
    )


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        op = resource.operations.get("update")
        pointer = op.body_schema(contract.schemas) if op is not None else None
        if op is None or op.media_type is None or pointer is None or not resource.can("create", "get"):
            continue
        said = (each for each in op.operation.responses if each.status[:1] == "4" and SAID.search(each.description))
        source = LAW if op.media_type.name == JSON_API else next((f'"{each.description}"' for each in said), "")
        if source and resource.behaviour.identity.field in contract.schemas.required(pointer):
            evidence: Evidence = "documented" if source == LAW else "described"
            text = "The id in the body is that of the path."
            yield op.name, StatementRef(op.name, "identity", evidence, source, text), (resource, op)


CHECKS = (Check("other-id", ("identity",), _places, other_id, exclusive=False),)
