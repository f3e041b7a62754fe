"""Bodies with the schema `type: object` and lists as examples, as converters of Postman collections write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SAYING = frozenset(("type", "title", "description"))


def is_contradicted(media: Mapping[str, Any]) -> bool:
    """Is the schema of a media type a bare `type: object`, and each example that it shows a list?"""
    schema = media.get("schema")
    if not isinstance(schema, dict) or schema.get("type") != "object" or not schema.keys() <= SAYING:
        return False
    named = media.get("examples")
    written = (
        [each.get("value") for each in named.values() if isinstance(each, dict)] if isinstance(named, dict) else []
    )
    shown = [media["example"], *written] if "example" in media else written
    return bool(shown) and all(isinstance(each, list) for each in shown)
