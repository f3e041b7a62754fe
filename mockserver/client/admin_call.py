"""One request to the admin API, as a value: the sync and the async client send the same ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

import httpx
import msgspec

from mockserver.client.problems import refused

T = TypeVar("T")

ADMIN = "/_mock"


@dataclass(frozen=True, slots=True)
class AdminCall(Generic[T]):
    """A request below `/_mock`, and how its response is read. Query parameters that are None are not sent.

    `also` are statuses beside 2xx whose response has a result. The sandbox may answer `waits` seconds later than usual.
    """

    method: str
    path: str
    read: Callable[[httpx.Response], T]
    query: Mapping[str, Any] = field(default_factory=dict)
    body: bytes | None = None
    also: tuple[int, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    waits: float = 0.0

    def options(self, token: str | None) -> dict[str, Any]:
        """The arguments of httpx for the request."""
        headers = dict(self.headers)
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if self.body is not None:
            headers["Content-Type"] = "application/json"
        query = {name: value for name, value in self.query.items() if value is not None}
        return {
            "method": self.method,
            "url": ADMIN + self.path,
            "params": query,
            "headers": headers,
            "content": self.body,
        }

    def result(self, response: httpx.Response) -> T:
        """The result in a response. Raises SandboxError."""
        if not response.is_success and response.status_code not in self.also:
            raise refused(response)
        try:
            return self.read(response)
        except (ValueError, msgspec.ValidationError):
            raise refused(response) from None


def get(path: str, kind: Callable[[httpx.Response], T], **query: Any) -> AdminCall[T]:
    """A request that only reads."""
    return AdminCall("GET", path, kind, query)


def sending(method: str, path: str, kind: Callable[[httpx.Response], T], body: Any, **query: Any) -> AdminCall[T]:
    """A request with a JSON body."""
    return AdminCall(method, path, kind, query, msgspec.json.encode(body))


def as_(kind: type[T]) -> Callable[[httpx.Response], T]:
    """Reads the JSON of a response as a type; properties that the type does not have are left out."""
    return partial(_converted, kind)


def _converted(kind: type[T], response: httpx.Response) -> T:
    return msgspec.json.decode(response.content, type=kind)


def nothing(response: httpx.Response) -> None:
    """Reads a response without content."""
