"""A refusal told in a body of the document's own error schema: texts with telling names say what is wrong."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, NamedTuple

from mockserver.errors import Fault, Refusal

MOST = 50
"""How many faults a body lists."""

SHORTER = (200, 100, 60, 30)
"""Lengths to which a sentence is cut where the schema has no room for all of it."""

Path = tuple[str | int, ...]


class Form(NamedTuple):
    """What a body must be: valid, and at which paths its schema leaves the names of an object open."""

    is_valid: Callable[[Any], bool]
    is_map: Callable[[Path], bool]


@dataclass(frozen=True, slots=True)
class Words:
    """What a body may say: the sentence, a short title, the kind of refusal, the status, and where the fault is."""

    message: str
    title: str
    kind: str
    status: int
    field: str = ""
    place: Path = ()
    location: str = ""
    keyword: str = ""


def of(refusal: Refusal, status: int, message: str) -> Words:
    """The words of a refusal as a whole; the field is that of its first fault."""
    known = status in HTTPStatus.__members__.values()
    words = Words(message, HTTPStatus(status).phrase if known else "Error", refusal.kind, status)
    return _about(words, refusal.faults[0]) if refusal.faults else words


def tell(value: Any, words: Words, faults: tuple[Fault, ...], form: Form) -> Any:
    """A copy of `value` that says the words wherever a property's name asks for them and its schema allows it."""
    # A list or a text that is the whole body stands where `errors` would.
    root = "" if isinstance(value, dict) else "errors"
    told = {root: copy.deepcopy(value)}
    _say(told, words, faults, Form(lambda trial: form.is_valid(trial[root]), lambda path: form.is_map(path[1:])))
    return told[root]


def _say(body: dict[str, Any], words: Words, faults: tuple[Fault, ...], form: Form) -> None:
    _listed(body, words, faults, form)
    for path, name in list(_leaves(body)):
        said = _closest(words, path, faults)
        old = _at(body, path)
        if not any(_try(body, path, candidate, form) for candidate in _candidates(name, old, said)):
            _put(body, path, old)
            _leave_out(body, path, form)


def _about(words: Words, fault: Fault) -> Words:
    place = (fault.location, *fault.path)
    return replace(words, field=fault.field, place=place, location=fault.location, keyword=fault.keyword)


def _closest(words: Words, path: Path, faults: tuple[Fault, ...]) -> Words:
    """Inside a list, the words of the fault that stands at that place of the list."""
    index = next((step for step in path if isinstance(step, int)), None)
    if index is None or index >= len(faults):
        return words
    return replace(_about(words, faults[index]), message=faults[index].message)


def _listed(body: dict[str, Any], words: Words, faults: tuple[Fault, ...], form: Form) -> None:
    """Put one entry for each fault into lists that hold faults, and one name for each into maps of fields."""
    for path, value in list(_containers(body, form)):
        trials = (_entries(value, words, faults), _entries(value, words, faults[:1]))
        if not any(_try(body, path, trial, form) for trial in trials):
            _put(body, path, value)


