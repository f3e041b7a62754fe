"""What a stage made, and which exchanges lead to a reply that shows some of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from contracts.client.target import User
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource

FEW = 12
"""So many items are made again at most, so that a list shows what it showed."""


@dataclass(frozen=True)
class CreatedItem:
    """An item that exists because we made it: its id, as the create reply showed it, and what was sent."""

    resource: CheckedResource
    id: Any
    item: Mapping[str, Any]
    sent: Mapping[str, Any]
    user: User
    exchange: RecordedExchange
    path: Mapping[str, Any]


class CreatedItems:
    """The items that were made: `present` are those that were not taken away yet, oldest first."""

    def __init__(self) -> None:
        self.present: list[CreatedItem] = []
        self._ever: list[CreatedItem] = []
        self._removals: list[RecordedExchange] = []

    def add(self, made: CreatedItem) -> None:
        """Remember an item that exists now."""
        self.present.append(made)
        self._ever.append(made)

    def forget(self, made: CreatedItem) -> None:
        """Forget an item that is there no more, or cannot be removed; how it was made stays known."""
        if made in self.present:
            self.present.remove(made)

    def removed_by(self, exchange: RecordedExchange) -> None:
        """Remember what may have removed an item."""
        self._removals.append(exchange)

    def steps_to_show(self, exchange: RecordedExchange) -> tuple[RecordedExchange, ...]:
        """An exchange that is not as documented; before a list, an item is made that may be what is wrong there."""
        led = self.steps_to(*(each for each in self._removals if each.url == exchange.url), exchange)
        latest = [each.exchange for each in self.present[-1:] if each.exchange is not exchange]
        return led if len(led) > 1 or exchange.method != "GET" else (*self.steps_to(*latest), exchange)

    def steps_to(self, *exchanges: RecordedExchange) -> tuple[RecordedExchange, ...]:
        """Exchanges, after those that made the items whose ids stand in their addresses, or which they list."""
        shown = {id(each) for each in exchanges}
        needed: list[RecordedExchange] = []
        listed = self._listed(exchanges)
        steps = {step for each in exchanges for step in urlsplit(each.url).path.split("/")}
        for made in reversed(self._ever):
            if id(made.exchange) not in shown and (made in listed or quote(str(made.id), safe="") in steps):
                needed.insert(0, made.exchange)
                shown.add(id(made.exchange))
                steps |= set(urlsplit(made.exchange.url).path.split("/"))
        return (*needed, *exchanges)

    def _listed(self, exchanges: Iterable[RecordedExchange]) -> list[CreatedItem]:
        """Our items of each kind that lists of the replies show; none where they are too many to be made again."""
        seen = {
            (key, str(value))
            for each in exchanges
            for item in _members(each.json)
            for key, value in item.items()
            if isinstance(value, str | int)
        }
        kinds = [made.resource for made in self._ever if (made.resource.behaviour.identity.field, str(made.id)) in seen]
        found = [made for made in self.present if made.resource in kinds]
        return found if len(found) <= FEW else []


def _members(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects in the lists of a JSON value."""
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(value, list) and isinstance(each, dict):
            yield each
        yield from _members(each)
