"""Promises about the fields of an item: who sets them, what they start as, when they move, and which are secret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from contracts.capabilities import Act, Kind, kinds
from contracts.finding import Exchange, Said
from contracts.promise import Place, Promise, stated
from contracts.promises.state import covers, showable
from contracts.stage import Made, Stage, Unable
from mockserver.errors import MockServerError
from mockserver.spec.behaviour import Defaults, Derived, Immutable, Initial, Timestamps, WriteOnly
from mockserver.spec.contract import Contract

PLACEHOLDER = re.compile(r"\{([a-z_]+)(?::([^{}]*))?\}")
CANARY = "canary0secret0value"
"""A text that stands in every secret we send; wherever it turns up in a reply, a secret is given away."""

UNKNOWN: Any = object()
"""A template says something that we cannot work out."""


def defaults(stage: Stage, kind: Kind, statement: Defaults) -> None:
    """What a create request leaves out is filled in as said, and only then."""
    _defaulted(stage, kind, statement.fields)


def schema_defaults(stage: Stage, kind: Kind, fields: Mapping[str, Any]) -> None:
    """As `defaults`, for the `default`s of the request's schema (JSON Schema Validation section 9.2)."""
    _defaulted(stage, kind, fields)


def _defaulted(stage: Stage, kind: Kind, fields: Mapping[str, Any]) -> None:
    act = kind.acts["create"]
    body = bare(stage, kind)
    made = stage.create(kind, body)
    shown = _seen(stage, made)
    for name, value in fields.items():
        if name in body or name not in shown_fields(stage, kind) or name in kind.governed | act.filled:
            continue
        if _is_template(value):
            continue
        for item, exchanges in shown:
            stage.expect(name in item and item[name] == value, f"{name} is {value!r} where the request leaves it out",
                         repr(item.get(name, "nothing")), *exchanges, about=name)  # fmt: skip
        other = stage.bodies.other(act, name, value, stage.check) if name in stage.bodies.properties(act) else None
        if other is not None and not act.may_refuse and name not in kind.settled:
            chosen = stage.create(kind, bare(stage, kind) | {name: other})
            stage.expect(
                covers(chosen.item.get(name, other), other),
                f"a given {name} wins over the default: {other!r}",
                repr(chosen.item.get(name)),
                chosen.exchange,
                about=f"given {name}",
            )


def bare(stage: Stage, kind: Kind) -> dict[str, Any]:
    """A valid body with nothing that may be left out."""
    act = kind.acts["create"]
    body = stage.body(kind)
    needed = stage.bodies.required(act)
    for name in list(body):
        slim = {key: value for key, value in body.items() if key != name}
        if name not in needed and stage.bodies.accepts(act, slim) and not act.may_refuse:
            body = slim
    return body


def _seen(stage: Stage, made: Made) -> list[tuple[dict[str, Any], tuple[Exchange, ...]]]:
    """An item as the create reply and as a reader see it."""
    views: list[tuple[dict[str, Any], tuple[Exchange, ...]]] = (
        [(dict(made.item), (made.exchange,))] if made.item else []
    )
    if made.kind.can("get"):
        seen = stage.get(made)
        views.append((stage.item(made.kind.acts["get"], seen), (made.exchange, seen)))
    return views


def shown_fields(stage: Stage, kind: Kind) -> frozenset[str]:
    """Fields that the create reply and the read reply both have by the document."""
    return frozenset.intersection(*(showable(stage, kind, kind.acts[n]) for n in ("create", "get") if n in kind.acts))


def _is_template(value: Any) -> bool:
    return isinstance(value, str) and PLACEHOLDER.search(value) is not None


def initial(stage: Stage, kind: Kind, statement: Initial) -> None:
    """A new item starts as said, whatever the client sends."""
    made = stage.create(kind)
    for name, written in statement.fields.items():
        if name in kind.governed and not _is_template(written):
            continue
        for item, exchanges in _seen(stage, made):
            wanted = work_out(written, {**made.sent}, made)
            if wanted is not UNKNOWN and name in shown_fields(stage, kind):
                stage.expect(item.get(name) == wanted, f"a new item has {name} {wanted!r}", repr(item.get(name)),
                             *exchanges, about=name)  # fmt: skip
    if kind.can("get", "update"):
        _stays(stage, kind, made, frozenset(statement.fields) - kind.governed)


