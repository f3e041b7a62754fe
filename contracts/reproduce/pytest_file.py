"""Generates a file with one test for each failure of a report; the tests need pytest and httpx only."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from pprint import pformat
from typing import Any

from contracts.model.finding import PLACEHOLDER, Finding
from contracts.report.report import MOCK, Report
from contracts.report.texts import violated_with_source
from contracts.reproduce import stable_parts
from contracts.reproduce.script import NAME, Script, ScriptStep, script
from mockserver.openapi.json_codec import is_deep

FILE = "test_failures.py"
"""The name of the generated file; pytest collects files with such a name."""

HEAD = '''\
"""Tests for the failures that `mockserver check` found in __TITLE__. Each test fails until its failure is fixed.

    pip install pytest httpx
    __CALL__

URL is the base URL of the document's paths. This file is generated from a report; generate it again, do not edit it.
"""

'''

SESSION = '''

WINDOW = 61  # the longest wait after a 429, in seconds


class Session:
    """Sends requests to the service and keeps the responses."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.known = {secret: "${" + name + "}" for name, secret in SECRETS.items()}
        self.replies: list[httpx.Response] = []
        self.created: list[tuple[str, dict[str, str]]] = []

    def send(self, method: str, path: str, *, wait: float = 0, **content: Any) -> httpx.Response:
        time.sleep(wait)
        reply = self.request(method, path, **content)
        self.replies.append(reply)
        for text in texts_of_request(str(reply.request.url), reply.request.content):
            self.known.setdefault(text, text)
        return reply

    def request(self, method: str, path: str, **content: Any) -> httpx.Response:
        """Send a request; after a 429, wait and send it again."""
        address = path if "://" in path else URL + path
        reply = self.client.request(method, address, **content)
        after = reply.headers.get("retry-after", "")
        if reply.status_code == 429 or (reply.status_code == 503 and after.isdigit()):
            time.sleep(int(after) if after.isdigit() and int(after) <= WINDOW else WINDOW)
            reply = self.client.request(method, address, **content)
        return reply

    def take(self, name: str, *place: Any) -> str:
        """A value from the last response, for later requests."""
        reply = self.replies[-1]
        assert reply.is_success, f"the test cannot run: {reply.request.method} returns {reply.status_code}"
        value = reply.json()
        for step in place:
            value = value[step]
        self.known[str(value)] = f"<{name}>"
        return str(value)

    def delete(self, path: str, headers: dict[str, str]) -> None:
        """Delete an item at the end of the test."""
        self.created.append((path, headers))

    def stable_responses(self, *headers: str, times: bool = False) -> list[Any]:
        """The stable parts of all responses: placeholders replace ids, times and random texts."""
        seen: list[Any] | None = [] if times else None
        return [
            stable_response(each.status_code, each.headers, headers, each.content, self.known, seen)
            for each in self.replies
        ]


@pytest.fixture
def session() -> Iterator[Session]:
    with httpx.Client(timeout=60, verify=VERIFY) as client:
        session = Session(client)
        yield session
        for path, headers in reversed(session.created):
            session.request("DELETE", path, headers=headers)
