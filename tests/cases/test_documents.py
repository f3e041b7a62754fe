"""Cases about documents that break a rule and mean something all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.conftest import Serve


def test_46_two_operations_with_one_operation_id_are_both_served(serve: Serve) -> None:
    api = serve("46-dup-operationid")

    replies = [api.get("/e"), api.post("/e"), api.get("/f"), api.get("/g")]

    assert ["get e", "post e", "get f", "get g"] == [reply.json()["hit"] for reply in replies]


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ("openapi", "a"),
        ("openapi", "b"),
        ("openapi", "c"),
        ("openapi", "e"),
        ("via-components", "f"),
        ("via-components", "h"),
    ],
)
def test_33_a_discriminator_decides_among_schemas_of_other_files(serve: Serve, document: str, path: str) -> None:
    api = serve(f"33-disc-files/{document}")
    dog, cat = ("Dog", "Cat") if path == "b" else ("dog", "cat")

    shown = api.get(f"/{path}").json()

    assert {dog: "bark", cat: "meow"}[shown["kind"]] in shown
    bodies = [
        {"kind": dog, "bark": 1},
        {"kind": cat, "meow": 1},
        {"kind": dog, "meow": 1},
        {"kind": "zebra", "meow": 1},
    ]
    assert [204, 204, 400, 400] == [api.post(f"/{path}", json=body).status_code for body in bodies]


def test_54_small_slips_of_a_schema_are_passed_over(serve: Serve) -> None:
    api = serve("54-schema-slips")

    replies = [api.get(f"/{name}") for name in "abcd"]

    assert [200] * 4 == [reply.status_code for reply in replies]
    assert [str, str] == [type(replies[0].json()["a"]), type(replies[1].json())]


def test_09_a_closed_object_says_which_property_it_does_not_know(serve: Serve) -> None:
    api = serve("09-additional-false")

    refused = api.put("/one", json={"name": "x", "extra": 1})

    assert (400, "body extra: extra is not a known property") == (refused.status_code, refused.json()["detail"])
    assert {"name", "tags", "createTime"} >= api.get("/res/5").json().keys()
    assert 200 == api.post("/map", json={"z": 1}).status_code


def test_32_a_dynamic_reference_means_the_anchor_of_the_schema_that_a_body_begins_with(serve: Serve) -> None:
    api = serve("32-oas31")

    assert 204 == api.post("/dyn", json={"items": ["a"]}).status_code
    assert 400 == api.post("/dyn", json={"items": [1]}).status_code
    assert 400 == api.post("/dyn", json={"items": []}).status_code
    assert 200 == (shown := api.get("/dyn")).status_code
    assert {str} == {type(item) for item in shown.json()["items"]}


def test_the_published_document_has_the_values_of_its_author(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "roles.yaml").write_text(
        "openapi: 3.0.3\ninfo: {title: Roles, version: '1'}\npaths:\n  /roles:\n    get:\n      responses:\n"
        "        '200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Role'}}}}\n"
        "components: {schemas: {Role: {type: string, nullable: true, enum: [owner, guest], example: owner,\n"
        "  default: guest}}}\n"
    )

    published = serve(tmp_path / "roles").get("/openapi.json").json()

    assert ["owner", "guest"] == published["components"]["schemas"]["Role"]["enum"]
