"""Which property of an item is its id, and how a new id is made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from mockserver.inference.names import SCALAR, noun, plain, words
from mockserver.inference.paths.path_tree import PathNode
from mockserver.inference.sentences.descriptions import description
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

KEYS = (
    "id",
    "uuid",
    "guid",
    "uid",
    "sid",
    "key",
    "slug",
    "name",
    "username",
    "login",
    "handle",
    "code",
    "number",
    "email",
    "sha",
    "hash",
    "token",
    "iid",
    "arn",
    "identifier",
    "reference",
    "ref",
    "tag",
    "title",
)
"""Names of an id, the likeliest first."""

CHOSEN_BY_PEOPLE = frozenset(("slug", "name", "username", "login", "handle", "email", "title", "tag"))
"""Those that people choose. They are never numbers."""

ALIASES = frozenset((
    "alias", "customalias", "customcode", "customslug", "customkey", "shortcode", "vanity", "keyword", "customid",
    "desiredcode", "preferredcode",
))  # fmt: skip
"""Names under which a client may choose an id that replies show under another name."""

IDS = frozenset(("id", "uuid", "guid"))
"""Last words of a path parameter that holds what the service makes."""

ISSUED = frozenset(("token", "secret", "signature", "nonce", "otp", "hash"))
"""Last words of a path parameter that holds what the service has issued, and not what people choose."""

LOGINS = ("username", "login")
"""Two names for one thing."""

EXAMPLE = lazy_pattern(r"([A-Za-z]{1,8}[_-])([A-Za-z0-9]{6,40})")
NUMBERED = lazy_pattern(r"([A-Za-z][A-Za-z0-9]*(?:[-_/.][A-Za-z0-9]+)*?[-_/.])([0-9]{2,12})")
"""An id that ends with a number of fixed width: `INV-00017`, `SHP-2024-000017`."""

CODE = lazy_pattern(r"[A-Za-z0-9]{4,12}")
"""A short code of letters and digits: `aZ3kQ9`."""

HEXADECIMAL = lazy_pattern(r"[0-9a-f]{16,64}")
UUID = lazy_pattern(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

Properties = Mapping[str, str]


@lru_cache(maxsize=16384)
def id_names(parameter: str, word: str) -> frozenset[str]:
    """The plain names of properties that would hold the id in this path parameter."""
    return frozenset(plain(name) for name in _candidates(parameter, word)) | {"id"}


def field(
    schemas: Schemas,
    properties: Properties,
    parameter: str,
    word: str,
    types: frozenset[str],
    *,
    exactly: bool = False,
    is_shown: bool = True,
) -> tuple[str, str]:
    """The property that holds the id, and the reason; two empty strings if none seems to.

    `types` are those of the path parameter. The property must have one of them `exactly`, or be a string. Unless the
    properties are those that replies show, what people choose is no id only because there is no other.
    """
    known = {plain(name): name for name in reversed(list(properties))}
    known |= {plain(name): name for name in properties if name == plain(name)}  # `id` before `@id` of JSON-LD
    for wanted in _candidates(parameter, word):
        name = known.get(plain(wanted))
        if name is not None and _fits(schemas, properties[name], types, exactly or plain(wanted) in CHOSEN_BY_PEOPLE):
            return name, f"the property {name} has the name of the path parameter {parameter}"
    # What the path calls an id (`itemId`) is not what people choose: two items may have the same name.
    usual = KEYS[:5] if words(parameter)[-1:] and words(parameter)[-1] in IDS else KEYS[:9]
    for key in (each for each in usual if not (_is_issued(parameter) and each in CHOSEN_BY_PEOPLE)):
        name = known.get(key) if is_shown or key not in CHOSEN_BY_PEOPLE else None
        if name is not None and _fits(schemas, properties[name], types, exactly or key in CHOSEN_BY_PEOPLE):
            return name, f"{name} is the likeliest property for the path parameter {parameter}"
    return "", ""


def slug_source(name: str, asked: Properties, made: Mapping[str, Any]) -> dict[str, str]:
    """The property from which an id called `slug` is made, if a client need not send one."""
    known = {plain(each): each for each in asked}
    source = next((known[each] for each in ("name", "title", "label", "displayname") if each in known), "")
    is_slug = words(name)[-1:] == ("slug",) and made.get("generate") != "client"
    return {"slug-of": source} if is_slug and source else {}


def inner_field(schemas: Schemas, properties: Properties, parameter: str, word: str) -> str:
    """The property inside of the only object that has one for a path parameter: `metadata.name`; empty for none."""
    found = []
    for outer, at in properties.items():
        inner = schemas.properties(at) if "object" in schemas.types(at) else {}
        name = next((each for each in _candidates(parameter, word) if each in inner), "")
        found += [f"{outer}.{name}"] if name and schemas.types(inner[name]) <= SCALAR else []
    return found[0] if len(found) == 1 else ""


def said_key(schemas: Schemas, node: PathNode | None, parameter: str) -> str:
    """The key by which the description of a path parameter names the item: `slug` of "The post slug"; else empty."""
    for operation in node.operations.values() if node is not None else ():
        for each in operation.parameters:
            if (each.location, each.name) == ("path", parameter):
                spoken = words(description(schemas, each.pointer).text)
                found = next((key for key in SAID_KEYS if key in spoken), "")
                if found:
                    return found
    return ""


SAID_KEYS = ("slug", "username", "handle", "login", "code", "sku", "email")
"""Keys by which people name things, as descriptions of path parameters speak of them."""


def alternatives(parameter: str) -> tuple[str, str]:
    """The names in a path parameter that holds the one or the other: `issueIdOrKey` is `issue_id` and `key`.

    The id comes first, also of `project_name_or_id`: some operations on an item may take nothing else.
    """
    parts = words(parameter)
    at = parts.index("or") if "or" in parts[1:-1] else 0
    one, other = "_".join(parts[:at]), "_".join(parts[at + 1 :])
    return ((other, one) if _is_id(other) and not _is_id(one) else (one, other)) if at else ("", "")


def _candidates(parameter: str, word: str) -> Iterator[str]:
    """Names that a property for the path parameter `petId`, or the header `X-Pet-Id`, may have: `petId`, `id`."""
    yield parameter
    parts, called = words(parameter), noun(word)
    parts = parts[1:] if parts[:1] == ("x",) and len(parts) > 1 else parts
    for length in range(len(called), 0, -1):
        if parts[:length] == called[-length:] and parts[length:]:
            yield "".join(parts[length:])
    if parts[-1:] and parts[-1] in KEYS:
        yield parts[-1]
        yield "".join((*called, parts[-1]))
    if parts[-1:] and parts[-1] in LOGINS:
        yield from LOGINS
    if parts and (parts == called or parts == called[-len(parts) :]):
        for each in KEYS:
            if not (_is_issued(parameter) and each in CHOSEN_BY_PEOPLE):
                yield each
                yield from ["".join((*called, each))] if each == "name" else ()


def _is_id(name: str) -> bool:
    return words(name)[-1:] != () and words(name)[-1] in IDS


def _is_issued(parameter: str) -> bool:
    return words(parameter)[-1:] != () and words(parameter)[-1] in ISSUED


def _fits(schemas: Schemas, pointer: str, types: frozenset[str], exactly: bool) -> bool:
    """Can a property's value be in a path? A number can be where a string is expected."""
    own, types = _whole(schemas.types(pointer) - {"null"}), _whole(types)
    if own & {"object", "array", "boolean"}:
        return False
    return not own or not types or bool(own & types) or (not exactly and bool({"string"} & (own | types)))


