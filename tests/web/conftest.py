"""A mock of Basedash, and a client with the credential of its admin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import mockserver
from mockserver.web.app import Sandbox
from tests.client import Client

ADMIN = "bd_key_SandboxAdmin00000000000000000000"
SERVERS = "/basedash/api/public/organizations/org_abc123/mcp-servers"
LINEAR = {"displayName": "Linear", "serverUrl": "https://mcp.example.com/mcp"}


@pytest.fixture
def sandbox() -> Sandbox:
    return mockserver.create_app("basedash", seed=7)


@pytest.fixture
def admin(sandbox: Sandbox) -> Iterator[Client]:
    with Client(sandbox, headers={"Authorization": f"Bearer {ADMIN}"}) as client:
        yield client
