"""The lists in items whose entries operations change one by one, compiled at load."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from msgspec import Struct

from mockserver.behaviour.statements import Action
from mockserver.contract import Contract
from mockserver.errors import BehaviourError
from mockserver.handlers.item_schemas import reply_schemas
from mockserver.handlers.made_fields import made_fields
from mockserver.inference.names import noun
from mockserver.openapi import path_template
from mockserver.openapi.document import Operation


class EntryPlan(Struct, frozen=True):
    """The list in an item whose entry an operation changes, compiled at load.

    `name` is its property, `noun` what one entry is called, `key` the property by which the path `parameter` names one.
    `known` are the properties of an entry, none if it may have any; `generated` makes those that no client sends, and
    `defaults` are those that a client may leave out.
    """

    name: str
    noun: str
    key: str
    parameter: str
    known: frozenset[str]
    generated: Callable[[str], dict[str, Any]]
    defaults: Mapping[str, Any]


def entry_plan(contract: Contract, operation: Operation, action: Action, resource: str) -> EntryPlan:
    """The list that the `entry` of an action names. Raises BehaviourError if no reply shows one with that name."""
    schemas, place = contract.schemas, f"{operation.http_method} {operation.path}"
    lists = (schemas.properties(at).get(action.entry) for at in reply_schemas(contract, resource))
    pointer = next((schemas.items(at) for at in lists if at and schemas.items(at)), None)
    if pointer is None:
        raise BehaviourError(f"{place}: `entry` names {action.entry}, which no reply of {resource} shows as a list")
    body, parameters = operation.request_body, path_template.names(operation.path)
    asked = [media.schema for media in (body.content if body else ()) if media.schema]
    sent = {name: field for schema in asked for name, field in schemas.properties(schema).items()}
    defaults = {name: schemas.keyword(field, "default") for name, field in sent.items()}
    return EntryPlan(
        name=action.entry,
        noun=" ".join(noun(action.entry)),
        key=action.by or "id",
        parameter=parameters[-1] if parameters else "",
        known=frozenset(schemas.properties(pointer)),
        generated=partial(made_fields, contract, pointer, is_wanted=lambda name: name not in sent),
        defaults={name: value for name, value in defaults.items() if value is not None},
    )
