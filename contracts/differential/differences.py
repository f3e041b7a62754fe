"""Compares two responses to the same request."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from contracts.checks.item_view import always_shown
from contracts.checks.reply_templates import template_differences
from contracts.differential.player import PlayedReply, Player
from contracts.differential.scenario import Scenario, ScenarioStep, does
from contracts.model.resources import ResourceOperation
from mockserver.behaviour.statements import ErrorBody
from mockserver.contract import Contract

LIKELY: Mapping[int, str] = {
    400: "invalid",
    401: "unauthenticated",
    403: "forbidden",
    404: "missing",
    405: "method-not-allowed",
    409: "conflict",
    410: "missing",
    413: "too-large",
    415: "unsupported-media-type",
    422: "invalid",
    429: "too-many",
}
"""Status → the most likely kind of error."""

How = Literal["status", "header", "missing", "further", "type", "value", "order", "items", "page"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between the service (`seen`) and the mock (`expected`).

    `path` is the place in the body, with `*` for the entries of a list, and `field` the path inside the item. `step` is
    the index of the request in its scenario. `error` is the kind of error of the responses, if they are errors.
    """

    step: int
    operation: str
    how: How
    path: tuple[str, ...]
    expected: Any
    seen: Any
    field: tuple[str, ...] = ()
    error: str = ""

    @property
    def place(self) -> str:
        """The place in the body, for people."""
        return ".".join(self.path) or "the body"

    @property
    def signature(self) -> str:
        """Identifies the difference in any sequence of requests."""
        if self.field:
            return f"{self.how} {'.'.join(self.field)}"
        if self.error and self.how == "value":
            return f"the body of a {self.error} error"
        shown = f"{self.expected} {self.seen}" if self.how == "status" else ""
        return " ".join(filter(None, (self.operation, self.how, ".".join(self.path), self.error, shown)))


@dataclass(frozen=True, slots=True)
class Comparer:
    """Compares the responses of mock and service to a scenario. `volatile` fields differ for each item: ignored.

    Where the service `has_foreign_items`, only our own items in its lists are compared.
    """

    contract: Contract
    scenario: Scenario
    mock: Player
    service: Player
    volatile: Collection[str]
    has_foreign_items: bool = False

    def differences(
        self, ours: Sequence[PlayedReply | None], theirs: Sequence[PlayedReply | None]
    ) -> Iterator[Difference]:
        """The differences, response by response. Ends at a different status, since later responses depend on it."""
        for number, (mine, other) in enumerate(zip(ours, theirs, strict=False)):
            if mine is None or other is None:
                there = mine or other
                if there is not None:
                    texts = ("another page", "no other page")
                    yield Difference(number, there.step.name, "page", (), texts[mine is None], texts[other is None])
                return
            error = self._kind_of_error(number, mine)
            if self._is_redirect(mine, other):
                continue
            if mine.comparable.status != other.comparable.status:
                error = error or self._kind_of_error(number, other)
                yield Difference(
                    number, mine.step.name, "status", (), mine.comparable.status, other.comparable.status, error=error
                )
                return
            if error:
                yield from self._error_differences(number, mine, other, error)
                continue
            yield from self._headers(number, mine, other)
            if self._is_list(mine.step):
                yield from self._lists(number, mine, other)
            elif does(mine.step) in ("delete", "") and not mine.step.path:
                yield from self._whole(number, mine, other)
            else:
                yield from self._items(number, mine, other)

    def _kind_of_error(self, number: int, reply: PlayedReply) -> str:
        """The kind of error of a response: the one that the scenario should cause, or the most likely one."""
        if reply.comparable.status < 400:
            return ""
        aimed = number == len(self.scenario.steps) - 1 and self.scenario.about != "no-access"
        return (aimed and self.scenario.error) or LIKELY.get(reply.comparable.status, "default")

    def _is_redirect(self, mine: PlayedReply, other: PlayedReply) -> bool:
        """Do both redirect? 301, 307 and 308 lead a GET to the same place (RFC 9110 section 15.4)."""
        return all(300 <= each.comparable.status < 400 for each in (mine, other))

    def _is_list(self, step: ScenarioStep) -> bool:
        return does(step) == "list"

    def _whole(self, number: int, mine: PlayedReply, other: PlayedReply) -> Iterator[Difference]:
        """A response to DELETE is one whole: the item, a sentence or `{}`. What it lacks is no field of the item.

        So is the response of an operation whose effect no statement describes.
        """
        if any(compared((), mine.comparable.body, other.comparable.body)):
            yield Difference(number, mine.step.name, "value", (), mine.exchange.json, other.exchange.json)

    def _headers(self, number: int, mine: PlayedReply, other: PlayedReply) -> Iterator[Difference]:
        for header in sorted({*mine.comparable.headers, *other.comparable.headers}):
            pair = mine.comparable.headers.get(header, "none"), other.comparable.headers.get(header, "none")
            if pair[0] != pair[1]:
                yield Difference(number, mine.step.name, "header", (header,), *pair)

    def _error_differences(
        self, number: int, mine: PlayedReply, other: PlayedReply, error: str
    ) -> Iterator[Difference]:
        """An error body must match its statement; without a statement it must have the same keys as the mock's."""
        statement = error_statement_of(self.contract, mine.step.op, error)
        if statement is not None:
            same = not any(
                template_differences(statement.body, other.exchange.json, {"status": other.comparable.status})
            )
        else:
            same = _keys(mine.comparable.body) == _keys(other.comparable.body)
        if not same:
            yield Difference(number, mine.step.name, "value", (), mine.exchange.json, other.exchange.json, error=error)
        allowed = mine.comparable.headers.get("allow", ""), other.comparable.headers.get("allow", "")
        if allowed[0] != allowed[1]:
            yield Difference(number, mine.step.name, "header", ("allow",), *allowed, error=error)

    def _lists(self, number: int, mine: PlayedReply, other: PlayedReply) -> Iterator[Difference]:
        resource = self.scenario.resource
        here, there = self.mock.own_items(resource, mine.exchange), self.service.own_items(resource, other.exchange)
        if here is not None and there is not None and here != there:
            place = tuple(str(part) for part in resource.operations["list"].reply_path("items") or ())
            how: How = "order" if sorted(here) == sorted(there) else "items"
            yield Difference(number, mine.step.name, how, place, here, there)
            return
        if self.has_foreign_items:
            at = tuple(str(part) for part in resource.operations["list"].reply_path("items") or ())
            pair = self.mock.only_own(resource, mine.exchange), self.service.only_own(resource, other.exchange)
            yield from self._fields(number, mine.step, at, *pair)
            return
        yield from self._items(number, mine, other)

    def _items(self, number: int, mine: PlayedReply, other: PlayedReply) -> Iterator[Difference]:
        if mine.step.creates:
            yield from self._ids(number, mine.step)
        yield from self._fields(number, mine.step, (), mine.comparable.body, other.comparable.body)

    def _fields(
        self, number: int, step: ScenarioStep, at: tuple[str, ...], here: Any, there: Any
    ) -> Iterator[Difference]:
        for path, how, mine, other in compared(at, here, there):
            field = field_of(step.op, path)
            if not (field and field[0] in self.volatile) or self._is_missing(step, how, field):
                yield Difference(number, step.name, how, path, mine, other, field)
            elif step.creates and how == "value" and len(field) == 1:
                yield from self._formats(number, step, path, field)

    def _formats(
        self, number: int, step: ScenarioStep, path: tuple[str, ...], field: tuple[str, ...]
    ) -> Iterator[Difference]:
        """The format of a text that differs in each item, such as a key."""
        name = self.scenario.resource.name, field[0]
        formats = self.mock.observations.format_of(*name), self.service.observations.format_of(*name)
        if formats[1] and formats[0] != formats[1]:
            yield Difference(number, step.name, "type", path, formats[0] or "another format", formats[1], field)

    def _is_missing(self, step: ScenarioStep, how: How, field: tuple[str, ...]) -> bool:
        """Is it a required field? Even a volatile one must not be absent."""
        return how == "missing" and field[0] in always_shown(self.service.context, step.op)

    def _ids(self, number: int, step: ScenarioStep) -> Iterator[Difference]:
        """The format of ids that the service generates."""
        mine, other = self.mock.items.get(step.creates), self.service.items.get(step.creates)
        if mine is None or other is None or mine.resource.client_named:
            return
        name = self.scenario.resource.name
        shapes = self.mock.observations.id_shape(name, mine.id), self.service.observations.id_shape(name, other.id)
        if shapes[0] and shapes[1] and shapes[0][:2] != shapes[1][:2]:
            field = mine.resource.behaviour.identity.field
            path = (*(str(part) for part in step.op.reply_path("item") or ()), field)
            here, there = (f"{way} {prefix}".strip() for way, prefix, _ in (shapes[0], shapes[1]))
            yield Difference(number, step.name, "type", path, here, there, (field,))


