"""Hooks that a project's conftest.py may implement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contracts.runner.context import CheckContext
    from mockserver.contract import Contract


def pytest_mockserver_checks(contract: Contract) -> Sequence[Callable[[CheckContext], Any]]:  # type: ignore[empty-body]
    """Return the project's own checks for a contract: functions that get a CheckContext. Each one becomes a test.

    The name of the function names the test, and its docstring says what must hold. A check reports a violation by
    `context.expect` or by an assertion. Everything it creates with the context is deleted afterwards.
    """
