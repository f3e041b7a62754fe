"""Schemathesis by itself on a planted server: its engine with all of its checks and phases, and nothing of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from contracts.client.target import Target

EXAMPLES = 50
"""How many requests each operation is given in each phase that invents them."""

PATIENCE = 60
"""Seconds after which a run is ended; what was found until then counts."""


def complaints(target: Target, document: Mapping[str, Any], schemes: Mapping[str, Any]) -> set[tuple[str, ...]]:
    """What fails: the check, the operation and the kind of failure. `schemes` are credentials by security scheme."""
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
