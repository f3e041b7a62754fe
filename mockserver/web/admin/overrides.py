"""Operations on overrides."""

from __future__ import annotations

from mockserver.messages import Reply
from mockserver.web.admin.admin_request import AdminRequest, as_conflict


def listed(request: AdminRequest) -> Reply:
    """The overrides of a namespace, in the order in which they are tried."""
    return Reply(200, [each.shown() for each in request.control.overrides.all(request.namespace)])


def added(request: AdminRequest) -> Reply:
    """Add an override. Raises Conflict for one that cannot be done, and TooMany."""
    with as_conflict():
        override = request.control.overrides.add(request.namespace, request.body)
    return Reply(201, override.shown(), (("location", f"/_mock/overrides/{override.id}"),))


def cleared(request: AdminRequest) -> Reply:
    """Remove all overrides of a namespace."""
    request.control.overrides.clear(request.namespace)
    return Reply(204)


def got(request: AdminRequest) -> Reply:
    """One override. Raises Missing."""
    return Reply(200, request.control.overrides.get(request.namespace, request.path["id"]).shown())


def replaced(request: AdminRequest) -> Reply:
    """Replace an override. Raises Missing, and Conflict for one that cannot be done."""
    with as_conflict():
        override = request.control.overrides.replace(request.namespace, request.path["id"], request.body)
    return Reply(200, override.shown())


def removed(request: AdminRequest) -> Reply:
    """Remove an override. Raises Missing."""
    request.control.overrides.remove(request.namespace, request.path["id"])
    return Reply(204)


def switched(request: AdminRequest) -> Reply:
    """Switch an override on or off; its counts stay. Raises Missing."""
    override = request.control.overrides.get(request.namespace, request.path["id"])
    override.enabled = request.body["enabled"]
    return Reply(200, override.shown())
