"""What the fixtures `mock_api` and `mock_api_port` give to a test."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import httpx

from mockserver.client import Namespace, SandboxError
from mockserver.client.sync_items import ItemsClient
from mockserver.pytest_plugin.app_transport import AppTransport

MOST_LINES = 50
"""How many requests the report of a failed test shows, the latest."""


class MockApi:
    """A mocked service in a namespace of this test alone.

    `url` is its base URL: any client that can set one works. `transport` is that of an httpx client, with or without
    `await`, to a mock in this process; None where there is a port. The methods are those of
    `mockserver.client.Namespace` (docs/client.md): what was asked, what is answered differently, what is stored, the
    clock.
    """

    def __init__(self, namespace: Namespace, service: str | None, transport: AppTransport | None) -> None:
        self.namespace, self.headers, self.transport = namespace, namespace.headers, transport
        self.service = namespace.sandbox.service_name(service)
        namespace.begin()
        self.url = namespace.base_url(service)
        self.requests, self.why, self.verify = namespace.requests, namespace.why, namespace.verify
        self.fail, self.fault, self.delay = namespace.fail, namespace.fault, namespace.delay
        self.override, self.remove_overrides = namespace.override, namespace.remove_overrides
        self.snapshot, self.restore = namespace.snapshot, namespace.restore
        self.checkpoint, self.reset, self.clock = namespace.checkpoint, namespace.reset, namespace.clock

    @cached_property
    def client(self) -> httpx.Client:
        """An httpx client of the service."""
        return self.new_client()

    def new_client(self, **options: Any) -> httpx.Client:
        """A further httpx client of the service; `options` are those of `httpx.Client`. Close it yourself."""
        return self.namespace.client(self.service, **options)

    def state(self, resource: str, *, tenant: str | None = None, owner: str | None = None) -> ItemsClient:
        """The stored items of a resource of the service."""
        return self.namespace.state(self.service, resource, tenant=tenant, owner=owner)

    def journal(self) -> str:
        """The requests of the test as text, a line for each; an error as text, too."""
        try:
            return "\n".join(map(str, self.requests(limit=MOST_LINES)))
        except SandboxError as error:
            return str(error)

    def close(self) -> None:
        """Close the client, and end the namespace."""
        if "client" in self.__dict__:
            self.client.close()
        self.namespace.end()
