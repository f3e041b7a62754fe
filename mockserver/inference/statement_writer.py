"""Drafts written down in the vocabulary of behaviour files, each statement with the reason for the guess."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.errors import InvalidDocument, Unanswerable
from mockserver.inference import fields, identity, paging
from mockserver.inference.draft import DraftAction, ResourceDraft, requested
from mockserver.inference.envelope import Envelopes, literal
from mockserver.inference.messages import may_be_object
from mockserver.inference.names import plain
from mockserver.inference.resources import Owner
from mockserver.openapi.document import Header, Operation
from mockserver.openapi.schemas import Schemas

Statement = dict[str, Any]


def guessed(note: str, **keys: Any) -> Statement:
    """A statement with its reason."""
    return {**keys, "evidence": "inferred", "note": note}


class Writer:
    """Writes the drafts of one document."""

    def __init__(self, schemas: Schemas, frames: Envelopes, base: str = "") -> None:
        self._schemas, self._frames, self._base = schemas, frames, base

    def resource(self, draft: ResourceDraft, owner: Owner | None) -> Statement:
        """The entry of `x-resources`."""
        properties = draft.properties()
        identified = self._identity(draft, properties)
        stated: Statement = {"identity": identified}
        stated |= _places(draft, owner, [name for name in properties if name != identified.get("field")])
        stamps = fields.timestamps(self._schemas, properties)
        if stamps is not None:
            stated["timestamps"] = stamps
        return stated | self._sides(draft, properties, str(identified.get("field", ""))) | _invented(draft)

    def _identity(self, draft: ResourceDraft, properties: Mapping[str, str]) -> Statement:
        if draft.single:
            return guessed(f"{draft.site.path} names no id and shows one object", generate="single")
        if not draft.has_id:
            name, places = _plain_id(properties)
            return guessed("no path names an id", field=name) | identity.generation(self._schemas, places)
        return self._named(draft, properties)

    def _named(self, draft: ResourceDraft, properties: Mapping[str, str]) -> Statement:
        """The identity of items whose path ends with their id."""
        parameter = draft.parameter_schema
        name, why = self._field(draft, properties)
        places = [at for at in (properties.get(name), parameter) if at]
        made = self._made(draft, name, places)
        note = why or f"no property seems to carry the path parameter {draft.parameter}; the id is not shown"
        return guessed(note, field=name or draft.parameter, parameter=draft.parameter) | made

    def _field(self, draft: ResourceDraft, properties: Mapping[str, str]) -> tuple[str, str]:
        """The property that carries the id, and the reason."""
        parameter = draft.parameter_schema
        types = self._schemas.types(parameter) if parameter else frozenset[str]()
        by_path = draft.deed("create") is None
        return identity.field(self._schemas, properties, draft.parameter, draft.word, types, exactly=by_path)

    def _made(self, draft: ResourceDraft, name: str, places: list[str]) -> Statement:
        """How an id is made: by the client where it must send one, else by the service."""
        creation = draft.deed("create")
        if creation is None and draft.is_created:
            return {"generate": "client"}
        made = identity.generation(self._schemas, places)
        at = requested(self._schemas, creation) if creation is not None else None
        asked = self._schemas.properties(at) if at else {}
        taken = next((own for own, new in self._id_taken(draft, asked).items() if new == name), name)
        name = taken
        if not name or name not in asked or self._schemas.keyword(asked[name], "readOnly") is True:
            return made
        return {"generate": "client"} if at and name in self._schemas.required(at) else {**made, "from-client": True}

    def _sides(self, draft: ResourceDraft, properties: Mapping[str, str], identity_field: str) -> Statement:
        """What is said of single fields."""
        writes = ("create", "replace", "update")
        asked, stated = list(draft.asked(*writes)), Statement()
        read_only = fields.server_set(self._schemas, [properties], asked)
        if read_only:
            stated["server-set"] = guessed("readOnly in the schemas", fields=read_only)
        secret = fields.write_only(self._schemas, asked, properties)
        if secret:
            stated["write-only"] = guessed("writeOnly in the schemas, or a password that no reply shows", fields=secret)
        place = self._place(draft, fields.located(self._schemas, properties, asked))
        if place:
            stated["initial"] = guessed("the item's own path, by the name of the property", fields=place)
        creation = draft.deed("create")
        responses = creation.operation.responses if creation is not None else ()
        text = next((response.description for response in responses if response.status == "409"), "")
        key = fields.unique(self._schemas, next(draft.asked("create"), {}), identity_field, text)
        if key:
            stated["unique"] = guessed(f"the 409 of the create names {key}: {text.strip()}", fields=[key])
        return stated

    def _place(self, draft: ResourceDraft, name: str) -> dict[str, str]:
        """The property that holds the item's own path, as a template; none where it could not hold it."""
        if not name or draft.item is None or name == draft.parameter:
            return {}
        path, at = draft.item.path, draft.properties()[name]
        schemas = {p.name: p.schema for o in draft.item.operations.values() for p in o.parameters if p.schema}
        own = {key: "{id}" if key == draft.parameter else "{param:" + key + "}" for key in draft.site.parameters}
        try:
            sample = {key: str(self._frames.value(str(schemas[key]))) if key in schemas else "1" for key in own}
        except Unanswerable:
            return {}
        begin = self._base if self._schemas.keyword(at, "pattern") is None else ""  # a pattern says how paths begin
        fits = self._schemas.validator(at, "response").is_valid(begin + _filled(path, sample))
        return {name: begin + _filled(path, own)} if fits else {}

    def operation(self, draft: ResourceDraft, deed: DraftAction) -> Statement:
        """The entry `x-behaviour` of an operation. Raises Unanswerable where no body can be made for its reply."""
        stated: Statement = {"action": self._action(draft, deed)}
        if deed.does == "list":
            stated |= self._listed(draft, deed)
        return stated | self._reply(draft, deed)

    def _action(self, draft: ResourceDraft, deed: DraftAction) -> Statement:
        keys: Statement = {"does": deed.does, "of": draft.name}
        if deed.does == "update" and deed.patch != "fields":
            keys["patch"] = deed.patch
        if deed.envelope:
            keys["envelope"] = list(deed.envelope)
        takes = self._takes(draft, deed)
        if takes:
            keys["takes"] = takes
        if deed.keeps and deed.does == "create":
            keys["keeps"] = dict(deed.keeps)
        if deed.upsert or self._overwrites(draft, deed):
            keys["upsert"] = True
        return guessed(deed.reason, **keys)

    def _takes(self, draft: ResourceDraft, deed: DraftAction) -> dict[str, str]:
        """What a request calls otherwise than the replies do: `FriendlyName` is `friendly_name`."""
        asked = requested(self._schemas, deed) if deed.does in ("create", "replace", "update") else None
        own, shown = self._schemas.properties(asked) if asked else {}, draft.properties()
        known = {plain(name): name for name in shown if name not in own}
        takes = {name: known[plain(name)] for name in own if name not in shown and plain(name) in known}
        return takes | (self._id_taken(draft, own) if deed.does == "create" else {})

    def _id_taken(self, draft: ResourceDraft, own: Mapping[str, str]) -> dict[str, str]:
        """The property of a create's request that carries the id under another name: `name` where it is `pool_name`."""
        field = self._field(draft, draft.properties())[0] if draft.has_id else ""
        if not field or field in own:
            return {}
        types = self._schemas.types(draft.properties()[field])
        shown = draft.properties()  # a reply that shows both shows that they are two things
        named = (
            name
            for name, at in own.items()
            if name not in shown and plain(name) in draft.keys and self._schemas.types(at) & types
        )
        return dict.fromkeys(list(named)[:1], field)

    def _overwrites(self, draft: ResourceDraft, deed: DraftAction) -> bool:
        """A create that sends its own id, and that has no documented conflict, takes the place of what is there."""
        if deed.does != "create" or any(response.status in ("409", "4XX") for response in deed.operation.responses):
            return False
        name = self._named(draft, draft.properties())["field"] if draft.has_id else ""
        if plain(name) in identity.SPOKEN:
            return False  # people choose names, and two of them may choose the same
        return any(name in asked or self._id_taken(draft, asked) for asked in draft.asked("create"))

    def _listed(self, draft: ResourceDraft, deed: DraftAction) -> Statement:
        properties, stated = draft.properties(), Statement()
        pages = paging.paging(self._schemas, deed.operation)
        order = paging.sort(self._schemas, deed.operation, properties)
        taken = frozenset(str((pages or {}).get(key)) for key in ("limit", "position", "backward"))
        taken |= {str((order or {}).get(key)) for key in ("parameter", "direction")}
        narrowed = paging.filters(self._schemas, deed.operation, properties, taken)
        note = "a new item remembers the path under which it was made"
        narrowed += [
            guessed(note, parameter=parameter, location="path", field=name) for parameter, name in deed.keeps.items()
        ]
        if pages is not None:
            stated["paging"] = pages
        if narrowed:
            stated["filter"] = narrowed
        return stated | ({"sort": order} if order is not None else {})

    def _reply(self, draft: ResourceDraft, deed: DraftAction) -> Statement:
        hole = "{items}" if deed.does == "list" else "{item}"
        keys: Statement = {"status": deed.answer.status}
        body = self._body(draft, deed, hole)
        if body is not None and body != hole:
            keys["body"] = body
        if deed.answer.media is None and deed.answer.status != 204 and deed.does != "delete":
            keys["media-type"] = "application/json"
        headers = dict(self._headers(draft, deed))
        if headers:
            keys["headers"] = headers
        return {"reply": guessed("the first documented success that fits", **keys)}

    def _body(self, draft: ResourceDraft, deed: DraftAction, hole: str) -> Any:
        pointer = deed.answer.schema
        if pointer is None:
            return None
        if deed.shows is not None:
            return self._frames.around(pointer, deed.item, hole, listed=deed.does == "list")
        if deed.does == "create" and not may_be_object(self._schemas, pointer):
            is_text = "string" in self._schemas.types(pointer)
            if self._is_id(draft, pointer, is_text):
                return "{text:id}" if is_text else "{id}"
        return self._frames.constant(pointer)

    def _is_id(self, draft: ResourceDraft, pointer: str, is_text: bool) -> bool:
        """May the bare value of a create's reply be the new item's id? A path may want a number, the reply a UUID."""
        made = self._named(draft, draft.properties())["generate"] if draft.has_id else ""
        sample = identity.SAMPLES.get(made)
        judge = self._schemas.validator(pointer, "response")
        return sample is None or judge.is_valid(str(sample) if is_text else sample)

    def _headers(self, draft: ResourceDraft, deed: DraftAction) -> Iterator[tuple[str, str]]:
        """The headers that must be there, and where a new item is found (RFC 9110 sections 10.2.2 and 15.3.2)."""
        documented = {header.name.lower() for header in deed.answer.response.headers}
        is_told = "location" in documented or deed.answer.status == 201 or not self._shows_id(draft, deed)
        if draft.has_id and (deed.does == "create" or deed.upsert) and is_told:
            yield "Location", "{location}"
        for header in deed.answer.response.headers:
            if header.required and header.schema and header.name.lower() not in ("location", "content-type"):
                yield header.name, self._written(header)

    def _shows_id(self, draft: ResourceDraft, deed: DraftAction) -> bool:
        shown = self._schemas.properties(deed.shows) if deed.shows else {}
        return any(plain(name) in draft.keys for name in shown)

    def _written(self, header: Header) -> str:
        value = literal(self._frames.value(str(header.schema)))
        return str(value).lower() if isinstance(value, bool) else str(value)


