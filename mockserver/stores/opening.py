"""Opens the shared log that an address names."""

from __future__ import annotations

import pkgutil
from importlib.util import find_spec
from pathlib import Path

from mockserver.errors import LogUnavailable
from mockserver.state.shared_log import SharedLog
from mockserver.stores.sqlite_log import Durability, SqliteLog

REDIS = ("redis://", "rediss://", "unix://")
"""How the address of a Redis or Valkey server begins: by TCP, by TLS, or by a Unix socket."""


def open_log(address: str, durability: Durability = "process", life: bytes = b"") -> SharedLog:
    """The log at `address`: a file, or a Redis or Valkey server. Raises a LogError when it cannot be used.

    With the `life_of` the server it is the same one as then, with the same data, or raises LogLost.
    """
    if address.startswith(REDIS):
        return _redis_log(address, life)
    if "://" in address:
        raise LogUnavailable(f"{address} is no store: name a file, or {', '.join(f'{each}…' for each in REDIS)}")
    return SqliteLog(Path(address), durability)


def life_of(address: str) -> bytes:
    """By what a server is noticed that lost everything; empty for a file. Raises a LogError."""
    if not address.startswith(REDIS):
        return b""
    log = _redis_log(address, b"")
    life: bytes = getattr(log, "life", b"")
    log.close()
    return life


def _redis_log(address: str, life: bytes) -> SharedLog:
    """Its client is loaded only where it is used."""
    if find_spec("redis") is None:
        raise LogUnavailable("a store on a Redis server needs redis: pip install 'mockserver[redis]'")
    log: SharedLog = pkgutil.resolve_name("mockserver.stores.redis_log:RedisLog")(address, life)
    return log
