"""Faults of networks and of broken servers, each by its kind (schema `Fault` of the admin API)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mockserver.web.control.delivery_faults import FAULTS, SCOPE_KEY
from mockserver.web.control.overrides.answer import AnsweredRequest, PassedOn
from mockserver.web.exchange import Exchange, OutgoingResponse
from mockserver.web.serving.connection_faults import ConnectionFault, Piece
from mockserver.web.trace import TRACE, Trace

SLICES = 10
"""Into how many pieces a second the body of a slow response is cut."""

CONTENT_LENGTH = b"content-length"


class FaultBefore(PassedOn):
    """The connection breaks before the request is handled: nothing is changed."""

    def __init__(self, name: str, *, is_reset: bool = False) -> None:
        self.name, self._is_reset = name, is_reset

    async def before(self, answered: AnsweredRequest) -> OutgoingResponse | None:
        raise ConnectionFault(f"{self.name}: the request was not handled", is_reset=self._is_reset)


class LostReply(PassedOn):
    """The request is handled, its changes are kept, and the connection breaks before a response is sent."""

    name = "lost-reply"

    def after(self, answered: AnsweredRequest, exchange: Exchange) -> None:
        exchange.response = None
        exchange.fault = ConnectionFault("lost-reply: the request was handled, the response is lost")


Damage = Callable[[int, bytes, bytes], ConnectionFault]
"""From the status, the encoded header lines and the body of a response to how the connection breaks."""


class DamagedResponse(PassedOn):
    """The request is handled; its response does not arrive as it should."""

    def __init__(self, name: str, damage: Damage) -> None:
        self.name, self._damage = name, damage

    def after(self, answered: AnsweredRequest, exchange: Exchange) -> None:
        response = exchange.response
        if response is None or exchange.streamed:
            answered.note(f"no {self.name}: the response was being sent already")
            return
        body = b"" if answered.request.method == "HEAD" else response.body
        exchange.fault = fault = self._damage(response.status, response.encoded_headers, body)
        if not fault.is_whole:
            answered.note(str(fault))


class StaleRead(PassedOn):
    """A read shows what was stored some changes ago, as far back as the changes are kept."""

    name = "stale-read"

    def __init__(self, changes: int) -> None:
        self._changes = changes

    async def before(self, answered: AnsweredRequest) -> OutgoingResponse | None:
        log, scope = answered.namespace.log, answered.request.incoming.scope
        if log is not None and answered.request.method in ("GET", "HEAD"):
            oldest = log.revision - len(log.commits)
            revision = max(oldest, log.revision - self._changes)
            answered.note(f"read as of the revision {revision}")
            scope["headers"] = [*(p for p in scope["headers"] if p[0] != b"mock-at"), (b"mock-at", b"%d" % revision)]
        return None


class DeliveryFault(PassedOn):
    """What the request causes to be sent, webhooks and callbacks, does not arrive as it should."""

    def __init__(self, fault: Mapping[str, Any]) -> None:
        self.name, self._fault = fault["kind"], fault

    async def before(self, answered: AnsweredRequest) -> OutgoingResponse | None:
        answered.request.incoming.scope[SCOPE_KEY] = self._fault
        return None


class DuplicateDelivery(PassedOn):
    """The request is handled twice, as by a proxy that sent it again; the client gets the second response."""

    name = "duplicate"

    async def before(self, answered: AnsweredRequest) -> OutgoingResponse | None:
        await asyncio.sleep(0)  # from here on in a Task, which functions of the user may need
        incoming = answered.request.incoming
        messages = [{"type": "http.request", "body": incoming.body, "more_body": False}]

        async def receive() -> Any:
            return messages.pop() if messages else {"type": "http.disconnect"}

        statuses: list[int] = []

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        trace: Trace = incoming.scope[TRACE]  # of both: what the first causes to be sent names the same entry
        await answered.app({**incoming.scope, "extensions": {}}, receive, send)
        answered.commits, trace.reasons = trace.commits, ()
        answered.note(f"handled once before, with the status {statuses[0] if statuses else 'none'}")
        return None

    def after(self, answered: AnsweredRequest, exchange: Exchange) -> None:
        """Tell the journal the changes of both."""
        exchange.trace.commits = (*answered.commits, *exchange.trace.commits)


def cut(fraction: float) -> Damage:
    """Send this part of the body; without a body, half of the head."""

    def damage(status: int, fields: bytes, body: bytes) -> ConnectionFault:
        sent = body[: int(len(body) * fraction)]
        message = f"cut after {len(sent)} of {len(body)} bytes of the body"
        return ConnectionFault(message, (status, fields), [(0.0, sent)] if sent else (), cuts_head=not body)

    return damage


def slow(rate: int) -> Damage:
    """Send the body with so many bytes a second."""

    def damage(status: int, fields: bytes, body: bytes) -> ConnectionFault:
        return ConnectionFault("slow", (status, fields), list(_slices(body, rate)), is_whole=True)

    return damage


def _slices(body: bytes, rate: int) -> Iterator[Piece]:
    size = max(1, rate // SLICES)
    return ((size / rate, body[start : start + size]) for start in range(0, len(body), size))


def malformed_chunk(status: int, fields: bytes, body: bytes) -> ConnectionFault:
    """Send half of the body as one chunk (RFC 9112 section 7.1), and then what is none."""
    half = body[: len(body) // 2]
    chunk = b"%x\r\n%b\r\n" % (len(half), half) if half else b""
    changed = _without_length(fields) + b"transfer-encoding: chunked\r\n"
    return ConnectionFault("a chunk is malformed", (status, changed), [(0.0, chunk + b"not a size\r\n")])


def wrong_length(status: int, fields: bytes, body: bytes) -> ConnectionFault:
    """Announce one byte less than the body has; without a body, one byte that does not come."""
    length = len(body) - 1 if body else 1
    changed = _without_length(fields) + b"content-length: %d\r\n" % length
    message = f"content-length says {length} of {len(body)} bytes"
    return ConnectionFault(message, (status, changed), [(0.0, body)] if body else ())


def _without_length(fields: bytes) -> bytes:
    lines = fields.split(b"\r\n")[:-1]
    return b"".join(line + b"\r\n" for line in lines if not line.lower().startswith(CONTENT_LENGTH))


SIMPLE: Mapping[str, Callable[[Mapping[str, Any]], PassedOn]] = {
    "lost-request": lambda fault: FaultBefore("lost-request"),
    "empty-reply": lambda fault: FaultBefore("empty-reply"),
    "reset": lambda fault: FaultBefore("reset", is_reset=True),
    "lost-reply": lambda fault: LostReply(),
    "cut": lambda fault: DamagedResponse("cut", cut(fault.get("fraction", 0.5))),
    "malformed-chunk": lambda fault: DamagedResponse("malformed-chunk", malformed_chunk),
    "slow": lambda fault: DamagedResponse("slow", slow(fault.get("bytes_per_second", 1_000))),
    "wrong-length": lambda fault: DamagedResponse("wrong-length", wrong_length),
    "stale-read": lambda fault: StaleRead(fault.get("requests", 1)),
    "duplicate": lambda fault: DuplicateDelivery(),
    **dict.fromkeys(FAULTS, DeliveryFault),
}
"""The faults that need nothing but their own description, by their kind."""
