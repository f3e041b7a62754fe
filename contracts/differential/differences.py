"""What differs between two replies to the same request."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from contracts.checks.reply_templates import template_differences
from contracts.differential.comparable_reply import shape_of
from contracts.differential.player import PlayedReply, Player
from contracts.differential.scenario import Scenario, ScenarioStep
from contracts.model.resources import ResourceOperation
from mockserver.behaviour.statements import ErrorBody
from mockserver.contract import Contract

LIKELY: Mapping[int, str] = {
    400: "invalid", 401: "unauthenticated", 403: "forbidden", 404: "missing", 405: "method-not-allowed",
    409: "conflict", 410: "missing", 413: "too-large", 415: "unsupported-media-type", 422: "invalid", 429: "too-many",
}  # fmt: skip
"""What kind of refusal a status tells, where nothing is known of the reason."""

How = Literal["status", "header", "missing", "further", "type", "value", "order", "items", "page"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which the service (`seen`) is not as the mock (`expected`).

    `path` is where in the body, with `*` for the entries of a list, and `field` the path inside of an item; `step` the
    number of the request in its scenario. `refusal` is the kind of refusal that it is about.
    """

    step: int
    operation: str
    how: How
    path: tuple[str, ...]
    expected: Any
    seen: Any
    field: tuple[str, ...] = ()
    refusal: str = ""

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return ".".join(self.path) or "the body"

    @property
    def signature(self) -> str:
        """The same for the same difference in whatever sequence of requests."""
        if self.field:
            return f"{self.how} {'.'.join(self.field)}"
        if self.refusal and self.how == "value":
            return f"the body of {self.refusal}"
        shown = f"{self.expected} {self.seen}" if self.how == "status" else ""
        return " ".join(filter(None, (self.operation, self.how, ".".join(self.path), self.refusal, shown)))


@dataclass(frozen=True, slots=True)
class Comparer:
    """Compares what the two sides answered to a scenario. `volatile` are fields that differ by themselves."""

    contract: Contract
    scenario: Scenario
    mock: Player
    service: Player
    volatile: Collection[str]

    def differences(
        self, ours: Sequence[PlayedReply | None], theirs: Sequence[PlayedReply | None]
    ) -> Iterator[Difference]:
        """The differences, reply by reply. After a different status nothing can be compared any more."""
        for number, (mine, other) in enumerate(zip(ours, theirs, strict=False)):
            if mine is None or other is None:
                there = mine or other
                if there is not None:
                    told = ("a further page", "no further page")
                    yield Difference(number, there.step.name, "page", (), told[mine is None], told[other is None])
                return
            refusal = self._refusal(number, mine)
            if mine.view.status != other.view.status:
                told_by = refusal or self._refusal(number, other)
                yield Difference(
                    number, mine.step.name, "status", (), mine.view.status, other.view.status, refusal=told_by
                )
                return
            if refusal:
                yield from self._refusals(number, mine, other, refusal)
                continue
            yield from self._headers(number, mine, other)
            if self._is_list(mine.step):
                yield from self._lists(number, mine, other)
            else:
                yield from self._items(number, mine, other)

    def _refusal(self, number: int, reply: PlayedReply) -> str:
        """The kind of refusal that a reply is: the one that the scenario provokes, or the only likely one."""
        if reply.view.status < 400:
            return ""
        aimed = number == len(self.scenario.steps) - 1 and self.scenario.about != "no-access"
        return (aimed and self.scenario.refusal) or LIKELY.get(reply.view.status, "default")

    def _is_list(self, step: ScenarioStep) -> bool:
        return step.op.behaviour.action is not None and step.op.behaviour.action.does == "list"

    def _headers(self, number: int, mine: PlayedReply, other: PlayedReply) -> Iterator[Difference]:
        for header in sorted({*mine.view.headers, *other.view.headers}):
            pair = mine.view.headers.get(header, "none"), other.view.headers.get(header, "none")
            if pair[0] != pair[1]:
                yield Difference(number, mine.step.name, "header", (header,), *pair)

    def _refusals(self, number: int, mine: PlayedReply, other: PlayedReply, refusal: str) -> Iterator[Difference]:
        """A refusal is as its statement says; where none is made, it has what the mock's has."""
        statement = refusal_body(self.contract, mine.step.op, refusal)
        if statement is not None:
            same = not any(template_differences(statement.body, other.exchange.json, {"status": other.view.status}))
        else:
            same = _keys(mine.view.body) == _keys(other.view.body)
        same = same and mine.view.headers.get("allow") == other.view.headers.get("allow")
        if not same:
            yield Difference(
                number, mine.step.name, "value", (), mine.exchange.json, other.exchange.json, refusal=refusal
            )

    def _lists(self, number: int, mine: PlayedReply, other: PlayedReply) -> Iterator[Difference]:
        resource = self.scenario.resource
        here, there = self.mock.ours(resource, mine.exchange), self.service.ours(resource, other.exchange)
        if here is not None and there is not None and here != there:
            place = tuple(str(part) for part in resource.operations["list"].reply_path("items") or ())
            how: How = "order" if sorted(here) == sorted(there) else "items"
            yield Difference(number, mine.step.name, how, place, here, there)
            return
        yield from self._items(number, mine, other)

    def _items(self, number: int, mine: PlayedReply, other: PlayedReply) -> Iterator[Difference]:
        if mine.step.makes:
            yield from self._ids(number, mine.step)
        for path, how, here, there in compared((), mine.view.body, other.view.body):
            field = field_of(mine.step.op, path)
            if not (field and field[0] in self.volatile):
                yield Difference(number, mine.step.name, how, path, here, there, field)

    def _ids(self, number: int, step: ScenarioStep) -> Iterator[Difference]:
        """Ids are made in another way, where it is the service that makes them."""
        mine, other = self.mock.items.get(step.makes), self.service.items.get(step.makes)
        if mine is None or other is None or mine.resource.client_named:
            return
        shapes = shape_of(mine.id), shape_of(other.id)
        if shapes[0][:2] != shapes[1][:2]:
            field = mine.resource.behaviour.identity.field
            path = (*(str(part) for part in step.op.reply_path("item") or ()), field)
            here, there = (f"{way} {prefix}".strip() for way, prefix, _ in shapes)
            yield Difference(number, step.name, "type", path, here, there, (field,))


