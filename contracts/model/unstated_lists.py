"""Lists with pages whose items no operation creates or shows alone, such as the transactions of a wallet."""

from __future__ import annotations

import msgspec

from contracts.model.resources import CheckedResource, ResourceOperation
from mockserver.behaviour.statements import OperationBehaviour, Paging, ReplyStatement, Resource
from mockserver.contract import Contract
from mockserver.inference.lists.paging import paging
from mockserver.openapi.document import Operation
from mockserver.openapi.media_types import is_json

ID = "id"
"""The property that differs between items of such a list."""


def unstated_list(contract: Contract, operation: Operation) -> CheckedResource | None:
    """The items of a list that no statement is about, with the operation that lists them; None if it is none.

    Its reply is a list of objects with an id, or an object with one such list; its parameters say how it is paged.
    """
    schemas, success = contract.schemas, operation.success()
    media = next((m for m in success.content if m.schema and is_json(m.name)), None) if success else None
    stated = paging(schemas, operation) if media is not None else None
    if media is None or media.schema is None or stated is None or stated["evidence"] == "inferred":
        return None
    properties = schemas.properties(media.schema)
    lists = [name for name, pointer in properties.items() if schemas.items(pointer) is not None]
    place = schemas.items(properties[lists[0]] if len(lists) == 1 else media.schema)
    if place is None or ID not in schemas.properties(place):
        return None
    reply = ReplyStatement(body={lists[0]: "{items}"} if lists else "{items}", evidence="implied")
    behaviour = OperationBehaviour(paging=msgspec.convert(stated, Paging), reply=reply)
    op = ResourceOperation(operation, behaviour)
    name = operation.path.rstrip("/").rsplit("/", 1)[-1]
    return CheckedResource(name, Resource(), {"list": op}, frozenset())
