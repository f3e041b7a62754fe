"""Where an operation stands in its document, so that a report can point at the line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml

from contracts.report.report import ReportLine
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import Document

READER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's reader where there is one: it is ten times as fast."""


def places(document: Document, operations: Iterable[str]) -> dict[str, ReportLine]:
    """The file and line of operations (`METHOD path`) in a document of YAML or JSON.

    An operation that cannot be found there, because it lies in another file or the text is not read as YAML, stands
    at the deepest line that can be named: its path, or the first line of the file.
    """
    wanted = set(operations)
    if not wanted or not document.file:
        return {}
    file, root = _shown(Path(document.file)), _composed(Path(document.file))
    pointers = {f"{each.method.upper()} {each.path}": each.path for each in document.operations}
    found = {
        name: json_pointer.split(json_pointer.join("/paths", path, name.split()[0].lower()))
        for name, path in pointers.items()
        if name in wanted
    }
    return {name: ReportLine(file, _line(root, found.get(name, []))) for name in sorted(wanted)}


def _composed(path: Path) -> yaml.Node | None:
    try:
        root: yaml.Node | None = yaml.compose(path.read_text("utf-8-sig"), Loader=READER)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return None
    return root


def _line(node: yaml.Node | None, steps: list[str]) -> int:
    """The line of the key that the steps lead to, as far as they lead."""
    line = 1
    for step in steps:
        entries = node.value if isinstance(node, yaml.MappingNode) else []
        found = next(((key, value) for key, value in entries if key.value == step), None)
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line


def _shown(path: Path) -> str:
    """The file's name below the working directory; of a document elsewhere, the last two names of its path."""
    absolute = path.resolve()
    here = Path.cwd()
    return (absolute.relative_to(here) if absolute.is_relative_to(here) else Path(*absolute.parts[-2:])).as_posix()
