"""Numbers of items that follow from other fields of the same item, computed again at every write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from math import floor
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from mockserver.behaviour.statements import FigureStatement
from mockserver.contract import Contract
from mockserver.errors import BehaviourError
from mockserver.handlers.binding.item_schemas import reply_schemas
from mockserver.lazy_module import LazyModule
from mockserver.openapi.schemas import Schemas

if TYPE_CHECKING:
    import fractions

    from mockserver.inference.sentences import figure_sentences
else:
    fractions = LazyModule("fractions")
    figure_sentences = LazyModule("mockserver.inference.sentences.figure_sentences")


class FigurePlan(Struct, frozen=True):
    """A `figures` statement, compiled.

    `fits` says which values the property may have. `without` has the numbers to use for those that an item lacks.
    """

    field: str
    within: str
    value: figure_sentences.Value
    is_whole: bool
    is_flag: bool
    fits: Callable[[Any], bool]
    without: Mapping[str, Any]

    def fill(self, fields: dict[str, Any]) -> bool:
        """Set the number in an item, or in the entries of its list. Returns whether anything changed."""
        if not self.within:
            return self._set(fields)
        entries = fields.get(self.within)
        listed = [each for each in entries if isinstance(each, dict)] if isinstance(entries, list) else []
        new = [dict(each) for each in listed]  # the entries of the item before the change stay as they are
        changed = [self._set(each) for each in new]
        if not any(changed) or len(new) != len(entries or ()):
            return False
        fields[self.within] = new
        return True

    def _set(self, fields: dict[str, Any]) -> bool:
        found = self.value({**self.without, **fields})
        value = None if found is None else bool(found) if self.is_flag else _number(found, is_whole=self.is_whole)
        if value is None or not self.fits(value) or fields.get(self.field) == value:
            return False
        fields[self.field] = value
        return True


def fill_figures(plans: tuple[FigurePlan, ...], fields: dict[str, Any]) -> None:
    """Set the numbers of an item. One may follow from another, so this ends when none changes."""
    for _ in plans:
        changed = [each.fill(fields) for each in plans]
        if not any(changed):
            return


def figure_plans(contract: Contract, resource: str, stated: Iterable[FigureStatement]) -> tuple[FigurePlan, ...]:
    """The `figures` of a resource. Raises BehaviourError for a formula that cannot be read."""
    schemas = reply_schemas(contract, resource)
    known = {name: at for each in schemas for name, at in contract.schemas.properties(each).items()}
    return tuple(_compiled(contract, resource, each, known) for each in stated)


def _compiled(contract: Contract, resource: str, stated: FigureStatement, known: Mapping[str, str]) -> FigurePlan:
    entries = contract.schemas.items(known[stated.within]) if stated.within in known else None
    fields = contract.schemas.properties(entries) if entries is not None else {} if stated.within else known
    value, pointer = figure_sentences.formula(contract.schemas, fields, stated.formula), fields.get(stated.field)
    if value is None or pointer is None:
        raise BehaviourError(f"x-resources.{resource}.figures: {stated.formula!r} cannot be read for {stated.field}")
    types = contract.schemas.types(pointer)
    is_whole, is_flag = "number" not in types, types - {"null"} == {"boolean"}
    fits = contract.schemas.validator(pointer, "response").is_valid
    without = dict(_without(contract.schemas, fields))
    return FigurePlan(stated.field, stated.within, value, is_whole, is_flag, fits, without)


def _without(schemas: Schemas, fields: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """The numbers that an item may lack, with what they are then: their `default`, else 0."""
    for name, at in fields.items():
        if schemas.types(at) & {"integer", "number"}:
            default = schemas.keyword(at, "default")
            yield name, default if isinstance(default, int | float) else 0


def _number(value: fractions.Fraction, *, is_whole: bool) -> int | float:
    """The value as JSON has it: a whole number if it is one or must be, else with nine digits at most."""
    if is_whole or value.denominator == 1:
        return floor(value + fractions.Fraction(1, 2))
    return round(float(value), 9)
