"""The servers that the benchmark compares: how each is started, and what it serves."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from mockserver.contract import of as contract_of

ROOT = Path(__file__).parents[2]

PACKAGES = {
    "@stoplight/prism-cli": "5.16.0",
    "@scalar/mock-server": "0.14.4",
    "@hono/node-server": "2",
    "@mockoon/cli": "9.9.0",
    "@stdy/cli": "0.22.2",
    "specmatic": "2.55.1",
    "wiremock": "3.13.2",
    "@octokit/openapi": "23.0.2",
}
"""The npm packages of the peers and of GitHub's document, with the versions that are measured."""

SCALAR = """
import { readFileSync } from 'node:fs'
import { serve } from '@hono/node-server'
import { createMockServer } from '@scalar/mock-server'
const app = await createMockServer({ specification: readFileSync(process.argv[2], 'utf8') })
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.argv[3]) })
"""

STUBS = "/api/public/organizations/[^/]+/mcp-servers"


@dataclass(frozen=True)
class Site:
    """What a server is started with: the document, a folder for its files, the folder of npm packages, and its core.

    Without a core it may use them all.
    """

    document: Path
    folder: Path
    packages: Path | None = None
    core: int | None = None

    def program(self, name: str) -> str:
        return str((self.packages or Path()) / "node_modules" / ".bin" / name)


@dataclass(frozen=True)
class Server:
    """How one server is started on a port."""

    name: str
    command: Callable[[Site, int], list[str]]
    note: str
    base: str = ""
    needs: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)

    def available(self, site: Site) -> bool:
        """Is everything that it needs installed? `npm:NAME` is a package, any other name a program."""
        if self.needs.startswith("npm:"):
            folder = site.packages and site.packages / "node_modules" / self.needs.removeprefix("npm:")
            return bool(folder and folder.is_dir())
        return not self.needs or shutil.which(self.needs) is not None


@dataclass(frozen=True)
class Running:
    """A running server: its address, how many seconds it took to be ready, and its process."""

    server: Server
    port: int
    ready_after: float
    pid: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.server.base}"

    @property
    def megabytes(self) -> float:
        """Resident memory of the process and its children, from /proc; 0 without /proc."""
        return sum(_resident(pid) for pid in _family(self.pid)) / 1024

    @property
    def processor_seconds(self) -> float:
        """Processor time of the process and its children, from /proc; 0 without /proc."""
        return sum(_ticks(pid) for pid in _family(self.pid)) / os.sysconf("SC_CLK_TCK")


def uvicorn(target: str) -> Callable[[Site, int], list[str]]:
    """The command that serves an ASGI application with one worker, uvloop and httptools."""
    flags = ["--no-access-log", "--log-level", "error", "--loop", "uvloop", "--http", "httptools"]
    return lambda _site, port: [sys.executable, "-m", "uvicorn", target, *flags, "--port", str(port)]


def ours(what: Callable[[Site], str], *options: str) -> Callable[[Site, int], list[str]]:
    """The command of mockserver for a vendor or a document."""
    return lambda site, port: [
        sys.executable, "-m", "mockserver", "serve", what(site), "--port", str(port), "--no-rate-limits", *options,
    ]  # fmt: skip


def prism(site: Site, port: int) -> list[str]:
    flags = ["--multiprocess", "false", "--verboseLevel", "silent"]  # it forks if NODE_ENV is production
    return [site.program("prism"), "mock", "--port", str(port), *flags, str(site.document)]


def scalar(site: Site, port: int) -> list[str]:
    script = (site.packages or Path()) / "scalar.mjs"
    script.write_text(SCALAR, encoding="utf-8")
    return ["node", str(script), str(site.document), str(port)]


def mockoon(site: Site, port: int) -> list[str]:
    quiet = ["--disable-log-to-file", "--disable-admin-api", "--hostname", "127.0.0.1"]
    return [site.program("mockoon-cli"), "start", "--data", str(site.document), "--port", str(port), *quiet]


def steady(site: Site, port: int) -> list[str]:
    return [site.program("steady"), "--quiet", "--host", "127.0.0.1", "--port", str(port), str(site.document)]


def specmatic(site: Site, port: int) -> list[str]:
    flags = ["--host=127.0.0.1", f"--port={port}", "--noConsoleLog"]
    return [site.program("specmatic"), "mock", *flags, str(site.document)]


def wiremock(checks: Callable[[Site], list[dict[str, Any]]]) -> Callable[[Site, int], list[str]]:
    """The command that serves stubs, whose bodies are checked so."""

    def command(site: Site, port: int) -> list[str]:
        root = site.folder / str(port)
        (root / "mappings").mkdir(parents=True)
        replies = json.loads((site.folder / "replies.json").read_text(encoding="utf-8"))
        for name, stub in _stubs(replies, checks(site)).items():
            (root / "mappings" / f"{name}.json").write_text(json.dumps(stub), encoding="utf-8")
        quiet = ["--no-request-journal", "--disable-request-logging", "--disable-banner", "--bind-address", "127.0.0.1"]
        return [site.program("wiremock"), "--port", str(port), "--root-dir", str(root), *quiet]

    return command


def required_fields(site: Site) -> list[dict[str, Any]]:
    """Checks that the two required fields are there."""
    return [{"matchesJsonPath": "$.displayName"}, {"matchesJsonPath": "$.serverUrl"}]


