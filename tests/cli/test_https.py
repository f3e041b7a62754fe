"""HTTPS with a self-made certificate, or with a given one."""

from __future__ import annotations

import re
import ssl
import subprocess
from pathlib import Path

import httpx
import pytest

from mockserver.cli.certificate import write_self_signed
from tests.cli.test_start import run as run_without
from tests.process import ENVIRONMENT, READY, ROOT, Processes, run

DOCUMENT = str(ROOT / "docs" / "petstore.yaml")


def base(lines: list[str]) -> str:
    return next(found[1] for line in lines if (found := re.match(r"state: +(https://[^/]+)/", line)))


def test_a_certificate_is_made_and_the_first_request_works_as_printed() -> None:
    with Processes() as processes:
        _, lines = processes.start("serve", DOCUMENT, "--https", "--port", "0", until=READY)
        [command] = [line for line in lines if line.startswith("curl ")]
        done = subprocess.run(
            f"{command} -sS -w '%{{http_code}}'", shell=True, capture_output=True, text=True, timeout=30, check=False
        )
        shown = httpx.get(f"{base(lines)}/openapi.json", verify=False).json()
        number = httpx.get(f"{base(lines)}/petz", verify=False).headers["mock-request"]
        mended = httpx.get(f"{base(lines)}/_mock/requests/{number}/why", verify=False).json()["curl"]
        listed = subprocess.run(
            f"{mended} -sS -w '%{{http_code}}'", shell=True, capture_output=True, text=True, timeout=30, check=False
        )

    assert done.stdout.endswith("201"), done
    assert listed.stdout.endswith("200"), listed
    assert shown["servers"][0]["url"].startswith("https://")


def test_a_given_certificate_is_trusted_by_who_trusts_it(tmp_path: Path) -> None:
    certificate, key = write_self_signed(tmp_path, ["devbox"])
    options = ["--https-cert", str(certificate), "--https-key", str(key), "--host", "localhost"]
    with Processes() as processes:
        _, lines = processes.start("serve", DOCUMENT, *options, "--port", "0", until=READY)
        trusting = ssl.create_default_context(cafile=certificate)
        listed = [httpx.get(f"{base(lines)}/pets", verify=trusting).json() for _ in range(2)]

    assert [{"pets": [], "total": 0}] * 2 == listed
    assert 0 == key.stat().st_mode & 0o077
    assert not [line for line in lines if "--insecure" in line]


def test_the_contract_check_trusts_the_authorities_of_the_environment_and_says_how(tmp_path: Path) -> None:
    certificate, key = write_self_signed(tmp_path, ["devbox"])
    options = ["--https-cert", str(certificate), "--https-key", str(key), "--host", "localhost"]
    only = ["--only", "create", "--report", str(tmp_path / "reports")]
    with Processes() as processes:
        _, lines = processes.start("serve", DOCUMENT, *options, "--port", "0", until=READY)
        command = ["check", DOCUMENT, "--url", base(lines), *only]
        untrusted = run(*command)
        trusted = run(*command, environment={**ENVIRONMENT, "SSL_CERT_FILE": str(certificate)})
        unreadable = run(*command, environment={**ENVIRONMENT, "SSL_CERT_FILE": str(tmp_path / "none.pem")})

    assert [2, 0, 2] == [untrusted.returncode, trusted.returncode, unreadable.returncode], trusted
    assert f"the certificate of {base(lines)} is not trusted: name a PEM file" in untrusted.stdout + untrusted.stderr
    assert "SSL_CERT_FILE: " in unreadable.stderr
    assert "No such file" in unreadable.stderr


@pytest.mark.parametrize("names", [["a.pem"], ["a.pem", "a.pem"]])
def test_files_that_are_no_certificate_and_key_are_refused(tmp_path: Path, names: list[str]) -> None:
    (tmp_path / "a.pem").write_text("no certificate")
    options = [text for option, name in zip(["--https-cert", "--https-key"], names, strict=False)
               for text in (option, str(tmp_path / name))]  # fmt: skip

    done = run("serve", DOCUMENT, *options)

    assert (2, "") == (done.returncode, done.stdout)
    assert "--https-key" in done.stderr


def test_without_its_extra_the_install_line_is_printed() -> None:
    done = run_without("serve", "basedash", "--https", blocked=("cryptography",))

    assert 2 == done.returncode
    assert "this needs cryptography: pip install 'mockserver[https]'" in done.stderr
