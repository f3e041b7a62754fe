"""The command line, started as users start it."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from mockserver import vendor_files
from mockserver.openapi.runtime_expressions import FORMS
from tests.process import COMMAND, ENVIRONMENT, READY, ROOT, Processes, address, run

COUNTS = {
    document.parent.name: sum(
        method in ("get", "put", "post", "patch", "delete") for item in read["paths"].values() for method in item
    )
    for document in sorted((ROOT / "specs").glob("*/openapi.yaml"))
    if (read := yaml.safe_load(document.read_text(encoding="utf-8")))
}
"""Each vendor, in alphabetical order, with the number of its operations."""

Serve = Callable[..., tuple["subprocess.Popen[str]", list[str]]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start `mockserver serve` on a free port; returns the process and the banner."""
    with Processes() as processes:
        yield lambda *arguments: processes.start("serve", *arguments, "--port", "0", until=READY)


def test_the_vendors_are_listed_with_the_number_of_their_operations() -> None:
    lines = run("specs").stdout.splitlines()

    assert list(COUNTS) == [line.split()[0] for line in lines]
    assert list(COUNTS.values()) == [int(line.split()[1]) for line in lines]


def test_the_command_works_from_any_folder(tmp_path: Path) -> None:
    assert "Basedash" in run("specs", cwd=tmp_path).stdout


@pytest.mark.parametrize("vendor", vendor_files.names())
def test_a_vendor_is_shown_with_the_evidence_of_every_statement(vendor: str) -> None:
    shown = run("specs", "show", vendor).stdout.splitlines()
    told = [line for line in shown if re.match(r"      (documented|inferred|assumed|observed)", line)]
    made = [line for line in shown if re.match(r"  [a-z-]+(\.[a-z-]+)?: ", line)]

    assert len(made) > 10
    assert len(made) == len(told)
    assert all(": " in line for line in told if line.strip().startswith("documented"))


def test_the_page_about_the_vocabulary_is_what_the_command_prints() -> None:
    assert (ROOT / "docs" / "behaviour.md").read_text(encoding="utf-8") == run("specs", "vocabulary").stdout


def test_every_vendor_answers_the_curl_command_of_the_banner(serve: Serve) -> None:
    _, lines = serve()
    curls = [line for line in lines if line.startswith("curl ") and "/_mock/" not in line]

    replies = [
        subprocess.run([*shlex.split(line), "-s", "-o", "-", "-w", "\n%{http_code}"], capture_output=True, text=True,
                       timeout=30, check=True).stdout.splitlines()
        for line in curls
    ]  # fmt: skip

    assert 4 == len(curls)
    assert all(reply[-1] in ("200", "201") for reply in replies), replies


def test_the_banner_has_a_curl_command_for_any_document(serve: Serve, tmp_path: Path) -> None:
    """A document without operations, and an operation without a possible body whose credential is optional."""
    endless = {"type": "object", "required": ["self"], "properties": {"self": {"$ref": "#/components/schemas/Endless"}}}
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Endless"}}}}
    either = {"security": [{}, {"key": []}], "requestBody": body, "responses": {"204": {"description": "done"}}}
    schemes = {"key": {"type": "http", "scheme": "bearer"}}
    written = {
        "nothing": {"paths": {}},
        "endless": {
            "paths": {"/a": {"post": either}},
            "components": {"schemas": {"Endless": endless}, "securitySchemes": schemes},
        },
    }
    for name, rest in written.items():
        document = {"openapi": "3.1.0", "info": {"title": name, "version": "1"}, **rest}
        (tmp_path / f"{name}.json").write_text(json.dumps(document))

    _, lines = serve(*(str(tmp_path / f"{name}.json") for name in written))

    nothing, endless_line, *_ = [shlex.split(line) for line in lines if line.startswith("curl ")]
    assert "{}" == endless_line[-1]
    assert "endless" in httpx.get(endless_line[3].replace("/endless/a", "/endless/openapi.json")).text
    assert "nothing" in httpx.get(nothing[1]).text


