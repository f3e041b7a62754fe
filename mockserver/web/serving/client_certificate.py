"""The certificate that a client showed when it connected (RFC 8446 section 4.3.2)."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

from mockserver.web.request.authentication import CERTIFICATE


def client_certificate(transport: Any) -> dict[str, Any]:
    """What the state of a connection says: whose certificate it is, None without one; nothing if none was asked for.

    The state is part of each ASGI scope, so that a request costs nothing more. A certificate that no known authority
    signed has ended the handshake before.
    """
    context: ssl.SSLContext = transport.get_extra_info("sslcontext")
    if context.verify_mode == ssl.CERT_NONE:
        return {}
    shown = transport.get_extra_info("peercert")
    return {CERTIFICATE: _name(shown) if shown else None}


def _name(certificate: Mapping[str, Any]) -> str:
    """The common name of the client, or else the number of its certificate."""
    fields = [field for part in certificate.get("subject", ()) for field in part]
    return str(next((value for name, value in fields if name == "commonName"), certificate.get("serialNumber", "")))
