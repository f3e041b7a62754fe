"""Ids that no request can create, from the service's own list: `/servers` for `/servers/{server_id}/zones`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.client.request_builder import CannotBuildRequest
from contracts.runner.context import CheckContext
from mockserver.contract import Contract
from mockserver.openapi.document import Operation

MOST = 5
"""At most so many lists are asked for."""


def existing_ids(context: CheckContext) -> dict[str, Any]:
    """The id of the first listed item, by the path up to its parameter. Sends one GET for each such list."""
    found: dict[str, Any] = {}
    for above, parameter, listing in list(_closed_collections(context.contract))[:MOST]:
        try:
            exchange = context.send(context.shared.operations[f"GET {listing.path}"])
        except CannotBuildRequest:
            continue
        id = _first_id(exchange.json, parameter) if exchange.status == 200 else None
        if id is not None:
            found[above] = id
    return found


def _closed_collections(contract: Contract) -> Iterator[tuple[str, str, Operation]]:
    """Collections that can be listed but not added to, and whose items have something below them."""
    by_place = {(each.method, each.path.rstrip("/")): each for each in contract.document.operations}
    paths = dict.fromkeys(each.path for each in contract.document.operations)
    seen: set[str] = set()
    for path in paths:
        start, _, rest = path.partition("{")
        name, _, below = rest.partition("}")
        above, listing = f"{start}{{{name}}}", by_place.get(("get", start.rstrip("/")))
        is_closed = ("post", start.rstrip("/")) not in by_place and ("put", above) not in by_place
        if name and below and listing is not None and is_closed and above not in seen:
            seen.add(above)
            yield above, name, listing


def _first_id(value: Any, parameter: str) -> str | int | None:
    """The id of the first item of a list, or of the only list in an object."""
    if isinstance(value, Mapping):
        lists = [each for each in value.values() if isinstance(each, list)]
        value = lists[0] if len(lists) == 1 else None
    first = value[0] if isinstance(value, list) and value else None
    if not isinstance(first, Mapping):
        return None
    last = parameter.replace("-", "_").rpartition("_")[2]
    names = dict.fromkeys((parameter, "id", last, "name"))
    return next((first[name] for name in names if isinstance(first.get(name), str | int)), None)
