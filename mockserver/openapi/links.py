"""The links of responses (OpenAPI 3.1 section 4.8.20): which operation follows, with which values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from msgspec import Struct

from mockserver.errors import InvalidDocument
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import Document, Operation, Response

PLACES = ("path", "query", "header", "cookie")


class DocumentedLink(Struct, frozen=True):
    """A link of a response to an operation of the same document.

    `parameters` are those that the link gives, by place and name; their values may be runtime expressions. `body` is
    the request body; None if it gives none.
    """

    name: str
    status: str
    target: Operation
    parameters: Mapping[tuple[str, str], Any]
    body: Any
    description: str = ""


def documented_links(operation: Operation, document: Document) -> Iterator[DocumentedLink]:
    """The links of an operation's responses, without those to other documents or other servers."""
    for response in operation.responses:
        for name, written in response.links.items():
            link = _resolved(written, document, response)
            target = _target(link, document)
            if target is not None and "server" not in link:
                parameters = dict(_parameters(link.get("parameters") or {}, target))
                about = str(link.get("description") or "")
                yield DocumentedLink(name, response.status, target, parameters, link.get("requestBody"), about)


def _resolved(written: Any, document: Document, response: Response) -> Mapping[str, Any]:
    try:
        link, _ = json_pointer.resolve(document.root, written, response.pointer)
    except InvalidDocument:
        return {}
    return link if isinstance(link, dict) else {}


def _target(link: Mapping[str, Any], document: Document) -> Operation | None:
    """The operation that a link names by `operationId`, or by `operationRef` in this document."""
    id, reference = link.get("operationId"), link.get("operationRef")
    keys = json_pointer.split(unquote(reference[1:])) if isinstance(reference, str) and reference[:1] == "#" else []
    same = (o for o in document.operations if (id and o.operation_id == id) or keys == ["paths", o.path, o.method])
    return next(same, None)


def _parameters(written: Mapping[str, Any], target: Operation) -> Iterator[tuple[tuple[str, str], Any]]:
    """The parameters by place and name; a name without a place means the target's parameter of that name."""
    for name, value in written.items():
        place, dot, rest = name.partition(".")
        if dot and place in PLACES:
            yield (place, rest), value
        else:
            known = next((each.location for each in target.parameters if each.name == name), "query")
            yield (known, name), value
