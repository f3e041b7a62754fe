"""Clients generated from `/<name>/openapi.json` of a running mock compile, and work against it unmodified."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.generated_clients.generators import generator_of_pypi, generators_of_npm
from tests.process import READY, ROOT, Processes, address

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
    (tmp_path / "node_modules").symlink_to(generators_of_npm() / "node_modules")
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
    python = generator_of_pypi()
    for name in SERVICES:
        options = ("--url", f"{base}/{name}/openapi.json", "--output-path", name, "--meta", "none")
        command(python, "-m", "openapi_python_client", "generate", *options, cwd=tmp_path)

    seen = json.loads(command(python, HERE / "use.py", f"{base}", TOKEN, cwd=tmp_path, path=tmp_path))

    assert ["Kit", 404, 404, "python", 404] == [seen[0], *seen[2:5], seen[6]]
    assert "Kit" in seen[1]
    assert "python" in seen[5]
