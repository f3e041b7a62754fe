"""Where services of a sandbox are: base URLs, and the headers that put a request into a namespace."""

from __future__ import annotations

from mockserver.client.admin_models import SandboxHealth
from mockserver.client.problems import SandboxError
from mockserver.suggestions import meant

DEFAULT = "default"
"""The namespace of requests that name none."""


def service_name(health: SandboxHealth, service: str | None) -> str:
    """The name of a service that there is; without a name, of the only one. Raises SandboxError."""
    names = list(health.services)
    if service is None and len(names) == 1:
        return names[0]
    if service is None:
        raise SandboxError(f"name a service; there are: {', '.join(names)}")
    if service not in health.services:
        raise SandboxError(f"there is no service {service!r}; {meant(service, names)}")
    return service


def service_path(health: SandboxHealth, service: str) -> str:
    """The path of a service, with its base path."""
    return f"/{service}{health.services[service].base_path}".rstrip("/")


def headers(namespace: str) -> dict[str, str]:
    """The headers of a request in a namespace."""
    return {} if namespace == DEFAULT else {"Mock-Namespace": namespace}


def prefix(namespace: str) -> str:
    """What the path of a request in a namespace begins with, for clients that can set only a base URL."""
    return "" if namespace == DEFAULT else f"/_mock/ns/{namespace}"
