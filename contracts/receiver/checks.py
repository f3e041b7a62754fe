"""The checks of a receiver of webhooks."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from inspect import getdoc
from typing import Any
from urllib.parse import urlsplit

from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange
from contracts.receiver.receiver_context import ReceiverContext, Signed, is_refused, is_success
from mockserver.webhooks.sent_requests import made_secret

STANDARD = "Standard Webhooks, https://github.com/standard-webhooks/standard-webhooks"
TIMED = ("standard-webhooks", "stripe")
"""The signatures that have a time in them."""

SIGNED = (*TIMED, "github")

PARALLEL = 8
"""How many deliveries are sent at a time."""

AGE = 3600.0
"""How many seconds old the signature of a replayed delivery is."""

PIECES, PAUSE = 3, 0.1
"""In how many pieces a slow delivery comes, and the seconds between them."""


@dataclass(frozen=True, slots=True)
class ReceiverCheck:
    """A check of a receiver. `source` is where it is written that a correct one does so."""

    name: str
    run: Callable[[ReceiverContext], None]
    source: str = STANDARD

    @property
    def description(self) -> str:
        """What a correct receiver does, in one sentence."""
        return (getdoc(self.run) or "").partition("\n")[0]


def accepted(context: ReceiverContext) -> None:
    """A receiver answers a valid, signed delivery with 2xx."""
    exchange = context.send(context.signed)
    context.expect(is_success(exchange), "a valid delivery is accepted with 2xx", _status(exchange), exchange)


def signature_refused(context: ReceiverContext) -> None:
    """A receiver refuses a delivery with a wrong signature, without one, and with another body, by 4xx."""
    context.needs_signature(*SIGNED)
    context.needs_accepting()
    how = context.signed
    wrong = context.send(replace(how, secret=made_secret("not the secret of the receiver")))
    context.expect(is_refused(wrong), "a wrong signature is refused with 4xx", _status(wrong), wrong, about="wrong")
    none = context.send(replace(context.signed, without=True))
    context.expect(
        is_refused(none), "a delivery without signature is refused with 4xx", _status(none), none, about="none"
    )
    request = context.request(context.signed)
    changed = request._replace(body=(request.body or b"") + b" ")
    other = context.target.send_once(changed)
    context.expect(
        is_refused(other),
        "a body that was changed after signing is refused with 4xx",
        _status(other),
        other,
        about="body",
    )


def old_timestamp_refused(context: ReceiverContext) -> None:
    """A receiver refuses a delivery that was signed an hour ago: an attacker who captured it sends it again."""
    context.needs_signature(*TIMED)
    context.needs_accepting()
    old = context.send(replace(context.signed, aged=AGE))
    context.expect(is_refused(old), "a signature that is an hour old is refused with 4xx", _status(old), old)


def unknown_version_refused(context: ReceiverContext) -> None:
    """A receiver refuses a delivery whose only signature is of a version that it does not know."""
    context.needs_signature(*TIMED)
    context.needs_accepting()
    change = {"webhook-signature": lambda value: value.replace("v1,", "v9,")}
    header = context.sent.delivery.signature_header.lower() or "stripe-signature"
    change |= {header: lambda value: value.replace("v1=", "v9=")}
    exchange = context.send(replace(context.signed, change=change))
    context.expect(
        is_refused(exchange), "a signature of an unknown version is refused with 4xx", _status(exchange), exchange
    )


def malformed_refused(context: ReceiverContext) -> None:
    """A receiver answers a signed body that is no JSON, or not what it knows, without an error of its own (5xx)."""
    for about, body in (
        ("no JSON", b'{"type": '),
        ("another value", b"[]"),
        ("unknown event", b'{"type":"unheard.of"}'),
    ):
        exchange = context.send(context.signed, body)
        context.expect(
            exchange.status < 500,
            f"a signed body ({about}) is no error of the receiver",
            _status(exchange),
            exchange,
            about=about,
        )


def duplicate_ignored(context: ReceiverContext) -> None:
    """A receiver accepts a delivery that comes again, with the same id, and does nothing more."""
    start, how = context.probed(), context.signed
    first, began = _accepted(context, how), time.monotonic()
    before = context.settled(start)
    seconds = time.monotonic() - began
    second = context.send(how)
    time.sleep(seconds)  # as long as the effect of the first one took
    after = context.probed()
    context.expect(
        is_success(second), "a delivery that comes again is accepted", _status(second), first, second, about="status"
    )
    context.expect(
        before.reply_body == after.reply_body,
        "the second of two deliveries with one id has no effect",
        f"the probe showed {_text(before.reply_body)} before, and then {_text(after.reply_body)}",
        first,
        second,
        after,
        about="effect",
    )


def duplicates_at_once_ignored(context: ReceiverContext) -> None:
    """A receiver that gets one delivery several times at once does what it says once."""
    start = context.probed()
    _accepted(context, context.signed)
    one, how = context.settled(start), context.signed
    copies = context.together([how] * PARALLEL)
    if not any(map(is_success, copies)):
        raise CannotBuildRequest(f"none of {PARALLEL} deliveries at a time is accepted ({_status(*copies)})")
    many = context.settled(one)
    again = context.send(how)
    if context.probed().reply_body != many.reply_body:
        raise CannotBuildRequest("a delivery that comes again has an effect in any case")
    single, several = _steps(start.json, one.json), _steps(one.json, many.json)
    if not single:
        raise CannotBuildRequest("the probe shows no number that a delivery changes")
    times = max(_times(step, several.get(place, 0)) for place, step in single.items())
    shown = f"the probe showed {_text(one.reply_body)}, and then {_text(many.reply_body)}"
    context.expect(
        times < 2,
        f"{PARALLEL} copies of a delivery that come at the same time have the effect of one",
        f"they had the effect of {times:g}: {shown}",
        copies[0],
        again,
        many,
    )


def _accepted(context: ReceiverContext, how: Signed) -> RecordedExchange:
    """A delivery that was accepted. Raises CannotBuildRequest for one that was not."""
    exchange = context.send(how)
    if not is_success(exchange):
        raise CannotBuildRequest(f"a valid delivery is not accepted either (status {exchange.status})")
    return exchange


def _times(step: float, other: float) -> float:
    """How many times a step is in another one; 1 unless it is a whole number of times."""
    times = other / step
    return times if times == int(times) and 1 < times <= PARALLEL else 1


def _steps(before: Any, after: Any) -> dict[str, float]:
    """By how much each number and the length of each list in a JSON value has changed."""
    first, second = dict(_numbers(before, "")), dict(_numbers(after, ""))
    return {place: second[place] - number for place, number in first.items() if second.get(place, number) != number}


def _numbers(value: Any, place: str) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _numbers(each, f"{place}/{key}")
    elif isinstance(value, list):
        yield place, len(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield place, value


def parallel_accepted(context: ReceiverContext) -> None:
    """A receiver accepts deliveries that come at the same time."""
    context.needs_accepting()
    exchanges = context.together([context.signed for _ in range(PARALLEL)])
    bad = [each for each in exchanges if not is_success(each)]
    context.expect(
        not bad,
        f"{PARALLEL} valid deliveries at a time are accepted",
        f"{len(bad)} were not: {_status(*bad)}",
        *bad[:1],
    )


def slow_accepted(context: ReceiverContext) -> None:
    """A receiver accepts a delivery whose body comes slowly."""
    context.needs_accepting()
    status = _sent_slowly(context, context.signed)
    context.expect(200 <= status <= 299, f"a body in {PIECES} pieces, {PAUSE} s apart, is accepted", f"status {status}")


def answered_in_time(context: ReceiverContext) -> None:
    """A receiver answers within the time that the service waits, and works afterwards."""
    limit = context.sent.delivery.timeout
    began = time.monotonic()
    exchange = context.needs_accepting()
    seconds = time.monotonic() - began
    context.expect(seconds <= limit, f"an answer within {limit:g} s", f"it took {seconds:.1f} s", exchange)


def _sent_slowly(context: ReceiverContext, how: Signed) -> int:
    """The status of the answer to a delivery in pieces; 0 if the connection broke."""
    request, parts = context.request(how), urlsplit(context.target.base_url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=context.target.timeout)
    body: bytes = request.body or b""
    size = max(1, -(-len(body) // PIECES))
    try:
        connection.putrequest(request.method, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        for name, value in (*request.headers, ("content-length", str(len(body)))):
            connection.putheader(name, value)
        connection.endheaders()
        for start in range(0, len(body), size):
            connection.send(body[start : start + size])
            time.sleep(PAUSE)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _status(*exchanges: object) -> str:
    return ", ".join(f"status {getattr(each, 'status', 0)}" for each in exchanges)


def _text(body: bytes) -> str:
    return body[:200].decode("utf-8", "replace")


AT_LEAST_ONCE = "a delivery is repeated until it is answered with 2xx (docs/webhooks.md)"

RECEIVER_CHECKS = (
    ReceiverCheck("receiver-accepts", accepted),
    ReceiverCheck("receiver-signature", signature_refused),
    ReceiverCheck("receiver-old-timestamp", old_timestamp_refused),
    ReceiverCheck("receiver-unknown-version", unknown_version_refused),
    ReceiverCheck("receiver-malformed", malformed_refused, "RFC 9110 section 15.5 (a client's mistake is a 4xx)"),
    ReceiverCheck("receiver-duplicate", duplicate_ignored, AT_LEAST_ONCE),
    ReceiverCheck("receiver-duplicates-at-once", duplicates_at_once_ignored, AT_LEAST_ONCE),
    ReceiverCheck("receiver-parallel", parallel_accepted, AT_LEAST_ONCE),
    ReceiverCheck("receiver-slow", slow_accepted, "RFC 9112 section 6 (a body may come in parts)"),
    ReceiverCheck("receiver-in-time", answered_in_time, AT_LEAST_ONCE),
)
"""In the order in which they run."""