def whole_schema(site: Site) -> list[dict[str, Any]]:
    """Checks that the body is valid against the document's schema."""
    contract = contract_of(site.document)
    (operation,) = [o for o in contract.document.operations if o.method == "post" and o.path.endswith("/mcp-servers")]
    media = operation.request_body.content[0] if operation.request_body else None
    schema = contract.schemas.views["request"].standalone(media.schema or "") if media else {}
    return [{"matchesJsonSchema": json.dumps(schema), "schemaVersion": "V202012"}]


def _stubs(replies: Mapping[str, str], fields: list[dict[str, Any]]) -> dict[str, object]:
    """Stubs as a careful user writes them by hand; the credential is checked."""
    token = {"Authorization": {"matches": "Bearer bd_key_[A-Za-z0-9]{32}"}}
    asked: dict[str, tuple[dict[str, object], int]] = {
        "create": ({"method": "POST", "urlPathPattern": STUBS, "bodyPatterns": fields}, 201),
        "list": ({"method": "GET", "urlPathPattern": STUBS}, 200),
        "get": ({"method": "GET", "urlPathPattern": f"{STUBS}/[^/]+"}, 200),
    }
    json_type = {"Content-Type": "application/json"}
    return {
        name: {"request": {**request, "headers": token},
               "response": {"status": status, "body": replies[name], "headers": json_type}}
        for name, (request, status) in asked.items()
    }  # fmt: skip


OURS = Server("mockserver", ours(lambda _: "basedash"), "validates requests and replies, remembers", "/basedash")

WITHOUT_JOURNAL = Server(
    "mockserver --journal 0", ours(lambda _: "basedash", "--journal", "0"), "the same without its journal", "/basedash"
)

CEILING = Server("bare ASGI", uvicorn("tests.benchmarks.ceiling:app"), "the ceiling: a constant of the same size")

STOCK = Server("Connexion 3.3", uvicorn("tests.benchmarks.stock:app"), "validates requests and replies, constants")

PEERS = (
    Server("Prism", prism, "validates requests, forgets", needs="npm:@stoplight/prism-cli"),
    Server("Scalar", scalar, "does not validate, forgets", needs="npm:@scalar/mock-server"),
    Server("Mockoon", mockoon, "does not validate, forgets", needs="npm:@mockoon/cli"),
    Server("Steady", steady, "validates requests, forgets", needs="npm:@stdy/cli"),
    Server("Specmatic", specmatic, "validates requests, forgets", needs="npm:specmatic"),
    Server("WireMock", wiremock(required_fields), "stubs written by hand, forgets", needs="npm:wiremock"),
    Server("WireMock, schema", wiremock(whole_schema), "stubs that validate bodies too, forgets", needs="npm:wiremock"),
)

LARGE = (
    Server("mockserver", ours(lambda site: str(site.document)), "", ""),
    Server("Connexion 3.3", uvicorn("tests.benchmarks.stock:app"), ""),
    *PEERS[:4],
)
"""The servers that can load GitHub's document. WireMock loads no documents, Specmatic takes minutes."""


@contextmanager
def running(server: Server, site: Site, probe: str, patience: float = 60) -> Iterator[Running]:
    """Start a server and stop it at the end. Raises TimeoutError if it does not answer `probe` in time."""
    port = free_port()
    settings = {
        "BENCH_DOCUMENT": str(site.document), "BENCH_REPLIES": str(site.folder / "replies.json"),
        "NODE_ENV": "production",
    }  # fmt: skip
    started = time.perf_counter()
    log_file = site.folder / f"{server.name}.log"
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            server.command(site, port), stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=ROOT,
            env={**os.environ, **settings, **server.environment}, start_new_session=True,
            preexec_fn=partial(os.sched_setaffinity, 0, {site.core}) if site.core is not None else None,  # noqa: PLW1509
        )  # fmt: skip
        try:
            _await_answer(process, f"http://127.0.0.1:{port}{server.base}{probe}", started + patience)
            yield Running(server, port, time.perf_counter() - started, process.pid)
        except TimeoutError as problem:
            lines = log_file.read_text(errors="replace").strip().splitlines() or ["no output"]
            raise TimeoutError(f"{problem}: {lines[-1]}") from None
        finally:
            _stop(process)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _await_answer(process: subprocess.Popen[bytes], url: str, until: float) -> None:
    while time.perf_counter() < until:
        if process.poll() is not None:
            raise TimeoutError(f"it stopped with code {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=max(0.1, until - time.perf_counter())).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.005)
        else:
            return
    raise TimeoutError("it does not answer in time")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the process with all its children: npm's programs are wrappers that do not stop theirs."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(timeout=5)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    own = children.read_text().split() if children.exists() else []
    return [pid, *(member for child in own for member in _family(int(child)))]


def _resident(pid: int) -> int:
    """Kilobytes of resident memory."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)


def _ticks(pid: int) -> int:
    """Clock ticks in user and in kernel mode (proc(5), /proc/PID/stat)."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(words[11]) + int(words[12])


def install_packages(folder: Path) -> Path | None:
    """Install the peers from npm into `folder`, once, and return it; None without npm."""
    if shutil.which("npm") is None:
        return None
    wanted = json.dumps({"private": True, "dependencies": PACKAGES}, indent=1)
    manifest = folder / "package.json"
    if not manifest.exists() or manifest.read_text(encoding="utf-8") != wanted:
        folder.mkdir(parents=True, exist_ok=True)
        manifest.write_text(wanted, encoding="utf-8")
        command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
        if subprocess.run(command, cwd=folder, timeout=600, check=False).returncode:
            manifest.unlink()
            return None
    return folder
