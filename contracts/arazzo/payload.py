"""Request bodies of steps: from a payload and its media type to bytes."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

from urllib3.filepost import encode_multipart_formdata

from mockserver.openapi import json_codec
from mockserver.openapi.media_types import is_json
from mockserver.openapi.parameter_styles import as_text

BOUNDARY = "mockserver-workflow"
"""What is between the parts of a multipart body."""


def parsed_text(payload: Any, media_type: str) -> Any:
    """A payload that is written as the text of JSON, as its value, so that expressions in it keep their types.

    A text that becomes JSON only when its expressions are replaced stays a text.
    """
    if not isinstance(payload, str) or not is_json(media_type):
        return payload
    try:
        return json.loads(payload)
    except ValueError:
        return payload


def encoded_payload(payload: Any, media_type: str) -> tuple[bytes, str]:
    """The bytes of a body, and its media type with the boundary of a multipart body.

    Raises TypeError for an object or a list in a media type that has no form for it.
    """
    kind = media_type.partition(";")[0].strip().lower()
    if isinstance(payload, str):
        # A text in JSON is the body as it was written, except where it is no JSON: then it is a JSON string.
        return (payload if not is_json(kind) or _is_json_text(payload) else json.dumps(payload)).encode(), media_type
    if is_json(kind):
        return json_codec.write(payload), media_type
    if kind == "application/x-www-form-urlencoded" and isinstance(payload, dict):
        return _form(payload).encode(), media_type
    if kind == "multipart/form-data" and isinstance(payload, dict):
        parts = [(name, _part(each)) for name, value in payload.items() for each in _each(value)]
        body, made = encode_multipart_formdata(parts, BOUNDARY)
        return body, made
    if isinstance(payload, dict | list):
        raise TypeError(f"a payload in {kind} must be written as a text")
    return as_text(payload).encode(), media_type


def _is_json_text(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _form(payload: dict[str, Any]) -> str:
    pairs = [(name, as_text(each)) for name, value in payload.items() for each in _each(value) if each is not None]
    return urlencode(pairs, quote_via=quote)


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _part(value: Any) -> Any:
    """The content of one part: an object as JSON."""
    if isinstance(value, dict):
        return None, json_codec.write(value), "application/json"
    return as_text(value)
