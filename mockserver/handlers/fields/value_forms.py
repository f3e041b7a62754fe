"""A client's value in the form in which replies show it: `19.9` as `"19.9"`, a day as the moment at which it begins."""

from __future__ import annotations

import re
from typing import Any

from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi import json_codec

DAY = lazy_pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = lazy_pattern(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt][0-9:.]+([Zz]|[+-][0-9:]+)", re.ASCII)
NUMBER = lazy_pattern(r"-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,18})?", re.ASCII)
"""How a text writes a number, as JSON does, without an exponent."""


def in_form_of(generated: Any, sent: Any) -> Any:
    """What a client sent, in the form of a generated value; the generated value where it has no such form.

    A request may have a number where the reply has its text, or a day where the reply has a moment.
    """
    if isinstance(generated, str):
        return _as_text(generated, sent)
    if isinstance(generated, bool):
        return {"true": True, "false": False}.get(sent, generated) if isinstance(sent, str) else generated
    if isinstance(generated, int | float) and isinstance(sent, str | int | float) and not isinstance(sent, bool):
        return _as_number(generated, sent)
    return generated


def _as_text(generated: str, sent: Any) -> Any:
    if isinstance(sent, bool | int | float):
        return json_codec.write(sent).decode()
    if isinstance(sent, str) and MOMENT.fullmatch(generated) and DAY.fullmatch(sent):
        return f"{sent}T00:00:00Z"
    moment = MOMENT.fullmatch(sent) if isinstance(sent, str) and DAY.fullmatch(generated) else None
    return moment[1] if moment else generated


def _as_number(generated: float, sent: float | str) -> Any:
    if isinstance(sent, str):
        number: Any = json_codec.read(sent.encode()) if NUMBER.fullmatch(sent) else None
    else:
        number = sent
    if isinstance(generated, int) and isinstance(number, float):
        return int(number) if number.is_integer() else generated
    return generated if number is None or type(number) is type(sent) else number
