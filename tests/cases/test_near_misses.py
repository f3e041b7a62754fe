"""Requests that are wrong by little, and what the refusal says about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.client import Client
from tests.web.document import Node, answers, document, served, takes

OK = answers(example={"ok": True})
KIND: Node = {"type": "string", "enum": ["cat", "dog"]}
FILTER: Node = {"type": "object", "properties": {"n": {"type": "integer"}}}


def query(name: str, schema: Node, **more: object) -> Node:
    return {"name": name, "in": "query", "schema": schema, **more}


@pytest.fixture
def api(tmp_path: Path) -> Client:
    described = [
        query("kind", KIND),
        query("page", {"type": "integer"}),
        {"name": "filter", "in": "query", "content": {"application/json": {"schema": FILTER}}},
    ]
    pet = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    patch = takes({"type": "object"}, kind="application/merge-patch+json")
    paths: Node = {
        "/pets/": {"get": {"parameters": described, "responses": OK}},
        "/owners": {"get": {"responses": OK}, "put": {"requestBody": takes({"type": "object"}), "responses": OK}},
        "/owners/{id}/pets": {"parameters": [pet], "patch": {"requestBody": patch, "responses": OK}},
    }
    return Client(served(tmp_path, document(paths)))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("kind=dog&kind=cat", None),
        ("kind=&kind=cat", None),  # a form sends an empty field beside the chosen one
        ("kind=cow&kind=cat", 'query kind: "cow" is not one of "cat" or "dog"'),
        ("kind=cat&kind=cow", 'query kind: "cow" is not one of "cat" or "dog"'),
        ("page=x&page=1", 'query page: "x" is not of type "integer"'),
        ("page=1&page=2", None),
    ],
)
def test_each_value_of_a_parameter_that_is_sent_twice_is_judged(api: Client, asked: str, said: str | None) -> None:
    with api:
        reply = api.get(f"/pets/?{asked}")

    assert said == reply.json().get("detail")


def test_a_parameter_that_is_not_json_is_told_where(api: Client) -> None:
    with api:
        broken, wrong, text = (
            api.get("/pets/", params={"filter": value}).json()["detail"] for value in ('{"n"', '{"n":"x"}', '"x"')
        )

    assert broken.startswith("query filter: not JSON: ")
    assert broken.endswith("line 1 column 5 (char 4)")
    assert 'query filter.n: "x" is not of type "integer"' == wrong
    assert 'query filter: "x" is not of type "object"' == text


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/pets", "there is no path /pets; did you mean /pets/?"),
        ("/owners/", "there is no path /owners/; did you mean /owners?"),
        ("/owner", "there is no path /owner; did you mean /owners?"),
        ("/owners/7/pet", "there is no path /owners/7/pet; did you mean /owners/{id}/pets?"),
        ("/Owners", "there is no path /Owners; did you mean /owners?"),
        ("/stores", "there is no path /stores"),
        ("/owner/7/pet", "there is no path /owner/7/pet"),
    ],
)
def test_the_path_that_was_meant_by_an_unknown_one_is_named(api: Client, path: str, said: str) -> None:
    with api:
        reply = api.get(path)

    assert (404, said) == (reply.status_code, reply.json()["detail"])


def test_a_415_says_which_patches_are_taken(api: Client) -> None:
    with api:
        patched, put = (
            api.request(method, path, content=b"x", headers={"content-type": "text/plain"})
            for method, path in (("PATCH", "/owners/7/pets"), ("PUT", "/owners"))
        )

    kind = "application/merge-patch+json"
    assert (415, kind, kind) == (patched.status_code, patched.headers["accept-patch"], patched.headers["accept"])
    assert (415, False) == (put.status_code, "accept-patch" in put.headers)
