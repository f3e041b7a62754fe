"""How many items a list shows at most, by the schema of its reply: a page with more would break the document."""

from __future__ import annotations

from functools import partial
from typing import Any

from msgspec.structs import replace

from mockserver.behaviour import templates
from mockserver.behaviour.statements import OperationBehaviour, Paging
from mockserver.contract import Contract
from mockserver.handlers.lists import paging as paging_styles
from mockserver.handlers.lists.cursor_forms import Cursors
from mockserver.handlers.lists.paging import SelectPage
from mockserver.handlers.replies.reply_renderer import items_template
from mockserver.openapi.document import Operation
from mockserver.openapi.media_types import is_json


def most_items(contract: Contract, operation: Operation, behaviour: OperationBehaviour) -> int | None:
    """The smallest `maxItems` of the items in a list's success replies; None if the schemas do not say."""
    if behaviour.action is None or behaviour.action.does != "list":
        return None
    path = templates.find(items_template(behaviour.reply), "items")
    found = [contract.schemas.below(at, path) for at in _success_schemas(operation)] if path is not None else []
    limits: list[Any] = [node.get("maxItems") for at in found if at for node, _ in contract.schemas.branches(at)]
    return min((int(limit) for limit in limits if _is_count(limit)), default=None)


def limited(paging: Paging | None, most: int | None) -> Paging | None:
    """The paging with pages of at most so many items."""
    if paging is None or not most:  # none at all are no pages
        return paging
    maximum = min(paging.maximum or most, most)
    return replace(paging, maximum=maximum, default=min(paging.default, most))


def page_selector(paging: Paging | None, most: int | None, valid: Cursors | None) -> SelectPage:
    """The function that selects the items of a page; `valid` are its cursors where they may not be any text."""
    if valid is not None:
        return partial(paging_styles.cursor, valid=valid)
    if paging is None and most is not None:
        return paging_styles.first_items(most)
    return paging_styles.STYLES[paging.style if paging is not None else "whole"]


def _success_schemas(operation: Operation) -> list[str]:
    return [
        media.schema
        for response in operation.responses
        if response.status[:1] == "2"
        for media in response.content
        if media.schema and is_json(media.name)
    ]


def _is_count(limit: Any) -> bool:
    return isinstance(limit, int | float) and not isinstance(limit, bool) and limit >= 0
