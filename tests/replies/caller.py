"""Who asks for the operations of one document, remembering what the replies show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any, ClassVar

import httpx

from tests.replies import disturbance
from tests.replies.request import JSON, Learn, Request, nothing, written

Entry = tuple[str, ...]
"""An item that was seen: the values above it, and its id."""

DISTURBED = 0.3
"""So large a part of the requests is disturbed."""

SPOILT = 0.12
"""So large a part of the bodies breaks the document."""

ODD = 0.12
"""So large a part of the requests has a field or parameter of a wrong value."""

WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "islet", "jetty", "knoll", "lagoon")


class Caller:
    """Makes one request after the other: first those of `opening`, then those of `moves` by chance.

    `moves` are names of methods, each with how often it is chosen.
    """

    app: ClassVar[str]
    moves: ClassVar[tuple[tuple[str, float], ...]]

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.known: dict[str, list[Entry]] = {}
        self.gone: dict[str, list[Entry]] = {}
        self._opening = self.opening()

    def opening(self) -> Iterator[Request]:
        """Requests that come first and are not disturbed."""
        yield from ()

    def next(self) -> Request:
        """The next request; it depends on chance and on what was learnt so far."""
        opened = next(self._opening, None)
        if opened is not None:
            return self.sent(opened)
        names, weights = zip(*self.moves, strict=True)
        request = self.sent(getattr(self, self.chance.choices(names, weights)[0])())
        if self.chance.random() >= DISTURBED:
            return request
        return self.chance.choice(disturbance.ALL)(request, self.chance)

    def sent(self, request: Request) -> Request:
        """The request with what each must have, such as a credential."""
        return request

    def word(self) -> str:
        return self.chance.choice(WORDS)

    def name(self) -> str:
        return f"{self.word()} {self.chance.randrange(1000)}"

    def json(self, method: str, target: str, body: Any, learn: Learn = nothing, kind: str = JSON) -> Request:
        """A request with a body in JSON, which sometimes breaks the document."""
        spoilt = isinstance(body, dict) and self.chance.random() < SPOILT
        return sound(method, target, self.spoilt(body) if spoilt else body, learn, kind)

    def spoilt(self, body: dict[str, Any]) -> Any:
        """The body with one thing wrong."""
        key = self.chance.choice(sorted(body)) if body else "unknown"
        left = {name: value for name, value in body.items() if name != key}
        wrong = self.chance.choice((None, 7, -1, "", "x" * 70_000, [], {}, True, 10**30, "\u0000é😀", [None]))
        changed = {**body, key: wrong}
        choices = (left, changed, changed, changed, {**body, "unknown": 1}, {**left, key + "x": wrong}, [body], "text")
        return self.chance.choice(choices)

    def some(self, **choices: Any) -> dict[str, Any]:
        """Some of these fields, each with one of its values."""
        return {name: self.chance.choice(values) for name, values in choices.items() if self.chance.random() < 0.3}

    def odd(self, **choices: Any) -> dict[str, Any]:
        """Seldom one of these fields, with one of its values; they are wrong in some way."""
        if self.chance.random() >= ODD:
            return {}
        name = self.chance.choice(tuple(choices))
        return {name: self.chance.choice(choices[name])}

    def keep(self, kind: str, *path: str, above: Entry = ()) -> Learn:
        """Remember the id that a reply shows at this place."""

        def learn(response: httpx.Response) -> None:
            found = shown(response, *path)
            if isinstance(found, str | int):
                self.known.setdefault(kind, []).append((*above, str(found)))

        return learn

    def drop(self, kind: str, entry: Entry) -> Learn:
        """Remember that an item has gone."""

        def learn(response: httpx.Response) -> None:
            if entry in self.known.get(kind, ()):
                self.known[kind].remove(entry)
                self.gone.setdefault(kind, []).append(entry)

        return learn

    def pick(self, kind: str, *stray: Entry) -> Entry:
        """An item that is there; now and then one that has gone, or one of `stray`."""
        there, gone, luck = self.known.get(kind, []), self.gone.get(kind, []), self.chance.random()
        if gone and luck < 0.05:
            return self.chance.choice(gone)
        if not there or luck > 0.95:
            return self.chance.choice(stray)
        return self.chance.choice(there)

    def last(self, kind: str, stray: str) -> Entry:
        """The item that was seen last; `stray` where none is there."""
        return (self.known.get(kind) or [(stray,)])[-1]

    def query(self, target: str, odd: Mapping[str, Any], **choices: Any) -> str:
        """The target with some of these query parameters and seldom an odd one; texts are written as they are."""
        asked = {**self.some(**choices), **self.odd(**odd)}
        written = "&".join(f"{name}={value}" for name, value in asked.items())
        return target + ("&" if "?" in target else "?") + written if asked else target


def sound(method: str, target: str, body: Any, learn: Learn = nothing, kind: str = JSON) -> Request:
    """A request with a body in JSON."""
    return Request(method, target, (("Content-Type", kind),), written(body), learn)


def authorized(request: Request, secret: str) -> Request:
    """The request with a bearer token, unless it has another credential."""
    if request.header("Authorization"):
        return request
    return replace(request, headers=(("Authorization", f"Bearer {secret}"), *request.headers))


def shown(response: httpx.Response, *path: str) -> Any:
    """The value at this place in a body of JSON; None where there is none."""
    try:
        found = response.json()
    except ValueError:
        return None
    for step in path:
        found = found.get(step) if isinstance(found, dict) else None
    return found
