"""The lines of a document that define its operations, for links in reports."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from contracts.report.report import ReportLine
from mockserver.openapi import lines
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import Document


def places(document: Document, operations: Iterable[str]) -> dict[str, ReportLine]:
    """The file and line of operations (`METHOD path`) in a YAML or JSON document.

    If an operation cannot be found, because it is in another file or the text is not valid YAML, its line is that of
    its path or the first line of the file.
    """
    names = set(operations)
    if not names or not document.file:
        return {}
    file, root = _shown(Path(document.file)), lines.composed(Path(document.file))
    pointers = {f"{each.http_method} {each.path}": each.path for each in document.operations}
    found = {
        name: json_pointer.split(json_pointer.join("/paths", path, name.split()[0].lower()))
        for name, path in pointers.items()
        if name in names
    }
    return {name: ReportLine(file, lines.line(root, found.get(name, []))) for name in sorted(names)}


def _shown(path: Path) -> str:
    """The path relative to the working directory; for a file elsewhere, the last two parts of its path."""
    absolute = path.resolve()
    here = Path.cwd()
    return (absolute.relative_to(here) if absolute.is_relative_to(here) else Path(*absolute.parts[-2:])).as_posix()
