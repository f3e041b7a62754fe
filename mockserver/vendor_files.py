"""Where the files of a vendor are: its documents, `rules.py` and `checks.py`. There is no list of vendors.

A vendor is a folder with an `openapi.yaml`. It is found by its name, when it comes with this program or an installed
package names it in the entry point group `mockserver.vendors`, or by the path of the folder.

Of the vendors of this program the documents are in `specs/<name>` (in the wheel: `mockserver/_specs/<name>`) and the
Python files in `mockserver/vendors/<name>`. Other vendors have all their files in one folder.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from msgspec import Struct

from mockserver import rules
from mockserver.document_paths import documents_in
from mockserver.errors import DocumentError
from mockserver.lazy_module import LazyModule
from mockserver.rules import RuleFunction

if TYPE_CHECKING:
    from importlib import metadata, resources
else:
    metadata, resources = LazyModule("importlib.metadata"), LazyModule("importlib.resources")

DOCUMENT = "openapi.yaml"
BEHAVIOUR = "behaviour.yaml"
LIVE = "live.yaml"

ENTRY_POINTS = "mockserver.vendors"
"""The entry point group of packages that are vendors: their folder has the documents, `rules.py` and `checks.py`."""

PACKAGE = Path(__file__).parent

OWN = "mockserver.vendors"
"""The package with the Python files of the vendors that come with this program."""


class VendorFiles(Struct, frozen=True):
    """A vendor's name, the folder of its documents, and where its Python files are: a folder and the package it is."""

    name: str
    folder: Path
    code: Path
    package: str = ""

    @property
    def document(self) -> Path:
        """The OpenAPI document."""
        return self.folder / DOCUMENT

    def overlays(self, *, live: bool = False) -> list[Path]:
        """The overlays in their order: the behaviour, and with `live` what asking real servers needs."""
        names = [BEHAVIOUR, LIVE] if live else [BEHAVIOUR]
        return [path for name in names if (path := self.folder / name).is_file()]

    def rules(self) -> dict[str, RuleFunction]:
        """The rules of `rules.py`; none without that file. Raises BehaviourError."""
        module = self.module("rules")
        return rules.in_module(module) if module is not None else {}

    def module(self, name: str) -> ModuleType | None:
        """The Python file `<name>.py` of the vendor, imported; None where there is none."""
        file = self.code / f"{name}.py"
        if not file.is_file():
            return None
        return importlib.import_module(f"{self.package}.{name}") if self.package else _from_file(file)


def names() -> tuple[str, ...]:
    """The names of the vendors, in alphabetical order."""
    return tuple(sorted({*_own(), *(entry.name for entry in metadata.entry_points(group=ENTRY_POINTS))}))


def of(name: str) -> VendorFiles:
    """The files of a vendor by its name, or by the path of its folder. Raises DocumentError, naming the vendors."""
    if name in _own():
        code = PACKAGE / "vendors" / name
        return VendorFiles(name, _shelf() / name, code, f"{OWN}.{name}")
    for entry in metadata.entry_points(group=ENTRY_POINTS, name=name):
        folder = Path(str(resources.files(entry.value)))
        return VendorFiles(name, folder, folder, entry.value)
    folder = Path(name)
    if (folder / DOCUMENT).is_file():
        return VendorFiles(folder.resolve().name, folder, folder)
    raise DocumentError(_unknown(name, folder))


def _unknown(name: str, path: Path) -> str:
    """What is wrong with a name that is neither a document nor a vendor, and what may be meant."""
    if path.is_dir():
        found = documents_in(path)
        hint = f", such as {path / found[0]}" if found else ""
        return f"{name} is a directory; name a document{hint}"
    found = [each for each in documents_in(path.parent) if Path(each).stem == path.name]
    hint = f"; did you mean {path.parent / found[0]}?" if found else ""
    return f"unknown vendor {name!r}; known vendors: {', '.join(names()) or 'none'}{hint}"


def _own() -> Iterable[str]:
    return [found.parent.name for found in _shelf().glob(f"*/{DOCUMENT}")]


def _shelf() -> Path:
    installed = PACKAGE / "_specs"
    return installed if installed.is_dir() else PACKAGE.parent / "specs"


def _from_file(file: Path) -> ModuleType:
    """Import a Python file that belongs to no package, once for each path."""
    name = "mockserver_vendor_" + "_".join(file.resolve().with_suffix("").parts[1:])
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise DocumentError(f"{file} is no Python file")
    if name not in sys.modules:
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[name]
