"""What one place of a message must be, and how a value for it is made.

A `Shape` stands for schemas that all hold there. It makes a value from their facets and, where these do not say
everything (`not`, `oneOf`, `if`, ...), asks the validator and tries again; the last trial is made from the schema's
canonical form, in which negations and conditions are worked out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from random import Random
from typing import Any, NamedTuple

import jsonschema_rs

from mockserver.examples.alternatives import Choice, choices
from mockserver.examples.budget import ENDLESS, Budget, Stuck
from mockserver.examples.constraints import NOTHING, TYPES, Constraints, Schema, Schemas, fold
from mockserver.examples.strings import Text
from mockserver.openapi.direction_view import DirectionView
from mockserver.openapi.schemas import PATTERN_LIMIT, Compiled, compiled
from mockserver.openapi.subschemas import without_booleans

TRIES = 6
COMBINATIONS = 64
CONTRADICTION = "its parts contradict each other"
DEEP = 40
"""Nesting that is required deeper than this is taken to have no end."""
MOST_SHAPES = 6_000
"""What one value may cost at first; the largest response of GitHub takes six hundred."""
MANY = 1000
SCALARS_FIRST = ("null", "boolean", "number", "string", "array", "object")
UNTYPED = ("string", "number", "boolean", "object", "array", "null")


class TypeGenerators(NamedTuple):
    """How a value of each JSON type is made.

    `makers` has a function for each type. `array_ends` and `object_ends` say whether a value that is nested at most so
    deep exists; `shown` completes an example of an object. They call back into ValueGenerator, which is why they are
    given to it (see json_types.py) and not imported.
    """

    makers: Mapping[str, Callable[[ValueGenerator, Budget, str], Any]]
    array_ends: Callable[[ValueGenerator, int], bool]
    object_ends: Callable[[ValueGenerator, int], bool]
    shown: Callable[[ValueGenerator, Any], Any]


class ValueGenerators:
    """All shapes of a document in one direction, each made once."""

    def __init__(self, perspective: DirectionView, types: TypeGenerators) -> None:
        self.perspective, self.types = perspective, types
        self._shapes: dict[tuple[int, ...], ValueGenerator] = {}
        self.probing = False
        self._left = MOST_SHAPES

    def begin(self) -> None:
        """Grant the next value its share of work."""
        self._left = MOST_SHAPES

    def count(self) -> None:
        """Note that one more shape is made. Raises `Stuck` when there are so many that it would not end."""
        self._left -= 1
        if self._left < 0:
            raise Stuck("", "its alternatives combine in too many ways")

    def of(self, schemas: Schemas) -> ValueGenerator:
        """The shape of what is valid against all of `schemas`, which the perspective has rewritten."""
        key = tuple(map(id, schemas))
        if key not in self._shapes:
            facets = Constraints()
            for schema in schemas:
                fold(facets, schema, self.perspective.definition)
            self._shapes[key] = ValueGenerator(self, schemas, facets)
        return self._shapes[key]

    @contextmanager
    def probe(self) -> Iterator[None]:
        """While something is tried out only to see whether it leads anywhere."""
        before, self.probing = self.probing, True
        try:
            yield
        finally:
            self.probing = before


class ValueGenerator:
    """What is valid against all of `schemas`; `facets` is what they ask together."""

    def __init__(
        self,
        shapes: ValueGenerators,
        schemas: Schemas,
        facets: Constraints,
        *,
        origin: ValueGenerator | None = None,
        level: int = 0,
    ) -> None:
        """`origin` is the shape whose canonical form this is, `level` how many choices were made on the way here."""
        shapes.count()
        self.shapes, self.schemas, self.facets, self.origin, self.level = shapes, schemas, facets, origin, level
        self.children: dict[str, ValueGenerator] = {}
        self._fits: dict[int, bool] = {}
        self._promising: bool | None = None
        self._ways: list[ValueGenerator] | None = None

    @cached_property
    def pointer(self) -> str:
        if self.origin:
            return self.origin.pointer
        pointers = self.shapes.perspective.pointers
        return next((pointers[id(schema)] for schema in self.schemas if id(schema) in pointers), "")

    @cached_property
    def impossible(self) -> bool:
        """Whether a part says outright that nothing may stand here."""
        return any(schema == NOTHING for schema in self.schemas) or self.facets.contradiction() is not None

    def valid(self, value: Any) -> bool:
        """Whether all schemas hold for `value`."""
        return self.judge.is_valid(value)

    @cached_property
    def judge(self) -> Compiled:
        """The validator of all schemas together. Raises `Stuck` where they do not compile."""
        return self.compile()

    def compile(self) -> Compiled:
        """A new validator of all schemas together. Raises `Stuck` where they do not compile."""
        try:
            return compiled(self._whole())
        except ValueError as error:
            raise Stuck(self.pointer, f"the schema cannot be compiled: {str(error).splitlines()[0]}") from None

    def _whole(self) -> Schema:
        needed = self.shapes.perspective.closure(self.schemas)
        return {"allOf": list(self.schemas), **({"$defs": needed} if needed else {})}

    def make(self, growth: Budget, name: str = "") -> Any:
        """A value for a property called `name`. Raises `Stuck` when none was found."""
        if growth.examples and self.samples:
            return fresh(self.samples[0] if len(self.samples) == 1 else growth.random.choice(self.samples))
        growth.enter(self, self.pointer)
        try:
            return self._tried(growth, name) if self.facets.risky else self.made(growth, name)
        finally:
            growth.leave(self)

    @cached_property
    def samples(self) -> list[Any]:
        """The document's own examples that are valid here; if none is, its defaults that say something."""
        own = [kept for value in self.facets.samples if (kept := self._shown(value)) is not None]
        meaningful = [value for value in self.facets.defaults if value not in (None, "", [], {})]
        return own or [kept for value in meaningful if (kept := self._shown(value)) is not None]

    def _shown(self, value: Any) -> Any:
        """The example without what this direction hides; None when it is not valid."""
        for candidate in (value, self.shapes.types.shown(self, value)):
            if self.valid(candidate):
                return candidate
        return None

    def _tried(self, growth: Budget, name: str) -> Any:
        """A value that the validator accepts, made from the facets, else from the canonical form."""
        try:
            return self._accepted(growth, name, self) if self.promising else self._canonical(growth, name)
        except Stuck as stuck:
            if not self.promising or self.shapes.probing:
                raise
            return self._canonical(growth, name, stuck)

    def _canonical(self, growth: Budget, name: str, reason: Stuck | None = None) -> Any:
        if self.canonical is None:
            raise reason or Stuck(self.pointer, "no value was found that is valid in every respect")
        return self._accepted(growth, name, self.canonical)

    def _accepted(self, growth: Budget, name: str, way: ValueGenerator) -> Any:
        """A value made in this way that is valid in every respect."""
        for _ in range(TRIES):
            value = way.made(growth, name)
            if self.valid(value):
                return value
            if not growth.again():
                break
        raise Stuck(self.pointer, "no value was found that is valid in every respect")

    @property
    def promising(self) -> bool:
        """Whether the facets alone lead to a valid value."""
        if self._promising is None and not self.shapes.probing:
            self._promising = self.origin is not None or any(self._leads(self, trial) for trial in range(TRIES))
        return self._promising is not False

    def _leads(self, way: ValueGenerator, trial: int) -> bool:
        """Whether a value made in this way is valid; always by the same chance, and regardless of what is known so far.

        Inside a probe nothing is found out that is kept, so that it does not matter which shape is asked first.
        """
        with self.shapes.probe():
            try:
                return self.valid(way.made(Budget(Random(trial), patience=40, room=400, examples=not trial % 2), ""))
            except (Stuck, RecursionError):
                return False

    @cached_property
    def canonical(self) -> ValueGenerator | None:
        """The same place described without negations and conditions; None where that is not possible.

        Raises `Stuck` where it shows that no value can be valid.
        """
        if self.unsatisfiable:
            endless = self.height == ENDLESS and self.facets.contradiction() is None
            raise Stuck(self.pointer, "it requires itself without end" if endless else CONTRADICTION)
        return self._rewritten(self.normalised.to_json_schema()) if self.normalised else None

    @cached_property
    def unsatisfiable(self) -> bool:
        """Whether it is proven that no value can be valid."""
        form = self.normalised
        return form is not None and form.satisfiability() == jsonschema_rs.canonical.Satisfiability.NO

    @cached_property
    def normalised(self) -> jsonschema_rs.CanonicalSchema | None:
        """The canonical form of the schemas together; None where there is none, or this is one already."""
        if self.origin:
            return None
        schema = self.shapes.perspective.inlined({"allOf": list(self.schemas)})
        needed = self.shapes.perspective.closure((schema,))
        try:
            return jsonschema_rs.canonicalize(
                {**schema, "$defs": needed},
                draft=jsonschema_rs.Draft202012,
                validate_formats=True,
                pattern_options=PATTERN_LIMIT,
            )
        except ValueError:
            return None

    def _rewritten(self, form: Any) -> ValueGenerator:
        """The shape of the canonical form, whose definitions have the names of the perspective's."""
        schema = without_booleans({key: value for key, value in form.items() if key not in ("$schema", "$defs")})
        return ValueGenerator(
            self.shapes, (schema,), fold(Constraints(), schema, self.shapes.perspective.definition), origin=self
        )

    def made(self, growth: Budget, name: str) -> Any:
        """A value by what the facets say; whether it is valid in every respect is not asked."""
        if reason := self.facets.contradiction():
            raise Stuck(self.pointer, reason)
        if self.facets.values is not None:
            return self._chosen(growth)
        if self.facets.alternatives:
            return self._branched(growth, name)
        return self._typed(growth, name)

    def _chosen(self, growth: Budget) -> Any:
        if not self.values:
            raise Stuck(self.pointer, "none of the listed values is valid")
        telling = [value for value in self.values if value is not None]
        return fresh(growth.random.choice(telling or self.values))

    @cached_property
    def values(self) -> list[Any]:
        """The values of `enum` and `const` that the other keywords allow."""
        return [value for value in self.facets.values or () if self.valid(value)]

    @cached_property
    def finite(self) -> list[Any] | None:
        """All values that may stand here, if they are few and known; else None."""
        facets = self.facets
        if facets.values is not None:
            return self.values
        candidates: list[Any] = [True, False] * ("boolean" in facets.types) + [None] * ("null" in facets.types)
        if "number" in facets.types and facets.integral and facets.lowest is not None and facets.highest is not None:
            if facets.highest - facets.lowest > MANY:
                return None
            candidates += range(int(facets.lowest) - 1, int(facets.highest) + 2)
        elif facets.types - {"boolean", "null"}:
            return None
        return [value for value in candidates if self.valid(value)] if candidates else None

    def _branched(self, growth: Budget, name: str) -> Any:
        reason = Stuck(self.pointer, "no choice among its alternatives is possible")
        for branch in self._ordered(growth):
            try:
                value = branch.make(growth, name)
            except Stuck as stuck:
                reason = stuck
                continue
            if not self.facets.risky or self.valid(value):
                return value
            if not growth.again():
                break
        raise reason

    def _ordered(self, growth: Budget) -> Iterator[ValueGenerator]:
        """The ways to decide all alternatives: any order, but null last; the shallow ones first where it is tight."""
        order = growth.random.sample(self.ways, len(self.ways))
        if growth.tight(self):
            return iter(sorted(order, key=lambda way: way.height))
        return iter(sorted(order, key=lambda way: way.facets.types == {"null"}))

    @property
    def ways(self) -> list[ValueGenerator]:
        """The ways to decide all alternatives, without those that are known to lead nowhere."""
        if self._ways is None and not self.shapes.probing:
            self._ways = self._leading() if self.facets.risky else self.possible
        return self.possible if self._ways is None else self._ways

    def _leading(self) -> list[ValueGenerator]:
        """Those of the ways that lead to a valid value, or else all."""
        return [way for way in self.possible if any(self._leads(way, trial) for trial in range(2))] or self.possible

    @cached_property
    def possible(self) -> list[ValueGenerator]:
        """The ways to decide all alternatives that do not contradict themselves; the fewer, the deeper they stand."""
        sizes = [len(group) for group in self.facets.alternatives]
        every = map(self._branch, choices(sizes, max(2, COMBINATIONS >> 3 * self.level)))
        return [way for way in every if not way.impossible]

    def _branch(self, choice: Choice) -> ValueGenerator:
        chosen = tuple(group[index] for group, index in zip(self.facets.alternatives, choice, strict=True))
        facets = self.facets.joined(chosen, self.shapes.perspective.definition)
        return ValueGenerator(self.shapes, (*self.schemas, *chosen), facets, level=self.level + 1)

    def _typed(self, growth: Budget, name: str) -> Any:
        reason = Stuck(self.pointer, "no type is allowed")
        for kind in self._kinds(growth):
            try:
                return self.shapes.types.makers[kind](self, growth, name)
            except Stuck as stuck:
                reason = stuck
        raise reason

    def _kinds(self, growth: Budget) -> list[str]:
        """The allowed types, the likeliest first."""
        facets = self.facets
        if growth.tight(self):
            return [kind for kind in SCALARS_FIRST if kind in facets.types]
        if len(facets.types) < len(TYPES):
            return [kind for kind in TYPES if kind in facets.types]
        return sorted(UNTYPED, key=lambda kind: not self._hinted(kind))

    def _hinted(self, kind: str) -> bool:
        """Whether keywords speak of a type that `type` does not name."""
        facets = self.facets
        hints: dict[str, object] = {
            "object": facets.properties
            or facets.required
            or facets.closings
            or facets.by_pattern
            or facets.min_properties
            or facets.names,
            "array": facets.rest or facets.prefixes or facets.contained or facets.min_items or facets.unique,
            "string": facets.patterns or facets.formats or facets.min_length or facets.max_length,
            "number": facets.step is not None or facets.lowest is not None or facets.highest is not None,
        }
        return bool(hints.get(kind))

    @cached_property
    def height(self) -> int:
        """How many levels of required nesting a value has at least; a large number when that has no end."""
        return next((depth for depth in range(DEEP) if self.fits(depth)), ENDLESS)

    def fits(self, depth: int) -> bool:
        """Whether some value may end within `depth` further levels of nesting."""
        if depth not in self._fits:
            self._fits[depth] = depth >= 0 and not self.impossible and self._ends(depth)
        return self._fits[depth]

    def _ends(self, depth: int) -> bool:
        if self.facets.values is not None:
            return True
        if self.facets.alternatives:
            return any(way.fits(depth) for way in self.possible)
        if self.facets.types - {"object", "array"}:
            return True
        return ("object" in self.facets.types and self.shapes.types.object_ends(self, depth)) or (
            "array" in self.facets.types and self.shapes.types.array_ends(self, depth)
        )

    @cached_property
    def text(self) -> Text:
        """What is asked of a string here."""
        facets = self.facets
        lists = (facets.patterns, facets.formats, facets.encodings)
        return Text(facets.min_length, facets.max_length, *(tuple(dict.fromkeys(one)) for one in lists))


def fresh(value: Any) -> Any:
    """A copy that the receiver may change."""
    if isinstance(value, dict):
        return {key: fresh(part) for key, part in value.items()}
    return [fresh(part) for part in value] if isinstance(value, list) else value
