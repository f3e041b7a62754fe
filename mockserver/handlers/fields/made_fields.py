"""The fields of an object as its schema alone makes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.contract import Contract
from mockserver.errors import Unanswerable
from mockserver.inference.values.event_times import LATER_EVENTS


def made_fields(contract: Contract, pointer: str, seed: str, is_wanted: Callable[[str], bool]) -> dict[str, Any]:
    """The required fields and those that are wanted, of a value for a schema; none if it allows no object."""
    try:
        made = contract.examples.at(pointer, seed=seed)
    except Unanswerable:
        return {}
    required = contract.schemas.required(pointer)
    fields = made.items() if isinstance(made, dict) else ()
    return {name: value for name, value in fields if name in required or is_wanted(name)}


def is_of_now(name: str) -> bool:
    """Is a field about more than a later event, as `deletedAt` is?"""
    return LATER_EVENTS.search(name) is None
