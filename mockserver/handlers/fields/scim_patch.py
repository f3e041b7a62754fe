"""The `Operations` of a PATCH of SCIM (RFC 7644 section 3.5.2)."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from mockserver.errors import Fault, Invalid
from mockserver.handlers.lists.filter_expressions import Test, selects

PATH = re.compile(r"^(?:urn:.*:)?(?P<name>[^.\[\]:]+)(?:\[(?P<filter>.*)\])?(?:\.(?P<inner>[^.\[\]]+))?$", re.DOTALL)
"""`name.familyName`, `emails[type eq "work"].value`, with or without the URN of the schema."""


def scim_patch(item: dict[str, Any], body: Any) -> dict[str, Any]:
    """The item after the operations, in their order. Raises Invalid for a path that cannot be read or leads nowhere."""
    changed: dict[str, Any] = copy.deepcopy(item)
    named = {key.lower(): value for key, value in body.items()} if isinstance(body, dict) else {}
    operations = named.get("operations")
    for index, operation in enumerate(operations if isinstance(operations, list) else ()):
        does, path, value = str(operation.get("op", "")).lower(), operation.get("path"), operation.get("value")
        if path:
            _change(changed, does, str(path), value, index)
        elif isinstance(value, dict):
            for name, inner in value.items():
                _change(changed, does, name, inner, index)
    return changed


def _change(item: dict[str, Any], does: str, path: str, value: Any, index: int) -> None:
    found = PATH.match(path)
    if found is None:
        raise _refused(index, f"the path {path!r} cannot be read")
    name, inner = _key(item, found["name"]), found["inner"]
    if found["filter"] is not None:
        _change_entries(item, name, inner, does, value, selects("path", found["filter"]), index)
    elif inner is None:
        _set(item, name, does, value)
    else:
        holder = item.setdefault(name, {})
        for each in holder if isinstance(holder, list) else [holder]:
            if isinstance(each, dict):
                _set(each, _key(each, inner), does, value)


def _change_entries(
    item: dict[str, Any], name: str, inner: str | None, does: str, value: Any, test: Test, index: int
) -> None:
    """Change the entries of a list that a filter selects."""
    entries = item.get(name)
    chosen = [entry for entry in entries if test(entry)] if isinstance(entries, list) else []
    if not chosen and does != "remove":
        raise _refused(index, f"no entry of {name!r} fits the filter of the path")
    if does == "remove" and inner is None and isinstance(entries, list):
        item[name] = [entry for entry in entries if not any(entry is one for one in chosen)]
        return
    for entry in chosen:
        if inner is not None:
            _set(entry, _key(entry, inner), does, value)
        elif isinstance(value, dict):
            entry.update(value)


def _set(holder: dict[str, Any], name: str, does: str, value: Any) -> None:
    """Set or remove a property; what is added to a list goes behind its other values."""
    own = holder.get(name)
    if does == "remove":
        holder.pop(name, None)
    elif does == "add" and isinstance(own, list):
        added = value if isinstance(value, list) else [value]
        holder[name] = [*own, *(entry for entry in added if entry not in own)]
    elif isinstance(own, dict) and isinstance(value, dict):
        holder[name] = {**own, **value}
    else:
        holder[name] = value


def _key(holder: dict[str, Any], name: str) -> str:
    """The property of that name, in upper or lower case."""
    return next(_alike(holder, name), name)


def _alike(holder: dict[str, Any], name: str) -> Iterator[str]:
    return (key for key in holder if key.lower() == name.lower())


def _refused(index: int, message: str) -> Invalid:
    return Invalid(message, faults=(Fault("body", ("Operations", index, "path"), message, "path"),))
