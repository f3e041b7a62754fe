"""Scans of letters: the checks `upload-size` and `download` send files of the stated size, and read them again."""

from __future__ import annotations

import json
import mimetypes
import re
from pathlib import Path
from typing import Any

import pytest

from contracts.client.target import Target
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.contracts.asgi_app import body_of, live
from tests.contracts.test_foreign_shapes import path_parameter
from tests.web.document import Node, answers, document

NO: Node = {"description": "no"}
TYPES = ["image/png", "image/gif"]
UPLOAD = "Adds a scan of up to 2000 bytes (413 if it is larger)."
SHOWN = "The bytes as they were uploaded, with the media type that they have."
SIZE: Node = {"type": "integer", "description": "The length of the scan in bytes."}
SCAN: Node = {
    "type": "object",
    "required": ["id", "size", "kind"],
    "properties": {"id": {"type": "integer"}, "size": SIZE, "kind": {"enum": TYPES}},
}


def written(upload: str = UPLOAD, shown: str = SHOWN) -> Node:
    file: Node = {
        "type": "object",
        "required": ["scan"],
        "properties": {"scan": {"type": "string", "format": "binary"}},
    }
    form = {"multipart/form-data": {"schema": file, "encoding": {"scan": {"contentType": ", ".join(TYPES)}}}}
    binary = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in TYPES}
    scan = path_parameter("scan_id", {"type": "integer"})
    paths: Node = {
        "/scans": {
            "post": {
                "description": upload,
                "requestBody": {"required": True, "content": form},
                "responses": answers(SCAN, "201") | {"400": NO, "413": NO, "415": NO},
            }
        },
        "/scans/{scan_id}": {"parameters": [scan], "get": {"responses": answers(SCAN) | {"404": NO}}},
        "/scans/{scan_id}/content": {
            "parameters": [scan],
            "get": {"description": shown, "responses": {"200": {"description": "it", "content": binary}, "404": NO}},
        },
    }
    return document(paths)


class Scans:
    """The service, with a flaw: `below` refuses the largest size, `any` no size; `named` guesses the type by the name,
    `cut` loses the last byte, `letters` counts letters."""

    def __init__(self, flaw: str = "") -> None:
        self.flaw = flaw
        self.scans: list[tuple[str, bytes]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
            return
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        body = await body_of(receive)
        status, kind, content = self._answer(scope["method"], scope["path"], headers.get("content-type", ""), body)
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind.encode())]})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, method: str, path: str, media_type: str, body: bytes) -> tuple[int, str, bytes]:
        if method == "POST" and path == "/scans":
            return self._add(media_type, body)
        found = re.fullmatch(r"/scans/(\d{1,9})(/content)?", path)
        if found is None or int(found[1]) >= len(self.scans):
            return 404, "application/json", b"{}"
        kind, content = self.scans[int(found[1])]
        if found[2]:
            shown = mimetypes.guess_type("contract-check")[0] or "image/png" if self.flaw == "named" else kind
            return 200, shown, content[:-1] if self.flaw == "cut" else content
        return 200, "application/json", self._shown(int(found[1]))

    def _add(self, media_type: str, body: bytes) -> tuple[int, str, bytes]:
        boundary = re.search(r'boundary="?([^";]+)', media_type)
        parts = body.split(b"--" + boundary[1].encode()) if boundary else []
        part = next((each for each in parts if b'name="scan"' in each), b"")
        head, _, content = part.removesuffix(b"\r\n").partition(b"\r\n\r\n")
        kind = re.search(rb"(?i)content-type: ([\w/+.-]+)", head)
        if kind is None or kind[1].decode() not in TYPES:
            return 415, "application/json", b"{}"
        most = 1999 if self.flaw == "below" else 2000
        if len(content) > most and self.flaw != "any":
            return 413, "application/json", b"{}"
        self.scans.append((kind[1].decode(), content))
        return 201, "application/json", self._shown(len(self.scans) - 1)

    def _shown(self, id: int) -> bytes:
        content = self.scans[id][1]
        size = len(content.decode("utf-8", "replace")) if self.flaw == "letters" else len(content)
        return json.dumps({"id": id, "size": size, "kind": self.scans[id][0]}).encode()


def checked(folder: Path, flaw: str, document: Node) -> CheckResult:
    file = folder / "scans.json"
    file.write_text(json.dumps(document))
    with Target.asgi(Scans(flaw), []) as target:
        return run_checks(contracts.of(file), target, only=["upload-size", "upload-length", "download"])


def found(result: CheckResult) -> list[tuple[str, str]]:
    return sorted({(each.check, each.verdict) for each in result.findings})


def test_a_service_that_keeps_files_as_described_passes(tmp_path: Path) -> None:
    result = checked(tmp_path, "", written())

    assert [] == found(result)
    assert "passed" == result.outcomes["POST /scans", "upload-size"]
    assert "passed" == result.outcomes["POST /scans", "upload-length"]
    assert "passed" == result.outcomes["GET /scans/{scan_id}/content", "download"]


@pytest.mark.parametrize(
    ("flaw", "check"),
    [
        ("below", "upload-size"),
        ("any", "upload-size"),
        ("named", "download"),
        ("cut", "download"),
        ("letters", "upload-length"),
    ],
)
def test_what_is_not_as_described_is_a_failure(flaw: str, check: str, tmp_path: Path) -> None:
    assert [(check, "failure")] == found(checked(tmp_path, flaw, written()))


def test_without_a_sentence_about_the_download_it_is_a_warning(tmp_path: Path) -> None:
    assert [("download", "warning")] == found(checked(tmp_path, "cut", written(shown="The scan.")))


@pytest.mark.parametrize(
    "sentence",
    [
        "Files may have at most 2 kB.",
        "The maximum size is 2000 bytes.",
        "A scan has 1 to 2000 bytes (413 if it is larger).",
    ],
)
def test_a_size_is_read_in_several_ways(sentence: str, tmp_path: Path) -> None:
    assert [("upload-size", "failure")] == found(checked(tmp_path, "below", written(sentence)))


@pytest.mark.parametrize(
    "sentence", ["Supports scans up to 0MB.", "All files together have up to 2000 bytes.", "A scan."]
)
def test_a_sentence_about_no_file_says_no_size(sentence: str, tmp_path: Path) -> None:
    result = checked(tmp_path, "below", written(sentence))

    assert ("POST /scans", "upload-size") not in result.outcomes
