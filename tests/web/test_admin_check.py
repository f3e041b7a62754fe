"""The admin API is examined by the checks that examine any other API."""

from __future__ import annotations

import json
from pathlib import Path

import mockserver
from tests.process import READY, Processes, address, run

ADMIN = Path(mockserver.__file__).parent / "web" / "admin"

NO_FAULT = {("POST /verify", "positive_data_acceptance"), ("POST /subscriptions", "positive_data_acceptance")}
"""422 of `verify` says that requests were not sent, which Schemathesis takes for a refusal of its valid question.
Which webhooks one may subscribe to stands in the documents that are served, not in the one of the admin API."""


def test_a_check_finds_no_failure_in_the_admin_api(tmp_path: Path) -> None:
    with Processes() as processes:
        # It would start checks of its own, which take a while.
        options = ("--no-checks", "--items", "3", "--port", "0", "--seed", "3")
        _, lines = processes.start("serve", "docs/shop.yaml", *options, until=READY)
        target = ("--url", f"{address(lines)}/_mock", "--behaviour", str(ADMIN / "behaviour.yaml"))
        report = ("--quick", "--report", str(tmp_path))
        run("check", str(ADMIN / "openapi.yaml"), *target, *report, seconds=300)
    read = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    found = [each for each in read["findings"] if (each["operation"], each["check"]) not in NO_FAULT]

    assert [] == [(each["operation"], each["check"], each["expected"], each["seen"]) for each in found]
    assert 350 < len([each for each in read["outcomes"] if each["outcome"] == "passed"])
