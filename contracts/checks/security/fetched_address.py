"""Check of addresses: the service does not fetch what a client names from its own machine (server-side request forgery).

It runs only with `--probe-security`, and only with a listener of this process on the loopback interface.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, ClassVar

from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

PATIENCE = 2.0
"""How many seconds to wait for the service to fetch an address."""

SOURCE = "OWASP API Security Top 10 2023, API7 (server-side request forgery)"


class _Listener(BaseHTTPRequestHandler):
    """Remembers the paths that were asked for."""

    asked: ClassVar[list[str]]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(204)
        self.end_headers()

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing."""


@contextmanager
def _listening() -> Iterator[tuple[str, list[str]]]:
    """A listener on the loopback interface: its address, and the paths that were asked for so far."""
    asked: list[str] = []
    handler = type("_OneListener", (_Listener,), {"asked": asked})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def fetched_address(context: CheckContext, resource: CheckedResource, names: tuple[str, ...]) -> None:
    """The service does not fetch an address on its own machine that a client names."""
    op, tried = resource.operations["create"], 0
    with _listening() as (base, asked):
        for number, name in enumerate(names):
            body = context.body(resource) | {name: f"{base}/contract-check-{number}"}
            if not context.bodies.accepts(op, body):
                continue
            exchange, _ = context.try_create(resource, body)
            tried += 1
            _wait(asked, f"/contract-check-{number}")
            context.expect(
                not any(path.startswith(f"/contract-check-{number}") for path in asked),
                f"the address in {name} is not fetched from the machine of the service",
                "a listener on the loopback interface was asked for it",
                exchange,
                about=name,
            )
    if not tried:
        raise CannotBuildRequest("no field takes an address on this machine")


def _wait(asked: list[str], path: str) -> None:
    end = time.monotonic() + PATIENCE
    while not any(each.startswith(path) for each in asked) and time.monotonic() < end:
        time.sleep(0.02)


def _places(contract: Contract) -> Iterator[Place]:
    keyword, properties = contract.schemas.keyword, contract.schemas.properties
    for resource in checked_resources(contract).values():
        op = resource.operations.get("create")
        schema = op.body_schema(contract.schemas) if op is not None else None
        if op is None or schema is None:
            continue
        names = tuple(
            name
            for name, at in properties(schema).items()
            if keyword(at, "format") in ("uri", "url", "iri", "uri-reference")
            or name.lower().endswith(("url", "uri", "webhook", "callback"))
        )
        if names:
            statement = StatementRef(
                op.name, "http", "inferred", SOURCE, "Addresses of clients are not fetched from inside."
            )
            yield op.name, statement, (resource, names)


CHECKS = (Check("fetched-address", (), _places, fetched_address, exclusive=False, rude=True),)
