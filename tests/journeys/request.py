"""Valid requests for the operations of a document: its own examples, or values for its schemas."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from mockserver.contract import Contract
from mockserver.errors import Unanswerable
from mockserver.inference.paths.path_tree import ALONE
from mockserver.openapi.document import MediaType, Operation, Parameter
from mockserver.openapi.media_types import is_form, may_be_json
from mockserver.openapi.path_template import PCHAR

OWN = frozenset(("content-type", "accept", "authorization"))
"""Headers that are not described as parameters (OpenAPI 3.1 section 4.8.12.1)."""


NOTHING: Mapping[str, Any] = {}


class Requests:
    """Makes requests for the operations of one contract; the same seed gives the same requests."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    def address(self, operation: Operation, path: Mapping[str, Any], asked: Mapping[str, Any] = NOTHING) -> str:
        """The path with its parameters and the required query parameters: the values in `asked`, or any valid ones."""
        parts = ALONE.split(operation.path)  # texts and names of parameters by turns
        # A path may have a query (`/icons?platform={platform}`), which the mock ignores with its parameters.
        address = "".join(
            quote(text(path.get(part, "any")), safe="") if odd % 2 else quote(part, safe="/?%" + PCHAR)
            for odd, part in enumerate(parts)
        )
        needed = [p for p in operation.parameters if p.location == "query" and p.required]
        query = [(p.name, text(asked[p.name] if p.name in asked else self.value(p))) for p in needed]
        query += [(name, value) for place, name, value in self._credentials(operation) if place == "query"]
        return self._contract.document.base_path + address + (f"?{urlencode(query)}" if query else "")

    def headers(self, operation: Operation, media: MediaType | None) -> dict[str, str]:
        """The required headers, with a credential if one is required."""
        asked = [p for p in operation.parameters if p.location == "header" and p.required and p.name.lower() not in OWN]
        named = {p.name: text(self.value(p)) for p in asked}
        named |= {name: value for place, name, value in self._credentials(operation) if place == "header"}
        cookies = [(p.name, text(self.value(p))) for p in operation.parameters if p.location == "cookie" and p.required]
        cookies += [(name, value) for place, name, value in self._credentials(operation) if place == "cookie"]
        if cookies:
            named["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies)
        return named | ({"Content-Type": content_type(media)} if media is not None else {})

    def media(self, operation: Operation) -> MediaType | None:
        """The media type of the body, JSON before forms; None without a body."""
        content = operation.request_body.content if operation.request_body else ()
        ranked = [m for m in content if may_be_json(m.name)] + [m for m in content if is_form(m.name)]
        return next(iter([*ranked, *content]), None)

    def body(self, media: MediaType, seed: int) -> Any:
        """A valid body. Raises Unanswerable if there is none."""
        if not may_be_json(media.name) and not is_form(media.name):
            return "some text"
        if seed == 0:
            return self._contract.examples.content(media, seed=0, direction="request")
        return self._contract.examples.at(str(media.schema), seed=seed, direction="request") if media.schema else None

    def value(self, parameter: Parameter) -> Any:
        """A valid value of a parameter; a text where none can be made."""
        if parameter.schema is None:
            return "any"
        try:
            return self._contract.examples.at(parameter.schema, seed=0, direction="request")
        except Unanswerable:
            return "any"

    def _credentials(self, operation: Operation) -> list[tuple[str, str, str]]:
        schemes = self._contract.document.security_schemes
        names = [name for name, _ in operation.security[0]] if operation.security else []
        return [credential(schemes[name]) for name in names if name in schemes]


def credential(scheme: Any) -> tuple[str, str, str]:
    """(place, name, value) of a credential that satisfies a security scheme."""
    if scheme.type == "apiKey":
        return scheme.location, scheme.parameter, "sandbox"
    if scheme.type == "http" and scheme.scheme not in ("bearer", "basic"):
        return "header", "Authorization", f"{scheme.scheme} sandbox"
    basic = scheme.type == "http" and scheme.scheme == "basic"
    return "header", "Authorization", "Basic c2FuZDpib3g=" if basic else "Bearer sandbox"


BOUNDARY = "between-the-parts"


def content_type(media: MediaType) -> str:
    """The Content-Type of a body; for a range of media types JSON."""
    if media.name.startswith("multipart/"):
        return f"{media.name}; boundary={BOUNDARY}"
    return "application/json" if "*" in media.name else media.name


def encoded(media: MediaType, body: Any) -> bytes:
    """The bytes of a body."""
    if may_be_json(media.name):
        return json.dumps(body).encode()
    if isinstance(body, str):
        return body.encode()
    pairs = list(body.items()) if isinstance(body, dict) else []
    if media.name.startswith("multipart/"):
        parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{text(v)}\r\n' for k, v in pairs]
        return "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode()
    return urlencode([field for name, value in pairs for field in _fields(name, value)]).encode()


def _fields(name: str, value: Any) -> list[tuple[str, str]]:
    """The form fields of one property: a list is repeated, an object is written in brackets (`a[b]=1`)."""
    if isinstance(value, dict):
        return [field for key, inner in value.items() for field in _fields(f"{name}[{key}]", inner)]
    if isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        return [field for index, inner in enumerate(value) for field in _fields(f"{name}[{index}]", inner)]
    return [(name, text(one)) for one in (value if isinstance(value, list) else [value])]


def text(value: Any) -> str:
    """A value as a path or a query contains it."""
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, list):
        return ",".join(text(entry) for entry in value)
    return json.dumps(value) if isinstance(value, dict) else str(value)
