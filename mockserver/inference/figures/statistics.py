"""Numbers of replies that count items: `unreadCount` beside a list, `GET /stats`, `GET /messages/unread-count`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mockserver.inference.bodies.messages import is_object, list_path, reply_body
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.figures.count_conditions import condition
from mockserver.inference.figures.counts import COUNTS, counted
from mockserver.inference.names import noun, words
from mockserver.inference.paths.path_tree import PathNode, Shape
from mockserver.openapi import json_codec
from mockserver.openapi.schemas import Schemas

STATISTICS = frozenset(
    ("stats", "statistics", "summary", "counts", "count", "overview", "metrics", "totals", "dashboard")
)
"""Last words of paths whose reply may be nothing but numbers."""


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
        if where is None:
            return None
        values = [
            f"{name}={value if isinstance(value, str) else json_codec.write(value).decode()}"
            for name, value in where.items()
        ]
        return "{" + " ".join((f"count_of:{draft.name}", *values)) + "}" if " " not in "".join(values) else None

    def beside(self, pointer: str, path: Sequence[str], own: ResourceDraft) -> Iterator[tuple[tuple[str, ...], str]]:
        """The numbers around a list of items of `own`, in the body and in the objects beside the list, with places."""
        known = self._schemas.properties(pointer)
        for name, at in known.items():
            if name not in path[:1] and (value := self.template(name, at, own)) is not None:
                yield (name,), value
            for inner, below in self._schemas.properties(at).items() if name not in path[:1] else ():
                if (value := self.template(inner, below, own)) is not None:
                    yield (name, inner), value


def add_statistics(schemas: Schemas, drafts: Sequence[ResourceDraft], nodes: Mapping[Shape, PathNode]) -> None:
    """Add the GETs whose replies are nothing but numbers of items. The resources have their names already."""
    numbers = ItemNumbers(schemas, drafts)
    used = {action.operation.operation_id for draft in drafts for action in draft.actions}
    above = {draft.shape[:-1]: draft for draft in drafts if draft.has_id and draft.is_created}
    for node in nodes.values():
        operation = node.operations.get("get")
        if operation is None or operation.operation_id in used or node.parameters:
            continue
        found = reply_body(operation, "get")
        is_about = not STATISTICS.isdisjoint(words(node.word))
        if found is None or not found.schema or not is_object(schemas, found.schema) or not is_about:
            continue
        own = above.get(node.shape[:-1])
        known = schemas.properties(found.schema)
        body = {name: numbers.template(name, at, own) for name, at in known.items()}
        if (
            own is not None
            and len(body) == 1
            and None in body.values()
            and list_path(schemas, found.schema, "") is None
        ):
            kind = next((part for part in words(node.word) if part not in STATISTICS), "")
            body = {name: numbers.written(own, kind) for name in body}
        main = own or next((draft for draft in drafts if draft.has_id and draft.is_created), None)
        if body and None not in body.values() and main is not None:
            reason = "a GET whose reply has nothing but numbers of items"
            across = bool(main.parent_parameters)
            main.actions.append(DraftAction(operation, "list", found, reason, across=across, body=body))
