"""What the tests of rules share."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def forget_imports(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Modules that a test imports from its folder are not those of the next test."""
    before = set(sys.modules)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield
    for name in set(sys.modules) - before:
        if name.startswith(("my_rules", "acme", "mockserver_vendor_")):
            del sys.modules[name]
