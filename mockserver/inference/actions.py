"""What each operation at a place seems to do: create, list, get, replace, update, delete, or nothing to be kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace as replace_deed

from mockserver.inference import messages
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.messages import Path, ReplyBody, reply_body
from mockserver.inference.names import plain, words
from mockserver.inference.path_tree import PathNode
from mockserver.openapi import media_types
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

VERBS = frozenset(
    (
        "search",
        "query",
        "find",
        "lookup",
        "batch",
        "bulk",
        "login",
        "logout",
        "signin",
        "signup",
        "validate",
        "verify",
        "import",
        "export",
        "count",
        "test",
        "sync",
        "graphql",
        "rpc",
        "check",
        "preview",
        "estimate",
        "calculate",
        "convert",
        "translate",
        "analyze",
        "parse",
        "ping",
        "exists",
        "generate",
        "suggest",
        "match",
        "autocomplete",
        "filter",
        "report",
        "download",
        "authenticate",
        "render",
        "detect",
        "compare",
    )
)
"""Last words of paths to which a POST asks a question and makes nothing."""

Find = Callable[[ResourceDraft, Operation], DraftAction | None]


def get(draft: ResourceDraft, operation: Operation) -> DraftAction | None:
    """A GET whose reply is one object shows an item."""
    found = reply_body(operation, "get")
    if found is None or (found.schema and not messages.may_be_object(draft.schemas, found.schema)):
        return None
    path, shows = _item(draft, found)
    return DraftAction(operation, "get", found, "a GET that shows one", item=path, shows=shows)


def listing(draft: ResourceDraft, operation: Operation) -> DraftAction | None:
    """A GET whose reply holds an array of such items lists them."""
    found = reply_body(operation, "list")
    if found is not None and found.media is None and found.status != 204 and draft.item is not None:
        return DraftAction(operation, "list", found, "a GET of what is above one; its reply is not documented")
    path = messages.list_path(draft.schemas, found.schema, draft.word) if found and found.schema else None
    if found is None or path is None:
        return None
    array = draft.schemas.below(found.schema, path)
    shows = draft.schemas.items(array) if array else None
    if array is None or shows is None or not _alike(draft, shows) or _is_never_empty(draft.schemas, array):
        return None
    where = f"in {'.'.join(path)}" if path else "alone"
    return DraftAction(
        operation, "list", found, f"a GET whose reply holds an array of them, {where}", item=path, shows=shows
    )


def _is_never_empty(schemas: Schemas, array: str) -> bool:
    """Must a list hold something even where nothing was made? Then only the document can answer it."""
    return any(node.get("minItems", 0) > 0 for node, _ in schemas.branches(array))


def create(draft: ResourceDraft, operation: Operation) -> DraftAction | None:
    """A POST to the collection that takes or shows an item makes one."""
    found = reply_body(operation, "create")
    asked = messages.request_schema(operation.request_body)
    if found is None or (asked and not messages.may_be_object(draft.schemas, asked)):
        return None
    if draft.item is None and words(draft.word)[-1:] and words(draft.word)[-1] in VERBS:
        return None
    path, shows = _item(draft, found)
    envelope, alike = _envelope(draft, asked)
    reason = _why_created(draft, found, shows, alike)
    if not reason:
        return None
    return DraftAction(operation, "create", found, reason, item=path, shows=shows, envelope=envelope)


def _why_created(draft: ResourceDraft, found: ReplyBody, shows: str | None, alike: bool) -> str:
    """Why a POST is thought to make an item; empty when it is not."""
    if found.schema and not messages.may_be_object(draft.schemas, found.schema) and not _is_id(draft, found.schema):
        return ""
    if shows and _alike(draft, shows):
        return "a POST to the collection whose reply shows one"
    if alike:
        return "a POST to the collection that takes one"
    if found.status == 201:
        return "a POST to the collection that answers 201"
    return "a POST to the collection" if draft.has_id and draft.deed("get") and found.schema is None else ""


def _is_id(draft: ResourceDraft, pointer: str) -> bool:
    return draft.has_id and bool(draft.schemas.types(pointer)) and draft.schemas.types(pointer) <= {"string", "integer"}


def replace(draft: ResourceDraft, operation: Operation) -> DraftAction | None:
    """A PUT puts a whole item in the place of another; where no POST makes items, one that is new is made by it."""
    found, asked = reply_body(operation, "replace"), messages.request_schema(operation.request_body)
    if found is None or (found.schema and not messages.may_be_object(draft.schemas, found.schema)):
        return None
    envelope, alike = _envelope(draft, asked)
    if asked and not alike and (draft.deed("create") is not None or draft.single):
        return _partial(draft, operation, found, envelope, asked)
    path, shows = _item(draft, found)
    upsert = draft.deed("create") is None or any(response.status == "201" for response in operation.responses)
    reason = "a PUT that takes a whole one" if asked else "a PUT to its own path"
    return DraftAction(operation, "replace", found, reason, path, shows, envelope, upsert=upsert)


def _partial(
    draft: ResourceDraft, operation: Operation, found: ReplyBody, envelope: Path, asked: str
) -> DraftAction | None:
    """A write that takes some of an item's properties updates it; one that takes none does something else."""
    at = draft.schemas.below(asked, envelope)
    common = set(draft.schemas.properties(str(at))) & set(draft.properties()) if at else set()
    if not common:
        return None
    path, shows = _item(draft, found)
    reason = f"a {operation.method.upper()} that takes some of its properties"
    return DraftAction(operation, "update", found, reason, path, shows, envelope, patch="fields")


