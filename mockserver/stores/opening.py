"""Opens the shared log that an address names."""

from __future__ import annotations

from pathlib import Path

from mockserver.errors import LogUnavailable
from mockserver.state.shared_log import SharedLog
from mockserver.stores.sqlite_log import Durability, SqliteLog


def open_log(address: str, durability: Durability = "process") -> SharedLog:
    """The log at `address`: a file. Raises a LogError when it cannot be used."""
    if "://" in address:
        raise LogUnavailable(f"{address} is no store: name a file, such as sandbox.db")
    return SqliteLog(Path(address), durability)
