"""What follows from a document is kept on disk for the next start; every start serves and prints the same."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

import mockserver
from mockserver import contract, document_cache
from mockserver.cli.problems import problem_lines
from mockserver.contract import STRICT
from mockserver.document_cache import DocumentCache
from mockserver.errors import InvalidDocument
from mockserver.openapi import source
from mockserver.web.app import Sandbox
from tests.client import Client
from tests.process import COMMAND, PATIENCE, READY, ROOT, Processes, address

NOISE = "A sentence that makes the document large. " * 500

ODD = """
x-values: [1000000000000000000000000000000, 1.0, -0.0, true, null, no, 1e999, "\\L", [&one {a: 1}, *one]]
"""
"""Values that other readers of YAML or JSON would change."""

Start = Callable[[], Sandbox]


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A large document with shops, and with two mistakes at two places, which are warnings."""
    item = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}
    given = {"type": "object", "properties": {"name": {"type": "string"}}}
    wrong = {**item, "minProperties": "many", "required": ["id", "id"], "description": NOISE}
    paths: dict[str, Any] = {}
    for number in range(12):
        shown = {"description": "ok", "content": {"application/json": {"schema": wrong if number == 0 else item}}}
        listed = {"description": "ok", "content": {"application/json": {"schema": {"type": "array", "items": item}}}}
        body = {"content": {"application/json": {"schema": given}}}
        place = f"/shops{number}"
        create = {"requestBody": body, "responses": {"201": shown}, "description": NOISE}
        paths[place] = {"get": {"responses": {"200": listed}}, "post": create}
        key = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
        paths[f"{place}/{{id}}"] = {"get": {"parameters": [key], "responses": {"200": shown}}}
    path = tmp_path / "shops.json"
    about = {"title": "Shops", "version": "1"}
    path.write_text(json.dumps({"openapi": "3.0.3", "info": about, "paths": paths}), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def start(document: Path, folder: Path) -> Start:
    reading = mockserver.ReadingOptions(cache=DocumentCache(folder))
    return lambda: mockserver.create_app(document, seed=1, reading=reading)


def seen(sandbox: Sandbox) -> tuple[Any, ...]:
    """What a user sees of a sandbox: some replies, its statements and its warnings."""
    with Client(sandbox) as client:
        created = client.post("/shops3", json={"name": "Corner"})
        listed = client.get("/shops3")
    served = sandbox.services["shops"].contract
    return created.status_code, created.json(), listed.json(), served.statements, list(problem_lines(served))


def kept(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.exists() else []


def test_a_start_from_the_cache_serves_and_warns_as_one_without(document: Path, folder: Path, start: Start) -> None:
    without = seen(mockserver.create_app(document, seed=1))
    first, files = seen(start()), {path: path.read_bytes() for path in kept(folder)}

    assert 201 == without[0]
    assert 4 == len(without[-1])
    assert without == first
    assert 3 == len(files)
    assert without == seen(start())
    assert files == {path: path.read_bytes() for path in kept(folder)}


def test_a_kept_result_is_what_the_next_start_takes(
    folder: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = seen(start())
    monkeypatch.setattr("mockserver.openapi.lint_rules.findings", None)
    monkeypatch.setattr("mockserver.inference.inferred_statements.infer", None)
    monkeypatch.setattr("mockserver.openapi.normalize.normalise", None)

    assert expected == seen(start())


def test_a_changed_document_is_read_anew(document: Path, folder: Path, start: Start) -> None:
    start()
    document.write_text(document.read_text(encoding="utf-8").replace('"many"', "1"), encoding="utf-8")

    assert 2 == len(seen(start())[-1])
    assert 6 == len(kept(folder))


@pytest.mark.parametrize("damage", [b"", b"[]", b"\x00" * 4000])
def test_a_damaged_file_is_made_again(folder: Path, start: Start, damage: bytes) -> None:
    expected, files = seen(start()), {path: path.read_bytes() for path in kept(folder)}
    for path in files:
        path.write_bytes(damage)

    assert expected == seen(start())
    assert files == {path: path.read_bytes() for path in kept(folder)}


def test_a_folder_that_cannot_be_made_is_no_error(folder: Path, start: Start) -> None:
    folder.write_text("a file", encoding="utf-8")

    assert 201 == seen(start())[0]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_a_folder_that_others_can_write_to_is_not_used(folder: Path, start: Start) -> None:
    folder.mkdir()
    folder.chmod(0o777)

    assert 201 == seen(start())[0]
    assert [] == kept(folder)


def test_the_number_of_files_is_bounded(folder: Path, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_cache, "MOST_FILES", 2)
    folder.mkdir(mode=0o700)
    for number in range(5):
        (folder / f"{number}.json").write_text("old", encoding="utf-8")

    start()

    assert 2 == len(kept(folder))


def test_the_values_of_a_yaml_document_are_kept_as_they_were_read(folder: Path, tmp_path: Path) -> None:
    document = tmp_path / "odd.yaml"
    document.write_text(ODD, encoding="utf-8")
    without = source.read(document).raw
    first = source.read(document, cache=DocumentCache(folder)).raw
    second = source.read(document, cache=DocumentCache(folder)).raw

    assert 1 == len(kept(folder))
    assert repr(without) == repr(first) == repr(second)
    assert [10**30, 1.0, -0.0, True, None, "no", "1e999", "\u2028", [{"a": 1}, {"a": 1}]] == without["x-values"]


WRITTEN = {
    "2.0": {"swagger": "2.0", "basePath": "/v1"},
    "3.0": {"openapi": "3.0.3"},
    "3.1": {"openapi": "3.1.0", "x-large": [2**53, 2**64, 2**70], "x-signed": [1.0, -0.0, 1e300]},
    "3.2": {"openapi": "3.2.0"},
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_the_normal_form_is_kept_as_it_was_made(folder: Path, tmp_path: Path, written: dict[str, Any]) -> None:
    pet = {"type": "object", "properties": {"id": {"type": "integer", "minimum": 1.0}, "name": {"type": "string"}}}
    body = {"name": "pet", "in": "body", "schema": pet}
    old = {"parameters": [body], "responses": {"201": {"description": "made", "schema": pet}}}
    media = {"content": {"application/json": {"schema": pet}}}
    new = {"requestBody": media, "responses": {"201": {"description": "made", **media}}}
    document = tmp_path / "pets.json"
    about = {
        "info": {"title": "Pets", "version": "1"},
        "paths": {"/pets": {"post": old if "swagger" in written else new}},
    }
    document.write_text(json.dumps(written | about), encoding="utf-8")
    reading = mockserver.ReadingOptions(cache=DocumentCache(folder))
    without, first, second = (contract.of(document, reading=each).document for each in (STRICT, reading, reading))

    assert repr(without.root) == repr(first.root) == repr(second.root)
    assert repr(without.operations) == repr(second.operations)


@pytest.mark.parametrize("wrong", ["a: [", "a: 1\na: 2", "- 1"])
def test_a_yaml_document_that_is_refused_is_refused_again(folder: Path, tmp_path: Path, wrong: str) -> None:
    document = tmp_path / "wrong.yaml"
    document.write_text(wrong, encoding="utf-8")
    said = []
    for _ in range(2):
        with pytest.raises(InvalidDocument) as refused:
            source.read(document, cache=DocumentCache(folder))
        said.append(str(refused.value))

    assert said[0] == said[1]


UNNEEDED = (
    "csv", "difflib", "fractions", "mimetypes", "tempfile", "watchfiles", "yaml",
    "uvicorn.main", "uvicorn.supervisors", "xml.etree.ElementTree",
    "mockserver.handlers.fields.scim_patch", "mockserver.handlers.lists.filter_expressions",
    "mockserver.inference.inferred_statements", "mockserver.inference.resources",
    "mockserver.inference.operations.item_actions", "mockserver.inference.statement_writer",
    "mockserver.openapi.lint_rules",
    "mockserver.state.shared.namespace_log", "mockserver.state.shared_log",
    "mockserver.web.control.overrides.reading", "mockserver.web.sharing.sharing",
)  # fmt: skip
"""What the first reply needs nothing of, once a document was read."""

ASK = """
import sys
from pathlib import Path
import mockserver
from mockserver.cli.lazy_command import resolve
resolve("mockserver.cli.serve:serve", "")
from mockserver.document_cache import DocumentCache
reading = mockserver.ReadingOptions(cache=DocumentCache(Path({folder!r})))
sandbox = mockserver.create_app("docs/petstore.yaml", reading=reading)
imported = set(sys.modules)
from tests.client import Client
with Client(sandbox) as client:
    print(client.get("/pets").status_code, *sorted({unneeded!r} & imported))
"""


def test_a_start_from_the_cache_imports_nothing_that_the_first_reply_does_not_need(tmp_path: Path) -> None:
    program = ASK.format(folder=str(tmp_path / "cache"), unneeded=set(UNNEEDED))
    run = [
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=60, check=True
        )
        for _ in range(2)
    ]

    assert "mockserver.inference.resources" in run[0].stdout
    assert "200\n" == run[1].stdout


OF_LIBRARIES = ("ast", "dis", "encodings.idna", "linecache", "logging.handlers", "pickle", "socketserver", "tokenize")
"""What libraries import for what a start does not do; the first two are imported by `inspect`."""


@pytest.mark.skipif(sys.platform == "win32", reason="the folder is named by a variable that Windows does not have")
def test_a_start_imports_little_of_what_libraries_name(document: Path) -> None:
    program = ["env", f"XDG_CACHE_HOME={document.parent}", sys.executable, "-X", "importtime", *COMMAND[1:]]
    for _ in range(2):
        with Processes() as processes:
            _, lines = processes.start("serve", str(document), "--port", "0", until=READY, program=program)
    imported = {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")}

    assert "mockserver.web.app" in imported
    assert set() == imported.intersection(OF_LIBRARIES)


@pytest.mark.skipif(sys.platform == "win32", reason="the folder is named by a variable that Windows does not have")
def test_the_command_prints_and_serves_the_same_with_and_without_the_cache(document: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mockserver"
    with Processes() as processes:
        without, unwritten = printed_and_served(processes, document, "--no-cache"), kept(folder)
        first, files = printed_and_served(processes, document), kept(folder)
        second = printed_and_served(processes, document)

    assert [] == unwritten
    assert 3 == len(files)
    assert [201, 200, 200] == without[1]
    assert without == first == second


def printed_and_served(processes: Processes, document: Path, *options: str) -> tuple[list[str], list[int], list[str]]:
    """What a start prints, and the statuses and bodies of some replies, with PORT for its port."""
    program = ["env", f"XDG_CACHE_HOME={document.parent}", *COMMAND]
    arguments = ("serve", str(document), "--port", "0", "--seed", "1", *options)
    _, lines = processes.start(*arguments, until=READY, program=program)
    url = address(lines)
    with httpx.Client(base_url=url, timeout=PATIENCE) as client:
        created = client.post("/shops3", json={"name": "Corner"})
        replies = [created, client.get("/shops3"), client.get("/_mock/services")]
    port = url.rpartition(":")[2]
    bodies = [each.text.replace(port, "PORT") for each in replies]
    return [line.replace(port, "PORT") for line in lines], [each.status_code for each in replies], bodies
