"""Keeps on disk what follows from a document alone, so that the next start need not work it out again.

A small document gains by the modules that the next start need not import.

A result is found by the content of the document, the version of Python and the code that made it. It is JSON, not
pickle, so that a file in the folder can run nothing; and a folder that others can write to is not used.
A file that is missing, damaged or cannot be written means more work, and never an error.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

MOST_FILES = 256
"""How many results are kept; those that were not used for the longest time go first."""

MOST_BYTES = 512_000_000
"""How many bytes all results have together."""

LARGEST = 32_000_000
"""The largest result that is kept, in bytes."""

CODE = ("openapi", "behaviour", "inference", "examples")
"""The parts of this package that results depend on."""

LIBRARIES = ("jsonschema_rs", "faker")
"""The packages that results depend on."""

DIGEST = 32

UNWRITABLE = (TypeError, ValueError, RecursionError, msgspec.MsgspecError)
"""What msgspec raises for a value that it cannot write as JSON."""


class DocumentCache:
    """The results in one folder; without a folder, nothing is kept."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def result(self, purpose: str, document: Mapping[str, Any] | bytes, kind: type[T], make: Callable[[], T]) -> T:
        """What `make` returns, from the folder where it is known for this `purpose` and document.

        `kind` is the type of the result, for msgspec. Raises what `make` raises.
        """
        if self._folder is None:
            return make()
        try:
            content = document if isinstance(document, bytes) else msgspec.json.encode(document)
        except UNWRITABLE:
            return make()
        if not _is_own(self._folder):
            return make()
        path = self._folder / f"{_key(purpose, content)}.json"
        found = _read(path, kind)
        if found is None:
            found = make()
            _write(path, found, kind)
        return found


OFF = DocumentCache()
"""Keeps nothing."""


def user_cache() -> DocumentCache:
    """The cache in the folder of the user (XDG Base Directory Specification; on Windows in %LOCALAPPDATA%)."""
    variable = "LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME"
    given = os.environ.get(variable, "")
    try:
        # The specification wants relative paths to be ignored.
        base = Path(given) if Path(given).is_absolute() else Path.home() / ".cache"
    except RuntimeError:  # the user has no home
        return OFF
    return DocumentCache(base / "mockserver")


def _is_own(folder: Path) -> bool:
    """Can only this user write to the folder? It is made where there is none."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = folder.stat()
    except OSError:
        return False
    return sys.platform == "win32" or (about.st_uid == os.getuid() and not about.st_mode & 0o022)


def _key(purpose: str, content: bytes) -> str:
    made = blake2b(content, digest_size=DIGEST)
    made.update(f"{purpose}\0{sys.version}\0{_code()}".encode())
    return made.hexdigest()


@cache
def _code() -> str:
    """What changes when the code that results depend on changes: names, times and sizes of its files."""
    package = Path(__file__).parent
    found = (spec.origin for name in LIBRARIES if (spec := find_spec(name)) is not None and spec.origin)
    lines = [_line(origin, Path(origin).stat()) for origin in found]
    for part in CODE:
        lines += _files(str(package / part))
    return "\0".join(sorted(lines))


def _files(folder: str) -> Iterator[str]:
    """The Python files in a folder and in those below it. `Path.rglob` would take four times as long."""
    for entry in os.scandir(folder):
        if entry.name.endswith(".py"):
            yield _line(entry.path, entry.stat())
        elif entry.is_dir():
            yield from _files(entry.path)


def _line(file: str, about: os.stat_result) -> str:
    return f"{file}:{about.st_mtime_ns}:{about.st_size}"


def _read(path: Path, kind: type[T]) -> T | None:
    """A result, if it is there and undamaged."""
    try:
        data = path.read_bytes()
        if blake2b(data[DIGEST:], digest_size=DIGEST).digest() != data[:DIGEST]:
            return None
        found: T = msgspec.json.decode(data[DIGEST:], type=kind)
    except (OSError, *UNWRITABLE):
        return None
    with contextlib.suppress(OSError):
        os.utime(path)  # when it was used last
    return found


def _write(path: Path, result: T, kind: type[T]) -> None:
    """Keep a result, if JSON can hold it without a loss."""
    # In a file of its own first, so that another start never reads half of it.
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        data = msgspec.json.encode(result)
        if len(data) > LARGEST or msgspec.json.decode(data, type=kind) != result:
            return
        part.write_bytes(blake2b(data, digest_size=DIGEST).digest() + data)
        part.replace(path)
        _forget_oldest(path.parent)
    except (OSError, *UNWRITABLE):
        return


def _forget_oldest(folder: Path) -> None:
    """Delete the files beyond the bounds, among them parts that a stopped start has left."""
    files = [(file.stat(), file) for file in folder.iterdir() if file.suffix in (".json", ".part")]
    files.sort(key=lambda entry: entry[0].st_mtime, reverse=True)
    total = 0
    for place, (about, file) in enumerate(files):
        total += about.st_size
        if place >= MOST_FILES or total > MOST_BYTES:
            file.unlink(missing_ok=True)
