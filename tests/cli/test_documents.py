"""The options `--lenient` for invalid documents and `--outside` for documents in several folders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver.errors import DocumentError
from tests.client import Client
from tests.inference.pets import collection, item
from tests.process import READY, Processes, run
from tests.web.document import answers, document, served


def with_broken(paths: dict[str, Any]) -> dict[str, Any]:
    """A document with one more operation, whose reference points to nothing."""
    return document(paths | {"/broken": {"get": {"responses": answers({"$ref": "#/components/schemas/none"})}}})


def in_two(folder: Path, reference: str, pet: Path) -> Path:
    """A document about pets whose schema is in the file `pet`; `reference` is how the document refers to it."""
    pet.parent.mkdir(parents=True, exist_ok=True)
    pet.write_text(json.dumps(item()))
    paths = collection("/pets", item())
    paths["/pets/{id}"]["get"]["responses"] = answers({"$ref": reference})
    path = folder / "api" / "pets.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document(paths)))
    return path


@pytest.mark.parametrize("command", ["infer", "serve"])
def test_an_invalid_document_is_refused_with_every_error(tmp_path: Path, command: str) -> None:
    path = tmp_path / "pets.json"
    path.write_text(json.dumps(with_broken(collection("/pets", item()))))
    done = run(command, str(path))

    assert (1, "") == (done.returncode, done.stdout)
    assert "pets.json" in done.stderr
    assert "/paths/~1broken/get" in done.stderr


def test_with_lenient_the_valid_rest_is_inferred_and_skipped_operations_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "pets.json"
    path.write_text(json.dumps(with_broken(collection("/pets", item()))))
    done = run("infer", str(path), "--lenient")

    assert 0 == done.returncode
    assert "$.paths['/pets'].post" in done.stdout
    assert "/broken" not in done.stdout
    assert "/paths/~1broken/get" in done.stderr


def test_with_lenient_the_valid_rest_is_served(tmp_path: Path) -> None:
    path = tmp_path / "shop.json"
    path.write_text(json.dumps(with_broken(collection("/pets", item()))))
    with Processes() as processes:
        _, lines = processes.start("serve", str(path), "--lenient", "--port", "0", until=READY)
        base = next(word for line in lines for word in line.split() if word.startswith("http://")).split("/shop")[0]

        assert 201 == httpx.post(f"{base}/shop/pets", json={"name": "Rex"}).status_code
        assert 404 == httpx.get(f"{base}/shop/broken").status_code
        assert any("/paths/~1broken/get" in line for line in lines)


def test_files_below_the_folder_of_the_document_are_read(tmp_path: Path) -> None:
    path = in_two(tmp_path, "schemas/pet.json", tmp_path / "api" / "schemas" / "pet.json")
    done = run("infer", str(path))

    assert (0, "") == (done.returncode, done.stderr)
    assert "$.paths['/pets'].post" in done.stdout


def test_files_outside_of_the_folder_are_read_only_with_outside(tmp_path: Path) -> None:
    path = in_two(tmp_path, "../shared/pet.json", tmp_path / "shared" / "pet.json")
    refused, allowed = run("infer", str(path)), run("infer", str(path), "--outside")

    assert (1, "") == (refused.returncode, refused.stdout)
    assert "--outside" in refused.stderr
    assert "../shared/pet.json" in refused.stderr
    assert (0, "") == (allowed.returncode, allowed.stderr)
    assert "$.paths['/pets'].post" in allowed.stdout


def test_create_app_is_as_strict_as_the_command(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="broken"):
        served(tmp_path, with_broken(collection("/pets", item())))
    with Client(served(tmp_path, document(collection("/pets", item())))) as client:
        assert 200 == client.get("/pets").status_code
