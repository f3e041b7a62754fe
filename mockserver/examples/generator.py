"""Makes values that are valid against several schemas at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from random import Random
from typing import Any

from msgspec import Struct

from mockserver.examples.alternatives import Choice, choices
from mockserver.examples.budget import ENDLESS, Budget, NoValue
from mockserver.examples.constraints import TYPES, Constraints, Schemas
from mockserver.examples.draws import choice
from mockserver.examples.faker_values import faker_value
from mockserver.examples.joined_schemas import JoinedSchemas
from mockserver.examples.keywords import decided, fold
from mockserver.openapi.closed_parts import OF_ANOTHER_PART
from mockserver.openapi.direction_view import DirectionView
from mockserver.openapi.other_readings import other_readings
from mockserver.openapi.subschemas import without_booleans

TRIES = 6
"""How many values are made of one schema before another way is taken."""

COMBINATIONS = 64
"""How many combinations of alternatives are considered at most, at the top level."""

CONTRADICTION = "its parts contradict each other"

MAX_REQUIRED_DEPTH = 40
"""Nesting that is required deeper than this is taken to have no end."""

MAX_GENERATORS = 6_000
"""How many new generators one value may need; the largest response of GitHub needs six hundred."""

SCALARS_FIRST = ("null", "boolean", "number", "string", "array", "object")
"""The JSON types in the order in which they are tried where nesting must end soon."""

UNTYPED = ("string", "number", "boolean", "object", "array", "null")
"""The JSON types in the order in which they are tried where a schema names none."""


class TypeGenerators(Struct, frozen=True):
    """How a value of each JSON type is made.

    `makers` has a function for each type. `array_ends` and `object_ends` say whether there is a value with at most so
    many levels of nesting; `shown` removes forbidden properties from an example. They call ValueGenerator, so they are
    given to it (by json_types.py) and not imported, which would be a circle.
    """

    makers: Mapping[str, Callable[[ValueGenerator, Budget, str], Any]]
    array_ends: Callable[[ValueGenerator, int], bool]
    object_ends: Callable[[ValueGenerator, int], bool]
    shown: Callable[[ValueGenerator, Any], Any]


class ValueGenerators:
    """All generators of a document for one direction, each made once."""

    def __init__(self, view: DirectionView, types: TypeGenerators) -> None:
        self.view, self.types = view, types
        self._generators: dict[tuple[int, ...], ValueGenerator] = {}
        self.probing = False
        self._left = MAX_GENERATORS

    def begin(self) -> None:
        """Start a new value, with a new limit on work."""
        self._left = MAX_GENERATORS

    def count(self) -> None:
        """Count one more generator. Raises NoValue if a value needs so many that it would not end."""
        self._left -= 1
        if self._left < 0:
            raise NoValue("", "its alternatives combine in too many ways")

    def of(self, schemas: Schemas) -> ValueGenerator:
        """The generator of values that are valid against all of `schemas`, which come from the view."""
        key = tuple(map(id, schemas))  # the view keeps its schemas alive, so an id is not used again
        if key not in self._generators:
            constraints = Constraints()
            for schema in schemas:
                fold(constraints, schema, self.view.definition)
            self._generators[key] = ValueGenerator(self, schemas, constraints)
        return self._generators[key]

    @contextmanager
    def probe(self) -> Iterator[None]:
        """Inside of the `with` block values are made only to see whether it is possible; see `_leads`."""
        before, self.probing = self.probing, True
        try:
            yield
        finally:
            self.probing = before


class ValueGenerator(JoinedSchemas):
    """Makes values that are valid against all of `schemas`, which `constraints` joins.

    A value is made from the constraints. If it can be invalid all the same (`risky`), it is validated; if that fails
    too often, it is made from the canonical form of the schemas, in which negations and conditions are worked out.
    """

    def __init__(
        self,
        generators: ValueGenerators,
        schemas: Schemas,
        constraints: Constraints,
        *,
        origin: ValueGenerator | None = None,
        level: int = 0,
    ) -> None:
        """If this is the generator of a canonical form, `origin` is that of the schemas as they are written.

        `level` is the number of choices among alternatives that led here.
        """
        generators.count()
        super().__init__(generators.view, schemas, constraints, origin)
        self.generators, self.level = generators, level
        self.children: dict[str, ValueGenerator] = {}
        self._items: dict[int, ValueGenerator] = {}
        self._fits: dict[int, bool] = {}
        self._promising: bool | None = None
        self._ways: list[ValueGenerator] | None = None

    def make(self, budget: Budget, name: str = "") -> Any:
        """A value for a property called `name`. Raises NoValue if none is found."""
        if budget.examples and self.samples:
            return fresh(self.samples[0] if len(self.samples) == 1 else choice(budget.random, self.samples))
        budget.enter(self)
        try:
            return self._tried(budget, name) if self.constraints.risky else self.made(budget, name)
        finally:
            budget.leave(self)

    def child(self, name: str) -> ValueGenerator:
        """The generator of the property `name`."""
        inner = self.children.get(name)
        if inner is None:
            inner = self.generators.of(self.constraints.property_(name))
            # Names that the client chooses are not kept: there may be any number of them.
            if name in self.constraints.properties or name in self.constraints.required:
                self.children[name] = inner
        return inner

    def names(self, name: str) -> bool:
        """Does `propertyNames` allow the name?"""
        names = self.constraints.names
        return not names or self.generators.of(tuple(names)).valid(name)

    @cached_property
    def required_names(self) -> list[str]:
        """The required properties, in the order of the schema, so that a body looks like its documentation."""
        required = self.constraints.required
        return [name for name in dict.fromkeys((*self.constraints.properties, *required)) if name in required]

    @cached_property
    def declared_parts(self) -> list[tuple[str, ValueGenerator, bool]]:
        """The properties in the order of the schema, with the generator of each, and whether it is required.

        Without the optional ones that are forbidden or would contain themselves without end.
        """
        required = self.constraints.required
        every = dict.fromkeys((*self.constraints.properties, *required))
        parts = [(name, self.child(name), name in required) for name in every]
        return [(name, inner, needed) for name, inner, needed in parts if needed or self._is_welcome(name, inner)]

    def _is_welcome(self, name: str, inner: ValueGenerator) -> bool:
        is_forbidden = OF_ANOTHER_PART in self.constraints.properties.get(name, ())
        return not is_forbidden and not inner.impossible and inner.height < ENDLESS and self.names(name)

    def item(self, index: int) -> ValueGenerator:
        """The generator of the item at `index`."""
        index = min(index, self.declared_items)  # all items after the declared ones have the same schemas
        inner = self._items.get(index)
        if inner is None:
            inner = self._items[index] = self.generators.of(self.constraints.item(index))
        return inner

    @cached_property
    def samples(self) -> list[Any]:
        """The document's own examples that are valid here; if there are none, its defaults except empty ones."""
        own = [kept for value in self.constraints.samples for kept in self._shown(value)]
        own = own or [kept for value in self.constraints.samples for kept in self._meant(value)]
        meaningful = [value for value in self.constraints.defaults if value not in (None, "", [], {})]
        return own or [kept for value in meaningful for kept in self._shown(value)]

    def _shown(self, value: Any) -> list[Any]:
        """The example, if needed without what this direction hides; nothing if it is invalid."""
        candidates = (value, self.generators.types.shown(self, value))
        return next(([candidate] for candidate in candidates if self.valid(candidate)), [])

    def _meant(self, value: Any) -> list[Any]:
        """The example in the types of its schema; nothing if it is invalid all the same."""
        meant = self.retyped(self.generators.types.shown(self, value))
        return [meant] if self.valid(meant) else []

    def retyped(self, value: Any) -> Any:
        """A copy of an example with its values in the types of their schemas, as far as they may mean those."""
        if self.valid(value):
            return value
        meant = next((each for each in other_readings(value) if self.valid(each)), value)
        if meant is not value:
            return meant
        if isinstance(value, list):
            return [self.item(index).retyped(each) for index, each in enumerate(value)]
        return (
            {name: self.child(name).retyped(each) for name, each in value.items()} if isinstance(value, dict) else value
        )

    def _tried(self, budget: Budget, name: str) -> Any:
        """A valid value, made from the constraints or else from the canonical form."""
        try:
            return self._accepted(budget, name, self) if self.promising else self._canonical(budget, name)
        except NoValue as failure:
            if not self.promising or self.generators.probing:
                raise
            return self._canonical(budget, name, failure)

    def _canonical(self, budget: Budget, name: str, reason: NoValue | None = None) -> Any:
        if self.canonical is None:
            raise reason or NoValue(self.pointer, "no value was found that is valid in every respect")
        return self._accepted(budget, name, self.canonical)

    def _accepted(self, budget: Budget, name: str, way: ValueGenerator) -> Any:
        """A valid value made by `way`."""
        for _ in range(TRIES):
            value = way.made(budget, name)
            if self.valid(value):
                return value
            if not budget.again():
                break
        raise NoValue(self.pointer, "no value was found that is valid in every respect")

    @property
    def promising(self) -> bool:
        """Do the constraints alone lead to a valid value? Tried once; inside of a probe the answer is yes."""
        if self._promising is None and not self.generators.probing:
            # A canonical form has no other form to fall back on, so it is always tried.
            self._promising = self.origin is not None or any(self._leads(self, trial) for trial in range(TRIES))
        return self._promising is not False

    def _leads(self, way: ValueGenerator, trial: int) -> bool:
        """Is a value that `way` makes valid? The same trial always has the same random numbers.

        What a probe finds out about other generators is not kept. So a value does not depend on which values were made
        before it, and the same seed gives the same value.
        """
        with self.generators.probe():
            try:
                # A small budget: most schemas answer at once, and the others would take too long.
                return self.valid(way.made(Budget(Random(trial), patience=40, room=400, examples=not trial % 2), ""))
            except (NoValue, RecursionError):
                return False

    @cached_property
    def canonical(self) -> ValueGenerator | None:
        """A generator for the canonical form of the schemas, without negations and conditions; None if there is none.

        Raises NoValue if the canonical form shows that no value can be valid.
        """
        if self.unsatisfiable:
            # jsonschema-rs proves endless nesting impossible too; the message then names the cause.
            endless = self.height == ENDLESS and self.contradiction is None
            raise NoValue(self.pointer, "it requires itself without end" if endless else CONTRADICTION)
        return self._rewritten(self.normalised.to_json_schema()) if self.normalised else None

    def _rewritten(self, form: Any) -> ValueGenerator:
        """The generator of a canonical form; its references have the keys of the view's definitions."""
        schema = without_booleans({key: value for key, value in form.items() if key not in ("$schema", "$defs")})
        return ValueGenerator(
            self.generators, (schema,), fold(Constraints(), schema, self.view.definition), origin=self
        )

    def made(self, budget: Budget, name: str) -> Any:
        """A value made from the constraints, without validation. Raises NoValue."""
        if self.contradiction:
            raise NoValue(self.pointer, self.contradiction)
        if self.constraints.values is not None:
            return self._chosen(budget)
        if self.constraints.alternatives:  # decided first, since a choice may restrict the types
            return self._branched(budget, name)
        return self._typed(budget, name)

    def _chosen(self, budget: Budget) -> Any:
        if not self.values:
            raise NoValue(self.pointer, "none of the listed values is valid")
        return fresh(choice(budget.random, self.chosen_values))

    def _branched(self, budget: Budget, name: str) -> Any:
        reason = NoValue(self.pointer, "no choice among its alternatives is possible")
        for branch in self._ordered(budget):
            try:
                value = branch.make(budget, name)
            except NoValue as failure:
                reason = failure
                continue
            if not self.constraints.risky or self.valid(value):
                return value
            if not budget.again():
                break
        raise reason

    def _ordered(self, budget: Budget) -> Iterator[ValueGenerator]:
        """The ways in random order, but `null` last; those with the least nesting first if the budget is tight."""
        order = budget.random.sample(self.ways, len(self.ways))
        if budget.tight(self):
            return iter(sorted(order, key=lambda way: way.height))
        return iter(sorted(order, key=lambda way: way.constraints.types == {"null"}))

    @property
    def ways(self) -> list[ValueGenerator]:
        """The generators for each combination of alternatives, without those that lead to no valid value."""
        if self._ways is None and not self.generators.probing:
            self._ways = self._leading() if self.constraints.risky else self.possible
        return self.possible if self._ways is None else self._ways

    def _leading(self) -> list[ValueGenerator]:
        """Those of the ways that lead to a valid value; all, if none does."""
        return [way for way in self.possible if any(self._leads(way, trial) for trial in range(2))] or self.possible

    @cached_property
    def possible(self) -> list[ValueGenerator]:
        """The ways that do not contradict themselves. Choices inside of choices get fewer combinations each."""
        sizes = [len(group) for group in self.constraints.alternatives]
        every = map(self._branch, choices(sizes, max(2, COMBINATIONS >> 3 * self.level)))
        return [way for way in every if not way.impossible]

    def _branch(self, choice: Choice) -> ValueGenerator:
        chosen = tuple(group[index] for group, index in zip(self.constraints.alternatives, choice, strict=True))
        constraints = decided(self.constraints, chosen, self.view.definition)
        return ValueGenerator(self.generators, (*self.schemas, *chosen), constraints, level=self.level + 1)

    def _typed(self, budget: Budget, name: str) -> Any:
        if self.constraints.fakers and (found := self._faked(budget)) is not None:
            return found
        reason = NoValue(self.pointer, "no type is allowed")
        for kind in self._kinds(budget):
            try:
                return self.generators.types.makers[kind](self, budget, name)
            except NoValue as failure:
                reason = failure
        raise reason

    def _faked(self, budget: Budget) -> Any:
        """A valid value as the schema's `x-faker` wants it; None without one."""
        made = (faker_value(wanted, budget.random) for wanted in self.constraints.fakers for _ in range(TRIES))
        return next((value for value in made if value is not None and self.valid(value)), None)

    def _kinds(self, budget: Budget) -> list[str]:
        """The allowed types, the most likely first."""
        return self._scalars_first if budget.tight(self) else self._likely_first

    @cached_property
    def _scalars_first(self) -> list[str]:
        return [kind for kind in SCALARS_FIRST if kind in self.constraints.types]

    @cached_property
    def _likely_first(self) -> list[str]:
        constraints = self.constraints
        if len(constraints.types) < len(TYPES):
            return [kind for kind in TYPES if kind in constraints.types]
        return sorted(UNTYPED, key=lambda kind: not constraints.mentions(kind))

    @cached_property
    def height(self) -> int:
        """The least number of levels of nesting that a value has; ENDLESS if it has no end."""
        return next((depth for depth in range(MAX_REQUIRED_DEPTH) if self.fits(depth)), ENDLESS)

    def fits(self, depth: int) -> bool:
        """Is there a value with at most `depth` further levels of nesting?"""
        if depth not in self._fits:
            self._fits[depth] = depth >= 0 and not self.impossible and self._ends(depth)
        return self._fits[depth]

    def _ends(self, depth: int) -> bool:
        if self.constraints.values is not None:
            return True  # the listed values exist already, however deep they are
        if self.constraints.alternatives:
            return any(way.fits(depth) for way in self.possible)
        if self.constraints.types - {"object", "array"}:
            return True
        return ("object" in self.constraints.types and self.generators.types.object_ends(self, depth)) or (
            "array" in self.constraints.types and self.generators.types.array_ends(self, depth)
        )


def fresh(value: Any) -> Any:
    """A copy of a JSON value that the caller may change. Faster than `copy.deepcopy`."""
    if isinstance(value, dict):
        return {key: fresh(part) for key, part in value.items()}
    return [fresh(part) for part in value] if isinstance(value, list) else value
