"""Runs Schemathesis alone against a planted server, with all of its checks and phases, for comparison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from contracts.client.target import Target

EXAMPLES = 50
"""Generated test cases per operation and phase."""

PATIENCE = 60
"""Seconds after which a run ends; the failures until then count."""


def failures_of(target: Target, document: Mapping[str, Any], schemes: Mapping[str, Any]) -> set[tuple[str, ...]]:
    """The failures: check, operation and kind. `schemes` maps security schemes to credentials."""
    settings = {
        "seed": 0,
        "base-url": target.base_url,
        "continue-on-failure": True,
        "max-time": PATIENCE,
        "generation": {"max-examples": EXAMPLES, "database": "none"},
        "auth": {"openapi": dict(schemes)},
    }
    schema = schemathesis.openapi.from_dict(dict(document), config=SchemathesisConfig.from_dict(settings))
    schema.app = target.app
    found = set()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            for case, checks in event.recorder.checks.items():
                operation = event.recorder.cases[case].value.operation.label
                for check in checks:
                    if check.status == Status.FAILURE and check.failure_info:
                        found.add((check.name, operation, type(check.failure_info.failure).__name__))
    return found
