"""The requests that a service sends itself: `webhooks` of a document and `callbacks` of its operations.

OpenAPI 3.1 sections 4.8.1 and 4.8.18. What cannot be sent is left out, and a line says why: such a part concerns no
request to the service.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from msgspec import Struct

from mockserver.errors import InvalidDocument
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import Document, Operation, methods_of
from mockserver.openapi.document_reader import operation_of
from mockserver.openapi.runtime_expressions import RuntimeTemplate


class OutgoingRequest(Struct, frozen=True):
    """A request that the service sends. `operation` describes it; that of a callback is sent to the address `url`.

    `sent_by` is the operationId of the operation with the callback; empty for a webhook. `server` is the base URL of
    relative addresses, if the callback has one of its own.
    """

    name: str
    operation: Operation
    url: RuntimeTemplate | None = None
    sent_by: str = ""
    server: str = ""

    def address(self, found: str, own: str) -> str:
        """An address that an expression gave, as an absolute one. `own` is the base URL of the service."""
        return urljoin(urljoin(own, self.server) if self.server else own, found)


class OutgoingRequests(Struct, frozen=True):
    """All of a document: webhooks by name, callbacks by operationId. `problems` say what cannot be sent, and why."""

    webhooks: Mapping[str, OutgoingRequest]
    callbacks: Mapping[str, tuple[OutgoingRequest, ...]]
    problems: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.webhooks or self.callbacks)

    def named(self, name: str) -> OutgoingRequest | None:
        """The webhook of that name, or else the first callback of it."""
        found = (each for group in self.callbacks.values() for each in group if each.name == name)
        return self.webhooks.get(name) or next(found, None)


def outgoing_requests(document: Document) -> OutgoingRequests:
    """The webhooks and callbacks of a document."""
    problems: list[str] = []
    hooks = {each.name: each for each in _webhooks(document, problems)}
    called = {o.operation_id: tuple(_callbacks(document, o, problems)) for o in document.operations}
    return OutgoingRequests(hooks, {id: each for id, each in called.items() if each}, tuple(problems))


def _webhooks(document: Document, problems: list[str]) -> Iterator[OutgoingRequest]:
    nodes = document.root.get("webhooks")
    for name, written in (nodes if isinstance(nodes, dict) else {}).items():
        at = json_pointer.join("/webhooks", name)
        for operation, _, is_only in _operations(document, name, written, at, problems):
            yield OutgoingRequest(name if is_only else f"{name} {operation.http_method}", operation)


def _callbacks(document: Document, owner: Operation, problems: list[str]) -> Iterator[OutgoingRequest]:
    nodes = json_pointer.lookup(document.root, owner.pointer).get("callbacks")
    for name, written in (nodes if isinstance(nodes, dict) else {}).items():
        at = json_pointer.join(owner.pointer, "callbacks", name)
        node, place = _resolved(document, written, at, problems)
        for key, item in node.items():
            if not key.startswith("x-"):
                yield from _callback(document, owner, name, (key, item, json_pointer.join(place, key)), problems)


def _callback(
    document: Document, owner: Operation, name: str, entry: tuple[str, Any, str], problems: list[str]
) -> Iterator[OutgoingRequest]:
    key, item, at = entry
    try:
        url = RuntimeTemplate(key)
    except InvalidDocument as fault:
        problems.append(f"{document.file}: the callback {name!r} is not sent: #{at}: {fault.message}")
        return
    for operation, server, _ in _operations(document, key, item, at, problems):
        yield OutgoingRequest(name, operation, url, owner.operation_id, server)


def _operations(
    document: Document, path: str, written: Any, at: str, problems: list[str]
) -> Iterator[tuple[Operation, str, bool]]:
    """Each operation of a Path Item, the server it names, and whether it is the only one."""
    item, place = _resolved(document, written, at, problems)
    methods = [keys for _, keys in methods_of(item)]
    for keys in methods:
        try:
            operation = operation_of(document.root, path, item, place, keys)
        except (InvalidDocument, AttributeError, TypeError) as fault:
            problems.append(f"{document.file}: {path!r} is not sent: #{json_pointer.join(place, *keys)}: {fault}")
            continue
        node = json_pointer.lookup(document.root, operation.pointer)
        yield operation, _server(node) or _server(item), len(methods) == 1


def _resolved(document: Document, written: Any, at: str, problems: list[str]) -> tuple[dict[str, Any], str]:
    try:
        node, place = json_pointer.resolve(document.root, written, at)
    except InvalidDocument as fault:
        problems.append(f"{document.file}: #{at} is not sent: {fault.message}")
        return {}, at
    return (node, place) if isinstance(node, dict) else ({}, at)


def _server(node: Mapping[str, Any]) -> str:
    """The first server that a Path Item or an operation names, with the defaults of its variables; else empty."""
    servers = node.get("servers")
    first = servers[0] if isinstance(servers, list) and servers and isinstance(servers[0], dict) else {}
    url = str(first.get("url") or "")
    for name, variable in (first.get("variables") or {}).items():
        url = url.replace("{" + name + "}", str(variable.get("default", "")))
    return url
