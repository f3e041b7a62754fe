"""What the fixtures `mock_api` and `mock_api_port` give to a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import Any

import httpx

from mockserver.client import Namespace, SandboxError
from mockserver.client.sync_items import ItemsClient
from mockserver.pytest_plugin.app_transport import AppTransport
from mockserver.pytest_plugin.intercepted_address import InterceptedAddress
from mockserver.pytest_plugin.interception import AddressInterceptor

UNSENT = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Headers of a body that is already decoded."""

UNAUTHENTICATED = 401

OWNER = "_owner"
"""The key of an item with the ids of the items above it, as `GET /_mock/state` shows it."""

NO_CREDENTIAL = '@pytest.mark.mock_api("…", authenticate=False)'
"""How to use a mock that asks for no credential."""

MOST_LINES = 50
"""How many requests the report of a failed test shows, the latest."""


class MockApi:
    """A mocked service in a namespace of this test alone.

    `url` is its base URL: any client that can set one works. `transport` is that of an httpx client, with or without
    `await`, to a mock in this process; None where there is a port. The methods are those of
    `mockserver.client.Namespace` (docs/client.md): what was asked, what is answered differently, what is stored, the
    clock.
    """

    def __init__(
        self,
        namespace: Namespace,
        service: str | None,
        transport: AppTransport | None,
        root: Callable[[], str] | None = None,
    ) -> None:
        self.namespace, self.headers, self.transport = namespace, namespace.headers, transport
        self._root = root or (lambda: namespace.sandbox.url)
        self.service = namespace.sandbox.service_name(service)
        namespace.begin()
        self.url = namespace.base_url(service)
        self.requests, self.why, self.verify = namespace.requests, namespace.why, namespace.verify
        self.clear_requests, self.follow, self.har = namespace.clear_requests, namespace.follow, namespace.har
        self.fail, self.fault, self.delay = namespace.fail, namespace.fault, namespace.delay
        self.override, self.overrides = namespace.override, namespace.overrides
        self.replace_override, self.preview_override = namespace.replace_override, namespace.preview_override
        self.switch_override, self.remove_overrides = namespace.switch_override, namespace.remove_overrides
        self.deliveries, self.clear_deliveries = namespace.deliveries, namespace.clear_deliveries
        self.subscribe, self.subscriptions = namespace.subscribe, namespace.subscriptions
        self.unsubscribe, self.send_webhook = namespace.unsubscribe, namespace.send_webhook
        self.snapshot, self.restore, self.reset = namespace.snapshot, namespace.restore, namespace.reset
        self.checkpoint, self.checkpoints = namespace.checkpoint, namespace.checkpoints
        self.remove_checkpoint, self.clock = namespace.remove_checkpoint, namespace.clock
        self.all_state = namespace.all_state

    @cached_property
    def client(self) -> httpx.Client:
        """An httpx client of the service."""
        return self.new_client()

    def new_client(self, **options: Any) -> httpx.Client:
        """A further httpx client of the service; `options` are those of `httpx.Client`. Close it yourself."""
        return self.namespace.client(self.service, **options)

    @contextmanager
    def intercept(self, *addresses: str) -> Iterator[None]:
        """Answer requests to absolute addresses, such as `https://api.vendor.com`, while the context lasts.

        Code under test needs no base URL then: httpx, requests and aiohttp reach the mock. Requests to other addresses
        are sent as usual. Raises ValueError for an address that is not absolute.
        """
        if not addresses:
            raise ValueError("intercept: name at least one address, such as https://api.example.com")
        with AddressInterceptor([self._address(each) for each in addresses], self.transport, self._root).active():
            yield

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The response to a request of httpx, to whichever host: a handler for respx, pytest-httpx and MockTransport.

        For example `respx.route(host="api.vendor.com").mock(side_effect=mock_api.answer)`.
        """
        origin = f"{request.url.scheme}://{request.url.netloc.decode()}"
        found = AddressInterceptor([self._address(origin)], self.transport, self._root).found(
            request, self._root_of_port()
        )
        with ExitStack() as stack:
            transport = self.transport or stack.enter_context(httpx.HTTPTransport(trust_env=False))
            response = transport.handle_request(found[1] if found else request)
            content = b"".join(response.iter_raw())
        return httpx.Response(response.status_code, headers=response.headers, stream=httpx.ByteStream(content))

    def answer_requests(self, request: Any) -> tuple[int, dict[str, str], str | bytes]:
        """Status, headers and body for a prepared request of requests: a callback for the package responses.

        For example `responses.add_callback("GET", re.compile("https://api.vendor.com/.*"), mock_api.answer_requests)`.
        """
        content = request.body.encode() if isinstance(request.body, str) else request.body
        sent = httpx.Request(request.method, request.url, headers=dict(request.headers), content=content)
        response = self.answer(sent)
        response.read()
        headers = {name: value for name, value in response.headers.items() if name not in UNSENT}
        return response.status_code, headers, response.content

    def _root_of_port(self) -> str:
        return "" if self.transport is not None else self._root()

    def _address(self, address: str) -> InterceptedAddress:
        served = self.namespace.sandbox.health().services[self.service]
        return InterceptedAddress(address, self.service, served.base_path, served.base_paths, self.headers)

    def fill(self, items: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Store items: a list for each resource. What an item leaves out is generated.

        `_owner` has the ids of the items above it, joined by slashes.
        """
        for resource, some in items.items():
            for each in some:
                fields = {name: value for name, value in each.items() if name != OWNER}
                self.state(resource, owner=each.get(OWNER)).add(fields)

    def state(self, resource: str, *, tenant: str | None = None, owner: str | None = None) -> ItemsClient:
        """The stored items of a resource of the service."""
        return self.namespace.state(self.service, resource, tenant=tenant, owner=owner)

    def journal(self) -> str:
        """The requests of the test as text, a line for each; an error as text, too.

        Where one had no valid credential, the last lines are a request that has one, and how none is needed.
        """
        try:
            entries = self.requests(limit=MOST_LINES)
            refused = [each for each in entries if each.status == UNAUTHENTICATED]
            accepted = self.why(refused[-1]).curl if refused else None
        except SandboxError as error:
            return str(error)
        told = [f"       with a credential: {accepted}", f"       without one: {NO_CREDENTIAL}"] if accepted else []
        return "\n".join([*map(str, entries), *told])

    def close(self) -> None:
        """Close the client, and end the namespace."""
        if "client" in self.__dict__:
            self.client.close()
        self.namespace.end()
