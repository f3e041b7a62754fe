"""Sends the requests to absolute addresses to a mock, whichever client makes them: httpx, requests or aiohttp.

The methods that send are replaced while a block lasts, as the packages respx, pytest-httpx, responses and aioresponses
do; requests to other addresses go where they always went.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import BytesIO
from typing import Any
from unittest.mock import patch

import httpx

from mockserver.pytest_plugin.intercepted_address import InterceptedAddress

Root = Callable[[], str]


class AddressInterceptor:
    """Answers requests to some addresses.

    `transport` sends to a mock in this process. `root` is the address of a port of the same mock, which opens when a
    client needs one.
    """

    def __init__(self, addresses: Sequence[InterceptedAddress], transport: Any, root: Root) -> None:
        self._addresses, self._transport, self._root = addresses, transport, root

    @contextmanager
    def active(self) -> Iterator[None]:
        """Intercept while the context lasts. Of clients that are not imported, nothing is replaced."""
        with ExitStack() as stack:
            stack.enter_context(self._httpx())
            for name, replaced in (("requests.adapters", self._requests), ("aiohttp", self._aiohttp)):
                if name in sys.modules:
                    stack.enter_context(replaced(sys.modules[name]))
            yield

    def found(self, request: httpx.Request, root: str = "") -> tuple[InterceptedAddress, httpx.Request] | None:
        """The address that a request is for, and the request for the mock; None if it is for none."""
        for each in self._addresses:
            url = each.url_in_mock(str(request.url), root)
            if url is not None:
                headers = [*request.headers.raw, *((k.encode(), v.encode()) for k, v in each.headers.items())]
                return each, httpx.Request(
                    request.method, url, headers=headers, stream=request.stream, extensions=request.extensions
                )
        return None

    @contextmanager
    def _httpx(self) -> Iterator[None]:
        original, awaited = httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request

        def send(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
            found = self.found(request, "" if self._transport else self._root())
            if found is None:
                return original(transport, request)
            handle = self._transport.handle_request if self._transport else lambda each: original(transport, each)
            return _outside(found[0], handle(found[1]))

        async def send_async(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
            found = self.found(request, "" if self._transport else self._root())
            if found is None:
                return await awaited(transport, request)
            if self._transport:
                return _outside(found[0], await self._transport.handle_async_request(found[1]))
            return _outside(found[0], await awaited(transport, found[1]))

        with (
            patch.object(httpx.HTTPTransport, "handle_request", send),
            patch.object(httpx.AsyncHTTPTransport, "handle_async_request", send_async),
        ):
            yield

    @contextmanager
    def _requests(self, adapters: Any) -> Iterator[None]:
        original = adapters.HTTPAdapter.send

        def send(adapter: Any, request: Any, *args: Any, **options: Any) -> Any:
            answered = self.answered(request)
            return (
                original(adapter, request, *args, **options)
                if answered is None
                else _built(adapter, request, *answered)
            )

        with patch.object(adapters.HTTPAdapter, "send", send):
            yield

    def answered(self, request: Any) -> tuple[httpx.Response, bytes] | None:
        """The response to a prepared request of requests, and its content as it is sent; None if it is for no address.

        Raises ConnectionError of requests where the mock breaks the connection.
        """
        content = request.body.encode() if isinstance(request.body, str) else request.body
        asked = httpx.Request(request.method, request.url, headers=dict(request.headers), content=content)
        found = self.found(asked, "" if self._transport else self._root())
        if found is None:
            return None
        try:
            with ExitStack() as stack:
                transport = self._transport or stack.enter_context(httpx.HTTPTransport(trust_env=False))
                response: httpx.Response = transport.handle_request(found[1])
                return _outside(found[0], response), b"".join(response.iter_raw())
        except httpx.TransportError as error:  # a fault of the connection
            raise sys.modules["requests"].ConnectionError(str(error), request=request) from error

    @contextmanager
    def _aiohttp(self, aiohttp: Any) -> Iterator[None]:
        original = aiohttp.ClientSession._request  # noqa: SLF001 - the one method that all requests of a session pass

        async def send(session: Any, method: str, url: Any, **options: Any) -> Any:
            whole = str(session._build_url(url))  # noqa: SLF001 - with the base URL of the session
            for each in self._addresses:
                inside = each.url_in_mock(whole, self._root()) if each.url_in_mock(whole) else None
                if inside is not None:
                    headers = {**dict(options.pop("headers", None) or {}), **each.headers}
                    return await original(session, method, inside, headers=headers, **options)
            return await original(session, method, url, **options)

        with patch.object(aiohttp.ClientSession, "_request", send):
            yield


def _outside(address: InterceptedAddress, response: httpx.Response) -> httpx.Response:
    """The response, with a `Location` as the service would write it."""
    if location := response.headers.get("location"):
        response.headers["location"] = address.outside(location)
    return response


def _built(adapter: Any, request: Any, response: httpx.Response, content: bytes) -> Any:
    """A response of requests from one of httpx."""
    raw = sys.modules["urllib3"].HTTPResponse(
        body=BytesIO(content),
        headers=dict(response.headers),
        status=response.status_code,
        reason=response.reason_phrase,
        preload_content=False,
        request_method=request.method,
    )
    return adapter.build_response(request, raw)
