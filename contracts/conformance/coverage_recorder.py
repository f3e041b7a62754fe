"""Records which parts of a document the exchanges of a run cover. Each exchange is judged at once, and none is kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from contracts.checks import checks_of
from contracts.conformance.response_validation import documented_media
from contracts.conformance.seen_constraints import SeenConstraints
from contracts.model.coverage import Coverage, MissingTarget
from contracts.model.finding import RecordedExchange
from contracts.model.operation_path import below_server
from contracts.model.resources import name_of
from mockserver.contract import Contract
from mockserver.openapi import path_template
from mockserver.openapi.document import Operation, Parameter
from mockserver.openapi.field_types import QUERYSTRING
from mockserver.openapi.links import DocumentedLink, documented_links
from mockserver.openapi.media_types import is_json

MOST_ITEMS = 3
"""Only the first items of a list in a response are looked at."""

LARGEST = 1_000_000
"""A larger body of a response is not searched for fields."""

NOT_RUN = "the check was not selected, or is not part of a quick run"

Seen = tuple[str, ...]
"""What was seen: an operation, and further words."""


class CoverageRecorder:
    """Collects what the exchanges of one run cover. Several threads may use it."""

    def __init__(self, contract: Contract, base_url: str) -> None:
        self._contract, self._base = contract, base_url.rstrip("/")
        self._lock = Lock()
        self._statuses: dict[str, Counter[int]] = {name_of(each): Counter() for each in contract.document.operations}
        self._seen: set[Seen] = set()
        self._fields: dict[str, bool] = {}
        self._constraints = SeenConstraints(contract.schemas)
        self._routes: dict[str, list[tuple[re.Pattern[str], frozenset[tuple[str, str]], Operation]]] = {}
        for operation in sorted(contract.document.operations, key=lambda each: each.path.count("{")):
            route, fixed = re.compile("".join(_parts(operation.path))), path_template.fixed_pairs(operation.path)
            self._routes.setdefault(operation.http_method, []).append((route, frozenset(fixed), operation))
        for routes in self._routes.values():
            routes.sort(key=lambda each: -len(each[1]))  # those that a query tells apart come first
        for pointer in _request_schemas(contract):
            self._constraints.expect(pointer)
        for pointer in _response_schemas(contract):
            self._expect_fields(pointer)

    def saw(self, exchange: RecordedExchange) -> None:
        """Judge an exchange."""
        parts = urlsplit(below_server(exchange.url, self._base, self._contract.document))
        query = parse_qsl(parts.query, keep_blank_values=True)
        found = self._route(exchange.method, parts.path, query)
        if found is None:
            return
        operation, path_values = found
        with self._lock:
            self._statuses[name_of(operation)][exchange.status] += 1
            self._saw_parameters(operation, exchange, path_values, query)
            self._saw_body(operation, exchange)
            self._saw_response(operation, exchange)

    def _route(self, method: str, path: str, query: list[tuple[str, str]]) -> tuple[Operation, tuple[str, ...]] | None:
        for pattern, fixed, operation in self._routes.get(method, ()):
            match = pattern.fullmatch(path)
            if match is not None and fixed.issubset(query):
                return operation, tuple(map(unquote, match.groups()))
        return None

    def _saw_parameters(
        self, operation: Operation, exchange: RecordedExchange, path: tuple[str, ...], query: list[tuple[str, str]]
    ) -> None:
        in_path = dict(zip(path_template.names(operation.path), path, strict=True))
        for each in operation.parameters:
            given = _given(each, exchange, in_path, query)
            self._seen.add((name_of(operation), each.location, each.name, "given" if given else "left out"))
            if given and each.schema is not None:
                types = self._contract.schemas.types(each.schema)
                self._constraints.saw(each.schema, _typed(given, types))

    def _saw_body(self, operation: Operation, exchange: RecordedExchange) -> None:
        sent = exchange.sent
        for media in operation.request_body.content if operation.request_body and sent is not None else ():
            if is_json(media.name) and media.schema is not None:
                self._constraints.saw(media.schema, sent)
                examples = (name for name, value in media.examples.items() if value == sent)
                self._seen.update((name_of(operation), "example", name) for name in examples)
                return

    def _saw_response(self, operation: Operation, exchange: RecordedExchange) -> None:
        response = operation.response(exchange.status)
        if response is None:
            return
        self._seen.add((name_of(operation), "status", response.status))
        media = documented_media(response, exchange)
        if media is not None and media.schema is not None and len(exchange.reply_body) <= LARGEST:
            self._saw_fields(media.schema, exchange.json)

    def _expect_fields(self, pointer: str) -> None:
        waiting, done = [pointer], set[str]()
        while waiting:
            here = waiting.pop()
            if here in done:
                continue
            done.add(here)
            below = self._contract.schemas.properties(here).values()
            new = [each for each in below if each not in self._fields and not self._is_write_only(each)]
            self._fields |= dict.fromkeys(new, False)
            items = self._contract.schemas.items(here)
            waiting += [*new, *([items] if items is not None else [])]

    def _is_write_only(self, pointer: str) -> bool:
        return self._contract.schemas.keyword(pointer, "writeOnly") is True

    def _saw_fields(self, pointer: str, value: Any) -> None:
        if isinstance(value, dict):
            for name, below in self._contract.schemas.properties(pointer).items():
                if name in value:
                    self._fields[below] = True
                    self._saw_fields(below, value[name])
        elif isinstance(value, list) and (items := self._contract.schemas.items(pointer)) is not None:
            for each in value[:MOST_ITEMS]:
                self._saw_fields(items, each)

    def coverage(self, outcomes: Mapping[tuple[str, str], str]) -> Coverage:
        """What was covered so far. `outcomes` are those of the checks."""
        totals: Counter[str] = Counter()
        missing: list[MissingTarget] = []
        for target, is_seen in self._targets(outcomes):
            totals[target.kind] += 1
            if not is_seen:
                missing.append(target)
        return Coverage(dict(totals), tuple(missing))

    def unanswered(self) -> str:
        """Why nothing was examined: no operation answered with success, or with a redirect. Empty if one did."""
        statuses = sum(self._statuses.values(), Counter())
        if any(200 <= each < 400 for each in statuses):
            return ""
        seen = f"only with {_counted(statuses)}" if statuses else "no response was one of theirs"
        return f"nothing was examined: none of the {len(self._statuses)} operations answered with success ({seen})"

    def _targets(self, outcomes: Mapping[tuple[str, str], str]) -> Iterator[tuple[MissingTarget, bool]]:
        """Every target, and whether it was seen."""
        for operation in self._contract.document.operations:
            yield from self._operation(operation)
        yield from self._schemas()
        yield from self._statements(outcomes)

    def _operation(self, operation: Operation) -> Iterator[tuple[MissingTarget, bool]]:
        name = name_of(operation)
        statuses = self._statuses[name]
        why = "no request was sent" if not statuses else f"it answered only with {_counted(statuses)}"
        yield MissingTarget("operations", name, "success", why), any(200 <= each < 400 for each in statuses)
        for response in operation.responses:
            if response.status[:1] in "1234":
                seen = (name, "status", response.status) in self._seen
                yield MissingTarget("statuses", name, response.status, why), seen
        for each in operation.parameters:
            for state in ("given",) if each.required else ("given", "left out"):
                seen = (name, each.location, each.name, state) in self._seen
                reason = why if not statuses else f"no request {'had' if state == 'given' else 'was without'} it"
                yield MissingTarget("parameters", name, f"{each.location} {each.name}: {state}", reason), seen
        for media in operation.request_body.content if operation.request_body else ():
            for example in media.examples if is_json(media.name) else ():
                seen = (name, "example", example) in self._seen
                yield MissingTarget("examples", name, example, "it was not sent"), seen
        for link in documented_links(operation, self._contract.document):
            yield self._link(name, link)

    def _link(self, name: str, link: DocumentedLink) -> tuple[MissingTarget, bool]:
        called = any(200 <= each < 400 for each in self._statuses[name_of(link.target)])
        seen = (name, "status", link.status) in self._seen and called
        why = "its response was not seen" if called else "its target was not called with success"
        return MissingTarget("links", name, f"{link.status} {link.name}", why), seen

    def _schemas(self) -> Iterator[tuple[MissingTarget, bool]]:
        for (pointer, keyword), wanted in self._constraints.wanted.items():
            for outcome in (True, False):
                what = f"{keyword}: {'valid' if outcome else 'invalid'}"
                only = "invalid" if outcome else "valid"
                why = "no value was sent" if len(wanted) == 2 else f"every value that was sent is {only}"
                yield MissingTarget("constraints", pointer, what, why), outcome not in wanted
        for pointer, seen in self._fields.items():
            yield MissingTarget("fields", pointer, pointer.rpartition("/")[2], "no response contained it"), seen

    def _statements(self, outcomes: Mapping[tuple[str, str], str]) -> Iterator[tuple[MissingTarget, bool]]:
        found: dict[tuple[str, str], list[str]] = {}
        for bound in checks_of(self._contract):
            statement = bound.statement
            text = statement.kind if statement.kind not in ("http", "schema") else bound.check.name
            outcome = outcomes.get((bound.operation, bound.check.name), NOT_RUN)
            found.setdefault((statement.subject, text), []).append(outcome)
        for (subject, text), results in found.items():
            why = next((each.removeprefix("skipped: ") for each in results), "")
            seen = any(each in ("passed", "failed") for each in results)
            yield MissingTarget("statements", subject, text, why), seen


def _parts(path: str) -> Iterator[str]:
    """The pieces of a regular expression for the paths of a template, with a group for each parameter."""
    pieces = path_template.EXPRESSION.split(path_template.split(path)[0])
    for index, piece in enumerate(pieces):
        yield "([^/]+)" if index % 2 else re.escape(piece)


def _request_schemas(contract: Contract) -> Iterator[str]:
    for operation in contract.document.operations:
        yield from (each.schema for each in operation.parameters if each.schema is not None)
        for media in operation.request_body.content if operation.request_body else ():
            if media.schema is not None and is_json(media.name):
                yield media.schema


def _response_schemas(contract: Contract) -> Iterator[str]:
    for operation in contract.document.operations:
        for response in operation.responses:
            if response.status[:1] == "2":
                yield from (each.schema for each in response.content if each.schema is not None and is_json(each.name))


def _given(
    parameter: Parameter, exchange: RecordedExchange, path: Mapping[str, str], query: list[tuple[str, str]]
) -> list[str]:
    """The values of a parameter in a request."""
    name = parameter.name
    if parameter.location == "path":
        return [path[name]] if name in path else []
    if parameter.style == QUERYSTRING:
        return ["&".join(f"{key}={value}" for key, value in query)] if query else []
    if parameter.location == "query":
        return [value for key, value in query if key == name or key.startswith(f"{name}[")]
    if parameter.location == "header":
        return [value for key, value in exchange.headers if key.lower() == name.lower()]
    cookies = "; ".join(value for key, value in exchange.headers if key.lower() == "cookie")
    return re.findall(rf"(?:^|;\s*){re.escape(name)}=([^;]*)", cookies)


def _typed(given: list[str], types: frozenset[str]) -> Any:
    """The value of texts, read by the types of the schema; a text that fits none of them stays a text."""
    if "array" in types:
        return [_scalar(each, types | {"integer"}) for text in given for each in text.split(",")]
    return _scalar(given[0], types)


def _scalar(text: str, types: frozenset[str]) -> Any:
    if types & {"integer", "number"} and re.fullmatch(r"-?\d{1,18}(\.\d{1,18})?", text):
        return float(text) if "." in text else int(text)
    return text == "true" if "boolean" in types and text in ("true", "false") else text


def _counted(statuses: Counter[int]) -> str:
    shown = [
        f"{status or 'no response'} ({f'{number} times' if number > 1 else 'once'})"
        for status, number in statuses.most_common(5)
    ]
    return ", ".join(shown)
