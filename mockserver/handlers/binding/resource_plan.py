"""A resource compiled at load: its behaviour statements as functions and sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from mockserver.behaviour import templates
from mockserver.behaviour.statements import Behaviour, IdentityStatement, Resource, Unique
from mockserver.behaviour.templates import ITEM_VALUES, RENEWED, Render
from mockserver.contract import Contract
from mockserver.handlers.binding.item_schemas import operations_on, reply_schemas, sent_fields, view_maker
from mockserver.handlers.binding.own_plans import OwnPlan, own_plan
from mockserver.handlers.binding.single_items import is_there
from mockserver.handlers.binding.soft_delete_plans import SoftDeletePlan, soft_delete_plan
from mockserver.handlers.binding.version_plans import VersionPlan, version_plans
from mockserver.handlers.fields import new_ids
from mockserver.handlers.fields.figures import FigurePlan, figure_plans, fill_figures
from mockserver.handlers.fields.first_fields import first_fields
from mockserver.handlers.fields.generated_fields import GeneratedFields
from mockserver.handlers.fields.inside_fields import InsidePlan, inside_plans
from mockserver.handlers.lists.filter_plans import filter_fields
from mockserver.handlers.relations.cascade import Cascade, cascades
from mockserver.handlers.relations.embedded_list_plans import EmbeddedList, embedded_lists
from mockserver.handlers.relations.member_lists import member_lists
from mockserver.handlers.relations.path_owners import Owner, owners_above, parent_parameters, resources_above
from mockserver.handlers.relations.showings import Showings, showings
from mockserver.handlers.relations.shown_values import put_at
from mockserver.inference.relations.references import Steps, steps_of
from mockserver.messages import Call
from mockserver.openapi import path_template
from mockserver.state.collection import ANY_CASE, Collection
from mockserver.state.id_text import like
from mockserver.state.record import Record
from mockserver.state.time_formats import TIME_FORMATS
from mockserver.state.world import World

NOTHING: Mapping[str, Any] = {}

CREATING = ("create", "create-many", "replace-all")
"""The actions that create items, whatever else they do."""


class ResourcePlan(Struct, frozen=True):
    """One resource, compiled.

    `secrets` are the fields that no reply shows, `server_fields` those that the service sets and clients cannot.
    `path_fields` hold path parameters of the request that created the item. `parent_parameters` are the path
    parameters before the item's own id, the outermost first. `indexed` are the fields that lists filter by, and those
    with which a unique key begins. `shown_in` is where items of other resources show those of this one, `listed_in`
    the list of the item above that does, `lists` those that show what is below. With `is_single` there is one item,
    without an id; with `exists_from_start` no operation has to create it, and it has the `first_fields` until a client
    changes them. `sent_fields` are those that some request may have. `resources_above` has the resource of each parent
    parameter, `owners_above` the items behind them (path_owners.py), `owner_steps` the property that shows it.
    `member_of` is the resource whose items these are, `lists_of_members` are those whose items are of this one
    (memberships.py). `figures` are set at every write (figures.py), `versions` kept (versions.py). `member_lists` are
    lists of requests with the resource of the members that they name.
    """

    name: str
    statements: Resource
    new_id: new_ids.NewId
    defaults: Mapping[str, Any]
    rendered_defaults: tuple[tuple[str, Render], ...]
    constants: Mapping[str, Any]
    means: tuple[tuple[Steps, Any], ...]
    initial: tuple[tuple[str, Render], ...]
    derived: tuple[tuple[str, Render], ...]
    secrets: frozenset[str]
    path_fields: frozenset[str]
    immutable: frozenset[str]
    server_fields: frozenset[str]
    write_time: Callable[[float], Any]
    parent_parameters: tuple[str, ...]
    indexed: tuple[str, ...]
    cascade: Cascade
    newest_first: bool
    order_places: Mapping[str, Mapping[Any, int]]
    is_single: bool
    has_chosen_ids: bool
    exists_from_start: bool = False
    first_fields: Callable[[], dict[str, Any]] = dict
    is_creatable: bool = True
    generated_fields: GeneratedFields | None = None
    resources_above: Mapping[str, str] = field(default_factory=dict)
    owners_above: tuple[Owner, ...] = ()
    owner_steps: tuple[tuple[str, Steps], ...] = ()
    shown_in: Showings = ()
    listed_in: EmbeddedList | None = None
    lists: tuple[EmbeddedList, ...] = ()
    member_of: str = ""
    lists_of_members: frozenset[str] = frozenset()
    soft_delete: SoftDeletePlan | None = None
    own: OwnPlan | None = None
    figures: tuple[FigurePlan, ...] = ()
    versions: VersionPlan | None = None
    member_lists: tuple[tuple[str, str], ...] = ()
    sent_fields: frozenset[str] = frozenset()
    inside: tuple[InsidePlan, ...] = ()

    @property
    def may_conflict(self) -> bool:
        """Can a new item conflict with an existing one?"""
        one = self.statements
        return self.has_chosen_ids or any((one.unique, one.no_overlap, one.sum_limit, "." in one.identity.also))

    def owner(self, path: Mapping[str, Any]) -> str:
        """The ids of the parents, joined by `/`: the key under which the store keeps the items below them."""
        return "/".join(str(path.get(name, "")) for name in self.parent_parameters) if self.parent_parameters else ""

    def new_record(
        self, call: Call, world: World, moment: float, collection: Collection, sequence: int, sent: dict[str, Any]
    ) -> Record:
        """A new item, not stored yet: the client's fields, defaults, and the fields that the service sets."""
        fields = {**self.defaults, **sent} if self.defaults else sent
        id = self.new_id(world, collection, fields)
        if self.statements.identity.field:
            fields[self.statements.identity.field] = id
        self.stamp(fields, moment, created=True)
        fields.update(self.constants)
        if self.initial or self.rendered_defaults:
            latest = next(iter(collection.view().first(1, None, newest_first=True)), None)
            scope = {**self.scope(call, id, fields, moment), "latest": latest.fields if latest is not None else None}
            for name, render in self.initial:
                fields[name] = render(scope)
            for name, render in self.rendered_defaults:
                if name not in fields:
                    self._set_unless_never_null(fields, name, render(scope))
        if self.statements.parent is not None:
            self._set_parent_field(call, fields)
        if self.generated_fields is not None or self.figures:
            self._complete_new(fields, id or self.owner(call.path), world)
        for parameter, steps in self.owner_steps:
            self._show_owner(call.path.get(parameter), steps, fields)
        for steps, value in self.means:
            put_at(fields, steps, value)
        return Record(id, sequence, fields)

    def _complete_new(self, fields: dict[str, Any], id: Any, world: World) -> None:
        """Generate what a new item lacks. A single item has no id, but may show one, which is a value like others."""
        self.complete(fields, id, world)
        if self.is_single and fields.get(self.statements.identity.field) == "":
            del fields[self.statements.identity.field]
            self.complete(fields, id, world)

    def _set_unless_never_null(self, fields: dict[str, Any], name: str, value: Any) -> None:
        """Set a field; one that gets null and cannot be null is left out."""
        if value is None and self.generated_fields is not None and self.generated_fields.is_never_null(name):
            fields.pop(name, None)
        else:
            fields[name] = value

    @staticmethod
    def _show_owner(owner: Any, steps: Steps, fields: dict[str, Any]) -> None:
        """Let an item show the owner that it is below, where it shows one: a number where it is a number."""
        holder: Any = fields
        for step in steps[:-1]:
            holder = holder.get(step) if isinstance(holder, dict) else None
        if isinstance(holder, dict) and owner is not None:
            holder[steps[-1]] = like(holder.get(steps[-1]), owner)

    def show_id(self, call: Call, id: Any, fields: dict[str, Any]) -> None:
        """Let an item show its id, or the resource name that ends with it."""
        identity = self.statements.identity
        if identity.field and not self.is_single:
            fields[identity.field] = id
        if identity.resource_name:
            scope = self.scope(call, id, fields, 0.0)
            fields |= {name: render(scope) for name, render in self.initial if name == identity.field}

    def id_in(self, shown: Any) -> Any:
        """The id that a property shows: the last part of a resource name, else the whole value."""
        is_name = self.statements.identity.resource_name and isinstance(shown, str)
        return shown.rpartition("/")[2] if is_name else shown

    def complete(self, fields: dict[str, Any], id: Any, world: World, before: dict[str, Any] | None = None) -> None:
        """Generate the fields that replies show and no client sent, if the resource is `invented`.

        `before` are the fields before an update: a value that is no longer valid returns to the earlier one.
        """
        if self.generated_fields is not None:
            # Replies cannot show secrets, so that they are taken for wrong; a webhook is signed with such a secret.
            kept = {name: fields[name] for name in self.secrets if name in fields} if self.secrets else NOTHING
            self.generated_fields.complete(fields, f"{world.seed}/{self.name}/{id}", before)
            fields.update(kept)
        if self.figures:
            fill_figures(self.figures, fields)

    def _set_parent_field(self, call: Call, fields: dict[str, Any]) -> None:
        parent = self.statements.parent
        if parent is not None and parent.field and parent.parameter in call.path:
            fields[parent.field] = call.path[parent.parameter]

    def stamp(self, fields: dict[str, Any], moment: float, *, created: bool) -> Any:
        """Set the timestamps of creation or update; returns the time as the service writes it."""
        now = self.write_time(moment)
        stamps = self.statements.timestamps
        if stamps is not None:
            if created and stamps.created:
                fields[stamps.created] = now
            if stamps.updated:
                fields[stamps.updated] = now
        return now

    def derive(self, call: Call, record: Record, moment: float, before: Record | None = None) -> None:
        """Compute the derived fields again. `before` is the item as it was until now; None for a new one."""
        scope = self.scope(call, record.id, record.fields, moment)
        scope["before"] = before.fields if before is not None else None
        for name, render in self.derived:
            self._set_unless_never_null(record.fields, name, render(scope))
        for each in self.inside:
            each.fill(record.fields, scope, scope["before"])

    def scope(self, call: Call, id: Any, fields: Mapping[str, Any], moment: float) -> dict[str, Any]:
        """The values of the placeholders."""
        return {
            "id": id,
            "tenant": call.tenant,
            "user": call.principal.user or None,
            "now": self.write_time(moment),
            "moment": moment,
            "written": self.write_time,
            "before": None,
            "renewed": RENEWED,
            "fields": fields,
            "path": call.path,
        }


