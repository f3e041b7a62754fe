"""Operations on the checkpoints of a namespace."""

from __future__ import annotations

from typing import Any

from mockserver.messages import Reply
from mockserver.web.admin.admin_request import AdminRequest
from mockserver.web.control.checkpoints import Checkpoint


def listed(request: AdminRequest) -> Reply:
    """All checkpoints, the oldest first."""
    return Reply(200, [_shown(each) for each in request.namespace.checkpoints])


def put(request: AdminRequest) -> Reply:
    """Remember the namespace as it is now. Raises TooMany."""
    namespace = request.namespace
    held = [(service, namespace.store(service)) for service in request.control.services.values()]
    made = namespace.checkpoints.set(request.path["name"], held, namespace.world, namespace.revision)
    return Reply(201, _shown(made))


def restored(request: AdminRequest) -> Reply:
    """Go back to a checkpoint. Raises Missing."""
    namespace = request.namespace
    namespace.restore(request.control.services.values(), namespace.checkpoints.named(request.path["name"]))
    return Reply(204)


def removed(request: AdminRequest) -> Reply:
    """Forget a checkpoint. Raises Missing."""
    request.namespace.checkpoints.remove(request.path["name"])
    return Reply(204)


def _shown(checkpoint: Checkpoint) -> dict[str, Any]:
    return {"name": checkpoint.name, "items": checkpoint.items, "revision": checkpoint.revision}
