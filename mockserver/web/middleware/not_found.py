"""The last middleware: 404 for paths that nothing serves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

from mockserver.web.request.router import raw_path
from mockserver.web.service import Service
from mockserver.web.serving.response_writer import write
from mockserver.web.trace import note


class NotFoundMiddleware:
    """Answers 404: below a service's prefix with its error body, elsewhere with a hint to the index."""

    def __init__(self, next_app: Any, *, prefixes: Mapping[str, Service]) -> None:
        self._next = next_app
        self._prefixes = sorted(prefixes.items(), key=lambda entry: -len(entry[0]))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._next(scope, receive, send)
        elif (service := self._service(raw_path(scope))) is not None:
            await write(service[0].not_found_reply(scope, *service[1:]), (), scope, send)
        else:
            detail = f"nothing is served at {scope['path']}; / lists what is"
            note(scope, detail)
            body = {"status": 404, "detail": detail}
            await JSONResponse(body, 404, media_type="application/problem+json")(scope, receive, send)

    def _service(self, path: str) -> tuple[Service, str, str] | None:
        """The service whose prefix a path has, the rest of the path, and the base that the path lacks.

        The base is the prefix of all paths of the service; it is empty for a path that begins with it.
        """
        for prefix, service in self._prefixes:
            if path.startswith(prefix + "/"):
                rest = path[len(prefix) :]
                for base in service.finders:
                    if rest.startswith(base + "/"):
                        return service, rest[len(base) :], ""
                return service, rest, prefix + service.contract.document.base_path
        return None
