"""The `Prefer` header (RFC 7240): `code=429`, `example=empty` and `dynamic=true` choose the response.

`validate=false` turns off the validation of the request. The query parameters `__code`, `__example` and `__dynamic`
choose a response too, as in Prism.

Other preferences (`return=minimal`, `respond-async`, …) are ignored (RFC 7240 section 2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote_plus

from msgspec import Struct

from mockserver.errors import REFUSALS, Refusal
from mockserver.lazy_pattern import lazy_pattern
from mockserver.messages import Reply
from mockserver.openapi.document import Operation
from mockserver.web.response.default_errors import PROBLEM

NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
WORD = lazy_pattern(rf'\s*({NAME})(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*)))?\s*')
"""One preference or parameter: a name, and its value as a token, a quoted string or other characters."""

CHOOSING = ("code", "example", "dynamic")
"""The preferences that choose the response."""

KNOWN = (*CHOOSING, "validate")

STATUS = lazy_pattern(r"[2-5]\d\d")
"""A final status."""

IN_QUERY = {f"__{name}": name for name in CHOOSING}
"""The query parameters that mean the same as a preference."""


class Preferences(Struct, frozen=True):
    """The preferences of a request: a `code` as written, the name of an `example`, and `dynamic` for new values.

    `validate` is what the request says about its validation; None when it says nothing. `is_validated` is what applies.
    `asked_by` is what the message of a chosen error names.
    """

    code: str | None = None
    example: str | None = None
    dynamic: bool | None = None
    validate: bool | None = None
    is_validated: bool = True
    asked_by: str = "the Prefer header"

    @property
    def choose_response(self) -> bool:
        """Do they choose a response?"""
        return self.code is not None or self.example is not None or self.dynamic is True

    @property
    def status(self) -> int | None:
        """The preferred code as a number; None without one."""
        return int(self.code) if self.code is not None else None

    @property
    def applied(self) -> tuple[str, str]:
        """The `Preference-Applied` header (RFC 7240 section 3)."""
        applied = {"code": self.code, "example": self.example, "dynamic": self.dynamic and "true"}
        applied["validate"] = None if self.validate is None else str(self.validate).lower()
        return "preference-applied", ", ".join(f"{name}={_word(value)}" for name, value in applied.items() if value)


NO_PREFERENCES = Preferences()
NOT_VALIDATED = Preferences(is_validated=False)
"""What applies to a request without preferences where nothing is validated."""


def read(
    headers: Iterable[tuple[bytes, bytes]], query: bytes, documented: frozenset[str], usual: Preferences
) -> tuple[Preferences, bytes]:
    """The preferences in all `Prefer` headers and in the query, else the `usual` ones, and the rest of the query.

    The first of several with the same name counts (RFC 7240 section 2), and a header comes before the query. A query
    parameter that is `documented` is no preference.
    """
    text = ",".join(value.decode("latin-1") for name, value in headers if name.lower() == b"prefer")
    in_query, rest = _from_query(query, documented) if b"__" in query else ({}, query)
    found: dict[str, str] = {}
    for name, value in (*preferences(text), *in_query.items()):
        if name in KNOWN:
            found.setdefault(name, value)
    validate = _is_on(found, "validate")
    is_validated = usual.is_validated if validate is None else validate
    made = Preferences(found.get("code"), found.get("example"), _is_on(found, "dynamic"), validate, is_validated)
    return (made if made.choose_response or validate is not None else usual), rest


def _from_query(query: bytes, documented: frozenset[str]) -> tuple[dict[str, str], bytes]:
    found: dict[str, str] = {}
    rest = []
    for part in query.split(b"&"):
        name, _, value = part.decode("latin-1").partition("=")
        if name in IN_QUERY and name not in documented:
            found.setdefault(IN_QUERY[name], unquote_plus(value))
        else:
            rest.append(part)
    return found, b"&".join(rest)


def _is_on(found: dict[str, str], name: str) -> bool | None:
    return found[name].lower() != "false" if name in found else None


def preferences(text: str) -> Iterator[tuple[str, str]]:
    """(name in lower case, value) of each preference in a header, up to the first that is malformed."""
    position, parameter = 0, False
    while position < len(text):
        word = WORD.match(text, position)
        if word is not None:
            if not parameter:
                yield word[1].lower(), re.sub(r"\\(.)", r"\1", word[2]) if word[2] is not None else word[3] or ""
            position = word.end()
        else:
            position += len(text) - position - len(text[position:].lstrip())
        if position < len(text) and text[position] not in ",;":
            return
        parameter = text[position : position + 1] == ";"
        position += 1


def undocumented_detail(preferences: Preferences, operation: Operation) -> str:
    """What is wrong with a preference that the operation does not document; "" when all are documented."""
    if preferences.code is not None and not _is_documented(preferences.code, operation):
        there = ", ".join(response.status for response in operation.responses) or "none"
        return (
            f"the code {preferences.code!r} is not documented for this operation; there are: {there}"
            "; POST /_mock/overrides or --lenient-prefer answers others"
        )
    if preferences.example is None:
        return ""
    offered = [operation.response(preferences.status)] if preferences.status else operation.responses
    names = {name for response in offered if response for media in response.content for name in media.examples}
    if preferences.example in names:
        return ""
    there = ", ".join(sorted(names)) or "none"
    return f"the example {preferences.example!r} is not documented for this answer; there are: {there}"


def is_undocumented_status(preferences: Preferences, operation: Operation) -> bool:
    """Is the preferred code a status of a response (RFC 9110 section 15), but not a documented one?"""
    code = preferences.code
    return code is not None and STATUS.fullmatch(code) is not None and not _is_documented(code, operation)


def error_of_status(status: int, asked_by: str) -> Refusal:
    """An error that usually has this status, as if it had happened."""
    kinds = {known.status: known for known in reversed(REFUSALS.values())}
    kind = kinds.get(status, Refusal)
    made = kind(f"Asked for by {asked_by}", retry_after_ms=1000)
    made.status = status
    return made


def _is_documented(code: str, operation: Operation) -> bool:
    return STATUS.fullmatch(code) is not None and operation.response(int(code)) is not None


def bad_request(detail: str) -> Reply:
    """The 400 for a preference that the operation does not document."""
    body: dict[str, Any] = {"type": "about:blank", "title": "Preference refused", "status": 400, "detail": detail}
    return Reply(400, body, (), PROBLEM, proven=True)


def _word(value: str | bool) -> str:
    """The value as a token if it can be one, else as a quoted string (RFC 9110 section 5.6)."""
    text = str(value)
    if re.fullmatch(NAME, text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
