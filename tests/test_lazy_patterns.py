"""Regular expressions that are compiled when they are first used: a broken one must not wait for a user to find it."""

from __future__ import annotations

import ast
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import contracts
import mockserver
from mockserver.lazy_pattern import LazyPattern, lazy_pattern

ROOT = Path(__file__).parents[1]
FUNCTIONS = {"compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"}
"""What compiles its first argument: `re.search(…)` in a function does so when the function is called."""


def modules() -> Iterator[str]:
    for package in (mockserver, contracts):
        yield from (each.name for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."))


def lazy_patterns(name: str) -> list[str]:
    """The names of the lazy patterns that a module makes, in the module itself or in its classes."""
    module = import_module(name)
    owners = [vars(module), *(vars(each) for each in vars(module).values() if isinstance(each, type))]
    return [key for owner in owners for key, value in owner.items() if isinstance(value, LazyPattern)]


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for package in ("mockserver", "contracts"):
        for file in sorted((ROOT / package).rglob("*.py")):
            yield file, ast.parse(file.read_text("utf-8"))


def test_every_lazy_pattern_can_be_compiled() -> None:
    broken, compiled = [], 0
    for name in modules():
        if name.endswith("__main__"):
            continue
        for key in lazy_patterns(name):
            pattern = getattr(import_module(name), key)
            try:
                assert isinstance(pattern.pattern, (str, bytes))
                compiled += 1
            except re.error as fault:
                broken.append(f"{name}.{key}: {fault}")

    written = sum(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "lazy_pattern"
        for _, tree in sources()
        for node in ast.walk(tree)
    )
    assert not broken
    assert 0 < written <= compiled


def test_every_pattern_that_is_written_in_a_function_can_be_compiled() -> None:
    broken, found = [], 0
    for file, tree in sources():
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="re"), attr=name),
                    args=[ast.Constant(value=str() | bytes() as text), *_],
                ) if name in FUNCTIONS:
                    found += 1
                    try:
                        re.compile(text)
                    except re.error as fault:
                        broken.append(f"{file.relative_to(ROOT)}:{node.lineno}: {fault}")

    assert found
    assert not broken


def test_a_broken_pattern_raises_when_it_is_first_used() -> None:
    pattern = lazy_pattern("(")

    with pytest.raises(re.error):
        pattern.search("a")
