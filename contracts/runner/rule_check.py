"""Checks of vendor rules, which are Python functions like the rules themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

from contracts.model.resources import CheckedResource
from contracts.runner.context import CheckContext
from mockserver.errors import BehaviourError

CheckFunction = Callable[[CheckContext, CheckedResource], None]
"""Checks a rule at the first operation that names it, given the resource of that operation."""


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """A function that checks the rule of a name."""

    rule: str
    run: CheckFunction


def rule_check(rule: str) -> Callable[[CheckFunction], RuleCheck]:
    """Make a function of a vendor's `checks.py` the check of a rule."""
    return lambda function: RuleCheck(rule, function)


def rule_checks(module: ModuleType) -> Iterator[RuleCheck]:
    """The checks among the values of a module. Raises BehaviourError for two checks of one rule."""
    found: dict[str, RuleCheck] = {}
    for value in vars(module).values():
        if isinstance(value, RuleCheck):
            if found.setdefault(value.rule, value) is not value:
                raise BehaviourError(f"{module.__name__}: two checks are for the rule {value.rule!r}")
            yield value
