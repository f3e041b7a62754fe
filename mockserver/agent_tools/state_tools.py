"""Tools about the world of a namespace: stored items, checkpoints, reset, and the clock."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from mockserver.agent_tools.access import Caller, SandboxAccess, plain, shaped
from mockserver.agent_tools.results import ItemHistory, ResetServices, SandboxTime, ShownState, StoredCheckpoints
from mockserver.client.answers import Seconds

Service = Annotated[str | None, Field(description="A service; may be left out where there is only one.")]
Tenant = Annotated[str | None, Field(description="The items of one tenant.")]
Owner = Annotated[str | None, Field(description="The id of the item that they are below.")]
Name = Annotated[str, Field(description="The name of a checkpoint.", pattern=r"^[A-Za-z0-9._~-]{1,128}$")]


class StateTools:
    """The stored items, and the time."""

    def __init__(self, sandbox: SandboxAccess) -> None:
        self._sandbox = sandbox

    async def read_state(
        self,
        caller: Caller,
        service: Service = None,
        resource: Annotated[str | None, Field(description="A resource; without it, everything is shown.")] = None,
        id: Annotated[str | None, Field(description="With resource: the id of one item.")] = None,
        tenant: Tenant = None,
        owner: Owner = None,
        limit: Annotated[int | None, Field(description="With resource: at most this many items.", ge=1)] = None,
        offset: Annotated[int | None, Field(description="With resource: without so many of the oldest.", ge=0)] = None,
    ) -> ShownState:
        """Read what is stored: everything, the items of a resource, or one item. Secrets are masked."""
        namespace = self._sandbox.namespace(caller)
        if resource is None:
            return ShownState(state=await namespace.all_state(service=service, tenant=tenant))
        items = await namespace.state(service, resource, tenant=tenant, owner=owner)
        return ShownState(state=await (items.list(limit=limit, offset=offset) if id is None else items.get(id)))

    async def item_history(
        self,
        caller: Caller,
        resource: str,
        id: Annotated[str, Field(description="The id of the item.")],
        service: Service = None,
        tenant: Tenant = None,
        owner: Owner = None,
    ) -> ItemHistory:
        """Read the history of an item: its changes, the latest first, and which request made each."""
        items = await self._sandbox.namespace(caller).state(service, resource, tenant=tenant, owner=owner)
        return ItemHistory(versions=plain(await items.versions(id)))

    async def change_state(
        self,
        caller: Caller,
        action: Literal["add", "set", "change", "remove"],
        resource: str,
        service: Service = None,
        id: Annotated[str | None, Field(description="The id of the item; not for add.")] = None,
        fields: Annotated[
            dict[str, Any], Field(description="add, set: the item; change: only what changes (merge patch).")
        ] = {},  # noqa: B006 - it is only read
        tenant: Tenant = None,
        owner: Owner = None,
        invalid: Annotated[bool, Field(description="Store what the schema forbids.")] = False,
    ) -> ShownState:
        """Change what is stored by hand: add an item, set or change its fields, or remove it."""
        items = await self._sandbox.namespace(caller).state(service, resource, tenant=tenant, owner=owner)
        if action == "add":
            return ShownState(state=await items.add(fields, invalid=invalid))
        if id is None:
            raise ValueError(f"{action} needs the id of an item")
        if action == "remove":
            return ShownState(state=await items.remove(id))  # type: ignore[func-returns-value]
        write = items.set if action == "set" else items.change
        return ShownState(state=await write(id, fields, invalid=invalid))

    async def set_checkpoint(self, caller: Caller, name: Name) -> StoredCheckpoints:
        """Remember the world as it is now, to restore it later."""
        return StoredCheckpoints(checkpoints=[plain(await self._sandbox.namespace(caller).checkpoint(name))])

    async def list_checkpoints(self, caller: Caller) -> StoredCheckpoints:
        """List the checkpoints."""
        return StoredCheckpoints(checkpoints=plain(await self._sandbox.namespace(caller).checkpoints()))

    async def restore_checkpoint(self, caller: Caller, name: Name) -> StoredCheckpoints:
        """Go back to a checkpoint."""
        namespace = self._sandbox.namespace(caller)
        await namespace.restore(name)
        return StoredCheckpoints(checkpoints=plain(await namespace.checkpoints()))

    async def reset(self, caller: Caller, service: Service = None, tenant: Tenant = None) -> ResetServices:
        """Go back to the start state: everything in the namespace, or one service or tenant."""
        done = await self._sandbox.namespace(caller).reset(service=service, tenant=tenant)
        return ResetServices(services=done.reset, tenant=done.tenant, namespaces=done.namespaces)

    async def clock(
        self,
        caller: Caller,
        action: Literal["show", "freeze", "advance", "set", "resume"] = "show",
        seconds: Annotated[Seconds | None, Field(description="For advance: 1.5, 500ms, 2s, 15m, 1h or 7d.")] = None,
        time: Annotated[str | None, Field(description="For set and freeze: an RFC 3339 time.")] = None,
    ) -> SandboxTime:
        """Show or change the time in the namespace; expiry, rate limits and timestamps follow."""
        clock = self._sandbox.namespace(caller).clock
        if (action == "advance" and seconds is None) or (action == "set" and time is None):
            raise ValueError(f"{action} needs {'seconds' if action == 'advance' else 'time'}")
        if action == "advance":
            shown = await clock.advance(seconds or 0)
        elif action == "set":
            shown = await clock.set(time or "")
        elif action == "freeze":
            shown = await clock.freeze(time)
        else:
            shown = await (clock.resume() if action == "resume" else clock.now())
        return shaped(shown, SandboxTime)
