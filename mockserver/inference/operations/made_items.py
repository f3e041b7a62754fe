"""Items that can only be made: `POST /refunds` without a GET, whose reply shows the new id."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.inference.bodies import messages
from mockserver.inference.bodies.messages import is_object, reply_body, request_schema
from mockserver.inference.names import noun, plain, words
from mockserver.inference.paths.path_tree import PathNode, Shape
from mockserver.inference.values.identity import id_names
from mockserver.openapi.schemas import Schemas


def makes_items(node: PathNode, schemas: Schemas) -> bool:
    """Does the POST of a path without other methods make items, which its reply shows with a new id?

    They share a property with the request, so that no answer to a question is taken for one.
    """
    if node.operations.keys() != {"post"}:
        return False
    operation = node.operations["post"]
    made, asked = reply_body(operation, "create"), request_schema(operation.request_body)
    if made is None or not made.schema or not asked or not is_object(schemas, made.schema):
        return False
    is_named = made.status == 201 or words(node.word) != noun(node.word)
    path = messages.item_path(schemas, made.schema, node.word, id_names("id", node.word))
    shown = schemas.properties(schemas.below(made.schema, path) or made.schema)
    inside = path if not node.parameters else ()  # the wrapper of the reply, as in JSON:API; `/{id}/clone` has one too
    sent = schemas.properties(schemas.below(asked, inside) or asked)
    common = {plain(name) for name in shown} & {plain(name) for name in sent} - {"id"}
    return is_named and "id" in {plain(name) for name in shown} and bool(common)


def is_made_beside(nodes: Mapping[Shape, PathNode], node: PathNode, schemas: Schemas) -> bool:
    """Does a POST beside a list below an item show what the list shows: `/hooks/{id}/test` of `/hooks/{id}/deliveries`?

    Such a POST starts something by its name, and answers 201 or 202 with an entry of the list.
    """
    if node.operations.keys() != {"get"} or node.shape[-2:-1] != ("{}",):
        return False
    listed = reply_body(node.operations["get"], "list")
    path = messages.list_path(schemas, listed.schema, node.word) if listed is not None and listed.schema else None
    array = schemas.below(listed.schema, path) if listed is not None and path is not None else None
    entries = schemas.items(array) if array is not None else None
    if entries is None:
        return False
    for verb in (*MAKING, *MOVING):
        beside = nodes.get((*node.shape[:-1], verb))
        operation = beside.operations.get("post") if beside is not None else None
        made = reply_body(operation, "create") if operation is not None else None
        if made is not None and made.status in ((201, 202) if verb in MAKING else (201,)) and made.schema:
            inside = messages.item_path(schemas, made.schema, node.word, id_names("id", node.word))
            shown = schemas.below(made.schema, inside)
            if shown is not None and schemas.resolve(shown)[1] == schemas.resolve(entries)[1]:
                return True
    return False


MAKING = (
    "test",
    "ping",
    "send",
    "run",
    "trigger",
    "execute",
    "start",
    "deploy",
    "retry",
    "redeliver",
    "resend",
    "build",
    "sync",
    "backup",
    "scan",
    "dispatch",
    "invoke",
    "export",
    "notify",
    "refresh",
)
"""Last segments of paths that start something which a list beside them shows."""

MOVING = (
    "deposit", "withdraw", "deposits", "withdrawals", "top-up", "topup", "charge", "earn", "redeem", "spend", "credit",
    "debit", "adjust", "award", "load", "pay", "refund", "receive", "consume", "restock", "issue",
)  # fmt: skip
"""Last segments of paths that add to a figure of the item above or take from it, and answer 201 with what did so."""