def compile_all(contract: Contract) -> dict[str, ResourcePlan]:
    """The plan of every resource, by name. Raises BehaviourError for an unknown placeholder of a template."""
    indexed, created = filter_fields(contract.behaviour), _created_resources(contract.behaviour)
    resources = contract.behaviour.resources
    parameters = {name: parent_parameters(resource, resources) for name, resource in resources.items()}
    cascade, plans, shown_in = cascades(contract.behaviour, parameters), {}, showings(contract)
    listed, versions = embedded_lists(contract, parameters), version_plans(contract)
    members = {name: _member_of(resource, resources) for name, resource in resources.items()}
    lists = member_lists(contract, members)
    for name, resource in resources.items():
        plan = _compile(name, resource, contract, indexed.get(name, ()), parameters[name], cascade[name])
        exists = resource.identity.generate == "single" and name not in created and is_there(contract, name)
        above = resources_above(resource, resources, parameters[name])
        plans[name] = replace(
            plan,
            resources_above=above,
            owners_above=owners_above(name, above, parameters),
            owner_steps=_owner_steps(resource),
            exists_from_start=exists,
            first_fields=partial(first_fields, contract, name) if exists else dict,
            is_creatable=name in versions or _is_creatable(contract, plan),
            generated_fields=_generated_fields(contract, plan),
            shown_in=shown_in.get(name, ()),
            listed_in=listed.get(name),
            lists=tuple(each for each in listed.values() if each.above == name),
            member_of=members[name],
            figures=figure_plans(contract, name, resource.figures),
            versions=versions.get(name),
            member_lists=lists.get(name, ()),
            soft_delete=soft_delete_plan(contract, name, resource),
            own=own_plan(contract, name, resource),
            sent_fields=sent_fields(contract, name),
            inside=inside_plans(resource.inside),
            lists_of_members=frozenset(each for each, of in members.items() if of == name),
        )
    return plans


