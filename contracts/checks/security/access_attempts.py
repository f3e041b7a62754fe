"""What another user tried with an item of one user, and whether it reached the item."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.checks.lists.listed_items import ids
from contracts.checks.state.deleted_items import unknown_ids
from contracts.cleanup.created_items import CreatedItem
from contracts.client.target import User
from contracts.model.finding import RecordedExchange
from contracts.model.resources import ResourceOperation
from contracts.runner.context import CheckContext

DENIED = frozenset({401, 403, 404, 410})
"""Statuses for a request without access; 404 and 410 also hide whether the item exists."""


@dataclass(frozen=True, slots=True)
class AccessAttempt:
    """One request about an item of another user.

    `kind` is list, filter, total, read, nested, update, replace, action, add or delete. It is `open` if the request reached
    the item: its reply shows it, or it had an effect. It is less `certain` if the success of the request says no more than
    that the service tells the item from one that does not exist. It was `denied` if the effect came despite a refusal.
    """

    kind: str
    op: ResourceOperation
    open: bool
    seen: str
    exchanges: tuple[RecordedExchange, ...]
    certain: bool = True
    denied: bool = False

    @property
    def refused(self) -> bool:
        """Was the request refused as one without access?"""
        return self.exchanges[-1].status in DENIED


@dataclass(slots=True)
class Access:
    """What `other` could do with an item of `owner`. `own` is how the owner sees it."""

    owner: User
    other: User
    made: CreatedItem
    own: Mapping[str, Any]
    attempts: list[AccessAttempt] = field(default_factory=list)

    def of(self, *kinds: str) -> list[AccessAttempt]:
        """The attempts of some kinds."""
        return [each for each in self.attempts if each.kind in kinds]

    @property
    def is_listed(self) -> bool | None:
        """Does the list of the other user have the item? None if that cannot be told."""
        return next((each.open for each in self.of("list")), None)

    @property
    def is_read_refused(self) -> bool:
        """Is a plain read of the item refused, which its owner may read?"""
        return any(not each.open and each.refused for each in self.of("read"))


def owners_view(context: CheckContext, made: CreatedItem) -> Mapping[str, Any]:
    """The item as its owner sees it: by GET, or else as the create reply showed it."""
    if not made.resource.can("get"):
        return made.item
    return context.item(made.resource.operations["get"], context.get(made)) or made.item


def marks(made: CreatedItem) -> list[bytes]:
    """Texts by which a reply with the item can be recognized: those that are only in it."""
    unique = [v for v in made.sent.values() if isinstance(v, str) and "contract" in v and "check" in v]
    long_id = [made.id] if isinstance(made.id, str) and len(made.id) > 11 else []
    return [json.dumps(each).strip('"').encode() for each in (*unique, *long_id)]


def shows(context: CheckContext, made: CreatedItem, exchange: RecordedExchange, *, of_item: bool = True) -> bool:
    """Does a successful reply show the item, or one with its id where only one item is asked for?"""
    if not 200 <= exchange.status < 300:
        return False
    op = made.resource.operations.get("get") or made.resource.operations["create"]
    shown = context.item(op, exchange).get(made.resource.behaviour.identity.field)
    sent = exchange.body or b""
    return any(mark in exchange.reply_body and mark not in sent for mark in marks(made)) or (
        of_item and shown is not None and str(shown) == str(made.id)
    )


def as_unknown(context: CheckContext, access: Access, op: ResourceOperation, body: Any) -> RecordedExchange | None:
    """The response to the same request of the other user about an item that does not exist; None if no such id is known."""
    made = access.made
    parameter = made.resource.behaviour.identity.parameter
    for id in unknown_ids(context, made):
        return context.send(op, user=access.other, path={**made.path, parameter: id}, body=body)
    return None


def is_known(context: CheckContext, access: Access, op: ResourceOperation, body: Any) -> bool:
    """Does an operation refuse an unknown id, so that a success means that it found the item?"""
    reply = as_unknown(context, access, op, body)
    return reply is not None and reply.status >= 400


def in_list(context: CheckContext, made: CreatedItem, user: User) -> tuple[bool, list[RecordedExchange]]:
    """Is the item in the list of a user? The page that shows it comes last."""
    found: list[RecordedExchange] = []
    _, exchanges = context.list_all(made, user=user, pages=20)
    for each in exchanges:
        found.append(each)
        if str(made.id) in ids(made.resource, context.items(made.resource, each)):
            return True, found
    return False, exchanges
