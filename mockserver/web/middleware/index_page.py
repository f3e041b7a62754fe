"""The index at `/`: what is served, as a page for browsers and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from mockserver.web.request.content_negotiation import best_match
from mockserver.web.service import Service

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>mockserver</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem; }}
table {{ border-collapse: collapse; }}
th, td {{ text-align: left; padding: .3rem 1rem .3rem 0; border-bottom: 1px solid #ccc; }}
</style>
</head>
<body>
<h1>Mocked services</h1>
<table>
<tr><th>service</th><th>base URL</th><th>credential</th><th>operations</th><th>links</th></tr>
{rows}
</table>
<p>What is stored: <a href="/_mock/state">/_mock/state</a>. Back to the start state: <code>{reset}</code></p>
</body>
</html>
"""

ROW = """<tr><td>{title}</td><td><a href="{base_url}">{base_url}</a></td><td><code>{credential}</code></td>
<td>{operations}</td>
<td><a href="{docs}">docs</a> <a href="{openapi}">document</a> <a href="{state}">state</a></td></tr>"""


def index(request: Request, services: Mapping[str, Service]) -> Response:
    """The services with their links: HTML if the client prefers it to JSON."""
    base = f"{request.url.scheme}://{request.url.netloc}"
    listed = dict(_entries(base, services))
    offered = ["application/json", "text/html"]
    headers = {"Vary": "Accept"}
    if best_match(request.headers.get("accept", "*/*"), offered) != 1:
        return JSONResponse(listed, headers=headers)
    rows = [
        ROW.format(**{key: escape("none needed" if value is None else str(value)) for key, value in entry.items()})
        for entry in listed.values()
    ]
    reset = escape(f"curl -X POST {base}/_mock/reset")
    return HTMLResponse(PAGE.format(rows="\n".join(rows), reset=reset), headers=headers)


def _entries(base: str, services: Mapping[str, Service]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, service in services.items():
        is_secured = any(endpoint.operation.security for endpoint in service.endpoints.values())
        yield (
            name,
            {
                "title": service.contract.document.title,
                "base_url": f"{base}/{name}{service.contract.document.base_path}",
                "credential": service.keyring.printed if is_secured else None,
                "operations": len(service.endpoints),
                "docs": f"{base}/{name}/docs",
                "openapi": f"{base}/{name}/openapi.json",
                "state": f"{base}/_mock/state?service={name}",
            },
        )
