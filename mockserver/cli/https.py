"""`--https`: the files of a certificate, given or made for this run."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from mockserver.cli.lazy_command import resolve
from mockserver.lazy_module import LazyModule

if TYPE_CHECKING:
    import tempfile
else:
    tempfile = LazyModule("tempfile")

MAKER = "mockserver.cli.certificate:write_self_signed"
"""Named and not imported: it needs the `https` extra."""


class Certificate(Struct, frozen=True):
    """The files of a certificate and its private key. No client trusts a `self_made` one by itself.

    `client_ca` has the authorities whose client certificates are accepted; None where none is asked for.
    """

    certificate: Path
    key: Path
    self_made: bool
    client_ca: Path | None = None


@contextmanager
def certificate(
    hosts: Sequence[str], *, https: bool, given: Path | None, key: Path | None, client_ca: Path | None = None
) -> Iterator[Certificate | None]:
    """The certificate to serve with; None for plain HTTP. A self-made one is deleted at the end.

    Raises UsageError for files that do not fit together, MissingExtra without the `https` extra.
    """
    if (given is None) != (key is None):
        raise click.UsageError("--https-cert and --https-key belong together: give both files")
    if client_ca is not None:
        _check_authorities(client_ca, is_https=https or given is not None)
    if given is not None and key is not None:
        _check(given, key)
        yield Certificate(given, key, self_made=False, client_ca=client_ca)
    elif https:
        make = resolve(MAKER, "https")
        with tempfile.TemporaryDirectory(prefix="mockserver-") as folder:
            made, own_key = make(Path(folder), hosts)
            yield Certificate(made, own_key, self_made=True, client_ca=client_ca)
    else:
        yield None


def _check_authorities(client_ca: Path, *, is_https: bool) -> None:
    if not is_https:
        raise click.UsageError("--client-ca needs --https: plain HTTP has no client certificates")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_verify_locations(client_ca)
    except (ssl.SSLError, OSError) as fault:
        reason = f"{fault.reason or fault}" if isinstance(fault, ssl.SSLError) else str(fault)
        raise click.UsageError(
            f"--client-ca {client_ca} has no certificate of an authority, in PEM: {reason}"
        ) from None


def _check(given: Path, key: Path) -> None:
    try:
        # Without a password: OpenSSL would ask for one at the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(given, key, password="")
    except (ssl.SSLError, OSError) as fault:
        reason = f"{fault.reason or fault}" if isinstance(fault, ssl.SSLError) else str(fault)
        raise click.UsageError(
            f"--https-cert {given} and --https-key {key} are no certificate and its unencrypted key, in PEM: {reason}"
        ) from None