def _whole(types: frozenset[str]) -> frozenset[str]:
    """The types of an id: a number is a whole one."""
    return frozenset("integer" if name == "number" else name for name in types)


def generation(schemas: Schemas, places: list[str], shown: Sequence[str] = ()) -> dict[str, Any]:
    """How to make an id that is valid for all these schemas: keys of an `identity` statement.

    `shown` are those by which other replies show it, which may have the example.
    """
    types = [schemas.types(place) for place in places]
    own = types[0] if types else frozenset[str]()
    if own & {"integer", "number"}:
        return _checked(schemas, places, {"generate": "integer"}, 1)
    asked = {value for kinds in types[1:] for value in kinds}
    if asked & {"integer", "number"} and "string" not in asked:
        return _checked(schemas, places, {"generate": "digits"}, "1")
    places = [*places, *shown]
    if any(schemas.keyword(place, "format") in ("uuid", "guid") for place in places):
        return _checked(schemas, places, {"generate": "uuid"}, SAMPLE_UUID)
    for trial, sample in _likely(schemas, places):
        begun = len(trial.get("prefix", ""))
        other = f"{sample[:begun]}f{sample[begun + 1 :]}" if trial["generate"] != "digits" else sample
        if all(_valid(schemas, place, one) for place in places for one in (sample, other)):
            return trial
    return {"generate": "schema"}


