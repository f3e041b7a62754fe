"""A document as it lies on the disk: read, and made one."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import orjson
import yaml

from mockserver.errors import InvalidDocument

Format = Literal["json", "yaml"]


@dataclass(frozen=True, slots=True)
class Source:
    """A document as published, in one piece: `raw` holds only references that begin with `#`."""

    raw: dict[str, Any] = field(repr=False)
    file: str
    format: Format


def read(path: Path, *, outside: bool = False) -> Source:
    """Read the document at `path`, JSON or YAML. Raises InvalidDocument with file, line and column."""
    data = path.read_bytes()
    format: Format = "json" if data.lstrip()[:1] == b"{" else "yaml"
    try:
        raw = orjson.loads(data) if format == "json" else yaml.load(data, Loader=yaml.CSafeLoader)
    except (orjson.JSONDecodeError, yaml.YAMLError) as fault:
        raise InvalidDocument(str(fault), file=str(path)) from None
    if not isinstance(raw, dict):
        raise InvalidDocument("the document is not an object", file=str(path))
    return Source(raw, str(path), format)
