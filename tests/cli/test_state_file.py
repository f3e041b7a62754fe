"""State files: items that are there from the start, and to which a reset goes back."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

import mockserver
from tests.client import Client
from tests.process import READY, Processes, address, run
from tests.web.document import answers, document, takes

PRODUCT = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "price": {"type": "number"}},
}
NEW = {**PRODUCT, "required": ["name"]}
PATHS = {
    "/products": {
        "get": {"responses": answers({"type": "array", "items": PRODUCT})},
        "post": {"requestBody": takes(NEW), "responses": answers(PRODUCT, status="201")},
    },
    "/products/{id}": {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
        "get": {"responses": answers(PRODUCT) | {"404": {"description": "unknown"}}},
        "delete": {"responses": {"204": {"description": "deleted"}}},
    },
}
STATE = 'shop:\n  "":\n    product:\n      - {name: Tea, price: 3}\n      - {name: Cake, price: 4}\n'
KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}
SCHEMES = [
    KEY, {**KEY, "in": "query", "name": "api key"}, {**KEY, "in": "cookie"}, {"type": "http", "scheme": "bearer"},
    {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "https://a.test", "scopes": {}}}},
]  # fmt: skip


def files(folder: Path, state: str, **parts: Any) -> tuple[str, str]:
    """The paths of a document and of a state file."""
    written, stored = folder / "shop.json", folder / "state.yaml"
    written.write_text(json.dumps(document(PATHS, **parts)), encoding="utf-8")
    stored.write_text(state, encoding="utf-8")
    return str(written), str(stored)


def test_a_reset_goes_back_to_the_items_of_the_state_file(tmp_path: Path) -> None:
    written, state = files(tmp_path, STATE)
    with Processes() as processes:
        _, lines = processes.start("serve", written, "--state", state, "--items", "1", "--port", "0", until=READY)
        with httpx.Client(base_url=address(lines)) as client:
            start = client.get("/products").json()
            client.post("/products", json={"name": "Milk"})
            client.delete(f"/products/{start[0]['id']}")
            changed = client.get("/products").json()
            replies = [client.post("/_mock/reset"), client.post("/_mock/reset?tenant=other")]  # nothing has a tenant
            again = client.get("/products").json()
            shown = client.get(f"/products/{start[0]['id']}").json()

    assert 3 == len(start)
    assert {"Tea", "Cake"} < {item["name"] for item in start}
    assert start != changed
    assert [200, 400] == [reply.status_code for reply in replies]
    assert (start, start[0]) == (again, shown)


@pytest.mark.parametrize("above", ["{}", "shop: {}", "shop: {{'': {}}}"])
def test_the_service_and_the_tenant_can_be_left_out_where_there_is_one(tmp_path: Path, above: str) -> None:
    listed = "product: [{name: Tea}, {name: Cake}]"
    written, state = files(tmp_path, above.format("{" + listed + "}") if above != "{}" else listed)
    with Processes() as processes:
        _, lines = processes.start("serve", written, "--state", state, "--port", "0", until=READY)
        shown = httpx.get(f"{address(lines)}/products").json()

    assert ["Tea", "Cake"] == [item["name"] for item in shown]


def test_of_several_services_and_tenants_a_state_file_says_which(tmp_path: Path) -> None:
    written, state = files(tmp_path, "product: [{name: Tea}]")
    of_several = run("serve", written, "basedash", "--state", state, "--port", "0")
    Path(state).write_text("basedash: {mcp-server: []}", encoding="utf-8")
    of_no_tenant = run("serve", "basedash", "--state", state, "--port", "0")

    assert "#/product: say in which service it is, in a key above it; choose from shop, basedash" in of_several.stderr
    assert "#/basedash/mcp-server: say whose items they are, in a key above: a tenant, for" in of_no_tenant.stderr


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.get("in", scheme["type"]))
def test_items_are_created_whatever_credential_the_document_asks_for(tmp_path: Path, scheme: Any) -> None:
    parts = {"components": {"securitySchemes": {"key": scheme}}, "security": [{"key": []}]}
    written, state = files(tmp_path, STATE, **parts)
    with Processes() as processes:
        _, lines = processes.start("serve", written, "--state", state, "--port", "0", until=READY)

    assert "loaded: 2 items of the state file" in lines


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("shop: 1", "state.yaml#/shop: expected an object whose keys are tenants, not 1"),
        ("products: []", "state.yaml#/products: unknown resource; choose from product"),
        ("product: {name: Tea}", "state.yaml#/product: expected a list of items, not an object"),
        ("shop: {product: [{name: Tea}, 5]}", "state.yaml#/shop/product/1: the create request gets 400"),
        ("shop: {'': 3}", "state.yaml#/shop/: expected an object whose keys are resources, not 3"),
        ("shop: {a/b: {product: {}}}", "state.yaml#/shop/a~1b/product: expected a list of items, not an object"),
        ("shop: {'': {products: []}}", "state.yaml#/shop//products: unknown resource; choose from product"),
        ("shop: {'': {product: [{}, {price: 1}]}}", "state.yaml#/shop//product/0: the create request gets 400"),
        ("store: {}", "state.yaml#/store: unknown service; choose from shop"),
    ],
)
def test_a_mistake_in_a_state_file_names_file_key_and_what_is_right(tmp_path: Path, state: str, words: str) -> None:
    written, stored = files(tmp_path, state)

    done = run("serve", written, "--state", stored, "--port", "0")

    assert (1, "") == (done.returncode, done.stdout)
    assert words in done.stderr


SEATS = {
    "/halls/{hall}/seats": {
        "parameters": [{"name": "hall", "in": "path", "required": True, "schema": {"enum": ["north", "south"]}}],
        "get": {"responses": answers({"type": "array", "items": PRODUCT})},
        "post": {"requestBody": takes(NEW), "responses": answers(PRODUCT, status="201")},
    }
}


def seats(folder: Path, item: str) -> tuple[str, ...]:
    """The arguments that serve halls with a seat from the start."""
    document_path, state = folder / "halls.json", folder / "state.yaml"
    document_path.write_text(json.dumps(document(SEATS)), encoding="utf-8")
    state.write_text(f"seat:\n  - {item}\n", encoding="utf-8")
    return "serve", str(document_path), "--state", str(state), "--port", "0"


def test_an_item_below_another_one_names_it(tmp_path: Path) -> None:
    with Processes() as processes:
        _, lines = processes.start(*seats(tmp_path, "{_owner: south, name: A1}"), until=READY)
        listed = [httpx.get(f"{address(lines)}/halls/{hall}/seats").json() for hall in ("north", "south")]

    assert [[], ["A1"]] == [[each["name"] for each in found] for found in listed]


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ("{name: A1}", "state.yaml#/seat/0: which item is it below? Give its id beside the fields, as `_owner: hall`"),
        ("{_owner: a/b, name: A1}", "state.yaml#/seat/0/_owner: give hall"),
        ("{_owner: east, name: A1}", r"is not one of \"north\" or \"south\""),
    ],
)
def test_an_item_that_names_no_item_above_says_what_is_missing(tmp_path: Path, item: str, told: str) -> None:
    done = run(*seats(tmp_path, item))

    assert (1, True) == (done.returncode, told in done.stderr), done.stderr


def test_a_snapshot_of_another_document_stops_the_start_with_what_differs(tmp_path: Path) -> None:
    other = mockserver.create_app("basedash", seed=1)
    with Client(other) as client:
        written, stored = files(tmp_path, client.get("/_mock/snapshot").text)

    done = run("serve", written, "--state", stored, "--port", "0")

    assert (1, "") == (done.returncode, done.stdout)
    assert "state.yaml#/services/basedash: this service is not served; there are: shop" in done.stderr


def test_a_reset_goes_back_to_the_snapshot_that_was_loaded(tmp_path: Path) -> None:
    written, stored = files(tmp_path, "{}")
    with Client(mockserver.create_app(written, seed=1)) as client:
        client.put("/_mock/state/shop/product/7?invalid=true", json={"id": 7, "name": None})
        Path(stored).write_bytes(client.get("/_mock/snapshot").content)
    with Processes() as processes:
        _, lines = processes.start("serve", written, "--state", stored, "--seed", "1", "--port", "0", until=READY)
        with httpx.Client(base_url=address(lines)) as client:
            client.post("/products", json={"name": "Milk"})
            client.post("/_mock/reset")
            shown = [client.get(path).json() for path in ("/products", "/_mock/ns/one/products", "/products/7")]

    assert "loaded: 1 item of the state file" in lines
    assert [[{"id": 7, "name": None}], [{"id": 7, "name": None}], {"id": 7, "name": None}] == shown


def test_options_bound_the_number_and_the_life_of_namespaces(tmp_path: Path) -> None:
    written, _ = files(tmp_path, "{}")
    options = ("--max-namespaces", "1", "--namespace-idle", "3")
    with Processes() as processes:
        _, lines = processes.start("serve", written, *options, "--port", "0", until=READY)
        with httpx.Client(base_url=address(lines)) as client:
            statuses = [client.put(f"/_mock/namespaces/{name}").status_code for name in "ab"]
            time.sleep(3.5)
            statuses.append(client.put("/_mock/namespaces/b").status_code)

    assert [200, 429, 200] == statuses
    assert 2 == run("serve", written, "--namespace-idle", "0").returncode
