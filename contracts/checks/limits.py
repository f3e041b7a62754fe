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
from contracts.runner.check import Check, Place, law, stated
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Capacity, IdentityStatement, RateLimit, Unique
from mockserver.contract import Contract

CROWD = 8
"""How many requests are sent at the same time."""

AFFORDABLE = 700
"""The largest rate limit that is used up to see what happens then."""


def identity(stage: CheckContext, kind: CheckedResource, statement: IdentityStatement) -> None:
    """Every item has an id of its own, which nothing changes and nothing uses again."""
    made = [stage.create(kind) for _ in range(4)]
    seen = [str(each.id) for each in made]
    stage.expect(
        len(set(seen)) >= _asked_for(kind, made),
        "every item has an id of its own",
        repr(seen),
        *(m.exchange for m in made),
        about="unique",
    )
    if statement.prefix and statement.generate == "random":
        stage.expect(
            all(id.startswith(statement.prefix) for id in seen),
            f"ids begin with {statement.prefix}",
            seen[0],
            made[0].exchange,
            about="prefix",
            said=StatementRef.of(kind.name, "identity", statement),
        )
    if kind.can("delete") and statement.generate != "client" and not few_ids(stage, kind):
        stage.delete(made[-1])
        after = stage.create(kind)
        stage.expect(
            str(after.id) not in seen,
            "the id of a removed item is not used again",
            str(after.id),
            *(m.exchange for m in made),
            after.exchange,
            about="again",
        )


def _asked_for(kind: CheckedResource, made: Sequence[CreatedItem]) -> int:
    """How many items were asked for: two that the client calls alike, in words that the service takes, are one."""
    named = [str(m.id) for m in made if str(m.sent.get(kind.resource.identity.field)) == str(m.id)]
    return len(made) - len(named) + len(set(named))


def capacity(stage: CheckContext, kind: CheckedResource, statement: Capacity) -> None:
    """Up to the limit items are accepted, one more is refused, and deleting one makes room for one."""
    if statement.limit > 120:
        raise CannotBuildRequest(f"{statement.limit} items would be needed")
    held = len(stage.walk(kind)[0])
    made, exchange = [], None
    for number in range(held, statement.limit):
        exchange, item = stage.try_create(kind)
        if not stage.expect(
            item is not None,
            f"item {number + 1} of {statement.limit} is accepted",
            f"status {exchange.status}",
            exchange,
            about="below",
        ):
            return
        made.append(item)
    over, extra = stage.try_create(kind)
    last = made[-1].exchange if made and made[-1] else over
    stage.expect(
        extra is None,
        f"item {statement.limit + 1} is refused with a conflict",
        f"status {over.status}",
        last,
        over,
        about="over",
    )
    if extra is not None:
        return
    wanted = conflict_status(stage)
    stage.expect(
        over.status == wanted,
        f"item {statement.limit + 1} is refused with {wanted}",
        f"status {over.status}",
        last,
        over,
        about="status",
    )
    matches_error(stage, "conflict", over)
    listed = len(stage.walk(kind)[0])
    stage.expect(listed == statement.limit, "what was refused is not there", f"{listed} items", over, about="refused")
    if made and made[0] and kind.can("delete"):
        _frees(stage, kind, made[0], statement)
    _apart(stage, kind)
    _own_apart(stage, kind, statement)


def _frees(stage: CheckContext, kind: CheckedResource, made: CreatedItem, statement: Capacity) -> None:
    removed = stage.delete(made)
    fresh, item = stage.try_create(kind)
    stage.expect(
        item is not None, "deleting one makes room for one", f"status {fresh.status}", removed, fresh, about="freed"
    )
    again, extra = stage.try_create(kind)
    stage.expect(extra is None, "and for one only", f"status {again.status}", removed, fresh, again, about="one")


def _own_apart(stage: CheckContext, kind: CheckedResource, statement: Capacity) -> None:
    """A full tenant does not fill another one of the same credential."""
    for who in stage.able:
        others = [tenant for tenant in stage.tenants_of(who) if tenant != who.tenant]
        if others and who.tenant:
            for _ in range(len(stage.walk(kind, who=who)[0]), statement.limit):
                stage.try_create(kind, who=who)
            exchange, item = stage.try_create(kind, who=who.within(others[0]))
            stage.expect(
                item is not None,
                "the limit counts each tenant by itself",
                f"status {exchange.status} for another one of the same credential",
                exchange,
                about="own tenant",
            )
            return


