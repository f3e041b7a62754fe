"""Sends the mock and a service the same requests and reports each difference once, by the shortest sequence."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from contracts.checks.item_view import as_json
from contracts.checks.valid_bodies import smallest_body
from contracts.cleanup.created_items import CreatedItem
from contracts.cleanup.journal import Journal
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import Exhausted, ReadOnly, Target, Unreachable
from contracts.conformance.response_validation import response_violations
from contracts.differential.attribution import contradicted_statement
from contracts.differential.difference_keys import key_of, plain_key, repeats
from contracts.differential.differences import Comparer, Difference
from contracts.differential.observations import Observations
from contracts.differential.player import PlayedReply, Player
from contracts.differential.random_sequences import random_sequences
from contracts.differential.scenario import Scenario, does
from contracts.differential.scenarios import scenarios
from contracts.model.finding import Finding, finding
from contracts.model.resources import CheckedResource
from contracts.runner.context import CheckContext
from contracts.runner.request_sender import Mode
from contracts.runner.runner import CheckResult, Progress
from contracts.runner.selection import is_chosen
from contracts.runner.shared import SharedState
from mockserver.contract import Contract

CHECK = "same-"
"""The prefix of the names of these checks, such as `same-paging`."""

PATIENCE = 150
"""The largest number of requests to shorten the sequence of one difference."""

COUNTING = frozenset({"capacity", "default-page-size"})
"""Scenarios that count items: those of others disturb them."""

FULL = frozenset({402, 403, 409, 429, 507})
"""Statuses of a create request for which there is no room."""

HEAVY = 10
"""`quick` mode skips scenarios with more steps."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A difference, the shortest known scenario that shows it, and its finding."""

    scenario: Scenario
    difference: Difference
    found: Finding


