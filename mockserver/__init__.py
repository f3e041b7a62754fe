"""A stand-in server and contract examination for HTTP APIs, from OpenAPI documents.

`mockserver.create_app("datagrid")` is an ASGI app; `mockserver serve` is the command.
"""

from __future__ import annotations

from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.web.app import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> Any:
    """`create_app`, loaded when it is first asked for: who only reads documents need not pay for the web layer."""
    if name == "create_app":
        return resolve_name("mockserver.web.app:create_app")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
