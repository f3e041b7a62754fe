"""Checking that a port is free, before a document is read that may take seconds."""

from __future__ import annotations

import errno
import ipaddress
import socket
from typing import Any

import click

NEIGHBOURS = 20
"""How many of the next ports are tried to find a free one for the error message."""


def check_port(host: str, port: int) -> None:
    """Raises ClickException if the server could not listen on the port, and suggests one that is free.

    Other errors, such as an unknown host, are left to the server.
    """
    failure = _failure(host, port) if port else 0
    if failure == errno.EADDRINUSE:
        free = next((p for p in range(port + 1, min(port + NEIGHBOURS, 65536)) if not _failure(host, p)), 0)
        raise click.ClickException(f"port {port} is in use by another process; try --port {free}")
    if failure == errno.EACCES:
        raise click.ClickException(f"port {port} needs more privileges; try a port above 1023, for example --port 8080")


def _failure(host: str, port: int) -> int:
    """The error number of listening on the port; 0 when it works or the host has no address."""
    # As bytes, where it can be: for a text, Python imports what encodes the names of other alphabets.
    name = host.encode() if host.isascii() else host
    try:
        found = socket.getaddrinfo(name or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        return 0
    for family, kind, protocol, _, address in found:
        with socket.socket(family, kind, protocol) as listener:
            try:
                _bind(listener, address)
            except OSError as error:
                return error.errno or 0
    return 0


def opened(host: str, port: int) -> list[socket.socket] | None:
    """A socket at the port of an address of this machine, for the server to listen at.

    None for a name, and where the address cannot be used: the server then resolves the name, and says what is wrong.
    For an address it would also ask a thread, and import what encodes the names of other alphabets.
    """
    try:
        version = ipaddress.ip_address(host).version
    except ValueError:
        return None
    listener = socket.socket(socket.AF_INET if version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
    try:
        _bind(listener, (host, port))
    except OSError:
        listener.close()
        return None
    return [listener]


def _bind(listener: socket.socket, address: Any) -> None:
    # As asyncio does: a port that was closed a moment ago is free, and IPv6 does not include IPv4.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if listener.family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind(address)
