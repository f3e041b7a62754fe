"""What each operation of a path seems to do: create, list, get, replace, update, delete, or none of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mockserver.behaviour.statements import WHOLE_BODY
from mockserver.inference.bodies import likeness, messages
from mockserver.inference.bodies.item_lists import list_of_items
from mockserver.inference.bodies.messages import Path, ReplyBody, reply_body
from mockserver.inference.bodies.raw_bodies import is_json_body, sent_content
from mockserver.inference.bodies.request_envelope import request_envelope, wrapper_of
from mockserver.inference.bodies.shown_items import may_be_alike, shown_item
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.names import SCALAR, plain, same, words
from mockserver.inference.operations import puts
from mockserver.inference.operations.listing_creates import listing_create, natural_key
from mockserver.inference.operations.patch_forms import merged_form, patch_form
from mockserver.inference.operations.searches import with_parameters
from mockserver.openapi.document import Operation

VERBS = frozenset((
    "search", "query", "find", "lookup", "batch", "bulk", "login", "logout", "signin", "signup", "validate",
    "verify", "import", "export", "count", "test", "sync", "graphql", "rpc", "check", "preview", "estimate",
    "calculate", "convert", "translate", "analyze", "parse", "ping", "exists", "generate", "suggest", "match",
    "autocomplete", "filter", "report", "download", "authenticate", "render", "detect", "compare",
))  # fmt: skip
"""Last words of paths whose POST creates nothing: it asks a question or starts something."""

Find = Callable[[ResourceDraft, Operation], DraftAction | None]


def get(draft: ResourceDraft, operation: Operation) -> DraftAction | None:
    """A GET whose reply is one object gets an item."""
    found = reply_body(operation, "get")
    if found is None or (found.schema and not messages.may_be_object(draft.schemas, found.schema)):
        return None
    path, schema = shown_item(draft, found)
    return DraftAction(operation, "get", found, "a GET whose reply shows one item", item_path=path, item_schema=schema)


def listing(draft: ResourceDraft, operation: Operation) -> DraftAction | None:
    """A GET whose reply contains an array of such items lists them."""
    found = reply_body(operation, "list")
    if found is not None and found.media is None and found.status != 204 and draft.item is not None:
        return DraftAction(operation, "list", found, "a GET of the path above an item; its reply is not documented")
    if found is not None and _is_undescribed_list(draft, operation, found):
        return DraftAction(
            operation, "list", found, "a GET of the path above items that are created; its reply may be any"
        )
    path = messages.list_path(draft.schemas, found.schema, draft.word) if found and found.schema else None
    if found is None or path is None:
        return _map(draft, operation, found)
    array = draft.schemas.below(found.schema, path)
    entries = draft.schemas.items(array) if array else None
    within = likeness.wrapped_item(draft, entries) if entries is not None else ()
    schema = draft.schemas.below(entries, within)
    if array is None or schema is None or messages.is_never_empty(draft.schemas, array):
        return None
    if not within and not may_be_alike(draft, schema):
        return None
    where = f"in {'.'.join((*path, *within))}" if path or within else "and nothing else"
    return DraftAction(
        operation,
        "list",
        found,
        f"a {operation.http_method} whose reply contains an array of items, {where}",
        item_path=path,
        item_schema=schema,
        within=within,
    )


def _is_undescribed_list(draft: ResourceDraft, operation: Operation, found: ReplyBody) -> bool:
    """Is this a GET of the path at which items are created, whose reply has a body that nothing describes?"""
    if operation.http_method != "GET" or draft.item is None or draft.collection is None or found.media is None:
        return False
    is_free = found.schema is None or draft.schemas.says_nothing(found.schema)
    return is_free and not found.media.examples and "post" in draft.collection.operations


def _map(draft: ResourceDraft, operation: Operation, found: ReplyBody | None) -> DraftAction | None:
    """A GET whose reply is an object that has the items by their ids, which are those of a path, lists them."""
    schemas = draft.schemas
    path = messages.map_path(schemas, found.schema, draft.word) if found and found.schema and draft.has_id else None
    at = schemas.below(found.schema, path) if found is not None and path is not None else None
    schema = schemas.values(at) if at is not None else None
    if found is None or path is None or schema is None or not likeness.is_exactly(draft, schema):
        return None
    reason = "a GET whose reply is an object that has the items by their ids"
    return DraftAction(operation, "list", found, reason, item_path=path, item_schema=schema, is_map=True)


def create(draft: ResourceDraft, operation: Operation) -> DraftAction | None:
    """A POST to the collection whose request or reply contains an item creates one."""
    found = reply_body(operation, "create")
    asked = messages.request_schema(operation.request_body)
    if asked and not is_json_body(operation) and sent_content(draft.schemas, operation) == WHOLE_BODY:
        asked = None  # a file of any type
    if found is None or (asked and not messages.may_be_object(draft.schemas, asked)):
        return None
    if draft.item is None and words(draft.word)[-1:] and words(draft.word)[-1] in VERBS:
        return None
    if asked and (list_of_items(draft, asked) is not None or _asks_for_list(draft, asked, found)):
        return None  # it creates several (batches.py), or none
    if asked and (shown := listing_create(draft, operation, found, asked)):
        return shown
    path, schema = shown_item(draft, found)
    envelope, alike = request_envelope(draft, asked)
    if not draft.properties() and asked:
        envelope = _first_envelope(draft, asked, schema)
    reason = _why_created(draft, operation.http_method, found, schema, alike)
    if not reason:
        return None
    return DraftAction(operation, "create", found, reason, item_path=path, item_schema=schema, envelope=envelope)


def _first_envelope(draft: ResourceDraft, asked: str, shown: str | None) -> Path:
    """Where the request of a create contains the item, as long as only its own reply and a list say what items are."""
    operations = draft.collection.operations if draft.collection is not None else {}
    listed = listing(draft, operations["get"]) if shown is None and "get" in operations else None
    view = shown or (listed.item_schema if listed is not None else None)
    name = wrapper_of(draft, set(draft.schemas.properties(view)), asked) if view else ""
    return (name,) if name else ()


def _asks_for_list(draft: ResourceDraft, asked: str, found: ReplyBody) -> bool:
    """Does a POST take in its body what the GET takes in its query, and answer the same? Then it asks the same."""
    get = draft.collection.operations.get("get") if draft.collection is not None else None
    listed = reply_body(get, "list") if get is not None else None
    if get is None or listed is None or not listed.schema or not found.schema:
        return False
    parameters = {parameter.name for parameter in get.parameters if parameter.location == "query"}
    is_same = draft.schemas.kind(listed.schema) == draft.schemas.kind(found.schema)
    return is_same and bool(parameters) and draft.schemas.properties(asked).keys() <= parameters


def _why_created(draft: ResourceDraft, method: str, found: ReplyBody, schema: str | None, alike: bool) -> str:
    """Why a POST seems to create an item; empty if it does not."""
    if found.schema and not messages.may_be_object(draft.schemas, found.schema) and not _is_id(draft, found.schema):
        return ""
    if schema and may_be_alike(draft, schema):
        return f"a {method} to the collection whose reply shows an item"
    if alike:
        return f"a {method} to the collection whose request contains an item"
    if found.status == 201:
        return f"a {method} to the collection that answers 201"
    return f"a {method} to the collection" if draft.has_id and draft.action("get") and found.schema is None else ""


def _is_id(draft: ResourceDraft, pointer: str) -> bool:
    return draft.has_id and bool(draft.schemas.types(pointer)) and draft.schemas.types(pointer) <= SCALAR


def replace(draft: ResourceDraft, operation: Operation) -> DraftAction | None:
    """A PUT replaces an item. If no POST creates items, it creates those that do not exist."""
    found, asked = reply_body(operation, "replace"), messages.request_schema(operation.request_body)
    if found is None or (found.schema and not messages.may_be_said(draft.schemas, found.schema)):
        return None
    if likeness.is_sent_in_query(draft, operation):
        return _by_query(draft, operation, found)
    envelope, alike = request_envelope(draft, asked)
    at = draft.schemas.below(asked, envelope) if asked else None
    is_partial = at is not None and puts.changes_fields(draft, operation, at)
    if asked and (is_partial or (not alike and (draft.action("create") is not None or draft.single))):
        return _partial(draft, operation, found, envelope, asked)
    path, schema = shown_item(draft, found)
    upsert = puts.may_create(draft, operation)
    reason = "a PUT whose request contains a whole item" if asked else "a PUT to the item's own path"
    return DraftAction(operation, "replace", found, reason, path, schema, envelope, upsert=upsert)


def _by_query(draft: ResourceDraft, operation: Operation, found: ReplyBody) -> DraftAction:
    """A write without a body whose query has some of an item's properties updates it."""
    path, schema = shown_item(draft, found)
    reason = f"a {operation.http_method} whose query has some of the item's properties"
    return DraftAction(operation, "update", found, reason, path, schema, patch="fields")


