"""A resource made ready at load: what each of its statements means, as functions and sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from mockserver.call import Call, Principal
from mockserver.errors import BehaviourError
from mockserver.semantics import template
from mockserver.semantics.template import Render
from mockserver.spec.behaviour import Behaviour, Filter, Identity, Resource
from mockserver.state.collection import Collection, Record
from mockserver.state.world import TIME_FORMATS, World

SCOPE = frozenset({"id", "tenant", "user", "now"})
"""What a template of `initial` and `derived` may name."""

NewId = Callable[[World, Collection, Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class ResourcePlan:
    """One resource, compiled. `secrets` are never shown; `settled` are set by the service and never by a client."""

    name: str
    statements: Resource
    new_id: NewId
    defaults: Mapping[str, Any]
    constants: Mapping[str, Any]
    initial: tuple[tuple[str, Render], ...]
    derived: tuple[tuple[str, Render], ...]
    secrets: frozenset[str]
    immutable: frozenset[str]
    settled: frozenset[str]
    write_time: Callable[[float], Any]
    above: tuple[str, ...]
    indexed: tuple[str, ...]
    newest_first: bool

    def owner(self, path: Mapping[str, Any]) -> str:
        """The ids above an item, from the path parameters that carry them."""
        return "/".join(str(path.get(name, "")) for name in self.above)

    def tenant(self, principal: Principal, path: Mapping[str, str], headers: Mapping[str, str]) -> str:
        """Whose data a request is about, from its raw path values and headers; the caller may have no access to it."""
        return TENANTS[self.statements.tenant.by](self.statements.tenant.name, principal, path, headers)

    def begin(self, call: Call, world: World, collection: Collection, sequence: int, given: dict[str, Any]) -> Record:
        """A new item, not yet remembered: what was given, defaults, and what the service sets."""
        fields = {**self.defaults, **given} if self.defaults else given
        id = self.new_id(world, collection, fields)
        fields[self.statements.identity.field] = id
        now = self.stamp(fields, world, created=True)
        fields.update(self.constants)
        if self.initial:
            scope = self.scope(call, id, fields, now)
            for name, render in self.initial:
                fields[name] = render(scope)
        return Record(id, sequence, fields)

    def stamp(self, fields: dict[str, Any], world: World, *, created: bool) -> Any:
        """Write the time of creation or update into the fields that hold it; returns it as written."""
        now = self.write_time(world.clock.now())
        stamps = self.statements.timestamps
        if stamps is not None:
            if created and stamps.created:
                fields[stamps.created] = now
            if stamps.updated:
                fields[stamps.updated] = now
        return now

    def derive(self, call: Call, record: Record, now: Any) -> None:
        """Compute the derived fields anew."""
        if self.derived:
            scope = self.scope(call, record.id, record.fields, now)
            for name, render in self.derived:
                record.fields[name] = render(scope)

    @staticmethod
    def scope(call: Call, id: Any, fields: Mapping[str, Any], now: Any) -> dict[str, Any]:
        """The values that a template may name."""
        return {
            "id": id, "tenant": call.tenant, "user": call.principal.user or None, "now": now, "fields": fields,
            "path": call.path,
        }  # fmt: skip


def compile_all(behaviour: Behaviour) -> dict[str, ResourcePlan]:
    """Every resource of a document, by name. Raises BehaviourError for a template or owner that cannot be."""
    indexed = _indexed(behaviour)
    return {
        name: _compile(resource, behaviour.resources, indexed.get(name, ()))
        for name, resource in behaviour.resources.items()
    }


def _compile(resource: Resource, resources: Mapping[str, Resource], indexed: tuple[str, ...]) -> ResourcePlan:
    identity, stamps = resource.identity, resource.timestamps
    initial = _templates(resource.name, "initial", resource.initial)
    constants = {n: v for entry in resource.initial for n, v in entry.fields.items() if template.is_constant(v)}
    derived = _templates(resource.name, "derived", resource.derived)
    set_by_service = {name for name, _ in (*initial, *derived)} | set(constants)
    set_by_service |= {identity.field} if identity.generate != "client" else set()
    set_by_service |= {name for name in (stamps.created, stamps.updated) if name} if stamps else set()
    return ResourcePlan(
        name=resource.name, statements=resource, new_id=IDENTITIES[identity.generate](identity),
        defaults={name: value for entry in resource.defaults for name, value in entry.fields.items()},
        constants=constants, initial=initial, derived=derived,
        secrets=frozenset(name for entry in resource.write_only for name in entry.fields),
        immutable=frozenset(name for entry in resource.immutable for name in entry.fields),
        settled=frozenset(set_by_service),
        write_time=TIME_FORMATS[stamps.written if stamps else "iso-milliseconds"],
        above=_above(resource, resources), indexed=indexed, newest_first=resource.order.direction == "descending",
    )  # fmt: skip


def _templates(name: str, kind: str, statements: Any) -> tuple[tuple[str, Render], ...]:
    return tuple(
        (field, template.compile(value, SCOPE, f"x-resources/{name}/{kind}/{field}"))
        for statement in statements
        for field, value in statement.fields.items()
        if kind == "derived" or not template.is_constant(value)
    )


def _above(resource: Resource, resources: Mapping[str, Resource]) -> tuple[str, ...]:
    """The path parameters of the owners, the highest first."""
    found: list[str] = []
    seen = {resource.name}
    parent = resource.parent
    while parent is not None:
        if parent.resource in seen or parent.resource not in resources:
            raise BehaviourError(f"x-resources/{resource.name}/parent: no such owner, or a circle: {parent.resource!r}")
        seen.add(parent.resource)
        found.insert(0, parent.parameter)
        parent = resources[parent.resource].parent
    return tuple(found)


def _indexed(behaviour: Behaviour) -> dict[str, tuple[str, ...]]:
    """The fields that lists are narrowed by, for each resource: a look-up in place of a walk."""
    found: dict[str, dict[str, None]] = {}
    for operation in behaviour.operations.values():
        if operation.action and operation.action.does == "list":
            found.setdefault(operation.action.of, {}).update((entry.field, None) for entry in operation.filter)
    return {name: tuple(fields) for name, fields in found.items()}


def compare(entry: Filter, value: Any) -> tuple[str, Any] | None:
    """The (field, value) that a filter's parameter asks for, or None when it lets everything through."""
    if not entry.parameter:
        return entry.field, entry.equals
    if entry.equals is not None or entry.unless is not None:
        return None if value == entry.unless else (entry.field, entry.equals)
    return None if value is None else (entry.field, value)


