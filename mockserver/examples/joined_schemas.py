"""Several schemas at once: what their keywords say together, without making a value."""

from __future__ import annotations

from functools import cached_property, partial
from typing import Any

import jsonschema_rs

from mockserver.examples.budget import NoValue
from mockserver.examples.constraints import NOTHING, Constraints, Schema, Schemas
from mockserver.examples.numbers import NumberMaker, number_maker
from mockserver.examples.strings import Text
from mockserver.openapi.direction_view import DirectionView
from mockserver.openapi.regex import PATTERN_LIMIT
from mockserver.openapi.schemas import Compiled, compiled

MAX_FINITE = 1000
"""The largest range of integers that is listed in full."""


class JoinedSchemas:
    """Schemas that a value must all be valid against, which `constraints` joins.

    If they are the canonical form of others, `origin` has the schemas as they are written.
    """

    def __init__(
        self, view: DirectionView, schemas: Schemas, constraints: Constraints, origin: JoinedSchemas | None = None
    ) -> None:
        self.view, self.schemas, self.constraints, self.origin = view, schemas, constraints, origin
        self._numbers: dict[tuple[tuple[int, int], bool], NumberMaker | None] = {}

    @cached_property
    def pointer(self) -> str:
        """Where the schemas come from, for messages."""
        if self.origin:
            return self.origin.pointer
        pointers = self.view.pointers
        return next((pointers[id(schema)] for schema in self.schemas if id(schema) in pointers), "")

    @cached_property
    def impossible(self) -> bool:
        """Is it evident that no value is valid?"""
        return any(schema == NOTHING for schema in self.schemas) or self.contradiction is not None

    @cached_property
    def contradiction(self) -> str | None:
        """Why no value can be valid, if that is evident from the constraints; else None."""
        return self.constraints.contradiction()

    @cached_property
    def declared_items(self) -> int:
        """How many items `prefixItems` describes."""
        return max((len(items) for items, _ in self.constraints.prefixes), default=0)

    def valid(self, value: Any) -> bool:
        """Is `value` valid against all schemas?"""
        return self.validator.is_valid(value)

    @cached_property
    def validator(self) -> Compiled:
        """The validator of all schemas together. Raises NoValue if they do not compile."""
        return self.compile()

    def compile(self) -> Compiled:
        """A new validator of all schemas together. Raises NoValue if they do not compile."""
        try:
            return compiled(self._whole())
        except ValueError as error:
            raise NoValue(self.pointer, f"the schema cannot be compiled: {str(error).splitlines()[0]}") from None

    def _whole(self) -> Schema:
        needed = self.view.closure(self.schemas)
        # Without a schema every value is valid; an empty `allOf` is no schema (JSON Schema Core section 10.2.1.1).
        return {**({"allOf": list(self.schemas)} if self.schemas else {}), **({"$defs": needed} if needed else {})}

    @cached_property
    def values(self) -> list[Any]:
        """The values of `enum` and `const` that the other keywords allow."""
        return [value for value in self.constraints.values or () if self.valid(value)]

    @cached_property
    def chosen_values(self) -> list[Any]:
        """Those of the values of `enum` and `const` that are made: null only where there is no other."""
        return [value for value in self.values if value is not None] or self.values

    @cached_property
    def finite(self) -> list[Any] | None:
        """All valid values, if they are few and known; else None."""
        if self.constraints.values is not None:
            return self.values
        types, low, high = self.constraints.types, self.constraints.lowest, self.constraints.highest
        candidates: list[Any] = [True, False] * ("boolean" in types) + [None] * ("null" in types)
        if "number" in types and self.constraints.integral and low is not None and high is not None:
            if high - low > MAX_FINITE:
                return None
            candidates += range(int(low) - 1, int(high) + 2)  # `int` rounds; what is out of bounds is not valid
        elif types - {"boolean", "null"}:
            return None
        return [value for value in candidates if self.valid(value)] if candidates else None

    @cached_property
    def unsatisfiable(self) -> bool:
        """Is it proven that no value can be valid?"""
        form = self.normalised
        return form is not None and form.satisfiability() == jsonschema_rs.canonical.Satisfiability.NO

    @cached_property
    def normalised(self) -> jsonschema_rs.CanonicalSchema | None:
        """The canonical form of the schemas together; None if there is none, or if this is one already."""
        if self.origin:
            return None
        schema = self.view.inlined({"allOf": list(self.schemas)})
        needed = self.view.closure((schema,))
        try:
            return jsonschema_rs.canonicalize(
                {**schema, "$defs": needed},
                draft=jsonschema_rs.Draft202012,
                validate_formats=True,
                pattern_options=PATTERN_LIMIT,
            )
        except ValueError:
            return None

    def numbers(self, usual: tuple[int, int], *, whole: bool = False) -> NumberMaker | None:
        """A function that makes numbers within the bounds, if possible in the range `usual`; None if there are none.

        With `whole` they are whole numbers, if any of these lies within the bounds.
        """
        if (usual, whole) not in self._numbers:
            bounds = self.constraints
            made = partial(
                number_maker,
                bounds.lowest,
                bounds.highest,
                low_open=bounds.lowest_open,
                high_open=bounds.highest_open,
                step=bounds.step,
                usual=usual,
            )
            found = made(integral=True) if whole or bounds.integral else None
            self._numbers[usual, whole] = found if found is not None or bounds.integral else made()
        return self._numbers[usual, whole]

    @cached_property
    def text(self) -> Text:
        """The requirements for a string."""
        constraints = self.constraints
        lists = (constraints.patterns, constraints.formats, constraints.encodings)
        return Text(constraints.min_length, constraints.max_length, *(tuple(dict.fromkeys(one)) for one in lists))
