"""Keeps on disk what follows from a large document alone, so that the next start need not work it out again.

A result is found by the content of the document, the version of Python and the code that made it. It is JSON, not
pickle, so that a file in the folder can run nothing; and a folder that others can write to is not used.
A file that is missing, damaged or cannot be written means more work, and never an error.
"""

from __future__ import annotations

import contextlib
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

SMALLEST = 200_000
"""From how many bytes of JSON on a document is worth a file."""

MOST_FILES = 64
"""How many results are kept; those that were not used for the longest time go first."""

LARGEST = 32_000_000
"""The largest result that is kept, in bytes."""

CODE = ("openapi", "behaviour", "inference", "examples")
"""The parts of this package that results depend on."""

LIBRARIES = ("jsonschema_rs", "faker")
"""The packages that results depend on."""

DIGEST = 32


class DocumentCache:
    """The results in one folder; without a folder, nothing is kept."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def result(self, purpose: str, document: Mapping[str, Any], kind: type[T], make: Callable[[], T]) -> T:
        """What `make` returns, from the folder where it is known for this `purpose` and document.

        `kind` is the type of the result, for msgspec.
        """
        if self._folder is None:
            return make()
        try:
            content = msgspec.json.encode(document)
        except (TypeError, ValueError):
            return make()
        if len(content) < SMALLEST or not _is_own(self._folder):
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
    made.update("\0".join((purpose, platform.python_version(), *_code())).encode())
    return made.hexdigest()


def _code() -> Iterable[str]:
    """What changes when the code that results depend on changes: names, times and sizes of its files."""
    package = Path(__file__).parent
    files = (file for part in CODE for file in sorted((package / part).rglob("*.py")))
    found = (spec.origin for name in LIBRARIES if (spec := find_spec(name)) is not None and spec.origin)
    for file in (*files, *map(Path, found)):
        about = file.stat()
        yield f"{file}:{about.st_mtime_ns}:{about.st_size}"


def _read(path: Path, kind: type[T]) -> T | None:
    """A result, if it is there and undamaged."""
    try:
        data = path.read_bytes()
        if blake2b(data[DIGEST:], digest_size=DIGEST).digest() != data[:DIGEST]:
            return None
        found: T = msgspec.json.decode(data[DIGEST:], type=kind)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None
    with contextlib.suppress(OSError):
        os.utime(path)  # when it was used last
    return found


def _write(path: Path, result: T, kind: type[T]) -> None:
    """Keep a result, if JSON can hold it without a loss."""
    try:
        data = msgspec.json.encode(result)
        if len(data) > LARGEST or msgspec.json.decode(data, type=kind) != result:
            return
        # In a file of its own first, so that another start never reads half of it.
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            file.write(blake2b(data, digest_size=DIGEST).digest() + data)
        os.replace(file.name, path)  # noqa: PTH105  # the name is a text
        _forget_oldest(path.parent)
    except (OSError, TypeError, ValueError, msgspec.MsgspecError):
        return


def _forget_oldest(folder: Path) -> None:
    """Delete the files beyond the bound, among them parts that a stopped start has left."""
    files = [(file.stat().st_mtime, file) for file in folder.iterdir() if file.suffix in (".json", ".part")]
    for _, file in sorted(files)[:-MOST_FILES]:
        file.unlink(missing_ok=True)