def _filled(path: str, values: Mapping[str, str]) -> str:
    """A path with a text in the place of each of its parameters."""
    for name, value in values.items():
        path = path.replace("{" + name + "}", value)
    return path


def _plain_id(properties: Mapping[str, str]) -> tuple[str, list[str]]:
    name = next((name for name in properties if name.lower() in ("id", "uuid", "guid")), "id")
    return name, [properties[name]] if name in properties else []


def _places(draft: ResourceDraft, owner: Owner | None, properties: Iterable[str]) -> Statement:
    """Who owns an item: the parameters on the path above, and the resource that one of them names.

    `properties` are those that may show the owner.
    """
    stated: Statement = {}
    if draft.above:
        note = "path parameters above; items under different ones never meet"
        stated["within"] = guessed(note, parameters=list(draft.above))
    elif owner is not None and owner.kept:
        stated["within"] = guessed("no path parameters above its own path", parameters=[])
    if owner is not None and owner.kept:
        note = f"it is made below the path of a {owner.draft.name}"
        keys = {"resource": owner.draft.name, "parameter": owner.parameter, "field": owner.kept}
        stated["parent"] = guessed(note, **keys, **{"must-exist": True})
    elif owner is not None:
        note = f"its path goes on after that of a {owner.draft.name}"
        keys = {"resource": owner.draft.name, "parameter": owner.parameter}
        shown = next((name for name in properties if name == owner.parameter), "")
        keys |= {"field": shown} if shown else {}
        stated["parent"] = guessed(note, **keys, **({"must-exist": True} if owner.draft.is_created else {}))
    return stated


def _invented(draft: ResourceDraft) -> Statement:
    views = draft.views()
    if not views:
        return {}
    return {"invented": guessed("what the replies show and nobody gave is made up from their schemas")}


UNMAKEABLE = (Unanswerable, InvalidDocument)


def place(operation: Operation) -> str:
    """An operation as people write it: `GET /pets`."""
    return f"{operation.method.upper()} {operation.path}"
