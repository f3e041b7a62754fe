"""The admin API passes the same checks as any other API: ours in this process, Schemathesis over HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from contracts.client.target import Target
from contracts.runner.in_process import load_contract
from contracts.runner.runner import CheckResult, run_checks
from contracts.runner.settings import INTERNAL
from mockserver import create_app
from mockserver.web.service import ServiceSettings
from tests.process import READY, ROOT, Processes, address, run

DOCUMENTS = (ROOT / "docs" / "shop.yaml", ROOT / "examples" / "webhooks" / "orders.yaml")

NO_FAULT = {("POST /verify", "positive_data_acceptance"), ("POST /subscriptions", "positive_data_acceptance")}
"""422 of `verify` says that requests were not sent, which Schemathesis takes for a refusal of its valid question.
Which webhooks one may subscribe to is in the documents that are served, not in the one of the admin API."""

NO_SUCCESS = {
    "POST /checks", "GET /checks/{id}", "DELETE /checks/{id}", "GET /checks/{id}/report",  # --no-checks
    "PUT /snapshot",  # no request but one with a whole snapshot is right
}  # fmt: skip

EMPTIED = {"GET /requests/{number}", "GET /requests/{number}/why", "GET /deliveries/{number}", "POST /verify"}
"""Another request of the check may have forgotten what these ask for."""


def own_checks() -> CheckResult:
    """Our checks of the admin API in this process, which takes a fraction of the time."""
    app = create_app(*DOCUMENTS, seed=3, journal=1_000, settings=ServiceSettings(items=3))
    contract = load_contract(ROOT / "mockserver" / "web" / "admin" / "openapi.yaml")
    with Target.asgi(app, [], base_url=INTERNAL + contract.document.base_path) as target:
        return run_checks(contract, target, mode="quick")


@pytest.mark.slow
def test_a_check_finds_no_failure_in_the_admin_api(tmp_path: Path) -> None:
    own = own_checks()
    with Processes() as processes:
        # It would start checks of its own, which take a while.
        options = ("--no-checks", "--metrics", "--items", "3", "--port", "0", "--seed", "3")
        _, lines = processes.start("serve", *map(str, DOCUMENTS), *options, until=READY)
        url = address(lines)
        httpx.get(f"{url}/shop/customers")
        asked = ("--quick", "--time", "4m", "--only", "*_*", "--report", str(tmp_path))
        run("check", f"{url}/_mock/openapi.json", "--url", f"{url}/_mock", *asked, seconds=300)
    read = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    found = [each for each in read["findings"] if (each["operation"], each["check"]) not in NO_FAULT]
    missing = {each["place"] for each in read["coverage"]["missing"] if each["kind"] == "operations"}
    outcomes = [*own.outcomes.values(), *(each["outcome"] for each in read["outcomes"])]

    assert [] == [(each.operation, each.check, each.expected, each.seen) for each in own.findings]
    assert [] == [(each["operation"], each["check"], each["expected"], each["seen"]) for each in found]
    assert NO_SUCCESS == missing - {name for name, succeeded in own.examined.answered.items() if succeeded} - EMPTIED
    assert 350 < outcomes.count("passed")