def _partial(
    draft: ResourceDraft, operation: Operation, found: ReplyBody, envelope: Path, asked: str
) -> DraftAction | None:
    """A write whose request has some of an item's properties updates it; one that has none does something else."""
    at = draft.schemas.below(asked, envelope)
    made = {name for sent in draft.request_properties("create") for name in sent}  # also what no reply shows
    common = set(draft.schemas.properties(str(at))) & {*draft.properties(), *made} if at else set()
    if not common:
        return None
    path, schema = shown_item(draft, found)
    reason = f"a {operation.http_method} whose request has some of the item's properties"
    return DraftAction(operation, "update", found, reason, path, schema, envelope, patch="fields")


def update(draft: ResourceDraft, operation: Operation) -> DraftAction | None:
    """A PATCH updates an item, in the way that its media type says."""
    found, asked = reply_body(operation, "update"), messages.request_schema(operation.request_body)
    patch = patch_form(draft.schemas, operation, asked)
    if found is not None and likeness.is_sent_in_query(draft, operation):
        return _by_query(draft, operation, found)
    if found is None or patch is None:
        return None
    envelope, alike = request_envelope(draft, asked) if patch == "fields" else ((), True)
    if not alike:
        return _partial(draft, operation, found, envelope, str(asked))
    path, schema = shown_item(draft, found)
    at = draft.schemas.below(str(asked), envelope)
    patch = merged_form(draft.schemas, at, draft.properties()) if patch == "fields" and at is not None else patch
    upsert = patch in ("fields", "merge-patch") and puts.is_said_to_create(draft, operation)
    reason = f"a PATCH, read as {patch}"
    return DraftAction(operation, "update", found, reason, path, schema, envelope, patch, upsert=upsert)


