"""Findings: the exchanges that show a violation, the violated statement, and the verdict."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, Literal

from contracts.model.missed_hosts import missed_host
from contracts.model.statement_sentences import sentence
from mockserver.behaviour.statements import Evidence, Statement
from mockserver.openapi import json_codec, sequences

Verdict = Literal["failure", "warning", "disagreement"]
"""`failure`: the server violates what is documented, described, implied or observed. `warning`: it violates an
inferred or assumed statement, and the statement itself may be wrong. `disagreement`: two validators of the same
response do not agree."""

Headers = tuple[tuple[str, str], ...]

LEAKS = "leaked-internals"
"""The check of what an error response shows, whatever its cause is."""

MAX_DEPTH = 200
"""The deepest nesting of a JSON body that is validated."""

MAX_SHOWN = 1_000_000
"""The most bytes of a response body in a finding."""

MAX_SEEN = 5_000
"""The longest text of what was seen."""

PLACEHOLDER = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
"""How a secret appears in an exchange: the name of the shell variable to set before the request is sent again."""

BINDING_EVIDENCE: frozenset[Evidence] = frozenset({"documented", "described", "implied", "observed"})
"""A violation of a statement with this evidence is a failure; with other evidence it is a warning."""


@dataclass(frozen=True)
class RecordedExchange:
    """One request and its response. In headers, URL and bodies, secrets are replaced by `${NAME}`.

    A `status` of 0 means that there was no response. `waited` is the number of seconds of a deliberate pause before the
    request. `position` says which exchange of the run it is, counted from 1; 0 means unknown, as in a report.
    `insecure`: the certificate of the server was not verified.
    """

    method: str
    url: str
    headers: Headers
    body: bytes | None
    status: int
    reply_headers: Headers
    reply_body: bytes = field(repr=False, default=b"")
    waited: float = 0.0
    position: int = field(default=0, compare=False)
    insecure: bool = False

    @cached_property
    def json(self) -> Any:
        """The body of the response as a JSON value; None if it is not JSON, or nested deeper than MAX_DEPTH.

        JSON Lines and JSON text sequences are the list of their values.
        The validators cannot take what RFC 8259 section 8.2 warns of, half a surrogate pair, so it is not JSON here.
        """
        name = self.header("content-type") or ""
        if sequences.is_list_of_values(name):
            return _value(self.reply_body, partial(sequences.read, name=name))
        return _value(self.reply_body, json_codec.read)

    @cached_property
    def sent(self) -> Any:
        """The body of the request as a JSON value; None if it is not JSON, or nested deeper than MAX_DEPTH."""
        return _value(self.body or b"", json.loads)

    def header(self, name: str) -> str | None:
        """A header of the response; the case of its name does not matter. None if it is missing."""
        return next((value for key, value in self.reply_headers if key.lower() == name.lower()), None)

    def curl(self) -> str:
        """The request as one line for a POSIX shell. The shell replaces `${NAME}`."""
        words = ["curl", "-sSk" if self.insecure else "-sS", "-i", "-X", self.method, _quoted(self.url)]
        for name, value in self.headers:
            words += ["-H", _quoted(f"{name}: {value}")]
        if self.body is not None:
            words += ["--data-binary", _quoted(self.body.decode("utf-8", "replace"))]
        return " ".join(words)


def _value(text: bytes, read: Callable[[bytes], Any]) -> Any:
    try:
        value = read(text)
    except (ValueError, RecursionError):
        return None
    brackets = text.count(b"[") + text.count(b"{")
    return None if brackets > MAX_DEPTH and json_codec.is_deep(value, MAX_DEPTH) else value


def _quoted(text: str) -> str:
    """Quoted for a shell, which then expands only our own placeholders."""
    parts = enumerate(PLACEHOLDER.split(text))
    return "".join(f'"${{{part}}}"' if index % 2 else shlex.quote(part) for index, part in parts if part) or "''"


PROJECT = "the project"
"""The subject of what a project's own checks demand."""


