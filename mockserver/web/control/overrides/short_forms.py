"""What may be written short in an override: `2s` for seconds, `reset` for a fault that needs no settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver import durations
from mockserver.web.control.conditions import invalid
from mockserver.web.control.overrides.answer import Place
from mockserver.web.control.overrides.delays import LONGEST

LONGEST_FAULT = 86_400.0
"""How many seconds a fault lasts at most, as in the schema `Fault` of the admin API."""

LONGEST_OVERRIDE = 31_536_000.0
"""After how many seconds an override ends at the latest, as in the schema `Override`."""


def long_form(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """An override with numbers for durations and objects for faults. Raises Invalid, naming the field."""
    then = wanted["then"]
    if isinstance(then, list):
        then = [_answer(each, ("then", number)) for number, each in enumerate(then)]
    else:
        then = _answer(then, ("then",))
    return _with_seconds({**wanted, "then": then}, "expires", (), LONGEST_OVERRIDE)


def _answer(then: Mapping[str, Any], at: Place) -> dict[str, Any]:
    found = dict(then)
    if isinstance(found.get("fault"), str):
        found["fault"] = {"kind": found["fault"]}
    if "fault" in found:
        found["fault"] = _with_seconds(found["fault"], "seconds", (*at, "fault"), LONGEST_FAULT)
    if "delay" in found:
        found["delay"] = _delay(found["delay"], (*at, "delay"))
    return found


def _delay(wanted: Any, at: Place) -> Any:
    if not isinstance(wanted, Mapping):
        return _seconds(wanted, at, LONGEST)
    if "uniform" in wanted:
        return {"uniform": [_seconds(each, (*at, "uniform"), LONGEST) for each in wanted["uniform"]]}
    return {"lognormal": _with_seconds(wanted["lognormal"], "median", (*at, "lognormal"), LONGEST)}


def _with_seconds(given: Mapping[str, Any], name: str, at: Place, most: float) -> dict[str, Any]:
    """The same with the seconds of a duration, if there is one; it is more than none."""
    if name not in given:
        return dict(given)
    found = _seconds(given[name], (*at, name), most)
    if found == 0:
        raise invalid(f"{given[name]} is too short", (*at, name))
    return {**given, name: found}


def _seconds(value: Any, at: Place, most: float) -> Any:
    """The seconds of a text; a number as it is, for the schema has looked at it."""
    if not isinstance(value, str):
        return value
    found = durations.seconds(value)
    if found is None or found > most:
        wrong = f"is no duration; {durations.FORMS}" if found is None else f"is too long: {most:.0f} seconds at most"
        raise invalid(f"{value!r} {wrong}", at)
    return found
