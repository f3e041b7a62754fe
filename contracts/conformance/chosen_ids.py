"""Ids of new items that clients choose: in the body, or in the query as `bookId` (AIP-133)."""

from __future__ import annotations

from http import HTTPStatus

from contracts.model.finding import RecordedExchange
from mockserver.contract import Contract
from mockserver.openapi.document import Operation


def is_taken(contract: Contract, operation: Operation, exchange: RecordedExchange) -> bool:
    """Is a request refused by 409, for an id that it chose and another item may have?"""
    stated = contract.behaviour.operations.get((operation.path, operation.method))
    action = stated.action if stated is not None else None
    resource = contract.behaviour.resources.get(action.of) if action is not None else None
    if exchange.status != HTTPStatus.CONFLICT or resource is None:
        return False
    identity, sent = resource.identity, exchange.sent
    is_in_query = bool(identity.chosen_by) and f"{identity.chosen_by}=" in exchange.url
    is_own = identity.from_client or identity.generate == "client"
    return is_in_query or (is_own and isinstance(sent, dict) and identity.field in sent)
