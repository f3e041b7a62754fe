"""Promises about how many: capacity, uniqueness, ids, rates, and what happens when many ask at the same time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from contracts.checks.item_view import change_of, covers, few_ids, showable, shows_id, unchangeable
from contracts.checks.lists import ids
from contracts.checks.read_your_writes import GONE
from contracts.checks.responses import matches_error
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import User
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place, http_rule, resource_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Capacity, IdentityStatement, RateLimit, Unique
from mockserver.contract import Contract

CROWD = 8
"""How many requests are sent at the same time."""

AFFORDABLE = 700
"""The largest rate limit that is used up to see what happens then."""


def identity(context: CheckContext, resource: CheckedResource, statement: IdentityStatement) -> None:
    """Every item has an id of its own, which nothing changes and nothing uses again."""
    made = [context.create(resource) for _ in range(4)]
    seen = [str(each.id) for each in made]
    context.expect(
        len(set(seen)) >= _asked_for(resource, made),
        "every item has an id of its own",
        repr(seen),
        *(m.exchange for m in made),
        about="unique",
    )
    if statement.prefix and statement.generate == "random":
        context.expect(
            all(id.startswith(statement.prefix) for id in seen),
            f"ids begin with {statement.prefix}",
            seen[0],
            made[0].exchange,
            about="prefix",
            statement=StatementRef.of(resource.name, "identity", statement),
        )
    if resource.can("delete") and statement.generate != "client" and not few_ids(context, resource):
        context.delete(made[-1])
        after = context.create(resource)
        context.expect(
            str(after.id) not in seen,
            "the id of a removed item is not used again",
            str(after.id),
            *(m.exchange for m in made),
            after.exchange,
            about="again",
        )


def _asked_for(resource: CheckedResource, made: Sequence[CreatedItem]) -> int:
    """How many items were asked for: two that the client calls alike, in words that the service takes, are one."""
    named = [str(m.id) for m in made if str(m.sent.get(resource.behaviour.identity.field)) == str(m.id)]
    return len(made) - len(named) + len(set(named))


def capacity(context: CheckContext, resource: CheckedResource, statement: Capacity) -> None:
    """Up to the limit items are accepted, one more is refused, and deleting one makes room for one."""
    if statement.limit > 120:
        raise CannotBuildRequest(f"{statement.limit} items would be needed")
    held = len(context.list_all(resource)[0])
    made, exchange = [], None
    for number in range(held, statement.limit):
        exchange, item = context.try_create(resource)
        if not context.expect(
            item is not None,
            f"item {number + 1} of {statement.limit} is accepted",
            f"status {exchange.status}",
            exchange,
            about="below",
        ):
            return
        made.append(item)
    over, extra = context.try_create(resource)
    last = made[-1].exchange if made and made[-1] else over
    context.expect(
        extra is None,
        f"item {statement.limit + 1} is refused with a conflict",
        f"status {over.status}",
        last,
        over,
        about="over",
    )
    if extra is not None:
        return
    wanted = conflict_status(context)
    context.expect(
        over.status == wanted,
        f"item {statement.limit + 1} is refused with {wanted}",
        f"status {over.status}",
        last,
        over,
        about="status",
    )
    matches_error(context, "conflict", over)
    listed = len(context.list_all(resource)[0])
    context.expect(listed == statement.limit, "what was refused is not there", f"{listed} items", over, about="refused")
    if made and made[0] and resource.can("delete"):
        _frees(context, resource, made[0], statement)
    _apart(context, resource)
    _own_apart(context, resource, statement)


def _frees(context: CheckContext, resource: CheckedResource, made: CreatedItem, statement: Capacity) -> None:
    removed = context.delete(made)
    fresh, item = context.try_create(resource)
    context.expect(
        item is not None, "deleting one makes room for one", f"status {fresh.status}", removed, fresh, about="freed"
    )
    again, extra = context.try_create(resource)
    context.expect(extra is None, "and for one only", f"status {again.status}", removed, fresh, again, about="one")


def _own_apart(context: CheckContext, resource: CheckedResource, statement: Capacity) -> None:
    """A full tenant does not fill another one of the same credential."""
    for user in context.unrestricted_users:
        others = [tenant for tenant in context.tenants_of(user) if tenant != user.tenant]
        if others and user.tenant:
            for _ in range(len(context.list_all(resource, user=user)[0]), statement.limit):
                context.try_create(resource, user=user)
            exchange, item = context.try_create(resource, user=user.in_tenant(others[0]))
            context.expect(
                item is not None,
                "the limit counts each tenant by itself",
                f"status {exchange.status} for another one of the same credential",
                exchange,
                about="own tenant",
            )
            return


def _apart(context: CheckContext, resource: CheckedResource) -> None:
    """A full tenant does not fill another one."""
    if resource.behaviour.tenant.by == "none":
        return
    try:
        stranger = context.other_tenant_user()
    except CannotBuildRequest:
        return
    exchange, item = context.try_create(resource, user=stranger)
    context.expect(
        item is not None,
        "the limit counts each tenant by itself",
        f"status {exchange.status} for another one",
        exchange,
        about="tenant",
    )


def conflict_status(context: CheckContext) -> int:
    """The status of a conflict: as stated, or 409 (RFC 9110 section 15.5.10)."""
    statement = context.contract.behaviour.service.errors.bodies.get("conflict")
    return statement.status if statement and statement.status else 409


def unique(context: CheckContext, resource: CheckedResource, statement: Unique) -> None:
    """A second item that agrees in the unique fields is refused, also by a change; a removed one is not in the way."""
    body = context.body(resource, full=any(name not in context.body(resource) for name in statement.fields))
    if any(body.get(name) is None for name in statement.fields):
        raise CannotBuildRequest(f"no value for {', '.join(statement.fields)}")
    first = context.create(resource, body)
    values = {name: body[name] for name in statement.fields}
    wanted = conflict_status(context)
    second, item = context.try_create(resource, context.body(resource) | values)
    what = f"a second item with the same {', '.join(statement.fields)}"
    context.expect(
        second.status == wanted,
        f"{what} is refused with {wanted}",
        f"status {second.status}",
        first.exchange,
        second,
        about="create",
    )
    _alike_only(context, resource, statement, body, first)
    replace = resource.operations.get("replace")
    if replace is not None and not resource.client_named:
        other = context.create(resource)
        put = context.send(replace, path=other.path, body={**other.sent, **values})
        context.expect(
            put.status == wanted,
            f"a replacement by {what} is refused with {wanted}",
            f"status {put.status}",
            first.exchange,
            other.exchange,
            put,
            about="replace",
        )
    if resource.can("update") and not (set(statement.fields) & unchangeable(resource)):
        other = context.create(resource)
        changed = context.update(other, values)
        context.expect(
            changed.status == wanted,
            f"a change into {what} is refused with {wanted}",
            f"status {changed.status}",
            first.exchange,
            other.exchange,
            changed,
            about="update",
        )
        same = context.update(first, values)
        context.expect(
            200 <= same.status < 300,
            "an item is not in its own way",
            f"status {same.status}",
            first.exchange,
            same,
            about="itself",
        )
    if resource.can("delete") and item is None:
        context.delete(first)
        again, fresh = context.try_create(resource, context.body(resource) | values)
        context.expect(
            fresh is not None, "a removed item is not in the way", f"status {again.status}", again, about="freed"
        )


def _alike_only(
    context: CheckContext, resource: CheckedResource, statement: Unique, body: dict[str, Any], first: CreatedItem
) -> None:
    """A value that is like another one, but for its end, is another value."""
    name = statement.fields[-1]
    for value in (str(body[name])[:-1], f"{body[name]}x") if isinstance(body[name], str) else ():
        like = context.body(resource) | {each: body[each] for each in statement.fields} | {name: value}
        if value and context.bodies.accepts(resource.operations["create"], like):
            exchange, made = context.try_create(resource, like)
            context.expect(
                made is not None,
                f"the {name} {value!r} is another than {body[name]!r}",
                f"status {exchange.status}",
                first.exchange,
                exchange,
                about="like",
            )


def crowd(context: CheckContext, resource: CheckedResource) -> None:
    """Items that are created at the same time are all there, each once, each with its own id."""
    if not shows_id(context, resource):
        context.create(resource)
    made, exchanges = _together(context, resource, min([CROWD, *_room(context, resource)]))
    if _asked_for(resource, made) < len(made):
        raise CannotBuildRequest("the client calls items alike")
    seen = [str(each.id) for each in made]
    counts = Counter(str(e.status) for e in exchanges)
    context.expect(
        len(made) == len(exchanges),
        "requests at the same time are all accepted",
        f"{dict(counts)}",
        *exchanges,
        about="accepted",
    )
    context.expect(
        len(set(seen)) == len(seen),
        "every item has an id of its own",
        f"{len(seen) - len(set(seen))} are shared",
        *exchanges,
        about="ids",
    )
    if resource.can("list"):
        items, asked = context.list_all(made[0] if made else resource)
        listed = Counter(ids(resource, items))
        context.expect(
            all(listed[id] == 1 for id in seen),
            "each is in the list once",
            f"{len(seen)} were created, {sum(listed[id] == 1 for id in seen)} are listed once",
            *exchanges,
            *asked,
            about="listed",
        )
    for each in made if resource.can("get") else ():
        shown = context.item(resource.operations["get"], context.get(each))
        mixed = [
            n
            for n, v in each.sent.items()
            if n in shown
            and isinstance(v, str)
            and n not in unchangeable(resource)
            and not covers(shown[n], v)
            and n in showable(context, resource, resource.operations["get"])
        ]
        context.expect(not mixed, "each is what its own request said", f"{mixed} differ", each.exchange, about="mixed")


def _room(context: CheckContext, resource: CheckedResource) -> list[int]:
    held = len(context.list_all(resource)[0]) if resource.can("list") and resource.behaviour.capacity else 0
    return [max(statement.limit - held, 1) for statement in resource.behaviour.capacity]


def _together(
    context: CheckContext, resource: CheckedResource, count: int
) -> tuple[list[CreatedItem], list[RecordedExchange]]:
    op = resource.operations["create"]
    path = context.parent_path(resource, context.main_user)
    bodies = [context.body(resource) for _ in range(count)]
    exchanges = context.send_together(op.operation, bodies, path)
    found = [
        context.record_created(resource, e, body, context.main_user, path)
        for e, body in zip(exchanges, bodies, strict=True)
    ]
    return [made for made in found if made is not None], exchanges


def crowded(context: CheckContext, resource: CheckedResource, statement: Capacity) -> None:
    """Requests at the same time do not get over the limit together."""
    if statement.limit > 120:
        raise CannotBuildRequest(f"{statement.limit} items would be needed")
    held = len(context.list_all(resource)[0])
    for _ in range(held, statement.limit - 2):
        context.create(resource)
    made, exchanges = _together(context, resource, CROWD)
    room = min(statement.limit - held, 2)
    counts = Counter(e.status for e in exchanges)
    context.expect(
        len(made) == room,
        f"with room for {room}, {room} of {CROWD} requests at the same time are accepted",
        f"{dict(counts)}",
        *exchanges,
    )


def crowded_unique(context: CheckContext, resource: CheckedResource, statement: Unique) -> None:
    """Of requests at the same time for the same unique value one is accepted."""
    body = context.body(resource, full=True)
    values = {name: body[name] for name in statement.fields if name in body}
    op = resource.operations["create"]
    bodies = [context.body(resource) | values for _ in range(CROWD)]
    path = context.parent_path(resource, context.main_user)
    exchanges = context.send_together(op.operation, bodies, path)
    made = [
        context.record_created(resource, e, b, context.main_user, path) for e, b in zip(exchanges, bodies, strict=True)
    ]
    accepted = sum(each is not None for each in made)
    context.expect(accepted == 1, "one of the requests is accepted", f"{accepted} are", *exchanges)


def no_lost_update(context: CheckContext, resource: CheckedResource) -> None:
    """Changes of different fields at the same time are all kept."""
    op = resource.operations["update"]
    if op.behaviour.action and op.behaviour.action.patch == "json-patch":
        raise CannotBuildRequest("JSON Patch names paths, not fields")
    made = context.create(resource, context.body(resource, full=not resource.operations["create"].may_refuse))
    shows = showable(context, resource, resource.operations["get"])
    wanted: dict[str, Any] = {}
    for name in context.bodies.properties(op):
        value = context.bodies.other(op, name, made.sent.get(name), context.check) if name in made.sent else None
        if (
            value is not None
            and name in shows
            and name not in unchangeable(resource)
            and context.bodies.accepts(op, {name: value})
        ):
            wanted[name] = value
    if len(wanted) < 2:
        raise CannotBuildRequest("fewer than two fields can be changed")
    for _ in range(2):
        requests = [
            (context.request(op.operation, user=context.main_user, path=made.path, body={n: v}), context.main_user)
            for n, v in wanted.items()
        ]
        exchanges = context.target.send_together(requests)
        broken = [e.status for e in exchanges if e.status >= 500]
        context.expect(
            not broken, "changes at the same time are no server error", f"{broken}", *exchanges, about="error"
        )
        if any(e.status >= 300 for e in exchanges):
            raise CannotBuildRequest(f"{op.name} refuses one of the changes")
    seen = context.get(made)
    after = context.item(resource.operations["get"], seen)
    lost = [name for name, value in wanted.items() if not covers(after.get(name), value)]
    context.expect(
        not lost,
        "changes of different fields at the same time are all kept",
        f"{', '.join(lost)} lost",
        made.exchange,
        *exchanges,
        seen,
    )


def update_or_delete(context: CheckContext, resource: CheckedResource) -> None:
    """Of a change and a deletion at the same time the deletion wins: what was removed does not come back."""
    op, remove = resource.operations["update"], resource.operations["delete"]
    for first in (True, False):
        made = context.create(resource)
        name, value = change_of(context, resource, op, made)
        requests = [
            (
                context.request(op.operation, user=context.main_user, path=made.path, body={name: value}),
                context.main_user,
            ),
            (context.request(remove.operation, user=context.main_user, path=made.path), context.main_user),
        ]
        exchanges = context.target.send_together(requests if first else requests[::-1])
        deleted = exchanges[1 if first else 0]
        context.expect(
            all(e.status < 500 for e in exchanges),
            "no server error",
            f"{[e.status for e in exchanges]}",
            *exchanges,
            about="error",
        )
        if deleted.status < 300:
            seen = context.get(made)
            context.expect(
                seen.status in GONE,
                "what was removed stays removed",
                f"status {seen.status}",
                made.exchange,
                *exchanges,
                seen,
                about="revived",
            )


def twins(context: CheckContext, resource: CheckedResource) -> None:
    """Two items may agree in everything, unless it is said that they may not."""
    op = resource.operations["create"]
    body = context.body(resource)
    first = context.create(resource, body)
    exchange, second = context.try_create(resource, body)
    explained = any(r.status == "409" for r in op.operation.responses) and not resource.behaviour.capacity
    context.expect(
        exchange.status < 300 or op.may_refuse or explained,
        "a second item like the first is accepted, since nothing is said against it",
        f"status {exchange.status}",
        first.exchange,
        exchange,
        about="accepted",
    )
    if second is not None:
        context.expect(
            second.id != first.id,
            "the second item is another one",
            f"the id {second.id} again",
            first.exchange,
            exchange,
            about="id",
        )


def _alike(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        if resource.can("create") and not resource.behaviour.unique and not resource.client_named:
            op = resource.operations["create"]
            yield (
                op.name,
                StatementRef(
                    op.name, "http", "inferred", "the document", "Nothing is said of values that no two items share."
                ),
                (resource,),
            )


def one_delete(context: CheckContext, resource: CheckedResource) -> None:
    """Of deletions at the same time none breaks the server, and the item is gone."""
    made = context.create(resource)
    op = resource.operations["delete"]
    request = context.request(op.operation, user=context.main_user, path=made.path)
    exchanges = [
        context.check_response(op.operation, e)
        for e in context.target.send_together([(request, context.main_user)] * CROWD)
    ]
    counts = Counter(e.status for e in exchanges)
    context.expect(
        all(e.status < 500 for e in exchanges), "no server error", f"{dict(counts)}", *exchanges, about="error"
    )
    context.expect(
        any(e.status < 300 for e in exchanges), "one deletion succeeds", f"{dict(counts)}", *exchanges, about="one"
    )
    seen = context.get(made) if resource.can("get") else None
    if seen is not None:
        context.expect(seen.status in GONE, "the item is gone", f"status {seen.status}", *exchanges, seen, about="gone")


def rate_limit(context: CheckContext, resource: CheckedResource, statement: RateLimit) -> None:
    """Replies count down, and one request too many is refused and told when to come again."""
    if statement.requests > AFFORDABLE or (not context.target.in_process and context.mode != "campaign"):
        raise CannotBuildRequest(f"{statement.requests} requests in {statement.window:g} s would be needed")
    user = next((i for i in reversed(context.unrestricted_users)), context.main_user)
    context.target.pause(statement.window + 1)
    replies = [context.send(resource.operations["list"], user=user, once=True)]
    while replies[-1].status != 429 and len(replies) <= statement.requests:
        replies.append(context.send(resource.operations["list"], user=user, once=True))
    accepted = [each for each in replies if each.status != 429]
    context.expect(
        len(accepted) == statement.requests,
        f"{statement.requests} requests in {statement.window:g} s, then 429",
        f"{len(accepted)} were answered",
        replies[-1],
        about="count",
    )
    _told(context, statement, accepted, replies[-1])
    if replies[-1].status == 429:
        matches_error(context, "too-many", replies[-1])
        _counted_apart(context, resource, statement, user, replies[-1])
        context.target.pause(statement.window + 1)
        again = context.send(resource.operations["list"], user=user, once=True)
        context.expect(
            again.status == 200,
            "after the window requests are answered again",
            f"status {again.status}",
            replies[-1],
            again,
            about="again",
        )


def _counted_apart(
    context: CheckContext, resource: CheckedResource, statement: RateLimit, user: User, refused: RecordedExchange
) -> None:
    """What is said to be counted by itself is not refused with the rest."""
    others = [i for i in context.unrestricted_users if i.secret != user.secret and i.tenant != user.tenant]
    if others and {"credential", "tenant"} & set(statement.per):
        seen = context.send(resource.operations["list"], user=others[0], once=True)
        context.expect(
            seen.status != 429,
            f"requests are counted by {' and '.join(statement.per)}",
            "another one's are refused, too",
            refused,
            seen,
            about="apart",
        )
    elsewhere = next(
        (
            k.operations["list"]
            for k in context.shared.resources.values()
            if k.can("list") and k.name != resource.name and not k.behaviour.parent
        ),
        None,
    )
    if "path" in statement.per and elsewhere is not None:
        seen = context.send(elsewhere, user=user, once=True)
        context.expect(
            seen.status != 429,
            "requests are counted by path",
            f"those of {elsewhere.name} are refused, too",
            refused,
            seen,
            about="paths",
        )


def _told(
    context: CheckContext, statement: RateLimit, accepted: Sequence[RecordedExchange], refused: RecordedExchange
) -> None:
    names = statement.headers
    if "limit" in names:
        seen = {each.header(names["limit"]) for each in accepted}
        context.expect(
            seen == {str(statement.requests)},
            f"{names['limit']}: {statement.requests} in every reply",
            repr(seen),
            accepted[0],
            about="limit",
        )
    if "remaining" in names:
        counted = [each.header(names["remaining"]) for each in accepted]
        wanted = [str(n) for n in range(statement.requests - 1, -1, -1)]
        context.expect(
            counted == wanted,
            f"{names['remaining']} counts down to 0",
            f"{counted[:3]}…{counted[-2:]}",
            *accepted[:2],
            about="remaining",
        )
    if "reset" in names:
        context.expect(
            all((each.header(names["reset"]) or "").isdigit() for each in accepted),
            f"{names['reset']} in Unix seconds",
            repr(accepted[0].header(names["reset"])),
            accepted[0],
            about="reset",
        )
    if "retry-after" in names and refused.status == 429:
        context.expect(
            (refused.header(names["retry-after"]) or "").isdigit(),
            f"{names['retry-after']} in the refusal",
            repr(refused.header(names["retry-after"])),
            refused,
            about="retry-after",
        )


def _rate_places(contract: Contract) -> Any:
    statement = contract.behaviour.service.rate_limit
    for resource in checked_resources(contract).values():
        if statement is not None and resource.can("list"):
            place: Place = (
                resource.operations["list"].name,
                StatementRef.of("service", "rate-limit", statement),
                (resource, statement),
            )
            yield place
            return


TOGETHER = "RFC 9110 section 9.2 (what a request asks for does not depend on who else asks)"

CHECKS = (
    Check("identity", ("identity",), http_rule("create", source="RFC 3986 section 1.1 (an identifier identifies)"),
            lambda context, resource: identity(context, resource, resource.behaviour.identity)),
    Check("capacity", ("capacity",), resource_statement("capacity", "create", "list"), capacity),
    Check("unique", ("unique",), resource_statement("unique", "create"), unique),
    Check("crowd", (), http_rule("create", source=TOGETHER), crowd),
    Check("crowded-capacity", ("capacity",), resource_statement("capacity", "create", "list"), crowded),
    Check("crowded-unique", ("unique",), resource_statement("unique", "create"), crowded_unique),
    Check("lost-update", (), http_rule("update", "create", "get", source=TOGETHER), no_lost_update),
    Check("update-or-delete", (), http_rule("update", "create", "get", "delete", source=TOGETHER), update_or_delete),
    Check("twins", (), _alike, twins),
    Check("crowded-delete", (), http_rule("delete", "create", source=TOGETHER), one_delete),
    Check("rate-limit", ("rate-limit",), _rate_places, rate_limit, quick=False, run_last=True),
)  # fmt: skip
