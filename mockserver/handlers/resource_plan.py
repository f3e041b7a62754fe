"""A resource made ready at load: what each of its statements means, as functions and sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import unquote

from mockserver.behaviour.statements import Behaviour, Filter, IdentityStatement, OperationBehaviour, Resource
from mockserver.contract import Contract
from mockserver.handlers import new_ids, reply_template
from mockserver.handlers.cascade import Cascade, possessions
from mockserver.handlers.generated_fields import GeneratedFields, ReplyView
from mockserver.handlers.reply_renderer import item_schema
from mockserver.handlers.reply_template import Render
from mockserver.messages import Call, Principal
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas
from mockserver.state.collection import Collection
from mockserver.state.record import Record
from mockserver.state.time_formats import TIME_FORMATS
from mockserver.state.world import World

SCOPE = frozenset({"id", "tenant", "user", "now"})
"""What a template of `initial` and `derived` may name."""


VIEW_RANK = ("get", "replace", "update", "create", "list")
"""The actions by how much of an item their replies show."""


@dataclass(frozen=True, slots=True)
class ResourcePlan:
    """One resource, compiled. `secrets` are never shown; `settled` are set by the service and never by a client.

    `remembered` are the fields that hold path parameters under which an item was made. Of one that `is_single` there
    is only one item, without an id.
    """

    name: str
    statements: Resource
    new_id: new_ids.NewId
    defaults: Mapping[str, Any]
    constants: Mapping[str, Any]
    initial: tuple[tuple[str, Render], ...]
    derived: tuple[tuple[str, Render], ...]
    secrets: frozenset[str]
    remembered: frozenset[str]
    immutable: frozenset[str]
    settled: frozenset[str]
    write_time: Callable[[float], Any]
    above: tuple[str, ...]
    indexed: tuple[str, ...]
    owns: Cascade
    newest_first: bool
    is_single: bool
    has_chosen_ids: bool
    is_begun: bool = False
    is_creatable: bool = True
    invention: GeneratedFields | None = None

    @property
    def may_clash(self) -> bool:
        """Can a new item be refused because of what another one says?"""
        return self.has_chosen_ids or bool(self.statements.unique)

    def owner(self, path: Mapping[str, Any]) -> str:
        """The ids above an item, from the path parameters that carry them."""
        return "/".join(str(path.get(name, "")) for name in self.above) if self.above else ""

    def tenant(self) -> Callable[[Principal, Mapping[str, str], Mapping[str, str]], str]:
        """Says whose data a request is about, by its raw path values and headers; the caller may have no access."""
        return partial(TENANTS[self.statements.tenant.by], self.statements.tenant.name)

    def begin(
        self, call: Call, world: World, moment: float, collection: Collection, sequence: int, given: dict[str, Any]
    ) -> Record:
        """A new item, not yet remembered: what was given, defaults, and what the service sets at that moment."""
        fields = {**self.defaults, **given} if self.defaults else given
        id = self.new_id(world, collection, fields)
        if self.statements.identity.field:
            fields[self.statements.identity.field] = id
        now = self.stamp(fields, moment, created=True)
        fields.update(self.constants)
        if self.initial:
            scope = self.scope(call, id, fields, now)
            for name, render in self.initial:
                fields[name] = render(scope)
        if self.statements.parent is not None:
            self._show_owner(call, fields)
        if self.invention is not None:
            self.complete(fields, id, world)
        return Record(id, sequence, fields)

    def complete(self, fields: dict[str, Any], id: Any, world: World, before: dict[str, Any] | None = None) -> None:
        """Make up what the replies show and nobody gave, where the resource says so; `before` is what was shown."""
        if self.invention is not None:
            self.invention.complete(fields, f"{world.seed}/{self.name}/{id}", before)

    def _show_owner(self, call: Call, fields: dict[str, Any]) -> None:
        parent = self.statements.parent
        if parent is not None and parent.field and parent.parameter in call.path:
            fields[parent.field] = call.path[parent.parameter]

    def stamp(self, fields: dict[str, Any], moment: float, *, created: bool) -> Any:
        """Write the time of creation or update into the fields that hold it; returns it as written."""
        now = self.write_time(moment)
        stamps = self.statements.timestamps
        if stamps is not None:
            if created and stamps.created:
                fields[stamps.created] = now
            if stamps.updated:
                fields[stamps.updated] = now
        return now

    def derive(self, call: Call, record: Record, now: Any) -> None:
        """Compute the derived fields anew."""
        scope = self.scope(call, record.id, record.fields, now)
        for name, render in self.derived:
            record.fields[name] = render(scope)

    @staticmethod
    def scope(call: Call, id: Any, fields: Mapping[str, Any], now: Any) -> dict[str, Any]:
        """The values that a template may name."""
        return {
            "id": id,
            "tenant": call.tenant,
            "user": call.principal.user or None,
            "now": now,
            "fields": fields,
            "path": call.path,
        }


def compile_all(contract: Contract) -> dict[str, ResourcePlan]:
    """Every resource of a contract, by name. Raises BehaviourError for a template that cannot be."""
    indexed, created = _indexed(contract.behaviour), _created(contract.behaviour)
    resources = contract.behaviour.resources
    above = {name: _above(resource, resources) for name, resource in resources.items()}
    owned, plans = possessions(contract.behaviour, above), {}
    for name, resource in resources.items():
        plan = _compile(name, resource, contract, indexed.get(name, ()), above[name], owned[name])
        begun = resource.identity.generate == "single" and name not in created
        plans[name] = replace(
            plan,
            is_begun=begun,
            is_creatable=_is_creatable(contract, plan),
            invention=_invention(contract, plan),
        )
    return plans


def _is_creatable(contract: Contract, plan: ResourcePlan) -> bool:
    """Can an operation create an item? Of a resource that somebody described this is taken for granted."""
    if plan.statements.identity.evidence != "inferred":
        return True
    actions = [said.action for _, said in acting(contract, plan.name) if said.action is not None]
    return any(action.does == "create" or action.upsert for action in actions)


def _created(behaviour: Behaviour) -> frozenset[str]:
    """The resources that an operation creates."""
    return frozenset(o.action.of for o in behaviour.operations.values() if o.action and o.action.does == "create")


def _invention(contract: Contract, plan: ResourcePlan) -> GeneratedFields | None:
    """What makes up the items of a resource that says `invented`, from every reply that shows one."""
    if plan.statements.invented is None:
        return None
    view = viewer(contract, plan)
    return GeneratedFields((view(at) for at in shown(contract, plan.name)), plan.settled - frozenset(plan.secrets))


def shown(contract: Contract, name: str) -> dict[str, str]:
    """The schemas by which replies show an item of a resource, each once, with what the operation does.

    A schema that contradicts the main one (that of a GET, if there is one) shows another kind of thing and is left out.
    """
    views: dict[str, str] = {}
    for operation, behaviour in acting(contract, name):
        does = behaviour.action.does if behaviour.action else ""
        pointer = item_schema(operation, behaviour.reply, contract.schemas, does)
        if pointer is not None and does != "delete":  # that reply shows what is left of the item
            views.setdefault(contract.schemas.resolve(pointer)[1], does)
    main = min(views, key=lambda at: rank(views[at]), default="")
    return {at: does for at, does in views.items() if at == main or not _contradicts(contract.schemas, main, at)}


def rank(does: str) -> int:
    """The place of an action among all by how much of an item its reply shows, the fullest first."""
    return VIEW_RANK.index(does) if does in VIEW_RANK else len(VIEW_RANK)


def _contradicts(schemas: Schemas, one: str, other: str) -> bool:
    """Must a property have values in one schema that it may not have in the other? Then they show different things."""
    common = schemas.required(one) & schemas.required(other)
    own, its = schemas.properties(one), schemas.properties(other)
    for name in sorted(common & own.keys() & its.keys()):
        first, second = _constants(schemas, own[name]), _constants(schemas, its[name])
        if first and second and not any(value in second for value in first):
            return True
    return False


def _constants(schemas: Schemas, pointer: str) -> list[Any]:
    """The values of which a property has one; empty where any may be."""
    constant, values = schemas.keyword(pointer, "const"), schemas.keyword(pointer, "enum")
    return [constant] if constant is not None else list(values or ())


def _maker(identity: IdentityStatement, name: str, contract: Contract) -> new_ids.NewId:
    in_paths = [p.schema for o, _ in acting(contract, name) for p in o.parameters if p.name == identity.parameter]
    in_replies = [contract.schemas.properties(view).get(identity.field) for view in shown(contract, name)]
    places = dict.fromkeys(place for place in (*in_replies, *in_paths) if place)
    reached = dict.fromkeys(place for place in in_paths if place)
    return new_ids.maker(identity, tuple(places), tuple(reached), contract.examples, contract.schemas)


def viewer(contract: Contract, plan: ResourcePlan) -> Callable[[str], ReplyView]:
    """Makes a view of a resource's items from the schema of a reply."""
    given = frozenset(
        name for operation, said in acting(contract, plan.name) for name in known(contract, operation, said)
    )
    return lambda pointer: ReplyView(pointer, given - plan.settled, contract.schemas, contract.examples)


