"""Modules that are imported when they are first used, so that a start does not wait for what it seldom needs."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from threading import RLock
from types import MappingProxyType
from typing import Any

NONE: Mapping[str, str] = MappingProxyType({})


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


def postpone(name: str, known: Mapping[str, str] = NONE) -> None:
    """Let a module run when one of its names is first used, also where others import it.

    For a package that imports much of itself for the sake of short names: its own modules are imported without it. And
    for a module that libraries import for what a start does not do. `known` are names with a module that has them:
    these run it not. Does nothing if it is imported already, or not installed.
    """
    spec = find_spec(name) if name not in sys.modules else None
    if spec is None or spec.loader is None:
        return
    module, run = module_from_spec(spec), spec.loader.exec_module
    lock, begun = RLock(), list[bool]()

    def of_module(attribute: str) -> Any:
        if attribute == "__path__":
            raise AttributeError(f"module {name!r} is no package")  # each `from name import …` asks for it
        if attribute in known:
            return getattr(import_module(known[attribute]), attribute)
        with lock:  # another thread waits until all is there
            if not begun:
                begun.append(True)
                run(module)
        if attribute in vars(module):
            return vars(module)[attribute]
        raise AttributeError(f"module {name!r} has no attribute {attribute!r}")

    vars(module)["__getattr__"] = of_module  # PEP 562
    sys.modules[name] = module
    parent, _, last = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], last, module)
