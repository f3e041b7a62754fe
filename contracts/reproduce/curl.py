"""A script as shell lines: curl, and jq where a later request needs a value from a response."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator

from contracts.model.finding import PLACEHOLDER
from contracts.reproduce.script import NAME, Path, Script, ScriptStep


def as_shell(recorded: Script, base: str) -> str:
    """The requests of a script as shell lines; `${NAME}` is a secret in the environment."""
    curl = "curl -sSk" if recorded.insecure else "curl -sS"
    return "\n".join(line for step in recorded.steps for line in _lines(curl, step, base))


def _lines(curl: str, step: ScriptStep, base: str) -> Iterator[str]:
    if step.waited:
        yield f"sleep {step.waited:g}"
    if not step.extracts:
        yield f"{curl} -i {_request(step, base)}"
        return
    yield f"reply=$({curl} {_request(step, base)})"
    for name, path in step.extracts.items():
        yield f'{name}=$(printf %s "$reply" | jq -r {shlex.quote(_filter(path))})'


def _request(step: ScriptStep, base: str) -> str:
    path, mark, query = step.url.partition("?")
    place = path if "://" in path else base + path
    words = ["-X", step.method, _quoted(place) + (_quoted(mark) + _quoted(query, encode=True) if mark else "")]
    headers = [each for each in step.headers if (each[0].lower(), each[1]) != ("accept", "*/*")]
    lines = [" ".join(words), *(f"-H {_quoted(f'{name}: {value}')}" for name, value in headers)]
    if step.body is not None:
        text = step.body if isinstance(step.body, str) else step.body.decode("utf-8", "replace")
        lines.append(f"--data-binary {_quoted(text)}")
    return " \\\n  ".join(lines)


def _quoted(text: str, *, encode: bool = False) -> str:
    """Quote a text so that the shell expands our names only. `encode` percent-encodes values for a query."""
    pattern = re.compile(f"(?:{NAME.pattern}|{PLACEHOLDER.pattern})")
    done, quoted = 0, ""
    for match in pattern.finditer(text):
        name, secret = match.groups()
        value = f"${{{name or secret}}}"
        if name and encode:
            value = f"$(jq -rn --arg value \"{value}\" '$value | @uri')"
        quoted += (shlex.quote(text[done : match.start()]) if match.start() > done else "") + f'"{value}"'
        done = match.end()
    rest = text[done:]
    return quoted + shlex.quote(rest) if rest or not quoted else quoted


def _filter(path: Path) -> str:
    """A path in the syntax of jq."""
    shown = "".join(map(_index, path))
    return shown if shown.startswith(".") else f".{shown}"


def _index(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if re.fullmatch(r"[A-Za-z_][A-Za-z_0-9]*", step) else f"[{json.dumps(step)}]"