def _stays(stage: Stage, kind: Kind, made: Made, names: frozenset[str]) -> None:
    """What was set at the beginning is not computed anew when what it was made from changes."""
    act = kind.acts["update"]
    before = stage.item(kind.acts["get"], stage.get(made))
    name, value = _change_of(stage, kind, act, made)
    changed = stage.update(made, {name: value})
    seen = stage.get(made)
    after = stage.item(kind.acts["get"], seen)
    for each in sorted(names & before.keys()):
        stage.expect(after.get(each) == before[each], f"{each} stays {before[each]!r} when {name} changes",
                     repr(after.get(each)), made.exchange, changed, seen, about=f"{each} stays")  # fmt: skip


def derived(stage: Stage, kind: Kind, statement: Derived) -> None:
    """A derived field says the truth after creating and after changing."""
    for full in (False, True):
        made = stage.create(kind, stage.body(kind, full=full))
        for item, exchanges in _seen(stage, made):
            _derives(stage, kind, statement, made, {**made.sent}, item, exchanges)
        if kind.can("update", "get"):
            _derives_again(stage, kind, statement, made)


def _derives(stage: Stage, kind: Kind, statement: Derived, made: Made, fields: Mapping[str, Any],
             item: Mapping[str, Any], exchanges: tuple[Exchange, ...]) -> None:  # fmt: skip
    for name, written in statement.fields.items():
        wanted = work_out(written, fields, made)
        if wanted is not UNKNOWN and name in shown_fields(stage, kind):
            stage.expect(
                item.get(name) == wanted, f"{name} is {wanted!r}", repr(item.get(name)), *exchanges, about=name
            )


def _derives_again(stage: Stage, kind: Kind, statement: Derived, made: Made) -> None:
    act = kind.acts["update"]
    for source in {m[2] for written in statement.fields.values() if isinstance(written, str)
                   for m in PLACEHOLDER.finditer(written) if m[2]}:  # fmt: skip
        if source not in stage.bodies.properties(act):
            continue
        fields = dict(made.sent)
        for value in (stage.bodies.other(act, source, fields.get(source), stage.check), None):
            if not stage.bodies.accepts(act, {source: value}):
                continue
            changed = stage.update(made, {source: value})
            if 200 <= changed.status < 300:
                fields[source] = value
                seen = stage.get(made)
                _derives(stage, kind, statement, made, fields, stage.item(kind.acts["get"], seen),
                         (made.exchange, changed, seen))  # fmt: skip


def work_out(written: Any, fields: Mapping[str, Any], made: Made) -> Any:
    """A template's value for an item of ours, or UNKNOWN."""
    if not _is_template(written):
        return UNKNOWN if isinstance(written, Mapping | list) and "{" in str(written)[1:-1] else written
    match = PLACEHOLDER.fullmatch(written)
    return _placeholder(match[1], match[2], fields, made) if match else UNKNOWN


def _placeholder(name: str, argument: str | None, fields: Mapping[str, Any], made: Made) -> Any:
    if name == "tenant" and made.who.tenant:
        return made.who.tenant
    if name == "slug" and argument:
        return re.sub(r"[^a-z0-9]+", "-", str(fields.get(argument) or "").lower()).strip("-") or "item"
    if name == "present" and argument:
        return fields.get(argument) is not None
    if name == "field" and argument:
        return fields.get(argument, UNKNOWN)
    if name == "param" and argument and argument in made.path:
        return made.path[argument]
    return UNKNOWN


def timestamps(stage: Stage, kind: Kind, statement: Timestamps) -> None:
    """The time of creation is set once; the time of the last update moves with every change, and with nothing else."""
    made = stage.create(kind)
    for item, exchanges in _seen(stage, made):
        for name in filter(None, (statement.created, statement.updated)):
            if name in shown_fields(stage, kind):
                _plausible(stage, statement, name, item.get(name), exchanges)
        if statement.created and statement.updated and statement.updated in item:
            stage.expect(
                not _is_later(item.get(statement.created), item[statement.updated]),
                f"{statement.updated} is not before {statement.created}",
                f"{item.get(statement.created)} and {item[statement.updated]}",
                *exchanges,
                about="order",
            )
    if kind.can("get", "update"):
        _moves(stage, kind, statement, made)


