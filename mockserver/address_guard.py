"""Which addresses the mock may connect to: live sync, and deliveries of webhooks and callbacks.

Loopback is allowed, names and networks can be allowed, and some addresses never are. Every client of the mock can write
a registration or a subscription, so the URL in one must not lead to the machines nearby. A name is resolved once, all
its addresses are checked, and the connection goes to a checked address: a name cannot resolve to another one in between
(DNS rebinding).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from concurrent import futures
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from msgspec import Struct

from mockserver.errors import SyncError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Awaitable[tuple[Address, ...]]]
"""Every address of a host name, for a TCP port. Raises `OSError` when it has none."""


class ForbiddenAddress(SyncError):
    """An address that is not reached. The text says why, and what would allow it."""


NEVER: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(network), why)
    for network, why in (
        ("0.0.0.0/8", "it names no host (RFC 1122 section 3.2.1.3)"),
        ("169.254.0.0/16", "it is link-local, where clouds serve their metadata"),
        ("224.0.0.0/4", "it is a multicast address"),
        ("240.0.0.0/4", "it is reserved (RFC 1112 section 4)"),
        ("192.0.0.0/24", "it is a protocol assignment (RFC 6890), where a cloud serves its metadata"),
        ("100.100.100.200/32", "a cloud serves its metadata there"),
        ("168.63.129.16/32", "a cloud serves its metadata there"),
        ("::/96", "it names no host, or hides an IPv4 address"),
        ("::ffff:0:0:0/96", "it is an IPv4 address in disguise (RFC 2765 section 2.1)"),
        ("fe80::/10", "it is link-local"),
        ("fec0::/10", "it is site-local, which is no longer in use (RFC 3879)"),
        ("ff00::/8", "it is a multicast address"),
        ("fd00:ec2::/32", "a cloud serves its metadata there"),
        ("fd20:ce::/32", "a cloud serves its metadata there"),
        ("fd00:42::42/128", "a cloud serves its metadata there"),
        ("64:ff9b::/96", "it is an IPv4 address in disguise (RFC 6052)"),
        ("64:ff9b:1::/48", "it is an IPv4 address in disguise (RFC 8215)"),
        ("2001::/32", "it is an IPv4 address in disguise (RFC 4380)"),
        ("2002::/16", "it is an IPv4 address in disguise (RFC 3056)"),
    )
)
"""Networks that are never reached, whatever is allowed, and why. `::1` is checked before this table, as loopback."""

LOOPBACK: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


class AllowedAddresses(Struct, frozen=True):
    """The networks and host names that may be reached besides loopback.

    `option` is the name of the command line's option for them, `who` says who is reaching; both are for messages.
    """

    networks: tuple[Network, ...] = ()
    names: frozenset[str] = frozenset()
    option: str = "--sync-allow"
    who: str = "live sync"

    @classmethod
    def of(cls, values: Iterable[str], option: str = "--sync-allow", who: str = "live sync") -> AllowedAddresses:
        """Read the values of the option: each a network (`10.0.0.0/8`), an address or a host name.

        Raises:
            SyncError: a value is none of these.
        """
        values = tuple(values)
        networks = tuple(network for network in map(_network, values) if network is not None)
        return cls(networks, frozenset(_name(v, option) for v in values if _network(v) is None), option, who)

    def __str__(self) -> str:
        """For the line that is printed at start."""
        allowed = ", ".join((*map(str, self.networks), *sorted(self.names)))
        return f"loopback and {allowed}" if allowed else f"loopback only; {self.option} allows more"

    def check(self, host: str, address: Address) -> None:
        """Accept an address of this host.

        Raises:
            ForbiddenAddress: it is never reached, or not allowed.
        """
        plain = without_mapping(address)
        if _within(plain, LOOPBACK):
            return
        shown = str(plain) if host in (str(plain), str(address)) else f"{host} ({plain})"
        for network, why in NEVER:
            if _within(plain, (network,)):
                raise ForbiddenAddress(f"{shown} is never asked: {why}.")
        if host.lower().rstrip(".") not in self.names and not _within(plain, self.networks):
            raise ForbiddenAddress(
                f"{shown} is not asked: {self.who} reaches only loopback and what {self.option} names."
            )


def without_mapping(address: Address) -> Address:
    """The address that packets go to: IPv4 for an IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2)."""
    return getattr(address, "ipv4_mapped", None) or address


def _within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _network(value: str) -> Network | None:
    try:
        return ip_network(value.strip("[]"), strict=False)
    except ValueError:
        return None


def _name(value: str, option: str) -> str:
    name = value.lower().rstrip(".")
    labels = name.split(".")
    sound = all(label and all(c.isalnum() or c in "-_" for c in label) for label in labels)
    if not sound or _numeric(labels[-1]):
        raise SyncError(f"{option} {value!r} is neither a host name, an address nor a network such as 10.0.0.0/8.")
    return name


def literal(host: str) -> Address | None:
    """The address in a URL's host, or None for a name.

    Raises:
        ForbiddenAddress: it is an address in an unusual form (octal, hexadecimal, one number, fewer than four parts,
            with a zone), which programs read differently.
    """
    bare = host.strip("[]")
    try:
        address = ip_address(bare)
    except ValueError:
        if ":" in bare or _numeric(bare.rstrip(".").rpartition(".")[2]):
            raise ForbiddenAddress(f"{host} is not asked: write the address in its usual form.") from None
        return None
    if getattr(address, "scope_id", None):
        raise ForbiddenAddress(f"{host} is not asked: an address with a zone is link-local.")
    return address


def _numeric(label: str) -> bool:
    """Does a last label make the host an IPv4 address for some programs (WHATWG URL, "ends in a number")?"""
    return label.isdecimal() or label.lower().startswith("0x")


@cache
def _threads() -> futures.ThreadPoolExecutor:
    """Threads for names alone: the loop's own threads are needed elsewhere."""
    return futures.ThreadPoolExecutor(8, thread_name_prefix="resolve")


async def resolve(host: str, port: int) -> tuple[Address, ...]:
    """Ask the system's resolver, in a thread.

    Raises:
        OSError: the name has no address.
    """
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(_threads(), lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    return tuple(dict.fromkeys(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


async def checked_addresses(
    reach: AllowedAddresses, host: str, port: int, seconds: float | None, resolver: Resolve = resolve
) -> tuple[Address, ...]:
    """The addresses of a host; each of them may be reached.

    Raises:
        ForbiddenAddress: one of the addresses must not be reached.
        TimeoutError: the name was not resolved within so many seconds.
        OSError: the name does not resolve.
    """
    written = literal(host)
    if written is not None:
        addresses: tuple[Address, ...] = (written,)
    else:
        async with asyncio.timeout(seconds):
            addresses = await resolver(host, port)
    for address in addresses:
        reach.check(host, address)
    return addresses
