"""The header `Link` of a set of links that is described as JSON (RFC 9264 section 4.1, OpenAPI 3.2 section 4.21.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.openapi import json_codec

LINKS = "application/linkset"
"""The media type whose text is the value of the header."""

OWN_MEMBERS = frozenset({"anchor"})
"""The members of a context that are no relation types (RFC 9264 section 4.2.2)."""


def link_header(value: Mapping[str, Any]) -> str:
    """The value of the header for `{"linkset": [{"next": [{"href": "/a"}]}]}`: `</a>; rel="next"`."""
    listed = value.get("linkset")
    contexts = listed if isinstance(listed, list) else []
    return ", ".join(link for context in contexts if isinstance(context, dict) for link in _links(context))


def _links(context: Mapping[str, Any]) -> Iterator[str]:
    for relation, targets in context.items():
        for target in targets if relation not in OWN_MEMBERS and isinstance(targets, list) else ():
            if isinstance(target, dict) and "href" in target:
                given = {"rel": relation, **({"anchor": context["anchor"]} if "anchor" in context else {})}
                given |= {name: each for name, each in target.items() if name != "href"}
                yield f"<{target['href']}>" + "".join(f"; {name}={_quoted(each)}" for name, each in given.items())


def _quoted(value: Any) -> str:
    text = value if isinstance(value, str) else json_codec.write(value).decode()
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
