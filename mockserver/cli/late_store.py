"""The store of a worker that takes the place of a dead one: it listens even while the store cannot be opened."""

from __future__ import annotations

import asyncio
import logging

from mockserver.cli.shared_store import StoreChoice
from mockserver.errors import LogError
from mockserver.web.app import Sandbox

log = logging.getLogger("mockserver")

PAUSE = 0.5
"""Seconds between two tries to open the store."""


class LateStore:
    """Opens a store at once or later. Until then, requests that need it are answered with 503 and the reason.

    Without that, nothing would listen at the socket of the worker, and its connections would wait.
    """

    def __init__(self, store: StoreChoice, sandbox: Sandbox) -> None:
        self._store, self._sandbox = store, sandbox
        self._is_open, self._told = False, ""
        try:
            store.share(sandbox, store.opened())
            self._is_open = True
        except LogError as fault:
            self._refuse(fault)

    async def run(self) -> None:
        """Try until the store is open."""
        while not self._is_open:
            await asyncio.sleep(PAUSE)
            try:
                opened = await asyncio.to_thread(self._store.opened)  # it may wait for a server that does not answer
                self._store.share(self._sandbox, opened)
                self._is_open = True
                log.warning("%s can be used again", opened.place)
            except LogError as fault:
                self._refuse(fault)

    def _refuse(self, fault: LogError) -> None:
        self._sandbox.refuse(fault)
        if str(fault) != self._told:
            log.error("the store cannot be opened: %s", fault)
            self._told = str(fault)
