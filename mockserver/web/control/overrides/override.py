"""One override: which requests it is for, what it answers, and how often it has."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

from mockserver.lazy_module import LazyModule
from mockserver.openapi import json_codec
from mockserver.web.control.conditions import Condition
from mockserver.web.control.overrides.answer import OverrideAnswer, OverrideScope
from mockserver.web.control.overrides.delays import Draw
from mockserver.web.control.overrides.matched_request import MatchedRequest

if TYPE_CHECKING:
    from mockserver.web.control import shown_entry
else:
    shown_entry = LazyModule("mockserver.web.control.shown_entry")

Step = tuple[Draw | None, OverrideAnswer]
"""A delay and an answer."""


class Override:
    """An override as it was set (`wanted`), with its counts. `number` says when it was added.

    It ends after so many `seconds`, if that is not None.
    """

    def __init__(
        self,
        number: int,
        wanted: Mapping[str, Any],
        seconds: float | None,
        scope: OverrideScope,
        condition: Condition,
        steps: Sequence[Step],
    ) -> None:
        self.number, self.wanted, self.scope, self.steps = number, wanted, scope, steps
        self.enabled: bool = wanted.get("enabled", True)
        self._condition = condition
        self._times, self._after = wanted.get("times"), wanted.get("after", 0)
        self._probability = wanted.get("probability")
        self._ends = time.monotonic() + seconds if seconds is not None else None
        self._ends_at = time.time() + seconds if seconds is not None else None
        seed = scope.namespace.world.seed
        # Not the world's own numbers: ids that are made later would depend on what was overridden. Neither the number
        # nor the namespace counts: a test on a shared sandbox would depend on what other tests did.
        self.random = Random(f"{seed} {json_codec.write(dict(wanted)).decode()}") if seed is not None else Random()
        self.seen = self.applied = 0
        self.size = size_of(wanted)

    @property
    def id(self) -> str:
        return str(self.number)

    @property
    def is_active(self) -> bool:
        """Is it switched on, and may it still apply?"""
        if not self.enabled:
            return False
        if self._times is not None and self.applied >= self._times:
            return False
        if self._ends is not None and time.monotonic() >= self._ends:
            return False
        return not self._next[1].is_over(self.scope.namespace)

    @property
    def _next(self) -> Step:
        """The next step; the last one stays."""
        return self.steps[min(self.applied, len(self.steps) - 1)]

    @property
    def is_counted(self) -> bool:
        """Does it matter how often it was met or applied?"""
        return self._times is not None or self._after > 0 or len(self.steps) > 1

    def take(self, request: MatchedRequest) -> Step | None:
        """The step for a request, which counts; None when the override does not apply to it."""
        if not self._condition.matches(request) or not self.is_active:
            return None
        self.seen += 1
        if self.seen <= self._after:
            return None
        if self._probability is not None and self.random.random() >= self._probability:
            return None
        step = self._next
        self.applied += 1
        return step

    @property
    def _ends_shown(self) -> dict[str, str | None]:
        """When it ends: by the clock of the machine, and by that of the namespace."""
        times = {"ends_at": self._ends_at, "fault_ends_at": self._next[1].ends_at}
        return {name: shown_entry.time_of(moment) if moment is not None else None for name, moment in times.items()}

    def shown(self) -> dict[str, Any]:
        """The override as the admin API shows it (schema `SetOverride`)."""
        flag = {"invalid": self.scope.is_invalid, "enabled": self.enabled, **self._ends_shown}
        counts = {"namespace": self.scope.namespace.name, "applied": self.applied, "is_active": self.is_active}
        return {"id": self.id, **self.wanted, **flag, **counts}


def size_of(wanted: Mapping[str, Any]) -> int:
    """How many bytes an override has as JSON."""
    return len(json_codec.write(dict(wanted)))
