"""The integers in a request that Schemathesis generated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any


def integers_of(case: Any) -> Iterator[int]:
    """Every integer in a request that Schemathesis generated, as a number or as text."""
    for place in (case.path_parameters, case.query, case.headers, case.cookies):
        for value in (place or {}).values():
            texts = value if isinstance(value, list | tuple) else [value]
            yield from (int(text) for text in map(str, texts) if re.fullmatch(r"-?[0-9]{16,4000}", text))
    yield from _integers_in(case.body)


def _integers_in(value: Any) -> Iterator[int]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _integers_in(each)
    elif isinstance(value, int):
        yield value
