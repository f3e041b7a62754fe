"""The two values that cross every border: what a client asked, and what it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking. `tenants` None means: every tenant but those that are `reserved` for listed credentials."""

    name: str = "anonymous"
    role: str = ""
    tenants: frozenset[str] | None = None
    reserved: frozenset[str] = frozenset()
    home: str = ""
    user: str = ""
    credential: str = field(default="", repr=False)

    def may_enter(self, tenant: str) -> bool:
        """Does this caller have access to the tenant?"""
        return tenant not in self.reserved if self.tenants is None else tenant in self.tenants


ANONYMOUS = Principal()


class Call(NamedTuple):
    """One request, parsed and found valid.

    `path`, `query`, `headers` and `cookies` hold the documented parameters by name, converted to the types of their
    schemas; `body` the parsed body (None when there is none); `url` the address of the collection or item as the
    client wrote it, without the query.
    """

    method: str
    url: str
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    headers: Mapping[str, Any]
    cookies: Mapping[str, Any]
    body: Any
    media_type: str
    principal: Principal
    tenant: str


class Reply(NamedTuple):
    """What the client is told. `body` is a JSON value, or bytes for other media types; None is no body at all.

    `content` is the body as it goes out when it is already encoded, and `proven` says that it was already checked.
    """

    status: int
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = "application/json"
    content: bytes | None = None
    proven: bool = False
