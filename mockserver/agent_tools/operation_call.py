"""One request of an agent to a service of the sandbox, and its response."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import quote

import httpx

from mockserver.agent_tools.access import SandboxAccess
from mockserver.agent_tools.results import CalledOperation
from mockserver.client import AsyncNamespace

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
        return cls(method.upper(), quote(path, safe="/?&=%:;,+@!$'()*~[]{}|"))

    @classmethod
    def of(cls, described: Mapping[str, Any], values: Mapping[str, Any]) -> Self:
        """A request for an operation as it is described. Raises ValueError for a parameter that it does not have."""
        known = {each["name"]: each for each in described["parameters"]}
        unknown = sorted(values.keys() - known.keys())
        if unknown:
            raise ValueError(f"no parameter {unknown[0]!r}; there are: {', '.join(known) or 'none'}")
        path, given = described["path"], {name: (known[name], value) for name, value in values.items()}
        for name, (parameter, value) in given.items():
            if parameter["in"] == "path":
                path = path.replace("{" + name + "}", quote(_text(value), safe=""))
        query = [pair for each, value in given.values() if each["in"] == "query" for pair in _query(each, value)]
        headers = {name: _text(value) for name, (each, value) in given.items() if each["in"] == "header"}
        cookies = "; ".join(f"{name}={_text(value)}" for name, (each, value) in given.items() if each["in"] == "cookie")
        target = path + (f"?{'&'.join(query)}" if query else "")
        return cls(described["method"], target, headers | ({"cookie": cookies} if cookies else {}))

    def with_content(self, headers: Mapping[str, str], body: Any, media_type: str) -> Self:
        """The same request with further header fields and a body; None is no body."""
        if body is None:
            return replace(self, headers={**self.headers, **headers})
        is_text = isinstance(body, str) and "json" not in media_type
        content = body.encode() if is_text else json.dumps(body, ensure_ascii=False).encode()
        return replace(self, headers={**self.headers, "content-type": media_type, **headers}, content=content)


def _text(value: Any) -> str:
    """A value in the style `simple`: the parts of a list are separated by commas."""
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return value if isinstance(value, str) else json.dumps(value)


DELIMITERS = {"pipeDelimited": "|", "spaceDelimited": "%20"}
"""What is between the parts of a list that is one parameter; a comma in the style `form`."""


def _query(parameter: Mapping[str, Any], value: Any) -> Iterator[str]:
    """A parameter of the query in its style (OpenAPI 3.1 section 4.8.12.3), percent-encoded."""
    name, style = parameter["name"], parameter["style"]
    if isinstance(value, dict):
        yield from (_pair(f"{name}[{key}]" if style == "deepObject" else key, part) for key, part in value.items())
    elif isinstance(value, list) and not parameter["explode"]:
        parts = (quote(_text(part), safe="") for part in value)
        yield f"{quote(name, safe='')}={DELIMITERS.get(style, ',').join(parts)}"
    else:
        yield from (_pair(name, part) for part in (value if isinstance(value, list) else [value]))


def _pair(name: str, value: Any) -> str:
    return f"{quote(name, safe='[]')}={quote(_text(value), safe='')}"


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
