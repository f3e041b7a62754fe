"""Send random requests to the admin API of a sandbox: `python -m tests.admin_fuzz.run --requests 20000 --seed 1`."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote

import mockserver
from mockserver import contract
from mockserver.contract import Contract
from mockserver.errors import Unanswerable
from mockserver.openapi.document import Operation, Parameter
from tests.client import Client

DOCUMENT = Path(mockserver.__file__).parent / "web" / "admin" / "openapi.yaml"
SHOP = Path(__file__).parents[2] / "docs" / "shop.yaml"

ODD = (
    None, True, False, 0, -1, 1e308, 10**30, "", " ", "\x00", "\ud800", "ключ", "x" * 5_000, "../../etc/passwd", "%00",
    "*", "$..[?(@.a)]", "^(a+)+$", [], {}, [[]], {"a": {"b": [1]}}, {"$ref": "#"}, {"$ref": "http://127.0.0.1:1/x"},
)  # fmt: skip
"""Values that programs like to stumble over."""

KNOWN = ("shop", "product", "customer", "order", "createCustomer", "default", "one", "1", "/customers", "GET")
"""Values that mean something to this sandbox."""

METHODS = ("GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "QUERY")


class FuzzedRequest(NamedTuple):
    """One request."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Fuzzer:
    """Makes requests: valid ones, and such as are nearly valid or not at all. The same seed makes the same."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._contract: Contract = contract.of(DOCUMENT)
        # A stream ends only with the client, and a stored forward would ask other servers.
        self._operations = [o for o in self._contract.document.operations if o.operation_id != "followRequests"]

    def requests(self, count: int) -> Iterator[FuzzedRequest]:
        """So many requests."""
        for _ in range(count):
            yield self._request()

    def _request(self) -> FuzzedRequest:
        operation = self._random.choice(self._operations)
        path = operation.path
        for parameter in operation.parameters:
            if parameter.location == "path":
                path = path.replace("{" + parameter.name + "}", quote(self._text(parameter), safe="", errors="replace"))
        named = [p for p in operation.parameters if p.location == "query" and self._random.random() < 0.4]
        query = "&".join(f"{p.name}={quote(self._text(p), errors='replace')}" for p in named)
        method = operation.method.upper() if self._random.random() < 0.95 else self._random.choice(METHODS)
        headers = {"Content-Type": self._random.choice(("application/json",) * 9 + ("text/plain", "application/xml"))}
        headers |= self._steering()
        return FuzzedRequest(method, f"/_mock{path}" + (f"?{query}" if query else ""), headers, self._body(operation))

    def _steering(self) -> dict[str, str]:
        if self._random.random() < 0.8:
            return {}
        value = self._random.choice(("one", "two", "a b", "", "x" * 200, "default", "%41"))
        name = self._random.choice(("Mock-Namespace", "baggage", "Mock-At", "Prefer", "Last-Event-ID", "Origin"))
        return {name: value if name != "baggage" else f"mock-namespace={value}"}

    def _text(self, parameter: Parameter) -> str:
        if self._random.random() < 0.6:
            return self._random.choice(KNOWN)
        value = self._value(parameter.schema)
        return value if isinstance(value, str) else json.dumps(value)

    def _body(self, operation: Operation) -> bytes:
        if operation.request_body is None and self._random.random() < 0.9:
            return b""
        if self._random.random() < 0.03:
            return self._random.randbytes(self._random.randrange(200))
        schema = operation.request_body.content[0].schema if operation.request_body is not None else None
        value = self._mutated(self._value(schema))
        return json.dumps(value).encode("utf-8", "replace")

    def _value(self, schema: str | None) -> Any:
        if schema is None or self._random.random() < 0.15:
            return self._random.choice(ODD)
        try:
            return self._contract.examples.at(schema, seed=self._random.randrange(10_000), direction="request")
        except Unanswerable:
            return None

    def _mutated(self, value: Any) -> Any:
        """The value, in half of the cases with some parts replaced by odd or known ones, or left out."""
        if self._random.random() < 0.5 or not isinstance(value, dict):
            return value
        changed = dict(value)
        for name in list(changed):
            chance = self._random.random()
            if chance < 0.4:
                del changed[name]
            elif chance < 0.6:
                changed[name] = self._random.choice((*ODD, *KNOWN))
            elif chance < 0.8:
                changed[name] = self._mutated(changed[name])
        return changed


def send(fuzzed: FuzzedRequest, client: Client) -> int:
    """The status that a request gets."""
    reply = client.request(fuzzed.method, fuzzed.target, headers=fuzzed.headers, content=fuzzed.body or None)
    return reply.status_code


def failures(count: int, seed: int) -> tuple[Counter[int], list[tuple[FuzzedRequest, int]]]:
    """The statuses of so many requests, and the requests that got a server error."""
    statuses: Counter[int] = Counter()
    failed: list[tuple[FuzzedRequest, int]] = []
    with Client(mockserver.create_app(SHOP, seed=seed, journal=200)) as client:
        for fuzzed in Fuzzer(seed).requests(count):
            status = send(fuzzed, client)
            statuses[status] += 1
            if status >= 500:
                failed.append((fuzzed, status))
        statuses[client.get("/_mock/health").status_code] += 1
    return statuses, failed


def main() -> None:
    """Print how often each status came, and the requests that got a server error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    statuses, failed = failures(given.requests, given.seed)
    print(", ".join(f"{status}: {count}" for status, count in sorted(statuses.items())))
    for fuzzed, status in failed[:20]:
        print(status, fuzzed)
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
