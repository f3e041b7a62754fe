"""What the examples of replies say about their form, where no schema says anything: which properties there are.

Collections of requests that were converted to OpenAPI have examples and no schemas. What is written here allows every
value, so that nothing is refused that the document allows; it only says what shown values look like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from mockserver.openapi.media_types import is_json
from mockserver.openapi.schemas import SHAPE

BARE = frozenset(("type", "title", "description", "example", "examples"))
"""The keywords of a schema that says no more than that a value is an object or a list."""

DEEPEST = 6
"""How many objects and lists inside of each other are described."""

Follow = Callable[[Any], Any]
"""What a reference in the document leads to; any other value itself."""


def describe(document: dict[str, Any], operations: Iterable[Any], follow: Follow) -> None:
    """Write the form of the JSON replies of operations into the document, where their schemas do not say it.

    Requests without a schema may have any property, and what they have is kept. A document with such a reply says so
    by the same keyword.
    """
    for operation in operations:
        responses = operation.get("responses") if isinstance(operation, dict) else None
        shown = [
            (media, form)
            for status, response in (responses.items() if isinstance(responses, dict) else ())
            for media in (_bare_media(follow(response)) if str(status)[:1] == "2" else ())
            if (form := _form(media, follow))
        ]
        for media, form in shown:
            document[SHAPE], media["schema"] = "", form
        for media in _bare_media(follow(operation["requestBody"])) if shown and "requestBody" in operation else ():
            if _form(media, follow):
                media["schema"] = {**media.get("schema", {}), "additionalProperties": {}}


def _bare_media(holder: Any) -> Iterator[dict[str, Any]]:
    """The JSON media types of a request or response whose schema is missing, or says no more than a type."""
    content = holder.get("content") if isinstance(holder, dict) else None
    for name, media in content.items() if isinstance(content, dict) else ():
        if not isinstance(media, dict) or not isinstance(name, str) or not is_json(name):
            continue
        schema = media.get("schema", {})
        if isinstance(schema, dict) and schema.keys() <= BARE and schema.get("type") in (None, "object", "array"):
            yield media


def _form(media: dict[str, Any], follow: Follow) -> dict[str, Any]:
    """The schema of a media type with the form of its examples; empty if these are no objects or lists of objects."""
    schema = media.get("schema", {})
    shown = [*_shown(media, follow), *(schema.get("examples") or ())]
    found = _shape(shown, DEEPEST) if all(isinstance(each, dict | list) for each in shown) else {}
    return {**schema, **found} if found.get("properties") or found.get("items") else {}


def _shown(media: dict[str, Any], follow: Follow) -> Iterator[Any]:
    if "example" in media:
        yield media["example"]
    named = media.get("examples")
    for each in named.values() if isinstance(named, dict) else ():
        example = follow(each)
        if isinstance(example, dict) and "value" in example:
            yield example["value"]


def _shape(values: list[Any], depth: int) -> dict[str, Any]:
    """A schema that says what the values have in common and allows any; empty where they have nothing in common."""
    known = [value for value in values if value is not None]
    if values and not known:
        return {"examples": [None]}
    types = {_type_of(value) for value in known}
    types = {"number"} if types == {"integer", "number"} else types
    if len(types) != 1 or not depth:
        return {}
    (name,) = types
    if name == "object":
        names = dict.fromkeys(key for value in known for key in value)
        properties = {key: _shape([value[key] for value in known if key in value], depth - 1) for key in names}
        return {SHAPE: name, "properties": properties}
    if name == "array":
        entries = _shape([entry for value in known for entry in value], depth - 1)
        return {SHAPE: name, **({"items": entries} if entries else {})}
    return {SHAPE: name, "examples": [known[0]]}


def _type_of(value: Any) -> str:
    for kind, name in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array")):
        if isinstance(value, kind):
            return name
    return "object"
