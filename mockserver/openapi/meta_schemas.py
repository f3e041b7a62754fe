"""The official JSON Schemas of the OpenAPI versions as judges of a document.

The schemas come from the package openapi-spec-validator; jsonschema-rs runs them, a thousand times faster than the
package's own validator. They see every field, but what a schema or a name means is beyond them.
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

from mockserver.openapi.pointer import join

MOST = 200
"""Errors of one document that are told; whoever has more does not read them."""

_DRAFTS = {
    "2.0": jsonschema_rs.Draft4Validator,
    "3.0": jsonschema_rs.Draft4Validator,
    "3.1": jsonschema_rs.Draft202012Validator,
    "3.2": jsonschema_rs.Draft202012Validator,
}


def errors(document: dict[str, Any], version: str) -> Iterator[tuple[str, str]]:
    """Place and message of everything that breaks the official schema of `version`."""
    for error in islice(_judge(version).iter_errors(document), MOST):
        telling = _telling(error)
        yield join("", *telling.instance_path), telling.message


@cache
def _judge(version: str) -> Any:
    package = find_spec("openapi_spec_validator")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("openapi-spec-validator, whose schemas judge documents, is not installed")
    # found without importing the package, which takes longer than reading a document
    schema = Path(package.origin).parent / "resources" / "schemas" / f"v{version}" / "schema.json"
    return _DRAFTS[version](orjson.loads(schema.read_bytes()), mask="the value")


def _telling(error: jsonschema_rs.ValidationError) -> jsonschema_rs.ValidationError:
    """Of the alternatives that all failed, the error that lies deepest: the one that was meant got furthest."""
    branches = getattr(error.kind, "context", None) or []
    leaves = [_telling(inner) for branch in branches for inner in branch]
    return max(leaves, key=lambda leaf: len(leaf.instance_path), default=error)
