"""Fields of a new item that no client sent: generated from the schemas of the replies that show it.

The same item always gets the same values. A required, nullable field is null if a client could have sent it, or if it
is about an event that did not happen yet. What a client sent is kept if the replies allow it: if a request has an id
where the reply shows an object, the object is generated around that id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import jsonschema_rs

from mockserver.errors import Fault, Unanswerable
from mockserver.examples.example_maker import ExampleMaker
from mockserver.handlers.fields.closest_values import closest
from mockserver.handlers.fields.part_repair import repair_parts
from mockserver.handlers.replies.reply_alternatives import ReplyAlternative, nearest, reply_alternatives
from mockserver.inference.values.event_times import LATER_EVENTS, is_later_time
from mockserver.inference.values.first_values import first_value, first_values_inside, with_first_states
from mockserver.openapi.fault_places import fault_places, repair_places
from mockserver.openapi.further_names import IsName
from mockserver.openapi.schema_faults import faults as schema_faults
from mockserver.openapi.schemas import Schemas
from mockserver.state.id_text import number_of

REPAIRS = 8
"""How many times invalid properties are replaced before all properties are generated."""

PART_REPAIRS = 2
"""How many of these times only what is invalid inside of properties is replaced."""

Fields = dict[str, Any]


class ReplyView:
    """How one reply shows an item: the schema at `pointer`, and the names of the fields that a client may send.

    `chosen` are the fields that show what a client names by another one: `assignee` by `assigneeId`. Those set `later`
    are missing, or null, in a new item. `further` says which fields are shown that the schema does not name.
    """

    def __init__(
        self,
        pointer: str,
        client_fields: frozenset[str],
        schemas: Schemas,
        examples: ExampleMaker,
        chosen: Mapping[str, str] | None = None,
        later: frozenset[str] = frozenset(),
        further: IsName | None = None,
    ) -> None:
        self._later, self.further = later, further
        self._pointer, self._schemas, self._examples = pointer, schemas, examples
        self._validator = schemas.validator(pointer, "response")
        self._properties, required = schemas.properties(pointer), schemas.required(pointer)
        hidden = schemas.never_shown(pointer)
        self._names = tuple(
            name for name in dict.fromkeys([*self._properties, *sorted(required)]) if name not in hidden
        )
        self._required = required
        # What no client sent: not what only clients set, and no optional field about an event that has not happened.
        self._added = tuple(
            name
            for name in self._names
            if name in required or self._has_default(name) or (name not in client_fields and not self._is_later(name))
        )
        named = {name: id for name, id in (chosen or {}).items() if name in self._added}
        self._lists = {name for name in named if "array" in schemas.types(self._properties[name])}
        # A list that a reply must show is empty without ids; an object that it must show is made up.
        self._chosen = {name: id for name, id in named.items() if name not in required or name in self._lists}
        self._unchosen = {n: id for n, id in named.items() if n not in self._chosen and self._is_nullable(self._at(n))}
        self._alternatives = reply_alternatives(schemas, pointer)
        self._client_fields = client_fields

    def show(self, fields: Fields) -> Fields:
        """The fields that the reply's schema names; all of them when it names none."""
        if not self._names:
            return dict(fields)
        shown = {name: fields[name] for name in self._names if name in fields}
        if self.further is not None:
            shown |= {name: value for name, value in fields.items() if name not in shown and self.further(name)}
        return shown

    def is_valid(self, fields: Fields) -> bool:
        """Do these fields, as the reply shows them, match its schema?"""
        return self._validator.is_valid(self.show(fields))

    def faults(self, fields: Fields) -> Iterator[tuple[str | int, ...]]:
        """The places at which these fields, as the reply shows them, do not match its schema."""
        return fault_places(self._validator, self.show(fields))

    def problems(self, fields: Fields) -> tuple[Fault, ...]:
        """What is wrong with these fields, as the reply shows them, below the place `body`."""
        shown = self.show(fields)
        return () if self._validator.is_valid(shown) else schema_faults(self._validator, shown, "body")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields that the reply shows; none when its schema names none and it shows all."""
        return self._names

    @cached_property
    def nullable(self) -> frozenset[str]:
        """The names that are required and nullable."""
        return frozenset(name for name in self._required if self._is_nullable(self._properties.get(name)))

    @cached_property
    def _null(self) -> frozenset[str]:
        return self._null_among(self._required, self._properties)

    def _null_among(self, required: Iterable[str], properties: Mapping[str, str]) -> frozenset[str]:
        """Those of the required names that are null in a new item."""
        return frozenset(
            name
            for name in required
            if self._is_nullable(properties.get(name))
            and (name in self._client_fields or self._is_later(name) or self._is_null_by_default(properties[name]))
        )

    def _has_default(self, name: str) -> bool:
        """Does the reply's schema say what a property is that nothing sets?"""
        at = self._properties.get(name)
        return at is not None and self._schemas.keyword(at, "default") is not None

    def _is_later(self, name: str) -> bool:
        """Is a property about an event that did not happen to a new item yet? So may be a time that can be missing."""
        if LATER_EVENTS.search(name) is not None or name in self._later:
            return True
        at = self._properties.get(name) if is_later_time(name) else None
        types = self._schemas.types(at) if at is not None else frozenset[str]()
        is_time = types - {"null"} == {"string"} or (types - {"null"} == {"integer"} and name.lower().endswith("at"))
        return is_time and ("null" in types or name not in self._required)

    def value_of(self, name: str, seed: str) -> Any:
        """A generated value of one field."""
        made = self._examples.properties(self._pointer, {name}, seed=seed) or self._generated_at(self._pointer, seed)
        return (made or {}).get(name)

    def forbids_null(self, name: str) -> bool:
        """Does the reply show a field that may not be null?"""
        return name in self._properties and not self._is_nullable(self._properties[name])

    def _at(self, name: str) -> str | None:
        return self._properties.get(name)

    def _is_nullable(self, at: str | None) -> bool:
        return at is not None and self._schemas.validator(at, "response").is_valid(None)

    def _is_null_by_default(self, at: str) -> bool:
        node = self._schemas.resolve(at)[0]
        return "default" in node and node["default"] is None

    def complete(self, fields: Fields, server_fields: frozenset[str], seed: str, before: Fields | None = None) -> None:
        """Add the missing fields and replace invalid ones; `server_fields` are replaced only if nothing else helps.

        An invalid field returns to its value `before` the update, if there is one and it is valid.
        """
        for name, id in self._chosen.items():
            if not fields.get(id) and (id in fields or (before or {}).get(id)):  # it was taken away
                fields.pop(name, None)
            if name in self._lists and not fields.get(id):
                fields.setdefault(name, [])
        for name, id in self._unchosen.items():
            if not fields.get(id):
                fields[name] = fields.get(name) if id not in fields and id not in (before or {}) else None
        if all(name in fields for name in self._added_to(fields)) and self.is_valid(fields):
            return
        if not before and self._add_missing(fields, seed):
            return
        for known in (before, {}) if before else ({},):
            best = self._best(fields, server_fields, seed, known)
            if best is not None:
                fields.clear()
                fields.update(best)
                return

    def _added_to(self, fields: Fields) -> tuple[str, ...]:
        """What is added to these fields: what a client did not name is not shown."""
        if not self._chosen:
            return self._added
        left = {name for name, id in self._chosen.items() if fields.get(id) in (None, [])}
        return tuple(name for name in self._added if name not in left)

    def _add_missing(self, fields: Fields, seed: str) -> bool:
        """Make the missing fields and no others; False, and nothing is added, where the result is not valid.

        Properties of alternatives must fit together, so these are left to `_best`.
        """
        if len(self._alternatives) > 1:
            return False
        added = self._added_to(fields)
        missing = {name for name in added if name not in fields}
        made = self._examples.properties(self._pointer, missing - self._null, seed=seed)
        if made is None:
            return False
        made = {name: self._first_value(name, value, self._properties) for name, value in made.items()}
        made |= dict.fromkeys(missing & self._null)
        if not self.is_valid(fields | made):
            return False
        fields |= {name: made[name] for name in added if name in made}
        return True

    def _best(self, fields: Fields, server_fields: frozenset[str], seed: str, known: Fields) -> Fields | None:
        """The completed fields by the alternative of the schema that changes the fewest; None when none is valid."""
        best, fewest = None, -1
        for alternative in nearest(self._alternatives, fields):
            trial = self._trial(fields, server_fields, seed, alternative, known)
            changed = sum(trial.get(name) != value for name, value in fields.items()) if trial is not None else -1
            if trial is not None and (best is None or changed < fewest):
                best, fewest = trial, changed
            if fewest == 0:
                break
        return best

    def _trial(
        self,
        fields: Fields,
        server_fields: frozenset[str],
        seed: str,
        alternative: ReplyAlternative,
        known: Fields,
    ) -> Fields | None:
        """The fields completed by one alternative of the schema; None when they cannot become valid."""
        generated = self._generated(alternative, seed)
        if generated is None:
            return None
        asked = {name: alternative.properties.get(name) for name in generated if name in fields and name not in known}
        generated |= {name: first_values_inside(self._schemas, at, generated[name]) for name, at in asked.items() if at}
        generated |= {name: known[name] for name in generated if name in known}
        trial, null = dict(fields), self._null_among(alternative.required, alternative.properties)
        for name in dict.fromkeys([*self._added_to(fields), *sorted(alternative.required)]):
            if name not in trial and name in generated:
                trial[name] = None if name in null else self._first_value(name, generated[name], alternative.properties)
        if len(alternative.parts) > 1 and not self.is_valid(trial):  # what the others have may be forbidden in this one
            fitting = {name: value for name, value in trial.items() if self._fits(alternative, name)}
            trial = fitting if self.is_valid(fitting) else trial
        return trial if self._repair(trial, generated, server_fields) else None

    def _fits(self, alternative: ReplyAlternative, name: str) -> bool:
        """Does an alternative name a field, or no alternative?"""
        return name in alternative.properties or name not in self._properties

    def _first_value(self, name: str, generated: Any, properties: Mapping[str, str]) -> Any:
        """The generated value, or what a new item has in its place."""
        at = properties.get(name)
        return generated if at is None else first_value(self._schemas, at, name, self._inside(at, generated))

    def _generated(self, alternative: ReplyAlternative, seed: str) -> Fields | None:
        """A value for one alternative: what all alternatives have is generated by the schema as a whole."""
        *outer, own = alternative.parts
        whole = self._generated_at(self._pointer, seed) if outer and alternative.outer else {}
        if not outer or (whole and not self._schemas.properties(own)):
            made = whole or self._generated_at(own, seed)
        else:
            inner = self._generated_at(own, seed)
            shared = {name: value for name, value in (whole or {}).items() if name in alternative.outer}
            made = None if whole is None or inner is None else shared | inner
        known = alternative.properties
        return None if made is None else {name: self._inside(known.get(name), value) for name, value in made.items()}

    def _generated_at(self, pointer: str, seed: str) -> Fields | None:
        try:
            generated = self._examples.at(pointer, seed=seed)
        except Unanswerable:
            return None
        return generated if isinstance(generated, dict) else None

    def _inside(self, at: str | None, generated: Any) -> Any:
        """A generated object or list, in which nothing has happened yet; any other value as it is."""
        if at is None or not isinstance(generated, dict | list):
            return generated
        return with_first_states(self._schemas, at, generated)

    def _repair(self, trial: Fields, generated: Fields, server_fields: frozenset[str]) -> bool:
        """Replace or leave out invalid properties until the fields are valid; at last take all generated ones."""
        # Several rounds: a replaced property can make another one invalid, or reveal its fault.
        for number in range(REPAIRS):
            faulty = {_property(fault) for fault in self._validator.iter_errors(self.show(trial))}
            if not faulty:
                return True
            if number < PART_REPAIRS and repair_parts(trial, generated, self._places(trial), self._replace):
                continue
            if not self._replace_all(trial, generated, faulty - server_fields) and not self._replace_all(
                trial, generated, faulty
            ):
                break
        faulty = {_property(fault) for fault in self._validator.iter_errors(self.show(trial))}
        left = {name: value for name, value in trial.items() if name not in faulty}
        if left and self.is_valid(left):  # replies contradict each other about what is left out
            trial.clear()
            trial.update(left)
            return True
        for kept in ({name: trial[name] for name in server_fields if name in trial}, {}):
            for name in self._names:
                trial.pop(name, None)
            trial.update({**generated, **kept})
            if self.is_valid(trial):
                return True
        return False

    def _places(self, trial: Fields) -> Iterator[tuple[str | int, ...]]:
        return repair_places(self._validator, self.show(trial))

    def _replace_all(self, trial: Fields, generated: Fields, names: set[str]) -> bool:
        """Replace several properties; False when none can be replaced."""
        changed = [self._replace(trial, generated, name) for name in sorted(names)]
        return any(changed)

    def _replace(self, trial: Fields, generated: Fields, name: str) -> bool:
        """Replace one property; False when it cannot be replaced."""
        if generated.get(name) is None and (other := self._spelled(name, trial.get(name))) is not None:
            trial[name] = other
            return True
        if name not in generated:
            return trial.pop(name, generated) is not generated
        if name not in trial:
            trial[name] = generated[name]
            return True
        new = next((each for each in closest(name, trial[name], generated[name]) if each != trial[name]), None)
        if new is not None:
            trial[name] = new
        return new is not None

    def _spelled(self, name: str, sent: Any) -> Any:
        """A client's id in the other form, where the reply has a text for its number or the other way; else None."""
        at = self._properties.get(name)
        other = number_of(sent) if isinstance(sent, str) else str(sent) if type(sent) is int else None
        is_able = at is not None and other is not None and self._schemas.validator(at, "response").is_valid(other)
        return other if is_able else None


