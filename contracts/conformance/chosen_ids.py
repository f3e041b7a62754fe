"""Ids of new items that clients choose in the query, such as `bookId` (AIP-133)."""

from __future__ import annotations

from contracts.model.finding import RecordedExchange
from mockserver.contract import Contract
from mockserver.openapi.document import Operation

CONFLICT = 409


def is_taken(contract: Contract, operation: Operation, exchange: RecordedExchange) -> bool:
    """Is a request refused by 409, for an id that it chose and another item may have?"""
    stated = contract.behaviour.operations.get((operation.path, operation.method))
    action = stated.action if stated is not None else None
    resource = contract.behaviour.resources.get(action.of) if action is not None else None
    chosen = resource.identity.chosen_by if resource is not None else ""
    return exchange.status == CONFLICT and bool(chosen) and f"{chosen}=" in exchange.url
