"""The files of a new project: a document, its behaviour, settings, tests, and a workflow that runs them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from mockserver import editor_schemas
from mockserver.behaviour.reader import tree_of
from mockserver.cli.first_test import first_request, tests_of
from mockserver.cli.requirement import requirement_lines
from mockserver.contract import Contract
from mockserver.editor_schemas import PROJECT_FOLDER, project_modeline
from mockserver.errors import DocumentError
from mockserver.inference import behaviour_file
from mockserver.inference.inferred_statements import infer
from mockserver.inference.layering import consistent
from mockserver.web.app import create_app

STARTER = files("mockserver.cli") / "starter"
DOCUMENT, BEHAVIOUR, SETTINGS = "openapi.yaml", "behaviour.yaml", "mockserver.yaml"
TESTS, REQUIREMENTS, WORKFLOW = "tests/test_mock.py", "requirements-mock.txt", ".github/workflows/contract.yml"

MEANINGS = {
    DOCUMENT: "a small service to begin with",
    BEHAVIOUR: "what the document cannot say",
    SETTINGS: "what mockserver serves and checks, and how",
    TESTS: "tests against the mock",
    REQUIREMENTS: "what the tests need",
    WORKFLOW: "runs the tests and the check in GitHub Actions",
    f"{PROJECT_FOLDER}/": "JSON Schemas for your editor",
}
"""What each file is, in the order in which they are listed."""

SETTINGS_TEXT = """\
# What `mockserver serve`, `mockserver check` and the fixtures of pytest are about.
document: {document}
behaviour: [{behaviour}]
serve:
  port: 8080
  watch: true # reload changed files
check:
  quick: true
"""

BEHAVIOUR_HEAD = """\
# What the document cannot say. These statements of one resource are inferred; each note says why. Correct them.
# `mockserver infer` prints all that is inferred.
"""


def starter_files() -> dict[str, str]:
    """The files of a project with a small document, by their paths."""
    return {
        DOCUMENT: _starter(DOCUMENT),
        BEHAVIOUR: project_modeline("behaviour") + _starter(BEHAVIOUR),
        TESTS: _starter("test_mock.py.txt"),
        **_for_all(DOCUMENT),
    }


def files_for(document: Path, folder: Path) -> dict[str, str]:
    """The files of a project about a document of the user, which stays where it is.

    Raises DocumentError, also if no operation can be tried.
    """
    sandbox = create_app(document, seed=0)
    contract = next(iter(sandbox.services.values())).contract
    request = first_request(sandbox)
    if request is None:
        raise DocumentError("has no operation to test", file=str(document))
    named = Path(os.path.relpath(document.resolve(), folder.resolve())).as_posix()
    tests = tests_of(request, contract.document.base_path)
    behaviour = project_modeline("behaviour") + _first_statements(contract)
    return {BEHAVIOUR: behaviour, TESTS: tests, **_for_all(named)}


def _for_all(document: str) -> Mapping[str, str]:
    return {
        SETTINGS: project_modeline("configuration") + SETTINGS_TEXT.format(document=document, behaviour=BEHAVIOUR),
        REQUIREMENTS: "\n".join([*requirement_lines("check"), ""]),
        WORKFLOW: _starter("workflow.yml"),
        **{f"{PROJECT_FOLDER}/{name}.json": editor_schemas.text(name) for name in editor_schemas.NAMES},
    }


def _starter(name: str) -> str:
    return (STARTER / name).read_text(encoding="utf-8")


def _first_statements(contract: Contract) -> str:
    """What is inferred of the first resource; an overlay without a statement if there is none."""
    stated = tree_of(contract.document.root)
    inferred = consistent(infer(contract.document, contract.schemas, contract.examples), stated)
    first = dict(list(inferred["x-resources"].items())[:1])
    update = {"x-resources": first} if first else {"x-service": {}}
    title = f"Behaviour of {contract.document.title or 'the API'}"
    actions = [{"target": "$", "update": update}]
    return BEHAVIOUR_HEAD + behaviour_file.text(behaviour_file.overlay(title, contract.document.version, actions))
