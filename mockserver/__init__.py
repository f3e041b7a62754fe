"""Mock servers for HTTP APIs, from their OpenAPI documents.

`mockserver.create_app("./my-api.yaml")` is an ASGI app; `mockserver serve` is the command.

The names below are the public API, described in docs/api.md. Everything else may change without notice.
"""

from __future__ import annotations

from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver import sandbox
    from mockserver.contract import ReadingOptions
    from mockserver.errors import (
        BehaviourError,
        Conflict,
        DocumentError,
        Fault,
        Forbidden,
        HandlerError,
        Invalid,
        InvalidDocument,
        Missing,
        MockServerError,
        Refusal,
        StateError,
        TooMany,
        Unauthenticated,
        UnsupportedFeature,
    )
    from mockserver.handlers.outside import OutsideService
    from mockserver.handlers.request_context import RequestContext
    from mockserver.messages import Call, Reply
    from mockserver.rules import rule
    from mockserver.state.clock import Clock
    from mockserver.web.app import Sandbox, create_app
    from mockserver.web.control.namespaces import NamespaceLimits
    from mockserver.web.control.outbox import WebhookSettings
    from mockserver.web.resolver import StatefulResolver
    from mockserver.web.service import ServiceSettings

__all__ = [
    "BehaviourError",
    "Call",
    "Clock",
    "Conflict",
    "DocumentError",
    "Fault",
    "Forbidden",
    "HandlerError",
    "Invalid",
    "InvalidDocument",
    "Missing",
    "MockServerError",
    "NamespaceLimits",
    "OutsideService",
    "ReadingOptions",
    "Refusal",
    "Reply",
    "RequestContext",
    "Sandbox",
    "ServiceSettings",
    "StateError",
    "StatefulResolver",
    "TooMany",
    "Unauthenticated",
    "UnsupportedFeature",
    "WebhookSettings",
    "create_app",
    "rule",
    "sandbox",
]

_PUBLIC = {
    "BehaviourError": "mockserver.errors:BehaviourError",
    "Call": "mockserver.messages:Call",
    "Clock": "mockserver.state.clock:Clock",
    "Conflict": "mockserver.errors:Conflict",
    "DocumentError": "mockserver.errors:DocumentError",
    "Fault": "mockserver.errors:Fault",
    "Forbidden": "mockserver.errors:Forbidden",
    "HandlerError": "mockserver.errors:HandlerError",
    "Invalid": "mockserver.errors:Invalid",
    "InvalidDocument": "mockserver.errors:InvalidDocument",
    "Missing": "mockserver.errors:Missing",
    "MockServerError": "mockserver.errors:MockServerError",
    "NamespaceLimits": "mockserver.web.control.namespaces:NamespaceLimits",
    "OutsideService": "mockserver.handlers.outside:OutsideService",
    "ReadingOptions": "mockserver.contract:ReadingOptions",
    "Refusal": "mockserver.errors:Refusal",
    "Reply": "mockserver.messages:Reply",
    "RequestContext": "mockserver.handlers.request_context:RequestContext",
    "Sandbox": "mockserver.web.app:Sandbox",
    "ServiceSettings": "mockserver.web.service:ServiceSettings",
    "StateError": "mockserver.errors:StateError",
    "StatefulResolver": "mockserver.web.resolver:StatefulResolver",
    "TooMany": "mockserver.errors:TooMany",
    "Unauthenticated": "mockserver.errors:Unauthenticated",
    "UnsupportedFeature": "mockserver.errors:UnsupportedFeature",
    "WebhookSettings": "mockserver.web.control.outbox:WebhookSettings",
    "create_app": "mockserver.web.app:create_app",
    "rule": "mockserver.rules:rule",
    "sandbox": "mockserver.sandbox",
}
"""Where each public name is defined. Write a new one here, in the imports above, in `__all__` and in docs/api.md."""


def _lazy(name: str) -> Any:
    """A public name, imported when it is first used: programs that only read documents do not import the web layer."""
    if name in _PUBLIC:
        return resolve_name(_PUBLIC[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


if not TYPE_CHECKING:  # with a `__getattr__`, type checkers would accept any name
    __getattr__ = _lazy


def __dir__() -> list[str]:
    """The public names, for completion."""
    return sorted(__all__)