def _property(fault: jsonschema_rs.ValidationError) -> str:
    """The item's property that a fault is about; empty when it is about the item as a whole."""
    name = fault.instance_path[0] if fault.instance_path else getattr(fault.kind, "property", "")
    return name if isinstance(name, str) else ""


class GeneratedFields:
    """Generates the missing fields of the items of one resource, for all replies that show them."""

    def __init__(self, views: Iterable[ReplyView], server_fields: frozenset[str]) -> None:
        self._views, self._server_fields = tuple(views), server_fields

    @cached_property
    def nullable(self) -> frozenset[str]:
        """The names that some reply requires and that may be null there."""
        return frozenset(name for view in self._views for name in view.nullable)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of the fields that replies show."""
        return frozenset(name for view in self._views for name in view.names)

    @cached_property
    def has_further(self) -> bool:
        """Does a reply show fields that its schema does not name?"""
        return any(view.further is not None for view in self._views)

    def is_further(self, name: str) -> bool:
        """Is a field one that no schema names and some reply shows?"""
        return any(view.further is not None and view.further(name) for view in self._views)

    def value_of(self, name: str, seed: str) -> Any:
        """A generated value of one field, as the first reply shows it that has it; None if none has."""
        return next((view.value_of(name, seed) for view in self._views if name in view.names), None)

    def is_never_null(self, name: str) -> bool:
        """Is a field shown that may not be null?"""
        return any(view.forbids_null(name) for view in self._views)

    def is_valid(self, fields: Fields) -> bool:
        """Are the fields valid in all replies?"""
        return all(view.is_valid(fields) for view in self._views)

    def problems(self, fields: Fields) -> tuple[Fault, ...]:
        """What is wrong with the fields in the first reply that could not show them; empty if all replies could."""
        return next((found for view in self._views if (found := view.problems(fields))), ())

    def complete(self, fields: Fields, seed: str, before: Fields | None = None) -> None:
        """Add to the fields of an item what its replies show and no client sent."""
        for view in self._views:
            view.complete(fields, self._server_fields, seed, before)