def _moves(stage: Stage, kind: Kind, statement: Timestamps, made: Made) -> None:
    act = kind.acts["update"]
    first, again = stage.get(made), stage.get(made)
    before = stage.item(kind.acts["get"], again)
    _listing_leaves(stage, kind, statement, made, before)
    for name in filter(None, (statement.created, statement.updated)):
        stage.expect(stage.item(kind.acts["get"], first).get(name) == before.get(name), f"reading leaves {name} alone",
                     f"{before.get(name)}", made.exchange, first, again, about=f"read {name}")  # fmt: skip
    name, value = _change_of(stage, kind, act, made)
    stage.target.pause(0.003 if statement.written == "iso-milliseconds" else 1.05)
    changed = stage.update(made, {name: value})
    if not 200 <= changed.status < 300:
        raise Unable(f"{act.name} answers {changed.status} to a valid change")
    seen = stage.get(made)
    after = stage.item(kind.acts["get"], seen)
    history = (made.exchange, again, changed, seen)
    if statement.created:
        stage.expect(after.get(statement.created) == before.get(statement.created), f"{statement.created} stays",
                     f"{before.get(statement.created)} became {after.get(statement.created)}", *history,
                     about="created stays")  # fmt: skip
    if statement.updated in before:
        stage.expect(
            _is_later(after.get(statement.updated), before.get(statement.updated)),
            f"{statement.updated} moves on",
            f"{before.get(statement.updated)} became {after.get(statement.updated)}",
            *history,
            about="updated moves",
        )
        told = stage.item(act, changed)
        if statement.updated in told:
            stage.expect(told[statement.updated] == after[statement.updated], "the update reply shows the new time",
                         f"{told[statement.updated]}", *history, about="updated told")  # fmt: skip


def _listing_leaves(stage: Stage, kind: Kind, statement: Timestamps, made: Made, before: Mapping[str, Any]) -> None:
    if not kind.can("list"):
        return
    stage.target.pause(0.003)
    _, asked = stage.walk(made)
    seen = stage.get(made)
    shown = stage.item(kind.acts["get"], seen).get(statement.updated)
    stage.expect(shown == before.get(statement.updated), f"listing leaves {statement.updated} alone", repr(shown),
                 made.exchange, *asked, seen, about="list updated")  # fmt: skip


def _change_of(stage: Stage, kind: Kind, act: Act, made: Made) -> tuple[str, Any]:
    for name in stage.bodies.properties(act):
        if isinstance(made.sent.get(name), str) and name not in kind.settled | kind.governed:
            value = stage.bodies.other(act, name, made.sent[name], stage.check)
            if value is not None:
                return name, value
    raise Unable("no field of an item can be changed")


def _plausible(stage: Stage, statement: Timestamps, name: str, value: Any, exchanges: tuple[Exchange, ...]) -> None:
    moment = moment_of(value)
    form = isinstance(value, int) if statement.written == "unix-seconds" else isinstance(value, str)
    if stage.expect(form and moment is not None, f"{name} is a time with its zone (RFC 3339)", repr(value), *exchanges,
                    about=f"{name} form"):  # fmt: skip
        now = datetime.now(UTC)
        stage.expect(moment is not None and 2015 < moment.year <= now.year + 1, f"{name} is a plausible time",
                     repr(value), *exchanges, about=f"{name} plausible")  # fmt: skip


