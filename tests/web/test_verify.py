"""Verification: were these requests sent, and if not, what was sent in their place?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import mockserver
from tests.client import Client
from tests.web.conftest import ADMIN, LINEAR
from tests.web.document import document, served, takes

SERVERS = "/api/public/organizations/org_abc123/mcp-servers"
KEY = {"Authorization": f"Bearer {ADMIN}"}
NAMED = {"type": "object", "properties": {"displayName": {"const": "Linear"}}, "required": ["displayName"]}


@pytest.fixture
def client() -> Iterator[Client]:
    with Client(mockserver.create_app("basedash", seed=7, journal=100)) as client:
        client.post(SERVERS, headers=KEY, json=LINEAR)
        client.post(SERVERS, headers=KEY, json={**LINEAR, "displayName": "Notion"})
        client.get(SERVERS + "?limit=2", headers={**KEY, "X-Trace": "abc"})
        yield client


def verify(client: Client, **expected: Any) -> httpx.Response:
    return client.post("/_mock/verify", json=expected)


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ({"operation": "createMcpServer", "count": {"exactly": 2}}, [1, 2]),
        ({"operation": "createMcpServer", "body": NAMED, "count": {"exactly": 1}}, [1]),
        ({"operation": "createMcpServer", "json_path": {"$.displayName": "Notion"}}, [2]),
        ({"json_path": {"$.displayName": {"schema": {"pattern": "^N"}}}}, [2]),
        ({"method": "get", "path": "/api/public/organizations/{orgId}/mcp-servers", "query": {"limit": 2}}, [3]),
        ({"query": {"limit": {"schema": {"type": "integer", "minimum": 2}}}}, [3]),
        ({"path": SERVERS, "headers": {"x-trace": "abc"}}, [3]),
        ({"path_parameters": {"orgId": "org_abc123"}, "caller": "admin", "tenant": "org_abc123", "status": 200}, [3]),
        ({"operation": "deleteMcpServer", "count": {"exactly": 0}}, []),
        ({"operation": "createMcpServer", "count": {"at_least": 1, "at_most": 2}}, [1, 2]),
        ({"in_order": [{"operation": "createMcpServer"}, {"operation": "listMcpServers"}]}, [1, 3]),
        ({"status": "2XX"}, [1, 2, 3]),
        ({"status": "200", "operation": "listMcpServers"}, [3]),
        ({"status": "4xx", "count": {"exactly": 0}}, []),
        ({"in_order": [{"status": 201}, {"status": "2XX", "method": "GET"}]}, [1, 3]),
    ],
)  # fmt: skip
def test_what_was_sent_is_verified(client: Client, expected: dict[str, Any], found: list[int]) -> None:
    reply = verify(client, **expected)

    assert (200, True, found, []) == (
        reply.status_code, reply.json()["verified"], reply.json()["found"], reply.json()["nearest"],
    )  # fmt: skip


def test_what_was_not_sent_is_told_with_the_nearest_requests_and_every_difference(client: Client) -> None:
    reply = verify(client, operation="createMcpServer", json_path={"$.displayName": "Slack"}, caller="admin")
    told = reply.json()

    assert (422, False) == (reply.status_code, told["verified"])
    assert "expected at least 1, but there were 0 of 3 requests like this" == told["message"]
    assert [2, 1, 3] == [near["number"] for near in told["nearest"]]
    assert [{"field": "json_path.$.displayName", "expected": "Slack", "actual": "Notion"}] == told["nearest"][0][
        "differences"
    ]
    assert "operation" in [each["field"] for each in told["nearest"][2]["differences"]]


def test_an_expectation_without_a_condition_is_one_request_at_least(client: Client) -> None:
    replies = [client.post(f"/_mock/verify?namespace={name}", json={}) for name in ("default", "unused")]

    assert [(200, [1, 2, 3]), (422, [])] == [(each.status_code, each.json()["found"]) for each in replies]
    assert "expected at least 1, but there were 0 of 0 requests like this" == replies[1].json()["message"]


def test_a_body_that_breaks_the_schema_is_told_field_by_field(client: Client) -> None:
    wanted = {"properties": {"displayName": {"type": "integer"}}, "required": ["note"]}
    [near, *_] = verify(client, operation="createMcpServer", body=wanted).json()["nearest"]

    assert near["differences"][0]["field"].startswith("body")


def test_every_field_of_a_body_that_differs_is_told_with_the_value_that_was_expected(client: Client) -> None:
    wanted = {
        "properties": {"displayName": {"const": "Jira"}, "serverUrl": {"const": "https://x"}},
        "required": ["note"],
    }
    [near, *_] = verify(client, operation="createMcpServer", body=wanted).json()["nearest"]

    told = {each["field"]: (each["expected"], each["actual"]) for each in near["differences"]}
    assert {
        "body.displayName": ("Jira", "Notion"),
        "body.serverUrl": ("https://x", LINEAR["serverUrl"]),
        "body.note": ('"note" is a required property', None),
    } == told


@pytest.mark.parametrize(
    "condition",
    [
        {"headers": {"Authorization": "Bearer other"}},
        {"headers": {"authorization": {"schema": {"pattern": "^Basic"}}}},
        {"body": {"properties": {"apiKey": {"pattern": "^x"}}}},
        {"body": {"properties": {"login": {"properties": {"password": {"const": "x"}}}}}},
        {"body": {"properties": {"login": {"type": "string"}}}},
        {"json_path": {"$.login.password": "x"}},
        {"json_path": {"$['login']['password']": "x"}},
        {"json_path": {"$.login": {}}},
        {"query": {"access_token": "x"}},
    ],
)
def test_a_secret_that_differs_is_not_shown(condition: dict[str, Any]) -> None:
    with Client(mockserver.create_app("basedash", seed=7, journal=100)) as client:
        body = {**LINEAR, "apiKey": "hush-hush", "login": {"password": "hush-hush"}}
        client.post(SERVERS + "?access_token=hush-hush", headers={"Authorization": "Bearer hush-hush"}, json=body)
        told = verify(client, **condition)

    assert 422 == told.status_code
    assert [condition.popitem()[0]] == [
        each["field"].split(".")[0] for each in told.json()["nearest"][0]["differences"]
    ]
    assert "hush-hush" not in told.text


def test_too_many_are_told_too(client: Client) -> None:
    told = verify(client, operation="createMcpServer", count={"exactly": 1}).json()

    assert ("expected exactly 1, but there were 2 of 3 requests like this", [1, 2]) == (told["message"], told["found"])


@pytest.mark.parametrize(
    ("expectation", "field", "says"),
    [
        ({"operation": "deleteMcpServr", "count": {"exactly": 0}}, "operation", "did you mean 'deleteMcpServer'?"),
        ({"in_order": [{}, {"operation": "eat"}]}, "in_order.1.operation", "there are: listMcpServers, "),
        ({"service": "basdash", "count": {"exactly": 0}}, "service", "did you mean 'basedash'?"),
        (
            {"path_parameters": {"orgID": "o"}, "count": {"exactly": 0}},
            "path_parameters.orgID",
            "did you mean 'orgId'?",
        ),
        (
            {"in_order": [{"operation": "listMcpServers", "path_parameters": {"x": 1}}]},
            "in_order.0.path_parameters.x",
            "there is no path parameter 'x'; there are: orgId",
        ),
    ],
)
def test_an_operation_that_does_not_exist_is_no_reason_to_pass(
    client: Client, expectation: dict[str, Any], field: str, says: str
) -> None:
    reply = verify(client, **expectation)
    (error,) = reply.json()["errors"]

    assert (409, field) == (reply.status_code, error["field"])
    assert says in error["detail"]


@pytest.mark.parametrize(
    ("count", "status", "says"),
    [
        ({"exactly": 1, "at_least": 1}, 400, "exactly and at_least are not allowed together"),
        ({"exactly": 1, "at_most": 0}, 400, "exactly and at_most are not allowed together"),
        (
            {"at_least": 3, "at_most": 2}, 409,
            "no number is at least 3 and at most 2; did you mean at_least 2 and at_most 3?",
        ),
    ],
)  # fmt: skip
def test_counts_that_contradict_each_other_are_refused(
    client: Client, count: dict[str, int], status: int, says: str
) -> None:
    reply = verify(client, operation="createMcpServer", count=count)
    (error,) = reply.json()["errors"]

    assert (status, "count", says) == (reply.status_code, error["field"], error["detail"])


@pytest.mark.parametrize("status", ["40X", "9XX", 42, True])
def test_what_is_no_status_is_refused_where_it_is_written(client: Client, status: Any) -> None:
    replies = [verify(client, status=status), verify(client, in_order=[{"status": status}])]

    assert [(400, "status"), (400, "in_order.0.status")] == [
        (each.status_code, each.json()["errors"][0]["field"]) for each in replies
    ]


def test_an_order_names_the_status_that_did_not_come(client: Client) -> None:
    told = verify(client, in_order=[{"status": 201}, {"operation": "createMcpServer", "status": "5XX"}]).json()

    assert told["message"].endswith('{"operation":"createMcpServer","status":"5XX"}')
    assert {"field": "status", "expected": "5XX", "actual": 201} in told["nearest"][0]["differences"]


def test_an_order_that_was_not_kept_is_told_at_the_first_request_that_is_missing(client: Client) -> None:
    told = verify(client, in_order=[{"operation": "listMcpServers"}, {"operation": "createMcpServer"}]).json()

    assert told["message"].startswith("number 2 of 2 in the order was not sent after the request 3")


def test_a_count_of_another_type_is_one_mistake(client: Client) -> None:
    refused = verify(client, operation="createMcpServer", count=2)

    assert ['2 is not of type "object"'] == [each["detail"] for each in refused.json()["errors"]]


@pytest.mark.parametrize("path", ["/pets", "/v2/pets"])
def test_a_path_is_below_the_base_url_or_whole(tmp_path: Path, path: str) -> None:
    paths = {"/pets": {"get": {"operationId": "listPets", "responses": {"200": {"description": "pets"}}}}}
    written = document(paths, servers=[{"url": "https://pets.example/v2"}])
    with Client(served(tmp_path, written, journal=10)) as client:
        client.get("/v2/pets")
        client.delete("/v2/pets")

        assert [1, 2] == verify(client, path=path).json()["found"]


def test_each_namespace_is_verified_alone(client: Client) -> None:
    assert 422 == client.post("/_mock/verify?namespace=other", json={"operation": "createMcpServer"}).status_code


@pytest.mark.parametrize(
    ("expected", "word"),
    [
        ({"body": {"type": "nothing"}}, "body"),
        ({"json_path": {"$.[": 1}}, "json_path"),
        ({"headers": {"x": {"schema": {"$ref": "http://elsewhere/schema"}}}}, "headers.x"),
        ({"operatoin": "x"}, "operatoin"),
    ],
)
def test_a_condition_that_cannot_be_compared_is_refused(client: Client, expected: dict[str, Any], word: str) -> None:
    reply = verify(client, **expected)

    assert (400 if word == "operatoin" else 409, True) == (reply.status_code, word in reply.text)
    assert ("about:blank", "body") == (reply.json()["type"], reply.json()["errors"][0]["in"])


@pytest.mark.parametrize(
    ("condition", "field"),
    [
        ({"body": {"displayName": "Linear"}}, "body"),
        ({"query": {"limit": {"schema": {"title": 2}}}}, "query.limit.schema"),
        ({"json_path": {"$": {"schema": {"description": "Linear"}}}}, "json_path.$.schema"),
    ],
)
def test_values_where_a_schema_belongs_are_no_reason_to_pass(client: Client, condition: Any, field: str) -> None:
    replies = [
        verify(client, **condition),
        client.post("/_mock/overrides", json={"when": condition, "then": {"status": 503}, "invalid": True}),
    ]

    for reply, at in zip(replies, (field, f"when.{field}"), strict=True):
        assert (409, at) == (reply.status_code, reply.json()["errors"][0]["field"])
        assert "is no keyword of JSON Schema, so that everything matches; did you mean {" in reply.json()["detail"]


def test_a_form_is_compared_as_an_override_compares_it(tmp_path: Path) -> None:
    form = {"type": "object", "properties": {"name": {"type": "string"}}}
    paths = {
        "/pets": {
            "post": {
                "operationId": "addPet",
                "requestBody": takes(form, "application/x-www-form-urlencoded"),
                "responses": {"204": {"description": "added"}},
            }
        }
    }
    with Client(served(tmp_path, document(paths), journal=10)) as client:
        client.post("/pets", data={"name": "Rex"})
        condition = {"operation": "addPet", "json_path": {"$.name": "Rex"}}
        client.post("/_mock/overrides", json={"when": condition, "then": {"status": 503}, "times": 1, "invalid": True})

        assert 200 == verify(client, **condition).status_code
        assert [503, 204] == [client.post("/pets", data={"name": "Rex"}).status_code for _ in range(2)]
