"""Reads an Arazzo description: its fields, its references, and the expressions and conditions in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from contracts.arazzo.description import (
    ArazzoDescription,
    Criterion,
    StepAction,
    StepBody,
    StepParameter,
    Workflow,
    WorkflowSource,
    WorkflowStep,
)
from contracts.arazzo.fields import field_mistakes
from contracts.arazzo.mistakes import ArazzoError, Mistake
from contracts.arazzo.references import reference_mistakes
from contracts.reproduce.arazzo import EXACT
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi import source

VERSION = re.compile(r"1\.[01]\.\d+")
"""Versions that are read. What 1.1 adds for AsyncAPI is reported as unknown."""

REUSABLE = re.compile(r"\$components\.(parameters|successActions|failureActions)\.(.+)")

Named = TypeVar("Named", bound=StepParameter | StepAction)


def read_description(path: Path) -> ArazzoDescription:
    """The description in a JSON or YAML file.

    Raises ArazzoError with every mistake, or InvalidDocument for a file that cannot be read.
    """
    raw, file = source.read_data(path), str(path)
    if "arazzo" not in raw:
        raise ArazzoError(f"{file}: {_instead(raw, path)}")
    if not isinstance(raw["arazzo"], str) or not VERSION.fullmatch(raw["arazzo"]):
        raise ArazzoError(f"{file}#/arazzo: version {raw['arazzo']!r} is not known; there are: 1.0.0, 1.0.1, 1.1.0")
    wrong = sorted(set(field_mistakes(raw, "description"))) or list(_reuse_mistakes(raw))
    if wrong:
        raise ArazzoError.of(file, wrong)
    read = _Reader(raw).description(file)
    wrong = list(reference_mistakes(read))
    if wrong:
        raise ArazzoError.of(file, wrong)
    return read


def _instead(raw: Mapping[str, Any], path: Path) -> str:
    if "openapi" in raw or "swagger" in raw:
        return f"is an OpenAPI document and has no workflows; `mockserver serve {path}` serves it"
    return "is no Arazzo description: the field arazzo with the version is missing, such as arazzo: 1.0.1"


def _reuse_mistakes(node: Any, pointer: str = "", root: Any = None) -> Iterator[Mistake]:
    """Reusable Objects that lead to nothing."""
    root = node if root is None else root
    if isinstance(node, dict) and isinstance(node.get("reference"), str) and node.keys() <= {"reference", "value"}:
        found = REUSABLE.fullmatch(node["reference"])
        known = root.get("components", {}).get(found[1], {}) if found else {}
        if not found:
            yield Mistake(pointer, f"{node['reference']!r} must be such as $components.parameters.NAME")
        elif found[2] not in known:
            yield Mistake(
                pointer, f"components have no {found[1]} {found[2]!r}; there are: {', '.join(known) or 'none'}"
            )
    for key, each in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if key not in ("payload", "value", "inputs"):
            yield from _reuse_mistakes(each, json_pointer.join(pointer, key), root)


class _Reader:
    """Makes the values of a document whose fields are valid."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._raw = raw

    def description(self, file: str) -> ArazzoDescription:
        sources = tuple(
            WorkflowSource(each["name"], each["url"], each.get("type", ""), f"/sourceDescriptions/{index}")
            for index, each in enumerate(self._raw["sourceDescriptions"])
        )
        workflows = tuple(self._workflow(each, f"/workflows/{n}") for n, each in enumerate(self._raw["workflows"]))
        return ArazzoDescription(
            file, self._raw["info"]["title"], sources, workflows, self._raw.get(EXACT) is True, self._raw
        )

    def _workflow(self, node: Mapping[str, Any], at: str) -> Workflow:
        shared = (
            self._parameters(node.get("parameters", ()), f"{at}/parameters"),
            self._actions(node.get("successActions", ()), f"{at}/successActions"),
            self._actions(node.get("failureActions", ()), f"{at}/failureActions"),
        )
        return Workflow(
            node["workflowId"],
            node.get("summary", ""),
            node.get("inputs"),
            tuple(node.get("dependsOn", ())),
            tuple(self._step(each, f"{at}/steps/{index}", shared) for index, each in enumerate(node["steps"])),
            node.get("outputs", {}),
            at,
        )

    def _step(self, node: Mapping[str, Any], at: str, shared: tuple[Any, Any, Any]) -> WorkflowStep:
        parameters, on_success, on_failure = shared
        return WorkflowStep(
            node["stepId"],
            node.get("description", ""),
            node.get("operationId", ""),
            node.get("operationPath", ""),
            node.get("workflowId", ""),
            _overridden(parameters, self._parameters(node.get("parameters", ()), f"{at}/parameters")),
            self._body(node["requestBody"], f"{at}/requestBody") if "requestBody" in node else None,
            _criteria(node.get("successCriteria", ()), f"{at}/successCriteria"),
            _overridden(on_success, self._actions(node.get("onSuccess", ()), f"{at}/onSuccess")),
            _overridden(on_failure, self._actions(node.get("onFailure", ()), f"{at}/onFailure")),
            node.get("outputs", {}),
            at,
        )

    def _parameters(self, nodes: Sequence[Any], at: str) -> tuple[StepParameter, ...]:
        used = [(self._reused(each), f"{at}/{index}") for index, each in enumerate(nodes)]
        return tuple(StepParameter(each["name"], each.get("in", ""), each["value"], place) for each, place in used)

    def _actions(self, nodes: Sequence[Any], at: str) -> tuple[StepAction, ...]:
        used = [(self._reused(each), f"{at}/{index}") for index, each in enumerate(nodes)]
        return tuple(
            StepAction(
                each["name"],
                each["type"],
                each.get("workflowId", ""),
                each.get("stepId", ""),
                each.get("retryAfter", 0),
                each.get("retryLimit", 1),
                _criteria(each.get("criteria", ()), f"{place}/criteria"),
                self._parameters(each.get("parameters", ()), f"{place}/parameters"),
                place,
            )
            for each, place in used
        )

    def _reused(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """The object that a Reusable Object refers to."""
        found = REUSABLE.fullmatch(node["reference"]) if "reference" in node else None
        if found is None:
            return node
        return {**self._raw["components"][found[1]][found[2]], **({"value": node["value"]} if "value" in node else {})}

    @staticmethod
    def _body(node: Mapping[str, Any], at: str) -> StepBody:
        replacements = tuple((each["target"], each["value"]) for each in node.get("replacements", ()))
        return StepBody(node.get("contentType", ""), node.get("payload"), replacements, at)


def _criteria(nodes: Sequence[Any], at: str) -> tuple[Criterion, ...]:
    return tuple(
        Criterion(each["condition"], _kind(each.get("type", "simple")), each.get("context", ""), f"{at}/{index}")
        for index, each in enumerate(nodes)
    )


def _kind(written: Any) -> str:
    return str(written["type"] if isinstance(written, dict) else written)


def _overridden(shared: tuple[Named, ...], own: tuple[Named, ...]) -> tuple[Named, ...]:
    """What a step has itself, then what the workflow has besides."""
    named = {_name(each) for each in own}
    return (*own, *(each for each in shared if _name(each) not in named))


def _name(each: StepParameter | StepAction) -> tuple[str, str]:
    return (each.name, each.location if isinstance(each, StepParameter) else "")
