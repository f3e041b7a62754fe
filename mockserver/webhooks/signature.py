"""Signatures of deliveries: by Standard Webhooks, or in one header as GitHub and Stripe do.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mockserver.behaviour.statements import Delivery
from mockserver.lazy_module import LazyModule
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi import json_codec

if TYPE_CHECKING:
    import standardwebhooks
    from standardwebhooks import Webhook
else:
    standardwebhooks = LazyModule("standardwebhooks")

SECRET_PREFIX = "whsec_"  # noqa: S105  # how Standard Webhooks marks a secret, which follows in base64

TOLERANCE = 300
"""How many seconds the time of a signature may differ from that of the receiver."""

Fields = list[tuple[str, str]]

WORDS = lazy_pattern(r"[^A-Za-z0-9]+")
"""What separates the words in the name of an event or an action."""

HEADERS = {"github": "x-hub-signature-256", "stripe": "stripe-signature"}
"""Style → the usual name of its header."""

ID_HEADERS = {"standard-webhooks": "webhook-id", "github": "x-github-delivery"}
UUID_STYLES = ("github",)
"""The styles whose deliveries are named by a UUID: https://docs.github.com/en/webhooks/webhook-events-and-payloads"""

EVENT_HEADERS = {"github": "x-github-event"}


def _key(secret: str) -> Webhook:
    """What signs and verifies with a secret: base64 after SECRET_PREFIX, else the bytes of the text itself."""
    try:
        return standardwebhooks.Webhook(secret)
    except Exception:  # noqa: BLE001  # what base64 and the library raise has no common class
        return standardwebhooks.Webhook(secret.encode() or b" ")


def headers(stated: Delivery, secret: str, id: str, event: str, moment: float, body: bytes) -> Fields:
    """The header fields that identify and sign a delivery at a time, in seconds since the Unix epoch."""
    style = stated.signature
    is_usual = style == "github" and not stated.event_header
    found = [(id_header(stated), id)] if style != "standard-webhooks" or stated.id_header else []
    found.append(
        (stated.event_header or EVENT_HEADERS.get(style, ""), _github_event(event, body) if is_usual else event)
    )
    if style in SIGNERS:
        found += SIGNERS[style](stated, secret, id, int(moment), body)
    return [(name.lower(), value) for name, value in found if name]


def id_header(stated: Delivery) -> str:
    """The header with the id of a delivery; empty if there is none."""
    return stated.id_header or ID_HEADERS.get(stated.signature, "")


def _github_event(event: str, body: bytes) -> str:
    """The name of an event as GitHub writes it: `check-run-completed` with the action `completed` is `check_run`.

    https://docs.github.com/en/webhooks/webhook-events-and-payloads
    """
    try:
        value = json_codec.read(body) if body else None
    except ValueError:
        value = None
    action = value.get("action") if isinstance(value, dict) else None
    words, last = WORDS.split(event), WORDS.split(action) if isinstance(action, str) and action else []
    has_action = bool(last) and len(words) > len(last) and words[-len(last) :] == last
    return "_".join(words[: -len(last)]) if has_action else event.replace("-", "_")


def fault(stated: Delivery, secret: str, fields: Mapping[str, str], body: bytes, now: float | None = None) -> str:
    """What is wrong with the signature of a delivery; empty if nothing is. Names of `fields` are in lower case."""
    now = time.time() if now is None else now
    return CHECKS[stated.signature](stated, secret, fields, body, now)


def _standard(stated: Delivery, secret: str, id: str, moment: int, body: bytes) -> Fields:
    # the library signs a text; Latin-1 would change the bytes, and UTF-8 is what JSON is sent in
    signed = _key(secret).sign(id, datetime.fromtimestamp(moment, UTC), body.decode("utf-8", "replace"))
    return [("webhook-id", id), ("webhook-timestamp", str(moment)), ("webhook-signature", signed)]


def _github(stated: Delivery, secret: str, id: str, moment: int, body: bytes) -> Fields:
    return [(_header(stated), f"sha256={_digest(secret, body)}")]


def _stripe(stated: Delivery, secret: str, id: str, moment: int, body: bytes) -> Fields:
    return [(_header(stated), f"t={moment},v1={_digest(secret, b'%d.%b' % (moment, body))}")]


SIGNERS: Mapping[str, Callable[[Delivery, str, str, int, bytes], Fields]] = {
    "standard-webhooks": _standard,
    "github": _github,
    "stripe": _stripe,
}


def _standard_fault(stated: Delivery, secret: str, fields: Mapping[str, str], body: bytes, now: float) -> str:
    try:
        _key(secret).verify(body, dict(fields), json_parse=False)
    except (standardwebhooks.WebhookVerificationError, ValueError) as wrong:
        return str(wrong)
    return ""


def _github_fault(stated: Delivery, secret: str, fields: Mapping[str, str], body: bytes, now: float) -> str:
    given = fields.get(_header(stated), "")
    expected = f"sha256={_digest(secret, body)}"
    return "" if hmac.compare_digest(given.encode(), expected.encode()) else _wrong(stated, given)


def _stripe_fault(stated: Delivery, secret: str, fields: Mapping[str, str], body: bytes, now: float) -> str:
    given = fields.get(_header(stated), "")
    parts = dict(part.partition("=")[::2] for part in given.split(","))
    moment = parts.get("t", "")
    if not moment.isdecimal():
        return _wrong(stated, given)
    if abs(now - int(moment[:12])) > TOLERANCE:
        return f"the time in {_header(stated)} is {moment}, more than {TOLERANCE} seconds from now"
    expected = _digest(secret, moment.encode() + b"." + body)
    return "" if hmac.compare_digest(parts.get("v1", "").encode(), expected.encode()) else _wrong(stated, given)


def _no_fault(stated: Delivery, secret: str, fields: Mapping[str, str], body: bytes, now: float) -> str:
    return ""


CHECKS: Mapping[str, Callable[[Delivery, str, Mapping[str, str], bytes, float], str]] = {
    "standard-webhooks": _standard_fault,
    "github": _github_fault,
    "stripe": _stripe_fault,
    "none": _no_fault,
}


def _header(stated: Delivery) -> str:
    return (stated.signature_header or HEADERS[stated.signature]).lower()


def _digest(secret: str, signed: bytes) -> str:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _wrong(stated: Delivery, given: str) -> str:
    return f"{_header(stated)} does not fit the body" if given else f"there is no {_header(stated)}"
