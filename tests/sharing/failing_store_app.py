"""A mock of rooms.yaml whose store cannot keep anything while a file exists: `python -m … FILE`.

With `FILE contended` another process seems to have been faster than the first request.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import uvicorn

import mockserver
from mockserver.errors import LogUnavailable
from mockserver.stores.memory_log import MemoryLog
from mockserver.web.control.namespaces import DEFAULT
from mockserver.web.serving.server_options import SERVER_OPTIONS


class UnwritableLog(MemoryLog):
    """Forgets what a round appended, and says so, while the file exists; refuses so many entries before."""

    def __init__(self, full: Path, refused: int) -> None:
        super().__init__()
        self._full, self._refused = full, refused
        self._appended: list[Any] = []

    def begin(self) -> None:
        self._appended.clear()

    def append(self, partition: Any, expected: int, entry: bytes) -> bool:
        if partition.namespace == DEFAULT and self._refused:
            self._refused -= 1
            return False
        is_appended = super().append(partition, expected, entry)
        self._appended += [partition] if is_appended else []
        return is_appended

    def end(self) -> None:
        if self._full.exists() and self._appended:
            for partition in reversed(self._appended):
                self._partitions[partition].entries.pop()
            raise LogUnavailable("the disk is full")


def main() -> None:
    app = mockserver.create_app(Path(__file__).with_name("rooms.yaml"), is_shared=True, journal=100)
    app.share(UnwritableLog(Path(sys.argv[1]), sys.argv.count("contended")))
    options: Any = SERVER_OPTIONS | {"log_level": "info"}
    uvicorn.run(app, port=0, **options)


if __name__ == "__main__":
    main()