def _apart(stage: CheckContext, kind: CheckedResource) -> None:
    """A full tenant does not fill another one."""
    if kind.resource.tenant.by == "none":
        return
    try:
        stranger = stage.stranger()
    except CannotBuildRequest:
        return
    exchange, item = stage.try_create(kind, who=stranger)
    stage.expect(
        item is not None,
        "the limit counts each tenant by itself",
        f"status {exchange.status} for another one",
        exchange,
        about="tenant",
    )


def conflict_status(stage: CheckContext) -> int:
    """The status of a conflict: as stated, or 409 (RFC 9110 section 15.5.10)."""
    said = stage.contract.behaviour.service.errors.get("conflict")
    return said.status if said and said.status else 409


def unique(stage: CheckContext, kind: CheckedResource, statement: Unique) -> None:
    """A second item that agrees in the unique fields is refused, also by a change; a removed one is not in the way."""
    body = stage.body(kind, full=any(name not in stage.body(kind) for name in statement.fields))
    if any(body.get(name) is None for name in statement.fields):
        raise CannotBuildRequest(f"no value for {', '.join(statement.fields)}")
    first = stage.create(kind, body)
    values = {name: body[name] for name in statement.fields}
    wanted = conflict_status(stage)
    second, item = stage.try_create(kind, stage.body(kind) | values)
    what = f"a second item with the same {', '.join(statement.fields)}"
    stage.expect(
        second.status == wanted,
        f"{what} is refused with {wanted}",
        f"status {second.status}",
        first.exchange,
        second,
        about="create",
    )
    _alike_only(stage, kind, statement, body, first)
    replace = kind.acts.get("replace")
    if replace is not None and not kind.client_named:
        other = stage.create(kind)
        put = stage.send(replace, path=other.path, body={**other.sent, **values})
        stage.expect(
            put.status == wanted,
            f"a replacement by {what} is refused with {wanted}",
            f"status {put.status}",
            first.exchange,
            other.exchange,
            put,
            about="replace",
        )
    if kind.can("update") and not (set(statement.fields) & unchangeable(kind)):
        other = stage.create(kind)
        changed = stage.update(other, values)
        stage.expect(
            changed.status == wanted,
            f"a change into {what} is refused with {wanted}",
            f"status {changed.status}",
            first.exchange,
            other.exchange,
            changed,
            about="update",
        )
        same = stage.update(first, values)
        stage.expect(
            200 <= same.status < 300,
            "an item is not in its own way",
            f"status {same.status}",
            first.exchange,
            same,
            about="itself",
        )
    if kind.can("delete") and item is None:
        stage.delete(first)
        again, fresh = stage.try_create(kind, stage.body(kind) | values)
        stage.expect(
            fresh is not None, "a removed item is not in the way", f"status {again.status}", again, about="freed"
        )


def _alike_only(
    stage: CheckContext, kind: CheckedResource, statement: Unique, body: dict[str, Any], first: CreatedItem
) -> None:
    """A value that is like another one, but for its end, is another value."""
    name = statement.fields[-1]
    for value in (str(body[name])[:-1], f"{body[name]}x") if isinstance(body[name], str) else ():
        like = stage.body(kind) | {each: body[each] for each in statement.fields} | {name: value}
        if value and stage.bodies.accepts(kind.acts["create"], like):
            exchange, made = stage.try_create(kind, like)
            stage.expect(
                made is not None,
                f"the {name} {value!r} is another than {body[name]!r}",
                f"status {exchange.status}",
                first.exchange,
                exchange,
                about="like",
            )


def crowd(stage: CheckContext, kind: CheckedResource) -> None:
    """Items that are created at the same time are all there, each once, each with its own id."""
    if not shows_id(stage, kind):
        stage.create(kind)
    made, exchanges = _together(stage, kind, min([CROWD, *_room(stage, kind)]))
    if _asked_for(kind, made) < len(made):
        raise CannotBuildRequest("the client calls items alike")
    seen = [str(each.id) for each in made]
    counts = Counter(str(e.status) for e in exchanges)
    stage.expect(
        len(made) == len(exchanges),
        "requests at the same time are all accepted",
        f"{dict(counts)}",
        *exchanges,
        about="accepted",
    )
    stage.expect(
        len(set(seen)) == len(seen),
        "every item has an id of its own",
        f"{len(seen) - len(set(seen))} are shared",
        *exchanges,
        about="ids",
    )
    if kind.can("list"):
        items, asked = stage.walk(made[0] if made else kind)
        listed = Counter(ids(kind, items))
        stage.expect(
            all(listed[id] == 1 for id in seen),
            "each is in the list once",
            f"{len(seen)} were created, {sum(listed[id] == 1 for id in seen)} are listed once",
            *exchanges,
            *asked,
            about="listed",
        )
    for each in made if kind.can("get") else ():
        shown = stage.item(kind.acts["get"], stage.get(each))
        mixed = [
            n
            for n, v in each.sent.items()
            if n in shown
            and isinstance(v, str)
            and n not in unchangeable(kind)
            and not covers(shown[n], v)
            and n in showable(stage, kind, kind.acts["get"])
        ]
        stage.expect(not mixed, "each is what its own request said", f"{mixed} differ", each.exchange, about="mixed")


