"""Reading the `then` of an override: from the values of the admin API to answers, checked against the document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from mockserver.errors import REFUSALS, Fault, Invalid
from mockserver.handlers.actions import create
from mockserver.openapi.schema_faults import MOST_FAULTS
from mockserver.suggestions import meant
from mockserver.web.control.conditions import invalid
from mockserver.web.control.overrides import response_checks
from mockserver.web.control.overrides.answer import OverrideAnswer, OverrideScope, PassedOn, Place
from mockserver.web.control.overrides.changed_responses import ChangedResponse
from mockserver.web.control.overrides.faults import SIMPLE
from mockserver.web.control.overrides.fixed_responses import DocumentedError, FixedResponse
from mockserver.web.control.overrides.forwarding import AllowedHosts, ForwardedResponse
from mockserver.web.control.overrides.response_checks import ALL_THE_SAME, fault
from mockserver.web.control.overrides.service_errors import is_possible, possible_kinds
from mockserver.web.control.overrides.timed_faults import LowerCapacity, LowerRateLimit, ServiceOutage
from mockserver.web.serving.response_writer import TOKEN

KINDS = ("status", "example", "patch", "refusal", "fault", "forward", "pass")
"""What an answer may be; `status` may be given with `example`, too."""

WITH_HEADERS = frozenset({"status", "example", "patch", "refusal"})
"""What may be given with `headers`."""

FIELDS = {
    "fraction": ("cut",),
    "bytes_per_second": ("slow",),
    "requests": ("stale-read", "rate-limit"),
    "seconds": ("outage", "rate-limit", "capacity", "late-delivery", "out-of-order-delivery"),
    "limit": ("capacity",),
}
"""The fields of a fault, with the kinds that have them."""

NEEDED = {"rate-limit": "requests", "capacity": "limit"}
"""The fields without which a fault means nothing."""


def answer(then: Mapping[str, Any], scope: OverrideScope, allowed: AllowedHosts, at: Place) -> OverrideAnswer:
    """The answer that `then` describes. Raises Invalid, naming all that is wrong with it."""
    kind = _kind(then, at)
    wrong = list(_unknown_example(then, scope, at)) if kind == "example" else []
    wrong += [] if scope.is_invalid else list(islice(_wrong(kind, then, scope, at), MOST_FAULTS))
    if wrong:
        raise Invalid(wrong[0].message, faults=tuple(wrong[:MOST_FAULTS]))
    if kind in ("status", "example"):
        return FixedResponse(then)
    if kind == "refusal":
        return DocumentedError(then["refusal"], then.get("headers", {}))
    if kind == "fault":
        return _fault(then["fault"], scope, (*at, "fault"))
    if kind == "forward":
        return ForwardedResponse(allowed.check(then["forward"], (*at, "forward")))
    changes = "patch" in then or "headers" in then
    return ChangedResponse(then, is_invalid=scope.is_invalid) if changes else PassedOn()


def _kind(then: Mapping[str, Any], at: Place) -> str:
    """Which kind of answer it is; `pass` for a delay or headers alone. Raises Invalid for a mixture."""
    given = [kind for kind in KINDS if kind in then]
    if len(given) > 1 and given != ["status", "example"]:
        raise invalid(f"choose one of {' and '.join(given)}: they cannot be combined", at)
    kind = given[-1] if given else "pass"
    for field in ("body", "media_type"):
        if field in then and (kind != "status" or (field == "media_type" and "body" not in then)):
            raise invalid(f"{field} needs {'a body' if kind == 'status' else 'a status'} beside it", (*at, field))
    if "headers" in then and given and kind not in WITH_HEADERS:
        raise invalid(f"headers cannot be combined with {kind}", (*at, "headers"))
    if kind == "refusal" and then["refusal"] not in REFUSALS:
        unknown = f"{then['refusal']!r} is no kind of refusal; {meant(then['refusal'], REFUSALS)}"
        raise invalid(unknown, (*at, "refusal"))
    for name, value in then.get("headers", {}).items():
        _check_header(name, value, (*at, "headers", name))
    return kind


def _check_header(name: str, value: str, at: Place) -> None:
    """Raise Invalid for what is no header field (RFC 9110 sections 5.1 and 5.5), and for one that the body decides."""
    if name.lower() in response_checks.SERVER_HEADERS:
        raise invalid(f"{name} follows from the body: use media_type, or a fault", at)
    if TOKEN.fullmatch(name) is None:
        raise invalid(f"{name!r} is no name of a header field: use letters, digits and -", at)
    if not (value.isascii() and value.isprintable()):
        raise invalid("the value of a header field has printable ASCII characters only; percent-encode others", at)


def _unknown_example(then: Mapping[str, Any], scope: OverrideScope, at: Place) -> Iterator[Fault]:
    """An example that there is not, which cannot be answered, not even on purpose."""
    for _, endpoint in scope.endpoints:
        yield from response_checks.wrong_example(then["example"], then.get("status"), endpoint.operation, at)
    if not scope.endpoints:
        yield fault("an example is of an operation, and `when` matches none", (*at, "example"))


def _wrong(kind: str, then: Mapping[str, Any], scope: OverrideScope, at: Place) -> Iterator[Fault]:
    """What the document does not allow, in any of the operations that the override is about."""
    for service, endpoint in scope.endpoints:
        operation, schemas = endpoint.operation, service.contract.schemas
        if "status" in then:
            yield from response_checks.wrong_status(then["status"], operation, at)
            yield from response_checks.wrong_body(then, operation, schemas, at)
        if "patch" in then:
            yield from response_checks.wrong_patch(then["patch"], operation, schemas, at)
        if "headers" in then:
            yield from response_checks.wrong_headers(then, operation, schemas, at)
        if kind == "refusal" and not is_possible(then["refusal"], endpoint):
            there = ", ".join(possible_kinds(endpoint)) or "none"
            message = f"{operation.operation_id} documents no refusal {then['refusal']!r}; there are: {there}"
            yield fault(message + ALL_THE_SAME, (*at, "refusal"))


def _fault(wanted: Mapping[str, Any], scope: OverrideScope, at: Place) -> OverrideAnswer:
    kind = wanted["kind"]
    for field in wanted:
        if field in FIELDS and kind not in FIELDS[field]:
            *others, last = FIELDS[field]
            those = f"{', '.join(others)} and {last}" if others else last
            raise invalid(f"{field} is for {those}, not for {kind}", (*at, field))
    needed = NEEDED.get(kind)
    if needed is not None and needed not in wanted:
        raise invalid(f"{kind} needs the field {needed}", at)
    _check_operations(kind, scope, at)
    if kind == "outage":
        return ServiceOutage("outage", wanted, scope.namespace)
    if kind == "rate-limit":
        return LowerRateLimit(wanted, scope)
    if kind == "capacity":
        return LowerCapacity(wanted, scope.namespace)
    if kind == "stale-read":
        scope.namespace.keep_changes(scope.services.values())
    return SIMPLE[kind](wanted)


def _check_operations(kind: str, scope: OverrideScope, at: Place) -> None:
    """Raise Invalid for a fault that none of the operations can have."""
    endpoints = [endpoint for _, endpoint in scope.endpoints]
    names = ", ".join(endpoint.operation.operation_id for endpoint in endpoints[:3])
    if kind == "stale-read" and endpoints and all(each.operation.method != "get" for each in endpoints):
        raise invalid(f"a stale read is for operations that read (GET), not for {names}", at)
    creates = any(each.bound is not None and each.bound.handler.begin is create for each in endpoints)
    if kind == "capacity" and endpoints and not creates:
        raise invalid(f"a capacity is for operations that create stored items, not for {names}", at)
