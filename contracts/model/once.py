"""What follows from a contract alone is found once: nearly every check asks for the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from mockserver.contract import Contract

T = TypeVar("T")


def once_for_each_contract(find: Callable[[Contract], T]) -> Callable[[Contract], T]:
    """A function that keeps what `find` returns as long as there is the contract."""
    kept: WeakKeyDictionary[Contract, T] = WeakKeyDictionary()

    @wraps(find)
    def found(contract: Contract) -> T:
        if contract not in kept:
            kept[contract] = find(contract)
        return kept[contract]

    return found
