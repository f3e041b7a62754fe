"""What a project's conftest.py may say to an examination in pytest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contracts.runner.context import CheckContext
    from mockserver.contract import Contract


def pytest_mockserver_promises(contract: Contract) -> Sequence[Callable[[CheckContext], Any]]:  # type: ignore[empty-body]
    """The project's own promises: functions that get a Stage, each one a test.

    A function's name names the test, its docstring is what is promised. It tells a breach with `stage.expect`, or with
    an assertion. What it creates on the stage is removed again.
    """
