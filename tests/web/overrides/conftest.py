"""A sandbox of pets on a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.document import document, served
from tests.web.overrides.server import PETS, Served, running


@pytest.fixture
def mock(tmp_path: Path) -> Iterator[Served]:
    sandbox = served(tmp_path, document(PETS))
    with running(sandbox) as url:
        yield Served(url, sandbox)
