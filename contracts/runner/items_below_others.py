"""Does what users may not do to what is their own: bids on the lots of others, and the approval of their drafts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest, NotAllowed
from contracts.client.target import User
from contracts.model.finding import RecordedExchange
from contracts.model.relation_sentences import relation_rule
from contracts.model.resources import CheckedResource, ResourceOperation, name_of
from contracts.runner.existing_items import owner_of
from contracts.runner.prepared_items import PreparedItems
from mockserver.openapi.document import Operation

FORBIDDEN = 403


def _may_be_for_others(operation: Operation) -> bool:
    """Is it an action on an item, such as `/drafts/{id}/approve`, that the document says is forbidden to some (403)?"""
    above, _, step = operation.path.rstrip("/").rpartition("/")
    is_action = above.endswith("}") and "{" not in step and operation.method != "get"
    return is_action and operation.response(FORBIDDEN) is not None


class ItemsBelowOthers(PreparedItems):
    """Creates items, and finds out below whose items they may be created.

    Where the main user may not create an item below an item of its own, it is created below one of a second user. Where
    the item above is given, the second user creates it. What the maker of an item may not do to it, and a second user
    may, the second user does.
    """

    def send(
        self,
        op: ResourceOperation | Operation,
        *,
        user: User | None = None,
        path: Mapping[str, Any] | None = None,
        **named: Any,
    ) -> RecordedExchange:
        """As before. An action that is forbidden to who made the item is done by another user."""
        operation = op.operation if isinstance(op, ResourceOperation) else op
        user = self.main_user if user is None else user
        if name_of(operation) in self.shared.by_others and not named.get("may_be_refused"):
            return super().send(op, user=self._other_than_maker(user, path), path=path, **named)
        try:
            return super().send(op, user=user, path=path, **named)
        except NotAllowed:
            other = self.second_user(user) if _may_be_for_others(operation) else None
            if other is None:
                raise
            exchange = super().send(op, user=other, path=path, **named)
            if exchange.status >= 300:
                raise
            self.shared.by_others.add(name_of(operation))
            self.shared.access.forgive(user.name, name_of(operation))
            return exchange

    def _other_than_maker(self, user: User, path: Mapping[str, Any] | None) -> User:
        """A user who did not make the item of a path: the given one, or another one."""
        made = next((each for each in self._created.present if each.path == (path or {})), None)
        is_maker = made is not None and made.user.secret == user.secret
        return (self.second_user(user) if is_maker else None) or user

    def try_create(
        self,
        resource: CheckedResource,
        body: Mapping[str, Any] | None = None,
        *,
        user: User | None = None,
        path: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        may_conflict: bool = False,
    ) -> tuple[RecordedExchange, CreatedItem | None]:
        """As before. Raises NotAllowed if neither user may create one."""
        user = self.main_user if user is None else user
        was_known = resource.name in self.shared.below_others

        def attempt() -> tuple[RecordedExchange, CreatedItem | None]:
            by = self.creator(resource, user, path)
            return super(ItemsBelowOthers, self).try_create(
                resource, body, user=by, path=path, headers=headers, may_conflict=may_conflict
            )

        try:
            exchange, made = attempt()
            # A request before this one, which looked for the form of the body, may have found it out.
            is_learned = not was_known and resource.name in self.shared.below_others
            return attempt() if is_learned and exchange.status == FORBIDDEN else (exchange, made)
        except NotAllowed:
            if not self._may_need_another_owner(resource):
                raise
            self.shared.below_others.add(resource.name)
            try:
                exchange, made = attempt()
            except CannotBuildRequest:
                made = None
            if made is None:
                self.shared.below_others.discard(resource.name)
                raise
            return exchange, made

    def parent_path(self, resource: CheckedResource, user: User) -> dict[str, Any]:
        """As before; the owner is that of a second user where none may be the user's own."""
        return super().parent_path(resource, self.user_above(resource, user))

    def user_above(self, resource: CheckedResource, user: User) -> User:
        return (self.second_user(user) if resource.name in self.shared.below_others else None) or user

    def second_user(self, user: User) -> User | None:
        """A user with another credential; None if there is none."""
        return next((each for each in self.unrestricted_users if each.secret != user.secret), None)

    def acting_user(self, op: ResourceOperation, made: CreatedItem) -> User:
        """Who may do something with an item: who made it, or the owner of the item above where only this user may."""
        if made.resource.name not in self.shared.below_others:
            return made.user
        rule = relation_rule(self.contract, op, owner_of(made.resource))
        other = self.second_user(made.user) if rule is not None and rule.is_for_owner else None
        return other or made.user

    def is_below_other(self, made: CreatedItem) -> bool:
        """Is the item created below one of another user, who has rights of their own there?"""
        key = made.resource.owner_key
        above = next(
            (
                each
                for each in reversed(self._created.present)
                if each.resource.name == owner_of(made.resource)
                and (made.path.get(key) == each.id if key else each.path.items() <= made.path.items())
            ),
            None,
        )
        return above is not None and above.user.secret != made.user.secret

    def creator(self, resource: CheckedResource, user: User, path: Mapping[str, Any] | None) -> User:
        """Who creates an item: the user, or a second one if that is not allowed below an item of the user's own."""
        is_for_others = resource.operations["create"].name in self.shared.by_others
        if not path or not (is_for_others or resource.name in self.shared.below_others):
            return user
        above = self._owner_at(resource, path)
        is_own = above is not None and above.user.secret == user.secret
        return (self.second_user(user) if is_own else None) or user

    def _may_need_another_owner(self, resource: CheckedResource) -> bool:
        """May a create be forbidden because the item above is the user's own, as the document has a 403 for it?"""
        owner = self.shared.resources.get(owner_of(resource))
        is_listed = resource.operations["create"].operation.response(FORBIDDEN) is not None
        is_new = resource.name not in self.shared.below_others and not self.target.read_only
        is_made = owner is not None and owner.can("create")
        return is_new and is_listed and is_made and self.second_user(self.main_user) is not None
