"""Arrays (JSON Schema 2020-12 Validation, section 6.4, and Core, section 10.3.1)."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from mockserver.examples import realistic
from mockserver.examples.budget import ENDLESS, Budget, Stuck
from mockserver.examples.constraints import Schemas
from mockserver.examples.generator import ValueGenerator

USUAL = 3
MOST = 10_000
HEAVY = 150
"""After so many values inside an array there is enough to see."""
TRIES = 40


def array(shape: ValueGenerator, growth: Budget, name: str) -> list[Any]:
    """An array with one to three different items, where the schema does not ask for another number."""
    facets, most = shape.facets, _most(shape)
    contained = _contained(shape, growth, most)
    if facets.min_items > most or len(contained) > most:
        raise Stuck(shape.pointer, "it asks for more items than may be there")
    start = _declared(shape)
    if contained and start + len(contained) > most:
        start = growth.random.randint(0, most - len(contained))
    needed = max(facets.min_items, start + len(contained) if contained else 0)
    made: list[Any] = []
    taken: set[Hashable] = set()
    room = growth.room
    for index in range(min(most, max(needed, _length(shape, growth)))):
        if index >= needed and room - growth.room > HEAVY:
            break
        extra = contained[index - start] if 0 <= index - start < len(contained) else ()
        inner = shape.shapes.of((*facets.item(index), *extra))
        is_needed = index < needed
        if not _appended(inner, growth, realistic.singular(name), made, taken, facets.unique, is_needed):
            break
    return made


def ends(shape: ValueGenerator, depth: int) -> bool:
    """Whether an array of this shape may end within `depth` levels."""
    first = range(min(shape.facets.min_items, 8))
    inner = [shape.shapes.of(shape.facets.item(index)) for index in first]
    inner += [shape.shapes.of((schema,)) for schema, least in shape.facets.contained if least]
    return all(item.fits(depth - 1) for item in inner)


def _length(shape: ValueGenerator, growth: Budget) -> int:
    """How many items look natural here: fewer the deeper they are, none that repeat themselves without end."""
    first = shape.shapes.of(shape.facets.item(0))
    if growth.tight(shape) or growth.inside.get(id(first)) or first.height == ENDLESS:
        return 0
    return _declared(shape) or (1 if growth.depth > 4 else growth.random.randint(1, USUAL))


def _declared(shape: ValueGenerator) -> int:
    """How many items `prefixItems` describes."""
    return max((len(items) for items, _ in shape.facets.prefixes), default=0)


def _most(shape: ValueGenerator) -> int:
    """How many items may be there at most."""
    most = MOST if shape.facets.max_items is None else min(MOST, shape.facets.max_items)
    after = _declared(shape)
    ends = (index for index in range(after + 1) if shape.shapes.of(shape.facets.item(index)).impossible)
    return min(most, next(ends, most))


def _contained(shape: ValueGenerator, growth: Budget, most: int) -> list[Schemas]:
    """What items must be there for `contains`: one for each time, or one for all if there is no room, or by chance."""
    each = [(schema, min(least, MOST)) for schema, least in shape.facets.contained]
    apart: list[Schemas] = [(schema,) for schema, least in each for _ in range(least)]
    if len(each) < 2 or (len(apart) <= most and growth.random.random() < 0.7):
        return apart
    rounds = range(max(least for _, least in each))
    return [tuple(schema for schema, least in each if least > number) for number in rounds]


def _appended(
    inner: ValueGenerator,
    growth: Budget,
    name: str,
    made: list[Any],
    taken: set[Hashable],
    unique: bool,
    is_needed: bool,
) -> bool:
    """Add one more item, a different one where that matters. Raises `Stuck` when it is needed and none is found."""
    try:
        value, key = _other(inner, growth, name, taken, tries=TRIES if unique else 1 + (not is_needed))
    except Stuck:
        if is_needed:
            raise
        return False
    if key in taken and (unique or not is_needed):
        if is_needed:
            raise Stuck(inner.pointer, "there are not as many different items as it asks for")
        return False
    taken.add(key)
    made.append(value)
    return True


def _other(
    inner: ValueGenerator, growth: Budget, name: str, taken: set[Hashable], *, tries: int
) -> tuple[Any, Hashable]:
    """A value that is not `taken` yet, if a few tries find one."""
    value = inner.make(growth, name)
    key = frozen(value)
    if key in taken and tries > 1 and inner.finite:
        left = [(one, key) for one in inner.finite if (key := frozen(one)) not in taken]
        return growth.random.choice(left) if left else (value, frozen(value))
    with growth.inventing():
        for _ in range(tries - 1):
            if key not in taken:
                break
            value = inner.make(growth, name)
            key = frozen(value)
    return value, key


def frozen(value: Any) -> Hashable:
    """What two values share exactly when JSON Schema calls them equal: 1 and 1.0 do, 1 and true do not."""
    if isinstance(value, dict):
        return frozenset((name, frozen(part)) for name, part in value.items())
    if isinstance(value, list):
        return tuple(map(frozen, value))
    return (bool, value) if isinstance(value, bool) else value
