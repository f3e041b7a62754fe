"""What people give by mistake in place of a document, and what the command line says about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver.cli.commands import main
from tests.process import READY, Processes, address, run

POSTMAN = '{"info": {"_postman_id": "1", "name": "x"}, "item": []}'

COMMENT = '{\n  // the version\n  "openapi": "3.1.0"\n}'


def infer(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> Result:
    """What `mockserver infer` does with a name in a folder."""
    monkeypatch.chdir(folder)
    return CliRunner().invoke(main, ["infer", name])


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("api.yaml", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", "is a PDF: expected YAML or JSON"),
        ("api.yaml", b"PK\x03\x04\x14\x00\x00", "is a ZIP archive or an Office document"),
        ("api.yaml", b"a: 1\nb: \x03\n", "invalid YAML at line 2: not a text in UTF-8"),
        ("api.yaml", b"a: caf\xe9\n", "invalid YAML at line 1: not a text in UTF-8"),
        ("api.yaml", b"<!DOCTYPE html>\n<html>", "found an HTML page"),
        ("api.yaml", b"info:\n\ttitle: x\n", "line 2, column 1: found character that cannot start any token; YAML is "),
        ("api.yaml", b"info:\n  a: 1\n\tb: 2\n", "YAML is indented with spaces, and this line with a tab"),
        ("api.json", POSTMAN.encode(), "is a Postman collection; convert it to OpenAPI first"),
        ("api.json", b'{"log": {"entries": []}}', "is an HTTP Archive (HAR); convert it"),
        ("api.yaml", b"asyncapi: 3.0.0\n", "is an AsyncAPI document"),
        ("api.yaml", b"arazzo: 1.0.1\n", "run it with `mockserver run`"),
        ("api.yaml", b"overlay: 1.0.0\n", "give it with --behaviour"),
        ("api.yaml", b"paths: {}\nlog: 1\n", "the version is missing"),
        ("api.json", COMMENT.encode(), "line 2, column 3: unexpected character, expected a string key; JSON has no"),
        ("api.json", b'// mine\n{"openapi": "3.1.0"}', "invalid JSON at line 1, column 1"),
        ("api.json", b'{"openapi": "3.1.0", "x": }', "invalid JSON at line 1, column 27"),
    ],
)
def test_a_file_that_is_no_document_is_called_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(data)

    done = infer(tmp_path, monkeypatch, name)

    assert 1 == done.exit_code
    assert f"{name}: " in done.output
    assert says in done.output
    assert ("no comments" in done.output) == (b"//" in data)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("shopp.yaml", "No such file or directory; did you mean shop.yaml?"),
        ("other.yaml", "No such file or directory\n"),
        ("nowhere/shop.yaml", "No such file or directory\n"),
        ("shop", "unknown vendor 'shop'; known vendors: basedash, datagrid, gaia, piper; did you mean shop.yaml?"),
        ("nothing", "known vendors: basedash, datagrid, gaia, piper\n"),
        (".", ". is a directory; name a document, such as shop.yaml"),
        ("empty", "empty is a directory; name a document\n"),
    ],
)
def test_a_wrong_name_is_answered_with_one_that_may_be_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, says: str
) -> None:
    (tmp_path / "shop.yaml").touch()
    (tmp_path / "empty").mkdir()

    done = infer(tmp_path, monkeypatch, name)

    assert 1 == done.exit_code
    assert says in done.output


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("127.0.0.1:1/v2", "--url must begin with http:// or https://; did you mean http://127.0.0.1:1/v2?"),
        ("localhost:1", "did you mean http://localhost:1?"),
        ("ftp://127.0.0.1", "--url must begin with http:// or https://\n"),
        ("me:secret@127.0.0.1", "--url must contain no credential and no query; use --auth\n"),
    ],
)
def test_an_address_without_a_scheme_is_answered_with_one(url: str, says: str) -> None:
    done = run("check", "docs/petstore.yaml", "--url", url)

    assert 2 == done.returncode
    assert says in done.stderr
    assert "secret" not in done.stderr


def test_a_command_for_a_sandbox_says_that_its_address_has_no_base_path() -> None:
    with Processes() as processes:
        base = address(processes.start("serve", "docs/shop.yaml", "--port", "0", until=READY)[1])
        done = run("requests", "--url", f"{base}/v2")

    assert 1 == done.returncode
    assert "give the address of the sandbox, without the base path /v2 of a service" in done.stderr


DANGLING = """openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /a: {get: {responses: {'200': {description: a, content: {application/json: {schema: {$ref: '#/definitions/A'}}}}}}}
  /b: {get: {responses: {'200': {description: b}}}, put: {responses: {'204': {description: b}}}}
"""


@pytest.mark.parametrize(("command", "verb"), [("serve", "serves"), ("infer", "reads")])
def test_what_would_be_left_of_an_invalid_document_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, verb: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("api.yaml").write_text(DANGLING)
    Path("bad.yaml").write_text(DANGLING.split("  /b", maxsplit=1)[0])
    rest, none = (CliRunner().invoke(main, [command, name]) for name in ("api.yaml", "bad.yaml"))

    assert (1, 1) == (rest.exit_code, none.exit_code)
    assert f"--lenient leaves out what is wrong, and {verb} GET /b and 1 more" in rest.output
    assert "the reference '#/definitions/A' points to nothing" in none.output
    assert "--lenient" not in none.output


def test_references_to_one_file_that_cannot_be_read_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    reference = "{$ref: 'http://127.0.0.1:9/%s.yaml#/components/responses/%s'}"
    responses = "{'200': " + reference % ("own", "A") + ", '404': " + reference % ("gone", "B") + "}"
    paths = "\n".join(f"  /{name}: {{get: {{responses: {responses}}}}}" for name in "abc")
    Path("api.yaml").write_text(f"openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n{paths}\n")

    done = CliRunner().invoke(main, ["serve", "api.yaml"])

    assert "api.yaml: 6 errors" in done.output
    assert 2 == done.output.count("is on another machine; fetch it with --outside (and 2 more references to this file)")
    assert 2 == done.output.count("is on another machine")
