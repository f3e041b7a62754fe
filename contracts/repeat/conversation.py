"""A finding's exchanges as a conversation that can be held again: ids of then are taken from the replies of now."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from contracts.bodies import MARK
from contracts.finding import PLACEHOLDER, Exchange, Finding
from contracts.repeat.essence import TIME, leaves, mentions, parsed, said, told
from contracts.target import Target
from contracts.wire import Headers, Received, Sent

Path = tuple[str | int, ...]
"""Where a value stands in a JSON value."""

NAME = re.compile("⟨([a-z_0-9]+)⟩")
"""How a value of an earlier reply is written in a request: by its name."""

USUAL = frozenset({"host", "content-length", "user-agent", "connection", "accept-encoding"})
"""Headers that every client writes itself."""

STATUS = re.compile(r"status \d+")


@dataclass(frozen=True, slots=True)
class Step:
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
class Conversation:
    """What is said and what was answered.

    `by_status`: the status of the last reply alone shows the breach. `timed`: which times are equal is part of it.
    `whole`: no reply shows an item of the examination's that was not made here, or it does not matter.
    """

    steps: tuple[Step, ...]
    by_status: bool
    timed: bool
    whole: bool

    @property
    def told(self) -> list[Any]:
        """What the replies were: the same again when the failure is."""
        return [step.told for step in self.steps]


class Broken(Exception):
    """A conversation cannot be held again: an earlier reply is not what the later requests need."""


def conversation(found: Finding, base: str, operations: Iterable[str] = ()) -> Conversation:
    """The conversation of a finding; addresses below `base` are written as paths.

    `operations` are those of the document (`DELETE /things/{id}`), by which what is made can be deleted again.
    """
    timed = found.check == "timestamps" or TIME.search(found.seen) is not None
    taken = _taken(found.exchanges)
    undo = dict(_undone(found.exchanges, taken, [o.removeprefix("DELETE ") for o in operations if o[:7] == "DELETE "]))
    names = {value: name for name, (_, _, value) in taken.items()}
    known = {text: text for each in found.exchanges for text in said(each.url, each.body)}
    known |= {value: f"<{name}>" for value, name in names.items()}
    times: list[Any] | None = [] if timed else None
    steps = []
    for index, each in enumerate(found.exchanges):
        takes = {name: path for name, (step, path, _) in taken.items() if step == index}
        headers = tuple((name, value) for name, value in each.headers if name.lower() not in USUAL)
        steps.append(Step(each.method, _url(each.url.removeprefix(base), names), headers, _body(each.body, names),
                          takes, each.status, _told(each, known, times), each.waited,
                          undo.get(index, "").removeprefix(base)))  # fmt: skip
    return Conversation(tuple(steps), STATUS.fullmatch(found.seen) is not None, timed,
                        found.check == "document" or not any(_foreign(parsed(each.reply_body), known)
                                                            for each in found.exchanges))  # fmt: skip


def _foreign(value: Any, known: Mapping[str, str]) -> bool:
    """Does a list show an item that the examination made, but not here?"""
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if any(_foreign(each, known) for each in below):
        return True
    return isinstance(value, list) and any(
        isinstance(each, dict) and not mentions(each, known) and MARK in json.dumps(each) for each in value
    )


@dataclass(frozen=True, slots=True)
class Held:
    """A conversation that was held again: what was sent and answered, and whether it went as it did then."""

    exchanges: tuple[tuple[Sent, Received], ...]
    same: bool


def hold(talk: Conversation, target: Target) -> Held:
    """Hold a conversation with a target, as the identities it knows, and delete what it made.

    Raises Broken, Unreachable, Exhausted, or ReadOnly.
    """
    secrets = {veil[2:-1]: secret for each in reversed(target.identities) for secret, veil in each.veiled.items()}
    values: dict[str, str] = {}
    held: list[tuple[Sent, Received]] = []
    undone: list[Sent] = []
    try:
        for step in talk.steps:
            target.pause(step.waited)
            sent = _filled(step, values, secrets)
            reply = target.resend(sent)
            held.append((sent, reply))
            if step.takes and reply.status // 100 != 2:
                raise Broken(f"{step.method} {step.url} is answered with {reply.status}, where it was {step.status}")
            values |= {name: str(_at(parsed(reply.body), path)) for name, path in step.takes.items()}
            if step.undo:
                undone.append(_filled(replace(step, method="DELETE", url=step.undo, body=None), values, secrets))
    finally:
        for each in reversed(undone):
            target.resend(each)
    return Held(tuple(held), _is_same(talk, [reply for _, reply in held], values, secrets))


def _is_same(
    talk: Conversation, replies: Sequence[Received], values: Mapping[str, str], secrets: Mapping[str, str]
) -> bool:
    if talk.by_status:
        return replies[-1].status == talk.steps[-1].status
    known = {text: text for step in talk.steps for text in said(step.url, step.body)}
    known |= {secret: "${" + name + "}" for name, secret in secrets.items()}
    known |= {value: f"<{name}>" for name, value in values.items()}
    times: list[Any] | None = [] if talk.timed else None
    seen = [told(each.status, _type(each), each.body, known, times) for each in replies]
    return seen == talk.told


def _told(exchange: Exchange, known: Mapping[str, str], times: list[Any] | None) -> Any:
    return told(exchange.status, exchange.header("content-type"), exchange.reply_body, known, times)


def _type(reply: Received) -> str | None:
    return next((value for name, value in reply.headers if name.lower() == "content-type"), None)


def _filled(step: Step, values: Mapping[str, str], secrets: Mapping[str, str]) -> Sent:
    def fill(text: str, *, url: bool = False) -> str:
        text = NAME.sub(lambda match: quote(values[match[1]], safe="") if url else values[match[1]], text)
        return PLACEHOLDER.sub(lambda match: secrets.get(match[1], match[0]), text)

    body = fill(step.body).encode() if isinstance(step.body, str) else step.body
    return Sent(step.method, fill(step.url, url=True), tuple((k, fill(v)) for k, v in step.headers), body)


Taken = dict[str, tuple[int, Path, str]]
"""Values that are taken from replies: name → (which reply, where, what it was then)."""


def _taken(exchanges: Sequence[Exchange]) -> Taken:
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


def _undone(exchanges: Sequence[Exchange], taken: Taken, deleted: Sequence[str]) -> Iterator[tuple[int, str]]:
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


def _below(template: str, address: str) -> bool:
    """Is `/things/{id}` an item of the collection at this address?"""
    collection, _, last = template.rstrip("/").rpartition("/")
    pattern = re.sub(r"\\{[^{}]*\\}", "[^/]+", re.escape(collection))
    return last.startswith("{") and re.fullmatch(f".*{pattern}", urlsplit(address).path) is not None


def _is_id(path: Path) -> bool:
    return bool(path) and re.search(r"(^id|Id|_id|ID)$", str(path[-1])) is not None


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
            raise Broken(f"a reply has no {'.'.join(map(str, path))} any more") from None
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
