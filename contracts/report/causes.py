"""Groups findings by their cause: one bug that is found in twelve places is read once."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from contracts.conformance.engine_checks import ANSWERED, RESPONSE_CHECKS
from contracts.conformance.response_rules import RESPONSE_RULES
from contracts.model.finding import Finding, RecordedExchange, Verdict
from contracts.report.coercions import is_coercion
from contracts.report.severity import is_odd, is_refused_otherwise, is_wrong_refusal, origin, severity, standing

Key = tuple[str, ...]
"""What findings of one cause have in common."""

WORDS = re.compile(
    r"""
    (?P<status>\b(?:status|returns|with)\ [1345]\d\d\b)
  | (?P<success>\b(?:status|returns|with)\ 2\d\d\b)
  | (?P<methods>\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|QUERY)\b(?:,\s|\s/[^\s,;]+|(?=\W|$)))+
  | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<link>https?://\S+)
  | (?P<time>\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)
  | (?P<id>\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b|\b(?=\w*\d)(?=\w*[A-Za-z])[\w-]{8,}\b)
  | (?P<number>(?<![\w.])-?\d+(?:\.\d+)?(?![\w.]))
  | (?P<word>\b[A-Za-z_][\w.\[\]-]*)
    """,
    re.VERBOSE,
)
"""What may differ between two places with the same cause. A status that is no success stays: it is what is wrong."""

LITERALS = frozenset({"true", "false", "null"})

FRAME = re.compile(
    r"""File\ "(?P<py>[^"]+)",\ line\ (?P<line>\d+)
      | \bat\ (?P<java>[\w.$<>]+)\((?P<source>[\w.]+:\d+)\)
      | \bat\ (?:[\w.<>\[\] ]+\ )?\(?(?P<js>/[^\s():]+:\d+):\d+\)?""",
    re.VERBOSE,
)
"""A line of a stack trace of Python, Java or JavaScript."""

ALLOW = frozenset({"method-not-allowed", "allow_header_conformance", "unsupported_method"})
"""Checks of the same header, one of ours and two of Schemathesis."""

UNENFORCED = re.compile(
    r"^a request with (?P<field>[\w.\[\]-]+)[ =].*, which `[\w/]+` (?:forbids|allows), "
    r"is (?P<outcome>refused|accepted)$"
)
"""The expectation about one field or parameter whose schema is not enforced, by whichever keyword."""

WRITTEN = frozenset({"updates", "whole_updates", "edge_input", "read_your_writes"})
"""Modules of checks that compare what is shown of a field with what was written."""

KIND = r"(?P<kind>date-time|date|time|email|uuid|uri|null|string|integer|number|boolean|object|array|list)\b"
"""What a value should be: a format or a type."""

WRONG_VALUE = re.compile(
    rf"^(?:[\w\[\]-]+\.)*(?P<field>[A-Za-z_][\w-]*): .* is not (?:an? )?(?:valid )?\W*{KIND}", re.DOTALL
)
"""What our validator says of a value of a response."""

SCHEMATHESIS_VALUE = re.compile(
    rf"is not (?:of type|a|an) \"{KIND}.*?Schema at \S*/(?P<field>[A-Za-z_][\w-]*):", re.DOTALL
)
"""What Schemathesis says of it."""

GENERAL = frozenset({"document", "not_a_server_error", *RESPONSE_RULES, *RESPONSE_CHECKS})
"""Checks of every response. What another check says about the same response is more telling."""

LONGEST_BODY = 20_000
"""A stack trace is looked for in this many bytes of a response."""

DATA = "⟨value⟩"

LONG_VALUE = re.compile(r": .{60,}(?= is not )", re.DOTALL)
"""A list or an object before what is wrong with it. It is cut in the middle, perhaps within a text."""

KEPT = frozenset(f"'{name}'" for name in ("null", "boolean", "object", "array", "number", "integer", "string"))
"""Quoted words that say what is wrong: the types of JSON Schema."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Findings that have one cause. The first one is the example that a report shows."""

    findings: tuple[Finding, ...]

    @property
    def example(self) -> Finding:
        """The finding that shows the cause best: the most severe one with the fewest requests."""
        return self.findings[0]

    @property
    def verdict(self) -> Verdict:
        """The verdict of the example."""
        return self.example.verdict

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations where it was found, each once."""
        return tuple(dict.fromkeys(each.operation for each in self.findings))

    @property
    def checks(self) -> tuple[str, ...]:
        """The checks that found it, each once."""
        return tuple(dict.fromkeys(each.check for each in self.findings))


def causes(findings: Sequence[Finding], not_reproducible: Container[str] = ()) -> tuple[Cause, ...]:
    """The causes of findings, the worst first: failures before warnings, lost data before style.

    Two findings have one cause if the same check expected and saw the same, if the same operation answered them with
    the same server error, did not keep what it was sent, or one field of it, or does not enforce the schema of one
    field. So they have if values of a wrong type were converted, if requests without a valid credential were refused
    with the same wrong status, or invalid ones with the same unusual one, if a field of that name has the same wrong
    kind of value in every response, and if odd values cause server errors. A finding that fits several groups belongs
    to the largest.

    The example of a cause is none of the `not_reproducible` ones (ids of findings), if there is another one.
    """
    groups: dict[Key, set[int]] = {}
    for number, found in enumerate(findings):
        for key in _keys(found):
            groups.setdefault(key, set()).add(number)
    joined = _joined(findings, _disjoint(groups))
    return tuple(sorted((_cause(findings, each, not_reproducible) for each in joined), key=_rank))


def _disjoint(groups: dict[Key, set[int]]) -> Iterator[frozenset[int]]:
    """The groups without overlaps: the largest one first, and each finding in one group only."""
    while groups:
        chosen = frozenset(groups.pop(max(groups, key=lambda each: len(groups[each]))))
        yield chosen
        for other in list(groups):
            groups[other] -= chosen
            if not groups[other]:
                del groups[other]


def _joined(findings: Sequence[Finding], groups: Iterable[frozenset[int]]) -> Iterable[frozenset[int]]:
    """Groups about the same exchange become one: a lost write shows in several fields, and a response can violate the
    document and another statement.
    """
    done: dict[tuple[object, ...], frozenset[int]] = {}
    result: dict[frozenset[int], None] = {}
    for group in groups:
        keys = {_witness(findings[number]) for number in group} - {()}
        near = {done[key] for key in keys if key in done}
        joined = group.union(*near)
        for each in near:
            result.pop(each, None)
        result[joined] = None
        for number in joined:
            done[_witness(findings[number])] = joined
    return result


def _witness(found: Finding) -> tuple[object, ...]:
    """The last exchange, and the check unless the response itself is wrong; empty if there is no exchange.

    A response that shows the invalid value that was accepted has the same cause.
    """
    last = found.exchanges[-1] if found.exchanges else None
    if last is None:
        return ()
    if last.status >= 500:
        return last.method, last.url, last.body, last.status, last.reply_body
    is_echo = found.check == "document" or (last.status < 300 and UNENFORCED.search(found.expected) is not None)
    check = "" if is_echo else found.check
    return found.verdict, check, last.method, last.url, last.body, last.status, last.reply_body


def _cause(findings: Sequence[Finding], numbers: Iterable[int], not_reproducible: Container[str]) -> Cause:
    def order(found: Finding) -> tuple[int, int, bool, bool, int]:
        verdict, badness, is_general, requests = _order(found)
        return verdict, badness, found.id in not_reproducible, is_general, requests

    return Cause(tuple(sorted((findings[number] for number in sorted(numbers)), key=order)))


def _rank(cause: Cause) -> tuple[int, int, int, int]:
    verdict, badness, *_ = _order(found := cause.example)
    return verdict, badness, max(standing(found), 2 if found.check in GENERAL else 0), -len(cause.operations)


def _order(found: Finding) -> tuple[int, int, bool, int]:
    """Failures come first, then what is worse, then what says most, then what needs fewer requests to show."""
    verdicts: Sequence[Verdict] = ("failure", "warning", "disagreement")
    return verdicts.index(found.verdict), severity(found), found.check in GENERAL, len(found.exchanges) or 99


def _keys(found: Finding) -> Iterator[Key]:
    """The groups that a finding fits in; the first one is always there."""
    kind, names = found.statement.kind if found.statement else "", _fields(found)
    seen = "an incomplete Allow header" if found.check in ALLOW and "Allow" in found.seen else ""
    texts = (seen, seen) if seen else (shape(found.expected, names), shape(found.seen, names))
    yield ("check", "" if seen else found.check + kind, found.verdict, *texts, place(found.exchanges))
    if is_coercion(found):
        yield "coercion", found.verdict
    if "as it was sent" in found.expected:
        yield "lost write", found.verdict, found.operation
    if (
        origin(found.check) in WRITTEN
        and len(named := names & set(re.findall(r"[A-Za-z_][\w-]*", found.expected))) == 1
    ):
        yield "one field", found.verdict, found.operation, *named
    if found.check == "paging":
        yield "pages", found.verdict, found.operation
    unenforced = UNENFORCED.search(found.expected)
    if unenforced is not None:
        yield "unenforced", found.verdict, found.operation, unenforced["field"], unenforced["outcome"]
    if is_wrong_refusal(found):
        yield "wrong refusal", found.verdict, str(found.exchanges[-1].status)
    if is_refused_otherwise(found):
        yield "another refusal", found.verdict, str(found.exchanges[-1].status)
    yield from _response_keys(found)


def _response_keys(found: Finding) -> Iterator[Key]:
    """The groups that a finding fits in by its last response."""
    last = found.exchanges[-1] if found.exchanges else None
    if last is not None and last.status == 0:  # whichever check sent it
        yield "no response", found.verdict, found.seen, last.method, shape(urlsplit(last.url).path)
    if last is not None and (last.status >= 500 or found.check == ANSWERED):
        yield "server error", found.operation, str(last.status), place([last])
        if is_odd(found):
            yield "odd value", found.verdict, str(last.status), place([last])
    elif last is not None and (found.check == "document" or found.check in RESPONSE_CHECKS):
        aspect = _aspect(found)
        yield "response", found.operation if aspect == "schema" else "", str(last.status), aspect
        wrong = WRONG_VALUE.search(found.seen) or SCHEMATHESIS_VALUE.search(found.seen)
        if wrong is not None:
            yield "wrong value", found.verdict, wrong["field"], wrong["kind"]


def _aspect(found: Finding) -> str:
    """Which part of a response is wrong: the check of ours and those of Schemathesis have different texts for it."""
    text = f"{found.check} {found.expected}"
    return next((word for word in ("status", "content", "header") if word in text.partition(":")[0]), "schema")


def place(exchanges: Sequence[RecordedExchange]) -> str:
    """The place in the server that the last response names in a stack trace; empty if it names none."""
    if not exchanges or exchanges[-1].status < 500:
        return ""
    body = exchanges[-1].reply_body[:LONGEST_BODY].decode("utf-8", "replace")
    # A trace in a text of JSON has its quotes and line ends escaped.
    frames = list(FRAME.finditer(body.replace('\\"', '"').replace("\\n", "\n")))
    python = [f"{each['py']}:{each['line']}" for each in frames if each["py"]]
    if python:  # the innermost frame comes last
        return python[-1]
    return next((each["source"] or each["js"] for each in frames), "")


def shape(text: str, names: Container[str] = ()) -> str:
    """A text without what differs between places: quoted texts, ids, numbers, times, addresses, methods and `names`.

    A word with an underscore, a dot or a capital letter inside is taken for the name of a field, too.
    """

    def replaced(match: re.Match[str]) -> str:
        found, kind = match.group(), match.lastgroup
        if kind == "status" or found in KEPT or (kind == "word" and not _is_name(found, names)):
            return found
        return "success" if kind == "success" else DATA

    return " ".join(WORDS.sub(replaced, LONG_VALUE.sub(f": {DATA} ", text)[:500]).split())


def _is_name(word: str, names: Container[str]) -> bool:
    return word in names or word in LITERALS or re.search(r"[a-z0-9][A-Z]|_|\w[.\[]\w", word) is not None


def _fields(found: Finding) -> frozenset[str]:
    """The names of the fields in the bodies of a finding."""
    values = [value for each in found.exchanges for value in (each.sent, each.json)]
    return frozenset(name for value in values for name in _keys_of(value))


def _keys_of(value: Any) -> Iterator[str]:
    below = value.values() if isinstance(value, dict) else value[:3] if isinstance(value, list) else ()
    yield from value if isinstance(value, dict) else ()
    for each in below:
        yield from _keys_of(each)


def silencing(cause: Cause, all_causes: Iterable[Cause]) -> tuple[str, ...]:
    """The values of `--ignore` that silence a cause and no other: a check, or a check at an operation.

    A check of every response is never ignored as a whole, because that would hide whatever comes later.
    """
    others = {each.check for other in all_causes if other is not cause for each in other.findings}
    wanted = dict.fromkeys((each.check, each.operation) for each in cause.findings)
    shown: dict[str, None] = {}
    for check, operation in wanted:
        alone = len({o for c, o in wanted if c == check}) == 1
        shown[f"{check}:{operation}" if alone or check in others or check in GENERAL else check] = None
    return tuple(shown)
