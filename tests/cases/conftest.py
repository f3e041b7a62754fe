"""Each case is a document of tests/cases/documents, served in process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

import mockserver
from mockserver.web.service import ServiceSettings
from tests.client import Client

DOCUMENTS = Path(__file__).parent / "documents"
Serve = Callable[..., Client]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A client of a sandbox that serves one document: `serve("48-laravel", materialize=True)`."""
    with ExitStack() as open_clients:

        def start(name: str, behaviour: tuple[Path, ...] = (), **settings: Any) -> Client:
            sandbox = mockserver.create_app(
                DOCUMENTS / f"{name}.yaml", seed=1, behaviour=behaviour, settings=ServiceSettings(**settings)
            )
            return open_clients.enter_context(Client(sandbox))

        yield start
