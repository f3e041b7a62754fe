"""One request of an agent to a service of the sandbox, and its response."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import quote

import httpx

from mockserver.agent_tools.access import SandboxAccess
from mockserver.agent_tools.results import CalledOperation
from mockserver.client import AsyncNamespace
from mockserver.openapi.document import in_capitals
from mockserver.openapi.parameter_styles import ParameterStyle, header_text, path_text, query_text

MOST_SHOWN = 100_000
"""How many characters of a text are returned."""


@dataclass(frozen=True, slots=True)
class OperationCall:
    """A request: `target` is path and query below the address of the sandbox, percent-encoded."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None

    @classmethod
    def to(cls, method: str, path: str) -> Self:
        """A request by method and path. Raises ValueError for what is no path."""
        if not path.startswith("/") or path.startswith("//"):
            raise ValueError(f"{path!r} is no path of the sandbox; a path begins with one /")
        return cls(in_capitals(method), quote(path, safe="/?&=%:;,+@!$'()*~[]{}|"))

    @classmethod
    def of(cls, described: Mapping[str, Any], values: Mapping[str, Any]) -> Self:
        """A request for an operation as it is described. Raises ValueError for a parameter that it does not have."""
        known = {each["name"]: each for each in described["parameters"]}
        styles = {name: _style(each) for name, each in known.items()}
        unknown = sorted(values.keys() - known.keys())
        if unknown:
            raise ValueError(f"no parameter {unknown[0]!r}; there are: {', '.join(known) or 'none'}")
        path, place = described["path"], {name: known[name]["in"] for name in values}
        for name, value in values.items():
            if place[name] == "path":
                path = path.replace("{" + name + "}", path_text(styles[name], name, value))
        query = [query_text(styles[name], name, each) for name, each in values.items() if place[name] == "query"]
        headers = {name: header_text(styles[name], each) for name, each in values.items() if place[name] == "header"}
        cookies = "; ".join(
            f"{name}={header_text(styles[name], each)}" for name, each in values.items() if place[name] == "cookie"
        )
        target = path + (f"?{'&'.join(filter(None, query))}" if any(query) else "")
        return cls(described["method"], target, headers | ({"cookie": cookies} if cookies else {}))

    def with_content(self, headers: Mapping[str, str], body: Any, media_type: str) -> Self:
        """The same request with further header fields and a body; None is no body."""
        if body is None:
            return replace(self, headers={**self.headers, **headers})
        is_text = isinstance(body, str) and "json" not in media_type
        content = body.encode() if is_text else json.dumps(body, ensure_ascii=False).encode()
        return replace(self, headers={**self.headers, "content-type": media_type, **headers}, content=content)


def _style(parameter: Mapping[str, Any]) -> ParameterStyle:
    return ParameterStyle(parameter["style"], parameter["explode"], parameter.get("content") is not None)


async def sent(sandbox: SandboxAccess, namespace: AsyncNamespace, call: OperationCall) -> CalledOperation:
    """The response to a request in a namespace, or why there is none."""
    async with await sandbox.http(namespace) as http:
        url = http.base_url.copy_with(raw_path=call.target.encode())
        try:
            response = await http.request(call.method, url, headers=call.headers, content=call.content)
        except (httpx.TransportError, ConnectionError) as error:
            return await _without_response(namespace, error)
    number = response.headers.get("mock-request", "")
    return CalledOperation(
        status=response.status_code,
        headers=dict(response.headers),
        body=_body(response),
        number=int(number) if number.isdecimal() else None,
        error=None,
    )


async def _without_response(namespace: AsyncNamespace, error: Exception) -> CalledOperation:
    """What is known of a request whose connection broke: its entry is the latest of the namespace."""
    entries = await namespace.requests(limit=1)
    number = entries[-1].number if entries else None
    told = f"no response: {str(error) or type(error).__name__}"
    return CalledOperation(status=None, headers={}, body=None, number=number, error=told)


def _body(response: httpx.Response) -> Any:
    """The body as a JSON value, else as text; bytes that are no text only as their number."""
    if not response.content:
        return None
    if "json" in response.headers.get("content-type", ""):
        try:
            return response.json()
        except ValueError:
            pass
    try:
        return response.content.decode()[:MOST_SHOWN]
    except UnicodeDecodeError:
        return f"{len(response.content)} bytes of {response.headers.get('content-type', 'no media type')}"