@dataclass(frozen=True, slots=True)
class StatementRef:
    """The statement that a finding is about: one of the behaviour file, of the document, or of a standard.

    `subject` is `service`, a resource, `METHOD path` or PROJECT. `kind` is the key in the vocabulary (`paging`),
    `schema` for the document itself, or `http` for a rule of HTTP.
    """

    subject: str
    kind: str
    evidence: Evidence
    source: str = ""
    text: str = ""

    @classmethod
    def of(cls, subject: str, kind: str, statement: Statement, text: str = "") -> StatementRef:
        """A reference to a statement of the behaviour file."""
        return cls(subject, kind, statement.evidence, statement.source, text or sentence(statement))


def response_expected(operation: str, *, may_last: bool = False) -> StatementRef:
    """The rule of HTTP that a server responds to every request; a guess where the response `may_last`."""
    if may_last:
        text = "The response ends in time. By the document it may stream or wait for something."
        return StatementRef(operation, "http", "inferred", "the document's description of the operation", text)
    return StatementRef(
        operation,
        "http",
        "documented",
        "RFC 9110 section 3.4 (a server responds to a request)",
        "Every request gets a response.",
    )


def readable_response_expected(operation: str) -> StatementRef:
    """The rule of HTTP that a response is well-formed, and that we can read it within our bounds."""
    return StatementRef(
        operation,
        "http",
        "documented",
        "RFC 9112 section 2.1, RFC 9110 section 8.4, and the bounds of the contract check",
        "Every response can be read: valid HTTP in the coding that it names, of at most 32 MiB.",
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation. `id` is the same in every run that finds the same violation.

    `check` is the name of the check, `operation` is `METHOD path`. `expected` and `seen` are texts for people.
    `exchanges` is the shortest known sequence that shows the violation.
    """

    id: str
    check: str
    operation: str
    verdict: Verdict
    statement: StatementRef | None
    expected: str
    seen: str
    exchanges: tuple[RecordedExchange, ...] = ()


def finding(
    check: str,
    operation: str,
    *,
    expected: str,
    seen: str,
    statement: StatementRef | None = None,
    about: str = "",
    exchanges: tuple[RecordedExchange, ...] = (),
    verdict: Verdict | None = None,
    strict: bool = False,
) -> Finding:
    """A Finding with a stable id and the verdict that follows from the evidence of the statement.

    The id depends on check, operation, statement and `about`, and not on what was seen (ids, times). `about` keeps
    several findings of one check at one operation apart: it names a field or a boundary. A finding without a statement
    violates the document, so it is a failure.
    """
    statement = _doubted(check, operation, seen, exchanges) or statement
    named = [check, operation, statement.subject if statement else "", statement.kind if statement else "", about]
    digest = hashlib.sha256("\n".join(named).encode()).hexdigest()[:10]
    decided = verdict or verdict_of(statement, strict=strict)
    kept = tuple(map(_shortened, exchanges))
    return Finding(f"{check}-{digest}", check, operation, decided, statement, expected, _text(seen), kept)


def _doubted(check: str, operation: str, seen: str, exchanges: tuple[RecordedExchange, ...]) -> StatementRef | None:
    """A guess in place of the statement where a server error is that of a host which the service could not reach."""
    last = exchanges[-1] if exchanges else None
    if last is None or last.status < 500 or check == LEAKS or not seen.startswith(f"status {last.status}"):
        return None
    host = missed_host(last.url, last.body, last.reply_body)
    text = f"The service succeeds here, too, where it could not reach {host}."
    return StatementRef(operation, "http", "inferred", "RFC 9110 section 15.6", text) if host else None


def _shortened(exchange: RecordedExchange) -> RecordedExchange:
    """The exchange as a report shows it; a run may have hundreds of findings about a large response."""
    if len(exchange.reply_body) <= MAX_SHOWN and not exchange.position:
        return exchange
    return replace(exchange, reply_body=exchange.reply_body[:MAX_SHOWN], position=0)


def _text(seen: str) -> str:
    """What was seen, not longer than MAX_SEEN; half a surrogate pair, which no file can hold, as `\\ud800`."""
    text = seen.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= MAX_SEEN else text[:MAX_SEEN] + "…"


def verdict_of(statement: StatementRef | None, *, strict: bool = False) -> Verdict:
    """A violation is a failure if the evidence of the statement is binding, or with `strict`; else it is a warning."""
    return "failure" if strict or statement is None or statement.evidence in BINDING_EVIDENCE else "warning"
