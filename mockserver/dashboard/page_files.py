"""The files of the dashboard, read once, below a path that changes with them: browsers may keep them for ever."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).with_name("static")

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""The content types by file suffix; files with other suffixes are not served."""

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
    modules = sorted(name for name in files if name.endswith(".js"))
    preloads = "\n".join(f'<link rel="modulepreload" href="{base}{name}">' for name in modules)
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


@cache
def _files() -> dict[str, tuple[bytes, str]]:
    """All files by name. A requested name is looked up here and never joined to a path."""
    return {
        path.relative_to(FOLDER).as_posix(): (path.read_bytes(), CONTENT_TYPES[path.suffix])
        for path in FOLDER.rglob("*")
        if path.suffix in CONTENT_TYPES
    }
