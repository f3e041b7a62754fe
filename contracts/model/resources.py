"""The resources of a contract and their operations. Checks ask what a resource can do, not which vendor it is of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from contracts.model.differing_fields import differing_fields
from contracts.model.lookups import with_lookups
from contracts.model.once import once_for_each_contract
from contracts.model.operation_path import names_in
from mockserver.behaviour import templates
from mockserver.behaviour.item_parameters import ABOUT_ONE, query_key
from mockserver.behaviour.statements import BATCHES, OperationBehaviour, Resource
from mockserver.contract import Contract
from mockserver.inference.bodies.messages import is_described
from mockserver.inference.operations.redirects import is_redirect
from mockserver.openapi import path_template
from mockserver.openapi.document import MediaType, Operation
from mockserver.openapi.media_types import is_form, is_json
from mockserver.openapi.schemas import Schemas
from mockserver.rules import RuleFunction, Rules

Path = tuple[str | int, ...]

NOTHING = OperationBehaviour()


@dataclass(frozen=True)
class ResourceOperation:
    """One operation and the statements about it."""

    operation: Operation
    behaviour: OperationBehaviour
    known_rules: Rules = field(default_factory=dict, repr=False)

    @cached_property
    def rules(self) -> tuple[RuleFunction, ...]:
        """The rules of this operation, as far as they are known."""
        named = [rule.name for rule in self.behaviour.rules]
        return tuple(self.known_rules[name] for name in named if name in self.known_rules)

    @property
    def name(self) -> str:
        """`METHOD path`."""
        return name_of(self.operation)

    @property
    def creates_missing(self) -> bool:
        """Is it stated that a PUT or PATCH creates a missing item (RFC 9110 section 9.3.4, RFC 5789 section 2)?"""
        return self.behaviour.action is not None and self.behaviour.action.upsert

    @cached_property
    def template(self) -> Any:
        """The template of the body of a successful response."""
        does = self.behaviour.action.does if self.behaviour.action else ""
        written = self.behaviour.reply.body if self.behaviour.reply else "{item}"
        return "{items}" if does == "list" and written == "{item}" else written

    def reply_path(self, name: str) -> Path | None:
        """The path of `{name}` in the body of a response; None if the body does not contain it."""
        return templates.find(self.template, name)

    @cached_property
    def within_entry(self) -> Path:
        """The path of an item in an entry of the list that a response shows; empty where the entries are the items."""
        return templates.within_entry(self.template, "items", "item")

    def items_in(self, body: Any) -> list[dict[str, Any]] | None:
        """The items in the body of a list response; None if it contains no list."""
        found = value_at(body, self.reply_path("items"))
        if not isinstance(found, list):
            return None
        items = (value_at(entry, self.within_entry) for entry in found)
        return [item for item in items if isinstance(item, dict)]

    def page_fact(self, name: str) -> Path | None:
        """The path of a fact about a page (`total`, `more`, `next`), also if replies may lack it; else None."""
        written = (name, f"{name}?", f"text:{name}", f"text:{name}?", f"text_or_null:{name}")
        return next((path for each in written if (path := templates.find(self.template, each)) is not None), None)

    @property
    def envelope(self) -> tuple[str, ...]:
        """The keys that a request body wraps the item in."""
        return self.behaviour.action.envelope if self.behaviour.action else ()

    def in_envelope(self, body: Any) -> Any:
        """The item, wrapped as in a request body."""
        for key in reversed(self.envelope):
            body = {key: body}
        return body

    @cached_property
    def rule_fields(self) -> frozenset[str]:
        """Fields whose values the rules of this operation decide."""
        return frozenset(name for rule in self.rules for name in rule.governs)

    @cached_property
    def rule_defaults(self) -> frozenset[str]:
        """Fields that the rules of this operation fill in if the client sends no value."""
        return frozenset(name for rule in self.rules for name in rule.fills)

    @property
    def may_refuse(self) -> bool:
        """Can a rule of this operation reject a request that is valid by the document?"""
        return len(self.rules) < len(self.behaviour.rules) or any(rule.refuses for rule in self.rules)

    def item_in(self, body: Any) -> dict[str, Any]:
        """The item in the body of a response; empty if it contains none. It may be the only one of a list."""
        found = value_at(body, self.reply_path("item"))
        found = found[0] if isinstance(found, list) and len(found) == 1 else found
        return found if isinstance(found, dict) else {}

    def shows_list(self, body: Any) -> bool:
        """Is a list where the document has an item in the body of a response?"""
        return isinstance(value_at(body, self.reply_path("item")), list)

    def query_schema(self, name: str) -> str | None:
        """The pointer of the schema of a query parameter; None if there is none."""
        found = self.operation.parameter("query", name)
        return found.schema if found is not None else None

    def body_schema(self, schemas: Schemas) -> str | None:
        """The pointer of the schema of the item in a request body; None if there is none."""
        media = self.media_type
        return schemas.below(media.schema, self.envelope) if media is not None else None

    def item_schema(self, schemas: Schemas) -> str | None:
        """The pointer to the schema of the item in the success reply; None if it shows none."""
        items, item = self.reply_path("items"), self.reply_path("item")
        return self.schema_at(schemas, (*items, 0, *self.within_entry) if items is not None else item)

    def schema_at(self, schemas: Schemas, path: Path | None) -> str | None:
        """The pointer to the schema of what stands at a path in the success reply; None if nothing is known of it."""
        status = self.behaviour.reply.status if self.behaviour.reply else None
        response = (self.operation.response(status) if status else None) or self.operation.success()
        media = next((m for m in response.content if m.schema and is_json(m.name)), None) if response else None
        return schemas.below(media.schema, path) if media and path is not None else None

    @property
    def media_type(self) -> MediaType | None:
        """The JSON media type of the request body, if it has one."""
        body = self.operation.request_body
        return next((m for m in body.content if is_json(m.name)), None) if body else None

    @property
    def form_type(self) -> MediaType | None:
        """The media type of a form, if the request body is one and cannot be JSON."""
        body = self.operation.request_body if self.media_type is None else None
        return next((m for m in body.content if is_form(m.name)), None) if body else None


@dataclass(frozen=True)
class CheckedResource:
    """A resource: the statements about it in `behaviour`, and its operations.

    `operations` maps create, get, list, update, replace and delete to the operation that does it. If several do the
    same, the one with the shortest path is used, of
    lists the one of all to which items are posted. Where nothing else creates items, a PUT does that the document says
    201 of, of an item or a file: see `is_put`. `differing` are fields whose shown values may not be those sent.
    `parameters` are all names of the path parameter of the id: `/pets/{id}` and `/pets/{id_or_name}` are one path.
    """

    name: str
    behaviour: Resource
    operations: Mapping[str, ResourceOperation]
    differing: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()

    def can(self, *names: str) -> bool:
        """Does the resource have all these operations?"""
        return all(each in self.operations for each in names)

    @cached_property
    def is_put(self) -> bool:
        """Is a new item put to an id that the client chooses in the path?"""
        create = self.operations.get("create")
        return create is not None and create in map(self.operations.get, ("replace", "replace-content"))

    @cached_property
    def owner_key(self) -> str:
        """A key for the owner of an item whose path does not name it under a parameter of its own; otherwise empty.

        Such an item is created below its owner and has a path of its own, or none: `/payments/{id}/refunds`.
        """
        parent, within = self.behaviour.parent, self.behaviour.within
        if parent is None or within is None:
            return ""
        if parent.parameter in within.parameters and parent.parameter != self.behaviour.identity.parameter:
            return ""
        return f"{parent.parameter} of {parent.resource}"

    def is_of_item(self, op: ResourceOperation) -> bool:
        """Does the path of an operation contain the id of an item, or its query?"""
        names = {self.behaviour.identity.parameter, *self.parameters}
        named = not names.isdisjoint(path_template.names(op.operation.path))
        is_asked = bool(query_key(self.behaviour, op.behaviour.action, op.operation))
        return is_asked or (named and not (self.owner_key and self.leads_through_owner(op)))

    def leads_through_owner(self, op: ResourceOperation) -> bool:
        """Does the path of an operation contain the id of the owner?"""
        parent, does = self.behaviour.parent, op.behaviour.action.does if op.behaviour.action else ""
        is_named = parent is not None and parent.parameter in path_template.names(op.operation.path)
        return is_named and (not self.owner_key or does in ("create", "list"))

    def shows(self, item: Mapping[str, Any], id: str) -> bool:
        """Does an item show this id, alone or at the end of its resource name?"""
        identity = self.behaviour.identity
        shown = str(item.get(identity.field))
        return shown == id or (bool(identity.resource_name) and shown.rpartition("/")[2] == id)

    def is_referenced_by(self, field: str) -> bool:
        """Is `field`, such as `secret_id`, named after this resource and its id?"""
        return field.lower().replace("_", "").replace("-", "").endswith(self.name.replace("-", "") + "id")

    @cached_property
    def write_only_fields(self) -> frozenset[str]:
        """Fields that no response contains."""
        return frozenset(name for statement in self.behaviour.write_only for name in statement.fields)

    @cached_property
    def server_fields(self) -> frozenset[str]:
        """Fields whose value the service sets, or may set otherwise than was sent."""
        times = self.behaviour.timestamps
        named = {self.behaviour.identity.field, *((times.created, times.updated) if times else ())}
        named |= {name for statement in self.behaviour.initial for name in statement.fields}
        named |= {name for statement in self.behaviour.derived for name in statement.fields}
        named |= {statement.field.partition(".")[0] for statement in self.behaviour.counts}
        for fixed in self.behaviour.server_set:
            named |= set(fixed.fields)
        if "create" in self.operations:  # what the path says may win over what the body says
            named |= set(path_template.names(self.operations["create"].operation.path))
        return frozenset((named | self.differing) - {""}) - (
            frozenset([self.behaviour.identity.field]) if self.client_named else frozenset()
        )

    @property
    def ordered_pairs(self) -> list[tuple[str, str]]:
        """Two fields each; the document says that the first has the lower value."""
        return [(each.low, each.high) for each in self.behaviour.ordered]

    @cached_property
    def rule_fields(self) -> frozenset[str]:
        """Fields whose values rules of any of the operations decide."""
        return frozenset(name for op in self.operations.values() for name in op.rule_fields)

    @property
    def client_named(self) -> bool:
        """Can the client choose the id?"""
        return self.is_put or self.behaviour.identity.generate == "client" or self.behaviour.identity.from_client


def stated_about(contract: Contract, operation: Operation) -> OperationBehaviour:
    """The statements about an operation, without a guess that is good enough for a mock alone.

    What an operation does to an item by its name (`POST /orders/{id}/cancel`), that a POST lists items, that a GET
    counts them and that a request is about several items is inferred from names. A mock is more useful with it, and a
    server that does otherwise is not wrong. Neither is one whose list has an envelope that nothing describes.
    """
    stated = contract.behaviour.operations.get((operation.path, operation.method), NOTHING)
    action = stated.action
    resource = contract.behaviour.resources.get(action.of) if action is not None else None
    if action is not None and (action.columns or action.does == "import"):
        return NOTHING  # its request or its response is a table
    if action is not None and action.account:
        return NOTHING  # which account it is about depends on who asks
    if action is not None and action.does in ABOUT_ONE and stated.filter:
        return NOTHING  # a query names the item by its properties, and not by an id
    if action is None or resource is None or action.evidence != "inferred":
        return stated
    if operation.method == "head" or is_redirect(operation):
        return NOTHING  # it shows nothing to compare
    if action.does == "list":
        shows_items = ResourceOperation(operation, stated).reply_path("items") is not None
        is_told = operation.method == "get" and shows_items and is_described(contract.schemas, operation)
        return stated if is_told else NOTHING
    if action.does in BATCHES:
        return NOTHING
    is_named = operation.is_additional or path_template.continues_after(operation.path, resource.identity.parameter)
    is_guess = operation.method != "get" and (action.does == "get" or (action.does == "update" and is_named))
    is_guess |= bool(action.entry)  # it needs an entry that is there, and no request may be known that adds one
    return NOTHING if is_guess else stated


def name_of(operation: Operation) -> str:
    """The name of an operation in statements and findings: `METHOD path`."""
    return f"{operation.http_method} {operation.path}"


@once_for_each_contract
def checked_resources(contract: Contract) -> dict[str, CheckedResource]:
    """The resources of a contract by name, without singletons, which have no id."""
    found: dict[str, dict[str, ResourceOperation]] = {name: {} for name in contract.behaviour.resources}
    made_at = {each.path for each in contract.document.operations if each.method == "post" and "{" not in each.path}

    def order(each: Operation) -> tuple[bool, int]:  # the list of all comes before a shorter one, such as a feed
        is_item = each.path.rstrip("/").endswith("}")
        return each.method == "get" and not is_item and each.path not in made_at, len(each.path)

    for operation in sorted(contract.document.operations, key=order):
        stated = stated_about(contract, operation)
        if stated.action is not None and stated.action.of in found:
            does = "archive" if (operation.method, stated.action.does) == ("delete", "update") else stated.action.does
            found[stated.action.of].setdefault(does, ResourceOperation(operation, stated, contract.rules))
    for each in found.values():
        if _creates(each.get("replace")):
            each.setdefault("create", each["replace"])
        elif _creates_content(each.get("replace-content"), each.get("get")):
            each.setdefault("create", each["replace-content"])
    by_place = path_template.names_by_place(each.path for each in contract.document.operations)
    resources = {n: r for n, r in with_lookups(contract).items() if r.identity.generate != "single"}
    return {
        name: CheckedResource(
            name,
            resource,
            found[name],
            differing_fields(contract, (op.operation for op in found[name].values())),
            frozenset(
                names_in(resource.identity.parameter, (o.operation.path for o in found[name].values()), by_place)
            ),
        )
        for name, resource in resources.items()
    }


def resource_above(operation: Operation, known: Mapping[str, CheckedResource]) -> CheckedResource | None:
    """The resource below whose items the path of an operation is: boats for `/boats/{id}/pictures`; the nearest one."""
    found = [
        each
        for each in known.values()
        if "get" in each.operations and path_template.is_below(operation.path, each.operations["get"].operation.path)
    ]
    return max(found, key=lambda each: len(each.operations["get"].operation.path), default=None)


def _creates(op: ResourceOperation | None) -> bool:
    """Does the document say that this PUT creates an item that does not exist (RFC 9110 section 9.3.4)?"""
    return op is not None and op.creates_missing and any(each.status == "201" for each in op.operation.responses)


def _creates_content(put: ResourceOperation | None, get: ResourceOperation | None) -> bool:
    """Is what is put at the path of an item a file, by which an item comes to exist: the track of a film?"""
    is_same = put is not None and get is not None and put.operation.path == get.operation.path
    return is_same and put is not None and put.operation.response(201) is not None


def is_special(op: ResourceOperation) -> bool:
    """Does an operation do something that no statement describes, such as `POST /books/{id}/archive`?

    One that is stated to `get` the item by another method does so too.
    """
    action = op.behaviour.action
    return action is None or (action.does == "get" and op.operation.method != "get")


def actions_of(contract: Contract, resource: CheckedResource) -> Iterator[ResourceOperation]:
    """The special operations directly below an item of a resource."""
    of_item = {path_template.bare(op.operation.path) for op in resource.operations.values() if resource.is_of_item(op)}
    for op in resource_operations(contract):
        above, last = _item_and_rest(op.operation.path)
        if above in of_item and "{" not in last and op.operation.method in ("post", "put") and is_special(op):
            yield op


def views_below(contract: Contract, resource: CheckedResource) -> Iterator[ResourceOperation]:
    """The GETs directly below an item of a resource that need nothing but its id: `/photos/{id}/content`."""
    of_item = {op.operation.path for op in resource.operations.values() if resource.is_of_item(op)}
    for op in resource_operations(contract):
        if op.operation.method == "get" and path_template.is_step_below(op.operation.path, of_item):
            yield op


def _item_and_rest(path: str) -> tuple[str, str]:
    """The path above the last segment, and that segment; for a verb (`/books/{id}:archive`) the item's path and it."""
    item, _, verb = path.rpartition(":")
    if item.endswith("}") and "/" not in verb:
        return item, verb
    return path_template.above_and_last(path)


@once_for_each_contract
def resource_operations(contract: Contract) -> Sequence[ResourceOperation]:
    """Every operation with the statements about it."""
    known = contract.document.operations
    return [ResourceOperation(each, stated_about(contract, each), contract.rules) for each in known]


def value_at(value: Any, path: Path | None) -> Any:
    """The value at `path` in a JSON value; None if there is none."""
    if path is None:
        return None
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value
