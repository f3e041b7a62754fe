"""What generated items and responses refer to exists: `docs/shop.yaml` served with `--items`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import mockserver
from mockserver.web.service import ServiceSettings
from tests.client import Client
from tests.joins.references import references
from tests.web.document import answers, document
from tests.web.document import served as served_document

SHOP = Path(__file__).parents[2] / "docs" / "shop.yaml"
ITEMS = 4


def served(items: int = ITEMS, **options: Any) -> Client:
    return Client(mockserver.create_app(SHOP, seed=1, settings=ServiceSettings(items=items, **options)))


@pytest.fixture
def shop() -> Iterator[Client]:
    with served() as client:
        yield client


def ids(client: Client, path: str, key: str = "id") -> list[Any]:
    return [each[key] for each in client.get(path).json()]


def test_an_id_in_an_item_is_that_of_an_item(shop: Client) -> None:
    customers, orders = ids(shop, "/customers"), ids(shop, "/orders")

    for order in shop.get("/orders").json():
        assert order["customer_id"] in customers
        assert set(order["related_order_ids"]) <= set(orders)


def test_a_property_of_the_same_name_shows_the_same_item(shop: Client) -> None:
    for order in shop.get("/orders").json():
        customer = shop.get(f"/customers/{order['customer_id']}").json()

        assert {name: customer[name] for name in ("id", "name")} == order["customer"]


def test_an_object_with_the_schema_of_an_item_is_one(shop: Client) -> None:
    buyer = shop.get("/orders").json()[0]["buyer"]

    assert shop.get(f"/customers/{buyer['id']}").json() == buyer


def test_an_item_never_refers_to_itself(shop: Client) -> None:
    for order in shop.get("/orders").json():
        assert order["id"] not in order["related_order_ids"]


def test_what_can_only_be_read_has_items_too(shop: Client) -> None:
    countries = ids(shop, "/countries", "code")

    assert ITEMS == len(countries)
    assert 200 == shop.get(f"/countries/{countries[0]}").status_code
    assert {each["country"]["code"] for each in shop.get("/customers").json()} <= set(countries)


@pytest.mark.parametrize("path", ["/customers/nobody", "/countries/XX", "/customers/nobody/addresses"])
def test_what_is_not_there_is_404(shop: Client, path: str) -> None:
    assert 404 == shop.get(path).status_code


def test_an_example_response_refers_to_items(shop: Client) -> None:
    report = shop.get("/report").json()

    assert shop.get(f"/customers/{report['best']['id']}").json() == report["best"]
    assert set(report["order_ids"]) <= set(ids(shop, "/orders"))


def test_another_path_shows_the_same_items(shop: Client) -> None:
    assert shop.get("/customers").json() == shop.get("/customers/search").json()


def test_items_below_an_item_are_found_at_their_path(shop: Client) -> None:
    customer = ids(shop, "/customers")[1]
    address = shop.get(f"/customers/{customer}/addresses").json()[0]

    assert address == shop.get(f"/customers/{customer}/addresses/{address['id']}").json()
    assert customer == address["customer_id"]


def test_a_new_item_shows_the_item_whose_id_it_names(shop: Client) -> None:
    ada = shop.post("/customers", json={"name": "Ada"}).json()

    order = shop.post("/orders", json={"customer_id": ada["id"]}).json()

    assert (ada["id"], "Ada") == (order["customer"]["id"], order["customer"]["name"])
    assert order == shop.get(f"/orders/{order['id']}").json()


def test_a_changed_item_shows_the_new_one(shop: Client) -> None:
    ada = shop.post("/customers", json={"name": "Ada"}).json()
    order = ids(shop, "/orders")[0]

    assert "Ada" == shop.patch(f"/orders/{order}", json={"customer_id": ada["id"]}).json()["customer"]["name"]


def test_a_change_of_another_field_leaves_the_item_that_is_named(shop: Client) -> None:
    for customer in ids(shop, "/customers"):
        order = shop.post("/orders", json={"customer_id": customer}).json()

        changed = shop.patch(f"/orders/{order['id']}", json={"note": "urgent"}).json()

        assert {**order, "note": "urgent"} == changed


def test_a_change_by_hand_leaves_the_item_that_is_named(shop: Client) -> None:
    for customer in ids(shop, "/customers"):
        order = shop.post("/orders", json={"customer_id": customer}).json()

        shop.patch(f"/_mock/state/shop/order/{order['id']}", json={"note": "urgent"})

        assert {**order, "note": "urgent"} == shop.get(f"/orders/{order['id']}").json()


def test_a_generated_item_names_the_same_items_after_a_change(shop: Client) -> None:
    for order in shop.get("/orders").json():
        shop.patch(f"/orders/{order['id']}", json={"note": "urgent"})

        assert {**order, "note": "urgent"} == shop.get(f"/orders/{order['id']}").json()


def test_an_unknown_id_is_refused_and_nothing_is_created(shop: Client) -> None:
    refused = shop.post("/orders", json={"customer_id": "nobody"})

    assert 422 == refused.status_code
    assert 'body customer_id: there is no customer with the id "nobody"' == refused.json()["detail"]
    assert ITEMS == len(shop.get("/orders").json())


def test_without_items_an_unknown_id_is_accepted_and_a_known_one_shown() -> None:
    with served(items=0) as shop:
        ada = shop.post("/customers", json={"name": "Ada"}).json()

        assert "Ada" == shop.post("/orders", json={"customer_id": ada["id"]}).json()["customer"]["name"]
        assert 201 == shop.post("/orders", json={"customer_id": "nobody"}).status_code


@pytest.mark.parametrize("items", [0, ITEMS])
def test_an_item_shows_another_one_as_it_is_now(items: int) -> None:
    with served(items) as shop:
        ada, bo = (shop.post("/customers", json={"name": name}).json()["id"] for name in ("Ada", "Bo"))
        orders = [shop.post("/orders", json={"customer_id": id}).json()["id"] for id in (ada, bo)]

        shop.patch(f"/customers/{ada}", json={"name": "Ada Lovelace"})

        shown = [shop.get(f"/orders/{order}").json()["customer"]["name"] for order in orders]
        listed = {order["id"]: order["customer"]["name"] for order in shop.get("/orders").json()}
        assert ["Ada Lovelace", "Bo"] == shown == [listed[order] for order in orders]


def test_generated_items_show_an_updated_one_as_it_is_now(shop: Client) -> None:
    order = shop.get("/orders").json()[0]
    shop.patch(f"/customers/{order['customer_id']}", json={"name": "Ada"})

    for each in shop.get("/orders").json():
        assert ("Ada" == each["customer"]["name"]) == (each["customer_id"] == order["customer_id"])


def test_a_refused_update_changes_no_item_that_shows_it(shop: Client) -> None:
    orders = shop.get("/orders").json()

    assert 400 == shop.patch(f"/customers/{orders[0]['customer_id']}", json={"name": 7}).status_code
    assert orders == shop.get("/orders").json()


def test_without_items_an_unknown_id_is_shown_in_the_item_that_it_names() -> None:
    with served(items=0) as shop:
        order = shop.post("/orders", json={"customer_id": "nobody"}).json()

        assert ("nobody", "nobody") == (order["customer_id"], order["customer"]["id"])
        assert order == shop.get(f"/orders/{order['id']}").json()


def test_the_same_seed_gives_the_same_world_whatever_is_asked_first() -> None:
    with served() as one, served() as other:
        orders = one.get("/orders").json()
        other.get("/report")
        other.get("/customers")

        assert orders == other.get("/orders").json()


def test_the_references_of_the_whole_shop_lead_somewhere(shop: Client) -> None:
    known = {"customer": ids(shop, "/customers"), "order": ids(shop, "/orders")}
    found = [
        one
        for path in ("/orders", "/customers", "/report")
        for one in references(shop.get(path).json(), frozenset(known))
    ]

    assert len(found) > 20
    assert [] == [one for one in found if one.id not in map(str, known[one.noun])]


def test_a_statement_corrects_a_reference(tmp_path: Path) -> None:
    behaviour = tmp_path / "behaviour.yaml"
    behaviour.write_text(
        "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nactions:\n"
        "- target: $\n  update: {x-resources: {order: {references: null}}}\n"
    )
    sandbox = mockserver.create_app(SHOP, behaviour=[behaviour], seed=1, settings=ServiceSettings(items=ITEMS))
    with Client(sandbox) as shop:
        assert not set(ids(shop, "/orders", "customer_id")) & set(ids(shop, "/customers"))


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer mine"}], ids=["without", "with a credential"])
def test_a_response_that_is_an_item_as_a_whole_is_one_that_exists(tmp_path: Path, headers: dict[str, str]) -> None:
    text = {"type": "string"}
    customer = {"type": "object", "required": ["id", "name"], "properties": {"id": text, "name": text}}
    report = {"type": "object", "required": ["customer_id"], "properties": {"customer_id": text}}
    paths = {
        "/customers": {"get": {"responses": answers({"type": "array", "items": named("Customer")})}},
        "/customers/{id}": {"parameters": [ID], "get": {"responses": answers(named("Customer"))}},
        "/me": {"get": {"responses": answers(named("Customer"), example={"id": "1", "name": "Example"})}},
        "/customers/{id}/report": {"parameters": [ID], "get": {"responses": answers(report)}},
    }
    scheme = {"bearer": {"type": "http", "scheme": "bearer"}}
    components = {"schemas": {"Customer": customer}, "securitySchemes": scheme if headers else {}}
    written = document(paths, components=components, security=[{"bearer": []}] if headers else [])
    sandbox = served_document(tmp_path, written, settings=ServiceSettings(items=ITEMS))
    with Client(sandbox, headers=headers) as client:
        me = client.get("/me").json()

        assert me == client.get(f"/customers/{me['id']}").json()
        assert me["id"] == client.get(f"/customers/{me['id']}/report").json()["customer_id"]
        assert 404 == client.get("/customers/nobody/report").status_code


def test_items_of_several_kinds_inside_each_other_lead_somewhere(tmp_path: Path) -> None:
    def kind(name: str, **properties: Any) -> dict[str, Any]:
        own = {"id": {"type": "string"}, "object": {"enum": [name]}} | properties
        return {"type": "object", "additionalProperties": False, "required": [*own], "properties": own}

    text, money = {"type": "string"}, {"type": "integer"}
    schemas = {
        "Card": kind("card", digits=text, customer={"anyOf": [text, named("Customer")]}),
        "Bank": kind("bank", iban=text, customer={"anyOf": [text, named("Customer")]}),
        "Customer": kind("customer", source={"anyOf": [text, named("Card"), named("Bank")]}, latest=named("Short")),
        "Short": kind("order", amount=money, customer=text),
        "Order": kind("order", amount=money, customer={"anyOf": [text, named("Customer")]}, previous=named("Previous")),
        "Previous": {"anyOf": [text, named("Order")]},
    }
    shown = {
        "orders": named("Order"),
        "customers": named("Customer"),
        "sources": {"anyOf": [named("Card"), named("Bank")]},
    }
    paths = {
        f"/{path}{below}": {"parameters": [ID] if below else [], "get": {"responses": answers(schema)}}
        for path, item in shown.items()
        for below, schema in (("", {"type": "array", "items": item}), ("/{id}", item))
    }
    written = document(paths, components={"schemas": schemas})
    with Client(served_document(tmp_path, written, settings=ServiceSettings(items=30))) as client:
        known = {path.removesuffix("s"): [each["id"] for each in client.get(f"/{path}").json()] for path in shown}
        replies = [client.get(f"/{path}") for path in shown]

    found = [one for reply in replies for one in references(reply.json(), frozenset(known))]
    assert [200] * len(shown) == [reply.status_code for reply in replies]
    assert len(found) > 30
    assert [] == [one for one in found if one.id not in known[one.noun]]


@pytest.mark.parametrize("keyword", ["allOf", "anyOf"])
def test_a_reference_that_would_be_invalid_is_left_and_the_others_are_kept(tmp_path: Path, keyword: str) -> None:
    user = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "format": "uuid"}}}
    marked = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "pattern": "^U[0-9]$"}}}
    team = {"type": "object", "required": ["id", "user", "owner"], "properties": {
        "id": {"type": "integer"}, "user": marked, "owner": {"$ref": "#/components/schemas/User"}}}  # fmt: skip
    schemas = {"User": user, "Team": {keyword: [team]}}
    paths = {
        f"/{noun.lower()}s{below}": {"parameters": [ID] if below else [], "get": {"responses": answers(shown)}}
        for noun in schemas
        for below, shown in (("", {"type": "array", "items": named(noun)}), ("/{id}", named(noun)))
    }
    written = document(paths, components={"schemas": schemas})
    with Client(served_document(tmp_path, written, settings=ServiceSettings(items=ITEMS))) as client:
        users = ids(client, "/users")
        for shown in client.get("/teams").json():
            assert shown["owner"]["id"] in users
            assert shown["user"]["id"] not in users


ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}


def named(noun: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{noun}"}
