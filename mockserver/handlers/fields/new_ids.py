"""How the id of a new item is made: one function for each value of `identity.generate`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from mockserver.behaviour.statements import IdentityStatement
from mockserver.behaviour.template_functions import slug
from mockserver.errors import Conflict, Unanswerable
from mockserver.examples.example_maker import ExampleMaker
from mockserver.openapi.schemas import Schemas, Validator
from mockserver.state.collection import Collection
from mockserver.state.world import World

NewId = Callable[[World, Collection, Mapping[str, Any]], Any]
"""Makes the id of a new item from the world, the collection that it is added to, and the item's fields."""

TRIALS = 64
"""How many values of a schema are tried until one is not in use."""


def id_maker(
    identity: IdentityStatement,
    pointers: Sequence[str],
    path_pointers: Sequence[str],
    examples: ExampleMaker,
    schemas: Schemas,
) -> NewId:
    """The function that makes new ids: the client's own if it may send one, else as `generate` says.

    `pointers` are the schemas of the id in replies and paths; an id that is generated from a `schema` is valid for all
    of them. `path_pointers` are those in paths: an id that is not valid there is not used, because no request could
    ever read the item.
    """
    path_validators = [
        schemas.validator(pointer, "request") for pointer in path_pointers if not schemas.takes_any_text(pointer)
    ]
    from_schema = _from_schema(pointers, examples, schemas)
    new_id = (
        from_schema
        if identity.generate == "schema"
        else _valid_in_paths(IDENTITIES[identity.generate](identity), from_schema, path_validators)
    )
    if identity.slug_of:
        new_id = _slug(identity.slug_of, new_id, path_validators)
    if not identity.from_client and not identity.chosen_by:
        return new_id

    def clients_own(world: World, collection: Collection, fields: Mapping[str, Any]) -> Any:
        value = fields.get(identity.field)
        # No path has an empty one.
        is_usable = value not in (None, "") and _fits_paths(value, path_validators)
        return value if is_usable else new_id(world, collection, fields)

    return clients_own


def _slug(name: str, fallback: NewId, path_validators: Sequence[Validator]) -> NewId:
    """The text of a property in lower case with hyphens, and a number if another item has it."""

    def slug_id(world: World, collection: Collection, fields: Mapping[str, Any]) -> Any:
        text = slug({"fields": fields}, name) if isinstance(fields.get(name), str) else ""
        tried = (text if number == 1 else f"{text}-{number}" for number in range(1, TRIALS))
        found = next((each for each in tried if text and collection.get(each) is None), "")
        return found if found and _fits_paths(found, path_validators) else fallback(world, collection, fields)

    return slug_id


def _valid_in_paths(new_id: NewId, fallback: NewId, path_validators: Sequence[Validator]) -> NewId:
    """As `new_id`, or as `fallback` when paths do not allow that id: above the `maximum` there is no next number."""

    def path_id(world: World, collection: Collection, fields: Mapping[str, Any]) -> Any:
        value = new_id(world, collection, fields)
        if _fits_paths(value, path_validators):
            return value
        with suppress(Conflict, Unanswerable):
            second = fallback(world, collection, fields)
            return second if _fits_paths(second, path_validators) else value
        return value

    return path_id if path_validators else new_id


def _fits_paths(value: Any, path_validators: Sequence[Validator]) -> bool:
    """Is the id valid in paths, as it is or as text? A path has only text, whatever the type is in a body."""
    return all(validator.is_valid(value) or validator.is_valid(str(value)) for validator in path_validators)


def _from_schema(pointers: Sequence[str], examples: ExampleMaker, schemas: Schemas) -> NewId:
    """Values that are valid for all schemas, if there are any, and not in use.

    The id of a deleted item is used again only when no other one is found.
    """

    def fits(value: Any) -> bool:
        return all(schemas.validator(pointer, "response").is_valid(value) for pointer in pointers)

    def from_schema(world: World, collection: Collection, fields: Mapping[str, Any]) -> Any:
        free, reused = None, None
        for trial in range(TRIALS):
            seed, pointer = world.token(8), pointers[trial % len(pointers)] if pointers else ""
            new_id = (examples.unlike if trial else examples.at)(pointer, seed=seed) if pointer else world.token(24)
            if not isinstance(new_id, dict | list) and collection.get(new_id) is None:
                free = new_id if free is None else free
                if fits(new_id):
                    if collection.age_of(new_id) is None:
                        return new_id
                    reused = new_id if reused is None else reused
        following = collection.highest + 1
        if collection.by_id and collection.get(following) is None and fits(following):
            return following
        if free is None:
            raise Conflict("every id that the schema allows is taken")
        return free if reused is None else reused

    return from_schema


def _random(identity: IdentityStatement) -> NewId:
    return lambda world, collection, fields: identity.prefix + world.token(identity.length)


def _uuid(identity: IdentityStatement) -> NewId:
    return lambda world, collection, fields: identity.prefix + world.uuid()


def _integer(identity: IdentityStatement) -> NewId:
    def next_number(world: World, collection: Collection, fields: Mapping[str, Any]) -> int:
        number = collection.highest + 1
        while number in collection.by_id:
            number += 1
        return number

    return next_number


def _digits(identity: IdentityStatement) -> NewId:
    number = _integer(identity)

    def written(new_id: int) -> str:
        return f"{identity.prefix}{new_id:0{identity.width}}"

    def next_text(world: World, collection: Collection, fields: Mapping[str, Any]) -> str:
        new_id = number(world, collection, fields)
        while collection.age_of(written(new_id)) is not None:
            new_id += 1
        # Every smaller number was used before, if only by a deleted item: the next search starts behind them.
        collection.highest = new_id - 1
        return written(new_id)

    return next_text


def _single(identity: IdentityStatement) -> NewId:
    return lambda world, collection, fields: ""


def _client(identity: IdentityStatement) -> NewId:
    def clients_own(world: World, collection: Collection, fields: Mapping[str, Any]) -> Any:
        value = fields.get(identity.field)
        return world.uuid() if value is None else value

    return clients_own


IDENTITIES: dict[str, Callable[[IdentityStatement], NewId]] = {
    "random": _random,
    "uuid": _uuid,
    "integer": _integer,
    "digits": _digits,
    "client": _client,
    "single": _single,
}
"""How a new id is made, by the name that `identity.generate` uses."""
