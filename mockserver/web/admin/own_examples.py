"""The document of the admin API as a sandbox publishes it: with its own services, resources and items as examples."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from mockserver.web.control.control import Control
from mockserver.web.service import Service

FIRST = "1"
"""The id of an item where none is stored yet."""


def with_examples(document: dict[str, Any], control: Control) -> dict[str, Any]:
    """The document with examples that lead to something here: pages fill them in, and checks send them."""
    components = document["components"]
    examples = dict(_examples(control))
    parameters = {
        name: {**each, "example": examples[name]} if name in examples else each
        for name, each in components["parameters"].items()
    }
    return {**document, "components": {**components, "parameters": parameters}}


def _examples(control: Control) -> Iterator[tuple[str, Any]]:
    """The name of a parameter among the components, and its example."""
    services = list(control.services.values())
    found = next(((each, name) for each in services for name in each.plans if _is_plain(each, name)), None)
    if found is not None:
        service, resource = found
        yield from {"serviceName": service.name, "resource": resource, "itemId": _id(service, resource)}.items()
        yield "operationId", next(iter(service.endpoints))
    webhooks = (name for each in control.outbox.services.values() for name in each.sent.requests.webhooks)
    yield from (("webhookName", name) for name in islice(webhooks, 1))
    if control.journal is not None and control.journal.last:
        yield "number", control.journal.last


def _is_plain(service: Service, resource: str) -> bool:
    """Can its items be read without a tenant and an owner?"""
    plan = service.plans[resource]
    is_shared = plan.statements.tenant.by == "none"
    return is_shared and not plan.parent_parameters and not plan.is_single and service.bound(resource) is not None


def _id(service: Service, resource: str) -> str:
    held = (each for key, each in service.store.collections.items() if key[0] == resource)
    return str(next((record.id for each in held for record in each), FIRST))
