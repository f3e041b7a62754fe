"""What `verify` expects, in the words of the admin API, and the error when it is not so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.client.admin_models import VerificationResult

Json = dict[str, Any]

KEYWORDS = frozenset(
    {
        "$ref", "$schema", "$id", "$defs", "$anchor", "$comment", "allOf", "anyOf", "oneOf", "not", "if", "then",
        "else", "type", "enum", "const", "properties", "patternProperties", "additionalProperties", "required",
        "propertyNames", "minProperties", "maxProperties", "dependentRequired", "dependentSchemas", "items",
        "prefixItems", "contains", "minContains", "maxContains", "minItems", "maxItems", "uniqueItems", "minimum",
        "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern", "format",
        "unevaluatedProperties", "unevaluatedItems",
    }
)  # fmt: skip
"""The keywords of JSON Schema 2020-12 that compare something."""


def expectation(
    operation: str | None,
    names: tuple[str, str] = ("body=", "json="),
    /,
    *,
    count: int | None,
    at_least: int | None,
    at_most: int | None,
    json: Any,
    body: Mapping[str, Any] | bool | None,
    in_order: Sequence[str | Mapping[str, Any]] | None,
    **conditions: Any,
) -> Json:
    """The body of `POST /_mock/verify` (schema `Expectation`). Raises ValueError for what cannot be meant.

    `names` are what the user calls `body` and `json`.
    """
    counts = {"exactly": count, "at_least": at_least, "at_most": at_most}
    _check_counts(count, at_least, at_most)
    given = {
        "operation": operation,
        "body": _body(body, json, names),
        "count": {name: value for name, value in counts.items() if value is not None} or None,
        "in_order": _in_order(in_order),
        **conditions,
    }
    return {name: value for name, value in given.items() if value is not None}


def _check_counts(count: int | None, at_least: int | None, at_most: int | None) -> None:
    """Raise ValueError for counts that say the same twice, or that no number of requests can meet."""
    if count is not None and (at_least is not None or at_most is not None):
        raise ValueError("verify: count says how many exactly; give it alone, or at_least and at_most without it")
    if at_least is not None and at_most is not None and at_least > at_most:
        meant = f"did you mean at_least {at_most} and at_most {at_least}?"
        raise ValueError(f"verify: no number is at least {at_least} and at most {at_most}; {meant}")


def checked(result: VerificationResult) -> VerificationResult:
    """The result, if it is as expected. Raises AssertionError with the nearest requests and what differs in each."""
    __tracebackhide__ = True  # pytest shows the line of the test
    if not result.verified:
        raise AssertionError(str(result))
    return result


def _body(schema: Mapping[str, Any] | bool | None, json: Any, names: tuple[str, str]) -> Any:
    of_schema, of_values = names
    if json is not None and schema is not None:
        raise ValueError(f"verify: give {of_values} (values) or {of_schema} (a JSON Schema), not both")
    if isinstance(schema, Mapping) and schema and not KEYWORDS & schema.keys():
        # Unknown keywords mean nothing in a JSON Schema: every body would match, and the test would check nothing.
        wrong = f"{next(iter(schema))!r} is no keyword; for values use {of_values}"
        raise ValueError(f"verify: {of_schema} is a JSON Schema, and {wrong}")
    return schema if json is None else having(json)


def having(value: Any) -> Json:
    """The JSON Schema for a value: an object may have further properties, everything else is equal."""
    if not isinstance(value, Mapping):
        return {"const": value}
    properties = {name: having(part) for name, part in value.items()}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _in_order(given: Sequence[str | Mapping[str, Any]] | None) -> list[Json] | None:
    """The conditions of `in_order`; a text is an operationId."""
    if given is None:
        return None
    return [{"operation": each} if isinstance(each, str) else dict(each) for each in given]