def _room(stage: CheckContext, kind: CheckedResource) -> list[int]:
    held = len(stage.walk(kind)[0]) if kind.can("list") and kind.resource.capacity else 0
    return [max(said.limit - held, 1) for said in kind.resource.capacity]


def _together(
    stage: CheckContext, kind: CheckedResource, count: int
) -> tuple[list[CreatedItem], list[RecordedExchange]]:
    act = kind.acts["create"]
    path = stage.parents(kind, stage.main)
    bodies = [stage.body(kind) for _ in range(count)]
    exchanges = stage.together(act.operation, bodies, path)
    found = [stage.made(kind, e, body, stage.main, path) for e, body in zip(exchanges, bodies, strict=True)]
    return [made for made in found if made is not None], exchanges


def crowded(stage: CheckContext, kind: CheckedResource, statement: Capacity) -> None:
    """Requests at the same time do not get over the limit together."""
    if statement.limit > 120:
        raise CannotBuildRequest(f"{statement.limit} items would be needed")
    held = len(stage.walk(kind)[0])
    for _ in range(held, statement.limit - 2):
        stage.create(kind)
    made, exchanges = _together(stage, kind, CROWD)
    room = min(statement.limit - held, 2)
    counts = Counter(e.status for e in exchanges)
    stage.expect(
        len(made) == room,
        f"with room for {room}, {room} of {CROWD} requests at the same time are accepted",
        f"{dict(counts)}",
        *exchanges,
    )


def crowded_unique(stage: CheckContext, kind: CheckedResource, statement: Unique) -> None:
    """Of requests at the same time for the same unique value one is accepted."""
    body = stage.body(kind, full=True)
    values = {name: body[name] for name in statement.fields if name in body}
    act = kind.acts["create"]
    bodies = [stage.body(kind) | values for _ in range(CROWD)]
    path = stage.parents(kind, stage.main)
    exchanges = stage.together(act.operation, bodies, path)
    made = [stage.made(kind, e, b, stage.main, path) for e, b in zip(exchanges, bodies, strict=True)]
    accepted = sum(each is not None for each in made)
    stage.expect(accepted == 1, "one of the requests is accepted", f"{accepted} are", *exchanges)


def no_lost_update(stage: CheckContext, kind: CheckedResource) -> None:
    """Changes of different fields at the same time are all kept."""
    act = kind.acts["update"]
    if act.behaviour.action and act.behaviour.action.patch == "json-patch":
        raise CannotBuildRequest("JSON Patch names paths, not fields")
    made = stage.create(kind, stage.body(kind, full=not kind.acts["create"].may_refuse))
    shows = showable(stage, kind, kind.acts["get"])
    wanted: dict[str, Any] = {}
    for name in stage.bodies.properties(act):
        value = stage.bodies.other(act, name, made.sent.get(name), stage.check) if name in made.sent else None
        if (
            value is not None
            and name in shows
            and name not in unchangeable(kind)
            and stage.bodies.accepts(act, {name: value})
        ):
            wanted[name] = value
    if len(wanted) < 2:
        raise CannotBuildRequest("fewer than two fields can be changed")
    for _ in range(2):
        requests = [
            (stage.request(act.operation, who=stage.main, path=made.path, body={n: v}), stage.main)
            for n, v in wanted.items()
        ]
        exchanges = stage.target.together(requests)
        broken = [e.status for e in exchanges if e.status >= 500]
        stage.expect(not broken, "changes at the same time are no server error", f"{broken}", *exchanges, about="error")
        if any(e.status >= 300 for e in exchanges):
            raise CannotBuildRequest(f"{act.name} refuses one of the changes")
    seen = stage.get(made)
    after = stage.item(kind.acts["get"], seen)
    lost = [name for name, value in wanted.items() if not covers(after.get(name), value)]
    stage.expect(
        not lost,
        "changes of different fields at the same time are all kept",
        f"{', '.join(lost)} lost",
        made.exchange,
        *exchanges,
        seen,
    )


