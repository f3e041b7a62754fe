"""OpenAPI documents that a test gives as dictionaries, as files: a service is named after its file."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any


class WrittenDocuments:
    """Writes documents into a folder of its own. `close` deletes it."""

    def __init__(self) -> None:
        self._folder: Path | None = None

    def path(self, document: Mapping[str, Any]) -> str:
        """The file with a document, named after its title: `Pet Store` is `pet-store.json`. Equal ones share a file."""
        text = json.dumps(document, sort_keys=True, default=str)
        title = str((document.get("info") or {}).get("title") or "api")
        self._folder = self._folder or Path(tempfile.mkdtemp(prefix="mock-api-"))
        file = self._folder / sha256(text.encode()).hexdigest()[:12] / f"{_slug(title)}.json"
        if not file.exists():
            file.parent.mkdir(exist_ok=True)
            file.write_text(json.dumps(document, default=str), encoding="utf-8")
        return str(file)

    def close(self) -> None:
        """Delete the folder."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def _slug(title: str) -> str:
    return re.sub("[^a-z0-9]+", "-", title.lower()).strip("-") or "api"
