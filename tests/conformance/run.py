"""Schemathesis' own command line, run from outside against each document that the sandbox serves.

python tests/conformance/run.py                       # the vendors, 200 examples an operation
python tests/conformance/run.py --examples 20 piper
python tests/conformance/run.py --big                 # documents that nobody here wrote, from npm and ../shared/corpus
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from mockserver.errors import MockServerError  # noqa: E402  # run as a script, too
from mockserver.openapi import bundled, source  # noqa: E402
from tests.benchmarks.reduced import part, reduce  # noqa: E402
from tests.conformance.verdict import Verdict, examine, kinds  # noqa: E402
from tests.corpus.run import documents  # noqa: E402
from tests.package import GITHUB, README, unpacked  # noqa: E402

CORPUS = ROOT.parent / "shared" / "corpus"
PARTS = 12
HEAD = (
    f"{'document':44} {'oper.':>5} {'res.':>4} {'state':>5} {'ex.':>5} {'none':>4} {'cases':>7} {'s':>6}  Schemathesis"
)


def row(name: str, verdict: Verdict) -> str:
    """One line of the table: what is served in which way, and what Schemathesis said."""
    example = verdict.operations - verdict.stateful - verdict.unanswerable
    part = f" of {verdict.tested} tested" if verdict.tested < verdict.operations else ""
    return (
        f"{name[-44:]:44} {verdict.operations:>5} {verdict.resources:>4} {verdict.stateful:>5} {example:>5} "
        f"{verdict.unanswerable:>4} {verdict.cases:>7,} {verdict.seconds:>6.0f}  {verdict.said()}{part}"
    )


def total(verdicts: list[Verdict]) -> Iterator[str]:
    """All verdicts together, and every kind of failure on a line of its own."""
    without, passed = sum(not one.failures for one in verdicts), sum(one.passed for one in verdicts)
    yield f"{len(verdicts)} documents: {without} without a failure, {passed} with none of ours"
    yield (
        f"{sum(one.operations for one in verdicts):,} operations, {sum(one.stateful for one in verdicts):,} stateful, "
        f"{sum(one.resources for one in verdicts):,} resources, {sum(one.cases for one in verdicts):,} cases"
    )
    yield from kinds(failure for one in verdicts for failure in one.failures)


def foreign() -> list[Path]:
    """The documents that nobody here wrote, each once: packages carry many of them as JSON and as YAML."""
    found = documents(CORPUS, None) if CORPUS.is_dir() else []
    seen: list[object] = []
    for path in documents(unpacked(README), None):
        try:
            read: object = source.read(path).raw
        except MockServerError:
            read = path
        if read not in seen:
            seen.append(read)
            found.append(path)
    return [*found, *github()]


def github() -> Iterator[Path]:
    """GitHub's document in parts of a hundred operations each: Schemathesis takes hours for the whole."""
    document = json.loads((unpacked(GITHUB) / "generated" / "api.github.com.json").read_bytes())
    folder = ROOT / "build" / "conformance" / "github"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(PARTS):
        path = folder / f"part-{number + 1}-of-{PARTS}.json"
        path.write_text(json.dumps(reduce(document, part(document, number, PARTS))))
        yield path


def named(wanted: str | Path) -> str:
    """A document as the table calls it: the last steps of its path."""
    return "/".join(Path(wanted).parts[-3:]) if isinstance(wanted, Path) else wanted


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Schemathesis' command line against the served documents.")
    parser.add_argument("documents", nargs="*", help="vendors or documents; without any, all vendors")
    parser.add_argument("--examples", type=int, help="for each operation: 200, with --big 20")
    parser.add_argument("--seconds", type=int, help="how long Schemathesis may take for one document")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--big", action="store_true", help="documents that nobody here wrote")
    parser.add_argument("--verbose", action="store_true", help="print what Schemathesis printed of a failure")
    parser.add_argument("--json", type=Path, help="write the verdicts there")
    options = parser.parse_args(None if arguments is None else list(arguments))
    chosen = [*options.documents] or (foreign() if options.big else list(bundled.vendors()))
    examples, seconds = options.examples or (20 if options.big else 200), options.seconds or (300 if options.big else 0)
    print(HEAD)
    verdicts, refused = [], 0
    for wanted in chosen:
        try:
            verdict = examine(wanted, examples, seconds=seconds or None, seed=options.seed)
        except MockServerError as fault:
            refused += 1
            print(f"{named(wanted)[-44:]:44} refused: {fault}", flush=True)
            continue
        verdicts.append(verdict)
        print(row(named(wanted), verdict), flush=True)
        if options.verbose and not verdict.passed:
            print(verdict.output)
    for line in total(verdicts) if len(verdicts) > 1 else ():
        print(line)
    if options.json:
        options.json.write_text(json.dumps([asdict(verdict) for verdict in verdicts], indent=1))
    return 0 if verdicts and not refused and all(verdict.passed for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
