"""Checks of valid input at the edges: it is accepted, and stored as it was sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.checks.input.refusal_causes import (
    FORBIDDEN,
    OTHER_RULE,
    chooses_fields,
    is_accepted_beside_others,
    is_form_refused,
    is_stated_in_order,
    told_elsewhere,
)
from contracts.checks.item_view import as_json, fixed_fields, immutable
from contracts.checks.stored_fields import check_fields, current, weaker
from contracts.checks.valid_bodies import distinct_body, is_open_value, is_reference, smallest_body
from contracts.cleanup.created_items import CreatedItem
from contracts.client.edge_values import EdgeValue, edge_values
from contracts.client.request_bodies import MARK
from contracts.client.request_builder import CannotBuildRequest, RefusedItem
from contracts.model.conditional_sentences import is_conditional
from contracts.model.finding import RecordedExchange
from contracts.model.relative_sentences import may_exceed
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place, schema_reference
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

MOST_FIELDS = 15
"""At most this many fields are left out, given alone or tried with each edge value one by one."""

MOST_ROWS = 12
"""At most this many bodies, each with one edge value in every field."""

BELONGS = ("start", "end", "min", "max", "from", "to", "begin", "until", "first", "last", "due", "before", "after")
"""A part of a name that says that the valid values of a field depend on another field."""

UNLISTED = "No keyword of the schema forbids the value."


@dataclass(frozen=True)
class SentInput:
    """One valid body, sent; the item if one was created or updated."""

    exchange: RecordedExchange
    body: Mapping[str, Any]
    created: CreatedItem | None


@dataclass
class InputTrial:
    """Sends valid bodies to one operation that creates or updates an item."""

    context: CheckContext
    resource: CheckedResource
    op: ResourceOperation
    base: dict[str, Any] = field(default_factory=dict)
    target: CreatedItem | None = None

    def send(self, body: Mapping[str, Any]) -> SentInput:
        """Send a body: create an item, or update the same one again."""
        if self.target is None:
            body = self._apart(body)
            exchange, created = self.context.try_create(self.resource, body)
            return SentInput(exchange, body, created)
        exchange = self.context.send(self.op, path=self.target.path, body=body)
        return SentInput(exchange, body, self.target if 200 <= exchange.status < 300 else None)

    def _apart(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """The body with values of its own for what no two items share, as far as it has those of the base."""
        shared = self.context.shared
        names = {name for statement in self.resource.behaviour.unique for name in statement.fields}
        names |= {*shared.spans.get(self.resource.name, ())} if self.resource.name in shared.apart else set()
        if not self.resource.can("delete"):  # the items before are there, and a name may be unique without a statement
            names |= {name for name, value in body.items() if isinstance(value, str) and MARK in value}
        fresh = self.context.body(self.resource) if names & body.keys() else {}
        own = {name: fresh[name] for name in names & fresh.keys() if body.get(name) == self.base.get(name)}
        return {**body, **own} if self.context.bodies.accepts(self.op, {**body, **own}) else body

    def finish(self, attempt: SentInput) -> None:
        """Delete a created item, so that no capacity is reached."""
        if attempt.created is not None and attempt.created is not self.target and self.resource.can("delete"):
            self.context.remove(attempt.created)

    def accepts(self, body: Mapping[str, Any]) -> bool:
        """Send a body. Is it accepted?"""
        attempt = self.send(body)
        self.finish(attempt)
        return 200 <= attempt.exchange.status < 300

    def with_field(self, name: str, value: Any) -> dict[str, Any] | None:
        """The base with one field changed; None if that is not valid, or the field is one of another alternative."""
        body, bodies = self.base | {name: value}, self.context.bodies
        return body if bodies.accepts(self.op, body) and name not in bodies.foreign(self.op, body) else None


def edge_input(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> None:
    """Valid values at the edges (empty, zero, false, null, largest, longest, any letters) are accepted and stored."""
    trial = _trial(context, resource, op)
    ordinary = trial.send(trial.base)
    trial.finish(ordinary)
    if ordinary.exchange.status >= 300:
        text = f"{op.name} answers {ordinary.exchange.status} to ordinary values"
        raise RefusedItem(text, resource.name) if trial.target is None else CannotBuildRequest(text)
    edges = {name: found for name in _free_fields(trial) if (found := _edges_of(trial, name))}
    refused = 0
    for number in range(min(MOST_ROWS, max(map(len, edges.values()), default=0))):
        row = {name: found[number] for name, found in edges.items() if number < len(found)}
        body = _body_of(trial, row)
        attempt = trial.send(body)
        context.compared += 1
        if 200 <= attempt.exchange.status < 300:
            _check_stored(trial, attempt)
        elif 400 <= attempt.exchange.status < 500 and refused < 3:
            refused += 1
            _try_alone(trial, row)
        trial.finish(attempt)


def _trial(context: CheckContext, resource: CheckedResource, op: ResourceOperation) -> InputTrial:
    body = distinct_body(context, resource)
    if op == resource.operations["create"]:
        return InputTrial(context, resource, op, body)
    fixed = fixed_fields(context, resource)
    base = {n: v for n, v in body.items() if n in context.bodies.properties(op) and n not in fixed}
    if not context.bodies.accepts(op, base):
        raise CannotBuildRequest(f"no valid body can be made for {op.name}")
    return InputTrial(context, resource, op, base, context.create(resource, body))


def _free_fields(trial: InputTrial) -> list[str]:
    """The fields that may have any valid value: not those that must be unique or cannot be changed, and no ids."""
    resource, op = trial.resource, trial.op
    unique = {name for statement in resource.behaviour.unique for name in statement.fields}
    refers = {each.field.partition(".")[0].removesuffix("[]") for each in resource.behaviour.references}
    known = trial.context.bodies.closed.get(resource.operations["create"].name, set())
    closed = known | unique | op.rule_fields | resource.rule_fields | {resource.behaviour.identity.field} | refers
    if trial.target is not None:
        closed |= immutable(resource) | trial.context.shared.named_after[resource.name]
    names = [name for name in trial.context.bodies.properties(op) if name not in closed]
    return [name for name in names if not is_reference(trial.context, name)]


def _edges_of(trial: InputTrial, name: str) -> list[EdgeValue]:
    pointer = trial.context.bodies.properties(trial.op)[name]
    present = trial.base.get(name, trial.context.bodies.value(trial.op, name, trial.context.check))
    found = edge_values(trial.context.contract.schemas, pointer, present)
    return [edge for edge in found if trial.with_field(name, edge.value) is not None]


def _body_of(trial: InputTrial, row: Mapping[str, EdgeValue]) -> dict[str, Any]:
    """The base with as many of the values as are valid together."""
    body = dict(trial.base)
    for name, edge in row.items():
        whole = body | {name: edge.value}
        body = whole if trial.context.bodies.accepts(trial.op, whole) else body
    return body


def _check_stored(trial: InputTrial, attempt: SentInput) -> None:
    """The reply and a GET, or the list without one, show the values that were sent."""
    context, resource, op = trial.context, trial.resource, trial.op
    if op.reply_path("item") is not None and attempt.exchange.reply_body:
        reply = context.item(op, attempt.exchange)
        check_fields(context, resource, op, reply, attempt.body, "the reply", attempt.exchange)
    if attempt.created is not None and (resource.can("get") or resource.can("list")):
        shows, item, exchanges = current(context, attempt.created)
        if item:  # whether a new item can be found is another check
            where = "a GET" if resource.can("get") else "the list"
            check_fields(context, resource, shows, item, attempt.body, where, attempt.exchange, *exchanges)


def _try_alone(trial: InputTrial, row: Mapping[str, EdgeValue]) -> None:
    """A row was refused: send each value alone, and report those that are refused."""
    for name, edge in list(row.items())[:MOST_FIELDS]:
        body = trial.with_field(name, edge.value)
        attempt = trial.send(body) if body is not None else None
        is_refused = attempt is not None and _is_refusal(attempt.exchange)
        is_number = isinstance(edge.value, int | float)
        if is_refused and ((is_number and _may_exceed(trial)) or is_stated_in_order(trial.resource, name)):
            continue
        if (
            body is not None
            and is_refused
            and is_accepted_beside_others(trial.context, trial.op, body, name, trial.accepts)
        ):
            continue
        if attempt is not None and is_refused:
            _report_refused(trial, name, edge, attempt.exchange)
        elif attempt is not None and attempt.exchange.status < 300:
            _check_stored(trial, attempt)
            trial.finish(attempt)


def _may_exceed(trial: InputTrial) -> bool:
    """Does the document say that a request may ask for more than there is?"""
    return may_exceed(trial.context.contract.schemas, trial.resource, trial.op)


def _is_refusal(exchange: RecordedExchange) -> bool:
    """Was valid input refused? A conflict (409) or a limit (413, 429) has another reason."""
    return exchange.status in (400, 403, 404, 405, 406, 415, 422)


def _report_refused(trial: InputTrial, name: str, edge: EdgeValue, exchange: RecordedExchange) -> None:
    context = trial.context
    body, present = {**trial.base, name: edge.value}, trial.base.get(name)
    is_other = depends(context, trial.op, name) or is_form_refused(
        context, trial.op, body, name, present, trial.accepts
    )
    text = UNLISTED if not edge.explicit else OTHER_RULE if is_other else ""
    context.report_violation(
        f"a valid request with {edge.what} as {name} ({_short(edge.value)}) succeeds",
        f"status {exchange.status}",
        *((trial.target.exchange,) if trial.target else ()),
        exchange,
        about=f"{name} {edge.what} accepted",
        statement=weaker(context, text) if text else told_elsewhere(context, trial.op, name, exchange),
    )


def depends(context: CheckContext, op: ResourceOperation, name: str) -> bool:
    """May the valid values of a field depend on something that a schema cannot state: another field, or another item?"""
    pointer = context.bodies.properties(op)[name]
    if is_conditional(context.contract.schemas, pointer):
        return True
    formatted = context.contract.schemas.keyword(pointer, "format") in ("date", "date-time", "email", "uri", "hostname")
    if chooses_fields(context, op, name):
        return True
    words = "".join(c if c.islower() else f" {c.lower()}" for c in name).replace("_", " ").replace("-", " ").split()
    return formatted or is_reference(context, name) or any(word in BELONGS for word in words)


def _short(value: Any) -> str:
    text = as_json(value)
    return text if len(text) < 60 else f"{text[:40]}… ({len(text)} characters)"


def optional_fields(context: CheckContext, resource: CheckedResource) -> None:
    """A create request succeeds without any optional field, and with each of them alone."""
    op = resource.operations["create"]
    context.leaves_out_refused = False
    smallest, full = smallest_body(context, resource), distinct_body(context, resource)
    trial = InputTrial(context, resource, op, smallest)
    fixed, known, schemas = smallest.keys() | op.rule_fields, context.bodies.properties(op), context.contract.schemas
    optional = [name for name in full if name not in fixed and not is_conditional(schemas, known[name])][:MOST_FIELDS]
    bare = trial.send(smallest)
    context.compared += 1
    trial.finish(bare)
    accepted: list[tuple[str, RecordedExchange]] = []
    refused: list[tuple[str, RecordedExchange]] = []
    for name in optional:
        body = trial.with_field(name, full[name])
        attempt = trial.send(body) if body is not None else None
        if attempt is not None:
            (refused if _is_refusal(attempt.exchange) else accepted).append((name, attempt.exchange))
            trial.finish(attempt)
    if _is_refusal(bare.exchange):
        _report_missing(context, smallest, bare.exchange, [name for name, _ in accepted])
    else:
        for name, exchange in refused:
            _report_alone(context, op, name, exchange)


def _report_missing(
    context: CheckContext, smallest: Mapping[str, Any], exchange: RecordedExchange, enough: list[str]
) -> None:
    """A rule that few documents state: any one of several optional fields is enough."""
    expected = f"a create request with only the required fields ({', '.join(smallest) or 'none'}) succeeds"
    hint = f"; with {' or '.join(enough)} it succeeds" if enough else ""
    doubt = weaker(context, OTHER_RULE) if len(enough) > 1 or not enough else None
    context.report_violation(expected, f"status {exchange.status}{hint}", exchange, about="smallest", statement=doubt)


def _report_alone(context: CheckContext, op: ResourceOperation, name: str, exchange: RecordedExchange) -> None:
    context.report_violation(
        f"a create request with {name} as the only optional field succeeds",
        f"status {exchange.status}",
        exchange,
        about=f"{name} alone",
        statement=weaker(context, OTHER_RULE)
        if exchange.status == FORBIDDEN or depends(context, op, name) or is_open_value(context, op, name)
        else told_elsewhere(context, op, name, exchange),
    )


def _input_places(contract: Contract) -> Iterator[Place]:
    """Each create, update and replace operation with a JSON body that no rule can refuse."""
    for resource in checked_resources(contract).values():
        kinds = [op for kind in ("create", "update", "replace") if (op := resource.operations.get(kind))]
        for op in {each.name: each for each in kinds}.values():
            names_paths = op.behaviour.action is not None and op.behaviour.action.patch == "json-patch"
            if resource.can("create") and op.media_type is not None and not op.may_refuse and not names_paths:
                yield op.name, schema_reference(op), (resource, op)


def _create_places(contract: Contract) -> Iterator[Place]:
    for operation, statement, (resource, op) in _input_places(contract):
        if op == resource.operations["create"]:
            yield operation, statement, (resource,)


CHECKS = (
    Check("edge-input", ("action",), _input_places, edge_input, exclusive=False),
    Check("optional-fields", ("action",), _create_places, optional_fields, exclusive=False),
)
