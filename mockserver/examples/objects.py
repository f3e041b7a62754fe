"""Objects (JSON Schema 2020-12 Validation, section 6.5, and Core, section 10.3.2)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from mockserver.examples import realistic
from mockserver.examples.budget import ENDLESS, Budget, Stuck
from mockserver.examples.generator import ValueGenerator
from mockserver.examples.strings import Text

MOST = 10_000
NAMES_TRIED = 400


def object_(shape: ValueGenerator, growth: Budget, name: str) -> dict[str, Any]:
    """An object with everything that is declared, as far as there is room."""
    facets = shape.facets
    most = MOST if facets.max_properties is None else facets.max_properties
    if facets.min_properties > min(most, MOST) or len(facets.required) > most:
        raise Stuck(shape.pointer, "it asks for more properties than may be there")
    made = _declared(shape, growth, most)
    _depended(shape, growth, made)
    if len(made) < facets.min_properties or (not made and _is_map(shape) and most and not growth.tight(shape)):
        _further(shape, growth, made, max(facets.min_properties, min(most, growth.random.randint(1, 2))))
    return made


def ends(shape: ValueGenerator, depth: int) -> bool:
    """Whether an object of this shape may end within `depth` levels."""
    required = shape.facets.required
    return all(child(shape, name).fits(depth - 1) for name in required) and (
        len(required) >= shape.facets.min_properties or depth > 0
    )


def child(shape: ValueGenerator, name: str) -> ValueGenerator:
    """What a property called `name` must be."""
    inner = shape.children.get(name)
    if inner is None:
        inner = shape.shapes.of(shape.facets.property_(name))
        if name in shape.facets.properties or name in shape.facets.required:
            shape.children[name] = inner
    return inner


def shown(shape: ValueGenerator, value: Any) -> Any:
    """An example without the properties that may not be there, such as those that a response hides."""
    if isinstance(value, list):
        return [shown(shape.shapes.of(shape.facets.item(index)), item) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    parts = ((name, part, child(shape, name)) for name, part in value.items())
    return {name: shown(inner, part) for name, part, inner in parts if not inner.impossible}


def _declared(shape: ValueGenerator, growth: Budget, most: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    required, open_ = shape.facets.required, not growth.tight(shape)
    room = most - len(required)
    for name in dict.fromkeys((*shape.facets.properties, *required)):
        if name in required:
            made[name] = _ending(child(shape, name)).make(growth, name)
        elif open_ and room > 0 and _welcome(shape, growth, name) and _added(shape, growth, made, name):
            room -= 1
    return made


def _ending(inner: ValueGenerator) -> ValueGenerator:
    """The shape itself, if a value of it ends. Raises `Stuck` otherwise."""
    if inner.height == ENDLESS and not inner.impossible:
        raise Stuck(inner.pointer, "it requires itself without end")
    return inner


def _welcome(shape: ValueGenerator, growth: Budget, name: str) -> bool:
    """Whether an optional property should be made: it may be there, and does not repeat itself without end."""
    inner = child(shape, name)
    return not inner.impossible and inner.height < ENDLESS and not growth.inside.get(id(inner)) and _named(shape, name)


def _added(shape: ValueGenerator, growth: Budget, made: dict[str, Any], name: str) -> bool:
    try:
        made[name] = child(shape, name).make(growth, name)
    except Stuck:
        return False
    return True


def _depended(shape: ValueGenerator, growth: Budget, made: dict[str, Any]) -> None:
    """Add what present properties ask to be there with them."""
    waiting = list(made) if shape.facets.dependent else []
    for name in waiting:
        for other in shape.facets.dependent.get(name, ()):
            if other not in made:
                made[other] = child(shape, other).make(growth, other)
                waiting.append(other)


def _is_map(shape: ValueGenerator) -> bool:
    """Whether the names are the client's to choose: none is declared, and values are described all the same."""
    described = any(closing.schema for closing in shape.facets.closings) or shape.facets.by_pattern
    return bool(described) and not shape.facets.properties


def _further(shape: ValueGenerator, growth: Budget, made: dict[str, Any], wanted: int) -> None:
    for name in islice(_names(shape, growth), NAMES_TRIED + wanted):
        if len(made) >= wanted:
            return
        if name not in made and _named(shape, name) and not child(shape, name).impossible:
            _added(shape, growth, made, name)
    if len(made) < shape.facets.min_properties:
        raise Stuck(shape.pointer, "no names were found for as many properties as it asks for")


def _named(shape: ValueGenerator, name: str) -> bool:
    """Whether `propertyNames` allows the name."""
    names = shape.facets.names
    return not names or shape.shapes.of(tuple(names)).valid(name)


def _names(shape: ValueGenerator, growth: Budget) -> Iterator[str]:
    """Names for further properties, the likely ones first."""
    declared = (name for name in shape.facets.properties)
    ruled = shape.shapes.of(tuple(shape.facets.names)) if shape.facets.names else None
    if ruled and ruled.finite:
        return chain(declared, (name for name in ruled.finite if isinstance(name, str)))
    return chain(declared, _invented(shape, growth, ruled))


def _invented(shape: ValueGenerator, growth: Budget, ruled: ValueGenerator | None) -> Iterator[str]:
    patterns = [Text(patterns=(pattern,)) for pattern, _ in shape.facets.by_pattern]
    for number in range(MOST):
        for text in patterns:
            yield text.written(growth.random, "") or ""
        if ruled:
            yield str(ruled.make(growth, "key"))
        word = realistic.word(growth.random)
        yield word if number < 20 else f"{word}{number}"
