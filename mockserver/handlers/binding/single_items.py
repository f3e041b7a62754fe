"""Whether the one item of a path without an id is there from the start, as far as the document says."""

from __future__ import annotations

import re

from mockserver.contract import Contract
from mockserver.handlers.binding.item_schemas import operations_on
from mockserver.lazy_pattern import lazy_pattern

NOT_YET = lazy_pattern(
    r"\b(?:not|no|none|nothing)\b.{0,60}\byet\b|\b(?:has|have) (?:not|never) (?:been )?\w+(?:ed|t)\b|"
    r"\b(?:not|never) (?:been )?(?:set|configured|uploaded|defined|assigned|created)\b",
    re.IGNORECASE,
)
"""How the description of a 404 says that nothing is there until a client puts it: "Not rated yet"."""


def is_there(contract: Contract, name: str) -> bool:
    """Does a GET of a single item show anything from the start?

    One that says by its status whether it is there starts without it, and so does one whose 404 says "not yet".
    """
    reads = [
        operation
        for operation, behaviour in operations_on(contract, name)
        if behaviour.action is not None
        and behaviour.action.does in ("get", "get-content")
        and behaviour.action.evidence == "inferred"
    ]
    replies = [operation.success() for operation in reads]
    missing = [each.description for operation in reads for each in operation.responses if each.status == "404"]
    actions = [behaviour.action for _, behaviour in operations_on(contract, name)]
    may_put = any(action is not None and action.upsert for action in actions)
    if may_put and any(NOT_YET.search(each) for each in missing):
        return False
    return not replies or any(reply is None or reply.status != "204" for reply in replies)
