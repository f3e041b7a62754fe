"""All overrides of a sandbox, by namespace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from mockserver.errors import Missing, TooMany
from mockserver.lazy_module import LazyModule
from mockserver.web.control.conditions import Condition, invalid
from mockserver.web.control.namespaces import Namespace, Namespaces
from mockserver.web.control.overrides.answer import OverrideScope, Place
from mockserver.web.control.overrides.delays import delay
from mockserver.web.control.overrides.forwarding import AllowedHosts
from mockserver.web.control.overrides.override import Override, Step, size_of
from mockserver.web.control.overrides.places import OverrideList, concerned
from mockserver.web.control.overrides.short_forms import long_form
from mockserver.web.service import Service

if TYPE_CHECKING:
    from mockserver.web.control.overrides import reading
else:
    reading = LazyModule("mockserver.web.control.overrides.reading")

MOST = 10_000
"""How many overrides a sandbox has at most."""

MOST_BYTES = 64 * 1024 * 1024
"""How long all overrides of a sandbox are at most together, as JSON."""

MOST_CHECKS = 20_000
"""How many answers are checked against how many operations for one override."""


StoredOverride = tuple[int, dict[str, Any], bool, int, int]
"""The number of an override, the override as it was set, if it is switched on, how often it was met and applied."""


Taken = tuple[Override, Step] | None
"""The override that applies to a request, and what it answers; None if none does."""

Counted = Callable[[Namespace, Callable[[], Taken]], Taken]
"""Calls a function that looks for the override of a request and counts it, in a namespace; gives its result."""


def counted_here(namespace: Namespace, take: Callable[[], Taken]) -> Taken:
    """Count in this process alone."""
    return take()


TRIAL = 0
"""The number of an override that is only tried."""


class Overrides:
    """The overrides of a sandbox. `on_change` is called when the first one is added and when the last one is removed.

    `counted` is called around each count of an override that may not apply again, or not so: several processes count
    together. A reload replaces `services`; overrides stay, and apply to the operations of the same names.
    """

    def __init__(self, namespaces: Namespaces, allowed: AllowedHosts) -> None:
        self.namespaces, self._allowed = namespaces, allowed
        self.services: Mapping[str, Service] = {}
        self.on_change: Callable[[], None] = lambda: None
        self.counted: Counted = counted_here
        self._lists: dict[str, OverrideList] = {}
        self._number = 0
        namespaces.on_end.append(self.clear)

    def __len__(self) -> int:
        return sum(len(each.by_id) for each in self._lists.values())

    def list_of(self, namespace: str) -> OverrideList | None:
        """The overrides of a namespace; None when it has none."""
        return self._lists.get(namespace)

    def all(self, namespace: Namespace) -> list[Override]:
        """The overrides of a namespace in the order in which they are tried."""
        found = self._lists.get(namespace.name)
        return found.newest_first() if found is not None else []

    def get(self, namespace: Namespace, id: str) -> Override:
        """One override. Raises Missing."""
        found = self._lists.get(namespace.name)
        override = found.by_id.get(id) if found is not None else None
        if override is None:
            raise Missing(f"there is no override {id!r} in the namespace {namespace.name!r}", resource="override")
        return override

    def add(self, namespace: Namespace, wanted: Mapping[str, Any]) -> Override:
        """Set an override (schema `Override` of the admin API), which is tried first. Raises Invalid and TooMany."""
        override = self._added(self._number + 1, namespace, wanted)
        self._number += 1
        return override

    def add_trial(self, namespace: Namespace, wanted: Mapping[str, Any]) -> Override:
        """Set an override in a namespace that ends after a trial. It takes no number, so that those of others follow.

        Raises Invalid and TooMany.
        """
        return self._added(TRIAL, namespace, wanted)

    def replace(self, namespace: Namespace, id: str, wanted: Mapping[str, Any]) -> Override:
        """Set another override in the place of one. Raises Missing and Invalid."""
        before = self.get(namespace, id)
        self._check_size(wanted, before)
        override = self._made(before.number, namespace, wanted)
        self._lists[namespace.name].put(override)
        return override

    def remove(self, namespace: Namespace, id: str) -> None:
        """Remove an override. Raises Missing."""
        self.get(namespace, id)
        kept = self._lists[namespace.name]
        kept.remove(id)
        if not kept.by_id:
            self.clear(namespace)

    def clear(self, namespace: Namespace) -> None:
        """Remove all overrides of a namespace: when it ends, and when it goes back to its start state."""
        if self._lists.pop(namespace.name, None) is not None and not self._lists:
            self.on_change()

    def stored(self, namespace: Namespace) -> list[StoredOverride]:
        """The overrides of a namespace as plain values, the oldest first."""
        kept = reversed(self.all(namespace))
        return [(each.number, dict(each.wanted), each.enabled, each.seen, each.applied) for each in kept]

    def put_all(self, namespace: Namespace, stored: Iterable[StoredOverride]) -> None:
        """Have these overrides and no others. One that is there already goes on; only its counts may change."""
        before = {each.number: each for each in self.all(namespace)}
        self.clear(namespace)
        for number, wanted, enabled, seen, applied in stored:
            known = before.get(number)
            override = known if known is not None and known.wanted == wanted else self._made(number, namespace, wanted)
            override.enabled, override.seen, override.applied = enabled, seen, applied
            self._keep(namespace, override)
            self._number = max(self._number, number)

    def count(self, namespace: Namespace, counts: Iterable[tuple[int, int, int]]) -> None:
        """Set how often overrides were met and applied, by their numbers."""
        known = {each.number: each for each in self.all(namespace)}
        for number, seen, applied in counts:
            if number in known:
                known[number].seen, known[number].applied = seen, applied

    def _added(self, number: int, namespace: Namespace, wanted: Mapping[str, Any]) -> Override:
        if len(self) >= MOST:
            raise TooMany(f"there are {MOST} overrides, the most allowed; DELETE /_mock/overrides removes them")
        self._check_size(wanted)
        override = self._made(number, namespace, wanted)
        self._keep(namespace, override)
        return override

    def _keep(self, namespace: Namespace, override: Override) -> None:
        was_empty = not self._lists
        self._lists.setdefault(namespace.name, OverrideList()).add(override)
        if was_empty:
            self.on_change()

    def _check_size(self, wanted: Mapping[str, Any], before: Override | None = None) -> None:
        """Raise TooMany for an override that would make all of them too long."""
        others = sum(each.size for kept in self._lists.values() for each in kept.by_id.values() if each is not before)
        if others + size_of(wanted) > MOST_BYTES:
            raise TooMany(f"all overrides together have more than {MOST_BYTES} bytes; remove some, or shorten a body")

    def _made(self, number: int, namespace: Namespace, wanted: Mapping[str, Any]) -> Override:
        """Compile and check an override. Raises Invalid, naming the field."""
        form = long_form(wanted)
        when, is_invalid = form.get("when", {}), form.get("invalid", False)
        condition = Condition(when, ("when",))
        endpoints = concerned(when, self.services, is_invalid=is_invalid)
        scope = OverrideScope(str(number), namespace, endpoints, is_invalid, self.services)
        return Override(number, wanted, form.get("expires"), scope, condition, self._steps(form["then"], scope))

    def _steps(self, then: Any, scope: OverrideScope) -> list[Step]:
        if isinstance(then, list) and len(then) * len(scope.endpoints) > MOST_CHECKS and not scope.is_invalid:
            raise invalid(f"{len(then)} answers for {len(scope.endpoints)} operations: name one in `when`", ("then",))
        if not isinstance(then, list):
            return [self._step(then, scope, ("then",))]
        return [self._step(each, scope, ("then", number)) for number, each in enumerate(then)]

    def _step(self, then: Mapping[str, Any], scope: OverrideScope, at: Place) -> Step:
        waits = delay(then["delay"], (*at, "delay")) if "delay" in then else None
        return waits, reading.answer(then, scope, self._allowed, at)
