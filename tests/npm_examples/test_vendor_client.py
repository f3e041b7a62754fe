"""A vendor's own client for Node.js works against the mock of the vendor, unpatched."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.npm_examples.installed import INSTALL
from tests.package import UnobtainableError, fetch, kept
from tests.process import READY, Processes, address

PACKAGE = "datagrid-ai@0.17.2"

SCRIPT = """
import Datagrid from "datagrid-ai";

const [baseURL, overrides] = process.argv.slice(2);
const client = new Datagrid({ apiKey: "dg_live_SandboxOrganization", baseURL, maxRetries: 2 });
const servers = client.organization.mcpServers;
const refused = (call) => call.then(() => null, (error) => [error.constructor.name, error.status]);
const url = "https://mcp.example.com/mcp";

const made = await servers.create({ name: "hours", base_url: url });
const updated = await servers.update(made.id, { name: "days" });
const invalid = await refused(servers.create({ name: "bad", base_url: "http://localhost:9000/mcp" }));
const stranger = await refused(new Datagrid({ apiKey: "nonsense", baseURL }).organization.mcpServers.list());
const fault = { when: { operation: "ListMcpServers" }, then: { status: 503 }, times: 2 };
const headers = { "Content-Type": "application/json" };
await fetch(overrides, { method: "POST", headers, body: JSON.stringify(fault) });
const listed = (await servers.list()).data.map((each) => each.name);
await servers.delete(made.id);
const gone = await refused(servers.retrieve(made.id));
console.log(JSON.stringify({ status: made.status, updated: updated.name, invalid, stranger, listed, gone }));
"""


@pytest.mark.slow
def test_the_node_client_creates_changes_lists_and_deletes_and_survives_an_outage(tmp_path: Path) -> None:
    try:
        packages = kept(PACKAGE, lambda into: fetch("npm", *INSTALL, PACKAGE, into=into))
    except UnobtainableError as fault:
        pytest.skip(str(fault))
    (tmp_path / "node_modules").symlink_to(packages / "node_modules")
    (tmp_path / "use.mjs").write_text(SCRIPT, encoding="utf-8")
    with Processes() as processes:
        base = address(processes.start("serve", "datagrid", "--port", "0", until=READY)[1])
        done = subprocess.run(
            ["node", "use.mjs", f"{base}/datagrid/v1", f"{base}/_mock/overrides"],
            cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    assert 0 == done.returncode, done.stderr
    assert {
        "status": "connected",
        "updated": "days",
        "invalid": ["BadRequestError", 400],
        "stranger": ["AuthenticationError", 401],
        "listed": ["days"],
        "gone": ["NotFoundError", 404],
    } == json.loads(done.stdout)
