"""Runs the Schemathesis command line with its default checks against other mock servers, for one document.

    python tests/conformance/peers.py [--examples N] [--seed N]

The document is the OpenAPI Initiative's pet store, from ReadMe's package. The other servers come from npm,
which needs Node.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.bench import PACKAGES  # noqa: E402  # run as a script, too
from tests.benchmarks.servers import PEERS, Server, Site, install_packages, ours, running  # noqa: E402
from tests.package import README, unpacked  # noqa: E402

BASE = "/api"
"""The path of the document's server; some servers use it as a prefix, others do not."""

OURS = Server("mockserver", ours(lambda site: str(site.document)), "")

CONNEXION = Server(
    "Connexion --mock",
    lambda site, port: [
        str(Path(sys.executable).with_name("connexion")), "run", str(site.document), "--mock", "all",
        "--port", str(port),
    ],
    "",
)  # fmt: skip


def failures_of(server: Server, site: Site, examples: int, seed: int) -> str:
    """The failures of one server by kind, in one line."""
    with running(server, site, "/pets") as it:
        base = next((base for base in (BASE, "") if _request("GET", f"{it.address}{base}/pets")[0] == 200), None)
        if base is None:
            return "the server has no /pets"
        deleted = _deleted(it.address + base)
        command = [
            sys.executable, "-W", "ignore", "-m", "schemathesis.cli", "run", str(site.document), "--url",
            it.address + base, "--max-examples", str(examples), "--seed", str(seed), "--generation-database", "none",
            "--no-color", "--continue-on-failure",
        ]  # fmt: skip
        output = subprocess.run(command, capture_output=True, text=True, cwd=site.folder, check=False).stdout
    kinds = re.findall(r"❌ (ST\d+ .+): (\d+)", output)
    cases = re.search(r"(\d+) generated", output)
    if cases is None:
        return "Schemathesis did not run: " + " ".join(output.split()[-20:])
    total = sum(int(number) for _, number in kinds)
    summary = "; ".join(f"{number} × {kind}" for kind, number in kinds) or "none"
    return f"{total:>8}  {deleted:8} {cases.group(1):>6}  {summary}"


def _deleted(address: str) -> str:
    """How the server answers for a pet that was created and deleted."""
    status, body = _request("POST", address + "/pets", b'{"name": "Rex"}')
    shown = json.loads(body) if status < 300 else {}
    id = shown.get("id", 1) if isinstance(shown, dict) else 1
    _request("DELETE", f"{address}/pets/{id}")
    status, _ = _request("GET", f"{address}/pets/{id}")
    return "gone" if status == 404 else "served" if status == 200 else str(status)


def _request(method: str, url: str, content: bytes | None = None) -> tuple[int, bytes]:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    request = urllib.request.Request(url, content, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()


def servers(packages: Path | None, site: Site) -> Iterator[Server]:
    """The mock, and the other servers that accept a document."""
    yield OURS
    yield from (peer for peer in PEERS if packages and peer.name != "WireMock" and peer.available(site))
    yield CONNEXION


def main() -> None:
    parser = argparse.ArgumentParser(description="Run Schemathesis' default checks against other mock servers.")
    parser.add_argument("--examples", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    document = unpacked(README) / "3.0" / "json" / "petstore-expanded.json"
    packages = install_packages(PACKAGES)
    print(f"{'server':18} {'failures':>8}  deleted   cases  by kind")
    with tempfile.TemporaryDirectory() as folder:
        site = Site(document, Path(folder), packages)
        for server in servers(packages, site):
            try:
                summary = failures_of(server, site, options.examples, options.seed)
            except (TimeoutError, OSError) as fault:
                summary = f"the server does not start: {fault}"
            print(f"{server.name:18} {summary}", flush=True)


if __name__ == "__main__":
    main()
