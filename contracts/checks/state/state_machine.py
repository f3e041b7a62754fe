"""Check by stateful testing: random sequences of requests by two tenants, compared with a simple model.

Hypothesis chooses the sequences (a rule-based state machine) and shrinks a failing one. The model is a list of items for
each tenant. This finds bugs that no single check can see: a request that breaks another one, three requests later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from contracts.checks.item_view import shows_id
from contracts.checks.state.request_sequences import REQUESTS, RequestSequence, StateMachineFailure, create
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import User
from contracts.model.resources import CheckedResource
from contracts.runner.check import Check, http_rule
from contracts.runner.context import CheckContext

EXAMPLES = {"quick": 6, "default": 25, "campaign": 400}
"""How many sequences each mode tries."""

PHASES = [Phase.reuse, Phase.generate, Phase.shrink]
"""What Hypothesis does: it tries the sequences that failed before, then others, and shortens one that fails."""

MAX_LENGTH = 14
"""The maximal length of a sequence."""


Hooks = dict[str, Callable[[], Any]]
"""The functions that start and end a sequence."""


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
        phases=PHASES,
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
        raise CannotBuildRequest("the same sequence of requests had different outcomes, so none can be shown") from None
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
            try:
                self.sequence.read_changed()
            finally:
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
    Check(
        "lifecycle",
        (),
        http_rule("get|list", "create", source="RFC 9110 section 9.3", text="A service stores what was written."),
        state_machine,
    ),
)
