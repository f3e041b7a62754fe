"""What a new item has that is made of other values: a slug of its title, an address with its id, the next number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mockserver.inference.draft import ResourceDraft
from mockserver.inference.evidence import Statement
from mockserver.inference.names import plain
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.values.identity import slug_source
from mockserver.inference.values.start_value import StartValue
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas


def composed(schemas: Schemas, draft: ResourceDraft, stated: Statement, name: str, at: str) -> Iterator[StartValue]:
    """A text or a number that is made of others: a slug of the title, an address with the id, the next number."""
    types, asked = schemas.types(at) - {"null"}, next(draft.request_properties("create"), {})
    if types == {"string"} and plain(name) in ("slug", "permalink"):
        source = slug_source("slug", asked, {}).get("slug-of", "")
        if source:
            yield StartValue("{slug:" + source + "}", f"{name} is made of {source}, if none is sent")
    if types == {"string"} and name not in asked:
        own = stated["identity"].get("field", "")
        shown, id = _example(schemas, at), _example(schemas, draft.properties().get(str(own), ""))
        if len(id) > 3 and id in shown and id != shown and "{" not in shown:
            yield StartValue(shown.replace(id, "{id}"), f"the example of {name} has that of {own}")
    if types == {"integer"} and name not in asked:
        least = schemas.keyword(at, "minimum")
        first = least if type(least) is int else 0 if plain(name) in POSITIONS else 1
        if plain(name) in POSITIONS or plain(name) == "id" or NUMBERED.search(description(schemas, at).text):
            yield StartValue(
                f"{{following:{name} {first}}}", f"{name} is the next number after that of the item before"
            )


def _example(schemas: Schemas, pointer: str) -> str:
    """The first example of a text; empty without one."""
    shown = (schemas.keyword(pointer, "examples") or [""]) if pointer else [""]
    return shown[0] if isinstance(shown, list) and isinstance(shown[0], str) else ""


POSITIONS = ("position", "sortorder", "orderindex", "displayorder", "sequence", "ordinal", "sortindex")
"""Plain names of the number by which items are ordered."""


NUMBERED = lazy_pattern(
    r"(?i)\b(?:running|sequential|consecutive|serial|incrementing|ascending) number\b|\bnumbered from (?:1|one)\b|"
    r"\bcount(?:s|ed|ing)?(?: up)? from (?:1|one)\b|\b1, ?2, ?3\b|\bauto-?increment"
)
"""How the description of a number says that it is the next one for each new item."""


def marked_words(schemas: Schemas, draft: ResourceDraft, own: Mapping[str, str]) -> dict[str, str]:
    """The lists of words that a text marks by `#` or `@`, as templates: the hashtags of a post."""
    sent = {name for asked in draft.request_properties("create") for name in asked}
    text = next((name for name in TEXTS if name in sent), "")
    lists = {name: at for name, at in own.items() if text and schemas.types(at) == {"array"}}
    plain_lists = {name: at for name, at in lists.items() if schemas.types(str(schemas.items(at))) == {"string"}}
    found = {name: MARKS[plain(name)] for name in plain_lists if plain(name) in MARKS}
    return {name: "{marked:" + f"{mark} {text}" + "}" for name, mark in found.items()}


MARKS = {"hashtags": "#", "mentions": "@"}
"""Plain names of lists of words of a text, with the sign before such a word."""


TEXTS = ("text", "body", "content", "message", "caption", "status")
"""Names of a text that has such words, the likeliest first."""


def inner_values(schemas: Schemas, draft: ResourceDraft, own: Mapping[str, str]) -> dict[str, str]:
    """The properties that some replies show outside of the object that has them, as templates: `city` of an address."""
    full = draft.reply_schemas()[:1]
    known = {name for view in full for name in schemas.properties(view)}
    sent = next(draft.request_properties("create"), {})
    found = {}
    for name, at in own.items() if known else ():
        holders = [outer for outer, inside in sent.items() if name in schemas.properties(inside)]
        if name not in known and len(holders) == 1 and schemas.types(at) - {"null"} <= {"string", "integer", "number"}:
            found[name] = "{field:" + f"{holders[0]}.{name}" + "}"
    return found
