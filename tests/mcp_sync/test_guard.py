"""The addresses that live sync reaches, and names whose addresses change."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.address_guard import Address, AllowedAddresses, ForbiddenAddress, literal
from mockserver.errors import SyncError
from mockserver.mcp_sync.misbehaviour import MISBEHAVIOURS
from mockserver.mcp_sync.prober import McpConnection, Outcome
from tests.mcp_sync.live import with_prober

EVERYWHERE = ("0.0.0.0/0", "::/0")

NEVER_REACHED = (
    "0.0.0.0",
    "0.1.2.3",
    "169.254.169.254",
    "169.254.0.1",
    "224.0.0.1",
    "239.255.255.255",
    "255.255.255.255",
    "240.0.0.1",
    "192.0.0.192",
    "100.100.100.200",
    "168.63.129.16",
    "[::]",
    "[fe80::1]",
    "[ff02::1]",
    "[fd00:ec2::254]",
    "[fd20:ce::254]",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[0:0:0:0:0:ffff:a9fe:a9fe]",
    "[::ffff:0.0.0.0]",
    "[::169.254.169.254]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b:1::a9fe:a9fe]",
    "[2002:a9fe:a9fe::1]",
    "[2001:0:a9fe:a9fe::1]",
    "[::ffff:0:169.254.169.254]",
    "[::ffff:0:a00:1]",
    "[fd00:42::42]",
    "[fec0::1]",
    "169。254．169｡254",
    "127.0.0.1@169.254.169.254",
    "127.0.0.1\\@169.254.169.254",
    "169.254.169.254#@127.0.0.1",
)
"""Hosts that are never reached, even if all is allowed. Some programs do not see the address in the last ones."""

MUST_BE_ALLOWED = (
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "198.18.0.1",
    "8.8.8.8",
    "[fc00::1]",
    "[fd12:3456::1]",
    "[2606:4700::1111]",
    "[::ffff:10.0.0.1]",
    "[::ffff:8.8.8.8]",
)
"""Addresses that must be allowed."""

UNUSUAL_FORMS = (
    "0251.0376.0251.0376",
    "0xa9.0xfe.0xa9.0xfe",
    "0xa9fea9fe",
    "2852039166",
    "025177524776",
    "169.254.43518",
    "169.16689662",
    "169.254.169.254.",
    "0177.0.0.1",
    "0x7f.1",
    "127.1",
    "2130706433",
    "127.0.0.1.",
    "[fe80::1%25eth0]",
    "[::1%25lo]",
    "[::ffff:a9fe:a9fe%25eth0]",
    "[169.254.169.254]",
    "0",
    "0x0",
    "00",
    "127.0.0.1..",
    "127。1",
    "169.0xfe.169.254",
    "169.254.169.0376",
    "%31%36%39.254.169.254",
    "１６９.254.169.254",
    "①⑥⑨.②⑤④.①⑥⑨.②⑤④",
    "١٦٩.254.169.254",
    "０x7f000001",
)
"""Hosts that some programs read as an address and others as a name. They are always refused."""

OTHER_SCHEMES = ("ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/", "ws://127.0.0.1/", "unix:/tmp/x", "")


def probed(url: str, **options: Any) -> Outcome:
    outcome: Outcome = with_prober(lambda prober: prober.probe(McpConnection(url=url)), **options)
    return outcome


@pytest.fixture
def no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail the test at any attempt to connect, so that a failed connection does not pass for a refusal."""

    def refuse(self: socket.socket, address: object) -> int:
        raise AssertionError(f"a connection to {address} was tried")

    monkeypatch.setattr(asyncio.SelectorEventLoop, "sock_connect", refuse)


@pytest.mark.usefixtures("no_connection")
@pytest.mark.parametrize("host", NEVER_REACHED)
def test_some_addresses_are_never_reached_even_if_everything_is_allowed(host: str) -> None:
    outcome = probed(f"http://{host}/mcp", allow=EVERYWHERE)

    assert outcome.status == "unreachable"
    assert "is never asked" in str(outcome.message)


@pytest.mark.usefixtures("no_connection")
@pytest.mark.parametrize("host", MUST_BE_ALLOWED)
def test_an_address_beyond_loopback_must_be_allowed(host: str) -> None:
    outcome = probed(f"http://{host}/mcp")

    assert outcome.status == "unreachable"
    assert "--sync-allow" in str(outcome.message)
    assert AllowedAddresses.of(EVERYWHERE).check(host, ip_address(host.strip("[]"))) is None


@pytest.mark.usefixtures("no_connection")
@pytest.mark.parametrize("host", UNUSUAL_FORMS)
def test_an_address_in_an_unusual_form_is_refused(host: str) -> None:
    outcome = probed(f"http://{host}/mcp", allow=EVERYWHERE)

    assert outcome.status != "ok"
    assert "is not asked" in str(outcome.message) or "cannot be read" in str(outcome.message)


