"""A check of reports: their numbers are those of the items, after each create, action and delete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from contracts.checks.item_view import as_json, documented
from contracts.checks.stored_fields import current
from contracts.cleanup.created_items import CreatedItem
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.report_numbers import ReportNumber, report_numbers
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources, resource_operations
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from mockserver.contract import Contract
from mockserver.inference.figures.statistics import STATISTICS
from mockserver.inference.names import words
from mockserver.openapi import path_template

UNSAID = Fraction(51, 1000)
"""By how much a mean may be rounded where nothing is said: to one decimal."""

EPSILON = Fraction(1, 10**9)

VALUES = (7, 4, 4, 1)
"""How far the numbers of the items are from the lowest valid one: their mean is no whole number, and two are equal."""


def report_figure(
    context: CheckContext, op: ResourceOperation, owner: CheckedResource | None, number: ReportNumber
) -> None:
    """A number of a report follows from the items, as they are created, changed and deleted."""
    resource = context.shared.resources[number.resource]
    above = context.create(owner) if owner is not None else None
    run = _Report(context, op, number, above)
    if not run.is_steady():
        raise CannotBuildRequest(f"{op.name} shows something else each time")
    history: list[RecordedExchange] = []
    if above is not None and not run.check(history, "without any"):
        return
    made: list[CreatedItem] = []
    for value in _values(context, resource, number.field):
        body = context.body(resource) | ({number.field: value} if number.field else {})
        made.append(context.create(resource, body, path=above.path_below(resource) if above is not None else None))
        history.append(made[-1].exchange)
        if not run.check(history, f"after {len(made)} creates"):
            return
    first = made[0]  # it has the highest value
    for step in context.steps_of(resource) if number.where is not None else ():
        done = context.take(first, step) if step.child is None else None
        history += [done] if done is not None else []
        if done is not None and done.status < 300 and not run.check(history, f"after {step.op.name}"):
            return
    removed = context.delete(first) if resource.can("delete") else None
    if removed is not None and removed.status in (200, 204):
        run.check([*history, removed], "after one of them is deleted")


class _Report:
    """A report, and what it showed before. Only what an owner has is known wholly; elsewhere others add to it."""

    def __init__(
        self, context: CheckContext, op: ResourceOperation, number: ReportNumber, above: CreatedItem | None
    ) -> None:
        self._context, self._op, self._number, self._above = context, op, number, above
        self._base = None if above is not None else self._shown(self._read())

    def _read(self) -> RecordedExchange:
        exchange = self._context.send(self._op, path=self._above.path if self._above is not None else {})
        if exchange.status != 200:
            raise CannotBuildRequest(f"{self._op.name} answers {exchange.status}")
        return exchange

    def _shown(self, exchange: RecordedExchange) -> Any:
        return exchange.json.get(self._number.name) if isinstance(exchange.json, dict) else None

    def is_steady(self) -> bool:
        """Does the report show the same number again?"""
        return bool(self._shown(self._read()) == self._shown(self._read()))

    def check(self, history: Sequence[RecordedExchange], when: str) -> bool:
        """Compare the number with the items, as they look now. Returns whether it is right."""
        resource = self._context.shared.resources[self._number.resource]
        below = self._above.path_below(resource) if self._above is not None else {}
        made = [each for each in self._context.created_items(resource) if each.path.items() >= below.items()]
        items = [item for each in made if (item := current(self._context, each)[1])]
        exchange, number = self._read(), self._number
        wanted, shown = number.value(items), self._shown(exchange)
        if self._above is None:
            wanted = _added(wanted, self._base)
        seen = (
            {key: shown.get(key, 0) for key in wanted}
            if isinstance(wanted, dict) and isinstance(shown, dict)
            else shown
        )
        return self._context.expect(
            _is_right(number, wanted, seen),
            f"{number.name} is {_written(wanted)}, the {number.kind} of {number.field or number.resource}, {when}",
            as_json(seen),
            *(() if self._above is None else (self._above.exchange,)),
            *history,
            exchange,
            about=number.name,
        )


def _added(wanted: Any, base: Any) -> Any:
    """What is wanted with what there was before."""
    if isinstance(wanted, dict):
        known = base if isinstance(base, dict) else {}
        return {key: value + _whole(known.get(key)) for key, value in wanted.items()}
    return wanted + _whole(base) if isinstance(wanted, Fraction) else wanted


def _whole(value: Any) -> Fraction:
    return Fraction(str(value)) if type(value) in (int, float) else Fraction(0)


def _is_right(number: ReportNumber, wanted: Any, shown: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(shown, dict) and {key: _whole(shown.get(key)) for key in wanted} == wanted
    if wanted is None:
        return shown is None or (shown == 0 and not number.is_null)
    if type(shown) not in (int, float):
        return False
    slack = Fraction(0)
    if number.kind == "mean":
        slack = Fraction(1, 2 * 10**number.digits) if number.digits is not None else UNSAID
    return bool(abs(Fraction(str(shown)) - wanted) <= slack + EPSILON)


def _written(wanted: Any) -> str:
    if isinstance(wanted, Fraction):
        return f"{float(wanted):.6g}"
    return as_json({key: float(value) for key, value in wanted.items()}) if isinstance(wanted, dict) else "null"


def _values(context: CheckContext, resource: CheckedResource, field: str) -> list[int]:
    """The numbers of the items to create; as many without a field. Raises CannotBuildRequest."""
    if not field:
        return list(VALUES[:3])
    pointer = context.bodies.properties(resource.operations["create"]).get(field)
    if pointer is None:
        raise CannotBuildRequest(f"no request sets {field}")
    valid, least = (
        context.contract.schemas.validator(pointer, "request").is_valid,
        context.contract.schemas.keyword(pointer, "minimum"),
    )
    values = [each + (int(least) if isinstance(least, int | float) else 0) for each in VALUES]
    if not all(valid(each) for each in values):
        raise CannotBuildRequest(f"no values of {field} are known that differ and are valid")
    return values


def _places(contract: Contract) -> Iterator[Place]:
    known = checked_resources(contract)
    for op in resource_operations(contract):
        owner = _owner(known, op)
        names = path_template.names(op.operation.path)
        is_report = op.operation.method == "get" and not STATISTICS.isdisjoint(
            words(path_template.above_and_last(op.operation.path)[1])
        )
        shows_items = op.behaviour.action is not None and (op.reply_path("items") or op.reply_path("item")) is not None
        if not is_report or shows_items or (names and owner is None):
            continue
        pointer = op.schema_at(contract.schemas, ())
        about = {
            each.name: (each, documented(contract, each.operations["get"]))
            for each in known.values()
            if each.can("create", "get") and (owner is None or owner_of(each) == owner.name)
        }
        for number in report_numbers(contract.schemas, pointer, about) if pointer is not None else ():
            if owner is None and number.kind not in ("count", "sum"):
                continue  # other items that are there have a part in it
            text = f"{number.name} is the {number.kind} of the {number.resource} items."
            # A number of the whole service, without a sentence, may be about some of the items only.
            evidence = "inferred" if owner is None and not number.source else number.evidence
            yield op.name, StatementRef(op.name, "counts", evidence, number.source, text), (op, owner, number)


def _owner(known: Mapping[str, CheckedResource], op: ResourceOperation) -> CheckedResource | None:
    """The resource below whose item a report is."""
    above = op.operation.path.rstrip("/").rpartition("/")[0]
    readable = (each for each in known.values() if each.can("create", "get"))
    return next((each for each in readable if each.operations["get"].operation.path.rstrip("/") == above), None)


CHECKS = (Check("report-figure", (), _places, report_figure),)
