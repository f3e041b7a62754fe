"""A field mask: the names of the fields that an update changes (AIP-134, `google.protobuf.FieldMask`)."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from mockserver.inference.names import plain

EVERYTHING = "*"
"""The mask that replaces the whole item."""


def masked_fields(before: Mapping[str, Any], sent: Mapping[str, Any], mask: Any) -> dict[str, Any]:
    """The fields after an update: those in the mask (`title,labels.env`) as they were sent, the others as `before`.

    A field that is in the mask and was not sent is removed. Names may be written in either case (`display_name`).
    """
    paths = [path.strip() for part in (mask if isinstance(mask, list) else [mask]) for path in str(part).split(",")]
    if EVERYTHING in paths:
        return dict(sent)
    fields = copy.deepcopy(dict(before))
    for path in filter(None, paths):
        _take(fields, sent, path.split("."))
    return fields


def _take(fields: dict[str, Any], sent: Mapping[str, Any], steps: list[str]) -> None:
    """Make the field at `steps` the one that was sent."""
    name = _name(steps[0], sent) or _name(steps[0], fields)
    if not name:
        return
    inner, new = fields.get(name), sent.get(name)
    if len(steps) > 1 and isinstance(new, dict):
        kept = inner if isinstance(inner, dict) else {}
        _take(kept, new, steps[1:])
        fields[name] = kept
    elif len(steps) > 1 and isinstance(inner, dict):
        _take(inner, {}, steps[1:])
    elif name in sent:
        fields[name] = copy.deepcopy(new)
    else:
        fields.pop(name, None)


def _name(written: str, known: Mapping[str, Any]) -> str:
    """The property that a mask means: `display_name` is `displayName`; empty if there is none."""
    wanted = plain(written)
    return written if written in known else next((name for name in known if plain(name) == wanted), "")
