"""The links of responses (OpenAPI 3.1 section 4.8.20): which operation follows, with which values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from contracts.model.finding import RecordedExchange
from mockserver.contract import Contract
from mockserver.errors import InvalidDocument
from mockserver.openapi import path_template
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import Operation, Response
from mockserver.openapi.runtime_expressions import ExpressionValues, RuntimeTemplate, compiled


@dataclass(frozen=True, slots=True)
class DocumentedLink:
    """A link of a response to an operation of the same document.

    `parameters` are those that the link gives, by place and name; their values may be runtime expressions. `body` is
    the request body; None if it gives none.
    """

    name: str
    status: str
    target: Operation
    parameters: Mapping[tuple[str, str], Any]
    body: Any


class NoLinkValue(Exception):
    """An expression of a link finds nothing in the exchange; the text says which."""


def documented_links(operation: Operation, contract: Contract) -> Iterator[DocumentedLink]:
    """The links of an operation's responses, without those to other documents or other servers."""
    for response in operation.responses:
        for name, written in response.links.items():
            link = _resolved(written, contract, response)
            target = _target(link, contract)
            if target is not None and "server" not in link:
                parameters = dict(_parameters(link.get("parameters") or {}, target))
                yield DocumentedLink(name, response.status, target, parameters, link.get("requestBody"))


def _resolved(written: Any, contract: Contract, response: Response) -> Mapping[str, Any]:
    try:
        link, _ = json_pointer.resolve(contract.document.root, written, response.pointer)
    except InvalidDocument:
        return {}
    return link if isinstance(link, dict) else {}


def _target(link: Mapping[str, Any], contract: Contract) -> Operation | None:
    """The operation that a link names by `operationId`, or by `operationRef` in this document."""
    id, reference = link.get("operationId"), link.get("operationRef")
    keys = json_pointer.split(unquote(reference[1:])) if isinstance(reference, str) and reference[:1] == "#" else []
    return next(
        (
            each
            for each in contract.document.operations
            if (id is not None and each.operation_id == id) or keys == ["paths", each.path, each.method]
        ),
        None,
    )


def _parameters(written: Mapping[str, Any], target: Operation) -> Iterator[tuple[tuple[str, str], Any]]:
    """The parameters by place and name; a name without a place means the target's parameter of that name."""
    for name, value in written.items():
        place, dot, rest = name.partition(".")
        if dot and place in ("path", "query", "header", "cookie"):
            yield (place, rest), value
        else:
            known = next((each.location for each in target.parameters if each.name == name), "query")
            yield (known, name), value


def link_value(written: Any, values: ExpressionValues) -> Any:
    """A value of a link for an exchange. Raises NoLinkValue, and InvalidDocument for what is no expression."""
    if not isinstance(written, str) or "$" not in written:
        return written
    is_whole = written.startswith("$")
    value = compiled(written)(values) if is_whole else RuntimeTemplate(written).evaluate(values)
    if value is None:
        raise NoLinkValue(f"{written} is nothing in this response")
    return value


def path_values(operation: Operation, url: str) -> dict[str, str]:
    """The path parameters of a request to an operation."""
    groups = path_template.pattern(operation.path).replace("[^/]+", "([^/]+)")
    found = re.search(f"{groups}$", urlsplit(url).path)
    names = path_template.names(operation.path)
    return {name: unquote(value) for name, value in zip(names, found.groups(), strict=True)} if found else {}


def values_of(operation: Operation, exchange: RecordedExchange) -> ExpressionValues:
    """What expressions see of an exchange of an operation."""
    return ExpressionValues(
        url=exchange.url,
        method=exchange.method,
        status=exchange.status,
        path=path_values(operation, exchange.url),
        query=dict(parse_qsl(urlsplit(exchange.url).query)),
        headers={name.lower(): value for name, value in exchange.headers},
        body=exchange.sent,
        response_headers={name.lower(): value for name, value in exchange.reply_headers},
        response_body=exchange.json,
    )