def update_or_delete(stage: CheckContext, kind: CheckedResource) -> None:
    """Of a change and a deletion at the same time the deletion wins: what was removed does not come back."""
    act, remove = kind.acts["update"], kind.acts["delete"]
    for first in (True, False):
        made = stage.create(kind)
        name, value = change_of(stage, kind, act, made)
        requests = [
            (stage.request(act.operation, who=stage.main, path=made.path, body={name: value}), stage.main),
            (stage.request(remove.operation, who=stage.main, path=made.path), stage.main),
        ]
        exchanges = stage.target.together(requests if first else requests[::-1])
        deleted = exchanges[1 if first else 0]
        stage.expect(
            all(e.status < 500 for e in exchanges),
            "no server error",
            f"{[e.status for e in exchanges]}",
            *exchanges,
            about="error",
        )
        if deleted.status < 300:
            seen = stage.get(made)
            stage.expect(
                seen.status in GONE,
                "what was removed stays removed",
                f"status {seen.status}",
                made.exchange,
                *exchanges,
                seen,
                about="revived",
            )


def twins(stage: CheckContext, kind: CheckedResource) -> None:
    """Two items may agree in everything, unless it is said that they may not."""
    act = kind.acts["create"]
    body = stage.body(kind)
    first = stage.create(kind, body)
    exchange, second = stage.try_create(kind, body)
    explained = any(r.status == "409" for r in act.operation.responses) and not kind.resource.capacity
    stage.expect(
        exchange.status < 300 or act.may_refuse or explained,
        "a second item like the first is accepted, since nothing is said against it",
        f"status {exchange.status}",
        first.exchange,
        exchange,
        about="accepted",
    )
    if second is not None:
        stage.expect(
            second.id != first.id,
            "the second item is another one",
            f"the id {second.id} again",
            first.exchange,
            exchange,
            about="id",
        )


def _alike(contract: Contract) -> Iterator[Place]:
    for kind in checked_resources(contract).values():
        if kind.can("create") and not kind.resource.unique and not kind.client_named:
            act = kind.acts["create"]
            yield (
                act.name,
                StatementRef(
                    act.name, "http", "inferred", "the document", "Nothing is said of values that no two items share."
                ),
                (kind,),
            )


def one_delete(stage: CheckContext, kind: CheckedResource) -> None:
    """Of deletions at the same time none breaks the server, and the item is gone."""
    made = stage.create(kind)
    act = kind.acts["delete"]
    request = stage.request(act.operation, who=stage.main, path=made.path)
    exchanges = [stage.judge(act.operation, e) for e in stage.target.together([(request, stage.main)] * CROWD)]
    counts = Counter(e.status for e in exchanges)
    stage.expect(
        all(e.status < 500 for e in exchanges), "no server error", f"{dict(counts)}", *exchanges, about="error"
    )
    stage.expect(
        any(e.status < 300 for e in exchanges), "one deletion succeeds", f"{dict(counts)}", *exchanges, about="one"
    )
    seen = stage.get(made) if kind.can("get") else None
    if seen is not None:
        stage.expect(seen.status in GONE, "the item is gone", f"status {seen.status}", *exchanges, seen, about="gone")


def rate_limit(stage: CheckContext, kind: CheckedResource, statement: RateLimit) -> None:
    """Replies count down, and one request too many is refused and told when to come again."""
    if statement.requests > AFFORDABLE or (not stage.target.in_process and stage.mode != "campaign"):
        raise CannotBuildRequest(f"{statement.requests} requests in {statement.window:g} s would be needed")
    who = next((i for i in reversed(stage.able)), stage.main)
    stage.target.pause(statement.window + 1)
    replies = [stage.send(kind.acts["list"], who=who, once=True)]
    while replies[-1].status != 429 and len(replies) <= statement.requests:
        replies.append(stage.send(kind.acts["list"], who=who, once=True))
    accepted = [each for each in replies if each.status != 429]
    stage.expect(
        len(accepted) == statement.requests,
        f"{statement.requests} requests in {statement.window:g} s, then 429",
        f"{len(accepted)} were answered",
        replies[-1],
        about="count",
    )
    _told(stage, statement, accepted, replies[-1])
    if replies[-1].status == 429:
        matches_error(stage, "too-many", replies[-1])
        _counted_apart(stage, kind, statement, who, replies[-1])
        stage.target.pause(statement.window + 1)
        again = stage.send(kind.acts["list"], who=who, once=True)
        stage.expect(
            again.status == 200,
            "after the window requests are answered again",
            f"status {again.status}",
            replies[-1],
            again,
            about="again",
        )


