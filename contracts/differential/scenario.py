"""A sequence of requests in words that fit every implementation: items are called by names, not by ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from contracts.client.request_builder import MISSING
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation

Asker = Literal["main", "stranger", "wrong", "nobody"]
"""Who asks: the first credential, one of another tenant, one that nobody has, or none."""


@dataclass(frozen=True, slots=True)
class ScenarioStep:
    """One request. `makes` names the item that it creates, `item` the one that it is about.

    `never` asks for an id like that of `item` which nobody has. `query` maps parameters to values. A `page` is asked
    for at the position that the reply of the step before gave (0 is the first page). `pause` is time that passes before
    it. `path` is for what is no operation of the document.
    """

    op: ResourceOperation
    makes: str = ""
    item: str = ""
    body: Any = MISSING
    query: Mapping[str, Any] = field(default_factory=dict)
    user: Asker = "main"
    never: bool = False
    page: int = 0
    pause: float = 0.0
    media_type: str = ""
    path: str = ""
    method: str = ""

    @property
    def name(self) -> str:
        """`METHOD path`."""
        return f"{self.method} {self.path}" if self.path else self.op.name

    def touches(self) -> frozenset[str]:
        """The items that must be there for this step."""
        return frozenset({self.item} - {""})


@dataclass(frozen=True, slots=True)
class Scenario:
    """Steps that try one statement: `about` is its kind (`paging`, `capacity`, `schema`), `said` the statement.

    `refusal` is the kind of refusal that it provokes (`missing`), `detail` the field or keyword that it is about.
    """

    about: str
    resource: CheckedResource
    steps: tuple[ScenarioStep, ...]
    statement: StatementRef
    refusal: str = ""
    detail: str = ""

    def without(self, start: int, end: int) -> Scenario:
        """The same without some of its steps, and without those that need what they would have made."""
        kept: list[ScenarioStep] = []
        there: set[str] = {"owner"}
        for step in (*self.steps[:start], *self.steps[end:]):
            if step.touches() <= there and not (step.page and (not kept or kept[-1].page != step.page - 1)):
                kept.append(step)
                there |= {step.makes}
        return replace(self, steps=tuple(kept))

    def shorter(self) -> Iterator[Scenario]:
        """Shorter ones, those that leave out most first (delta debugging, Zeller and Hildebrandt 2002)."""
        size = len(self.steps) // 2
        while size:
            for start in range(len(self.steps) - size, -1, -size):
                yield self.without(start, start + size)
            size //= 2
