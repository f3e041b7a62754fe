"""An HTTP client that speaks to an ASGI app in process, for tests that read like a conversation."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Self

import httpx


class Client:
    """Sends requests one after the other; `with Client(app, base_url, headers) as client: client.get("/x")`."""

    def __init__(self, app: Any, base_url: str = "http://sandbox", headers: dict[str, str] | None = None) -> None:
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        self._client = httpx.AsyncClient(transport=transport, base_url=base_url, headers=headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()

    def request(self, method: str, url: str, **options: Any) -> httpx.Response:
        return self._runner.run(self._client.request(method, url, **options))

    def get(self, url: str, **options: Any) -> httpx.Response:
        return self.request("GET", url, **options)

    def post(self, url: str, **options: Any) -> httpx.Response:
        return self.request("POST", url, **options)

    def put(self, url: str, **options: Any) -> httpx.Response:
        return self.request("PUT", url, **options)

    def patch(self, url: str, **options: Any) -> httpx.Response:
        return self.request("PATCH", url, **options)

    def delete(self, url: str, **options: Any) -> httpx.Response:
        return self.request("DELETE", url, **options)
