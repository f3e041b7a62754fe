"""Numbers of replies that count items: `unreadCount` beside a list, `GET /stats`, `GET /messages/unread-count`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from mockserver.inference.bodies.messages import ReplyBody, is_object, list_path, reply_body
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.figures.count_conditions import condition
from mockserver.inference.figures.counts import COUNTS, counted
from mockserver.inference.figures.named_figures import named_figure
from mockserver.inference.names import noun, plain, words
from mockserver.inference.paths.path_tree import PathNode, Shape
from mockserver.openapi import json_codec, path_template
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

STATISTICS = frozenset((
    "stats", "statistics", "summary", "counts", "count", "overview", "metrics", "totals", "dashboard", "report",
    "yield", "total",
))  # fmt: skip
"""Last words of paths whose reply may be nothing but numbers."""

PERIODS = frozenset(("year", "month", "day", "date"))
"""Names of query parameters with the beginning of the times that are counted."""


class ItemNumbers:
    """Finds the numbers in replies that count the items of the resources of one document."""

    def __init__(self, schemas: Schemas, drafts: Sequence[ResourceDraft]) -> None:
        self._schemas = schemas
        self._drafts = [draft for draft in drafts if draft.is_created and not draft.single]

    def template(self, name: str, pointer: str, own: ResourceDraft | None) -> str | None:
        """The template of a number: what its description counts, or for items of `own` its name; else None."""
        if self._schemas.types(pointer) - {"null"} != {"integer"}:
            return None
        said = counted(self._schemas, pointer, "")
        if said is not None and not said.is_sum:
            named = [draft for draft in self._drafts if noun(draft.name)[-1] == said.noun]
            return self.written(named[0], said.kind) if len(named) == 1 else None
        parts = [part for part in words(name) if part not in COUNTS | {"total", "num", "number", "of"}]
        if own is None or len(parts) != 1 or parts == [*words(name)]:
            return None
        return self.written(own, parts[0])

    @staticmethod
    def written(draft: ResourceDraft, kind: str) -> str | None:
        where = condition(draft, kind)
        return None if where is None else _written(f"count_of:{draft.name}", where)

    def figure(self, name: str, pointer: str, own: ResourceDraft | None, asked: Mapping[str, str]) -> str | None:
        """The template of any figure by its name; `asked` are the parameters of the request by their plain names."""
        drafts = [own, *(draft for draft in self._drafts if draft is not own)] if own is not None else self._drafts
        found = named_figure(self._schemas, drafts, name, pointer)
        if found is None:
            return None
        where = found.where | dict(_narrowed(self._schemas, found.draft, asked))
        if found.kind == "count":
            return _written(f"count_of:{found.draft.name}", where)
        without = "null" if self._schemas.validator(pointer, "response").is_valid(None) else "0"
        return _written(f"figure:{found.kind} {without} {found.draft.name} {found.field}", where)

    def beside(
        self, pointer: str, path: Sequence[str], own: ResourceDraft, asked: Mapping[str, str]
    ) -> Iterator[tuple[tuple[str, ...], str]]:
        """The numbers around a list of items of `own`, in the body and in the objects beside the list, with places."""
        known = self._schemas.properties(pointer)
        for name, at in known.items():
            if name not in path[:1] and (value := self._beside(name, at, own, asked)) is not None:
                yield (name,), value
            for inner, below in self._schemas.properties(at).items() if name not in path[:1] else ():
                if (value := self._beside(inner, below, own, asked)) is not None:
                    yield (name, inner), value

    def _beside(self, name: str, pointer: str, own: ResourceDraft, asked: Mapping[str, str]) -> str | None:
        """A figure beside a list is about the items of the list, unless a sentence names others.

        `recipesCount` beside the recipes is how many the request selects.
        """
        value = self.template(name, pointer, own)
        found = named_figure(self._schemas, [own], name, pointer) if value is None else None
        value = self.figure(name, pointer, own, asked) if found is not None and found.draft is own else value
        is_of_all = value == f"{{count_of:{own.name}}}" and counted(self._schemas, pointer, "") is None
        return "{total}" if is_of_all else value


def _written(begin: str, where: Mapping[str, Any]) -> str | None:
    values = [
        f"{name}={value if isinstance(value, str) else json_codec.write(value).decode()}"
        for name, value in where.items()
    ]
    return "{" + " ".join((begin, *values)) + "}" if " " not in "".join(values) else None


def _narrowed(schemas: Schemas, draft: ResourceDraft, asked: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The parameters of a request that select the items of a figure: the id above, or a year of their only time."""
    properties = draft.properties()
    own = {plain(name): name for name in properties}
    for name, parameter in asked.items():
        if name in own and parameter not in draft.parent_parameters:
            yield own[name], f":{parameter}"
        elif name in PERIODS:
            days = [each for each, at in properties.items() if schemas.keyword(at, "format") == "date"]
            if len(days) == 1:
                yield f"{days[0]}^", f":{parameter}"


