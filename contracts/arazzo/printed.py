"""What `mockserver run` prints: each workflow with its steps, and why a step failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contracts.arazzo.criteria import shown
from contracts.arazzo.loaded import LoadedDescription
from contracts.arazzo.outcomes import StepOutcome, WorkflowOutcome, WorkflowRun
from contracts.arazzo.placeholders import masking, shown_outputs
from contracts.cli.console import say
from contracts.cli.progress import SIGNS
from contracts.model.finding import RecordedExchange

LONGEST_BODY = 400
"""How many characters of a response body are printed."""


class Printer:
    """Prints a run to standard output as it goes. With `verbose`, criteria, outputs and requests of every step."""

    def __init__(self, loaded: LoadedDescription, given: Mapping[str, Any], *, verbose: bool) -> None:
        self._description, self._verbose = loaded.description, verbose
        self._masked = masking(loaded, given)

    def head(self, services: Sequence[tuple[str, str]]) -> None:
        """Which workflows run against what."""
        self._say(f"{self._description.title}: {self._description.file}")
        for title, place in services:
            self._say(f"  {title} at {place}")

    def workflow(self, outcome: WorkflowOutcome) -> None:
        """One workflow that has run."""
        for line in self._workflow(outcome, ""):
            self._say(line)

    def end(self, run: WorkflowRun) -> None:
        """How many passed."""
        counts = Counter(each.outcome for each in run.workflows)
        told = ", ".join(f"{counts[name]} {name}" for name in ("passed", "failed", "skipped") if counts[name])
        self._say(f"{len(run.workflows)} workflow{'s'[: len(run.workflows) != 1]}: {told or 'none has run'}")
        if run.stopped:
            self._say(f"stopped: {run.stopped}")

    def _say(self, text: str) -> None:
        say(self._masked(text))

    def _workflow(self, outcome: WorkflowOutcome, indent: str) -> Iterator[str]:
        summary = f"  {outcome.summary}" if outcome.summary else ""
        yield f"{indent}{_sign(outcome.outcome)} {outcome.id}{summary}"
        if outcome.reason:
            yield f"{indent}    {outcome.reason}"
        for step in outcome.steps:
            yield from self._step(step, f"{indent}  ")
        if outcome.outputs and self._verbose:
            yield from _outputs(outcome.outputs, f"{indent}  ")

    def _step(self, step: StepOutcome, indent: str) -> Iterator[str]:
        status = f" → {step.exchange.status}" if step.exchange else ""
        again = f"  (attempt {step.attempt})" if step.attempt > 1 else ""
        then = f"  then: {step.then}" if step.then else ""
        yield f"{indent}{_sign('passed' if step.passed else 'failed')} {step.id}  {step.does}{status}{again}{then}"
        if step.called is not None:
            yield from self._workflow(step.called, f"{indent}    ")
        yield from (
            f"{indent}    the output {name} is nothing" for name, value in step.outputs.items() if value is None
        )
        yield from (f"{indent}    breaks the document: {each}" for each in step.breaks)
        if not step.passed:
            yield from (f"{indent}    {each}" for each in step.wrong)
        if self._verbose:
            yield from self._details(step, f"{indent}    ")
        if step.exchange is not None and (self._verbose or not step.passed):
            yield from _exchange(step.exchange, f"{indent}    ")

    @staticmethod
    def _details(step: StepOutcome, indent: str) -> Iterator[str]:
        for each in step.criteria:
            if each.is_met:
                yield f"{indent}✓ {each.text}"
        yield from _outputs(step.outputs, indent)


def _outputs(outputs: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, value in shown_outputs(outputs).items():
        yield f"{indent}{name} = {shown(value)}"


def _exchange(exchange: RecordedExchange, indent: str) -> Iterator[str]:
    body = exchange.reply_body.decode("utf-8", "replace")
    shown_body = f"{body[:LONGEST_BODY]}{'…' if len(body) > LONGEST_BODY else ''}"
    yield f"{indent}response: {shown_body or 'no body'}"
    yield f"{indent}$ {exchange.curl()}"


def _sign(outcome: str) -> str:
    return SIGNS.get(outcome, "–")
