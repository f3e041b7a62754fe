"""A sequence of requests that any implementation can play: steps refer to items by name, not by id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from contracts.client.request_builder import MISSING
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation

Asker = Literal["main", "stranger", "wrong", "nobody"]
"""The user of a request: the main user, one of another tenant, an unknown credential, or none."""


@dataclass(frozen=True, slots=True)
class ScenarioStep:
    """One request. `creates` names the item that it creates, `item` the one that it addresses.

    `unknown_id` replaces the id of `item` by a similar one that no item has. `query` maps parameters to values. A
    `page` starts at the position from the previous step's response (0 is the first page). `pause` is a delay before the
    request, in seconds. `path` and `method` are for requests that are not an operation of the document.
    """

    op: ResourceOperation
    creates: str = ""
    item: str = ""
    body: Any = MISSING
    query: Mapping[str, Any] = field(default_factory=dict)
    user: Asker = "main"
    unknown_id: bool = False
    page: int = 0
    pause: float = 0.0
    media_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    method: str = ""

    @property
    def name(self) -> str:
        """`METHOD path`."""
        return f"{self.method} {self.path}" if self.path else self.op.name

    def needed_items(self) -> frozenset[str]:
        """The items that must exist for this step."""
        return frozenset({self.item} - {""})


@dataclass(frozen=True, slots=True)
class Scenario:
    """Steps that test one statement: `about` is its kind (`paging`, `capacity`, `schema`), `said` the statement.

    `error` is the kind of error that it should cause (`missing`), `detail` the tested field or keyword.
    """

    about: str
    resource: CheckedResource
    steps: tuple[ScenarioStep, ...]
    statement: StatementRef
    error: str = ""
    detail: str = ""

    def without(self, start: int, end: int) -> Scenario:
        """The scenario without some steps, and without the steps that need their items."""
        kept: list[ScenarioStep] = []
        there: set[str] = {"owner"}
        for step in (*self.steps[:start], *self.steps[end:]):
            if step.needed_items() <= there and not (step.page and (not kept or kept[-1].page != step.page - 1)):
                kept.append(step)
                there |= {step.creates}
        return replace(self, steps=tuple(kept))

    def shorter(self) -> Iterator[Scenario]:
        """Shorter scenarios, the shortest first (delta debugging, Zeller and Hildebrandt 2002)."""
        size = len(self.steps) // 2
        while size:
            for start in range(len(self.steps) - size, -1, -size):
                yield self.without(start, start + size)
            size //= 2


def does(step: ScenarioStep) -> str:
    """What the operation of a step does, such as `list`; empty if no statement says it."""
    return step.op.behaviour.action.does if step.op.behaviour.action else ""
