"""Building valid requests to the operations of a contract."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from typing import Any
from urllib.parse import quote

from contracts.cleanup.created_items import CreatedItems
from contracts.client.distinct_values import distinct
from contracts.client.form_bodies import wrapped, written_form
from contracts.client.named_items import id_name, with_id_of_item
from contracts.client.path_values import allows_text, may_be_id, text_in_url
from contracts.client.raw_bodies import raw_content, raw_media
from contracts.client.request_headers import meant_value
from contracts.client.target import Request, User
from contracts.conformance.ignored_statements import HEADERS
from contracts.model.resources import CheckedResource, ResourceOperation, name_of
from contracts.runner.shared import SharedState
from mockserver.behaviour.item_parameters import query_key
from mockserver.errors import MockServerError
from mockserver.openapi import path_template
from mockserver.openapi.document import Document, MediaType, Operation, Parameter
from mockserver.openapi.field_types import QUERYSTRING
from mockserver.openapi.media_types import is_json
from mockserver.openapi.parameter_styles import ParameterStyle, query_text

MISSING: Any = object()
"""The value of an argument that was not given. (None is a JSON value.)"""


class CannotBuildRequest(Exception):
    """A check cannot run here, because a request or an item that it needs cannot be made; the text says why."""


class RefusedItem(CannotBuildRequest):
    """A body that is valid by the document creates no item of the resource with this name."""

    def __init__(self, text: str, resource: str) -> None:
        super().__init__(text)
        self.resource = resource


class NotAllowed(CannotBuildRequest):
    """The user of a check may not do what the check needs."""


class NothingCompared(CannotBuildRequest):
    """A check ended without a comparison, because what it is about never happened."""


class RequestBuilder:
    """Builds requests. A required filter parameter gets the value that the item created last has."""

    def __init__(self, shared: SharedState, created: CreatedItems) -> None:
        self._shared, self._created = shared, created

    def request(
        self,
        operation: Operation,
        *,
        user: User,
        path: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        body: Any = MISSING,
        headers: Mapping[str, str] | None = None,
        media_type: str = "",
    ) -> Request:
        """A request to an operation. Required parameters that are not given get a valid value.

        Raises CannotBuildRequest if a value cannot be generated.
        """
        given, query = {**(path or {})}, {**self._id_outside(operation, path or {}, "query"), **(query or {})}
        headers = {**self._id_outside(operation, path or {}, "header"), **(headers or {})}
        filled = re.sub(
            r"\{([^{}]*)\}",
            lambda m: quote(text_in_url(self._segment(m[1], self._path_value(operation, m[1], given, user))), safe=""),
            path_template.split(operation.path)[0],
        )
        parameters = {**self._required(operation, "query", query), **query}
        # A header that the user sends with every request is not generated too: two of a name would be sent.
        own = {name.lower() for name, _ in user.headers}
        known = {p.name: "" for p in operation.parameters if p.name.lower() in own} | dict(headers or {})
        extra = {**self._tenant_headers(operation, user), **self._required(operation, "header", known)}
        whole = _whole_query(operation, parameters)
        fixed = dict(path_template.fixed_pairs(operation.path))
        pairs = (
            *fixed.items(),
            *(
                (name, text_in_url(one))
                for name, value in parameters.items()
                if value is not None and name not in fixed
                for one in (value if isinstance(value, list) else [value])
            ),
        )
        op = self._shared.operations.get(name_of(operation))
        body = self._with_id(op, given, body)
        kind = media_type or (self._media_type(operation) if body is not MISSING else "")
        if op and body is not MISSING and not isinstance(body, bytes):
            body = op.in_envelope(body) if media_type else wrapped(op, body, self._shared.contract.schemas)
        if body == {} and operation.request_body is None:
            body, kind = MISSING, ""
        elif op is not None and op.form_type is not None and isinstance(body, dict) and not media_type:
            body, kind = self._form(op.form_type, body)
        elif body == {} and not media_type and (raw := raw_media(self._shared.contract.schemas, operation)):
            body, kind = self._raw(raw)
        return Request(
            operation.http_method,
            filled,
            pairs,
            tuple((name, _in_header(value)) for name, value in {**extra, **(headers or {})}.items()),
            None if body is MISSING else body,
            kind,
            required_schemes(operation),
            servers_of(self._shared.contract.document, operation),
            whole,
        )

    def _form(self, media: MediaType, fields: Mapping[str, Any]) -> tuple[bytes, str]:
        try:
            return written_form(self._shared.contract.schemas, self._shared.maker, media, fields)
        except MockServerError as fault:
            raise CannotBuildRequest(f"cannot write a form: {fault}") from None

    def _raw(self, media: MediaType) -> tuple[bytes, str]:
        try:
            return raw_content(self._shared.maker, media), media.name
        except MockServerError as fault:
            raise CannotBuildRequest(f"cannot generate a body of {media.name}: {fault}") from None

    def valid(self, parameter: Parameter) -> Any:
        """A valid value for a parameter: the example of the document or a generated one. Raises CannotBuildRequest."""
        if parameter.schema is None:
            return "x"
        node, _ = self._shared.contract.schemas.resolve(parameter.pointer)
        if isinstance(node, dict) and node.get("example") is not None:
            return node["example"]
        try:
            return self._shared.maker.at(parameter.schema, seed=parameter.name, direction="request")
        except MockServerError as fault:
            raise CannotBuildRequest(f"cannot generate a value for the parameter {parameter.name}: {fault}") from None

    def _media_type(self, operation: Operation) -> str:
        body = operation.request_body
        return (
            next((m.name for m in body.content if is_json(m.name)), "application/json") if body else "application/json"
        )

    def _segment(self, name: str, value: Any) -> Any:
        """The value of a path parameter; the last part of a resource name, if that is what items show."""
        is_name = name in self._ends_of_names and isinstance(value, str)
        return value.rpartition("/")[2] if is_name else value

    @cached_property
    def _ends_of_names(self) -> frozenset[str]:
        identities = (each.behaviour.identity for each in self._resources)
        return frozenset(one.parameter for one in identities if one.resource_name)

    def _path_value(self, operation: Operation, name: str, given: Mapping[str, Any], user: User) -> Any:
        op = self._shared.operations.get(name_of(operation))
        resource = self._shared.resources.get(op.behaviour.action.of) if op and op.behaviour.action else None
        if (
            op
            and resource
            and resource.behaviour.parent
            and resource.owner_key
            and resource.owner_key in given
            and resource.leads_through_owner(op)
        ):
            given = {**given, resource.behaviour.parent.parameter: given[resource.owner_key]}
        if name in given:
            return given[name]
        if (same := self._under_another_name(operation, name, given)) is not None:
            return same
        if op and resource and resource.is_put and name == resource.behaviour.identity.parameter:
            return self.new_id(resource)
        if user.tenant and any(
            each.behaviour.tenant.by == "path" and each.behaviour.tenant.name == name for each in self._resources
        ):
            return user.tenant
        above = operation.path.partition("{" + name + "}")[0] + "{" + name + "}"
        if above in self._shared.existing:
            return self._shared.existing[above]
        return self._generated(operation, "path", name)

    def _under_another_name(self, operation: Operation, name: str, given: Mapping[str, Any]) -> Any:
        """The value of a path parameter that the document has under another name too; None if there is none.

        Of `/users/{id}` and `/users/{email}` one may be a number, and then they are two things.
        """
        others = self._shared.names_by_place.get(path_template.place(operation.path, name), frozenset()) - {name}
        described = operation.parameter("path", name)
        values = (given[each] for each in sorted(others) if each in given)
        schemas = self._shared.contract.schemas
        return next((v for v in values if described is None or allows_text(schemas, described, text_in_url(v))), None)

    def _id_outside(self, operation: Operation, path: Mapping[str, Any], location: str) -> dict[str, Any]:
        """The id of the item, for an operation whose query or header has it and not its path.

        A procedure has it under a name of its own: `GET /users.info?user=U1`.
        """
        op = self._shared.operations.get(name_of(operation))
        resource = self._resource_of(op) if op is not None else None
        if op is None or resource is None:
            return {}
        key, name = resource.behaviour.identity.parameter, id_name(op, resource)
        if key in path and operation.parameter(location, name) is not None:
            return {name: path[key]}
        key = query_key(resource.behaviour, op.behaviour.action, operation)
        return {key: path[key]} if key in path and resource.behaviour.identity.location == location else {}

    def _with_id(self, op: ResourceOperation | None, path: Mapping[str, Any], body: Any) -> Any:
        if op is None or not path:
            return body
        return with_id_of_item(op, self._resource_of(op), self._shared.contract.schemas, path, body, MISSING)

    def _resource_of(self, op: ResourceOperation) -> CheckedResource | None:
        return self._shared.resources.get(op.behaviour.action.of) if op.behaviour.action else None

    def new_id(self, resource: CheckedResource) -> Any:
        """An id for a new item that is put to it: valid, and one that no other item of this run has."""
        identity = resource.behaviour.identity
        return self._new(resource.operations["create"].operation, identity.location, identity.parameter)

    def _new(self, operation: Operation, location: str, name: str) -> Any:
        """A value of a parameter that no other request of this run has."""
        accepts = partial(may_be_id, self._shared.contract.schemas, operation, name)
        return distinct(self._generated(operation, location, name), self._shared.next(), accepts)

    @property
    def _resources(self) -> Iterable[CheckedResource]:
        return self._shared.resources.values()

    def _tenant_headers(self, operation: Operation, user: User) -> dict[str, str]:
        names = {each.behaviour.tenant.name for each in self._resources if each.behaviour.tenant.by == "header"}
        known = {p.name for p in operation.parameters if p.location == "header"}
        return {name: user.tenant for name in names & known if user.tenant}

    def _required(self, operation: Operation, location: str, given: Mapping[str, Any]) -> dict[str, Any]:
        credentials = self._credential_places(operation)
        missing = [
            p
            for p in operation.parameters
            if p.location == location
            and p.required
            and (location, p.name.lower()) not in credentials
            and p.name not in given
            and p.name.lower() not in {name.lower() for name in given if location == "header"}
            and (location != "header" or p.name.lower() not in HEADERS)
        ]
        chosen = self._chosen_by(operation)
        return {
            p.name: self._new(operation, location, p.name)
            if p.name == chosen
            else self._generated(operation, location, p.name)
            for p in missing
        }

    def _chosen_by(self, operation: Operation) -> str:
        """The query parameter in which a create has the id of the new item; empty without one."""
        op = self._shared.operations.get(name_of(operation))
        action = op.behaviour.action if op is not None else None
        resource = self._shared.resources.get(action.of) if action is not None and action.does == "create" else None
        return resource.behaviour.identity.chosen_by if resource is not None else ""

    def _credential_places(self, operation: Operation) -> set[tuple[str, str]]:
        """Where a credential of the operation is sent. A document may list it as a parameter, too.

        Only the user fills it: with an invented value a request "without a credential" would have one.
        """
        known = self._shared.contract.document.security_schemes
        schemes = [known[name] for alternative in operation.security for name, _ in alternative if name in known]
        return {(each.location, each.parameter.lower()) for each in schemes if each.type == "apiKey"}

    def _generated(self, operation: Operation, location: str, name: str) -> Any:
        """A valid value for a parameter. A filter parameter gets the value of the item created last."""
        parameter = operation.parameter(location, name)
        op = self._shared.operations.get(name_of(operation))
        for statement in op.behaviour.filter if op else ():
            latest = self._created.present[-1:]
            if statement.parameter == name and latest and statement.field in latest[0].sent:
                return latest[0].sent[statement.field]
        fixed = meant_value(name) if location == "header" else None
        return fixed or (self.valid(parameter) if parameter else "x")


def _whole_query(operation: Operation, parameters: dict[str, Any]) -> str:
    """The text of the parameter that is the whole query, which is taken out of `parameters`; empty without one."""
    for each in operation.parameters:
        if each.style == QUERYSTRING and each.name in parameters:
            return query_text(ParameterStyle.of(each, "query"), each.name, parameters.pop(each.name))
    return ""


def _in_header(value: Any) -> str:
    """A value as text in a header; a list with commas between its entries (OpenAPI 3.1 section 4.8.12.2, `simple`)."""
    return ",".join(map(text_in_url, value)) if isinstance(value, list) else text_in_url(value)


def required_schemes(operation: Operation) -> tuple[tuple[str, ...], ...]:
    """The alternatives of security schemes that an operation requires."""
    return tuple(tuple(name for name, _ in alternative) for alternative in operation.security)


def servers_of(document: Document, operation: Operation) -> tuple[str, str] | None:
    """The paths of the document's first server and of the operation's own; None if it has no own."""
    return (document.base_path, document.base_path_of(operation)) if operation.base_paths else None
