"""Promises about the fields of an item: who sets them, what they start as, when they move, and which are secret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import change_of, covers, documented, shown_fields, views
from contracts.checks.timestamps import moment_of
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place, resource_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Defaults, Derived, Immutable, Initial
from mockserver.contract import Contract

PLACEHOLDER = re.compile(r"\{([a-z_]+)(?::([^{}?]*))?\??\}")
UNKNOWN: Any = object()
"""A template says something that we cannot work out."""


def defaults(context: CheckContext, resource: CheckedResource, statement: Defaults) -> None:
    """What a create request leaves out is filled in as said, and only then."""
    _defaulted(context, resource, statement.fields)


def schema_defaults(context: CheckContext, resource: CheckedResource, fields: Mapping[str, Any]) -> None:
    """As `defaults`, for the `default`s of the request's schema (JSON Schema Validation section 9.2)."""
    _defaulted(context, resource, fields)


def _defaulted(context: CheckContext, resource: CheckedResource, fields: Mapping[str, Any]) -> None:
    op = resource.operations["create"]
    body = bare(context, resource)
    made = context.create(resource, body)
    whole = views(context, made)
    for name, value in fields.items():
        if (
            name not in shown_fields(context, resource)
            or name in resource.rule_fields | op.rule_defaults
            or _is_template(value)
        ):
            continue
        shown = whole if name not in body else _without(context, resource, body, name)
        for item, exchanges in shown:
            context.expect(
                name in item and item[name] == value,
                f"{name} is {value!r} where the request leaves it out",
                repr(item.get(name, "nothing")),
                *exchanges,
                about=name,
            )
        other = context.bodies.other(op, name, value, context.check) if name in context.bodies.properties(op) else None
        if other is not None and not op.may_refuse and name not in resource.server_fields:
            chosen = context.create(resource, bare(context, resource) | {name: other})
            context.expect(
                covers(chosen.item.get(name, other), other),
                f"a given {name} wins over the default: {other!r}",
                repr(chosen.item.get(name)),
                chosen.exchange,
                about=f"given {name}",
            )


def _without(
    context: CheckContext, resource: CheckedResource, body: Mapping[str, Any], name: str
) -> list[tuple[dict[str, Any], tuple[RecordedExchange, ...]]]:
    """An item whose request leaves out one field; nothing where the service will not have that."""
    slim = {key: value for key, value in body.items() if key != name}
    if not context.bodies.accepts(resource.operations["create"], slim):
        return []
    _, made = context.try_create(resource, slim)
    return views(context, made) if made is not None else []


def bare(context: CheckContext, resource: CheckedResource) -> dict[str, Any]:
    """A valid body with nothing that may be left out."""
    op = resource.operations["create"]
    body = context.body(resource)
    needed = context.bodies.required(op)
    for name in list(body):
        slim = {key: value for key, value in body.items() if key != name}
        if name not in needed and context.bodies.accepts(op, slim) and not op.may_refuse:
            body = slim
    return body


def _is_template(value: Any) -> bool:
    return isinstance(value, str) and PLACEHOLDER.search(value) is not None


def initial(context: CheckContext, resource: CheckedResource, statement: Initial) -> None:
    """A new item starts as said, whatever the client sends."""
    made = context.create(resource)
    for name, written in statement.fields.items():
        if name in resource.rule_fields and not _is_template(written):
            continue
        for item, exchanges in views(context, made):
            wanted = work_out(written, {**made.sent}, made)
            if wanted is not UNKNOWN and name in shown_fields(context, resource):
                context.expect(
                    item.get(name) == wanted,
                    f"a new item has {name} {wanted!r}",
                    repr(item.get(name)),
                    *exchanges,
                    about=name,
                )
    if resource.can("get", "update"):
        _stays(context, resource, made, frozenset(statement.fields) - resource.rule_fields)


