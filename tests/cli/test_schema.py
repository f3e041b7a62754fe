"""The JSON Schemas for editors: what they accept and refuse, and where files say that they are."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from mockserver import editor_schemas
from mockserver.cli import schema_files
from tests.process import ROOT, run

NAMES = sorted(editor_schemas.NAMES)
DOCS = sorted((ROOT / "docs").rglob("*.md"))

BROKEN: dict[str, list[str]] = {
    "behaviour": [
        "overlay: 1.0.0\ninfo: {}",
        "{overlay: 2.0.0, info: {}, actions: []}",
        "{overlay: 1.0.0, info: {}, actions: [{target: $, updates: {}}]}",
        "{overlay: 1.0.0, info: {}, actions: [{target: $, update: {x-resources: {pet: {ordr: {}}}}}]}",
        "{overlay: 1.0.0, info: {}, actions: [{target: $, update: {x-resources: {pet: {order: {direction: up}}}}}]}",
        "{overlay: 1.0.0, info: {}, actions: [{target: $, update: {x-behaviour: {paging: {style: pages}}}}]}",
        "{overlay: 1.0.0, info: {}, actions: [{target: $, update: {x-service: {inference: some}}}]}",
    ],
    "configuration": [
        "document: 5",
        "documents: a.yaml",
        "behaviour: b.yaml",
        "serve: {prot: 1}",
        "serve: {port: 99999}",
        "serve: {sync: alive}",
        "check: {only: order}",
        "- a",
    ],
    "overrides": [
        "when: {}",
        "- {when: {}}",
        "- {then: {status: 99}}",
        "- {then: {fault: {kind: lost}}}",
        "- {then: {status: 200}, time: 1}",
    ],
    "state": [
        "shop: {a: [1]}",
        "shop: {a: {customer: {}}}",
        "shop: {a: {customer: [1]}}",
        "{version: 2, services: {}}",
    ],
}
"""Files with one mistake each."""


def validator(name: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(json.loads(run("schema", name).stdout))


def accepted(name: str) -> Iterator[tuple[str, Any]]:
    """Files of ours, each with where it is."""
    blocks = [
        (page.name, text) for page in DOCS for text in re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL)
    ]
    if name == "behaviour":
        for file in sorted((ROOT / "specs").glob("*/*.yaml")):
            if "overlay: 1." in file.read_text():
                yield str(file), yaml.safe_load(file.read_text())
        found = ((page, yaml.safe_load(text)) for page, text in blocks)
        yield from ((page, read) for page, read in found if isinstance(read, dict) and "overlay" in read)
    if name == "configuration":
        page = (ROOT / "docs" / "configuration.md").read_text()
        yield from (("configuration.md", yaml.safe_load(text)) for page, text in blocks if page == "configuration.md")
        for text in re.findall(r"```toml\n(.*?)```", page, re.DOTALL):
            yield "configuration.md", tomllib.loads(text)["tool"]["mockserver"]
    if name == "overrides":
        yield from (("overrides.md", yaml.safe_load(text)) for page, text in blocks if page == "overrides.md")
    if name == "state":
        yield from (("state.md", yaml.safe_load(text)) for page, text in blocks if page in ("state.md", "client.md"))


@pytest.mark.parametrize("name", NAMES)
def test_the_schema_is_made_from_the_models_as_they_are(name: str) -> None:
    assert schema_files.made(name) == run("schema", name).stdout, "run `make docs`"


def test_the_page_names_the_schemas_that_there_are() -> None:
    page = (ROOT / "docs" / "how-to" / "editors.md").read_text(encoding="utf-8")

    assert {*NAMES} == set(re.findall(r"^\| .*\$schema=\.mockserver/(\w+)\.json` \|$", page, re.MULTILINE))
    assert f"`{NAMES[0]}`, `{NAMES[1]}`, `{NAMES[2]}` or `{NAMES[3]}`" in page


@pytest.mark.parametrize("name", NAMES)
def test_our_own_files_are_accepted(name: str) -> None:
    known, files = validator(name), list(accepted(name))

    assert files
    assert [] == [(place, str(error)[:300]) for place, file in files for error in known.iter_errors(file)]


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in BROKEN.items() for text in texts])
def test_a_broken_file_is_refused(name: str, text: str) -> None:
    assert not validator(name).is_valid(yaml.safe_load(text))


@pytest.mark.parametrize("document", ["petstore", "shop", "bookings"])
def test_what_is_inferred_is_accepted_and_names_its_schema(tmp_path: Path, document: str) -> None:
    file = tmp_path / "behaviour.yaml"

    run("infer", f"docs/{document}.yaml", "-o", str(file))

    first, rest = file.read_text().split("\n", 1)
    assert rest == run("infer", f"docs/{document}.yaml").stdout
    assert validator("behaviour").is_valid(yaml.safe_load(rest))
    assert json.loads(Path(first.removeprefix("# yaml-language-server: $schema=")).read_text())["$defs"]


def test_files_of_a_project_name_the_schemas_of_the_project(tmp_path: Path) -> None:
    run("init", cwd=tmp_path)
    (tmp_path / "more").mkdir()
    run("infer", "-o", "more/all.yaml", cwd=tmp_path)
    files = [tmp_path / "behaviour.yaml", tmp_path / "mockserver.yaml", tmp_path / "more" / "all.yaml"]
    lines = [file.read_text().split("\n", 1)[0] for file in files]
    found = [line.removeprefix("# yaml-language-server: $schema=") for line in lines]

    assert [".mockserver/behaviour.json", ".mockserver/configuration.json", "../.mockserver/behaviour.json"] == found
    for file, schema in zip(files, found, strict=True):
        known = jsonschema_rs.validator_for(json.loads((file.parent / schema).read_text()))
        assert [] == list(known.iter_errors(yaml.safe_load(file.read_text())))


def test_all_schemas_are_written_into_a_folder(tmp_path: Path) -> None:
    (tmp_path / ".mockserver").mkdir()
    (tmp_path / ".mockserver" / "state.json").write_text("an older one")

    usual, named = run("schema", "--write", cwd=tmp_path), run("schema", "--write", "schemas", cwd=tmp_path)

    assert (0, 0) == (usual.returncode, named.returncode)
    assert f"wrote {Path('.mockserver/behaviour.json')}  for a behaviour file" in usual.stdout
    for folder in (".mockserver", "schemas"):
        assert {name: run("schema", name).stdout for name in NAMES} == {
            file.stem: file.read_text() for file in (tmp_path / folder).iterdir()
        }


def test_a_schema_that_does_not_exist_is_refused_with_those_that_do() -> None:
    none, other = run("schema"), run("schema", "behavior")

    assert (2, 2) == (none.returncode, other.returncode)
    assert all(name in none.stderr and name in other.stderr for name in NAMES)