def update(draft: ResourceDraft, operation: Operation) -> DraftAction | None:
    """A PATCH changes what it names, as its media type says."""
    found, asked = reply_body(operation, "update"), messages.request_schema(operation.request_body)
    patch = _patch(draft.schemas, operation, asked)
    if found is None or patch is None:
        return None
    envelope, alike = _envelope(draft, asked) if patch == "fields" else ((), True)
    if not alike:
        return _partial(draft, operation, found, envelope, str(asked))
    path, shows = _item(draft, found)
    return DraftAction(operation, "update", found, f"a PATCH of its {patch}", path, shows, envelope, patch)


def _patch(schemas: Schemas, operation: Operation, asked: str | None) -> str | None:
    names = (
        [media_types.essence(media.name) for media in operation.request_body.content] if operation.request_body else []
    )
    for name, patch in PATCHES.items() if "application/json" not in names else ():
        if name in names:
            return patch
    if (
        asked
        and messages.objects_of(schemas, asked)
        and {"op", "path"} <= set(schemas.properties(str(schemas.items(asked))))
    ):
        return "json-patch"
    return "fields" if asked and messages.may_be_object(schemas, asked) else None


PATCHES = {"application/json-patch+json": "json-patch", "application/merge-patch+json": "merge-patch"}
"""How a PATCH that is never plain JSON is read, by its media type (RFC 6902 section 6, RFC 7396 section 4)."""


def post_item(draft: ResourceDraft, operation: Operation) -> DraftAction | None:
    """A POST to an item that takes its properties updates it, where neither PUT nor PATCH does."""
    if draft.deed("update", "replace") is not None:
        return None
    found, asked = reply_body(operation, "update"), messages.request_schema(operation.request_body)
    if found is None or not asked or (found.schema and not messages.may_be_object(draft.schemas, found.schema)):
        return None
    return _partial(draft, operation, found, _envelope(draft, asked)[0], asked)


def write_named(draft: ResourceDraft, operation: Operation) -> DraftAction | None:
    """A PUT or PATCH to the collection whose body names the id changes that item."""
    found, asked = reply_body(operation, "update"), messages.request_schema(operation.request_body)
    if found is None or not asked or not draft.has_id:
        return None
    named = {plain(name) for name in draft.schemas.properties(asked)} & draft.keys
    if not named or not _envelope(draft, asked)[1]:
        return None
    path, shows = _item(draft, found)
    does = "replace" if operation.method == "put" else "update"
    reason = f"a {operation.method.upper()} to the collection whose body names the id"
    return DraftAction(operation, does, found, reason, path, shows)


def delete(draft: ResourceDraft, operation: Operation) -> DraftAction | None:
    """A DELETE takes it away."""
    found = reply_body(operation, "delete")
    if found is None:
        return None
    path, shows = _item(draft, found)
    return DraftAction(operation, "delete", found, "a DELETE of its own path", item=path, shows=shows)


AT_ITEM: Mapping[str, Find] = {"put": replace, "patch": update, "post": post_item, "delete": delete}
AT_COLLECTION: Mapping[str, Find] = {"put": write_named, "patch": write_named}
AT_SINGLE: Mapping[str, Find] = {"get": get, "post": create, "put": replace, "patch": update, "delete": delete}
"""What an operation may do, by its method and by where it stands."""


