"""All statements about one document, by what they are about: the service, its resources, its operations."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field
from msgspec.structs import fields

from mockserver.behaviour.statements.access import Authentication, Credential, NoAccess, Own, Permission, RateLimit
from mockserver.behaviour.statements.actions import Action, Rule
from mockserver.behaviour.statements.base import Keys, Note, Statement
from mockserver.behaviour.statements.deliveries import Callback, Delivery, Subscription, Webhook
from mockserver.behaviour.statements.fields import (
    Content,
    Copied,
    Count,
    Defaults,
    Derived,
    FigureStatement,
    Immutable,
    Initial,
    Inside,
    Invented,
    Latest,
    ServerSet,
    SoftDelete,
    Timestamps,
    Versions,
    WriteOnly,
)
from mockserver.behaviour.statements.identity import Account, IdentityStatement, Parent, Reference, Tenant, Within
from mockserver.behaviour.statements.limits import (
    Capacity,
    ContentSize,
    NoOverlap,
    Once,
    Ordered,
    Refused,
    SumLimit,
    Unique,
)
from mockserver.behaviour.statements.lists import Expand, Filter, Order, Paging, Select, Sort
from mockserver.behaviour.statements.replies import Errors, ReplyStatement
from mockserver.behaviour.statements.requests import DryRun, TrailingSlash, UnknownFields


class ServiceStatements(Keys, frozen=True, kw_only=True):
    """Statements about the service (`x-service`, at the root of the document)."""

    inference: Annotated[
        Literal["all", "none"],
        Meta(
            description="`none`: the statements are complete, and nothing is inferred from the document. `all`: what "
            "is inferred applies wherever no statement says otherwise."
        ),
    ] = "all"
    authentication: Authentication = Authentication(evidence="assumed")
    no_access: NoAccess = NoAccess(evidence="assumed")
    rate_limit: RateLimit | None = None
    unknown_fields: UnknownFields = UnknownFields(evidence="assumed")
    trailing_slash: TrailingSlash = TrailingSlash(evidence="assumed")
    errors: Errors = Errors(evidence="assumed")
    credentials: tuple[Credential, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    delivery: Delivery = Delivery(evidence="assumed")
    notes: tuple[Note, ...] = ()


class Resource(Keys, frozen=True, kw_only=True):
    """Statements about a resource (an entry of `x-resources`, at the root of the document)."""

    identity: IdentityStatement = IdentityStatement(evidence="assumed")
    tenant: Tenant = Tenant(evidence="assumed")
    parent: Parent | None = None
    within: Within | None = None
    references: tuple[Reference, ...] = ()
    order: Order = Order(evidence="assumed")
    capacity: tuple[Capacity, ...] = ()
    unique: tuple[Unique, ...] = ()
    ordered: tuple[Ordered, ...] = ()
    sum_limit: tuple[SumLimit, ...] = ()
    no_overlap: NoOverlap | None = None
    defaults: tuple[Defaults, ...] = ()
    initial: tuple[Initial, ...] = ()
    derived: tuple[Derived, ...] = ()
    inside: tuple[Inside, ...] = ()
    timestamps: Timestamps | None = None
    write_only: tuple[WriteOnly, ...] = ()
    server_set: tuple[ServerSet, ...] = ()
    immutable: tuple[Immutable, ...] = ()
    invented: Invented | None = None
    content: Content | None = None
    counts: tuple[Count, ...] = ()
    latest: tuple[Latest, ...] = ()
    copied: tuple[Copied, ...] = ()
    figures: tuple[FigureStatement, ...] = ()
    soft_delete: SoftDelete | None = None
    account: Account | None = None
    versions: Versions | None = None
    subscription: Subscription | None = None


class OperationBehaviour(Keys, frozen=True, kw_only=True):
    """Statements about an operation (`x-behaviour`, in the operation)."""

    action: Action | None = None
    paging: Paging | None = None
    filter: tuple[Filter, ...] = ()
    sort: Sort | None = None
    expand: Expand | None = None
    select: Select | None = None
    dry_run: DryRun | None = None
    reply: ReplyStatement | None = None
    permission: Permission | None = None
    own: Own | None = None
    refused: tuple[Refused, ...] = ()
    once: Once | None = None
    content_size: ContentSize | None = None
    rate_limit: RateLimit | None = None
    errors: Errors = Errors(evidence="assumed")
    callbacks: tuple[Callback, ...] = ()
    rules: tuple[Rule, ...] = ()


class BehaviourKeys(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys that a behaviour file adds to an OpenAPI document."""

    service: ServiceStatements = field(name="x-service", default=ServiceStatements())
    resources: Annotated[Mapping[str, Resource], Meta(description="Resources by name.")] = field(
        name="x-resources", default_factory=dict
    )
    operations: Annotated[Mapping[str, OperationBehaviour], Meta(description="Operations, as `METHOD path`.")] = field(
        name="x-behaviour", default_factory=dict
    )


class Behaviour(Struct, frozen=True, kw_only=True):
    """All statements about one document; `operations` by (path, method)."""

    service: ServiceStatements
    resources: Mapping[str, Resource]
    operations: Mapping[tuple[str, str], OperationBehaviour]

    def statements(self) -> Iterator[tuple[str, str, Statement]]:
        """Every statement that is made, as (subject, kind, statement).

        The subject is `service`, the name of a resource, or `METHOD path`.
        """
        yield from _statements("service", self.service)
        for name, resource in self.resources.items():
            yield from _statements(name, resource)
        for (path, method), operation in self.operations.items():
            yield from _statements(f"{method.upper()} {path}", operation)


def _statements(subject: str, holder: Keys) -> Iterator[tuple[str, str, Statement]]:
    for entry in fields(holder):
        value: Any = getattr(holder, entry.name)
        if value == entry.default:
            continue
        if isinstance(value, Errors):
            yield from ((subject, f"{entry.encode_name}.{kind}", body) for kind, body in value.bodies.items())
        elif isinstance(value, tuple):
            yield from ((subject, entry.encode_name, each) for each in value if isinstance(each, Statement))
        elif isinstance(value, Statement):
            yield subject, entry.encode_name, value
