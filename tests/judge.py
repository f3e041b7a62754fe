"""openapi-core as second judge: every reply of a vendor's sandbox is held against its document once more."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.templating.paths.exceptions import PathError
from openapi_core.testing import MockRequest, MockResponse

from mockserver import vendor_files
from tests.client import Client


@cache
def judge(vendor: str) -> OpenAPI:
    """The vendor's document as openapi-core reads it."""
    return OpenAPI.from_file_path(str(vendor_files.of(vendor).document))


class JudgedClient(Client):
    """A client that fails as soon as a reply is not what the vendor's document says."""

    def __init__(self, app: Any, vendor: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(app, headers=headers)
        self._vendor = vendor

    def request(self, method: str, url: str, **options: Any) -> httpx.Response:
        reply = super().request(method, url, **options)
        if urlsplit(url).path.startswith(f"/{self._vendor}/"):
            assess(self._vendor, reply)
        return reply


def assess(vendor: str, reply: httpx.Response) -> None:
    """Raise AssertionError when openapi-core finds fault with a reply of a documented path and method.

    405, 406 and redirects have no place in the documents, and an unknown path is not described at all.
    """
    if reply.status_code not in (307, 405, 406):
        path = unquote(urlsplit(str(reply.request.url)).path).removeprefix(f"/{vendor}")
        judged = {"content-type", *documented_headers(vendor)}
        headers = tuple((name, value) for name, value in reply.headers.items() if name in judged)
        _assess(vendor, reply.request.method, path, reply.status_code, headers, reply.content)


@cache
def documented_headers(vendor: str) -> frozenset[str]:
    """The response headers that the vendor's document describes anywhere, in lower case."""
    return frozenset(name.lower() for name in _headers_in(judge(vendor).spec.read_value()))


def _headers_in(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("headers"), dict):
            yield from part["headers"]
        for value in part.values():
            yield from _headers_in(value)
    elif isinstance(part, list):
        for value in part:
            yield from _headers_in(value)


@lru_cache(maxsize=4096)  # a state machine reads the same lists again after each step
def _assess(
    vendor: str, method: str, path: str, status: int, headers: tuple[tuple[str, str], ...], content: bytes
) -> None:
    server = str((judge(vendor).spec / "servers" / 0)["url"])
    prefix = urlsplit(server).path.rstrip("/")
    asked = MockRequest(server.removesuffix(prefix), method.lower(), path)
    fields = dict(headers)
    told = MockResponse(content, status, headers=fields, content_type=fields.get("content-type", "application/json"))
    try:
        judge(vendor).validate_response(asked, told)
    except PathError:
        assert status == 404, f"{method} {path} is answered but not documented"
    except OpenAPIError as fault:
        cause = fault.__cause__ or fault
        told_by = getattr(cause, "schema_errors", ())
        raise AssertionError(f"{method} {path} → {status}: {fault!r} {list(told_by)}") from fault
