"""Regular expressions that are compiled when they are first used: a long one takes a start a millisecond."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class LazyPattern:
    """Takes the place of a `re.Pattern`, and compiles it when one of its methods is first asked for."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, found)
        return found


def lazy_pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` gives, but compiled later. A wrong expression raises `re.error` when it is first used."""
    return cast("re.Pattern[AnyStr]", LazyPattern(text, flags))
