"""A reference to what is no regular file is refused at load, and never waited for."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from mockserver.errors import InvalidDocument
from mockserver.openapi import source

POINTER = "/paths/~1a/get/responses/200/content/application~1json/schema"


def document(folder: Path, media: dict[str, object]) -> Path:
    response = {"description": "d", "content": {"application/json": media}}
    paths = {"/a": {"get": {"responses": {"200": response}}}}
    path = folder / "api.json"
    path.write_text(json.dumps({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths}))
    return path


def unusual(folder: Path, kind: str) -> str:
    path = folder / "other.yaml"
    if kind == "a FIFO":
        os.mkfifo(path)
    elif kind == "a directory":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")
    return path.name


@pytest.mark.parametrize("kind", ["a FIFO", "a directory", "a device"])
def test_a_reference_to_no_regular_file_names_pointer_path_and_kind(kind: str, tmp_path: Path) -> None:
    name = unusual(tmp_path, kind)

    read = source.read(document(tmp_path, {"schema": {"$ref": f"{name}#/Pet"}}), outside=kind == "a device")

    [fault] = read.unread
    assert POINTER == fault.pointer
    assert f"the reference '{name}#/Pet' cannot be resolved: {name}: is {kind} and not a file" == fault.message


def test_an_external_example_in_a_fifo_is_refused(tmp_path: Path) -> None:
    name = unusual(tmp_path, "a FIFO")

    read = source.read(document(tmp_path, {"examples": {"one": {"externalValue": name}}}))

    assert ["the example cannot be read: other.yaml: is a FIFO and not a file"] == [f.message for f in read.unread]


def test_a_document_itself_may_come_through_a_pipe(tmp_path: Path) -> None:
    text = document(tmp_path, {"schema": {"type": "string"}}).read_bytes()
    reading, writing = os.pipe()
    os.write(writing, text)
    os.close(writing)

    read = source.read(Path(f"/dev/fd/{reading}"))

    os.close(reading)
    assert ["/a"] == list(read.raw["paths"])


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://ann:s3cret@127.0.0.1:9/a.yaml", "http://***@127.0.0.1:9/a.yaml"),
        ("http://127.0.0.1:9/a.yaml?v=1&access_token=s3cret&n=2", "http://127.0.0.1:9/a.yaml?v=1&access_token=***&n=2"),
        ("http://127.0.0.1:9/a.yaml?key=s3cret", "http://127.0.0.1:9/a.yaml?key=***"),
        ("http://127.0.0.1:9/a.yaml?X-Amz-Signature=s3cret", "http://127.0.0.1:9/a.yaml?X-Amz-Signature=***"),
        ("http://127.0.0.1:9/a.yaml?keyword=open", "http://127.0.0.1:9/a.yaml?keyword=open"),
    ],
)
@pytest.mark.parametrize("outside", [False, True])
def test_a_message_shows_no_password_of_an_address(address: str, shown: str, outside: bool, tmp_path: Path) -> None:
    [fault] = source.read(document(tmp_path, {"schema": {"$ref": address}}), outside=outside).unread

    assert isinstance(fault, InvalidDocument)
    assert shown in str(fault)
    assert "s3cret" not in str(fault) + fault.message
