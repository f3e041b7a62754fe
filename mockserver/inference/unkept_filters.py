"""Finds filters that are named after a related item, and that no statement says how to keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mockserver.behaviour.statements import OperationBehaviour
from mockserver.inference.names import words
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

Acting = Mapping[str, Sequence[tuple[Operation, OperationBehaviour]]]


def unkept_filters(acting: Acting, schemas: Schemas) -> Iterator[str]:
    """`GET /tasks?project_name` for each such parameter: items have a `project_id`, and the name is elsewhere.

    `acting` has the operations of each resource.
    """
    for operations in acting.values():
        relations = set(_relations(operations, schemas))
        for operation, stated in operations:
            if stated.action is not None and stated.action.does == "list":
                kept = {entry.parameter for entry in stated.filter}
                yield from (
                    f"{operation.http_method} {operation.path}?{each.name}"
                    for each in operation.parameters
                    if each.location == "query" and each.name not in kept and _is_about(words(each.name), relations)
                )


def _is_about(name: tuple[str, ...], relations: set[tuple[str, ...]]) -> bool:
    return any(name[: len(relation)] == relation for relation in relations)


def _relations(
    operations: Sequence[tuple[Operation, OperationBehaviour]], schemas: Schemas
) -> Iterator[tuple[str, ...]]:
    """The names of the related items, as words: `project` for a property `project_id` of a reply about one item."""
    for operation, stated in operations:
        reply = operation.success()
        if stated.action is None or stated.action.does == "list" or reply is None:
            continue
        for media in reply.content:
            for name in schemas.properties(media.schema) if media.schema else ():
                *relation, last = words(name) or ("",)
                if relation and last in ("id", "ids"):
                    yield tuple(relation)
