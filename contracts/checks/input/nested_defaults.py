"""Check of defaults of properties inside of objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.item_view import as_json, shown_fields, views
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.openapi.schemas import Schemas


def nested_defaults(context: CheckContext, resource: CheckedResource, objects: Mapping[str, Mapping[str, Any]]) -> None:
    """A property that an object in a create request omits gets the `default` of its schema."""
    op, is_checked = resource.operations["create"], False
    for name, values in objects.items():
        body = context.body(resource, full=True)
        sent = body.get(name)
        if not isinstance(sent, dict) or name not in shown_fields(context, resource):
            continue
        slim = body | {name: {key: value for key, value in sent.items() if key not in values}}
        if name in resource.rule_fields | resource.server_fields or not context.bodies.accepts(op, slim):
            continue
        created = context.create(resource, slim)
        for item, exchanges in views(context, created):
            for key, value in values.items() if isinstance(item.get(name), dict) else ():
                is_checked = True
                expected = f"{name}.{key} is {as_json(value)} when the create request omits it"
                seen = as_json(item[name][key]) if key in item[name] else "no such property"
                context.expect(item[name].get(key) == value, expected, seen, *exchanges, about=f"{name}.{key}")
    if not is_checked:
        raise CannotBuildRequest("no reply shows an object whose defaults a request may leave out")


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        op = resource.operations.get("create")
        found = dict(_objects(contract, op)) if op is not None else {}
        if op is not None and found:
            source = "JSON Schema Validation section 9.2"
            text = "The service uses the schema's default for an omitted property of an object."
            yield op.name, StatementRef(op.name, "schema", "documented", source, text), (resource, found)


def _objects(contract: Contract, op: ResourceOperation) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects in a request, with the defaults of their scalar properties."""
    schemas, schema = contract.schemas, op.body_schema(contract.schemas)
    for name, at in schemas.properties(schema).items() if schema is not None else ():
        if schemas.types(at) - {"null"} == {"object"} and not _has_alternatives(schemas, at):
            required = schemas.required(at)
            values = {key: schemas.keyword(inner, "default") for key, inner in schemas.properties(at).items()}
            given = {k: v for k, v in values.items() if isinstance(v, str | int | float) and k not in required}
            if given:
                yield name, given


def _has_alternatives(schemas: Schemas, pointer: str) -> bool:
    """May an object be one of several? Then a default may be that of another one than what was sent."""
    nodes = [node for node, _ in schemas.branches(pointer)]
    listed = [entries for node in nodes for key in ("anyOf", "oneOf") if isinstance(entries := node.get(key), list)]
    return any(sum(entry != {"type": "null"} for entry in entries) > 1 for entries in listed)


CHECKS = (Check("nested-defaults", (), _places, nested_defaults, exclusive=False),)
