"""Which item a property means, where several could be meant: by kinds, names of schemas and names of properties."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mockserver.web.service import ServiceSettings
from tests.client import Client
from tests.web.document import Node, answers, document, served, takes

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}


def thing(*required: str, **properties: Any) -> Node:
    own = {"id": TEXT} | properties
    return {"type": "object", "required": ["id", *required], "properties": own}


def named(noun: str) -> Node:
    return {"$ref": f"#/components/schemas/{noun}"}


def read(path: str, schema: Node) -> Node:
    """The paths of a collection that can only be read, and of its items."""
    name = path.rpartition("{")[2].strip("}")
    below = [{"name": name, "in": "path", "required": True, "schema": TEXT}]
    collection = path.rpartition("/")[0]
    return {
        collection: {"get": {"responses": answers({"type": "array", "items": schema})}},
        path: {"parameters": below, "get": {"responses": answers(schema)}},
    }


def mock(folder: Path, schemas: Node, *paths: Node) -> Client:
    merged = {path: operations for each in paths for path, operations in each.items()}
    written = document(merged, components={"schemas": schemas})
    return Client(served(folder, written, settings=ServiceSettings(items=20)))


def test_a_value_of_one_of_several_kinds_is_an_item_of_its_kind(tmp_path: Path) -> None:
    def kind(name: str) -> Node:
        return thing("object", object={"const": name}, amount=NUMBER)

    source = {"anyOf": [named("Charge"), named("Refund"), named("Payout")]}
    schemas = {"Charge": kind("charge"), "Refund": kind("refund"), "Payout": kind("payout")}
    schemas["Entry"] = thing("source", source=source)
    listed = {name.lower(): read(f"/{name.lower()}s/{{id}}", named(name)) for name in schemas}
    with mock(tmp_path, schemas, *listed.values()) as client:
        sources = [entry["source"] for entry in client.get("/entrys").json()]
        found = [client.get(f"/{each['object']}s/{each['id']}").json() for each in sources]

    assert found == sources
    assert len({each["object"] for each in sources}) > 1


def test_a_property_named_after_the_schema_of_a_resource_shows_its_item(tmp_path: Path) -> None:
    short = {"type": "object", "required": ["id"], "properties": {"id": TEXT}}
    schemas = {"full-repository": thing(), "Issue": thing("repository", repository=short)}
    paths = read("/repos/{id}", named("full-repository")), read("/issues/{id}", named("Issue"))
    with mock(tmp_path, schemas, *paths) as client:
        known = {each["id"] for each in client.get("/repos").json()}
        shown = {each["repository"]["id"] for each in client.get("/issues").json()}

    assert shown
    assert shown <= known


def test_an_id_with_the_name_of_the_id_in_the_path_is_that_one(tmp_path: Path) -> None:
    dispute = thing("dispute_id", dispute_id=TEXT)
    schemas = {"Dispute": dispute, "Evidence": thing("dispute_id", dispute_id=TEXT)}
    paths = read("/disputes/{dispute_id}", named("Dispute")), read("/evidence/{id}", named("Evidence"))
    with mock(tmp_path, schemas, *paths) as client:
        statuses = {client.get(f"/disputes/{e['dispute_id']}").status_code for e in client.get("/evidence").json()}

    assert {200} == statuses


@pytest.mark.parametrize("name", ["key", "email", "number", "title"])
def test_a_text_about_the_thing_itself_is_no_reference(tmp_path: Path, name: str) -> None:
    own = {"type": "string", "maxLength": 40}
    schemas = {"License": thing(name, **{name: own}), "Other": thing()}
    paths = read("/licenses/{id}", named("License")), read(f"/{name}s/{{id}}", named("Other"))
    with mock(tmp_path, schemas, *paths) as client:
        others = {each["id"] for each in client.get(f"/{name}s").json()}
        shown = {each[name] for each in client.get("/licenses").json()}

    assert shown.isdisjoint(others)


def test_references_in_lists_of_lists_and_deep_inside_lead_somewhere(tmp_path: Path) -> None:
    def inside(schema: Node, *names: str) -> Node:
        for name in names:
            schema = {"type": "object", "required": [name], "properties": {name: schema}}
        return schema

    def some(schema: Node) -> Node:
        return {"type": "array", "minItems": 1, "items": schema}

    rates = some(inside(some(inside(some(named("Rate")), "rates")), "items"))
    deep = inside(named("Rate"), "rate", "discount", "breakdown", "details", "total", "recurring")
    schemas = {"Rate": thing(), "Plan": thing("phases", "computed", phases=rates, computed=deep)}
    with mock(tmp_path, schemas, read("/rates/{id}", named("Rate")), read("/plans/{id}", named("Plan"))) as client:
        known = {each["id"] for each in client.get("/rates").json()}
        plans = client.get("/plans").json()
    listed = {r["id"] for plan in plans for phase in plan["phases"] for i in phase["items"] for r in i["rates"]}
    shown = {plan["computed"]["recurring"]["total"]["details"]["breakdown"]["discount"]["rate"]["id"] for plan in plans}

    assert listed | shown <= known
    assert listed
    assert shown


def test_a_path_that_shows_one_item_below_another_is_no_list_of_what_is_in_it(tmp_path: Path) -> None:
    entry = thing(amount=NUMBER)
    entries = {"type": "array", "items": entry}
    schemas = {"Charge": thing(), "Dispute": thing("entries", entries=entries, reason=TEXT)}
    charge = [{"name": "charge", "in": "path", "required": True, "schema": TEXT}]
    shown, body = answers(named("Dispute")), takes({"type": "object", "properties": {"reason": TEXT}})
    operations = {"get": {"responses": shown}, "post": {"requestBody": body, "responses": shown}}
    below = {"/charges/{charge}/dispute": {"parameters": charge, **operations}}
    paths = read("/charges/{charge}", named("Charge")), read("/disputes/{dispute}", named("Dispute")), below
    with mock(tmp_path, schemas, *paths) as client:
        charge_id = client.get("/charges").json()[0]["id"]
        made = client.post(f"/charges/{charge_id}/dispute", json={"reason": "lost"}).json()

        assert "lost" == made["reason"]
        assert made == client.get(f"/charges/{charge_id}/dispute").json()
        assert made == client.get(f"/disputes/{made['id']}").json()
