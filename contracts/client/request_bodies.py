"""Valid request bodies. Each contains a mark, so that the items of a run can be recognised."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from contracts.client.form_bodies import unwrapped
from contracts.client.raw_bodies import raw_media
from contracts.client.text_forms import similar_texts
from contracts.model.resources import CheckedResource, ResourceOperation
from mockserver.contract import Contract
from mockserver.errors import MockServerError
from mockserver.examples.example_maker import ExampleMaker
from mockserver.inference.values.ordered_pairs import in_order
from mockserver.openapi.alternatives import alternatives, own_properties

MARK = "contract-check"
"""The name of every item that a contract check creates starts with this."""

MOMENTS = frozenset(("date", "date-time", "time", "duration"))
"""Formats of dates and times."""

NAMELIKE = ("name", "title", "label", "text", "summary")
"""A field whose name contains one of these probably accepts any text, so the mark goes there first."""


WRITES = ("create", "update", "replace")
"""What an operation does whose body is an item."""


class RequestBodies:
    """Makes request bodies for the operations of one contract. The same seed gives the same bodies.

    `closed` has, by the name of an operation, the fields for text in which the service accepts a few values only, such
    as coupons: the document does not say so, but a request with another text was refused.
    """

    def __init__(self, contract: Contract) -> None:
        self._schemas = contract.schemas
        self._stated_resources = contract.behaviour.resources
        self._maker = ExampleMaker(contract.document.root)
        self.closed: dict[str, set[str]] = {}

    def minimal(self, op: ResourceOperation, seed: str) -> dict[str, Any] | None:
        """A valid body with the required fields and those of the document's example; None if it is no JSON object."""
        media, pointer = op.media_type, self.schema(op)
        if media is None or pointer is None:
            return None
        try:
            body = self._maker.content(media, seed=seed, direction="request")
        except MockServerError:
            return None
        for key in op.envelope:
            body = body.get(key) if isinstance(body, dict) else None
        if not isinstance(body, dict):
            return None
        made = self._without_id(op, self._pruned(body, pointer))
        ordered = in_order(made)
        return ordered if ordered == made or self.accepts(op, ordered) else made

    def without_json(self, op: ResourceOperation, seed: str) -> dict[str, Any] | None:
        """The fields of a valid body where it is no JSON: of a form, or none at all for a file or without a body.

        None if no such body can be generated, or if required parameters of the query say what to do, as in a remote
        procedure call.
        """
        if op.operation.request_body is None:
            return None if any(each.location == "query" and each.required for each in op.operation.parameters) else {}
        if op.form_type is None:
            return {} if raw_media(self._schemas, op.operation) is not None else None
        try:
            made = self._maker.content(op.form_type, seed=seed, direction="request")
        except MockServerError:
            return None
        return unwrapped(op, made) if isinstance(made, dict) else None

    def referring(self, op: ResourceOperation, body: dict[str, Any]) -> dict[str, Any]:
        """The body with references to items that exist, where such are known."""
        return body

    def _without_id(self, op: ResourceOperation, body: dict[str, Any]) -> dict[str, Any]:
        """The body without an optional id that the service generates: a made-up one names another item, or none."""
        action = op.behaviour.action
        resource = self._stated_resources.get(action.of) if action is not None else None
        if resource is None or resource.identity.from_client or action is None or action.does not in WRITES:
            return body
        name, parameter = resource.identity.field, "{" + resource.identity.parameter + "}"
        if action.does != "create" and parameter not in op.operation.path:
            return body  # the body says which item is meant
        return {key: value for key, value in body.items() if key != name or name in self.required(op)}

    def schema(self, op: ResourceOperation) -> str | None:
        """The pointer of the schema of the item in a request body; None if there is none."""
        return op.body_schema(self._schemas)

    def full(self, op: ResourceOperation, seed: str) -> dict[str, Any] | None:
        """A valid body with as many fields as possible, none of them null."""
        body = self.minimal(op, seed)
        if body is None:
            return None
        for name in self.properties(op):
            is_open = name not in op.rule_fields and name not in self.closed.get(op.name, ())
            if is_open and (name not in body or body[name] is None):
                value = self.value(op, name, seed)
                candidate = self._without_id(op, body | {name: value})
                if value is not None and self.accepts(op, candidate) and name not in self.foreign(op, candidate):
                    body = candidate
        return body

    def foreign(self, op: ResourceOperation, body: Mapping[str, Any]) -> frozenset[str]:
        """The fields of a body that only other alternatives of its schema have: a service need not keep them."""
        schema = self.schema(op)
        known = alternatives(self._schemas, schema) if schema is not None else []
        if len(known) < 2:
            return frozenset()
        own = [{*own_properties(self._schemas, parts)} for parts in known]
        allowed = [names for names, parts in zip(own, known, strict=True) if all(self._fits(at, body) for at in parts)]
        return frozenset((set().union(*own) - set().union(*allowed)) & body.keys()) if allowed else frozenset()

    def value(self, op: ResourceOperation, name: str, seed: str) -> Any:
        """A valid value of a field; None if none can be generated."""
        pointer = self.fields(op).get(name)
        for trial in range(4):
            try:
                value = self._maker.at(pointer, seed=f"{seed}/{name}/{trial}", direction="request") if pointer else None
            except MockServerError:
                return None
            if value is not None:
                return value
        return None

    def other_than(self, op: ResourceOperation, name: str, present: Sequence[Any], seed: str) -> Any:
        """A valid value of a field that is not in `present`; None if none is found."""
        found = None
        for each in [*reversed(present)]:
            found = self.other(op, name, each, seed)
            if found is not None and found not in present:
                return found
        numbers = [each for each in present if isinstance(each, int)]
        near = [max(numbers) + 1, min(numbers) - 1] if numbers else []
        return next((value for value in near if self._fits(self.fields(op)[name], value)), None)

    def other(self, op: ResourceOperation, name: str, present: Any, seed: str) -> Any:
        """A valid value of a field that differs from `present`; None if none is found."""
        pointer = self.fields(op)[name]
        schema, _ = self._schemas.resolve(pointer)
        choices = list(self._schemas.keyword(pointer, "enum") or ())
        if isinstance(present, bool) and "boolean" in self._schemas.types(pointer):
            choices.append(not present)
        if isinstance(present, str):
            choices += similar_texts(present)
        choices += [self.value(op, name, f"{seed}/{trial}") for trial in range(6)]
        if isinstance(present, int) and not isinstance(present, bool):
            choices += [present + 1, present - 1]
        usable = (c for c in choices if c is not None and c != present)
        return next((c for c in usable if self._fits(pointer, c)), None) if isinstance(schema, dict) else None

    def properties(self, op: ResourceOperation) -> dict[str, str]:
        """The fields of the body and the pointers of their schemas, without `readOnly` fields."""
        schema = self.schema(op)
        found = self._schemas.properties(schema) if schema is not None else {}
        return {name: pointer for name, pointer in found.items() if not self._schemas.keyword(pointer, "readOnly")}

    def fields(self, op: ResourceOperation) -> dict[str, str]:
        """The same, also of a body that is a form."""
        form = op.form_type
        found = self._schemas.properties(form.schema) if form is not None and form.schema is not None else {}
        return self.properties(op) or found

    def accepts(self, op: ResourceOperation, body: Any) -> bool:
        """Is the body valid? In a form a file is any text."""
        schema, form = self.schema(op), op.form_type
        if schema is None and form is not None and form.schema is not None and isinstance(body, dict):
            schema = form.schema
            body = {name: "" if isinstance(value, bytes) else value for name, value in body.items()}
        return schema is not None and self._fits(schema, body)

    def required(self, op: ResourceOperation) -> set[str]:
        """The required fields; those of a form, if it is no JSON."""
        schema = self.schema(op) or (op.form_type.schema if op.form_type is not None else None)
        return self._schemas.required(schema) if schema is not None else set()

    def marked(
        self, op: ResourceOperation, resource: CheckedResource, body: Mapping[str, Any], mark: str
    ) -> dict[str, Any]:
        """The body with `mark` in a text field, and in every field that must be unique."""
        result = copy.deepcopy(dict(body))
        known = self.fields(op)  # beside what the path says, such as the item above
        unique = [name for statement in resource.behaviour.unique for name in statement.fields if name in known]
        names = [*unique, *self.free_text_fields(op, result)]
        for name in names[: len(unique) + 1]:
            for text in texts(result.get(name), mark):
                if self.accepts(op, result | {name: text}):
                    result[name] = text
                    break
        return result

    def free_text_fields(self, op: ResourceOperation, body: Mapping[str, Any]) -> list[str]:
        """The fields of a body that accept any text, names and titles first."""
        texts = [n for n in self.properties(op) if isinstance(body.get(n), str) and not self._is_closed(op, n)]
        return sorted(texts, key=lambda name: not any(part in name.lower() for part in NAMELIKE))

    def is_moment(self, op: ResourceOperation, name: str) -> bool:
        """Is a field a date or a time, where most changes of a digit make no valid one?"""
        pointer = self.properties(op).get(name)
        return pointer is not None and str(self._schemas.keyword(pointer, "format")) in MOMENTS

    def _is_closed(self, op: ResourceOperation, name: str) -> bool:
        if name in self.closed.get(op.name, ()):
            return True
        pointer = self.properties(op)[name]
        return any(self._schemas.keyword(pointer, word) is not None for word in ("enum", "const", "format"))

    def _fits(self, pointer: str, value: Any) -> bool:
        return self._schemas.validator(pointer, "request").is_valid(value)

    def _pruned(self, body: dict[str, Any], pointer: str) -> dict[str, Any]:
        """The body without `readOnly` fields, which some documents have in the schema of requests too."""
        known = self._schemas.properties(pointer)
        closed = {name for name, at in known.items() if self._schemas.keyword(at, "readOnly")}
        return {name: value for name, value in body.items() if name not in closed}


def texts(present: Any, mark: str) -> list[Any]:
    """Ways to put a mark into a text: as it is, in a URL or an email address, or as letters only."""
    if isinstance(present, str) and "://" in present:
        return [f"{present.rstrip('/')}/{mark}", present]
    if isinstance(present, str) and "@" in present:
        return [f"{mark}@example.com", present]
    letters = "".join(c for c in mark if c.isalnum())
    return [mark, mark.replace("-", "_"), letters, letters[-12:], letters[-8:], present]
