"""Filling a generated error body with the facts of an error, by the names of its properties: `message`, `code`, …"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from mockserver.errors import Fault, Refusal
from mockserver.reason_phrases import PHRASES

MAX_FAULTS = 50
"""The most faults that a body lists."""

SHORT_LENGTHS = (200, 100, 60, 30)
"""Lengths to which a message is cut when the schema does not allow the whole."""

Path = tuple[str | int, ...]


class BodyRules(NamedTuple):
    """What the schema of a body says: `is_valid` for the body, and `is_map` for objects without declared properties."""

    is_valid: Callable[[Any], bool]
    is_map: Callable[[Path], bool]


class ErrorFacts(Struct, frozen=True):
    """The facts that a body can show: message, short title, kind of error, status, and the place of the fault."""

    message: str
    title: str
    kind: str
    status: int
    field: str = ""
    place: Path = ()
    location: str = ""
    keyword: str = ""


def facts_of(refusal: Refusal, status: int, message: str) -> ErrorFacts:
    """The facts of an error; field and place are those of its first fault."""
    facts = ErrorFacts(message, PHRASES.get(status, "Error"), refusal.kind, status)
    return _with_fault(facts, refusal.faults[0]) if refusal.faults else facts


def fill(value: Any, facts: ErrorFacts, faults: tuple[Fault, ...], rules: BodyRules) -> Any:
    """A copy of `value` with the facts in all properties whose names are known and whose schema allows them."""
    # A body that is just a list or a text is filled like a property `errors`.
    root = "" if isinstance(value, dict) else "errors"
    filled = {root: copy.deepcopy(value)}
    _fill(
        filled, facts, faults, BodyRules(lambda trial: rules.is_valid(trial[root]), lambda path: rules.is_map(path[1:]))
    )
    return filled[root]


def _fill(body: dict[str, Any], facts: ErrorFacts, faults: tuple[Fault, ...], rules: BodyRules) -> None:
    _empty(body, rules)
    _fill_lists(body, facts, faults, rules)
    for path, name in list(_leaves(body)):
        closest = _closest_facts(facts, path, faults)
        old = _at(body, path)
        is_problem = path[-1] == "type" and _at(body, path[:-1]).keys() >= PROBLEM
        candidates = [NO_TYPE] if is_problem and isinstance(old, str) else _candidates(name, old, closest)
        if not any(_try(body, path, candidate, rules) for candidate in candidates):
            _put(body, path, old)
            _leave_out(body, path, rules)


def _empty(body: dict[str, Any], rules: BodyRules) -> None:
    """Leave out what a success would show beside the message, such as `data`; null where it has to be there.

    The `instance` of a problem is left out too: it would be the address of this one.
    """
    for root in [each for each in body.values() if isinstance(each, dict)]:
        unknown = SUCCESS_VALUES | {"instance"} if root.keys() >= PROBLEM else SUCCESS_VALUES
        for name in [each for each in root if _normalized(each) in unknown]:
            old = root.pop(name)
            if rules.is_valid(body):
                continue
            root[name] = None
            if not rules.is_valid(body):
                root[name] = old


def _with_fault(facts: ErrorFacts, fault: Fault) -> ErrorFacts:
    place = (fault.location, *fault.path)
    return replace(facts, field=fault.field, place=place, location=fault.location, keyword=fault.keyword)


def _closest_facts(facts: ErrorFacts, path: Path, faults: tuple[Fault, ...]) -> ErrorFacts:
    """The facts for a path: inside a list, those of the fault with the same index."""
    index = next((step for step in path if isinstance(step, int)), None)
    if index is None or index >= len(faults):
        return facts
    return replace(_with_fault(facts, faults[index]), message=faults[index].message)


def _fill_lists(body: dict[str, Any], facts: ErrorFacts, faults: tuple[Fault, ...], rules: BodyRules) -> None:
    """Give lists of faults one entry for each fault, and maps by field one name for each."""
    for path, value in list(_containers(body, rules)):
        trials = (_entries(value, facts, faults), _entries(value, facts, faults[:1]))
        if not any(_try(body, path, trial, rules) for trial in trials):
            _put(body, path, value)


def _containers(value: Any, rules: BodyRules, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The lists and maps with a known name: `errors`, `detail`, `violations`, …"""
    for name, inner in value.items() if isinstance(value, dict) else ():
        here = (*path, name)
        if _normalized(name) in LISTS and _is_fault_list(inner, here, rules):
            yield here, inner
        elif isinstance(inner, dict):
            yield from _containers(inner, rules, here)


