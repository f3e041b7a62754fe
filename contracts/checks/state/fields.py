"""Checks of fields: their defaults and initial values, derived and immutable fields, and fields set by the service."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from contracts.checks.item_view import as_json, change_of, shown_fields, shown_value, views
from contracts.checks.state.timestamps import moment_of
from contracts.checks.stored_fields import NORMALISED, expect_value, is_rewritten, weaker
from contracts.checks.valid_bodies import smallest_body
from contracts.checks.value_likeness import ABSENT, likeness
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place, resource_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Defaults, Derived, Immutable, Initial
from mockserver.contract import Contract

PLACEHOLDER = re.compile(r"\{([a-z_]+)(?::([^{}?]*))?\??\}")
UNKNOWN: Any = object()
"""The value of a template that the check cannot compute."""


def defaults(context: CheckContext, resource: CheckedResource, statement: Defaults) -> None:
    """A field that the create request omits gets its stated default; a given value is kept."""
    _check_defaults(context, resource, statement.fields)


def schema_defaults(context: CheckContext, resource: CheckedResource, fields: Mapping[str, Any]) -> None:
    """A field that the create request omits gets the `default` of its schema (JSON Schema Validation section 9.2)."""
    _check_defaults(context, resource, fields)


def _check_defaults(context: CheckContext, resource: CheckedResource, fields: Mapping[str, Any]) -> None:
    op = resource.operations["create"]
    body = smallest_body(context, resource)
    created = context.create(resource, body)
    whole = views(context, created)
    for name, value in fields.items():
        if (
            name not in shown_fields(context, resource)
            or name in resource.rule_fields | op.rule_defaults
            or _is_template(value)
        ):
            continue
        shown = whole if name not in body else _views_without(context, resource, body, name)
        for item, exchanges in shown:
            alike = likeness(item.get(name, ABSENT), value, name) if isinstance(value, str) and value else "different"
            context.expect(
                (name in item and item[name] == value)
                or (alike == "normalised" and is_rewritten(context, resource, name)),
                f"{name} is {as_json(value)} when the create request omits it",
                shown_value(item, name),
                *exchanges,
                about=name,
                statement=weaker(context, NORMALISED) if alike == "normalised" else None,
            )
        other = context.bodies.other(op, name, value, context.check) if name in context.bodies.properties(op) else None
        if other is not None and not op.may_refuse and name not in resource.server_fields:
            chosen = context.create(resource, smallest_body(context, resource) | {name: other})
            if name in chosen.item:
                expected = f"{name} is {as_json(other)}, as the create request says, not its default"
                expect_value(context, chosen.item, name, other, expected, chosen.exchange, about=f"given {name}")


def _views_without(
    context: CheckContext, resource: CheckedResource, body: Mapping[str, Any], name: str
) -> list[tuple[dict[str, Any], tuple[RecordedExchange, ...]]]:
    """The views of an item whose create request omits one field; none if the service refuses that."""
    slim = {key: value for key, value in body.items() if key != name}
    if not context.bodies.accepts(resource.operations["create"], slim):
        return []
    _, created = context.try_create(resource, slim)
    return views(context, created) if created is not None else []


def _is_template(value: Any) -> bool:
    return isinstance(value, str) and PLACEHOLDER.search(value) is not None


def initial(context: CheckContext, resource: CheckedResource, statement: Initial) -> None:
    """A new item has the stated initial values, whatever the client sends."""
    created = context.create(resource)
    for name, written in statement.fields.items():
        if name in resource.rule_fields and not _is_template(written):
            continue
        for item, exchanges in views(context, created):
            wanted = value_of_template(written, {**created.sent}, created)
            if wanted is not UNKNOWN and name in shown_fields(context, resource):
                context.expect(
                    item.get(name) == wanted,
                    f"{name} of a new item is {as_json(wanted)}",
                    as_json(item.get(name)),
                    *exchanges,
                    about=name,
                )
    if resource.can("get", "update"):
        _check_unchanged(context, resource, created, frozenset(statement.fields) - resource.rule_fields)


def _check_unchanged(
    context: CheckContext, resource: CheckedResource, created: CreatedItem, names: frozenset[str]
) -> None:
    """An initial value does not change when another field is updated."""
    op = resource.operations["update"]
    before = context.item(resource.operations["get"], context.get(created))
    name, value = change_of(context, resource, op, created)
    changed = context.update(created, {name: value})
    response = context.get(created)
    after = context.item(resource.operations["get"], response)
    for each in sorted(names & before.keys()):
        context.expect(
            after.get(each) == before[each],
            f"{each} stays {as_json(before[each])} when {name} is updated",
            as_json(after.get(each)),
            created.exchange,
            changed,
            response,
            about=f"{each} stays",
        )


def derived(context: CheckContext, resource: CheckedResource, statement: Derived) -> None:
    """A derived field has the value that follows from its source, after a create and after an update."""
    for full in (False, True):
        created = context.create(resource, context.body(resource, full=full))
        for item, exchanges in views(context, created):
            _check_derived(context, resource, statement, created, {**created.sent}, item, exchanges)
        if resource.can("update", "get"):
            _check_derived_after_update(context, resource, statement, created)


def _check_derived(
    context: CheckContext,
    resource: CheckedResource,
    statement: Derived,
    created: CreatedItem,
    fields: Mapping[str, Any],
    item: Mapping[str, Any],
    exchanges: tuple[RecordedExchange, ...],
) -> None:
    for name, written in statement.fields.items():
        wanted = value_of_template(written, fields, created)
        if wanted is not UNKNOWN and name in shown_fields(context, resource):
            context.expect(
                item.get(name) == wanted,
                f"the derived field {name} is {as_json(wanted)}",
                as_json(item.get(name)),
                *exchanges,
                about=name,
            )


def _check_derived_after_update(
    context: CheckContext, resource: CheckedResource, statement: Derived, created: CreatedItem
) -> None:
    op = resource.operations["update"]
    for source in {
        m[2]
        for written in statement.fields.values()
        if isinstance(written, str)
        for m in PLACEHOLDER.finditer(written)
        if m[2]
    }:
        if source not in context.bodies.properties(op):
            continue
        fields = dict(created.sent)
        for value in (context.bodies.other(op, source, fields.get(source), context.check), None):
            if not context.bodies.accepts(op, {source: value}):
                continue
            changed = context.update(created, {source: value})
            if 200 <= changed.status < 300:
                fields[source] = value
                response = context.get(created)
                _check_derived(
                    context,
                    resource,
                    statement,
                    created,
                    fields,
                    context.item(resource.operations["get"], response),
                    (created.exchange, changed, response),
                )


def value_of_template(written: Any, fields: Mapping[str, Any], created: CreatedItem) -> Any:
    """The value of a template for a created item, or UNKNOWN."""
    if not _is_template(written):
        return UNKNOWN if isinstance(written, Mapping | list) and "{" in str(written)[1:-1] else written
    match = PLACEHOLDER.fullmatch(written)
    return _placeholder(match[1], match[2], fields, created) if match else UNKNOWN


def _placeholder(name: str, argument: str | None, fields: Mapping[str, Any], created: CreatedItem) -> Any:
    if name == "tenant" and created.user.tenant:
        return created.user.tenant
    if name == "slug" and argument:
        return re.sub(r"[^a-z0-9]+", "-", str(fields.get(argument) or "").lower()).strip("-") or "item"
    if name == "present" and argument:
        return fields.get(argument) is not None
    if name == "field" and argument:
        return fields.get(argument, UNKNOWN)
    if name == "param" and argument and argument in created.path:
        return created.path[argument]
    return UNKNOWN


def immutable(context: CheckContext, resource: CheckedResource, statement: Immutable) -> None:
    """An update of an immutable field is refused or has no effect."""
    op = resource.operations.get("update") or resource.operations.get("replace")
    if op is None or not resource.can("get"):
        raise CannotBuildRequest("the resource has no update operation that a GET could verify")
    for name in statement.fields:
        created = context.create(resource, context.body(resource, full=not resource.operations["create"].may_refuse))
        before = context.item(resource.operations["get"], context.get(created))
        if name not in before:
            continue
        value = other_of_same_type(before[name])
        body = {name: value} if "update" in resource.operations else {**created.sent, name: value}
        changed = context.send(op, path=created.path, body=body)
        response = context.get(created)
        after = context.item(resource.operations["get"], response)
        context.expect(
            after.get(name) == before[name],
            f"the immutable field {name} stays {as_json(before[name])} after an update of it",
            as_json(after.get(name)),
            created.exchange,
            changed,
            response,
            about=name,
        )


FAR = 1_000_003
"""Added to a number to get another one that a counter of ids does not reach."""


def other_of_same_type(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + FAR
    if isinstance(value, str) and moment_of(value) is not None:
        return "2001-02-03T04:05:06.000Z"
    if isinstance(value, str):
        return (
            "ffffffff-ffff-4fff-8fff-ffffffffffff" if re.fullmatch(r"[0-9a-f-]{36}", value) else "chosen-by-the-client"
        )
    return (
        "chosen-by-the-client"
        if value is None
        else {"chosen": "by-the-client"}
        if isinstance(value, Mapping)
        else ["x"]
    )


def _schema_default_places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        op = resource.operations.get("create")
        schema = op.body_schema(contract.schemas) if op else None
        if op is None or schema is None:
            continue
        properties = contract.schemas.properties(schema)
        found = {n: contract.schemas.keyword(at, "default") for n, at in properties.items()}
        given = {
            name: value for name, value in found.items() if value is not None and name not in resource.server_fields
        }
        if given:
            statement = StatementRef(
                op.name,
                "schema",
                "documented",
                "JSON Schema Validation section 9.2",
                "The service uses the schema's default for an omitted field.",
            )
            yield op.name, statement, (resource, given)


def _stated_places(name: str) -> Callable[[Contract], Iterator[Place]]:
    """The places of statements that a server must keep.

    How a new item begins is `assumed` where only its names say it: the mock must choose, and a correct server may begin
    with another value.
    """

    def places(contract: Contract) -> Iterator[Place]:
        return (place for place in resource_statement(name, "create")(contract) if place[2][1].evidence != "assumed")

    return places


CHECKS = (
    Check("defaults", ("defaults",), _stated_places("defaults"), defaults, exclusive=False),
    Check("schema-defaults", (), _schema_default_places, schema_defaults, exclusive=False),
    Check("initial-values", ("initial",), resource_statement("initial", "create"), initial, exclusive=False),
    Check("derived-fields", ("derived",), _stated_places("derived"), derived, exclusive=False),
    Check("immutable-fields", ("immutable",), resource_statement("immutable", "create"), immutable, exclusive=False),
)
