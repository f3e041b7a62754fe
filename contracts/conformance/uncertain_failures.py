"""Failures of Schemathesis whose premise is a guess, so that they are warnings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from schemathesis.core.failures import AcceptedNegativeData, Failure, MalformedJson, ServerError
from schemathesis.openapi.checks import (
    IgnoredAuth,
    JsonSchemaError,
    MissingContentType,
    RejectedPositiveData,
    UnsupportedMethodResponse,
)

from contracts.model.documented_methods import is_at, methods_at
from contracts.model.finding import Finding, RecordedExchange, StatementRef
from contracts.model.resources import name_of
from contracts.model.told_reasons import other_reason
from mockserver.contract import Contract
from mockserver.inference.names import noun, plain
from mockserver.openapi.document import Operation

ONLY_FORMAT = re.compile(r"(?:violates `format` at \S+|[Vv]alue not matching the '[^']+' format)\s*$")
"""The end of Schemathesis' message for a value whose `format` alone is wrong."""


BEYOND = re.compile(
    r"Invalid component: parameter `(.+?)` in (\w+) - "
    r".*(?:[Vv]alue (?:greater than maximum|less than minimum)|violates `(?:maximum|minimum)`)"
)
"""Schemathesis' message for a number beyond a bound. A format such as `int32` has bounds for it, too."""

AS_TEXT = re.compile(r"Invalid component: parameter `(.+?)` in (\w+) - ")
"""The beginning of Schemathesis' message for a parameter with a wrong value, which is written as text."""

TEXT_RULES = frozenset({"enum", "const", "pattern", "minLength", "maxLength"})
"""Keywords that forbid a text, as a `format` need not."""

COLLECTION = re.compile(r"/([^/{}]+)/\{")
"""A step of a path that names a collection: what follows names one of its items."""

ACCEPTED = (AcceptedNegativeData, IgnoredAuth, UnsupportedMethodResponse)
"""Failures that say of a request that it succeeded; a page outside of the document shows none of it."""

WIDTHS = {"int8": 7, "int16": 15, "int32": 31, "int64": 63}
"""Formats of integers with a sign, and the bits of a number."""


def guess_behind(
    contract: Contract, operation: Operation, case: Any, failure: Failure, exchange: RecordedExchange
) -> StatementRef | None:
    """The guess that a failure rests on; None if it rests on the document or on what HTTP demands.

    A schema cannot say all that a text must be: a password that fits, a token that was issued, an address that is
    not taken yet. So a refused request is certainly valid only if it has no text of free choice. HTTP only recommends
    405 for an undocumented method (RFC 9110 section 9.1 says "should"): Express answers 404, and a server that asks
    for a credential before it chooses a route answers 401. Of several optional parameters or fields one may be needed,
    which few documents say. A length without a `minimum` may refuse zero, and a list without `minItems` an empty one;
    a whole number in a URL without a `maximum` or a `format` may have to fit into 32 bits, and a filter by another item
    may refuse the id of one that is not there. A document may have a key in `Authorization` without a scheme, which is
    malformed (RFC 9110 section 11.4). The refusal may also tell such a rule.
    """
    if isinstance(failure, UnsupportedMethodResponse) and 400 <= exchange.status < 500 and exchange.status != 405:
        text = "An undocumented method is refused with 405 rather than with another client error."
        return StatementRef(name_of(operation), "http", "inferred", "RFC 9110 section 9.1", text)
    if isinstance(failure, AcceptedNegativeData) and _is_about_format(contract, operation, failure.message):
        text = "A format is an annotation; only some services enforce it."
        source = "JSON Schema Validation section 7.2.1 (format is an annotation by default)"
        return StatementRef(name_of(operation), "schema", "inferred", source, text)
    if isinstance(failure, IgnoredAuth) and exchange.status == 400 and _has_no_scheme(exchange):
        text = "A request whose Authorization header has no scheme is refused with 401 rather than with 400."
        return StatementRef(name_of(operation), "authentication", "inferred", "RFC 9110 section 11.6.2", text)
    is_rejected = isinstance(failure, RejectedPositiveData)
    if is_rejected and (
        any(_free_texts(contract, operation, case))
        or _lacks_all_optional(contract, operation, case)
        or any(_low_numbers(contract, operation, case))
        or any(_wide_numbers(contract, operation, case))
        or any(_empty_lists(contract, operation, case))
        or any(_other_items(contract, operation, case))
        or other_reason(exchange, "", ()) is not None
    ):
        text = "The schema allows the request; another rule of the service, which no schema can state, may forbid it."
        return StatementRef(name_of(operation), "schema", "inferred", "the document's schema of the request", text)
    return None


def _has_no_scheme(exchange: RecordedExchange) -> bool:
    """Has a request an Authorization header that is not one by RFC 9110 section 11.4, as some documents want it?"""
    return any(name.lower() == "authorization" and " " not in value.strip() for name, value in exchange.headers)


