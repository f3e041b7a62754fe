"""Items that can only be made: `POST /refunds` without a GET, whose reply shows the new id."""

from __future__ import annotations

from mockserver.inference import messages
from mockserver.inference.identity import id_names
from mockserver.inference.messages import is_object, reply_body, request_schema
from mockserver.inference.names import noun, plain, words
from mockserver.inference.path_tree import PathNode
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
    common = {plain(name) for name in shown} & {plain(name) for name in schemas.properties(asked)} - {"id"}
    return is_named and "id" in {plain(name) for name in shown} and bool(common)
