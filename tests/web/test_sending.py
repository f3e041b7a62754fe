"""Requests that the sandbox sends to itself, overrides that are tried, and reports about services and items."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import mockserver
from mockserver.web.control.check_runs import CheckRuns
from tests.client import Client

PETS = "docs/petstore.yaml"
REX = {"name": "Rex", "kind": "dog"}


@pytest.fixture
def client() -> Iterator[Client]:
    """A client of a sandbox with a journal, whose checks may look at one more host."""
    checks = CheckRuns(is_allowed=True, hosts=["staging.example:8443"])
    app = mockserver.create_app(PETS, "basedash", journal=100, checks=checks)
    with Client(app, "http://127.0.0.1:8080") as made:
        yield made


def first_of(client: Client) -> dict[str, Any]:
    """The first operation of a service that needs a credential, as `send` wants it."""
    services = {each["name"]: each for each in client.get("/_mock/services").json()}
    return {"service": "basedash", "operation": services["basedash"]["first_operation"]}


def test_an_example_of_an_operation_is_sent_with_a_credential_that_works(client: Client) -> None:
    answer = client.post("/_mock/send", json=first_of(client)).json()

    assert answer["response"]["status"] < 300
    assert ["authorization", "********"] in answer["request"]["headers"]
    assert answer["number"] == client.get("/_mock/requests").json()[0]["number"]


def test_a_request_of_the_journal_is_sent_again_with_the_secrets_that_are_masked(client: Client) -> None:
    first = client.post("/_mock/send", json=first_of(client)).json()
    again = client.post("/_mock/send", json={"number": first["number"]}).json()
    edited = client.post("/_mock/send", json={"number": first["number"], "headers": first["request"]["headers"]}).json()
    wrong = {"headers": [["authorization", "Bearer wrong"]]}
    refused = client.post("/_mock/send", json={"number": first["number"], **wrong}).json()

    assert 401 == refused["response"]["status"]
    assert 401 not in (again["response"]["status"], edited["response"]["status"])


@pytest.mark.parametrize(
    ("wanted", "status", "told"),
    [
        ({"method": "GET", "target": "/_mock/state"}, 409, "the admin API is not sent from here"),
        ({"method": "GET", "target": "/%5fmock/state"}, 409, "the admin API is not sent from here"),
        ({"method": "GET", "target": "no path"}, 409, "is no path"),
        ({"method": "GET"}, 409, "say which request"),
        ({"method": "GET", "target": "/a", "headers": [["a b", "c"]]}, 409, "is no name of a header field"),
        ({"method": "GET", "target": "/a", "headers": [["a", "b\r\nc: d"]]}, 409, "has a line break"),
        ({"number": 99}, 404, "is not in the journal"),
        ({"operation": "none"}, 404, "there is no operation 'none'; there are: "),
    ],
)
def test_a_request_that_cannot_be_sent_is_refused_with_the_reason(
    client: Client, wanted: dict[str, Any], status: int, told: str
) -> None:
    answer = client.post("/_mock/send", json=wanted)

    assert status == answer.status_code
    assert told in answer.json()["detail"]


def test_a_preview_shows_what_a_client_gets_and_leaves_nothing_behind(client: Client) -> None:
    client.post("/petstore/pets", json=REX)
    override = {
        "when": {"operation": "getPet"},
        "then": [{"patch": {"name": "Max"}, "delay": 9}, {"refusal": "missing"}],
    }
    found = client.post("/_mock/preview", json={"override": override, "request": {"operation": "getPet"}}).json()
    other = client.post("/_mock/preview", json={"override": override, "request": {"operation": "listPets"}}).json()
    changed, missing = found["answers"]

    assert (["getPet"], 1) == (found["operations"], found["count"])
    assert (9, 200, "Max") == (
        changed["delay"],
        changed["response"]["status"],
        changed["response"]["body"]["json"]["name"],
    )
    assert (None, 404, True) == (missing["delay"], missing["response"]["status"], missing["applied"])
    assert [False, False] == [each["applied"] for each in other["answers"]]
    assert 1 == len(client.get("/_mock/requests").json())
    assert [] == client.get("/_mock/overrides").json()
    assert ["default"] == [each["name"] for each in client.get("/_mock/namespaces").json()]


def test_a_preview_of_a_request_that_changes_something_changes_nothing_outside(client: Client) -> None:
    override = {"when": {"operation": "createPet"}, "then": {"fault": {"kind": "lost-reply"}}}
    (answer,) = client.post("/_mock/preview", json={"override": override}).json()["answers"]

    assert (None, True) == (answer["response"], "lost" in answer["broken"])
    assert 0 == client.get("/petstore/pets").json()["total"]


def test_an_override_that_cannot_be_is_refused_in_a_preview_as_when_it_is_set(client: Client) -> None:
    override = {"when": {"operation": "getPet"}, "then": {"status": 299}}
    preview, added = (
        client.post("/_mock/preview", json={"override": override}),
        client.post("/_mock/overrides", json=override),
    )

    assert (409, 409) == (preview.status_code, added.status_code)
    assert added.json() == preview.json()


def test_an_override_is_switched_off_and_on_and_keeps_its_counts(client: Client) -> None:
    override = {
        "when": {"operation": "listPets"},
        "then": {"status": 200, "body": {"pets": [], "total": 7}},
        "expires": 60,
    }
    id = client.post("/_mock/overrides", json=override).json()["id"]
    totals = [client.get("/petstore/pets").json()["total"]]
    for enabled in (False, True):
        shown = client.patch(f"/_mock/overrides/{id}", json={"enabled": enabled}).json()
        totals.append(client.get("/petstore/pets").json()["total"])

    assert [7, 0, 7] == totals
    assert (1, True, None) == (shown["applied"], shown["enabled"], shown["fault_ends_at"])
    assert shown["ends_at"] > client.get("/_mock/clock").json()["time"]


def test_an_item_has_a_history_with_the_requests_that_made_it(client: Client) -> None:
    number = int(client.post("/petstore/pets", json=REX).headers["mock-request"])
    client.patch("/_mock/state/petstore/pet/1", json={"name": "Max"})
    versions = client.get("/_mock/state/petstore/pet/1/versions").json()

    assert [("changed", "Max", None), ("created", "Rex", number)] == [
        (each["change"], each["after"]["name"], each["request"]) for each in versions
    ]
    unknown = client.get("/_mock/state/petstore/pet/2/versions")
    assert (404, "there is no pet with the id '2'") == (unknown.status_code, unknown.json()["detail"])


def test_resources_are_told_in_a_sentence_with_the_schema_of_their_items(client: Client) -> None:
    client.post("/petstore/pets", json=REX)
    (pet,) = client.get("/_mock/resources?service=petstore").json()
    described = client.get("/_mock/resources/petstore/pet").json()

    assert "Can be created, listed, read and deleted" in pet["summary"]
    assert "filtered by `kind`" in pet["summary"]
    assert (1, "id", True) == (pet["items"], pet["id"], pet["is_editable"])
    assert "name" in str(described["schema"])
    assert 404 == client.get("/_mock/resources/petstore/dog").status_code


def test_some_of_the_items_are_listed(client: Client) -> None:
    for name in "abcd":
        client.post("/petstore/pets", json={"name": name, "kind": "cat"})
    found = client.get("/_mock/state/petstore/pet", params={"offset": 1, "limit": 2}).json()

    assert ["b", "c"] == [each["name"] for each in found]


def test_the_behaviour_of_a_service_is_a_file_that_serves_it(client: Client, tmp_path: Path) -> None:
    file = tmp_path / "behaviour.yaml"
    file.write_text(client.get("/_mock/behaviour/petstore").text, encoding="utf-8")
    with Client(mockserver.create_app(PETS, behaviour=[file], journal=9), "http://127.0.0.1:8080") as other:
        assert 201 == other.post("/pets", json=REX).status_code
        assert (
            client.get("/_mock/resources/petstore/pet").json()["summary"]
            == (other.get("/_mock/resources/petstore/pet").json()["summary"])
        )


@pytest.mark.parametrize(
    "url", ["http://192.0.2.1/", "file:///etc/passwd", "http://user@127.0.0.1/", "http://staging.example/"]
)
def test_a_check_of_another_host_is_refused_unless_it_is_allowed(client: Client, url: str) -> None:
    refused = client.post("/_mock/checks", json={"service": "petstore", "url": url})

    assert 409 == refused.status_code
    assert "url: " in refused.json()["detail"]


def test_no_check_is_started_where_none_may_be() -> None:
    with Client(mockserver.create_app(PETS), "http://127.0.0.1:8080") as client:
        refused = client.post("/_mock/checks", json={"service": "petstore"})
        listed = client.get("/_mock/checks").json()

    assert 409 == refused.status_code
    assert "--no-checks" in listed["why_not"]
    assert [] == listed["checks"]


def test_items_that_are_made_when_a_list_is_read_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    with Client(mockserver.create_app("docs/shop.yaml", settings=mockserver.ServiceSettings(items=3))) as client:
        with monkeypatch.context() as patched:
            patched.setattr("mockserver.web.admin.services.MOST_SECONDS", -1.0)
            before = {(each["items"], each["is_counted"]) for each in client.get("/_mock/resources").json()}
        after = {each["is_counted"] for each in client.get("/_mock/resources").json()}

    assert ({(0, False)}, {True}) == (before, after)


def test_items_that_lists_begin_with_are_counted_before_anybody_asks_for_a_list() -> None:
    with Client(mockserver.create_app("docs/shop.yaml", settings=mockserver.ServiceSettings(items=3))) as client:
        counted = {each["resource"]: each["items"] for each in client.get("/_mock/resources").json()}
        listed = {name: len(client.get(f"/{name}s").json()) for name in ("customer", "order")}
        again = {each["resource"]: each["items"] for each in client.get("/_mock/resources").json()}
        owners = client.get("/_mock/resources/shop/address").json()["owners"]
        below = [client.get(f"/_mock/state/shop/address?owner={each}").json() for each in owners]

    assert {"customer": 3, "address": 3, "order": 3, "country": 3} == counted
    assert 3 == len(owners)
    assert [3, 3, 3] == [len(each) for each in below]
    assert {"customer": 3, "order": 3} == listed
    assert counted == again