def _is_about_format(contract: Contract, operation: Operation, message: str) -> bool:
    """Is a `format` all that the request breaks?"""
    if _is_text_for_format(contract, operation, message):
        return True
    beyond = BEYOND.search(message)
    found = [p for p in operation.parameters if beyond and (p.name, p.location) == beyond.groups() and p.schema]
    return any(_is_bound_of_format(contract, str(p.schema)) for p in found) or ONLY_FORMAT.search(message) is not None


def _is_text_for_format(contract: Contract, operation: Operation, message: str) -> bool:
    """Is it a number or another value where a text is allowed, which a `format` alone forbids once it is written?"""
    named = AS_TEXT.search(message)
    found = [p for p in operation.parameters if named and (p.name, p.location) == named.groups() and p.schema]
    for parameter in found:
        parts = [node for node, _ in contract.schemas.branches(str(parameter.schema), every=True)]
        allows_text = "string" in contract.schemas.types(str(parameter.schema))
        if (
            allows_text
            and any("format" in each for each in parts)
            and all(TEXT_RULES.isdisjoint(each) for each in parts)
        ):
            return True
    return False


def _is_bound_of_format(contract: Contract, schema: str) -> bool:
    """Does a number have no other bounds than those of its format?"""
    bits = WIDTHS.get(str(contract.schemas.keyword(schema, "format")))
    bounds = {contract.schemas.keyword(schema, word) for word in ("minimum", "maximum")} - {0, 1}
    return bits is not None and bounds <= {None, -(2**bits), 2**bits - 1}


def without_authentication(found: Finding) -> Finding:
    """A finding of a run without a credential in which no operation asked for one.

    That one operation forgets to ask is a failure. That none asks may be how the service was started.
    """
    if found.check != "ignored_auth":
        return found
    source = "OpenAPI 3.1 section 4.8.30 (security)"
    text = (
        "The operation needs a credential. None of them asked for one, so the service may run without authentication."
    )
    return replace(
        found, verdict="warning", statement=StatementRef(found.operation, "authentication", "inferred", source, text)
    )


def without_success(found: Finding) -> Finding:
    """A finding of a run in which no request to its operation succeeded.

    That a valid request is refused may then be for what the service has not got: an active route, a feature.
    """
    if found.check != "positive_data_acceptance":
        return found
    text = "The schema allows the request. None to this operation succeeded, so the service may lack what it needs."
    statement = StatementRef(found.operation, "schema", "inferred", "the document's schema of the request", text)
    return replace(found, verdict="warning", statement=statement)


def says_nothing(operation: Operation, failure: Failure, exchange: RecordedExchange) -> bool:
    """Does a response not say what a failure takes from it?

    That there is no such item says nothing of a credential: `authentication` asks for one that is there. What has no
    content by its status (RFC 9110 section 15.3.5) is no wrong JSON, though frameworks may send a `Content-Type`, and
    documents may have one.
    """
    if isinstance(failure, IgnoredAuth):
        return exchange.status in (404, 410) and "{" in operation.path
    is_empty = exchange.status in (204, 205, 304) and not exchange.reply_body
    return is_empty and isinstance(failure, MalformedJson | JsonSchemaError | MissingContentType)


def leads_elsewhere(
    contract: Contract, operation: Operation, base: str, failure: Failure, exchange: RecordedExchange
) -> bool:
    """Was a request answered by something else than its operation?

    One may be "accepted" by a page outside of the document, such as the login page that it was redirected to. Without
    a value at its end, `/articles/{slug}` is the address of the list for many servers, with or without a redirect.
    `exchange` is the last one, after all redirects.
    """
    if isinstance(failure, AcceptedNegativeData | IgnoredAuth):
        return not methods_at(contract, exchange.url, base)
    if isinstance(failure, ServerError) or "#" in operation.path:  # no request sends what follows a `#`
        return False
    at = exchange.url.partition("?")[0].rstrip("/")
    is_other = exchange.method in methods_at(contract, at, base)
    return is_other and not is_at(contract, operation, exchange.url, base)


def _lacks_all_optional(contract: Contract, operation: Operation, case: Any) -> bool:
    """Has a request no query parameter, or no field of an object in its body, where there are several optional ones?"""
    known = [each for each in operation.parameters if each.location == "query"]
    is_optional = len(known) > 1 and not any(each.required for each in known)
    media = operation.request_body.content if operation.request_body else ()
    schema = next((each.schema for each in media if each.schema), None)
    has_body = operation.request_body is None or isinstance(case.body, Mapping | list)
    lacks_parameters = is_optional and has_body and not case.query
    return lacks_parameters or (schema is not None and _lacks_fields(contract, schema, case.body))


