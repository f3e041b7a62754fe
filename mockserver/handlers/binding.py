"""Binding operations to their handlers, once at load."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from mockserver.behaviour.statements import OperationBehaviour, ReplyStatement
from mockserver.contract import Contract
from mockserver.errors import BehaviourError
from mockserver.handlers import paging as pagings
from mockserver.handlers import reply_renderer as shapes
from mockserver.handlers.actions import HANDLERS, refuse_unknown
from mockserver.handlers.generated_fields import ReplyView
from mockserver.handlers.reply_renderer import ReplyRenderer
from mockserver.handlers.request_context import Accept, BoundOperation, Owner, Rule, Rules
from mockserver.handlers.resource_plan import ResourcePlan, acting, known, requests, viewer
from mockserver.openapi import path_template
from mockserver.openapi.document import Operation


def bind(
    contract: Contract, operation: Operation, plans: Mapping[str, ResourcePlan], rules: Rules
) -> BoundOperation | None:
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
    view = viewer(contract, plan) if plan is not None and plan.invention is not None else None
    renderer = shapes.compile(operation, behaviour.reply, contract.schemas, secrets, action.does, view)
    return BoundOperation(
        operation=operation,
        handler=HANDLERS[action.does],
        plan=plan,
        plans=plans,
        renderer=renderer,
        rules=tuple(_rule(rules, rule.name, place) for rule in behaviour.rules),
        paging=behaviour.paging,
        page=pagings.STYLES[behaviour.paging.style if behaviour.paging else "whole"],
        filters=behaviour.filter,
        sort=behaviour.sort,
        patch=action.patch,
        upsert=action.upsert,
        accept=_accept(contract, operation, behaviour, plan),
        envelope=action.envelope,
        takes=action.takes,
        keeps=action.keeps,
        named=known(contract, operation, behaviour),
        names=_names(operation, plan, action.does) if plan is not None else {},
        born=_born(contract, operation, behaviour, secrets, view) if action.upsert else None,
        item_path=_item_path(contract, operation, plan) if plan is not None and action.does == "create" else "",
        owner=_owner(operation, plan, plans, action.does) if plan is not None else None,
    )


def _owner(operation: Operation, plan: ResourcePlan, plans: Mapping[str, ResourcePlan], does: str) -> Owner | None:
    """The nearest resource above that must be there: of items that stand elsewhere, the one that the path names."""
    parent, own = plan.statements.parent, path_template.names(operation.path)
    if parent is not None and parent.parameter not in plan.above:
        above = plans[parent.resource].above
        at = own.index(parent.parameter) if does in ("create", "list") and parent.parameter in own else -1
        if at >= len(above):
            return (parent.resource, tuple(own[at - len(above) : at + 1])) if parent.must_exist else None
        parent = plans[parent.resource].statements.parent
    if parent is None or not parent.must_exist or parent.parameter not in plan.above:
        return None
    return parent.resource, plan.above[: plan.above.index(parent.parameter) + 1]


def _item_path(contract: Contract, operation: Operation, plan: ResourcePlan) -> str:
    """Where an item is found that is not below the collection to which it is posted; empty where it is."""
    wanted, usual = len(plan.above) + 1, path_template.shape(operation.path).rstrip("/") + "/{}"
    found = [other.path for other, _ in acting(contract, plan.name)]
    places = [
        path
        for path in found
        if len(path_template.names(path)) == wanted
        and path_template.names(path)[-1] == plan.statements.identity.parameter
    ]
    is_usual = plan.is_single or any(path_template.shape(path).rstrip("/") == usual for path in places)
    return "" if is_usual or not places else places[0]


def _names(operation: Operation, plan: ResourcePlan, does: str) -> dict[str, str]:
    """The operation's own names of path parameters → those by which the resource knows what stands there."""
    own, identity = path_template.names(operation.path), plan.statements.identity
    is_item = does not in ("create", "list") and len(own) > len(plan.above)
    wanted = [*plan.above, *([identity.parameter] if is_item else [])]
    is_told = plan.statements.within is not None or (operation.path.rstrip("/").endswith("}") and not plan.is_single)
    if not is_told or len(own) != len(wanted):
        return {}
    return {name: other for name, other in zip(own, wanted, strict=True) if name != other}


def _born(
    contract: Contract,
    operation: Operation,
    behaviour: OperationBehaviour,
    secrets: frozenset[str],
    view: Callable[[str], ReplyView] | None,
) -> ReplyRenderer | None:
    """The reply to a replace that made the item: 201, where it is documented (RFC 9110 section 9.3.4)."""
    documented = any(response.status == "201" for response in operation.responses)
    if behaviour.action is None or behaviour.action.does != "replace" or not documented:
        return None
    stated = replace(behaviour.reply or ReplyStatement(evidence="assumed"), status=201)
    return shapes.compile(operation, stated, contract.schemas, secrets, "replace", view)


def _rule(rules: Rules, name: str, place: str) -> Rule:
    if name not in rules:
        known = ", ".join(sorted(rules)) or "none"
        raise BehaviourError(f"{place}: no rule {name!r}; there are: {known}")
    return rules[name]


def _accept(
    contract: Contract, operation: Operation, behaviour: OperationBehaviour, plan: ResourcePlan | None
) -> Accept:
    """Which properties of a body are taken over: those the document names, without what the service sets."""
    named, settled = known(contract, operation, behaviour), plan.settled if plan else frozenset()
    policy = contract.behaviour.service.unknown_fields.policy
    defaults = (
        _defaults(contract, operation, behaviour) if behaviour.action and behaviour.action.does != "update" else {}
    )
    taken = named - settled

    def keep(body: Any) -> dict[str, Any]:
        return {**defaults, **{name: value for name, value in (body or {}).items() if name not in settled}}

    def ignore(body: Any) -> dict[str, Any]:
        return {**defaults, **{name: value for name, value in (body or {}).items() if name in taken}}

    def refuse(body: Any) -> dict[str, Any]:
        refuse_unknown(named, body or {})
        return keep(body)

    return keep if not named else {"keep": keep, "ignore": ignore, "refuse": refuse}[policy]


def _defaults(contract: Contract, operation: Operation, behaviour: OperationBehaviour) -> dict[str, Any]:
    """The `default`s of the request's properties (JSON Schema Validation section 9.2)."""
    found: dict[str, Any] = {}
    takes = behaviour.action.takes if behaviour.action else {}
    for pointer in requests(contract, operation, behaviour):
        for name, at in contract.schemas.properties(pointer).items():
            for node, _ in contract.schemas.branches(at):
                if "default" in node:
                    found.setdefault(takes.get(name, name), node["default"])
    return found
