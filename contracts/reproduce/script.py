"""A finding's exchanges as a conversation that can be held again: ids of then are taken from the replies of now."""

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
from contracts.reproduce.stable_parts import ID, TIME, leaves, parsed, said, told
from mockserver.openapi import path_template

Path = tuple[str | int, ...]
"""Where a value stands in a JSON value."""

NAME = re.compile("⟨([a-z_0-9]+)⟩")
"""How a value of an earlier reply is written in a request: by its name."""

USUAL = frozenset({"host", "content-length", "user-agent", "connection", "accept-encoding"})
"""Headers that every client writes itself."""

SPOKEN = frozenset({"allow", "etag", "link", "location", "retry-after", "www-authenticate"})
"""Headers that a finding may speak of because they are missing."""

PASSING = frozenset({"connection", "content-length", "content-type", "date", "keep-alive", "server"})
"""Headers that are other ones every time, or say nothing of the service; the media type is told anyway."""

STATUS = re.compile(r"status \d+")

MARKED = re.compile(re.escape(MARK) + r"-[0-9a-f]+-\d+")
"""The mark of an item of the examination's."""

TIMELY = re.compile(r"(At|_at|[tT]ime)\b")
"""What the name of a time ends with."""


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """One request of a conversation. In `url`, `headers` and `body` stand `⟨name⟩` and `${SECRET}`.

    `takes` are the values that later requests need, by name, with their place in the reply. `status` and `told` are
    what the reply was; `waited` is how long one waits before it; `undo` the address at which what it made is deleted.
    """

    method: str
    url: str
    headers: Headers
    body: str | bytes | None
    takes: Mapping[str, Path]
    status: int
    told: Any
    waited: float = 0.0
    undo: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """What is said and what was answered.

    `by_status`: the status of the last reply alone shows the breach. `timed`: which times are equal is part of it.
    `whole`: no reply shows an item of the examination's that was not made here, or it does not matter. `headers`: those
    of the replies that the finding is about.
    """

    steps: tuple[ScriptStep, ...]
    by_status: bool
    timed: bool
    whole: bool
    headers: tuple[str, ...] = ()

    @property
    def told(self) -> list[Any]:
        """What the replies were: the same again when the failure is."""
        return [step.told for step in self.steps]


class ScriptBroken(Exception):
    """A conversation cannot be held again: an earlier reply is not what the later requests need."""


def script(found: Finding, base: str, operations: Iterable[str] = ()) -> Script:
    """The conversation of a finding; addresses below `base` are written as paths.

    `operations` are those of the document (`DELETE /things/{id}`), by which what is made can be deleted again.
    """
    timed = found.check == "timestamps" or any(each.search(found.seen) for each in (TIME, TIMELY))
    taken = _taken(found.exchanges)
    undo = dict(_undone(found.exchanges, taken, [o.removeprefix("DELETE ") for o in operations if o[:7] == "DELETE "]))
    names = {value: name for name, (_, _, value) in taken.items()}
    known = {text: text for each in found.exchanges for text in said(each.url, each.body)}
    known |= {value: f"<{name}>" for value, name in names.items()}
    marks = frozenset(mark for text in known for mark in MARKED.findall(text))
    times: list[Any] | None = [] if timed else None
    headers_told = _headers_told(found)
    steps = []
    for index, each in enumerate(found.exchanges):
        takes = {name: path for name, (step, path, _) in taken.items() if step == index}
        given = {value: name for name, (step, _, value) in taken.items() if step < index}
        headers = tuple((name, value) for name, value in each.headers if name.lower() not in USUAL)
        steps.append(
            ScriptStep(
                each.method,
                _url(each.url.removeprefix(base), given),
                headers,
                _body(each.body, given),
                takes,
                each.status,
                _told(each, headers_told, known, times),
                each.waited,
                undo.get(index, "").removeprefix(base),
            )
        )
    return Script(
        tuple(steps),
        STATUS.fullmatch(found.seen) is not None,
        timed,
        found.check == "document" or not any(_foreign(parsed(each.reply_body), marks) for each in found.exchanges),
        headers_told,
    )


