"""The module that makes values, by JSON type, as `ValueGenerators` takes it."""

from __future__ import annotations

from mockserver.examples import arrays, objects, scalars
from mockserver.examples.generator import TypeGenerators

TYPE_GENERATORS = TypeGenerators(
    makers={
        "array": arrays.array,
        "boolean": scalars.boolean,
        "null": scalars.null,
        "number": scalars.number,
        "object": objects.object_,
        "string": scalars.string,
    },
    array_ends=arrays.ends,
    object_ends=objects.ends,
    shown=objects.shown,
)
