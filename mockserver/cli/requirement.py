"""How another machine installs what is installed here, as a line of a requirements file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Any

NAME = "mockserver"

FROM_HERE = f"# {NAME} was installed from this machine: say here where others find it, for example its repository."
"""What is written above a line that works here only."""


def requirement_lines(extra: str) -> Iterator[str]:
    """The lines that install this package with an extra.

    Where it came from a repository, the same commit is named (PEP 610 says which, PEP 508 how). Where it came from a
    folder or a file of this machine, a comment says that others must find it somewhere else.
    """
    found = _installed()
    source = _source(found) if found is not None else {}
    repository = source.get("vcs_info")
    if repository:
        yield f"{NAME}[{extra}] @ {repository['vcs']}+{source['url']}@{repository['commit_id']}"
        return
    if found is None or str(source.get("url", "")).startswith("file:"):
        yield FROM_HERE
    yield f"{NAME}[{extra}]" + (f"=={found.version}" if found is not None else "")


def _installed() -> Distribution | None:
    try:
        return distribution(NAME)
    except PackageNotFoundError:
        return None


def _source(found: Distribution) -> dict[str, Any]:
    """Where it was installed from; empty for an index of packages."""
    text = found.read_text("direct_url.json")
    read: dict[str, Any] = json.loads(text) if text else {}
    return read
