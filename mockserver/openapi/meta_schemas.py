"""Validates a document against the official JSON Schema of its OpenAPI version.

The schemas come from the package openapi-spec-validator; jsonschema-rs runs them, a thousand times as fast as the
package's own validator. They check every field, but not references between parts, nor what a schema means.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from mockserver.openapi import fault_messages
from mockserver.openapi.pointer import join

MAX_ERRORS = 200
"""How many errors of one document are collected. A longer list helps no reader and takes time."""

_DRAFTS = {
    "2.0": jsonschema_rs.Draft4Validator,
    "3.0": jsonschema_rs.Draft4Validator,
    "3.1": jsonschema_rs.Draft202012Validator,
    "3.2": jsonschema_rs.Draft202012Validator,
}


def errors(document: dict[str, Any], version: str) -> Iterator[tuple[str, str]]:
    """The JSON pointer and message of everything that breaks the official schema of `version`."""
    for error in islice(_validator(version).iter_errors(document), MAX_ERRORS):
        closest = _closest(error)
        yield join("", *closest.instance_path), _message(closest)


def _message(error: jsonschema_rs.ValidationError) -> str:
    surplus = getattr(error.kind, "unexpected", None)
    return error.message if surplus is None else fault_messages.unknown(list(map(str, surplus)))


@cache
def _validator(version: str) -> Any:
    package = find_spec("openapi_spec_validator")
    if package is None or package.origin is None:
        raise ModuleNotFoundError(
            "the package openapi-spec-validator, which has the schemas of OpenAPI, is not installed"
        )
    # The package is not imported, which would take longer than reading most documents.
    schema = Path(package.origin).parent / "resources" / "schemas" / f"v{version}" / "schema.json"
    return _DRAFTS[version](orjson.loads(schema.read_bytes()), mask="the value")  # messages quote no long values


def _closest(error: jsonschema_rs.ValidationError) -> jsonschema_rs.ValidationError:
    """The deepest error of the alternatives that all failed: the alternative that the author meant fails last."""
    branches = getattr(error.kind, "context", None) or []
    leaves = [_closest(inner) for branch in branches for inner in branch]
    return max(leaves, key=lambda leaf: len(leaf.instance_path), default=error)