def _counted_apart(
    stage: CheckContext, kind: CheckedResource, statement: RateLimit, who: User, refused: RecordedExchange
) -> None:
    """What is said to be counted by itself is not refused with the rest."""
    others = [i for i in stage.able if i.secret != who.secret and i.tenant != who.tenant]
    if others and {"credential", "tenant"} & set(statement.per):
        seen = stage.send(kind.acts["list"], who=others[0], once=True)
        stage.expect(
            seen.status != 429,
            f"requests are counted by {' and '.join(statement.per)}",
            "another one's are refused, too",
            refused,
            seen,
            about="apart",
        )
    elsewhere = next(
        (
            k.acts["list"]
            for k in stage.tools.kinds.values()
            if k.can("list") and k.name != kind.name and not k.resource.parent
        ),
        None,
    )
    if "path" in statement.per and elsewhere is not None:
        seen = stage.send(elsewhere, who=who, once=True)
        stage.expect(
            seen.status != 429,
            "requests are counted by path",
            f"those of {elsewhere.name} are refused, too",
            refused,
            seen,
            about="paths",
        )


def _told(
    stage: CheckContext, statement: RateLimit, accepted: Sequence[RecordedExchange], refused: RecordedExchange
) -> None:
    names = statement.headers
    if "limit" in names:
        seen = {each.header(names["limit"]) for each in accepted}
        stage.expect(
            seen == {str(statement.requests)},
            f"{names['limit']}: {statement.requests} in every reply",
            repr(seen),
            accepted[0],
            about="limit",
        )
    if "remaining" in names:
        counted = [each.header(names["remaining"]) for each in accepted]
        wanted = [str(n) for n in range(statement.requests - 1, -1, -1)]
        stage.expect(
            counted == wanted,
            f"{names['remaining']} counts down to 0",
            f"{counted[:3]}…{counted[-2:]}",
            *accepted[:2],
            about="remaining",
        )
    if "reset" in names:
        stage.expect(
            all((each.header(names["reset"]) or "").isdigit() for each in accepted),
            f"{names['reset']} in Unix seconds",
            repr(accepted[0].header(names["reset"])),
            accepted[0],
            about="reset",
        )
    if "retry-after" in names and refused.status == 429:
        stage.expect(
            (refused.header(names["retry-after"]) or "").isdigit(),
            f"{names['retry-after']} in the refusal",
            repr(refused.header(names["retry-after"])),
            refused,
            about="retry-after",
        )


def _rate_places(contract: Contract) -> Any:
    said = contract.behaviour.service.rate_limit
    for kind in checked_resources(contract).values():
        if said is not None and kind.can("list"):
            place: Place = (kind.acts["list"].name, StatementRef.of("service", "rate-limit", said), (kind, said))
            yield place
            return


TOGETHER = "RFC 9110 section 9.2 (what a request asks for does not depend on who else asks)"

PROMISES = (
    Check("identity", ("identity",), law("create", source="RFC 3986 section 1.1 (an identifier identifies)"),
            lambda stage, kind: identity(stage, kind, kind.resource.identity)),
    Check("capacity", ("capacity",), stated("capacity", "create", "list"), capacity),
    Check("unique", ("unique",), stated("unique", "create"), unique),
    Check("crowd", (), law("create", source=TOGETHER), crowd),
    Check("crowded-capacity", ("capacity",), stated("capacity", "create", "list"), crowded),
    Check("crowded-unique", ("unique",), stated("unique", "create"), crowded_unique),
    Check("lost-update", (), law("update", "create", "get", source=TOGETHER), no_lost_update),
    Check("update-or-delete", (), law("update", "create", "get", "delete", source=TOGETHER), update_or_delete),
    Check("twins", (), _alike, twins),
    Check("crowded-delete", (), law("delete", "create", source=TOGETHER), one_delete),
    Check("rate-limit", ("rate-limit",), _rate_places, rate_limit, quick=False, late=True),
)  # fmt: skip
