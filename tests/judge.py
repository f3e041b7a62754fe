"""openapi-core as second judge: every reply of a vendor's sandbox is held against its document once more."""

from __future__ import annotations

from functools import cache
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
    if reply.status_code in (307, 405, 406):
        return
    server = str((judge(vendor).spec / "servers" / 0)["url"])
    request = reply.request
    path = unquote(urlsplit(str(request.url)).path).removeprefix(f"/{vendor}")
    prefix = urlsplit(server).path.rstrip("/")
    asked = MockRequest(
        server.removesuffix(prefix), request.method.lower(), path, headers=dict(request.headers),
        args=dict(request.url.params), data=request.content,
        content_type=request.headers.get("content-type", "application/json"),
    )  # fmt: skip
    told = MockResponse(
        reply.content, reply.status_code, headers=dict(reply.headers),
        content_type=reply.headers.get("content-type", "application/json"),
    )  # fmt: skip
    try:
        judge(vendor).validate_response(asked, told)
    except PathError:
        assert reply.status_code == 404, f"{request.method} {path} is answered but not documented"
    except OpenAPIError as fault:
        cause = fault.__cause__ or fault
        told_by = getattr(cause, "schema_errors", ())
        raise AssertionError(f"{request.method} {path} → {reply.status_code}: {fault!r} {list(told_by)}") from fault
