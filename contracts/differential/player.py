"""Plays scenarios against the mock or the service, knows the names of items, and deletes what it created."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from contracts.cleanup.created_items import CreatedItem
from contracts.client.authentication import user_with_secret
from contracts.client.pagination import following
from contracts.client.request_builder import MISSING, CannotBuildRequest, servers_of
from contracts.client.target import ANONYMOUS, Request, User
from contracts.differential.comparable_reply import ComparableReply, ReplyNormalizer
from contracts.differential.observations import Observations
from contracts.differential.scenario import Scenario, ScenarioStep
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource
from contracts.runner.context import CheckContext

UNKNOWN_CREDENTIAL = "contract-check-nobody-has-this"
"""A credential that no user has."""


@dataclass(frozen=True, slots=True)
class PlayedReply:
    """The response to a step, and its comparable form."""

    step: ScenarioStep
    exchange: RecordedExchange
    comparable: ComparableReply


@dataclass(slots=True)
class Player:
    """One of the two sides. `context` sends the requests and knows what must be deleted."""

    context: CheckContext
    observations: Observations = field(default_factory=Observations)
    items: dict[str, CreatedItem] = field(default_factory=dict)
    normalizer: ReplyNormalizer = field(default_factory=ReplyNormalizer)

    def play(self, scenario: Scenario) -> list[PlayedReply | None]:
        """The response to each step, or None where there is no next page. Deletes all created items.

        Ends before a step whose item does not exist. Raises Unable where the contract allows no valid request.
        """
        self._begin(scenario)
        replies: list[PlayedReply | None] = []
        try:
            for step in scenario.steps:
                if step.item and step.item not in self.items:
                    break
                before = replies[-1] if replies else None
                exchange = self._ask(scenario, step, before)
                if exchange is not None and exchange.status == 429:
                    raise CannotBuildRequest("the service answers 429 and asks to wait longer than the check waits")
                replies.append(PlayedReply(step, exchange, self.normalizer.normalize(exchange)) if exchange else None)
        finally:
            self.context.clean_up()
        return replies

    def _begin(self, scenario: Scenario) -> None:
        resource = scenario.resource
        times = resource.behaviour.timestamps
        parent = resource.behaviour.parent
        self.items = {}
        self.normalizer = ReplyNormalizer(
            keys=frozenset({resource.behaviour.identity.field, parent.field if parent else ""}),
            times=frozenset({times.created, times.updated} - {""}) if times else frozenset(),
            sent=set().union(*(texts(step.body) for step in scenario.steps)),
            moments={} if scenario.about == "timestamps" else None,
        )
        owner = self.context.shared.resources.get(parent.resource) if parent else None
        if owner is not None and owner.can("create"):
            self._remember("owner", self.context.create(owner))

    def _ask(self, scenario: Scenario, step: ScenarioStep, before: PlayedReply | None) -> RecordedExchange | None:
        query = dict(step.query)
        if step.pause:
            self.context.target.pause(step.pause)
        if step.page:
            position = self._next_position(scenario, step, before)
            if position is None:
                return None
            query |= position
        user = self._who(step)
        if step.path:
            servers = servers_of(self.context.contract.document, step.op.operation)
            return self.context.target.send(Request(step.method, step.path, servers=servers), user)
        exchange = self._sent(scenario, step, query, user)
        self.observations.note(scenario.resource, step.op, exchange, step.body)
        return exchange

    def _sent(self, scenario: Scenario, step: ScenarioStep, query: dict[str, Any], user: User) -> RecordedExchange:
        path = self._path(scenario, step)
        if step.creates and isinstance(step.body, dict) and not step.media_type:
            exchange, made = self.context.try_create(scenario.resource, step.body, user=user, path=path)
            if made is not None:
                self._remember(step.creates, made)
            return exchange
        exchange = self.context.send(
            step.op,
            user=user,
            path=path,
            query=query,
            body=step.body,
            media_type=step.media_type,
            headers=dict(step.headers) or None,
        )
        if step.creates:
            self.context.record_created(scenario.resource, exchange, {}, user, path)
        return exchange

    def _remember(self, name: str, made: CreatedItem) -> None:
        self.items[name] = made
        self.normalizer.ids[str(made.id)] = name

    def _path(self, scenario: Scenario, step: ScenarioStep) -> dict[str, Any]:
        parent = scenario.resource.behaviour.parent
        owner = self.items.get("owner")
        path = {**owner.path, parent.parameter: owner.id} if owner and parent else {}
        if step.item:
            made = self.items[step.item]
            path |= made.path
            if step.unknown_id:
                path[made.resource.behaviour.identity.parameter] = unknown_id(made.id)
        return path

    def _next_position(
        self, scenario: Scenario, step: ScenarioStep, before: PlayedReply | None
    ) -> dict[str, Any] | None:
        paging = step.op.behaviour.paging
        if paging is None or before is None:
            return None
        items = self.context.items(scenario.resource, before.exchange)
        size = int(step.query[paging.limit]) if paging.limit in step.query else max(1, len(items))
        try:
            position = following(
                self.context.shared.resources, step.op, before.exchange, items, step.page - 1, size * step.page, size
            )
        except CannotBuildRequest:  # the next page is nowhere to be found
            return None
        return {paging.position: position} if position is not None else None

    def _who(self, step: ScenarioStep) -> User:
        """The user of a step, without the headers that the step sends itself."""
        user, own = self._asker(step), {name.lower() for name in step.headers}
        return replace(user, headers=tuple(pair for pair in user.headers if pair[0].lower() not in own))

    def _asker(self, step: ScenarioStep) -> User:
        if step.user == "main":
            return self.context.main_user
        if step.user == "nobody":
            return replace(ANONYMOUS, tenant=self.context.main_user.tenant)
        if step.user == "wrong":
            return replace(
                user_with_secret(self.context.contract, "wrong", UNKNOWN_CREDENTIAL),
                tenant=self.context.main_user.tenant,
            )
        return self.context.other_tenant_user()

    def own_items(self, resource: CheckedResource, exchange: RecordedExchange) -> list[str] | None:
        """The names of our items in a list reply, in its order; None if the reply has no list."""
        found = resource.operations["list"].items_in(exchange.json)
        if found is None:
            return None
        ids = [str(item.get(resource.behaviour.identity.field)) for item in found]
        return [self.normalizer.ids[id] for id in ids if id in self.normalizer.ids]

    def only_own(self, resource: CheckedResource, exchange: RecordedExchange) -> Any:
        """Our items in a list reply, in comparable form, without those of others."""
        field = resource.behaviour.identity.field
        some = resource.operations["list"].items_in(exchange.json) or []
        own = [item for item in some if str(item.get(field)) in self.normalizer.ids]
        return self.normalizer.value("", own)


def unknown_id(id: Any) -> Any:
    """An id with the same format that no item has."""
    if isinstance(id, int):
        return id + 1_000_000
    text = str(id)
    if text.isdigit():
        return str(int(text) + 1_000_000)
    return text[:-4] + ("0000" if text[-4:] != "0000" else "1111")


def texts(value: Any) -> set[str]:
    """All texts in a JSON value."""
    if value is MISSING or isinstance(value, bytes):
        return set()
    return set(_texts(value))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
