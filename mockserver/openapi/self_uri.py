"""The URI that a document gives itself, `$self`: the base of its references (OpenAPI 3.2 sections 4.1.2.2 and 4.6).

A document is seldom where its URI says: it is a copy on a disk, beside copies of the files that it refers to. So what
a reference means is looked for in the same place relative to the copy first, and at its URI after that.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from mockserver.openapi.remote import SCHEMES


def joined(base: str, address: str) -> str:
    """The name of the file that `address` means in the file `base`: a URL, or a path from the document's folder."""
    if urlsplit(base).scheme in SCHEMES or urlsplit(address).scheme in SCHEMES:
        return urljoin(base, address)
    path = unquote(address.removeprefix("file://"))
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), path))


def self_uri(document: Any, name: str) -> str:
    """The URI of a document that was read from `name`; `name` itself if it does not say."""
    written = document.get("$self") if isinstance(document, dict) else None
    if not isinstance(written, str) or not str(document.get("openapi", "")).startswith("3.2"):
        return name
    return joined(name, urldefrag(written).url) if written else name


def places(name: str, own: str, address: str) -> Iterator[str]:
    """Where a reference of the document read from `name`, with the URI `own`, may lead; the likeliest place first."""
    target = joined(own, address)
    beside = _beside(name, own, target) if own != name else None
    first, second = (beside, target) if urlsplit(own).scheme in SCHEMES else (target, beside)
    yield from dict.fromkeys(place for place in (first, second) if place is not None)


def _beside(name: str, own: str, target: str) -> str | None:
    """The file that is placed to `name` as `target` is to `own`; None if they are on different hosts."""
    from_parts, to_parts = urlsplit(own), urlsplit(target)
    if (from_parts.scheme, from_parts.netloc) != (to_parts.scheme, to_parts.netloc):
        return None
    steps = posixpath.relpath(unquote(to_parts.path) or "/", posixpath.dirname(unquote(from_parts.path)) or ".")
    return joined(name, steps)
