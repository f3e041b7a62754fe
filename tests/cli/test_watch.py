"""`mockserver serve --watch`: a document that is edited while it is served."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.process import READY, Processes, address

PET: dict[str, Any] = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "string", "format": "uuid"}, "name": {"type": "string"}},
}
NEW_PET: dict[str, Any] = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}

SHORT = {**PET, "properties": {**PET["properties"], "name": {"type": "string", "maxLength": 5}}}
NOTHING = {"responses": {"204": {"description": "nothing"}}}


def written(pet: dict[str, Any] | str = PET, **more: Any) -> str:
    """A document of pets; `pet` is their schema, or the file that has it."""
    schema = {"$ref": pet} if isinstance(pet, str) else pet
    shown = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}, "description": "a pet"}
    listed = {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}}
    missing = {"description": "there is none"}
    name = {"name": "petId", "in": "path", "required": True, "schema": {"type": "string"}}
    paths = {
        "/pets": {
            "get": {"responses": {"200": {"description": "all", "content": {"application/json": {"schema": listed}}}}},
            "post": {
                "requestBody": {"required": True, "content": {"application/json": {"schema": NEW_PET}}},
                "responses": {"201": shown},
            },
        },
        "/pets/{petId}": {"parameters": [name], "get": {"responses": {"200": shown, "404": missing}}},
        **more,
    }
    return json.dumps({
        "openapi": "3.1.0", "info": {"title": "Pets", "version": "1"}, "paths": paths,
        "components": {"schemas": {"Pet": schema}},
    })  # fmt: skip


class Watched:
    """A served document: its files, its URL, and the output of the process."""

    def __init__(self, process: subprocess.Popen[str], lines: list[str], folder: Path) -> None:
        self.api = httpx.Client(base_url=f"{address(lines)}/pets", timeout=20)
        self._process, self._folder = process, folder

    def edit(self, text: str, file: str = "pets.json") -> str:
        """Write a file; returns the printed line about the reload that follows."""
        (self._folder / file).write_text(text, encoding="utf-8")
        while "reloaded" not in (line := self.next_line()):
            pass
        return line

    def next_line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the process has ended"
        return line.rstrip("\n")


Watching = Callable[..., Watched]


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    def start(text: str, *arguments: str) -> Watched:
        (tmp_path / "pets.json").write_text(text, encoding="utf-8")
        served = processes.start("serve", str(tmp_path / "pets.json"), "--port", "0", "--watch", *arguments,
                                 until=READY)  # fmt: skip
        watched = Watched(*served, tmp_path)
        clients.append(watched.api)
        return watched

    clients: list[httpx.Client] = []
    with Processes() as processes:
        yield start
    for client in clients:
        client.close()


def test_an_edit_is_served_and_created_items_are_kept(watching: Watching) -> None:
    watched = watching(written())
    rex = watched.api.post("/pets", json={"name": "Rex"}).json()
    ping = {"get": NOTHING}

    assert 404 == watched.api.get("/ping").status_code
    assert "reloaded pets: 4 operations, 1 item kept" == watched.edit(written(**{"/ping": ping}))
    assert 204 == watched.api.get("/ping").status_code
    assert rex == watched.api.get(f"/pets/{rex['id']}").json()
    assert [rex] == watched.api.get("/pets").json()


@pytest.mark.parametrize(
    ("broken", "place"),
    [
        (written("#/components/schemas/Dog"), "pets.json#/components/schemas/Pet"),
        ('{"openapi": ', "pets.json"),
    ],
)
def test_an_invalid_edit_is_reported_and_the_last_valid_version_is_served_until_it_is_corrected(
    watching: Watching, broken: str, place: str
) -> None:
    watched = watching(written())
    rex = watched.api.post("/pets", json={"name": "Rex"}).json()

    line = watched.edit(broken)
    assert "not reloaded" in line
    assert place in line
    assert [rex] == watched.api.get("/pets").json()

    assert "reloaded pets: 4 operations, 1 item kept" == watched.edit(written(**{"/ping": {"get": NOTHING}}))
    assert 204 == watched.api.get("/ping").status_code


def test_items_that_are_invalid_in_the_new_version_are_dropped_and_counted(watching: Watching) -> None:
    watched = watching(written())
    kept = watched.api.post("/pets", json={"name": "Rex"}).json()
    for name in ("Bartholomew", "Maximilian"):
        watched.api.post("/pets", json={"name": name})

    assert "reloaded pets: 3 operations, 1 item kept" == watched.edit(written(SHORT))
    assert "  dropped 2 items of pet: not valid in the new version" == watched.next_line()
    assert [kept] == watched.api.get("/pets").json()


def test_fields_that_are_new_in_the_schema_are_generated(watching: Watching) -> None:
    watched = watching(written())
    rex = watched.api.post("/pets", json={"name": "Rex"}).json()
    legs = {"type": "integer", "minimum": 2, "maximum": 8}
    with_legs = {**PET, "required": [*PET["required"], "legs"], "properties": {**PET["properties"], "legs": legs}}

    assert "reloaded pets: 3 operations, 1 item kept" == watched.edit(written(with_legs))
    shown = watched.api.get(f"/pets/{rex['id']}").json()
    assert rex == {name: shown[name] for name in rex}
    assert 2 <= shown["legs"] <= 8


def test_a_file_is_watched_from_when_the_document_refers_to_it(watching: Watching, tmp_path: Path) -> None:
    watched = watching(written())
    (tmp_path / "schemas").mkdir()

    assert "schemas/pet.json" in watched.edit(written("schemas/pet.json"))
    (tmp_path / "schemas" / "pet.json").write_text(json.dumps(PET), encoding="utf-8")
    assert "reloaded pets: 3 operations, 0 items kept" == watched.edit(written("schemas/pet.json"))
    assert 201 == watched.api.post("/pets", json={"name": "Bartholomew"}).status_code
    assert "reloaded pets: 3 operations, 0 items kept" == watched.edit(json.dumps(SHORT), "schemas/pet.json")
    assert [] == watched.api.get("/pets").json()


def test_a_behaviour_file_is_watched(watching: Watching, tmp_path: Path) -> None:
    overlay = "overlay: 1.0.0\ninfo: {title: b, version: '1'}\nactions: [{target: $, update: {x-service: {UNKNOWN}}}]\n"
    stated = overlay.replace("UNKNOWN", "unknown-fields: {policy: %s, evidence: assumed}")
    (tmp_path / "behaviour.yaml").write_text(stated % "ignore", encoding="utf-8")
    watched = watching(written(), "--behaviour", str(tmp_path / "behaviour.yaml"))
    extra = {"name": "Rex", "colour": "red"}

    assert 201 == watched.api.post("/pets", json=extra).status_code
    assert watched.edit(stated % "refuse", "behaviour.yaml").startswith("reloaded pets")
    assert 400 == watched.api.post("/pets", json=extra).status_code
    line = watched.edit(stated % "eat", "behaviour.yaml")
    assert "not reloaded" in line
    assert "eat" in line
    assert 201 == watched.api.post("/pets", json={"name": "Rex"}).status_code
