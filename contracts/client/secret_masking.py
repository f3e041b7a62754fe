"""Recorded exchanges without secrets: a placeholder takes the place of every credential."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from urllib.parse import quote, quote_plus

from contracts.client.secret_digests import digests
from contracts.client.transport import Headers, ReceivedResponse, SentRequest
from contracts.client.user import User
from contracts.model.finding import RecordedExchange

AFTER_SCHEME = re.compile(r"(?i)(?:basic|bearer|token|apikey|digest|jwt)\s+(\S+)")
"""A credential that follows the name of its authentication scheme (RFC 9110 section 11.4)."""


PUBLIC_HEADERS = frozenset(
    {"accept", "accept-language", "content-type", "host", "origin", "prefer", "referer", "user-agent"}
)
"""Headers that contain no secrets. Their values also occur in responses, where a placeholder would hide what is
checked.
"""


SHORTEST_SECRET = 6
"""A shorter header value is replaced in that header only: elsewhere the same text may mean something else."""


def secrets_of(headers: Headers) -> tuple[str, ...]:
    """The secrets in headers: the whole value, or the part after the name of an authentication scheme."""
    values = [value.strip() for name, value in headers if name.lower() not in PUBLIC_HEADERS]
    found = [AFTER_SCHEME.fullmatch(value) for value in values]
    bare = [match[1] if match else value for match, value in zip(found, values, strict=True)]
    return tuple(value for value in bare if len(value) >= SHORTEST_SECRET)


def _digests(secret: str, placeholder: str) -> dict[str, str]:
    return digests(secret, placeholder) if len(secret) >= SHORTEST_SECRET else {}


def _in_urls(secret: str) -> set[str]:
    """The forms of a secret in URLs, where spaces, slashes and some other characters are encoded."""
    return {quote(secret), quote(secret, safe=""), quote_plus(secret), quote_plus(secret, safe="/")}


def text_masking(users: Sequence[User]) -> Callable[[str], str]:
    """A function that replaces every secret of the users in a text by its placeholder."""
    secrets = _secrets(users)
    pattern = re.compile("|".join(re.escape(s) for s in sorted(secrets, key=len, reverse=True))) if secrets else None
    return lambda text: pattern.sub(lambda match: secrets[match.group()], text) if pattern else text


def _secrets(users: Sequence[User]) -> dict[str, str]:
    """Every form of the secrets, with its placeholder."""
    plain = {value: name for user in reversed(users) for value, name in user.placeholders.items()}
    digested = {d: shown for value, name in plain.items() for d, shown in _digests(value, name).items()}
    return digested | {form: name for value, name in plain.items() for form in _in_urls(value)} | plain


def masking(
    users: Sequence[User], *, verify: bool = True
) -> Callable[[SentRequest, ReceivedResponse], RecordedExchange]:
    """A function that makes a RecordedExchange and replaces every secret of the users by its placeholder.

    Without `verify`, requests over TLS were sent whatever the certificate.
    """
    masked, needles = text_masking(users), [secret.encode() for secret in _secrets(users)]

    short = {
        pair: "${" + each.variable + "}"
        for each in users
        for pair in each.headers
        if pair[0].lower() not in PUBLIC_HEADERS and len(pair[1].strip()) < SHORTEST_SECRET
    }

    def masked_bytes(body: bytes) -> bytes:
        if not any(needle in body for needle in needles):
            return body
        return masked(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")

    def write(sent: SentRequest, received: ReceivedResponse) -> RecordedExchange:
        return RecordedExchange(
            method=sent.method,
            url=masked(sent.url),
            status=received.status,
            headers=tuple((name, short.get((name, value)) or masked(value)) for name, value in sent.headers),
            body=masked_bytes(sent.body) if sent.body is not None else None,
            reply_headers=tuple((name, masked(value)) for name, value in received.headers),
            reply_body=masked_bytes(received.body),
            insecure=not verify and sent.url.startswith("https:"),
        )

    return write
