"""Is the sandbox ready, and what does it serve?"""

from __future__ import annotations

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
    return Reply(200, {"status": "ok", "services": services, "seed": control.world.seed, "journal": kept})