def _random(identity: Identity) -> NewId:
    return lambda world, collection, fields: identity.prefix + world.token(identity.length)


def _uuid(identity: Identity) -> NewId:
    return lambda world, collection, fields: identity.prefix + world.uuid()


def _integer(identity: Identity) -> NewId:
    def next_number(world: World, collection: Collection, fields: Mapping[str, Any]) -> int:
        number = collection.highest + 1
        while number in collection.by_id:
            number += 1
        return number

    return next_number


def _client(identity: Identity) -> NewId:
    def given(world: World, collection: Collection, fields: Mapping[str, Any]) -> Any:
        value = fields.get(identity.field)
        return world.uuid() if value is None else value

    return given


IDENTITIES: dict[str, Callable[[Identity], NewId]] = {
    "random": _random, "uuid": _uuid, "integer": _integer, "client": _client,
}  # fmt: skip
"""How a new id is made, by the name that `identity.generate` uses."""


def _by_path(name: str, principal: Principal, path: Mapping[str, str], headers: Mapping[str, str]) -> str:
    return unquote(path.get(name, ""))


def _by_header(name: str, principal: Principal, path: Mapping[str, str], headers: Mapping[str, str]) -> str:
    asked = headers.get(name.lower(), "")
    return asked if asked and principal.may_enter(asked) else principal.home


def _by_credential(name: str, principal: Principal, path: Mapping[str, str], headers: Mapping[str, str]) -> str:
    return principal.home or principal.name


def _by_nothing(name: str, principal: Principal, path: Mapping[str, str], headers: Mapping[str, str]) -> str:
    return ""


TENANTS: dict[str, Callable[[str, Principal, Mapping[str, str], Mapping[str, str]], str]] = {
    "path": _by_path, "header": _by_header, "credential": _by_credential, "none": _by_nothing,
}  # fmt: skip
"""Whose data a request is about, by the name that `tenant.by` uses."""
