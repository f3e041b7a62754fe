"""Rules: Python functions for what no document and no statement can say. They are the one plug-in point of the mock.

A behaviour file names a rule for an operation, and the rule is a function of one argument:

    @rule("stamp", governs=("updatedBy",), refuses=("conflict",))
    def stamp(context: RequestContext) -> Reply | None:
        ...

It gets the RequestContext of one request, between the moment the item is made or found and the moment it is stored. It
may change `context.item.fields`, add `context.extras` to the reply, create or delete other items, raise a Refusal, or
return a whole Reply. A rule that asks an outside service is a generator function: it yields a question and is sent the
answer. It runs a second time when the answer comes late, so what it does before `yield` must be safe to repeat.

Rules come from `create_app(rules={"stamp": function})`, from a module named by `--rules-module`, from `rules.py` in the
folder of a vendor, and from the modules of the entry point group `mockserver.rules`. The first of these that has a name
counts. docs/rules.md shows each.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import force_setattr

from mockserver.errors import REFUSALS, BehaviourError
from mockserver.lazy_module import LazyModule

if TYPE_CHECKING:
    from importlib import metadata
else:
    metadata = LazyModule("importlib.metadata")

ENTRY_POINTS = "mockserver.rules"
"""The entry point group whose modules have rules for every document."""

SIGNATURE = "a rule is a function of one argument, the RequestContext"


class RuleFunction(Struct, frozen=True):
    """A function that a behaviour file names, with what a contract check must know of it. Raises BehaviourError.

    `governs` are the fields it decides: what a client sends for them may be refused, changed or replaced. `fills` are
    the fields it sets where the client sends nothing. `refuses` are the kinds of refusal it answers a valid request
    with, apart from refusing the value of a field it governs. `unchecked` says why no check of the vendor's tests it.
    """

    name: str
    function: Callable[[Any], Any]
    governs: Collection[str] = ()
    fills: Collection[str] = ()
    refuses: Collection[str] = ()
    unchecked: str = ""
    asks: bool = False

    def __post_init__(self) -> None:
        _demand_function(self.name, self.function)
        for said in ("governs", "fills", "refuses"):
            force_setattr(self, said, _names(self.name, said, getattr(self, said)))
        unknown = sorted(set(self.refuses) - REFUSALS.keys())
        if unknown:
            raise BehaviourError(f"rule {self.name!r} refuses {unknown[0]!r}; there are: {', '.join(REFUSALS)}")
        force_setattr(self, "asks", inspect.isgeneratorfunction(self.function))

    def __call__(self, context: Any) -> Any:
        """Run the function, so that a rule can use another one."""
        return self.function(context)


Rules = Mapping[str, RuleFunction]
"""Rules by name."""


def rule(
    name: str,
    *,
    governs: Collection[str] = (),
    fills: Collection[str] = (),
    refuses: Collection[str] = (),
    unchecked: str = "",
) -> Callable[[Callable[[Any], Any]], RuleFunction]:
    """Make a function of a module a rule. Raises BehaviourError for a function that can be none."""
    return lambda function: RuleFunction(name, function, governs, fills, refuses, unchecked)


def given(rules: Mapping[str, Callable[[Any], Any]]) -> dict[str, RuleFunction]:
    """The rules of a mapping of names to functions or to rules. Raises BehaviourError for any other value."""
    return {name: each if isinstance(each, RuleFunction) else RuleFunction(name, each) for name, each in rules.items()}


def from_modules(names: Iterable[str]) -> dict[str, RuleFunction]:
    """The rules of modules, which may be in the current folder. Of two rules with one name the last counts.

    Raises BehaviourError for a module that does not exist or has no rules.
    """
    found: dict[str, RuleFunction] = {}
    for name in names:
        found |= _from_module(name)
    return found


def _from_module(name: str) -> dict[str, RuleFunction]:
    here = str(Path.cwd())
    if here not in sys.path and "" not in sys.path:
        sys.path.insert(0, here)  # an installed command does not look here, unlike `python -m`
    try:
        found = in_module(importlib.import_module(name))
    except ModuleNotFoundError as fault:
        raise BehaviourError(f"rules module {name!r}: there is no module {fault.name!r} here or installed") from None
    if not found:
        raise BehaviourError(f"rules module {name!r} has no rule: mark a function with @rule({name!r}) from mockserver")
    return found


def in_module(module: ModuleType) -> dict[str, RuleFunction]:
    """The rules among the values of a module. Raises BehaviourError for two of one name."""
    found: dict[str, RuleFunction] = {}
    for value in vars(module).values():
        if isinstance(value, RuleFunction) and found.setdefault(value.name, value) is not value:
            raise BehaviourError(f"{module.__name__}: two rules are called {value.name!r}")
    return found


def installed() -> dict[str, RuleFunction]:
    """The rules of the modules that installed packages name as entry points. Raises BehaviourError."""
    found: dict[str, RuleFunction] = {}
    for entry in metadata.entry_points(group=ENTRY_POINTS):
        found |= in_module(_loaded(entry))
    return found


def unknown(place: str, name: str, known: Iterable[str]) -> BehaviourError:
    """The error for a statement that names a rule there is not, with those there are and how to add one."""
    listed = ", ".join(sorted(known)) or "none"
    how = f"write it as a function marked @rule({name!r}) in a module, and name that with --rules-module"
    return BehaviourError(f"{place}: no rule {name!r}; there are: {listed}. To add one, {how} (docs/rules.md)")


def _loaded(entry: metadata.EntryPoint) -> ModuleType:
    module = entry.load()
    if not isinstance(module, ModuleType):
        raise BehaviourError(f"entry point {entry.name!r} of {ENTRY_POINTS} must be a module: {entry.value} is not")
    return module


def _demand_function(name: str, function: Any) -> None:
    if not callable(function):
        raise BehaviourError(f"rule {name!r} is a {type(function).__name__}; {SIGNATURE}")
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise BehaviourError(f"rule {name!r} is async; {SIGNATURE}, and it asks by `yield`")
    try:
        inspect.signature(function).bind(None)
    except TypeError as fault:
        raise BehaviourError(f"rule {name!r}: {fault}; {SIGNATURE}") from None


def _names(rule: str, key: str, given: Any) -> frozenset[str]:
    if isinstance(given, str) or not all(isinstance(each, str) for each in given):
        raise BehaviourError(f"rule {rule!r}: {key} must be names, as in {key}=({given!r},)")
    return frozenset(given)
