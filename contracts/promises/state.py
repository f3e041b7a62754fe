"""Promises of every service that remembers: what was written is read, what was removed is gone, the rest stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.capabilities import Act, Kind
from contracts.finding import Said
from contracts.promise import Promise, law
from contracts.stage import MISSING, Made, Stage, Unable

GONE = (404, 410)
"""Statuses of something that is not there (RFC 9110 sections 15.5.5 and 15.5.11)."""

WRITES = "RFC 9110 section 9.3 (a request that was answered with success took effect)"
ERASES = "RFC 9110 section 9.3.5 (DELETE removes the association of the address with its function)"
NOT_FOUND = "RFC 9110 section 15.5.5 (404 for what is not there)"


def created(stage: Stage, kind: Kind) -> None:
    """A valid create request is accepted, and its reply shows what was sent."""
    for full in (False, True):
        body = stage.body(kind, full=full)
        exchange, made = stage.try_create(kind, body)
        accepted = 200 <= exchange.status < 300
        if full and not accepted and kind.acts["create"].may_refuse:
            continue  # fields that do not go together by a rule of the vendor
        if not stage.expect(accepted, "a valid request is accepted", f"status {exchange.status}", exchange,
                            about="accepted"):  # fmt: skip
            continue
        if stage.expect(made is not None, "the reply says the id of the new item", "no id", exchange, about="id"):
            _echoed(stage, kind, kind.acts["create"], exchange, body)


def read_back(stage: Stage, kind: Kind) -> None:
    """What was created is found under its id, as it was sent."""
    for full in (False, True):
        body = stage.body(kind, full=full)
        _, made = stage.try_create(kind, body)
        if made is None:
            continue
        seen = stage.get(made)
        if stage.expect(seen.status == 200, "the new item is found", f"status {seen.status}", made.exchange, seen,
                        about="found"):  # fmt: skip
            item = stage.item(kind.acts["get"], seen)
            field = kind.resource.identity.field
            stage.expect(str(item.get(field, made.id)) == str(made.id), f"the item {made.id}",
                         f"{field} {item.get(field)}", made.exchange, seen, about="id")  # fmt: skip
            _echoed(stage, kind, kind.acts["get"], seen, body, made)
            _same(stage, kind, made, item, seen)


def _echoed(stage: Stage, kind: Kind, act: Act, seen: Any, body: Mapping[str, Any], made: Made | None = None) -> None:
    item = stage.item(act, seen)
    shows = showable(stage, kind, act)
    for name, value in body.items():
        if name in shows and name not in kind.settled | kind.secret | act.governed:
            history = (made.exchange, seen) if made else (seen,)
            stage.expect(name in item and covers(item[name], value), f"{name} as it was sent: {value!r}",
                         f"{item.get(name, 'nothing')!r}", *history, about=name)  # fmt: skip


def _same(stage: Stage, kind: Kind, made: Made, item: Mapping[str, Any], seen: Any) -> None:
    """The create reply and the item agree in what does not move by itself."""
    times = kind.resource.timestamps
    for name in (times.created,) if times else ():
        if name in made.item and name in item:
            stage.expect(made.item[name] == item[name], f"{name} as the create reply showed it: {made.item[name]!r}",
                         repr(item[name]), made.exchange, seen, about=name)  # fmt: skip


def listed(stage: Stage, kind: Kind) -> None:
    """What was created is in the list once, as it is shown alone."""
    made = [stage.create(kind, stage.body(kind, full=i == 2)) for i in range(3)]
    field = kind.resource.identity.field
    items, asked = stage.walk(made[-1])
    for each in made:
        found = [item for item in items if str(item.get(field)) == str(each.id)]
        stage.expect(
            len(found) == 1,
            "every new item is in the list once",
            f"{len(found)} times",
            each.exchange,
            *asked,
            about="once",
        )
        if found and kind.can("get"):
            _agrees(stage, kind, each, found[0], asked)


def _agrees(stage: Stage, kind: Kind, made: Made, shown: Mapping[str, Any], asked: list[Any]) -> None:
    seen = stage.get(made)
    alone = stage.item(kind.acts["get"], seen)
    for name in shown.keys() & alone.keys():
        stage.expect(shown[name] == alone[name], f"{name} in the list as alone: {alone[name]!r}", repr(shown[name]),
                     made.exchange, seen, *asked, about=name)  # fmt: skip


def updated(stage: Stage, kind: Kind) -> None:
    """A changed field is changed for every reader, and only that one."""
    act = kind.acts["update"]
    for name in stage.bodies.properties(act):
        if name not in unchangeable(kind):
            _change(stage, kind, act, name)


def _change(stage: Stage, kind: Kind, act: Act, name: str) -> None:
    made = stage.create(kind, stage.body(kind, full=not kind.acts["create"].may_refuse))
    before = stage.item(kind.acts["get"], stage.get(made))
    present = before.get(name, made.sent.get(name))
    values = [stage.bodies.other(act, name, present, f"{stage.check}/{name}")]
    if stage.bodies.accepts(act, {name: None}) and present is not None:
        values.append(None)
    for value in values:
        if value is None and (present is None or name in act.filled):
            continue
        changed = stage.update(made, {name: value})
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
            stage.expect(name in after and covers(after[name], value), f"{name} as it was changed: {value!r}",
                         f"{after.get(name, 'nothing')!r}", made.exchange, changed, seen, about=name)  # fmt: skip
            _told(stage, kind, act, name, value, changed, made)
        _rest(stage, kind, made, before, after, name, (made.exchange, changed, seen))
        _listed_so(stage, kind, made, name, after, (made.exchange, changed))
        before = after


def _listed_so(stage: Stage, kind: Kind, made: Made, name: str, after: Mapping[str, Any], history: Any) -> None:
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


def _told(stage: Stage, kind: Kind, act: Act, name: str, value: Any, changed: Any, made: Made) -> None:
    item = stage.item(act, changed)
    if act.place("item") is not None and name in showable(stage, kind, act):
        stage.expect(name in item and covers(item[name], value), f"the reply shows the new {name}: {value!r}",
                     f"{item.get(name, 'nothing')!r}", made.exchange, changed, about=f"reply {name}")  # fmt: skip


def _rest(stage: Stage, kind: Kind, made: Made, before: Mapping[str, Any], after: Mapping[str, Any], name: str,
          exchanges: Any) -> None:  # fmt: skip
    """All other fields that clients set, the id and the time of creation stay."""
    times = kind.resource.timestamps
    kept = {*made.sent, kind.resource.identity.field, *((times.created,) if times else ())}
    if not kind.acts["update"].may_refuse:
        kept |= set(stage.bodies.properties(kind.acts["create"]))
    derived = {n for said in kind.resource.derived for n in said.fields}
    for other in sorted(kept & before.keys() - {name} - derived - kind.governed):
        stage.expect(after.get(other) == before[other], f"{other} stays {before[other]!r} when {name} changes",
                     repr(after.get(other)), *exchanges, about=f"kept {other}")  # fmt: skip


def nothing_changes(stage: Stage, kind: Kind) -> None:
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
        said = Said(act.name, "schema", "inferred", "the document's schema of the request", "It requires no field.")
        stage.breach("a change that names no field is accepted, as its schema says", f"status {changed.status}",
                     made.exchange, changed, about="accepted", said=said)  # fmt: skip


def others_stay(stage: Stage, kind: Kind) -> None:
    """Changing or removing one item leaves the others as they are."""
    kept, changed, removed = (stage.create(kind) for _ in range(3))
    act = kind.acts.get("update")
    before = stage.item(kind.acts["get"], stage.get(kept))
    done = []
    if act is not None:
        names = [n for n in stage.bodies.properties(act) if n in changed.sent and n not in unchangeable(kind)]
        for name in names[:2]:
            value = stage.bodies.other(act, name, changed.sent[name], stage.check)
            done.append(stage.update(changed, {name: value}))
    if kind.can("delete"):
        done.append(stage.delete(removed))
    seen = stage.get(kept)
    stage.expect(seen.status == 200 and stage.item(kind.acts["get"], seen) == before, "another item is untouched",
                 f"status {seen.status}: {stage.item(kind.acts['get'], seen)}", kept.exchange, *done, seen)  # fmt: skip
    if kind.can("delete") and act is not None:
        still = stage.get(changed)
        stage.expect(still.status == 200, "an item is there until it is removed itself", f"status {still.status}",
                     changed.exchange, *done, still, about="removed")  # fmt: skip


def replaced(stage: Stage, kind: Kind) -> None:
    """PUT replaces the whole item (RFC 9110 section 9.3.4); sending it again changes nothing more."""
    act = kind.acts["replace"]
    made = stage.create(kind, _unusual(stage, kind))
    before = stage.item(kind.acts["get"], stage.get(made))
    count = len(stage.walk(made)[0]) if kind.can("list") else 0
    body = _slim(stage, kind, act, made)
    first = stage.send(act, path=made.path, body=body)
    if not stage.expect(200 <= first.status < 300, "a valid replacement is accepted", f"status {first.status}",
                        made.exchange, first, about="accepted"):  # fmt: skip
        return
    seen = stage.get(made)
    item = stage.item(kind.acts["get"], seen)
    history = (made.exchange, first, seen)
    _echoed(stage, kind, kind.acts["get"], seen, body, made)
    for name in (made.sent.keys() & item.keys()) - body.keys() - kind.settled - unchangeable(kind):
        stage.expect(item[name] != made.sent[name] or item[name] in _natural(stage, act, name),
                     f"{name}, which the replacement leaves out, is not kept", repr(item[name]), *history,
                     about=f"dropped {name}")  # fmt: skip
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


def _unusual(stage: Stage, kind: Kind) -> dict[str, Any]:
    """A body whose values are no defaults, so that what is kept by mistake shows."""
    act = kind.acts["create"]
    body = stage.body(kind, full=True)
    for name, pointer in stage.bodies.properties(act).items():
        default = stage.contract.schemas.keyword(pointer, "default")
        if default is not None and body.get(name) == default:
            other = stage.bodies.other(act, name, default, stage.check)
            body |= {name: other} if other is not None and stage.bodies.accepts(act, body | {name: other}) else {}
    return body


def _slim(stage: Stage, kind: Kind, act: Act, made: Made) -> dict[str, Any]:
    """A replacement with what is required and nothing else."""
    body = stage.bodies.least(act, f"{stage.check}/put")
    if body is None:
        raise Unable(f"no valid body can be made for {act.name}")
    for name in list(body):
        slim = {key: value for key, value in body.items() if key != name}
        body = slim if stage.bodies.accepts(act, slim) else body
    field = kind.resource.identity.field
    return stage.bodies.marked(act, kind, body, stage.tools.mark()) | ({field: made.id} if field in body else {})


def _stays(stage: Stage, kind: Kind, before: Mapping[str, Any], after: Mapping[str, Any], history: Any) -> None:
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


def _natural(stage: Stage, act: Act, name: str) -> tuple[Any, ...]:
    pointer = stage.bodies.properties(act).get(name)
    return (stage.contract.schemas.keyword(pointer, "default") if pointer else None, None, [], "", 0, False)


def _rest_after(stage: Stage, kind: Kind, item: Mapping[str, Any], after: Mapping[str, Any], exchanges: Any) -> None:
    moving = {kind.resource.timestamps.updated} if kind.resource.timestamps else set()
    for name in item.keys() - moving:
        stage.expect(after.get(name) == item[name], f"PUT sent twice is PUT sent once (RFC 9110 section 9.2.2): {name}",
                     repr(after.get(name)), *exchanges, about="idempotent")  # fmt: skip


def deleted(stage: Stage, kind: Kind) -> None:
    """A removed item is gone for reading, listing, changing and removing; its neighbour stays."""
    neighbour, made = stage.create(kind), stage.create(kind)
    removed = stage.delete(made)
    if not stage.expect(200 <= removed.status < 300, "an item of ours can be removed", f"status {removed.status}",
                        made.exchange, removed, about="accepted"):  # fmt: skip
        return
    history = (made.exchange, removed)
    for name, act in kind.acts.items():
        if name in ("get", "delete") or (name == "update" or (name == "replace" and not _upserts(act))):
            body = MISSING if name in ("get", "delete") else _some(stage, act)
            seen = stage.send(act, path=made.path, body=body)
            stage.expect(seen.status in GONE, f"404 from {act.name} for a removed item", f"status {seen.status}",
                         *history, seen, about=name)  # fmt: skip
    if kind.can("list"):
        items, asked = stage.walk(neighbour)
        ids = [str(item.get(kind.resource.identity.field)) for item in items]
        stage.expect(str(made.id) not in ids, "a removed item is in no list", "it is", *history, *asked, about="list")
        stage.expect(
            str(neighbour.id) in ids, "its neighbour still is", "it is not", *history, *asked, about="neighbour"
        )


def _upserts(act: Act) -> bool:
    return bool(act.behaviour.action and act.behaviour.action.upsert)


def _some(stage: Stage, act: Act) -> Any:
    """A valid body for a change."""
    body = stage.bodies.least(act, stage.check)
    return body if body is not None else {}


def missing(stage: Stage, kind: Kind) -> None:
    """An id that never was is not found by any operation."""
    known = stage.create(kind) if kind.can("create") else None
    parameter = kind.resource.identity.parameter
    for name in ("get", "update", "replace", "delete"):
        act = kind.acts.get(name)
        if act is None or parameter not in "".join(act.operation.path) or (name == "replace" and _upserts(act)):
            continue
        for id in _never(stage, act, parameter, known):
            path = {**(known.path if known else {}), parameter: id}
            body = MISSING if name in ("get", "delete") else _some(stage, act)
            seen = stage.send(act, path=path, body=body)
            stage.expect(seen.status in GONE, f"404 from {act.name} for an id that never was", f"status {seen.status}",
                         seen, about=name)  # fmt: skip


def _never(stage: Stage, act: Act, parameter: str, known: Made | None) -> Iterator[Any]:
    """Ids of the right form that nobody was given: one that looks like a real one, and one of the schema."""
    if known is not None and isinstance(known.id, str) and known.id:
        turned = "".join(_turned(c) for c in known.id[-6:])
        yield known.id[:-6] + turned
    elif known is not None and isinstance(known.id, int):
        yield known.id + 1_000_003


def _turned(character: str) -> str:
    """Another character of the same class, so that the id keeps its form."""
    if character.isdigit():
        return str((int(character) + 5) % 10)
    if character.lower() in "abcdef":
        return {"a": "b", "b": "c", "c": "d", "d": "e", "e": "f", "f": "a"}[character.lower()]
    return character if not character.isalpha() else ("q" if character != "q" else "p")


def showable(stage: Stage, kind: Kind, act: Act) -> frozenset[str]:
    """The fields that a success reply's item has by the document, without secrets."""
    response = (
        act.operation.response(act.behaviour.reply.status)
        if act.behaviour.reply and act.behaviour.reply.status
        else None
    )
    response = response or act.operation.success()
    media = next((m for m in response.content if "json" in m.name), None) if response else None
    path, deep = act.place("items"), True
    if path is None:
        path, deep = act.place("item"), False
    if media is None or media.schema is None or path is None:
        return frozenset()
    pointer = stage.contract.schemas.below(media.schema, (*path, 0) if deep else path)
    return frozenset(stage.contract.schemas.properties(pointer) if pointer else ()) - kind.secret


