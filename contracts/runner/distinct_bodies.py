"""Bodies of create requests that differ from all others, where a service lets no two items be alike."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from contracts.client.distinct_values import distinct
from contracts.client.path_values import may_be_id
from contracts.client.text_forms import EMAIL
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.model.timed_items import moments, past_moment
from contracts.runner.referring_bodies import ReferringBodies
from contracts.runner.shared import SharedState
from contracts.runner.tried_bodies import LONG, SPAN_FORMS

GROWING = 3
"""The level of `crowded` at which each body has later times and higher figures than those before it."""


class DistinctBodies:
    """Gives a body values that no other item has, as far as `crowded` of the shared state says that it is needed."""

    def __init__(self, shared: SharedState, bodies: ReferringBodies) -> None:
        self._shared, self._bodies = shared, bodies

    def body(self, resource: CheckedResource, made: dict[str, Any]) -> dict[str, Any]:
        """The body with values that no other item has, and without an id that no path could name."""
        return self._distinct(resource, self._reachable(resource, made))

    def apart(self, resource: CheckedResource, body: dict[str, Any]) -> dict[str, Any]:
        """The body with times that no other item has, where no two items may overlap or other times are refused."""
        ends, form = self._shared.spans.get(resource.name), self._shared.forms.get(resource.name, "")
        if ends is None or not (resource.name in self._shared.apart or form in SPAN_FORMS):
            return body
        op, schemas = resource.operations["create"], self._shared.contract.schemas
        is_day = any(schemas.keyword(self._bodies.properties(op)[name], "format") == "date" for name in ends)
        times = moments(self._shared.next(), is_day=is_day, is_long=form == LONG)
        made = {**body, **dict(zip(ends, times, strict=True))}
        return made if self._bodies.accepts(op, made) else body

    def _distinct(self, resource: CheckedResource, body: dict[str, Any]) -> dict[str, Any]:
        """The body with values that no other item has, where that is needed.

        It always is for e-mail addresses: two accounts have different ones, whether the document says so or not.
        """
        level, op = self._shared.crowded.get(resource.name, 0), resource.operations["create"]
        refers = {each.field.partition(".")[0].removesuffix("[]") for each in resource.behaviour.references}
        number = self._shared.next()
        made = dict(body)
        for name, value in body.items():
            if level == GROWING and name not in refers:
                made[name] = self._later(op, made, name, number)
                continue
            is_free = name not in refers and not self._bodies.is_moment(op, name)
            is_name = name == self._shared.naming.get(resource.name)
            if is_free and (level > 1 or (isinstance(value, str) and (level or is_name or EMAIL.fullmatch(value)))):
                made[name] = distinct(value, number, partial(self._accepts_with, op, made, name))
        return made

    def _later(self, op: ResourceOperation, body: Mapping[str, Any], name: str, number: int) -> Any:
        """A value that is higher than those of all lower numbers: a later time, a higher figure, another text."""
        value = body[name]
        if self._bodies.is_moment(op, name):
            later = past_moment(number, is_day=isinstance(value, str) and len(value) == len("2003-01-01"))
            return later if self._accepts_with(op, body, name, later) else value
        fits = partial(self._accepts_with, op, body, name)
        found = distinct(0 if type(value) is int else value, number, fits)
        return found if fits(found) else value

    def _accepts_with(self, op: ResourceOperation, body: Mapping[str, Any], name: str, value: Any) -> bool:
        return self._bodies.accepts(op, {**body, name: value})

    def _reachable(self, resource: CheckedResource, body: dict[str, Any]) -> dict[str, Any]:
        """The body without an id that no request could name in its path, if the id may be left out."""
        id, without_id = (
            resource.behaviour.identity,
            {k: v for k, v in body.items() if k != resource.behaviour.identity.field},
        )
        schemas = self._shared.contract.schemas
        of_item = [op.operation for op in resource.operations.values() if resource.is_of_item(op)]
        reachable = all(may_be_id(schemas, each, id.parameter, body.get(id.field)) for each in of_item)
        is_optional = id.field in body and self._bodies.accepts(resource.operations["create"], without_id)
        return without_id if is_optional and not reachable else body
