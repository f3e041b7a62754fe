"""Finds the function of the user that answers an operation, in a module or in a mapping."""

from __future__ import annotations

import importlib
import inspect
import logging
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from mockserver.errors import HandlerError
from mockserver.lazy_module import LazyModule

if TYPE_CHECKING:
    import difflib

    from connexion.decorators import parameter
    from connexion.operations import AbstractOperation
else:
    difflib = LazyModule("difflib")
    parameter = LazyModule("connexion.decorators.parameter")

log = logging.getLogger("mockserver")

Function = Callable[..., Any]
Handlers = str | ModuleType | Mapping[str, Function]
"""A module, its name, or functions by operationId."""


class HandlerFunctions:
    """The functions of the user, found by the names that Connexion's conventions give an operation.

    `answered` names the function of each operation that has one, after `check_use`. Raises HandlerError for a module
    that does not exist or cannot be imported.
    """

    def __init__(self, handlers: Handlers | None = None) -> None:
        self._mapping: Mapping[str, Function] = handlers if isinstance(handlers, Mapping) else {}
        self._module = handlers if isinstance(handlers, ModuleType) else None
        if isinstance(handlers, str):
            self._module = _required(handlers)
        self.answered: dict[str, str] = {}
        self._found: dict[str, str] = {}
        self._looked_for: set[str] = set()
        self._check_credentials: set[str] = set()

    @property
    def are_given(self) -> bool:
        """Has the user named functions?"""
        return bool(self._mapping) or self._module is not None

    def find(self, operation: AbstractOperation) -> Function | None:
        """The function that answers an operation; None when there is none."""
        if not self.are_given or not operation.operation_id:
            return None
        self._looked_for.add(operation.operation_id)
        self._check_credentials.update(_functions_of(operation))
        for name, look in self._places(operation):
            found = look(name)
            if callable(found):
                self._found[operation.operation_id] = name
                function: Function = found
                return function
        return None

    def _places(self, operation: AbstractOperation) -> Iterator[tuple[str, Callable[[str], Any]]]:
        """The names that an operation's function may have, and where each is looked up."""
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
        """Raise HandlerError for functions that answer no operation, after each operation was looked up.

        Every function of a mapping must answer one. A module may have other functions: a warning is logged for those
        that are public and answer none.
        """
        self.answered, self._found = self._found, {}
        looked_for, self._looked_for = self._looked_for, set()
        lines = list(self._unused(looked_for))
        if lines and self._mapping:
            raise HandlerError("\n".join(lines))
        for line in lines:
            log.warning("%s", line)

    def _unused(self, operation_ids: set[str]) -> Iterator[str]:
        used = {*self.answered.values(), *self._check_credentials}
        for name in self._mapping.keys() - used:
            yield f"handlers: no operation has the operationId {name!r}{_hint(name, operation_ids)}"
        for name, value in vars(self._module).items() if self._module is not None else ():
            is_own = inspect.isfunction(value) and value.__module__ == vars(self._module)["__name__"]
            full = f"{value.__module__}.{name}" if is_own else ""
            if is_own and not name.startswith("_") and full not in used:
                yield f"{full} answers no operation{_hint(name, operation_ids)}"

    def reload(self) -> None:
        """Import the module and its submodules again. Raises HandlerError, and then keeps those of before."""
        if self._module is None:
            return
        before = {name: sys.modules.pop(name) for name in self._modules()}
        importlib.invalidate_caches()  # a submodule may be new
        try:
            self._module = _required(self._module.__name__)
        except BaseException:
            sys.modules.update(before)
            raise

    def files(self) -> frozenset[Path]:
        """The files of the module and its submodules."""
        found = [getattr(sys.modules[name], "__file__", None) for name in self._modules()]
        return frozenset(Path(file).absolute() for file in found if file is not None)

    def _modules(self) -> list[str]:
        package = self._module.__name__ if self._module is not None else ""
        return [name for name in sys.modules if package and (name == package or name.startswith(package + "."))]


def full_name(function: Function) -> str:
    """The name of a function with that of its module."""
    return f"{function.__module__}.{getattr(function, '__qualname__', type(function).__name__)}"


def python_name(operation_id: str) -> str:
    """An operationId as Python writes names: `getPet`, `get-pet` and `get pet` are `get_pet`."""
    return str(parameter.snake_and_shadow(re.sub(r"\W+", "_", operation_id).strip("_")))


def resolved(name: str) -> Any:
    """The object with that dotted name, its modules imported; None when there is none.

    Raises HandlerError for a module that exists and cannot be imported.
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
    """The module; None when there is no such module."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as fault:
        if fault.name == name:
            return None
        raise _broken(name, fault) from fault
    except ValueError:  # an empty or otherwise impossible name
        return None
    except Exception as fault:  # a module may raise anything when it is imported
        raise _broken(name, fault) from fault


def _required(name: str) -> ModuleType:
    found = resolved(name)
    if isinstance(found, ModuleType):
        return found
    if name.endswith(".py"):
        raise HandlerError(f"handlers: {name!r} is a file; give the name of the module, without .py")
    raise HandlerError(f"handlers: there is no module {name!r} in this folder or on the Python path")


def _broken(name: str, fault: Exception) -> HandlerError:
    return HandlerError(f"handlers: the module {name!r} cannot be imported: {type(fault).__name__}: {fault}")


def _functions_of(operation: AbstractOperation) -> Iterator[str]:
    """The functions that the document names to check credentials (`x-bearerInfoFunc` and others)."""
    for scheme in (operation.security_schemes or {}).values():
        yield from (str(value) for key, value in scheme.items() if key.startswith("x-") and key.endswith("Func"))


def _hint(name: str, operation_ids: set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(operation_ids | set(map(python_name, operation_ids))), 1, 0.7)
    return f"; did you mean {near[0]!r}?" if near else ""
