"""False positives: failures that Schemathesis reports for behaviour that a correct server may show."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from schemathesis.core.failures import AcceptedNegativeData, Failure, ServerError
from schemathesis.openapi.checks import (
    AllowHeaderMismatch,
    DiscriminatorMismatch,
    JsonSchemaError,
    MissingContentType,
    MissingHeaderNotRejected,
    RejectedPositiveData,
    UndefinedContentType,
    UndefinedStatusCode,
    UnsupportedMethodResponse,
)

from contracts.client.path_values import allows_text, is_nested
from contracts.conformance.case_integers import integers_of
from contracts.conformance.chosen_ids import is_taken
from contracts.conformance.ignored_statements import HEADERS
from contracts.conformance.item_lifetimes import has_unknown_lifetime
from contracts.conformance.openapi_core_check import OpenapiCoreCheck
from contracts.conformance.response_validation import (
    documented_media,
    documents_success,
    has_no_stated_content,
    is_allowed_status,
    is_documented_error,
    is_unsatisfiable,
    response_violations,
)
from contracts.conformance.schemathesis_messages import (
    FIELD,
    FURTHER,
    IN_FIELD,
    ITEM,
    NAMED,
    OUTSIDE,
    PARAMETER,
    RETYPED,
    SEVERAL,
    WHOLE,
    is_undefined,
    names_in,
    property_named,
)
from contracts.conformance.xml_lists import is_missing_list
from contracts.model.documented_methods import methods_at
from contracts.model.finding import RecordedExchange
from contracts.model.resources import checked_resources, name_of, resource_operations
from mockserver.contract import Contract
from mockserver.openapi.closed_parts import has_closed_parts
from mockserver.openapi.document import MediaType, Operation, Parameter
from mockserver.openapi.field_types import QUERYSTRING
from mockserver.openapi.media_types import essence, is_form, is_json, is_lines, is_prose, is_xml
from mockserver.openapi.multipart import is_multipart, is_ordered
from mockserver.openapi.part_encoding import encoding_of, is_described_as_list

INTEROPERABLE = 2**53 - 1
"""The largest interoperable integer (RFC 8259 section 6)."""

LIMITS = frozenset({413, 414, 431})
"""How servers and proxies refuse what is too large for them, whatever the schema says (RFC 9110 section 15.5)."""

CONDITIONS = frozenset({412, 428})
"""What is said of a request whose condition fails or is missing, whatever the schema says (RFC 6585 section 3)."""

PATH_ITEM_METHODS = frozenset({"GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"})
"""The methods that a path item can have before OpenAPI 3.2."""

TEXTUAL = frozenset({"string", "array", "object"})
"""Types that any text outside JSON can have: a string, a list with one entry, or an object in some notation."""


@dataclass(frozen=True)
class FalsePositives:
    """Decides which failures are false positives, for the contract of a service at the address `base`.

    `inherits`: the document has discriminators of inheriting schemas, which Schemathesis ignores.
    """

    contract: Contract
    openapi_core: OpenapiCoreCheck
    base: str
    inherits: bool

    def excuses(self, operation: Operation, case: Any, failure: Failure, exchange: RecordedExchange) -> bool:
        """May a correct server show this failure for `case`, a request that Schemathesis generated?

        A correct server may refuse a request that is valid by its schema only, return a general HTTP status for a bad
        request or a documented server error, and use any content type where the document has no content for the status
        (Schemathesis applies Swagger's `produces` to all of them). It may accept a value of a wrong type that is right
        once it is written as text, because paths, queries and forms contain text only.
        """
        if isinstance(failure, RejectedPositiveData):
            is_usual = exchange.status in LIMITS | CONDITIONS or is_taken(self.contract, operation, exchange)
            return is_usual or self._may_refuse(operation, case, exchange)
        if isinstance(failure, AcceptedNegativeData):
            return 400 <= exchange.status < 500 or self._may_accept(operation, failure.message, exchange)
        if isinstance(failure, UndefinedStatusCode):
            return is_allowed_status(operation, failure.status_code) or is_taken(self.contract, operation, exchange)
        if isinstance(failure, JsonSchemaError | DiscriminatorMismatch):
            return self._may_be_valid(operation, failure, exchange)
        if isinstance(failure, AllowHeaderMismatch):
            return self._lists_documented_methods(failure, exchange)
        if isinstance(failure, ServerError):
            return is_documented_error(operation, failure.status_code) or self._knows_no_such_method(exchange)
        if isinstance(failure, MissingHeaderNotRejected):
            refused = 400 <= exchange.status < 500  # perhaps because there is no such item
            return refused or not _has_parameter(operation, failure.header_name, "header")
        if isinstance(failure, UnsupportedMethodResponse):
            known = self._documented(exchange)  # nothing is known of a path with a `#`, which no request sends
            return self._knows_no_such_method(exchange) or exchange.method in known or not known
        if isinstance(failure, MissingContentType | UndefinedContentType):
            response = operation.response(exchange.status)
            return response is None or has_no_stated_content(self.contract, response)
        return has_unknown_lifetime(self.contract, operation, case, failure, self.referring)

    def _may_be_valid(self, operation: Operation, failure: Failure, exchange: RecordedExchange) -> bool:
        """May a response be valid? Schemathesis knows no `defaultMapping`, and no `oneOf` that nothing can satisfy."""
        if isinstance(failure, DiscriminatorMismatch):
            return self._writes("defaultMapping") and not any(response_violations(operation, exchange, self.contract))
        if self._has_closed_parts and not any(response_violations(operation, exchange, self.contract)):
            return True
        return is_unsatisfiable(self.contract, operation, exchange) or self._is_plain_text(operation, exchange)

    @cached_property
    def _has_closed_parts(self) -> bool:
        """Does a part of an `allOf` forbid what another one declares? Schemathesis takes that literally."""
        return has_closed_parts(dict(self.contract.document.raw))

    def _is_plain_text(self, operation: Operation, exchange: RecordedExchange) -> bool:
        """Is the content a text by its schema, and no JSON? Schemathesis parses YAML, and then it is an object."""
        response = operation.response(exchange.status)
        media = documented_media(response, exchange) if response is not None else None
        if media is None or media.schema is None or is_json(media.name):
            return False
        return self.contract.schemas.types(media.schema) == {"string"}

    def _documented(self, exchange: RecordedExchange) -> frozenset[str]:
        """The methods of all templates that match the path of a request."""
        return methods_at(self.contract, exchange.url, self.base)

    def _knows_no_such_method(self, exchange: RecordedExchange) -> bool:
        """Is it 501 for a method that the document does not have (RFC 9110 section 15.6.2)?"""
        return exchange.status == 501 and exchange.method not in self._documented(exchange)

    def _lists_documented_methods(self, failure: AllowHeaderMismatch, exchange: RecordedExchange) -> bool:
        """Are the surplus methods documented for the path of the request?

        Schemathesis reads neither `additionalOperations` (OpenAPI 3.2) nor the other templates that match the path.
        Before OpenAPI 3.2, a document can have no other method than those of a path item, such as SEARCH.
        """
        known = self._documented(exchange)  # without what follows a `#` in the path, which no request sends
        surplus = frozenset(failure.undocumented_methods)
        if not str(self.contract.document.raw.get("openapi", "")).startswith("3.2"):
            surplus &= PATH_ITEM_METHODS
        return known.isdisjoint(failure.missing_methods) and known.issuperset(surplus)

    def _may_refuse(self, operation: Operation, case: Any, exchange: RecordedExchange) -> bool:
        """May a server refuse a request that Schemathesis considers valid?"""
        unsafe = any(abs(each) > INTEROPERABLE for each in integers_of(case))
        is_documented_failure = not documents_success(operation) and operation.response(exchange.status) is not None
        invalid = self._has_invalid_parameter(operation, case) or self._has_unknown_discriminator(operation, exchange)
        by_rule = name_of(operation) in self.refusing and 400 <= exchange.status < 500
        by_reference = name_of(operation) in self.referring and exchange.status in (400, 404, 409, 422)
        documented = {response.status for response in operation.responses}
        by_content = exchange.status == 422 and {"400", "422"} <= documented  # 400 for the form, 422 for what it says
        by_condition = exchange.status == 412 and "412" in documented  # an invented entity tag fits no item
        return (
            by_reference
            or by_condition
            or by_content
            or self._is_unwritten(operation, exchange)
            or unsafe
            or is_documented_failure
            or invalid
            or by_rule
            or _chose_media_type(operation, exchange)
            or _has_unknown_cursor(self.contract, case)
        )

    def _is_unwritten(self, operation: Operation, exchange: RecordedExchange) -> bool:
        """Is it a body that Schemathesis does not write as documented?

        It knows no `nodeType` of XML, of multipart bodies neither the order of parts nor their headers, and writes only
        the names of objects in a list of a form.
        """
        sent = _media_type(exchange)
        if is_xml(sent):
            return self._writes("nodeType")
        content = operation.request_body.content if operation.request_body else ()
        media = next((m for m in content if essence(m.name) == sent), None)
        if media is not None and media.schema is not None and is_form(sent):
            schemas = self.contract.schemas
            entries = filter(None, map(schemas.items, schemas.properties(media.schema).values()))
            if any("object" in schemas.types(each) for each in entries):
                return True
        if is_multipart(sent) and (media is None or is_ordered(sent)):
            return any(is_multipart(m.name) for m in content)  # it writes some as a form
        if media is None or not is_multipart(sent):
            return False
        encoding = encoding_of(media, self.contract.document.root)
        has_headers = any(header.required for each in encoding.by_name.values() for header in each.headers)
        return has_headers or is_described_as_list(media, self.contract.schemas)

    def _writes(self, field: str) -> bool:
        """Has the document, of OpenAPI 3.2, this field anywhere?"""
        return field in self._written and str(self.contract.document.raw.get("openapi", "")).startswith("3.2")

    @cached_property
    def _written(self) -> str:
        return str(self.contract.document.raw)

    @cached_property
    def refusing(self) -> frozenset[str]:
        """The operations whose rules may refuse a request that is valid by the document."""
        return frozenset(op.name for op in resource_operations(self.contract) if op.may_refuse)

    @cached_property
    def referring(self) -> frozenset[str]:
        """The operations whose bodies refer to other items, which a generated value does not name."""
        known = checked_resources(self.contract)
        return frozenset(
            op.name
            for op in resource_operations(self.contract)
            if op.media_type
            and op.behaviour.action
            and op.behaviour.action.of in known
            and any(each.field and each.key for each in known[op.behaviour.action.of].behaviour.references)
        )

    def _has_unknown_discriminator(self, operation: Operation, exchange: RecordedExchange) -> bool:
        """Has the body an unknown discriminator value? Schemathesis ignores discriminators of inheriting schemas."""
        body = operation.request_body
        media = next((m for m in body.content if m.name == _media_type(exchange)), None) if body else None
        if media is None or media.schema is None or not is_json(media.name) or not self.inherits:
            return False
        return not self.contract.schemas.validator(media.schema, "request").is_valid(exchange.sent)

    def _has_invalid_parameter(self, operation: Operation, case: Any) -> bool:
        """Has the request a parameter that its own schema forbids, or that no style can write?

        Schemathesis copies values from other responses along links, and sends any text if it cannot read a pattern.
        """
        given = {"path": case.path_parameters, "query": case.query, "header": case.headers, "cookie": case.cookies}
        if any(map(self._is_nested_form, operation.parameters)):
            return True
        for parameter in operation.parameters:
            value = (given[parameter.location] or {}).get(parameter.name)
            if value is None or (parameter.location == "header" and parameter.name.lower() in HEADERS):
                continue
            if is_nested(self.contract.schemas, parameter) or self._is_unwritten_style(parameter):
                return True
            text = unquote(str(value)) if parameter.location == "path" else value
            if isinstance(text, str) and not allows_text(self.contract.schemas, parameter, text):
                return True
        return False

    def _is_unwritten_style(self, parameter: Parameter) -> bool:
        """Is it an object or list in a style that Schemathesis does not write?

        It writes only the names of an object with spaces or pipes between its parts, and knows no style `cookie`.
        """
        types = self.contract.schemas.types(parameter.schema) if parameter.schema is not None else frozenset()
        if parameter.style == "cookie":
            return not types.isdisjoint(("array", "object"))
        return parameter.style in ("spaceDelimited", "pipeDelimited") and "object" in types

    def _is_nested_form(self, parameter: Parameter) -> bool:
        """Is it the whole query as a form with lists or objects? Schemathesis writes these as no form does."""
        schemas = self.contract.schemas
        if parameter.style != QUERYSTRING or parameter.schema is None or not is_form(parameter.content or ""):
            return False
        return any(schemas.types(each) & {"array", "object"} for each in schemas.properties(parameter.schema).values())

    def _may_accept(self, operation: Operation, message: str, exchange: RecordedExchange) -> bool:
        """May a server accept a request that Schemathesis considers invalid?"""
        if is_undefined(operation.method, message) or _is_credential(operation, message):
            return True
        if _is_unwritable(message, exchange) or (is_form(_media_type(exchange)) and IN_FIELD.search(message)):
            return True
        is_body = " in body" in message or ("required property" in message and is_xml(_media_type(exchange)))
        if not is_body:
            return self._is_list_or_object_parameter(operation, message) or self.openapi_core.accepts_request(
                operation, exchange, self.base
            )
        if self._is_unwritten(operation, exchange):
            return True
        sent = _media_type(exchange)
        media = (
            next((m for m in operation.request_body.content if m.name == sent), None)
            if (operation.request_body)
            else None
        )
        if media is None or media.schema is None:
            return False
        if is_json(sent):
            return self._is_nullable_null(media.schema, message, exchange)
        if is_xml(sent) and is_missing_list(self.contract.schemas, media.schema, message):
            return True
        return self._is_valid_as_text(media, message) or (
            "swagger" in self.contract.document.raw and FURTHER.search(message) is not None
        )

    def _is_list_or_object_parameter(self, operation: Operation, message: str) -> bool:
        """Is it about a list or object parameter? In some notation, every text is one."""
        named = PARAMETER.search(message)
        found = [p for p in operation.parameters if named and (p.name, p.location) == named.groups() and p.schema]
        return any(self.contract.schemas.types(str(p.schema)) & {"array", "object"} for p in found)

    def _is_nullable_null(self, schema: str, message: str, exchange: RecordedExchange) -> bool:
        """Is the only violation a null that `nullable` allows but the `enum` next to it does not list?"""
        field = FIELD.search(message)
        name = names_in(field)[-1:] if field is not None else []
        if not name or not _is_null(name[0], exchange.sent):
            return False
        return self.contract.schemas.validator(schema, "request").is_valid(exchange.sent)

    def _is_valid_as_text(self, media: MediaType, message: str) -> bool:
        """Is it about a value that has the right type once it is written as text?"""
        schemas, field = self.contract.schemas, FIELD.search(message) or RETYPED.search(message)
        if field is None:
            whole = schemas.types(str(media.schema)) == {"string"} and media.name.startswith("text/")
            return whole and WHOLE.search(message) is not None
        known, item = schemas.properties(str(media.schema)), ITEM.search(message)
        listed = property_named(known, item.group(1)) if item is not None else None
        if listed is not None:
            entry = schemas.items(listed)
            return entry is not None and bool(schemas.types(entry) & TEXTUAL)
        named: str | None = str(media.schema)
        for name in names_in(field):
            named = property_named(schemas.properties(schemas.items(named) or named), name) if named else None
        return named is not None and bool(schemas.types(named) & TEXTUAL)


def _is_credential(operation: Operation, message: str) -> bool:
    """Is it about a credential, which other checks judge? The document does not have it as a parameter.

    A request with several faults may also have further parameters, which are allowed.
    """
    named, several = NAMED.search(message), SEVERAL.findall(message)
    if named is not None:
        return not _has_parameter(operation, named.group(1) or named.group(2), named.group(3))
    return bool(several) and all(
        place != "body" and (keyword == "additionalProperties" or (name and not _has_parameter(operation, name, place)))
        for place, keyword, name in several
    )


def _has_parameter(operation: Operation, name: str, location: str) -> bool:
    same = [each for each in operation.parameters if each.location == location]
    return any(each.name == name or (location == "header" and each.name.lower() == name.lower()) for each in same)


def _media_type(exchange: RecordedExchange) -> str:
    """The media type of a request, without its parameters."""
    found = next((value for name, value in exchange.headers if name.lower() == "content-type"), "")
    return essence(found)


def _chose_media_type(operation: Operation, exchange: RecordedExchange) -> bool:
    """Has the body a media type that Schemathesis chose for a range such as `*/*`, and that is not JSON?"""
    sent = _media_type(exchange)
    named = {essence(each.name) for each in operation.request_body.content} if operation.request_body else {sent}
    return bool(sent) and sent not in named and not is_json(sent)


def _is_unwritable(message: str, exchange: RecordedExchange) -> bool:
    """Is it about a body in whose media type no schema says how a value is written, such as `application/jwt`?"""
    sent = _media_type(exchange)
    known = (is_json, is_lines, is_form, is_xml, is_prose, is_multipart)
    is_known = sent.startswith("text/") or "yaml" in sent or any(each(sent) for each in known)
    return bool(sent) and not is_known and not OUTSIDE.search(message)


def _is_null(name: str, value: Any) -> bool:
    """Is a field of that name null, anywhere in a JSON value?"""
    if isinstance(value, dict):
        return (name in value and value[name] is None) or any(_is_null(name, each) for each in value.values())
    return isinstance(value, list) and any(_is_null(name, each) for each in value)


def _has_unknown_cursor(contract: Contract, case: Any) -> bool:
    """Has the request a paging cursor? A generated one is valid by its schema, but the service never issued it."""
    behaviour = contract.behaviour.operations.get((case.operation.path, case.operation.method))
    paging = behaviour.paging if behaviour else None
    given = case.query or {}
    return (
        paging is not None
        and paging.style == "cursor"
        and any(name and given.get(name) is not None for name in (paging.position, paging.backward))
    )
