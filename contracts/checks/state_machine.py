"""Check by stateful testing: random sequences of requests by two tenants, compared with a simple model.

Hypothesis chooses the sequences (a rule-based state machine) and shrinks a failing one. The model is a list of items for
each tenant. This finds bugs that no single check can see: a request that breaks another one, three requests later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from contracts.checks.deletable_items import is_documented_conflict
from contracts.checks.item_view import as_json, changing, few_ids, showable, shows_id, unchangeable
from contracts.checks.lists import ids
from contracts.checks.missing_items import GONE, is_marked_deleted, may_succeed
from contracts.checks.value_likeness import ABSENT, likeness
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import User
from contracts.model.finding import BINDING_EVIDENCE, RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource
from contracts.runner.check import Check, http_rule
from contracts.runner.context import CheckContext

EXAMPLES = {"quick": 6, "default": 25, "campaign": 400}
"""How many sequences each mode tries."""

MAX_LENGTH = 14
"""The maximal length of a sequence."""


class StateMachineFailure(AssertionError):
    """The service differs from the model."""


@dataclass
class RememberedItem:
    """An item in the model."""

    created: CreatedItem
    fields: dict[str, Any]
    alive: bool = True


@dataclass
class RequestSequence:
    """The state of one sequence: the model, and the exchanges so far."""

    context: CheckContext
    resource: CheckedResource
    users: list[User]
    held: dict[str, list[RememberedItem]] = field(default_factory=dict)
    trail: list[RecordedExchange] = field(default_factory=list)

    def existing(self, user: User) -> list[RememberedItem]:
        """The existing items of a user, the oldest first."""
        return [each for each in self.held.get(user.name, ()) if each.alive]

    def all_items(self, user: User) -> list[RememberedItem]:
        """The existing and deleted items of a user."""
        return self.held.get(user.name, [])

    def record(self, exchange: RecordedExchange) -> RecordedExchange:
        """Record an exchange."""
        self.trail.append(exchange)
        return exchange

    def expect(self, holds: bool, expected: str, seen: str) -> None:
        """Raise StateMachineFailure if the condition is false."""
        self.context.compared += 1
        if not holds:
            raise StateMachineFailure(expected, seen)


def create(sequence: RequestSequence, user: User, choice: int) -> None:
    """Create an item, if the user has fewer than five."""
    if len(sequence.existing(user)) >= 5:
        return
    exchange, created = sequence.context.try_create(sequence.resource, user=user)
    sequence.record(exchange)
    if 400 <= exchange.status < 500 and user != sequence.context.main_user:
        return  # another user may have another role, or not the items that the request refers to
    if exchange.status in (400, 404, 409, 422) and not sequence.held.get(user.name):
        return  # nothing was ever created: perhaps a rule that no schema states forbids our values
    may_refuse = sequence.resource.operations["create"].may_refuse and 400 <= exchange.status < 500
    sequence.expect(created is not None or may_refuse, "a valid create request succeeds", f"status {exchange.status}")
    if created is not None:
        present = sequence.held.setdefault(user.name, [])
        is_named = str(created.sent.get(sequence.resource.behaviour.identity.field)) == str(created.id)
        if is_named or few_ids(sequence.context, sequence.resource):
            present[:] = [each for each in present if each.created.id != created.id or (each.alive and not is_named)]
        present.append(RememberedItem(created, dict(created.sent)))


def read(sequence: RequestSequence, user: User, choice: int) -> None:
    """Read an existing or deleted item."""
    held = _pick(sequence.all_items(user), choice)
    if held is not None and sequence.resource.can("get"):
        exchange = sequence.record(sequence.context.get(held.created))
        _compare(sequence, held, exchange)


def change(sequence: RequestSequence, user: User, choice: int) -> None:
    """Update one field of an existing or deleted item."""
    held = _pick(sequence.all_items(user), choice)
    op = sequence.resource.operations.get("update")
    if held is None or op is None:
        return
    names = [
        n
        for n in sequence.context.bodies.properties(op)
        if n in held.fields and n not in unchangeable(sequence.resource)
    ]
    name = names[choice % len(names)] if names else ""
    value = sequence.context.bodies.other(op, name, held.fields[name], f"{choice}") if name else None
    body = changing(sequence.context, op, held.fields, name, value) if value is not None else None
    if body is None:
        return
    exchange = sequence.record(sequence.context.update(held.created, body))
    if not held.alive:
        sequence.expect(exchange.status in GONE, "an update of a deleted item returns 404", f"status {exchange.status}")
    elif exchange.status < 300:
        held.fields[name] = value
    else:
        sequence.expect(op.may_refuse or exchange.status == 409, "a valid update succeeds", f"status {exchange.status}")


def remove(sequence: RequestSequence, user: User, choice: int) -> None:
    """Delete an existing or deleted item."""
    held = _pick(sequence.all_items(user), choice)
    if held is None or not sequence.resource.can("delete"):
        return
    exchange = sequence.record(sequence.context.delete(held.created))
    if held.alive and is_documented_conflict(sequence.resource, exchange.status):
        return
    if held.alive:
        sequence.expect(exchange.status < 300, "a DELETE of an existing item succeeds", f"status {exchange.status}")
    else:
        gone = exchange.status in GONE or may_succeed(sequence.resource.operations["delete"], exchange.status)
        sequence.expect(gone, "a second DELETE of an item returns 404", f"status {exchange.status}")
    held.alive = False


def list_items(sequence: RequestSequence, user: User, choice: int) -> None:
    """List the items of a user."""
    if not sequence.resource.can("list") or (sequence.resource.behaviour.parent and not sequence.all_items(user)):
        return
    subject: CreatedItem | CheckedResource = (
        sequence.all_items(user)[0].created if sequence.resource.behaviour.parent else sequence.resource
    )
    items, listing = sequence.context.list_all(subject, user=user)
    sequence.trail += listing
    known = {str(each.created.id): each for each in sequence.all_items(user)}
    seen = [id for id in ids(sequence.resource, items) if id in known]
    wanted = [str(each.created.id) for each in sequence.existing(user)]
    sequence.expect(
        sorted(seen) == sorted(wanted),
        f"the list contains the {len(wanted)} existing items of this check",
        f"it contains {len(seen)} of its items",
    )
    order = sequence.resource.behaviour.order
    if order.by == "creation" and order.evidence in BINDING_EVIDENCE:
        wanted = wanted[::-1] if order.direction == "descending" else wanted
        sequence.expect(seen == wanted, f"the list is in order of creation, {order.direction}", "another order")
    strangers = {
        str(h.created.id)
        for each in sequence.users
        if each != user and _has_tenants(sequence)
        for h in sequence.all_items(each)
    }
    sequence.expect(
        not strangers & set(ids(sequence.resource, items)),
        "the list contains no item of another tenant",
        "it contains an item of another tenant",
    )


def request_foreign_item(sequence: RequestSequence, user: User, choice: int) -> None:
    """Read or delete an item of another tenant."""
    other = next((each for each in sequence.users if each != user), None)
    held = _pick(sequence.existing(other), choice) if other else None
    if held is None or not _has_tenants(sequence):
        return
    name = [n for n in ("get", "delete") if n in sequence.resource.operations][
        choice % 2 if sequence.resource.can("get", "delete") else 0
    ]
    exchange = sequence.record(
        sequence.context.send(sequence.resource.operations[name], user=user, path=held.created.path)
    )
    sequence.expect(
        exchange.status in (401, 403, 404, 410), f"a {name} by another tenant is refused", f"status {exchange.status}"
    )


Hooks = dict[str, Callable[[], Any]]
"""The functions that start and end a sequence."""

REQUESTS: tuple[Callable[[RequestSequence, User, int], None], ...] = (
    create,
    read,
    change,
    remove,
    list_items,
    request_foreign_item,
)
"""The requests that a sequence consists of."""


def _has_tenants(sequence: RequestSequence) -> bool:
    return sequence.resource.behaviour.tenant.by != "none" and len(sequence.users) > 1


def _pick(held: list[RememberedItem], choice: int) -> RememberedItem | None:
    return held[choice % len(held)] if held else None


def _compare(sequence: RequestSequence, held: RememberedItem, exchange: RecordedExchange) -> None:
    if not held.alive:
        shown = sequence.context.item(sequence.resource.operations["get"], exchange)
        gone = exchange.status in GONE or (exchange.status == 200 and is_marked_deleted(held.created.item, shown))
        sequence.expect(gone, "a GET of a deleted item returns 404", f"status {exchange.status}")
        return
    sequence.expect(exchange.status == 200, "a GET of an existing item returns it", f"status {exchange.status}")
    op = sequence.resource.operations["get"]
    item, shows = sequence.context.item(op, exchange), showable(sequence.context, sequence.resource, op)
    for name, value in held.fields.items():
        if (
            name in shows
            and name
            not in sequence.resource.server_fields | sequence.resource.write_only_fields | sequence.resource.rule_fields
        ):
            sequence.expect(
                likeness(item.get(name, ABSENT), value, name) != "different",
                f"a GET returns {name} {as_json(value)}",
                as_json(item.get(name)),
            )


def state_machine(context: CheckContext, resource: CheckedResource) -> None:
    """In any sequence of requests, the service behaves like a simple model."""
    if not shows_id(context, resource):
        context.create(resource)
    users = [context.main_user, *_other_users(context)]
    current: list[RequestSequence] = []

    def start() -> RequestSequence:
        context.clean_up()
        current[:] = [RequestSequence(context, resource, users)]
        return current[0]

    # Hypothesis stores failing sequences by this key, so that each resource has its own.
    subject = f"{context.contract.document.title} {context.operation}".encode()
    hooks: Hooks = {"start": start, "clean_up": context.clean_up}
    machine = seeded(context.random.getrandbits(32))(_machine(hooks, len(users), subject))
    limits = settings(
        max_examples=EXAMPLES[context.mode],
        stateful_step_count=MAX_LENGTH,
        deadline=None,
        database=context.shared.database,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
        phases=[Phase.reuse, Phase.generate, Phase.shrink],
    )
    try:
        run_state_machine_as_test(machine, settings=limits)
    except StateMachineFailure as broken:
        expected, seen = broken.args
        trail = current[0].trail
        lost = context.operation_that_wrote(trail)
        context.report_violation(
            expected, seen, *trail, about=expected if '"' not in expected else "field", operation=lost
        )
    except Flaky:
        context.report_violation(
            "the same sequence of requests always has the same outcome",
            "another outcome",
            *current[0].trail,
            about="flaky",
            statement=StatementRef(
                context.operation,
                "http",
                "assumed",
                "the contract check",
                "Nothing but the requests changes the items.",
            ),
        )
    finally:
        hooks.clear()  # Hypothesis keeps every machine in memory, so drop its references to the exchanges


def _other_users(context: CheckContext) -> Iterator[User]:
    try:
        yield context.other_tenant_user()
    except CannotBuildRequest:
        return


def _machine(hooks: Hooks, users: int, subject: bytes) -> type[RuleBasedStateMachine]:
    """A state machine with one rule for each of REQUESTS."""

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.sequence = hooks["start"]()

        def teardown(self) -> None:
            hooks["clean_up"]()

    Machine._hypothesis_internal_add_digest = subject  # noqa: SLF001  no other way
    for request in REQUESTS:
        setattr(Machine, request.__name__, _rule(request, users))
    return Machine


def _rule(request: Callable[[RequestSequence, User, int], None], users: int) -> Any:
    def step(self: Any, user: int, choice: int) -> None:
        request(self.sequence, self.sequence.users[user], choice)

    step.__name__ = request.__name__
    created = rule(user=st.integers(0, users - 1), choice=st.integers(0, 5))(step)
    return created if request is create else precondition(lambda self: bool(self.sequence.held))(created)


CHECKS = (
    Check("lifecycle", (), http_rule("get|list", "create", source="RFC 9110 section 9.3", text="A service stores what was written."),
            state_machine),
)  # fmt: skip
