"""Replies that show only the properties of items that a request chooses: `?fields=id,name`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from msgspec import Struct

from mockserver.behaviour import templates
from mockserver.behaviour.statements import SEVERAL, OperationBehaviour
from mockserver.contract import Contract
from mockserver.handlers.binding.bound_operation import Handler
from mockserver.handlers.replies.reply_renderer import item_schema, items_template
from mockserver.handlers.request_context import RequestContext
from mockserver.inference.names import plain
from mockserver.lazy_pattern import lazy_pattern
from mockserver.messages import Reply
from mockserver.openapi import json_codec
from mockserver.openapi.document import Operation
from mockserver.openapi.media_types import is_json

Path = tuple[str | int, ...]

NESTED = lazy_pattern(r"\([^()]*\)|[./:].*")
"""What follows the name of a property that is chosen only in part: `address.city`, `address(city)`."""


class ChosenFields(Struct, frozen=True):
    """What a request can choose, compiled at load.

    The reply has an item, or a list of them, at `place`, and `steps` lead from there, or from an entry of the list, to
    the properties. `names` has these by their plain names; the `needed` ones are always shown.
    """

    parameter: str
    place: Path
    steps: Path
    names: dict[str, str]
    needed: frozenset[str]


def choosing(handler: Handler, contract: Contract, operation: Operation, behaviour: OperationBehaviour) -> Handler:
    """The handler, whose reply shows what a request chooses, if a statement says that requests do."""
    plan = _plan(contract, operation, behaviour)
    return handler if plan is None else Handler(handler.begin, partial(_chosen, plan, handler))


def _plan(contract: Contract, operation: Operation, behaviour: OperationBehaviour) -> ChosenFields | None:
    """What a request can choose; None if nothing, or if the reply shows no items."""
    action, stated, schemas = behaviour.action, behaviour.reply, contract.schemas
    at = item_schema(operation, stated, schemas, action.does) if action is not None else None
    if behaviour.select is None or action is None or at is None:
        return None
    inside = behaviour.select.inside
    at = schemas.properties(at).get(inside) if inside else at
    is_list = action.does in SEVERAL
    template = items_template(stated) if is_list else stated.body if stated is not None else "{item}"
    place = templates.find(template, "items" if is_list else "item")
    if at is None or place is None:
        return None
    names = {plain(name): name for name in schemas.properties(at)}
    within = templates.within_entry(template, "items", "item") if is_list else ()
    needed = frozenset(schemas.required(at))
    steps = (*within, inside) if inside else within
    return ChosenFields(behaviour.select.parameter, place, steps, names, needed)


def _chosen(plan: ChosenFields, handler: Handler, context: RequestContext) -> Reply:
    """The reply of a handler with the chosen properties; all of them where one is chosen that no item has."""
    reply, sent = handler.end(context), context.call.query.get(plan.parameter)
    chosen = [plan.names.get(plain(NESTED.sub("", each))) for each in _names(sent)]
    if not chosen or None in chosen or not is_json(reply.media_type):
        return reply
    body = reply.body if reply.content is None else json_codec.read(reply.content)
    shown = _shortened(body, plan.place, plan.steps, plan.needed.union(filter(None, chosen)))
    return reply._replace(body=shown, content=None, proven=False)


def _names(sent: Any) -> Iterator[str]:
    """The names in a parameter: a text with commas, or a list of such."""
    for text in sent if isinstance(sent, list) else [sent]:
        whole = re.sub(r"\([^()]*\)", "", text) if isinstance(text, str) else ""
        yield from (each.strip() for each in re.split(r"[,\s]+", whole) if each.strip())


def _shortened(value: Any, place: Path, steps: Path, names: Iterable[str]) -> Any:
    """A copy of a reply in which the item at `place`, or each item of a list there, has only these properties.

    `steps` lead from there, or from the entry of a list, to these properties.
    """
    if isinstance(value, list) and not place:
        return [_shortened(each, (), steps, names) for each in value]
    way = place or steps
    if not isinstance(value, dict) or (way and way[0] not in value):
        return value
    if not way:
        return {name: each for name, each in value.items() if name in names}
    rest, own = (place[1:], steps) if place else ((), steps[1:])
    return {**value, way[0]: _shortened(value[way[0]], rest, own, names)}
