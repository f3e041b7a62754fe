"""Which function of the user's own answers which operation: a module's, or one of a mapping by operationId."""

from __future__ import annotations

import importlib
import inspect
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from types import ModuleType
from typing import Any

from connexion.decorators.parameter import snake_and_shadow
from connexion.operations import AbstractOperation

from mockserver.errors import HandlerError

log = logging.getLogger("mockserver")

Function = Callable[..., Any]
Handlers = str | ModuleType | Mapping[str, Function]
"""A module, its name, or functions by operationId."""


class HandlerFunctions:
    """The user's functions, looked up by the names that Connexion's conventions give an operation.

    Raises HandlerError where the module is not there or cannot be imported.
    """

    def __init__(self, handlers: Handlers | None = None) -> None:
        self._mapping: Mapping[str, Function] = handlers if isinstance(handlers, Mapping) else {}
        self._module: ModuleType | None = None
        if isinstance(handlers, ModuleType):
            self._module = handlers
        elif isinstance(handlers, str):
            self._module = _required(handlers)
        self._used: set[str] = set()
        self._known: dict[str, None] = {}

    @property
    def are_given(self) -> bool:
        """Are there any functions of the user's own?"""
        return bool(self._mapping) or self._module is not None

    def find(self, operation: AbstractOperation) -> Function | None:
        """The function that answers an operation, None where there is none."""
        if not self.are_given or not operation.operation_id:
            return None
        self._known[operation.operation_id] = None
        for name, look in self._places(operation):
            found = look(name)
            if callable(found):
                self._used.add(name)
                function: Function = found
                return function
        return None

    def _places(self, operation: AbstractOperation) -> Iterator[tuple[str, Callable[[str], Any]]]:
        """The names under which an operation's function may stand, and where each is looked up."""
        operation_id = operation.operation_id
        yield operation_id, self._mapping.get
        if self._module is None:
            return
        if operation.router_controller:
            yield f"{operation.router_controller}.{operation_id}", resolved
            return
        package = self._module.__name__
        if operation_id.startswith(package.partition(".")[0] + "."):
            yield operation_id, resolved
        for name in dict.fromkeys((operation_id, python_name(operation_id))):
            yield f"{package}.{name}", resolved

    def check_use(self) -> None:
        """Raise HandlerError for functions that answer no operation, once every operation was looked up.

        Each function of a mapping must answer one. A module may have other functions, so for those of its public ones
        that answer none a warning is logged.
        """
        lines = list(self._unused())
        self._used.clear()
        self._known.clear()
        if lines and self._mapping:
            raise HandlerError("\n".join(lines))
        for line in lines:
            log.warning("%s", line)

    def _unused(self) -> Iterator[str]:
        for operation_id in self._mapping:
            if operation_id not in self._used:
                yield f"handlers: no operation has the operationId {operation_id!r}{self._hint(operation_id)}"
        for name, value in vars(self._module or ModuleType("none")).items():
            is_own = inspect.isfunction(value) and value.__module__ == getattr(self._module, "__name__", "")
            full = f"{value.__module__}.{name}" if is_own else ""
            if is_own and not name.startswith("_") and full not in self._used:
                yield f"{full} answers no operation{self._hint(name)} (a leading underscore marks a function as none)"

    def _hint(self, name: str) -> str:
        near = get_close_matches(name, [*self._known, *map(python_name, self._known)], 1, 0.7)
        return f"; did you mean {near[0]!r}?" if near else ""


def full_name(function: Function) -> str:
    """The name of a function with that of its module."""
    return f"{function.__module__}.{getattr(function, '__qualname__', type(function).__name__)}"


def python_name(operation_id: str) -> str:
    """An operationId as Python writes names: `getPet`, `get-pet` and `get pet` are `get_pet`."""
    return str(snake_and_shadow(re.sub(r"\W+", "_", operation_id).strip("_")))


def resolved(name: str) -> Any:
    """The object of that dotted name, its modules imported; None where there is none.

    Raises HandlerError where a module is there and cannot be imported.
    """
    first, *steps = name.split(".")
    found: Any = _imported(first)
    for depth, step in enumerate(steps, start=1):
        if found is None:
            return None
        below = getattr(found, step, None)
        if below is None and hasattr(found, "__path__"):
            below = _imported(".".join((first, *steps[:depth])))
        found = below
    return found


def _imported(name: str) -> ModuleType | None:
    """The module, or None where there is no such module."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as fault:
        if fault.name == name:
            return None
        raise _broken(name, fault) from fault
    except ValueError:  # an empty or otherwise impossible name
        return None
    except Exception as fault:  # whatever a module does when it is imported
        raise _broken(name, fault) from fault


def _required(name: str) -> ModuleType:
    found = resolved(name)
    if isinstance(found, ModuleType):
        return found
    if name.endswith(".py"):
        raise HandlerError(f"handlers: {name!r} is a file; give the name of the module, without .py")
    raise HandlerError(f"handlers: there is no module {name!r} here or on the Python path")


def _broken(name: str, fault: Exception) -> HandlerError:
    return HandlerError(f"handlers: the module {name!r} cannot be imported: {type(fault).__name__}: {fault}")
