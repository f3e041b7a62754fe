"""Scenarios that test a contract: each statement once, by the shortest sequence of requests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from contracts.checks.fields import smallest_body
from contracts.checks.item_view import unchangeable
from contracts.checks.validation import UNCERTAIN
from contracts.client.boundary_values import cases
from contracts.client.pagination import largest_page
from contracts.client.request_builder import CannotBuildRequest
from contracts.differential.attribution import error_reference, operation_reference
from contracts.differential.player import UNKNOWN_CREDENTIAL
from contracts.differential.scenario import Asker, Scenario, ScenarioStep
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Statement

MOST = 60
"""The largest number of items in one scenario."""


def scenarios(context: CheckContext) -> Iterator[Scenario]:
    """Every scenario for the contract of `stage`, which makes the bodies and sends nothing."""
    for resource in context.shared.resources.values():
        if not resource.can("create"):
            continue
        for part in PARTS:
            try:
                yield from part(ScenarioBuilder(context, resource))
            except CannotBuildRequest:
                continue


class ScenarioBuilder:
    """Builds scenarios for one resource."""

    def __init__(self, context: CheckContext, resource: CheckedResource) -> None:
        self.context, self.resource, self.contract = context, resource, context.contract

    def create(self, name: str, body: Mapping[str, Any] | None = None) -> ScenarioStep:
        """A step that creates an item with this name."""
        return ScenarioStep(
            self.resource.operations["create"],
            creates=name,
            body=self.context.body(self.resource) if body is None else dict(body),
        )

    def step(self, action: str, item: str, **more: Any) -> ScenarioStep:
        """A step that addresses an item."""
        return ScenarioStep(self.resource.operations[action], item=item, **more)

    def list(self, **more: Any) -> ScenarioStep:
        """A step that lists."""
        return ScenarioStep(self.resource.operations["list"], **more)

    def read(self, item: str) -> tuple[ScenarioStep, ...]:
        """A GET of the item, if the resource has one."""
        return (self.step("get", item),) if self.resource.can("get") else ()

    def read_and_list(self, item: str) -> tuple[ScenarioStep, ...]:
        """A GET of the item and the list, if the resource has them."""
        return (*self.read(item), *((self.list(),) if self.resource.can("list") else ()))

    def scenario(
        self,
        about: str,
        *steps: ScenarioStep,
        statement: StatementRef | None = None,
        error: str = "",
        detail: str = "",
    ) -> Scenario:
        """A scenario of this resource. Without a statement it refers to the operation of its last step."""
        op = steps[-1].op
        return Scenario(
            about,
            self.resource,
            steps,
            statement or self._error_reference(error, op) or operation_reference(op),
            error,
            detail,
        )

    def _error_reference(self, error: str, op: ResourceOperation) -> StatementRef | None:
        return error_reference(self.contract, op, error) if error else None

    def statement(self, kind: str, statement: Statement | None) -> StatementRef | None:
        """A statement about this resource."""
        return StatementRef.of(self.resource.name, kind, statement) if statement is not None else None

    def operation_reference(self, op: ResourceOperation, kind: str, statement: Statement | None) -> StatementRef | None:
        """A statement about an operation."""
        return StatementRef.of(op.name, kind, statement) if statement is not None else None


def creating(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """A new item from the smallest and from the largest create request."""
    yield builder.scenario(
        "create", builder.create("one", smallest_body(builder.context, builder.resource)), *builder.read_and_list("one")
    )
    yield builder.scenario(
        "create",
        builder.create("one", builder.context.body(builder.resource, full=True)),
        *builder.read_and_list("one"),
    )


def changing(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """Updates of each field."""
    bodies = builder.context.bodies
    for action in ("update", "replace"):
        op = builder.resource.operations.get(action)
        if op is None:
            continue
        whole = builder.context.body(builder.resource, full=True)
        for name in bodies.properties(op):
            value = (
                bodies.other(op, name, whole.get(name), "change")
                if name not in unchangeable(builder.resource)
                else None
            )
            if value is not None:
                body = {name: value} if action == "update" else {**whole, name: value}
                yield builder.scenario(
                    action,
                    builder.create("one", whole),
                    builder.step(action, "one", body=body),
                    *builder.read("one"),
                    detail=name,
                )
        if action == "update":
            yield builder.scenario(
                action, builder.create("one", whole), builder.step(action, "one", body={}), *builder.read("one")
            )


def removing(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """Requests for a deleted item."""
    if builder.resource.can("delete"):
        gone = builder.create("one"), builder.step("delete", "one")
        yield builder.scenario("delete", *gone, *builder.read_and_list("one")[-1:])
        for action in ("get", "delete"):
            if builder.resource.can(action):
                yield builder.scenario("delete", *gone, builder.step(action, "one"), error="missing")


def times(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """The time of the last update, after an update."""
    stated, op = builder.resource.behaviour.timestamps, builder.resource.operations.get("update")
    if stated is not None and stated.updated and op is not None and builder.resource.can("get"):
        body = builder.context.body(builder.resource)
        name = next((n for n in builder.context.bodies.properties(op) if isinstance(body.get(n), str)), "")
        value = builder.context.bodies.other(op, name, body[name], "later") if name else None
        if value is not None:
            yield builder.scenario(
                "timestamps",
                builder.create("one", body),
                builder.step("update", "one", body={name: value}, pause=1.1),
                *builder.read("one"),
                statement=builder.statement("timestamps", stated),
            )


def ordering(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """The order of a list, also after an update."""
    if not builder.resource.can("list"):
        return
    made = tuple(builder.create(name) for name in ("one", "two", "three"))
    statement = builder.statement("order", builder.resource.behaviour.order)
    yield builder.scenario("order", *made, builder.list(), statement=statement)
    op = builder.resource.operations.get("update")
    if op is not None:
        name = next((n for n in builder.context.bodies.properties(op) if isinstance(made[0].body.get(n), str)), "")
        value = builder.context.bodies.other(op, name, made[0].body[name], "order") if name else None
        if value is not None:
            yield builder.scenario(
                "order",
                *made,
                builder.step("update", "one", body={name: value}, pause=1.1),
                builder.list(),
                statement=statement,
            )


def paging(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """Pages of a list, and the default page size."""
    op = builder.resource.operations.get("list")
    stated = op.behaviour.paging if op else None
    if op is None or stated is None:
        return
    statement = builder.operation_reference(op, "paging", stated)
    for size in (1, 2):
        pages = (builder.list(query={stated.limit: size}, page=page) for page in range(3))
        yield builder.scenario(
            "paging", *(builder.create(name) for name in ("one", "two", "three")), *pages, statement=statement
        )
    largest = largest_page(builder.context.contract, op, stated.limit)
    for size in (*(() if largest is None else (largest, largest + 1)), 0, -1, "many"):
        yield builder.scenario("paging", builder.list(query={stated.limit: size}), statement=statement, error="invalid")
    unknown = StatementRef(op.name, "paging", "assumed", text=f"unknown_position {stated.unknown_position}")
    yield builder.scenario(
        "unknown-position",
        builder.list(query={stated.position: "contract-check-unknown"}),
        statement=unknown,
        error="missing" if stated.unknown_position == "missing" else "invalid",
    )
    room = min((c.limit for c in builder.resource.behaviour.capacity), default=MOST)
    if stated.default < min(room, MOST):
        many = (builder.create(f"item {number}") for number in range(stated.default + 1))
        yield builder.scenario("default-page-size", *many, builder.list(), statement=statement)


def narrowing(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """Filters and sorting of a list."""
    op = builder.resource.operations.get("list")
    if op is None:
        return
    create = builder.resource.operations["create"]
    for stated in op.behaviour.filter:
        if stated.parameter and stated.field in builder.context.bodies.properties(create):
            one = builder.context.body(builder.resource, full=True)
            other = builder.context.bodies.other(create, stated.field, one.get(stated.field), "filter")
            if other is not None and one.get(stated.field) is not None:
                two = builder.context.body(builder.resource, full=True) | {stated.field: other}
                yield builder.scenario(
                    "filter",
                    builder.create("one", one),
                    builder.create("two", two),
                    builder.list(query={stated.parameter: one[stated.field]}),
                    statement=builder.operation_reference(op, "filter", stated),
                    detail=stated.parameter,
                )
    sort = op.behaviour.sort
    pointer = next((p.schema for p in op.operation.parameters if sort and p.name == sort.parameter), None)
    for value in (builder.contract.schemas.keyword(pointer, "enum") or ()) if pointer and sort else ():
        made = (builder.create(name) for name in ("one", "two", "three"))
        yield builder.scenario(
            "sort",
            *made,
            builder.list(query={sort.parameter: value}) if sort else builder.list(),
            statement=builder.operation_reference(op, "sort", sort),
            detail=str(value),
        )


def limits(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """Capacity and unique fields."""
    for stated in builder.resource.behaviour.capacity:
        if stated.limit < MOST:
            many = (builder.create(f"item {number}") for number in range(stated.limit + 1))
            yield builder.scenario("capacity", *many, statement=builder.statement("capacity", stated), error="conflict")
    body = builder.context.body(builder.resource, full=True)
    statement = next((builder.statement("unique", each) for each in builder.resource.behaviour.unique), None)
    yield builder.scenario(
        "unique", builder.create("one", body), builder.create("two", body), statement=statement, error="conflict"
    )


def missing(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """Requests with an unknown id."""
    for action in ("get", "update", "replace", "delete"):
        op = builder.resource.operations.get(action)
        if op is not None:
            body = {"body": builder.context.bodies.minimal(op, "missing") or {}} if op.media_type else {}
            yield builder.scenario(
                "missing", builder.create("one"), builder.step(action, "one", unknown_id=True, **body), error="missing"
            )


def refusing(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """Values of each field at its bounds and beyond, and unknown fields."""
    op, bodies = builder.resource.operations["create"], builder.context.bodies
    good = builder.context.body(builder.resource, full=True)
    for name in sorted(bodies.required(op)):
        body = {key: value for key, value in good.items() if key != name}
        if not bodies.accepts(op, body):
            yield _invalid(builder, op, name, "required", body)
    for name, pointer in bodies.properties(op).items():
        for case in cases(builder.contract.schemas, pointer, good.get(name)):
            body = builder.context.body(builder.resource, full=True) | {name: case.value}
            if bodies.accepts(op, body) is case.valid and not (
                case.valid and (op.may_refuse or name in op.rule_fields)
            ):
                yield _invalid(builder, op, name, case.keyword, body)
    stated = builder.contract.behaviour.service.unknown_fields
    odd = builder.context.body(builder.resource) | {"contract_check_unknown": "x"}
    statement = StatementRef.of("service", "unknown-fields", stated)
    yield builder.scenario(
        "unknown-fields", builder.create("one", odd), *builder.read("one"), statement=statement, error="invalid"
    )


def _invalid(builder: ScenarioBuilder, op: ResourceOperation, name: str, keyword: str, body: Any) -> Scenario:
    pointer = builder.context.bodies.properties(op).get(name, "")
    doubt = keyword.removeprefix("items/") in UNCERTAIN
    statement = StatementRef(
        op.name, "schema", "inferred" if doubt else "documented", "the document", f"#{pointer}: {keyword}"
    )
    return builder.scenario(
        "validation", builder.create("one", body), statement=statement, error="invalid", detail=f"{name} {keyword}"
    )


def http(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """Requests that HTTP or the document forbids."""
    op = builder.resource.operations["create"]
    resource = op.media_type.name if op.media_type else "application/json"
    yield builder.scenario(
        "malformed", ScenarioStep(op, creates="one", body=b'{"broken', media_type=resource), error="malformed"
    )
    yield builder.scenario(
        "unsupported-media-type",
        ScenarioStep(op, creates="one", body=b"<x/>", media_type="application/xml"),
        error="unsupported-media-type",
    )
    unknown = ScenarioStep(op, path="/contract-check-unknown", method="GET")
    yield builder.scenario("unknown-path", unknown, error="unknown-path")
    if not {"{"} & set(op.operation.path):
        used = {o.method.upper() for o in builder.contract.document.operations if o.path == op.operation.path}
        method = next(m for m in ("DELETE", "PUT", "PATCH", "GET", "POST") if m not in used)
        yield builder.scenario(
            "method-not-allowed",
            ScenarioStep(op, path=op.operation.path, method=method),
            error="method-not-allowed",
        )


def access(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """Requests without access: no credential, an unknown one, and one of another tenant."""
    service = builder.contract.behaviour.service
    statement = StatementRef.of("service", "authentication", service.authentication)
    open_to_all = re.search(service.authentication.pattern, UNKNOWN_CREDENTIAL) is not None
    askers: tuple[Asker, ...] = ("nobody",) if open_to_all else ("nobody", "wrong")
    for user in askers if builder.contract.document.security_schemes else ():
        step = (
            builder.list(user=user)
            if builder.resource.can("list")
            else ScenarioStep(builder.resource.operations["create"], body={}, user=user)
        )
        yield builder.scenario("authentication", step, statement=statement, error="unauthenticated", detail=user)
    for action in ("get", "update", "delete") if builder.contract.document.security_schemes else ():
        if builder.resource.can(action):
            body: dict[str, Any] = {"body": {}} if builder.resource.operations[action].media_type else {}
            yield builder.scenario(
                "authentication",
                builder.create("one"),
                builder.step(action, "one", user="nobody", **body),
                statement=statement,
                error="unauthenticated",
            )
    try:
        builder.context.other_tenant_user()
    except CannotBuildRequest:
        return
    if builder.resource.behaviour.tenant.by != "none":
        error = service.no_access.refusal
        for action in ("get", "delete"):
            if builder.resource.can(action):
                yield builder.scenario(
                    "no-access",
                    builder.create("one"),
                    builder.step(action, "one", user="stranger"),
                    statement=StatementRef.of("service", "no-access", service.no_access),
                    error=error,
                )
        if builder.resource.can("list"):
            yield builder.scenario(
                "tenant",
                builder.create("one"),
                builder.list(user="stranger"),
                statement=builder.statement("tenant", builder.resource.behaviour.tenant),
            )


def belonging(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """Items of a deleted parent."""
    parent = builder.resource.behaviour.parent
    owner = builder.context.shared.resources.get(parent.resource) if parent else None
    if parent is not None and owner is not None and owner.can("create", "delete"):
        drop = ScenarioStep(owner.operations["delete"], item="owner")
        statement = builder.statement("parent", parent)
        yield builder.scenario("parent", drop, builder.create("one"), statement=statement, error="missing")
        yield builder.scenario(
            "parent",
            builder.create("one"),
            drop,
            *builder.read_and_list("one")[:1],
            statement=statement,
            error="missing",
        )


PARTS: tuple[Callable[[ScenarioBuilder], Iterator[Scenario]], ...] = (
    creating, changing, removing, times, ordering, paging, narrowing, limits, missing, refusing, http, access,
    belonging,
)  # fmt: skip
"""The groups of scenarios, in order."""
