"""Below which owner items are whose path says it otherwise, or not: `/user/repos` for `/repos/{owner}/{repo}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.behaviour.statements import Action
from mockserver.contract import Contract
from mockserver.handlers.binding.item_schemas import operations_on
from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.handlers.relations.path_owners import UNNAMED, Owner
from mockserver.handlers.request_context import RequestContext
from mockserver.openapi import path_template
from mockserver.openapi.document import Operation


def owners_elsewhere(plan: ResourcePlan, action: Action) -> Mapping[str, str]:
    """The path parameters above the items of a resource, with the operation's own, which `keeps` names.

    For a create without such a parameter it is empty; a list without one is about all owners.
    """
    shown = plan.statements.within.fields if plan.statements.within is not None else {}
    given = {field: parameter for parameter, field in action.keeps.items()}
    if action.does not in ("create", "list") or (action.does == "list" and not set(shown.values()) <= given.keys()):
        return {}
    return {parameter: given.get(field, "") for parameter, field in shown.items()}


def path_owner(contract: Contract, operation: Operation, plans: Mapping[str, ResourcePlan]) -> Owner | None:
    """The item that the path continues, which must exist: the organization for `/orgs/{org}/repos`."""
    above = path_template.above_and_last(operation.path)[0]
    for name, plan in plans.items() if above.endswith("}") else ():
        is_item = any(
            behaviour.action is not None and behaviour.action.does not in ("create", "list")
            for one, behaviour in operations_on(contract, name)
            if path_template.bare(one.path) == above
        )
        if is_item and not plan.is_single:
            return name, tuple(path_template.names(above))
    return None


def choose_owner(context: RequestContext) -> None:
    """Put the owner into the path of the request: the one that it names, else the first that exists."""
    elsewhere = context.bound.owners_elsewhere
    if not elsewhere:
        return
    path = dict(context.call.path)
    for parameter, given in elsewhere.items():
        if parameter not in path:
            path[parameter] = path[given] if given else _first(context, parameter)
    context.call = context.call._replace(path=path)


def _first(context: RequestContext, parameter: str) -> Any:
    """The id of the first item that can be the owner: that is who the client is."""
    above = context.bound.resource.resources_above.get(parameter, "")
    plan = context.bound.plans.get(above)
    if plan is not None and not plan.parent_parameters:
        for record in context.collection(above):
            return record.id
    return context.call.principal.user or UNNAMED
