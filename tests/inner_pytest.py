"""pytest runs inside of a test, in the same process: a process of its own takes two seconds to import everything.

pytester forgets what is imported in the meantime. But a class of a module that is imported again is another class, so
that the modules of the project and of its packages are kept.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

_imported: dict[str, ModuleType] = {}


class _RememberedImports:
    """A plugin that remembers the modules there are at the end of a run, without those of files that tests wrote."""

    def __init__(self, written: Path) -> None:
        self._written = str(written)

    def pytest_unconfigure(self) -> None:
        """As in pytest."""
        _imported.update({name: each for name, each in sys.modules.items() if not self._is_written(each)})

    def _is_written(self, module: ModuleType) -> bool:
        return (getattr(module, "__file__", None) or self._written).startswith(self._written)


@contextmanager
def kept_imports() -> Iterator[None]:
    """At its end the modules that runs inside imported are imported still."""
    yield
    for name, module in _imported.items():
        sys.modules.setdefault(name, module)


def run_pytest(pytester: pytest.Pytester, *arguments: str | Path) -> pytest.RunResult:
    """A run of pytest in the folder of `pytester`."""
    with kept_imports():
        plugins = [_RememberedImports(pytester.path.parent)]
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", *arguments, plugins=plugins)
