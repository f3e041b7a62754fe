"""Repairs the invalid parts inside of an item's properties, so that the valid ones stay as the client sent them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from mockserver.examples.generator import fresh
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
    """Repair an entry of a list, by the first entry of the generated list."""
    if not isinstance(sent, list) or not isinstance(generated, list) or not generated or at >= len(sent):
        return False
    if rest:
        return _repair_at(sent[at], generated[0], rest, replace)
    box = {"entry": sent[at]}
    changed = replace(box, {"entry": generated[0]}, "entry")
    sent[at] = box["entry"]
    return changed
