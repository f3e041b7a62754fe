"""Is the sandbox ready, what does it serve, and what was measured?"""

from __future__ import annotations

import os
from typing import Any

from mockserver.errors import Conflict, LogError
from mockserver.messages import Reply
from mockserver.web.admin.admin_request import AdminRequest
from mockserver.web.control.control import Control


def got(request: AdminRequest) -> Reply:
    """The services with their titles, and how they ask outside services. 503 to the probe `ready` if they are not."""
    control = request.control
    services = {
        name: {
            "title": each.contract.document.title,
            "operations": len(each.endpoints),
            "sync": control.outside.mode,
            "base_path": each.contract.document.base_path,
            "base_paths": list(each.finders),
        }
        for name, each in control.services.items()
    }
    kept = control.journal.most if control.journal is not None else 0
    told: dict[str, Any] = {"status": "ok", "services": services, "seed": control.world.seed, "journal": kept}
    worker = control.worker
    if worker is not None:
        told["worker"] = {"number": worker.slot, "of": worker.count, "process": os.getpid()}
    told |= _readiness(control)
    return Reply(200 if told["ready"] or request.query.get("probe") != "ready" else 503, told)


def _readiness(control: Control) -> dict[str, Any]:
    """Can requests be answered? With a store, whether it can be used, and how far this process is behind it."""
    sharing = control.sharing
    if sharing is None or not sharing.is_attached:
        return {"ready": True}
    try:
        return {"ready": True, "behind": sharing.behind()}
    except LogError:
        return {"ready": False}


def measured(request: AdminRequest) -> Reply:
    """The metrics. Raises Conflict when the sandbox keeps none."""
    metrics = request.control.metrics
    if metrics is None:
        raise Conflict("this sandbox keeps no metrics; start it with --metrics")
    text, media_type = metrics()
    return Reply(200, text.decode(), media_type=media_type)
