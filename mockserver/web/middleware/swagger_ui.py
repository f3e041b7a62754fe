"""Swagger UI for a served document, from an installed package: the page fetches nothing from other servers.

Swagger UI renders OpenAPI 3.1 since version 5. The package flask-swagger-ui contains its files and follows every
release. The files are read from where the package is installed; its code is never imported.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from html import escape
from importlib.metadata import files
from pathlib import Path

import orjson

PACKAGE = "flask-swagger-ui"

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
}
"""The content types by file suffix; files with other suffixes are not served."""

OPTIONS = {
    "dom_id": "#swagger-ui",
    "validatorUrl": None,  # it would send the document to a server elsewhere
    "deepLinking": True,
    "displayOperationId": True,
    "filter": True,
    "tryItOutEnabled": True,
    "displayRequestDuration": True,
    "persistAuthorization": True,
}

POLICY = (
    "default-src 'self'; script-src 'self' 'sha256-{digest}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
)
"""Content Security Policy Level 3: the browser loads nothing from other servers, not even images in a document."""

SCRIPT = "window.ui = SwaggerUIBundle({options})"

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="{assets}/swagger-ui.css">
<link rel="stylesheet" href="{assets}/index.css">
<link rel="icon" type="image/png" sizes="32x32" href="{assets}/favicon-32x32.png">
</head>
<body>
<noscript>This page needs JavaScript; the document itself is at <a href="{document_url}">{document_url}</a>.</noscript>
<div id="swagger-ui"></div>
<script src="{assets}/swagger-ui-bundle.js"></script>
<script>{script}</script>
</body>
</html>
"""


def page(title: str, document_url: str, assets: str = "/_mock/assets") -> bytes:
    """An HTML page that renders the OpenAPI document at `document_url`; the files of Swagger UI are below `assets`."""
    options = orjson.dumps({**OPTIONS, "url": document_url}).decode().replace("<", "\\u003c")
    script = SCRIPT.format(options=options)
    policy = POLICY.format(digest=b64encode(sha256(script.encode()).digest()).decode())
    quoted = {"title": escape(title), "document_url": escape(document_url), "assets": escape(assets)}
    return PAGE.format(**quoted, policy=policy, script=script).encode()


def asset(name: str) -> tuple[bytes, str] | None:
    """The bytes and content type of a file of Swagger UI; None for any other name."""
    path = _files().get(name)
    return None if path is None else (path.read_bytes(), CONTENT_TYPES[path.suffix])


@cache
def _files() -> dict[str, Path]:
    """The files that a page may load, by name. A requested name is looked up here and never joined to a path."""
    installed = files(PACKAGE) or []
    served = [file for file in installed if file.parent.name == "dist" and file.suffix in CONTENT_TYPES]
    return {file.name: Path(str(file.locate())) for file in served}
