"""The fixtures that the pytest plugin gives to every project that installs this one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx

PATH = "/api/public/organizations/org_1/mcp-servers"


def test_a_mock_answers_at_an_address_of_its_own(mock_url: Callable[..., str]) -> None:
    first, second = mock_url("basedash"), mock_url("basedash")

    assert first != second
    assert {200} == {httpx.get(f"{base}/_mock/health", trust_env=False).status_code for base in (first, second)}


async def _get(app: Any, path: str) -> int:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mock") as client:
        return (await client.get(path)).status_code


def test_a_mock_in_process_needs_no_port(mock_app: Callable[..., Any]) -> None:

    assert 401 == asyncio.run(_get(mock_app("basedash"), PATH))
