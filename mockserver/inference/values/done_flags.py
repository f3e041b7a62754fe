"""Flags that ask a create to do something, and that an item shows as done: `capture` as `captured`."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.inference.names import plain, words
from mockserver.inference.values.past_forms import past_forms
from mockserver.openapi.schemas import Schemas


def done_flags(schemas: Schemas, asked: Mapping[str, str], shown: Mapping[str, str]) -> dict[str, str]:
    """The flags of a request, each with that of a reply that says the same in the past, if no request has that one."""
    flags = {plain(name): name for name, at in shown.items() if name not in asked and is_flag(schemas, at)}
    return {
        name: flags[form]
        for name, at in asked.items()
        if flags and name not in shown and is_flag(schemas, at)
        for form in past_forms(words(name) or ("",))
        if form in flags
    }


def is_flag(schemas: Schemas, pointer: str) -> bool:
    """Is a property true or false, or perhaps null?"""
    return schemas.types(pointer) - {"null"} == {"boolean"}
