"""What names and schemas of properties say: timestamps, what only the service sets, what is never shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mockserver.inference.names import plain, words
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

Statement = dict[str, Any]
Properties = Mapping[str, str]

CREATED = ("createdat", "created", "createdon", "createdtime", "createtime", "creationtime", "creationdate",
           "createddate", "datecreated", "timecreated", "createdatetime", "createddatetime", "insertedat", "createdts",
           "createdtimestamp", "creationtimestamp", "createdutc", "addedat", "dateadded", "timestampcreated",
           "createdatutc", "ctime", "submittedat", "createdattime")  # fmt: skip
UPDATED = ("updatedat", "updated", "updatedon", "updatedtime", "updatetime", "modifiedat", "modified", "lastmodified",
           "lastupdated", "updateddate", "dateupdated", "datemodified", "modifieddate", "modifiedon", "lastmodifiedat",
           "lastupdatedat", "modifiedtime", "lastmodifieddate", "lastmodifiedtime", "lastmodifieddatetime",
           "lastupdatedate", "lastupdatetime", "updatedatetime", "updateddatetime", "modificationtime",
           "modificationdate", "lastupdateddate", "changedat", "editedat", "mtime", "updatedts")  # fmt: skip
"""Names of the time of creation and of the last update, the likeliest first."""

SELF = ("uri", "href", "self", "selflink", "selfuri", "resourceuri")
"""Names of a property that holds the item's own path, the likeliest first."""

JSON_LD = frozenset(("@id", "@type"))
"""Properties of an item in JSON-LD; `@id` is its own path."""

LINKS = "links"
"""The name of a property that holds it among others."""

SECRET = frozenset(("password", "newpassword", "currentpassword", "passwordconfirmation", "confirmpassword"))


def timestamps(schemas: Schemas, properties: Properties) -> Statement | None:
    """The `timestamps` statement, if properties are named like times of creation and update and can hold them."""
    known = {plain(name): name for name in reversed(list(properties))}
    stated: Statement = {}
    for key, names in (("created", CREATED), ("updated", UPDATED)):
        for name in (known[wanted] for wanted in names if wanted in known):
            if _is_edit(schemas, name, properties[name]):
                continue
            written = _written(schemas, properties[name], says_time=len(words(name)) > 1)
            if written and stated.setdefault("written", written) == written:
                stated[key] = name
                break
    if "written" not in stated:
        return None
    return stated | {"evidence": "inferred", "note": "by the names and formats of the properties"}


def time_format(schemas: Schemas, pointer: str, *, says_time: bool = False) -> str:
    """How the time in a text is written, as in `timestamps.written`; empty if neither format nor example says so.

    A text without either is a time if its name `says_time`.
    """
    is_text = schemas.types(pointer) - {"null"} == {"string"}
    return _written(schemas, pointer, says_time=says_time) if is_text else ""


def _is_edit(schemas: Schemas, name: str, pointer: str) -> bool:
    """Is a property the time of the last edit, which is null until the item is edited?"""
    return "edited" in words(name) and "null" in schemas.types(pointer)


def edit_times(schemas: Schemas, properties: Properties) -> list[str]:
    """The properties that hold the time of the last edit, null before."""
    return [
        name for name, at in properties.items() if _is_edit(schemas, name, at) and format_of(schemas, at) == "date-time"
    ]


def format_of(schemas: Schemas, pointer: str) -> str:
    """The `format` of a text, also where it is one of several alternatives, such as null; empty if there is none."""
    found = schemas.keyword(pointer, "format") or next(
        (node["format"] for node, _ in schemas.branches(pointer, every=True) if isinstance(node.get("format"), str)), ""
    )
    return str(found)


