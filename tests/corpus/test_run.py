"""The corpus runner counts served, refused and skipped parts of documents, with the reason."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def run(folder: Path, *options: str) -> tuple[str, list[dict[str, Any]]]:
    """What `tests/corpus/run.py` prints for the documents in `folder`, and the outcomes that it writes."""
    written = folder / "outcomes"
    command = [sys.executable, "-m", "tests.corpus.run", str(folder), "--json", str(written), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "" == done.stderr
    return done.stdout, json.loads(written.read_text())


def write(folder: Path, name: str, schema: dict[str, Any]) -> None:
    """Write a document with two operations; one of them answers with `schema`."""
    media = {"application/json": {"schema": schema}}
    paths = {
        "/a": {"get": {"responses": {"200": {"description": "a", "content": media}}}},
        "/b": {"get": {"responses": {"204": {"description": "b"}}}},
    }
    document = {"openapi": "3.1.0", "info": {"title": name, "version": "1"}, "paths": paths}
    (folder / name).write_text(json.dumps(document))


def test_a_refused_document_is_counted_with_its_reason(tmp_path: Path) -> None:
    write(tmp_path, "broken.json", {"$ref": "#/none"})
    write(tmp_path, "valid.yaml", {"type": "string"})
    (tmp_path / "package.json").write_text('{"name": "no document"}')

    printed, outcomes = run(tmp_path)

    assert ["refused", "served"] == [outcome["status"] for outcome in outcomes]
    assert "points to nothing" in outcomes[0]["reason"]
    assert "50.00 %" in printed


def test_the_valid_rest_is_served_with_the_option_lenient(tmp_path: Path) -> None:
    write(tmp_path, "broken.json", {"$ref": "#/none"})

    _, (outcome,) = run(tmp_path, "--lenient")

    assert ("served", 1, 1) == (outcome["status"], outcome["operations"], outcome["skipped"])


def test_a_sample_has_the_requested_size_and_is_always_the_same(tmp_path: Path) -> None:
    for number in range(7):
        write(tmp_path, f"{number}.json", {})

    _, once = run(tmp_path, "--sample", "3")
    _, again = run(tmp_path, "--sample", "3")

    assert ["0.json", "2.json", "4.json"] == [Path(outcome["file"]).name for outcome in once]
    assert [outcome["file"] for outcome in once] == [outcome["file"] for outcome in again]


def test_every_document_of_the_shared_corpus_is_served(shared: Path, tmp_path: Path) -> None:
    for path in (shared / "corpus").glob("*.y*ml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())

    _, outcomes = run(tmp_path)

    assert {"served"} == {outcome["status"] for outcome in outcomes}
