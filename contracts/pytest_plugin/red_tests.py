"""The tests that failed, and the causes of their failures: one cause fails one test."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from contracts.model.finding import Finding
from contracts.report.causes import causes


@dataclass(slots=True)
class RedTests:
    """The failures of this process so far, and the test that failed with each."""

    failures: list[Finding] = field(default_factory=list)
    tests: dict[int, str] = field(default_factory=dict)

    def blamed(self, test: str, failures: Sequence[Finding]) -> list[str]:
        """The earlier tests that failed with the causes of all these failures.

        Empty if one of them has a cause of its own: then `test` fails, and is blamed for these causes from now on.
        """
        earlier = {id(each) for each in self.failures}
        groups = [cause.findings for cause in causes([*self.failures, *failures])]
        found = [group for group in groups if any(id(each) not in earlier for each in group)]
        names = [self._test_of(each for each in group if id(each) in earlier) or self._near(group) for group in found]
        if all(names):
            return list(dict.fromkeys(names))
        self.failures += failures
        self.tests |= {id(each): test for each in failures}
        return []

    def _test_of(self, failures: Iterable[Finding]) -> str:
        return next((self.tests[id(each)] for each in failures), "")

    def _near(self, group: Sequence[Finding]) -> str:
        """The test that failed because of the same field of the same operation; empty if there is none.

        A lost field shows in many checks, each with words of its own. Once it is mended, what remains fails again.
        """
        fields = {(each.operation, name) for each in group for name in fields_named(each)}
        wrong = (each for each in self.failures if fields & {(each.operation, name) for name in fields_named(each)})
        return self._test_of(wrong) if len({each.operation for each in group}) == 1 else ""


def fields_named(found: Finding) -> frozenset[str]:
    """The fields of its bodies that a finding names."""
    names = {name for each in found.exchanges for value in (each.sent, each.json) for name in _names(value)}
    words = set(re.findall(r"[A-Za-z_][\w-]*", found.expected))
    return frozenset(names & words)


def _names(value: Any) -> Iterable[str]:
    items = value if isinstance(value, list) else [value]
    return (name for each in items[:3] if isinstance(each, dict) for name in each)
