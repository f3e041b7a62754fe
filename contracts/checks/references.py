"""Checks of references: a request cannot refer to an item of another tenant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from contracts.model.finding import StatementRef
from contracts.model.resources import (
    CheckedResource,
    checked_resources,
)
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract


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
                "OWASP API Security Top 10 2023, API1",
                "References do not cross tenants.",
            )
            yield op.name, statement, (resource, found)


CHECKS = (Check("cross-tenant-references", ("tenant",), _reference_places, references),)
