"""Reading a request that is not validated (`--no-validate`, `Prefer: validate=false`): what is valid of it is kept.

A value that breaks its schema is left out, so that stored items and their replies stay valid.
"""

from __future__ import annotations

from typing import Any

from mockserver.errors import Malformed, UnsupportedMediaType
from mockserver.openapi.schema_faults import faults
from mockserver.openapi.schemas import Validator
from mockserver.web.request.body import LARGE, BodyReader, MediaReader

MOST_PASSES = 4
"""How often a body is validated to find what is invalid: each pass finds a bounded number of faults."""


class UnvalidatedBody:
    """Reads the bodies of one operation as far as they can be read. Raises nothing."""

    def __init__(self, reader: BodyReader) -> None:
        self._reader = reader

    def read(self, content: bytes, content_type: str) -> tuple[Any, str]:
        """(value, media type name), without the parts that are invalid; (None, "") for bytes that cannot be read."""
        if not content:
            return None, ""
        for reader in self._choices(content_type):
            try:
                value = reader.parse(content, content_type)
            except Malformed:
                continue
            return valid_parts(value, reader.validator, is_large=len(content) > LARGE), reader.name
        return None, ""

    def _choices(self, content_type: str) -> list[MediaReader]:
        """The reader for the content type, then the one for JSON, which clients send without saying so."""
        json = self._reader.json_reader()
        try:
            found = self._reader.reader(content_type)
        except UnsupportedMediaType:
            found = None
        return [reader for reader in (found, json) if reader is not None]


def valid_parts(value: Any, validator: Validator | None, *, is_large: bool) -> Any:
    """A parsed value without its invalid parts, which are removed in place."""
    for _ in range(MOST_PASSES):
        if validator is None or validator.is_valid(value):
            break
        found = faults(validator, value, "body", is_large=is_large)
        # From the last to the first: removing an element of a list moves those after it.
        removed = [_remove(value, fault.path) for fault in reversed(found)]
        if True not in removed:
            break
    return value


def _remove(value: Any, path: tuple[str | int, ...]) -> bool:
    """Remove the value at a path; where a property is missing, the object that lacks it. False for the whole value."""
    holder: Any = None
    key: str | int = ""
    for step in path:
        if not _has(value, step):
            break
        holder, key, value = value, step, value[step]
    if holder is None:
        return False
    del holder[key]
    return True


def _has(value: Any, step: str | int) -> bool:
    if isinstance(value, dict):
        return step in value
    return isinstance(value, list) and isinstance(step, int) and step < len(value)