def _stays(context: CheckContext, resource: CheckedResource, made: CreatedItem, names: frozenset[str]) -> None:
    """What was set at the beginning is not computed anew when what it was made from changes."""
    op = resource.operations["update"]
    before = context.item(resource.operations["get"], context.get(made))
    name, value = change_of(context, resource, op, made)
    changed = context.update(made, {name: value})
    seen = context.get(made)
    after = context.item(resource.operations["get"], seen)
    for each in sorted(names & before.keys()):
        context.expect(
            after.get(each) == before[each],
            f"{each} stays {before[each]!r} when {name} changes",
            repr(after.get(each)),
            made.exchange,
            changed,
            seen,
            about=f"{each} stays",
        )


def derived(context: CheckContext, resource: CheckedResource, statement: Derived) -> None:
    """A derived field says the truth after creating and after changing."""
    for full in (False, True):
        made = context.create(resource, context.body(resource, full=full))
        for item, exchanges in views(context, made):
            _derives(context, resource, statement, made, {**made.sent}, item, exchanges)
        if resource.can("update", "get"):
            _derives_again(context, resource, statement, made)


def _derives(
    context: CheckContext,
    resource: CheckedResource,
    statement: Derived,
    made: CreatedItem,
    fields: Mapping[str, Any],
    item: Mapping[str, Any],
    exchanges: tuple[RecordedExchange, ...],
) -> None:
    for name, written in statement.fields.items():
        wanted = work_out(written, fields, made)
        if wanted is not UNKNOWN and name in shown_fields(context, resource):
            context.expect(
                item.get(name) == wanted, f"{name} is {wanted!r}", repr(item.get(name)), *exchanges, about=name
            )


def _derives_again(context: CheckContext, resource: CheckedResource, statement: Derived, made: CreatedItem) -> None:
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
        fields = dict(made.sent)
        for value in (context.bodies.other(op, source, fields.get(source), context.check), None):
            if not context.bodies.accepts(op, {source: value}):
                continue
            changed = context.update(made, {source: value})
            if 200 <= changed.status < 300:
                fields[source] = value
                seen = context.get(made)
                _derives(
                    context,
                    resource,
                    statement,
                    made,
                    fields,
                    context.item(resource.operations["get"], seen),
                    (made.exchange, changed, seen),
                )


def work_out(written: Any, fields: Mapping[str, Any], made: CreatedItem) -> Any:
    """A template's value for an item of ours, or UNKNOWN."""
    if not _is_template(written):
        return UNKNOWN if isinstance(written, Mapping | list) and "{" in str(written)[1:-1] else written
    match = PLACEHOLDER.fullmatch(written)
    return _placeholder(match[1], match[2], fields, made) if match else UNKNOWN


def _placeholder(name: str, argument: str | None, fields: Mapping[str, Any], made: CreatedItem) -> Any:
    if name == "tenant" and made.user.tenant:
        return made.user.tenant
    if name == "slug" and argument:
        return re.sub(r"[^a-z0-9]+", "-", str(fields.get(argument) or "").lower()).strip("-") or "item"
    if name == "present" and argument:
        return fields.get(argument) is not None
    if name == "field" and argument:
        return fields.get(argument, UNKNOWN)
    if name == "param" and argument and argument in made.path:
        return made.path[argument]
    return UNKNOWN


def immutable(context: CheckContext, resource: CheckedResource, statement: Immutable) -> None:
    """An update that names the field leaves it as it is, or is refused."""
    op = resource.operations.get("update") or resource.operations.get("replace")
    if op is None or not resource.can("get"):
        raise CannotBuildRequest("nothing changes this resource")
    for name in statement.fields:
        made = context.create(resource, context.body(resource, full=not resource.operations["create"].may_refuse))
        before = context.item(resource.operations["get"], context.get(made))
        if name not in before:
            continue
        value = _different(before[name])
        body = {name: value} if "update" in resource.operations else {**made.sent, name: value}
        changed = context.send(op, path=made.path, body=body)
        seen = context.get(made)
        after = context.item(resource.operations["get"], seen)
        context.expect(
            after.get(name) == before[name],
            f"{name} stays {before[name]!r}",
            repr(after.get(name)),
            made.exchange,
            changed,
            seen,
            about=name,
        )


