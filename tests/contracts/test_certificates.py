"""`--insecure`, and what `SSL_CERT_FILE` trusts, with a mock that serves HTTPS with a self-made certificate."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.cleanup.journal import JOURNAL, Entry, Journal
from mockserver.cli.certificate import write_self_signed
from tests.inner_pytest import run_pytest
from tests.process import ENVIRONMENT, READY, ROOT, Processes, run

pytest_plugins = ["pytester"]

DOCUMENT = str(ROOT / "docs" / "petstore.yaml")
PET = {"name": "Rex", "kind": "dog"}

QUICK = ("--quick", "--only", "listed", "--only", "not_a_server_error")
"""One check of ours and one of Schemathesis, each with connections of its own."""


def base(lines: list[str]) -> str:
    return next(found[1] for line in lines if (found := re.match(r"state: +(https://[^/]+)/", line)))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-made certificate and its key."""
    return write_self_signed(tmp_path_factory.mktemp("certificate"), ["devbox"])


@pytest.fixture
def served(authority: tuple[Path, Path], tmp_path: Path) -> Iterator[str]:
    """The address of a mock whose list of pets fails as often as it is asked."""
    certificate, key = authority
    overrides = tmp_path / "overrides.yaml"
    overrides.write_text('[{"when": {"operation": "listPets"}, "then": {"status": 500, "body": {}}, "invalid": true}]')
    options = ["--https-cert", str(certificate), "--https-key", str(key), "--host", "localhost", "--port", "0"]
    with Processes() as processes:
        yield base(processes.start("serve", DOCUMENT, *options, "--overrides", str(overrides), until=READY)[1])


def test_a_check_of_a_service_with_a_self_made_certificate(served: str, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    done = run("check", f"{served}/openapi.json", "--url", served, "--insecure", *QUICK, "--report", str(folder))
    assert 1 == done.stderr.count("note: certificates are not examined (--insecure)")
    report = json.loads((folder / "report.json").read_text("utf-8"))
    [found, *_] = [each for each in report["findings"] if each["verdict"] == "failure"]
    test = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder / "test_failures.py")],
        capture_output=True, text=True, env=ENVIRONMENT, cwd=tmp_path, check=False,
    )  # fmt: skip
    again = run("replay", str(folder), found["id"], "--insecure")

    assert 1 == done.returncode, done
    assert "$ curl -sSk -i -X GET" in done.stdout
    assert "CERTIFICATE_VERIFY_FAILED" not in done.stdout + json.dumps(report) + test.stdout
    assert all(line.startswith("curl -sSk ") for each in report["findings"] for line in each["curl"])
    assert "curl -sSk " in (folder / "report.md").read_text("utf-8")
    assert "curl -sS " not in (folder / "report.md").read_text("utf-8")
    assert {"conformance", "not_a_server_error"} & {each["check"] for each in report["outcomes"]}
    assert "AssertionError" in test.stdout
    assert 1 == again.returncode, again
    assert "curl -sSk" in again.stdout


def test_without_the_option_every_command_says_what_to_do(served: str, tmp_path: Path) -> None:
    users = tmp_path / "users.yaml"
    users.write_text(
        "auth:\n- name: ada\n  loginEndpointAuth:\n    endpoint: /login\n    verb: POST\n"
        "    payloadRaw: '{}'\n    token: {extractFrom: body, extractSelector: /token, sendIn: header, sendName: A}\n"
    )
    check = ["check", DOCUMENT, "--url", served, "--report", str(tmp_path)]
    workflow = ["run", str(ROOT / "docs" / "orders.arazzo.yaml"), "--url", served, "--input", "name=Ada"]
    told = [run(*each) for each in (check, [*check, "--auth-file", str(users)], workflow)]

    for done in told:
        assert 2 == done.returncode, done
        assert f"the certificate of {served} is not trusted" in done.stdout + done.stderr
        assert "SSL_CERT_FILE" in done.stdout + done.stderr
        assert "--insecure" in done.stdout + done.stderr


def test_an_authority_of_the_environment_is_trusted_by_all_of_the_check(
    served: str, authority: tuple[Path, Path], tmp_path: Path
) -> None:
    command = ["check", f"{served}/openapi.json", "--url", served, *QUICK, "--report", str(tmp_path)]
    done = run(*command, environment={**ENVIRONMENT, "SSL_CERT_FILE": str(authority[0])})
    unreadable = run(*command, environment={**ENVIRONMENT, "SSL_CERT_FILE": str(tmp_path / "none.pem")})

    assert 1 == done.returncode, done
    assert "CERTIFICATE_VERIFY_FAILED" not in (tmp_path / "report.json").read_text("utf-8")
    assert 2 == unreadable.returncode
    assert "SSL_CERT_FILE" in unreadable.stderr
    assert "Traceback" not in unreadable.stderr


def test_a_document_from_a_server_that_is_not_trusted_says_what_to_do(served: str) -> None:
    done = run("infer", f"{served}/openapi.json")

    assert 1 == done.returncode
    assert "the certificate is not trusted; name a PEM file with its authority in SSL_CERT_FILE" in done.stderr


def test_what_a_check_left_behind_is_deleted_with_the_option(served: str, tmp_path: Path) -> None:
    created = subprocess.run(
        ["curl", "-sSk", f"{served}/pets", "--json", json.dumps(PET)], capture_output=True, text=True, check=True
    )
    address = f"{served}/pets/{json.loads(created.stdout)['id']}"
    Journal(tmp_path / JOURNAL).created("1", Entry("DELETE", address, "header"))
    command = ["cleanup", DOCUMENT, "--report", str(tmp_path), "--header", "X-User: ada-of-the-pets"]

    kept = run(*command)
    done = run(*command, "--insecure")

    assert (1, f"could not delete {address}\n") == (kept.returncode, kept.stdout)
    assert (0, f"deleted {address}\n") == (done.returncode, done.stdout)


def test_pytest_has_the_option_too(served: str, pytester: pytest.Pytester) -> None:
    options = ("--contract", DOCUMENT, "--target", served, "-k", "create")
    runs = [run_pytest(pytester, *options, *more) for more in ([], ["--contract-insecure"])]

    assert [2, 0] == [each.ret for each in runs]
    assert "in pytest --contract-insecure" in runs[0].stdout.str()
