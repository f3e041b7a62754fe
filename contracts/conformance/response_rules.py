"""What HTTP and common sense forbid in any response, whatever the document says: wrong statuses, leaked internals.

The numbers are the fault codes of EvoMaster ([docs/fault-codes.md](../../docs/fault-codes.md)).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from contracts.client.secret_digests import is_credential
from contracts.model.finding import Finding, RecordedExchange, StatementRef, finding
from contracts.model.resources import value_at
from mockserver.behaviour.statements import Evidence
from mockserver.contract import Contract
from mockserver.openapi.deprecation_headers import FORMS, SOURCES, announced, moment
from mockserver.openapi.document import Operation
from mockserver.openapi.media_types import essence
from mockserver.openapi.secret_names import SECRET_NAME

HTTP, LEAK, SECRET, END = "http-response", "leaked-internals", "undocumented-secret", "deprecation-headers"

RESPONSE_RULES: Mapping[str, str] = {
    HTTP: "Every response keeps the rules of HTTP for its status (RFC 9110 section 15).",
    LEAK: "No error response contains a stack trace or an error message of a database or of the file system.",
    END: "Deprecation and Sunset are dates in the form of RFC 9745 and RFC 8594, and Sunset is the later one.",
    SECRET: "No response contains a secret in a field that its schema does not name.",
}
"""Check of every response → what a correct server does."""

STACK_TRACE = re.compile(
    rb"""
    Traceback\ \(most\ recent\ call\ last\)                        # Python
  | (?:\b|\\t)at\ [\w.$<>/@-]+\([\w$]+\.(?:java|kt|scala):\d+\)     # Java, whose lines begin with a tab, `\t` in JSON
  | \bat\ (?:[\w.<>\[\]\ ]+\ \()?(?:file://)?/[^\s():]+\.[cm]?[jt]s:\d+:\d+\)?  # Node.js
  | \bat\ [\w.<>`\[\],]+\([^)\n]*\)\ in\ [^\n]+\.cs:line\ \d+       # .NET
  | (?:Stack\ trace:\s*(?:\\n)?\s*\#0\ )|\#\d+\ /[^\s(]+\.php\(\d+\)   # PHP
  | \bgoroutine\ \d+\ \[running\]                                  # Go
  | \bthread\ '[^']*'\ panicked\ at                                # Rust
  | /[^\s:]+\.rb:\d+:in\ [`']                                      # Ruby
    """,
    re.VERBOSE,
)
"""Part of a stack trace of one of the languages that services are written in."""

DATABASE = re.compile(
    rb"""
    \b(?:sqlite3|psycopg2?|pymysql|MySQLdb|asyncpg|aiosqlite|cx_Oracle|pyodbc)\.(?:\w+\.)*\w*(?:Error|Exception)\b
  | \bpsycopg2?\.errors\.\w+|\bsqlalchemy\.exc\.|\bdjango\.db\.utils\.|\bjava\.sql\.\w+
  | \borg\.(?:hibernate|postgresql|h2)\.|\bPG::\w+Error|\bORA-\d{5}\b|\bSQLSTATE\b.?\[?\w{5}|\bSQLITE_[A-Z]+\b
  | \bSequelizeDatabaseError\b|\bPrismaClient\w*Error\b|\bQueryFailedError\b|\bMongo(?:Server)?Error\b
  | You\ have\ an\ error\ in\ your\ SQL\ syntax|Unclosed\ quotation\ mark\ after\ the\ character\ string
  | \bnear\ \\?["'][^"'\n]{0,60}["']:\ syntax\ error|unrecognized\ token:\ \\?["']
  | unterminated\ quoted\ string\ at\ or\ near|\bsyntax\ error\ at\ or\ near\ \\?["']
  | no\ such\ (?:table|column):\ \w
  | \bENOENT:\ no\ such\ file|\[Errno\ \d+\]\ \w|/[\w.-]+/[\w./-]*[\w-]['"\\]*:\ No\ such\ file\ or\ directory
    """,
    re.VERBOSE,
)
"""A message of a database or of its driver, or of the file system."""

CONSTRAINT = re.compile(
    rb"violates (?:unique|foreign key|not-null) constraint|(?:UNIQUE|NOT NULL|FOREIGN KEY|CHECK) constraint failed"
)
"""A message about a constraint of a database. It tells the name of a table, and no more."""

LONGEST_BODY = 200_000
"""Internals are looked for in this many bytes of a response."""


class ResponseFault(NamedTuple):
    """One fault of a response; `about` identifies it in every run, `code` is EvoMaster's number."""

    check: str
    code: int
    about: str
    expected: str
    seen: str
    evidence: Evidence
    source: str

    def as_finding(
        self, operation: str, exchanges: tuple[RecordedExchange, ...] = (), *, strict: bool = False
    ) -> Finding:
        """The finding about an operation."""
        statement = StatementRef(operation, "http", self.evidence, self.source, RESPONSE_RULES[self.check])
        return finding(
            self.check,
            operation,
            expected=self.expected,
            seen=self.seen,
            about=self.about,
            statement=statement,
            exchanges=exchanges,
            strict=strict,
        )


def response_faults(operation: Operation, exchange: RecordedExchange, contract: Contract) -> Iterator[ResponseFault]:
    """Everything that no response may be or contain, whatever the document says."""
    for code, rule in STATUS_RULES.items():
        found = rule(operation, exchange)
        if found is not None:
            yield ResponseFault(HTTP, code, f"{code} {exchange.status}", *found)
    yield from _ends(operation, exchange, contract)
    if exchange.status >= 400:
        yield from _leaks(exchange)
    elif 200 <= exchange.status < 300 and exchange.method != "HEAD":
        yield from _secrets(operation, exchange, contract)


Fault = tuple[str, str, Evidence, str]
"""What was expected, what was seen, the evidence, and its source."""


def _status(wrong: bool, exchange: RecordedExchange, expected: str, section: str, evidence: Evidence) -> Fault | None:
    return (expected, f"status {exchange.status}", evidence, f"RFC 9110 section {section}") if wrong else None


def _is_no_status(_: Operation, exchange: RecordedExchange) -> Fault | None:
    wrong = exchange.status != 0 and not 100 <= exchange.status <= 599
    return _status(wrong, exchange, "a status code from 100 to 599", "15", "documented")


def _creates_by(method: str) -> Callable[[Operation, RecordedExchange], Fault | None]:
    def rule(operation: Operation, exchange: RecordedExchange) -> Fault | None:
        wrong = exchange.status == 201 and exchange.method == method
        is_stated = any(response.status == "201" for response in operation.responses)
        evidence: Evidence = "inferred" if is_stated else "documented"
        return _status(wrong, exchange, f"{method} does not return 201, because it creates nothing", "15.3.2", evidence)

    return rule


def _has_content(status: int, section: str) -> Callable[[Operation, RecordedExchange], Fault | None]:
    def rule(_: Operation, exchange: RecordedExchange) -> Fault | None:
        length = exchange.header("content-length") or "0"
        if exchange.status != status or (not exchange.reply_body and length == "0"):
            return None
        seen = f"a body of {len(exchange.reply_body)} bytes, Content-Length: {length}"
        return f"no body with status {status}", seen, "documented", f"RFC 9110 section {section}"

    return rule


def _is_too_large_without_body(_: Operation, exchange: RecordedExchange) -> Fault | None:
    wrong = exchange.status == 413 and not exchange.body
    return _status(wrong, exchange, "no 413 (content too large) for a request without a body", "15.5.14", "documented")


def _is_wrong_type_without_body(operation: Operation, exchange: RecordedExchange) -> Fault | None:
    # Where a body is expected, its absence may well be told so: Flask and all that look at Content-Type first do.
    # A request may name a type without a body, as a client does that names one always; Fastify and others judge it.
    names_type = any(name.lower() == "content-type" for name, _ in exchange.headers)
    wrong = exchange.status == 415 and not (exchange.body or names_type) and operation.request_body is None
    return _status(wrong, exchange, "no 415 (unsupported type) for a request without a body", "15.5.16", "documented")


def _is_unmodified_write(_: Operation, exchange: RecordedExchange) -> Fault | None:
    wrong = exchange.status == 304 and exchange.method not in ("GET", "HEAD")
    return _status(wrong, exchange, "304 (not modified) only for GET and HEAD", "15.4.5", "documented")


def _lacks(status: int, name: str, section: str, evidence: Evidence) -> Callable[..., Fault | None]:
    def rule(_: Operation, exchange: RecordedExchange) -> Fault | None:
        if exchange.status != status or exchange.header(name) is not None:
            return None
        return f"the header {name} with status {status}", f"no {name} header", evidence, f"RFC 9110 section {section}"

    return rule


def _needs_no_credential(status: int) -> Callable[[Operation, RecordedExchange], Fault | None]:
    def rule(operation: Operation, exchange: RecordedExchange) -> Fault | None:
        is_stated = any(response.covers(status) for response in operation.responses)
        is_other = exchange.method != operation.http_method  # a request with an undocumented method
        if exchange.status != status or is_stated or is_other or (operation.security and all(operation.security)):
            return None
        expected = f"no {status} from an operation that needs no credential"
        return expected, f"status {status}", "inferred", "OpenAPI 3.1 section 4.8.30 (security)"

    return rule


def _accepts_nothing(_: Operation, exchange: RecordedExchange) -> Fault | None:
    accepted = next((value for name, value in exchange.headers if name.lower() == "accept"), "*/*")
    wrong = exchange.status == 406 and "*/*" in accepted
    return _status(wrong, exchange, "no 406 for a client that accepts everything", "15.5.7", "documented")


STATUS_RULES: Mapping[int, Callable[[Operation, RecordedExchange], Fault | None]] = {
    101: _is_no_status,
    102: _creates_by("DELETE"),
    103: _creates_by("GET"),
    105: _has_content(204, "15.3.5"),
    106: _is_too_large_without_body,
    107: _is_wrong_type_without_body,
    108: _is_unmodified_write,
    # A must of HTTP, but FastAPI, Express and Django REST framework leave it out, so it is a warning.
    109: _lacks(401, "WWW-Authenticate", "15.5.2", "inferred"),
    111: _has_content(205, "15.3.6"),
    112: _lacks(426, "Upgrade", "15.5.22", "documented"),
    202: _needs_no_credential(401),
    203: _needs_no_credential(403),
    204: _accepts_nothing,
}
"""Fault code → the rule that tells it."""

INTERNALS: tuple[tuple[int, str, re.Pattern[bytes], Evidence], ...] = (
    (309, "a stack trace", STACK_TRACE, "implied"),
    (300, "an error message of a database or a file system", DATABASE, "implied"),
    (300, "the name of a constraint of a database", CONSTRAINT, "inferred"),
)
"""Fault code, what no error response contains, what is reported, and the evidence."""


def _ends(operation: Operation, exchange: RecordedExchange, contract: Contract) -> Iterator[ResponseFault]:
    """Headers that announce an end in a wrong form. Where the document allows no valid one, the service follows it."""
    response, found = operation.response(exchange.status), dict[str, datetime]()
    documented = {header.name.lower(): header for header in response.headers} if response else {}
    for name, form in FORMS.items():
        value, header = exchange.header(name), documented.get(name)
        when = moment(name, value) if value is not None else None
        if when is not None:
            found[name] = when
        elif value is not None and (header is None or announced(contract.schemas, header) is not None):
            evidence: Evidence = "documented" if header else "inferred"
            seen = f"{name.title()}: {value[:80]}"
            yield ResponseFault(END, 0, name, f"{name.title()} is {form}", seen, evidence, SOURCES[name])
    if len(found) == len(FORMS) and found["sunset"] < found["deprecation"]:
        seen, source = f"Sunset is {found['sunset']}, Deprecation {found['deprecation']}", "RFC 9745 section 4"
        yield ResponseFault(END, 0, "order", "Sunset is not before Deprecation", seen, "documented", source)


def _leaks(exchange: RecordedExchange) -> Iterator[ResponseFault]:
    body = exchange.reply_body[:LONGEST_BODY]
    sent = (exchange.body or b"") + unquote_to_bytes(exchange.url)
    for code, what, pattern, evidence in INTERNALS:
        match = pattern.search(body)
        if match is not None and match.group() not in sent:
            shown = body[match.start() : match.end() + 60].decode("utf-8", "replace")
            text = f"an error response without {what}"
            source = "OWASP API Security Top 10 2023, API8 (security misconfiguration)"
            yield ResponseFault(LEAK, code, what, text, f"status {exchange.status}: {shown}", evidence, source)


def _secrets(operation: Operation, exchange: RecordedExchange, contract: Contract) -> Iterator[ResponseFault]:
    """Fields with the name of a secret that the schema of the response does not have."""
    response = operation.response(exchange.status)
    sent = essence(exchange.header("content-type") or "")
    media = next((m for m in response.content if essence(m.name) == sent), None) if response else None
    if media is None or media.schema is None:
        return
    for path in dict.fromkeys(_undocumented(exchange.json, media.schema, contract, (), 0)):
        expected = f"no field {path[-1]}, because the schema of the response does not name it"
        source = "OWASP API Security Top 10 2023, API3 (excessive data exposure)"
        shown = value_at(exchange.json, path)
        seen = f"{'.'.join(path)} is {shown}" if is_credential(shown) else f"{'.'.join(path)} has a value"
        yield ResponseFault(SECRET, 0, ".".join(path), expected, seen, "implied", source)


def _undocumented(
    value: Any, schema: str, contract: Contract, path: tuple[str, ...], depth: int
) -> Iterator[tuple[str, ...]]:
    """The paths of secrets that no schema names. An object whose schema names no field may have any."""
    if isinstance(value, list):
        items = contract.schemas.items(schema)
        if items is not None and depth < 6:
            for each in value[:20]:
                yield from _undocumented(each, items, contract, path, depth + 1)
    if not isinstance(value, dict) or depth > 6:
        return
    known = contract.schemas.properties(schema)
    for name, below in value.items():
        if name in known:
            yield from _undocumented(below, known[name], contract, (*path, name), depth + 1)
        elif known and isinstance(below, str) and below and (SECRET_NAME.fullmatch(name) or is_credential(below)):
            yield (*path, name)