def _member_of(resource: Resource, resources: Mapping[str, Resource]) -> str:
    """The resource whose items those of this one are, if their id is a reference to its id; else empty."""
    own = resource.identity.field
    named = (one for one in resource.references if one.key and one.field == own)
    return next((one.resource for one in named if one.key == resources[one.resource].identity.field), "")


def _owner_steps(resource: Resource) -> tuple[tuple[str, Steps], ...]:
    return tuple((above, steps_of(shown)) for above, shown in resource.within.fields.items()) if resource.within else ()


def _is_creatable(contract: Contract, plan: ResourcePlan) -> bool:
    """Can an operation create an item? True without a look for a resource that a behaviour file describes."""
    if plan.statements.identity.evidence != "inferred":
        return True
    actions = [behaviour.action for _, behaviour in operations_on(contract, plan.name) if behaviour.action is not None]
    return any(action.does in CREATING or action.upsert for action in actions)


def _created_resources(behaviour: Behaviour) -> frozenset[str]:
    """The resources that have a create operation."""
    return frozenset(o.action.of for o in behaviour.operations.values() if o.action and o.action.does in CREATING)


def _generated_fields(contract: Contract, plan: ResourcePlan) -> GeneratedFields | None:
    """The generator of missing fields, for a resource that is `invented`; None for others."""
    if plan.statements.invented is None:
        return None
    view = view_maker(contract, plan.name, plan.server_fields)
    views = (view(pointer) for pointer in reply_schemas(contract, plan.name))
    return GeneratedFields(views, plan.server_fields - plan.secrets)


