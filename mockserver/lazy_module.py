"""Modules that are imported when they are first used, so that a start does not wait for what it seldom needs."""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any


class LazyModule:
    """Takes the place of a module, and imports it when one of its names is first asked for.

        if TYPE_CHECKING:
            import httpx
        else:
            httpx = LazyModule("httpx")

    So type checkers, and the test of import arrows, see an ordinary import. What the import raises is raised then. What
    it warns of is for the authors of the module: a user whose tests turn warnings into errors can do nothing about it.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = getattr(import_module(self._name), attribute)
        setattr(self, attribute, found)
        return found

    def __repr__(self) -> str:
        return f"LazyModule({self._name!r})"
