"""A response that streams or waits, as the document says, may end late. Any other one is missed."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from contracts.client.target import Target
from contracts.conformance.schemathesis_run import conform
from contracts.pytest_plugin.plugin import _served
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.planted_bugs.server import Answer, Ask, Server
from tests.web.document import Node, answers, document


class Slow(Server):
    """Answers no request below `/buoys`."""

    async def answer(self, ask: Ask) -> Answer:
        if ask.path.startswith("/buoys"):
            await asyncio.sleep(0.6)
        return Answer(200, {})


FOLLOW: Node = {"name": "follow", "in": "query", "schema": {"type": "boolean"}}


@pytest.mark.parametrize(
    ("path", "told", "verdict"),
    [
        ("/buoys", {}, "failure"),
        ("/buoys", {"summary": "Lists the buoys of a stream bed"}, "failure"),
        ("/buoys", {"description": "Streams real-time events. They never end."}, "warning"),
        ("/buoys", {"description": "Blocks until a buoy moves."}, "warning"),
        ("/buoys", {"parameters": [FOLLOW]}, "warning"),
        ("/buoys/wait", {}, "warning"),
    ],
)
def test_a_response_may_end_late_where_the_document_says_so(
    tmp_path: Path, path: str, told: Node, verdict: str
) -> None:
    file = tmp_path / "buoys.json"
    ports: Node = {"/ports": {"get": {"responses": answers({"type": "object"})}}}
    file.write_text(json.dumps(document({path: {"get": {**told, "responses": answers({"type": "object"})}}, **ports})))
    contract = contracts.of(file)
    with _served(Slow()) as address, Target.http(address, [], timeout=0.2) as target:
        found = run_checks(contract, target, only=["odd-input"]).findings
        found += conform(contract, target, mode="quick", only=["answered"]).findings

    assert {verdict} == {each.verdict for each in found if each.seen == "none in 0.2 s"}
    assert len(found) > 1
