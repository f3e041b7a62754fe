"""Servers of recipes whose requests wait in the middle, and thereby mix, over ASGI and over threads."""

from __future__ import annotations

import asyncio
import copy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.contracts.recipe_server import Recipes, Refused, encoded

PAUSE = 0.002
"""The seconds for which a request waits in the middle."""


class SlowRecipes(Recipes):
    """A correct server that is slow: each request waits, and is then done in one step."""

    async def run(self, name: str, ids: list[int], body: Any) -> tuple[int, Any]:
        await asyncio.sleep(PAUSE)
        return await super().run(name, ids, body)


class LostUpdates(Recipes):
    """PATCH reads the recipe, waits, and writes it back with its change."""

    async def run(self, name: str, ids: list[int], body: Any) -> tuple[int, Any]:
        if name != "patch":
            return await super().run(name, ids, body)
        recipe = copy.deepcopy(self.found(ids[0]))
        self.check(body, "RecipeUpdate")
        await asyncio.sleep(PAUSE)
        self.recipes[ids[0]] = recipe | body
        return 200, recipe | body


class TornReplacements(Recipes):
    """PUT writes one field after the other, and other requests see it half done."""

    async def run(self, name: str, ids: list[int], body: Any) -> tuple[int, Any]:
        if name != "put":
            return await super().run(name, ids, body)
        recipe = self.found(ids[0])
        self.check(body, "RecipeReplace")
        for field, value in body.items():
            recipe[field] = value
            await asyncio.sleep(0)
        return 200, copy.deepcopy(recipe)


class RevivingReplacements(Recipes):
    """PUT looks whether the recipe exists, waits, and stores it even if it was deleted meanwhile."""

    async def run(self, name: str, ids: list[int], body: Any) -> tuple[int, Any]:
        if name == "put":
            self.found(ids[0])
            await asyncio.sleep(PAUSE)
            self.recipes.setdefault(ids[0], {})
            self.steps.setdefault(ids[0], {})
        return await super().run(name, ids, body)


@contextmanager
def over_threads(recipes: Recipes, *, locked: bool) -> Iterator[str]:
    """Serve recipes on a loopback port with a thread for each request; unless `locked`, requests run side by side."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def respond(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            with lock if locked else threading.Lock():
                status, value, extra = asyncio.run(self.answer(self.rfile.read(length)))
            body = encoded(status, value)
            self.send_response(status)
            for name, text in {**extra, "content-type": "application/json", "content-length": str(len(body))}.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(body)

        async def answer(self, raw: bytes) -> tuple[int, Any, dict[str, str]]:
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            try:
                return await recipes.answer(self.command, parts.path, raw, headers, query)
            except Refused as refused:
                return refused.args[0], {"detail": "refused"}, {}

        def log_message(self, *words: Any) -> None:
            """Print nothing."""

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = respond  # noqa: N815  names of the base class

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
