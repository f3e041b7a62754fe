"""An operation bound to what it does, made ready at load; and the performance of one turn."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from inspect import isgeneratorfunction
from types import GeneratorType
from typing import Any

from mockserver.call import Call, Reply
from mockserver.errors import BehaviourError
from mockserver.probe import Question
from mockserver.semantics import paging as pagings
from mockserver.semantics import shape as shapes
from mockserver.semantics.actions import ACTIONS, Act, refuse_unknown
from mockserver.semantics.paging import Page
from mockserver.semantics.plan import ResourcePlan
from mockserver.semantics.shape import Shape
from mockserver.semantics.turn import Rule, Rules, Turn
from mockserver.spec.behaviour import Filter, OperationBehaviour, Paging, Sort
from mockserver.spec.contract import Contract
from mockserver.spec.document import Operation
from mockserver.state.collection import Record

Performance = Generator[Question, Any, Reply]
Accept = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Binding:
    """What one operation does. `asks` is true when a rule may have to wait for an MCP server."""

    operation: Operation
    act: Act
    plan: ResourcePlan | None
    plans: Mapping[str, ResourcePlan]
    shape: Shape
    rules: tuple[Rule, ...]
    paging: Paging | None
    page: Callable[..., Page]
    filters: tuple[Filter, ...]
    sort: Sort | None
    patch: str
    upsert: bool
    accept: Accept

    @property
    def resource(self) -> ResourcePlan:
        """The resource that the operation is about. Raises BehaviourError for one that has none."""
        if self.plan is None:
            raise BehaviourError(f"{self.operation.method.upper()} {self.operation.path} is about no resource")
        return self.plan

    def id(self, call: Call) -> Any:
        """The id that the path names."""
        return call.path.get(self.resource.statements.identity.parameter)


def perform(turn: Turn) -> Reply | Performance:
    """Answer a turn: at once when no rule stands in between, else as a generator that may ask MCP servers."""
    if not turn.binding.rules:
        turn.binding.act.begin(turn)
        return turn.binding.act.end(turn)
    return _with_rules(turn)


def _with_rules(turn: Turn) -> Performance:
    turn.binding.act.begin(turn)
    for rule in turn.binding.rules:
        turn.rule = rule
        answer = rule(turn)
        reply = (yield from answer) if isinstance(answer, GeneratorType) else answer
        if isinstance(reply, Reply):
            turn.save()
            return reply
    return turn.binding.act.end(turn)


def settle(turn: Turn, rule: Rule, record: Record, answer: Any) -> None:
    """Give a rule the answer that came after its reply had gone: the item as it is now takes it in."""
    turn.open(record)
    asking = rule(turn)
    if isinstance(asking, GeneratorType):
        with suppress(StopIteration):
            next(asking)
            asking.send(answer)
    turn.save()


def ask_again(turn: Turn, record: Record) -> Performance:
    """Run those rules of an operation that ask, on an item that is already there."""
    turn.open(record)
    for rule in turn.binding.rules:
        asking = rule(turn) if isgeneratorfunction(rule) else None
        if isinstance(asking, GeneratorType):
            turn.rule = rule
            yield from asking
    turn.save()
    return turn.binding.shape.empty()


def bind(contract: Contract, operation: Operation, plans: Mapping[str, ResourcePlan], rules: Rules) -> Binding | None:
    """What the operation does, or None where nothing is said about it.

    Raises BehaviourError for an unknown rule, naming those that exist.
    """
    behaviour = contract.behaviour.operations.get((operation.path, operation.method))
    if behaviour is None or behaviour.action is None:
        return None
    action, place = behaviour.action, f"{operation.method.upper()} {operation.path}"
    plan = plans[action.of] if action.of else None
    if plan is None and action.does != "answer":
        raise BehaviourError(f"{place}: action.of must name a resource")
    secrets = plan.secrets if plan else frozenset()
    return Binding(
        operation=operation, act=ACTIONS[action.does], plan=plan, plans=plans,
        shape=shapes.compile(operation, behaviour, contract.schemas, secrets, action.does),
        rules=tuple(_rule(rules, rule.name, place) for rule in behaviour.rules), paging=behaviour.paging,
        page=pagings.STYLES[behaviour.paging.style if behaviour.paging else "whole"], filters=behaviour.filter,
        sort=behaviour.sort, patch=action.patch, upsert=action.upsert,
        accept=_accept(contract, operation, behaviour, plan),
    )  # fmt: skip


def _rule(rules: Rules, name: str, place: str) -> Rule:
    if name not in rules:
        known = ", ".join(sorted(rules)) or "none"
        raise BehaviourError(f"{place}: no rule {name!r}; there are: {known}")
    return rules[name]


def _accept(
    contract: Contract, operation: Operation, behaviour: OperationBehaviour, plan: ResourcePlan | None
) -> Accept:
    """Which properties of a body are taken over: those the document names, without what the service sets."""
    known, settled = _known(contract, operation), plan.settled if plan else frozenset()
    policy = contract.behaviour.service.unknown_fields.policy
    defaults = _defaults(contract, operation) if behaviour.action and behaviour.action.does != "update" else {}
    taken = known - settled

    def keep(body: Any) -> dict[str, Any]:
        return {**defaults, **{name: value for name, value in (body or {}).items() if name not in settled}}

    def ignore(body: Any) -> dict[str, Any]:
        return {**defaults, **{name: value for name, value in (body or {}).items() if name in taken}}

    def refuse(body: Any) -> dict[str, Any]:
        refuse_unknown(known, body or {})
        return keep(body)

    return keep if not known else {"keep": keep, "ignore": ignore, "refuse": refuse}[policy]


def _known(contract: Contract, operation: Operation) -> frozenset[str]:
    pointers = [media.schema for media in operation.request_body.content] if operation.request_body else []
    return frozenset(name for pointer in pointers if pointer for name in contract.schemas.properties(pointer))


def _defaults(contract: Contract, operation: Operation) -> dict[str, Any]:
    """The `default`s of the request's properties (JSON Schema Validation section 9.2)."""
    found: dict[str, Any] = {}
    for media in operation.request_body.content if operation.request_body else ():
        for name, pointer in contract.schemas.properties(media.schema).items() if media.schema else ():
            for node, _ in contract.schemas.branches(pointer):
                if "default" in node:
                    found.setdefault(name, node["default"])
    return found
