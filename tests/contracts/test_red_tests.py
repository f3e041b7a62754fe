"""`pytest --contract` on a FastAPI app with one bug: one test fails, and it names the bug."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from contracts.pytest_plugin.plugin import _served
from tests.inner_pytest import run_pytest

pytest_plugins = ["pytester"]

PAGE = Path(__file__).parents[2] / "docs/contract-checks"
STOCK = """
[tool.mockserver.check]
ignore = ["method-not-allowed"]
"""
"""FastAPI names one method in `Allow` if a path has several."""

BUGS = {
    "unknown notes are an error of the server": (
        "def read_note(id: int) -> Note:\n    return note_of(id)",
        "def read_note(id: int) -> Note:\n    return notes[id]",
        "SKIPPED *has the cause of contract/notes::delete[[]DELETE /notes/{id}[]], which failed",
    ),
    "PUT keeps pinned as it was": (
        "notes[id] = Note(id=id, **new.model_dump())",
        'notes[id] = Note(id=id, **(new.model_dump() | {"pinned": notes[id].pinned}))',
        "*expected   PUT removes or resets pinned*",
    ),
    "a media type that the document lacks, which another test meets first": (
        "def read_note(id: int) -> Note:\n    return note_of(id)",
        (
            'def read_note(id: int) -> Note:\n    json = __import__("fastapi.responses").responses.JSONResponse\n    '
            'return json(note_of(id).model_dump(), media_type="application/hal+json")'
        ),
        "*_ conformance[[]GET /notes/{id}[]] _*",
    ),
    "the offset is ignored": (
        "[offset : offset + limit]",
        "[:limit]",
        "*expected   with 5 items and limit=1, each item is on one page only*",
    ),
}


def app(wrong: str = "", changed: str = "") -> ModuleType:
    """The app of the tutorial, with one bug."""
    source = (PAGE / "notes_app.py").read_text(encoding="utf-8")
    assert wrong in source
    module = ModuleType("notes_app")
    exec(compile(source.replace(wrong, changed) if wrong else source, "notes_app.py", "exec"), module.__dict__)
    return module


def checked(pytester: pytest.Pytester, module: ModuleType) -> pytest.RunResult:
    """A pytest run of the contract check of the app."""
    pytester.makepyprojecttoml(STOCK)
    (pytester.path / "notes.json").write_text(json.dumps(module.app.openapi()), encoding="utf-8")
    with _served(module.app) as address:
        options = ("-rs", "--contract", "notes.json", "--target", address, "--contract-quick")
        return run_pytest(pytester, *options)


@pytest.mark.parametrize("bug", BUGS)
def test_one_bug_fails_one_test_that_names_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, bug: str
) -> None:
    wrong, changed, named = BUGS[bug]
    module = app(wrong, changed)
    monkeypatch.setitem(sys.modules, "notes_app", module)

    done = checked(pytester, module)

    assert 1 == done.parseoutcomes()["failed"]
    assert done.parseoutcomes()["passed"] > 30
    done.stdout.fnmatch_lines([named])