def post_item(draft: ResourceDraft, operation: Operation) -> DraftAction | None:
    """A POST to an item whose request has its properties updates it, unless a PUT or PATCH does."""
    if draft.action("update", "replace") is not None:
        return None
    found, asked = reply_body(operation, "update"), messages.request_schema(operation.request_body)
    if found is None or not asked or (found.schema and not messages.may_be_said(draft.schemas, found.schema)):
        return None
    return _partial(draft, operation, found, request_envelope(draft, asked)[0], asked)


def write_named(draft: ResourceDraft, operation: Operation) -> DraftAction | None:
    """A PUT or PATCH to the collection whose body contains the id changes that item.

    If no path contains the id and no POST creates items, such a PUT creates those that do not exist.
    """
    found, asked = reply_body(operation, "update"), messages.request_schema(operation.request_body)
    creates = draft.item is None and draft.action("create") is None
    if found is None or not asked or not (draft.has_id or (creates and operation.method == "put")):
        return None
    if draft.item is not None and operation.method in draft.item.operations:
        return None  # the item's own path has that method, so this one changes all items that a query selects
    named = {plain(name) for name in draft.schemas.properties(asked)} & draft.id_names
    draft.key = natural_key(draft, asked) if creates and not named else ""
    if not (named or draft.key) or not request_envelope(draft, asked)[1]:
        return None
    path, schema = shown_item(draft, found)
    does = "replace" if operation.method == "put" else "update"
    reason = f"a {operation.http_method} to the collection whose body contains the id"
    return DraftAction(operation, does, found, reason, path, schema, upsert=creates)


