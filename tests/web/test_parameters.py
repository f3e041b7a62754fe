"""Parameters: a value that is encoded by the specification's table is read unchanged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import httpx
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mockserver.messages import Call, Reply
from mockserver.web.app import Sandbox
from tests.client import Client
from tests.web.document import answers, document, served

KINDS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "integer"},
    "flag": {"type": "boolean"},
    "texts": {"type": "array", "items": {"type": "string"}},
    "numbers": {"type": "array", "items": {"type": "number"}},
    "object": {"type": "object", "properties": {
        "R": {"type": "integer"}, "G": {"type": "string"}, "B": {"type": "boolean"}}},
}  # fmt: skip

TABLE = [
    (location, style, explode, kind)
    for location, styles in {
        "path": ("matrix", "label", "simple"),
        "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
        "header": ("simple",),
        "cookie": ("form",),
    }.items()
    for style in styles
    for explode in (False, True)
    for kind in KINDS
    if not (style in ("spaceDelimited", "pipeDelimited") and (kind in ("text", "number", "flag") or explode))
    if not (style == "deepObject" and (kind != "object" or not explode))
]
"""The style table of OpenAPI 3.1 (section 4.8.12.4), by the type of the value; `n/a` cells are left out."""


def paths() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for location, style, explode, kind in TABLE:
        parameter = {"name": "color", "in": location, "style": style, "explode": explode, "schema": KINDS[kind]}
        template = "/{color}" if location == "path" else ""
        path = f"/{location}/{style}/{explode}/{kind}{template}"
        parameter["required"] = location == "path"
        found[path] = {"get": {"parameters": [parameter], "responses": answers()}}
    return found


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    return watched(served(tmp_path_factory.mktemp("table"), document(paths())))


def watched(sandbox: Sandbox) -> Sandbox:
    """A mock whose operations reply with the parameters that they read."""
    sandbox.prepare()  # Connexion's resolver would connect its handlers at the first request
    for service in sandbox.services.values():
        service.connect(lambda operation: Shown())
    return sandbox


class Shown:
    """Replies with the parameters that were read."""

    name, needs_task = "shown", False

    def reply(self, call: Call, *_: Any) -> Reply:
        arrived = {"path": call.path, "query": call.query, "header": call.headers, "cookie": call.cookies}
        return Reply(200, {**arrived, "body": repr(call.body) if isinstance(call.body, bytes) else call.body})


def texts(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


Encode = Callable[[Any], str]


def undelimited(value: Any, encode: Encode, separator: str = ",") -> str:
    """RFC 6570 without explode: `a,b` and `k,v,k,v`."""
    if isinstance(value, dict):
        return separator.join(encode(texts(part)) for pair in value.items() for part in pair)
    return separator.join(encode(texts(part)) for part in (value if isinstance(value, list) else [value]))


def pairs(value: Any, encode: Encode) -> list[str]:
    """RFC 6570 with explode: `k=v` for an object, `color=a` for each value of a list."""
    entries = value.items() if isinstance(value, dict) else [("color", one) for one in value]
    return [f"{encode(key)}={encode(texts(one))}" for key, one in entries]


def encoded(value: Any, location: str, style: str, explode: bool) -> str:
    """A value as in the table (OpenAPI 3.1 section 4.8.12.4, RFC 6570), percent-encoded except in headers."""
    encode: Encode = texts if location == "header" else lambda text: quote(text, safe="")
    compound = isinstance(value, dict | list)
    if style == "matrix":
        return (
            "".join(f";{p}" for p in pairs(value, encode))
            if explode and compound
            else f";color={undelimited(value, encode)}"
        )
    if style == "label":
        parts = (
            pairs(value, encode) if isinstance(value, dict) else [encode(texts(v)) for v in value] if compound else []
        )
        return "." + (".".join(parts) if explode and compound else undelimited(value, encode))
    if style == "simple":
        return ",".join(pairs(value, encode)) if explode and isinstance(value, dict) else undelimited(value, encode)
    if style == "deepObject":
        return "&".join(f"color%5B{key}%5D={encode(texts(one))}" for key, one in value.items())
    separator = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}.get(style, ",")
    return "&".join(pairs(value, encode)) if explode and compound else f"color={undelimited(value, encode, separator)}"


def send(client: Client, location: str, base: str, written: str) -> httpx.Response:
    if location == "path":
        return client.get(f"{base}/{written}")
    if location == "query":
        return client.get(f"{base}?{written}")
    headers = [(b"color" if location == "header" else b"cookie", written.encode("ascii"))]
    return client.get(base, headers=headers)


def values(location: str, style: str, explode: bool, kind: str) -> st.SearchStrategy[Any]:
    """Values that the style can represent: without encoding, no text may contain its separator."""
    characters = st.characters(codec="ascii", min_codepoint=0x21, max_codepoint=0x7E, exclude_characters=',=;"')
    if location != "header":
        banned = {"spaceDelimited": " ", "pipeDelimited": "|"}.get(style, "")
        characters = st.characters(codec="utf-8", exclude_characters=banned)
    if style == "label" and explode:
        # "." is never encoded (RFC 3986 section 2.3), so what has one cannot be told from two.
        characters = st.characters(codec="utf-8", exclude_characters=".")
    text = st.text(characters, min_size=1, max_size=8).filter(
        lambda found: found.strip() == found or location != "header"
    )
    whole = st.integers(-(2**53), 2**53)
    number = (
        whole if style == "label" else whole | st.floats(-1e6, 1e6, allow_nan=False).filter(lambda n: "e" not in str(n))
    )
    return {
        "text": text.filter(lambda found: found not in (".", "..")),
        "number": whole,
        "flag": st.booleans(),
        "texts": st.lists(text, min_size=1, max_size=4),
        "numbers": st.lists(number, min_size=1, max_size=4),
        "object": st.fixed_dictionaries({"R": whole}, optional={"G": text, "B": st.booleans()}),
    }[kind]


@pytest.mark.parametrize(("location", "style", "explode", "kind"), TABLE)
def test_a_value_that_is_encoded_by_the_table_is_read_back(
    sandbox: Sandbox, location: str, style: str, explode: bool, kind: str
) -> None:
    base = f"/{location}/{style}/{explode}/{kind}"

    @settings(max_examples=40)
    @given(value=values(location, style, explode, kind))
    def law(value: Any) -> None:
        # One text with an encoded separator is read as several, because many clients encode the separators too.
        assume(not (kind == "texts" and style == "form" and not explode and len(value) == 1 and "," in value[0]))
        written = encoded(value, location, style, explode)
        assume(written not in (".", ".."))  # dot segments, which clients remove (RFC 3986 section 5.2.4)
        response = send(client, location, base, written)

        assert 200 == response.status_code, response.text
        assert value == response.json()[location]["color"]

    with Client(sandbox) as client:
        law()


NOTATIONS = [
    ("a[]=1&a[]=2", "numbers", [1, 2]),
    ("a%5B%5D=1&a%5B%5D=2", "numbers", [1, 2]),
    ("a[0]=1&a[1]=2", "numbers", [1, 2]),
    ("a[1]=2&a[0]=1", "numbers", [1, 2]),
    ("a=1&a=2", "numbers", [1, 2]),
    ("a=1,2", "numbers", [1, 2]),
    ("a=1%2C2", "numbers", [1, 2]),
    ("a=1", "numbers", [1]),
    ("a[]=x%2Cy", "texts", ["x,y"]),
    ("a[R]=1&a[B]=true", "object", {"R": 1, "B": True}),
    ("a=R,1,B,true", "object", {"R": 1, "B": True}),
    ('a={"R":1}', "object", {"R": 1}),
    ("a[list][]=1&a[list][]=2", "deep", {"list": [1, 2]}),
    ("a[list][0][n]=1&a[list][1][n]=2", "tree", {"list": [{"n": 1}, {"n": 2}]}),
    ("a[list][][n]=1&a[list][][n]=2", "tree", {"list": [{"n": 1}, {"n": 2}]}),
    ("a[free]=1&a[other]=2", "map", {"free": 1, "other": 2}),
]
"""How generated clients write lists and objects, and what they mean."""

FURTHER: dict[str, dict[str, Any]] = KINDS | {
    "deep": {"type": "object", "properties": {"list": KINDS["numbers"]}},
    "tree": {"type": "object", "properties": {"list": {
        "type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer"}}}}}},
    "map": {"type": "object", "additionalProperties": {"type": "integer"}},
}  # fmt: skip


@pytest.mark.parametrize(("written", "kind", "meant"), NOTATIONS)
@pytest.mark.parametrize("style", ["form", "deepObject"])
def test_notations_of_generated_clients_are_read_in_queries_and_forms(
    tmp_path: Path, written: str, kind: str, meant: Any, style: str
) -> None:
    parameter = {"name": "a", "in": "query", "style": style, "schema": FURTHER[kind]}
    form = {"type": "object", "properties": {"a": FURTHER[kind]}}
    body = {"content": {"application/x-www-form-urlencoded": {"schema": form}}}
    operations = {
        "get": {"parameters": [parameter], "responses": answers()},
        "post": {"requestBody": body, "responses": answers()},
    }
    sandbox = watched(served(tmp_path, document({"/x": operations})))
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    with Client(sandbox) as client:
        queried = client.get(f"/x?{written}")
        posted = client.post("/x", content=quote_plus(written, safe='=&%{}":,[]'), headers=headers)

    assert meant == queried.json()["query"]["a"]
    if written not in ("a=1,2", "a=1%2C2", "a=R,1,B,true"):
        assert {"a": meant} == posted.json()["body"]


def test_a_name_that_contains_brackets_is_read_as_it_is(tmp_path: Path) -> None:
    parameters = [
        {"name": "filter[name]", "in": "query", "schema": {"type": "string"}},
        {"name": "ids[]", "in": "query", "schema": KINDS["numbers"]},
    ]
    sandbox = watched(served(tmp_path, document({"/x": {"get": {"parameters": parameters, "responses": answers()}}})))

    with Client(sandbox) as client:
        response = client.get("/x?filter[name]=ada&ids[]=1&ids[]=2")

    assert {"filter[name]": "ada", "ids[]": [1, 2]} == response.json()["query"]


def test_a_header_that_is_sent_twice_is_one_list(tmp_path: Path) -> None:
    parameter = {"name": "X-Ids", "in": "header", "schema": KINDS["numbers"]}
    sandbox = watched(served(tmp_path, document({"/x": {"get": {"parameters": [parameter], "responses": answers()}}})))

    with Client(sandbox) as client:
        response = client.get("/x", headers=[("x-ids", "1, 2"), ("x-ids", "3")])

    assert {"X-Ids": [1, 2, 3]} == response.json()["header"]


def test_all_faults_of_all_parameters_are_reported(tmp_path: Path) -> None:
    parameters = [
        {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 10}},
        {"name": "order", "in": "query", "required": True, "schema": {"enum": ["asc", "desc"]}},
        {"name": "X-Trace", "in": "header", "required": True, "schema": {"type": "string"}},
    ]
    sandbox = served(tmp_path, document({"/x": {"get": {"parameters": parameters, "responses": answers()}}}))

    with Client(sandbox) as client:
        response = client.get("/x?limit=11&order=up")

    assert 400 == response.status_code
    assert ["limit", "order", "X-Trace"] == [fault["field"] for fault in response.json()["errors"]]


@pytest.mark.parametrize(("written", "status"), [("2147483647", 200), ("2147483648", 400), ("-2147483649", 400)])
def test_a_number_beyond_its_format_is_refused(tmp_path: Path, written: str, status: int) -> None:
    """A format limits the size of a number (OpenAPI 3.1 section 4.4), also in clients generated from the document."""
    parameter = {"name": "limit", "in": "query", "schema": {"type": "integer", "format": "int32"}}
    sandbox = served(tmp_path, document({"/x": {"get": {"parameters": [parameter], "responses": answers()}}}))

    with Client(sandbox) as client:
        response = client.get(f"/x?limit={written}")

    assert status == response.status_code


@given(name=st.text(alphabet="a[]b", max_size=12), value=st.text(max_size=4))
def test_no_query_makes_the_server_fail(sandbox: Sandbox, name: str, value: str) -> None:
    with Client(sandbox) as client:
        response = client.get(f"/query/form/False/object?color{quote(name, safe='[]')}={quote(value)}")

    assert response.status_code in (200, 400)
