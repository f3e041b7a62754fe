"""Operations on the snapshot of a namespace."""

from __future__ import annotations

from mockserver.messages import Reply
from mockserver.web.admin.admin_request import AdminRequest, as_conflict
from mockserver.web.control import snapshots


def got(request: AdminRequest) -> Reply:
    """The whole namespace as a file, with secrets."""
    content = snapshots.written(request.namespace, request.control.services)
    return Reply(200, content=content, proven=True)


def put(request: AdminRequest) -> Reply:
    """Make the namespace what the file says. Raises Conflict for the file of another document."""
    with as_conflict():
        snapshots.restore(request.body, request.namespace, request.control.services)
    return Reply(204)
