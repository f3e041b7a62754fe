"""The admin API is examined by the checks that examine any other API, with the command of docs/admin-api.md."""

from __future__ import annotations

import json
from pathlib import Path

import httpx

from tests.process import READY, ROOT, Processes, address, run

NO_FAULT = {("POST /verify", "positive_data_acceptance"), ("POST /subscriptions", "positive_data_acceptance")}
"""422 of `verify` says that requests were not sent, which Schemathesis takes for a refusal of its valid question.
Which webhooks one may subscribe to stands in the documents that are served, not in the one of the admin API."""

NO_SUCCESS = {
    "POST /checks", "GET /checks/{id}", "DELETE /checks/{id}", "GET /checks/{id}/report",  # --no-checks
    "PUT /snapshot",  # no request but one with a whole snapshot is right
}  # fmt: skip

EMPTIED = {"GET /requests/{number}", "GET /requests/{number}/why", "GET /deliveries/{number}", "POST /verify"}
"""Another request of the check may have forgotten what these ask for."""


def test_a_check_finds_no_failure_in_the_admin_api(tmp_path: Path) -> None:
    with Processes() as processes:
        documents = (str(ROOT / "docs" / "shop.yaml"), str(ROOT / "examples" / "webhooks" / "orders.yaml"))
        # It would start checks of its own, which take a while.
        options = ("--no-checks", "--metrics", "--items", "3", "--port", "0", "--seed", "3")
        _, lines = processes.start("serve", *documents, *options, until=READY)
        url = address(lines)
        httpx.get(f"{url}/shop/customers")
        report = ("--quick", "--report", str(tmp_path))
        run("check", f"{url}/_mock/openapi.json", "--url", f"{url}/_mock", *report, seconds=300)
    read = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    found = [each for each in read["findings"] if (each["operation"], each["check"]) not in NO_FAULT]
    missing = {each["place"] for each in read["coverage"]["missing"] if each["kind"] == "operations"}

    assert [] == [(each["operation"], each["check"], each["expected"], each["seen"]) for each in found]
    assert NO_SUCCESS == missing - EMPTIED
    assert 350 < len([each for each in read["outcomes"] if each["outcome"] == "passed"])