def field_of(op: ResourceOperation, path: tuple[str, ...]) -> tuple[str, ...]:
    """The path inside of an item that a path in a body is about; empty for what surrounds the item."""
    for place in ("item", "items"):
        where = op.reply_path(place)
        if where is not None:
            steps = (*(str(part) for part in where), *(("*",) if place == "items" else ()))
            if path[: len(steps)] == steps:
                return path[len(steps) :]
    return ()


def refusal_body(contract: Contract, op: ResourceOperation, kind: str) -> ErrorBody | None:
    """What is said about the body of a kind of refusal at an operation."""
    own, service = op.behaviour.errors.bodies, contract.behaviour.service.errors.bodies
    return own.get(kind) or service.get(kind) or own.get("default") or service.get("default")


Found = tuple[tuple[str, ...], How, Any, Any]


def compared(path: tuple[str, ...], mine: Any, other: Any) -> Iterator[Found]:
    """Where two JSON values differ: path, how, and both values. Of list entries each place is told once."""
    if isinstance(mine, dict) and isinstance(other, dict):
        for name, value in mine.items():
            if name in other:
                yield from compared((*path, name), value, other[name])
            else:
                yield (*path, name), "missing", value, "nothing"
        yield from (((*path, name), "further", "nothing", value) for name, value in other.items() if name not in mine)
    elif isinstance(mine, list) and isinstance(other, list):
        if len(mine) != len(other):
            yield path, "value", f"{len(mine)} entries", f"{len(other)} entries"
        inner = [each for one, two in zip(mine, other, strict=False) for each in compared((*path, "*"), one, two)]
        yield from {each[:2]: each for each in reversed(inner)}.values()
    elif mine != other or _type(mine) != _type(other):
        how: How = "value" if _type(mine) == _type(other) or None in (mine, other) else "type"
        yield path, how, mine, other


def _keys(body: Any) -> Any:
    """What a body has, without its values."""
    if isinstance(body, dict):
        return {name: _keys(value) for name, value in body.items()}
    return "list" if isinstance(body, list) else None


def _type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else type(value).__name__
