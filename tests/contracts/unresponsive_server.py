"""A server that accepts requests and does not respond to them."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.planted_bugs.basedash import Basedash


class Unresponsive:
    """The planted Basedash server, which never responds to a PATCH, and after `lives` of them to no request at all.

    When `over` is set, the pending requests get their responses.
    """

    def __init__(self, lives: int) -> None:
        self.inner, self.over, self._lives = Basedash(), False, lives

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and (scope["method"] == "PATCH" or self._lives < 1):
            self._lives -= 1
            while not self.over:  # noqa: ASYNC110  set by another thread, which an asyncio.Event does not allow
                await asyncio.sleep(0.02)
        await self.inner(scope, receive, send)
