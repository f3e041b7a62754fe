"""The scenarios that try what a contract says: each statement once, in the shortest sequence that can show it."""

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
from contracts.differential.attribution import place_of, refusal_said
from contracts.differential.player import NOBODYS
from contracts.differential.scenario import Asker, Scenario, ScenarioStep
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Statement

MOST = 60
"""More items than this are not made for one scenario."""


def scenarios(context: CheckContext) -> Iterator[Scenario]:
    """Every scenario for the contract of `stage`, which makes the bodies and sends nothing."""
    for resource in context.shared.resources.values():
        if not resource.can("create"):
            continue
        for part in PARTS:
            try:
                yield from part(_Author(context, resource))
            except CannotBuildRequest:
                continue


class _Author:
    """Writes scenarios for one resource."""

    def __init__(self, context: CheckContext, resource: CheckedResource) -> None:
        self.context, self.resource, self.contract = context, resource, context.contract

    def make(self, name: str, body: Mapping[str, Any] | None = None) -> ScenarioStep:
        """A step that creates an item called `name`."""
        return ScenarioStep(
            self.resource.operations["create"],
            makes=name,
            body=self.context.body(self.resource) if body is None else dict(body),
        )

    def do(self, action: str, item: str, **more: Any) -> ScenarioStep:
        """A step about an item."""
        return ScenarioStep(self.resource.operations[action], item=item, **more)

    def list(self, **more: Any) -> ScenarioStep:
        """A step that lists."""
        return ScenarioStep(self.resource.operations["list"], **more)

    def show(self, item: str) -> tuple[ScenarioStep, ...]:
        """Reading an item, where that is possible."""
        return (self.do("get", item),) if self.resource.can("get") else ()

    def looks(self, item: str) -> tuple[ScenarioStep, ...]:
        """Every way to see an item."""
        return (*self.show(item), *((self.list(),) if self.resource.can("list") else ()))

    def scenario(
        self,
        about: str,
        *steps: ScenarioStep,
        statement: StatementRef | None = None,
        refusal: str = "",
        detail: str = "",
    ) -> Scenario:
        """A scenario of this resource; without a statement the operation of its last step stands for one."""
        op = steps[-1].op
        return Scenario(
            about, self.resource, steps, statement or self._refused(refusal, op) or place_of(op), refusal, detail
        )

    def _refused(self, refusal: str, op: ResourceOperation) -> StatementRef | None:
        return refusal_said(self.contract, op, refusal) if refusal else None

    def statement(self, kind: str, statement: Statement | None) -> StatementRef | None:
        """A statement about this resource."""
        return StatementRef.of(self.resource.name, kind, statement) if statement is not None else None

    def on(self, op: ResourceOperation, kind: str, statement: Statement | None) -> StatementRef | None:
        """A statement about an operation."""
        return StatementRef.of(op.name, kind, statement) if statement is not None else None


def creating(by: _Author) -> Iterator[Scenario]:
    """What a new item looks like, with the least and with the most that a client may say."""
    yield by.scenario("create", by.make("one", smallest_body(by.context, by.resource)), *by.looks("one"))
    yield by.scenario("create", by.make("one", by.context.body(by.resource, full=True)), *by.looks("one"))


def changing(by: _Author) -> Iterator[Scenario]:
    """What a change changes."""
    bodies = by.context.bodies
    for action in ("update", "replace"):
        op = by.resource.operations.get(action)
        if op is None:
            continue
        whole = by.context.body(by.resource, full=True)
        for name in bodies.properties(op):
            value = bodies.other(op, name, whole.get(name), "change") if name not in unchangeable(by.resource) else None
            if value is not None:
                body = {name: value} if action == "update" else {**whole, name: value}
                yield by.scenario(
                    action, by.make("one", whole), by.do(action, "one", body=body), *by.show("one"), detail=name
                )
        if action == "update":
            yield by.scenario(action, by.make("one", whole), by.do(action, "one", body={}), *by.show("one"))


def removing(by: _Author) -> Iterator[Scenario]:
    """What was removed is gone."""
    if by.resource.can("delete"):
        gone = by.make("one"), by.do("delete", "one")
        yield by.scenario("delete", *gone, *by.looks("one")[-1:])
        for action in ("get", "delete"):
            if by.resource.can(action):
                yield by.scenario("delete", *gone, by.do(action, "one"), refusal="missing")


def times(by: _Author) -> Iterator[Scenario]:
    """When the time of the last change moves."""
    stated, op = by.resource.behaviour.timestamps, by.resource.operations.get("update")
    if stated is not None and stated.updated and op is not None and by.resource.can("get"):
        body = by.context.body(by.resource)
        name = next((n for n in by.context.bodies.properties(op) if isinstance(body.get(n), str)), "")
        value = by.context.bodies.other(op, name, body[name], "later") if name else None
        if value is not None:
            yield by.scenario(
                "timestamps",
                by.make("one", body),
                by.do("update", "one", body={name: value}, pause=1.1),
                *by.show("one"),
                statement=by.statement("timestamps", stated),
            )


