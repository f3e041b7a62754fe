"""What came of workflows and their steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from contracts.arazzo.criteria import JudgedCriterion
from contracts.model.finding import RecordedExchange

Outcome = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """One attempt at a step. `does` is `METHOD path` or the id of a workflow; `attempt` is counted from 1.

    `reason` says why there is no response, `breaks` what in the response breaks the document. `then` says which action
    follows, if it is not the usual one. `called` is the workflow that the step called.
    """

    id: str
    does: str
    passed: bool
    attempt: int = 1
    criteria: tuple[JudgedCriterion, ...] = ()
    exchange: RecordedExchange | None = None
    outputs: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    breaks: tuple[str, ...] = ()
    then: str = ""
    called: WorkflowOutcome | None = None

    @property
    def wrong(self) -> Iterator[str]:
        """Why the step failed, a sentence each."""
        if self.reason:
            yield self.reason
        yield from (
            f"{each.text}: {each.seen}" if each.seen else each.text for each in self.criteria if not each.is_met
        )


@dataclass(frozen=True, slots=True)
class WorkflowOutcome:
    """One run of a workflow. `reason` says why it failed, or was skipped, where no step does."""

    id: str
    outcome: Outcome
    steps: tuple[StepOutcome, ...] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """A run of the workflows of a description. `stopped` says why it ended early."""

    title: str
    file: str
    services: tuple[tuple[str, str], ...]
    workflows: tuple[WorkflowOutcome, ...]
    seconds: float
    stopped: str = ""

    @property
    def exit_code(self) -> int:
        """0: all passed; 1: one failed; 2: the run could not get to its end."""
        if self.stopped:
            return 2
        return int(any(each.outcome == "failed" for each in self.workflows))
