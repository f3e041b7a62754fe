"""What is secret inside objects of a request: it is not stored, so that no reply shows it.

That is what the schemas of replies call `writeOnly` there, and passwords that they do not name. Those at the top of an
item are `write-only` statements.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mockserver.openapi.schemas import Schemas
from mockserver.openapi.secret_names import SECRET_NAME

Path = tuple[str, ...]
"""The names that lead to a secret; a list on the way means each of its entries."""

MAX_DEPTH = 4


def nested_secrets(schemas: Schemas, asked: Sequence[str], shown: Sequence[str]) -> tuple[Path, ...]:
    """Where requests with the schemas `asked` have what the schemas `shown` hide, or a password they do not name."""
    found = (path for pointer in asked for path in _inside(schemas, pointer, list(shown), ()))
    return tuple(dict.fromkeys(found))


def _inside(schemas: Schemas, asked: str, shown: list[str], above: Path) -> Iterator[Path]:
    views = [schemas.properties(view) for view in shown]
    named = {name for view in views for name in view}
    for name, at in schemas.properties(asked).items():
        is_unnamed_secret = named and name not in named and SECRET_NAME.fullmatch(name)
        if above and (is_unnamed_secret or _is_hidden(schemas, shown, name)):
            yield (*above, name)
        inner = [entry for view in views if name in view for entry in [_entry(schemas, view[name])]]
        if inner and len(above) < MAX_DEPTH:
            yield from _inside(schemas, _entry(schemas, at), inner, (*above, name))


def _is_hidden(schemas: Schemas, shown: list[str], name: str) -> bool:
    """Does some of these schemas name a property, and is it `writeOnly` wherever one does?"""
    naming = [view for view in shown if name in schemas.properties(view)]
    return bool(naming) and all(name in schemas.never_shown(view) for view in naming)


def _entry(schemas: Schemas, pointer: str) -> str:
    """The schema of each entry of a list; of anything else its own."""
    return schemas.items(pointer) or pointer if "array" in schemas.types(pointer) else pointer


def without(value: Any, paths: tuple[Path, ...]) -> Any:
    """A copy of a value without what is at the paths; the value itself where nothing is."""
    if isinstance(value, list):
        return [without(entry, paths) for entry in value]
    if not isinstance(value, dict):
        return value
    gone = {path[0] for path in paths if len(path) == 1}
    deeper: dict[str, tuple[Path, ...]] = {}
    for path in paths:
        if len(path) > 1 and path[0] in value:
            deeper[path[0]] = (*deeper.get(path[0], ()), path[1:])
    kept = {name: entry for name, entry in value.items() if name not in gone}
    return kept | {name: without(kept[name], rest) for name, rest in deeper.items() if name in kept}
