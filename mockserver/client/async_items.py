"""The stored items of a resource, and the clock of a namespace, with `await`."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from mockserver.client import namespace_calls
from mockserver.client.admin_call import AdminCall
from mockserver.client.admin_models import ClockTime
from mockserver.client.namespace_calls import Id, ItemCalls, Items, Json, NamespaceCalls, Versions

T = TypeVar("T")


class AsyncSend(Protocol):
    """Sends a request to the admin API and returns its result. Raises SandboxError."""

    def __call__(self, call: AdminCall[T]) -> Awaitable[T]: ...


class AsyncItemsClient:
    """The stored items of one resource. Secrets are masked when they are read."""

    def __init__(self, send: AsyncSend, calls: ItemCalls) -> None:
        self._send, self._calls = send, calls

    async def list(self, *, limit: int | None = None, offset: int | None = None) -> Items:
        """Items in the order of their creation: all, or at most `limit`, without the `offset` oldest."""
        return await self._send(self._calls.list(limit, offset))

    async def get(self, id: Id) -> Json:
        """One item."""
        return await self._send(self._calls.get(id))

    async def versions(self, id: Id) -> Versions:
        """The history of an item: its changes, the latest first, as far as the journal reaches."""
        return await self._send(self._calls.versions(id))

    async def add(self, item: Mapping[str, Any] | None = None, *, invalid: bool = False) -> Json:
        """Add an item; fields that are left out are generated. `invalid` stores what the schema forbids."""
        return await self._send(self._calls.send("POST", {} if item is None else item, None, invalid=invalid))

    async def set(self, id: Id, item: Mapping[str, Any], *, invalid: bool = False) -> Json:
        """Set all fields of an item, or add it."""
        return await self._send(self._calls.send("PUT", item, id, invalid=invalid))

    async def change(self, id: Id, fields: Mapping[str, Any], *, invalid: bool = False) -> Json:
        """Change some fields of an item, by JSON Merge Patch (RFC 7396)."""
        return await self._send(self._calls.send("PATCH", fields, id, invalid=invalid))

    async def remove(self, id: Id) -> None:
        """Delete an item, and what is below it."""
        await self._send(self._calls.remove(id))


class AsyncClockClient:
    """The time in a namespace. Each method returns the time after it."""

    def __init__(self, send: AsyncSend, calls: NamespaceCalls) -> None:
        self._send, self._calls = send, calls

    async def now(self) -> ClockTime:
        """The time now."""
        return await self._send(self._calls.clock())

    async def freeze(self, at: datetime | str | None = None) -> ClockTime:
        """Stop the clock, now or at a time."""
        set_to = {} if at is None else {"set": namespace_calls.moment(at)}
        return await self._send(self._calls.clock(**set_to, freeze=True))

    async def advance(self, by: float | timedelta | str) -> ClockTime:
        """Move the clock forward, by seconds, a timedelta or a text such as `2h`."""
        return await self._send(self._calls.clock(advance=namespace_calls.seconds(by)))

    async def set(self, time: datetime | str) -> ClockTime:
        """Set the clock. A datetime without a zone is UTC."""
        return await self._send(self._calls.clock(set=namespace_calls.moment(time)))

    async def resume(self) -> ClockTime:
        """Let a stopped clock go on from its time."""
        return await self._send(self._calls.clock(resume=True))
