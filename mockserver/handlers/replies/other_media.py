"""How an operation replies in another media type than the first: around the same items, by that type's own schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from mockserver.behaviour.statements import SEVERAL, OperationBehaviour, ReplyStatement
from mockserver.contract import Contract
from mockserver.errors import Unanswerable
from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.handlers.replies.reply_renderer import documented_response, item_schema, preferred_media
from mockserver.inference.bodies.messages import item_path, list_path, resembles
from mockserver.inference.names import plain
from mockserver.lazy_module import LazyModule
from mockserver.openapi.document import MediaType, Operation

if TYPE_CHECKING:
    from mockserver.inference.bodies import envelope
else:
    envelope = LazyModule("mockserver.inference.bodies.envelope")


def reply_in(
    contract: Contract,
    operation: Operation,
    behaviour: OperationBehaviour,
    plan: ResourcePlan | None,
    media: MediaType,
) -> ReplyStatement | None:
    """The reply statement for one media type of the success response; None if its schema does not show such items."""
    schemas, stated = contract.schemas, behaviour.reply or ReplyStatement(evidence="assumed")
    response = documented_response(operation, stated.status)
    first, does = preferred_media(response), behaviour.action.does if behaviour.action else ""
    if first is None or not first.schema or not media.schema:
        return stated
    if schemas.resolve(first.schema)[1] == schemas.resolve(media.schema)[1]:
        return stated
    is_list, word = does in SEVERAL, plan.name if plan is not None else ""
    keys = frozenset({"id", plain(plan.statements.identity.field)}) if plan is not None else frozenset({"id"})
    own = item_schema(operation, behaviour.reply, schemas, does)
    if does == "list" and own and schemas.resolve(own)[1] == schemas.resolve(media.schema)[1]:
        return replace(stated, body="{only}", headers={})  # the only item of the list, without a list around it
    path = list_path(schemas, media.schema, word) if is_list else item_path(schemas, media.schema, word, keys)
    at = schemas.below(media.schema, path) if path is not None else None
    shown = schemas.items(at) if at and is_list else at
    if path is None or not shown or not own or not resembles(schemas, own, shown):
        return None
    try:
        body = envelope.Envelopes(schemas, contract.examples).template(
            media.schema, path, "{items}" if is_list else "{item}", listed=is_list
        )
    except Unanswerable:
        return None
    return replace(stated, body=body)