def _foreign(value: Any, sent: frozenset[str]) -> bool:
    """Does a list show an item that the examination made, but not here? By the marks that were sent."""
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if any(_foreign(each, sent) for each in below):
        return True
    marks = [frozenset(MARKED.findall(json.dumps(each))) for each in below if isinstance(each, dict)]
    return isinstance(value, list) and any(each and not each & sent for each in marks)


class ScriptRefused(ScriptBroken):
    """The first request is refused: the credentials or the tenant are not the right ones there."""


@dataclass(frozen=True, slots=True)
class ReplayedScript:
    """A conversation that was held again: what was sent and answered, what of it is the same every time, and whether
    it went as it did then."""

    exchanges: tuple[tuple[SentRequest, ReceivedResponse], ...]
    told: list[Any]
    same: bool


def replay_script(talk: Script, target: Target) -> ReplayedScript:
    """Hold a conversation with a target, as the identities it knows, and delete what it made.

    Raises Broken, Unreachable, Exhausted, or ReadOnly.
    """
    secrets = {veil[2:-1]: secret for each in reversed(target.users) for secret, veil in each.placeholders.items()}
    values: dict[str, str] = {}
    held: list[tuple[SentRequest, ReceivedResponse]] = []
    undone: list[SentRequest] = []
    try:
        for step in talk.steps:
            target.pause(step.waited)
            sent = _filled(step, values, secrets)
            reply = target.resend(sent)
            held.append((sent, reply))
            if len(held) == 1 and reply.status in (401, 403, 404) and step.status // 100 == 2 and len(talk.steps) > 1:
                raise ScriptRefused(
                    f"{step.method} {step.url} is answered with {reply.status}, where it was {step.status}"
                )
            if step is talk.steps[-1] and reply.status // 100 != 2:
                break
            if step.takes and reply.status // 100 != 2:
                raise ScriptBroken(
                    f"{step.method} {step.url} is answered with {reply.status}, where it was {step.status}"
                )
            values |= {name: str(_at(parsed(reply.body), path)) for name, path in step.takes.items()}
            if step.undo:
                undone.append(_filled(replace(step, method="DELETE", url=step.undo, body=None), values, secrets))
    finally:
        for each in reversed(undone):
            target.resend(each)
    seen = _essence(talk, [reply for _, reply in held], values, secrets)
    return ReplayedScript(tuple(held), seen, seen[-1][0] == talk.told[-1][0] if talk.by_status else seen == talk.told)


def _essence(
    talk: Script, replies: Sequence[ReceivedResponse], values: Mapping[str, str], secrets: Mapping[str, str]
) -> list[Any]:
    known = {text: text for step in talk.steps for text in said(step.url, step.body)}
    known |= {secret: "${" + name + "}" for name, secret in secrets.items()}
    known |= {value: f"<{name}>" for name, value in values.items()}
    times: list[Any] | None = [] if talk.timed else None
    return [told(each.status, _lower(each.headers), talk.headers, each.body, known, times) for each in replies]


def _headers_told(found: Finding) -> tuple[str, ...]:
    """The headers of replies that a finding speaks of, in lower case."""
    words = {word.lower() for word in re.findall(r"[A-Za-z][A-Za-z-]+", f"{found.expected} {found.seen}")}
    present = {name.lower() for each in found.exchanges for name, _ in each.reply_headers}
    return tuple(sorted(word for word in words - PASSING if word in present | SPOKEN or word.startswith("x-")))


def _told(
    exchange: RecordedExchange, names: Sequence[str], known: Mapping[str, str], times: list[Any] | None
) -> list[Any]:
    return told(exchange.status, _lower(exchange.reply_headers), names, exchange.reply_body, known, times)


