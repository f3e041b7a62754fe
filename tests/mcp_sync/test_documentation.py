"""The tables and limits in docs/live-sync.md match the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mockserver.mcp_sync.guarded_http import MEBIBYTE, STANDARD
from mockserver.mcp_sync.misbehaviour import MISBEHAVIOURS
from mockserver.mcp_sync.simulated import outcomes

TEXT = (Path(__file__).parents[2] / "docs/live-sync.md").read_text(encoding="utf-8")

TABLES = {
    "outcomes": list(outcomes()),
    "misbehaviours": [
        (name, str(kind.__doc__).rstrip(".")[0].lower() + str(kind.__doc__).rstrip(".")[1:])
        for name, kind in MISBEHAVIOURS.items()
    ],
}


def rows(name: str) -> list[tuple[str, str]]:
    """The rows of a table between its two comments, without the head."""
    part = re.search(rf"<!-- {name}:.*?-->(.*?)<!-- end of {name} -->", TEXT, re.DOTALL)
    assert part is not None
    return re.findall(r"^\| `([^`]+)` \| (.*) \|$", part[1], re.MULTILINE)


@pytest.mark.parametrize("name", TABLES)
def test_the_tables_of_the_page_match_the_code(name: str) -> None:
    assert TABLES[name] == rows(name)


@pytest.mark.parametrize(
    "said",
    [
        f"{STANDARD.connect_seconds:g} seconds to open",
        f"{STANDARD.read_seconds:g} seconds between two pieces",
        f"{STANDARD.message_bytes // MEBIBYTE} MiB and {STANDARD.message_values:,} JSON values",
        f"{STANDARD.total_seconds:g} seconds or less",
        f"{STANDARD.total_bytes // MEBIBYTE} MiB; {STANDARD.requests} requests; {STANDARD.connections} connections",
        f"{STANDARD.pages} pages, {STANDARD.items:,} items",
        f"{STANDARD.probes} syncs at the same time",
    ],
)
def test_the_limits_of_the_page_match_the_code(said: str) -> None:
    assert said in TEXT
