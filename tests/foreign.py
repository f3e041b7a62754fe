"""MCP servers by other authors: fetched once, by name and version, never committed, and run as processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.package import fetch, kept
from tests.process import await_port, free_port

EVERYTHING = "@modelcontextprotocol/server-everything@2026.8.31"
"""The reference server of the MCP project, from npm: tools, resources, prompts, over every transport."""

TIME = ("mcp-proxy==0.13.0", "mcp-server-time==2026.8.18")
"""A reference server from PyPI that speaks stdio, and one that puts such a server on HTTP; with an SDK of version 1."""


def everything(*arguments: str) -> list[str]:
    """The command that runs `EVERYTHING`. Raises UnobtainableError."""
    folder = kept(
        EVERYTHING, lambda into: fetch("npm", "install", "--no-audit", "--no-fund", "--silent", EVERYTHING, into=into)
    )
    program = folder / "node_modules/@modelcontextprotocol/server-everything/dist/index.js"
    return [str(shutil.which("node")), str(program), *arguments]


def proxied_time(port: int) -> tuple[list[str], dict[str, str]]:
    """The command that puts the server of `TIME` on a port, and its environment. Raises UnobtainableError."""
    arguments = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", ".", *TIME)
    # A compiled package fits one version of Python.
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    folder = kept("+".join((*TIME, version)), lambda into: fetch(sys.executable, *arguments, into=into))
    command = [sys.executable, "-m", "mcp_proxy", "--port", str(port), "--pass-environment", "--"]
    return [*command, sys.executable, "-m", "mcp_server_time"], {"PYTHONPATH": str(folder)}


@contextmanager
def served(name: str) -> Iterator[str]:
    """The URL at which one of `SERVERS` can be asked while the context lasts. Raises UnobtainableError."""
    port, (way, path) = free_port(), SERVERS[name]
    command, more = (everything(way), {"PORT": str(port)}) if way else proxied_time(port)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env={**os.environ, **more}, **quiet)  # type: ignore[call-overload]
    try:
        await_port(port, process)
        yield f"http://127.0.0.1:{port}{path}"
    finally:
        process.terminate()
        process.wait(20)


SERVERS = {
    "everything over HTTP": ("streamableHttp", "/mcp"),
    "everything over SSE": ("sse", "/sse"),
    "time over HTTP": ("", "/mcp"),
    "time over SSE": ("", "/sse"),
}
"""What can be served: the argument of `everything` (none: `proxied_time`), and the path of the MCP endpoint."""