def _lacks_fields(contract: Contract, schema: str, value: Any) -> bool:
    if not isinstance(value, Mapping):
        return False
    known = contract.schemas.properties(schema)
    return (not value and len(known) > 1) or any(
        name in known and _lacks_fields(contract, known[name], below) for name, below in value.items()
    )


def _free_texts(contract: Contract, operation: Operation, case: Any) -> Iterator[bool]:
    """Does a part of a request have a text that the schema neither lists nor fixes?"""
    given = {"path": case.path_parameters, "query": case.query, "header": case.headers, "cookie": case.cookies}
    for parameter in operation.parameters:
        values = given[parameter.location] or {}
        value = values.get(parameter.name)
        if parameter.name in values and parameter.schema and not contract.schemas.types(parameter.schema):
            value = str(value)  # whatever it is, it is written as a text
        listed = parameter.schema is not None and _is_listed(contract, parameter.schema)
        yield not listed and has_text(value) and _takes_text(contract, parameter.schema)
    media = operation.request_body.content if operation.request_body else ()
    schema = next((each.schema for each in media if each.schema), None)
    known = contract.schemas.properties(schema) if schema else {}
    yield _has_free_text(contract, case.body, known)


def _low_numbers(contract: Contract, operation: Operation, case: Any) -> Iterator[bool]:
    """Is a parameter zero or less, and does its schema say nothing about the smallest number?"""
    given = {"path": case.path_parameters, "query": case.query, "header": case.headers, "cookie": case.cookies}
    for parameter in operation.parameters:
        text = str((given[parameter.location] or {}).get(parameter.name, ""))
        words = ("minimum", "exclusiveMinimum", "enum", "const")
        if re.fullmatch(r"0+|-\d+", text) and parameter.schema is not None:
            yield all(contract.schemas.keyword(parameter.schema, word) is None for word in words)


def _wide_numbers(contract: Contract, operation: Operation, case: Any) -> Iterator[bool]:
    """Has a parameter more than 32 bits, and does its schema not say how large a number may be?"""
    given = {"path": case.path_parameters, "query": case.query, "header": case.headers, "cookie": case.cookies}
    for parameter in operation.parameters:
        text = str((given[parameter.location] or {}).get(parameter.name, ""))
        words = ("maximum", "exclusiveMaximum", "format", "enum", "const")
        if re.fullmatch(r"-?\d+", text) and parameter.schema is not None:
            is_wide = not -(2**31) <= int(text) < 2**31
            yield is_wide and all(contract.schemas.keyword(parameter.schema, word) is None for word in words)


def _empty_lists(contract: Contract, operation: Operation, case: Any) -> Iterator[bool]:
    """Is a list in the body empty, and does its schema say nothing about the smallest length?"""
    media = operation.request_body.content if operation.request_body else ()
    schema = next((each.schema for each in media if each.schema), None)
    known = contract.schemas.properties(schema) if schema else {}
    values = {**case.body} if isinstance(case.body, Mapping) else {}
    given = [(known[name], value) for name, value in values.items() if name in known]
    for each, value in [*given, (schema, case.body)]:
        yield value == [] and each is not None and contract.schemas.keyword(each, "minItems") is None


def _other_items(contract: Contract, operation: Operation, case: Any) -> Iterator[bool]:
    """Does a query parameter name another item, such as `customer` or `customer_id`? There may be no such item."""
    resources = contract.behaviour.resources
    steps = {step for each in contract.document.operations for step in COLLECTION.findall(each.path)}
    known = {"".join(noun(step)) for step in steps} | {plain(name) for name in resources}
    known |= {plain(each.field) for one in resources.values() for each in one.references}
    for parameter in operation.parameters:
        if parameter.location == "query" and (case.query or {}).get(parameter.name) is not None:
            name = plain(parameter.name)
            yield name in known or name.removesuffix("id") in known


def _takes_text(contract: Contract, schema: str | None) -> bool:
    """Is a value in a URL more than a number or a boolean?"""
    types = contract.schemas.types(schema) if schema else frozenset()
    return not types or not types <= {"integer", "number", "boolean", "null"}


def _has_free_text(contract: Contract, body: Any, known: Mapping[str, str]) -> bool:
    if not isinstance(body, Mapping):
        return has_text(body)
    return any(
        has_text(value) and not (name in known and _is_listed(contract, known[name])) for name, value in body.items()
    )


def _is_listed(contract: Contract, schema: str) -> bool:
    """Does a schema list its values?"""
    return any(contract.schemas.keyword(schema, word) is not None for word in ("enum", "const"))


def has_text(value: Any) -> bool:
    """Has a value a text anywhere? Names of fields that no schema has are texts too, but no rule reads them."""
    if isinstance(value, Mapping):
        return any(map(has_text, value.values()))
    if isinstance(value, list | tuple):
        return any(map(has_text, value))
    return isinstance(value, str | bytes)
