"""Turns the exchanges of a finding into a script that can be replayed: ids come from the new responses."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from contracts.client.request_bodies import MARK
from contracts.client.target import Target
from contracts.client.transport import Headers, ReceivedResponse, SentRequest
from contracts.model.finding import PLACEHOLDER, Finding, RecordedExchange
from contracts.reproduce.stable_parts import ID, TIME, leaves, parsed, stable_response, texts_of_request
from mockserver.openapi import path_template

Path = tuple[str | int, ...]
"""A path in a JSON value."""

NAME = re.compile("⟨([a-z_0-9]+)⟩")
"""The placeholder in a request for a value from an earlier response."""

CLIENT_HEADERS = frozenset({"host", "content-length", "user-agent", "connection", "accept-encoding"})
"""Headers that every HTTP client adds."""

POSSIBLY_MISSING = frozenset({"allow", "etag", "link", "location", "retry-after", "www-authenticate"})
"""Headers that a finding may name because they are missing."""

VARYING = frozenset({"connection", "content-length", "content-type", "date", "keep-alive", "server"})
"""Headers that vary or say nothing about the service; the media type is compared anyway."""

STATUS = re.compile(r"status \d+")

UNIQUE_TEXT = re.compile(re.escape(MARK) + r"-[0-9a-f]+-\d+")
"""The unique text in an item that a check created."""

TIME_NAME = re.compile(r"(At|_at|[tT]ime)\b")
"""The end of a property name for a time."""


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """One request of a script. `url`, `headers` and `body` may contain `⟨name⟩` and `${SECRET}`.

    `extracts` maps the names of values that later requests need to their paths in the response. `status` and
    `stable_response` are those of the recorded response. `waited` is the pause before the request, in seconds, and
    `delete_url` the URL that deletes what the request created.
    """

    method: str
    url: str
    headers: Headers
    body: str | bytes | None
    extracts: Mapping[str, Path]
    status: int
    stable_response: Any
    waited: float = 0.0
    delete_url: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """The requests of a finding and the recorded responses.

    `status_decides`: the status of the last response alone shows the failure. `compares_times`: equal and different
    times matter. `is_complete`: no response shows an item that another check created. `headers`: the response headers
    that the finding is about. `insecure`: the certificate of the service was not verified.
    """

    steps: tuple[ScriptStep, ...]
    status_decides: bool
    compares_times: bool
    is_complete: bool
    headers: tuple[str, ...] = ()
    insecure: bool = False

    @property
    def stable_responses(self) -> list[Any]:
        """The stable parts of the recorded responses. They are the same again if the failure still occurs."""
        return [step.stable_response for step in self.steps]


class ScriptBroken(Exception):
    """A script cannot be replayed: an earlier response lacks a value that a later request needs."""


def script(found: Finding, base: str, operations: Iterable[str] = ()) -> Script:
    """The script of a finding; URLs below `base` become paths.

    `operations` are those of the document (`DELETE /things/{id}`), which can delete the created items.
    """
    timed = found.check == "timestamps" or any(each.search(found.seen) for each in (TIME, TIME_NAME))
    extracted = _extracted_values(found.exchanges)
    delete_urls = dict(
        _delete_urls(found.exchanges, extracted, [o.removeprefix("DELETE ") for o in operations if o[:7] == "DELETE "])
    )
    names = {value: name for name, (_, _, value) in extracted.items()}
    known = {text: text for each in found.exchanges for text in texts_of_request(each.url, each.body)}
    known |= {value: f"<{name}>" for value, name in names.items()}
    marks = frozenset(mark for text in known for mark in UNIQUE_TEXT.findall(text))
    times: list[Any] | None = [] if timed else None
    named_headers = _headers_stable_response_of(found)
    steps = []
    for index, each in enumerate(found.exchanges):
        extracts = {name: path for name, (step, path, _) in extracted.items() if step == index}
        given = {value: name for name, (step, _, value) in extracted.items() if step < index}
        headers = tuple((name, value) for name, value in each.headers if name.lower() not in CLIENT_HEADERS)
        steps.append(
            ScriptStep(
                each.method,
                _url(each.url.removeprefix(base), given),
                headers,
                _body(each.body, given),
                extracts,
                each.status,
                _stable_response_of(each, named_headers, known, times),
                each.waited,
                delete_urls.get(index, "").removeprefix(base),
            )
        )
    return Script(
        tuple(steps),
        STATUS.fullmatch(found.seen) is not None,
        timed,
        found.check == "document"
        or not any(_has_foreign_item(parsed(each.reply_body), marks) for each in found.exchanges),
        named_headers,
        any(each.insecure for each in found.exchanges),
    )


def _has_foreign_item(value: Any, sent: frozenset[str]) -> bool:
    """Does a list contain an item of another check? `sent` has the unique texts of this script."""
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if any(_has_foreign_item(each, sent) for each in below):
        return True
    marks = [frozenset(UNIQUE_TEXT.findall(json.dumps(each))) for each in below if isinstance(each, dict)]
    return isinstance(value, list) and any(each and not each & sent for each in marks)


class ScriptRefused(ScriptBroken):
    """The first request is refused: the credential or the tenant is wrong for this target."""


@dataclass(frozen=True, slots=True)
class ReplayedScript:
    """A replayed script: the new exchanges, their stable parts, and whether they equal the recorded ones."""

    exchanges: tuple[tuple[SentRequest, ReceivedResponse], ...]
    stable_responses: list[Any]
    same: bool


def replay_script(recorded: Script, target: Target) -> ReplayedScript:
    """Replay a script with the users of the target, and delete what it creates.

    Raises ScriptBroken, Unreachable, Exhausted, or ReadOnly.
    """
    secrets = {veil[2:-1]: secret for each in reversed(target.users) for secret, veil in each.placeholders.items()}
    values: dict[str, str] = {}
    exchanges: list[tuple[SentRequest, ReceivedResponse]] = []
    deletes: list[SentRequest] = []
    try:
        for step in recorded.steps:
            target.pause(step.waited)
            sent = _filled(step, values, secrets)
            reply = target.resend(sent)
            exchanges.append((sent, reply))
            if (
                len(exchanges) == 1
                and reply.status in (401, 403, 404)
                and step.status // 100 == 2
                and len(recorded.steps) > 1
            ):
                raise ScriptRefused(f"{step.method} {step.url} returns {reply.status}, not {step.status} as recorded")
            if step is recorded.steps[-1] and reply.status // 100 != 2:
                break
            if step.extracts and reply.status // 100 != 2:
                raise ScriptBroken(f"{step.method} {step.url} returns {reply.status}, not {step.status} as recorded")
            values |= {name: str(_at(parsed(reply.body), path)) for name, path in step.extracts.items()}
            if step.delete_url:
                deletes.append(_filled(replace(step, method="DELETE", url=step.delete_url, body=None), values, secrets))
    finally:
        for each in reversed(deletes):
            target.resend(each)
    seen = _stable_responses(recorded, [reply for _, reply in exchanges], values, secrets)
    return ReplayedScript(
        tuple(exchanges),
        seen,
        seen[-1][0] == recorded.stable_responses[-1][0]
        if recorded.status_decides
        else seen == recorded.stable_responses,
    )


def _stable_responses(
    recorded: Script, replies: Sequence[ReceivedResponse], values: Mapping[str, str], secrets: Mapping[str, str]
) -> list[Any]:
    known = {text: text for step in recorded.steps for text in texts_of_request(step.url, step.body)}
    known |= {secret: "${" + name + "}" for name, secret in secrets.items()}
    known |= {value: f"<{name}>" for name, value in values.items()}
    times: list[Any] | None = [] if recorded.compares_times else None
    return [
        stable_response(each.status, _lower(each.headers), recorded.headers, each.body, known, times)
        for each in replies
    ]


def _headers_stable_response_of(found: Finding) -> tuple[str, ...]:
    """The response headers that a finding names, in lower case."""
    words = {word.lower() for word in re.findall(r"[A-Za-z][A-Za-z-]+", f"{found.expected} {found.seen}")}
    present = {name.lower() for each in found.exchanges for name, _ in each.reply_headers}
    return tuple(
        sorted(word for word in words - VARYING if word in present | POSSIBLY_MISSING or word.startswith("x-"))
    )


def _stable_response_of(
    exchange: RecordedExchange, names: Sequence[str], known: Mapping[str, str], times: list[Any] | None
) -> list[Any]:
    return stable_response(exchange.status, _lower(exchange.reply_headers), names, exchange.reply_body, known, times)


def _lower(headers: Headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def _filled(step: ScriptStep, values: Mapping[str, str], secrets: Mapping[str, str]) -> SentRequest:
    def fill(text: str, *, url: bool = False) -> str:
        text = NAME.sub(lambda match: quote(values[match[1]], safe="") if url else values[match[1]], text)
        return PLACEHOLDER.sub(lambda match: secrets.get(match[1], match[0]), text)

    body = fill(step.body).encode() if isinstance(step.body, str) else step.body
    return SentRequest(step.method, fill(step.url, url=True), tuple((k, fill(v)) for k, v in step.headers), body)


Extracted = dict[str, tuple[int, Path, str]]
"""Values from responses: name → (index of the response, path, recorded value)."""


def _extracted_values(exchanges: Sequence[RecordedExchange]) -> Extracted:
    """The values from responses that later requests contain."""
    offered: dict[str, tuple[int, Path]] = {}
    sent: set[str] = set()
    extracted: Extracted = {}
    for index, each in enumerate(exchanges):
        texts = set(texts_of_request(each.url, each.body))
        for text in sorted(texts & offered.keys() - sent - {value for *_, value in extracted.values()} - {""}):
            extracted[_name(offered[text][1], extracted)] = (*offered[text], text)
        sent |= texts - offered.keys()
        if 200 <= each.status < 300:
            for path, value in sorted(leaves(parsed(each.reply_body)), key=lambda leaf: len(leaf[0])):
                if isinstance(value, str | int) and not isinstance(value, bool):
                    offered.setdefault(str(value), (index, path))
    return extracted


def _delete_urls(
    exchanges: Sequence[RecordedExchange], extracted: Extracted, deleted: Sequence[str]
) -> Iterator[tuple[int, str]]:
    """The index of each create request whose response has the id, and the URL that deletes the item."""
    for index, each in enumerate(exchanges):
        address = each.url.partition("?")[0].rstrip("/")
        if each.method != "POST" or not 200 <= each.status < 300 or not any(_below(t, address) for t in deleted):
            continue
        mine = next((name for name, (step, path, _) in extracted.items() if step == index and _is_id(path)), None)
        if mine is None:
            found = [(path, value) for path, value in leaves(parsed(each.reply_body)) if value and _is_id(path)]
            if not found:
                continue
            path, value = min(found, key=lambda leaf: len(leaf[0]))
            if str(value) in texts_of_request(each.url, each.body):
                yield index, f"{address}/{quote(str(value), safe='')}"
                continue
            mine = _name(path, extracted)
            extracted[mine] = (index, path, str(value))
        yield index, f"{address}/⟨{mine}⟩"


def _below(path: str, address: str) -> bool:
    """Is `/things/{id}` the path of an item in the collection at this URL?"""
    collection, _, last = path.rstrip("/").rpartition("/")
    wanted = f".*{path_template.pattern(collection)}"
    return last.startswith("{") and re.fullmatch(wanted, urlsplit(address).path) is not None


def _is_id(path: Path) -> bool:
    return bool(path) and ID.search(str(path[-1])) is not None


def _name(path: Path, extracted: Mapping[str, Any]) -> str:
    last = next((str(step) for step in reversed(path) if isinstance(step, str)), "value")
    name = re.sub(r"\W+", "_", re.sub(r"([a-z])([A-Z])", r"\1_\2", last)).strip("_").lower()
    name = name if name.isascii() and name.isidentifier() and not keyword.iskeyword(name) else "value"
    return next(each for each in [name, *(f"{name}_{n}" for n in range(2, 999))] if each not in extracted)


def _at(value: Any, path: Path) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            raise ScriptBroken(f"a response no longer has {'.'.join(map(str, path))}") from None
    return value


def _url(url: str, names: Mapping[str, str]) -> str:
    """A URL in which values from earlier responses, as path segments or parameters, become names."""

    def renamed(text: str) -> str:
        return f"⟨{names[unquote(text)]}⟩" if unquote(text) in names else text

    path, mark, query = url.partition("?")
    pairs = [pair.partition("=") for pair in query.split("&")] if mark else []
    shown = "&".join(f"{key}{equals}{renamed(value)}" for key, equals, value in pairs)
    return "/".join(renamed(step) for step in path.split("/")) + mark + shown


def _body(body: bytes | None, names: Mapping[str, str]) -> str | bytes | None:
    """A JSON body in which values from earlier responses become names; other bodies are unchanged."""
    try:
        text = body.decode() if body is not None else None
    except UnicodeDecodeError:
        return body
    for value, name in names.items():
        text = text.replace(json.dumps(value), json.dumps(f"⟨{name}⟩", ensure_ascii=False)) if text else text
    return text
