"""Finds the base path of a service whose paths are all answered with 404."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from contracts.client.target import NoResponse, Target
from contracts.client.transport import SentRequest
from mockserver.contract import Contract

NAMESPACES = "/_mock/ns/"
"""Begins the paths of the namespaces of a mock."""

USUAL = ("/api", "/api/v1", "/v1", "/api/v2", "/v2")
"""Base paths that are tried besides those of the document's servers."""


def likely_base(contract: Contract, target: Target, path: str) -> str:
    """The URL below which `path` is not answered with 404; empty if none is found."""
    parts = urlsplit(target.base_url)
    if parts.path.startswith(NAMESPACES):
        return ""  # this very namespace of a mock was asked for
    root = f"{parts.scheme}://{parts.netloc}"
    for base in dict.fromkeys((*server_paths(contract), "", *USUAL)):
        url = root + base
        if url != target.base_url and _answers(target, url + path):
            return url
    return ""


def server_paths(contract: Contract) -> Iterator[str]:
    """The paths of the document's servers, without a slash at the end."""
    for server in contract.document.root.get("servers") or ():
        written = str(server.get("url", "")) if isinstance(server, dict) else ""
        if "{" not in written:
            yield urlsplit(written).path.rstrip("/")
    yield contract.document.base_path.rstrip("/")


def _answers(target: Target, url: str) -> bool:
    """Is a GET of this URL, without a credential, answered with anything but 404?"""
    try:
        return target.resend(SentRequest("GET", url, (("accept", "*/*"),), None)).status not in (404, 410)
    except NoResponse:
        return False
