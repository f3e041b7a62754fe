"""What the service sets inside of objects: `metadata` of Kubernetes, `attributes` and `relationships` of JSON:API."""

from __future__ import annotations

from tests.cases.conftest import Serve

SWARMS = "/apis/bees.example.io/v1/namespaces/{}/swarms"
JSON_API = {"Content-Type": "application/vnd.api+json"}


def test_metadata_has_what_the_service_knows_and_keeps_it(serve: Serve) -> None:
    api = serve("inside-values")
    north = SWARMS.format("north")
    made = api.post(north, json={"metadata": {"name": "a"}, "spec": {"size": 3}}).json()["metadata"]
    assert ("a", "north", "1") == (made["name"], made["namespace"], made["resourceVersion"])
    assert made["creationTimestamp"].startswith("2026-01-01T")

    other = api.post(SWARMS.format("south"), json={"metadata": {"name": "a"}}).json()["metadata"]
    assert "south" == other["namespace"]
    assert made["uid"] != other["uid"]

    replaced = api.put(f"{north}/a", json={"metadata": {"name": "a"}, "spec": {"size": 4}}).json()
    assert {**made, "resourceVersion": "2"} == replaced["metadata"]
    assert replaced == api.get(f"{north}/a").json()


def test_a_name_exists_once_in_a_namespace(serve: Serve) -> None:
    api = serve("inside-values")
    swarm = {"metadata": {"name": "a"}}

    assert [201, 409] == [api.post(SWARMS.format("north"), json=swarm).status_code for _ in range(2)]
    assert 201 == api.post(SWARMS.format("south"), json=swarm).status_code


def test_a_generated_name_begins_as_the_client_says(serve: Serve) -> None:
    api = serve("inside-values")
    made = [api.post(SWARMS.format("north"), json={"metadata": {"generateName": "bee-"}}).json() for _ in range(2)]

    names = [each["metadata"]["name"] for each in made]
    assert all(name.startswith("bee-") for name in names)
    assert 2 == len(set(names))
    assert made[0] == api.get(f"{SWARMS.format('north')}/{names[0]}").json()


def test_attributes_have_defaults_and_times_that_follow_changes(serve: Serve) -> None:
    api = serve("inside-values")
    sent = {"data": {"type": "keepers", "attributes": {"nick": "Kim"}}}
    keeper = api.post("/keepers", json=sent, headers=JSON_API).json()["data"]
    attributes = keeper["attributes"]
    assert ("Kim", "novice") == (attributes["nick"], attributes["rank"])
    assert attributes["created_at"] == attributes["updated_at"]

    change = {"data": {"attributes": {"rank": "master"}}}
    changed = api.patch(f"/keepers/{keeper['id']}", json=change, headers=JSON_API).json()["data"]["attributes"]
    assert ("Kim", "master") == (changed["nick"], changed["rank"])
    assert attributes["created_at"] == changed["created_at"] < changed["updated_at"]


def test_a_new_item_is_related_to_the_one_above(serve: Serve) -> None:
    api = serve("inside-values")
    sent = {"data": {"type": "keepers", "attributes": {"nick": "Kim"}}}
    keeper = api.post("/keepers", json=sent, headers=JSON_API).json()["data"]
    jar = api.post(
        f"/keepers/{keeper['id']}/jars", json={"data": {"attributes": {"grams": 9}}}, headers=JSON_API
    ).json()

    assert {"keeper": {"data": {"type": "keepers", "id": keeper["id"]}}} == jar["data"]["relationships"]
