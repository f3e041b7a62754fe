"""The same document of OpenAPI 3.2 on this mock and on others; prints the table of docs/compared.md.

Usage: python -m tests.openapi_support.peers [--packages FOLDER]
It takes a minute, and needs npm.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import yaml

from tests.benchmarks.bench import PACKAGES
from tests.benchmarks.servers import PEERS, Server, Site, install_packages, ours, running
from tests.process import ROOT

DOCUMENT = ROOT / "tests" / "openapi_support" / "document.yaml"
SERVERS = (Server("mockserver", ours(lambda site: str(site.document)), "", ""), *PEERS[:3])
PATIENCE = 20.0
"""Seconds in which a server must answer."""

Question = Callable[[httpx.Client], bool]


def plain(api: httpx.Client) -> bool:
    """`GET` of a list, as in 3.0"""
    return api.get("/stations").status_code == 200


def query(api: httpx.Client) -> bool:
    """`QUERY` is answered"""
    return api.request("QUERY", "/stations", json={"near": "Oslo"}).status_code == 200


def invalid_query(api: httpx.Client) -> bool:
    """an invalid `QUERY` is refused"""
    return _is_refused(api.request("QUERY", "/stations", json={})) and query(api)


def additional(api: httpx.Client) -> bool:
    """`COPY` of `additionalOperations` is answered"""
    created = api.post("/stations", json={"name": "north"})
    id = created.json().get("id", "1") if created.is_success else "1"
    return api.request("COPY", f"/stations/{id}").status_code == 200


def events(api: httpx.Client) -> bool:
    """`text/event-stream`: events as the document describes them"""
    text = api.get("/events").text
    data = [line[5:] for line in text.splitlines() if line.startswith("data:")]
    return "event: measured" in text and _are_measurements(data)


def lines(api: httpx.Client) -> bool:
    """`application/jsonl`: valid lines"""
    reply = api.get("/lines")
    return reply.headers.get("content-type", "").startswith("application/jsonl") and _are_measurements(
        reply.text.splitlines()
    )


def texts(api: httpx.Client) -> bool:
    """`application/json-seq`: valid texts"""
    return _are_measurements(api.get("/texts").text.split("\x1e")[1:])


def invalid_line(api: httpx.Client) -> bool:
    """an invalid line of a request is refused, valid lines are accepted"""
    head = {"content-type": "application/jsonl"}
    replies = [api.post("/lines", content=f'{{"celsius": {n}}}\n{{"celsius": 1}}\n', headers=head) for n in (1, 900)]
    return replies[0].status_code == 204 and _is_refused(replies[1])


def querystring(api: httpx.Client) -> bool:
    """`in: querystring` is judged"""
    return api.get("/search?limit=1").status_code == 200 and _is_refused(api.get("/search?limit=x"))


def cookie(api: httpx.Client) -> bool:
    """`style: cookie` is judged"""
    replies = [api.get("/search?limit=1", headers={"cookie": f"theme={value}"}) for value in ("dark", "blue")]
    return replies[0].status_code == 200 and _is_refused(replies[1])


def media_type(api: httpx.Client) -> bool:
    """the `dataValue` of a media type in `components.mediaTypes`"""
    reply = api.get("/search?limit=1")
    return reply.status_code == 200 and reply.json() == {"hits": 3}


QUESTIONS: tuple[Question, ...] = (
    plain, query, invalid_query, additional, events, lines, texts, invalid_line, querystring, cookie, media_type,
)  # fmt: skip


def _is_refused(reply: httpx.Response) -> bool:
    return reply.status_code in (400, 422)


def _are_measurements(texts: list[str]) -> bool:
    """Is each text JSON with a temperature within the bounds of the document, and is there one?"""
    values = [json.loads(text) for text in texts if text.strip()]
    return bool(values) and all(isinstance(v, dict) and -90 <= v.get("celsius", -900) <= 60 for v in values)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packages", type=Path, default=PACKAGES, help="where npm packages are installed")
    packages = install_packages(parser.parse_args().packages.resolve())
    if packages is None:
        sys.exit("npm is missing or cannot install the other mocks")
    columns = {server.name: answers(server, packages) for server in SERVERS}
    print("\n".join(table(columns)))


def answers(server: Server, packages: Path) -> list[str]:
    """What a server does with each question: `yes`, `no`, or why it serves nothing."""
    with TemporaryDirectory(prefix="compared-") as name:
        # Some mocks serve below the path of the first server and some do not, so there is none.
        data: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text("utf-8"))
        document = Path(name) / "openapi.yaml"
        document.write_text(yaml.safe_dump({**data, "servers": [{"url": "/"}]}, sort_keys=False), "utf-8")
        try:
            with (
                running(server, Site(document, Path(name), packages), "/stations", PATIENCE) as started,
                httpx.Client(base_url=started.address, timeout=5) as api,
            ):
                return ["yes" if _does(question, api) else "no" for question in QUESTIONS]
        except (TimeoutError, OSError, RuntimeError):
            return ["does not start"] * len(QUESTIONS)


def _does(question: Question, api: httpx.Client) -> bool:
    try:
        return question(api)
    except (httpx.HTTPError, ValueError):
        return False


def table(columns: dict[str, list[str]]) -> Iterator[str]:
    """The lines of the table."""
    yield "| " + " | ".join(["", *columns]) + " |"
    yield "| " + " | ".join(["---"] * (len(columns) + 1)) + " |"
    for number, question in enumerate(QUESTIONS):
        yield "| " + " | ".join([str(question.__doc__), *(column[number] for column in columns.values())]) + " |"


if __name__ == "__main__":
    main()
