"""Finds the query parameters of lists that no statement says how to keep, first those about a related item."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from mockserver.behaviour.statements import OperationBehaviour
from mockserver.inference.lists.filter_parameters import filter_parameters
from mockserver.inference.names import plain, words
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


def ignored_parameters(acting: Acting, schemas: Schemas) -> Iterator[str]:
    """`GET /tasks?color` for each parameter of a list that changes nothing; not those about the form of replies."""
    for operations in acting.values():
        for operation, stated in operations:
            if stated.action is None or stated.action.does != "list":
                continue
            known = set(_texts(msgspec.to_builtins(stated)))
            for each in filter_parameters(schemas, operation):
                outer = each.name.partition("[")[0]
                if known.isdisjoint((each.name, outer, f"{outer}[]")) and plain(each.name) not in OF_FORM:
                    yield f"{operation.http_method} {operation.path}?{each.name}"


def _texts(value: Any) -> Iterator[str]:
    """All texts in a value, and the arguments in templates: `year` of `{asked:year}`."""
    if isinstance(value, str):
        yield value
        yield from re.findall(r":([^\s{}:]+)", value) if value.startswith("{") else ()
    elif isinstance(value, Mapping | list | tuple):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(each)


OF_FORM = frozenset(
    ("version", "apiversion", "v", "format", "alt", "callback", "pretty", "prettyprint", "lang", "language", "locale",
     "accept", "quotauser", "xgafv", "uploadtype", "uploadprotocol", "key", "apikey", "accesstoken", "oauthtoken",
     "token", "usertoken", "timezone", "tz")
)  # fmt: skip
"""Plain names of parameters about the form of replies, the version of the API or the client."""


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
