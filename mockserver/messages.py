"""A parsed request (`Call`), its response (`Reply`) and its sender (`Principal`), as handlers and rules see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from msgspec import Struct


class Principal(Struct, frozen=True):
    """The client that a credential belongs to.

    With `tenants` None it may use every tenant except those that are `reserved` for listed credentials. `home` is the
    tenant of requests that name none. `account` says who the client is, where its credential is listed.
    """

    name: str = "anonymous"
    role: str = ""
    tenants: frozenset[str] | None = None
    reserved: frozenset[str] = frozenset()
    home: str = ""
    user: str = ""
    credential: str = ""
    account: str = ""

    def __repr__(self) -> str:  # without the credential
        return f"Principal({self.name!r}, {self.role!r})"

    def may_enter(self, tenant: str) -> bool:
        """Does this client have access to the tenant?"""
        return tenant not in self.reserved if self.tenants is None else tenant in self.tenants


ANONYMOUS = Principal()


class Call(NamedTuple):
    """One request after parsing and validation.

    `path`, `query`, `headers` and `cookies` hold the documented parameters by name, converted to the types of their
    schemas. `body` is the parsed body, None without one. `url` is the URL as the client wrote it, without
    the query; `origin` is the scheme and the host before it, for operations whose reply shows addresses.
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
    origin: str = ""


class Reply(NamedTuple):
    """One response. `body` is a JSON value, or bytes for other media types; None is no body at all.

    `content` is the encoded body where it is known already, so that it is not encoded again; `proven` says that the
    body was validated already.
    """

    status: int
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = "application/json"
    content: bytes | None = None
    proven: bool = False
