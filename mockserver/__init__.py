"""A stand-in server and contract examination for HTTP APIs, from OpenAPI documents.

`mockserver.create_app("datagrid")` is an ASGI app; `mockserver serve` is the command.
"""

from mockserver.web.app import create_app

__all__ = ["create_app"]
