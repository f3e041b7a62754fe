"""Counting the requests that an override applies to in all processes that share a sandbox."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING

from mockserver.errors import LogError
from mockserver.lazy_module import LazyModule
from mockserver.web.control.namespaces import Namespace
from mockserver.web.control.overrides.overrides import Overrides, Taken

if TYPE_CHECKING:
    from mockserver.state.shared import namespace_log
    from mockserver.web.sharing.sharing import Sharing
else:
    namespace_log = LazyModule("mockserver.state.shared.namespace_log")

Count = tuple[int, int, int]
"""The number of an override, and how often it was met and applied."""


class SharedCounts:
    """Counts in the shared log: an override for one request applies to one, whichever process gets it."""

    def __init__(self, sharing: Sharing, overrides: Overrides) -> None:
        self._sharing, self._overrides = sharing, overrides

    def __call__(self, namespace: Namespace, take: Callable[[], Taken]) -> Taken:
        """Look for the override of a request, and count it. While the log cannot be used, this process counts alone."""
        try:
            with nullcontext() if self._sharing.in_round else self._sharing.round():
                self._sharing.check()
                return self._counted(namespace, take)
        except LogError:
            return take()

    def _counted(self, namespace: Namespace, take: Callable[[], Taken]) -> Taken:
        for trial in range(namespace_log.MOST_TRIALS):
            log = self._sharing.of(namespace, again=trial > 0)
            before = self._counts(namespace)
            taken = take()
            changed = sorted(self._counts(namespace) - before)
            if not changed:
                return taken
            appended = log.append([("counts", changed)])
            if appended is not None:
                self._sharing.keep(appended)
                return taken
            self._overrides.count(namespace, before)
        return None

    def _counts(self, namespace: Namespace) -> set[Count]:
        return {(each.number, each.seen, each.applied) for each in self._overrides.all(namespace) if each.is_counted}
