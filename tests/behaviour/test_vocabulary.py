"""The JSON Schema and the reference page of behaviour files are made from the models, and say all of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from mockserver import contract as contracts
from mockserver import vendor_files
from mockserver.behaviour.statements import ERROR_KINDS, Keys
from mockserver.errors import Refusal
from tests.process import run


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("specs", "vocabulary", "--json-schema").stdout)
    return found


def test_it_is_a_schema_and_describes_every_statement_and_every_key(schema: dict[str, Any]) -> None:
    jsonschema_rs.meta.validate(schema)
    models = schema["$defs"]
    names = models.keys() - {"ServiceStatements", "Resource", "OperationBehaviour"}
    keys = {f"{name}.{key}": node for name in names for key, node in models[name]["properties"].items()}

    assert len(keys) > 100
    assert [] == [name for name, model in models.items() if not model["description"]]
    assert [] == [name for name, node in keys.items() if not node.get("description", "").endswith((".", ")"))]


def _models(kind: type[Keys]) -> Iterator[type[Keys]]:
    for each in kind.__subclasses__():
        yield from (each, *_models(each))


def test_no_start_evaluates_the_types_of_models_as_texts() -> None:
    models = [each for each in _models(Keys) if each.__module__.startswith("mockserver.behaviour.")]
    texts = [each for each in models if any(type(of) is str for of in each.__annotations__.values())]

    assert len(models) > 40
    assert [] == texts


@pytest.mark.parametrize("vendor", vendor_files.names())
def test_the_behaviour_of_every_vendor_is_valid(schema: dict[str, Any], vendor: str) -> None:
    validator = jsonschema_rs.validator_for(schema)

    assert [] == [error.message for error in validator.iter_errors(contracts.of(vendor).statements)]


@pytest.mark.parametrize(
    ("pet", "is_valid"),
    [
        ({"unique": {"fields": ["name"], "evidence": "assumed"}}, True),
        ({"unique": [{"fields": ["name"], "evidence": "assumed"}]}, True),
        ({"unique": None, "identity": None}, True),
        (None, True),
        ({"unique": {"fields": ["name"]}}, False),
        ({"unique": {"fields": ["name"], "evidence": "documented"}}, False),
        ({"order": [{"by": "name", "evidence": "assumed"}]}, False),
        ({"odd": {"evidence": "assumed"}}, False),
    ],
)
def test_an_editor_sees_what_may_be_written(schema: dict[str, Any], pet: Any, is_valid: bool) -> None:
    assert is_valid == jsonschema_rs.is_valid(schema, {"x-resources": {"pet": pet}})


def test_every_kind_of_error_can_have_a_body_and_no_other() -> None:
    def kinds(cls: type[Refusal]) -> Iterator[str]:
        for child in cls.__subclasses__():
            if child.__module__ == Refusal.__module__:
                yield child.kind
                yield from kinds(child)

    assert {"default", *kinds(Refusal)} == set(ERROR_KINDS.values())