def begin(draft: ResourceDraft) -> None:
    """Find the deeds that show best what an item is: those that show one, make one and list them."""
    at_item = draft.item.operations if draft.item else {}
    at_collection = draft.collection.operations if draft.collection else {}
    if draft.single:
        _add(draft, at_item, AT_SINGLE)
        return
    _add(draft, at_item, {"get": get})
    _add(draft, at_collection, {"get": listing} if draft.item is None else {"post": create, "get": listing})
    if draft.item is None:
        _add(draft, at_collection, {"post": create})


def finish(draft: ResourceDraft) -> None:
    """Find the other deeds, now that it is known whether items are made one by one."""
    if not draft.single:
        _add(draft, draft.item.operations if draft.item else {}, AT_ITEM)
        _add(draft, draft.collection.operations if draft.collection else {}, AT_COLLECTION)


def made_at(draft: ResourceDraft, site: PathNode) -> DraftAction | None:
    """The create of a place that does not stand above the item, if what is posted there is shown as the item is."""
    if draft.deed("create") is not None or not draft.views() or not set(draft.above) <= set(site.parameters):
        return None
    made = create(draft, site.operations["post"])
    if made is None or made.shows is None or not is_alike(draft, made.shows):
        return None
    return replace_deed(made, keeps=_keeps(draft, site), reason=f"{made.reason}, though under another path")


def listed_at(draft: ResourceDraft, site: PathNode) -> DraftAction | None:
    """The list of such a place: of all items those that were made there."""
    listed = listing(draft, site.operations["get"]) if "get" in site.operations else None
    return replace_deed(listed, keeps=_keeps(draft, site)) if listed is not None else None


def _keeps(draft: ResourceDraft, site: PathNode) -> dict[str, str]:
    """The path parameters that an item made at another place must remember, and the fields that hold them."""
    properties = draft.properties()
    able = [name for name, at in properties.items() if draft.schemas.types(at) <= {"string", "integer"}]
    known = {plain(name): name for name in able if plain(name) not in draft.keys}
    taken = {plain(name) for name in properties} | draft.keys
    free = {name: f"path {name}" if plain(name) in taken else name for name in site.parameters}
    return {name: known.get(plain(name), free[name]) for name in site.parameters if name not in draft.above}


def is_exactly(draft: ResourceDraft, shows: str) -> bool:
    """Is the item shown by that very schema?"""
    return draft.schemas.resolve(shows)[1] in draft.views()


def is_alike(draft: ResourceDraft, shows: str) -> bool:
    """Does more than an id speak for a schema to describe the item?"""
    if is_exactly(draft, shows):
        return True
    common = draft.schemas.properties(shows).keys() & draft.properties().keys()
    return len(common) >= 3 and any(messages.resembles(draft.schemas, view, shows) for view in draft.views())


def _add(draft: ResourceDraft, operations: Mapping[str, Operation], finds: Mapping[str, Find]) -> None:
    for method, find in finds.items():
        deed = find(draft, operations[method]) if method in operations else None
        if deed is not None:
            draft.deeds.append(deed)


def _item(draft: ResourceDraft, found: ReplyBody) -> tuple[Path, str | None]:
    """Where a reply shows the item, and the item's schema there; None when it shows none."""
    if not found.schema or not messages.may_be_object(draft.schemas, found.schema):
        return (), None
    path = messages.item_path(draft.schemas, found.schema, draft.word, draft.keys)
    shows = draft.schemas.below(found.schema, path)
    shown = shows and _alike(draft, shows) and not _is_empty(draft.schemas, shows)
    return (path, shows) if shown else ((), None)


def _is_empty(schemas: Schemas, pointer: str) -> bool:
    """Does a schema allow an empty object only?"""
    return not schemas.properties(pointer) and schemas.keyword(pointer, "additionalProperties") is False


def _alike(draft: ResourceDraft, pointer: str) -> bool:
    """Does a schema describe this resource's items, as far as they are known?"""
    views = draft.views()
    properties = draft.schemas.properties(pointer)
    if not views or not properties or any(plain(name) in draft.keys for name in properties):
        return True
    return any(messages.resembles(draft.schemas, view, pointer) for view in views)


def _envelope(draft: ResourceDraft, asked: str | None) -> tuple[Path, bool]:
    """Where a request carries the item, and whether what stands there is alike one."""
    if asked is None:
        return (), False
    known, own = set(draft.properties()), draft.schemas.properties(asked)
    if not known or not own:
        return (), True
    if not known & set(own):
        for name, at in own.items():
            inner = set(draft.schemas.properties(at))
            if messages.is_wrapper(name, draft.word) and inner & known:
                return (name,), 2 * len(inner & known) >= min(len(inner), len(known))
    return (), 2 * len(known & set(own)) >= min(len(known), len(own))