def add_statistics(schemas: Schemas, drafts: Sequence[ResourceDraft], nodes: Mapping[Shape, PathNode]) -> None:
    """Add the GETs whose replies are nothing but numbers of items. The resources have their names already."""
    numbers = ItemNumbers(schemas, drafts)
    used = {action.operation.operation_id for draft in drafts for action in draft.actions}
    above = {draft.shape[:-1]: draft for draft in drafts if draft.has_id and draft.is_created}
    for node in nodes.values():
        operation = node.operations.get("get")
        if operation is None or operation.operation_id in used:
            continue
        found = reply_body(operation, "get")
        is_about = not STATISTICS.isdisjoint(words(node.word))
        if found is None or not found.schema or not is_object(schemas, found.schema) or not is_about:
            continue
        own = above.get(node.shape[:-1])
        listing = _listing_beside(drafts, operation) if node.parameters else None
        if node.parameters and listing is None:
            continue
        main = own or (listing[0] if listing else next((d for d in drafts if d.has_id and d.is_created), None))
        body = _body(schemas, numbers, node, operation, found, listing[0] if listing else own)
        if body and main is not None:
            reason = "a GET whose reply has nothing but numbers of items"
            across = bool(main.parent_parameters) and not node.parameters
            made = DraftAction(operation, "list", found, reason, across=across, body=body)
            if listing is not None:
                made = replace(made, keeps=listing[1].keeps, across=listing[1].across, by=listing[1].by)
            main.actions.append(made)


def _listing_beside(drafts: Sequence[ResourceDraft], operation: Operation) -> tuple[ResourceDraft, DraftAction] | None:
    """The list of items below the same item: `/patients/{id}/treatments` beside `/patients/{id}/summary`."""
    outer = path_template.above_and_last(operation.path)[0]
    for draft in drafts:
        for action in draft.actions if draft.is_created else ():
            is_list = action.does == "list" and action.body is None
            if is_list and path_template.above_and_last(action.operation.path)[0] == outer:
                return draft, action
    return None


def _of_all(schemas: Schemas, own: ResourceDraft, name: str, pointer: str) -> str | None:
    """The template of the number of all items, which is called `total` or `count`; None for other properties."""
    is_number = schemas.types(pointer) - {"null"} == {"integer"}
    return "{count_of:" + own.name + "}" if is_number and {*words(name)} <= COUNTS | {"total"} else None


def _body(
    schemas: Schemas,
    numbers: ItemNumbers,
    node: PathNode,
    operation: Operation,
    found: ReplyBody,
    own: ResourceDraft | None,
) -> dict[str, Any] | None:
    """The template of a reply with figures; None if it has another value that must be there."""
    pointer = str(found.schema)
    asked = {plain(each.name): each.name for each in operation.parameters if each.location in ("path", "query")}
    known, needed = schemas.properties(pointer), schemas.required(pointer)
    body: dict[str, Any] = {}
    for name, at in known.items():
        value = numbers.template(name, at, own)
        value = numbers.figure(name, at, own, asked) if value is None or asked else value
        if value is None and plain(name) in asked:
            value = "{asked:" + asked[plain(name)] + "}"
        is_of_all = value is None and own is not None and STATISTICS.issuperset(words(node.word))
        value = _of_all(schemas, own, name, at) if is_of_all and own is not None else value
        if value is not None:
            body[name] = value
    told = [value for value in body.values() if not value.startswith("{asked:")]
    if own is not None and not body and len(known) == 1 and list_path(schemas, pointer, "") is None:
        kind = next((part for part in words(node.word) if part not in STATISTICS), "")
        one = numbers.written(own, kind)
        return dict.fromkeys(known, one) if one is not None else None
    missing = [name for name in known if name not in body]
    return body if told and (not missing or (not needed & {*missing} and len(body) > len(missing))) else None
