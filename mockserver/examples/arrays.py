"""Makes arrays (JSON Schema 2020-12 Validation, section 6.4, and Core, section 10.3.1)."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from mockserver.examples import name_hints
from mockserver.examples.budget import ENDLESS, Budget, NoValue
from mockserver.examples.constraints import Schemas
from mockserver.examples.draws import between, choice
from mockserver.examples.equality import hashable
from mockserver.examples.generator import ValueGenerator

USUAL_ITEMS = 3
"""How many items an array has at most where the schema asks for no other number."""

MAX_ITEMS = 10_000

ENOUGH_VALUES = 150
"""After this many values inside an array no further optional items are added."""

NO_ITEMS: list[Schemas] = []

TRIES = 40
"""How many values are tried to find one that is not in the array yet."""


def array(generator: ValueGenerator, budget: Budget, name: str) -> list[Any]:
    """An array with one to three different items, if the schema asks for no other number. Raises NoValue."""
    constraints, most = generator.constraints, _most(generator)
    contained = _contained(generator, budget, most) if constraints.contained else NO_ITEMS
    if constraints.min_items > most or len(contained) > most:
        raise NoValue(generator.pointer, "it asks for more items than may be there")
    start = generator.declared_items
    if contained and start + len(contained) > most:
        # Some items of `contains` must then be among those that `prefixItems` describes.
        start = between(budget.random, 0, most - len(contained))
    needed = max(constraints.min_items, start + len(contained) if contained else 0)
    made: list[Any] = []
    taken: set[Hashable] = set()
    room = budget.room
    for index in range(min(most, max(needed, _length(generator, budget)))):
        if index >= needed and room - budget.room > ENOUGH_VALUES:
            break
        extra = contained[index - start] if 0 <= index - start < len(contained) else ()
        inner = generator.item(index) if not extra else generator.generators.of((*constraints.item(index), *extra))
        is_needed = index < needed
        if not _appended(inner, budget, name_hints.singular(name), made, taken, constraints.unique, is_needed):
            break
    return made


def ends(generator: ValueGenerator, depth: int) -> bool:
    """Is there an array with at most `depth` further levels of nesting?"""
    # Items after the eighth follow the same schemas in all but odd documents.
    first = range(min(generator.constraints.min_items, 8))
    inner = [generator.item(index) for index in first]
    inner += [generator.generators.of((schema,)) for schema, least in generator.constraints.contained if least]
    return all(item.fits(depth - 1) for item in inner)


def _length(generator: ValueGenerator, budget: Budget) -> int:
    """How many items to make: fewer at greater depth, none if an item would contain itself."""
    first = generator.item(0)
    if budget.tight(generator) or budget.inside.get(id(first)) or first.height == ENDLESS:
        return 0
    return generator.declared_items or (1 if budget.depth > 4 else between(budget.random, 1, USUAL_ITEMS))


def _most(generator: ValueGenerator) -> int:
    """How many items are allowed at most: `maxItems`, or up to the first item that cannot exist (`items: false`)."""
    most = MAX_ITEMS if generator.constraints.max_items is None else min(MAX_ITEMS, generator.constraints.max_items)
    ends = (index for index in range(generator.declared_items + 1) if generator.item(index).impossible)
    return min(most, next(ends, most))


def _contained(generator: ValueGenerator, budget: Budget, most: int) -> list[Schemas]:
    """The schemas of the items that `contains` requires, one entry an item.

    Each `contains` gets items of its own. If there is no room for that, and now and then at random, an item serves
    several `contains` at once: some schemas can be met only so.
    """
    each = [(schema, min(least, MAX_ITEMS)) for schema, least in generator.constraints.contained]
    apart: list[Schemas] = [(schema,) for schema, least in each for _ in range(least)]
    if len(each) < 2 or (len(apart) <= most and budget.random.random() < 0.7):
        return apart
    rounds = range(max(least for _, least in each))
    return [tuple(schema for schema, least in each if least > number) for number in rounds]


def _appended(
    inner: ValueGenerator,
    budget: Budget,
    name: str,
    made: list[Any],
    taken: set[Hashable],
    unique: bool,
    is_needed: bool,
) -> bool:
    """Add one more item, different from the others if possible. Raises NoValue if it is needed and none is found."""
    try:
        value, key = _other(inner, budget, name, taken, tries=TRIES if unique else 1 + (not is_needed))
    except NoValue:
        if is_needed:
            raise
        return False
    if key in taken and (unique or not is_needed):
        if is_needed:
            raise NoValue(inner.pointer, "there are not as many different items as it asks for")
        return False
    taken.add(key)
    made.append(value)
    return True


def _other(
    inner: ValueGenerator, budget: Budget, name: str, taken: set[Hashable], *, tries: int
) -> tuple[Any, Hashable]:
    """A value that is not `taken` yet if a few tries find one, and its key."""
    value = inner.make(budget, name)
    key = hashable(value)
    if key in taken and tries > 1 and inner.finite:
        left = [(one, key) for one in inner.finite if (key := hashable(one)) not in taken]
        return choice(budget.random, left) if left else (value, hashable(value))
    if key not in taken:
        return value, key
    # Two of the same example would be equal again.
    with budget.inventing():
        for _ in range(tries - 1):
            value = inner.make(budget, name)
            key = hashable(value)
            if key not in taken:
                break
    return value, key