def _lower(headers: Headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def _filled(step: ScriptStep, values: Mapping[str, str], secrets: Mapping[str, str]) -> SentRequest:
    def fill(text: str, *, url: bool = False) -> str:
        text = NAME.sub(lambda match: quote(values[match[1]], safe="") if url else values[match[1]], text)
        return PLACEHOLDER.sub(lambda match: secrets.get(match[1], match[0]), text)

    body = fill(step.body).encode() if isinstance(step.body, str) else step.body
    return SentRequest(step.method, fill(step.url, url=True), tuple((k, fill(v)) for k, v in step.headers), body)


Taken = dict[str, tuple[int, Path, str]]
"""Values that are taken from replies: name → (which reply, where, what it was then)."""


def _taken(exchanges: Sequence[RecordedExchange]) -> Taken:
    """Values of replies that later requests have."""
    offered: dict[str, tuple[int, Path]] = {}
    sent: set[str] = set()
    taken: Taken = {}
    for index, each in enumerate(exchanges):
        texts = set(said(each.url, each.body))
        for text in sorted(texts & offered.keys() - sent - {value for *_, value in taken.values()} - {""}):
            taken[_name(offered[text][1], taken)] = (*offered[text], text)
        sent |= texts - offered.keys()
        if 200 <= each.status < 300:
            for path, value in sorted(leaves(parsed(each.reply_body)), key=lambda leaf: len(leaf[0])):
                if isinstance(value, str | int) and not isinstance(value, bool):
                    offered.setdefault(str(value), (index, path))
    return taken


def _undone(exchanges: Sequence[RecordedExchange], taken: Taken, deleted: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Where what was made is deleted again, for each create request whose reply says the id."""
    for index, each in enumerate(exchanges):
        address = each.url.partition("?")[0].rstrip("/")
        if each.method != "POST" or not 200 <= each.status < 300 or not any(_below(t, address) for t in deleted):
            continue
        mine = next((name for name, (step, path, _) in taken.items() if step == index and _is_id(path)), None)
        if mine is None:
            found = [(path, value) for path, value in leaves(parsed(each.reply_body)) if value and _is_id(path)]
            if not found:
                continue
            path, value = min(found, key=lambda leaf: len(leaf[0]))
            if str(value) in said(each.url, each.body):
                yield index, f"{address}/{quote(str(value), safe='')}"
                continue
            mine = _name(path, taken)
            taken[mine] = (index, path, str(value))
        yield index, f"{address}/⟨{mine}⟩"


def _below(path: str, address: str) -> bool:
    """Is `/things/{id}` an item of the collection at this address?"""
    collection, _, last = path.rstrip("/").rpartition("/")
    wanted = f".*{path_template.pattern(collection)}"
    return last.startswith("{") and re.fullmatch(wanted, urlsplit(address).path) is not None


def _is_id(path: Path) -> bool:
    return bool(path) and ID.search(str(path[-1])) is not None


def _name(path: Path, taken: Mapping[str, Any]) -> str:
    last = next((str(step) for step in reversed(path) if isinstance(step, str)), "value")
    name = re.sub(r"\W+", "_", re.sub(r"([a-z])([A-Z])", r"\1_\2", last)).strip("_").lower()
    name = name if name.isascii() and name.isidentifier() and not keyword.iskeyword(name) else "value"
    return next(each for each in [name, *(f"{name}_{n}" for n in range(2, 999))] if each not in taken)


def _at(value: Any, path: Path) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            raise ScriptBroken(f"a reply has no {'.'.join(map(str, path))} any more") from None
    return value


def _url(url: str, names: Mapping[str, str]) -> str:
    """An address with names for values of earlier replies, where they are a whole step of its path or a parameter."""

    def renamed(text: str) -> str:
        return f"⟨{names[unquote(text)]}⟩" if unquote(text) in names else text

    path, mark, query = url.partition("?")
    pairs = [pair.partition("=") for pair in query.split("&")] if mark else []
    shown = "&".join(f"{key}{equals}{renamed(value)}" for key, equals, value in pairs)
    return "/".join(renamed(step) for step in path.split("/")) + mark + shown


def _body(body: bytes | None, names: Mapping[str, str]) -> str | bytes | None:
    """A body of JSON with names for values of earlier replies; anything else as it was."""
    try:
        text = body.decode() if body is not None else None
    except UnicodeDecodeError:
        return body
    for value, name in names.items():
        text = text.replace(json.dumps(value), json.dumps(f"⟨{name}⟩", ensure_ascii=False)) if text else text
    return text