def unchangeable(kind: Kind) -> frozenset[str]:
    """Fields that an update leaves alone, or that change with others."""
    fixed = {name for said in kind.resource.immutable for name in said.fields}
    return frozenset(fixed | kind.settled | kind.secret | kind.governed | {kind.resource.identity.field})


def covers(shown: Any, sent: Any) -> bool:
    """Does what is shown say what was sent? Objects may show more than was sent; numbers and times may be rewritten."""
    if isinstance(sent, Mapping) and isinstance(shown, Mapping):
        return all(key in shown and covers(shown[key], value) for key, value in sent.items())
    if isinstance(sent, list) and isinstance(shown, list):
        return len(sent) == len(shown) and all(covers(a, b) for a, b in zip(shown, sent, strict=True))
    return bool(shown == sent) and isinstance(shown, bool) == isinstance(sent, bool)


PROMISES = (
    Promise("create", ("action",), law("create", source=WRITES, text="A valid create request makes an item."), created),
    Promise("read-back", ("action",), law("get", "create", source=WRITES, text="What was written is read."), read_back),
    Promise("listed", ("action",), law("list", "create", source=WRITES, text="What was created is listed."), listed),
    Promise("update", ("action",), law("update", "create", "get", source=WRITES, text="A change is kept, and only it."),
            updated),
    Promise("empty-update", ("action",), law("update", "create", "get", source=WRITES), nothing_changes),
    Promise("others-stay", ("action",), law("get", "create", source=WRITES), others_stay),
    Promise("replace", ("action",), law("replace", "create", "get", source="RFC 9110 section 9.3.4"), replaced),
    Promise("delete", ("action",), law("delete", "create", source=ERASES, text="What was removed is gone."), deleted),
    Promise("missing", ("action",), law("get|delete|update", "create", source=NOT_FOUND), missing),
)  # fmt: skip
