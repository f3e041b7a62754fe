"""Check of defaults in the request schema of a PUT: what its body omits gets them, as in a create request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import as_json, documented, shown_value, unchangeable
from contracts.checks.state.updates import keeps_what_is_left_out, says_reset, smallest_put_body
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

SOURCE = "JSON Schema Validation section 9.2"


def replaced_defaults(context: CheckContext, resource: CheckedResource, fields: Mapping[str, Any]) -> None:
    """A field that the body of a PUT omits gets the `default` of its schema."""
    op = resource.operations["replace"]
    if keeps_what_is_left_out(context, resource):
        raise CannotBuildRequest(f"{op.name} may keep what its body omits")
    created, chosen = _with_other_values(context, resource, fields)
    body = smallest_put_body(context, resource, op, created)
    omitted = {name: value for name, value in chosen.items() if name not in body}
    if not omitted:
        raise CannotBuildRequest("the body of a PUT must have every field with a default")
    replaced = context.send(op, path=created.path, body=body)
    if replaced.status >= 300:
        raise CannotBuildRequest(f"{op.name} returned {replaced.status} for a valid request")
    read = context.get(created)
    item = context.item(resource.operations["get"], read)
    for name, before in omitted.items():
        if name in item:
            # A PUT that keeps the value was found by `replace`, if the document does not allow it.
            is_kept = item[name] == before and not says_reset(context, op)
            context.expect(
                item[name] == fields[name],
                f"{name} is {as_json(fields[name])}, its default, when the body of a PUT omits it",
                shown_value(item, name),
                created.exchange,
                replaced,
                read,
                about=name,
                statement=_statement(op.name, "inferred") if is_kept else None,
            )


def _with_other_values(
    context: CheckContext, resource: CheckedResource, fields: Mapping[str, Any]
) -> tuple[CreatedItem, dict[str, Any]]:
    """An item whose values are not the defaults, and those values."""
    create, body, chosen = resource.operations["create"], context.body(resource), dict[str, Any]()
    known = context.bodies.properties(create)
    for name, default in fields.items():
        other = context.bodies.other(create, name, default, context.check) if name in known else None
        if other is not None and context.bodies.accepts(create, {**body, name: other}):
            body[name] = chosen[name] = other
    if not chosen:
        raise CannotBuildRequest("no create request sets another value than the default")
    return context.create(resource, body), chosen


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        op = resource.operations.get("replace")
        schema = op.body_schema(contract.schemas) if op is not None else None
        if op is None or schema is None or not resource.can("create", "get") or resource.is_put:
            continue
        shown, fixed = documented(contract, resource.operations["get"]), unchangeable(resource)
        found = {n: contract.schemas.keyword(at, "default") for n, at in contract.schemas.properties(schema).items()}
        given = {n: v for n, v in found.items() if v is not None and n in shown and n not in fixed}
        if given:
            yield op.name, _statement(op.name, "documented"), (resource, given)


def _statement(name: str, evidence: Any) -> StatementRef:
    return StatementRef(name, "schema", evidence, SOURCE, "The service uses the schema's default for an omitted field.")


CHECKS = (Check("replaced-defaults", (), _places, replaced_defaults, exclusive=False),)
