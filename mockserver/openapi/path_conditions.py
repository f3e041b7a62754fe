"""What a document puts behind a path to tell operations of one method and one path apart.

That is a query (`/files?op=copy`, `/buckets/{name}?acl`), or what Amazon's documents put behind a `#`, which clients
send as a query parameter or a header: `/#Action=ListUsers`, `/#X-Amz-Target=Service.ListUsers`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from msgspec import Struct

from mockserver.openapi import path_template
from mockserver.openapi.document import Operation

Sent = Mapping[tuple[str, str], Sequence[str]]
"""The values of a request by the location and the name."""


class PathCondition(Struct, frozen=True):
    """A query parameter or a header (`name` in lower case) that a request must have; with a `value`, this value."""

    location: str
    name: str
    value: str | None

    def __str__(self) -> str:
        """`op=a`, or `acl` for any value."""
        return self.name if self.value is None else f"{self.name}={self.value}"

    def holds(self, sent: Sent) -> bool:
        """Does a request meet it?"""
        values = sent.get((self.location, self.name), ())
        return bool(values) and (self.value is None or self.value in values)


def conditions(operation: Operation) -> tuple[PathCondition, ...]:
    """What tells an operation apart from others of its path; nothing if its path alone does, or if no request can.

    Behind a `#`, a name that is no parameter of the operation is never sent.
    """
    behind = path_template.split(operation.path)[1]
    known = {each.name: each.location for each in operation.parameters if each.location in ("query", "header")}
    found = []
    for name, value in parse_qsl(behind[1:], keep_blank_values=True):
        location = known.get(name, "query" if behind[0] == "?" else "")
        has_value = "=" in behind and value != "" and "{" not in value
        if location:
            wanted = name if location == "query" else name.lower()
            found.append(PathCondition(location, wanted, value if has_value else None))
    return tuple(found)
