"""Four servers in four frameworks that no check was written for: how each is started, and what is true of it."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from werkzeug.serving import make_server

from contracts.pytest_plugin.plugin import _served
from tests.differential_servers import asgi_flags, fastapi_warehouse, flask_library
from tests.package import UnobtainableError, fetch, kept
from tests.process import free_port

HERE = Path(__file__).parent
EXPRESS = "express@4.22.3"
PATIENCE = 20.0
"""Seconds that a server may take to listen."""


@dataclass(frozen=True, slots=True)
class ForeignServer:
    """A server, its document, the options that reach it, and its truth.

    `truth` maps the place of a statement to the value that is right, or to None where no such statement is true.
    """

    name: str
    framework: str
    document: Callable[[Path], Path]
    start: Callable[[], AbstractContextManager[str]]
    options: tuple[str, ...] = ()
    truth: Mapping[str, Any] = field(default_factory=dict)


def _here(name: str) -> Callable[[Path], Path]:
    return lambda folder: HERE / name


def _written_by_fastapi(folder: Path) -> Path:
    file = folder / "warehouse.json"
    file.write_text(json.dumps(fastapi_warehouse.warehouse().openapi()), encoding="utf-8")
    return file


@contextmanager
def _flask() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, flask_library.library(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)


@contextmanager
def _express() -> Iterator[str]:
    """Raises UnobtainableError without Node.js or npm."""
    node = shutil.which("node")
    if node is None:
        raise UnobtainableError("no node on this machine")
    folder = kept(
        EXPRESS, lambda into: fetch("npm", "install", "--no-audit", "--no-fund", "--silent", EXPRESS, into=into)
    )
    port = free_port()
    there = {**os.environ, "PORT": str(port), "NODE_PATH": str(folder / "node_modules")}
    process = subprocess.Popen([node, str(HERE / "express_helpdesk.js")], env=there)
    try:
        _await(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise UnobtainableError("the server does not listen")


SERVERS = (
    ForeignServer(
        "library",
        "Flask",
        _here("library.yaml"),
        _flask,
        ("--auth", flask_library.KEY),
        {
            "x-resources.book.identity.generate": "digits",
            "x-resources.book.identity.prefix": "bk_",
            "x-resources.book.identity.width": 3,
            "x-resources.book.order.by": "creation",
            "x-resources.book.order.direction": "descending",
            "x-resources.book.timestamps.written": "iso-seconds",
            "x-resources.book.write-only": None,
            "x-resources.book.capacity": None,
            "x-resources.book.immutable": None,
            "x-resources.book.unique.fields": ["isbn"],
            "x-resources.loan.write-only": None,
            "x-resources.loan.capacity": None,
            "paths./books.get.paging.default": 5,
            "paths./books.get.paging.maximum": 20,
        },
    ),
    ForeignServer(
        "helpdesk",
        "Express",
        _here("helpdesk.yaml"),
        _express,
        ("--auth", "helpdesk-token", "--tenant", "acme"),
        {
            "x-resources.ticket.identity.generate": "uuid",
            "x-resources.ticket.order.by": "creation",
            "x-resources.ticket.order.direction": "descending",
            "x-resources.ticket.timestamps.written": "iso-milliseconds",
            "x-resources.ticket.write-only": None,
            "x-resources.ticket.capacity": None,
            "x-resources.ticket.unique": None,
            "paths./v1/organizations/{organization_id}/tickets.get.paging.default": 10,
        },
    ),
    ForeignServer(
        "warehouse",
        "FastAPI",
        _written_by_fastapi,
        lambda: _served(fastapi_warehouse.warehouse()),
        ("--auth", fastapi_warehouse.TOKEN, "--header", "X-Tenant: north"),
        {
            "x-resources.part.capacity.limit": 12,
            "x-resources.part.order.by": "creation",
            "x-resources.part.order.direction": "ascending",
            "x-resources.part.timestamps.written": "iso-microseconds",
            "x-resources.part.tenant.by": "header",
            "x-resources.part.unique": None,
            "x-resources.part.write-only": None,
            "x-resources.access-key.capacity": None,
            "paths./parts.get.paging.default": 4,
        },
    ),
    ForeignServer(
        "flags",
        "raw ASGI",
        _here("flags.yaml"),
        lambda: _served(asgi_flags.Flags()),
        ("--no-auth",),
        {
            "x-resources.flag.capacity.limit": 8,
            "x-resources.flag.order.by": "name",
            "x-resources.flag.order.direction": "ascending",
            "x-resources.flag.unique.fields": ["name"],
            "x-resources.flag.write-only": None,
            "x-resources.flag.identity.generate": "random",
            "x-resources.flag.timestamps.written": "unix-seconds",
        },
    ),
)
