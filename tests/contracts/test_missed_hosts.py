"""A service that cannot reach another one is not wrong; one that is asked for a host which is not there may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers

GO = 'Get "https://index.charts.test/v1": dial tcp: lookup index.charts.test on 10.0.0.1:53: no such host'
NODE = "request to https://index.charts.test failed, reason: getaddrinfo EAI_AGAIN index.charts.test"
WARNED = {("document", "warning"), ("not_a_server_error", "warning")}
FAILED = {("document", "failure"), ("not_a_server_error", "failure")}


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (GO, WARNED),
        (NODE, WARNED),
        ("index.charts.test is not there", FAILED),
        ("lookup of the chart: no such chart", FAILED),
        ("getaddrinfo ENOTFOUND {asked}", FAILED),
    ],
    ids=["Go", "Node", "another text", "no host", "the host that was asked for"],
)
def test_a_server_error_for_want_of_another_host_is_a_warning(
    tmp_path: Path, said: str, found: set[tuple[str, str]]
) -> None:
    mirror: Node = {"name": "mirror", "in": "query", "required": True, "schema": {**TEXT, "enum": ["a.mirror.test"]}}
    paths: Node = {"/charts": {"get": {"parameters": [mirror], "responses": answers({"type": "array"})}}}

    def handle(ask: Ask) -> Answer:
        if ask.method != "GET" or ask.query.get("mirror") != "a.mirror.test":
            return Answer(400)
        return Answer(500, {"message": said.format(asked=ask.query["mirror"])})

    assert found == verdicts(tmp_path, paths, handle, "query-parameters", "not_a_server_error")
