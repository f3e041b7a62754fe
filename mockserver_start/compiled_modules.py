"""One file with the compiled code of what `mockserver serve` imports: to find and open 500 files takes a start 25 ms.

It lies in `__pycache__` beside Python's own compiled files and is trusted as they are: it is written where Python may
write them, and code in it counts only while its source has the same times and size. Only modules of packages are in it:
their folder is known, where the first folder of `sys.path` with a name decides about all others. Whatever is not as
expected is left to Python.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path
from types import CodeType, ModuleType

MARK = MAGIC_NUMBER + b"2"
"""How the file begins: Python's mark of the format of code, and ours of the file. Raise it when `Entry` changes."""

HEAD = len(MARK) + 16
"""The bytes before the index: the mark, the length of the index, and that of all code."""

FEW = 10
"""So many modules may be missing in the file before it is written again."""

MOST = 1_500
"""How many modules may be kept of earlier starts, which had other options, with those of the last one."""

DAMAGED = (OSError, EOFError, TypeError, ValueError)
"""What reading a file raises that another program has cut off or written."""

INSTALLED = ("site-packages", "dist-packages")
"""How folders end into which packages are installed."""

Stamp = tuple[int, int, int]
"""When a source was changed, when its file was (which no program can set), and its size."""

Entry = tuple[str, Stamp, int, int, str, str]
"""The source with its stamp; where the code begins and its length; what Python keeps compiled; the folder of the
modules of a package, empty for others."""


class CompiledModules:
    """Finds the modules in the file, for `sys.meta_path`."""

    def __init__(self, descriptor: int, begin: int, entries: dict[str, Entry]) -> None:
        self._descriptor, self._begin = descriptor, begin
        self.entries = entries
        self.used: set[str] = set()

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module, if it is in the only folder of its package and its source has not changed."""
        entry = self.entries.get(name)
        if entry is None or path is None or not is_current(entry, path):
            return None
        self.used.add(name)
        source, _, _, _, compiled, folder = entry
        found = ModuleSpec(name, CompiledLoader(name, source, self), origin=source)
        found.has_location, found.cached = True, compiled
        if folder:
            found.submodule_search_locations = [folder]
        return found

    def code(self, name: str) -> bytes:
        """The code of a module, as `marshal` writes it."""
        _, _, begin, length, _, _ = self.entries[name]
        return os.pread(self._descriptor, length, self._begin + begin)


class CompiledLoader(SourceFileLoader):
    """Python's loader, with the code from the file."""

    def __init__(self, name: str, source: str, compiled: CompiledModules) -> None:
        super().__init__(name, source)
        self._compiled = compiled

    def exec_module(self, module: ModuleType) -> None:
        """Run the module. Raises ImportError if it has no code any more."""
        code = self.get_code(module.__name__)
        if code is None:
            raise ImportError(f"there is no code of {module.__name__!r}")
        exec(code, vars(module))  # noqa: S102  # as Python's loader does

    def get_code(self, fullname: str) -> CodeType | None:
        """The code of the module; read as Python does it where the file is damaged."""
        with suppress(*DAMAGED):
            code = marshal.loads(self._compiled.code(fullname))  # noqa: S302  # as trusted as what Python compiles
            if isinstance(code, CodeType):
                return code
        return super().get_code(fullname)


def is_current(entry: Entry, path: Sequence[str]) -> bool:
    """Is this the module that Python would find in the folders `path`, and is its source unchanged?"""
    source, stamp, _, _, _, folder = entry
    if list(path) != [(folder or source).rpartition(os.sep)[0]]:
        return False
    try:
        about = os.stat(source)  # noqa: PTH116  # a `Path` for each module would take as long as what is saved
    except OSError:
        return False
    return _stamp(about) == stamp


def _stamp(about: os.stat_result) -> Stamp:
    return about.st_mtime_ns, about.st_ctime_ns, about.st_size


def install() -> None:
    """Let imports look in the file first, if it is there and whole. Windows has no way to read it at a place."""
    if hasattr(os, "pread"):
        sys.meta_path.insert(0, _opened() or CompiledModules(-1, 0, {}))


def keep(names: Iterable[str]) -> None:
    """Write the file, if some of the modules with these names are missing in it. Nothing is an error.

    Does nothing in a process that has not called `install`.
    """
    known = next((finder for finder in sys.meta_path if isinstance(finder, CompiledModules)), None)
    if known is None or sys.dont_write_bytecode:
        return
    imported = dict(_imported(names))
    if len(imported.keys() - known.used) <= FEW:
        return
    with suppress(*DAMAGED, NotImplementedError):  # Python keeps nothing compiled
        kept = {name: (entry, known.code(name)) for name, entry in known.entries.items()}
        made = {name: _made(name, spec) for name, spec in imported.items()}
        _write(kept | made if len(kept | made) <= MOST else made)


def _path() -> str:
    """Where the file is: beside what Python keeps of this module, for the same version and level of optimization."""
    return cache_from_source(str(Path(__file__).with_name("serve.py"))) + ".modules"


def _opened() -> CompiledModules | None:
    try:
        descriptor = os.open(_path(), os.O_RDONLY)
    except (OSError, NotImplementedError):  # Python keeps nothing compiled
        return None
    with suppress(*DAMAGED):
        head = os.pread(descriptor, HEAD, 0)
        index, code = (int.from_bytes(head[at : at + 8], "little") for at in (HEAD - 16, HEAD - 8))
        if head.startswith(MARK) and os.fstat(descriptor).st_size == HEAD + index + code:
            entries = marshal.loads(os.pread(descriptor, index, HEAD))  # noqa: S302  # as above
            return CompiledModules(descriptor, HEAD + index, entries)
    os.close(descriptor)
    return None


def _imported(names: Iterable[str]) -> Iterator[tuple[str, ModuleSpec]]:
    """The modules of packages that Python has read from sources: of this product, of Python, and installed ones.

    Those of users are not among them.
    """
    installed = [folder for folder in sys.path if folder.endswith(INSTALLED)]
    roots = [str(Path(__file__).parents[1] / "mockserver"), str(Path(os.__file__).parent), *installed]
    inside = tuple(root + os.sep for root in roots)
    for name in names:
        spec = getattr(sys.modules.get(name), "__spec__", None)
        if not isinstance(spec, ModuleSpec) or type(spec.loader) not in (SourceFileLoader, CompiledLoader):
            continue
        if "." in name and spec.name == name and spec.cached and str(spec.origin).startswith(inside):
            yield name, spec


def _made(name: str, spec: ModuleSpec) -> tuple[Entry, bytes]:
    """What is kept of a module, and its code."""
    source = str(spec.origin)
    stamp = _stamp(Path(source).stat())
    code = SourceFileLoader(name, source).get_code(name)
    folder = (spec.submodule_search_locations or [""])[0]
    return (source, stamp, 0, 0, str(spec.cached), folder), marshal.dumps(code)


def _write(kept: dict[str, tuple[Entry, bytes]]) -> None:
    """Write the file. Raises what DAMAGED names."""
    index, at = {}, 0
    for name, (entry, code) in kept.items():
        index[name] = (*entry[:2], at, len(code), *entry[4:])
        at += len(code)
    listed = marshal.dumps(index)
    path = Path(_path())
    # In a file of its own first, so that another start never reads half of it.
    part = path.with_suffix(f".{os.getpid()}.part")
    sizes = len(listed).to_bytes(8, "little") + at.to_bytes(8, "little")
    part.write_bytes(b"".join([MARK, sizes, listed, *(code for _, code in kept.values())]))
    part.replace(path)
