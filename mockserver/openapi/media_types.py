"""Media types and ranges (RFC 9110 sections 8.3.1 and 12.5.1): their kind, and which one describes a message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from msgspec import Struct

from mockserver.lazy_pattern import lazy_pattern

JSON = lazy_pattern(r"(?:^|.*[/+.-])json")
"""`application/json`, `text/json`, `application/vnd.pet+json`, `application/x-json`; not `application/x-ndjson`."""

LINES = frozenset(
    {
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonlines",
        "application/jsonlines",
    }
)
"""Media types of one JSON value a line."""

CSV = frozenset(("text/csv", "application/csv", "text/x-csv", "text/comma-separated-values"))
"""Media types of a table."""

PARAMETER = lazy_pattern(r';\s*([^\s;="]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))')

TRANSPORT_PARAMETERS = frozenset({"q", "charset", "boundary"})
"""Parameters that say how a message is sent, not what it is; they are ignored in comparisons."""


class MediaRange(Struct, frozen=True):
    """A media type, or a range such as `image/*`, in lower case, with its parameters."""

    kind: str
    parameters: Mapping[str, str]


def parse(text: str) -> MediaRange:
    """A media type as a document or a header writes it; parameters by their lower-case names, values as they are."""
    kind, mark, rest = text.partition(";")
    found = PARAMETER.findall(mark + rest) if mark else ()
    parameters = {name.lower(): re.sub(r"\\(.)", r"\1", quoted) or plain for name, quoted, plain in found}
    return MediaRange(kind.strip().lower(), {n: v for n, v in parameters.items() if n not in TRANSPORT_PARAMETERS})


def essence(text: str) -> str:
    """The media type without its parameters, in lower case."""
    return text.partition(";")[0].strip().lower()


SHORT = {
    "json": "application/json",
    "xml": "application/xml",
    "yaml": "application/yaml",
    "text": "text/plain",
    "html": "text/html",
    "csv": "text/csv",
    "pdf": "application/pdf",
    "form": "application/x-www-form-urlencoded",
    "form-data": "multipart/form-data",
    "*": "*/*",
}
"""What authors write in place of a media type, which has two names with a slash (RFC 9110 section 8.3.1)."""


def meant(text: str) -> str:
    """The media type that the author of a document means, in lower case: `json` is `application/json`."""
    return SHORT.get(essence(text), text.lower())


@lru_cache(maxsize=1024)  # asked for every reply
def is_json(text: str) -> bool:
    """Is a body of this media type one JSON value (RFC 8259; RFC 6839 for `+json`)?"""
    return JSON.fullmatch(essence(text)) is not None


def is_lines(text: str) -> bool:
    """Is a body of this media type one JSON value a line?"""
    return essence(text) in LINES


def is_xml(text: str) -> bool:
    """Is a body of this media type XML (RFC 7303)?"""
    return essence(text).endswith(("/xml", "+xml"))


def is_prose(text: str) -> bool:
    """Is a body of this media type a text for people?"""
    return essence(text) in ("text/plain", "text/html")


def is_form(text: str) -> bool:
    """Is the media type a form, whose fields are properties?"""
    return essence(text) in ("application/x-www-form-urlencoded", "multipart/form-data")


def is_range(text: str) -> bool:
    """Is it a range, which covers several media types?"""
    return "*" in essence(text)


def may_be_json(text: str) -> bool:
    """Is the media type JSON, or a range that has JSON in it?"""
    return is_json(text) or essence(text) in ("*/*", "application/*")


def best(offered: Iterable[str], sent: str) -> int | None:
    """The position of the key that describes a message of media type `sent`, the most specific first; None for none.

    A key with a parameter that `sent` has with another value does not describe it; one that `sent` does not have is
    ignored (OpenAPI 3.1 sections 4.8.13 and 4.8.14: the most specific key applies).
    """
    message = parse(sent)
    ranks = [_rank(parse(name), message) for name in offered]
    rank = max(ranks, default=NEVER)
    return ranks.index(rank) if rank > NEVER else None


NEVER = (-1, 0, 0)


def _rank(key: MediaRange, message: MediaRange) -> tuple[int, int, int]:
    """How specific a key is for a message: by its type, the parameters they share, and those the message lacks."""
    place = _place(key.kind, message.kind)
    shared = key.parameters.keys() & message.parameters.keys()
    if place < 0 or any(key.parameters[name] != message.parameters[name] for name in shared):
        return NEVER
    return place, len(shared), -len(key.parameters.keys() - shared)


def _place(range_: str, kind: str) -> int:
    if range_ == kind:
        return 3
    family, suffix = kind.partition("/")[0], kind.rpartition("+")[2]
    return {f"{family}/*+{suffix}": 2, f"{family}/*": 1, "*/*": 0}.get(range_, -1)
