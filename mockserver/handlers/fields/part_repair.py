"""Repairs the invalid parts inside of an item's properties, so that the valid ones stay as the client sent them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from mockserver.examples.generator import fresh
from mockserver.inference.values.identity import KEYS
from mockserver.openapi.fault_places import Place

Replace = Callable[[dict[str, Any], dict[str, Any], str], bool]
"""Replaces one property of an object by that of a generated one, or removes it; False if it can do neither."""


def repair_parts(fields: dict[str, Any], generated: dict[str, Any], places: Iterable[Place], replace: Replace) -> bool:
    """Replace what is invalid at these places inside of properties; False if nothing was changed.

    What the `generated` fields have at the same place takes its place. What they do not have is removed.
    """
    copied, changed = set[str | int](), False
    for place in dict.fromkeys(place for place in places if len(place) > 1):
        name = place[0]
        if not isinstance(name, str) or name not in fields or name not in generated:
            continue
        if name not in copied:  # it is what the client sent, which others see too
            copied.add(name)
            fields[name] = fresh(fields[name])
        changed = _repair_at(fields[name], generated[name], place[1:], replace) or changed
    return changed


def _repair_at(sent: Any, generated: Any, place: Place, replace: Replace) -> bool:
    step, *rest = place
    if isinstance(step, int):
        return _repair_entry(sent, generated, step, tuple(rest), replace)
    if not isinstance(sent, dict) or not isinstance(generated, dict):
        return False
    if rest:
        return step in sent and step in generated and _repair_at(sent[step], generated[step], tuple(rest), replace)
    return replace(sent, generated, step)


def _repair_entry(sent: Any, generated: Any, at: int, rest: Place, replace: Replace) -> bool:
    """Repair an entry of a list, by one of the generated list."""
    if not isinstance(sent, list) or not isinstance(generated, list) or not generated or at >= len(sent):
        return False
    if rest:
        return _repair_at(sent[at], generated_entry(generated, at), rest, replace)
    box = {"entry": sent[at]}
    changed = replace(box, {"entry": generated_entry(generated, at)}, "entry")
    sent[at] = box["entry"]
    return changed


def generated_entry(generated: list[Any], index: int) -> Any:
    """The generated entry for a position of a list that may have more entries; no two have the same id."""
    entry = generated[index % len(generated)]
    if not isinstance(entry, dict):
        return entry
    numbered = {key: index + 1 for key in KEYS[:5] if type(entry.get(key)) is int}
    others = {key: _other_id(entry[key], index) for key in KEYS[:5] if key in entry} if index >= len(generated) else {}
    return entry | others | numbered


def _other_id(id: Any, index: int) -> Any:
    """An id of the same form for another entry."""
    end = f"{index:x}"
    if isinstance(id, str):
        return id[: -len(end)] + end if len(id) > len(end) else id
    return id + index if isinstance(id, int) else id