def _containers(value: Any, form: Form, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Lists and maps with telling names: `errors`, `detail`, `violations`, …"""
    for name, inner in value.items() if isinstance(value, dict) else ():
        here = (*path, name)
        if _plain(name) in LISTS and _holds_faults(inner, here, form):
            yield here, inner
        elif isinstance(inner, dict):
            yield from _containers(inner, form, here)


def _holds_faults(value: Any, path: Path, form: Form) -> bool:
    """A list, or an object whose names are not the schema's but those of fields."""
    return isinstance(value, list) or (isinstance(value, dict) and bool(value) and form.is_map(path))


def _entries(value: Any, words: Words, faults: tuple[Fault, ...]) -> Any:
    if isinstance(value, dict):
        sample = next(iter(value.values()))
        told = {fault.field: fault.message for fault in faults[:MOST]} or {words.kind: words.message}
        return {name: [text] if isinstance(sample, list) else text for name, text in told.items()}
    if value and isinstance(value[0], dict):
        return [copy.deepcopy(value[0]) for _ in faults[:MOST]] or value[:1]
    return [f"{fault.field}: {fault.message}" for fault in faults[:MOST]] or [words.message]


def _leaves(value: Any, path: Path = (), name: str = "") -> Iterator[tuple[Path, str]]:
    """(where, telling name) of every value that could say something."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key), _plain(key))
    elif isinstance(value, list) and name not in PLACES:
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, index), "" if isinstance(inner, str) else name)
    elif name in TELLING:
        yield path, name


def _candidates(name: str, old: Any, words: Words) -> Iterator[Any]:
    """What could stand under a telling name in place of `old`, the best first; of the same type as `old`."""
    for wanted in TELLING[name](words):
        if isinstance(wanted, str) and isinstance(old, str):
            yield wanted
            yield from (wanted[: length - 1] + "…" for length in SHORTER if len(wanted) > length)
        elif type(wanted) is type(old):
            yield wanted


def _try(body: Any, path: Path, value: Any, form: Form) -> bool:
    _put(body, path, value)
    return form.is_valid(body)


def _leave_out(body: Any, path: Path, form: Form) -> None:
    """Take out what nothing true can be said of, such as the field of a refusal that is about none, if that may be."""
    parent = _at(body, path[:-1])
    if isinstance(parent, dict) and len(path) > 1:
        whole = dict(parent)
        del parent[path[-1]]
        if not form.is_valid(body):
            parent.clear()
            parent.update(whole)


def _at(body: Any, path: Path) -> Any:
    for step in path:
        body = body[step]
    return body


def _put(body: Any, path: Path, value: Any) -> None:
    _at(body, path[:-1])[path[-1]] = value


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _sentence(words: Words) -> list[Any]:
    return [words.message]


def _heading(words: Words) -> list[Any]:
    return [words.title, words.message]


def _code(words: Words) -> list[Any]:
    """Codes as they are usually written; a schema with an `enum` takes one of them."""
    snake = words.kind.replace("-", "_")
    usual = CODES.get(words.kind, ())
    every = dict.fromkeys((snake, *usual, words.title.lower().replace(" ", "_")))
    spelled = [form for name in every for form in (name, name.upper(), name.replace("_", "-"), _camel(name))]
    return [words.status, *spelled, str(words.status)]


def _camel(name: str) -> str:
    return name.title().replace("_", "")


def _status(words: Words) -> list[Any]:
    return [words.status, str(words.status), "error"]


def _type(words: Words) -> list[Any]:
    return [words.keyword, *_code(words), "about:blank"] if words.keyword else [*_code(words), "about:blank"]


def _field(words: Words) -> list[Any]:
    return [words.field] if words.field else []


def _place(words: Words) -> list[Any]:
    return (
        [list(words.place), [str(step) for step in words.place], ".".join(map(str, words.place))] if words.place else []
    )


def _location(words: Words) -> list[Any]:
    return [words.location] if words.location else []


def _pointer(words: Words) -> list[Any]:
    steps = words.place[1:]
    return ["/" + "/".join(map(str, steps)), words.field] if steps else []


def _no(words: Words) -> list[Any]:
    return [False]


PLACES = frozenset({"loc", "path"})
"""Lists of steps that are one value."""

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
"""Names of lists, and of maps by field, that have an entry for each fault."""

TELLING: dict[str, Callable[[Words], list[Any]]] = {
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
    **dict.fromkeys(("success", "ok"), _no),
}  # fmt: skip
"""What a property says, by its name in lower case without `_` and `-`: candidates, the best first."""

CODES: dict[str, tuple[str, ...]] = {
    "invalid": ("invalid_request", "validation_error", "invalid_argument", "bad_request", "unprocessable_entity",
                "validation_failed", "invalid_parameter", "invalid_input"),
    "malformed": ("invalid_request", "bad_request", "parse_error", "invalid_json"),
    "unauthenticated": ("unauthorized", "authentication_error", "invalid_token", "invalid_credentials"),
    "forbidden": ("permission_denied", "access_denied", "insufficient_permissions"),
    "missing": ("not_found", "resource_not_found", "resource_missing"),
    "unknown-path": ("not_found",),
    "conflict": ("already_exists", "duplicate"),
    "too-large": ("payload_too_large", "request_too_large"),
    "too-many": ("rate_limit_exceeded", "rate_limited", "too_many_requests", "throttled"),
    "unanswerable": ("internal_error", "internal_server_error", "server_error", "internal"),
    "not-acceptable": ("not_acceptable",),
    "unsupported-media-type": ("unsupported_media_type",),
}  # fmt: skip
"""Other names by which APIs know a kind of refusal."""
