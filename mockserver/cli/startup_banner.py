"""The text that `mockserver serve` prints when it listens, and after each reload."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Iterator, Sequence

from mockserver.cli.counted import counted
from mockserver.cli.log_format import json_line
from mockserver.cli.reload import Reload
from mockserver.web.app import Sandbox
from mockserver.web.curl_example import curl_command
from mockserver.web.mounted_operations import is_root_taken
from mockserver.web.oauth.flows import DISCOVERY, METADATA, endpoints
from mockserver.web.service import Service

MOST_NAMED = 3
"""How many operations, servers of a document and servers of operations are named."""


def base_url(host: str, port: int, scheme: str = "http") -> str:
    """The base URL of a server, for example `http://127.0.0.1:8080`. IPv6 has brackets (RFC 3986 section 3.2.2).

    For a host that means all addresses of the machine (`0.0.0.0`, `::`) it is the loopback address: no client can
    connect to `0.0.0.0`.
    """
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return f"{scheme}://{host}:{port}"
    opened = {4: "127.0.0.1", 6: "::1"}[ip.version] if ip.is_unspecified else host
    return f"{scheme}://[{opened}]:{port}" if ip.version == 6 else f"{scheme}://{opened}:{port}"


def lines(sandbox: Sandbox, base: str, token: str | None, loaded: int, options: str = "") -> Iterator[str]:
    """The banner: a table of the services, a request to try for each, and the URLs of the mock's own pages.

    `options` are those that curl needs to reach the mock.
    """
    services = sandbox.services
    # The only service is served at the root too, which has the shorter URL.
    prefixes = {name: base if len(services) == 1 else f"{base}/{name}" for name in services}
    rows = [_row(name, service, prefixes[name]) for name, service in services.items()]
    yield from _table(("service", "base URL", "credential", "operations"), rows)
    for name, service in services.items():
        yield from ("", f"# try {name}:", curl_command(service, prefixes[name], options))
        yield from _other_servers(service, prefixes[name])
        yield from _deprecated(service)
        yield from _other_credentials(service)
        yield from _oauth(service, prefixes[name])
    yield ""
    yield f"page:   {base}/{'_mock/dashboard' if is_root_taken(services) else ''}"
    yield f"docs:   {base}/{next(iter(services)) if len(services) == 1 else '<service>'}/docs"
    yield f"state:  {base}/_mock/state"
    yield f"reset:  curl {f'{options} ' if options else ''}-X POST {base}/_mock/reset"
    if sandbox.functions.answered:
        yield f"code:   {', '.join(sandbox.functions.answered.values())}; the other operations are mocked"
    if token is not None:
        yield f'token:  state and reset need -H "Authorization: Bearer {token}"'
    yield from _webhooks(sandbox)
    if loaded:
        yield f"loaded: {counted(loaded, 'item')} of the state file"
    if sandbox.sharing is not None and sandbox.sharing.place:
        yield f"store:  {sandbox.sharing.place}"
    if sandbox.outside.is_real or any(map(_has_rules, services.values())):
        yield f"sync:   {sandbox.outside.mode} ({sandbox.outside.reach})"
    yield "Press Ctrl-C to stop."


def _has_rules(service: Service) -> bool:
    """May a rule ask a service outside, such as an MCP server?"""
    return any(stated.rules for stated in service.contract.behaviour.operations.values())


def json_banner(sandbox: Sandbox, base: str, token: str | None, loaded: int) -> str:
    """The banner as one JSON object: the base URL of each service, and the token if one is needed."""
    services = sandbox.services
    prefixes = {name: base if len(services) == 1 else f"{base}/{name}" for name in services}
    fields = {
        "message": "listening",
        "address": base,
        "services": {name: prefixes[name] + each.contract.document.base_path for name, each in services.items()},
        "loaded": loaded,
        **({"token": token} if token is not None else {}),
    }
    return json_line("info", time.time(), fields)


def reloaded(reload: Reload) -> Iterator[str]:
    """The lines about a reload: what is served now, and how many items were kept and dropped."""
    for name, service in reload.services.items():
        operations, items = counted(len(service.endpoints), "operation"), counted(service.store.count(), "item")
        yield f"reloaded {name}: {operations}, {items} kept"
        for resource, count in reload.dropped.get(name, {}).items():
            yield f"  dropped {counted(count, 'item')} of {resource}: not valid in the new version"


def _webhooks(sandbox: Sandbox) -> Iterator[str]:
    """What is sent, where to, and the secret that signs it."""
    for name, service in sandbox.outbox.services.items():
        sent = service.sent
        if sent.requests:
            hooks, calls = len(sent.requests.webhooks), sum(map(len, sent.requests.callbacks.values()))
            signed = "not signed" if sent.delivery.signature == "none" else f"{sent.delivery.signature} {sent.secret}"
            kinds = [counted(number, noun) for number, noun in ((hooks, "webhook"), (calls, "callback")) if number]
            counts = f"{' and '.join(kinds)} of {name}"
            yield f"sends:  {counts}, to {sandbox.outbox.queue.reach}; signed: {signed}"


def _other_servers(service: Service, prefix: str) -> Iterator[str]:
    """The addresses of the document's other servers, and of operations that have servers of their own."""
    document = service.contract.document
    others = [f"{prefix}{base}" for base in document.base_paths[1:] if base in service.finders]
    if others:
        yield f"#   also at: {_few(others)}"
    own = [base for base in document.own_base_paths if base in service.finders and base not in document.base_paths]
    for base in own[:MOST_NAMED]:
        names = [f"{each.http_method} {each.path}" for each in document.operations if base in each.base_paths]
        yield f"#   {_few(names)} also at: {prefix}{base}"
    if len(own) > MOST_NAMED:
        yield f"#   {counted(len(own) - MOST_NAMED, 'more server')} of operations; /_mock/operations has the paths"


def _deprecated(service: Service) -> Iterator[str]:
    """The operations that clients should stop using."""
    late = [f"{each.http_method} {each.path}" for each in service.contract.document.operations if each.deprecated]
    if late:
        yield f"#   deprecated: {_few(late)}"


def _few(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= MOST_NAMED else f"{', '.join(names[:MOST_NAMED])} and more"


def _other_credentials(service: Service) -> Iterator[str]:
    for entry in service.contract.behaviour.service.credentials[1:]:
        tenants = f" ({', '.join(entry.tenants)})" if entry.tenants else ""
        yield f"#   as {entry.name}{tenants}: {entry.value}"


def _oauth(service: Service, prefix: str) -> Iterator[str]:
    """The URLs of OAuth flows on this mock, a line for each scheme."""
    for metadata in [each for each in endpoints(service) if each.kind == METADATA][:MOST_NAMED]:
        yield "#   OAuth: " + ", ".join(f"{kind} {prefix}{path}" for kind, path in metadata.others.items())
    for discovery in [each for each in endpoints(service) if each.kind == DISCOVERY][:1]:
        yield f"#   OpenID Connect: {prefix}{discovery.path}"


def _row(name: str, service: Service, prefix: str) -> tuple[str, str, str, str]:
    address = prefix + service.contract.document.base_path
    needed = any(endpoint.operation.security for endpoint in service.endpoints.values())
    return name, address, service.keyring.printed if needed else "none needed", str(len(service.endpoints))


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    for row in [head, tuple("-" * width for width in widths), *rows]:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
