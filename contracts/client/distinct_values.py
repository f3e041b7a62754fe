"""Values that no other item has, for fields that need not be unique by the document."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator
from typing import Any

from contracts.client.text_forms import EMAIL

TRIALS = 40
"""How many values are tried for one field."""

CLASSES = (string.digits, string.ascii_lowercase, string.ascii_uppercase)


def distinct(present: Any, number: int, fits: Callable[[Any], bool]) -> Any:
    """A value like `present` that differs for every `number`; `present` where none is valid.

    Texts keep the class of each character, so that `MRN-00017` becomes `MRN-00042`.
    """
    return next((value for value in _candidates(present, number) if value != present and fits(value)), present)


def _candidates(present: Any, number: int) -> Iterator[Any]:
    for trial in range(TRIALS):
        if isinstance(present, str):
            name, at, domain = present.rpartition("@") if EMAIL.fullmatch(present) else (present, "", "")
            yield _counted(name, number + trial * 1_009) + at + domain
        elif isinstance(present, int) and not isinstance(present, bool):
            yield present + number + trial


def _counted(text: str, number: int) -> str:
    """The text with `number` added, from the last character on, in the classes that its characters have."""
    characters = list(text)
    for at in reversed(range(len(characters))):
        among = next((each for each in CLASSES if characters[at] in each), "")
        if among and number:
            number, place = divmod(number + among.index(characters[at]), len(among))
            characters[at] = among[place]
    return "".join(characters)
