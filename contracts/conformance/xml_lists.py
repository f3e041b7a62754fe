"""Lists in XML: one without elements cannot be told from one that is missing."""

from __future__ import annotations

import re

from mockserver.openapi.schemas import Schemas

MISSING = re.compile(r"Invalid component: (?P<above>[^\n]*?)Missing required property: (?P<name>\S+)")
"""How Schemathesis says which property it left out of a body."""

STEP = re.compile(r"(?P<items>Array with invalid items: )|(?P<name>\S+) -> ")
"""One step of the place: an entry of a list, or a property."""


def is_missing_list(schemas: Schemas, pointer: str, message: str) -> bool:
    """Is what a body of XML lacks a list without a wrapper (OpenAPI 3.1 section 4.8.26, `wrapped`)?

    Its elements stand among those of the object, so a list of none and no list are the same bytes. `pointer` is the
    schema of the body, `message` what Schemathesis says of the request.
    """
    found = MISSING.search(message)
    if found is None:
        return False
    at: str | None = pointer
    for step in STEP.finditer(found["above"]):
        if at is not None:
            at = schemas.items(at) if step["items"] else schemas.properties(at).get(step["name"])
    at = schemas.properties(at).get(found["name"]) if at is not None else None
    if at is None or schemas.types(at) != {"array"}:
        return False
    xml = schemas.keyword(at, "xml")
    return not (isinstance(xml, dict) and xml.get("wrapped"))