def moment_of(value: Any) -> datetime | None:
    """A time as RFC 3339 or Unix seconds write it, or None."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, UTC)
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo is not None else None


def _is_later(value: Any, than: Any) -> bool:
    first, second = moment_of(value), moment_of(than)
    return first is not None and second is not None and first > second


def write_only(stage: Stage, kind: Kind, statement: WriteOnly) -> None:
    """A secret that a client sends is in no reply: not of create, read, list or update, and not in an error."""
    act = kind.acts["create"]
    for name in statement.fields:
        value = _secret(stage, act, name)
        if value is UNKNOWN:
            continue
        body = stage.body(kind) | {name: value}
        if not stage.bodies.accepts(act, body):
            continue
        exchange, made = stage.try_create(kind, body)
        if made is None:
            continue
        seen = [exchange, *_replies(stage, kind, made, name, value), *_errors(stage, kind, body)]
        for each in seen:
            _silent(stage, kind, name, each, made.exchange)


def _replies(stage: Stage, kind: Kind, made: Made, name: str, value: Any) -> Iterator[Exchange]:
    if kind.can("get"):
        yield stage.get(made)
    if kind.can("list"):
        yield from stage.walk(made)[1]
    update = kind.acts.get("update")
    if update is not None and name in stage.bodies.properties(update):
        yield stage.update(made, {name: value})
        yield stage.get(made) if kind.can("get") else made.exchange


def _errors(stage: Stage, kind: Kind, body: Mapping[str, Any]) -> Iterator[Exchange]:
    """Refusals of requests that carry the secret: something else in them is wrong."""
    act = kind.acts["create"]
    required = stage.bodies.required(act)
    for name in sorted(required & body.keys())[:1]:
        yield stage.try_create(kind, {key: value for key, value in body.items() if key != name})[0]
        yield stage.try_create(kind, {**body, name: {"wrong": [1]}})[0]


def _silent(stage: Stage, kind: Kind, name: str, exchange: Exchange, created: Exchange) -> None:
    given = CANARY.encode() in exchange.reply_body
    history = (exchange,) if exchange is created else (created, exchange)
    stage.expect(not given, f"{name} is in no reply", f"its value, in the reply to {exchange.method}", *history,
                 about=f"value {name}")  # fmt: skip
    if 200 <= exchange.status < 300:
        for act in kind.acts.values():
            items = [stage.item(act, exchange)] if act.place("items") is None else stage.items(kind, exchange)
            if any(name in item for item in items) and name not in _documented(stage, act):
                stage.breach(f"no reply has a field {name}", f"the reply to {exchange.method} has one", *history,
                             about=f"field {name}")  # fmt: skip
                return


def _documented(stage: Stage, act: Act) -> frozenset[str]:
    """Names that the reply's schema has although they are secret: then only the value must not show."""
    response = act.operation.success()
    media = next((m for m in response.content if m.schema and "json" in m.name), None) if response else None
    path = act.place("items") if act.place("items") is not None else act.place("item")
    if media is None or path is None:
        return frozenset()
    deep = (*path, 0) if act.place("items") is not None else path
    pointer = stage.contract.schemas.below(media.schema, deep)
    return frozenset(stage.contract.schemas.properties(pointer) if pointer else ())


def _secret(stage: Stage, act: Act, name: str) -> Any:
    """A valid value of a field with the canary in every text of it."""
    if name not in stage.bodies.properties(act):
        return UNKNOWN
    value = stage.bodies.value(act, name, stage.check)
    pointer = stage.bodies.properties(act)[name]
    if isinstance(value, list) and not value:
        items = stage.contract.schemas.items(pointer)
        try:
            value = [stage.tools.maker.at(items, seed=name, direction="request")] if items else value
        except MockServerError:
            return UNKNOWN
    if isinstance(value, list):
        value = [_whole(stage, pointer, each) for each in value]
    filled = _inked(value)
    return filled if stage.bodies.accepts(act, stage.bodies.least(act, name) or {} | {name: filled}) else value


def _whole(stage: Stage, pointer: str, entry: Any) -> Any:
    """An entry of a list with every documented text of it."""
    items = stage.contract.schemas.items(pointer)
    if not isinstance(entry, dict) or items is None:
        return entry
    texts = {n: "X-Canary" for n, at in stage.contract.schemas.properties(items).items()
             if "string" in stage.contract.schemas.types(at)}  # fmt: skip
    return texts | entry


def _inked(value: Any) -> Any:
    if isinstance(value, str):
        return CANARY
    if isinstance(value, Mapping):
        return {
            key: (each if str(key).lower() in ("name", "type", "key") else _inked(each)) for key, each in value.items()
        }
    return [_inked(each) for each in value] if isinstance(value, list) else value


def immutable(stage: Stage, kind: Kind, statement: Immutable) -> None:
    """An update that names the field leaves it as it is, or is refused."""
    act = kind.acts.get("update") or kind.acts.get("replace")
    if act is None or not kind.can("get"):
        raise Unable("nothing changes this resource")
    for name in statement.fields:
        made = stage.create(kind, stage.body(kind, full=not kind.acts["create"].may_refuse))
        before = stage.item(kind.acts["get"], stage.get(made))
        if name not in before:
            continue
        value = _different(before[name])
        body = {name: value} if "update" in kind.acts else {**made.sent, name: value}
        changed = stage.send(act, path=made.path, body=body)
        seen = stage.get(made)
        after = stage.item(kind.acts["get"], seen)
        stage.expect(after.get(name) == before[name], f"{name} stays {before[name]!r}", repr(after.get(name)),
                     made.exchange, changed, seen, about=name)  # fmt: skip


