"""`$self` of OpenAPI 3.2 is the base of the references of a document, wherever its file is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import mockserver
from mockserver.openapi import source
from mockserver.openapi.pointer import lookup, target
from tests.client import Client

SELF = "https://api.test/apis/v1/openapi.json"


def written(folder: Path, ref: str, own: str | None = SELF, version: str = "3.2.0") -> Path:
    """A document with one reference; `$self` is `own`."""
    document: dict[str, Any] = {"openapi": version, "info": {"title": "T", "version": "1"}, "x-it": {}}
    document |= {"$self": own} if own is not None else {}
    document |= {"paths": {}, "components": {"schemas": {"Own": {"const": "own"}, "It": {"$ref": ref}}}}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "api.json").write_text(json.dumps(document))
    return folder / "api.json"


def schema(folder: Path, name: str, value: Any) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(value))


def found(document: Path) -> Any:
    """What the reference leads to; the errors if it leads nowhere."""
    read = source.read(document)
    if read.unread:
        return [str(fault) for fault in read.unread]
    return lookup(read.raw, target(read.raw["components"]["schemas"]["It"]["$ref"]))


@pytest.mark.parametrize(("ref", "meant"), [
    (f"{SELF}#/components/schemas/Own", {"const": "own"}),
    ("openapi.json#/components/schemas/Own", {"const": "own"}),
    ("/apis/v1/openapi.json#/components/schemas/Own", {"const": "own"}),
    ("#/components/schemas/Own", {"const": "own"}),
    ("schemas/pet.json", {"const": "pet"}),
    ("https://api.test/apis/v1/schemas/pet.json", {"const": "pet"}),
    ("/apis/v1/schemas/pet.json", {"const": "pet"}),
])  # fmt: skip
def test_references_start_from_the_uri_of_the_document(tmp_path: Path, ref: str, meant: Any) -> None:
    schema(tmp_path / "first", "schemas/pet.json", {"const": "pet"})
    document = written(tmp_path / "first", ref)
    moved = shutil.copytree(tmp_path / "first", tmp_path / "moved" / "far")

    assert meant == found(document) == found(moved / "api.json")


def test_a_document_that_is_referred_to_has_a_base_of_its_own(tmp_path: Path) -> None:
    back = f"{SELF}#/components/schemas/Own"
    fields = {"name": {"$ref": "parts/name.json"}, "back": {"$ref": back}}
    other = {"openapi": "3.2.0", "$self": "https://other.test/x/shared.json", "It": {"properties": fields}}
    schema(tmp_path, "shared/them.json", other)
    schema(tmp_path, "shared/parts/name.json", {"const": "name"})

    shown = found(written(tmp_path, "shared/them.json#/It"))["properties"]

    assert {"$ref": "#/x-files/shared~1parts~1name.json"} == shown["name"]
    assert {"$ref": "#/components/schemas/Own"} == shown["back"]


def test_a_relative_uri_starts_from_where_the_file_is(tmp_path: Path) -> None:
    schema(tmp_path, "shared/pet.json", {"const": "pet"})

    assert {"const": "pet"} == found(written(tmp_path, "pet.json", own="shared/api.json"))


def test_what_is_not_beside_the_copy_is_fetched_only_on_request(tmp_path: Path) -> None:
    (told,) = found(written(tmp_path, "schemas/none.json"))

    assert "https://api.test/apis/v1/schemas/none.json" in told
    assert "--outside" in told


def test_the_folder_of_a_document_is_not_left_because_of_its_uri(tmp_path: Path) -> None:
    schema(tmp_path, "secret.json", {"const": "secret"})

    (told,) = found(written(tmp_path / "folder", "../secret.json"))

    assert "secret" not in told.partition("cannot be resolved: ")[2].replace("secret.json", "")


def test_before_3_2_it_means_nothing(tmp_path: Path) -> None:
    schema(tmp_path, "pet.json", {"const": "pet"})

    assert {"const": "pet"} == found(written(tmp_path, "pet.json", own="https://api.test/x/y.json", version="3.1.0"))


@pytest.mark.parametrize("host", ["https://example.com", ""])
def test_copies_have_suffixes_and_schemas_their_own_uris(tmp_path: Path, host: str) -> None:
    """The documents of appendix F: `shared/foo` is in `shared/foo.yaml`, and `../schemas/foo` is an `$id` in it."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "api.yaml").write_text(f"""openapi: 3.2.0
$self: {host}/api/openapi
info: {{title: T, version: '1'}}
paths:
  /foo:
    post:
      requestBody: {{$ref: 'shared/foo#/components/requestBodies/Foo'}}
      security: [{{'shared/foo#/components/securitySchemes/far': []}}]
      responses: {{'204': {{description: ok}}, '400': {{description: refused}}, '401': {{description: refused}}}}
""")
    (tmp_path / "shared" / "foo.yaml").write_text(f"""openapi: 3.2.0
$self: {host}/api/shared/foo
info: {{title: Shared, version: '1'}}
components:
  securitySchemes: {{far: {{type: http, scheme: bearer}}}}
  requestBodies: {{Foo: {{content: {{application/json: {{schema: {{$ref: ../schemas/foo}}}}}}}}}}
  schemas:
    Foo: {{$id: {host}/api/schemas/foo, properties: {{bar: {{$ref: bar}}}}}}
    Bar: {{$id: {host}/api/schemas/bar, type: string}}
""")
    token = {"authorization": "Bearer x"}

    with Client(mockserver.create_app(tmp_path / "api.yaml")) as api:
        replies = [api.post("/foo", json={"bar": value}, headers=token) for value in ("x", 1)]
        anonymous = api.post("/foo", json={"bar": "x"})

    assert [204, 400, 401] == [each.status_code for each in (*replies, anonymous)]
