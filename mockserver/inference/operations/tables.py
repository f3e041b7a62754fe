"""The tables of a database as PostgREST describes them: rows that a query selects are listed, changed and deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mockserver.inference.bodies.messages import reply_body
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.evidence import Statement, implied, inferred
from mockserver.inference.paths.path_tree import PathNode
from mockserver.inference.values import identity
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas
from mockserver.openapi.tables import KEY, PREFER, RANGE_UNIT

DOES = {"patch": "update-all", "delete": "delete-all"}
"""What a request does to all rows that its query selects."""

MINIMAL = {"create": 201, "create-many": 201, "update-all": 204, "delete-all": 204}
"""The status of a reply without a body, which a request gets that does not ask for the rows."""


def is_table(node: PathNode) -> bool:
    """Does a path list the rows of a table? Its GET takes the unit of a range."""
    get = node.operations.get("get")
    return get is not None and _has_header(get, RANGE_UNIT)


def _has_header(operation: Operation, name: str) -> bool:
    return any(each.location == "header" and each.name.lower() == name for each in operation.parameters)


def add_row_requests(drafts: Iterable[ResourceDraft]) -> None:
    """Add to each table the operations on all rows that a query selects."""
    for draft in drafts:
        node, listed = draft.collection, draft.action("list")
        for method, does in DOES.items() if node is not None and is_table(node) and listed is not None else ():
            operation = node.operations.get(method) if node is not None else None
            found = reply_body(operation, "update") if operation is not None else None
            if operation is not None and found is not None and listed is not None:
                reason = f"a {operation.http_method} of the rows that its query selects"
                draft.actions.append(DraftAction(operation, does, found, reason, (), listed.item_schema))


def row_filters(draft: ResourceDraft, operation: Operation, properties: Mapping[str, str]) -> list[Statement]:
    """The filters of a table: parameters that are called like a column have an operator and a value; else none."""
    if draft.collection is None or not is_table(draft.collection):
        return []
    named = [each.name for each in operation.parameters if each.location == "query" and each.name in properties]
    note = "the parameter of a column of a table has an operator and a value"
    return [implied(note, parameter=name, field=name, compare="operator") for name in named]


def row_reply(draft: ResourceDraft, action: DraftAction) -> Statement:
    """What the reply of an operation on a table has besides: the range of a page, or a status without a body."""
    if draft.collection is None or not is_table(draft.collection):
        return {}
    if action.does == "list":
        return {"headers": {"Content-Range": "{range}"}}
    is_asked = action.does in MINIMAL and _has_header(action.operation, PREFER)
    return {"minimal": MINIMAL[action.does]} if is_asked else {}


def row_identity(schemas: Schemas, draft: ResourceDraft, properties: Mapping[str, str]) -> Statement | None:
    """The identity of the rows of a table, by its primary key; None for other collections, and for several keys."""
    if draft.collection is None or not is_table(draft.collection):
        return None
    keys = [name for name, at in properties.items() if KEY in str(schemas.keyword(at, "description"))]
    if len(keys) != 1:
        return None
    made = identity.generation(schemas, [properties[keys[0]]])
    return inferred(f"{keys[0]} is the primary key", field=keys[0], parameter="", **{"from-client": True}) | made