def test_ctrl_c_stops_it_cleanly(serve: Serve) -> None:
    process, _ = serve("basedash")
    process.send_signal(signal.SIGINT)

    assert ("stopped\n", 0) == (process.communicate(timeout=20)[0], process.returncode)


def test_a_state_file_is_loaded_at_start(serve: Serve, tmp_path: Path) -> None:
    state = tmp_path / "state.yaml"
    state.write_text(
        "basedash: {org_1: {mcp-server: [{displayName: A, serverUrl: 'https://a.example/mcp'}]}}\n"
        "datagrid: {22222222-2222-4222-8222-222222222222: {mcp-server: []}}\n",
        encoding="utf-8",
    )
    _, lines = serve("basedash", "datagrid", "--state", str(state))

    assert "loaded: 1 item of the state file" in lines
    stored = httpx.get(f"{address(lines)}/_mock/state").json()["basedash"]["org_1"]["mcp-server"]
    assert ["A"] == [item["displayName"] for item in stored]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "basedash: {org_1: {mcp-server: [{displayName: A}]}}",
            ["state.yaml#/basedash/org_1/mcp-server/0", "serverUrl"],
        ),
        ("stripe: {}", ["state.yaml#/stripe", "basedash"]),
        ("basedash: {org_1: {tool: []}}", ["state.yaml#/basedash/org_1/tool", "mcp-server"]),
        ("basedash: {org_1: {mcp-server: {}}}", ["a list"]),
        ("[1", ["state.yaml"]),
    ],
)
def test_an_error_in_a_state_file_names_the_entry(tmp_path: Path, text: str, words: list[str]) -> None:
    state = tmp_path / "state.yaml"
    state.write_text(text, encoding="utf-8")
    done = run("serve", "basedash", "--state", str(state), "--port", "0")

    assert 1 == done.returncode
    assert all(word in done.stderr for word in words), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "word"),
    [(["stripe"], ", ".join(COUNTS)), (["./missing.yaml"], "missing.yaml"), (["--port", "x"], "port")],
)
def test_a_mistake_on_the_command_line_is_reported_without_a_traceback(arguments: list[str], word: str) -> None:
    done = run("serve", *arguments)

    assert 0 != done.returncode
    assert word in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_behaviour_key_is_refused_by_name(tmp_path: Path) -> None:
    overlay = tmp_path / "mine.yaml"
    overlay.write_text(
        "overlay: 1.0.0\nactions: [{target: $, update: {x-service: {rate-limt: {requests: 1}}}}]\n", encoding="utf-8"
    )
    done = run("serve", "basedash", "--behaviour", str(overlay))

    assert 1 == done.returncode
    assert "rate-limt" in done.stderr
    assert "rate-limit" in done.stderr


def test_for_a_port_in_use_the_error_suggests_one_that_is_free(serve: Serve) -> None:
    _, lines = serve("basedash")
    port = address(lines).rsplit(":", 1)[1]
    refused = run("serve", "basedash", "--port", port)
    free = re.search(r"try --port (\d+)", refused.stderr)
    assert free is not None
    _, second = serve("basedash", "--port", free[1])

    assert (1, "") == (refused.returncode, refused.stdout)
    assert refused.stderr.startswith(f"Error: port {port} is in use")
    assert 200 == httpx.get(f"{address(second)}/_mock/health").status_code


