"""Runs the Schemathesis command line against one served document, and separates the mock's failures from the rest."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from mockserver import contract as contracts
from mockserver.contract import Contract
from mockserver.openapi.document import Document
from tests.conformance.false_positives import false_positive_reason, is_answerable, is_writable
from tests.process import READY, ROOT, Processes

PHASES = "examples,coverage,fuzzing,stateful"
CREDENTIAL = "sandbox"

SCHEMA_ERROR, NETWORK_ERROR = "Schema Error", "Network Error"


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed check: its operation, Schemathesis' message, and why the mock is right all the same (`reason`)."""

    check: str
    operation: str
    message: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SchemathesisResult:
    """The result for one document: how it is served, what Schemathesis found, and its whole output."""

    name: str
    ran: bool
    ended: bool
    errors: tuple[str, ...]
    operations: int
    resources: int
    stateful: int
    unanswerable: int
    cases: int
    tested: int
    failures: tuple[Failure, ...]
    seconds: float
    output: str

    @property
    def mock_failures(self) -> tuple[Failure, ...]:
        """The failures that are not false positives."""
        return tuple(failure for failure in self.failures if not failure.reason)

    @property
    def passed(self) -> bool:
        """Did Schemathesis run without an error, and without a failure of the mock?"""
        return self.ran and not self.mock_failures and not self.errors

    def summary(self) -> str:
        """The failures by kind, in one line."""
        found = count_by_kind(self.failures)
        found += [f"{number} × {error}" for error, number in Counter(self.errors).items()]
        if not self.ran:
            return "Schemathesis did not run"
        return ("; ".join(found) or "no failure") + ("" if self.ended else ", stopped")


def count_by_kind(failures: Iterable[Failure]) -> list[str]:
    """Failures counted by kind: those of the mock by check, then false positives in brackets by reason."""
    mock_failures, false_positives = Counter[str](), Counter[str]()
    for failure in failures:
        (false_positives if failure.reason else mock_failures)[failure.reason or failure.check] += 1
    return [
        *(f"{number} × {check}" for check, number in mock_failures.most_common()),
        *(f"({number} × {reason})" for reason, number in false_positives.most_common()),
    ]


def run_schemathesis(
    wanted: str | Path, examples: int, *, seconds: int | None = None, seed: int | None = None
) -> SchemathesisResult:
    """Serve a vendor or document and run Schemathesis against it, with all checks and phases.

    Stops Schemathesis after `seconds` and uses the failures found so far.
    """
    contract = contracts.of(wanted)
    begun = time.monotonic()
    with Processes() as processes, tempfile.TemporaryDirectory() as folder:
        process, lines = processes.start("serve", str(wanted), "--port", "0", "--no-rate-limits", until=READY)
        # The output is read to its end: an unread pipe fills up and blocks the server.
        Thread(target=list, args=(process.stdout,), daemon=True).start()
        base = next(line for line in lines if line.startswith(f"{contract.name} ")).split()[1]
        report, config = Path(folder) / "report.json", Path(folder) / "schemathesis.toml"
        config.write_text(_credentials(contract.document))
        command = [
            sys.executable, "-W", "ignore", "-m", "schemathesis.cli", "--config-file", str(config),
            "run", contract.document.file, "--url", base, "--checks", "all", "--phases", PHASES,
            "--max-examples", str(examples), "--generation-database", "none", "--no-color", "--continue-on-failure",
            "--report-json-path", str(report), *_authorization(contract),
            *(("--seed", str(seed)) if seed is not None else ()),
        ]  # fmt: skip
        printed = _output_of(command, seconds)
        written = report.read_text() if report.is_file() else ""
        report_json = json.loads(written) if written else {}  # an interrupted run leaves an empty file
    writable = all(is_writable(contract, operation) for operation in contract.document.operations)
    headers = {p.name.lower() for operation in contract.document.operations for p in operation.parameters}
    has_valid_lengths = "content-length" not in headers  # the server closes the connection after a wrong length
    errors = [
        error["title"]
        for error in report_json.get("errors", ())
        if (error["title"] != SCHEMA_ERROR or writable) and (error["title"] != NETWORK_ERROR or has_valid_lengths)
    ]
    return SchemathesisResult(
        name=contract.name,
        ran=bool(report_json),
        ended=report_json.get("stop_reason") == "completed",
        errors=tuple(errors),
        operations=len(contract.document.operations),
        resources=len(contract.behaviour.resources),
        stateful=len(contract.behaviour.operations),
        unanswerable=sum(not is_answerable(contract, operation) for operation in contract.document.operations),
        cases=report_json["test_cases"]["generated"] if report_json else 0,
        tested=report_json["operations"]["tested"] if report_json else 0,
        failures=tuple(_failures(printed, contract)),
        seconds=time.monotonic() - begun,
        output=printed,
    )


def _output_of(command: list[str], seconds: int | None) -> str:
    """The output of a command. Interrupts it after `seconds`, and kills it if it does not end then."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT) as process:
        try:
            return process.communicate(timeout=seconds)[0]
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
        try:
            return process.communicate(timeout=60)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            return process.communicate()[0]


def _authorization(contract: Contract) -> list[str]:
    """The header for a vendor's sandbox or an OAuth scheme, which Schemathesis cannot configure."""
    listed = contract.behaviour.service.credentials
    count_by_kind = {scheme.type for scheme in contract.document.security_schemes.values()}
    if not listed and not count_by_kind & {"oauth2", "openIdConnect"}:
        return []
    return ["-H", f"Authorization: Bearer {listed[0].value if listed else CREDENTIAL}"]


def _credentials(document: Document) -> str:
    """The Schemathesis configuration with a credential for each other security scheme."""
    lines = list[str]()
    for scheme in document.security_schemes.values():
        name = json.dumps(scheme.name)
        if scheme.type == "apiKey":
            lines.append(f'{name} = {{ api_key = "{CREDENTIAL}" }}')
        elif scheme.type == "http" and scheme.scheme == "basic":
            lines.append(f'{name} = {{ username = "{CREDENTIAL}", password = "{CREDENTIAL}" }}')
        elif scheme.type == "http" and scheme.scheme == "bearer":
            lines.append(f'{name} = {{ bearer = "{CREDENTIAL}" }}')
    return "\n".join(["[auth.openapi]", *lines] if lines else [])


def _failures(printed: str, contract: Contract) -> Iterator[Failure]:
    """The failures in the terminal output: one heading for each operation, below it the cases and failed checks."""
    _, _, listed = printed.partition("= FAILURES =")
    listed, _, _ = listed.partition("= SUMMARY =")
    operation, case = "", ""
    for line in [*listed.splitlines(), "1. Test Case ID: end"]:
        heading = re.fullmatch(r"_{3,} (.+?) _{3,}", line)
        if heading or re.match(r"\s*\d+\. Test Case ID", line):
            yield from _case(operation, case, contract)
            case, operation = "", heading.group(1) if heading else operation
        else:
            case += line + "\n"


def _case(operation: str, text: str, contract: Contract) -> Iterator[Failure]:
    parts = re.split(r"^\s*- (ST\d+ .+)$", text, flags=re.MULTILINE)
    for check, message in zip(parts[1::2], parts[2::2], strict=True):
        yield Failure(
            check, operation, message.strip(), false_positive_reason(check[:5], operation, message, text, contract)
        )
