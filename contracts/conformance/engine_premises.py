"""When a check of Schemathesis has really tested something: it also passes where what it is about never happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from schemathesis.core.parameters import ParameterLocation
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.generation.meta import CoveragePhaseData, CoverageScenario

Premise = Callable[[ScenarioRecorder, str], bool]
"""Is what a check is about part of a recorded scenario, at the test case with this id?"""


def is_met(check: str, recorder: ScenarioRecorder, case_id: str) -> bool:
    """Has a check that passed at a test case tested something? Checks without an entry in PREMISES always have."""
    return check not in PREMISES or PREMISES[check](recorder, case_id)


def _status(recorder: ScenarioRecorder, case_id: str) -> int:
    interaction = recorder.interactions.get(case_id)
    return interaction.response.status_code if interaction and interaction.response else 0


def _ancestors(recorder: ScenarioRecorder, case_id: str) -> list[str]:
    found: list[str] = []
    parent = recorder.cases[case_id].parent_id if case_id in recorder.cases else None
    while parent is not None and parent in recorder.cases:
        found.append(parent)
        parent = recorder.cases[parent].parent_id
    return found


def _follows(method: str) -> Premise:
    """A successful request with this method comes before."""

    def premise(recorder: ScenarioRecorder, case_id: str) -> bool:
        return any(
            recorder.cases[each].value.operation.method.upper() == method and 200 <= _status(recorder, each) < 300
            for each in _ancestors(recorder, case_id)
        )

    return premise


def _is_negative(recorder: ScenarioRecorder, case_id: str) -> bool:
    meta = recorder.cases[case_id].value.meta
    return meta is not None and bool(meta.generation.mode.is_negative)


def _is_positive(recorder: ScenarioRecorder, case_id: str) -> bool:
    meta = recorder.cases[case_id].value.meta
    return meta is not None and bool(meta.generation.mode.is_positive)


def _coverage(recorder: ScenarioRecorder, case_id: str) -> Any:
    meta = recorder.cases[case_id].value.meta
    return meta.phase.data if meta is not None and isinstance(meta.phase.data, CoveragePhaseData) else None


def _misses_header(recorder: ScenarioRecorder, case_id: str) -> bool:
    data = _coverage(recorder, case_id)
    return (
        data is not None
        and data.scenario == CoverageScenario.MISSING_PARAMETER
        and data.parameter_location == ParameterLocation.HEADER
    )


def _has_other_method(recorder: ScenarioRecorder, case_id: str) -> bool:
    data = _coverage(recorder, case_id)
    return data is not None and data.scenario == CoverageScenario.UNSPECIFIED_HTTP_METHOD


def _has_allow(recorder: ScenarioRecorder, case_id: str) -> bool:
    interaction = recorder.interactions.get(case_id)
    return bool(interaction and interaction.response and interaction.response.headers.get("allow"))


def _has_headers(recorder: ScenarioRecorder, case_id: str) -> bool:
    responses = recorder.cases[case_id].value.operation.definition.raw.get("responses") or {}
    return any(isinstance(each, Mapping) and each.get("headers") for each in responses.values())


def _needs_credential(recorder: ScenarioRecorder, case_id: str) -> bool:
    operation = recorder.cases[case_id].value.operation
    required = operation.definition.raw.get("security", operation.schema.raw_schema.get("security"))
    return bool(required) and all(required) and 200 <= _status(recorder, case_id) < 300


PREMISES: Mapping[str, Premise] = {
    "use_after_free": _follows("DELETE"),
    "ensure_resource_availability": _follows("POST"),
    "negative_data_rejection": _is_negative,
    "positive_data_acceptance": _is_positive,
    "missing_required_header": _misses_header,
    "unsupported_method": _has_other_method,
    "allow_header_conformance": _has_allow,
    "response_headers_conformance": _has_headers,
    "ignored_auth": _needs_credential,
}
"""What must have happened before a check has tested anything."""
