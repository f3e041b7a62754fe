"""Which stored items are kept when a document is reloaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mockserver.web.app import Sandbox
from tests.client import Client
from tests.web.document import answers, document, served, takes

TEXT = {"type": "string"}


def item(*names: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": ["id", *names], "properties": {"id": TEXT, **properties}}


def kennels(name: dict[str, Any]) -> dict[str, Any]:
    """A document of kennels, whose name has this schema, and of the dogs in them."""
    paths: dict[str, Any] = {}
    for path, shown in (("/kennels", item("name", name=name)), ("/kennels/{kennelId}/dogs", item("call", call=TEXT))):
        id = path.rsplit("/", 1)[1][:-1] + "Id"
        above = [{"name": "kennelId", "in": "path", "required": True, "schema": TEXT}] if "{" in path else []
        own = {"name": id, "in": "path", "required": True, "schema": TEXT}
        body = {"type": "object", "properties": {k: v for k, v in shown["properties"].items() if k != "id"}}
        missing = answers(status="404")
        paths[path] = {
            "parameters": above,
            "get": {"responses": {**answers({"type": "array", "items": shown}), **missing}},
            "post": {"requestBody": takes(body), "responses": {**answers(shown, "201"), **missing}},
        }
        paths[path + "/{" + id + "}"] = {
            "parameters": [*above, own],
            "get": {"responses": {**answers(shown), **missing}},
            "delete": {"responses": {**answers(status="204"), **missing}},
        }
    return document(paths)


def rewrite(sandbox: Sandbox, folder: Path, written: dict[str, Any]) -> dict[str, int]:
    """Serve the new version; returns the number of dropped items by resource."""
    (folder / "test.json").write_text(json.dumps(written))
    return dict(sandbox.replace_services(sandbox.read_services())["test"])


def test_nested_items_are_kept_and_dropped_with_their_parent(tmp_path: Path) -> None:
    sandbox = served(tmp_path, kennels(TEXT))
    with Client(sandbox) as api:
        stays, goes = (api.post("/kennels", json={"name": name}).json()["id"] for name in ("Home", "Waterloo House"))
        dogs = [api.post(f"/kennels/{id}/dogs", json={"call": "Rex"}).json() for id in (stays, goes, goes)]

        assert {"kennel": 1, "dog": 2} == rewrite(sandbox, tmp_path, kennels({**TEXT, "maxLength": 4}))
        assert [stays] == [kennel["id"] for kennel in api.get("/kennels").json()]
        assert dogs[:1] == api.get(f"/kennels/{stays}/dogs").json()
        assert 404 == api.get(f"/kennels/{goes}/dogs").status_code


def test_a_deleted_item_stays_deleted_and_ids_continue(tmp_path: Path) -> None:
    sandbox = served(tmp_path, kennels(TEXT))
    with Client(sandbox) as api:
        first, second = (api.post("/kennels", json={"name": name}).json() for name in ("a", "b"))
        api.delete(f"/kennels/{first['id']}")

        assert {} == rewrite(sandbox, tmp_path, kennels({**TEXT, "description": "what it is called"}))
        assert 404 == api.get(f"/kennels/{first['id']}").status_code
        third = api.post("/kennels", json={"name": "c"}).json()
        assert [second, third] == sorted(api.get("/kennels").json(), key=lambda kennel: str(kennel["name"]))


def test_a_renamed_resource_keeps_nothing(tmp_path: Path) -> None:
    sandbox = served(tmp_path, kennels(TEXT))
    with Client(sandbox) as api:
        api.post("/kennels", json={"name": "a"})
        renamed = json.loads(json.dumps(kennels(TEXT)).replace("/kennels", "/houses").replace("kennelId", "houseId"))

        assert {"kennel": 1} == rewrite(sandbox, tmp_path, renamed)
        assert [] == api.get("/houses").json()
