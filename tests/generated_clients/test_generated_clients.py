"""Clients generated from `/<name>/openapi.json` of a running mock compile, and work against it unmodified."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.package import KEPT, fetch, kept
from tests.process import READY, ROOT, Processes, address

NPM = (
    "openapi-typescript@7.13.0", "openapi-fetch@0.17.0", "@hey-api/openapi-ts@0.95.0", "orval@7.13.2",
    "typescript@5.9.3",
)  # fmt: skip
PYPI = "openapi-python-client==0.29.1"
HERE = Path(__file__).parent
TOKEN = "gaia_sandbox_developer"
SERVICES = ("petstore", "gaia")
STRICT = ("--strict", "--target", "es2022", "--lib", "es2022,dom,dom.iterable", "--module", "commonjs",
          "--moduleResolution", "node10", "--skipLibCheck", "--outDir", "out")  # fmt: skip


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """The address of a mock with two services, one with credentials."""
    with Processes() as processes:
        _, lines = processes.start("serve", str(ROOT / "docs" / "petstore.yaml"), "gaia", "--port", "0", until=READY)
        yield address(lines)


def command(*arguments: str | Path, cwd: Path, path: Path | None = None) -> str:
    """What a program prints; it must end well."""
    where = {**os.environ, "PYTHONPATH": str(path or "")}
    done = subprocess.run(arguments, cwd=cwd, env=where, text=True, capture_output=True, timeout=300, check=False)
    assert 0 == done.returncode, f"{arguments}: {done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def used(name: str, kind: list[str], servers: list[str]) -> list[Any]:
    """What a client sees: the pet, the pets of its kind, no pet, its code, the server, the servers, no server."""
    return [name, kind, 404, 404, servers[-1], servers, 404]


@pytest.mark.slow
def test_clients_of_openapi_typescript_hey_api_and_orval_compile_and_work(base: str, tmp_path: Path) -> None:
    arguments = ("install", "--no-audit", "--no-fund", "--silent", "--no-package-lock", *NPM)
    packages = kept("generated-clients-npm", lambda into: fetch("npm", *arguments, into=into))
    (tmp_path / "node_modules").symlink_to(packages / "node_modules")
    programs = tmp_path / "node_modules" / ".bin"
    for name in SERVICES:
        url = f"{base}/{name}/openapi.json"
        command(programs / "openapi-typescript", url, "-o", f"{name}/schema.ts", cwd=tmp_path)
        command(programs / "openapi-ts", "-i", url, "-o", f"{name}/hey", "--silent", cwd=tmp_path)
        command(programs / "orval", "--input", url, "--output", f"{name}/orval.ts", "--client", "fetch", cwd=tmp_path)
    shutil.copy(HERE / "use.ts", tmp_path)

    command(programs / "tsc", *STRICT, "use.ts", cwd=tmp_path)
    seen = json.loads(command("node", "out/use.js", base, TOKEN, cwd=tmp_path))

    assert used("Rex", ["Rex"], ["fetch"]) == seen["openapi-fetch"]
    assert used("Tom", ["Tom"], ["fetch", "hey"]) == seen["hey-api"]
    assert used("Polly", ["Polly"], ["fetch", "hey", "orval"]) == seen["orval"]


@pytest.mark.slow
def test_a_client_of_openapi_python_client_works(base: str, tmp_path: Path) -> None:
    python = generator()
    for name in SERVICES:
        options = ("--url", f"{base}/{name}/openapi.json", "--output-path", name, "--meta", "none")
        command(python, "-m", "openapi_python_client", "generate", *options, cwd=tmp_path)

    seen = json.loads(command(python, HERE / "use.py", f"{base}", TOKEN, cwd=tmp_path, path=tmp_path))

    assert ["Kit", 404, 404, "python", 404] == [seen[0], *seen[2:5], seen[6]]
    assert "Kit" in seen[1]
    assert "python" in seen[5]


def generator() -> Path:
    """The interpreter of an environment with the generator: its dependencies are not those of this project."""
    folder = KEPT / "generated-clients-python"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        fetch(sys.executable, "-m", "venv", "--clear", str(folder), into=KEPT)
        fetch(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PYPI, into=folder)
        (folder / "ready").touch()
    return python
