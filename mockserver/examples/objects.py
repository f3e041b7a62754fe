"""Makes objects (JSON Schema 2020-12 Validation, section 6.5, and Core, section 10.3.2)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from mockserver.examples import realistic
from mockserver.examples.budget import ENDLESS, Budget, NoValue
from mockserver.examples.draws import between
from mockserver.examples.generator import ValueGenerator, fresh
from mockserver.examples.strings import Text

MAX_PROPERTIES = 10_000

MAX_NAMES = 400
"""How many names are tried for further properties."""


def object_(generator: ValueGenerator, budget: Budget, name: str) -> dict[str, Any]:
    """An object with all declared properties, or as many as the limits allow. Raises NoValue."""
    constraints = generator.constraints
    most = MAX_PROPERTIES if constraints.max_properties is None else constraints.max_properties
    if constraints.min_properties > min(most, MAX_PROPERTIES) or len(constraints.required) > most:
        raise NoValue(generator.pointer, "it asks for more properties than may be there")
    made = _declared(generator, budget, most)
    _depended(generator, budget, made)
    if len(made) < constraints.min_properties or (
        not made and _is_map(generator) and most and not budget.tight(generator)
    ):
        _further(generator, budget, made, max(constraints.min_properties, min(most, between(budget.random, 1, 2))))
    return made


def properties(
    generator: ValueGenerator, budget: Budget, names: Collection[str], example: Mapping[str, Any]
) -> dict[str, Any]:
    """Values for some properties of an object: those of the example, if there is one, else new ones. Raises NoValue."""
    if example:
        return {name: fresh(example[name]) for name in names if name in example}
    made: dict[str, Any] = {}
    budget.enter(generator)
    for name, inner, is_required in generator.declared_parts:
        if name in names and is_required:
            made[name] = _ending(inner).make(budget, _meant(generator, name))
        elif name in names:
            _added(inner, budget, made, name, _meant(generator, name))
    return made


def ends(generator: ValueGenerator, depth: int) -> bool:
    """Is there an object with at most `depth` further levels of nesting?"""
    required = generator.constraints.required
    return all(generator.child(name).fits(depth - 1) for name in required) and (
        len(required) >= generator.constraints.min_properties or depth > 0
    )


def shown(generator: ValueGenerator, value: Any) -> Any:
    """A copy of an example without forbidden properties, such as those that are hidden in a response."""
    if isinstance(value, list):
        return [shown(generator.item(index), item) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    parts = ((name, part, generator.child(name)) for name, part in value.items())
    return {name: shown(inner, part) for name, part, inner in parts if not inner.impossible}


def _declared(generator: ValueGenerator, budget: Budget, most: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if budget.tight(generator):
        for name in generator.required_names:
            made[name] = _ending(generator.child(name)).make(budget, name)
        return made
    # `maxProperties` leaves this much room for optional properties.
    room, inside = most - len(generator.constraints.required), budget.inside
    for name, inner, is_required in generator.declared_parts:
        if is_required:
            made[name] = _ending(inner).make(budget, _meant(generator, name))
        elif room > 0 and not inside.get(id(inner)) and _added(inner, budget, made, name, _meant(generator, name)):
            room -= 1
    return made


def _ending(inner: ValueGenerator) -> ValueGenerator:
    """The generator itself. Raises NoValue if no value of it ends."""
    if inner.height == ENDLESS and not inner.impossible:
        raise NoValue(inner.pointer, "it requires itself without end")
    return inner


OUTCOMES = frozenset(
    ("errors", "failed", "skipped", "deleted", "removed", "imported", "ignored", "unchanged", "rejected", "processed")
)
"""Names of properties of an object that says how a request about several items ended."""


def _meant(generator: ValueGenerator, name: str) -> str:
    """The name of what a property is: `created` is a time, but beside `updated` and `errors` how many were created."""
    if name != "created":
        return name
    beside = {each for each, _, _ in generator.declared_parts}
    is_count = "id" not in beside and (not beside.isdisjoint(OUTCOMES) or beside == {"created", "updated"})
    return "count" if is_count else name


def _added(inner: ValueGenerator, budget: Budget, made: dict[str, Any], name: str, meant: str) -> bool:
    try:
        made[name] = inner.make(budget, meant)
    except NoValue:
        return False
    return True


def _depended(generator: ValueGenerator, budget: Budget, made: dict[str, Any]) -> None:
    """Add the properties that `dependentRequired` asks for."""
    waiting = list(made) if generator.constraints.dependent else []
    for name in waiting:
        for other in generator.constraints.dependent.get(name, ()):
            if other not in made:
                made[other] = generator.child(other).make(budget, other)
                waiting.append(other)


def _is_map(generator: ValueGenerator) -> bool:
    """May clients choose the names? No property is declared, and yet there is a schema for the values."""
    described = any(closing.schema for closing in generator.constraints.closings) or generator.constraints.by_pattern
    return bool(described) and not generator.constraints.properties


def _further(generator: ValueGenerator, budget: Budget, made: dict[str, Any], wanted: int) -> None:
    for name in islice(_names(generator, budget), MAX_NAMES + wanted):
        if len(made) >= wanted:
            return
        if name not in made and generator.names(name) and not (inner := generator.child(name)).impossible:
            _added(inner, budget, made, name, name)
    if len(made) < generator.constraints.min_properties:
        raise NoValue(generator.pointer, "no names were found for as many properties as it asks for")


def _names(generator: ValueGenerator, budget: Budget) -> Iterator[str]:
    """Names for further properties, declared ones first."""
    declared = (name for name in generator.constraints.properties)
    ruled = generator.generators.of(tuple(generator.constraints.names)) if generator.constraints.names else None
    if ruled and ruled.finite:
        return chain(declared, (name for name in ruled.finite if isinstance(name, str)))
    return chain(declared, _invented(generator, budget, ruled))


def _invented(generator: ValueGenerator, budget: Budget, ruled: ValueGenerator | None) -> Iterator[str]:
    patterns = [Text(patterns=(pattern,)) for pattern, _ in generator.constraints.by_pattern]
    for number in range(MAX_PROPERTIES):  # the caller stops earlier; a `while True` could loop forever here
        for text in patterns:
            yield text.written(budget.random, "") or ""
        if ruled:
            yield str(ruled.make(budget, "key"))
        word = realistic.word(budget.random)
        # There are 24 words; with a number behind them names do not run out.
        yield word if number < 20 else f"{word}{number}"