def mass_assignment(context: CheckContext, resource: CheckedResource, names: tuple[str, ...]) -> None:
    """Fields that only the service sets are not taken from a client, at creating and at changing."""
    made = context.create(resource)
    view = context.item(resource.operations["get"], context.get(made)) if resource.can("get") else dict(made.item)
    wrong = {name: _different(view[name]) for name in names if name in view}
    for name, value in wrong.items():
        _, other = context.try_create(resource, {**context.body(resource), name: value})
        if other is not None:
            for item, exchanges in views(context, other):
                context.expect(
                    item.get(name) != value,
                    f"{name} is set by the service alone",
                    f"the client's {value!r}",
                    *exchanges,
                    about=f"create {name}",
                )
        update = resource.operations.get("update")
        if update is not None and resource.can("get"):
            changed = context.update(made, {name: value})
            seen = context.get(made)
            item = context.item(resource.operations["get"], seen)
            context.expect(
                seen.status == 200 and item.get(name) != value,
                f"{name} is set by the service alone",
                f"status {seen.status}, {name} {item.get(name)!r}",
                made.exchange,
                changed,
                seen,
                about=f"update {name}",
            )
        replace = resource.operations.get("replace")
        if replace is not None and resource.can("get") and not resource.client_named:
            other = context.create(resource)
            changed = context.send(replace, path=other.path, body={**other.sent, name: value})
            seen = context.get(other)
            item = context.item(resource.operations["get"], seen)
            context.expect(
                seen.status == 200 and item.get(name) != value,
                f"{name} is set by the service alone",
                f"status {seen.status}, {name} {item.get(name)!r}",
                other.exchange,
                changed,
                seen,
                about=f"replace {name}",
            )


FAR = 1_000_003
"""So far from a number is another one, that counting does not lead to it: ids are often counted."""


def _different(value: Any) -> Any:
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


def _settled_places(contract: Contract) -> Iterator[Place]:
    """Resources with fields that the document marks `readOnly` or that statements give to the service."""
    for resource in checked_resources(contract).values():
        if not resource.can("create"):
            continue
        op = resource.operations["create"]
        marked = tuple(sorted(set(_read_only(contract, op)) | (resource.server_fields - {""})))
        if marked:
            statement = StatementRef(
                resource.name,
                "schema",
                "documented" if _read_only(contract, op) else "inferred",
                "OpenAPI 3.1 section 4.8.24 (readOnly)",
                "Fields that only the service sets.",
            )
            yield op.name, statement, (resource, marked)


def _read_only(contract: Contract, op: ResourceOperation) -> list[str]:
    return [name for name, at in documented(contract, op).items() if contract.schemas.keyword(at, "readOnly")]


def _schema_default_places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        op = resource.operations.get("create")
        media = op.media_type if op else None
        schema = contract.schemas.below(media.schema, op.envelope) if op and media else None
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
                "The service assumes the schema's default where a field is left out.",
            )
            yield op.name, statement, (resource, given)


CHECKS = (
    Check("defaults", ("defaults",), resource_statement("defaults", "create"), defaults, exclusive=False),
    Check("schema-defaults", (), _schema_default_places, schema_defaults, exclusive=False),
    Check("initial", ("initial",), resource_statement("initial", "create"), initial, exclusive=False),
    Check("derived", ("derived",), resource_statement("derived", "create"), derived, exclusive=False),
    Check("immutable", ("immutable",), resource_statement("immutable", "create"), immutable, exclusive=False),
    Check("mass-assignment", ("initial", "identity"), _settled_places, mass_assignment, exclusive=False),
)  # fmt: skip
