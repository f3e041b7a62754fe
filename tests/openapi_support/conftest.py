"""One document that uses what OpenAPI 3.2 added, served in process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import mockserver
from tests.client import Client

DOCUMENT = Path(__file__).parent / "document.yaml"


@pytest.fixture
def api() -> Iterator[Client]:
    with Client(mockserver.create_app(DOCUMENT, seed=1), base_url="http://sandbox/v1") as client:
        yield client
