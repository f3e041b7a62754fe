"""Is the sandbox ready, what does it serve, and what was measured?"""

from __future__ import annotations

import os
from typing import Any

from mockserver.errors import Conflict
from mockserver.messages import Reply
from mockserver.web.admin.admin_request import AdminRequest


def got(request: AdminRequest) -> Reply:
    """The services with their titles, and how they ask outside services."""
    control = request.control
    services = {
        name: {
            "title": each.contract.document.title,
            "operations": len(each.endpoints),
            "sync": control.outside.mode,
            "base_path": each.contract.document.base_path,
        }
        for name, each in control.services.items()
    }
    kept = control.journal.most if control.journal is not None else 0
    told: dict[str, Any] = {"status": "ok", "services": services, "seed": control.world.seed, "journal": kept}
    worker = control.worker
    if worker is not None:
        told["worker"] = {"number": worker.slot, "of": worker.count, "process": os.getpid()}
    return Reply(200, told)


def measured(request: AdminRequest) -> Reply:
    """The metrics. Raises Conflict when the sandbox keeps none."""
    metrics = request.control.metrics
    if metrics is None:
        raise Conflict("this sandbox keeps no metrics; start it with --metrics")
    text, media_type = metrics()
    return Reply(200, text.decode(), media_type=media_type)
