"""Cases about schemas: which values are valid, which are made, and what is said about the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cases.conftest import DOCUMENTS, Serve
from tests.client import Client
from tests.process import run
from tests.web.document import answers, document, served, takes


def test_10_a_schema_that_requires_itself_has_a_finite_value(serve: Serve) -> None:
    api = serve("10-cyclic-required")

    assert [{"child": {"child": None}}] * 2 == [api.get(path).json() for path in ("/a", "/b")]
    assert len(api.get("/c").json()["kids"]) >= 1
    assert "left" in api.get("/d").json()


@pytest.mark.parametrize(
    ("path", "body", "detail"),
    [
        ("/u", {"a": "x", "b": 1}, None),
        ("/u", {"a": "x", "b": 1, "z": 2}, "body z: z is not a known property"),
        ("/t", ["v1", None], None),
        ("/t", ["v2", None], 'body 0: "v1" was expected'),
        ("/t", ["v1", 1, 2], "body 2: the list has more entries than are allowed"),
        ("/c", {"kind": "cash"}, None),
        ("/c", {"kind": "card"}, 'body number: "number" is a required property'),
        ("/c", {"kind": "cash", "x-a": "s"}, 'body x-a: "s" is not of type "integer"'),
        (
            "/c",
            {"kind": "cash", "toolongname": 1},
            'body: the name of a property is wrong: "toolongname" is longer than 8 characters',
        ),
    ],
)
def test_11_every_keyword_of_2020_12_counts(serve: Serve, path: str, body: Any, detail: str | None) -> None:
    reply = serve("11-unevaluated").post(path, json=body)

    assert (400 if detail else 200, detail) == (reply.status_code, detail and reply.json()["detail"])


def test_11_a_property_of_a_part_that_fails_is_not_called_unknown(serve: Serve) -> None:
    api = serve("11-unevaluated")

    replies = [api.post("/u", json={"a": 1, "b": 1, **more}) for more in ({}, {"z": 2})]

    assert [["a"], ["a", "z"]] == [[each["field"] for each in reply.json()["errors"]] for reply in replies]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"a": "Élan d'or"}, 200), ({"a": "x!"}, 400), ({"b": "a-_b"}, 200), ({"b": "a b"}, 400),
        ({"c": "2020-01"}, 200), ({"c": "x"}, 400), ({"d": "2020"}, 200), ({"d": "x"}, 400),
        ({"e": "ABC"}, 200), ({"e": "x"}, 400), ({"f": "2020-13-01"}, 400), ({"g": "foo1"}, 400),
    ],
)  # fmt: skip
def test_17_patterns_of_several_dialects_match(serve: Serve, body: Any, status: int) -> None:
    assert status == serve("17-regex").post("/r", json=body).status_code


def test_17_a_pattern_that_nothing_matches_is_named(serve: Serve) -> None:
    reply = serve("17-regex").get("/made")

    assert 500 == reply.status_code
    assert "/schema/properties/g: no string was found" in reply.json()["detail"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"big":9223372036854775807,"huge":123456789012345678901234567890,"price":4.35,"f":0.0000001}', 201),
        ('{"big":9223372036854775808}', 400), ('{"price":4.355}', 400), ('{"price":1.1}', 201),
        ('{"price":0.07}', 201), ('{"f":0}', 400), ('{"i32":2147483648}', 400), ('{"i32":1.0}', 201),
        ('{"money":1e400}', 400), ('{"money":NaN}', 400),
    ],
)  # fmt: skip
def test_22_numbers_are_exact(serve: Serve, body: str, status: int) -> None:
    reply = serve("22-numbers").post("/n", content=body, headers={"content-type": "application/json"})

    assert status == reply.status_code
    assert "huge" not in body or '"huge":123456789012345678901234567890' in reply.text


@pytest.mark.parametrize(
    ("name", "status"),
    [
        *((name, 204) for name in ("e", "ref", "sib", "one", "any", "notyped", "num", "arr", "date")),
        ("str", 400), ("map", 400),
    ],
)  # fmt: skip
def test_29_null_is_valid_where_the_schema_is_nullable(serve: Serve, name: str, status: int) -> None:
    assert status == serve("29-nullable").post("/n", json={name: None}).status_code


def test_29_other_types_are_named_before_null(serve: Serve) -> None:
    api = serve("29-nullable")

    details = [
        api.post("/n", json=body).json()["detail"]
        for body in ({"ref": {}}, {"arr": [None, 1]}, {"map": {"a": None, "b": "x"}})
    ]

    assert [
        'body ref.x: "x" is a required property',
        'body arr.1: 1 is not of type "string" or "null"',
        'body map.b: "x" is not of type "integer" or "null"',
    ] == details


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("dt", "2020-01-01T00:00:00Z", 204), ("dt", "2020-01-01T00:00:00", 400), ("dt", "2020-01-01t00:00:00z", 204),
        ("dt", "2020-01-01 00:00:00Z", 400), ("dt", "2016-12-31T23:59:60Z", 204), ("dt", "2020-02-30T00:00:00Z", 400),
        ("dt", "2020-01-01T00:00:00+0200", 400), ("dt", "2020-01-01T24:00:00Z", 400), ("d", "2020-2-3", 400),
        ("d", "2020-02-30", 400), ("t", "12:00", 400), ("t", "12:00:00Z", 204), ("du", "P1D", 204),
        ("du", "1 day", 400), ("u", "ABCDEF00-0000-0000-0000-000000000000", 204), ("u", "abcdef" + "0" * 26, 400),
        ("e", "a@b", 204), ("e", "x", 400), ("uri", "/rel", 400), ("uri", "http://x.example/é", 400),
        ("ref", "/rel", 204), ("ip", "1.2.3", 400), ("ip6", "::1", 204), ("ip6", "1.2.3.4", 400),
        ("h", "a_b.example", 400), ("h", "-a", 400), ("iban", "x", 204), ("rx", "(", 400), ("len", "😀😀", 204),
        ("len", "😀😀😀", 400), ("b", "aGk", 204),
    ],
)  # fmt: skip
def test_44_formats_are_those_of_their_rfcs(serve: Serve, name: str, value: str, status: int) -> None:
    api = serve("44-formats")

    assert status == api.post("/f", json={name: value}).status_code
    assert 204 == api.post("/f", json=api.get("/f").json()).status_code


def test_44_a_wrong_format_shows_a_right_value(serve: Serve) -> None:
    reply = serve("44-formats").post("/f", json={"dt": "2020-01-01T00:00:00"})

    assert (
        'body dt: "2020-01-01T00:00:00" is not a valid date-time, such as 2024-01-31T12:00:00Z'
        == reply.json()["detail"]
    )


def test_45_a_closed_all_of_says_that_no_value_can_be_valid(serve: Serve) -> None:
    api = serve("45-closed-allof")

    made, refused = api.get("/x"), api.post("/x", json={"a": "x", "b": 1})

    assert 500 == made.status_code
    assert "/AB/allOf/1/properties/b: its parts contradict each other" in made.json()["detail"]
    assert (400, "body b: b is not a known property") == (refused.status_code, refused.json()["detail"])
    big, other = api.get("/big").json(), api.get("/not").json()
    assert (1000, 5000, ["a", "b", "c"]) == (len(big["l"]), len(big["s"]), sorted(big["u"]))
    assert isinstance(other["a"], str)


def test_45_a_closed_all_of_is_named_at_start() -> None:
    said = run("infer", str(DOCUMENTS / "45-closed-allof.yaml")).stderr

    assert (
        "/AB/allOf: `additionalProperties: false` of A refuses the property b that allOf/1 requires: no object" in said
    )


def test_contradictions_of_a_schema_are_named_at_start() -> None:
    said = run("infer", str(DOCUMENTS / "contradictions.yaml")).stderr

    found = [line.partition("/paths/~1")[2].partition("/")[0] for line in said.splitlines() if "/paths/" in line]
    assert ["required", "optional", "itself", "types", "bounds"] == found
    assert "refuses the property c of allOf/1; `unevaluatedProperties: false` beside `allOf` would not" in said
    assert "no value has all of the types: string of allOf/0, object of Open" in said
    assert "`minimum` 5 is greater than `maximum` 3: no value is valid" in said


def test_the_values_of_a_choice_that_may_be_null_are_named(tmp_path: Path) -> None:
    """What drf-spectacular writes for a nullable field with choices."""
    choice = {"oneOf": [{"enum": ["house", "flat"]}, {"enum": [""]}, {"enum": [None]}], "nullable": True}
    action = {"requestBody": takes({"properties": {"kind": choice}}), "responses": answers(None, "204")}
    with Client(served(tmp_path, document({"/homes": {"post": action}}) | {"openapi": "3.0.3"})) as client:
        replies = [client.post("/homes", json={"kind": kind}) for kind in ("house", "", None, "castle")]

    assert [204, 204, 204, 400] == [reply.status_code for reply in replies]
    assert 'body kind: "castle" is not one of "house", "flat", "", null' == replies[-1].json()["detail"]
