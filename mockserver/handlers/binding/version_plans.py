"""The versions of items, compiled at load (versions.py)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from mockserver.behaviour.statements import Resource
from mockserver.contract import Contract
from mockserver.handlers.binding.content_plans import ItemContent, content_writers
from mockserver.handlers.binding.item_schemas import operations_on, reply_schemas
from mockserver.openapi.schemas import Validator

Writers = tuple[tuple[str, Callable[[ItemContent], Any]], ...]
"""The properties that describe a content, each with the function that makes it."""


class VersionPlan(Struct, frozen=True):
    """A `versions` statement, compiled: items of `item` have versions, which are items of `version`.

    `number` is the property of a version that has its number, `current` that of an item with the number of its newest
    version; both may be empty. `shared` are the properties that both show, so that a version keeps their values.
    With `is_file` a change of the content makes one, and nothing else. `described` and `described_current` are those of
    a version and of an item that follow from a content. `fits` are the validators of an item.
    """

    item: str
    version: str
    number: str
    current: str
    shared: frozenset[str]
    is_file: bool
    described: Writers
    described_current: Writers
    fits: tuple[Validator, ...]


def version_plans(contract: Contract) -> Mapping[str, VersionPlan]:
    """The plan of each resource that has versions, and of each whose items are versions, by name."""
    found: dict[str, VersionPlan] = {}
    for name, resource in contract.behaviour.resources.items():
        stated = resource.versions
        other = contract.behaviour.resources.get(stated.resource) if stated is not None else None
        if stated is not None and other is not None:
            views = reply_schemas(contract, name)
            plan = VersionPlan(
                item=name,
                version=stated.resource,
                number=stated.number,
                current=stated.current,
                shared=_shared(contract, name, stated.resource) - {stated.number, stated.current},
                is_file=_are_files(contract, stated.resource),
                described=_writers(contract, stated.resource, other),
                described_current=_writers(contract, name, resource),
                fits=tuple(contract.schemas.validator(view, "response") for view in views),
            )
            found |= {name: plan, stated.resource: plan}
    return found


def _are_files(contract: Contract, version: str) -> bool:
    actions = (behaviour.action for _, behaviour in operations_on(contract, version))
    return any(action is not None and bool(action.content) for action in actions)


def _shared(contract: Contract, name: str, version: str) -> frozenset[str]:
    """The properties that replies show of an item and of its versions; not ids, and not the times of either."""
    schemas = contract.schemas
    own, its = (
        {name: at for view in reply_schemas(contract, each) for name, at in schemas.properties(view).items()}
        for each in (name, version)
    )
    ids = {contract.behaviour.resources[each].identity.field for each in (name, version)} | {"id"}
    times = {each for each, at in its.items() if schemas.keyword(at, "format") in ("date-time", "date")}
    return frozenset(own.keys() & its.keys() - ids - times)


def _writers(contract: Contract, name: str, resource: Resource) -> Writers:
    return tuple(content_writers(contract, name, resource.content)) if resource.content is not None else ()
