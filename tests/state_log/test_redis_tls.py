"""A store on a Redis server with TLS and a password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mockserver.cli.certificate import write_self_signed
from mockserver.errors import LogUnavailable
from mockserver.state.shared_log import LogSnapshot, Partition
from mockserver.stores.opening import open_log
from tests.process import free_port
from tests.redis_process import RedisProcess

SHOP = Partition("default", "shop")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The host and port of a server with TLS whose password is `secret`, and the certificate to trust."""
    certificate, key = write_self_signed(tmp_path_factory.mktemp("tls"), ["localhost"])
    port = free_port()
    files = ["--tls-cert-file", str(certificate), "--tls-key-file", str(key), "--tls-ca-cert-file", str(certificate)]
    with RedisProcess(options=["--tls-port", str(port), *files, "--tls-auth-clients", "no", "--requirepass", "secret"]):
        yield f"localhost:{port}", certificate


def test_entries_and_snapshots_are_kept_over_tls_with_a_password(server: tuple[str, Path]) -> None:
    host, certificate = server
    address = f"rediss://:secret@{host}/1?ssl_ca_certs={certificate}&prefix=team"
    with closing(open_log(address)) as one, closing(open_log(address)) as two, closing(two.again()) as three:
        one.begin()
        assert one.append(SHOP, 0, b"a")
        one.end()
        three.save(SHOP, 1, [b"all ", b"of one"])
        two.begin()

        assert [b"a"] == two.new_entries(SHOP, 0)
        assert LogSnapshot(1, b"all of one") == two.load(SHOP)
        assert f"rediss://***@{host}/1" == one.place.partition("?")[0]


@pytest.mark.parametrize(
    ("user", "options", "reason"),
    [
        (":secret@", "", r"its certificate is not trusted\. Name one that is: rediss://HOST\?ssl_ca_certs=FILE"),
        (":wrong@", "?ssl_ca_certs={}", "the user or the password in the address is wrong"),
        ("", "?ssl_ca_certs={}", r"it wants a password\. Put :PASSWORD@ before the host in the address"),
        (":secret@", "?ssl_ca_certs=/nowhere/ca.pem", "No such file"),
    ],
)
def test_a_server_that_is_not_trusted_or_refuses_is_no_store_and_the_reason_is_said(
    server: tuple[str, Path], user: str, options: str, reason: str
) -> None:
    host, certificate = server
    with pytest.raises(LogUnavailable, match=reason) as raised:
        open_log(f"rediss://{user}{host}{options.format(certificate)}")

    assert "secret" not in str(raised.value)


def test_a_server_with_tls_that_is_asked_without_it_is_no_store(server: tuple[str, Path]) -> None:
    with pytest.raises(LogUnavailable, match=r"redis://\*\*\*@localhost:\d+ cannot be used: .+"):
        open_log(f"redis://:secret@{server[0]}")
