"""The scenarios that try what a contract says: each statement once, in the shortest sequence that can show it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from contracts.checks.fields import bare
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
    for kind in context.tools.kinds.values():
        if not kind.can("create"):
            continue
        for part in PARTS:
            try:
                yield from part(_Author(context, kind))
            except CannotBuildRequest:
                continue


class _Author:
    """Writes scenarios for one resource."""

    def __init__(self, context: CheckContext, kind: CheckedResource) -> None:
        self.context, self.kind, self.contract = context, kind, context.contract

    def make(self, name: str, body: Mapping[str, Any] | None = None) -> ScenarioStep:
        """A step that creates an item called `name`."""
        return ScenarioStep(
            self.kind.acts["create"], makes=name, body=self.context.body(self.kind) if body is None else dict(body)
        )

    def do(self, action: str, item: str, **more: Any) -> ScenarioStep:
        """A step about an item."""
        return ScenarioStep(self.kind.acts[action], item=item, **more)

    def list(self, **more: Any) -> ScenarioStep:
        """A step that lists."""
        return ScenarioStep(self.kind.acts["list"], **more)

    def show(self, item: str) -> tuple[ScenarioStep, ...]:
        """Reading an item, where that is possible."""
        return (self.do("get", item),) if self.kind.can("get") else ()

    def looks(self, item: str) -> tuple[ScenarioStep, ...]:
        """Every way to see an item."""
        return (*self.show(item), *((self.list(),) if self.kind.can("list") else ()))

    def scenario(
        self,
        about: str,
        *steps: ScenarioStep,
        statement: StatementRef | None = None,
        refusal: str = "",
        detail: str = "",
    ) -> Scenario:
        """A scenario of this resource; without a statement the operation of its last step stands for one."""
        act = steps[-1].act
        return Scenario(
            about, self.kind, steps, statement or self._refused(refusal, act) or place_of(act), refusal, detail
        )

    def _refused(self, refusal: str, act: ResourceOperation) -> StatementRef | None:
        return refusal_said(self.contract, act, refusal) if refusal else None

    def statement(self, kind: str, statement: Statement | None) -> StatementRef | None:
        """A statement about this resource."""
        return StatementRef.of(self.kind.name, kind, statement) if statement is not None else None

    def on(self, act: ResourceOperation, kind: str, statement: Statement | None) -> StatementRef | None:
        """A statement about an operation."""
        return StatementRef.of(act.name, kind, statement) if statement is not None else None


def creating(by: _Author) -> Iterator[Scenario]:
    """What a new item looks like, with the least and with the most that a client may say."""
    yield by.scenario("create", by.make("one", bare(by.context, by.kind)), *by.looks("one"))
    yield by.scenario("create", by.make("one", by.context.body(by.kind, full=True)), *by.looks("one"))


def changing(by: _Author) -> Iterator[Scenario]:
    """What a change changes."""
    bodies = by.context.bodies
    for action in ("update", "replace"):
        act = by.kind.acts.get(action)
        if act is None:
            continue
        whole = by.context.body(by.kind, full=True)
        for name in bodies.properties(act):
            value = bodies.other(act, name, whole.get(name), "change") if name not in unchangeable(by.kind) else None
            if value is not None:
                body = {name: value} if action == "update" else {**whole, name: value}
                yield by.scenario(
                    action, by.make("one", whole), by.do(action, "one", body=body), *by.show("one"), detail=name
                )
        if action == "update":
            yield by.scenario(action, by.make("one", whole), by.do(action, "one", body={}), *by.show("one"))


def removing(by: _Author) -> Iterator[Scenario]:
    """What was removed is gone."""
    if by.kind.can("delete"):
        gone = by.make("one"), by.do("delete", "one")
        yield by.scenario("delete", *gone, *by.looks("one")[-1:])
        for action in ("get", "delete"):
            if by.kind.can(action):
                yield by.scenario("delete", *gone, by.do(action, "one"), refusal="missing")


def times(by: _Author) -> Iterator[Scenario]:
    """When the time of the last change moves."""
    stated, act = by.kind.resource.timestamps, by.kind.acts.get("update")
    if stated is not None and stated.updated and act is not None and by.kind.can("get"):
        body = by.context.body(by.kind)
        name = next((n for n in by.context.bodies.properties(act) if isinstance(body.get(n), str)), "")
        value = by.context.bodies.other(act, name, body[name], "later") if name else None
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
    if not by.kind.can("list"):
        return
    made = tuple(by.make(name) for name in ("one", "two", "three"))
    statement = by.statement("order", by.kind.resource.order)
    yield by.scenario("order", *made, by.list(), statement=statement)
    act = by.kind.acts.get("update")
    if act is not None:
        name = next((n for n in by.context.bodies.properties(act) if isinstance(made[0].body.get(n), str)), "")
        value = by.context.bodies.other(act, name, made[0].body[name], "order") if name else None
        if value is not None:
            yield by.scenario(
                "order", *made, by.do("update", "one", body={name: value}, pause=1.1), by.list(), statement=statement
            )


def paging(by: _Author) -> Iterator[Scenario]:
    """How a list is cut into pages, and how many items a page has where nobody says."""
    act = by.kind.acts.get("list")
    stated = act.behaviour.paging if act else None
    if act is None or stated is None:
        return
    statement = by.on(act, "paging", stated)
    for size in (1, 2):
        pages = (by.list(query={stated.limit: size}, page=page) for page in range(3))
        yield by.scenario("paging", *(by.make(name) for name in ("one", "two", "three")), *pages, statement=statement)
    largest = largest_page(by.context.contract, act, stated.limit)
    for size in (*(() if largest is None else (largest, largest + 1)), 0, -1, "many"):
        yield by.scenario("paging", by.list(query={stated.limit: size}), statement=statement, refusal="invalid")
    nowhere = StatementRef(act.name, "paging", "assumed", text=f"unknown_position {stated.unknown_position}")
    yield by.scenario(
        "unknown-position",
        by.list(query={stated.position: "contract-check-nowhere"}),
        statement=nowhere,
        refusal="missing" if stated.unknown_position == "missing" else "invalid",
    )
    room = min((c.limit for c in by.kind.resource.capacity), default=MOST)
    if stated.default < min(room, MOST):
        many = (by.make(f"item {number}") for number in range(stated.default + 1))
        yield by.scenario("page-default", *many, by.list(), statement=statement)


def narrowing(by: _Author) -> Iterator[Scenario]:
    """How a list is narrowed and sorted."""
    act = by.kind.acts.get("list")
    if act is None:
        return
    create = by.kind.acts["create"]
    for stated in act.behaviour.filter:
        if stated.parameter and stated.field in by.context.bodies.properties(create):
            one = by.context.body(by.kind, full=True)
            other = by.context.bodies.other(create, stated.field, one.get(stated.field), "filter")
            if other is not None and one.get(stated.field) is not None:
                two = by.context.body(by.kind, full=True) | {stated.field: other}
                yield by.scenario(
                    "filter",
                    by.make("one", one),
                    by.make("two", two),
                    by.list(query={stated.parameter: one[stated.field]}),
                    statement=by.on(act, "filter", stated),
                    detail=stated.parameter,
                )
    sort = act.behaviour.sort
    pointer = next((p.schema for p in act.operation.parameters if sort and p.name == sort.parameter), None)
    for value in (by.contract.schemas.keyword(pointer, "enum") or ()) if pointer and sort else ():
        made = (by.make(name) for name in ("one", "two", "three"))
        yield by.scenario(
            "sort",
            *made,
            by.list(query={sort.parameter: value}) if sort else by.list(),
            statement=by.on(act, "sort", sort),
            detail=str(value),
        )


def limits(by: _Author) -> Iterator[Scenario]:
    """How many there may be, and what must differ."""
    for stated in by.kind.resource.capacity:
        if stated.limit < MOST:
            many = (by.make(f"item {number}") for number in range(stated.limit + 1))
            yield by.scenario("capacity", *many, statement=by.statement("capacity", stated), refusal="conflict")
    body = by.context.body(by.kind, full=True)
    statement = next((by.statement("unique", each) for each in by.kind.resource.unique), None)
    yield by.scenario("unique", by.make("one", body), by.make("two", body), statement=statement, refusal="conflict")


def missing(by: _Author) -> Iterator[Scenario]:
    """How somebody is answered who asks for what never was."""
    for action in ("get", "update", "replace", "delete"):
        act = by.kind.acts.get(action)
        if act is not None:
            body = {"body": by.context.bodies.least(act, "missing") or {}} if act.media_type else {}
            yield by.scenario("missing", by.make("one"), by.do(action, "one", never=True, **body), refusal="missing")


def refusing(by: _Author) -> Iterator[Scenario]:
    """What is accepted and refused of each field, at its bounds and beyond, and how a refusal is told."""
    act, bodies = by.kind.acts["create"], by.context.bodies
    good = by.context.body(by.kind, full=True)
    for name in sorted(bodies.required(act)):
        body = {key: value for key, value in good.items() if key != name}
        if not bodies.accepts(act, body):
            yield _invalid(by, act, name, "required", body)
    for name, pointer in bodies.properties(act).items():
        for case in cases(by.contract.schemas, pointer, good.get(name)):
            body = by.context.body(by.kind, full=True) | {name: case.value}
            if bodies.accepts(act, body) is case.valid and not (
                case.valid and (act.may_refuse or name in act.governed)
            ):
                yield _invalid(by, act, name, case.keyword, body)
    stated = by.contract.behaviour.service.unknown_fields
    odd = by.context.body(by.kind) | {"contract_check_unknown": "x"}
    statement = StatementRef.of("service", "unknown-fields", stated)
    yield by.scenario("unknown-fields", by.make("one", odd), *by.show("one"), statement=statement, refusal="invalid")


def _invalid(by: _Author, act: ResourceOperation, name: str, keyword: str, body: Any) -> Scenario:
    pointer = by.context.bodies.properties(act).get(name, "")
    doubt = keyword.removeprefix("items/") in UNCERTAIN
    statement = StatementRef(
        act.name, "schema", "inferred" if doubt else "documented", "the document", f"#{pointer}: {keyword}"
    )
    return by.scenario(
        "validation", by.make("one", body), statement=statement, refusal="invalid", detail=f"{name} {keyword}"
    )


def http(by: _Author) -> Iterator[Scenario]:
    """How a request is refused that is none."""
    act = by.kind.acts["create"]
    kind = act.media_type.name if act.media_type else "application/json"
    yield by.scenario(
        "malformed", ScenarioStep(act, makes="one", body=b'{"broken', media_type=kind), refusal="malformed"
    )
    yield by.scenario(
        "unsupported-media-type",
        ScenarioStep(act, makes="one", body=b"<x/>", media_type="application/xml"),
        refusal="unsupported-media-type",
    )
    nowhere = ScenarioStep(act, path="/contract-check-nowhere", method="GET")
    yield by.scenario("unknown-path", nowhere, refusal="unknown-path")
    if not {"{"} & set(act.operation.path):
        used = {o.method.upper() for o in by.contract.document.operations if o.path == act.operation.path}
        method = next(m for m in ("DELETE", "PUT", "PATCH", "GET", "POST") if m not in used)
        yield by.scenario(
            "method-not-allowed",
            ScenarioStep(act, path=act.operation.path, method=method),
            refusal="method-not-allowed",
        )


def access(by: _Author) -> Iterator[Scenario]:
    """Who may ask, and what somebody of another tenant is told."""
    service = by.contract.behaviour.service
    statement = StatementRef.of("service", "authentication", service.authentication)
    open_to_all = re.search(service.authentication.pattern, NOBODYS) is not None
    askers: tuple[Asker, ...] = ("nobody",) if open_to_all else ("nobody", "wrong")
    for who in askers if by.contract.document.security_schemes else ():
        step = by.list(who=who) if by.kind.can("list") else ScenarioStep(by.kind.acts["create"], body={}, who=who)
        yield by.scenario("authentication", step, statement=statement, refusal="unauthenticated", detail=who)
    for action in ("get", "update", "delete") if by.contract.document.security_schemes else ():
        if by.kind.can(action):
            body: dict[str, Any] = {"body": {}} if by.kind.acts[action].media_type else {}
            yield by.scenario(
                "authentication",
                by.make("one"),
                by.do(action, "one", who="nobody", **body),
                statement=statement,
                refusal="unauthenticated",
            )
    try:
        by.context.stranger()
    except CannotBuildRequest:
        return
    if by.kind.resource.tenant.by != "none":
        refusal = service.no_access.refusal
        for action in ("get", "delete"):
            if by.kind.can(action):
                yield by.scenario(
                    "no-access",
                    by.make("one"),
                    by.do(action, "one", who="stranger"),
                    statement=StatementRef.of("service", "no-access", service.no_access),
                    refusal=refusal,
                )
        if by.kind.can("list"):
            yield by.scenario(
                "tenant",
                by.make("one"),
                by.list(who="stranger"),
                statement=by.statement("tenant", by.kind.resource.tenant),
            )


def belonging(by: _Author) -> Iterator[Scenario]:
    """What goes with its owner."""
    parent = by.kind.resource.parent
    owner = by.context.tools.kinds.get(parent.resource) if parent else None
    if parent is not None and owner is not None and owner.can("create", "delete"):
        drop = ScenarioStep(owner.acts["delete"], item="owner")
        statement = by.statement("parent", parent)
        yield by.scenario("parent", drop, by.make("one"), statement=statement, refusal="missing")
        yield by.scenario("parent", by.make("one"), drop, *by.looks("one")[:1], statement=statement, refusal="missing")


PARTS: tuple[Callable[[_Author], Iterator[Scenario]], ...] = (
    creating, changing, removing, times, ordering, paging, narrowing, limits, missing, refusing, http, access,
    belonging,
)  # fmt: skip
"""What is tried, in this order."""
