"""How uvicorn serves a sandbox, from the command line as in tests."""

from __future__ import annotations

from typing import Any

from mockserver.web.serving.uvicorn_protocol import MockHttpProtocol

SERVER_OPTIONS: dict[str, Any] = {
    "log_level": "warning",
    "access_log": False,  # ours is an interceptor: it sees the fast path, which uvicorn's would turn off
    "interface": "asgi3",
    "lifespan": "on",
    "http": MockHttpProtocol,
    "ws": "none",
    "proxy_headers": False,
    "server_header": False,
}
"""Options of `uvicorn.Config`."""
