"""What a check of a receiver works with: it sends deliveries as the service would, and reports what is wrong."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from contracts.client.request_builder import CannotBuildRequest
from contracts.client.target import Request, Target
from contracts.model.finding import Finding, RecordedExchange, StatementRef, finding
from mockserver.contract import Contract
from mockserver.errors import MockServerError, Unanswerable
from mockserver.openapi.outgoing_requests import OutgoingRequest
from mockserver.webhooks import signature
from mockserver.webhooks.filled_body import Facts
from mockserver.webhooks.message_ids import message_id
from mockserver.webhooks.message_maker import MessageMaker
from mockserver.webhooks.sent_requests import SentRequests

NAMED = "webhook"
"""The method in the names of what is examined: `webhook order.created`."""


SETTLING, PROBING = 2.0, 0.05
"""For how many seconds the effect of a delivery is waited for, and the seconds between two looks at the probe."""


class ReceiverError(MockServerError):
    """A receiver cannot be examined; the text says why."""


@dataclass(frozen=True, slots=True)
class ReceiverSettings:
    """What is examined: the `url` of the receiver, and the secret that it verifies signatures with.

    `probe` is an address whose response shows what deliveries have done; without one, it is unknown whether a
    duplicate has an effect.
    """

    url: str
    secret: str = ""
    probe: str = ""

    def check(self) -> None:
        """Raise ReceiverError for an address that cannot be used."""
        for option, url in (("--receiver", self.url), ("--probe", self.probe)):
            parts = urlsplit(url)
            if url and (parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc):
                raise ReceiverError(f"{option} {url!r}: write an address such as http://127.0.0.1:9000/hooks")


@dataclass(frozen=True, slots=True)
class Signed:
    """A delivery by its id, when it was `made`, and how it is signed; the defaults are right.

    The signature is `aged` seconds old. `change` are functions that change header fields after signing.
    """

    secret: str
    id: str
    made: float
    aged: float = 0.0
    without: bool = False
    change: Mapping[str, Any] = field(default_factory=dict)


class ReceiverContext:
    """One check of a receiver for one webhook. Violations become `findings`; `compared` counts what was compared."""

    def __init__(
        self,
        contract: Contract,
        sent: SentRequests,
        maker: MessageMaker,
        target: Target,
        settings: ReceiverSettings,
        hook: OutgoingRequest,
        check: tuple[str, StatementRef],
        seed: int,
    ) -> None:
        self.contract, self.sent, self.target, self.settings, self.hook = contract, sent, target, settings, hook
        self._maker, self._seed, (self.check, self.statement) = maker, seed, check
        self.findings: list[Finding] = []
        self.compared = 0
        self._number = 0

    @property
    def style(self) -> str:
        """How deliveries are signed."""
        return self.sent.delivery.signature

    @property
    def signed(self) -> Signed:
        """The right signature of a new delivery."""
        self._number += 1
        id = f"msg_{self.check.replace('-', '')}{self._seed}{time.time_ns():x}{self._number}"
        stated = self.sent.delivery
        if stated.signature in signature.UUID_STYLES or self._maker.shows_uuid(self.hook, signature.id_header(stated)):
            id = message_id(id, is_uuid=True)
        return Signed(self.settings.secret or self.sent.secret, id, time.time())

    def request(self, how: Signed, body: bytes | None = None) -> Request:
        """A delivery. Raises CannotBuildRequest if no valid body can be made."""
        sample = self._sample()
        facts = Facts(self.hook.name, sample[1], how.made, how.id, sample[0], sample[2], sample[2].get("id"))
        try:
            message = self._maker.message(self.hook, facts, f"{self._seed}/{how.id}")
        except Unanswerable as fault:
            raise CannotBuildRequest(fault.message) from None
        content = message.body if body is None else body
        headers = dict(message.headers)
        if not how.without:
            moment = time.time() - how.aged
            headers |= dict(
                signature.headers(self.sent.delivery, how.secret, how.id, self.hook.name, moment, content or b"")
            )
        headers |= {name: change(headers[name]) for name, change in how.change.items() if name in headers}
        query = tuple(tuple(pair.split("=", 1)) for pair in message.query.split("&") if "=" in pair)
        return Request(message.method, "", query, tuple(headers.items()), content)  # type: ignore[arg-type]  # pairs

    def _sample(self) -> tuple[str, str, dict[str, Any]]:
        """The resource, the change and an item that a delivery tells of."""
        stated = next(iter(self.sent.statements_of(self.hook.name)), None)
        if stated is None:
            return "", "updated", {}
        return stated.of, next(iter(stated.changes), "updated"), dict(stated.when)

    def send(self, how: Signed, body: bytes | None = None) -> RecordedExchange:
        """Send a delivery."""
        return self.target.send_once(self.request(how, body))

    def together(self, many: Iterable[Signed]) -> list[RecordedExchange]:
        """Send deliveries in parallel."""
        return self.target.send_together([(self.request(each), self.target.users[0]) for each in many])

    def probed(self) -> RecordedExchange:
        """What the probe shows. Raises CannotBuildRequest without one, or if it does not answer with success."""
        if not self.settings.probe:
            raise CannotBuildRequest("only --probe URL tells whether a delivery has an effect")
        with Target.http(self.settings.probe, verify=self.target.verify) as probe:
            exchange = probe.send_once(Request("GET", ""))
        if not 200 <= exchange.status <= 299:
            raise CannotBuildRequest(f"the probe answers {exchange.status}")
        return exchange

    def settled(self, before: RecordedExchange) -> RecordedExchange:
        """What the probe shows once a delivery had its effect: many receivers answer first and work afterwards.

        Raises CannotBuildRequest where it does not change, or changes all the time: then it tells nothing.
        """
        end, last = time.monotonic() + SETTLING, before
        while time.monotonic() < end:
            now = self.probed()
            if now.reply_body == last.reply_body != before.reply_body:
                return now
            last = now
            time.sleep(PROBING)
        if last.reply_body == before.reply_body:
            raise CannotBuildRequest("the probe shows the same before and after a delivery")
        raise CannotBuildRequest("the probe shows something else each time")

    def expect(self, holds: bool, expected: str, seen: str, *exchanges: RecordedExchange, about: str = "") -> bool:
        """Report a violation unless it holds."""
        self.compared += 1
        if not holds:
            self.findings.append(
                finding(
                    self.check,
                    f"{NAMED} {self.hook.name}",
                    expected=expected,
                    seen=seen,
                    about=about,
                    statement=self.statement,
                    exchanges=exchanges,
                )
            )
        return holds

    def needs_accepting(self) -> RecordedExchange:
        """A valid delivery that is accepted. Raises CannotBuildRequest where it is not: then a refusal says nothing."""
        exchange = self.send(self.signed)
        if not is_success(exchange):
            raise CannotBuildRequest(f"a valid delivery is not accepted either (status {exchange.status})")
        return exchange

    def needs_signature(self, *styles: str) -> None:
        """Raise CannotBuildRequest for a service that does not sign in one of these ways."""
        if self.style not in styles:
            raise CannotBuildRequest(f"the service signs by {self.style!r}, which has no such thing")


def is_success(exchange: RecordedExchange) -> bool:
    """Did the receiver take it?"""
    return 200 <= exchange.status <= 299


def is_refused(exchange: RecordedExchange) -> bool:
    """Did the receiver refuse it as the sender's mistake (RFC 9110 section 15.5)?"""
    return 400 <= exchange.status <= 499