@dataclass(slots=True)
class Comparison:
    """A running comparison. `deviations` are the differences found so far."""

    contract: Contract
    mock: Target
    service: Target
    mode: Mode = "default"
    seed: int = 0
    only: Sequence[str] = ()
    skip: Sequence[str] = ()
    strict: bool = False
    journal: Journal = field(default_factory=Journal.in_memory)
    tell: Progress = lambda operation, check, outcome: None
    deviations: dict[str, Disagreement] = field(default_factory=dict)
    outcomes: dict[tuple[str, str], str] = field(default_factory=dict)
    volatile: dict[str, frozenset[str]] = field(default_factory=dict)
    foreign_items: dict[str, int] = field(default_factory=dict)
    full: dict[str, str] = field(default_factory=dict)
    observations: Observations = field(default_factory=Observations)
    left: list[str] = field(default_factory=list)

    def context(self, target: Target) -> CheckContext:
        """A context for one of the two players. Only items at the service are written to the journal."""
        shared = SharedState(self.contract, self.seed)
        journal = self.journal if target is self.service else Journal.in_memory()
        return CheckContext(shared, target, "side-by-side", "", None, mode=self.mode, seed=self.seed, journal=journal)

    def run(self) -> CheckResult:
        """Compare. Never raises because of the service's behaviour: `stopped` of the result says why it ended early."""
        began, before, stopped = time.monotonic(), self.service.requests, ""
        limit = self.contract.behaviour.service.rate_limit
        self.service.window = limit.window if limit is not None else None
        players = Player(self.context(self.mock)), Player(self.context(self.service), self.observations)
        try:
            self._prepare(*players)
            for scenario in self._chosen(players[0].context):
                self._play(scenario, *players)
        except (Unreachable, Exhausted, ReadOnly) as reason:
            stopped = str(reason)
        except KeyboardInterrupt:
            stopped = "interrupted"
        self.left.extend(players[1].context.remaining())
        findings = tuple(each.found for each in self.deviations.values())
        return CheckResult(
            findings, self.outcomes, self.service.requests - before, time.monotonic() - began, tuple(self.left), stopped
        )

    def _chosen(self, context: CheckContext) -> Iterator[Scenario]:
        for scenario in (*scenarios(context), *random_sequences(context, self.mode, self.seed)):
            names = (CHECK + scenario.about, scenario.about, scenario.steps[-1].op.name)
            if is_chosen(names, self.only, self.skip) and (self.mode != "quick" or len(scenario.steps) <= HEAVY):
                yield scenario

    def _prepare(self, mock: Player, service: Player) -> None:
        """Find the fields that differ for each item, and count foreign items at the service."""
        for resource in service.context.shared.resources.values():
            if resource.can("list") and not resource.behaviour.parent:
                items, _ = service.context.list_all(resource)
                self.foreign_items[resource.name] = len(items)
            if resource.can("create"):
                filled = frozenset(name for op in resource.operations.values() for name in op.rule_defaults)
                self._two_items(resource, mock)
                made = self._two_items(resource, service)
                changing = changing_fields(resource, *made) if len(made) == 2 else frozenset()
                self.volatile[resource.name] = resource.rule_fields | filled | changing

    def _two_items(self, resource: CheckedResource, player: Player) -> Sequence[CreatedItem]:
        """Two items, which are deleted again. Notes where there is no room for them."""
        context, op = player.context, resource.operations["create"]
        try:
            for _ in range(2):
                exchange, _made = context.try_create(resource, body := smallest_body(context, resource))
                player.observations.note(resource, op, exchange, body)
                if (others := self.foreign_items.get(resource.name, 0)) and player.context.target is self.service:
                    self._note_full(resource, exchange.status, others)
            return context.created_items(resource)
        except CannotBuildRequest:
            return ()
        finally:
            context.clean_up()

    def _note_full(self, resource: CheckedResource, status: int, others: int) -> None:
        if status in FULL:
            op = resource.operations["create"]
            self.full[resource.name] = f"{others} items of others leave no room: {op.name} returned {status}"

    def _play(self, scenario: Scenario, mock: Player, service: Player) -> None:
        key = (scenario.steps[-1].name, CHECK + scenario.about)
        if reason := self._disturbed(scenario):
            self._note(key, f"skipped: {reason}")
            return
        try:
            found, _ = self._played(scenario, mock, service)
        except CannotBuildRequest as reason:
            self._note(key, f"skipped: {reason}")
            return
        if self._is_filled_by_others(scenario, found):
            others = self.foreign_items[scenario.resource.name]
            self._note(key, f"skipped: {others} items of others fill the capacity")
            return
        self._note(key, "passed")
        for difference in found:
            self._keep(scenario, difference, mock, service)

    def _keep(self, scenario: Scenario, difference: Difference, mock: Player, service: Player) -> None:
        """Remember a difference, unless it is known."""
        name = key_of(scenario, difference)
        if name in self.deviations or repeats(scenario, difference, self._known(scenario, difference)):
            return
        self.deviations[name] = self._shortest(scenario, difference, mock, service)
        self._note((difference.operation, CHECK + scenario.about), "failed")

    def _known(self, scenario: Scenario, difference: Difference) -> Difference | None:
        """The same difference as scenarios show it that aim at nothing."""
        known = self.deviations.get(plain_key(scenario, difference))
        return known.difference if known is not None else None

    def _disturbed(self, scenario: Scenario) -> str:
        """Why items of others make the scenario meaningless; empty if they do not."""
        others = self.foreign_items.get(scenario.resource.name, 0)
        if reason := self.full.get(scenario.resource.name):
            return reason
        paged = any(does(step) == "list" and (step.page or step.query) for step in scenario.steps)
        if others and (scenario.about in COUNTING or paged):
            return f"the list has {others} foreign items"
        return ""

    def _is_filled_by_others(self, scenario: Scenario, found: Sequence[Difference]) -> bool:
        """Did the service refuse an item only because items of others fill its capacity?"""
        if not self.foreign_items.get(scenario.resource.name) or not found:
            return False
        last = found[-1]
        created = sum(bool(step.creates) for step in scenario.steps[: last.step])
        return bool(scenario.steps[last.step].creates and created > 1 and last.how == "status" and last.seen in FULL)

    def _note(self, key: tuple[str, str], outcome: str) -> None:
        known = self.outcomes.get(key)
        if known is None or outcome == "failed" or (known.startswith("skipped") and outcome == "passed"):
            self.outcomes[key] = outcome
            self.tell(*key, outcome)

    def _played(
        self, scenario: Scenario, mock: Player, service: Player
    ) -> tuple[list[Difference], list[PlayedReply | None]]:
        ours, theirs = mock.play(scenario), service.play(scenario)
        volatile = self.volatile.get(scenario.resource.name, frozenset())
        others = bool(self.foreign_items.get(scenario.resource.name))
        comparer = Comparer(self.contract, scenario, mock, service, volatile, others)
        return list(comparer.differences(ours, theirs)), theirs

    def _shortest(self, scenario: Scenario, difference: Difference, mock: Player, service: Player) -> Disagreement:
        """The difference with the shortest scenario that a limited search finds."""
        best, shown, replies = scenario, difference, self._played(scenario, mock, service)[1]
        end = self.service.requests + PATIENCE
        shortened = True
        while shortened:
            shortened = False
            for shorter in best.shorter():
                spent = self.service.requests + len(shorter.steps) > end
                same = self._find_same(shorter, difference, mock, service) if shorter.steps and not spent else None
                if same is not None:
                    best, (shown, replies), shortened = shorter, same, True
                    break
        return Disagreement(best, shown, self._finding(best, shown, replies))

    def _find_same(
        self, scenario: Scenario, wanted: Difference, mock: Player, service: Player
    ) -> tuple[Difference, list[PlayedReply | None]] | None:
        try:
            found, replies = self._played(scenario, mock, service)
        except CannotBuildRequest:
            return None
        same = next((each for each in found if each.signature == wanted.signature), None)
        return (same, replies) if same is not None else None

    def _finding(self, scenario: Scenario, found: Difference, replies: Sequence[PlayedReply | None]) -> Finding:
        exchanges = tuple(reply.exchange for reply in replies[: found.step + 1] if reply is not None)
        operation, last = scenario.steps[found.step].op.operation, exchanges[-1:]
        is_valid = not any(
            each for exchange in last for each in response_violations(operation, exchange, self.contract)
        )
        statement = contradicted_statement(self.contract, scenario, found, is_valid=is_valid)
        detail = f" ({scenario.detail})" if scenario.detail else ""
        return finding(
            CHECK + scenario.about,
            found.operation,
            statement=statement,
            strict=self.strict,
            expected=f"{_words(found)} {_value(found, found.expected)}, as in the mock{detail}",
            seen=f"{_words(found)} {_value(found, found.seen)}",
            about=f"{scenario.detail} {found.signature}",
            exchanges=exchanges,
        )


def _words(found: Difference) -> str:
    if found.how == "status":
        return "status"
    if found.how == "header":
        return f"the header {found.path[0]}"
    named = {"order": "a list in this order:", "items": "a list of", "page": "after the last page"}
    return named.get(found.how, f"{found.place}:")


def _value(found: Difference, value: Any) -> str:
    """A value for people, as JSON; for a long list, the number of its items."""
    if found.how in ("items", "order"):
        return ", ".join(value) if 0 < len(value) < 6 else f"{len(value)} created items"
    in_words = found.how in ("page", "missing", "further") and isinstance(value, str)
    return value if in_words else as_json(value)


def changing_fields(resource: CheckedResource, one: CreatedItem, other: CreatedItem) -> frozenset[str]:
    """Fields that the service set to a different value for each of two items."""
    first, second = one.item, other.item
    settled = {resource.behaviour.identity.field} | set(one.sent)
    times = resource.behaviour.timestamps
    settled |= {times.created, times.updated} if times else set()
    return frozenset(name for name in first if name not in settled and first[name] != second.get(name))