def acting(contract: Contract, name: str) -> tuple[tuple[Operation, OperationBehaviour], ...]:
    """The operations that do something to a resource."""
    return contract.acting.get(name, ())


def requests(contract: Contract, operation: Operation, behaviour: OperationBehaviour) -> Iterator[str]:
    """The pointers of the schemas by which a request describes the item."""
    envelope = behaviour.action.envelope if behaviour.action else ()
    for media in operation.request_body.content if operation.request_body else ():
        pointer = contract.schemas.below(media.schema, envelope)
        if pointer is not None:
            yield pointer


def known(contract: Contract, operation: Operation, behaviour: OperationBehaviour) -> frozenset[str]:
    """The properties of an item that a request may name."""
    takes = behaviour.action.takes if behaviour.action else {}
    written = {n for at in requests(contract, operation, behaviour) for n in contract.schemas.properties(at)}
    return frozenset(written | {takes[name] for name in written & takes.keys()})


def _compile(
    name: str, resource: Resource, contract: Contract, indexed: tuple[str, ...], above: tuple[str, ...], owns: Cascade
) -> ResourcePlan:
    identity, stamps = resource.identity, resource.timestamps
    initial = _templates(name, "initial", resource.initial)
    constants = {n: v for entry in resource.initial for n, v in entry.fields.items() if reply_template.is_constant(v)}
    derived = _templates(name, "derived", resource.derived)
    set_by_service = {name for name, _ in (*initial, *derived)} | set(constants)
    set_by_service |= {identity.field} if identity.generate != "client" and not identity.from_client else set()
    set_by_service |= {name for entry in resource.server_set for name in entry.fields}
    set_by_service |= {name for name in (stamps.created, stamps.updated) if name} if stamps else set()
    return ResourcePlan(
        name=name,
        statements=resource,
        new_id=_maker(identity, name, contract),
        defaults={name: value for entry in resource.defaults for name, value in entry.fields.items()},
        constants=constants,
        initial=initial,
        derived=derived,
        secrets=frozenset(name for entry in resource.write_only for name in entry.fields),
        remembered=frozenset(
            field for _, said in acting(contract, name) if said.action for field in said.action.keeps.values()
        ),
        immutable=frozenset(name for entry in resource.immutable for name in entry.fields),
        settled=frozenset(set_by_service),
        write_time=TIME_FORMATS[stamps.written if stamps else "iso-milliseconds"],
        above=above,
        owns=owns,
        indexed=indexed,
        newest_first=resource.order.direction == "descending",
        is_single=identity.generate == "single",
        has_chosen_ids=identity.generate == "client" or identity.from_client,
    )