def ordering(by: _Author) -> Iterator[Scenario]:
    """How a list is ordered, also after a change."""
    if not by.resource.can("list"):
        return
    made = tuple(by.make(name) for name in ("one", "two", "three"))
    statement = by.statement("order", by.resource.behaviour.order)
    yield by.scenario("order", *made, by.list(), statement=statement)
    op = by.resource.operations.get("update")
    if op is not None:
        name = next((n for n in by.context.bodies.properties(op) if isinstance(made[0].body.get(n), str)), "")
        value = by.context.bodies.other(op, name, made[0].body[name], "order") if name else None
        if value is not None:
            yield by.scenario(
                "order", *made, by.do("update", "one", body={name: value}, pause=1.1), by.list(), statement=statement
            )


def paging(by: _Author) -> Iterator[Scenario]:
    """How a list is cut into pages, and how many items a page has where nobody says."""
    op = by.resource.operations.get("list")
    stated = op.behaviour.paging if op else None
    if op is None or stated is None:
        return
    statement = by.on(op, "paging", stated)
    for size in (1, 2):
        pages = (by.list(query={stated.limit: size}, page=page) for page in range(3))
        yield by.scenario("paging", *(by.make(name) for name in ("one", "two", "three")), *pages, statement=statement)
    largest = largest_page(by.context.contract, op, stated.limit)
    for size in (*(() if largest is None else (largest, largest + 1)), 0, -1, "many"):
        yield by.scenario("paging", by.list(query={stated.limit: size}), statement=statement, refusal="invalid")
    nowhere = StatementRef(op.name, "paging", "assumed", text=f"unknown_position {stated.unknown_position}")
    yield by.scenario(
        "unknown-position",
        by.list(query={stated.position: "contract-check-nowhere"}),
        statement=nowhere,
        refusal="missing" if stated.unknown_position == "missing" else "invalid",
    )
    room = min((c.limit for c in by.resource.behaviour.capacity), default=MOST)
    if stated.default < min(room, MOST):
        many = (by.make(f"item {number}") for number in range(stated.default + 1))
        yield by.scenario("default-page-size", *many, by.list(), statement=statement)


def narrowing(by: _Author) -> Iterator[Scenario]:
    """How a list is narrowed and sorted."""
    op = by.resource.operations.get("list")
    if op is None:
        return
    create = by.resource.operations["create"]
    for stated in op.behaviour.filter:
        if stated.parameter and stated.field in by.context.bodies.properties(create):
            one = by.context.body(by.resource, full=True)
            other = by.context.bodies.other(create, stated.field, one.get(stated.field), "filter")
            if other is not None and one.get(stated.field) is not None:
                two = by.context.body(by.resource, full=True) | {stated.field: other}
                yield by.scenario(
                    "filter",
                    by.make("one", one),
                    by.make("two", two),
                    by.list(query={stated.parameter: one[stated.field]}),
                    statement=by.on(op, "filter", stated),
                    detail=stated.parameter,
                )
    sort = op.behaviour.sort
    pointer = next((p.schema for p in op.operation.parameters if sort and p.name == sort.parameter), None)
    for value in (by.contract.schemas.keyword(pointer, "enum") or ()) if pointer and sort else ():
        made = (by.make(name) for name in ("one", "two", "three"))
        yield by.scenario(
            "sort",
            *made,
            by.list(query={sort.parameter: value}) if sort else by.list(),
            statement=by.on(op, "sort", sort),
            detail=str(value),
        )


def limits(by: _Author) -> Iterator[Scenario]:
    """How many there may be, and what must differ."""
    for stated in by.resource.behaviour.capacity:
        if stated.limit < MOST:
            many = (by.make(f"item {number}") for number in range(stated.limit + 1))
            yield by.scenario("capacity", *many, statement=by.statement("capacity", stated), refusal="conflict")
    body = by.context.body(by.resource, full=True)
    statement = next((by.statement("unique", each) for each in by.resource.behaviour.unique), None)
    yield by.scenario("unique", by.make("one", body), by.make("two", body), statement=statement, refusal="conflict")


def missing(by: _Author) -> Iterator[Scenario]:
    """How somebody is answered who asks for what never was."""
    for action in ("get", "update", "replace", "delete"):
        op = by.resource.operations.get(action)
        if op is not None:
            body = {"body": by.context.bodies.minimal(op, "missing") or {}} if op.media_type else {}
            yield by.scenario("missing", by.make("one"), by.do(action, "one", never=True, **body), refusal="missing")