def _id_maker(identity: IdentityStatement, name: str, contract: Contract) -> new_ids.NewId:
    # The path of a single item contains no id: a parameter of that name is the id of what the item belongs to.
    operations = operations_on(contract, name) if identity.generate != "single" else ()
    in_paths = [p.schema for o, _ in operations for p in o.parameters if p.name == identity.parameter]
    in_replies = [contract.schemas.properties(at).get(identity.field) for at in reply_schemas(contract, name)]
    schemas = dict.fromkeys(pointer for pointer in (*in_replies, *in_paths) if pointer)
    path_schemas = dict.fromkeys(pointer for pointer in in_paths if pointer)
    return new_ids.id_maker(identity, tuple(schemas), tuple(path_schemas), contract.examples, contract.schemas)


def _compile(
    name: str,
    resource: Resource,
    contract: Contract,
    indexed: tuple[str, ...],
    parent_parameters: tuple[str, ...],
    cascade: Cascade,
) -> ResourcePlan:
    identity, stamps = resource.identity, resource.timestamps
    initial = (*_templates("initial", resource.initial), *_resource_name(identity))
    constants = {n: v for entry in resource.initial for n, v in entry.fields.items() if templates.is_constant(v)}
    constants |= dict.fromkeys((n.field for n in resource.counts if not n.mean and not n.on_top), 0)  # of a new item
    means = tuple((steps_of(each.field), NO_MEAN[each.without]) for each in resource.counts if each.mean)
    derived = _templates("derived", resource.derived)
    server_fields = {name for name, _ in (*initial, *derived)} | set(constants) | {steps[0] for steps, _ in means}
    defaults = {name: value for entry in resource.defaults for name, value in entry.fields.items()}
    rendered = dict(_templates("defaults", resource.defaults))
    rendered = {name: render for name, render in rendered.items() if not templates.is_constant(defaults[name])}
    is_own = identity.generate != "client" and not identity.from_client
    server_fields |= {each.field for each in resource.figures if not each.within}
    server_fields |= {identity.field} if is_own or identity.resource_name else set()
    server_fields |= {name for entry in resource.server_set for name in entry.fields}
    server_fields |= {name for name in (stamps.created, stamps.updated) if name} if stamps else set()
    return ResourcePlan(
        name=name,
        statements=resource,
        new_id=_id_maker(identity, name, contract),
        defaults={name: value for name, value in defaults.items() if name not in rendered},
        rendered_defaults=tuple(rendered.items()),
        constants=constants,
        means=means,
        initial=initial,
        derived=derived,
        secrets=frozenset(name for entry in resource.write_only for name in entry.fields),
        path_fields=frozenset(
            field
            for _, behaviour in operations_on(contract, name)
            if behaviour.action
            for field in behaviour.action.keeps.values()
        ),
        immutable=frozenset(name for entry in resource.immutable for name in entry.fields),
        server_fields=frozenset(server_fields),
        write_time=TIME_FORMATS[stamps.written if stamps else "iso-milliseconds"],
        parent_parameters=parent_parameters,
        cascade=cascade,
        indexed=tuple(dict.fromkeys((*indexed, *map(index_of, resource.unique), *_named(identity)))),
        newest_first=resource.order.direction == "descending",
        order_places={n: {each: at for at, each in enumerate(values)} for n, values in resource.order.ranks.items()},
        is_single=identity.generate == "single",
        has_chosen_ids=identity.generate == "client" or identity.from_client or bool(identity.chosen_by),
    )


def _resource_name(identity: IdentityStatement) -> tuple[tuple[str, Render], ...]:
    """The property that shows the resource name of an item, and the function that makes it; nothing without one."""
    if not identity.resource_name:
        return ()
    *above, _ = path_template.names(identity.resource_name)
    template = path_template.filled(identity.resource_name, [*("{param:" + name + "}" for name in above), "{id}"])
    return ((identity.field, templates.compile(template, ITEM_VALUES)),)


NO_MEAN = {"null": None, "zero": 0}
"""What a mean is as long as there is nothing to compute it of."""


def index_of(unique: Unique) -> str:
    """The index by which an item with a unique value is found."""
    return unique.fields[0] + ANY_CASE * unique.ignore_case


def _named(identity: IdentityStatement) -> tuple[str, ...]:
    return (identity.also,) if identity.also and "." not in identity.also else ()


def _templates(kind: str, statements: Any) -> tuple[tuple[str, Render], ...]:
    return tuple(
        (field, templates.compile(value, ITEM_VALUES))
        for statement in statements
        for field, value in statement.fields.items()
        if kind == "derived" or not templates.is_constant(value)
    )
