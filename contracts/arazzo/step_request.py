"""The request of a step: its operation with parameters and body."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from contracts.arazzo.description import StepBody, StepParameter, WorkflowStep
from contracts.arazzo.expressions import ExpressionScope, evaluated
from contracts.arazzo.loaded import SteppedService
from contracts.arazzo.payload import encoded_payload
from contracts.arazzo.payload import parsed_text as parsed_payload
from contracts.client.request_builder import required_schemes, servers_of
from contracts.client.target import ANONYMOUS, Request, User
from mockserver.openapi import path_template
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import Operation, Parameter
from mockserver.openapi.parameter_styles import USUAL, ParameterStyle, header_text, path_text, query_text, querystring


class CannotSend(Exception):
    """The request of a step cannot be made; the text says which value is missing."""


@dataclass(frozen=True, slots=True)
class StepRequest:
    """A request, and its values as expressions see them."""

    request: Request
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    headers: Mapping[str, str]
    body: Any


def step_request(
    step: WorkflowStep, service: SteppedService, operation: Operation, scope: ExpressionScope, *, is_exact: bool
) -> StepRequest:
    """The request of a step. With `is_exact`, no credential is added. Raises CannotSend."""
    given = {(each.location, each.name): _value(each, scope) for each in step.parameters}
    given = {key: value for key, value in given.items() if value is not None}
    known = {(each.location, each.name): each for each in operation.parameters}
    user = ANONYMOUS if is_exact else _user(service, operation)
    body, content_type, payload = _body(step.body, operation, scope)
    headers = _headers(given, known, user, content_type)
    fixed = path_template.fixed_query(operation.path)
    query = "&".join([*([fixed] if fixed else []), *_query(given, known, user)])
    path = _path(operation, given, known)
    target, servers = path + (f"?{query}" if query else ""), servers_of(service.contract.document, operation)
    return StepRequest(
        Request(operation.http_method, target, (), tuple(headers.items()), body, servers=servers),
        {name: value for (place, name), value in given.items() if place == "path"},
        {name: value for (place, name), value in given.items() if place == "query"},
        {name.lower(): value for name, value in headers.items()},
        payload,
    )


def _value(parameter: StepParameter, scope: ExpressionScope) -> Any:
    """The value of a parameter; None, and thus not sent, if its expression finds nothing."""
    value = evaluated(parameter.value, scope)
    if value is None and parameter.location == "path":
        raise CannotSend(f"the path parameter {parameter.name} has no value: {parameter.value} is nothing")
    return value


def _user(service: SteppedService, operation: Operation) -> User:
    """The credential for an operation; an operation without security gets none, unless the document has no schemes."""
    if service.user is None or (not operation.security and service.contract.document.security_schemes):
        return ANONYMOUS
    return service.user.for_security(required_schemes(operation))


Given = Mapping[tuple[str, str], Any]
Known = Mapping[tuple[str, str], Parameter]


def _path(operation: Operation, given: Given, known: Known) -> str:
    texts, names, template = [], path_template.names(operation.path), path_template.split(operation.path)[0]
    for name in names:
        if ("path", name) not in given:
            raise CannotSend(_not_given(name, operation, [each for at, each in given if at == "path"], names))
        texts.append(path_text(ParameterStyle.of(known.get(("path", name)), "path"), name, given["path", name]))
    literals = [quote(each, safe="/:@!$&()*+,;=~%") for each in path_template.EXPRESSION.split(template)[::2]]
    return "".join(literal + text for literal, text in zip(literals, [*texts, ""], strict=True))


def _not_given(name: str, operation: Operation, given: Sequence[str], known: Sequence[str]) -> str:
    """Which path parameter is missing, and which of those that the step gives are unknown."""
    told = f"the path parameter {name} of {operation.http_method} {operation.path} is not given"
    unknown = ", ".join(each for each in given if each not in known)
    return f"{told}; the step gives {unknown}, which is not in the path" if unknown else told


def _query(given: Given, known: Known, user: User) -> list[str]:
    own = {name for place, name in given if place == "query"}
    styles = {key: ParameterStyle.of(known.get(key), "query") for key in given if key[0] == "query"}
    parts = [query_text(how, key[1], given[key]) for key, how in styles.items()]
    parts += [querystring(value) for (place, _), value in given.items() if place == "querystring"]
    return [*filter(None, parts), *(query_text(USUAL["query"], *pair) for pair in user.query if pair[0] not in own)]


def _headers(given: Given, known: Known, user: User, content_type: str) -> dict[str, str]:
    """The headers; what a step gives itself replaces the credential of the user."""
    own = {
        name: header_text(ParameterStyle.of(known.get(("header", name)), "header"), each)
        for (place, name), each in given.items()
        if place == "header"
    }
    taken = {name.lower() for name in own}
    cookies = {name: header_text(USUAL["cookie"], each) for (place, name), each in given.items() if place == "cookie"}
    cookies = {**dict(user.cookies), **cookies}
    headers = {name: value for name, value in user.headers if name.lower() not in taken} | own
    if cookies and "cookie" not in taken:
        headers["cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    if content_type and "content-type" not in taken:
        headers["content-type"] = content_type
    return headers


def _body(body: StepBody | None, operation: Operation, scope: ExpressionScope) -> tuple[bytes | None, str, Any]:
    """The body as it is sent, its media type, and the payload as expressions see it. Raises CannotSend."""
    if body is None:
        return None, "", None
    kind = body.content_type or _media_type(operation)
    payload = evaluated(parsed_payload(body.payload, kind), scope)
    for target, value in body.replacements:
        payload = _replaced(payload, target, evaluated(value, scope))
    if payload is None:
        return None, "", None
    try:
        sent, kind = encoded_payload(payload, kind)
    except TypeError as fault:
        raise CannotSend(str(fault)) from None
    return sent, kind, payload


def _media_type(operation: Operation) -> str:
    """The media type of the operation's body: JSON if there is one."""
    names = [each.name for each in operation.request_body.content] if operation.request_body else []
    return next((name for name in names if "json" in name), names[0] if names else "application/json")


def _replaced(payload: Any, target: str, value: Any) -> Any:
    """The payload with a value at a JSON pointer; `-` appends to a list. Raises CannotSend."""
    keys = json_pointer.split(target)
    if not keys:
        return value
    changed = node = copy.deepcopy(payload)
    for depth, key in enumerate(keys):
        is_last = depth == len(keys) - 1
        if isinstance(node, list) and key == "-" and is_last:
            node.append(value)
        elif isinstance(node, list) and key.isdecimal() and int(key) < len(node):
            node[int(key)] = value if is_last else node[int(key)]
            node = node[int(key)]
        elif isinstance(node, dict) and (is_last or key in node):
            node[key] = value if is_last else node[key]
            node = node[key]
        else:
            raise CannotSend(f"the replacement {target} leads nowhere in the payload")
    return changed
