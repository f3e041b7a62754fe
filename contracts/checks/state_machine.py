"""A service against a simple model: random sequences of requests by two tenants, shrunk to the shortest that fails.

Hypothesis chooses the sequences (a rule-based state machine) and shrinks them; the model is a list of items for each
tenant. What single promises cannot see is seen here: that one request spoils another one, three requests later.
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

from contracts.checks.item_view import changing, covers, few_ids, showable, shows_id, unchangeable
from contracts.checks.lists import ids
from contracts.checks.read_your_writes import GONE
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import User
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource
from contracts.runner.check import Check, http_rule
from contracts.runner.context import CheckContext

EXAMPLES = {"quick": 6, "default": 25, "campaign": 400}
"""How many sequences are tried in each mode."""

STEPS = 14
"""The longest sequence."""


class StateMachineFailure(AssertionError):
    """The service and the model disagree."""


@dataclass
class RememberedItem:
    """An item as the model knows it."""

    made: CreatedItem
    fields: dict[str, Any]
    alive: bool = True


@dataclass
class Play:
    """One sequence under way: the model, and what was said so far."""

    context: CheckContext
    resource: CheckedResource
    people: list[User]
    held: dict[str, list[RememberedItem]] = field(default_factory=dict)
    trail: list[RecordedExchange] = field(default_factory=list)

    def living(self, user: User) -> list[RememberedItem]:
        """What somebody has, the oldest first."""
        return [each for each in self.held.get(user.name, ()) if each.alive]

    def everything(self, user: User) -> list[RememberedItem]:
        """What somebody has or had."""
        return self.held.get(user.name, [])

    def note(self, exchange: RecordedExchange) -> RecordedExchange:
        """Remember what was said."""
        self.trail.append(exchange)
        return exchange

    def hold(self, holds: bool, expected: str, seen: str) -> None:
        """Raise Broken unless it holds."""
        if not holds:
            raise StateMachineFailure(expected, seen)


def create(play: Play, user: User, choice: int) -> None:
    """Make an item, unless there are many already."""
    if len(play.living(user)) >= 5:
        return
    exchange, made = play.context.try_create(play.resource, user=user)
    play.note(exchange)
    play.hold(made is not None, "a valid request is accepted", f"status {exchange.status}")
    if made is not None:
        present = play.held.setdefault(user.name, [])
        is_named = str(made.sent.get(play.resource.behaviour.identity.field)) == str(made.id)
        if is_named or few_ids(play.context, play.resource):
            present[:] = [each for each in present if each.made.id != made.id or (each.alive and not is_named)]
        present.append(RememberedItem(made, dict(made.sent)))


def read(play: Play, user: User, choice: int) -> None:
    """Read an item that is or was there."""
    held = _chosen(play.everything(user), choice)
    if held is not None and play.resource.can("get"):
        exchange = play.note(play.context.get(held.made))
        _agrees(play, held, exchange)


def change(play: Play, user: User, choice: int) -> None:
    """Change one field of an item that is or was there."""
    held = _chosen(play.everything(user), choice)
    op = play.resource.operations.get("update")
    if held is None or op is None:
        return
    names = [n for n in play.context.bodies.properties(op) if n in held.fields and n not in unchangeable(play.resource)]
    name = names[choice % len(names)] if names else ""
    value = play.context.bodies.other(op, name, held.fields[name], f"{choice}") if name else None
    body = changing(play.context, op, held.fields, name, value) if value is not None else None
    if body is None:
        return
    exchange = play.note(play.context.update(held.made, body))
    if not held.alive:
        play.hold(exchange.status in GONE, "404 for a change of a removed item", f"status {exchange.status}")
    elif exchange.status < 300:
        held.fields[name] = value
    else:
        play.hold(op.may_refuse or exchange.status == 409, "a valid change is accepted", f"status {exchange.status}")


def remove(play: Play, user: User, choice: int) -> None:
    """Remove an item that is or was there."""
    held = _chosen(play.everything(user), choice)
    if held is None or not play.resource.can("delete"):
        return
    exchange = play.note(play.context.delete(held.made))
    if held.alive:
        play.hold(exchange.status < 300, "an item can be removed", f"status {exchange.status}")
    else:
        play.hold(exchange.status in GONE, "404 for removing an item again", f"status {exchange.status}")
    held.alive = False


def look(play: Play, user: User, choice: int) -> None:
    """List what somebody has."""
    if not play.resource.can("list") or (play.resource.behaviour.parent and not play.everything(user)):
        return
    subject: CreatedItem | CheckedResource = (
        play.everything(user)[0].made if play.resource.behaviour.parent else play.resource
    )
    items, asked = play.context.list_all(subject, user=user)
    play.trail += asked
    known = {str(each.made.id): each for each in play.everything(user)}
    seen = [id for id in ids(play.resource, items) if id in known]
    wanted = [str(each.made.id) for each in play.living(user)]
    play.hold(sorted(seen) == sorted(wanted), f"a list with {len(wanted)} items of ours", f"{len(seen)} of them")
    order = play.resource.behaviour.order
    if order.by == "creation" and order.evidence in ("documented", "observed"):
        wanted = wanted[::-1] if order.direction == "descending" else wanted
        play.hold(seen == wanted, f"by creation, {order.direction}", "another order")
    strangers = {str(h.made.id) for each in play.people if each != user and _apart(play) for h in play.everything(each)}
    play.hold(not strangers & set(ids(play.resource, items)), "nothing of another tenant", "an item of another tenant")


def spy(play: Play, user: User, choice: int) -> None:
    """Ask for, or remove, what belongs to somebody else."""
    other = next((each for each in play.people if each != user), None)
    held = _chosen(play.living(other), choice) if other else None
    if held is None or not _apart(play):
        return
    name = [n for n in ("get", "delete") if n in play.resource.operations][
        choice % 2 if play.resource.can("get", "delete") else 0
    ]
    exchange = play.note(play.context.send(play.resource.operations[name], user=user, path=held.made.path))
    play.hold(
        exchange.status in (401, 403, 404, 410), f"another tenant's {name} is refused", f"status {exchange.status}"
    )


Scene = dict[str, Callable[[], Any]]
"""What a machine begins and ends with."""

MOVES: tuple[Callable[[Play, User, int], None], ...] = (create, read, change, remove, look, spy)
"""What a sequence is made of."""


def _apart(play: Play) -> bool:
    return play.resource.behaviour.tenant.by != "none" and len(play.people) > 1


def _chosen(held: list[RememberedItem], choice: int) -> RememberedItem | None:
    return held[choice % len(held)] if held else None


def _agrees(play: Play, held: RememberedItem, exchange: RecordedExchange) -> None:
    if not held.alive:
        play.hold(exchange.status in GONE, "404 for a removed item", f"status {exchange.status}")
        return
    play.hold(exchange.status == 200, "the item is there", f"status {exchange.status}")
    op = play.resource.operations["get"]
    item, shows = play.context.item(op, exchange), showable(play.context, play.resource, op)
    for name, value in held.fields.items():
        if (
            name in shows
            and name not in play.resource.server_fields | play.resource.write_only_fields | play.resource.rule_fields
        ):
            play.hold(covers(item.get(name), value), f"{name} {value!r}", repr(item.get(name)))


def state_machine(context: CheckContext, resource: CheckedResource) -> None:
    """Whatever is done in whatever order, the service shows what a simple model shows."""
    if not shows_id(context, resource):
        context.create(resource)
    people = [context.main_user, *_strangers(context)]
    last: list[Play] = []

    def begin() -> Play:
        context.clean_up()
        last[:] = [Play(context, resource, people)]
        return last[0]

    # By this, Hypothesis tells the sequences of one resource from those of another in its database.
    subject = f"{context.contract.document.title} {context.operation}".encode()
    scene: Scene = {"begin": begin, "tidy": context.clean_up}
    machine = seeded(context.random.getrandbits(32))(_machine(scene, len(people), subject))
    limits = settings(
        max_examples=EXAMPLES[context.mode],
        stateful_step_count=STEPS,
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
        context.report_violation(expected, seen, *last[0].trail, about=expected if "'" not in expected else "field")
    except Flaky:
        context.report_violation(
            "the same sequence of requests has the same outcome each time", "it did not", *last[0].trail, about="flaky"
        )
    finally:
        scene.clear()  # Hypothesis never forgets a machine, which must not keep everything that was said with it


def _strangers(context: CheckContext) -> Iterator[User]:
    try:
        yield context.other_tenant_user()
    except CannotBuildRequest:
        return


def _machine(scene: Scene, people: int, subject: bytes) -> type[RuleBasedStateMachine]:
    """A state machine with one rule for each of MOVES."""

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.play = scene["begin"]()

        def teardown(self) -> None:
            scene["tidy"]()

    Machine._hypothesis_internal_add_digest = subject  # noqa: SLF001  no other way
    for move in MOVES:
        setattr(Machine, move.__name__, _rule(move, people))
    return Machine


def _rule(move: Callable[[Play, User, int], None], people: int) -> Any:
    def step(self: Any, user: int, choice: int) -> None:
        move(self.play, self.play.people[user], choice)

    step.__name__ = move.__name__
    made = rule(user=st.integers(0, people - 1), choice=st.integers(0, 5))(step)
    return made if move is create else precondition(lambda self: bool(self.play.held))(made)


CHECKS = (
    Check("lifecycle", (), http_rule("get|list", "create", source="RFC 9110 section 9.3", text="A service remembers."),
            state_machine),
)  # fmt: skip