def _templates(name: str, kind: str, statements: Any) -> tuple[tuple[str, Render], ...]:
    return tuple(
        (field, reply_template.compile(value, SCOPE, f"x-resources/{name}/{kind}/{field}"))
        for statement in statements
        for field, value in statement.fields.items()
        if kind == "derived" or not reply_template.is_constant(value)
    )


def _above(resource: Resource, resources: Mapping[str, Resource]) -> tuple[str, ...]:
    """The path parameters above an item, the highest first: as stated, else those of the owners."""
    found: list[str] = []
    parent = resource.parent
    while parent is not None:
        found.insert(0, parent.parameter)
        parent = resources[parent.resource].parent
    return tuple(found) if resource.within is None else resource.within.parameters


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
    if entry.anything is not None and value == entry.anything:
        return None
    if entry.equals is not None or entry.unless is not None:
        return None if value == entry.unless else (entry.field, entry.equals)
    return None if value is None else (entry.field, value)


def _by_path(name: str, principal: Principal, path: Mapping[str, str], headers: Mapping[str, str]) -> str:
    written = path.get(name, "")
    return unquote(written) if "%" in written else written


def _by_header(name: str, principal: Principal, path: Mapping[str, str], headers: Mapping[str, str]) -> str:
    asked = headers.get(name.lower(), "")
    return asked if asked and principal.may_enter(asked) else principal.home


def _by_credential(name: str, principal: Principal, path: Mapping[str, str], headers: Mapping[str, str]) -> str:
    return principal.home or principal.name


def _by_nothing(name: str, principal: Principal, path: Mapping[str, str], headers: Mapping[str, str]) -> str:
    return ""


TENANTS: dict[str, Callable[[str, Principal, Mapping[str, str], Mapping[str, str]], str]] = {
    "path": _by_path,
    "header": _by_header,
    "credential": _by_credential,
    "none": _by_nothing,
}
"""Whose data a request is about, by the name that `tenant.by` uses."""
