"""A server on a raw socket whose responses are broken, too large or never end, one kind for each instance."""

from __future__ import annotations

import asyncio
import gzip
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from itertools import chain, repeat

Chunks = Iterator[bytes]

MEGABYTE = b" " * 1_000_000
JSON = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n"
EVENTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


def reply(body: bytes, *fields: str, status: str = "200 OK") -> bytes:
    """A response with a JSON body and its length."""
    lines = [
        f"HTTP/1.1 {status}",
        "Connection: close",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    lines += fields
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def streamed(parts: Chunks, *fields: str) -> Chunks:
    """A response in chunks (RFC 9112 section 7.1)."""
    head = ["HTTP/1.1 200 OK", "Content-Type: application/json", "Transfer-Encoding: chunked", *fields, "", ""]
    yield "\r\n".join(head).encode()
    yield from (b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
    yield b"0\r\n\r\n"


@cache
def packed(layers: int) -> bytes:
    """Six times the size that is read, in a fifth of a megabyte, or by more layers of gzip in some kilobytes."""
    packer = zlib.compressobj(9, wbits=31)
    body = b"".join([*(packer.compress(MEGABYTE) for _ in range(200)), packer.flush()])
    for _ in range(1, layers):
        body = gzip.compress(body)
    return reply(body, "Content-Encoding: " + ", ".join(["gzip"] * layers))


def once(body: bytes, *fields: str, **more: str) -> Callable[[], Chunks]:
    return lambda: iter([reply(body, *fields, **more)])


def text(written: str) -> Callable[[], Chunks]:
    return lambda: iter([written.encode("latin-1")])


KINDS: dict[str, Callable[[], Chunks]] = {
    "invalid UTF-8": once(b'{"id":"\xff\xfe"}'),
    "half a surrogate pair": once(b'{"id":"\\ud800","\\udfff":1}'),
    "nested 300 deep": once(b"[" * 300 + b"]" * 300),
    "nested 100,000 deep": once(b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "numbers": once(b'{"id":1e400,"n":' + b"7" * 5_000 + b',"m":NaN}'),
    "control characters": once(b'{"id":"\\u0000\\u001b[31m\\u0007\x1b[2J\x00","\\u001b]0;title\\u0007":1}'),
    "no gzip": once(b'{"id":"1"}', "Content-Encoding: gzip"),
    "cut gzip": once(gzip.compress(b'{"id":"1"}' * 1_000)[:-20], "Content-Encoding: gzip"),
    "gzip bomb": lambda: iter([packed(1)]),
    "double gzip bomb": lambda: iter([packed(2)]),
    "too little": text(JSON + "Content-Length: 900\r\n\r\n{}"),
    "too much": text(JSON + "Content-Length: 2\r\n\r\n{}HTTP/1.1 500 A\r\n\r\n"),
    "invalid length": text(JSON + "Content-Length: -5\r\n\r\n{}"),
    "invalid chunk": text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
    "invalid field": text("HTTP/1.1 200 OK\r\nX: a\0b\r\nno colon\r\nContent-Length: 2\r\n\r\n{}"),
    "injected field": text("HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b=c\x1b[31m\r\nContent-Length: 2\r\n\r\n{}"),
    "odd fields": once(b"{}", "Retry-After: \xb2", "Set-Cookie: =;;=",
                       "Link: <http://[>; rel=next", "Location: http://[::1", status="429 A"),
    "unknown charset": text(JSON.replace("json", "json; charset=nothing") + "Content-Length: 2\r\n\r\n{}"),
    "invalid location": once(b"", "Location: http://[::1", status="302 Found"),
    "status 999": once(b"{}", status="999 \x1b[31mRed"),
    "status 000": once(b"{}", status="000 A"),
    "no HTTP": text("SSH-2.0-OpenSSH_9.2\r\n"),
    "nothing": text(""),
    "redirects": once(b"", "Location: /things?again=1", status="307 Temporary Redirect"),
    "interim responses": lambda: repeat(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 1_000),
    "continue": lambda: repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000),
    "endless head": lambda: chain([b"HTTP/1.1 200 OK\r\n"], repeat(b"X: " + b"a" * 1_000 + b"\r\n")),
    "endless field": lambda: chain([b"HTTP/1.1 200 OK\r\nX: "], repeat(b"a" * 10_000)),
    "300 MB": lambda: chain([b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 300000000\r\n\r\n"],
                            repeat(MEGABYTE, 300)),
    "endless body": lambda: streamed(repeat(MEGABYTE)),
    "HTTP/1.0": text("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n[]"),
    "no length": text(JSON + "\r\n[]"),
    "two lengths": text(JSON + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n[]"),
    "length and chunks": text(JSON + "Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n"),
    "interim and final": lambda: iter([b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n", reply(b"[]")]),
    "trailers": text(JSON + "Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\nX-Sum: 7\r\n\r\n"),
    "large field": once(b"[]", "X: " + "a" * 60_000),
    "too large field": once(b"[]", "X: " + "a" * 200_000),
    "many cookies": once(b"[]", *(f"Set-Cookie: c{n}=1" for n in range(2_000))),
    "unknown coding": once(b"[]", "Content-Encoding: br"),
    "endless events": lambda: chain([EVENTS], repeat(b":" * 1_000_000)),
}  # fmt: skip
"""Responses by what is wrong with them."""

SLOW: dict[str, bytes] = {
    "slow body": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n",
    "slow head": b"HTTP/1.1 200 OK\r\nX: ",
}
"""Responses that begin so and go on with a byte each half second."""


@contextmanager
def hostile(kind: str) -> Iterator[str]:
    """The address of a server whose responses are of a kind."""
    if kind.endswith("bomb"):
        list(KINDS[kind]())  # it takes seconds to make
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(lambda *pair: _serve(kind, *pair), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


async def _serve(kind: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        await reader.readexactly(length)
        if kind in SLOW:
            writer.write(SLOW[kind])
            while True:
                writer.write(b"1")
                await writer.drain()
                await asyncio.sleep(0.5)
        for part in KINDS[kind]():
            writer.write(part)
            await writer.drain()
    with suppress(RuntimeError):
        writer.close()
