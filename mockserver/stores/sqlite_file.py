"""Opens the SQLite file of a shared log, or makes it; refuses files of other programs and of newer versions."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from mockserver.errors import LogDamaged, LogError, LogMismatch, LogUnavailable

APPLICATION = 0x4D6F636B
"""The application id in the header of the file (https://sqlite.org/fileformat.html section 1.3.15): "Mock"."""

FORMAT = 4
"""The version of the file, as the user version in the header.

Since 3, who commits counts that in a CommitLock; since 4, what was appended last is in NewestEntries.
"""

PIECES = (
    """CREATE TABLE pieces (partition INTEGER NOT NULL, revision INTEGER NOT NULL, number INTEGER NOT NULL,
       content BLOB NOT NULL, UNIQUE (partition, revision, number))""",
    "ALTER TABLE snapshots ADD COLUMN pieces INTEGER NOT NULL DEFAULT 0",
)
"""What version 1 lacked: snapshots were written whole."""

VERSION = f"PRAGMA user_version = {FORMAT}"

TABLES = (
    "CREATE TABLE about (name TEXT PRIMARY KEY, value BLOB NOT NULL)",
    """CREATE TABLE partitions (id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, service TEXT NOT NULL,
       base INTEGER NOT NULL DEFAULT 0, is_dropped INTEGER NOT NULL DEFAULT 0, UNIQUE (namespace, service))""",
    "CREATE TABLE entries (id INTEGER PRIMARY KEY, content BLOB NOT NULL)",
    "CREATE TABLE snapshots (partition INTEGER PRIMARY KEY, revision INTEGER NOT NULL, content BLOB NOT NULL)",
    f"PRAGMA application_id = {APPLICATION}",
    *PIECES,
    VERSION,
)

MOST_WAL_BYTES = 64 << 20
"""The file of not yet moved pages is cut to this size, after a large snapshot made it grow."""

PATIENCE = 10.0
"""How many seconds to wait for another process that makes the file."""


def opened(path: Path, synchronous: str) -> sqlite3.Connection:
    """A connection in autocommit mode. Raises LogUnavailable, LogDamaged or LogMismatch."""
    if not path.parent.is_dir():
        raise LogUnavailable(f"{path}: there is no folder {path.parent}")
    try:
        db = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            _prepare(db, path)
            db.execute(f"PRAGMA synchronous = {synchronous}")
            db.execute(f"PRAGMA journal_size_limit = {MOST_WAL_BYTES}")
            db.execute("PRAGMA wal_autocheckpoint = 0")  # see wal_checkpoints.py
        except BaseException:
            db.close()
            raise
    except sqlite3.Error as fault:
        raise error_of(fault, str(path)) from fault
    return db


def error_of(fault: sqlite3.Error, place: str) -> LogError:
    """What an error of SQLite means for the log."""
    code = getattr(fault, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_NOTADB:
        return LogMismatch(f"{place} is no log of mockserver: {fault}")
    if code == sqlite3.SQLITE_CORRUPT:
        return LogDamaged(f"{place} is damaged: {fault}")
    return LogUnavailable(f"{place} cannot be used: {fault}")


def is_busy(fault: sqlite3.OperationalError) -> bool:
    """Does another connection have the lock?"""
    return fault.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    """Make the tables if there are none, in a transaction, since several processes may start at once."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("BEGIN IMMEDIATE")
            break
        except sqlite3.OperationalError as fault:
            if not is_busy(fault) or time.monotonic() > until:
                raise
            time.sleep(0.01)
    with db:
        for statement in _lacking(db, path):
            db.execute(statement)


def _lacking(db: sqlite3.Connection, path: Path) -> tuple[str, ...]:
    """The statements that make the tables a file lacks. Raises LogMismatch for a file that is not ours."""
    application, version = _number(db, "application_id"), _number(db, "user_version")
    if application == APPLICATION:
        if version > FORMAT:
            raise LogMismatch(
                f"{path} was written by a newer version of mockserver: format {version}, this one reads up to {FORMAT}."
                " Use that version, or another file."
            )
        return (*PIECES, VERSION) if version < 2 else (VERSION,) if version < FORMAT else ()
    if application or db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise LogMismatch(f"{path} is an SQLite file of another program. Name another file.")
    return TABLES


def _number(db: sqlite3.Connection, pragma: str) -> int:
    found: int = db.execute(f"PRAGMA {pragma}").fetchone()[0]
    return found
