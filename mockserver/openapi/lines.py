"""In which line of a YAML or JSON file a value is. The reader keeps no lines, so the file is read again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from mockserver.lazy_module import LazyModule

if TYPE_CHECKING:
    import yaml
else:
    yaml = LazyModule("yaml")


def composed(path: Path) -> yaml.Node | None:
    """The nodes of a file with their positions; None if it cannot be read."""
    try:
        root: yaml.Node | None = yaml.compose(path.read_text("utf-8-sig"), Loader=_reader())
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return None
    return root


def _reader() -> type:
    """libyaml's reader if there is one: it is ten times as fast."""
    found: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return found


def line(root: yaml.Node | None, steps: Iterable[str | int]) -> int:
    """The line of the key or list entry that the steps lead to; if they lead nowhere, the last line on the way."""
    found, node = 1, root
    for step in steps:
        inner = _child(node, step)
        if inner is None:
            break
        found, node = inner
    return found


def _child(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    """The line and the node of an entry. A key that `<<` merges in is in the line of `<<`."""
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line + 1, node.value[step]
    entries = node.value if isinstance(node, yaml.MappingNode) else []
    for key, value in entries:
        if key.value == str(step):
            return key.start_mark.line + 1, value
    merged = [(key, inner) for key, value in entries if key.value == "<<" and (inner := _child(value, step))]
    return next(((key.start_mark.line + 1, inner[1]) for key, inner in merged), None)