def refusing(by: _Author) -> Iterator[Scenario]:
    """What is accepted and refused of each field, at its bounds and beyond, and how a refusal is told."""
    op, bodies = by.resource.operations["create"], by.context.bodies
    good = by.context.body(by.resource, full=True)
    for name in sorted(bodies.required(op)):
        body = {key: value for key, value in good.items() if key != name}
        if not bodies.accepts(op, body):
            yield _invalid(by, op, name, "required", body)
    for name, pointer in bodies.properties(op).items():
        for case in cases(by.contract.schemas, pointer, good.get(name)):
            body = by.context.body(by.resource, full=True) | {name: case.value}
            if bodies.accepts(op, body) is case.valid and not (
                case.valid and (op.may_refuse or name in op.rule_fields)
            ):
                yield _invalid(by, op, name, case.keyword, body)
    stated = by.contract.behaviour.service.unknown_fields
    odd = by.context.body(by.resource) | {"contract_check_unknown": "x"}
    statement = StatementRef.of("service", "unknown-fields", stated)
    yield by.scenario("unknown-fields", by.make("one", odd), *by.show("one"), statement=statement, refusal="invalid")


def _invalid(by: _Author, op: ResourceOperation, name: str, keyword: str, body: Any) -> Scenario:
    pointer = by.context.bodies.properties(op).get(name, "")
    doubt = keyword.removeprefix("items/") in UNCERTAIN
    statement = StatementRef(
        op.name, "schema", "inferred" if doubt else "documented", "the document", f"#{pointer}: {keyword}"
    )
    return by.scenario(
        "validation", by.make("one", body), statement=statement, refusal="invalid", detail=f"{name} {keyword}"
    )


def http(by: _Author) -> Iterator[Scenario]:
    """How a request is refused that is none."""
    op = by.resource.operations["create"]
    resource = op.media_type.name if op.media_type else "application/json"
    yield by.scenario(
        "malformed", ScenarioStep(op, makes="one", body=b'{"broken', media_type=resource), refusal="malformed"
    )
    yield by.scenario(
        "unsupported-media-type",
        ScenarioStep(op, makes="one", body=b"<x/>", media_type="application/xml"),
        refusal="unsupported-media-type",
    )
    nowhere = ScenarioStep(op, path="/contract-check-nowhere", method="GET")
    yield by.scenario("unknown-path", nowhere, refusal="unknown-path")
    if not {"{"} & set(op.operation.path):
        used = {o.method.upper() for o in by.contract.document.operations if o.path == op.operation.path}
        method = next(m for m in ("DELETE", "PUT", "PATCH", "GET", "POST") if m not in used)
        yield by.scenario(
            "method-not-allowed",
            ScenarioStep(op, path=op.operation.path, method=method),
            refusal="method-not-allowed",
        )


def access(by: _Author) -> Iterator[Scenario]:
    """Who may ask, and what somebody of another tenant is told."""
    service = by.contract.behaviour.service
    statement = StatementRef.of("service", "authentication", service.authentication)
    open_to_all = re.search(service.authentication.pattern, NOBODYS) is not None
    askers: tuple[Asker, ...] = ("nobody",) if open_to_all else ("nobody", "wrong")
    for user in askers if by.contract.document.security_schemes else ():
        step = (
            by.list(user=user)
            if by.resource.can("list")
            else ScenarioStep(by.resource.operations["create"], body={}, user=user)
        )
        yield by.scenario("authentication", step, statement=statement, refusal="unauthenticated", detail=user)
    for action in ("get", "update", "delete") if by.contract.document.security_schemes else ():
        if by.resource.can(action):
            body: dict[str, Any] = {"body": {}} if by.resource.operations[action].media_type else {}
            yield by.scenario(
                "authentication",
                by.make("one"),
                by.do(action, "one", user="nobody", **body),
                statement=statement,
                refusal="unauthenticated",
            )
    try:
        by.context.other_tenant_user()
    except CannotBuildRequest:
        return
    if by.resource.behaviour.tenant.by != "none":
        refusal = service.no_access.refusal
        for action in ("get", "delete"):
            if by.resource.can(action):
                yield by.scenario(
                    "no-access",
                    by.make("one"),
                    by.do(action, "one", user="stranger"),
                    statement=StatementRef.of("service", "no-access", service.no_access),
                    refusal=refusal,
                )
        if by.resource.can("list"):
            yield by.scenario(
                "tenant",
                by.make("one"),
                by.list(user="stranger"),
                statement=by.statement("tenant", by.resource.behaviour.tenant),
            )


def belonging(by: _Author) -> Iterator[Scenario]:
    """What goes with its owner."""
    parent = by.resource.behaviour.parent
    owner = by.context.shared.resources.get(parent.resource) if parent else None
    if parent is not None and owner is not None and owner.can("create", "delete"):
        drop = ScenarioStep(owner.operations["delete"], item="owner")
        statement = by.statement("parent", parent)
        yield by.scenario("parent", drop, by.make("one"), statement=statement, refusal="missing")
        yield by.scenario("parent", by.make("one"), drop, *by.looks("one")[:1], statement=statement, refusal="missing")


PARTS: tuple[Callable[[_Author], Iterator[Scenario]], ...] = (
    creating, changing, removing, times, ordering, paging, narrowing, limits, missing, refusing, http, access,
    belonging,
)  # fmt: skip
"""What is tried, in this order."""