def _written(schemas: Schemas, pointer: str, *, says_time: bool) -> str:
    """The format of a property's time, as in `timestamps.written`; empty if it does not hold times.

    A text without a format and an example is a time only if its name `says_time`: `created` may be a person.
    """
    types, format = schemas.types(pointer) - {"null"}, format_of(schemas, pointer) or None
    examples = schemas.keyword(pointer, "examples") or [None]
    if types and types <= {"integer", "number"}:
        shown = examples[0] if isinstance(examples, list) else None
        return "unix-milliseconds" if isinstance(shown, int | float) and shown > 10**11 else "unix-seconds"
    if types == {"string"} and not any(schemas.keyword(pointer, each) for each in ("pattern", "enum", "maxLength")):
        return WRITTEN.get(str(format), "") if format is not None else _as_shown(examples[0], says_time)
    return ""


WRITTEN = {"date-time": "iso-milliseconds", "date": "iso-date"}
"""How times of a format are written."""


def _as_shown(example: Any, says_time: bool) -> str:
    """How a time is written whose text has no format: as the example is; as most are without one."""
    if (example is None and says_time) or (isinstance(example, str) and MOMENT.match(example)):
        return "iso-milliseconds"
    return "iso-date" if isinstance(example, str) and DAY.fullmatch(example) else ""


MOMENT = lazy_pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+)$")
DAY = lazy_pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def server_set(schemas: Schemas, views: Iterable[Properties], asked: Iterable[Properties]) -> list[str]:
    """The properties that are `readOnly` in any schema: a client's value for them is ignored.

    Where replies have a schema of their own, those that a request has without `readOnly` are the client's: a `slug`.
    """
    sent = [(name, _is(schemas, at, "readOnly")) for properties in asked for name, at in properties.items()]
    shown = {name for properties in views for name, at in properties.items() if _is(schemas, at, "readOnly")}
    return sorted({name for name, is_set in sent if is_set} | (shown - {name for name, _ in sent}))


def write_only(schemas: Schemas, asked: Iterable[Properties], shown: Iterable[str]) -> list[str]:
    """The properties that are `writeOnly`, and passwords that no reply contains."""
    seen = set(shown)
    return sorted(
        {
            name
            for properties in asked
            for name, at in properties.items()
            if _is(schemas, at, "writeOnly") or (plain(name) in SECRET and name not in seen)
        }
    )


def _is(schemas: Schemas, pointer: str, word: str) -> bool:
    return schemas.keyword(pointer, word) is True


def located(schemas: Schemas, properties: Properties, asked: Iterable[Properties]) -> tuple[str, ...]:
    """Where an item holds its own path, in a property that no request contains; empty if nowhere.

    That may be inside of an object: `_links.self.href` of HAL, `links.self` of JSON:API.
    """
    sent = {name for properties in asked for name in properties}
    if properties.keys() >= JSON_LD and "@id" not in sent and _is_path(schemas, properties["@id"]):
        return ("@id",)
    known = {plain(name): name for name in reversed(list(properties)) if name not in sent}
    for name in (*SELF, LINKS):
        path = _path_in(schemas, known[name], properties[known[name]]) if name in known else ()
        if path:
            return path
    return ()


def _path_in(schemas: Schemas, name: str, pointer: str) -> tuple[str, ...]:
    """The steps from a property to the path that it holds itself, or in `self` or `href` of an object; else empty."""
    if _is_path(schemas, pointer):
        return (name,)
    inner, values = schemas.properties(pointer), schemas.values(pointer)
    if plain(name) == LINKS and values is not None:  # links by their names, whatever these are
        inner = {"self": values}
    for key in ("self", "href"):
        below = _path_in(schemas, key, inner[key]) if key in inner and name != key else ()
        if below:
            return (name, *below)
    return ()


def _is_path(schemas: Schemas, pointer: str) -> bool:
    """Can a value be a path, by its type, its format and its examples?"""
    shown = schemas.keyword(pointer, "examples") or []
    written = schemas.keyword(pointer, "format") in (None, "uri-reference", "iri-reference")
    return written and schemas.types(pointer) - {"null"} == {"string"} and all(str(s).startswith("/") for s in shown)
