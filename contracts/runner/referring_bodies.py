"""Request bodies whose references name items that exist: a machine is made from a template that there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from contracts.client.request_bodies import RequestBodies
from contracts.model.resources import CheckedResource, ResourceOperation
from mockserver.behaviour.statements import Reference

Referred = Callable[[str, str, int], list[Any]]
"""The values of a property of so many items of a resource, by the names of both; fewer if they cannot be had."""

LIST = "[]"


class ReferringBodies(RequestBodies):
    """Makes bodies as `bodies` does, with values that `referred` gives at the places of references."""

    def __init__(self, bodies: RequestBodies, resources: dict[str, CheckedResource], referred: Referred) -> None:
        self.__dict__.update(bodies.__dict__)  # one schema cache and one maker for both
        self._resources, self._referred = resources, referred

    def minimal(self, op: ResourceOperation, seed: str) -> dict[str, Any] | None:
        """As in the base class."""
        body = super().minimal(op, seed)
        return self._referring(op, body) if body is not None else None

    def value(self, op: ResourceOperation, name: str, seed: str) -> Any:
        """As in the base class."""
        value = super().value(op, name, seed)
        found = self._referring(op, {name: value}, partly=True) if value is not None else {}
        return found.get(name)

    def other(self, op: ResourceOperation, name: str, present: Any, seed: str) -> Any:
        """As in the base class; for a reference, the key of another item."""
        for reference in self._of(op):
            if reference.field == name:
                values = self._referred(reference.resource, reference.key, 2)
                return next((each for each in values if each != present), None)
        return super().other(op, name, present, seed)

    def free_text_fields(self, op: ResourceOperation, body: Mapping[str, Any]) -> list[str]:
        """As in the base class, without references: a mark would name no item."""
        refers = {each.field.partition(".")[0].removesuffix(LIST) for each in self._of(op)}
        return [name for name in super().free_text_fields(op, body) if name not in refers]

    def _of(self, op: ResourceOperation) -> Iterator[Reference]:
        resource = self._resources.get(op.behaviour.action.of) if op.behaviour.action else None
        for each in resource.behaviour.references if resource is not None else ():
            if each.field and each.key:
                yield each

    def _referring(self, op: ResourceOperation, body: dict[str, Any], *, partly: bool = False) -> dict[str, Any]:
        """The body with references to items that exist, as far as it stays valid; `partly` it is one field of one."""
        used: Counter[str] = Counter()
        for reference in self._of(op):
            steps = reference.field.replace(LIST, f".{LIST}").split(".")
            if steps[0] in body:
                used[reference.resource] += 1  # two fields name two items: from one wallet to another one
                values = self._referred(reference.resource, reference.key, used[reference.resource])
                value = values[min(used[reference.resource], len(values)) - 1] if values else None
                changed = {**body, steps[0]: _set(body[steps[0]], steps[1:], value)} if values else body
                pointer = self.properties(op).get(steps[0])
                is_valid = pointer is None or self._fits(pointer, changed[steps[0]])
                if is_valid and (partly or self.accepts(op, changed)):
                    body = changed
        return body


def _set(value: Any, steps: Sequence[str], new: Any) -> Any:
    """A copy of a value with another one at the place to which the steps lead; unchanged where there is none."""
    if not steps:
        return new if value is not None else None
    first, *rest = steps
    if first == LIST:
        if not isinstance(value, list):
            return value
        return [_set(each, rest, new) for each in (value if rest else value[:1])]  # the same item once
    if isinstance(value, dict) and first in value:
        return {**value, first: _set(value[first], rest, new)}
    return value
