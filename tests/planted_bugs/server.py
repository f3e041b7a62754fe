"""The base of the planted servers: a small ASGI application. It imports no code that it helps to test."""

from __future__ import annotations

import asyncio
import copy
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import parse_qsl, unquote


@dataclass(frozen=True)
class Bug:
    """One realistic bug: its class and a description."""

    area: str
    says: str


@dataclass
class Ask:
    """A request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes
    params: dict[str, str]

    @property
    def bearer(self) -> str:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token if scheme.lower() == "bearer" else ""


@dataclass
class Answer:
    """A response. `body` is a JSON value, None for no body, or a text or bytes for another media type."""

    status: int
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = "application/json"


class Refused(Exception):
    """Ends a request with an error response."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


Handler = Callable[[Ask], Awaitable[Answer]]


class Server:
    """A server with at most one bug. `has` is called at the line where the bug would be."""

    BUGS: ClassVar[Mapping[str, Bug]] = {}

    def __init__(self, bug: str = "") -> None:
        if bug and bug not in self.BUGS:
            raise KeyError(bug)
        self.bug, self.skew = bug, 0.0
        self.routes: list[tuple[re.Pattern[str], dict[str, Handler]]] = []

    def has(self, bug: str) -> bool:
        assert bug in self.BUGS, bug
        return self.bug == bug

    def route(self, path: str, **handlers: Handler) -> None:
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)
        self.routes.append((re.compile(pattern), handlers))

    def now(self) -> float:
        return time.time() + self.skew

    def advance(self, seconds: float) -> None:
        """Advance the clock, for a client that waits."""
        self.skew += seconds

    def stamp(self) -> str:
        moment = datetime.fromtimestamp(self.now(), UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        answer = await self.answer(await read(scope, receive))
        written = answer.body if isinstance(answer.body, bytes) else str(answer.body).encode()
        written = json.dumps(answer.body).encode() if "json" in answer.media_type else written
        body = b"" if answer.body is None else written
        headers = [(k.lower().encode(), v.encode()) for k, v in answer.headers]
        if answer.body is not None:
            headers.append((b"content-type", answer.media_type.encode()))
        if answer.status == 401:
            headers.append((b"www-authenticate", b"Bearer"))
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def answer(self, ask: Ask) -> Answer:
        for pattern, handlers in self.routes:
            match = pattern.fullmatch(ask.path)
            if match:
                handler = handlers.get(ask.method)
                if handler is None:
                    return self.no_method(ask, sorted(handlers))
                ask.params = {name: unquote(value) for name, value in match.groupdict().items()}
                try:
                    return await handler(ask)
                except Refused as refused:
                    return refused.answer
        return self.no_path(ask)

    def no_path(self, ask: Ask) -> Answer:
        raise NotImplementedError

    def no_method(self, ask: Ask, allowed: list[str]) -> Answer:
        raise NotImplementedError


async def read(scope: Any, receive: Any) -> Ask:
    raw = b""
    while True:
        message = await receive()
        raw += message.get("body", b"")
        if not message.get("more_body"):
            break
    headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1").split("?")[0]
    return Ask(scope["method"], path, query, headers, raw, {})


def integer(text: str) -> int | None:
    """A parameter as an integer, or None. `int` alone would also accept "²", "1_0" and " 1"."""
    return int(text) if re.fullmatch(r"-?[0-9]{1,4000}", text) else None


async def elsewhere() -> None:
    """Yield to other requests, as a real server does while it waits for its database."""
    await asyncio.sleep(0)


fresh = copy.deepcopy
