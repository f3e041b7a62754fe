"""The mock of one service: its compiled operations and its stored items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from mockserver.contract import Contract
from mockserver.errors import MethodNotAllowed, Refusal, UnknownPath
from mockserver.handlers.binding import resource_plan as plans
from mockserver.handlers.binding.binding import bind
from mockserver.handlers.binding.bound_operation import BoundOperation
from mockserver.handlers.item_collection import RequestItems
from mockserver.handlers.materialize import Materializer
from mockserver.handlers.outside import OutsideService
from mockserver.handlers.relations.item_counts import ItemCounts
from mockserver.handlers.relations.reply_references import ItemsInPath, ReplyReferences
from mockserver.handlers.reload_state import keep_state
from mockserver.lazy_module import LazyModule
from mockserver.messages import Call, Reply
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import SHAPE
from mockserver.state.store import Store
from mockserver.state.world import World
from mockserver.web import endpoint_index, name_hints
from mockserver.web.control import document_identity
from mockserver.web.control.checkpoints import Checkpoint
from mockserver.web.control.document_identity import DocumentIdentity
from mockserver.web.control.namespaces import Namespace, Namespaces
from mockserver.web.control.outbox import WebhookOutbox
from mockserver.web.endpoint import Endpoint
from mockserver.web.endpoint_choice import EndpointChoice
from mockserver.web.negotiating_handler import stateful
from mockserver.web.operation_handlers import ExampleHandler, MockHandler, OperationHandler
from mockserver.web.request.authentication import Keyring
from mockserver.web.request.rate_limit import RateLimiter
from mockserver.web.request.router import Match, Router
from mockserver.web.response.default_errors import DefaultErrors
from mockserver.web.response.error_responses import ErrorResponses
from mockserver.web.response.example_response import ExampleResponses
from mockserver.web.service_parts import ServiceParts, no_namespaces
from mockserver.web.trace import note

if TYPE_CHECKING:
    from mockserver.web.sharing import shared_endpoint
    from mockserver.web.sharing.sharing import Sharing
else:
    shared_endpoint = LazyModule("mockserver.web.sharing.shared_endpoint")


class ServiceSettings(Struct, frozen=True):
    """The settings of all services.

    `limits` enforces rate limits. `max_body` is the largest request body in bytes. `items` is the number of items that
    each collection starts with. With `materialize`, an item is generated for an unknown id. Without `authenticate` no
    credential is needed; without `validate` no request is validated, and what is invalid in it is ignored. With
    `strict_query`, a query parameter that the document does not describe is refused. With
    `lenient_prefer`, a client may choose a status by `Prefer: code=` that is not documented. With a `stream_interval`,
    the items of a sequence are sent one by one, so many seconds apart.
    """

    limits: bool = True
    max_body: int = 10 * 1024 * 1024
    items: int = 0
    materialize: bool = False
    authenticate: bool = True
    validate: bool = True
    strict_query: bool = False
    lenient_prefer: bool = False
    stream_interval: float = 0.0


DEFAULT_SETTINGS = ServiceSettings()


class Service:
    """The mock of one service."""

    def __init__(
        self,
        contract: Contract,
        world: World,
        outside: OutsideService,
        settings: ServiceSettings = DEFAULT_SETTINGS,
        namespaces: Namespaces | None = None,
        sharing: Sharing | None = None,
        outbox: WebhookOutbox | None = None,
    ) -> None:
        self._sharing = sharing
        self.contract, self.name, self.world = contract, contract.name, world
        self.plans = plans.compile_all(contract)
        self._references: ReplyReferences | None = None
        self._in_path, self._makes_unknown = ItemsInPath(contract, self.plans), settings.materialize
        self._counts = ItemCounts(contract, self.plans) or None
        sends = outbox is not None and bool(outbox.read(contract).sent.requests)
        if sends and namespaces is not None:
            namespaces.keep_changes()
        self._store_class = namespaces.store_class if namespaces is not None else Store
        self.store = self._new_store(world, self.name)
        if namespaces is not None:
            namespaces.default.adopt(self.store)
        needs_source = SHAPE in contract.schemas.root
        needs_source |= any(not plan.is_creatable or plan.statements.references for plan in self.plans.values())
        if settings.items or settings.materialize or needs_source:
            self.store.source = source = Materializer(
                contract,
                self.plans,
                self.store,
                world.seed,
                items=settings.items,
                unknown=settings.materialize,
                counts=self._counts,
            )
            if settings.items and not settings.materialize:
                self._references = ReplyReferences(contract, self.plans, source.joins, self._in_path)
        self._start = self.empty_store()
        self.outside = outside
        stated = contract.behaviour.service
        self.keyring = Keyring(stated)
        self._default_errors = DefaultErrors(contract.schemas, contract.examples, world.clock.now)
        self._errors = ErrorResponses(stated.errors.bodies, self._default_errors)
        self._shared = self._parts(settings, namespaces, outbox if sends else None)
        self.endpoints = {o.operation_id: self._endpoint(o) for o in contract.document.operations}
        self._bounds = endpoint_index.ResourceOperations(contract, self.endpoints)
        self.router = endpoint_index.router(self.endpoints.values())
        self.finders = self._finders()
        self._compile()

    def _compile(self) -> None:
        """Compile all operations and schemas now, unless the document is large and nothing is stated about it.

        Only what is stated can be wrong in a way that compiling finds. Raises BehaviourError and InvalidDocument.
        """
        is_large = self.contract.document.is_large
        for endpoint in () if is_large and self.contract.is_inferred else self.endpoints.values():
            endpoint.compile()
        if not is_large:
            self.contract.schemas.compile()

    @cached_property
    def identity(self) -> DocumentIdentity:
        """Which document is served, for snapshots."""
        return document_identity.identity(self.contract, self.plans)

    def find(self, path: str) -> Match | None:
        """The methods of a raw path below the service's base path, and the path's values; None for an unknown path."""
        return self._find_in(self.router, path)

    def _finders(self) -> dict[str, Callable[[str], Match | None]]:
        """What finds a path below each path of a server: of the document's servers, and of an operation's own."""
        routers = endpoint_index.routers(self.contract.document, self.endpoints.values(), self.router)
        return {base: partial(self._find_in, router) for base, router in routers.items()}

    def _find_in(self, router: Router, path: str) -> Match | None:
        return router.find(path) or self._without_slash(router, path)

    def endpoint(self, scope: Mapping[str, Any], match: Match) -> Endpoint | None:
        """The endpoint for a request to a path that `find` returned; HEAD uses that of GET (RFC 9110 section 9.3.2)."""
        found = _at_method(scope["method"], match)
        return found.of(scope) if isinstance(found, EndpointChoice) else found

    def connect(self, find: Callable[[Operation], OperationHandler]) -> None:
        """Set the function that finds the handler of an operation, when it is first needed."""
        for endpoint in self.endpoints.values():
            endpoint.connect(find)

    def mock_handler(self, operation_id: str) -> MockHandler:
        """The mock's own handler of an operation."""
        endpoint = self.endpoints[operation_id]
        if endpoint.bound is not None:
            return stateful(endpoint.bound, self._shared)
        is_said = not self._makes_unknown and self._in_path.are_said_to_exist(endpoint.operation)
        in_path = self._in_path if self._references is not None or is_said else None
        return ExampleHandler(endpoint.operation, self._shared.examples, self._references, in_path)

    def bound(self, resource: str) -> BoundOperation | None:
        """An operation on a resource, one that creates its items if there is one; None for an unknown resource."""
        return self._bounds.get(resource)

    def items(self, operation: Operation, call: Call, store: Store) -> RequestItems:
        """The stored items, for a user's function that answers a request."""
        bound = self.endpoints[operation.operation_id].bound
        names = bound.path_names if bound else {}
        path = {**call.path, **{names[name]: value for name, value in call.path.items() if name in names}}
        return RequestItems(store, self._bounds, call._replace(path=path))

    def keep_state_of(self, before: Service, namespaces: Iterable[Namespace] = ()) -> Counter[str]:
        """Take over the items of an earlier version of this service that fit; the number of dropped items.

        The same happens in the namespaces that stored something; their dropped items are not counted.
        """
        self._keep(self._start, before._start, before)
        for namespace in namespaces:
            held = namespace.stores.get(self.name)
            if held is not None:
                new = namespace.stores[self.name] = self.start_store(namespace.world, namespace.name)
                namespace.adopt(new)
                new.clear()
                self._keep(new, held, before)
            for each in namespace.checkpoints:
                namespace.checkpoints.replace(self._kept_checkpoint(each, before))
            namespace.cut()
        return self._keep(self.store, before.store, before)

    def _kept_checkpoint(self, checkpoint: Checkpoint, before: Service) -> Checkpoint:
        held, new = checkpoint.stores.get(self.name), self.empty_store()
        if held is None:
            return checkpoint
        self._keep(new, held, before)
        return structs.replace(checkpoint, stores={**checkpoint.stores, self.name: new})

    def _keep(self, store: Store, held: Store, before: Service) -> Counter[str]:
        return keep_state(self.contract, self.plans, store, held, before.plans, store.world)

    def mark_start(self) -> None:
        """Go back to what is stored now at each `clear`."""
        self._start = self.store.snapshot()

    def reset(self, store: Store, tenant: str | None = None) -> None:
        """Take a store back to the start state, for all tenants or one; for all, with the counts of rate limits."""
        store.restore(self._start, tenant)
        self.outside.forget("/".join(part for part in (store.label, tenant) if part))

    def start_store(self, world: World, namespace: str) -> Store:
        """A new store with the start state, for a namespace."""
        store = self._new_store(world, f"{self.name}@{namespace}")
        store.begin_with(self._start)
        store.source = self.store.source.on(store) if self.store.source is not None else None
        return store

    def _new_store(self, world: World, label: str) -> Store:
        new = self._store_class({name: plan.indexed for name, plan in self.plans.items()}, world, label)
        new.counter = self._counts
        return new

    def empty_store(self) -> Store:
        """A store without items that no request reads, for a state to go back to."""
        return Store({name: plan.indexed for name, plan in self.plans.items()}, self.world, self.name)

    def _parts(
        self, settings: ServiceSettings, namespaces: Namespaces | None, outbox: WebhookOutbox | None
    ) -> ServiceParts:
        limit = self.contract.behaviour.service.rate_limit
        return ServiceParts(
            contract=self.contract,
            store=self.store,
            keyring=self.keyring,
            limiter=RateLimiter(limit, enforced=settings.limits) if limit else None,
            enforces_limits=settings.limits,
            max_body=settings.max_body,
            outside=self.outside,
            examples=ExampleResponses(self.contract, self.world.seed),
            authenticates=settings.authenticate,
            validates=settings.validate,
            strict_query=settings.strict_query,
            lenient_prefer=settings.lenient_prefer,
            named_store=partial(namespaces.store, self) if namespaces is not None else no_namespaces,
            outbox=outbox,
        )

    def _endpoint(self, operation: Operation) -> Endpoint:
        stated = self.contract.behaviour.operations.get((operation.path, operation.method))
        service = self.contract.behaviour.service.errors.bodies
        own = (
            ErrorResponses(service | stated.errors.bodies, self._default_errors)
            if stated and stated.errors.bodies
            else self._errors
        )
        if self._sharing is not None:
            return shared_endpoint.SharedEndpoint(operation, self._bind, self._shared, own, self._sharing)
        return Endpoint(operation, self._bind, self._shared, own)

    def _bind(self, operation: Operation) -> BoundOperation | None:
        return bind(self.contract, operation, self.plans)

    def no_endpoint_reply(self, scope: Mapping[str, Any], match: Match) -> Reply:
        """The 405 for a method that a path does not have, with `Allow` (RFC 9110 section 15.5.6).

        404 where the path has operations of this method, and the query or the headers are those of none of them.
        """
        allowed = ", ".join(sorted({*match[0], *(("HEAD",) if "GET" in match[0] else ())}))
        method, choice = scope["method"], _at_method(scope["method"], match)
        refusal: Refusal
        if choice is not None:
            refusal = UnknownPath(f"no operation at {scope['path']} is for this request; there are: {choice}")
        else:
            text = f"{method} is not allowed here; allowed: {allowed}"
            refusal = MethodNotAllowed(text, headers=(("allow", allowed),))
        note(scope, refusal.message)
        return self._errors.reply(refusal, None, method, scope["path"])

    def _without_slash(self, router: Router, path: str) -> Match | None:
        """The match for the path with or without its last slash, if the service ignores that slash."""
        if self.contract.behaviour.service.trailing_slash.policy != "ignore":
            return None
        return router.find(_other_slash(path))

    def not_found_reply(self, scope: Mapping[str, Any], path: str, begin: str = "") -> Reply:
        """The 404 for an unknown raw path, or a redirect; `begin` is the prefix that the path lacks, for a hint."""
        policy = self.contract.behaviour.service.trailing_slash.policy
        if policy == "redirect" and self.router.find(_other_slash(path)) is not None:
            return _redirect(scope)
        hint = f"; paths begin with {begin}" if begin else self._hint(path)
        refusal: Refusal = UnknownPath(f"there is no path {path}{hint}")
        note(scope, refusal.message)
        found = self._authors_paths.find(path)
        operation = found[0].get(scope["method"]) if found is not None else None
        return self._errors.reply(refusal, operation, scope["method"], path)

    @cached_property
    def _authors_paths(self) -> Router:
        return name_hints.authors_paths(self.contract.document)

    def _hint(self, path: str) -> str:
        if self.router.find(_other_slash(path)) is not None:
            return f"; did you mean {_other_slash(path)}?"
        return name_hints.hint(self.contract.document, path) or name_hints.near_path(self.contract.document, path)


def _at_method(method: str, match: Match) -> Endpoint | EndpointChoice | None:
    methods: endpoint_index.Methods = match[0]
    return methods.get(method) or (methods.get("GET") if method == "HEAD" else None)


def _other_slash(path: str) -> str:
    return path[:-1] if path.endswith("/") else path + "/"


def _redirect(scope: Mapping[str, Any]) -> Reply:
    target = _other_slash(scope["raw_path"].decode("latin-1").partition("?")[0])
    query = scope["query_string"].decode("latin-1")
    return Reply(307, None, (("location", target + (f"?{query}" if query else "")),), "text/plain")
