"""Request bodies whose references name items that exist: a machine is made from a template that there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from contracts.client.request_bodies import RequestBodies
from contracts.model.body_references import LIST, steps_of, with_value
from contracts.model.relative_sentences import may_exceed
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.model.timed_items import other_moment
from mockserver.behaviour.statements import Reference

Referred = Callable[[str, str, int], list[Any]]
"""The values of a property of so many items of a resource, by the names of both; fewer if they cannot be had."""


class ReferringBodies(RequestBodies):
    """Makes bodies as `bodies` does, with values that `referred` gives at the places of references."""

    def __init__(self, bodies: RequestBodies, resources: dict[str, CheckedResource], referred: Referred) -> None:
        self.__dict__.update(bodies.__dict__)  # one schema cache and one maker for both
        self._resources, self._referred = resources, referred

    def minimal(self, op: ResourceOperation, seed: str) -> dict[str, Any] | None:
        """As in the base class."""
        body = super().minimal(op, seed)
        return self._referring(op, body) if body is not None else None

    def without_json(self, op: ResourceOperation, seed: str) -> dict[str, Any] | None:
        """As in the base class."""
        fields = super().without_json(op, seed)
        return self._referring(op, fields) if fields is not None else None

    def full(self, op: ResourceOperation, seed: str) -> dict[str, Any] | None:
        """As in the base class; lists of references name an item."""
        body = super().full(op, seed)
        if body is None:
            return None
        for reference in self._of(op):
            name, is_list = reference.field.removesuffix(LIST), reference.field.endswith(LIST)
            values = self._referred(reference.resource, reference.key, 1) if is_list and body.get(name) == [] else []
            if values and self.accepts(op, body | {name: values[:1]}):
                body = body | {name: values[:1]}
        return body

    def referring(self, op: ResourceOperation, body: dict[str, Any]) -> dict[str, Any]:
        """As in the base class."""
        return self._referring(op, body)

    def value(self, op: ResourceOperation, name: str, seed: str) -> Any:
        """As in the base class."""
        value = super().value(op, name, seed)
        found = self._referring(op, {name: value}, partly=True) if value is not None else {}
        return found.get(name)

    def other(self, op: ResourceOperation, name: str, present: Any, seed: str) -> Any:
        """As in the base class; for a reference, the key of another item.

        An end of a span moves a little, and a number that may be too large for what is left changes by one.
        """
        for reference in self._of(op):
            if reference.field == name:
                values = self._referred(reference.resource, reference.key, 2)
                return next((each for each in values if each != present), None)
        near: list[Any] = [other_moment(self._beside(op), name, present)]
        if isinstance(present, int) and not isinstance(present, bool) and self._may_exceed(op):
            near += [present + 1, present - 1]
        pointer = self.fields(op)[name]
        found = next((each for each in near if each is not None and self._fits(pointer, each)), None)
        return super().other(op, name, present, seed) if found is None else found

    def _beside(self, op: ResourceOperation) -> Iterator[str]:
        """The fields of a body, and those of a create: an update may send the end of a span only."""
        yield from self.fields(op)
        resource = self._resources.get(op.behaviour.action.of) if op.behaviour.action else None
        yield from self.fields(resource.operations["create"]) if resource is not None and resource.can("create") else ()

    def _may_exceed(self, op: ResourceOperation) -> bool:
        resource = self._resources.get(op.behaviour.action.of) if op.behaviour.action else None
        return resource is not None and may_exceed(self._schemas, resource, op)

    def free_text_fields(self, op: ResourceOperation, body: Mapping[str, Any]) -> list[str]:
        """As in the base class, without references: a mark would name no item."""
        refers = {each.field.partition(".")[0].removesuffix(LIST) for each in self._of(op)}
        return [name for name in super().free_text_fields(op, body) if name not in refers]

    def _of(self, op: ResourceOperation) -> Iterator[Reference]:
        action = op.behaviour.action
        resource = self._resources.get(action.of) if action else None
        taken = {new: own for own, new in action.takes.items()} if action else {}
        for each in resource.behaviour.references if resource is not None else ():
            if each.field and each.key:
                yield replace(each, field=taken[each.field]) if each.field in taken else each

    def _referring(self, op: ResourceOperation, body: dict[str, Any], *, partly: bool = False) -> dict[str, Any]:
        """The body with references to items that exist, as far as it stays valid; `partly` it is one field of one."""
        used: Counter[str] = Counter()
        for reference in self._of(op):
            steps = steps_of(reference.field)
            if steps[0] in body:
                used[reference.resource] += 1  # two fields name two items: from one wallet to another one
                values = self._referred(reference.resource, reference.key, used[reference.resource])
                value = values[min(used[reference.resource], len(values)) - 1] if values else None
                pointer = self.properties(op).get(steps[0])
                for once in (True, False) if values else ():
                    changed = {**body, steps[0]: with_value(body[steps[0]], steps[1:], value, once=once)}
                    is_valid = pointer is None or self._fits(pointer, changed[steps[0]])
                    if is_valid and (partly or self.accepts(op, changed)):
                        body = changed
                        break
        return body
