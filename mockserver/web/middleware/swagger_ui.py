"""The page that shows a mounted document to people: Swagger UI, from a package, with nothing fetched from elsewhere.

Swagger UI renders OpenAPI 3.1 since its version 5. The package flask-swagger-ui carries its files and follows every
release; they are read from where the package is installed, and its code is never imported.
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
"""The content type of each kind of file that a page may ask for; others are not served."""

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
"""Content Security Policy Level 3: even a document that names pictures elsewhere makes the browser ask nobody."""

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
    """An HTML page that renders the OpenAPI document at `document_url`; `assets` is where `asset` is routed."""
    options = orjson.dumps({**OPTIONS, "url": document_url}).decode().replace("<", "\\u003c")
    script = SCRIPT.format(options=options)
    policy = POLICY.format(digest=b64encode(sha256(script.encode()).digest()).decode())
    quoted = {"title": escape(title), "document_url": escape(document_url), "assets": escape(assets)}
    return PAGE.format(**quoted, policy=policy, script=script).encode()


def asset(name: str) -> tuple[bytes, str] | None:
    """The bytes and content type of one file of Swagger UI, or None for a name that is not one of them."""
    path = _shelf().get(name)
    return None if path is None else (path.read_bytes(), CONTENT_TYPES[path.suffix])


@cache
def _shelf() -> dict[str, Path]:
    """Every file that a page may ask for, by its name: a name from outside is looked up, never joined to a path."""
    listed = files(PACKAGE) or []
    kept = [file for file in listed if file.parent.name == "dist" and file.suffix in CONTENT_TYPES]
    return {file.name: Path(str(file.locate())) for file in kept}
