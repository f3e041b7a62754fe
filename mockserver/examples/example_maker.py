"""Makes a valid value for any schema of a document; the same seed gives the same value.

The document's own examples come first if they are valid, then `const`, `default` and `enum`, then generated values that
fit the format and the name of a property. Every value has passed the validator.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from random import Random
from typing import Any

from mockserver.errors import Unanswerable
from mockserver.examples import objects
from mockserver.examples.budget import Budget, NoValue
from mockserver.examples.generator import ValueGenerator, ValueGenerators, fresh
from mockserver.examples.json_types import TYPE_GENERATORS
from mockserver.openapi import json_codec
from mockserver.openapi.direction_view import Direction, DirectionView
from mockserver.openapi.document import MediaType
from mockserver.openapi.media_types import is_json

BudgetOptions = tuple[dict[str, Any], ...]

TRIALS: BudgetOptions = (
    {},
    {},
    {"examples": False},
    {"examples": False},
    {"examples": False},
    {"full": False},
    {"examples": False, "full": False},
    {"examples": False, "full": False},
)
"""The options of `Budget` for each trial: with the document's examples, then without, then only required parts."""


WITHOUT_EXAMPLES = tuple(options for options in TRIALS if options.get("examples") is False)
"""The trials for a value that must differ from the document's examples."""


class ExampleMaker:
    """Makes values for the schemas of `root`, a document in OpenAPI 3.1 normal form. Construct it once per document.

    `response` is the view of responses, if the caller has one already.
    """

    def __init__(self, root: Mapping[str, Any], response: DirectionView | None = None) -> None:
        self.root = root
        self._generators: dict[Direction, ValueGenerators] = {
            "request": ValueGenerators(DirectionView(root, "request"), TYPE_GENERATORS),
            "response": ValueGenerators(response or DirectionView(root, "response"), TYPE_GENERATORS),
        }
        self._tops: dict[tuple[str, Direction], ValueGenerator] = {}

    def value(
        self, schema: dict[str, Any] | bool, *, seed: int | str, direction: Direction = "response", pointer: str = ""
    ) -> Any:
        """A value that is valid against `schema`, which is at `pointer`; the same for the same schema and seed.

        A response has no `writeOnly` properties, a request no `readOnly` ones. Raises Unanswerable, with the pointer,
        if no valid value can be made.
        """
        key = f"{pointer} {json_codec.write(schema).decode()}"
        if (key, direction) not in self._tops:
            generators = self._generators[direction]
            self._tops[key, direction] = generators.of((generators.view.rewritten(schema, pointer),))
        return self._grown(self._tops[key, direction], seed, pointer)

    def at(self, pointer: str, *, seed: int | str, direction: Direction = "response") -> Any:
        """A value for the schema at `pointer` of the document, as `value` makes it."""
        return self._grown(self._placed(pointer, direction), seed, pointer)

    def properties(self, pointer: str, names: Collection[str], *, seed: int | str) -> dict[str, Any] | None:
        """Values for some properties of the object that the schema at `pointer` describes, in a response.

        Each is valid by itself; the object may be invalid. An optional one that cannot be made is left out. None where
        the schema has alternatives, since properties must then fit together, or a required one cannot be made.
        """
        generator = self._placed(pointer, "response")
        if generator.constraints.alternatives or generator.constraints.values is not None:
            return None
        example = next((sample for sample in generator.samples if isinstance(sample, dict)), {})
        generator.generators.begin()
        try:
            return objects.properties(generator, Budget(Random(f"{seed}/0")), names, example)
        except (NoValue, RecursionError):
            return None

    def unlike(self, pointer: str, *, seed: int | str, direction: Direction = "response") -> Any:
        """As `at`, but without the document's examples: values differ from seed to seed as far as the schema allows."""
        return self._grown(self._placed(pointer, direction), seed, pointer, WITHOUT_EXAMPLES)

    def content(
        self, media_type: MediaType, *, seed: int | str, direction: Direction = "response", name: str | None = None
    ) -> Any:
        """The example of `media_type` called `name`, else its first valid example, else a generated value.

        An example that is requested by name is returned as the document writes it, valid or not. Raises Unanswerable if
        there is no such example, or no valid value can be made.
        """
        examples = media_type.examples
        if name is not None:
            return self._named(examples, name, media_type.pointer)
        found = self.documented(media_type, direction)
        if found is not None or media_type.schema is None:
            return found
        return self._grown(self._placed(media_type.schema, direction), seed, media_type.schema)

    def documented(self, media_type: MediaType, direction: Direction = "response") -> Any:
        """The document's first valid example of a body; None if there is none."""
        examples = media_type.examples
        if media_type.schema is None:
            return fresh(next(iter(examples.values()), None))
        if not examples:
            return None
        generator = self._placed(media_type.schema, direction)
        for example in examples.values():
            # An example of the whole object often has properties that a direction hides.
            written = json_text(example) if is_json(media_type.name) else example
            for candidate in (example, objects.shown(generator, example), written):
                if self._accepted(generator, candidate):
                    return fresh(candidate)
        meant = (self._retyped(generator, objects.shown(generator, example)) for example in examples.values())
        return next((fresh(each) for each in meant if self._accepted(generator, each)), None)

    def _named(self, examples: Mapping[str, Any], name: str, pointer: str) -> Any:
        if name not in examples:
            raise Unanswerable(f"#{pointer}: there is no example {name!r}; there are {sorted(examples)}")
        return fresh(examples[name])

    def _placed(self, pointer: str, direction: Direction) -> ValueGenerator:
        if (pointer, direction) not in self._tops:
            generators = self._generators[direction]
            self._tops[pointer, direction] = generators.of((generators.view.reference_to(pointer),))
        return self._tops[pointer, direction]

    def _accepted(self, generator: ValueGenerator, value: Any) -> bool:
        try:
            return generator.valid(value)
        except NoValue as failure:
            raise Unanswerable(str(failure)) from None

    def _retyped(self, generator: ValueGenerator, example: Any) -> Any:
        try:
            return generator.retyped(example)
        except NoValue:
            return example

    def _grown(self, generator: ValueGenerator, seed: int | str, pointer: str, trials: BudgetOptions = TRIALS) -> Any:
        """A value by the first trial that leads to a valid one."""
        reason: NoValue | None = None
        generator.generators.begin()
        for trial, options in enumerate(trials):
            try:
                # Each trial has random numbers of its own, so that an added trial changes no other.
                value = generator.make(Budget(Random(f"{seed}/{trial}"), **options))
                if generator.valid(value):
                    return value
            except NoValue as failure:
                reason = failure
            except RecursionError:
                reason = NoValue(pointer, "it is nested too deeply")
        return self._last(generator, seed, reason or NoValue(pointer, "no valid value was found"))

    def _last(self, generator: ValueGenerator, seed: int | str, reason: NoValue) -> Any:
        """A value made from the canonical form of the whole schema. Raises Unanswerable, with the reason."""
        try:
            value = generator.canonical.make(Budget(Random(str(seed)))) if generator.canonical else None
            if generator.canonical and generator.valid(value):
                return value
        except NoValue as failure:
            reason = reason if reason.pointer else failure
        found = "no value can be valid" if generator.unsatisfiable else "no valid value was found"
        raise Unanswerable(f"{found} for the schema: {reason}", pointer=reason.pointer)


def json_text(example: Any) -> Any:
    """The value of an example that is an object or a list written as a JSON text; any other example as it is."""
    if not isinstance(example, str) or not example.lstrip().startswith(("{", "[")):
        return example
    try:
        return json_codec.read(example.encode())
    except ValueError:
        return example
