"""Operations that bring a deleted item back, such as `POST /files/{id}/restore`."""

from __future__ import annotations

from mockserver.contract import Contract
from mockserver.inference.names import words
from mockserver.openapi.document import Operation

RESTORING = frozenset(("restore", "undelete", "untrash", "recover", "unarchive", "revive"))
"""First words of the end of a path that bring a deleted item back."""


def restoring_operation(contract: Contract, path: str) -> Operation | None:
    """The operation that restores the item whose path this one has or begins with; None if there is none."""
    item = path[: path.rfind("}") + 1]
    below = (each for each in contract.document.operations if item and each.path.startswith(item + "/"))
    changing = (each for each in below if each.method in ("post", "put", "patch"))
    return next((each for each in changing if _first_word(each.path.removeprefix(item)) in RESTORING), None)


def _first_word(rest: str) -> str:
    return (words(rest.rpartition("/")[2]) or ("",))[0]
