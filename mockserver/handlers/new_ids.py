"""How the id of a new item is made, by the name that `identity.generate` uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from mockserver.behaviour.statements import IdentityStatement
from mockserver.errors import Conflict, Unanswerable
from mockserver.examples.example_maker import ExampleMaker
from mockserver.openapi.schemas import Schemas, Validator
from mockserver.state.collection import Collection
from mockserver.state.world import World

NewId = Callable[[World, Collection, Mapping[str, Any]], Any]

TRIALS = 64
"""How many values of a schema are tried until one is free."""


def maker(
    identity: IdentityStatement, places: Sequence[str], reached: Sequence[str], examples: ExampleMaker, schemas: Schemas
) -> NewId:
    """What makes new ids: the client's own where one may be sent, else as `generate` says.

    `places` are the pointers of the schemas that an id must be valid for, where it is a value of a `schema`. `reached`
    are those of them by which an item is reached: the client's own id is not taken where no path could ever name it.
    """
    judges = [schemas.validator(place, "request") for place in reached if not schemas.takes_any_text(place)]
    valid = _from_schema(places, examples, schemas)
    made = valid if identity.generate == "schema" else _within(IDENTITIES[identity.generate](identity), valid, judges)
    if not identity.from_client:
        return made

    def chosen(world: World, collection: Collection, fields: Mapping[str, Any]) -> Any:
        value = fields.get(identity.field)
        return made(world, collection, fields) if value is None or not _is_reached(value, judges) else value

    return chosen


def _within(made: NewId, other: NewId, judges: Sequence[Validator]) -> NewId:
    """What `made` gives where paths can name it, else what `other` does: behind the largest number there is no next."""

    def reached(world: World, collection: Collection, fields: Mapping[str, Any]) -> Any:
        value = made(world, collection, fields)
        if _is_reached(value, judges):
            return value
        with suppress(Conflict, Unanswerable):
            another = other(world, collection, fields)
            return another if _is_reached(another, judges) else value
        return value

    return reached if judges else made


def _is_reached(value: Any, judges: Sequence[Validator]) -> bool:
    """Could paths name the item? There an id is a text, whatever it is in a body."""
    return all(judge.is_valid(value) or judge.is_valid(str(value)) for judge in judges)


def _from_schema(places: Sequence[str], examples: ExampleMaker, schemas: Schemas) -> NewId:
    """Values that are valid at all places, as far as there are any; a few trials find one that is free.

    Those of removed items are given again only where no other one is found.
    """

    def fits(value: Any) -> bool:
        return all(schemas.validator(place, "response").is_valid(value) for place in places)

    def value(world: World, collection: Collection, fields: Mapping[str, Any]) -> Any:
        free, again = None, None
        for trial in range(TRIALS):
            seed, place = world.token(8), places[trial % len(places)] if places else ""
            made = (examples.unlike if trial else examples.at)(place, seed=seed) if place else world.token(24)
            if not isinstance(made, dict | list) and collection.get(made) is None:
                free = made if free is None else free
                if fits(made):
                    if collection.age_of(made) is None:
                        return made
                    again = made if again is None else again
        following = collection.highest + 1
        if collection.by_id and collection.get(following) is None and fits(following):
            return following
        if free is None:
            raise Conflict("every id that the schema allows is taken")
        return free if again is None else again

    return value


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

    def next_text(world: World, collection: Collection, fields: Mapping[str, Any]) -> str:
        made = number(world, collection, fields)
        while collection.age_of(f"{identity.prefix}{made}") is not None:
            made += 1
        collection.highest = made - 1  # all below were given to somebody, if only for a while
        return f"{identity.prefix}{made}"

    return next_text


def _single(identity: IdentityStatement) -> NewId:
    return lambda world, collection, fields: ""


def _client(identity: IdentityStatement) -> NewId:
    def given(world: World, collection: Collection, fields: Mapping[str, Any]) -> Any:
        value = fields.get(identity.field)
        return world.uuid() if value is None else value

    return given


IDENTITIES: dict[str, Callable[[IdentityStatement], NewId]] = {
    "random": _random,
    "uuid": _uuid,
    "integer": _integer,
    "digits": _digits,
    "client": _client,
    "single": _single,
}
"""How a new id is made, by the name that `identity.generate` uses."""
