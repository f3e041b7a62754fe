"""The ASGI app: a list of middlewares around the documents that Connexion hosts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from mockserver import contract as contracts
from mockserver.contract import STRICT, GivenRules, ReadingOptions
from mockserver.errors import LogError
from mockserver.handlers.outside import OutsideService
from mockserver.lazy_module import LazyModule
from mockserver.state.clock import Clock
from mockserver.state.world import World
from mockserver.vendors import default_outside
from mockserver.web.control import shared_identity
from mockserver.web.control.check_runs import CheckRuns
from mockserver.web.control.control import Control
from mockserver.web.control.journal import RequestJournal
from mockserver.web.control.namespaces import USUAL_LIMITS, NamespaceLimits, Namespaces, without_prefix
from mockserver.web.control.outbox import NO_WEBHOOKS, WebhookOutbox, WebhookSettings
from mockserver.web.control.overrides.forwarding import AllowedHosts
from mockserver.web.control.overrides.interceptor import OverrideInterceptor
from mockserver.web.control.overrides.overrides import Overrides
from mockserver.web.control.overrides.shared_counts import SharedCounts
from mockserver.web.exchange import Interceptor, InterceptorChain, respond
from mockserver.web.handler_functions import HandlerFunctions, Handlers
from mockserver.web.lazy_app import App, LazyApp, lifespan
from mockserver.web.middleware.admin_guard import PREFIX
from mockserver.web.middleware.streaming import Streaming
from mockserver.web.mounted_operations import MountedOperations
from mockserver.web.service import Service, ServiceSettings
from mockserver.web.serving.recorder import ObservedRecorder, Observer, Recorder
from mockserver.web.serving.uvicorn_protocol import Answer, Rounds

if TYPE_CHECKING:
    from mockserver.state.shared_log import SharedLog
    from mockserver.web import hosted_app, layers
    from mockserver.web.admin import agent_endpoint, api, shared_namespace
    from mockserver.web.middleware import cors
    from mockserver.web.sharing import shared_rounds
    from mockserver.web.sharing import sharing as sharing_module
    from mockserver.web.workers import worker_socket
    from mockserver.web.workers.worker import Worker
else:
    shared_rounds = LazyModule("mockserver.web.sharing.shared_rounds")
    sharing_module = LazyModule("mockserver.web.sharing.sharing")
    # Most requests need none of these, so that the first one does not wait for them (docs/adr/0023-lazy-host.md).
    hosted_app = LazyModule("mockserver.web.hosted_app")
    layers = LazyModule("mockserver.web.layers")
    agent_endpoint = LazyModule("mockserver.web.admin.agent_endpoint")
    api = LazyModule("mockserver.web.admin.api")
    shared_namespace = LazyModule("mockserver.web.admin.shared_namespace")
    cors = LazyModule("mockserver.web.middleware.cors")
    worker_socket = LazyModule("mockserver.web.workers.worker_socket")

Services = Mapping[str, Service]


class Sandbox:
    """The ASGI app with its services by name. `read_services` reads the documents again and makes new services.

    `fast_path` is called by the server of `mockserver serve` (see serving/fast_path.py), and `rounds` gets which
    requests it answers together; None if nothing is shared.
    """

    def __init__(
        self,
        read_services: Callable[[], Services],
        control: Control,
        settings: ServiceSettings,
        token: str | None,
        functions: HandlerFunctions,
        *,
        cors: Sequence[str] | None,
        hosts: Sequence[str] | None,
    ) -> None:
        self._cors, self._hosts = None if cors is None else tuple(cors), hosts
        self.read_services, self._settings, self._token = read_services, settings, token
        self.control, self.functions, self.sharing = control, functions, control.sharing
        self.world, self.outside, self.namespaces = control.world, control.outside, control.namespaces
        self.overrides, self.outbox = control.overrides, control.outbox
        control.app = self
        self._interceptors: tuple[Interceptor, ...] = ()
        self._observers: tuple[Observer, ...] = ()
        self.rounds: Rounds | None = None
        self._serve(read_services())
        self.outbox.check_names()
        self.overrides.on_change = self._open

    def replace_services(self, services: Services) -> dict[str, Counter[str]]:
        """Serve these services from now on, with the stored items that fit them.

        Returns the number of dropped items by service and resource. Requests in progress are answered by the services
        before; what these store after this call is lost.
        """
        dropped = {
            name: service.keep_state_of(self.services[name], self.namespaces)
            for name, service in services.items()
            if name in self.services
        }
        self._serve(services)
        if self.sharing is not None:
            self.sharing.settle()
        return dropped

    def use(self, *interceptors: Interceptor) -> None:
        """Set the interceptors of all requests from now on (see exchange.py), in the order of their calls."""
        self._interceptors = interceptors
        self._open()

    def observe(self, *observers: Observer) -> None:
        """Call these functions with each request and its response from now on (see serving/recorder.py)."""
        self._observers = observers
        self._open()

    @cached_property
    def _admin(self) -> api.AdminApi:
        return api.AdminApi(self.control, agent_endpoint.AgentEndpoint(self, self._token))

    def _serve(self, services: Services) -> None:
        served = MountedOperations(services)
        hosted = LazyApp(partial(self._host, served))
        if self.functions.are_given:  # Connexion's resolver finds them, and a wrong one stops the start
            _ = hosted.made
        self.functions.check_use()
        self.services = self.control.services = self.overrides.services = services
        self._served, self._hosted, self._stack = (
            served,
            hosted,
            LazyApp(partial(self._layers, services, served, hosted)),
        )
        self._open()

    def _open(self) -> None:
        """Set what answers requests: the middlewares, with interceptors and the journal in front if there are any.

        With the journal alone, the fast path stays as short as it can be.
        """
        served, recorder = self._served, self._recorder()
        fast_path = served.fast_path
        last = OverrideInterceptor(self.overrides, self._stack) if self.overrides else None
        interceptors = (*self._interceptors, last) if last is not None else self._interceptors
        self._answer: App = self._stack
        alone = fast_path.recorded(recorder) if recorder is not None else fast_path
        self.fast_path = alone.answer
        if interceptors or recorder is not None:
            sender = LazyApp(self._cors_of_injected)
            self._answer = chain = InterceptorChain(
                interceptors, self._stack, sender, served.locate, self._settings.max_body, recorder
            )
        if interceptors:
            self.fast_path = partial(_through, chain, fast_path.answer)
        if last is not None and not self._interceptors:
            self.fast_path = partial(_through_if, last, chain, served, alone.answer)
        if self.sharing is not None and self.sharing.is_attached:
            self._own_fast_path, self.fast_path = self.fast_path, self._shared_fast_path
        if self._settings.stream_interval:
            self._answer, self.fast_path = Streaming(self._answer, self._settings.stream_interval), _no_fast_path

    def _recorder(self) -> Recorder | None:
        """What each request is recorded by: the journal, with the observers behind it if there are any."""
        journal = self.control.journal
        return ObservedRecorder(journal, self._observers) if self._observers else journal

    def _cors_of_injected(self) -> cors.CorsMiddleware:
        """What sends the responses of interceptors."""
        real, is_numbered = self.outside.is_real, self.control.is_numbered
        return cors.CorsMiddleware(respond, origins=self._cors, real=real, is_numbered=is_numbered)

    def _host(self, served: MountedOperations) -> Any:
        """What answers operations."""
        self._app = hosted_app.hosted_app(served, self.functions)
        return self._app.middleware.app

    def _layers(self, services: Services, served: MountedOperations, hosted: App) -> Any:
        """The middlewares around that, which answer all else."""
        return layers.layered(services, served, hosted, self._admin, self._token, origins=self._cors, hosts=self._hosts)

    def share(self, log: SharedLog, *, stale_reads: bool = False) -> None:
        """Keep what is stored in a log, and follow what other processes write there.

        What the log has takes the place of what is stored. Each process has to open the log itself. With `stale_reads`,
        reads are answered while the log cannot be used. Raises a LogError, for one of other documents too.
        """
        if self.sharing is None:
            raise ValueError("only an app that was created with is_shared=True can share a log")
        shared_identity.check(log, self.services)
        self._share(log, stale_reads=stale_reads)

    def refuse(self, fault: LogError) -> None:
        """Answer what needs the shared log with 503 until `share` is called, because the log cannot be opened."""
        assert self.sharing is not None  # noqa: S101  # it is created with is_shared=True
        self.sharing.refuse(fault)
        self.rounds = shared_rounds.SharedRounds(self.sharing)
        self._open()

    def _share(self, log: SharedLog, *, stale_reads: bool) -> None:
        assert self.sharing is not None  # noqa: S101  # the caller looked
        wanted = self.overrides.stored(self.namespaces.default)
        self.sharing.attach(log, partial(shared_namespace.SharedNamespace, self.control), stale_reads=stale_reads)
        with self.sharing.round():
            shared_namespace.begin_with_start(self.sharing, self.control, wanted)
        self.rounds = shared_rounds.SharedRounds(self.sharing)
        self.overrides.counted = SharedCounts(self.sharing, self.overrides)
        self._open()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope = without_prefix(scope)
            if self.rounds is not None and not scope["path"].startswith(PREFIX):
                self._look(scope)
            await self._answer(scope, receive, send)
        else:
            await lifespan(self._close, receive, send)

    def _look(self, scope: Any) -> None:
        """Apply what other processes appended, before it is decided which overrides there are."""
        assert self.sharing is not None  # noqa: S101  # the caller looked
        with suppress(LogError), self.sharing.round():  # the endpoint meets the error again
            self.sharing.look(scope["headers"])

    def _shared_fast_path(self, scope: Any, body: bytes) -> Answer | None:
        """The fast path, which is called in a round, after what other processes appended is applied."""
        self.sharing.look(scope["headers"])  # type: ignore[union-attr]  # it is set where something is shared
        return self._own_fast_path(scope, body)

    def prepare(self) -> None:
        """Make now what a first request would: while no client waits, or before processes are copied that share it."""
        _ = self._stack.made, self._hosted.made, self._admin.service

    def mark_start(self) -> None:
        """Make what is stored now the start state, to which `clear` and `POST /_mock/reset` go back."""
        self.namespaces.mark_start()
        for service in self.services.values():
            service.mark_start()

    def clear(self) -> None:
        """Go back to the start state, and reset all counts. Raises LogError if a shared log cannot be used."""
        if self.sharing is not None and self.sharing.is_attached:
            with self.sharing.round():
                log = self.sharing.of(self.namespaces.default)
                self.sharing.commanded(log)
                log.command("request", {"operation": "reset", "path": {}, "query": {}})
        else:
            self.control.reset(self.namespaces.default, self.services.values())

    def join(self, worker: Worker) -> worker_socket.WorkerSocket:
        """Be one of several processes that serve this sandbox; called in that process before its first request.

        Returns the socket at which the others are answered; the server opens and closes it.
        """
        self.control.worker = worker
        if self.control.journal is not None:
            self.control.journal.number_by(worker.numbers)
        self.control.outbox.number_by(worker.delivery_numbers)
        return worker_socket.WorkerSocket(self._admin.answer_worker, worker)

    def reached_at(self, address: str) -> None:
        """Pass the base URL of this server to the outside service, which may need it for callbacks."""
        self.outside.reached_at(address + PREFIX)

    async def _close(self) -> None:
        if "_admin" in vars(self):  # else no request needed it
            await self._admin.agents.close()
        await self.control.checks.close()
        await self.outside.close()
        await self.outbox.queue.close()
        if self.sharing is not None:
            self.sharing.close()


def _no_fast_path(scope: Any, body: bytes) -> Answer | None:
    """No answer: streams are sent in a Task."""
    return None


def _through(
    chain: InterceptorChain, fast_path: Callable[[Any, bytes], Answer | None], scope: Any, body: bytes
) -> Answer | None:
    """The fast path with interceptors; a request that it does not answer meets them in `InterceptorChain.__call__`."""
    answer = fast_path(scope, body)
    return chain.fast_path(scope, body, answer) if answer is not None else None


def _through_if(
    last: OverrideInterceptor,
    chain: InterceptorChain,
    served: MountedOperations,
    alone: Callable[[Any, bytes], Answer | None],
    scope: Any,
    body: bytes,
) -> Answer | None:
    """The fast path where overrides are the only interceptor: a request that none may apply to goes past the chain.

    `alone` is the fast path without interceptors.
    """
    if last.concerns(scope, served.locate(scope)):
        return _through(chain, served.fast_path.answer, scope, body)
    return alone(scope, body)


def create_app(
    *documents: str | Path,
    behaviour: Sequence[str | Path] = (),
    seed: int | None = None,
    clock: Clock | None = None,
    rules: GivenRules = MappingProxyType({}),
    outside: OutsideService | None = None,
    limits: bool = True,
    token: str | None = None,
    settings: ServiceSettings | None = None,
    reading: ReadingOptions = STRICT,
    handlers: Handlers | None = None,
    cors: Sequence[str] | None = None,
    hosts: Sequence[str] | None = None,
    namespace_limits: NamespaceLimits = USUAL_LIMITS,
    journal: int = 0,
    quiet_headers: bool = False,
    forward_allow: Sequence[str] = (),
    checks: CheckRuns | None = None,
    is_shared: bool = False,
    webhooks: WebhookSettings = NO_WEBHOOKS,
) -> Sandbox:
    """The ASGI app that mocks services: `create_app("datagrid")`, `create_app("./my-api.yaml")`.

    `documents` are names of vendors that come with the package, or paths of OpenAPI documents; without any, all
    vendors are served. `behaviour` are overlays that are applied on top of every document. A `seed` makes ids, times
    and random values repeatable. `rules` are functions by the names that behaviour files use for them (docs/rules.md).
    `outside` answers the questions of rules (by default simulated MCP servers, without network). `limits=False` leaves
    rate limits out. `reading` says how strictly documents are read. `handlers` are your own functions: a module, its
    name, or a mapping from operationIds to functions; the mock answers the other operations. `cors` are the origins
    whose pages may use the mock; None allows any, and an empty list sends no CORS headers. `hosts` are the names of
    this machine by which the admin API may be called, besides `localhost` and addresses; None allows any.
    `namespace_limits` say how long a namespace lives without requests, and how many there may be. `journal` is the
    number of requests that the journal keeps, and of changes that each namespace keeps for requests with `Mock-At`;
    each response then names its entry in `Mock-Request`, unless with `quiet_headers`. `forward_allow` are the hosts
    (`HOST` or `HOST:PORT`) that overrides may forward requests to. `checks` says whether the admin API can start
    contract checks; by default not. `webhooks` say where webhooks are sent to. One that `is_shared` can `share` a log.

    Raises DocumentError or BehaviourError, naming file and place, HandlerError, naming the function, or WebhookError.
    """
    world = World(seed, clock)
    namespaces = Namespaces(world, journal, namespace_limits, is_shared=is_shared)
    sharing = sharing_module.Sharing(namespaces) if is_shared else None
    kept = RequestJournal(journal, quiet=quiet_headers) if journal else None
    outbox = WebhookOutbox(webhooks)
    chosen = settings or ServiceSettings(limits=limits)
    asked = outside or default_outside()
    # A world with items has things that can only be read, too: what refers to them must lead somewhere.
    reading = replace(reading, read_only=reading.read_only or chosen.items > 0)

    def services() -> dict[str, Service]:
        read = contracts.all_of(documents, behaviour, live=asked.is_real, reading=reading, rules=rules)
        return {each.name: Service(each, world, asked, chosen, namespaces, sharing, outbox) for each in read}

    overrides = Overrides(namespaces, AllowedHosts(forward_allow))
    control = Control(world, namespaces, asked, overrides, outbox, kept, checks, sharing)
    return Sandbox(services, control, chosen, token, HandlerFunctions(handlers), cors=cors, hosts=hosts)
