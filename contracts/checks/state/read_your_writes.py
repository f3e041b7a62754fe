"""Checks of stored data: reads return what was written, deleted items are gone, other items do not change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.checks.item_view import SUMMARY, as_json, documented, shows_id, shows_less
from contracts.checks.lists.listed_items import ids, in_one_list
from contracts.checks.stored_fields import (
    check_unchanged,
    current,
    expect_different_items,
    expect_value,
    listed_item,
    settled,
    shown_part,
    weaker,
)
from contracts.checks.valid_bodies import distinct_body, every_change, is_open_value, is_reference
from contracts.checks.value_likeness import ABSENT, is_same_but_later
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.conformance.response_validation import is_documented_error
from contracts.model.conditional_sentences import is_conditional
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.model.told_reasons import is_taken
from contracts.runner.check import Check, http_rule
from contracts.runner.context import CheckContext
from mockserver.inference.sentences.relative_sentences import relative_sentence

REFUSED = (400, 404, 409, 412, 422)
"""Statuses of a request that a rule forbids which the document does not state."""

OWN_ID = "A request may have an id; a service may choose one all the same."

WRITES = "RFC 9110 section 9.3 (a successful request has taken effect)"


def create_item(context: CheckContext, resource: CheckedResource) -> None:
    """A valid create request succeeds, and its reply shows the values that were sent."""
    context.leaves_out_refused = False
    tries = [(body, *context.try_create(resource, body)) for body in _valid_bodies(context, resource)]
    if resource.name in context.shared.forms and not any(created for _, _, created in tries):
        tries = [(body, *context.try_create(resource, body)) for body in _valid_bodies(context, resource)]
    is_relative = relative_sentence(context.contract.schemas, resource.operations["create"].operation) != ""
    refused_all = is_relative or all(may_be_rule(resource, exchange.status) for _, exchange, _ in tries)
    for body, exchange, created in tries:
        accepted, shown = 200 <= exchange.status < 300, exchange
        may_refuse = resource.operations["create"].may_refuse or (
            is_relative and may_be_rule(resource, exchange.status)
        )
        if body is not tries[0][0] and not accepted and may_refuse:
            continue  # a rule may forbid this combination of fields, or an amount of more than there is
        doubt = _unknown_rule(resource) if refused_all and may_be_rule(resource, exchange.status) else None
        if body is not tries[0][0] and doubt is None and may_be_rule(resource, exchange.status):
            shown, is_doubtful = _refused_alone(context, resource, body) or (exchange, True)
            doubt = _unknown_rule(resource) if is_doubtful else None
            if _has_condition(context, resource, shown.sent):
                continue
        doubt = _unknown_rule(resource) if doubt is None and not accepted and is_taken(shown) else doubt
        if not context.expect_status(
            accepted, "a valid create request succeeds", shown, about="accepted", statement=doubt
        ):
            continue
        if created is None and not shows_id(context, resource):
            raise CannotBuildRequest(f"{resource.operations['create'].name} shows no id")
        if context.expect(
            created is not None, "the create reply contains the id of the new item", "no id", exchange, about="id"
        ):
            echoed(context, resource, resource.operations["create"], exchange, created.sent if created else body)


def _has_condition(context: CheckContext, resource: CheckedResource, sent: Any) -> bool:
    """Does a body have a field that the document allows with certain values of others only?"""
    known = context.bodies.properties(resource.operations["create"])
    fields = [known[name] for name in sent if name in known] if isinstance(sent, dict) else []
    return any(is_conditional(context.contract.schemas, each) for each in fields)


def _refused_alone(
    context: CheckContext, resource: CheckedResource, full: Mapping[str, Any]
) -> tuple[RecordedExchange, bool] | None:
    """The refusal of a create with one optional field, and whether the value may be at fault; None if the fields are
    refused only together.

    A field that names another item says nothing: there may be no such item. A free text may be a wrong one.
    """
    op = resource.operations["create"]
    names = [name for name in full if not is_reference(context, name)][:MOST_FIELDS]
    for name in sorted(names, key=lambda each: is_open_value(context, op, each)):
        small = context.body(resource)
        body = small | {name: full[name]}
        if name in small or not context.bodies.accepts(op, body):
            continue
        exchange, made = context.try_create(resource, body)
        if may_be_rule(resource, exchange.status):
            return exchange, is_open_value(context, op, name)
        if made is not None and resource.can("delete"):
            context.remove(made)
    return None


MOST_FIELDS = 40
"""How many fields are tried one by one."""


def _valid_bodies(context: CheckContext, resource: CheckedResource) -> list[dict[str, Any]]:
    return [context.body(resource, full=full) for full in (False, True)]


def may_be_rule(resource: CheckedResource, status: int) -> bool:
    """May a create be refused so by a rule that the document does not state, or by the lack of a backend that it does?"""
    return status in REFUSED or is_documented_error(resource.operations["create"].operation, status)


def _unknown_rule(resource: CheckedResource) -> StatementRef:
    """No request of ours was ever accepted: perhaps values must fit together, or name what exists."""
    text = "The schema allows the request; another rule of the service, which no schema can state, may forbid it."
    op = resource.operations["create"]
    return StatementRef(op.name, "schema", "inferred", "the document's schema of the request", text)


def read_back(context: CheckContext, resource: CheckedResource) -> None:
    """A GET after the create returns the new item with the values that were sent."""
    for full in (False, True):
        body = context.body(resource, full=full)
        _, created = context.try_create(resource, body)
        if created is None:
            continue
        response = context.get(created)
        if context.expect_status(
            response.status == 200,
            "a GET after the create returns the new item",
            created.exchange,
            response,
            about="found",
        ):
            item = context.item(resource.operations["get"], response)
            field = resource.behaviour.identity.field
            context.expect(
                str(item.get(field, created.id)) == str(created.id),
                f"a GET of {created.id} returns the item with this id",
                f"{field} is {item.get(field)}",
                created.exchange,
                response,
                about="id",
            )
            echoed(context, resource, resource.operations["get"], response, body, created)
            _has_same_times(context, resource, created, item, response)


def echoed(
    context: CheckContext,
    resource: CheckedResource,
    op: ResourceOperation,
    response: Any,
    body: Mapping[str, Any],
    created: CreatedItem | None = None,
) -> None:
    """The item in a reply has the values that were sent."""
    if op.shows_list(response.json):
        return  # the document has an object there, which is another failure
    item, shows = context.item(op, response), documented(context.contract, op)
    hidden = resource.server_fields | resource.write_only_fields | op.rule_fields
    for name in sorted(body.keys() & shows.keys() - hidden):
        value = shown_part(context, shows[name], body[name])
        # A reply may document another type than the request: a price that is a number there is a text here.
        if value is not ABSENT and context.contract.schemas.validator(shows[name], "response").is_valid(value):
            history = (created.exchange, response) if created else (response,)
            expected = f"the reply shows {name} as it was sent: {as_json(value)}"
            guess = weaker(context, OWN_ID) if _may_choose(context, resource, name) else None
            expect_value(context, item, name, value, expected, *history, about=name, statement=guess)


def _may_choose(context: CheckContext, resource: CheckedResource, name: str) -> bool:
    """Is a field the id, which a request may leave out?"""
    op = resource.operations.get("create")
    return op is not None and name == resource.behaviour.identity.field and name not in context.bodies.required(op)


def _has_same_times(
    context: CheckContext, resource: CheckedResource, created: CreatedItem, item: Mapping[str, Any], response: Any
) -> None:
    """The create reply and the GET reply have the same time of creation."""
    times = resource.behaviour.timestamps
    for name in (times.created,) if times else ():
        if name in created.item and name in item:
            context.expect(
                created.item[name] == item[name],
                f"a GET returns the same {name} as the create reply: {as_json(created.item[name])}",
                as_json(item[name]),
                created.exchange,
                response,
                about=name,
            )


def listed(context: CheckContext, resource: CheckedResource) -> None:
    """A new item is in the list exactly once, with the values that a GET returns."""
    made = [context.create(resource, context.body(resource, full=i == 2)) for i in range(3)]
    created = in_one_list(resource, made)
    listing = [context.list_page(created[-1])]
    if not context.expect_status(
        200 <= listing[0].status < 300,
        "a valid list request succeeds",
        created[-1].exchange,
        *listing,
        about="succeeds",
    ):
        return
    items, listing = context.list_all(created[-1])
    shown = ids(resource, items)
    for each in created:
        found = [item for item, id in zip(items, shown, strict=True) if id == str(each.id)]
        context.expect(
            len(found) == 1,
            "the list contains each new item exactly once",
            f"{len(found)} times in the list",
            each.exchange,
            *listing,
            about="once",
        )
        if found and resource.can("get"):
            _matches_get(context, resource, each, found[0], listing)
    if resource.can("get") and context.mode != "quick":
        _match_in_states(context, resource)


def _match_in_states(context: CheckContext, resource: CheckedResource) -> None:
    """Whatever was done with an item, the list shows it as a GET does: the list may be kept apart from the items."""
    made = context.in_states(resource)
    for created in in_one_list(resource, made) if made else ():
        (entry, _), (_, alone, _) = listed_item(context, created), current(context, created)
        if any(entry[name] != alone[name] for name in entry.keys() & alone.keys()):
            # Perhaps it went on in between, so both are read again.
            _matches_get(context, resource, created, *listed_item(context, created))


def _matches_get(
    context: CheckContext, resource: CheckedResource, created: CreatedItem, shown: Mapping[str, Any], listing: list[Any]
) -> None:
    response = context.get(created)
    alone = context.item(resource.operations["get"], response)
    for name in shown.keys() & alone.keys():
        context.expect(
            shown[name] == alone[name]
            or (isinstance(alone[name], dict | list) and is_same_but_later(shown[name], alone[name])),
            f"the list shows the same {name} as a GET of the item: {as_json(alone[name])}",
            as_json(shown[name]),
            created.exchange,
            response,
            *listing,
            about=name,
            statement=weaker(context, SUMMARY) if shows_less(shown[name], alone[name]) else None,
        )


def other_items_unchanged(context: CheckContext, resource: CheckedResource) -> None:
    """Updating or deleting one item does not change the others."""
    kept, changed, removed = (context.create(resource, distinct_body(context, resource)) for _ in range(3))
    expect_different_items(kept, changed, removed)
    before, done = settled(context, kept), []
    for op in {op.name: op for k in ("update", "replace") if (op := resource.operations.get(k))}.values():
        body = every_change(context, resource, op, changed) if op.media_type else {}
        done += [context.send(op, path=changed.path, body=body)] if body else []
    if resource.can("delete"):
        done.append(context.delete(removed))
    check_unchanged(context, kept, before, done, related=True)
    if resource.can("delete") and len(done) > 1:
        _, still, shown = current(context, changed)
        context.expect_status(
            bool(still),
            "deleting one item does not delete another",
            changed.exchange,
            *done,
            *shown,
            about="removed",
        )


CHECKS = (
    Check("create", ("action",), http_rule("create", source=WRITES, text="A valid create request creates an item."), create_item, exclusive=False),
    Check("read-back", ("action",), http_rule("get", "create", source=WRITES, text="A GET returns what was written."), read_back, exclusive=False),
    Check("listed", ("action",), http_rule("list", "create", source=WRITES, text="A list contains what was created."), listed),
    Check("other-items-unchanged", ("action",), http_rule("get|list", "create", source=WRITES, text="A request changes no other item."), other_items_unchanged, exclusive=False),
)  # fmt: skip
