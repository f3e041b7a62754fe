"""Which requests an override is for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import astuple

import mockserver
from mockserver.errors import Invalid
from mockserver.web.control.conditions import Condition
from tests.client import Client
from tests.web.conftest import LINEAR, SERVERS
from tests.web.document import answers, document, served, takes
from tests.web.overrides.server import NEW_PET, PET, PETS, Served


@pytest.fixture
def client(tmp_path: Path) -> Any:
    with Client(served(tmp_path, document(PETS))) as client:
        yield client


def is_overridden(client: Client, when: dict[str, Any], method: str, path: str, **options: Any) -> bool:
    """Does an override with this condition answer the request?"""
    override = {"when": when, "then": {"status": 599}, "invalid": True}
    added = client.post("/_mock/overrides", json=override)
    assert 201 == added.status_code, added.text
    reply = client.request(method, path, **options)
    client.delete("/_mock/overrides")
    return 599 == reply.status_code


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({}, True),
        ({"operation": "createPet"}, True),
        ({"operation": "listPets"}, False),
        ({"service": "test"}, True),
        ({"method": "post"}, True),
        ({"method": "PUT", "path": "/nothing"}, False),
        ({"path": "/pets"}, True),
        ({"path": "/pets/{id}"}, False),
        ({"query": {"limit": 3}}, True),
        ({"query": {"limit": "3"}}, True),
        ({"query": {"limit": 4}}, False),
        ({"query": {"limit": {"schema": {"type": "integer", "maximum": 3}}}}, True),
        ({"query": {"limit": {"schema": {"maximum": 2, "type": "integer"}}}}, False),
        ({"query": {"limit": {"schema": {"maximum": 2}}}}, False),
        ({"query": {"limit": {"schema": {"pattern": "^3"}}}}, True),
        ({"query": {"limit": {"schema": {"enum": [1, 3]}}}}, True),
        ({"query": {"cursor": None}}, True),
        ({"query": {"limit": None}}, False),
        ({"query": {"tag": ["a", "b"]}}, True),
        ({"query": {"tag": ["b", "a"]}}, False),
        ({"query": {"tag": "b"}}, True),
        ({"headers": {"X-Trace": "abc"}}, True),
        ({"headers": {"x-trace": {"schema": {"pattern": "^a"}}}}, True),
        ({"headers": {"X-Trace": "abd"}}, False),
        ({"headers": {"X-Other": None}}, True),
        ({"body": {"required": ["age"], "properties": {"age": {"minimum": 5}}}}, True),
        ({"body": {"properties": {"age": {"minimum": 6}}}}, False),
        ({"body": True}, True),
        ({"body": False}, False),
        ({"json_path": {"$.name": "Rex"}}, True),
        ({"json_path": {"$.name": "Ada"}}, False),
        ({"json_path": {"$.tags[*]": "good"}}, True),
        ({"json_path": {"$.tags[*]": {"schema": {"pattern": "^b"}}}}, True),
        ({"json_path": {"$.tags[?@ == 'bad']": None}}, True),
        ({"json_path": {"$..age": 5}}, True),
        ({"operation": "createPet", "query": {"limit": 3}, "json_path": {"$.age": 6}}, False),
    ],
)
def test_a_condition_compares_every_part_of_a_request(client: Client, when: dict[str, Any], expected: bool) -> None:
    pet = {"name": "Rex", "age": 5, "tags": ["good", "big"]}
    options = {"json": pet, "headers": {"X-Trace": "abc"}}

    assert expected == is_overridden(client, when, "POST", "/pets?limit=3&tag=a&tag=b", **options)


@pytest.mark.parametrize(
    ("when", "path", "expected"),
    [
        ({"path": "/pets/7"}, "/pets/7", True),
        ({"path": "/pets/7"}, "/pets/%37", True),
        ({"path": "/pets/7"}, "/test/pets/7", True),
        ({"path": "/pets/7"}, "/pets/8", False),
        ({"path": "/pets/{any}"}, "/pets/8", True),
        ({"operation": "getPet", "path_parameters": {"petId": "7"}}, "/pets/7", True),
        ({"operation": "getPet", "path_parameters": {"petId": {"schema": {"pattern": "^8"}}}}, "/pets/7", False),
        ({"path": "/nothing"}, "/nothing", True),
        ({"path": "/nothing"}, "/other", False),
        ({"operation": "getPet"}, "/nothing", False),
    ],
)
def test_a_path_is_literal_or_a_template(client: Client, when: dict[str, Any], path: str, expected: bool) -> None:
    assert expected == is_overridden(client, when, "GET", path)


def test_a_form_is_compared_by_its_fields(tmp_path: Path) -> None:
    form = takes(NEW_PET, kind="application/x-www-form-urlencoded")
    paths = {"/pets": {"post": {"operationId": "createPet", "requestBody": form, "responses": answers(PET)}}}
    with Client(served(tmp_path, document(paths))) as client:
        for name, expected in (("Rex", True), ("Ada", False)):
            found = is_overridden(client, {"json_path": {"$.name": "Rex"}}, "POST", "/pets", data={"name": name})
            assert expected == found


def test_caller_and_tenant_are_those_of_the_credential(admin: Client) -> None:
    then = {"then": {"status": 599}, "invalid": True}
    for when, expected in (
        ({"tenant": "org_abc123"}, 599),
        ({"tenant": "org_2"}, 201),
        ({"caller": "admin"}, 599),
        ({"caller": "nobody"}, 201),
    ):
        added = admin.post("/_mock/overrides", json={"when": {"operation": "createMcpServer", **when}, **then})
        assert (201, expected) == (added.status_code, admin.post(SERVERS, json=LINEAR).status_code), added.text
        admin.delete("/_mock/overrides")


def test_the_admin_api_is_never_overridden(client: Client) -> None:
    client.post("/_mock/overrides", json={"then": {"status": 599}, "invalid": True})

    assert (599, 200) == (client.get("/pets").status_code, client.get("/_mock/health").status_code)
    assert 204 == client.delete("/_mock/overrides").status_code
    assert 200 == client.get("/pets").status_code


@pytest.mark.parametrize(
    ("when", "field", "says"),
    [
        ({"operation": "listPet"}, "when.operation", "did you mean 'listPets'?"),
        ({"service": "shop"}, "when.service", "there are: test"),
        ({"path": "/pet"}, "when.path", "did you mean '/pets'?"),
        ({"operation": "listPets", "path": "/pets/7"}, "when", "no operation matches all of this"),
        ({"operation": "listPets", "method": "POST"}, "when", "no operation matches all of this"),
        ({"query": {"limit": {"minimum": 3}}}, "when.query.limit", '{\\"schema\\": …}'),
        ({"body": {"type": "text"}}, "when.body", "this is no JSON Schema"),
        ({"body": {"$ref": "http://127.0.0.1:9/schema"}}, "when.body", "is not fetched"),
        ({"json_path": {"name": 1}}, "when.json_path.name", "RFC 9535"),
        ({"json_path": {"$..a..b": 1}}, "when.json_path.$..a..b", "use `..` once at most"),
        ({"json_path": {"$[?$.a == @]": 1}}, "when.json_path.$[?$.a == @]", "only at the beginning"),
        ({"json_path": {"$[?match(@, '(a+)+')]": 1}}, "", "pattern"),
        ({"json_path": {"$" + ".a" * 600: 1}}, "", "more than 1000 characters"),
        ({"colour": "red"}, "", "colour"),
    ],
)
def test_a_wrong_condition_gets_an_error_that_names_the_field(
    client: Client, when: dict[str, Any], field: str, says: str
) -> None:
    reply = client.post("/_mock/overrides", json={"when": when, "then": {"pass": True}})

    # what the document of the admin API forbids is a 400, what cannot be compared a 409
    assert (400 if "colour" in when else 409) == reply.status_code, reply.text
    assert says in reply.text
    assert field in {error["field"] for error in reply.json()["errors"]} | {""}
    assert [] == client.get("/_mock/overrides").json()


class SentRequest:
    """A request as `POST /_mock/verify` would compare it."""

    operation, service, method, path = "createPet", "shop", "POST", "/pets"
    paths = ("/pets",)
    caller, tenant = "admin", None

    def __init__(self) -> None:
        self.query = {"limit": ["3"]}
        self.headers: dict[str, list[str]] = {}
        self.path_parameters: dict[str, list[str]] = {}
        self.body = {"name": "Rex", "age": -1}


def test_differences_name_each_field_with_what_is_expected_and_found() -> None:
    condition = Condition(
        {
            "operation": "createPet",
            "path": "/cats",
            "tenant": "a",
            "query": {"limit": 4, "cursor": None},
            "headers": {"X-Trace": "1"},
            "body": {"properties": {"age": {"minimum": 0}}},
            "json_path": {"$.name": "Ada"},
        }
    )

    assert [
        ("path", "/cats", "/pets"),
        ("query.limit", 4, "3"),
        ("headers.X-Trace", "1", None),
        ("tenant", "a", None),
        ("body.age", "-1 is less than the minimum of 0", -1),
        ("json_path.$.name", "Ada", "Rex"),
    ] == [astuple(each) for each in condition.differences(SentRequest())]
    assert not condition.matches(SentRequest())
    assert Condition({"operation": "createPet"}).matches(SentRequest())


def test_a_condition_without_a_schema_key_is_refused() -> None:
    with pytest.raises(Invalid, match="give a value"):
        Condition({"query": {"limit": {"minimum": 1}}})


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({"path": "/pets/7"}, [599, 404, 200]),
        ({"path": "/pets/{id}"}, [599, 599, 200]),
        ({"operation": "getPet"}, [599, 599, 200]),
        ({"operation": "getPet", "path": "/pets/8"}, [404, 599, 200]),
        ({"method": "GET"}, [599, 599, 599]),
        ({"method": "DELETE"}, [404, 404, 200]),
    ],
)
def test_the_fast_path_finds_the_same_overrides(mock: Served, when: dict[str, Any], expected: list[int]) -> None:
    paths = ["/pets/7", "/pets/8", "/pets"]
    for path in paths:
        mock.send("GET", path)  # known from here on, so that the next request takes the fast path
    mock.set(when, {"status": 599}, invalid=True)

    assert expected == [mock.send("GET", path).status_code for path in paths]
    assert [404, 404, 200] == [
        mock.send("GET", path, headers={"Mock-Namespace": "other"}).status_code for path in paths
    ]


def test_overrides_stay_when_documents_are_read_again(tmp_path: Path) -> None:
    sandbox = served(tmp_path, document(PETS))
    with Client(sandbox) as client:
        client.post("/_mock/overrides", json={"when": {"operation": "listPets"}, "then": {"status": 503}, "times": 1})
        sandbox.replace_services(sandbox.read_services())

        assert [503, 200] == [client.get("/pets").status_code for _ in range(2)]


def test_a_service_may_be_named_as_its_paths_begin(tmp_path: Path) -> None:
    path = tmp_path / "pets.json"
    path.write_text(json.dumps(document(PETS)))
    with Client(mockserver.create_app(path)) as client:
        for address in ("/pets/7", "/pets/pets/7"):
            assert is_overridden(client, {"path": "/pets/7"}, "GET", address)
            assert is_overridden(client, {"path_parameters": {"petId": "7"}, "tenant": ""}, "GET", address)
            assert not is_overridden(client, {"path": "/7"}, "GET", address)


def test_the_latest_applies_among_those_with_a_value_and_those_without(client: Client) -> None:
    for number, when in enumerate(
        [
            {"query": {"limit": 1}},
            {"headers": {"X-A": "b"}},
            {"query": {"limit": 2}},
            {"query": {"limit": {"schema": {}}}},
        ]
    ):
        override = {"when": {"operation": "listPets", **when}, "then": {"status": 590 + number}, "invalid": True}
        client.post("/_mock/overrides", json=override)

    def status(query: str, **headers: str) -> int:
        return client.get(f"/pets{query}", headers=headers).status_code

    assert (593, 593, 591, 200) == (
        status("?limit=1"),
        status("?limit=2", a="b"),
        status("", **{"x-a": "b"}),
        status(""),
    )
    client.delete("/_mock/overrides/4")
    assert (590, 592, 591, 592, 200) == (
        status("?limit=1"),
        status("?limit=2"),
        status("?limit=1", **{"x-a": "b"}),
        status("?limit=1&limit=2", **{"x-a": "b"}),
        status("?limit=3"),
    )


@pytest.mark.parametrize("when", [{"operation": "getPet"}, {"path": "/pets/{any}", "method": "GET"}])
def test_a_path_parameter_that_no_operation_has_is_refused(client: Client, when: dict[str, Any]) -> None:
    told = [
        client.post("/_mock/overrides", json={"when": {**when, "path_parameters": {name: "7"}}, "then": {"pass": True}})
        for name in ("petId", "petID", "any")
    ]

    assert [201, 409, 409] == [reply.status_code for reply in told]
    assert (
        "body when.path_parameters.petID: there is no path parameter 'petID'; did you mean 'petId'?"
        == (told[1].json()["detail"])
    )
    assert told[2].json()["detail"].endswith("there is no path parameter 'any'; there are: petId")
