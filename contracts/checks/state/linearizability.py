"""Check of concurrent histories: some order of the requests, one after the other, explains all responses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from contracts.checks.item_view import changing, fixed_fields, meant
from contracts.checks.stored_fields import comparable
from contracts.checks.valid_bodies import distinct_body, is_reference
from contracts.cleanup.created_items import CreatedItem
from contracts.client.changed_values import changed_value
from contracts.client.request_builder import MISSING, CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.history import ObservedRequest, as_state, contradiction
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

REPEATS = {"quick": 1, "default": 2, "campaign": 12}
"""How often each history is tried, since a race does not show every time."""

HISTORIES: tuple[tuple[tuple[str, ...], ...], ...] = (
    (("update", "update", "get"), ("update", "update", "get")),
    (("replace", "replace", "get", "get"), ("replace", "update", "get")),
    (("update", "delete", "get"),),
    (("replace", "delete", "get"),),
    (("replace", "update", "delete", "get", "get"),),
)
"""The rounds of each history: what is sent together. A GET follows each round."""

LONGEST_SHRINK = 24
"""At most this many shorter histories are tried to shrink one."""


@dataclass
class HistoryRun:
    """Plays histories on items of one resource, and follows the fields `names`.

    `recreates`: a PUT creates an item that was deleted.
    """

    context: CheckContext
    resource: CheckedResource
    names: tuple[str, ...]
    body: Mapping[str, Any]
    values: dict[str, Any] = field(default_factory=dict)
    turn: int = 0
    recreates: bool = False

    def play(self, plan: Sequence[Sequence[str]]) -> tuple[int | None, list[RecordedExchange]]:
        """Play the rounds of a plan on a new item. Returns the round that nothing explains, and all exchanges so far."""
        created = self.context.create(self.resource, self.body)
        self.values = {name: self.body[name] for name in self.names}
        rounds, exchanges = [], [created.exchange]
        start = as_state({name: json.dumps(self.values[name]) for name in self.names})
        for kinds in plan:
            for together in (kinds, ("get",)):
                requests, sent = self._send(created, together)
                rounds.append(requests)
                exchanges += sent
                if contradiction(rounds, start) is not None:
                    return len(rounds) - 1, exchanges
        if self.resource.can("delete"):
            self.context.remove(created)
        return None, exchanges

    def _send(self, created: CreatedItem, kinds: Sequence[str]) -> tuple[list[ObservedRequest], list[RecordedExchange]]:
        operations = [self.resource.operations[kind] for kind in kinds]
        bodies = [self._body(created, kind, op) for kind, op in zip(kinds, operations, strict=True)]
        user = self.context.main_user
        requests = [
            (self.context.request(op.operation, user=user, path=created.path, body=body), user)
            for op, body in zip(operations, bodies, strict=True)
        ]
        exchanges = self.context.target.send_together(requests)
        for op, exchange in zip(operations, exchanges, strict=True):
            self.context.check_response(op.operation, exchange)
        seen = [self._observed(*each) for each in zip(kinds, operations, bodies, exchanges, strict=True)]
        return seen, exchanges

    def _body(self, created: CreatedItem, kind: str, op: ResourceOperation) -> Any:
        """An update changes one field, another one each time; PUT changes all of them."""
        if kind not in ("update", "replace"):
            return MISSING
        self.turn += 1
        changed = self.names if kind == "replace" else (self.names[self.turn % len(self.names)],)
        for name in changed:
            self.values[name] = self._next(op, name)
        body: dict[str, Any] | None
        if kind == "replace":
            body = {**_known(self.context, op, self.body), **{name: self.values[name] for name in self.names}}
        else:
            body = changing(self.context, op, self.body, changed[0], self.values[changed[0]])
        if body is None or not self.context.bodies.accepts(op, body):
            raise CannotBuildRequest(f"no valid body of {op.name} changes {', '.join(changed)} alone")
        return meant(self.context, self.resource, op, body, created)

    def _next(self, op: ResourceOperation, name: str) -> Any:
        """A value that no other request of the history sends; a shorter text, if none is longer."""
        pointer = self.context.bodies.properties(op)[name]
        present = self.values[name]
        if isinstance(present, str) and not self.context.contract.schemas.keyword(pointer, "enum"):
            marked = f"{str(self.body[name])[:40]} {self.turn}"
            if self.context.contract.schemas.validator(pointer, "request").is_valid(marked):
                return marked
        value = changed_value(self.context.contract.schemas, pointer, present)
        return present if value is None else value

    def _observed(self, kind: str, op: ResourceOperation, body: Any, exchange: RecordedExchange) -> ObservedRequest:
        if kind == "get":
            item = self.context.item(op, exchange)
            shown = {name: json.dumps(item.get(name)) for name in self.names}
            return ObservedRequest("read", exchange.status, shown)
        if kind == "delete":
            return ObservedRequest("delete", exchange.status, {})
        sent = {name: json.dumps(body[name]) for name in self.names if name in body}
        creates = op.creates_missing or (kind == "replace" and self.recreates)
        return ObservedRequest("write", exchange.status, sent, creates)


def _known(context: CheckContext, op: ResourceOperation, body: Mapping[str, Any]) -> dict[str, Any]:
    known = context.bodies.properties(op)
    return {name: value for name, value in body.items() if name in known}


def linearizability(context: CheckContext, resource: CheckedResource) -> None:
    """Concurrent updates, replacements, deletes and reads of one item have an order that explains every response."""
    run = _run(context, resource)
    plans = [plan for plan in HISTORIES if all(resource.can(*kinds) for kinds in plan)]
    _check_premise(run, {kind for plan in plans for kinds in plan for kind in kinds})
    for plan in plans:
        for _ in range(REPEATS[context.mode]):
            failed, exchanges = run.play(plan)
            context.compared += 1
            if failed is not None:
                shorter = _shrunk(run, plan, failed)
                _report(context, *(shorter or (plan, exchanges)))
                return


def _run(context: CheckContext, resource: CheckedResource) -> HistoryRun:
    body = distinct_body(context, resource)
    names = _followed(context, resource, body)
    if not names:
        raise CannotBuildRequest(f"no field of a {resource.name} can be changed and read again")
    return HistoryRun(context, resource, names, body)


def _followed(context: CheckContext, resource: CheckedResource, body: Mapping[str, Any]) -> tuple[str, ...]:
    """At most two fields that every update can change and a GET shows; texts first, since they can differ each time."""
    writes = [op for kind in ("update", "replace") if (op := resource.operations.get(kind))]
    fixed, shown = (
        fixed_fields(context, resource),
        dict(comparable(context, resource, resource.operations["get"], body)),
    )
    names = [
        name
        for name in shown
        if name not in fixed
        and not is_reference(context, name)
        and all(name in context.bodies.properties(op) for op in writes)
        and isinstance(body[name], str | int | float)
    ]
    free = set(context.bodies.free_text_fields(resource.operations["create"], body))
    return tuple(sorted(names, key=lambda name: (name not in free, isinstance(body[name], bool)))[:2])


def _check_premise(run: HistoryRun, kinds: set[str]) -> None:
    """One request after the other must be explained; otherwise this is no matter of concurrency."""
    one_by_one = [(kind,) for kind in ("update", "update", "replace", "update", "delete") if kind in kinds]
    if run.play(one_by_one)[0] is not None:
        raise CannotBuildRequest("even one request at a time is not stored as it is sent, or not deleted at once")
    if {"replace", "delete"} <= kinds and run.play([("delete",), ("replace",)])[0] is not None:
        run.recreates = True


def _shrunk(
    run: HistoryRun, plan: Sequence[Sequence[str]], failed: int
) -> tuple[Sequence[Sequence[str]], list[RecordedExchange]] | None:
    """A shorter history that fails, too: two concurrent requests, tried a few times."""
    kinds = plan[failed // 2]
    pairs = list(dict.fromkeys(combinations([kind for kind in kinds if kind != "get"] + ["get"], 2)))
    for trial in range(LONGEST_SHRINK):
        shorter = (pairs[trial % len(pairs)],)
        again, exchanges = run.play(shorter)
        if again is not None:
            return shorter, exchanges
    return None


def _report(context: CheckContext, plan: Sequence[Sequence[str]], exchanges: list[RecordedExchange]) -> None:
    sent = "; then ".join(" and ".join(kinds) for kinds in plan)
    context.report_violation(
        f"some order of the concurrent requests ({sent}) explains every response",
        f"no order does: {_last_shown(exchanges)}",
        *exchanges,
        about="history",
    )


def _last_shown(exchanges: Sequence[RecordedExchange]) -> str:
    statuses = ", ".join(f"{each.method} {each.status}" for each in exchanges[1:])
    return f"{statuses}; at the end {exchanges[-1].reply_body[:300].decode('utf-8', 'replace') or 'nothing'}"


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        op = resource.operations.get("update") or resource.operations.get("replace")
        named = op is not None and op.behaviour.action is not None and op.behaviour.action.patch != "json-patch"
        if op is not None and named and op.media_type is not None and resource.can("create", "get"):
            source = "RFC 9110 section 9.2 (each request has its effect as if it were alone)"
            statement = StatementRef(op.name, "http", "documented", source, "Concurrent requests do not mix.")
            yield op.name, statement, (resource,)


CHECKS = (Check("linearizability", (), _places, linearizability, quick=False, exclusive=False),)
