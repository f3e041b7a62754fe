"""The values of an error body, by the names of its properties: `message`, `code`, `fieldName`, `pointer`, …"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from mockserver.errors import Fault, Refusal
from mockserver.inference.names import plain, words
from mockserver.reason_phrases import PHRASES
from mockserver.state.time_formats import iso_date, iso_milliseconds, iso_seconds, unix_milliseconds, unix_seconds

SHORT_LENGTHS = (200, 100, 60, 30)
"""Lengths to which a message is cut when the schema does not allow the whole."""

Path = tuple[str | int, ...]


class ErrorFacts(Struct, frozen=True):
    """The facts that a body can show: message, short title, kind of error, status, and the place of the fault.

    `shorter` are messages with less of it, the longest first, for a schema that limits the length of a text.
    """

    message: str
    title: str
    kind: str
    status: int
    field: str = ""
    place: Path = ()
    location: str = ""
    keyword: str = ""
    address: str = ""
    now: Callable[[], float] = time.time
    shorter: tuple[str, ...] = ()


def facts_of(
    refusal: Refusal, status: int, message: str, address: str = "", now: Callable[[], float] = time.time
) -> ErrorFacts:
    """The facts of an error; field and place are those of its first fault.

    `address` is the path of the request. `now` gives the time in seconds since the Unix epoch; it is asked only for a
    body that shows it, because the clock of a mock with a seed moves whenever it is read.
    """
    facts = ErrorFacts(message, PHRASES.get(status, "Error"), refusal.kind, status, address=address, now=now)
    return with_fault(facts, refusal.faults[0]) if refusal.faults else facts


def with_fault(facts: ErrorFacts, fault: Fault) -> ErrorFacts:
    """The facts with field, place and keyword of a fault."""
    place = (fault.location, *fault.path)
    return replace(facts, field=fault.field, place=place, location=fault.location, keyword=fault.keyword)


def role_of(name: str) -> str:
    """What a property of an error body shows, as a key of VALUES: that of its whole name, else of its last word.

    `errorText` and `issue_description` are messages, `propertyPath` is a field. Empty for other properties.
    """
    whole = plain(name)
    if whole in VALUES:
        return whole
    *before, last = words(name) or ("",)
    if last in NAMING and not FIELDS.isdisjoint(before):
        return "field"
    return LAST_WORDS.get(last, "") if before else ""


def candidates(role: str, old: Any, facts: ErrorFacts, choices: Sequence[Any] = ()) -> Iterator[Any]:
    """The values for a role, the best first; only those of the type of `old`. `choices` are those of an `enum`."""
    whole = [candidate for candidate in VALUES[role](facts, old) if type(candidate) is type(old)]
    yield from whole
    for candidate in whole if isinstance(old, str) else ():
        yield from (candidate[: length - 1] + "…" for length in SHORT_LENGTHS if len(candidate) > length)
    if VALUES[role] in (_code, _type, _status):
        yield from _closest(choices, facts)


def _closest(choices: Sequence[Any], facts: ErrorFacts) -> list[str]:
    """The choice that has most words of the codes of this kind of error, else the one about any error of its side."""
    texts = [each for each in choices if isinstance(each, str)]
    known = {word for code in (*_codes(facts), facts.title) for word in words(code)} - FILLERS
    side = (
        {"invalid", "bad", "request", "client", "validation"} if facts.status < 500 else {"internal", "server", "api"}
    )
    for wanted in (known, side):
        best = max(texts, key=lambda text: len(wanted.intersection(words(text))), default="")
        if wanted.intersection(words(best)):
            return [best]
    return []


Values = Callable[[ErrorFacts, Any], list[Any]]
"""From the facts, and the value that the body has now, to the values for a property, the best first."""


def _sentence(facts: ErrorFacts, _: Any) -> list[Any]:
    return [facts.message, *facts.shorter]


def _heading(facts: ErrorFacts, old: Any) -> list[Any]:
    """The title of the error, or its code where the example is one: `not_found`."""
    is_code = isinstance(old, str) and "_" in old and " " not in old and old in (old.lower(), old.upper())
    codes = [each for each in _code(facts, old) if isinstance(each, str)] if is_code else []
    return [*codes, facts.title, facts.message]


def _codes(facts: ErrorFacts) -> list[str]:
    """The common names for a kind of error, in lower case with `_`."""
    return list(dict.fromkeys((facts.kind.replace("-", "_"), *CODES.get(facts.kind, ()), _phrase(facts))))


def _phrase(facts: ErrorFacts) -> str:
    return facts.title.lower().replace(" ", "_")


def _code(facts: ErrorFacts, old: Any) -> list[Any]:
    """Common spellings of the error code; for a schema with an `enum` one of them may be valid.

    An example such as `VALIDATION_ERROR` is a code of this kind already, or shows how codes are spelled. What has
    digits, such as `LIB-100`, is kept: the numbers of other kinds are not known.
    """
    if isinstance(old, str) and not old.isdecimal() and any(letter.isdecimal() for letter in old):
        return [old]
    spelled = [_spellings(name) for name in _codes(facts)]
    every = [spelling for spellings in spelled for spelling in spellings]
    style = _style(old)
    if style is None:
        return [facts.status, *every, str(facts.status)]
    first = [old] if old in every else [_spellings(_phrase(facts))[style]]
    return [facts.status, *first, *(spellings[style] for spellings in spelled), *every, str(facts.status)]


def _spellings(name: str) -> list[str]:
    return [name, name.upper(), name.replace("_", "-"), _camel(name)]


def _style(example: Any) -> int | None:
    """How an example of a code is spelled, as an index of the spellings; None if one cannot tell."""
    if not isinstance(example, str) or " " in example:
        return None
    if example.isupper():
        return 1
    if "-" in example:
        return 2
    return 0 if "_" in example else 3 if len(words(example)) > 1 else None


def _camel(name: str) -> str:
    return name.title().replace("_", "")


def _status(facts: ErrorFacts, _: Any) -> list[Any]:
    return [facts.status, str(facts.status), "error"]


def _type(facts: ErrorFacts, old: Any) -> list[Any]:
    codes = _code(facts, old)
    return [facts.keyword, *codes, "about:blank"] if facts.keyword else [*codes, "about:blank"]


def _field(facts: ErrorFacts, _: Any) -> list[Any]:
    return [facts.field] if facts.field else []


def _place(facts: ErrorFacts, old: Any) -> list[Any]:
    """The steps to the fault. As a text they begin with `body` only where the example does."""
    if not facts.place:
        return []
    steps = [str(step) for step in facts.place]
    whole = isinstance(old, str) and old.split(".")[0] in LOCATIONS
    return [list(facts.place), steps, ".".join(steps) if whole else facts.field]


def _steps(facts: ErrorFacts, old: Any) -> list[Any]:
    """The steps to the fault inside of its part of the request, from `body` on only where the example does."""
    if isinstance(old, str) or (isinstance(old, list) and old and old[0] in LOCATIONS):
        return _place(facts, old)
    return [list(facts.place[1:]), [str(step) for step in facts.place[1:]]] if facts.place else []


def _location(facts: ErrorFacts, _: Any) -> list[Any]:
    return [facts.location] if facts.location else []


def _pointer(facts: ErrorFacts, old: Any) -> list[Any]:
    """A JSON Pointer, as a fragment (RFC 6901 section 6) where the example is one."""
    steps = facts.place[1:]
    start = "#/" if isinstance(old, str) and old.startswith("#") else "/"
    return [start + "/".join(map(str, steps)), facts.field] if steps else []


def _moment(facts: ErrorFacts, old: Any) -> list[Any]:
    """The time of the error; a number is in seconds unless the example is one of milliseconds."""
    moment, has_milliseconds = facts.now(), isinstance(old, int) and old > LATEST_SECOND
    number = unix_milliseconds(moment) if has_milliseconds else unix_seconds(moment)
    return [iso_milliseconds(moment), iso_seconds(moment), iso_date(moment), number]


def _false(_: ErrorFacts, __: Any) -> list[Any]:
    return [False]


def _unknown(_: ErrorFacts, __: Any) -> list[Any]:
    return []


LATEST_SECOND = 100_000_000_000
"""What is larger is no time in seconds, but in milliseconds."""

SERVER_ERROR = 500
"""The first status of errors of the server (RFC 9110 section 15.6)."""

LOCATIONS = frozenset({"body", "query", "path", "header", "cookie"})
"""Where a value of a request is."""

FILLERS = frozenset({"error", "exception", "failed", "code", "resource"})
"""Words of codes that do not tell one kind of error from another."""

FIELDS = frozenset({"field", "property", "parameter", "param", "attribute", "argument", "source"})
NAMING = frozenset({"path", "name", "key", "id"})
"""Words of names such as `propertyPath`, `field_name` and `parameterKey`: one of the first, then one of the second."""

LAST_WORDS = {
    **dict.fromkeys(("message", "msg", "text", "reason", "issue", "description", "detail", "explanation", "problem"),
                    "message"),
    **dict.fromkeys(("field", "property", "parameter", "param", "attribute"), "field"),
    "code": "code", "pointer": "pointer",
}  # fmt: skip
"""What a property shows whose whole name is not known, by its last word."""

VALUES: dict[str, Values] = {
    **dict.fromkeys(("message", "msg", "detail", "details", "description", "errordescription", "errormessage", "reason",
                     "developermessage", "usermessage", "errormsg", "statusmessage", "summary", "localizedmessage",
                     "humanmessage", "debugmessage", "explanation", "text", "errors", "issue", "problem",
                     "faultstring"), _sentence),
    **dict.fromkeys(("title", "error", "statustext", "label"), _heading),
    **dict.fromkeys(("code", "errorcode", "errcode", "kind", "slug", "faultcode"), _code),
    **dict.fromkeys(("status", "statuscode", "httpstatus", "httpcode", "httpstatuscode"), _status),
    **dict.fromkeys(("type", "errortype", "keyword", "rule"), _type),
    **dict.fromkeys(("field", "fieldname", "param", "parameter", "property", "propertyname", "attribute", "where",
                     "target"), _field),
    "loc": _place,
    "path": _steps,
    **dict.fromkeys(("in", "location"), _location),
    **dict.fromkeys(("rejectedvalue", "invalidvalue"), _unknown),
    "pointer": _pointer,
    **dict.fromkeys(("timestamp", "datetime", "occurredat"), _moment),
    **dict.fromkeys(("success", "ok"), _false),
}  # fmt: skip
"""The values for a property, the best first, by its name in lower case without separators."""

HEADINGS = frozenset(role for role, values in VALUES.items() if values is _heading)
"""The roles that show the name of a status; where nothing else is a text, it is what is wrong."""

SENTENCES = frozenset(role for role, values in VALUES.items() if values is _sentence)
"""The roles that show what is wrong in words."""

CODES: dict[str, tuple[str, ...]] = {
    "invalid": (
        "invalid_request",
        "validation_error",
        "invalid_argument",
        "bad_request",
        "unprocessable_entity",
        "validation_failed",
        "invalid_parameter",
        "invalid_input",
        "invalid_request_error",
    ),
    "malformed": ("invalid_request", "bad_request", "parse_error", "invalid_json", "invalid_request_error"),
    "unauthenticated": ("unauthorized", "authentication_error", "invalid_token", "invalid_credentials"),
    "forbidden": ("permission_denied", "access_denied", "insufficient_permissions"),
    "missing": ("not_found", "resource_not_found", "resource_missing", "invalid_request_error"),
    "unknown-path": ("not_found",),
    "conflict": ("already_exists", "duplicate"),
    "precondition-failed": ("etag_mismatch", "version_mismatch", "conflict"),
    "precondition-required": ("if_match_required",),
    "too-large": ("payload_too_large", "request_too_large"),
    "too-many": ("rate_limit_exceeded", "rate_limited", "too_many_requests", "throttled"),
    "unanswerable": ("internal_error", "internal_server_error", "server_error", "internal", "api_error"),
    "not-acceptable": ("not_acceptable",),
    "unsupported-media-type": ("unsupported_media_type",),
    "range-not-satisfiable": ("invalid_range",),
}
"""Other codes that APIs use for a kind of error."""
