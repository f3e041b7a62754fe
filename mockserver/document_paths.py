"""Where documents are: which files of a folder may be documents, and which one a wrong name may mean."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from mockserver.lazy_module import LazyModule

if TYPE_CHECKING:
    import difflib
else:
    difflib = LazyModule("difflib")

SUFFIXES = (".yaml", ".yml", ".json")
"""How the names of documents end."""

MOST_NAMES = 10_000
"""Among how many names of a folder a similar one is looked for."""


def similar_name(path: Path) -> str:
    """The name of the file beside a missing one that is most like it; empty if there is none."""
    try:
        names = [each.name for each in islice(path.parent.iterdir(), MOST_NAMES)]
    except OSError:
        return ""
    return next(iter(difflib.get_close_matches(path.name, names, 1, 0.75)), "")


def documents_in(folder: Path) -> list[str]:
    """The names of the files of a folder that may be documents, in alphabetical order."""
    try:
        return sorted(each.name for each in islice(folder.iterdir(), MOST_NAMES) if each.suffix.lower() in SUFFIXES)
    except OSError:
        return []
