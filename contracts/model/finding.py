"""What an examination found: the exchange that shows it, the statement it breaks, and the verdict."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from msgspec.structs import fields

from mockserver.behaviour.statements import Evidence, Statement

Verdict = Literal["failure", "warning", "disagreement"]
"""`failure`: the server breaks what is documented. `news`: it differs from what is inferred or assumed, which may
well be our mistake. `disagreement`: two judges of the same reply do not agree."""

Headers = tuple[tuple[str, str], ...]

PLACEHOLDER = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
"""How a secret is written in an exchange: the name of the variable that a person sets to repeat it."""

BINDING_EVIDENCE: frozenset[Evidence] = frozenset({"documented", "observed"})
"""Kinds of evidence whose breach is a failure of the server."""


@dataclass(frozen=True)
class RecordedExchange:
    """One request and its reply. Secrets stand as `${NAME}`, in headers, address and bodies alike.

    `waited` are the seconds that were waited on purpose before it was sent.
    """

    method: str
    url: str
    headers: Headers
    body: bytes | None
    status: int
    reply_headers: Headers
    reply_body: bytes = field(repr=False, default=b"")
    waited: float = 0.0

    @cached_property
    def json(self) -> Any:
        """The reply's body as a JSON value; None when it is none."""
        try:
            return json.loads(self.reply_body)
        except (ValueError, RecursionError):
            return None

    @cached_property
    def sent(self) -> Any:
        """The request's body as a JSON value; None when it is none."""
        try:
            return json.loads(self.body or b"")
        except (ValueError, RecursionError):
            return None

    def header(self, name: str) -> str | None:
        """A header of the reply, whatever the case of its name."""
        return next((value for key, value in self.reply_headers if key.lower() == name.lower()), None)

    def curl(self) -> str:
        """The request as one line for a POSIX shell; `${NAME}` is left for the shell to fill in."""
        words = ["curl", "-sS", "-i", "-X", self.method, _quoted(self.url)]
        for name, value in self.headers:
            words += ["-H", _quoted(f"{name}: {value}")]
        if self.body is not None:
            words += ["--data-binary", _quoted(self.body.decode("utf-8", "replace"))]
        return " ".join(words)


def _quoted(text: str) -> str:
    """Quoted for a shell so that nothing but a placeholder of ours is expanded."""
    parts = enumerate(PLACEHOLDER.split(text))
    return "".join(f'"${{{part}}}"' if index % 2 else shlex.quote(part) for index, part in parts if part) or "''"


@dataclass(frozen=True, slots=True)
class StatementRef:
    """What a finding is about: a statement of the behaviour file, of the document, or of a standard.

    `subject` is `service`, a resource or `METHOD path`; `kind` the key of the vocabulary (`paging`), `schema` for the
    document itself, or `http` for a law that every HTTP service keeps.
    """

    subject: str
    kind: str
    evidence: Evidence
    source: str = ""
    text: str = ""

    @classmethod
    def of(cls, subject: str, kind: str, statement: Statement, text: str = "") -> StatementRef:
        """The statement of a behaviour file, as a finding quotes it."""
        return cls(subject, kind, statement.evidence, statement.source, text or _words(statement))


def response_expected(operation: str) -> StatementRef:
    """The law that a request to an operation is response_expected an answer."""
    return StatementRef(
        operation,
        "http",
        "documented",
        "RFC 9110 section 3.4 (a server answers a request)",
        "A request gets an answer.",
    )


def _words(statement: Statement) -> str:
    """A statement in a few words: what it says, without how anybody knows."""
    values = {entry.name: getattr(statement, entry.name) for entry in fields(statement)}
    shown = {name: value for name, value in values.items() if name not in ("evidence", "source", "note")}
    return ", ".join(f"{name} {value}" for name, value in shown.items() if value not in (None, "", (), {}))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as promised. `id` is the same in every run that finds the same thing.

    `check` names the check or promise, `operation` is `METHOD path`. `expected` and `seen` are sentences for a person;
    `exchanges` the shortest sequence known that shows it.
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
    """A Finding with its stable id (from check, operation, statement and `about`) and the verdict of its evidence.

    `about` tells apart several findings of one check on one operation: a field, a boundary. What was seen (ids, times)
    is not part of the id. Without a statement the document itself is broken: a failure.
    """
    named = [check, operation, statement.subject if statement else "", statement.kind if statement else "", about]
    digest = hashlib.sha256("\n".join(named).encode()).hexdigest()[:10]
    decided = verdict or verdict_of(statement, strict=strict)
    return Finding(f"{check}-{digest}", check, operation, decided, statement, expected, seen, exchanges)


def verdict_of(statement: StatementRef | None, *, strict: bool = False) -> Verdict:
    """Breach of what is documented or observed is a failure; of a guess, news, unless the examination is strict."""
    return "failure" if strict or statement is None or statement.evidence in BINDING_EVIDENCE else "warning"