SAMPLE_UUID = "0b7e3f2a-5c1d-4e8f-9a6b-3c2d1e0f9a8b"
SAMPLES = {"uuid": SAMPLE_UUID, "integer": 1, "digits": "1"}
"""`generate` → an id that it could make."""


def _checked(schemas: Schemas, places: list[str], trial: dict[str, Any], sample: Any) -> dict[str, Any]:
    return trial if _valid(schemas, places[0], sample) else {"generate": "schema"}


def _likely(schemas: Schemas, places: list[str]) -> Iterator[tuple[dict[str, Any], str]]:
    """Ways to make a string id, first those that look like the document's examples."""
    for place in places:
        for node, _ in schemas.branches(place):
            for example in node.get("examples") or () if isinstance(node.get("examples"), list) else ():
                yield from _alike(str(example))
    yield {"generate": "uuid"}, SAMPLE_UUID
    yield {"generate": "random"}, "0123456789abcdef01234567"
    yield {"generate": "random", "length": 8}, "01234567"
    yield {"generate": "digits"}, "1"


def _alike(example: str) -> Iterator[tuple[dict[str, Any], str]]:
    if UUID.fullmatch(example):
        yield {"generate": "uuid"}, SAMPLE_UUID
    if example.isdigit() and example.isascii():
        yield {"generate": "digits"}, "1"
    prefixed = EXAMPLE.fullmatch(example)
    if prefixed and any(character.isdigit() for character in prefixed[2]):
        length = len(prefixed[2])
        yield {"generate": "random", "prefix": prefixed[1], "length": length}, prefixed[1] + "0" * length
    numbered = NUMBERED.fullmatch(example)
    if numbered and prefixed is None:
        made = {"generate": "digits", "prefix": numbered[1], "width": len(numbered[2])}
        yield made, f"{numbered[1]}{1:0{len(numbered[2])}}"
    if CODE.fullmatch(example) and any(each.isdigit() for each in example) and not example.isdigit():
        yield {"generate": "random", "length": len(example)}, "0" * len(example)
    if HEXADECIMAL.fullmatch(example):
        yield {"generate": "random", "length": len(example)}, "0" * len(example)


def _valid(schemas: Schemas, place: str, sample: Any) -> bool:
    if not _restricted(schemas, place):
        return True
    return schemas.validator(place, "response").is_valid(sample) and _is_whole(schemas, place, sample)


def _is_whole(schemas: Schemas, place: str, sample: Any) -> bool:
    """Does the pattern match the whole string? Patterns of ids are often written without `^` and `$`."""
    pattern = schemas.keyword(place, "pattern")
    if not isinstance(pattern, str) or not isinstance(sample, str):
        return True
    try:
        return re.fullmatch(pattern.removeprefix("^").removesuffix("$"), sample) is not None
    except re.error:
        return True


PLAIN = frozenset(("type", "description", "title", "examples", "readOnly", "default", "deprecated", "$comment", "$ref"))
"""Keywords that do not restrict strings."""


def _restricted(schemas: Schemas, place: str) -> bool:
    """Does a schema restrict a value by more than its type? Most do not, and need no validator."""
    return any(not name.startswith("x-") and name not in PLAIN for node, _ in schemas.branches(place) for name in node)


def plain_id(properties: Mapping[str, str]) -> tuple[str, list[str]]:
    """The name and the schemas of the id of an item that no path names."""
    name = next((name for name in properties if name.lower().removeprefix("_") in ("id", "uuid", "guid")), "id")
    return name, [properties[name]] if name in properties else []
