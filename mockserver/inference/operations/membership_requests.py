"""Requests that name members by their ids alone: `POST /groups/{id}/members` with `2`, `{"user": {"id": 2}}` or a list.

The list there must show the items of another resource, by its schema; then a request that has ids of them and nothing
else that these items have adds, replaces or removes members. `members.py` says whose they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from mockserver.inference.bodies import messages
from mockserver.inference.bodies.messages import Path, reply_body
from mockserver.inference.bodies.shown_items import shown_item
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.names import SCALAR, noun, plain, same
from mockserver.inference.values import identity
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

SEVERAL = {"post": "create-many", "put": "replace-all", "patch": "create-many", "delete": "delete-many"}
"""What a list of ids does."""

REPLIES = {"create": "create", "create-many": "create", "replace-all": "replace", "delete-many": "delete"}
"""The action whose success reply it has."""


def add_membership_requests(drafts: Iterable[ResourceDraft]) -> None:
    """Add to each resource whose items are those of another one the requests that name them by their ids alone."""
    found = list(drafts)
    wholes: dict[str, list[ResourceDraft]] = {}  # by the schema of their items: a document may have thousands
    for draft in found:
        if draft.has_id and draft.is_created and (shown := draft.reply_schemas()[:1]):
            wholes.setdefault(shown[0], []).append(draft)
    for draft in found:
        whole = _whole(draft, wholes)
        operations = draft.collection.operations if draft.collection is not None else {}
        for method, operation in operations.items() if whole is not None else ():
            action = _by_ids(draft, whole, method, operation) if whole is not None and method in SEVERAL else None
            if action is not None:
                draft.actions = [each for each in draft.actions if each.operation is not operation] + [action]


def _whole(draft: ResourceDraft, wholes: Mapping[str, Sequence[ResourceDraft]]) -> ResourceDraft | None:
    """The resource whose items a list shows by their schema, with fewer path parameters above it."""
    listed = draft.action("list")
    if listed is None or not listed.item_schema or not draft.parent_parameters:
        return None
    alike = wholes.get(draft.schemas.kind(listed.item_schema), ())
    own = set(draft.parent_parameters)
    return next((other for other in alike if set(other.parent_parameters) < own), None)


def _by_ids(draft: ResourceDraft, whole: ResourceDraft, method: str, operation: Operation) -> DraftAction | None:
    """What a request does that has the ids of items of the other resource; None if it has something else."""
    asked = messages.request_schema(operation.request_body)
    names = draft.id_names | whole.id_names | identity.id_names(whole.parameter, whole.word)
    found = _sent_ids(draft.schemas, asked, names, (draft.word, whole.word)) if asked else None
    if found is None:
        return None
    path, is_list = found
    does = SEVERAL[method] if is_list else "create" if method == "post" else ""
    told = reply_body(operation, REPLIES[does]) if does else None
    if told is None:
        return None
    sent = "the ids" if is_list else "the id"
    reason = f"a {operation.http_method} whose request has {sent} of {'-'.join(noun(whole.word))} items"
    upsert = does != "delete-many" and all(each.status not in ("409", "4XX") for each in operation.responses)
    action = DraftAction(operation, does, told, reason, envelope=path, upsert=upsert, by_id=True)
    return _showing(draft, action)


def _showing(draft: ResourceDraft, action: DraftAction) -> DraftAction:
    """The action with the place of the item or the items in its reply, if it shows them."""
    schemas, pointer = draft.schemas, action.reply.schema
    if action.does == "create":
        path, schema = shown_item(draft, action.reply)
        is_member = schema is not None and schemas.kind(schema) in draft.reply_schemas()
        return action.showing(path, str(schema)) if is_member else action
    at = messages.list_path(schemas, pointer, draft.word) if pointer else None
    array = schemas.below(pointer, at) if at is not None else None
    entries = schemas.items(array) if array is not None else None
    if at is not None and entries is not None and schemas.kind(entries) in draft.reply_schemas():
        return replace(action, item_path=at, item_schema=entries)
    return action


def _sent_ids(schemas: Schemas, asked: str, names: frozenset[str], about: tuple[str, str]) -> tuple[Path, bool] | None:
    """Where a request has an id, or a list of ids; None where it has no id alone.

    `names` are those of an id, `about` what is listed and the other resource: `user_ids`, `users` and `members`.
    """
    if _is_id(schemas, asked, names):
        return (), False
    if _is_list(schemas, asked, names):
        return (), True
    known = schemas.properties(asked)
    for name, at in known.items():
        is_named = any(same(name, word) for word in about) or plain(name) in PLAIN_LISTS
        if (is_named or _singular(name) in names) and _is_list(schemas, at, names):
            return ((name,), True) if schemas.required(asked) <= {name} or len(known) == 1 else None
        if is_named and len(known) == 1 and _has_only_id(schemas, at, names):
            return (name,), False
    return None


PLAIN_LISTS = frozenset(("ids", "add", "items", "data"))
"""Names of a list of ids that do not say of what."""


def _singular(name: str) -> str:
    return "".join(noun(name))


def _is_id(schemas: Schemas, pointer: str, names: frozenset[str]) -> bool:
    """Is a value an id, or an object that has nothing but one?"""
    types = schemas.types(pointer) - {"null"}
    is_scalar = bool(types) and types <= SCALAR and schemas.keyword(pointer, "enum") is None
    return (is_scalar and schemas.keyword(pointer, "format") not in FILES) or _has_only_id(schemas, pointer, names)


FILES = ("binary", "byte")
"""Formats of texts that are files."""


def _has_only_id(schemas: Schemas, pointer: str, names: frozenset[str]) -> bool:
    known: Mapping[str, str] = schemas.properties(pointer)
    return len(known) == 1 and all(plain(name) in names and _is_scalar(schemas, at) for name, at in known.items())


def _is_scalar(schemas: Schemas, pointer: str) -> bool:
    types = schemas.types(pointer) - {"null"}
    return bool(types) and types <= SCALAR


def _is_list(schemas: Schemas, pointer: str, names: frozenset[str]) -> bool:
    entries = schemas.items(pointer) if schemas.types(pointer) - {"null"} == {"array"} else None
    return entries is not None and _is_id(schemas, entries, names)