def field_of(op: ResourceOperation, path: tuple[str, ...]) -> tuple[str, ...]:
    """The path inside an item for a path in a body; empty outside the item."""
    for place in ("item", "items"):
        where = op.reply_path(place)
        if where is not None:
            entry = ("*", *map(str, op.within_entry)) if place == "items" else ()
            steps = (*(str(part) for part in where), *entry)
            if path[: len(steps)] == steps:
                return path[len(steps) :]
    return ()


def error_statement_of(contract: Contract, op: ResourceOperation, kind: str) -> ErrorBody | None:
    """The statement about the body of a kind of error at an operation."""
    own, service = op.behaviour.errors.bodies, contract.behaviour.service.errors.bodies
    return own.get(kind) or service.get(kind) or own.get("default") or service.get("default")


Found = tuple[tuple[str, ...], How, Any, Any]


def compared(path: tuple[str, ...], mine: Any, other: Any) -> Iterator[Found]:
    """Where two JSON values differ: path, kind of difference and both values. List entries count once."""
    if isinstance(mine, dict) and isinstance(other, dict):
        for name, value in mine.items():
            if name in other:
                yield from compared((*path, name), value, other[name])
            else:
                yield (*path, name), "missing", value, "no such field"
        yield from (
            ((*path, name), "further", "no such field", value) for name, value in other.items() if name not in mine
        )
    elif isinstance(mine, list) and isinstance(other, list):
        if len(mine) != len(other):
            yield path, "value", f"{len(mine)} entries", f"{len(other)} entries"
        inner = [each for one, two in zip(mine, other, strict=False) for each in compared((*path, "*"), one, two)]
        yield from {each[:2]: each for each in reversed(inner)}.values()
    elif mine != other or _type(mine) != _type(other):
        how: How = "value" if _type(mine) == _type(other) or None in (mine, other) else "type"
        yield path, how, mine, other


def _keys(body: Any) -> Any:
    """The structure of a body, without its values."""
    if isinstance(body, dict):
        return {name: _keys(value) for name, value in body.items()}
    return "list" if isinstance(body, list) else None


def _type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else type(value).__name__
