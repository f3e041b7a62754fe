"""Files that people give by mistake in place of an OpenAPI document: what they are, for error messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BEGINNINGS = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a ZIP archive or an Office document",
    b"\x1f\x8b": "a file that gzip made",
    b"\x89PNG": "a picture",
    b"<!doctype html": "an HTML page",
    b"<html": "an HTML page",
    b"<": "XML",
}
"""How files of other formats begin, in lower case, and what they are."""

CONVERT = "; convert it to OpenAPI first"

OBJECTS = {
    "asyncapi": "an AsyncAPI document",
    "arazzo": "an Arazzo description; run it with `mockserver run`",
    "overlay": "an Overlay; give it with --behaviour, beside the document that it is for",
    "paths": "",
    "log": f"an HTTP Archive (HAR){CONVERT}",
    "__export_format": f"an export of Insomnia{CONVERT}",
    "endpointPrefix": f"an environment of Mockoon{CONVERT}",
    "mappings": f"a file of WireMock{CONVERT}",
    "swaggerVersion": f"a description in Swagger 1.2{CONVERT}",
    "$schema": "a JSON Schema; an OpenAPI document has it below `components.schemas`",
}
"""What an object without a version is, by the first of these keys that it has."""


def kind_of_file(data: bytes) -> str:
    """What kind of file begins like this: `a PDF`; empty for one that may be YAML or JSON."""
    begin = data[:64].lstrip().lower()
    return next((kind for start, kind in BEGINNINGS.items() if begin.startswith(start.lower())), "")


def kind_of_object(raw: Mapping[str, Any]) -> str:
    """What an object is that names no version of OpenAPI: `a Postman collection; …`; empty if that is not known."""
    info = raw.get("info")
    if isinstance(info, dict) and ("_postman_id" in info or "getpostman.com" in str(info.get("schema"))):
        return f"a Postman collection{CONVERT}"
    return next((kind for key, kind in OBJECTS.items() if key in raw), "")
