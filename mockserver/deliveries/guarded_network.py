"""The TCP connections of deliveries: only to addresses that they may reach (see `mockserver/address_guard.py`)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import httpcore

from mockserver.address_guard import AllowedAddresses, ForbiddenAddress, checked_addresses


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Opens TCP connections to checked addresses, and nothing else."""

    def __init__(self, reach: AllowedAddresses) -> None:
        self._reach, self._network = reach, httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve the name, check every address, and connect to the first that answers.

        Raises ForbiddenAddress for an address that must not be reached, and OSError for a name without one.
        """
        failure: Exception = OSError(f"the name {host} does not resolve")
        for address in await checked_addresses(self._reach, host, port, timeout):
            try:
                return await self._network.connect_tcp(
                    str(address), port, timeout=timeout, local_address=local_address, socket_options=socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109  # the signature is httpcore's
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: a subscription cannot name a file of this machine. Raises ForbiddenAddress."""
        raise ForbiddenAddress("Unix sockets are not asked.")

    async def sleep(self, seconds: float) -> None:
        """Wait, as the connection pool asks between its retries."""
        await asyncio.sleep(seconds)
