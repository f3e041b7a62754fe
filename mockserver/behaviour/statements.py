"""What OpenAPI cannot say, as frozen values: one dataclass for each kind of statement of a behaviour file.

A behaviour file is an OpenAPI Overlay 1.0 that adds three keys to a document: `x-service` at the root, `x-resources`
at the root, and `x-behaviour` in operations. `behaviour.schema.json` beside this file is their JSON Schema and
`docs/behaviour.md` the page about them; a key that is not in it is refused by name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import jsonschema_rs

from mockserver.errors import BehaviourError
from mockserver.openapi import pointer as json_pointer

Evidence = Literal["documented", "observed", "inferred", "assumed"]
Names = tuple[str, ...]
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Something that is said about a service, and how anybody knows: `evidence`, its `source`, a `note`."""

    evidence: Evidence = "assumed"
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication(Statement):
    """A credential is accepted when it matches `pattern`; one that is not listed by name has `role` and `tenants`.

    `tenants` is `any` (every tenant) or `own` (a tenant of its own, made from the credential).
    """

    pattern: str = ".+"
    role: str = ""
    tenants: Literal["any", "own"] = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAccess(Statement):
    """How a tenant or role without access is refused: `missing` (as if nothing were there) or `forbidden`."""

    refusal: Literal["missing", "forbidden"] = "forbidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A service's own words for what is wrong with a value: its `message` and `code`, as templates.

    It is for faults of a `keyword`, in a `field` (a pattern such as `headers.*.name`), where the keyword demands
    `expected`; what is left out fits all.
    """

    keyword: str = ""
    field: str = ""
    expected: Any = None
    message: str = "{message}"
    code: str = "{keyword}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorBody(Statement):
    """The status and body template of one kind of refusal; of its `words` the first that fit tell each fault."""

    status: int | None = None
    body: Any = None
    media_type: str = "application/json"
    words: tuple[Wording, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit(Statement):
    """At most `requests` in a sliding window of `window` seconds for each combination of `per`.

    `headers` maps `limit`, `remaining`, `reset` (Unix seconds) and `retry-after` (seconds) to header names.
    """

    requests: int
    window: float
    per: Names = ("credential",)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownFields(Statement):
    """What happens to a property of a request body that the document does not name: `ignore`, `keep` or `refuse`."""

    policy: Literal["ignore", "keep", "refuse"] = "ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailingSlash(Statement):
    """A path that differs from a documented one by its last slash: `strict` 404, `ignore` it, `redirect` with 307."""

    policy: Literal["strict", "ignore", "redirect"] = "strict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Statement):
    """A fact for people; the machine does nothing with it."""

    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityStatement(Statement):
    """The id of an item: its `field`, the path `parameter` that carries it, and how a new one is made.

    `generate` is `uuid`, `integer`, `digits` (a number written as text), `random` (`prefix` and `length` characters),
    `schema` (a value of the field's schema), `client` (the request's own value) or `single`: there is only one item,
    without an id, and it is there from the beginning unless an operation creates it. With `from_client` a client may
    send an id of its own, which is taken.
    """

    field: str = "id"
    parameter: str = "id"
    generate: Literal["uuid", "integer", "digits", "random", "schema", "client", "single"] = "uuid"
    from_client: bool = False
    prefix: str = ""
    length: int = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant(Statement):
    """Who an item belongs to: a `path` parameter, a request `header` or the `credential` itself.

    With `header`, a value outside the credential's tenants falls back on the credential's home.
    """

    by: Literal["path", "header", "credential", "none"] = "none"
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent(Statement):
    """The resource that owns this one: deleting an owner deletes what it owns; `parameter` carries the owner's id.

    `field` is where an item shows its owner's id, if it does. With `must_exist` an owner that is not there is missing.
    Where `within` does not name the parameter, an item is made and listed below its owner and reached without it, and
    `field` remembers the owner's id.
    """

    resource: str
    parameter: str
    field: str = ""
    must_exist: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Within(Statement):
    """The path parameters above an item, the highest first: items under different values of them never meet."""

    parameters: Names


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Statement):
    """How a list is ordered: `by` a field, or by `creation`."""

    by: str = "creation"
    direction: Literal["ascending", "descending"] = "ascending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity(Statement):
    """At most `limit` items for each tenant; one more is a conflict with this `message`."""

    limit: int
    message: str = "The limit of {limit} is reached."


@dataclass(frozen=True, slots=True, kw_only=True)
class Unique(Statement):
    """No two items of a tenant agree in all `fields`; a second one is a conflict."""

    fields: Names
    message: str = "An item with this {fields} already exists."


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults(Statement):
    """What the service fills in when a create request leaves a field out (besides the schema's own `default`s)."""

    fields: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Initial(Statement):
    """What the service sets on a new item, whatever the client sends: values or templates."""

    fields: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived(Statement):
    """What the service computes anew at every write: values or templates."""

    fields: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Timestamps(Statement):
    """The fields that hold the time of creation and of the last update; `written` says how a time is written."""

    created: str = ""
    updated: str = ""
    written: Literal["iso-milliseconds", "iso-seconds", "iso-date", "unix-seconds", "unix-milliseconds"] = (
        "iso-milliseconds"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOnly(Statement):
    """Fields that a client sends and no reply ever shows."""

    fields: Names


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSet(Statement):
    """Fields that only the service sets: what a client sends for them is ignored."""

    fields: Names


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented(Statement):
    """What a reply shows and neither the client nor a statement gives is made up, from the reply's schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Immutable(Statement):
    """Fields that an update leaves as they are."""

    fields: Names


@dataclass(frozen=True, slots=True, kw_only=True)
class Action(Statement):
    """What an operation does: `does` to an item (or the list) `of` a resource; `answer` leaves it to the rules.

    `patch` says how an update reads its body: `fields` (those present replace), `merge-patch` (RFC 7396) or
    `json-patch` (RFC 6902). `envelope` are the keys under which the request's body carries the item, `takes` the names
    of its properties that the item calls otherwise, and `keeps` the path parameters that a new item remembers, by the
    fields that hold them. With `upsert`, a replace creates what is not there, and a create replaces what is.
    """

    does: Literal["create", "list", "get", "update", "replace", "delete", "answer"]
    of: str = ""
    patch: Literal["fields", "merge-patch", "json-patch"] = "fields"
    envelope: Names = ()
    takes: Mapping[str, str] = field(default_factory=dict)
    keeps: Mapping[str, str] = field(default_factory=dict)
    upsert: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging(Statement):
    """How a list is cut into pages, with the names of the query parameters.

    `style` is `cursor` (the id of the last item seen), `offset` or `page` (counted from `first`). `backward` names the
    parameter of a cursor before which a page ends; `unknown_position` how an id that never was is refused, or `empty`:
    it gets an empty page.
    """

    style: Literal["cursor", "offset", "page"]
    limit: str = "limit"
    position: str = "cursor"
    backward: str = ""
    unknown_position: Literal["invalid", "missing", "empty"] = "invalid"
    default: int = 50
    maximum: int = 0
    first: int = 1
    link_header: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter(Statement):
    """A query parameter that narrows a list to items whose `field` equals it.

    With `equals`, the field is compared with that value instead, unless the parameter is given as `unless`; without a
    parameter, always. `location` is where the parameter stands, `anything` a value of it that lets every item through.
    """

    parameter: str = ""
    field: str
    equals: Any = None
    unless: Any = None
    anything: Any = None
    location: Literal["query", "path"] = "query"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort(Statement):
    """Query parameters that order a list: one names the field, one the direction (or a `-` before the name)."""

    parameter: str
    direction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyStatement(Statement):
    """The success reply: its `status` and a body template in which `{item}`, `{items}`, … are put.

    `media_type` is that of a body of which the document says nothing; without it there is none.
    """

    status: int | None = None
    body: Any = "{item}"
    media_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission(Statement):
    """The roles that may use an operation."""

    roles: Names


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Statement):
    """Something no data can say: the vendor's Python function of this `name`; `says` tells people what it does."""

    name: str
    says: str


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential that the sandbox hands out. No `tenants`: access to all of them."""

    name: str
    value: str = field(repr=False)
    role: str = ""
    tenants: Names | None = None
    home: str = ""
    user: str = ""


@dataclass(frozen=True, slots=True)
class ServiceStatements:
    """Statements about a service as a whole."""

    authentication: Authentication = Authentication()
    no_access: NoAccess = NoAccess()
    errors: Mapping[str, ErrorBody] = field(default_factory=dict)
    rate_limit: RateLimit | None = None
    unknown_fields: UnknownFields = UnknownFields()
    trailing_slash: TrailingSlash = TrailingSlash()
    credentials: tuple[Credential, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """Statements about one kind of thing that a service remembers."""

    name: str
    identity: IdentityStatement = IdentityStatement()
    tenant: Tenant = Tenant()
    parent: Parent | None = None
    order: Order = Order()
    capacity: tuple[Capacity, ...] = ()
    unique: tuple[Unique, ...] = ()
    defaults: tuple[Defaults, ...] = ()
    initial: tuple[Initial, ...] = ()
    derived: tuple[Derived, ...] = ()
    timestamps: Timestamps | None = None
    write_only: tuple[WriteOnly, ...] = ()
    immutable: tuple[Immutable, ...] = ()
    server_set: tuple[ServerSet, ...] = ()
    within: Within | None = None
    invented: Invented | None = None


@dataclass(frozen=True, slots=True)
class OperationBehaviour:
    """Statements about one operation."""

    action: Action | None = None
    paging: Paging | None = None
    filter: tuple[Filter, ...] = ()
    sort: Sort | None = None
    reply: ReplyStatement | None = None
    permission: Permission | None = None
    rate_limit: RateLimit | None = None
    errors: Mapping[str, ErrorBody] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Behaviour:
    """All statements about one document; `operations` by (path, method)."""

    service: ServiceStatements
    resources: Mapping[str, Resource]
    operations: Mapping[tuple[str, str], OperationBehaviour]

    def statements(self) -> Iterator[tuple[str, str, Statement]]:
        """Every statement that is made, as (subject, kind, statement); subject is `service`, a resource's name or
        `METHOD path`."""
        yield from _statements("service", self.service)
        for name, resource in self.resources.items():
            yield from _statements(name, resource)
        for (path, method), operation in self.operations.items():
            yield from _statements(f"{method.upper()} {path}", operation)


SERVICE: Mapping[str, Any] = {
    "authentication": Authentication, "no-access": NoAccess, "rate-limit": RateLimit, "unknown-fields": UnknownFields,
    "trailing-slash": TrailingSlash, "notes": [Note], "errors": {"": ErrorBody}, "credentials": [Credential],
}  # fmt: skip
RESOURCE: Mapping[str, Any] = {
    "identity": IdentityStatement, "tenant": Tenant, "parent": Parent, "order": Order, "capacity": [Capacity],
    "unique": [Unique], "defaults": [Defaults], "initial": [Initial], "derived": [Derived], "timestamps": Timestamps,
    "write-only": [WriteOnly], "immutable": [Immutable], "server-set": [ServerSet], "within": Within,
    "invented": Invented,
}  # fmt: skip
OPERATION: Mapping[str, Any] = {
    "action": Action, "paging": Paging, "filter": [Filter], "sort": Sort, "reply": ReplyStatement,
    "permission": Permission, "rate-limit": RateLimit, "errors": {"": ErrorBody}, "rules": [Rule],
}  # fmt: skip
"""The kinds of statements by where they stand: one value, a list of them, or a map of them."""


@cache
def vocabulary() -> dict[str, Any]:
    """The JSON Schema of the vocabulary."""
    text = files("mockserver.behaviour").joinpath("behaviour.schema.json").read_text("utf-8")
    return dict(json.loads(text))


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(vocabulary())


def read(document: Mapping[str, Any], *, file: str = "") -> Behaviour:
    """The statements in a document to which overlays were applied.

    Raises BehaviourError, naming file and place of every key or value that the vocabulary does not have.
    """
    written = {
        "x-service": document.get("x-service") or {},
        "x-resources": document.get("x-resources") or {},
        "x-behaviour": dict(_extensions(document)),
    }
    _refuse_unknown(written, file)
    service = _build(ServiceStatements, SERVICE, written["x-service"])
    resources = {name: _build(Resource, RESOURCE, node, name=name) for name, node in written["x-resources"].items()}
    operations = {
        _key(place): _build(OperationBehaviour, OPERATION, node) for place, node in written["x-behaviour"].items()
    }
    _refuse_dangling(resources, operations, file)
    return Behaviour(service, resources, operations)


def _extensions(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for path, item in (document.get("paths") or {}).items():
        for method, operation in item.items() if isinstance(item, dict) else ():
            if isinstance(operation, dict) and "x-behaviour" in operation:
                yield f"{method} {path}", operation["x-behaviour"]


def _key(place: str) -> tuple[str, str]:
    method, _, path = place.partition(" ")
    return path, method


def _refuse_unknown(written: Mapping[str, Any], file: str) -> None:
    found = [
        f"{file}: {_place(error.instance_path)}: {error.message}{_allowed(error)}"
        for error in _validator().iter_errors(written)
    ]
    if found:
        raise BehaviourError("\n".join(found))


def _place(path: list[str | int]) -> str:
    return json_pointer.join("", *path) or "/"


def _allowed(error: jsonschema_rs.ValidationError) -> str:
    if error.kind.name not in ("additionalProperties", "unevaluatedProperties"):
        return ""
    node = json_pointer.lookup(vocabulary(), json_pointer.join("", *error.schema_path[:-1]))
    names = [*node.get("properties", ()), *(["evidence", "source", "note"] if "allOf" in node else [])]
    return f"; allowed are {', '.join(names)}"


def _refuse_dangling(
    resources: Mapping[str, Resource], operations: Mapping[tuple[str, str], OperationBehaviour], file: str
) -> None:
    for (path, method), operation in operations.items():
        action = operation.action
        if action and action.of and action.of not in resources:
            known = ", ".join(resources) or "none"
            raise BehaviourError(f"{file}: {method.upper()} {path}: no resource {action.of!r}; there are: {known}")


def _build(cls: type[Any], kinds: Mapping[str, Any], node: Mapping[str, Any], **given: Any) -> Any:
    return cls(**given, **{_snake(key): _make(kinds[key], value) for key, value in node.items()})


def _make(kind: Any, value: Any) -> Any:
    if isinstance(kind, list):
        return tuple(_make(kind[0], entry) for entry in (value if isinstance(value, list) else [value]))
    if isinstance(kind, dict):
        return _bodies(value)
    known = {entry.name: entry for entry in fields(kind)}
    given = {_snake(key): tuple(v) if _is_names(known[_snake(key)], v) else v for key, v in value.items()}
    return kind(**given)


def _bodies(value: Mapping[str, Any]) -> dict[str, ErrorBody]:
    """`errors` says its evidence once for all bodies; a body that says its own says its source too."""
    shared = {key: value[key] for key in ("evidence", "source", "note") if key in value}
    bodies = {key: body for key, body in value.items() if key not in shared}
    return {key: _body(body if "evidence" in body else shared | body) for key, body in bodies.items()}


def _body(value: Mapping[str, Any]) -> ErrorBody:
    words = tuple(Wording(**entry) for entry in value.get("words", ()))
    made: ErrorBody = _make(ErrorBody, {**value, "words": words})
    return made


def _is_names(entry: Any, value: Any) -> bool:
    return isinstance(value, list) and "Names" in str(entry.type)


def _snake(key: str) -> str:
    return key.replace("-", "_")


def _statements(subject: str, holder: Any) -> Iterator[tuple[str, str, Statement]]:
    for entry in fields(holder):
        value = getattr(holder, entry.name)
        default = entry.default if entry.default is not MISSING else None
        if value is default or value == default:
            continue
        kind = entry.name.replace("_", "-")
        if isinstance(value, Mapping):
            yield from ((subject, f"{kind}.{name}", statement) for name, statement in value.items())
        elif isinstance(value, tuple):
            yield from ((subject, kind, statement) for statement in value if isinstance(statement, Statement))
        elif isinstance(value, Statement):
            yield subject, kind, value
