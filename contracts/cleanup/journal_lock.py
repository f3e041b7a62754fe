"""Lets one run at a time use the journal of a report folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mockserver.errors import MockServerError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

HAS_LOCKS = fcntl is not None


class FolderInUse(MockServerError):
    """Another run uses the report folder."""


@contextmanager
def kept_alone(folder: Path) -> Iterator[None]:
    """Keep other runs out of a report folder: they would delete what this run created, as if it were left behind.

    The lock is one of the folder itself (flock(2)), so it leaves no file and ends with the process. Where there are no
    such locks, nothing is kept out. Raises FolderInUse.
    """
    if not HAS_LOCKS:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        if not _lock(handle):
            raise FolderInUse(
                f"another run uses the report folder {folder}; give this one a folder of its own with --report"
            )
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> bool:
    """Take the lock. False if another run has it; true as well on a file system without locks."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
