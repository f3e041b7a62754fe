"""The failures of a report as a file of tests that need pytest and httpx only."""

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

FILE = "test_failures.py"
"""What the file is called, so that pytest finds it."""

HEAD = '''\
"""What `mockserver check` found at __TITLE__, as tests: each fails as long as the service does.

    pip install pytest httpx
    __CALL__

URL is where the paths of the document begin. The file is made from a report; make it anew rather than change it.
"""

'''

TALK = '''

WINDOW = 61  # the longest that is waited, in seconds, where the service has had enough requests


class Talk:
    """Requests to the service, and what was answered."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.known = {secret: "${" + name + "}" for name, secret in SECRETS.items()}
        self.replies: list[httpx.Response] = []
        self.made: list[tuple[str, dict[str, str]]] = []

    def send(self, method: str, path: str, *, wait: float = 0, **content: Any) -> httpx.Response:
        time.sleep(wait)
        reply = self.ask(method, path, **content)
        self.replies.append(reply)
        for text in said(str(reply.request.url), reply.request.content):
            self.known.setdefault(text, text)
        return reply

    def ask(self, method: str, path: str, **content: Any) -> httpx.Response:
        """Send a request, again where it came too soon."""
        address = path if "://" in path else URL + path
        reply = self.client.request(method, address, **content)
        after = reply.headers.get("retry-after", "")
        if reply.status_code == 429 or (reply.status_code == 503 and after.isdigit()):
            time.sleep(int(after) if after.isdigit() and int(after) <= WINDOW else WINDOW)
            reply = self.client.request(method, address, **content)
        return reply

    def take(self, name: str, *place: Any) -> str:
        """A value of the last reply, which later requests need."""
        reply = self.replies[-1]
        assert reply.is_success, f"this cannot be repeated: {reply.request.method} answers {reply.status_code}"
        value = reply.json()
        for step in place:
            value = value[step]
        self.known[str(value)] = f"<{name}>"
        return str(value)

    def delete(self, path: str, headers: dict[str, str]) -> None:
        """When the test is over, delete what it made."""
        self.made.append((path, headers))

    def told(self, *headers: str, times: bool = False) -> list[Any]:
        """Every status, media type and body, with names and kinds in place of what is new every time."""
        seen: list[Any] | None = [] if times else None
        return [told(each.status_code, each.headers, headers, each.content, self.known, seen) for each in self.replies]


@pytest.fixture
def talk() -> Iterator[Talk]:
    with httpx.Client(timeout=60) as client:
        talk = Talk(client)
        yield talk
        for path, headers in reversed(talk.made):
            talk.ask("DELETE", path, headers=headers)
'''


def as_tests(report: Report) -> str:
    """A file of pytest with one test for each failure of the report."""
    talks = [(found, script(found, report.base, report.operations)) for found in report.failures]
    variables = sorted(
        {name for found, _ in talks for each in found.exchanges for name in PLACEHOLDER.findall(repr(each))}
    )
    names: set[str] = set()
    tests = [_test(report, found, talk, _named(found, names)) for found, talk in talks]
    return "\n".join([_head(report, variables), _copied(), TALK, *tests]) if tests else ""


def _head(report: Report, variables: list[str]) -> str:
    address = [f"URL={report.base if report.target != MOCK else 'http://127.0.0.1:8080'}"]
    call = " ".join([*address, *(f"{name}=…" for name in variables), "pytest", FILE])
    title = _line(f"{report.title} {report.version}").replace('"', "'")
    default = f'os.environ.get("URL", {report.base!r})' if report.target != MOCK else 'os.environ["URL"]'
    settings = [
        f'URL = {default}.rstrip("/")',
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


def _copied() -> str:
    """The code that tells what is the same every time, without its own imports."""
    code = inspect.getsource(stable_parts)
    return "\n" + code[code.index("TIME = ") :].rstrip()


def _named(found: Finding, taken: set[str]) -> str:
    """The name of the test: the promise, and what was expected."""
    words = re.sub(r"[^a-z0-9]+", "_", f"{found.check} {found.expected}".lower().encode("ascii", "ignore").decode())
    name = f"test_{words.strip('_')[:80].strip('_')}"
    name = next(each for each in [name, *(f"{name}_{n}" for n in range(2, 9999))] if each not in taken)
    taken.add(name)
    return name


def _test(report: Report, found: Finding, talk: Script, name: str) -> str:
    lines = [
        "",
        "",
        f"def {name}(talk: Talk) -> None:",
        f'    """{_doc(found.operation)}',
        "",
        f"    Statement: {_doc(violated_with_source(found))}",
        f"    Expected: {_doc(found.expected)}",
        f"    Seen: {_doc(found.seen)} ({found.id})",
        '    """',
    ]
    if found.id in report.not_reproducible or not talk.steps:
        reason = f"its requests alone do not show it: mockserver replay REPORT {found.id}"
        lines.insert(2, f"@pytest.mark.skip(reason={reason!r})")
        return "\n".join(lines)
    for step in talk.steps[:-1]:
        lines += [*_sent(step), *_taken(step)]
    lines += _sent(talk.steps[-1])
    if talk.steps[-1].takes:
        lines += ["    if talk.replies[-1].is_success:", *(f"    {line}" for line in _taken(talk.steps[-1]))]
    message = f"expected {_line(found.expected)}; seen: {_line(found.seen)}"
    if talk.by_status:
        lines += ["", f"    assert talk.replies[-1].status_code != {talk.steps[-1].status}, {message!r}"]
    else:
        given = ", ".join([*map(repr, talk.headers), *(["times=True"] if talk.timed else [])])
        shown = pformat(talk.told, width=112, sort_dicts=False).replace("\n", "\n    ")
        lines += [
            f"    seen = {shown}",
            "",
            f"    assert talk.told({given}) != seen, {message!r}",
        ]
    return "\n".join(lines)


def _sent(step: ScriptStep) -> Iterator[str]:
    wait = f", wait={step.waited:g}" if step.waited else ""
    yield f"    talk.send({step.method!r}, {_url(step.url)}{wait}{_headers(step)}{_content(step.body)})"


def _taken(step: ScriptStep) -> Iterator[str]:
    for name, path in step.takes.items():
        yield f"    {name} = talk.take({', '.join(repr(each) for each in (name, *path))})"
    if step.undo:
        yield f"    talk.delete({_url(step.undo)}{_headers(step, ('content-type',))})"


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
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return f", content={body!r}" if isinstance(body, bytes) else f", content={_text(body)}.encode()"
    return f", json={_value(value)}" if json.loads(json.dumps(value)) == value else f", content={body!r}"


def _value(value: Any) -> str:
    """A JSON value as Python, with variables where names stand."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_value(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return _text(value) if isinstance(value, str) else repr(value)


def _text(text: str, pattern: str = "{}") -> str:
    """A text as Python; an f-string where names stand in it."""
    if not NAME.search(text) and not PLACEHOLDER.search(text):
        return ascii(text) if any("\ud800" <= letter <= "\udfff" for letter in text) else repr(text)
    parts = PLACEHOLDER.sub(lambda match: f"⟨{match[1]}⟩", text).replace("{", "{{").replace("}", "}}")
    return "f" + re.sub("⟨([A-Za-z_0-9]+)⟩", lambda match: "{" + pattern.format(match[1]) + "}", repr(parts))


def _url(url: str) -> str:
    """An address as Python; values of earlier replies are quoted where they might need it."""
    return _text(url, "quote({})")


def _doc(text: str) -> str:
    return _line(text).replace("\\", "\\\\").replace('"', "'")


def _line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))[:400]
