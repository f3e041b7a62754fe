"""`--watch`: a document or behaviour file that changes is read again and served with the stored items."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from mockserver.document_paths import SUFFIXES
from mockserver.errors import MockServerError
from mockserver.lazy_module import LazyModule
from mockserver.web.app import Sandbox, Services

if TYPE_CHECKING:
    import watchfiles
else:
    watchfiles = LazyModule("watchfiles")


log = logging.getLogger("mockserver")

Stamps = Mapping[Path, tuple[int, int] | None]
"""The time of the last change and the size of each file; None for a file that does not exist."""

POLL_MILLISECONDS = 1000
"""How often the files are checked without an event: some file systems (network, containers) send none."""


class Reload(Struct, frozen=True):
    """The services that are served after a reload, and for each service the number of dropped items by resource."""

    services: Services
    dropped: Mapping[str, Counter[str]]


class Watch:
    """Watches the files of a sandbox. `report` is called with each Reload, or with the error that prevented it."""

    def __init__(self, sandbox: Sandbox, report: Callable[[Reload | MockServerError], None]) -> None:
        self._sandbox, self.report = sandbox, report
        self._files = _files(sandbox)
        self._seen = _stamps(self._files)
        self._is_broken = False

    async def run(self) -> None:
        """Reload whenever a file changes, until cancelled."""
        while True:
            folders = self._folders()
            events = watchfiles.awatch(
                *folders, recursive=False, watch_filter=_is_read, rust_timeout=POLL_MILLISECONDS, yield_on_timeout=True
            )
            async for changes in events:
                if self._seen != _stamps(self._files) or (changes and self._is_broken):
                    await self._reload()
                if folders != self._folders():
                    break

    def _folders(self) -> set[Path]:
        return {file.parent for file in self._files if file.parent.is_dir()}

    async def _reload(self) -> None:
        """Serve the files as they are now; while they are invalid, keep the last valid version."""
        self._seen = _stamps(self._files)
        try:
            await asyncio.to_thread(self._sandbox.functions.reload)
            services = await asyncio.to_thread(self._sandbox.read_services)
            dropped = self._sandbox.replace_services(services)
        except MockServerError as fault:
            self._is_broken = True
            self.report(fault)
            return
        except Exception:  # a file that is half written can cause any error, and must not stop the server
            self._is_broken = True
            log.exception("the documents could not be reloaded")
            return
        self._is_broken = False
        before, self._files = self._seen, _files(self._sandbox)
        self._seen = {file: before.get(file, stamp) for file, stamp in _stamps(self._files).items()}
        self.report(Reload(services, dropped))


def _files(sandbox: Sandbox) -> frozenset[Path]:
    read = frozenset(file.absolute() for service in sandbox.services.values() for file in service.contract.files)
    return read | sandbox.functions.files()


def _stamps(files: frozenset[Path]) -> Stamps:
    return {file: _stamp(file) for file in files}


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _is_read(change: object, path: str) -> bool:
    return path.lower().endswith((*SUFFIXES, ".py"))


logging.getLogger("watchfiles").setLevel(logging.WARNING)
