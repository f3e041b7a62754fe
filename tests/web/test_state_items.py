"""Items that are read and changed by hand, below `/_mock/state/`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import mockserver
from mockserver.web.service import ServiceSettings
from tests.client import Client
from tests.web.conftest import LINEAR, SERVERS
from tests.web.document import answers, document, served, takes

SHOP = Path(__file__).parents[2] / "docs/shop.yaml"
TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
TIME = {"type": "string", "format": "date-time"}
BY_HAND = "/_mock/state/test/pet"
SERVER_STATE = "/_mock/state/basedash/mcp-server"

PET = {
    "type": "object",
    "required": ["id", "name", "createdAt"],
    "properties": {
        "id": WHOLE, "name": {**TEXT, "maxLength": 5}, "kind": {"enum": ["cat", "dog"]}, "createdAt": TIME,
        "updatedAt": TIME, "tag": TEXT,
    },
}  # fmt: skip
NEW = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": TEXT, "kind": {"enum": ["cat", "dog"], "default": "cat"}, "tag": TEXT},
}
ID = {"name": "id", "in": "path", "required": True, "schema": WHOLE}
MISSING = {"404": {"description": "none"}}
PATHS: dict[str, Any] = {
    "/pets": {
        "get": {"responses": answers({"type": "array", "items": PET})},
        "post": {"requestBody": takes(NEW), "responses": answers(PET, "201")},
    },
    "/pets/{id}": {
        "parameters": [ID],
        "get": {"responses": answers(PET) | MISSING},
        "patch": {"requestBody": takes({**NEW, "required": []}), "responses": answers(PET) | MISSING},
        "delete": {"responses": {"204": {"description": "deleted"}} | MISSING},
    },
    "/pets/{id}/toys": {
        "parameters": [ID],
        "get": {"responses": answers({"type": "array", "items": {"$ref": "#/components/schemas/Toy"}}) | MISSING},
        "post": {
            "requestBody": takes({"type": "object", "properties": {"name": TEXT}}),
            "responses": answers({"$ref": "#/components/schemas/Toy"}, "201") | MISSING,
        },
    },
    "/pets/{id}/toys/{toyId}": {
        "parameters": [ID, {"name": "toyId", "in": "path", "required": True, "schema": TEXT}],
        "get": {"responses": answers({"$ref": "#/components/schemas/Toy"}) | MISSING},
    },
}
TOY = {"type": "object", "required": ["id"], "properties": {"id": TEXT, "name": TEXT, "petId": WHOLE}}


@pytest.fixture
def pets(tmp_path: Path) -> Iterator[Client]:
    written = document(PATHS, components={"schemas": {"Toy": TOY}})
    with Client(served(tmp_path, written, settings=ServiceSettings())) as client:
        yield client


@pytest.fixture
def admin() -> Iterator[Client]:
    headers = {"Authorization": "Bearer bd_key_SandboxAdmin00000000000000000000"}
    with Client(mockserver.create_app("basedash", seed=7, journal=100), headers=headers) as client:
        yield client


def told(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["detail"]


def test_an_added_item_gets_what_a_created_one_gets_and_clients_see_it(pets: Client) -> None:
    created = pets.post("/pets", json={"name": "Tom"}).json()
    added = pets.post(BY_HAND, json={"name": "Rex", "kind": "dog"})

    assert 201 == added.status_code
    assert {**created, "id": 2, "name": "Rex", "kind": "dog"}.keys() == added.json().keys()
    assert (2, "dog", "cat") == (added.json()["id"], added.json()["kind"], created["kind"])
    assert added.json() == pets.get("/pets/2").json() == pets.get(f"{BY_HAND}/2").json()
    assert pets.get("/pets").json() == [*pets.get(BY_HAND).json()]
    assert 3 == pets.post("/pets", json={"name": "Kim"}).json()["id"]


def test_an_item_can_have_an_id_and_times_that_clients_cannot_set(pets: Client) -> None:
    then = "2020-02-02T00:00:00Z"
    added = pets.post(BY_HAND, json={"id": 40, "name": "Rex", "createdAt": then}).json()

    assert (40, then) == (added["id"], added["createdAt"])
    assert added == pets.get("/pets/40").json()
    assert 41 == pets.post("/pets", json={"name": "Kim"}).json()["id"]


def test_put_sets_all_fields_and_adds_an_item_that_is_missing(pets: Client) -> None:
    new = pets.put(f"{BY_HAND}/7", json={"name": "Rex", "tag": "old"})
    again = pets.put(f"{BY_HAND}/7", json={"name": "Max"})

    assert (201, 7) == (new.status_code, new.json()["id"])
    assert (200, "Max", False) == (again.status_code, again.json()["name"], "tag" in again.json())
    assert new.json()["createdAt"] == again.json()["createdAt"]
    assert again.json() == pets.get("/pets/7").json()


def test_patch_is_a_merge_patch_that_sets_the_time_of_the_update(pets: Client) -> None:
    before = pets.post(BY_HAND, json={"name": "Rex", "tag": "old"}).json()
    after = pets.patch(f"{BY_HAND}/1", json={"name": "Max", "tag": None}).json()

    assert {**before, "name": "Max", "updatedAt": after["updatedAt"]} == {**after, "tag": "old"}
    assert before["updatedAt"] < after["updatedAt"]
    assert after == pets.get("/pets/1").json()


def test_delete_deletes_an_item_with_what_is_below_it(pets: Client) -> None:
    pets.post("/pets", json={"name": "Rex"})
    toy = pets.post("/_mock/state/test/toy?owner=1", json={"name": "ball"}).json()

    assert [toy] == pets.get("/pets/1/toys").json()
    assert 204 == pets.delete(f"{BY_HAND}/1").status_code
    assert [404, 404] == [pets.get(path).status_code for path in ("/pets/1", f"/pets/1/toys/{toy['id']}")]
    assert 404 == pets.delete(f"{BY_HAND}/1").status_code


@pytest.mark.parametrize(
    ("method", "place", "body", "status", "words"),
    [
        ("POST", "", {"name": "too long"}, 422, 'body /name: "too long" is longer than 5 characters'),
        ("POST", "", {"nmae": "Rex"}, 422, "body /nmae: no reply shows this field of pet; there are: createdAt, id"),
        ("POST", "", {"name": "Rex", "id": 1}, 409, "an item with the id 1 already exists; PUT replaces it"),
        ("POST", "", {"name": "Rex", "id": [1]}, 422, "body /id: [1] cannot be an id"),
        ("PUT", "/1", {"kind": "cat"}, 422, 'body /name: "name" is a required property'),
        ("PUT", "/1", {"name": "Rex", "id": 2}, 422, "body /id: 2 is not the id 1 of the item"),
        ("PATCH", "/1", {"kind": "cow"}, 422, 'body /kind: "cow" is not one of "cat" or "dog"'),
        ("PATCH", "/9", {"kind": "cat"}, 404, "there is no pet with the id '9'"),
        ("GET", "/9", None, 404, "there is no pet with the id '9'"),
    ],
)
def test_what_no_reply_could_show_is_refused_with_a_pointer_and_changes_nothing(
    pets: Client, method: str, place: str, body: Any, status: int, words: str
) -> None:
    pets.post("/pets", json={"name": "Tom"})
    before = pets.get(BY_HAND).json()
    refused = pets.request(method, BY_HAND + place, json=body)

    assert status == refused.status_code
    assert words in told(refused)[1]
    assert before == pets.get(BY_HAND).json()


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/_mock/state/shop/pet", 404, "there is no service 'shop'; there are: test"),
        ("/_mock/state/test/dog", 404, "test has no resource 'dog'; there are: pet, toy"),
        ("/_mock/state/test/toy", 400, "owner: the items of toy are below others; give ?owner=id; there are: '1'"),
        ("/_mock/state/test/toy?owner=1/2", 400, "owner: the items of toy are below others; give ?owner=id"),
        ("/_mock/state/test/toy?owner=9", 404, "pet not found"),
        (f"{BY_HAND}?owner=9", 400, "owner: the items of pet are not below others; leave out `owner`"),
        (f"{BY_HAND}?tenant=me", 400, "tenant: the items of pet belong to no tenant; leave out `tenant`"),
    ],
)
def test_a_place_that_there_is_not_is_answered_with_those_that_there_are(
    pets: Client, path: str, status: int, words: str
) -> None:
    pets.post("/pets", json={"name": "Tom"})
    pets.post("/pets/1/toys", json={"name": "ball"})
    code, detail = told(pets.get(path))

    assert status == code
    assert words in detail


def test_an_invalid_item_is_stored_as_given_and_replies_show_it(pets: Client) -> None:
    added = pets.post(f"{BY_HAND}?invalid=true", json={"name": 7, "kind": "cow", "createdAt": None})
    put = pets.put(f"{BY_HAND}/1?invalid=true", json={"id": 1, "name": ["Rex"]})

    assert (201, 7, "cow", None) == (added.status_code, *(added.json()[n] for n in ("name", "kind", "createdAt")))
    assert (200, {"id": 1, "name": ["Rex"]}) == (put.status_code, put.json())
    assert [{"id": 1, "name": ["Rex"]}] == pets.get("/pets").json()
    assert {"id": 1, "name": ["Rex"]} == pets.get("/pets/1").json()


def test_a_client_can_change_and_delete_an_invalid_item(pets: Client) -> None:
    pets.put(f"{BY_HAND}/1?invalid=true", json={"id": 1, "name": ["Rex"]})

    assert 200 == pets.patch("/pets/1", json={"kind": "dog"}).status_code
    assert "dog" == pets.get("/pets/1").json()["kind"]
    assert 204 == pets.delete("/pets/1").status_code


def test_an_item_that_is_mended_by_hand_is_checked_again(pets: Client) -> None:
    pets.post(f"{BY_HAND}?invalid=true", json={"name": 7, "kind": "cow"})

    assert 422 == pets.patch(f"{BY_HAND}/1", json={"name": "Rex"}).status_code
    assert 200 == pets.patch(f"{BY_HAND}/1", json={"name": "Rex", "kind": "cat"}).status_code
    assert 422 == pets.patch(f"{BY_HAND}/1", json={"kind": "cow"}).status_code
    assert "cat" == pets.get("/pets/1").json()["kind"]


TEAM = "11111111-1111-4111-8111-111111111111"
VENDORS = {
    "basedash": ("org_1", "/api/public/organizations/org_1/mcp-servers"),
    "datagrid": (TEAM, "/organization/mcp-servers"),
    "gaia": ("developer", "/api/mcp/servers"),
    "piper": (TEAM, f"/v1/orgs/{TEAM}/mcp-servers/"),
}


@pytest.mark.parametrize("vendor", VENDORS)
def test_lists_and_items_of_vendors_show_an_invalid_item(vendor: str) -> None:
    sandbox = mockserver.create_app(vendor, seed=1)
    [service] = sandbox.services.values()
    tenant, place = VENDORS[vendor]
    value = service.contract.behaviour.service.credentials[0].value
    with Client(sandbox, headers={"Authorization": f"Bearer {value}", "X-API-Key": value}) as client:
        name = "projectId" if vendor == "gaia" else "name"
        item = f"/_mock/state/{vendor}/mcp-server/{TEAM}?tenant={tenant}&invalid=true"
        wrong = {"id": TEAM, name: "7", "description": [7], "is_active": "yes", "displayName": 7}
        put = client.put(item, json=wrong)
        base = f"/{vendor}{service.contract.document.base_path}{place}"
        shown = [
            client.get(f"{base.rstrip('/')}/{TEAM}"),
            client.get(f"{base}?projectId=7" if vendor == "gaia" else base),
        ]

    assert 201 == put.status_code
    assert [200, 200] == [response.status_code for response in shown]


def test_secrets_can_be_set_and_are_never_shown(admin: Client) -> None:
    secret = [{"name": "X-Key", "value": "hush"}]
    id = admin.post(SERVERS, json={**LINEAR, "headers": secret}).json()["data"]["id"]
    place = f"{SERVER_STATE}/{id}?tenant=org_abc123"
    read = admin.get(place).json()
    written = [admin.put(place, json={**read, "displayName": "Mine"}), admin.patch(place, json={"headers": "********"})]

    assert [200, 200] == [response.status_code for response in written]
    assert "********" == read["headers"]
    assert not any("hush" in response.text for response in written)
    assert "hush" in admin.get("/_mock/snapshot").text
    assert 200 == admin.patch(place, json={"headers": [{"name": "X-Key", "value": "new"}]}).status_code
    assert ("hush" in admin.get("/_mock/snapshot").text, '"new"' in admin.get("/_mock/snapshot").text) == (False, True)


def test_without_a_tenant_the_only_one_is_meant_and_several_are_named(admin: Client) -> None:
    admin.post(SERVERS, json=LINEAR)
    alone = admin.get(SERVER_STATE)
    admin.post(SERVERS.replace("org_abc123", "org_2"), json=LINEAR)

    assert (200, 1) == (alone.status_code, len(alone.json()))
    for method, body in (("GET", None), ("POST", LINEAR)):
        assert (400, "tenant: say whose mcp-server it is with ?tenant=; there are: 'org_2', 'org_abc123'") == told(
            admin.request(method, SERVER_STATE, json=body)
        )


def test_a_change_by_hand_has_a_revision_and_the_past_shows_what_was_before(admin: Client) -> None:
    id = admin.post(SERVERS, json=LINEAR).json()["data"]["id"]
    revision = admin.get("/_mock/namespaces/default").json()["revision"]
    admin.patch(f"{SERVER_STATE}/{id}?tenant=org_abc123", json={"displayName": "Mine"})
    names = [
        admin.get(f"{SERVERS}/{id}", headers={"Mock-At": str(at)}).json()["data"]["displayName"]
        for at in (revision, revision + 1)
    ]

    assert ["Linear", "Mine"] == names


def test_items_keep_the_capacity_and_the_uniqueness_that_clients_must_keep(tmp_path: Path) -> None:
    behaviour = tmp_path / "more.yaml"
    behaviour.write_text(
        "overlay: 1.0.0\ninfo: {title: limits, version: '1'}\nactions:\n- target: $\n  update:\n    x-resources:\n"
        "      pet:\n        capacity: {limit: 2, evidence: assumed}\n"
        "        unique: {fields: [name], evidence: assumed}\n"
    )
    written = document(PATHS, components={"schemas": {"Toy": TOY}})
    with Client(served(tmp_path, written, behaviour=[behaviour])) as pets:
        statuses = [pets.post(BY_HAND, json={"name": name}).status_code for name in ("Tom", "Tom", "Rex", "Kim")]

        assert [201, 409, 201, 409] == statuses
        assert 409 == pets.patch(f"{BY_HAND}/{pets.get(BY_HAND).json()[1]['id']}", json={"name": "Tom"}).status_code


def test_a_resource_with_one_item_is_changed_under_any_id(tmp_path: Path) -> None:
    shown = {"type": "object", "required": ["theme"], "properties": {"theme": {"enum": ["dark", "light"]}}}
    paths = {
        "/settings": {
            "get": {"responses": answers(shown)},
            "put": {"requestBody": takes(shown), "responses": answers(shown)},
        }
    }
    with Client(served(tmp_path, document(paths))) as api:
        before = api.get("/settings").json()["theme"]
        other = "light" if before == "dark" else "dark"
        [name] = api.get("/_mock/state").json()["test"].get("", {"setting": []})
        changed = api.patch(f"/_mock/state/test/{name}/-", json={"theme": other})

        assert (200, other) == (changed.status_code, changed.json()["theme"])
        assert other == api.get("/settings").json()["theme"]


@pytest.mark.parametrize("items", [0, 2])
@pytest.mark.parametrize("value", [["x"], [], {}, {"id": []}, 7, None])
def test_a_reference_of_a_wrong_type_is_refused_with_a_pointer(items: int, value: Any) -> None:
    with Client(mockserver.create_app(SHOP, seed=1, settings=ServiceSettings(items=items))) as api:
        refused = api.post("/_mock/state/shop/order", json={"customer_id": value})

        assert (422, "/customer_id") == (refused.status_code, refused.json()["errors"][0]["field"])


def test_an_invalid_item_is_shown_inside_of_another() -> None:
    headers = {"Authorization": "Bearer pat_sandbox_admin"}
    with Client(mockserver.create_app("piper", seed=1), headers=headers) as api:
        tenant = f"?tenant={TEAM}"
        api.put(f"/_mock/state/piper/mcp-server/{TEAM}{tenant}&invalid=true", json={"id": TEAM, "url": 7})
        agent = f"/piper/v1/orgs/{TEAM}/agents/{TEAM}/mcp-servers"
        put = api.put(agent, json={"servers": [{"server_id": TEAM}]})

        assert (200, 7) == (put.status_code, put.json()["servers"][0]["server"]["url"])


def test_an_item_of_an_unknown_tenant_is_missing_with_the_tenant_that_was_meant() -> None:
    with Client(mockserver.create_app("basedash", seed=1)) as client:
        client.put("/_mock/state/basedash/mcp-server/mcp_2?tenant=org_abc123", json=LINEAR)
        path = "/_mock/state/basedash/mcp-server/mcp_1?tenant="
        mistyped, known = (client.get(path + tenant).json()["detail"] for tenant in ("org_abc12", "org_abc123"))
        new = client.put(path.replace("mcp_1", "mcp_new") + "org_new", json=LINEAR)

        assert "there is no mcp-server with the id 'mcp_1'" == known
        assert f"{known}; there is no tenant 'org_abc12'; did you mean 'org_abc123'?" == mistyped
        assert 201 == new.status_code
