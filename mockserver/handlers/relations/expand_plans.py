"""What an operation can expand: the references in its replies that may be ids as well as objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from mockserver.behaviour.statements import OperationBehaviour
from mockserver.contract import Contract
from mockserver.handlers.replies.reply_renderer import item_schema
from mockserver.inference.relations.expansions import may_expand
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas, Validator


class ExpandPlan(Struct, frozen=True):
    """What an operation can expand, compiled at load: each property with the validator of its value.

    With `into` the items are shown in a list beside those of the reply.
    """

    parameter: str
    validators: Mapping[str, Validator]
    into: bool = False


def expand_plan(contract: Contract, operation: Operation, behaviour: OperationBehaviour) -> ExpandPlan | None:
    """The plan of an operation; None if nothing says that it expands references."""
    action = behaviour.action
    if behaviour.expand is None or action is None or not action.of:
        return None
    schemas = contract.schemas
    if behaviour.expand.into:
        return ExpandPlan(behaviour.expand.parameter, {}, into=True)
    at = item_schema(operation, behaviour.reply, schemas, action.does)
    named = {each.field for each in contract.behaviour.resources[action.of].references}
    shown = schemas.properties(at) if at is not None else {}
    return ExpandPlan(behaviour.expand.parameter, dict(_validators(schemas, shown, named)))


def _validators(schemas: Schemas, shown: Mapping[str, str], named: Iterable[str]) -> Iterable[tuple[str, Validator]]:
    for name in named:
        if may_expand(schemas, shown.get(name)):
            yield name, schemas.validator(shown[name], "response")
