"""Documents that change while they are served: the new version takes the place of the old one, and its state."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from watchfiles import awatch

from mockserver.contract import SUFFIXES
from mockserver.errors import MockServerError
from mockserver.web.app import Sandbox, Services

log = logging.getLogger("mockserver")

Stamps = Mapping[Path, tuple[int, int] | None]
"""When each file was last changed, and its length; None for one that is not there."""

LOOKS = 1000
"""After so many milliseconds without news the files are looked at all the same."""


@dataclass(frozen=True, slots=True)
class Reload:
    """A new version that is served: its services, and for each the number of items that were dropped, by resource."""

    services: Services
    dropped: Mapping[str, Counter[str]]


class Watch:
    """Follows the files of a sandbox. `tell` gets each Reload, or the fault for which the version before stays."""

    def __init__(self, sandbox: Sandbox, tell: Callable[[Reload | MockServerError], None]) -> None:
        self._sandbox, self._tell = sandbox, tell
        self._files = _files(sandbox.services)
        self._seen = _stamps(self._files)
        self._is_broken = False

    async def run(self) -> None:
        """Reload whenever a file changes, until cancelled."""
        while True:
            folders = self._folders()
            news = awatch(*folders, recursive=False, watch_filter=_is_data, rust_timeout=LOOKS, yield_on_timeout=True)
            async for changes in news:
                if self._seen != _stamps(self._files) or (changes and self._is_broken):
                    await self._reload()
                if folders != self._folders():
                    break

    def _folders(self) -> set[Path]:
        return {file.parent for file in self._files if file.parent.is_dir()}

    async def _reload(self) -> None:
        """Serve what the files say now; while they are broken, what they said before."""
        self._seen = _stamps(self._files)
        try:
            services = await asyncio.to_thread(self._sandbox.make)
        except MockServerError as fault:
            self._is_broken = True
            self._tell(fault)
            return
        except Exception:  # whatever a half-written file brings about, what is served goes on
            self._is_broken = True
            log.exception("the documents could not be reloaded")
            return
        self._is_broken = False
        dropped = self._sandbox.take_over(services)
        before, self._files = self._seen, _files(services)
        self._seen = {file: before.get(file, stamp) for file, stamp in _stamps(self._files).items()}
        self._tell(Reload(services, dropped))


def _files(services: Services) -> frozenset[Path]:
    return frozenset(file.absolute() for service in services.values() for file in service.contract.files)


def _stamps(files: frozenset[Path]) -> Stamps:
    return {file: _stamp(file) for file in files}


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _is_data(change: object, path: str) -> bool:
    return path.lower().endswith(SUFFIXES)


logging.getLogger("watchfiles").setLevel(logging.WARNING)
