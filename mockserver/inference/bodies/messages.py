"""Requests and replies as far as a resource is concerned: the JSON of a body, and where the item is in it.

Many services wrap what they show: `{data: {...}}`, `{pets: [...], total: 3}`, `{_embedded: {pets: [...]}}`. The names
of the properties distinguish the wrapper from the item.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from mockserver.inference.names import noun, plain, same
from mockserver.inference.sentences.absence_sentences import says_absent
from mockserver.openapi.document import MediaType, Operation, RequestBody, Response
from mockserver.openapi.media_types import is_form, is_prose, is_xml, may_be_json
from mockserver.openapi.schemas import Schemas
from mockserver.openapi.sequences import is_list_of_values

Path = tuple[str, ...]

ITEM_NAMES = frozenset(
    (
        "data",
        "item",
        "result",
        "results",
        "resource",
        "response",
        "object",
        "entity",
        "record",
        "payload",
        "value",
        "body",
        "content",
        "output",
        "model",
    )
)
"""Names of properties that contain the one item of a reply."""

LIST_NAMES = frozenset(
    (
        "data",
        "items",
        "results",
        "result",
        "value",
        "values",
        "entry",
        "entries",
        "edges",
        "records",
        "list",
        "content",
        "rows",
        "objects",
        "elements",
        "members",
        "resources",
        "collection",
        "docs",
        "hits",
        "documents",
        "entities",
        "nodes",
        "embedded",
        "response",
        "payload",
    )
)
"""Names of properties that contain the items of a list."""

ENTRY_NAMES = frozenset(("node", "resource", "document", "item", "source", "record"))
"""Names of the property that contains the item in an entry of a list."""

WRAPPINGS = frozenset(
    (
        "success",
        "status",
        "statuscode",
        "code",
        "message",
        "messages",
        "error",
        "errors",
        "meta",
        "metadata",
        "links",
        "pagination",
        "paging",
        "requestid",
        "ok",
        "included",
        "jsonapi",
        "version",
        "timestamp",
        "warnings",
        "count",
        "total",
        "time",
        "resultinfo",
        "description",
        "detail",
        "notices",
    )
)
"""Names of properties that are beside a wrapped item and say something about the reply."""

SUCCESS = {
    "create": ("201", "200", "202", "2XX", "204"),
    "delete": ("204", "200", "202", "2XX"),
    "replace": ("200", "202", "2XX", "204", "203", "201"),
}
"""The documented successes with which an action answers, the first choice first."""

USUAL = ("200", "201", "202", "2XX", "204", "203", "206", "207")


class ReplyBody(Struct, frozen=True):
    """The success reply of an operation: the response, the status, and its body in JSON, else in XML, else in lines."""

    response: Response
    status: int
    media: MediaType | None

    @property
    def schema(self) -> str | None:
        """The pointer of the body's schema."""
        return self.media.schema if self.media else None


def reply_body(operation: Operation, does: str) -> ReplyBody | None:
    """The success reply of an operation that does this; None if it is a redirection, or in neither JSON nor XML.

    The redirection of a create that leads to the new item is its reply (303, RFC 9110 section 15.4.4).

    What writes or deletes may also say in a text that it has done so; a list may have an item a line. An operation
    that documents no success can succeed too: with a reply without a description.
    """
    described = {response.status.upper(): response for response in operation.responses}
    is_other = {status for status, each in described.items() if does == "delete" and says_absent(each.description)}
    for status in SUCCESS.get(does, USUAL):
        if status in described and (status not in is_other or len(described.keys() & {*USUAL}) == 1):
            return _answer(described[status], int(status.replace("XX", "00")), does)
    shown_next = described.get("303")
    if shown_next is not None and does == "create" and "location" in {each.name.lower() for each in shown_next.headers}:
        return ReplyBody(shown_next, 303, None)
    if any(status[0] in "23" for status in described):
        return None
    if "DEFAULT" in described:
        shown = described["DEFAULT"]
        return _answer(shown, 200, does) if _shows_something(shown) else None
    usual = {"create": 201, "delete": 204}.get(does, 200)
    return ReplyBody(Response(str(usual), "", (), (), {}, operation.pointer), usual, None)


def is_described(schemas: Schemas, operation: Operation) -> bool:
    """Does the document say what the success reply of an operation shows? Else a list may be in any envelope."""
    success = operation.success()
    shown = [media.schema for media in success.content if media.schema] if success is not None else []
    return any(not schemas.says_nothing(each) for each in shown)


def _shows_something(response: Response) -> bool:
    """Does a default response describe a success and not an error?"""
    return "err" not in response.description.lower()


SAYING = ("create", "replace", "update", "delete")
"""Actions whose reply may be a text, such as `OK`, that shows no item."""


def _answer(response: Response, status: int, does: str) -> ReplyBody | None:
    kinds = (may_be_json, is_xml, *((is_prose,) if does in SAYING else (is_list_of_values,) if does == "list" else ()))
    ranked = (media for matches in kinds for media in response.content if matches(media.name))
    media = next(ranked, None)
    return None if response.content and media is None else ReplyBody(response, status, media)


def is_shown_when_made(operations: Mapping[str, Operation], schemas: Schemas) -> bool:
    """Does the GET of a path show what its POST answers with 201: one object, by the very schema?"""
    made = reply_body(operations["post"], "create") if "post" in operations else None
    got = reply_body(operations["get"], "get") if "get" in operations else None
    if made is None or got is None or made.status != 201 or not made.schema or not got.schema:
        return False
    return is_object(schemas, got.schema) and schemas.kind(made.schema) == schemas.kind(got.schema)


def request_schema(body: RequestBody | None) -> str | None:
    """The schema of a request body: JSON before XML and forms."""
    media = body.content if body is not None else ()
    ranked = [m for matches in (may_be_json, is_xml, is_form) for m in media if matches(m.name)]
    return next((m.schema for m in ranked if m.schema), None)


