"""What uvloop takes from `inspect` when it is imported, without that large module."""

from __future__ import annotations

import inspect
from types import GeneratorType


def isgenerator(object: object) -> bool:
    """Is it a generator? As `inspect.isgenerator`."""
    return isinstance(object, GeneratorType)


def iscoroutinefunction(object: object) -> bool:
    """Is it a function whose calls are coroutines? As `inspect.iscoroutinefunction`, which runs that module now.

    uvloop calls it in its debug mode only.
    """
    _ = inspect.isfunction  # a name that is not here: now the module has run, and its own function is found first
    return inspect.iscoroutinefunction(object)