def mass_assignment(stage: Stage, kind: Kind, names: tuple[str, ...]) -> None:
    """Fields that only the service sets are not taken from a client, at creating and at changing."""
    made = stage.create(kind)
    view = stage.item(kind.acts["get"], stage.get(made)) if kind.can("get") else dict(made.item)
    wrong = {name: _different(view[name]) for name in names if name in view}
    for name, value in wrong.items():
        _, other = stage.try_create(kind, {**stage.body(kind), name: value})
        if other is not None:
            for item, exchanges in _seen(stage, other):
                stage.expect(item.get(name) != value, f"{name} is set by the service alone",
                             f"the client's {value!r}", *exchanges, about=f"create {name}")  # fmt: skip
        update = kind.acts.get("update")
        if update is not None and kind.can("get"):
            changed = stage.update(made, {name: value})
            seen = stage.get(made)
            item = stage.item(kind.acts["get"], seen)
            stage.expect(seen.status == 200 and item.get(name) != value, f"{name} is set by the service alone",
                         f"status {seen.status}, {name} {item.get(name)!r}", made.exchange, changed, seen,
                         about=f"update {name}")  # fmt: skip


def _different(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str) and moment_of(value) is not None:
        return "2001-02-03T04:05:06.000Z"
    if isinstance(value, str):
        return (
            "ffffffff-ffff-4fff-8fff-ffffffffffff" if re.fullmatch(r"[0-9a-f-]{36}", value) else "chosen-by-the-client"
        )
    return (
        "chosen-by-the-client"
        if value is None
        else {"chosen": "by-the-client"}
        if isinstance(value, Mapping)
        else ["x"]
    )


def _settled_places(contract: Contract) -> Iterator[Place]:
    """Resources with fields that the document marks `readOnly` or that statements give to the service."""
    for kind in kinds(contract).values():
        if not kind.can("create"):
            continue
        act = kind.acts["create"]
        marked = tuple(sorted(set(_read_only(contract, act)) | (kind.settled - {""})))
        if marked:
            said = Said(kind.name, "schema", "documented" if _read_only(contract, act) else "inferred",
                        "OpenAPI 3.1 section 4.8.24 (readOnly)", "Fields that only the service sets.")  # fmt: skip
            yield act.name, said, (kind, marked)


def _read_only(contract: Contract, act: Act) -> list[str]:
    response = act.operation.success()
    media = next((m for m in response.content if m.schema and "json" in m.name), None) if response else None
    path = act.place("item")
    pointer = contract.schemas.below(media.schema, path) if media and path is not None else None
    properties = contract.schemas.properties(pointer) if pointer else {}
    return [name for name, at in properties.items() if contract.schemas.keyword(at, "readOnly")]


def _schema_default_places(contract: Contract) -> Iterator[Place]:
    for kind in kinds(contract).values():
        act = kind.acts.get("create")
        media = act.media_type if act else None
        schema = contract.schemas.below(media.schema, act.envelope) if act and media else None
        if act is None or schema is None:
            continue
        properties = contract.schemas.properties(schema)
        found = {n: contract.schemas.keyword(at, "default") for n, at in properties.items()}
        given = {name: value for name, value in found.items() if value is not None and name not in kind.settled}
        if given:
            said = Said(act.name, "schema", "documented", "JSON Schema Validation section 9.2",
                        "The service assumes the schema's default where a field is left out.")  # fmt: skip
            yield act.name, said, (kind, given)


PROMISES = (
    Promise("defaults", ("defaults",), stated("defaults", "create"), defaults),
    Promise("schema-defaults", (), _schema_default_places, schema_defaults),
    Promise("initial", ("initial",), stated("initial", "create"), initial),
    Promise("derived", ("derived",), stated("derived", "create"), derived),
    Promise("timestamps", ("timestamps",), stated("timestamps", "create"), timestamps),
    Promise("write-only", ("write-only",), stated("write-only", "create"), write_only),
    Promise("immutable", ("immutable",), stated("immutable", "create"), immutable),
    Promise("mass-assignment", ("initial", "identity"), _settled_places, mass_assignment),
)  # fmt: skip
