"""The files of the dashboard, read once, below a path that changes with them: browsers may keep them for ever."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from mockserver.lazy_pattern import lazy_pattern

FOLDER = Path(__file__).with_name("static")

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""The content types by file suffix; files with other suffixes are not served."""

STYLES = ("theme.css", "layout.css", "parts.css", "views.css")
"""The styles in their order; they are served as one file."""

FIRST = ("app.js", "home.js")
"""The modules that a browser needs first; it fetches the other views when they are shown."""

IMPORTED = lazy_pattern(r'^import [^"]*"\./(\w+\.js)"', re.MULTILINE)
"""A static import, with the name of the module."""

PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
"""No script but ours runs, and no text becomes markup (Content Security Policy Level 3, Trusted Types)."""

KEPT = {"Cache-Control": "max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
"""For files below a path that changes with them (RFC 8246)."""


def page(assets: str) -> bytes:
    """The HTML page. `assets` is the path below which `asset` is served, with a slash at its end."""
    files, base = _files(), f"{assets}{version()}/"
    preloads = "\n".join(f'<link rel="modulepreload" href="{base}{name}">' for name in _needed(FIRST))
    return files["index.html"][0].decode().replace("{assets}", base).replace("{preloads}", preloads).encode()


def asset(name: str) -> tuple[bytes, str] | None:
    """The bytes and content type of a file; `name` begins with the version. None for any other name."""
    number, _, file = name.partition("/")
    return _files().get(file) if number == version() else None


@cache
def version() -> str:
    """A name of the content of all files."""
    digest = sha256()
    for name, (content, _) in sorted(_files().items()):
        digest.update(name.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()[:12]


def _needed(first: Sequence[str]) -> list[str]:
    """These modules, and those that they import at once: a browser then fetches all of them at the same time."""
    found = list(first)
    for name in found:
        found += [each for each in IMPORTED.findall(_files()[name][0].decode()) if each not in found]
    return found


@cache
def _files() -> dict[str, tuple[bytes, str]]:
    """All files by name, the styles as one. A requested name is looked up here and never joined to a path."""
    read = {
        path.name: (path.read_bytes(), CONTENT_TYPES[path.suffix])
        for path in FOLDER.iterdir()
        if path.suffix in CONTENT_TYPES
    }
    styles = b"\n".join(read.pop(name)[0] for name in STYLES)
    return read | {"style.css": (styles, CONTENT_TYPES[".css"])}
