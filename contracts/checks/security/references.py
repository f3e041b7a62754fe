"""Checks of references: a request cannot refer to an item of another tenant, or of a user who keeps it closed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from contracts.checks.security.access_attempts import DENIED
from contracts.checks.state.deleted_items import unknown_ids
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Reference
from mockserver.contract import Contract

OWASP = "OWASP API Security Top 10 2023, API1"

MEANT = re.compile(
    r"(?i)^(to|target|dest|recip|receiv|payee|benefic|invit|friend|member|assign|user|contact|peer|follow|person|profile|share)"
)
"""Names of fields and resources by which a request means another user: who is paid, or who joins a group."""


def references(context: CheckContext, resource: CheckedResource, fields: Mapping[str, str]) -> None:
    """A request that refers to an item of another tenant is refused."""
    other_user = context.other_tenant_user()
    for name, of in fields.items():
        theirs = context.create(context.shared.resources[of], user=other_user)
        ours = context.create(context.shared.resources[of])
        fitting, _ = context.try_create(resource, context.body(resource) | {name: ours.id})
        if fitting.status >= 300:
            continue
        exchange, _ = context.try_create(resource, context.body(resource) | {name: theirs.id})
        context.expect_status(
            exchange.status >= 400,
            f"a request whose {name} is a {of} of another tenant is refused",
            theirs.exchange,
            exchange,
            about=name,
        )


def foreign_reference(context: CheckContext, resource: CheckedResource, fields: Mapping[str, str]) -> None:
    """A request body cannot refer to an item of another user that the service refuses to show."""
    other, compared = context.other_tenant_user(), 0
    for name, of in fields.items():
        referred = context.shared.resources[of]
        theirs, ours = context.create(referred, user=other), context.create(referred)
        read = context.get(theirs, user=context.main_user)
        if read.status not in DENIED or not _looks_up(context, resource, name, ours):
            continue
        compared += 1
        exchange, _ = context.try_create(resource, context.body(resource) | {name: theirs.id})
        context.expect_status(
            exchange.status >= 400,
            f"a request whose {name} is a {of} of another user, which this user may not read, is refused",
            theirs.exchange,
            read,
            exchange,
            about=name,
        )
    if not compared:
        raise CannotBuildRequest("each item that a request may refer to can be read, or any id is accepted")


def _looks_up(context: CheckContext, resource: CheckedResource, name: str, known: CreatedItem) -> bool:
    """Is a request accepted that refers to an item of this user, and refused if it refers to none?"""
    fitting, _ = context.try_create(resource, context.body(resource) | {name: known.id})
    if fitting.status >= 300:
        return False
    unknown = next(unknown_ids(context, known), None)
    if unknown is None:
        return False
    return context.try_create(resource, context.body(resource) | {name: unknown})[0].status >= 400


def _reference_places(contract: Contract) -> Iterator[Place]:
    """Resources with fields named after another resource and its id, such as `secret_id`."""
    known = checked_resources(contract)
    for resource in known.values():
        op = resource.operations.get("create")
        schema = op.body_schema(contract.schemas) if op else None
        if op is None or schema is None or resource.behaviour.tenant.by == "none":
            continue
        found = {
            name: other.name
            for name in contract.schemas.properties(schema)
            for other in known.values()
            if other is not resource
            and other.can("create")
            and other.behaviour.tenant.by != "none"
            and other.is_referenced_by(name)
        }
        if found:
            statement = StatementRef(
                op.name,
                "http",
                "inferred",
                OWASP,
                "References do not cross tenants.",
            )
            yield op.name, statement, (resource, found)


def _foreign_places(contract: Contract) -> Iterator[Place]:
    """Resources whose create request refers to another resource, unless a statement says who shares the items."""
    known = checked_resources(contract)
    for resource in known.values():
        op = resource.operations.get("create")
        if op is None or not op.operation.security or not all(op.operation.security):
            continue
        schema = op.body_schema(contract.schemas)
        sent = contract.schemas.properties(schema) if schema is not None else {}
        found = {
            each.field: each.resource
            for each in resource.behaviour.references
            if each.field in sent and each.field.isidentifier() and _is_by_id(contract, known, each)
        }
        if found:
            text = "What a user may not read is not referred to either."
            yield op.name, StatementRef(op.name, "ownership", "implied", OWASP, text), (resource, found)


def _is_by_id(contract: Contract, known: Mapping[str, CheckedResource], each: Reference) -> bool:
    """Does a reference name the id of items that users create and read, and that no statement calls shared?"""
    other = known.get(each.resource)
    if (
        other is None
        or MEANT.match(each.field)
        or MEANT.match(other.name)
        or not other.can("create", "get")
        or each.key != other.behaviour.identity.field
    ):
        return False
    return contract.statements["x-resources"][other.name].get("tenant") is None


CHECKS = (
    Check("cross-tenant-references", ("tenant",), _reference_places, references),
    Check("foreign-reference", (), _foreign_places, foreign_reference, exclusive=False),
)
