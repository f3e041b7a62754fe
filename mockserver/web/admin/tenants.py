"""The tenants of a service that are known, for errors about one that is not."""

from __future__ import annotations

from mockserver.state.store import Store
from mockserver.suggestions import meant
from mockserver.web.service import Service


def known_tenants(service: Service, store: Store) -> list[str]:
    """The tenants that have items or facts, then those that credentials name."""
    return list(dict.fromkeys([*store.tenants(), *service.keyring.tenants]))


def no_tenant(tenant: str, known: list[str]) -> str:
    """Says that there is no such tenant, and which one was likely meant."""
    return f"there is no tenant {tenant!r}; {meant(tenant, known)}"
