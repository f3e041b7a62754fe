"""Operations on namespaces."""

from __future__ import annotations

import time
from typing import Any

from mockserver.errors import Conflict, Missing
from mockserver.messages import Reply
from mockserver.suggestions import meant
from mockserver.web.admin.admin_request import AdminRequest
from mockserver.web.control.namespaces import DEFAULT, Namespace


def listed(request: AdminRequest) -> Reply:
    """All namespaces in use."""
    return Reply(200, [_shown(request, each) for each in request.control.namespaces])


def got(request: AdminRequest) -> Reply:
    """One namespace. Raises Missing."""
    return Reply(200, _shown(request, _known(request)))


def begun(request: AdminRequest) -> Reply:
    """A namespace that begins now, if it is not in use. Raises TooMany."""
    return Reply(200, _shown(request, request.control.namespaces.named(request.path["name"])))


def ended(request: AdminRequest) -> Reply:
    """End a namespace. Raises Missing, and Conflict for the default one."""
    if request.path["name"] == DEFAULT:
        raise Conflict("the default namespace does not end; POST /_mock/reset takes it to its start state")
    _known(request)
    request.control.namespaces.end(request.path["name"])
    return Reply(204)


def _known(request: AdminRequest) -> Namespace:
    name = request.path["name"]
    found = request.control.namespaces.known(name)
    if found is None:
        names = [each.name for each in request.control.namespaces]
        raise Missing(f"no namespace {name!r} is in use; {meant(name, names)}", resource="namespace")
    return found


def _shown(request: AdminRequest, namespace: Namespace) -> dict[str, Any]:
    stores = [namespace.store(service) for service in request.control.services.values()]
    return {
        "name": namespace.name,
        "items": sum(store.count() for store in stores),
        "revision": namespace.revision,
        "idle_seconds": 0.0 if namespace.name == DEFAULT else round(time.monotonic() - namespace.used, 3),
    }
