"""Who waits for deliveries waits as long as was said, however soon the client gives up on other requests."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from click.testing import CliRunner

from mockserver.cli.commands import main
from mockserver.client import AsyncSandbox, Sandbox
from tests.process import READY, ROOT, Processes, address
from tests.webhooks.receiver import Receiver


@pytest.fixture
def url(receiver: Receiver) -> Iterator[str]:
    """A sandbox that sends webhooks to a receiver that does not respond; one was sent."""
    receiver.open.clear()
    document = str(ROOT / "examples" / "webhooks" / "orders.yaml")
    with Processes() as processes:
        _, lines = processes.start("serve", document, "--webhook", f"*={receiver.url}", "--port", "0", until=READY)
        url = address(lines)
        httpx.post(f"{url}/orders", json={"product": "shoe"}, trust_env=False).raise_for_status()
        yield url
        receiver.open.set()


def test_a_client_waits_for_deliveries_longer_than_for_other_responses(url: str) -> None:
    async def states() -> list[str]:
        async with AsyncSandbox(url, timeout=0.5) as sandbox:
            return [each.state for each in await sandbox.default.deliveries(wait=1)]

    with Sandbox(url, timeout=0.5) as sandbox:
        assert ["waiting"] == [each.state for each in sandbox.default.deliveries(wait=1)]
    assert ["waiting"] == asyncio.run(states())


def test_the_list_says_which_delivery_is_faulty(url: str) -> None:
    printed = CliRunner().invoke(
        main, ["deliveries", "--send", "order.created", "--fault", "wrong-signature", "--wait", "0.1", "--url", url]
    )

    assert printed.output.rstrip().endswith("waiting  []  (fault wrong-signature)")
