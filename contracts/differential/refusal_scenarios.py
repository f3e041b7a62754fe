"""Scenarios of requests that a service refuses: invalid, forbidden by HTTP, or without access."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from contracts.checks.input.invalid_values import UNCERTAIN
from contracts.client.boundary_values import cases
from contracts.client.request_builder import CannotBuildRequest
from contracts.differential.player import UNKNOWN_CREDENTIAL
from contracts.differential.scenario import Asker, Scenario, ScenarioStep
from contracts.differential.scenario_builder import ScenarioBuilder
from contracts.model.finding import StatementRef
from contracts.model.resources import ResourceOperation


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
    yield from _slashes(builder)
    if not {"{"} & set(op.operation.path):
        used = {o.http_method for o in builder.contract.document.operations if o.path == op.operation.path}
        method = next(m for m in ("DELETE", "PUT", "PATCH", "GET", "POST") if m not in used)
        yield builder.scenario(
            "method-not-allowed",
            ScenarioStep(op, path=op.operation.path, method=method),
            error="method-not-allowed",
        )


def _slashes(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """A list with a slash too many, or too few."""
    op = builder.resource.operations.get("list")
    path = op.operation.path if op is not None else "/"
    if op is not None and "{" not in path and path != "/":
        other = path.rstrip("/") if path.endswith("/") else f"{path}/"
        stated = builder.contract.behaviour.service.trailing_slash
        statement = StatementRef.of("service", "trailing-slash", stated)
        step = ScenarioStep(op, path=other, method="GET")
        yield builder.scenario("trailing-slash", step, statement=statement, error="unknown-path")


def access(builder: ScenarioBuilder) -> Iterator[Scenario]:
    """Requests without access: no credential, an unknown one, and one of another tenant."""
    if builder.contract.document.security_schemes:
        yield from _unauthenticated(builder)
    try:
        builder.context.other_tenant_user()
    except CannotBuildRequest:
        return
    if builder.resource.behaviour.tenant.by != "none":
        yield from _of_another_tenant(builder)


def _unauthenticated(builder: ScenarioBuilder) -> Iterator[Scenario]:
    resource, authentication = builder.resource, builder.contract.behaviour.service.authentication
    statement = StatementRef.of("service", "authentication", authentication)
    open_to_all = re.search(authentication.pattern, UNKNOWN_CREDENTIAL) is not None
    askers: tuple[Asker, ...] = ("nobody",) if open_to_all else ("nobody", "wrong")
    for user in askers:
        create = ScenarioStep(resource.operations["create"], body={}, user=user)
        step = builder.list(user=user) if resource.can("list") else create
        yield builder.scenario("authentication", step, statement=statement, error="unauthenticated", detail=user)
    for action in ("get", "update", "delete"):
        if resource.can(action):
            body: dict[str, Any] = {"body": {}} if resource.operations[action].media_type else {}
            step = builder.step(action, "one", user="nobody", **body)
            yield builder.scenario(
                "authentication", builder.create("one"), step, statement=statement, error="unauthenticated"
            )


def _of_another_tenant(builder: ScenarioBuilder) -> Iterator[Scenario]:
    resource, no_access = builder.resource, builder.contract.behaviour.service.no_access
    statement = StatementRef.of("service", "no-access", no_access)
    for action in ("get", "delete"):
        if resource.can(action):
            step = builder.step(action, "one", user="stranger")
            yield builder.scenario(
                "no-access", builder.create("one"), step, statement=statement, error=no_access.refusal
            )
    if resource.can("list"):
        tenant = builder.statement("tenant", resource.behaviour.tenant)
        yield builder.scenario("tenant", builder.create("one"), builder.list(user="stranger"), statement=tenant)
