"""The methods that a document has for a request path. Templates overlap: `/users/{id}` matches `/users/login` too."""

from __future__ import annotations

from urllib.parse import urlsplit

from mockserver.contract import Contract
from mockserver.openapi import path_template
from mockserver.openapi.document import Document, Operation
from mockserver.openapi.server_paths import relocated


def methods_at(contract: Contract, url: str, base: str | None = None) -> frozenset[str]:
    """The documented methods of every path template that matches `url`, in upper case.

    `base` is the address below which the paths of the document begin; None if `url` is a path of the document. A router
    chooses by path and method, so a request that the most specific template (OpenAPI 3.1 section 4.8.8.2) does not
    document may be one of another template. Methods of one path may have different servers.
    """
    return frozenset(each.http_method for each in contract.document.operations if is_at(contract, each, url, base))


def is_at(contract: Contract, operation: Operation, url: str, base: str | None = None) -> bool:
    """Does the path template of an operation match `url`? `base` is as in `methods_at`."""
    path = urlsplit(url).path
    return any(
        path.startswith(root) and path_template.matches(operation.path, path[len(root) :])
        for root in _roots(contract.document, operation, base)
    )


def _roots(document: Document, operation: Operation, base: str | None) -> tuple[str, ...]:
    """The paths that may be before that of an operation."""
    if base is None:
        return ("",)
    root = urlsplit(base).path.rstrip("/")
    return tuple(relocated(root, document.base_path, own) for own in operation.base_paths) or (root,)
