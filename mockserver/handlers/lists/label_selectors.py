"""Selectors of Kubernetes: `area=tax,tier!=low,zone in (a,b),!draft`, of labels or of fields by their paths.

Other services write `area:tax`.
https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ says what each form selects.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from mockserver.handlers.lists.filter_expressions import Test, readable

REQUIREMENT = re.compile(
    r"\s*(?:(?P<absent>!)\s*(?P<without>[^\s,=!()]+)"
    r"|(?P<key>[^\s,=!():]+)(?:\s*(?P<sign>==?|!=|:)\s*(?P<value>[^\s,=!()]*)"
    r"|\s+(?P<word>in|notin)\s*\((?P<values>[^()]*)\))?)\s*(?:,|$)"
)
"""One requirement, and the comma after it."""

LookUp = Callable[[Any, str], Any]
"""The value that a key names in an item's labels, or in the item; None if there is none."""


def label_test(parameter: str, text: str) -> Test:
    """The test of labels, which are the properties of an object. Raises Invalid for a selector that is none."""
    return readable(parameter, text, lambda written: _compiled(written, _label))


def field_test(parameter: str, text: str) -> Test:
    """The test of an item by its fields: `metadata.name=a`. Raises Invalid for a selector that is none."""
    return readable(parameter, text, lambda written: _compiled(written, _field))


def _compiled(text: str, look_up: LookUp) -> Test:
    """The test that every requirement is met. Raises ValueError for a text that is no selector."""
    tests, at = [], 0
    while at < len(text):
        match = REQUIREMENT.match(text, at)
        if match is None:
            raise ValueError(f"a requirement such as key=value is expected at {text[at : at + 20]!r}")
        tests.append(_requirement(match, look_up))
        at = match.end()
    return lambda value: all(test(value) for test in tests)


def _requirement(match: re.Match[str], look_up: LookUp) -> Test:
    key = match["without"] or match["key"]
    if match["absent"] or not (match["sign"] or match["word"]):
        return lambda value: (look_up(value, key) is None) is bool(match["absent"])
    several = (part.strip() for part in (match["values"] or "").split(","))
    wanted = frozenset(several if match["word"] else (match["value"],))
    is_wanted = match["sign"] in ("=", "==", ":") or match["word"] == "in"
    return lambda value: (_text(look_up(value, key)) in wanted) is is_wanted


def _text(value: Any) -> str | None:
    """A value as a selector writes it."""
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _label(labels: Any, key: str) -> Any:
    return labels.get(key) if isinstance(labels, Mapping) else None


def _field(item: Any, path: str) -> Any:
    for step in path.split("."):
        item = item.get(step) if isinstance(item, Mapping) else None
    return item
