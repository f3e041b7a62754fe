"""The connection to a Redis or Valkey server: bounded in time, and given up at once while the server is away."""

from __future__ import annotations

import logging
import secrets
from hashlib import sha1
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from mockserver.errors import LogError, LogLost, LogMismatch, LogUnavailable
from mockserver.printed_text import masked

log = logging.getLogger("mockserver")

CONNECT_SECONDS = 1.0
ANSWER_SECONDS = 2.0
"""How long a connection and an answer may take. A request waits that long at most, and only the first one."""

PAUSES = (0.05, 0.1, 0.2, 0.5)
"""Seconds before the next tries to reach a server that is away; then the last one again and again."""

FORMAT = 1
"""The version of the keys and of what they have."""

REASONS = (
    ("HELLO must be called with", "it wants a password. Put :PASSWORD@ before the host in the address"),
    ("invalid username-password", "the user or the password in the address is wrong"),
    ("certificate verify failed", "its certificate is not trusted. Name one that is: rediss://HOST?ssl_ca_certs=FILE"),
)
"""What is said for what the client says."""

PREFIX = "mock"
"""How all keys begin, unless the address has `?prefix=…`."""


class RedisServer:
    """Sends commands. While the server is away, `call` raises at once; a thread tries to reach it again.

    The server keeps a random number from the first use on, by which one is noticed that lost everything.
    """

    def __init__(self, address: str, life: bytes = b"") -> None:
        """Raises LogUnavailable if the server cannot be reached, LogMismatch if it cannot be used.

        `life` is the number that the server must have; without one it may be new. Raises LogLost if it has another.
        """
        self.place = masked(address)
        self._address, self.prefix = _without_prefix(address)
        self.about = f"{self.prefix}:about"
        self.life = life
        self._fault: LogError | None = None
        self._closed = Event()
        self._client: Any = None
        self._reconnect()

    def call(self, *command: Any, again: bool = False) -> Any:
        """The answer to a command. `again` says that it does no harm to send it twice. Raises a LogError."""
        if self._fault is not None:
            raise self._fault
        try:
            return self._client.execute_command(*command)
        except redis.exceptions.NoScriptError:
            raise
        except redis.ResponseError as fault:
            raise self._error(fault) from fault
        except redis.RedisError as fault:
            # A server closes connections that were not used for long, and when it restarts.
            if not again or not isinstance(fault, redis.ConnectionError):
                raise self._gone(self._error(fault)) from fault
        return self._call_on_new_connection(*command)

    def run(self, script: str, keys: list[str], *arguments: Any, again: bool = False) -> Any:
        """The answer of a script; the server keeps it after the first time."""
        name = sha1(script.encode(), usedforsecurity=False).hexdigest()
        try:
            return self.call("EVALSHA", name, len(keys), *keys, *arguments, again=again)
        except redis.exceptions.NoScriptError:
            return self.call("EVAL", script, len(keys), *keys, *arguments, again=again)

    def check(self) -> None:
        """Raise LogLost if the server no longer has what it had."""
        found = self.call("HGET", self.about, "life", again=True)
        if found != self.life:
            raise self._gone(self._lost())

    def close(self) -> None:
        """Close the connection, and stop trying to reach a server that is away."""
        self._closed.set()
        self._client.close()

    def _call_on_new_connection(self, *command: Any) -> Any:
        try:
            self._reconnect()
            return self._client.execute_command(*command)
        except redis.exceptions.NoScriptError:
            raise
        except redis.RedisError as fault:
            raise self._gone(self._error(fault)) from fault
        except LogError as fault:
            raise self._gone(fault) from None

    def _reconnect(self) -> None:
        """Make a connection to the same server with the same data. Raises a LogError."""
        try:
            client = _client(self._address)
        except (redis.RedisError, ValueError, OSError) as fault:
            raise self._error(fault) from fault
        try:
            life = self._examine(client)
        except (redis.RedisError, OSError) as fault:
            client.close()
            raise self._error(fault) from fault
        except LogError:
            client.close()
            raise
        before, self._client, self.life = self._client, client, life
        if before is not None:
            before.close()

    def _examine(self, client: Any) -> bytes:
        """The random number of the server, which is made at the first use. Raises LogLost or LogMismatch."""
        if not self.life:
            _refuse_eviction(client, self.place)
            client.hsetnx(self.about, "life", secrets.token_hex(16))
            client.hsetnx(self.about, "format", FORMAT)
        life, version = client.hmget(self.about, "life", "format")
        if life is None or life != (self.life or life):
            raise self._lost()
        if int(version or 0) > FORMAT:
            raise LogMismatch(
                f"{self.place} was written by a newer version of mockserver: format {int(version)}, this one reads up"
                f" to {FORMAT}. Use that version, or another `?prefix=`."
            )
        found: bytes = life
        return found

    def _gone(self, fault: LogError) -> LogError:
        """Note that the server cannot be used, and begin to try it again."""
        if self._fault is None and not self._closed.is_set():
            log.error("%s", fault)
            self._fault = fault
            Thread(target=self._return, name="mockserver-redis", daemon=True).start()
        return fault

    def _return(self) -> None:
        tries = 0
        while not self._closed.wait(PAUSES[min(tries, len(PAUSES) - 1)]):
            tries += 1
            try:
                self._reconnect()
            except LogError as fault:
                if type(fault) is not type(self._fault):
                    log.error("%s", fault)  # noqa: TRY400  # the message says all
                self._fault = fault
            else:
                log.warning("%s can be used again", self.place)
                self._fault = None
                return

    def _error(self, fault: Exception) -> LogUnavailable:
        said = str(fault) or type(fault).__name__
        reason = next((ours for theirs, ours in REASONS if theirs in said), said)
        return LogUnavailable(f"{self.place} cannot be used: {reason}")

    def _lost(self) -> LogLost:
        return LogLost(
            f"{self.place} has lost what it had: it was emptied, or restarted without its data."
            " Bring the data back, or restart mockserver to begin anew."
        )


def _client(address: str) -> Any:
    """A client with one connection that never sends a command twice by itself."""
    pool = redis.ConnectionPool.from_url(
        address,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    return redis.Redis(connection_pool=pool, single_connection_client=True)


def _refuse_eviction(client: Any, place: str) -> None:
    """Raise LogMismatch for a server that deletes keys of any kind when its memory is full."""
    try:
        policy = client.info("memory").get("maxmemory_policy", "")
    except redis.exceptions.NoPermissionError:
        return
    if policy.startswith("allkeys-"):
        raise LogMismatch(
            f"{place} deletes data when its memory is full (maxmemory-policy {policy}); it must have noeviction"
        )


def _without_prefix(address: str) -> tuple[str, str]:
    """The address without the parameter `prefix`, and how the keys begin."""
    place, _, text = address.partition("?")
    query = dict(parse_qsl(text))
    prefix = query.pop("prefix", PREFIX)
    return f"{place}?{urlencode(query)}" if query else place, prefix
