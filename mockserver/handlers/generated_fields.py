"""What a new item shows that nobody gave: values made up from the schemas of the replies that show it.

The same item always gets the same values. What must be shown and may be null is null if a client could have given it,
or if it did not happen yet. What a client gave is kept as far as the replies allow it: where a request
takes an id and the reply shows an object, the object is invented around that id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import jsonschema_rs

from mockserver.errors import Unanswerable
from mockserver.examples.example_maker import ExampleMaker
from mockserver.inference.identity import KEYS
from mockserver.openapi.schemas import Schemas

UNLIKELY = re.compile(
    r"(^|_|\b)(delet|remov|archiv|cancel|error|fail|revok|suspend|disabl|reject|clos|finish|complet|block|lock|next|prev)",
    re.IGNORECASE,
)
"""Names of properties that say what did not happen to an item that was just made."""

ROUNDS = 6
"""How often the faults of one view are mended before the whole is made up."""

VARIANTS = 12
"""How many alternatives of a schema are tried."""

Fields = dict[str, Any]


class ReplyView:
    """How one reply shows an item: the schema at `pointer`, and the names that a client may give."""

    def __init__(self, pointer: str, given: frozenset[str], schemas: Schemas, examples: ExampleMaker) -> None:
        self._pointer, self._schemas, self._examples = pointer, schemas, examples
        self._validator = schemas.validator(pointer, "response")
        self._properties, required = schemas.properties(pointer), schemas.required(pointer)
        self._names = tuple(dict.fromkeys([*self._properties, *sorted(required)]))
        self._wanted = tuple(name for name in self._names if name in required or name not in given)
        self._required = required
        self._variants = _variants(schemas, pointer)
        self._given = given

    def show(self, fields: Fields) -> Fields:
        """The fields that this reply names (all of them where it names none)."""
        if not self._names:
            return dict(fields)
        return {name: fields[name] for name in self._names if name in fields}

    def is_valid(self, fields: Fields) -> bool:
        """May the reply show these fields?"""
        return self._validator.is_valid(self.show(fields))

    @cached_property
    def nullable(self) -> frozenset[str]:
        """The names that this reply must show and that may be null."""
        return frozenset(name for name in self._required if self._is_nullable(name))

    @cached_property
    def _blank(self) -> frozenset[str]:
        return frozenset(
            name
            for name in self.nullable
            if name in self._given or UNLIKELY.search(name) or self._is_null_by_default(name)
        )

    def _is_nullable(self, name: str) -> bool:
        at = self._properties.get(name)
        return at is not None and self._schemas.validator(at, "response").is_valid(None)

    def _is_null_by_default(self, name: str) -> bool:
        node = self._schemas.resolve(self._properties[name])[0]
        return "default" in node and node["default"] is None

    def complete(self, fields: Fields, settled: frozenset[str], seed: str, before: Fields | None = None) -> None:
        """Add what is missing, and mend what this reply cannot show; `settled` names stay if they can.

        What cannot be shown becomes what it was `before`, if that is known and can be.
        """
        if all(name in fields for name in self._wanted) and self.is_valid(fields):
            return
        for known in (before, {}) if before else ({},):
            best = self._best(fields, settled, seed, known)
            if best is not None:
                fields.clear()
                fields.update(best)
                return

    def _best(self, fields: Fields, settled: frozenset[str], seed: str, known: Fields) -> Fields | None:
        """The completed fields by that alternative of the schema that changes least of them."""
        best, fewest = None, -1
        for variant in self._variants:
            trial = self._trial(fields, settled, seed, variant, known)
            changed = sum(trial.get(name) != value for name, value in fields.items()) if trial is not None else -1
            if trial is not None and (best is None or changed < fewest):
                best, fewest = trial, changed
            if fewest == 0:
                break
        return best

    def _trial(self, fields: Fields, settled: frozenset[str], seed: str, variant: str, known: Fields) -> Fields | None:
        """The fields completed after one alternative of the schema; None where that leads nowhere."""
        made = self._made(variant, seed)
        if made is None:
            return None
        made |= {name: known[name] for name in made if name in known}
        trial = dict(fields)
        for name in self._wanted:
            if name not in trial and name in made and self._is_likely(name):
                trial[name] = None if name in self._blank else made[name]
        return trial if self._mend(trial, made, settled) else None

    def _made(self, pointer: str, seed: str) -> Fields | None:
        try:
            made = self._examples.at(pointer, seed=seed)
        except Unanswerable:
            return None
        return made if isinstance(made, dict) else None

    def _is_likely(self, name: str) -> bool:
        return name in self._required or UNLIKELY.search(name) is None

    def _mend(self, trial: Fields, made: Fields, settled: frozenset[str]) -> bool:
        """Replace what breaks the schema, one fault at a time; at last take all that was made."""
        for _ in range(ROUNDS):
            faulty = {_property(fault) for fault in self._validator.iter_errors(self.show(trial))}
            if not faulty:
                return True
            if not self._patch_all(trial, made, faulty - settled) and not self._patch_all(trial, made, faulty):
                break
        for kept in ({name: trial[name] for name in settled if name in trial}, {}):
            for name in self._names:
                trial.pop(name, None)
            trial.update({**made, **kept})
            if self.is_valid(trial):
                return True
        return False

    def _patch_all(self, trial: Fields, made: Fields, names: set[str]) -> bool:
        """Change several properties; False where nothing can be changed."""
        changed = [self._patch(trial, made, name) for name in sorted(names)]
        return any(changed)

    @staticmethod
    def _patch(trial: Fields, made: Fields, name: str) -> bool:
        """Change one property; False where nothing can be changed."""
        if name not in made:
            return trial.pop(name, made) is not made
        mixed = mix(trial[name], made[name]) if name in trial else made[name]
        trial[name] = standing(name, trial[name], made[name]) if name in trial and mixed == trial[name] else mixed
        return True


def _property(fault: jsonschema_rs.ValidationError) -> str:
    """The property of the item that a fault is about; empty where it is about the whole."""
    name = fault.instance_path[0] if fault.instance_path else getattr(fault.kind, "property", "")
    return name if isinstance(name, str) else ""


class GeneratedFields:
    """Makes up what the items of one resource show in any of their replies."""

    def __init__(self, views: Iterable[ReplyView], settled: frozenset[str]) -> None:
        self._views, self._settled = tuple(views), settled

    @cached_property
    def nullable(self) -> frozenset[str]:
        """The names that a reply must show and that may be null."""
        return frozenset(name for view in self._views for name in view.nullable)

    def complete(self, fields: Fields, seed: str, before: Fields | None = None) -> None:
        """Add to the fields of an item what its replies show and nobody gave."""
        for view in self._views:
            view.complete(fields, self._settled, seed, before)


def mix(given: Any, made: Any) -> Any:
    """What was given, with what it lacks of what was made: properties of objects, also of those in a list."""
    if isinstance(given, Mapping) and isinstance(made, Mapping):
        return {**made, **{name: mix(value, made.get(name)) for name, value in given.items()}}
    if isinstance(given, list) and isinstance(made, list) and made:
        return [mix(entry, made[0]) for entry in given]
    return given


def standing(name: str, given: Any, made: Any) -> Any:
    """What was made for what was given: an object for the text or number that names it, which it then has as its id."""
    if isinstance(given, list) and isinstance(made, list) and made:
        return [standing(name, entry, made[0]) for entry in given]
    if isinstance(made, Mapping) and isinstance(given, str | int):
        key = next((key for key in (name, *KEYS) if type(made.get(key)) is type(given)), "")
        return {**made, key: given} if key else made
    return made


def _variants(schemas: Schemas, pointer: str) -> list[str]:
    """The alternatives of a schema, or the schema alone where it has none."""
    found = [
        f"{here}/{keyword}/{index}"
        for node, here in schemas.branches(pointer)
        for keyword in ("oneOf", "anyOf")
        for index, _ in enumerate(node.get(keyword) or ())
    ]
    return [pointer] if len(found) < 2 else [*found[:VARIANTS], pointer]
