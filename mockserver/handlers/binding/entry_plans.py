"""The lists in items whose entries operations change one by one, compiled at load."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from msgspec import Struct

from mockserver.behaviour.statements import Action
from mockserver.contract import Contract
from mockserver.errors import BehaviourError
from mockserver.handlers.binding.item_schemas import reply_schemas
from mockserver.handlers.fields.made_fields import made_fields
from mockserver.inference.names import noun
from mockserver.inference.relations.references import EACH, stem
from mockserver.inference.values.first_values import first_values_inside
from mockserver.openapi import path_template
from mockserver.openapi.document import Operation


class EntryPlan(Struct, frozen=True):
    """The list in an item whose entry an operation changes, compiled at load.

    `name` is its property, `noun` what one entry is called, `key` the property by which the path `parameter` names one.
    `known` are the properties of an entry, none if it may have any; `generated` makes those that no client sends;
    `sent` are those that the request may send, and `defaults` those of them that a client may leave out. An entry that
    `is_value` is a text or an id itself. With `names` a request has nothing but the name of the entry that it adds.
    The entries are items of the resource `of`, or their ids; `ids` are lists of the item that have their ids too, each
    with the property that is the id. `counts` is the number that says how often an entry was chosen; with `is_new` the
    first one who chooses it adds it.
    """

    name: str
    noun: str
    key: str
    parameter: str
    known: frozenset[str]
    generated: Callable[[str], dict[str, Any]]
    sent: frozenset[str]
    defaults: Mapping[str, Any]
    is_value: bool
    names: bool
    of: str
    ids: Mapping[str, str]
    counts: str = ""
    is_new: bool = False


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
    in_path = operation.path.rstrip("/").endswith("}")
    names_one = operation.method in ("put", "post") and (body is None if in_path else bool(action.takes))
    return EntryPlan(
        name=action.entry,
        noun=action.entry_of.replace("-", " ") or " ".join(noun(action.entry)),
        key=action.by or "id",
        parameter=parameters[-1] if parameters else "",
        known=frozenset(schemas.properties(pointer)),
        generated=partial(_new_entry, contract, pointer, frozenset(sent)),
        sent=frozenset(sent),
        defaults={name: value for name, value in defaults.items() if value is not None},
        is_value="object" not in schemas.types(pointer) and not schemas.properties(pointer),
        names=names_one,
        of=action.entry_of,
        ids=_ids_beside(contract, action, resource) if action.entry_of else {},
        counts=action.counts,
        is_new=in_path,
    )


def _new_entry(contract: Contract, pointer: str, sent: frozenset[str], seed: str) -> dict[str, Any]:
    """What an entry has that no client sends, as of one to which nothing has happened yet."""
    made = made_fields(contract, pointer, seed, is_wanted=lambda name: name not in sent)
    first: dict[str, Any] = first_values_inside(contract.schemas, pointer, made)
    return first


def _ids_beside(contract: Contract, action: Action, resource: str) -> dict[str, str]:
    """The lists of ids in an item that name the same items as the list: `tag_ids` beside `tags`."""
    stated = contract.behaviour.resources[resource].references
    named = {one.field.removesuffix(EACH): one for one in stated if one.field.endswith(EACH) and one.key}
    return {
        name: one.key
        for name, one in named.items()
        if one.resource == action.entry_of and name != action.entry and stem(name) == stem(action.entry)
    }