def _is_fault_list(value: Any, path: Path, rules: BodyRules) -> bool:
    """Is the value a list, or a map by field?"""
    return isinstance(value, list) or (isinstance(value, dict) and bool(value) and rules.is_map(path))


def _entries(value: Any, facts: ErrorFacts, faults: tuple[Fault, ...]) -> Any:
    if isinstance(value, dict):
        sample = next(iter(value.values()))
        messages = {fault.field: fault.message for fault in faults[:MAX_FAULTS]} or {facts.kind: facts.message}
        return {name: [text] if isinstance(sample, list) else text for name, text in messages.items()}
    if value and isinstance(value[0], dict):
        return [copy.deepcopy(value[0]) for _ in faults[:MAX_FAULTS]] or value[:1]
    return [f"{fault.field}: {fault.message}" for fault in faults[:MAX_FAULTS]] or [facts.message]


def _leaves(value: Any, path: Path = (), name: str = "") -> Iterator[tuple[Path, str]]:
    """(path, known name) of every value that can show a fact."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key), _normalized(key))
    elif isinstance(value, list) and name not in PLACES:
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, index), "" if isinstance(inner, str) else name)
    elif name in VALUES:
        yield path, name


def _candidates(name: str, old: Any, facts: ErrorFacts) -> Iterator[Any]:
    """The values for a known name, the best first; only those of the type of `old`."""
    for candidate in VALUES[name](facts):
        if isinstance(candidate, str) and isinstance(old, str):
            yield candidate
            yield from (candidate[: length - 1] + "…" for length in SHORT_LENGTHS if len(candidate) > length)
        elif type(candidate) is type(old):
            yield candidate


def _try(body: Any, path: Path, value: Any, rules: BodyRules) -> bool:
    _put(body, path, value)
    return rules.is_valid(body)


def _leave_out(body: Any, path: Path, rules: BodyRules) -> None:
    """Remove a property for which there is no fact, such as the field of an error without one, if that is valid."""
    parent = _at(body, path[:-1])
    if isinstance(parent, dict) and len(path) > 1:
        before = dict(parent)
        del parent[path[-1]]
        if not rules.is_valid(body):
            parent.clear()
            parent.update(before)


def _at(body: Any, path: Path) -> Any:
    for step in path:
        body = body[step]
    return body


def _put(body: Any, path: Path, value: Any) -> None:
    _at(body, path[:-1])[path[-1]] = value


def _normalized(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _sentence(facts: ErrorFacts) -> list[Any]:
    return [facts.message]


def _heading(facts: ErrorFacts) -> list[Any]:
    return [facts.title, facts.message]


def _code(facts: ErrorFacts) -> list[Any]:
    """Common spellings of the error code; for a schema with an `enum` one of them may be valid."""
    snake = facts.kind.replace("-", "_")
    usual = CODES.get(facts.kind, ())
    every = dict.fromkeys((snake, *usual, facts.title.lower().replace(" ", "_")))
    spelled = [spelling for name in every for spelling in (name, name.upper(), name.replace("_", "-"), _camel(name))]
    return [facts.status, *spelled, str(facts.status)]


def _camel(name: str) -> str:
    return name.title().replace("_", "")


def _status(facts: ErrorFacts) -> list[Any]:
    return [facts.status, str(facts.status), "error"]


def _type(facts: ErrorFacts) -> list[Any]:
    return [facts.keyword, *_code(facts), "about:blank"] if facts.keyword else [*_code(facts), "about:blank"]


def _field(facts: ErrorFacts) -> list[Any]:
    return [facts.field] if facts.field else []


def _place(facts: ErrorFacts) -> list[Any]:
    return (
        [list(facts.place), [str(step) for step in facts.place], ".".join(map(str, facts.place))] if facts.place else []
    )


def _location(facts: ErrorFacts) -> list[Any]:
    return [facts.location] if facts.location else []


def _pointer(facts: ErrorFacts) -> list[Any]:
    steps = facts.place[1:]
    return ["/" + "/".join(map(str, steps)), facts.field] if steps else []


def _false(facts: ErrorFacts) -> list[Any]:
    return [False]


SUCCESS_VALUES = frozenset({"data", "result", "payload"})
"""Names of what a success shows, in bodies that errors have too: `{code, message, data}`."""

PROBLEM, NO_TYPE = frozenset({"title", "status"}), "about:blank"
"""Names beside the `type` of a problem (RFC 9457 section 3.1), and its value where it says no more than the status."""

PLACES = frozenset({"loc", "path"})
"""Names of lists that are one value: the path to the fault."""

LISTS = frozenset(
    {
        "errors",
        "error",
        "detail",
        "details",
        "violations",
        "message",
        "messages",
        "fielderrors",
        "fields",
        "invalidparams",
        "issues",
        "validationerrors",
        "causes",
        "reasons",
    }
)
"""Names of lists and of maps by field that have one entry for each fault."""

VALUES: dict[str, Callable[[ErrorFacts], list[Any]]] = {
    **dict.fromkeys(("message", "msg", "detail", "details", "description", "errordescription", "errormessage", "reason",
                     "developermessage", "usermessage", "errormsg", "statusmessage", "summary", "localizedmessage",
                     "humanmessage", "debugmessage", "explanation", "text", "errors"), _sentence),
    **dict.fromkeys(("title", "error", "statustext", "label"), _heading),
    **dict.fromkeys(("code", "errorcode", "errcode", "kind", "slug"), _code),
    **dict.fromkeys(("status", "statuscode", "httpstatus", "httpcode", "httpstatuscode"), _status),
    **dict.fromkeys(("type", "errortype", "keyword", "rule"), _type),
    **dict.fromkeys(("field", "fieldname", "param", "parameter", "property", "propertyname", "attribute"), _field),
    **dict.fromkeys(("loc", "path"), _place),
    **dict.fromkeys(("in", "location"), _location),
    "pointer": _pointer,
    **dict.fromkeys(("success", "ok"), _false),
}  # fmt: skip
"""The values for a property, the best first, by its name in lower case without `_` and `-`."""

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
    ),
    "malformed": ("invalid_request", "bad_request", "parse_error", "invalid_json"),
    "unauthenticated": ("unauthorized", "authentication_error", "invalid_token", "invalid_credentials"),
    "forbidden": ("permission_denied", "access_denied", "insufficient_permissions"),
    "missing": ("not_found", "resource_not_found", "resource_missing"),
    "unknown-path": ("not_found",),
    "conflict": ("already_exists", "duplicate"),
    "precondition-failed": ("etag_mismatch", "version_mismatch", "conflict"),
    "precondition-required": ("if_match_required",),
    "too-large": ("payload_too_large", "request_too_large"),
    "too-many": ("rate_limit_exceeded", "rate_limited", "too_many_requests", "throttled"),
    "unanswerable": ("internal_error", "internal_server_error", "server_error", "internal"),
    "not-acceptable": ("not_acceptable",),
    "unsupported-media-type": ("unsupported_media_type",),
    "range-not-satisfiable": ("invalid_range",),
}
"""Other codes that APIs use for a kind of error."""
