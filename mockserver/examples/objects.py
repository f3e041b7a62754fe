"""Makes objects (JSON Schema 2020-12 Validation, section 6.5, and Core, section 10.3.2)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from mockserver.examples import realistic
from mockserver.examples.budget import ENDLESS, Budget, NoValue
from mockserver.examples.generator import ValueGenerator
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
        _further(generator, budget, made, max(constraints.min_properties, min(most, budget.random.randint(1, 2))))
    return made


def ends(generator: ValueGenerator, depth: int) -> bool:
    """Is there an object with at most `depth` further levels of nesting?"""
    required = generator.constraints.required
    return all(child(generator, name).fits(depth - 1) for name in required) and (
        len(required) >= generator.constraints.min_properties or depth > 0
    )


def child(generator: ValueGenerator, name: str) -> ValueGenerator:
    """The generator of the property `name`."""
    inner = generator.children.get(name)
    if inner is None:
        inner = generator.generators.of(generator.constraints.property_(name))
        # Names that the client chooses are not kept: there may be any number of them.
        if name in generator.constraints.properties or name in generator.constraints.required:
            generator.children[name] = inner
    return inner


def shown(generator: ValueGenerator, value: Any) -> Any:
    """A copy of an example without forbidden properties, such as those that are hidden in a response."""
    if isinstance(value, list):
        return [
            shown(generator.generators.of(generator.constraints.item(index)), item) for index, item in enumerate(value)
        ]
    if not isinstance(value, dict):
        return value
    parts = ((name, part, child(generator, name)) for name, part in value.items())
    return {name: shown(inner, part) for name, part, inner in parts if not inner.impossible}


def _declared(generator: ValueGenerator, budget: Budget, most: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    required, open_ = generator.constraints.required, not budget.tight(generator)
    room = most - len(required)  # `maxProperties` leaves this much for optional properties
    # In the order of the schema, so that a body looks like its documentation.
    for name in dict.fromkeys((*generator.constraints.properties, *required)):
        if name in required:
            made[name] = _ending(child(generator, name)).make(budget, name)
        elif open_ and room > 0 and _welcome(generator, budget, name) and _added(generator, budget, made, name):
            room -= 1
    return made


def _ending(inner: ValueGenerator) -> ValueGenerator:
    """The generator itself. Raises NoValue if no value of it ends."""
    if inner.height == ENDLESS and not inner.impossible:
        raise NoValue(inner.pointer, "it requires itself without end")
    return inner


def _welcome(generator: ValueGenerator, budget: Budget, name: str) -> bool:
    """Should an optional property be made? Not if it is forbidden, or would contain itself without end."""
    inner = child(generator, name)
    return (
        not inner.impossible and inner.height < ENDLESS and not budget.inside.get(id(inner)) and _named(generator, name)
    )


def _added(generator: ValueGenerator, budget: Budget, made: dict[str, Any], name: str) -> bool:
    try:
        made[name] = child(generator, name).make(budget, name)
    except NoValue:
        return False
    return True


def _depended(generator: ValueGenerator, budget: Budget, made: dict[str, Any]) -> None:
    """Add the properties that `dependentRequired` asks for."""
    waiting = list(made) if generator.constraints.dependent else []
    for name in waiting:
        for other in generator.constraints.dependent.get(name, ()):
            if other not in made:
                made[other] = child(generator, other).make(budget, other)
                waiting.append(other)


def _is_map(generator: ValueGenerator) -> bool:
    """May clients choose the names? No property is declared, and yet there is a schema for the values."""
    described = any(closing.schema for closing in generator.constraints.closings) or generator.constraints.by_pattern
    return bool(described) and not generator.constraints.properties


def _further(generator: ValueGenerator, budget: Budget, made: dict[str, Any], wanted: int) -> None:
    for name in islice(_names(generator, budget), MAX_NAMES + wanted):
        if len(made) >= wanted:
            return
        if name not in made and _named(generator, name) and not child(generator, name).impossible:
            _added(generator, budget, made, name)
    if len(made) < generator.constraints.min_properties:
        raise NoValue(generator.pointer, "no names were found for as many properties as it asks for")


def _named(generator: ValueGenerator, name: str) -> bool:
    """Does `propertyNames` allow the name?"""
    names = generator.constraints.names
    return not names or generator.generators.of(tuple(names)).valid(name)


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
