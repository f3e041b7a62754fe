"""Parameters by which a request is only tried: `validateOnly` (AIP-163), `dryRun`, `dry_run`."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.inference.evidence import Statement, inferred
from mockserver.inference.names import plain
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

NAMES = frozenset(("validateonly", "dryrun", "dryrunonly", "isdryrun"))
"""Plain names of such parameters."""


def dry_run(schemas: Schemas, operation: Operation) -> Mapping[str, Statement]:
    """The `dry-run` statement of an operation that changes something; none if no parameter has such a name."""
    for each in operation.parameters if operation.method not in ("get", "query") else ():
        types = schemas.types(each.schema) - {"null"} if each.schema else frozenset[str]()
        if each.location == "query" and plain(each.name) in NAMES and types in ({"boolean"}, {"string"}):
            return {"dry-run": inferred("by the name of the query parameter", parameter=each.name)}
    return {}
