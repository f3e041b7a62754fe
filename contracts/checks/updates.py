"""Promises about changes: what is named is changed, what is not named stays, and PUT replaces the whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.checks.item_view import always_shown, changing, covers, meant, showable, shows_null, unchangeable
from contracts.checks.read_your_writes import WRITES, echoed
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.runner.check import Check, law
from contracts.runner.context import CheckContext


def updated(stage: CheckContext, kind: CheckedResource) -> None:
    """A changed field is changed for every reader, and only that one."""
    act = kind.acts["update"]
    for name in stage.bodies.properties(act):
        if name not in unchangeable(kind):
            _change(stage, kind, act, name)


def together(stage: CheckContext, kind: CheckedResource) -> None:
    """All fields that one change names are changed."""
    act = kind.acts["update"]
    made = stage.create(kind, stage.body(kind, full=not kind.acts["create"].may_refuse))
    shows = showable(stage, kind, kind.acts["get"])
    wanted: dict[str, Any] = {}
    for name in stage.bodies.properties(act):
        if name in shows and name in made.sent and name not in unchangeable(kind):
            value = stage.bodies.other(act, name, made.sent[name], f"{stage.check}/{name}")
            if value is not None and stage.bodies.accepts(act, wanted | {name: value}):
                wanted[name] = value
    if len(wanted) < 2:
        raise CannotBuildRequest("fewer than two fields can be changed")
    changed = stage.update(made, wanted)
    if changed.status >= 300:
        raise CannotBuildRequest(f"{act.name} answers {changed.status} to a change of {', '.join(wanted)}")
    seen = stage.get(made)
    after = stage.item(kind.acts["get"], seen)
    lost = [name for name, value in wanted.items() if not covers(after.get(name), value)]
    stage.expect(
        not lost, f"{', '.join(wanted)} are all changed", f"{', '.join(lost)} stayed", made.exchange, changed, seen
    )


def _change(stage: CheckContext, kind: CheckedResource, act: ResourceOperation, name: str) -> None:
    made = stage.create(kind, stage.body(kind, full=not kind.acts["create"].may_refuse))
    before = stage.item(kind.acts["get"], stage.get(made))
    present = before.get(name, made.sent.get(name))
    another = stage.bodies.other(act, name, present, f"{stage.check}/{name}")
    values = [] if another is None else [another]
    if stage.bodies.accepts(act, {name: None}) and present is not None and shows_null(stage, kind, name):
        values.append(None)
    for value in values:
        if value is None and (present is None or name in act.filled):
            continue
        body = changing(stage, act, made.sent, name, value)
        if body is None:
            continue
        changed = stage.update(made, body)
        if not 200 <= changed.status < 300:
            if not act.may_refuse:
                stage.breach(
                    f"a valid change of {name} is accepted",
                    f"status {changed.status}",
                    made.exchange,
                    changed,
                    about=f"{name} accepted",
                )
            continue
        seen = stage.get(made)
        after = stage.item(kind.acts["get"], seen)
        if name in showable(stage, kind, kind.acts["get"]):
            stage.expect(
                name in after and covers(after[name], value),
                f"{name} as it was changed: {value!r}",
                f"{after.get(name, 'nothing')!r}",
                made.exchange,
                changed,
                seen,
                about=name,
            )
            _told(stage, kind, act, name, value, changed, made)
        _rest(stage, kind, made, before, after, name, (made.exchange, changed, seen))
        _listed_so(stage, kind, made, name, after, (made.exchange, changed))
        before = after


def _listed_so(
    stage: CheckContext, kind: CheckedResource, made: CreatedItem, name: str, after: Mapping[str, Any], history: Any
) -> None:
    """A list shows the change as the item itself does."""
    if not kind.can("list"):
        return
    items, asked = stage.walk(made)
    shown = next((i for i in items if str(i.get(kind.resource.identity.field)) == str(made.id)), {})
    stage.expect(
        shown.get(name, after.get(name)) == after.get(name),
        f"the list shows the new {name}: {after.get(name)!r}",
        repr(shown.get(name)),
        *history,
        *asked,
        about=f"listed {name}",
    )


def _told(
    stage: CheckContext,
    kind: CheckedResource,
    act: ResourceOperation,
    name: str,
    value: Any,
    changed: Any,
    made: CreatedItem,
) -> None:
    item = stage.item(act, changed)
    if act.place("item") is not None and name in showable(stage, kind, act):
        stage.expect(
            name in item and covers(item[name], value),
            f"the reply shows the new {name}: {value!r}",
            f"{item.get(name, 'nothing')!r}",
            made.exchange,
            changed,
            about=f"reply {name}",
        )


def _rest(
    stage: CheckContext,
    kind: CheckedResource,
    made: CreatedItem,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    name: str,
    exchanges: Any,
) -> None:
    """All other fields that clients set, the id and the time of creation stay."""
    times = kind.resource.timestamps
    kept = {*made.sent, kind.resource.identity.field, *((times.created,) if times else ())}
    if not kind.acts["update"].may_refuse:
        kept |= set(stage.bodies.properties(kind.acts["create"]))
    derived = {n for said in kind.resource.derived for n in said.fields}
    for other in sorted(kept & before.keys() - {name} - derived - kind.governed):
        stage.expect(
            after.get(other) == before[other],
            f"{other} stays {before[other]!r} when {name} changes",
            repr(after.get(other)),
            *exchanges,
            about=f"kept {other}",
        )


def nothing_changes(stage: CheckContext, kind: CheckedResource) -> None:
    """An update that names no field changes none."""
    act = kind.acts["update"]
    made = stage.create(kind, stage.body(kind, full=not kind.acts["create"].may_refuse))
    if not stage.bodies.accepts(act, {}):
        return
    before = stage.item(kind.acts["get"], stage.get(made))
    changed = stage.update(made, {})
    if 200 <= changed.status < 300:
        seen = stage.get(made)
        _rest(stage, kind, made, before, stage.item(kind.acts["get"], seen), "", (made.exchange, changed, seen))
    elif not act.may_refuse:
        said = StatementRef(
            act.name, "schema", "inferred", "the document's schema of the request", "It requires no field."
        )
        stage.breach(
            "a change that names no field is accepted, as its schema says",
            f"status {changed.status}",
            made.exchange,
            changed,
            about="accepted",
            said=said,
        )


def replaced(stage: CheckContext, kind: CheckedResource) -> None:
    """PUT replaces the whole item (RFC 9110 section 9.3.4); sending it again changes nothing more."""
    act = kind.acts["replace"]
    made = stage.create(kind, _unusual(stage, kind))
    before = stage.item(kind.acts["get"], stage.get(made))
    count = len(stage.walk(made)[0]) if kind.can("list") else 0
    body = _slim(stage, kind, act, made)
    first = stage.send(act, path=made.path, body=body)
    if not stage.expect(
        200 <= first.status < 300,
        "a valid replacement is accepted",
        f"status {first.status}",
        made.exchange,
        first,
        about="accepted",
    ):
        return
    seen = stage.get(made)
    item = stage.item(kind.acts["get"], seen)
    history = (made.exchange, first, seen)
    echoed(stage, kind, kind.acts["get"], seen, body, made)
    kept = (
        body.keys()
        | kind.settled
        | unchangeable(kind)
        | always_shown(stage, kind.acts["get"])
        | always_shown(stage, act)
    )
    for name in (made.sent.keys() & item.keys()) - kept:
        stage.expect(
            item[name] != made.sent[name] or item[name] in _natural(stage, act, name),
            f"{name}, which the replacement leaves out, is not kept",
            repr(item[name]),
            *history,
            about=f"dropped {name}",
        )
    _stays(stage, kind, before, item, history)
    if kind.can("list"):
        items, asked = stage.walk(made)
        stage.expect(
            len(items) == count,
            "replacing makes no further item",
            f"{len(items)} instead of {count}",
            *history,
            *asked,
            about="count",
        )
    stage.send(act, path=made.path, body=body)
    again = stage.get(made)
    _rest_after(stage, kind, item, stage.item(kind.acts["get"], again), (made.exchange, first, seen, again))


def _unusual(stage: CheckContext, kind: CheckedResource) -> dict[str, Any]:
    """A body whose values are no defaults, so that what is kept by mistake shows."""
    act = kind.acts["create"]
    body = stage.body(kind, full=True)
    for name, pointer in stage.bodies.properties(act).items():
        default = stage.contract.schemas.keyword(pointer, "default")
        if default is not None and body.get(name) == default:
            other = stage.bodies.other(act, name, default, stage.check)
            body |= {name: other} if other is not None and stage.bodies.accepts(act, body | {name: other}) else {}
    return body


def _slim(stage: CheckContext, kind: CheckedResource, act: ResourceOperation, made: CreatedItem) -> dict[str, Any]:
    """A replacement with what is required and nothing else."""
    body = stage.bodies.least(act, f"{stage.check}/put")
    if body is None:
        raise CannotBuildRequest(f"no valid body can be made for {act.name}")
    for name in list(body):
        slim = {key: value for key, value in body.items() if key != name}
        body = slim if stage.bodies.accepts(act, slim) else body
    return meant(stage, kind, act, stage.bodies.marked(act, kind, body, stage.tools.mark()), made)


def _stays(
    stage: CheckContext, kind: CheckedResource, before: Mapping[str, Any], after: Mapping[str, Any], history: Any
) -> None:
    times = kind.resource.timestamps
    for name in (kind.resource.identity.field, *((times.created,) if times else ())):
        if name in before:
            stage.expect(
                after.get(name) == before[name],
                f"{name} stays when the item is replaced",
                repr(after.get(name)),
                *history,
                about=f"{name} stays",
            )


def _natural(stage: CheckContext, act: ResourceOperation, name: str) -> tuple[Any, ...]:
    pointer = stage.bodies.properties(act).get(name)
    return (stage.contract.schemas.keyword(pointer, "default") if pointer else None, None, [], "", 0, False)


def _rest_after(
    stage: CheckContext, kind: CheckedResource, item: Mapping[str, Any], after: Mapping[str, Any], exchanges: Any
) -> None:
    moving = {kind.resource.timestamps.updated} if kind.resource.timestamps else set()
    for name in item.keys() - moving:
        stage.expect(
            after.get(name) == item[name],
            f"PUT sent twice is PUT sent once (RFC 9110 section 9.2.2): {name}",
            repr(after.get(name)),
            *exchanges,
            about="idempotent",
        )


PROMISES = (
    Check("update", ("action",), law("update", "create", "get", source=WRITES, text="A change is kept, and only it."),
            updated),
    Check("update-together", ("action",), law("update", "create", "get", source=WRITES), together),
    Check("empty-update", ("action",), law("update", "create", "get", source=WRITES), nothing_changes),
    Check("replace", ("action",), law("replace", "create", "get", source="RFC 9110 section 9.3.4"), replaced),
)  # fmt: skip
