"""Schemathesis' own command line, run from outside against each document that the sandbox serves.

python tests/conformance/run.py                       # the vendors, 200 examples an operation
python tests/conformance/run.py --examples 20 piper
python tests/conformance/run.py --big                 # documents that nobody here wrote, from ../shared/corpus
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from mockserver.spec import contract as contracts  # noqa: E402  # run as a script, too
from mockserver.spec import shelf  # noqa: E402
from tests.process import Processes  # noqa: E402

CORPUS = ROOT.parent / "shared" / "corpus"
PHASES = "examples,coverage,fuzzing,stateful"


@dataclass(frozen=True)
class Verdict:
    """What Schemathesis said of one served document."""

    name: str
    passed: bool
    cases: str
    failures: tuple[str, ...]
    seconds: float
    output: str

    def row(self) -> str:
        said = "no failure" if self.passed else "; ".join(self.failures) or "it did not run"
        return f"{self.name:24} {self.cases:>8} cases {self.seconds:7.1f} s   {said}"


def examine(document: str | Path, examples: int) -> Verdict:
    """Serve one document and have Schemathesis examine it with all its checks and phases."""
    contract = contracts.of(document)
    listed = contract.behaviour.service.credentials
    with Processes() as processes:
        arguments = ("serve", str(document), "--port", "0", "--no-rate-limits")
        _, lines = processes.start(*arguments, until="sync:")
        base = next(line for line in lines if line.startswith(f"{contract.name} ")).split()[1]
        command = [
            sys.executable, "-W", "ignore", "-m", "schemathesis.cli", "run", contract.document.file, "--url", base,
            "-H", f"Authorization: Bearer {listed[0].value if listed else 'sandbox'}", "--checks", "all",
            "--phases", PHASES, "--max-examples", str(examples), "--generation-database", "none", "--no-color",
        ]  # fmt: skip
        begun = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False, cwd=ROOT)
    cases = re.search(r"([\d,]+) generated", done.stdout)
    return Verdict(
        contract.name, done.returncode == 0 and cases is not None, cases.group(1) if cases else "0",
        tuple(sorted(set(re.findall(r"^- (.+)$", done.stdout, re.MULTILINE)))), time.monotonic() - begun,
        done.stdout + done.stderr,
    )  # fmt: skip


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Schemathesis' command line against the served documents.")
    parser.add_argument("documents", nargs="*", help="vendors or documents; without any, all vendors")
    parser.add_argument("--examples", type=int, default=200)
    parser.add_argument("--big", action="store_true", help="documents that nobody here wrote")
    parser.add_argument("--verbose", action="store_true", help="print what Schemathesis printed of a failure")
    options = parser.parse_args(None if arguments is None else list(arguments))
    found = [str(path) for path in sorted(CORPUS.glob("*.y*ml"))] if options.big else list(shelf.vendors())
    verdicts = []
    for document in options.documents or found:
        verdict = examine(document, options.examples)
        verdicts.append(verdict)
        print(verdict.row(), flush=True)
        if options.verbose and not verdict.passed:
            print(verdict.output)
    return 0 if verdicts and all(verdict.passed for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
