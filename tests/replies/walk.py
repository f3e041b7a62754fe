"""A walk of exactly a thousand requests, the same ones as long as the replies are the same; each reply gets a line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import httpx

from mockserver import create_app
from tests.replies import documents, vendors
from tests.replies.request import Request

HERE = Path(__file__).parent
RECORDED = HERE / "recorded.jsonl"

SEED = 20_260_101
HALF = 500

ENDING = (("GET", "/_mock/state"), ("POST", "/_mock/reset"), ("GET", "/_mock/state"))
"""The last requests to each app: what it remembers is shown, and forgotten."""

WHOLE, BEGINNING = 300, 200
"""A body of so many characters is shown whole; of a longer one, so many with its length and its hash."""

APPS: dict[str, tuple[str | Path, ...]] = {
    "vendors": ("basedash", "datagrid", "gaia", "piper"),
    "notes": (HERE.parent / "planted_bugs" / "notes.yaml",),
    "open": (HERE / "shop.yaml", HERE / "archive.yaml", HERE / "answers.yaml"),
}
"""The documents of each app."""


def lines() -> list[str]:
    """What the record must have: a line for each request and its reply, with all headers of the reply."""
    return asyncio.run(_walk())


async def _walk() -> list[str]:
    clients = {
        name: httpx.AsyncClient(
            transport=httpx.ASGITransport(app=create_app(*served, seed=SEED)), base_url="http://sandbox"
        )
        for name, served in APPS.items()
    }
    told: list[str] = []
    for number, (app, request) in enumerate(_requests(), 1):
        response = await _sent(clients[app], request)
        told.append(json.dumps(_line(number, app, request, response), ensure_ascii=False))
        if response.is_success:
            request.learn(response)
    for client in clients.values():
        await client.aclose()
    return told


def _requests() -> Iterator[tuple[str, Request]]:
    """The requests with their apps; each is made when the reply to the one before has been learnt from."""
    chance = Random(SEED)
    for asking in (vendors.CALLERS, documents.CALLERS):
        callers = [make(chance) for make, _ in asking]
        weights = [weight for _, weight in asking]
        ending = [(app, Request(*each)) for app in dict.fromkeys(caller.app for caller in callers) for each in ENDING]
        for _ in range(HALF - len(ending)):
            [caller] = chance.choices(callers, weights)
            yield caller.app, caller.next()
        yield from ending


async def _sent(client: httpx.AsyncClient, request: Request) -> httpx.Response:
    return await client.request(request.method, request.target, headers=list(request.headers), content=request.content)


def _line(number: int, app: str, request: Request, response: httpx.Response) -> dict[str, Any]:
    headers = sorted(f"{name.decode('latin-1')}: {value.decode('latin-1')}" for name, value in response.headers.raw)
    asked = {"number": number, "app": app, **request.shown()}
    return {**asked, "status": response.status_code, "reply": headers, **_body(response.content)}


def _body(content: bytes) -> dict[str, Any]:
    text = content.decode(errors="backslashreplace")
    if len(text) <= WHOLE:
        return {"body": text}
    return {"body": text[:BEGINNING], "length": len(content), "sha256": sha256(content).hexdigest()}


def recorded() -> list[str]:
    """The lines of the record."""
    return RECORDED.read_text(encoding="utf-8").split("\n")[:-1]


def spread(told: Sequence[str]) -> dict[int, int]:
    """How many replies have each status."""
    statuses = [json.loads(line)["status"] for line in told]
    return {status: statuses.count(status) for status in sorted(set(statuses))}
