"""Whose log of changes it is: that of these documents, or of others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mockserver.errors import LogMismatch
from mockserver.web.control.document_identity import place_of
from mockserver.web.service import Service

if TYPE_CHECKING:
    from mockserver.state.shared_log import SharedLog

Identity = dict[str, Any]
"""For each service the title of its document, and where the items of each resource are found."""


def check(log: SharedLog, services: Mapping[str, Service]) -> None:
    """Note whose log it is. Raises LogMismatch if its items would not be found in these documents."""
    own = _identity(services)
    content = _written(own)
    found = log.identify(content)
    while found != content:
        kept: Identity = json.loads(found)
        differences = list(_differences(kept, own))
        if differences:
            lines = "\n".join(f"  {each}" for each in differences)
            raise LogMismatch(
                f"{log.place} has the state of other documents:\n{lines}\nServe those, or name another store."
            )
        # A document may grow. What another process wrote meanwhile is compared again.
        found = log.identify(content, found)


def _identity(services: Mapping[str, Service]) -> Identity:
    return {
        name: {
            "title": service.contract.document.title,
            "resources": {resource: place_of(plan) for resource, plan in service.plans.items()},
        }
        for name, service in services.items()
    }


def _written(identity: Identity) -> bytes:
    return json.dumps(identity, sort_keys=True, separators=(",", ":")).encode()


def _differences(kept: Identity, own: Identity) -> Iterator[str]:
    """Why items of the log would be lost."""
    for name, before in kept.items():
        now = own.get(name)
        if now is None:
            yield f"the service {name} ({before['title']}) is not served here"
        elif before["title"] != now["title"]:
            yield f"the service {name} has the document {before['title']!r} there, and {now['title']!r} here"
        else:
            for resource in sorted(before["resources"].keys() & now["resources"].keys()):
                was, place = before["resources"][resource], now["resources"][resource]
                if was != place:
                    yield f"{name}: the {resource} are {was} there, and {place} here"
