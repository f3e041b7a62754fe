"""A header that every operation on a resource requires and that says whose data it is: `X-Tenant-Id`."""

from __future__ import annotations

from mockserver.inference.draft import ResourceDraft
from mockserver.inference.evidence import Statement, inferred
from mockserver.inference.names import words

OWNERS = frozenset(("tenant", "org", "organization", "organisation", "workspace", "tenantid", "orgid", "workspaceid"))
"""Words of a header that mean who has the data."""

FILLERS = frozenset(("x", "id", "slug", "key", "name", "uuid"))
"""Words that such a name may have besides."""


def tenant(draft: ResourceDraft) -> Statement | None:
    """The `tenant` statement of a resource; None unless all of its operations require one such header."""
    required = [
        {each.name for each in action.operation.parameters if each.location == "header" and each.required}
        for action in draft.actions
    ]
    found = sorted(name for name in set.intersection(*required) if _is_tenant(name)) if required else []
    if len(found) != 1:
        return None
    return inferred(f"every operation requires the header {found[0]}", by="header", name=found[0])


def _is_tenant(name: str) -> bool:
    content = [word for word in words(name) if word not in FILLERS]
    return len(content) == 1 and content[0] in OWNERS
