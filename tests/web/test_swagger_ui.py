"""Swagger UI renders OpenAPI 3.1 and loads nothing from other servers."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.web.middleware import swagger_ui

ELSEWHERE = "http://192.0.2.7/chart.png"
"""An address of TEST-NET-1 (RFC 5737), where no server is."""

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {
        "title": "Tides",
        "version": "1",
        "summary": "High water and low water.",
        "description": f"![chart]({ELSEWHERE})",
    },
    "paths": {
        "/harbours": {
            "post": {
                "operationId": "openHarbour",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Harbour"}}}},
                "responses": {"201": {"description": "Open."}},
            }
        }
    },
    "webhooks": {"stormWarning": {"post": {"responses": {"200": {"description": "Heard."}}}}},
    "components": {
        "schemas": {
            "Harbour": {
                "type": "object",
                "properties": {
                    "depth": {"type": ["number", "null"], "exclusiveMinimum": 0},
                    "kind": {"const": "harbour"},
                },
            }
        }
    },
}


class Harbour(BaseHTTPRequestHandler):
    """Serves the page, its assets and the document above, and records the requests."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        found = self.find()
        self.send_response(404 if found is None else 200)
        content, content_type = found or (b"", "text/plain")
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def find(self) -> tuple[bytes, str] | None:
        if self.path == "/tides/docs":
            return swagger_ui.page("Tides", "/tides/openapi.json"), "text/html; charset=utf-8"
        if self.path == "/tides/openapi.json":
            return orjson.dumps(DOCUMENT), "application/json"
        return swagger_ui.asset(self.path.removeprefix("/_mock/assets/"))

    def log_message(self, *_: object) -> None:
        """Print nothing: the test reads `asked`."""


@contextmanager
def harbour() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    handler = type("AskedHarbour", (Harbour,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def test_a_3_1_document_is_rendered_without_other_hosts(browse: Callable[..., str]) -> None:
    with harbour() as (address, asked):
        shown = browse(
            f"{address}/tides/docs#/default/openHarbour", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
        )

    text = " ".join(unescape(re.sub(r"<[^>]+>", " ", shown)).split())
    for expected in ("OAS 3.1", "High water and low water.", "/harbours openHarbour", "Webhooks POST stormWarning"):
        assert expected in text
    assert '{ "depth": 1, "kind": "harbour" }' in text, "the example comes from keywords that only 3.1 has"
    assert {"/tides/docs", "/tides/openapi.json"} <= {path.partition("#")[0] for path in asked}


def test_an_image_of_another_host_in_a_document_is_not_loaded(browse: Callable[..., str], tmp_path: Path) -> None:
    log = tmp_path / "net.json"
    with harbour() as (address, _):
        shown = browse(f"{address}/tides/docs", f"--log-net-log={log}")

    assert ELSEWHERE in shown, "the picture is part of the page"
    assert ELSEWHERE not in log.read_text(errors="replace"), "but the browser never asked for it"


def test_the_page_has_only_urls_of_its_own_server() -> None:
    page = swagger_ui.page("Tides", "/tides/openapi.json").decode()

    references = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert references
    assert all(each.startswith("/") and not each.startswith("//") for each in references)


def test_every_asset_of_the_page_is_served_with_its_content_type() -> None:
    page = swagger_ui.page("Tides", "/tides/openapi.json").decode()

    for name in re.findall(r'"/_mock/assets/([^"]*)"', page):
        found = swagger_ui.asset(name)
        assert found is not None, name
        assert (True, swagger_ui.CONTENT_TYPES[Path(name).suffix]) == (len(found[0]) > 0, found[1])


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../flask_swagger_ui.py",
        "dist/index.css",
        "..%2Findex.css",
        "/etc/passwd",
        "VERSION",
        "index.css\0",
    ],
)
def test_a_name_that_is_no_file_of_swagger_ui_is_not_found(name: str) -> None:
    assert swagger_ui.asset(name) is None


@given(st.text(), st.text())
def test_titles_and_urls_are_escaped(title: str, address: str) -> None:
    plain = swagger_ui.page("", "").decode()
    page = swagger_ui.page(title, address).decode()

    assert plain.count("<") == page.count("<")
    options = page.split("SwaggerUIBundle(")[-1].rsplit(")</script>", maxsplit=1)[0]
    assert address == orjson.loads(options)["url"]


def test_swagger_ui_needs_the_files_of_its_package_but_none_of_its_code() -> None:
    code = (
        "import sys; from mockserver.web.middleware import swagger_ui; "
        "swagger_ui.asset('index.css'); print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert "mockserver.web.middleware.swagger_ui" in loaded
    assert "flask_swagger_ui" not in loaded