'''


def as_tests(report: Report) -> str:
    """The source of a pytest file with one test for each failure of the report."""
    scripts = [(found, script(found, report.base, report.operations)) for found in report.failures]
    variables = sorted(
        {name for found, _ in scripts for each in found.exchanges for name in PLACEHOLDER.findall(repr(each))}
    )
    names: set[str] = set()
    tests = [_test(report, found, recorded, _named(found, names)) for found, recorded in scripts]
    return "\n".join([_head(report, variables), _copied(), SESSION, *tests]) if tests else ""


def _head(report: Report, variables: list[str]) -> str:
    address = [f"URL={report.base if report.target != MOCK else 'http://127.0.0.1:8080'}"]
    call = " ".join([*address, *(f"{name}=…" for name in variables), "pytest", FILE])
    title = _line(f"{report.title} {report.version}").replace('"', "'")
    default = f'os.environ.get("URL", {report.base!r})' if report.target != MOCK else 'os.environ["URL"]'
    settings = [
        f'URL = {default}.rstrip("/")',
        f"VERIFY = {not any(each.insecure for found in report.failures for each in found.exchanges)}",
        *(_unset(variables) if variables else ()),
        *(f'{name} = os.environ["{name}"]' for name in variables),
        f"SECRETS = {{{', '.join(f'{name!r}: {name}' for name in variables)}}}",
    ]
    return HEAD.replace("__TITLE__", title).replace("__CALL__", call) + "\n".join(
        [
            "from __future__ import annotations\n",
            "import json",
            "import os",
            "import re",
            "import time",
            "from collections.abc import Iterator, Mapping, Sequence",
            "from typing import Any",
            "from urllib.parse import parse_qsl, quote, unquote, urlsplit\n",
            "import httpx",
            "import pytest\n",
            *settings,
        ]
    )


def _unset(variables: list[str]) -> list[str]:
    """Lines that skip the file without the credentials, so that pytest in the folder of a project does not fail."""
    return [
        f"if UNSET := [name for name in {variables!r} if name not in os.environ]:",
        "    pytest.skip(f\"set {', '.join(UNSET)} to the credentials of the check\", allow_module_level=True)",
    ]


def _copied() -> str:
    """The code of `stable_parts` without its imports, and what it imports from here."""
    code = inspect.getsource(stable_parts)
    return f"\n{code[code.index('TIME = ') :].rstrip()}\n\n\n{inspect.getsource(is_deep).rstrip()}"


def _named(found: Finding, taken: set[str]) -> str:
    """The name of the test: the check, and what was expected."""
    words = re.sub(r"[^a-z0-9]+", "_", f"{found.check} {found.expected}".lower().encode("ascii", "ignore").decode())
    name = f"test_{words.strip('_')[:80].strip('_')}"
    name = next(each for each in [name, *(f"{name}_{n}" for n in range(2, 9999))] if each not in taken)
    taken.add(name)
    return name


def _test(report: Report, found: Finding, recorded: Script, name: str) -> str:
    lines = [
        "",
        "",
        f"def {name}(session: Session) -> None:",
        f'    """{_doc(found.operation)}',
        "",
        f"    Statement: {_doc(violated_with_source(found))}",
        f"    Expected: {_doc(found.expected)}",
        f"    Seen: {_doc(found.seen)} ({found.id})",
        '    """',
    ]
    if found.id in report.not_reproducible or not recorded.steps:
        reason = f"the requests alone do not show this failure; run: mockserver replay REPORT {found.id}"
        lines.insert(2, f"@pytest.mark.skip(reason={reason!r})")
        return "\n".join(lines)
    for step in recorded.steps[:-1]:
        lines += [*_sent(step), *_taken(step)]
    lines += _sent(recorded.steps[-1])
    if recorded.steps[-1].extracts:
        lines += [
            "    if session.replies[-1].is_success:",
            *(f"    {line}" for line in _taken(recorded.steps[-1])),
        ]
    message = f"expected {_line(found.expected)}; seen: {_line(found.seen)}"
    if recorded.status_decides:
        lines += ["", f"    assert session.replies[-1].status_code != {recorded.steps[-1].status}, {message!r}"]
    else:
        given = ", ".join([*map(repr, recorded.headers), *(["times=True"] if recorded.compares_times else [])])
        shown = pformat(recorded.stable_responses, width=112, sort_dicts=False).replace("\n", "\n    ")
        lines += [
            f"    seen = {shown}",
            "",
            f"    assert session.stable_responses({given}) != seen, {message!r}",
        ]
    return "\n".join(lines)


def _sent(step: ScriptStep) -> Iterator[str]:
    wait = f", wait={step.waited:g}" if step.waited else ""
    yield f"    session.send({step.method!r}, {_url(step.url)}{wait}{_headers(step)}{_content(step.body)})"


def _taken(step: ScriptStep) -> Iterator[str]:
    for name, path in step.extracts.items():
        yield f"    {name} = session.take({', '.join(repr(each) for each in (name, *path))})"
    if step.delete_url:
        yield f"    session.delete({_url(step.delete_url)}{_headers(step, ('content-type',))})"


def _headers(step: ScriptStep, without: tuple[str, ...] = ()) -> str:
    shown = [
        f"{name!r}: {_text(value)}"
        for name, value in step.headers
        if name.lower() not in without and (name.lower(), value) != ("accept", "*/*")
    ]
    return f", headers={{{', '.join(shown)}}}"


def _content(body: str | bytes | None) -> str:
    if body is None:
        return ""
    value = stable_parts.parsed(body)
    if value is None:
        return f", content={body!r}" if isinstance(body, bytes) else f", content={_text(body)}.encode()"
    return f", json={_value(value)}" if json.loads(json.dumps(value)) == value else f", content={body!r}"


def _value(value: Any) -> str:
    """A JSON value as Python source, with variables for names."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_value(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return _text(value) if isinstance(value, str) else repr(value)


def _text(text: str, pattern: str = "{}") -> str:
    """A text as Python source; an f-string if it contains names."""
    if not NAME.search(text) and not PLACEHOLDER.search(text):
        return ascii(text) if any("\ud800" <= letter <= "\udfff" for letter in text) else repr(text)
    parts = PLACEHOLDER.sub(lambda match: f"⟨{match[1]}⟩", text).replace("{", "{{").replace("}", "}}")
    return "f" + re.sub("⟨([A-Za-z_0-9]+)⟩", lambda match: "{" + pattern.format(match[1]) + "}", repr(parts))


def _url(url: str) -> str:
    """A URL as Python source; values from earlier responses are percent-encoded."""
    return _text(url, "quote({})")


def _doc(text: str) -> str:
    return _line(text).replace("\\", "\\\\").replace('"', "'")


def _line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))[:400]
