"""Hypothesis' example database: what failed before is tried first in the next run, here or on another machine."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import settings
from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase

from mockserver.errors import MockServerError

NONE = "none"
"""The value of `--database` for no database."""

PROFILE = "mockserver-examples"


class DatabaseError(MockServerError):
    """The example database cannot be used; the text says why."""


def database_of(place: str, default: Path) -> ExampleDatabase | None:
    """The database at `place`: a Redis server (`redis://…`) or a folder. `none` means none, the empty text `default`.

    Raises DatabaseError.
    """
    if place == NONE:
        return None
    if place.startswith(("redis://", "rediss://")):
        return _redis(place)
    if "://" in place:
        raise DatabaseError("--database takes a folder, redis://…, rediss://… or none")
    return DirectoryBasedExampleDatabase(Path(place) if place else default)


def _redis(address: str) -> ExampleDatabase:
    """Hypothesis' own database in Redis. No message contains the address, since it may contain a password."""
    try:
        redis = pkgutil.resolve_name("redis")
        kind = pkgutil.resolve_name("hypothesis.extra.redis:RedisExampleDatabase")
    except ModuleNotFoundError as fault:
        raise DatabaseError(f"--database redis://… needs {fault.name}: pip install 'mockserver[redis]'") from None
    try:
        server = redis.Redis.from_url(address, socket_connect_timeout=10)
        server.ping()
    except (redis.RedisError, ValueError) as fault:
        raise DatabaseError(f"cannot use the Redis server of --database: {type(fault).__name__}") from None
    found: ExampleDatabase = kind(server)
    return found


@contextmanager
def kept_in(database: ExampleDatabase | None) -> Iterator[None]:
    """In this block, everything that uses Hypothesis uses this database."""
    before = settings.get_current_profile_name()
    settings.register_profile(PROFILE, settings.get_profile(before), database=database)
    settings.load_profile(PROFILE)
    try:
        yield
    finally:
        settings.load_profile(before)
