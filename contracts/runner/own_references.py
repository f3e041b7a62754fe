"""Creates items of other users with references to items of their own: a task of Bob's in a project of Bob's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest, NotAllowed
from contracts.client.target import User
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource
from contracts.runner.items_below_others import ItemsBelowOthers

CLOSED = frozenset({400, 403, 404, 409, 422})
"""How services refuse a reference to an item that the user may not see."""

Made = tuple[RecordedExchange, CreatedItem | None]


class OwnReferences(ItemsBelowOthers):
    """Creates items, and finds out which of them may refer to items of the same user only.

    What items refer to is made by the main user. Where the create of another user is refused, it is sent again with
    references to items that this user makes. Once that was accepted, all further ones of other users have them.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._referred_of = {"": self._referred_items}

    def try_create(
        self,
        resource: CheckedResource,
        body: Mapping[str, Any] | None = None,
        *,
        user: User | None = None,
        **named: Any,
    ) -> Made:
        """As before. A given `body` is sent as it is: a check may be about its references."""
        send = partial(super().try_create, resource, body, user=user, **named)
        if body is not None or user is None or user.secret == self.main_user.secret or not self._refers(resource):
            return send()
        if self.shared.own_references.get(resource.name):
            with self._referring_for(user):
                return send()
        try:
            exchange, made = send()
        except NotAllowed:
            if (found := self._tried_with_own(resource, user, send)) is None:
                raise
            return found
        if made is None and exchange.status in CLOSED:
            return self._tried_with_own(resource, user, send) or (exchange, made)
        return exchange, made

    def _refers(self, resource: CheckedResource) -> bool:
        """May a create body of the resource name an item that a user can create?"""
        named = (self.shared.resources.get(each.resource) for each in resource.behaviour.references if each.field)
        return not self.target.read_only and any(each is not None and each.can("create") for each in named)

    def _tried_with_own(self, resource: CheckedResource, user: User, send: Callable[[], Made]) -> Made | None:
        """The request with references to items of the user; None if it is refused as well, or was before."""
        known = self.shared.own_references
        if resource.name in known:
            return None
        known[resource.name] = False
        try:
            with self._referring_for(user):
                exchange, made = send()
        except CannotBuildRequest:
            return None
        known[resource.name] = made is not None
        return (exchange, made) if made is not None else None

    @contextmanager
    def _referring_for(self, user: User | None) -> Iterator[None]:
        """Let bodies refer to items of a user; None is the main user."""
        before = self._refers_for, self._referred_items
        self._refers_for = user
        self._referred_items = self._referred_of.setdefault(user.name if user is not None else "", {})
        try:
            yield
        finally:
            self._refers_for, self._referred_items = before

    def _referred(self, name: str, key: str, count: int) -> list[Any]:
        """As before; what the user may not create is that of the main user, as categories are."""
        found = super()._referred(name, key, count)
        if found or self._refers_for is None:
            return found
        with self._referring_for(None):
            return super()._referred(name, key, count)
