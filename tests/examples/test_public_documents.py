"""Every response of public documents gets a valid value, unless there is none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mockserver.errors import Unanswerable
from mockserver.examples.example_maker import ExampleMaker
from mockserver.openapi import document_reader, normalize, pointer, source
from mockserver.openapi.direction_view import DirectionView
from mockserver.openapi.document import Document
from tests.package import GITHUB, README

FEW = ("api-with-examples.yaml", "link-example.yaml", "petstore-expanded.yaml", "tictactoe.yaml", "uspto.yaml")


def parsed(root: dict[str, Any]) -> Document:
    return document_reader.from_normal_form(root, raw=root, file="")


def responses(described: Document) -> list[str]:
    """The pointers of the schemas of all responses, without duplicates."""
    found = (
        media_type.schema
        for operation in described.operations
        for response in operation.responses
        for media_type in response.content
        if media_type.schema
    )
    return list(dict.fromkeys(found))


def is_valid(root: dict[str, Any], place: str, value: Any) -> bool:
    """Is the value a valid response for an independent validator, discriminators and `writeOnly` included?"""
    view = DirectionView(root, "response")
    schema = view.rewritten(pointer.lookup(root, place), place)
    whole = {"allOf": [schema], "$defs": view.closure((schema,))}
    return bool(Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).is_valid(value))


def answered(root: dict[str, Any], places: list[str]) -> Iterator[tuple[str, Any]]:
    maker = ExampleMaker(root)
    for place in places:
        yield place, maker.at(place, seed=1)


@pytest.mark.parametrize("name", [*FEW, "writer-openapi.yml"])
def test_every_response_of_the_corpus_gets_a_valid_value(shared: Path, name: str) -> None:
    root = normalize.normalise(dict(source.read(shared / "corpus" / name).raw))
    for place, value in answered(root, responses(parsed(root))):
        assert is_valid(root, place, value), place


@pytest.mark.slow
def test_every_response_of_githubs_document_gets_a_value_and_a_sample_of_them_is_validated(
    package: Callable[[str], Path],
) -> None:
    file = package(GITHUB) / "generated" / "api.github.com.json"
    root = normalize.normalise(json.loads(file.read_bytes()))
    places = responses(parsed(root))
    values = dict(answered(root, places))
    assert len(values) == len(places) > 600
    for place in places[::20]:
        assert is_valid(root, place, values[place]), place


@pytest.mark.slow
def test_only_impossible_schemas_of_readmes_documents_are_refused(package: Callable[[str], Path]) -> None:
    folder = package(README)
    served, refused = 0, []
    for file in sorted(folder.glob("3.*/json/*.json")):
        root = normalize.normalise(json.loads(file.read_bytes()))
        maker = ExampleMaker(root)
        for place in responses(parsed(root)):
            try:
                value = maker.at(place, seed=1)
            except Unanswerable as impossible:
                refused.append(str(impossible))
            else:
                served += 1
                assert is_valid(root, place, value), (file.name, place)
    assert served > 300
    assert len(refused) < 0.02 * served
    assert all("contradict each other" in reason or "without end" in reason for reason in refused), refused
