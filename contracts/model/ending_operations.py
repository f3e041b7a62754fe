"""Operations that end the service, or the session of who asks: nothing can be checked after them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

ENDING = re.compile(
    r"[A-Z]+ (?:/[^{}/]+)*/(?:shut[-_]?down|power[-_]?off|reboot|restart|halt|quit|exit|(?:log|sign)[-_]?out)/?",
    re.IGNORECASE,
)
"""An operation (`METHOD path`) that ends the service or the session by its name.

One of an item (`/servers/{id}/restart`) does not.
"""


def ends_service(operation: str) -> bool:
    """Does an operation (`METHOD path`) end the service or the session, by its name?"""
    return ENDING.fullmatch(operation) is not None


def is_left_out(operation: str, only: Sequence[str]) -> bool:
    """Does an operation end the service or the session, and is it none that `--only` asks for by its name?"""
    return ends_service(operation) and not any(" " in each and fnmatchcase(operation, each) for each in only)
