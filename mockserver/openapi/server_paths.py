"""The paths of servers, which are before the paths of operations (OpenAPI 3.1 sections 4.8.5 and 4.8.6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from mockserver.openapi import path_template

MOST = 32
"""How many paths a list of servers can have: each value of each variable may make another one."""


UNKNOWN = "%7B"
"""What a path has (`{`, percent-encoded) whose variable is not declared."""


def base_paths(servers: Any, document_uri: Any = None) -> tuple[str, ...]:
    """The path of each server as clients write it, without a slash at the end; no path twice, the first one first.

    A relative URL starts from the URI that the document gives itself, `$self` (OpenAPI 3.2 section 4.6.2).

    `https://{host}/v1/` gives `/v1`. Variables have their defaults, and after that each other value of their `enum`.
    Without servers the only path is empty. A value that is no list of servers counts as none.
    """
    listed = [each for each in servers if isinstance(each, dict)] if isinstance(servers, list) else []
    base = document_uri if isinstance(document_uri, str) else "/"
    urls = (url for server in listed or [{}] for url in _urls(server))
    first, *others = dict.fromkeys(islice((_path(url, base) for url in urls), MOST))
    return (first, *(path for path in others if UNKNOWN not in path))


def relocated(address: str, base: str, own: str) -> str:
    """The address of an operation below the path `own`, if the document's paths are below `address` and `base`.

    `https://a.test/x/v1`, `/v1` and `/files` give `https://a.test/x/files`. An address that does not end with `base`
    says nothing about where other paths are, and is returned as it is.
    """
    return address.removesuffix(base) + own if address.endswith(base) else address


def _path(url: str, base: str = "/") -> str:
    try:
        parts = [part for part in urlsplit(urljoin(base, url) if url else "").path.split("/") if part]
    except ValueError:  # `http://[a`, for example
        return ""
    return quote("/".join(["", *parts]), safe="/%" + path_template.PCHAR)


def _urls(server: Mapping[str, Any]) -> Iterator[str]:
    """The URL with the defaults of its variables, then with their other values."""
    written = server.get("variables")
    variables = written.items() if isinstance(written, dict) else ()
    known = {str(name): each if isinstance(each, dict) else {} for name, each in variables}
    url, usual = str(server.get("url") or ""), {name: str(each.get("default", "")) for name, each in known.items()}
    choices = [list(_path_values(url, name, usual, each.get("enum"))) for name, each in known.items()]
    for values in product(*choices):
        yield _filled(url, dict(zip(known, values, strict=True)))


def _path_values(url: str, name: str, usual: Mapping[str, str], enum: Any) -> Iterator[str]:
    """The values of a variable that lead to different paths: a region in the host leads to none."""
    values = dict.fromkeys([usual[name], *map(str, enum if isinstance(enum, list) else ())])
    by_path: dict[str, str] = {}
    for value in values:
        by_path.setdefault(_path(_filled(url, {**usual, name: value})), value)
    yield from by_path.values()


def _filled(url: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        url = url.replace("{" + name + "}", value)
    return url
