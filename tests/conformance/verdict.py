"""What Schemathesis' command line says of one served document, and which of it the document itself makes impossible."""

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
from tests.conformance.excuse import excuse, is_answerable, is_writable
from tests.process import ROOT, Processes

PHASES = "examples,coverage,fuzzing,stateful"
CREDENTIAL = "sandbox"

SCHEMA_ERROR, NETWORK_ERROR = "Schema Error", "Network Error"


@dataclass(frozen=True, slots=True)
class Failure:
    """One check that failed: on which operation, what Schemathesis said, and why the document leaves no other way."""

    check: str
    operation: str
    said: str
    excuse: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one document: how it is served, what Schemathesis found, and all that it printed."""

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
    def ours(self) -> tuple[Failure, ...]:
        """The failures that the document does not excuse."""
        return tuple(failure for failure in self.failures if not failure.excuse)

    @property
    def passed(self) -> bool:
        """Did it run, and is no failure ours?"""
        return self.ran and not self.ours and not self.errors

    def said(self) -> str:
        """The failures by kind, in one line."""
        found = kinds(self.failures)
        found += [f"{number} × {error}" for error, number in Counter(self.errors).items()]
        if not self.ran:
            return "it did not run"
        return ("; ".join(found) or "no failure") + ("" if self.ended else ", stopped")


def kinds(failures: Iterable[Failure]) -> list[str]:
    """Failures counted by kind: ours by their check, in brackets the others by what the document lacks."""
    ours, excused = Counter[str](), Counter[str]()
    for failure in failures:
        (excused if failure.excuse else ours)[failure.excuse or failure.check] += 1
    return [
        *(f"{number} × {check}" for check, number in ours.most_common()),
        *(f"({number} × {excuse})" for excuse, number in excused.most_common()),
    ]


def examine(wanted: str | Path, examples: int, *, seconds: int | None = None, seed: int | None = None) -> Verdict:
    """Serve a vendor or document and have Schemathesis examine it with all its checks and phases.

    After `seconds` it is stopped; what it found until then counts.
    """
    contract = contracts.of(wanted)
    begun = time.monotonic()
    with Processes() as processes, tempfile.TemporaryDirectory() as folder:
        process, lines = processes.start("serve", str(wanted), "--port", "0", "--no-rate-limits", until="sync:")
        Thread(target=list, args=(process.stdout,), daemon=True).start()  # a server that nobody reads would stand still
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
        printed = _printed(command, seconds)
        told = json.loads(report.read_text()) if report.is_file() else {}
    writable = all(is_writable(contract, operation) for operation in contract.document.operations)
    asked = {p.name.lower() for operation in contract.document.operations for p in operation.parameters}
    framed = "content-length" not in asked  # a length that is not the body's own ends the connection
    errors = [error["title"] for error in told.get("errors", ())]
    return Verdict(
        contract.name, bool(told), told.get("stop_reason") == "completed",
        tuple(error for error in errors if (error != SCHEMA_ERROR or writable) and (error != NETWORK_ERROR or framed)),
        len(contract.document.operations), len(contract.behaviour.resources), len(contract.behaviour.operations),
        sum(not is_answerable(contract, operation) for operation in contract.document.operations),
        told["test_cases"]["generated"] if told else 0, told["operations"]["tested"] if told else 0,
        tuple(_failures(printed, contract)), time.monotonic() - begun, printed,
    )  # fmt: skip


def _printed(command: list[str], seconds: int | None) -> str:
    """What a command prints until it ends, or is asked to end as by Ctrl-C, or has to be ended."""
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
    """The header that a vendor's sandbox or an OAuth scheme asks for; Schemathesis knows nothing of the latter."""
    listed = contract.behaviour.service.credentials
    kinds = {scheme.type for scheme in contract.document.security_schemes.values()}
    if not listed and not kinds & {"oauth2", "openIdConnect"}:
        return []
    return ["-H", f"Authorization: Bearer {listed[0].value if listed else CREDENTIAL}"]


def _credentials(document: Document) -> str:
    """A configuration of Schemathesis with a credential for each other scheme."""
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
    """The failures of a report on the terminal: headings of operations, cases below them, in each what failed."""
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
    for check, said in zip(parts[1::2], parts[2::2], strict=True):
        yield Failure(check, operation, said.strip(), excuse(check[:5], operation, said, text, contract))
