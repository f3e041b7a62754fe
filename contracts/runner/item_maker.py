"""Creates the items that a check needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from contracts.cleanup.created_items import CreatedItem
from contracts.client.pagination import listed
from contracts.client.request_builder import CannotBuildRequest, NotAllowed, RefusedItem
from contracts.client.target import User
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource
from contracts.runner.amounts import PLENTY, adding_body, modest_body, plentiful_body
from contracts.runner.distinct_bodies import GROWING, DistinctBodies
from contracts.runner.existing_items import HIDDEN, ExistingItems, owner_of
from contracts.runner.referring_bodies import ReferringBodies
from contracts.runner.shared import SharedState
from contracts.runner.tried_bodies import FORMS, PLAIN, SPAN_FORMS, in_form
from mockserver.inference.sentences.relative_sentences import relative_sentence
from mockserver.inference.values.ordered_pairs import in_order

CONFLICT = 409
"""The status of a request that conflicts with what exists (RFC 9110 section 15.5.10)."""

REFUSED = frozenset({400, CONFLICT, 422})
"""How services refuse a value that another item has."""

MOST_CROWDED = GROWING
"""The highest level in `SharedState.crowded`."""

ABOUT_CONFLICTS = frozenset({"unique", "capacity"})
"""Kinds of statements by which a create is refused."""


class ItemMaker(ExistingItems):
    """Creates items below owners of their own, and what they refer to."""

    def __init__(self, shared: SharedState, *given: Any, **named: Any) -> None:
        super().__init__(shared, *given, **named)
        self.bodies = ReferringBodies(shared.bodies, shared.resources, self._referred)
        self._distinct = DistinctBodies(shared, self.bodies)
        self._referred_items: dict[str, list[Any]] = {}
        self._is_probing = False
        self.leaves_out_refused = True  # not where a check is about these fields
        self._being_made: set[str] = set()
        self._added: Counter[str] = Counter()
        self._alike, self._made_alike = dict[str, dict[str, Any]](), ""
        self._refers_for: User | None = None

    def _referred(self, name: str, key: str, count: int) -> list[Any]:
        """The values of a property of items of a resource, which are created, or read if they cannot be created."""
        resource = self.shared.resources.get(name)
        if resource is None:
            return self._looked_up(name, key)
        known = self._referred_items.setdefault(name, [])
        if len(known) < count and name not in self._being_made:  # a circle of references ends with nothing
            self._being_made.add(name)
            try:
                known += self._items_to_refer_to(resource, count - len(known))
            finally:
                self._being_made.discard(name)
        return [each[key] for each in known if each.get(key) is not None]

    def _items_to_refer_to(self, resource: CheckedResource, count: int) -> list[dict[str, Any]]:
        try:
            if resource.can("create") and not self.target.read_only:
                made = [self.create_plentiful(resource, user=self._refers_for) for _ in range(count)]
                return [{**m.sent, **m.item, resource.behaviour.identity.field: m.id} for m in made]
            op = resource.operations["list"]
            exchange = self.send(op, user=self._refers_for)
        except (CannotBuildRequest, KeyError):
            return []
        return listed(op, exchange)[:count]

    def create_plentiful(
        self, resource: CheckedResource, *, user: User | None = None, always: bool = False, **fields: Any
    ) -> CreatedItem:
        """Create an item, with plenty of what further requests use up. Raises CannotBuildRequest.

        All of them have the same values where a few are listed: a transfer may need two accounts of one currency.
        """
        before, self._made_alike = self._made_alike, resource.name
        try:
            made = self._plentiful(resource, user, always=always, **fields)
        finally:
            self._made_alike = before
        self._alike.setdefault(resource.name, self.listed_values(resource, made.sent))
        return made

    def listed_values(self, resource: CheckedResource, sent: Mapping[str, Any]) -> dict[str, Any]:
        """What a body has in fields whose values the schema lists."""
        known, keyword = self.bodies.properties(resource.operations["create"]), self.contract.schemas.keyword
        return {name: sent[name] for name, at in known.items() if name in sent and keyword(at, "enum") is not None}

    def _plentiful(self, resource: CheckedResource, user: User | None, *, always: bool, **fields: Any) -> CreatedItem:
        if resource.name not in self.shared.used_up and not always:
            return self.create(resource, self.body(resource, **fields) if fields else None, user=user)
        body = plentiful_body(self.contract.schemas, self.bodies, resource, self.body(resource)) | fields
        made = self.create(resource, body, user=user)
        filling = self.shared.fillings.get(resource.name)
        asked = self.bodies.minimal(filling.op, self.check) if filling is not None else None
        if filling is not None and asked is not None:
            tried = (asked | {filling.amount: amount} for amount in PLENTY)
            enough = next((each for each in tried if self.bodies.accepts(filling.op, each)), asked)
            self.send(filling.op, user=user, path=made.path, body=enough)
        return made

    def body(self, resource: CheckedResource, *, full: bool = False, **fields: Any) -> dict[str, Any]:
        """A valid create body with a unique mark; `full` fills in optional fields too. Raises CannotBuildRequest."""
        op = resource.operations["create"]
        self._learn_how_items_differ(resource)
        if resource.name in self.shared.taking:
            self._referred_items.clear()
        form = self.shared.forms.get(resource.name, "").replace("few", "" if full else "few")
        make = self.bodies.full if full or "full" in form else self.bodies.minimal
        seed = f"{self.check}/{self.random.random()}"
        made = make(op, seed) if op.media_type is not None else self.bodies.without_json(op, seed)
        if made is None:
            raise CannotBuildRequest(f"cannot generate a valid body for {op.name}")
        made = modest_body(self.contract.schemas, self.bodies, resource, made)
        made = adding_body(self.contract.schemas, self.bodies, self.shared.resources, resource, made)
        left_out = self.shared.refused_fields.get(resource.name, ()) if self.leaves_out_refused else ()
        made = in_form(self.contract.schemas, self.bodies, resource, made, form, left_out)
        marked = self.bodies.marked(op, resource, made, self.shared.mark()) if form != PLAIN else made
        distinct = self._distinct.body(resource, marked)
        ordered = in_order(distinct, resource.ordered_pairs)
        made = self._distinct.apart(resource, ordered if self.bodies.accepts(op, ordered) else distinct)
        own, action = resource.behaviour.identity.field, op.behaviour.action
        name = next((sent for sent, field in action.takes.items() if field == own), own) if action else own
        added = self._added_id(resource) if name in made else None
        alike = self._alike.get(resource.name, {}) if self._made_alike == resource.name else {}
        alike = made | {each: value for each, value in alike.items() if each in made}
        made = alike if self.bodies.accepts(op, alike) else made
        return made | ({name: added} if added is not None else {}) | fields

    def _added_id(self, resource: CheckedResource) -> Any:
        """The id of an item that is not added yet, where items are those of another resource; None elsewhere."""
        own = resource.behaviour.identity.field
        reference = next((one for one in resource.behaviour.references if one.key and one.field == own), None)
        if reference is None:
            return None
        self._added[resource.name] += 1
        number = self._added[resource.name]
        return next(iter(self._referred(reference.resource, reference.key, number)[number - 1 :]), None)

    def _learn_how_items_differ(self, resource: CheckedResource) -> None:
        """Create two items where the document says that creates may conflict: perhaps the second must differ more."""
        crowded, op = self.shared.crowded, resource.operations["create"]
        if resource.name in crowded or self.target.read_only or op.operation.response(CONFLICT) is None:
            return
        crowded[resource.name] = 0
        before, self._is_probing = self._is_probing, True  # what it refers to may be probed meanwhile
        try:
            self._find_level(resource)
        finally:
            self._is_probing = before

    def _find_level(self, resource: CheckedResource) -> None:
        crowded, taking = self.shared.crowded, self.shared.taking
        for level in range(MOST_CROWDED + 1):
            crowded[resource.name] = level
            owner = self.shared.resources.get(owner_of(resource)) if level == GROWING else None
            if owner is not None and owner.can("create"):
                self.create(owner)  # what is below the last one may be later already
            if self._two_go_together(resource):
                return
            taking.add(resource.name)
            if resource.behaviour.references and self._two_go_together(resource):
                return
            taking.discard(resource.name)
        crowded[resource.name] = 0  # the conflict is about something else

    def _two_go_together(self, resource: CheckedResource) -> bool:
        """Do two creates not conflict?"""
        tried = [self.try_create(resource) for _ in range(2)]
        for _, made in tried:
            if made is not None and resource.can("delete"):
                self.remove(made)
        return all(exchange.status != CONFLICT for exchange, _ in tried)

    def create(
        self,
        resource: CheckedResource,
        body: Mapping[str, Any] | None = None,
        *,
        user: User | None = None,
        path: Mapping[str, Any] | None = None,
    ) -> CreatedItem:
        """Create an item. Raises CannotBuildRequest if that fails; the check `create` reports the failure itself."""
        exchange, made = self.try_create(resource, body, user=user, path=path)
        if made is None:
            reason = "returned no id" if exchange.status < 300 else f"returned {exchange.status} for a valid request"
            raise RefusedItem(f"{resource.operations['create'].name} {reason}", resource.name)
        return made

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
        """Send a create request. Returns the exchange, and the item if one was created.

        Unless it `may_conflict`, raises CannotBuildRequest for a conflict that the document allows: which values do
        not conflict is unknown.
        """
        user = self.main_user if user is None else user
        op = resource.operations["create"]
        sent = self.body(resource) if body is None else dict(body)
        given = bool(path)
        parent = resource.behaviour.parent
        ids = {} if parent and path and parent.parameter in path else self.parent_path(resource, user)
        path = {**ids, **self._put_to(resource, sent), **(path or {})}
        sent = self._of_same_owner(resource, user, path, sent)
        exchange = self.send(op, user=user, path=path, body=sent, headers=headers)
        if exchange.status == HIDDEN and not given and self._forget_owner(resource, user):
            path |= self.parent_path(resource, user)
            exchange = self.send(op, user=user, path=path, body=sent, headers=headers)
        if self._may_be_of_state(resource, exchange.status) and not (may_conflict and given):
            exchange, sent = self._in_needed_state(resource, user, path, body, headers) or (exchange, sent)
        if body is None and exchange.status in REFUSED and self._may_differ_more(resource):
            exchange, sent = self._differing_more(resource, exchange, sent, user, path)
        if self._may_have_another_form(resource, sent, exchange.status):
            exchange, sent = self._find_form(resource, user, path, is_given=body is not None) or (exchange, sent)
        if may_conflict:
            return exchange, self.record_created(resource, exchange, sent, user, path)
        if not given and self._refusal_may_be_of_owner(resource, exchange.status):
            above = self.shared.resources[owner_of(resource)]
            self.shared.apart.add(above.name)  # a helper may not be in two shifts at the same time
            owner = self.create_plentiful(above, user=self.user_above(resource, user))
            path = owner.path_below(resource)
            sent = self._of_same_owner(resource, user, path, sent)
            exchange = self.send(op, user=user, path=path, body=sent, headers=headers)
            if self._may_be_of_state(resource, exchange.status):
                exchange, sent = self._in_needed_state(resource, user, path, body, headers) or (exchange, sent)
        if exchange.status == CONFLICT and self._is_documented_conflict(resource):
            raise CannotBuildRequest(f"{op.name} answers 409, and the document does not say what it conflicts with")
        return exchange, self.record_created(resource, exchange, sent, user, path)

    def user_above(self, resource: CheckedResource, user: User) -> User:
        """Who owns the item below which a user creates; `ItemsBelowOthers` knows better."""
        return user

    def _may_be_of_state(self, resource: CheckedResource, status: int) -> bool:
        """May the state of the owner be why a create is refused? One of another user may be hidden in some states."""
        return status == CONFLICT or (status == HIDDEN and resource.name in self.shared.below_others)

    def _in_needed_state(
        self,
        resource: CheckedResource,
        user: User,
        path: Mapping[str, Any],
        body: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
    ) -> tuple[RecordedExchange, dict[str, Any]] | None:
        """Send a create request again where the state of the owner was the reason; `PreparedItems` does it."""

    def _of_same_owner(
        self, resource: CheckedResource, user: User, path: Mapping[str, Any], body: dict[str, Any]
    ) -> dict[str, Any]:
        """The body with references to items below the same owner; `PreparedItems` does it."""
        return body

    def _differing_more(
        self,
        resource: CheckedResource,
        refused: RecordedExchange,
        sent: dict[str, Any],
        user: User,
        path: Mapping[str, Any],
    ) -> tuple[RecordedExchange, dict[str, Any]]:
        """Try again with a body that differs more from those of other items: an equal one may be why it is refused.

        Returns the exchange and the body that succeeded, or else the first ones.
        """
        op, before = resource.operations["create"], self.shared.crowded.get(resource.name, 0)
        for level in range(before + 1, MOST_CROWDED + 1):
            self.shared.crowded[resource.name] = level
            body = self.body(resource)
            exchange = self.send(op, user=user, path=path, body=body)
            if exchange.status < 300:
                return exchange, body
        self.shared.crowded[resource.name] = before
        self.shared.refused.add(resource.name)  # it is about something else, so this is not tried again
        return refused, sent

    def _may_have_another_form(self, resource: CheckedResource, sent: Mapping[str, Any], status: int) -> bool:
        """Was no item accepted yet, so that a valid body may need other numbers or more fields? That is tried once."""
        op, is_new = resource.operations["create"], resource.name not in {*self.shared.made, *self.shared.forms}
        names_nothing = status == HIDDEN and "{" not in op.operation.path  # a driver that is not there
        is_tried = self._is_probing or self.target.read_only or not (status in REFUSED or names_nothing)
        return is_new and not is_tried and self.bodies.accepts(op, dict(sent))

    def _find_form(
        self, resource: CheckedResource, user: User, path: Mapping[str, Any], *, is_given: bool
    ) -> tuple[RecordedExchange, dict[str, Any]] | None:
        """Find and keep a form of bodies that is accepted. None if there is none, or if the body `is_given`."""
        for form in (*(SPAN_FORMS if resource.name in self.shared.spans else ()), *FORMS):
            self.shared.forms[resource.name] = form
            body = self.body(resource)
            exchange = self.send(resource.operations["create"], user=user, path=path, body=body)
            if exchange.status < 300:
                self._learn_closed_text(resource, body, user, path)
                if is_given:
                    self.record_created(resource, exchange, body, user, path)
                return None if is_given else (exchange, body)
        self.shared.forms[resource.name] = ""
        return None

    def _learn_closed_text(
        self, resource: CheckedResource, accepted: Mapping[str, Any], user: User, path: Mapping[str, Any]
    ) -> None:
        """Find out whether a text of our own is refused where that of the document's example is accepted."""
        op, forms = resource.operations["create"], self.shared.forms
        if forms[resource.name] != PLAIN:
            return
        forms[resource.name] = ""
        names = self.bodies.free_text_fields(op, accepted)[:1]
        body = self.body(resource)
        exchange = self.send(op, user=user, path=path, body=body)
        self.record_created(resource, exchange, body, user, path)
        if exchange.status in REFUSED:
            self.bodies.closed.setdefault(op.name, set()).update(names)

    def _may_differ_more(self, resource: CheckedResource) -> bool:
        """May an item be refused because another one has its values? Not where the check is about that."""
        is_known = resource.name in self.shared.made and resource.name not in self.shared.refused
        return is_known and not (self._is_about_conflicts or resource.is_put or self._is_probing)

    @property
    def _is_about_conflicts(self) -> bool:
        return self.statement is not None and self.statement.kind in ABOUT_CONFLICTS

    def _put_to(self, resource: CheckedResource, body: Mapping[str, Any]) -> dict[str, Any]:
        """The id in the path of a new item that is put to it; nothing where the service chooses the id."""
        identity, create = resource.behaviour.identity, resource.operations["create"]
        if not resource.is_put:
            return {}
        named = body.get(identity.field) if identity.field in self.bodies.properties(create) else None
        return {identity.parameter: named or self._added_id(resource) or self.new_id(resource)}

    def _refusal_may_be_of_owner(self, resource: CheckedResource, status: int) -> bool:
        """May a create be refused for the state of its owner (a parcel that is lost), so that another owner may do?"""
        owner = self.shared.resources.get(owner_of(resource))
        if owner is None or not owner.can("create") or self._is_probing or self._is_about_conflicts:
            return False
        operation = resource.operations["create"].operation
        is_relative = status in REFUSED and relative_sentence(self.contract.schemas, operation) != ""
        is_said = is_relative and operation.response(status) is not None
        return (status == CONFLICT and self._is_documented_conflict(resource)) or is_said

    def _is_documented_conflict(self, resource: CheckedResource) -> bool:
        """Does the document say that creates may conflict, and is this check not about that?"""
        is_subject = self.statement is None or self._is_about_conflicts
        documented = {response.status for response in resource.operations["create"].operation.responses}
        return not is_subject and not self._is_probing and str(CONFLICT) in documented

    def parent_path(self, resource: CheckedResource, user: User) -> dict[str, Any]:
        """Path parameters that name the owners of a resource. Owners that do not exist yet are created."""
        parent = resource.behaviour.parent
        owner = self.shared.resources.get(parent.resource) if parent else None
        if parent is None or owner is None:
            return {}
        present = self._present(owner, user)
        made = present or self._owner(owner, user)
        return {} if made is None else made.path_below(resource)

    def _owner(self, resource: CheckedResource, user: User) -> CreatedItem | None:
        """A new owner, or one that exists; None where none is known. Raises CannotBuildRequest."""
        if not resource.can("create"):
            return self.fixture(resource, user) or self._listed(resource, user) or self._put(resource, user)
        try:
            return self.create_plentiful(resource, user=user)
        except NotAllowed:
            found = self.fixture(resource, user)
            if found is None:
                raise
            return found

    def fixture(self, resource: CheckedResource, user: User) -> CreatedItem | None:
        """An item that exists and must not be changed, by the fixtures of the user; None if there is none."""
        ids = user.ids_of(resource.name)
        if not ids or not resource.can("get"):
            return None
        path = {**self.parent_path(resource, user), resource.behaviour.identity.parameter: ids[0]}
        op = resource.operations["get"]
        exchange = self.send(op, user=user, path=path)
        if exchange.status != 200:
            raise CannotBuildRequest(f"{op.name} returned {exchange.status} for {ids[0]}, a fixture of {user.name}")
        return CreatedItem(resource, ids[0], op.item_in(exchange.json), {}, user, exchange, path)
