"""A server that takes requests and does not answer them."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.planted_bugs.basedash import Basedash


class Deaf:
    """The planted Basedash server, which takes every PATCH and never answers it; after so many, nothing at all.

    It lets go of everybody once `over` is set.
    """

    def __init__(self, lives: int) -> None:
        self.inner, self.over, self._lives = Basedash(), False, lives

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and (scope["method"] == "PATCH" or self._lives < 1):
            self._lives -= 1
            while not self.over:  # noqa: ASYNC110  set by another thread, which an asyncio.Event does not allow
                await asyncio.sleep(0.02)
        await self.inner(scope, receive, send)
