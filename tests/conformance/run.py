"""Runs the Schemathesis command line against each document that the mock serves.

python tests/conformance/run.py                       # the vendors, 200 examples an operation
python tests/conformance/run.py --examples 20 piper
python tests/conformance/run.py --big                 # public documents from npm and ../shared/corpus
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

from mockserver import vendor_files  # noqa: E402
from mockserver.errors import MockServerError  # noqa: E402  # run as a script, too
from mockserver.openapi import source  # noqa: E402
from tests.benchmarks.reduced import part, reduce  # noqa: E402
from tests.conformance.schemathesis_cli import SchemathesisResult, count_by_kind, run_schemathesis  # noqa: E402
from tests.corpus.run import documents  # noqa: E402
from tests.package import GITHUB, README, unpacked  # noqa: E402

CORPUS = ROOT.parent / "shared" / "corpus"
PARTS = 12
HEAD = (
    f"{'document':44} {'oper.':>5} {'res.':>4} {'state':>5} {'ex.':>5} {'none':>4} {'cases':>7} {'s':>6}  Schemathesis"
)


def row(name: str, result: SchemathesisResult) -> str:
    """One line of the table: how the document is served, and what Schemathesis found."""
    example = result.operations - result.stateful - result.unanswerable
    part = f" of {result.tested} tested" if result.tested < result.operations else ""
    return (
        f"{name[-44:]:44} {result.operations:>5} {result.resources:>4} {result.stateful:>5} {example:>5} "
        f"{result.unanswerable:>4} {result.cases:>7,} {result.seconds:>6.0f}  {result.summary()}{part}"
    )


def total(results: list[SchemathesisResult]) -> Iterator[str]:
    """The sum of all results, and each kind of failure on a line of its own."""
    without, passed = sum(not one.failures for one in results), sum(one.passed for one in results)
    yield f"{len(results)} documents: {without} without a failure, {passed} without a failure of the mock"
    yield (
        f"{sum(one.operations for one in results):,} operations, {sum(one.stateful for one in results):,} stateful, "
        f"{sum(one.resources for one in results):,} resources, {sum(one.cases for one in results):,} cases"
    )
    yield from count_by_kind(failure for one in results for failure in one.failures)


def public_documents() -> list[Path]:
    """Public documents, each once; packages have many of them both as JSON and as YAML."""
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
    """GitHub's document in parts of a hundred operations; Schemathesis needs hours for the whole document."""
    document = json.loads((unpacked(GITHUB) / "generated" / "api.github.com.json").read_bytes())
    folder = ROOT / "build" / "conformance" / "github"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(PARTS):
        path = folder / f"part-{number + 1}-of-{PARTS}.json"
        path.write_text(json.dumps(reduce(document, part(document, number, PARTS))))
        yield path


def short_name(wanted: str | Path) -> str:
    """The name of a document in the table: the end of its path."""
    return "/".join(Path(wanted).parts[-3:]) if isinstance(wanted, Path) else wanted


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Run the Schemathesis command line against served documents.")
    parser.add_argument("documents", nargs="*", help="vendors or documents (default: all vendors)")
    parser.add_argument("--examples", type=int, help="examples per operation (default: 200, with --big 20)")
    parser.add_argument("--seconds", type=int, help="time limit for one document")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--big", action="store_true", help="use public documents")
    parser.add_argument("--verbose", action="store_true", help="print the output of Schemathesis for each failure")
    parser.add_argument("--json", type=Path, help="write the results to this file")
    options = parser.parse_args(None if arguments is None else list(arguments))
    chosen = [*options.documents] or (public_documents() if options.big else list(vendor_files.names()))
    examples, seconds = options.examples or (20 if options.big else 200), options.seconds or (300 if options.big else 0)
    print(HEAD)
    results, refused = [], 0
    for wanted in chosen:
        try:
            result = run_schemathesis(wanted, examples, seconds=seconds or None, seed=options.seed)
        except MockServerError as fault:
            refused += 1
            print(f"{short_name(wanted)[-44:]:44} refused: {fault}", flush=True)
            continue
        results.append(result)
        print(row(short_name(wanted), result), flush=True)
        if options.verbose and not result.passed:
            print(result.output)
    for line in total(results) if len(results) > 1 else ():
        print(line)
    if options.json:
        options.json.write_text(json.dumps([asdict(result) for result in results], indent=1))
    return 0 if results and not refused and all(result.passed for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
