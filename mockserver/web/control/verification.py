"""Were requests sent as expected? If not, the nearest ones, and what differs in each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import unquote

from mockserver.handlers.item_editor import MASK
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi import json_codec, path_template
from mockserver.web.control.conditions import (
    Condition,
    FieldDifference,
    check_name,
    check_path_parameters,
    has_status,
    invalid,
)
from mockserver.web.control.journal import JournalRecord
from mockserver.web.control.masking import is_secret, masked_value
from mockserver.web.control.overrides.matched_request import form_values, parsed_body, paths_of
from mockserver.web.control.shown_entry import secret_names
from mockserver.web.request.router import Router
from mockserver.web.service import Service

NEAREST = 3
"""How many of the nearest requests are shown."""

MOST_DIFFERENCES = 20
"""How many differences of one request are shown."""

Services = Mapping[str, Service]


class KeptRequest:
    """The request of an entry, as conditions see it. A body that the journal has cut is None."""

    def __init__(self, entry: JournalRecord, services: Services) -> None:
        operation, trace = entry.operation, entry.trace
        self.entry, self.method, self.service, self.tenant = entry, entry.method, entry.service, trace.tenant
        self.operation = operation.operation_id if operation is not None else None
        self.caller = trace.principal.name if trace.principal is not None else None
        self._template, self._services = operation.path if operation is not None else None, services

    @cached_property
    def paths(self) -> Sequence[str]:
        """The path below the base URL of the service, and the whole path."""
        raw = self.entry.target.partition("?")[0]
        service = self._services.get(self.service) if self.service is not None else None
        return paths_of(raw, service, self._services, is_known=False)

    @property
    def path(self) -> str:
        """The path below the base URL of the service."""
        return self.paths[0]

    @cached_property
    def query(self) -> Mapping[str, Sequence[str]]:
        """The query parameters by name."""
        return form_values(self.entry.target.partition("?")[2].encode("latin-1"))

    @cached_property
    def headers(self) -> Mapping[str, Sequence[str]]:
        """The header fields by name in lower case."""
        found: dict[str, list[str]] = {}
        for name, value in self.entry.headers:
            found.setdefault(name.lower(), []).append(value)
        return found

    @cached_property
    def path_parameters(self) -> Mapping[str, Sequence[str]]:
        """The path parameters by name."""
        if self._template is None:
            return {}
        router = Router()
        router.add(self._template, self._template)
        found = router.find(self.path)
        values = map(unquote, found[1]) if found is not None else ()
        return {name: [value] for name, value in zip(path_template.names(self._template), values, strict=False)}

    @cached_property
    def body(self) -> Any:
        """The body, as overrides see it; None for one that the journal has cut."""
        if self.entry.length != len(self.entry.body):
            return None
        return parsed_body(self.entry.body, next(iter(self.headers.get("content-type", ())), ""))


def verified(expectation: Mapping[str, Any], entries: Sequence[JournalRecord], services: Services) -> dict[str, Any]:
    """The schema `Verification` of the admin API, for an `Expectation`. The entries are the oldest first.

    Raises Invalid for a condition that cannot be compared, for counts that contradict each other, and for an operation,
    a service or a path parameter that does not exist: a mistyped one was never called, so that an expectation of no
    requests would always hold.
    """
    _check_counts(expectation.get("count", {}))
    own = {name: value for name, value in expectation.items() if name not in ("status", "count", "in_order")}
    _check_names(own, (), services)
    for number, each in enumerate(expectation.get("in_order", ())):
        _check_names(each, ("in_order", number), services)
    expected = _Expected(Condition(own), expectation.get("status"))
    requests = [KeptRequest(each, services) for each in entries]
    found, nearest, message = _counted(expected, expectation, requests)
    written = expectation.get("in_order", ())
    ordered = [_ordered(each, number) for number, each in enumerate(written)]
    if not message and ordered:
        found, nearest, message = _in_order(ordered, requests)
    return {
        "verified": not message,
        "message": message or f"{_times(len(found))}, as expected",
        "found": [each.number for each in found],
        "nearest": [_shown(entry, differences, services) for entry, differences in nearest] if message else [],
    }


def _check_counts(count: Mapping[str, int]) -> None:
    """Raise Invalid for counts that no number of requests can meet."""
    least, most = count.get("at_least", 0), count.get("at_most")
    if most is not None and least > most:
        meant = f"did you mean at_least {most} and at_most {least}?"
        raise invalid(f"no number is at least {least} and at most {most}; {meant}", ("count",))


def _ordered(written: Mapping[str, Any], number: int) -> _Expected:
    own = {name: value for name, value in written.items() if name != "status"}
    return _Expected(Condition(own, ("in_order", number)), written.get("status"))


def _check_names(when: Mapping[str, Any], at: tuple[str | int, ...], services: Services) -> None:
    """Raise Invalid for a service, an operation or a path parameter that there is not."""
    if "service" in when:
        check_name("service", when["service"], list(services), (*at, "service"))
    paths = [
        endpoint.operation.path
        for service in services.values()
        for name, endpoint in service.endpoints.items()
        if name == when.get("operation", name)
    ]
    if "operation" in when:
        known = [name for service in services.values() for name in service.endpoints]
        check_name("operation", when["operation"], known, (*at, "operation"))
    check_path_parameters(when, paths, at)


class _Expected(NamedTuple):
    """A condition on a request, and the status of its response or a class such as `4XX`; None for any."""

    condition: Condition
    status: int | str | None

    @property
    def written(self) -> dict[str, Any]:
        """As it was written."""
        return {**self.condition.when, **({"status": self.status} if self.status is not None else {})}

    @property
    def is_any(self) -> bool:
        """Does every request match?"""
        return not self.condition.when and self.status is None

    def differences(self, request: KeptRequest) -> list[FieldDifference]:
        """All that differs; empty for a request that matches."""
        status = request.entry.status
        is_same = self.status is None or has_status(status, self.status)
        own = [] if is_same else [FieldDifference("status", self.status, status)]
        return own + self.condition.differences(request)


Near = tuple[JournalRecord, list[FieldDifference]]
Found = tuple[list[JournalRecord], list[Near], str]
"""The requests that match, the nearest others, and what is wrong; empty if nothing is."""


def _counted(expected: _Expected, expectation: Mapping[str, Any], requests: Sequence[KeptRequest]) -> Found:
    found = [each.entry for each in requests if not expected.differences(each)]
    if expected.is_any and "count" not in expectation and "in_order" in expectation:
        return found, [], ""  # only an order is expected
    wanted = expectation.get("count") or {"at_least": 1}
    wrong = [name for name in COUNTS if name in wanted and not CHECKS[name](len(found), wanted[name])]
    if not wrong:
        return found, [], ""
    counts = " and ".join(COUNTS[name].format(wanted[name]) for name in COUNTS if name in wanted)
    be = "was" if len(found) == 1 else "were"
    message = f"expected {counts}, but there {be} {len(found)} of {len(requests)} requests like this"
    return found, _nearest(expected, requests), message


COUNTS = {"exactly": "exactly {}", "at_least": "at least {}", "at_most": "at most {}"}

CHECKS: dict[str, Callable[[int, int], bool]] = {
    "exactly": lambda found, wanted: found == wanted,
    "at_least": lambda found, wanted: found >= wanted,
    "at_most": lambda found, wanted: found <= wanted,
}


def _in_order(order: Sequence[_Expected], requests: Sequence[KeptRequest]) -> Found:
    found: list[JournalRecord] = []
    left = iter(requests)
    for number, expected in enumerate(order, 1):
        entry = next((each.entry for each in left if not expected.differences(each)), None)
        if entry is None:
            after = f" after the request {found[-1].number}" if found else ""
            missing = f"number {number} of {len(order)} in the order was not sent{after}"
            return found, _nearest(expected, requests), f"{missing}: {json_codec.write(expected.written).decode()}"
        found.append(entry)
    return found, [], ""


def _nearest(expected: _Expected, requests: Sequence[KeptRequest]) -> list[Near]:
    """The requests with the fewest differences, the latest of them first."""
    told = [(each.entry, expected.differences(each)[:MOST_DIFFERENCES]) for each in reversed(requests)]
    # Another operation is further away than any difference within one.
    others = sorted((near for near in told if near[1]), key=lambda near: (_is_other(near[1]), len(near[1])))
    return others[:NEAREST]


def _is_other(differences: Sequence[FieldDifference]) -> bool:
    return any(each.field in ("operation", "method", "path", "service") for each in differences)


def _shown(entry: JournalRecord, differences: Sequence[FieldDifference], services: Services) -> dict[str, Any]:
    secrets = secret_names(services.get(entry.service) if entry.service is not None else None)
    return {
        "number": entry.number,
        "request": f"{entry.method} {entry.target.partition('?')[0]} ({entry.status or 'no response'})",
        "differences": [*_masked(differences, secrets)],
    }


def _masked(differences: Sequence[FieldDifference], secrets: frozenset[str]) -> Iterator[dict[str, Any]]:
    """The differences; what was sent for a field with the name of a secret is not shown, nor a message about it."""
    for each in differences:
        is_named = any(is_secret(name, secrets) for name in NAMES.findall(each.field))
        actual = MASK if is_named and each.actual not in (None, []) else masked_value(each.actual, secrets)
        is_message = each.field.startswith("body") and isinstance(each.expected, str)
        hides = is_message and actual != each.actual
        yield {"field": each.field, "expected": OTHER if hides else each.expected, "actual": actual}


NAMES = lazy_pattern(r"[A-Za-z0-9_-]+")
"""The names in the place of a field, such as `json_path.$.user.password`."""

OTHER = "another value"
"""What is expected of a secret, where more would show it."""


def _times(count: int) -> str:
    return f"{count} request" + ("" if count == 1 else "s")
