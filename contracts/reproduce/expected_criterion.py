"""The criterion of a workflow's last step: the response must not be the wrong one that was seen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from contracts.model.finding import RecordedExchange
from contracts.reproduce.script import UNIQUE_TEXT, Script
from contracts.reproduce.stable_parts import RANDOM, leaves, parsed
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.media_types import is_json

LONGEST = 20_000
"""A longer condition is not written."""

PLAIN_POINTER = re.compile(r"(/[A-Za-z0-9_.~-]+)+")
"""A JSON pointer that can be in a condition without being taken for an operator."""

PLACEHOLDER = re.compile(r"<([a-z_0-9]+)>")
"""What the stable parts of a response have in place of an id, a time or a random text."""

ANY = {"number": "[^,}\\]]*", "time": '[^,}\\]"]*'}
"""What may be in place of values that differ in every run, in an expression for JSON; else a text without quotes."""


def expected_criterion(recorded: Script, last: RecordedExchange, origins: Mapping[str, str]) -> dict[str, Any] | None:
    """A Criterion Object that the recorded response does not meet, and a correct one does; None if there is none.

    `origins` are the steps whose outputs have the values of earlier responses, by name.
    """
    step = recorded.steps[-1]
    if recorded.status_decides or step.status >= 500:
        return {"condition": "$statusCode < 500" if step.status >= 500 else f"$statusCode != {step.status}"}
    if recorded.compares_times or not recorded.is_complete:
        return None
    if recorded.headers:
        seen = [f"$response.header.{name} == {_literal(last.header(name))}" for name in recorded.headers]
        return {"condition": f"!({' && '.join(seen)})"}
    kind, body = last.header("content-type") or "", step.stable_response[-1]
    if body is None or not is_json(kind):
        is_other_kind = parsed(last.reply_body) is not None
        return {"condition": f"$response.header.content-type != {_literal(kind)}"} if is_other_kind else None
    if not 200 <= step.status < 300:
        return {"condition": f"!({' && '.join([f'$statusCode == {step.status}', *_refusal(body)])})"}
    if body == [] and last.json:
        return None  # only items of others, about which nothing is known
    own = f"step-{len(recorded.steps)}"
    earlier = {name: origin for name, origin in origins.items() if origin != own}
    pattern = _ResponsePattern(recorded, last, earlier).of(body)
    if len(pattern) > LONGEST:
        return None
    return {"context": "$response.body", "type": "regex", "condition": f"^(?!{pattern}$)"}


def _literal(text: str | None) -> str:
    return "null" if text is None else "'" + text.replace("'", "''") + "'"


def _refusal(body: Any) -> Iterator[str]:
    """Conditions for the texts and numbers of an error, as far as they are the same in every run."""
    for path, value in leaves(body):
        pointer = json_pointer.join("", *path)
        is_same = isinstance(value, int) or (isinstance(value, str) and not PLACEHOLDER.search(value))
        if is_same and PLAIN_POINTER.fullmatch(pointer):
            yield f"$response.body#{pointer} == {_literal(value) if isinstance(value, str) else json.dumps(value)}"


class _ResponsePattern:
    """A regular expression (ECMA-262) for JSON without white space that has certain stable parts."""

    def __init__(self, recorded: Script, last: RecordedExchange, origins: Mapping[str, str]) -> None:
        self._origins = origins
        lengths = {len(each) for _, each in leaves(last.json) if isinstance(each, str) and RANDOM.fullmatch(each)}
        self._random = f'[^"]{{{min(lengths)},{max(lengths)}}}' if lengths else '[^"]*'
        marks = sorted({mark for step in recorded.steps for mark in UNIQUE_TEXT.findall(_text(step.body))})
        # A list without items of ours may have others, which do not have our unique texts.
        self._others = f"(?:(?!{'|'.join(map(re.escape, marks))}).)*" if marks else ".*"

    def of(self, value: Any) -> str:
        """The expression for a value of the stable parts."""
        if isinstance(value, dict):
            members = (f"{self._key(key)}:{self.of(each)}" for key, each in value.items())
            return "\\{" + ",".join(members) + "\\}"
        if isinstance(value, list):
            return self._list(value)
        if isinstance(value, str):
            return self._of_text(value)
        return re.escape(json.dumps(value))

    def _key(self, name: str) -> str:
        return self._escaped(json.dumps(name, ensure_ascii=False))

    def _list(self, value: list[Any]) -> str:
        if all(not isinstance(each, dict) for each in value) and value:
            return "\\[" + ",".join(map(self.of, value)) + "\\]"
        return "\\[" + ("".join(f".*{self.of(each)}" for each in value) + ".*" if value else self._others) + "\\]"

    def _of_text(self, text: str) -> str:
        whole = PLACEHOLDER.fullmatch(text)
        if whole:  # an id or a time may be a number too
            return f'"?{self._named(whole[1])}"?'
        parts = PLACEHOLDER.split(json.dumps(text, ensure_ascii=False)[1:-1])
        shown = [self._named(part) if index % 2 else self._escaped(part) for index, part in enumerate(parts)]
        return '"' + "".join(shown) + '"'

    def _named(self, name: str) -> str:
        if name in self._origins:
            return f"{{$steps.{self._origins[name]}.outputs.{name}}}"
        return self._random if name == "random" else ANY.get(name.split(" ", maxsplit=1)[0], '[^"]*')

    @staticmethod
    def _escaped(text: str) -> str:
        return re.sub(r"([\\^$.*+?()\[\]{}|/])", r"\\\1", text)


def _text(body: str | bytes | None) -> str:
    return body.decode("utf-8", "replace") if isinstance(body, bytes) else body or ""
