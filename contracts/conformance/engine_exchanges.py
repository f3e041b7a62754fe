"""The exchanges that Schemathesis records, as ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from schemathesis.engine.recorder import Interaction, ScenarioRecorder

from contracts.client.target import Target
from contracts.client.transport import UNANSWERED, USER_AGENT, ReceivedResponse, SentRequest
from contracts.model.finding import RecordedExchange


def exchanges_of(
    target: Target, recorder: ScenarioRecorder, case_id: str, shown: str = ""
) -> tuple[RecordedExchange, ...]:
    """The exchanges that led to a test case. `shown` is the test case of the failure, if it is another one."""
    chain = [shown if each == case_id and shown else each for each in _ancestors(recorder, case_id)]
    return tuple(exchange_of(target, recorder.interactions[each]) for each in chain if each in recorder.interactions)


def exchange_of(target: Target, interaction: Interaction) -> RecordedExchange:
    """One exchange, without the credentials of the target."""
    asked, reply = interaction.request, interaction.response
    sent = SentRequest(asked.method, asked.uri, tuple(pairs(asked.headers)), asked.body or None)
    got = ReceivedResponse(reply.status_code, tuple(pairs(reply.headers)), reply.content) if reply else UNANSWERED
    return target.exchange(sent, got)


def pairs(headers: Any) -> Iterator[tuple[str, str]]:
    """Headers as pairs, without those that every client or Schemathesis itself adds."""
    for name, values in headers.items():
        if name.lower() not in ("x-schemathesis-testcaseid", "content-length", "accept-encoding", "connection"):
            yield from ((name, value) for value in values if value != USER_AGENT)


def _ancestors(recorder: ScenarioRecorder, case_id: str) -> list[str]:
    """The test case and those before it, the first one first."""
    chain: list[str] = []
    current: str | None = case_id
    while current is not None:
        chain.append(current)
        current = recorder.cases[current].parent_id if current in recorder.cases else None
    return chain[::-1]
