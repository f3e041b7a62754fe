"""A running sandbox for the tests of the client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockserver.client import Namespace, Sandbox
from tests.process import READY, ROOT, Processes, address


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """The address of a mock of the shop and of a vendor with credentials."""
    with Processes() as processes:
        documents = (str(ROOT / "docs" / "shop.yaml"), "basedash")
        _, lines = processes.start("serve", *documents, "--items", "3", "--port", "0", "--no-access-log", until=READY)
        yield address(lines)


@pytest.fixture
def ns(url: str) -> Iterator[Namespace]:
    """A namespace of its own."""
    with Sandbox(url).namespace() as namespace:
        yield namespace