def delete(draft: ResourceDraft, operation: Operation) -> DraftAction | None:
    """A DELETE deletes the item; that of a single one only if its query does not have to name parts: `?tagKeys=env`."""
    found = reply_body(operation, "delete")
    if found is None or (draft.single and _names_parts(draft, operation)):
        return None
    path, schema = shown_item(draft, found)
    path, schema = ((), None) if schema and likeness.contradicts(draft, schema) else (path, schema)
    return DraftAction(operation, "delete", found, "a DELETE of the item's own path", path, schema)


def _names_parts(draft: ResourceDraft, operation: Operation) -> bool:
    asked = (each for each in operation.parameters if each.location == "query" and each.required and each.schema)
    return any("array" in draft.schemas.types(str(each.schema)) for each in asked)


def query(draft: ResourceDraft, operation: Operation) -> DraftAction | None:
    """A QUERY lists items as a GET does; what its body asks for is as the query of that."""
    return listing(draft, with_parameters(operation, draft.schemas))


def head(draft: ResourceDraft, operation: Operation) -> DraftAction | None:
    """A HEAD of an item says whether it is there, as its GET does (RFC 9110 section 9.3.2)."""
    found = reply_body(operation, "get") if draft.action("get") is not None else None
    return DraftAction(operation, "get", found, "a HEAD of the item's own path") if found is not None else None


AT_ITEM: Mapping[str, Find] = {"put": replace, "patch": update, "post": post_item, "delete": delete, "head": head}
AT_COLLECTION: Mapping[str, Find] = {"put": write_named, "patch": write_named}
AT_SINGLE: Mapping[str, Find] = {"get": get, "post": create, "put": replace, "patch": update, "delete": delete}
"""Method → what may be inferred, for the path of an item, of a collection, and of a single item."""


def infer_first(draft: ResourceDraft) -> None:
    """Infer the actions that show best what an item is: get, create and list."""
    at_item = draft.item.operations if draft.item else {}
    at_collection = draft.collection.operations if draft.collection else {}
    if draft.single:
        _add(draft, at_item, AT_SINGLE)
        return
    _add(draft, at_item, {"get": get})
    _add(draft, at_collection, {"get": listing} if draft.item is None else {"post": create, "get": listing})
    _add(draft, at_collection, {"query": query})
    if draft.item is None:
        _add(draft, at_collection, {"post": create})
        _look_inside(draft)


def _look_inside(draft: ResourceDraft) -> None:
    """Infer the list anew where its entries have what the create shows: the `node` of edges is the item, not the edge.

    Items without a path of their own were what the list has, as long as nothing else was known of them.
    """
    listed, made = draft.action("list"), draft.action("create")
    if listed is None or made is None or not made.item_schema or listed.within:
        return
    before, draft.actions = draft.actions, [made]
    found = listing(draft, listed.operation)
    is_named = (
        found is not None
        and found.within != ()
        and (plain(found.within[-1]) in messages.ENTRY_NAMES or same(found.within[-1], draft.word))
    )
    draft.actions = [found, made] if found is not None and is_named else before


def infer_rest(draft: ResourceDraft) -> None:
    """Infer the other actions, which depend on whether an operation creates items."""
    if not draft.single:
        _add(draft, draft.item.operations if draft.item else {}, AT_ITEM)
        _add(draft, draft.collection.operations if draft.collection else {}, AT_COLLECTION)


def _add(draft: ResourceDraft, operations: Mapping[str, Operation], finds: Mapping[str, Find]) -> None:
    for method, find in finds.items():
        action = find(draft, operations[method]) if method in operations else None
        if action is not None:
            draft.actions.append(action)
