"""A check of reads: a GET changes no item, whatever its parameters are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracts.checks.security.other_user_changes import item_operations
from contracts.checks.stored_fields import lasting_changes, settled
from contracts.checks.valid_bodies import distinct_body
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.errors import MockServerError
from mockserver.inference.names import words
from mockserver.openapi.document import Parameter

SAFE = "RFC 9110 section 9.2.1 (a GET asks for no change of state)"

MOST_PARAMETERS, VALUES = 6, 2
"""So many parameters of each operation are tried, each with so many values."""

MARKING = frozenset(("mark", "touch", "ack", "acknowledge", "seen", "consume", "lock", "refresh", "track"))
"""Words in the name of a parameter that asks for a change on purpose."""

READ = frozenset((
    "read", "unread", "reads", "seen", "view", "views", "viewed", "visit", "visits", "visited", "open", "opened", "opens",
    "access", "accessed", "accesses", "download", "downloads", "downloaded", "hit", "hits", "click", "clicks", "play",
    "plays", "played", "last", "used", "uses", "fetched", "requests",
))  # fmt: skip
"""Words in the name of a field that says so of the reads of an item."""


def safe_read(context: CheckContext, resource: CheckedResource) -> None:
    """A GET changes no item, whatever its parameters are: the item is the same before and after."""
    created = context.create(resource, distinct_body(context, resource))
    before = {name: value for name, value in settled(context, created).items() if not set(words(name)) & READ}
    for op, query in _reads(context, resource):
        try:
            exchange = context.send(op, path=created.path, query=query)
        except CannotBuildRequest:
            continue
        if not 200 <= exchange.status < 300:
            continue
        changed, after, shown = lasting_changes(context, created, before)
        if changed and any(_is_one_more(value, after.get(name)) for name, value in before.items()):
            before = {name: value for name, value in before.items() if not _is_one_more(value, after.get(name))}
            changed, _, shown = lasting_changes(context, created, before)
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        if not context.expect(
            not changed,
            f"a {op.name}{f' with {asked}' if asked else ''} does not change the {resource.name}",
            "; ".join(changed),
            created.exchange,
            exchange,
            *shown,
            about=f"{op.name} {' '.join(query)}",
        ):
            return


def _is_one_more(before: Any, after: Any) -> bool:
    """Is it a number that may count the reads? A service may do that (RFC 9110 section 9.2.1)."""
    return type(before) is int and type(after) is int and after == before + 1


def _reads(context: CheckContext, resource: CheckedResource) -> Iterator[tuple[ResourceOperation, dict[str, Any]]]:
    """The GET operations of an item and of what is below it, each alone and with each of its parameters."""
    own = [resource.operations[name] for name in ("get", "list") if resource.can(name)]
    below = [op for op in item_operations(context, resource) if op.operation.http_method == "GET"]
    for op in [*own, *below]:
        yield op, {}
        named = [p for p in op.operation.parameters if p.location == "query" and p.schema and not _marks(p)]
        for parameter in named[:MOST_PARAMETERS]:
            for value in _values(context, parameter):
                yield op, {parameter.name: value}


def _marks(parameter: Parameter) -> bool:
    return bool(set(words(parameter.name)) & MARKING)


def _values(context: CheckContext, parameter: Parameter) -> list[Any]:
    """Different valid values of a parameter."""
    found: list[Any] = []
    for trial in range(VALUES + 2):
        try:
            seed = f"{parameter.name}/{trial}"
            value = context.shared.maker.at(str(parameter.schema), seed=seed, direction="request")
        except MockServerError:
            return found
        found += [value] if value not in found else []
    return found[:VALUES]


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        if resource.can("create", "get"):
            operation = resource.operations["get"].name
            text = "A GET changes nothing."
            yield operation, StatementRef(operation, "http", "documented", SAFE, text), (resource,)


CHECKS = (Check("safe-read", (), _places, safe_read, quick=False, exclusive=False),)
