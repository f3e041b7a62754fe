"""Secrets in what is shown of requests and responses, by their names: in header fields, JSON and other bodies."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote_plus

from mockserver.handlers.item_editor import MASK
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi import media_types

SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})

SECRET_NAME = lazy_pattern(
    r"(?i)(^|[_.-])(passwd|password|secret|token|credentials?|api[_-]?key|access[_-]?key|private[_-]?key|signature)s?$"
    r"|(Password|Secret|Token|Credential|ApiKey|AccessKey|PrivateKey)s?$"
)
"""A name of a header or a property whose value is a secret."""


def is_secret(name: str, secrets: frozenset[str]) -> bool:
    """Is what has this name a secret, by the service or by the name?"""
    return name.lower() in SECRET_HEADERS or name in secrets or SECRET_NAME.search(name) is not None


def masked_value(value: Any, secrets: frozenset[str] = frozenset()) -> Any:
    """A JSON value with masked secrets. The depth of what is read is bounded, so that recursion is."""
    if isinstance(value, dict):
        return {
            name: MASK if part is not None and is_secret(name, secrets) else masked_value(part, secrets)
            for name, part in value.items()
        }
    return [masked_value(part, secrets) for part in value] if isinstance(value, list) else value


IN_FORM = lazy_pattern(rb"(?P<before>(?:^|(?<=&))(?P<name>[^=&]*)=)(?P<value>[^&]+)")
"""A field of a form (WHATWG URL, application/x-www-form-urlencoded)."""

IN_MULTIPART = lazy_pattern(
    rb'(?is)(?P<before>[ ;]name="?(?P<name>[^"\r\n;]*)"?[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n)'
    rb"(?P<value>.*?)(?=\r\n--|\Z)"
)
"""A part of multipart/form-data (RFC 7578): its name is in its header."""

IN_JSON = lazy_pattern(
    rb'(?P<before>"(?P<name>[^"\\]+)"\s*:\s*)(?P<value>"(?:[^"\\]|\\.)*"?|[^\s,\]}\[{"]+)', re.DOTALL
)
"""A property with a text or a number, in JSON that cannot be parsed since it was cut."""

HOLDING = lazy_pattern(rb'"(?P<name>[^"\\]+)"\s*:\s*(?=[\[{])')
"""The beginning of a property with an object or a list whose end is not known."""

IN_XML = lazy_pattern(rb"(?P<before><(?:[\w.-]+:)?(?P<name>[\w.-]+)(?:\s[^<>]*)?>)(?P<value>[^<]+)")
"""An element with a text."""


def masked_content(content: bytes, media_type: str, secrets: frozenset[str]) -> bytes:
    """A body that is shown as it is, with masked secrets: of a form, or JSON and XML, which may have been cut."""
    pattern = _pattern(media_type)
    if pattern is None:
        return content
    if pattern is IN_JSON:
        content = _without_secret_parts(content, secrets)
    return pattern.sub(
        lambda found: found["before"] + MASK.encode() if _is_named(found, secrets) else found[0], content
    )


def _pattern(media_type: str) -> re.Pattern[bytes] | None:
    if media_type.startswith("multipart/"):
        return IN_MULTIPART
    if media_types.is_form(media_type):
        return IN_FORM
    if media_types.is_json(media_type):
        return IN_JSON
    return IN_XML if media_type.endswith("xml") else None


def _without_secret_parts(content: bytes, secrets: frozenset[str]) -> bytes:
    """The JSON up to the first object or list that is a secret."""
    found = next((each for each in HOLDING.finditer(content) if _is_named(each, secrets)), None)
    return content if found is None else content[: found.end()] + MASK.encode()


def _is_named(found: re.Match[bytes], secrets: frozenset[str]) -> bool:
    """Has it the name of a secret? `user[password]` is the `password` of a user."""
    name = unquote_plus(found["name"].decode("utf-8", "replace"))
    return is_secret(name.removesuffix("]").rpartition("[")[2], secrets)
