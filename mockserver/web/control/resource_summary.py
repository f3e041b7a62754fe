"""What is known of a resource, in one sentence for people."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.behaviour.statements import OperationBehaviour
from mockserver.contract import Contract
from mockserver.handlers.binding.resource_plan import ResourcePlan

VERBS = {
    "create": "created",
    "list": "listed",
    "get": "read",
    "update": "changed",
    "replace": "replaced",
    "delete": "deleted",
}
"""What can be done with an item, by the actions of operations."""

IDS = {
    "uuid": "each gets a UUID as {}",
    "integer": "each gets the next number as {}",
    "digits": "each gets the next number, as a text, as {}",
    "random": "each gets a random {}",
    "schema": "each gets a generated {}",
    "client": "the client chooses {}",
    "single": "there is only one",
}
"""How an item gets its id."""

MOST_FILTERS = 4
"""How many filters are named."""


def summary(contract: Contract, plan: ResourcePlan) -> str:
    """One sentence: what can be done with the items, their ids, and how they are listed."""
    identity = plan.statements.identity
    stated = [behaviour for _, behaviour in contract.acting.get(plan.name, ())]
    does = {each.action.does for each in stated if each.action is not None}
    verbs = [verb for name, verb in VERBS.items() if name in does]
    begin = f"Can be {_joined(verbs)}" if verbs else "Is stored"
    parts = [begin, IDS[identity.generate].format(f"`{identity.field or identity.parameter}`")]
    # Where no operation is about the items above, only the path parameter has a name.
    above = [resource or f"`{parameter}`" for parameter, resource in plan.resources_above.items()]
    parts += [f"below {' and '.join(above)}"] if above else []
    return "; ".join([*parts, *_listing(plan, stated)]) + "."


def evidence(plan: ResourcePlan) -> str:
    """How the resource is known: the evidence of the statement about its id."""
    return plan.statements.identity.evidence


def _listing(plan: ResourcePlan, stated: list[OperationBehaviour]) -> Iterator[str]:
    """How items are listed: pages, order, filters, sort parameters."""
    lists = [each for each in stated if each.action is not None and each.action.does == "list"]
    paging = next((each.paging for each in lists if each.paging is not None), None)
    if paging is not None:
        by = " and ".join(f"`{name}`" for name in (paging.position, paging.limit) if name)
        yield f"pages of {paging.default}" + (f" by {by}" if by else "")
    if lists:
        yield "newest first" if plan.newest_first else "oldest first"
    names = list(dict.fromkeys(entry.parameter for each in lists for entry in each.filter if entry.parameter))
    if names:
        more = " and more" if len(names) > MOST_FILTERS else ""
        yield f"filtered by {', '.join(f'`{name}`' for name in names[:MOST_FILTERS])}{more}"
    if sorts := list(dict.fromkeys(each.sort.parameter for each in lists if each.sort is not None)):
        yield f"sorted by {', '.join(f'`{name}`' for name in sorts)}"


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