def test_a_reader_that_has_gone_stops_the_server_without_a_traceback() -> None:
    """As in `mockserver serve | head -1`, when the banner is longer than what `head` reads."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*COMMAND, "serve", "basedash", "--port", "0"], stdout=writer, stderr=subprocess.PIPE, text=True, timeout=60,
        check=False, env=ENVIRONMENT,
    )  # fmt: skip
    os.close(writer)

    assert ("", 0) == (done.stderr, done.returncode)


@pytest.mark.parametrize(
    ("options", "sync"),
    [
        ((), "simulated (no network)"),
        (("--sync", "off"), "off (no network)"),
        (("--sync", "live"), "live (loopback only; --sync-allow allows more)"),
        (("--sync", "live", "--sync-allow", "10.0.0.0/8", "--sync-allow", "Tools.example", "--allow-stdio"),
         "live (loopback and 10.0.0.0/8, tools.example; runs the commands of registrations)"),
    ],
)  # fmt: skip
def test_the_banner_says_what_live_sync_may_connect_to(serve: Serve, options: tuple[str, ...], sync: str) -> None:
    _, lines = serve("basedash", *options)

    assert f"sync:   {sync}" in lines
    assert ("--allow-stdio" in options) == any("can run any command as you" in line for line in lines)


def test_the_admin_api_needs_a_token_when_other_machines_can_connect(serve: Serve) -> None:
    _, lines = serve("basedash", "--host", "0.0.0.0")  # all addresses, because that is what is tested
    base = address(lines)
    token = next(line.rsplit(" ", 1)[1].strip("\"'") for line in lines if line.startswith("token:"))

    assert 401 == httpx.get(f"{base}/_mock/state").status_code
    assert 200 == httpx.get(f"{base}/_mock/state", headers={"Authorization": f"Bearer {token}"}).status_code


@pytest.mark.parametrize(
    ("host", "url"), [("0.0.0.0", "http://127.0.0.1:"), ("::", "http://[::1]:"), ("localhost", "http://localhost:")]
)  # all addresses, because that is what is tested
def test_the_banner_has_a_url_that_a_client_can_open(serve: Serve, host: str, url: str) -> None:
    _, lines = serve("basedash", "--host", host)

    assert address(lines).startswith(url)
    assert 200 == httpx.get(f"{address(lines)}/basedash/openapi.json").status_code


def test_features_that_the_mock_ignores_are_listed_by_name(tmp_path: Path) -> None:
    ok = {"200": {"description": "ok"}}
    body = {"content": {"application/yaml": {"schema": {"type": "object"}}, "application/octet-stream": {}}}
    document = {
        "openapi": "3.1.0", "info": {"title": "Odd", "version": "1"}, "webhooks": {"made": {"post": {"responses": ok}}},
        "jsonSchemaDialect": "http://json-schema.org/draft-07/schema#",
        "paths": {
            "/a": {"post": {"callbacks": {"done": {"{$uri}": {"post": {"responses": ok}}}}, "responses": ok}},
            "/b": {"put": {"requestBody": body, "responses": ok}},
            "/c?about={word}": {"get": {"responses": ok}},
        },
        "components": {"securitySchemes": {"certificate": {"type": "mutualTLS"}}},
    }  # fmt: skip
    file = tmp_path / "odd.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    printed = run("infer", str(file)).stderr
    place = "the callback 'done' is not sent: #/paths/~1a/post/callbacks/done/{$uri}"

    assert [
        f"{place}: '$uri' is no runtime expression; there are: {FORMS}",
        "bodies in YAML are accepted without validation: PUT /b",
        "client certificates (mutualTLS) are required with --https and --client-ca, otherwise not: certificate",
    ] == [line.partition("odd.json: ")[2] for line in printed.splitlines() if "odd.json: " in line]
    assert 1 == printed.count('the dialect "http://json-schema.org/draft-07/schema#" is not supported')


def test_an_installation_without_extras_prints_no_warnings() -> None:
    """Connexion imports Starlette's test client, which warns when httpx2 (in the `live` extra) is missing."""
    program = (
        "import sys; sys.modules['httpx2'] = None; from mockserver.cli.commands import main; main(['serve', '--help'])"
    )
    environment = {name: value for name, value in ENVIRONMENT.items() if name != "PYTHONWARNINGS"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False, env=environment
    )

    assert "" == done.stderr
    assert done.stdout.startswith("Usage: ")
