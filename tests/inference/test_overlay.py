"""What `mockserver infer` writes: every guess with its reason, and a file that does the same when it is given back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

import mockserver
from tests.client import Client
from tests.inference.pets import TEXT, collection, item, query
from tests.process import run
from tests.web.document import Node, document

STAMP: Node = {"type": "string", "format": "date-time"}


def shop() -> Node:
    """Pets with everything that can be inferred, and toys below them; a question that makes nothing."""
    shown = item(
        ("id", "name", "created_at"), kind=TEXT, created_at=STAMP, updated_at=STAMP,
        secret={"type": "string", "writeOnly": True}, state={"type": "string", "readOnly": True},
    )  # fmt: skip
    paths = collection("/pets", shown) | collection("/pets/{id}/toys", item(), parameter="toyId")
    for method in ("post", "put"):
        place = paths["/pets" if method == "post" else "/pets/{id}"][method]["requestBody"]
        place["content"]["application/json"]["schema"] = {
            "type": "object", "required": ["name"], "properties": {"name": TEXT, "kind": TEXT, "secret": TEXT},
        }  # fmt: skip
    paths["/pets"]["get"]["parameters"] = [query("page"), query("per_page"), query("kind", TEXT), query("sort", TEXT)]
    paths["/pets"]["post"]["responses"]["409"] = {"description": "there is one of that name"}
    paths["/pets/count"] = {"get": {"responses": {"200": {"description": "how many"}}}}
    return document(paths)


@pytest.fixture
def shop_file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.json"
    path.write_text(json.dumps(shop()))
    return path


def statements(node: Any) -> Iterator[dict[str, Any]]:
    """The innermost objects that say something: those below a resource or an operation."""
    for action in node["actions"]:
        update = action["update"]
        groups = [*update.get("x-resources", {}).values(), update.get("x-behaviour", {}), update.get("x-service", {})]
        for group in groups:
            for kind, statement in group.items():
                if kind != "inference":
                    yield from statement if isinstance(statement, list) else [statement]


def test_every_statement_of_inference_is_a_guess_or_a_law_and_says_why(shop_file: Path) -> None:
    done = run("infer", str(shop_file))
    found = list(statements(yaml.safe_load(done.stdout)))

    assert (0, "") == (done.returncode, done.stderr)
    assert len(found) > 30
    assert {"inferred", "implied"} == {statement["evidence"] for statement in found}
    assert all(statement.get("note") or statement.get("says") for statement in found), found


def test_what_is_inferred_of_a_resource_is_said_in_the_words_of_behaviour_files(shop_file: Path) -> None:
    resources = yaml.safe_load(run("infer", str(shop_file)).stdout)["actions"][0]["update"]["x-resources"]

    assert ["pet", "toy"] == sorted(resources)
    assert ("id", "id", "integer") == tuple(
        resources["pet"]["identity"][key] for key in ("field", "parameter", "generate")
    )
    assert ("created_at", "updated_at") == tuple(resources["pet"]["timestamps"][key] for key in ("created", "updated"))
    assert ["secret"] == resources["pet"]["write-only"]["fields"]
    assert ["state"] == resources["pet"]["server-set"]["fields"]
    assert ["name"] == resources["pet"]["unique"]["fields"]
    assert ("pet", "id") == tuple(resources["toy"]["parent"][key] for key in ("resource", "parameter"))


def test_what_is_no_resource_is_named(shop_file: Path) -> None:
    notes = yaml.safe_load(run("infer", str(shop_file)).stdout)["actions"][0]["update"]["x-service"]["notes"]

    assert ["Answered by example, because they belong to no resource: GET /pets/count."] == [
        note["says"] for note in notes
    ]


def conversation(sandbox: Any) -> list[tuple[int, bytes, str]]:
    """What a sandbox answers to a few requests."""
    with Client(sandbox) as client:
        replies: list[httpx.Response] = [
            client.post("/pets", json={"name": "Rex", "kind": "dog", "secret": "s"}),
            client.post("/pets", json={"name": "Tom", "kind": "cat"}),
            client.post("/pets", json={"name": "Rex"}),
            client.post("/pets/1/toys", json={"name": "ball"}),
            client.post("/pets/9/toys", json={"name": "ball"}),
            client.get("/pets?kind=cat"),
            client.get("/pets?per_page=1&page=2&sort=-name"),
            client.patch("/pets/1", json={"name": "Max"}),
            client.put("/pets/1", json={"name": "Max"}),
            client.get("/pets/count"),
            client.delete("/pets/1"),
            client.get("/pets/1/toys/1"),
            client.post("/pets", json={"name": 3}),
        ]
        return [(reply.status_code, reply.content, reply.headers.get("location", "")) for reply in replies]


def test_given_back_as_a_behaviour_file_it_changes_nothing(shop_file: Path, tmp_path: Path) -> None:
    behaviour = tmp_path / "behaviour.yaml"
    done = run("infer", str(shop_file), "-o", str(behaviour))

    without = conversation(mockserver.create_app(shop_file, seed=1))
    given_back = conversation(mockserver.create_app(shop_file, seed=1, behaviour=[behaviour]))

    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)
    assert without == given_back
    assert [201, 201, 409, 201, 404, 200, 200, 200, 200, 200, 204, 404, 400] == [status for status, _, _ in without]


def test_a_corrected_guess_is_what_is_served(shop_file: Path, tmp_path: Path) -> None:
    behaviour = tmp_path / "behaviour.yaml"
    run("infer", str(shop_file), "-o", str(behaviour))
    corrected = yaml.safe_load(behaviour.read_text())
    del corrected["actions"][0]["update"]["x-resources"]["pet"]["unique"]
    corrected["actions"][0]["update"]["x-resources"]["pet"]["identity"] |= {"generate": "digits", "prefix": "p"}
    behaviour.write_text(yaml.safe_dump(corrected))

    with Client(mockserver.create_app(shop_file, seed=1, behaviour=[behaviour])) as client:
        assert [201, 201] == [client.post("/pets", json={"name": "Rex"}).status_code for _ in range(2)]


def test_a_document_that_is_broken_is_refused_with_file_and_pointer(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text(json.dumps({**shop(), "paths": {"/pets": {"get": {"responses": {"200": {"$ref": "#/none"}}}}}}))
    done = run("infer", str(path))

    assert 1 == done.returncode
    assert "broken.json" in done.stderr
    assert "/paths/~1pets/get/responses/200" in done.stderr


def test_what_the_document_states_itself_is_not_inferred_again(tmp_path: Path) -> None:
    written = shop()
    written["paths"]["/pets"]["get"]["x-behaviour"] = {
        "action": {"does": "list", "of": "pet", "evidence": "documented", "source": "us"}
    }
    path = tmp_path / "said.json"
    path.write_text(json.dumps(written))
    actions = yaml.safe_load(run("infer", str(path)).stdout)["actions"]
    kinds = {action["target"]: list(action["update"].get("x-behaviour", {})) for action in actions}

    assert ["action", "reply"] == kinds["$.paths['/pets'].post"]
    assert ["paging", "filter", "sort", "reply"] == kinds["$.paths['/pets'].get"]


def test_what_the_document_does_not_say_is_called_a_guess(shop_file: Path) -> None:
    actions = yaml.safe_load(run("infer", str(shop_file)).stdout)["actions"]
    [listed] = [action["update"]["x-behaviour"] for action in actions if action["target"] == "$.paths['/pets'].get"]

    assert ("page", "per_page", "page") == tuple(listed["paging"][key] for key in ("style", "limit", "position"))
    assert listed["paging"]["note"].endswith("per_page and page; the size of a page is a guess")
