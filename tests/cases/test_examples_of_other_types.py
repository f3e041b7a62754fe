"""Examples of properties that have another type than their schema, and those that no reply can show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mockserver.cli.problems import problem_lines
from mockserver.contract import of
from tests.client import Client
from tests.web.document import Node, answers, document, served


def shown(**properties: Node) -> Node:
    return document({"/a": {"get": {"responses": answers({"type": "object", "properties": properties})}}})


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "example": 8000}, "8000"),
        ({"type": "string", "example": 1.5}, "1.5"),
        ({"type": "string", "example": True}, "true"),
        ({"type": "integer", "example": "5"}, 5),
        ({"type": "number", "example": "1.5"}, 1.5),
        ({"type": "boolean", "example": "false"}, False),
        ({"type": "array", "items": {"type": "string"}, "example": "one"}, ["one"]),
        ({"type": "object", "properties": {"q": {"type": "string"}}, "example": '{"q": "r"}'}, {"q": "r"}),
        ({"type": "string", "examples": ["5"]}, "5"),
        ({"type": ["string", "null"], "examples": [None]}, None),
    ],
)
def test_an_example_is_shown_in_the_type_of_its_schema(tmp_path: Path, schema: Node, value: Any) -> None:
    written = shown(a=schema)
    with Client(served(tmp_path, written)) as client:
        assert {"a": value} == client.get("/a").json()

    assert [] == [*problem_lines(of(tmp_path / "test.json"))]


def test_an_example_of_a_body_is_shown_in_the_types_of_its_schema(tmp_path: Path) -> None:
    place = {"type": "object", "required": ["zip"], "properties": {"zip": {"type": "string"}}}
    person = {"type": "object", "properties": {"age": {"type": "integer"}, "places": {"type": "array", "items": place}}}
    example = {"age": "41", "places": [{"zip": 8000}, {"zip": "3000"}]}
    written = document({"/a": {"get": {"responses": answers(person, example=example)}}})
    with Client(served(tmp_path, written)) as client:
        assert {"age": 41, "places": [{"zip": "8000"}, {"zip": "3000"}]} == client.get("/a").json()

    assert [] == [*problem_lines(of(tmp_path / "test.json"))]


def test_a_valid_example_comes_before_one_of_another_type(tmp_path: Path) -> None:
    named = {"a": {"value": {"n": "1"}}, "b": {"value": {"n": 2}}}
    number = {"type": "object", "properties": {"n": {"type": "integer"}}}
    written = document({"/a": {"get": {"responses": answers(number, examples=named)}}})
    with Client(served(tmp_path, written)) as client:
        assert {"n": 2} == client.get("/a").json()


def test_examples_that_no_reply_can_show_are_told_in_one_line(tmp_path: Path) -> None:
    with Client(
        served(
            tmp_path,
            shown(
                n={"type": "integer", "example": "abc"},
                e={"type": "string", "enum": ["x", "y"], "example": "z"},
                p={"type": "string", "pattern": "^[0-9]+$", "examples": ["x"]},
                ok={"type": "string", "maxLength": 3, "examples": ["abcd", "abc"]},
            ),
        )
    ) as client:
        reply = client.get("/a").json()

    (line,) = problem_lines(of(tmp_path / "test.json"))
    assert "/properties/n/example: the schema has an example that does not match it, and is not used" in line
    assert line.endswith("and so have 2 other schemas")
    assert ("abc", True) == (reply["ok"], isinstance(reply["n"], int))