def is_object(schemas: Schemas, pointer: str) -> bool:
    """Does a schema allow nothing but objects?"""
    types = schemas.types(pointer) - {"null"}
    return types == {"object"} or (not types and bool(schemas.properties(pointer)))


def may_be_object(schemas: Schemas, pointer: str) -> bool:
    """Does a schema allow objects, or not say what it allows?"""
    return is_object(schemas, pointer) or (not schemas.types(pointer) and schemas.items(pointer) is None)


def may_be_said(schemas: Schemas, pointer: str) -> bool:
    """Does a schema allow an object, or a single value that says how it went?"""
    return may_be_object(schemas, pointer) or schemas.types(pointer) <= SCALARS


SCALARS = frozenset(("string", "boolean", "integer", "number", "null"))
"""Types of single values."""


def is_wrapper(name: str, word: str) -> bool:
    """Does a property have a name that wrappers of one item have?"""
    return same(name, word) or plain(name) in ITEM_NAMES or _ends_alike(name, word)


def objects_of(schemas: Schemas, pointer: str) -> str | None:
    """The pointer of an array schema's entries, if these are objects."""
    if "array" not in schemas.types(pointer) and schemas.keyword(pointer, "items") is None:
        return None
    entries = schemas.items(pointer)
    return entries if entries is not None and is_object(schemas, entries) else None


RESULT = "response"
"""The property of a long-running operation that has its result (AIP-151)."""

LONG_RUNNING = frozenset(("name", "done", "error", RESULT))
"""The properties of a long-running operation."""

MOST_BESIDE = 8
"""How many properties a wrapper has at most, the object in it among them."""


def item_path(schemas: Schemas, pointer: str, word: str, keys: frozenset[str]) -> Path:
    """Where the item is in an object: at the root if one of `keys` is, else below a name that wrappers have."""
    properties = schemas.properties(pointer)
    if properties.keys() >= LONG_RUNNING and noun(word)[-1] != "operation":
        return (RESULT,)
    if not properties or any(plain(name) in keys for name in properties):
        return ()
    inner = {name: at for name, at in properties.items() if is_object(schemas, at)}
    # What has no id, and in it one object that has, is a wrapper, whatever else it says.
    has_id = len(inner) == 1 and any(plain(key) in keys for at in inner.values() for key in schemas.properties(at))
    if sum(plain(name) not in WRAPPINGS for name in properties) > (MOST_BESIDE if has_id else 3):
        return ()
    for name, at in sorted(inner.items(), key=lambda entry: not same(entry[0], word)):
        if is_wrapper(name, word) and not _is_map_of_values(schemas, at):
            return (name, *item_path(schemas, at, word, keys))
    return ()


def _is_map_of_values(schemas: Schemas, pointer: str) -> bool:
    """Is an object a value with any names, such as the tags of something, and no item?"""
    values = schemas.values(pointer)
    return values is not None and bool(schemas.types(values)) and schemas.types(values) <= SCALARS


def _ends_alike(name: str, word: str) -> bool:
    """`server` and `mcp-servers` end with the same words."""
    one, other = noun(name), noun(word)
    return one == other[-len(one) :] or other == one[-len(other) :]


def list_path(schemas: Schemas, pointer: str, word: str) -> Path | None:
    """Where the array of items is in the body of a list; None if the body is not a list."""
    if objects_of(schemas, pointer) is not None:
        return ()
    if not is_object(schemas, pointer):
        return None
    return _likeliest(schemas, pointer, word, 3)


def map_path(schemas: Schemas, pointer: str, word: str) -> Path | None:
    """Where an object is that has the items by their ids in the body of a list; None if there is none."""
    if _values(schemas, pointer) is not None:
        return ()
    maps = {name: at for name, at in schemas.properties(pointer).items() if _values(schemas, at) is not None}
    named = [name for name in maps if same(name, word) or plain(name) in LIST_NAMES]
    return (named[0],) if named else None


def _values(schemas: Schemas, pointer: str) -> str | None:
    found = schemas.values(pointer)
    return found if found is not None and is_object(schemas, found) else None


def _likeliest(schemas: Schemas, pointer: str, word: str, depth: int) -> Path | None:
    properties = schemas.properties(pointer)
    arrays = [name for name, at in properties.items() if objects_of(schemas, at) is not None]
    for chosen in (
        [name for name in arrays if same(name, word)],
        [name for name in arrays if plain(name) in LIST_NAMES],
        [name for name in arrays if _ends_alike(name, word)],
    ):
        if chosen:
            return (chosen[0],)
    below = next(_deeper(schemas, properties, word, depth), None)
    return below if below is not None or len(arrays) != 1 else (arrays[0],)


def _deeper(schemas: Schemas, properties: dict[str, str], word: str, depth: int) -> Iterator[Path]:
    for name, at in properties.items() if depth > 1 else ():
        if (plain(name) in LIST_NAMES or same(name, word)) and is_object(schemas, at):
            found = _likeliest(schemas, at, word, depth - 1)
            if found is not None:
                yield (name, *found)


def resembles(schemas: Schemas, one: str, other: str) -> bool:
    """Do two schemas describe the same thing: by reference, or by half of the smaller one's properties?"""
    if schemas.kind(one) == schemas.kind(other):
        return True
    names, others = set(schemas.properties(one)), set(schemas.properties(other))
    return 2 * len(names & others) >= max(min(len(names), len(others)), 1)


def is_never_empty(schemas: Schemas, array: str) -> bool:
    """Must a list have entries before anything is created? Then only an example can answer it."""
    return any(node.get("minItems", 0) > 0 for node, _ in schemas.branches(array))
