"""What is inferred is overlay number 0: statements of the document and of behaviour files come on top of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mockserver import contract as contracts
from mockserver import vendor_files
from tests.behaviour.files import on_pets, overlay, served, shop, update
from tests.client import Client
from tests.inference.pets import collection, item

ASSUMED = {"evidence": "assumed"}
LIST, CREATE = "$.paths['/pets'].get", "$.paths['/pets'].post"


def statuses(client: Client, *names: str) -> list[int]:
    """What comes of pets with these names."""
    return [client.post("/pets", json={"name": name}).status_code for name in names]


def test_one_statement_changes_nothing_else(tmp_path: Path) -> None:
    limited = on_pets("capacity", {"limit": 3, **ASSUMED})

    with served(tmp_path, limited) as api:
        assert [201, 409, 201, 201, 409] == statuses(api, "a", "a", "b", "c", "d")
        assert {"id": 1, "name": "a"} == api.get("/pets/1").json()
        assert ["b"] == [pet["name"] for pet in api.get("/pets?per_page=1&page=2").json()]


def test_the_document_itself_may_state_one_thing_too(tmp_path: Path) -> None:
    written = shop() | {"x-resources": {"pet": {"capacity": {"limit": 2, **ASSUMED}}}}

    with served(tmp_path, written=written) as api:
        assert [201, 409, 201, 409] == statuses(api, "a", "a", "b", "c")
        assert {"id": 1, "name": "a"} == api.get("/pets/1").json()


def test_a_statement_replaces_the_keys_that_it_names(tmp_path: Path) -> None:
    tens = overlay(update(LIST, {"x-behaviour": {"paging": {"default": 1, **ASSUMED}}}))

    with served(tmp_path, tens) as api:
        assert [201, 201] == statuses(api, "a", "b")
        assert ["a"] == [pet["name"] for pet in api.get("/pets").json()]
        assert ["b"] == [pet["name"] for pet in api.get("/pets?page=2").json()]
        assert 2 == len(api.get("/pets?per_page=2").json())


def test_a_corrected_reply_has_no_keys_of_the_inferred_one(tmp_path: Path) -> None:
    written = shop()
    listed = written["paths"]["/pets"]["get"]["responses"]["200"]["content"]["application/json"]
    listed["schema"] = {"type": "object", "properties": {"pets": listed["schema"], "total": {"type": "integer"}}}
    corrected = overlay(update(LIST, {"x-behaviour": {"reply": {"body": {"pets": "{items}"}, **ASSUMED}}}))

    with served(tmp_path, written=written) as api:
        assert {"pets": [], "total": 0} == api.get("/pets").json()
    with served(tmp_path, corrected, written=written) as api:
        assert {"pets": []} == api.get("/pets").json()


@pytest.mark.parametrize(
    "off",
    [
        on_pets("unique", None),
        overlay({"target": "$['x-resources'].pet.unique", "remove": True}),
        overlay({"target": "$['x-resources'].pet.unique[?@.fields[0] == 'name']", "remove": True}),
    ],
)
def test_an_inferred_statement_is_switched_off_by_null_and_by_remove(tmp_path: Path, off: str) -> None:
    with served(tmp_path) as api:
        assert [201, 409] == statuses(api, "a", "a")
    with served(tmp_path, off) as api:
        assert [201, 201] == statuses(api, "a", "a")


def test_statements_of_one_kind_add_up(tmp_path: Path) -> None:
    by_kind = on_pets("unique", {"fields": ["kind"], **ASSUMED})

    with served(tmp_path, by_kind) as api:
        pets = [{"name": "a", "kind": "cat"}, {"name": "a", "kind": "dog"}, {"name": "b", "kind": "cat"}]
        assert [201, 409, 409] == [api.post("/pets", json=pet).status_code for pet in pets]


@pytest.mark.parametrize("off", [None, {"target": f"{CREATE}['x-behaviour']", "remove": True}])
def test_an_operation_of_which_nothing_is_inferred_answers_by_example(tmp_path: Path, off: Any) -> None:
    off = off or update(CREATE, {"x-behaviour": None})

    with served(tmp_path, overlay(off)) as api:
        assert [201, 201] == statuses(api, "a", "a")
        assert [] == api.get("/pets").json()


def test_what_is_inferred_about_a_removed_resource_goes_with_it(tmp_path: Path) -> None:
    with served(tmp_path, overlay({"target": "$['x-resources'].pet", "remove": True})) as api:
        assert [201, 201] == statuses(api, "a", "a")
        assert 201 == api.post("/pets/7/toys", json={"name": "ball"}).status_code
        assert ["ball"] == [toy["name"] for toy in api.get("/pets/7/toys").json()]


def test_an_operation_that_is_stated_to_do_something_else_has_nothing_inferred(tmp_path: Path) -> None:
    reply = {"body": {"found": "{count}"}, "media-type": "application/json", **ASSUMED}
    listed = {"action": {"does": "list", "of": "pet", **ASSUMED}, "reply": reply}
    written = shop()
    written["paths"]["/pets"]["post"]["responses"] = {"200": {"description": "how many"}}

    with served(tmp_path, overlay(update(CREATE, {"x-behaviour": listed})), written=written) as api:
        assert {"found": 0} == api.post("/pets", json={"name": "a"}).json()


def test_a_path_that_an_overlay_adds_is_inferred_too(tmp_path: Path) -> None:
    clubs = overlay(update("$.paths", collection("/clubs", item())))

    with served(tmp_path, clubs) as api:
        assert 201 == api.post("/clubs", json={"name": "chess"}).status_code
        assert ["chess"] == [club["name"] for club in api.get("/clubs").json()]


def test_nothing_is_inferred_where_the_statements_are_complete(tmp_path: Path) -> None:
    complete = overlay(update("$", {"x-service": {"inference": "none"}}))
    again = overlay(update("$", {"x-service": {"inference": "all"}}))

    with served(tmp_path, complete) as api:
        assert [201, 201] == statuses(api, "a", "a")
        assert [] != api.get("/pets").json()
    with served(tmp_path, complete, again) as api:
        assert [201, 409] == statuses(api, "a", "a")


@pytest.mark.parametrize("vendor", vendor_files.names())
def test_the_statements_of_a_vendor_are_complete(vendor: str) -> None:
    assert "none" == contracts.of(vendor).behaviour.service.inference
