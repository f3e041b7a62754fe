"""What overrides cost the requests to which none of them applies."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from urllib.parse import urljoin

from tests.benchmarks.load import Rate

MANY = 1_000


def other_operation(number: int) -> dict[str, object]:
    """An override of an operation that is not measured."""
    return {"when": {"operation": "deleteMcpServer", "path_parameters": {"id": str(number)}}, "then": {"pass": True}}


def other_value(number: int) -> dict[str, object]:
    """An override of a measured operation, with a condition that no request meets."""
    return {"when": {"operation": "listMcpServers", "query": {"cursor": f"c{number}"}}, "then": {"pass": True}}


ROWS = {
    "without overrides": None,
    f"{MANY:,} overrides of other operations": other_operation,
    f"{MANY:,} overrides of the list, none applies": other_value,
}
"""What is set in each server, by the name of its row."""


def set_overrides(address: str, row: str) -> None:
    """Set the overrides of a row."""
    make = ROWS[row]
    for number in range(MANY) if make is not None else ():
        content = json.dumps(make(number)).encode() if make is not None else b""
        sent = urllib.request.Request(
            urljoin(address, "/_mock/overrides"), content, {"Content-Type": "application/json"}, method="POST"
        )
        with urllib.request.urlopen(sent, timeout=30):
            pass


def print_overrides(rates: Mapping[str, Mapping[str, Rate]]) -> None:
    usual = rates[next(iter(ROWS))]
    print(f"\n| requests/s | {' | '.join(usual)} |")
    print(f"| --- |{' ---: |' * len(usual)}")
    for name, table in rates.items():
        cells = " | ".join(
            f"{each} ({each.microseconds / max(usual[operation].microseconds, 1e-9):.2f} × the time)"
            for operation, each in table.items()
        )
        print(f"| {name} | {cells} |", flush=True)