@pytest.mark.usefixtures("no_connection")
@pytest.mark.parametrize("url", OTHER_SCHEMES)
def test_only_http_and_https_urls_are_queried(url: str) -> None:
    assert "http" in str(probed(url, allow=EVERYWHERE).message)


def names(**table: tuple[str, ...]) -> Callable[[str, int], Any]:
    """A resolver with these names; `_` is a dot."""

    async def resolve(host: str, port: int) -> tuple[Address, ...]:
        return tuple(map(ip_address, table[host.replace(".", "_")]))

    return resolve


@pytest.mark.usefixtures("no_connection")
@pytest.mark.parametrize("address", ["169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "0.0.0.0"])
def test_a_name_for_a_forbidden_address_is_refused_even_if_the_name_is_allowed(address: str) -> None:
    resolver = names(metadata_example=("127.0.0.1", address))
    outcome = probed("http://metadata.example/", allow=("metadata.example", *EVERYWHERE), resolver=resolver)

    assert "is never asked" in str(outcome.message)


@pytest.mark.usefixtures("no_connection")
@pytest.mark.parametrize(
    "name", ["metadata.google.internal", "METADATA.google.internal.", "instance-data", "evil.localhost"]
)
@pytest.mark.parametrize("address", ["169.254.169.254", "fd20:ce::254", "10.0.0.1"])
def test_a_name_is_allowed_if_its_address_is(name: str, address: str) -> None:
    async def resolver(host: str, port: int) -> tuple[Address, ...]:
        return (ip_address(address),)

    said = str(probed(f"http://{name}/computeMetadata/v1/", resolver=resolver).message)

    assert ("is not asked" if address == "10.0.0.1" else "is never asked") in said


def test_an_allowed_name_reaches_private_addresses_and_no_other_name_does() -> None:
    reach, private = AllowedAddresses.of(["Tools.Example."]), IPv4Address("10.0.0.1")

    assert reach.check("tools.example", private) is None
    assert reach.check("TOOLS.example.", private) is None
    with pytest.raises(ForbiddenAddress, match="--sync-allow"):
        reach.check("other.example", private)


def test_a_name_that_changes_its_address_is_checked_at_every_connection(demo: Callable[..., str]) -> None:
    port = demo().rpartition(":")[2]
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> tuple[Address, ...]:
        asked.append("169.254.169.254" if asked else "127.0.0.1")
        return (ip_address(asked[-1]),)

    # The first connection is answered (the SDK's server refuses an unknown Host, and closes). There is no second one,
    # because the name resolves to another address by then.
    outcome = probed(f"http://rebind.example:{port}/mcp", allow=EVERYWHERE, resolver=rebinding)

    assert "rebind.example (169.254.169.254) is never asked" in str(outcome.message)
    assert ["127.0.0.1", "169.254.169.254"] == asked


def test_the_connection_goes_to_the_checked_address(serve: Callable[..., str]) -> None:
    hosts: list[str] = []

    async def note(scope: Any, receive: Any, send: Any) -> None:
        hosts.append(dict(scope["headers"])[b"host"].decode())
        await MISBEHAVIOURS["error"](scope, receive, send)

    port = serve(lambda url: note).rpartition(":")[2]
    once = iter([(ip_address("127.0.0.1"),)])

    async def resolve(host: str, port: int) -> tuple[Address, ...]:
        return next(once)

    outcome = probed(f"http://pinned.example:{port}/mcp", resolver=resolve)

    assert "500" in str(outcome.message)
    assert {f"pinned.example:{port}"} == set(hosts)


def test_a_redirect_to_a_forbidden_address_is_not_followed(demo: Callable[..., str]) -> None:
    outcome = probed(demo(misbehave="redirect") + "/mcp", allow=EVERYWHERE)

    assert outcome.status == "error"
    assert "redirects" in str(outcome.message)


@given(st.ip_addresses())
def test_only_loopback_is_reached_by_default(address: IPv4Address | IPv6Address) -> None:
    plain = getattr(address, "ipv4_mapped", None) or address
    try:
        AllowedAddresses().check(str(address), address)
    except ForbiddenAddress:
        assert not plain.is_loopback
    else:
        assert plain.is_loopback


@given(st.ip_addresses())
def test_link_local_multicast_and_unspecified_addresses_are_always_refused(
    address: IPv4Address | IPv6Address,
) -> None:
    forbidden = address.is_link_local or address.is_multicast or address.is_unspecified
    try:
        AllowedAddresses.of(EVERYWHERE).check(str(address), address)
    except ForbiddenAddress:
        return
    assert not forbidden


@given(st.ip_addresses())
def test_an_address_in_its_usual_form_is_read(address: IPv4Address | IPv6Address) -> None:
    assert address == literal(str(address))


@pytest.mark.parametrize("value", ["10.0.0.0/33", "", "a b", "http://a/", "1.2.3", "0x7f", "*", "a..b"])
def test_an_error_names_an_invalid_value_of_sync_allow(value: str) -> None:
    with pytest.raises(SyncError, match="--sync-allow"):
        AllowedAddresses.of([value])
