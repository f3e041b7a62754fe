"""The TCP connections of live sync: only to addresses that it may reach (see `mockserver/address_guard.py`)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import httpcore2

from mockserver.address_guard import Address, AllowedAddresses, ForbiddenAddress, Resolve, checked_addresses, resolve


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Opens TCP connections to checked addresses, and nothing else."""

    def __init__(self, reach: AllowedAddresses, resolver: Resolve = resolve) -> None:
        self._reach, self._resolve, self._network = reach, resolver, httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Resolve the name, check every address, and connect to the first that answers.

        Raises:
            ForbiddenAddress: one of the addresses must not be reached.
            httpcore2.ConnectError: the name has no address, or none of them answers.
        """
        failure: Exception = httpcore2.ConnectError(f"the name {host} does not resolve")
        for address in await self._checked_addresses(host, port, timeout):
            try:
                return await self._network.connect_tcp(
                    str(address), port, timeout=timeout, local_address=local_address, socket_options=socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Refuse: a registration cannot name a file of this machine.

        Raises:
            ForbiddenAddress: always.
        """
        raise ForbiddenAddress("Unix sockets are not asked.")

    async def sleep(self, seconds: float) -> None:
        """Wait, as the connection pool asks between its retries."""
        await asyncio.sleep(seconds)

    async def _checked_addresses(self, host: str, port: int, seconds: float | None) -> tuple[Address, ...]:
        try:
            return await checked_addresses(self._reach, host, port, seconds, self._resolve)
        except TimeoutError as error:  # an OSError too, but of time and not of the name
            raise httpcore2.ConnectTimeout(f"the name {host} was not resolved in time") from error
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"the name {host} does not resolve") from error
