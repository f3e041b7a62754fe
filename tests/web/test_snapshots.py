"""Snapshots: a world as one JSON document, which makes the same world again, here or elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import mockserver
from mockserver.web.service import ServiceSettings
from tests.client import Client
from tests.replies import vendors
from tests.replies.caller import Caller
from tests.replies.request import Request
from tests.web.document import answers, document, served, takes

SHOP = Path(__file__).parents[2] / "docs/shop.yaml"
JSON = {"content-type": "application/json"}
OWNED = re.compile(rb"(state=|code_challenge=|client-)[0-9a-f]{8,}")
"""What the address of an authorization has from the name of its owner, which has the namespace in it."""


class ShopCaller(Caller):
    """Customers, orders that refer to them, and what is answered by example."""

    moves = (("create", 4), ("order", 4), ("change", 2), ("read", 4), ("items", 1))

    def create(self) -> Request:
        return self.json("POST", "/customers", {"name": self.name()}, self.keep("customer", "id"))

    def order(self) -> Request:
        customer = self.pick("customer", ("nobody",))[0]
        body = {"customer_id": customer, **self.some(note=("soon", "later"))}
        return self.json("POST", "/orders", body, self.keep("order", "id"))

    def change(self) -> Request:
        return self.json("PATCH", f"/orders/{self.pick('order', ('1',))[0]}", self.some(note=("now", "", 3)))

    def read(self) -> Request:
        one = f"/customers/{self.pick('customer', ('nobody',))[0]}", f"/orders/{self.pick('order', ('1',))[0]}"
        lists = "/customers", "/orders", "/report", "/countries", "/customers/search"
        return Request("GET", self.chance.choice((*one, *lists)))

    def items(self) -> Request:
        order = self.pick("order", ("1",))[0]
        return Request("DELETE", f"/_mock/state/shop/order/{order}", learn=self.drop("order", (order,)))


CALLERS: dict[str, tuple[type[Caller], tuple[str | Path, ...], dict[str, Any]]] = {
    "basedash": (vendors.Basedash, ("basedash",), {}),
    "datagrid": (vendors.Datagrid, ("datagrid",), {}),
    "gaia": (vendors.Gaia, ("gaia",), {}),
    "piper": (vendors.Piper, ("piper",), {}),
    "shop": (ShopCaller, (SHOP,), {}),
    "shop-with-items": (ShopCaller, (SHOP,), {"settings": ServiceSettings(items=3)}),
}


def sent(client: Client, request: Request, namespace: str = "") -> httpx.Response:
    headers = [*request.headers, *([("Mock-Namespace", namespace)] if namespace else [])]
    return client.request(request.method, request.target, headers=headers, content=request.content)


def shown(response: httpx.Response) -> tuple[int, list[tuple[str, str]], bytes]:
    return response.status_code, sorted(response.headers.items()), OWNED.sub(b"", response.content)


class Basedash(vendors.Basedash):
    """The same without consents: an authorization that was begun in one namespace is completed in that one."""

    moves = tuple(move for move in vendors.Basedash.moves if move[0] != "consent")

    def opening(self) -> Iterator[Request]:
        yield from ()


def walked(caller: Caller, *clients: tuple[Client, str]) -> list[httpx.Response]:
    """The responses of each client, in its namespace, to the next request; the caller learns from the first one."""
    request = caller.next()
    responses = [sent(client, request, namespace) for client, namespace in clients]
    if responses[0].is_success:
        request.learn(responses[0])
    return responses


WALKS = {"seed": st.integers(0, 10_000), "before": st.integers(0, 30), "after": st.integers(1, 30)}
# Which requests of a walk are needed for a failure says its message: to look for a shorter walk takes minutes.
FEW = settings(max_examples=6, phases=[Phase.explicit, Phase.reuse, Phase.generate])


@pytest.mark.parametrize("name", CALLERS)
@FEW
@given(**WALKS)
def test_the_same_requests_get_the_same_responses_after_a_snapshot_is_restored_elsewhere(
    name: str, seed: int, before: int, after: int
) -> None:
    kind, documents, options = CALLERS[name]
    caller = kind(Random(seed))
    one, two = (mockserver.create_app(*documents, seed=5, **options) for _ in range(2))
    with Client(one) as first, Client(two) as fresh:
        for _ in range(before):
            walked(caller, (first, ""))
        snapshot = first.get("/_mock/snapshot").content
        put = fresh.put("/_mock/snapshot", content=snapshot, headers=JSON)

        assert (204, snapshot) == (put.status_code, fresh.get("/_mock/snapshot").content)
        for _ in range(after):
            here, there = walked(caller, (first, ""), (fresh, ""))
            assert shown(here) == shown(there), (here.request.method, here.request.url)


@pytest.mark.parametrize("name", CALLERS)
@FEW
@given(**WALKS)
def test_the_same_requests_get_the_same_responses_in_a_namespace_that_a_snapshot_was_restored_to(
    name: str, seed: int, before: int, after: int
) -> None:
    kind, documents, options = CALLERS[name]
    caller = (Basedash if kind is vendors.Basedash else kind)(Random(seed))
    with Client(mockserver.create_app(*documents, seed=5, **options)) as api:
        for _ in range(before):
            walked(caller, (api, ""))
        put = api.put("/_mock/snapshot?namespace=copy", json=api.get("/_mock/snapshot").json())

        assert 204 == put.status_code
        for _ in range(after):
            here, there = walked(caller, (api, ""), (api, "copy"))
            assert shown(here) == shown(there), (here.request.method, here.request.url)


@pytest.mark.parametrize("name", CALLERS)
@FEW
@given(**WALKS)
def test_the_same_requests_get_the_same_responses_after_a_checkpoint_is_restored(
    name: str, seed: int, before: int, after: int
) -> None:
    kind, documents, options = CALLERS[name]
    caller = kind(Random(seed))
    with Client(mockserver.create_app(*documents, seed=5, **options)) as api:
        for _ in range(before):
            walked(caller, (api, ""))
        api.post("/_mock/checkpoints/here")
        requests = [caller.next() for _ in range(after)]
        once = [shown(sent(api, request)) for request in requests]
        api.post("/_mock/checkpoints/here/restore")

        assert once == [shown(sent(api, request)) for request in requests]


def counted(folder: Path, **options: Any) -> mockserver.Sandbox:
    """A mock of tasks whose ids are numbers."""
    return served(folder, tasks(), **options)


def tasks(title: str = "Test", version: str = "1", text: dict[str, Any] | None = None) -> dict[str, Any]:
    task = {
        "type": "object",
        "required": ["id", "text"],
        "properties": {"id": {"type": "integer"}, "text": text or {"type": "string"}},
    }
    new = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
    id = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    missing = {"404": {"description": "none"}}
    paths = {
        "/tasks": {
            "get": {"responses": answers({"type": "array", "items": task})},
            "post": {"requestBody": takes(new), "responses": answers(task, "201")},
        },
        "/tasks/{id}": {
            "parameters": [id],
            "get": {"responses": answers(task) | missing},
            "delete": {"responses": {"204": {"description": "deleted"}} | missing},
        },
    }
    return {**document(paths), "info": {"title": title, "version": version}}


def test_ids_go_on_after_a_restored_snapshot_and_deleted_ones_are_not_used_again(tmp_path: Path) -> None:
    with Client(counted(tmp_path)) as api, Client(counted(tmp_path)) as fresh:
        for text in "abc":
            api.post("/tasks", json={"text": text})
        api.delete("/tasks/3")
        fresh.put("/_mock/snapshot", json=api.get("/_mock/snapshot").json())

        assert [1, 2] == [task["id"] for task in fresh.get("/tasks").json()]
        assert 404 == fresh.get("/tasks/3").status_code
        assert api.post("/tasks", json={"text": "d"}).json() == fresh.post("/tasks", json={"text": "d"}).json()


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"version": "2"}, "the snapshot is of a document with the version '1'; the one that is served has '2'"),
        ({"title": "Jobs"}, "the snapshot is of a document with the title 'Test'; the one that is served has 'Jobs'"),
        ({"text": {"type": "string", "maxLength": 1}}, 'items/1/fields/text: "long" is longer than 1 character'),
    ],
)
def test_a_snapshot_of_another_document_is_refused_with_what_differs(
    tmp_path: Path, other: dict[str, Any], words: str
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with Client(served(tmp_path / "one", tasks())) as one, Client(served(tmp_path / "two", tasks(**other))) as two:
        for text in ("a", "long"):
            one.post("/tasks", json={"text": text})
        refused = two.put("/_mock/snapshot", json=one.get("/_mock/snapshot").json())

        assert 409 == refused.status_code
        assert words in refused.text.replace("\\", "")
        assert [] == two.get("/tasks").json()


def test_a_document_with_other_descriptions_takes_a_snapshot(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    described = tasks(text={"type": "string", "description": "what is to be done"})
    with Client(served(tmp_path / "one", tasks())) as one, Client(served(tmp_path / "two", described)) as two:
        one.post("/tasks", json={"text": "a"})

        assert 204 == two.put("/_mock/snapshot", json=one.get("/_mock/snapshot").json()).status_code
        assert one.get("/tasks").json() == two.get("/tasks").json()


def changed(snapshot: Any, *path: str | int, to: Any) -> Any:
    """The snapshot with one value changed, or deleted for None."""
    copied = json.loads(json.dumps(snapshot))
    *above, last = path
    place = copied
    for step in above:
        place = place[step]
    place[last] = to
    return copied


COLLECTION = ("services", "test", "state", "collections", 0)


@pytest.mark.parametrize(
    ("path", "value", "status", "words"),
    [
        (("version",), 2, 400, "1 was expected"),
        (("services", "shop"), {"document": {}}, 409, "/services/shop"),
        (("services",), {}, 409, "the snapshot lacks the service test"),
        ((*COLLECTION, "highest"), "3", 409, "/services/test/state/collections/0/highest: Expected `int`, got `str`"),
        (
            (*COLLECTION, "resource"),
            "job",
            409,
            "/services/test/state/collections/0: no resource 'job'; there are: task",
        ),
        ((*COLLECTION, "items", 1, "id"), 1, 409, "/services/test/state/collections/0: an id or a sequence number"),
        (("random",), [3, [1, 2], None], 409, "/random: no state of random numbers"),
        (("clock",), {"now": "noon"}, 409, "/clock"),
        (("services", "test", "state"), None, 409, "/services/test/state"),
    ],
)
def test_a_broken_snapshot_is_refused_with_a_pointer_and_changes_nothing(
    tmp_path: Path, path: tuple[str | int, ...], value: Any, status: int, words: str
) -> None:
    with Client(counted(tmp_path)) as api:
        for text in "ab":
            api.post("/tasks", json={"text": text})
        before = api.get("/_mock/snapshot").json()
        refused = api.put("/_mock/snapshot", json=changed(before, *path, to=value))

        assert status == refused.status_code
        assert words in refused.json()["detail"]
        assert before == api.get("/_mock/snapshot").json()


def test_an_authorization_under_way_and_a_completed_one_are_in_a_snapshot() -> None:
    headers = {"Authorization": "Bearer bd_key_SandboxAdmin00000000000000000000"}
    servers = "/basedash/api/public/organizations/org_abc123/mcp-servers"
    wanted = {"displayName": "Notion", "serverUrl": "https://oauth.mcp.example/mcp"}
    one, two = (mockserver.create_app("basedash", seed=3) for _ in range(2))
    with Client(one, headers=headers) as api, Client(two, headers=headers) as fresh:
        started = api.post(servers, json=wanted).json()["data"]
        state = re.search("state=([0-9a-f]+)", json.dumps(started))
        assert state is not None
        fresh.put("/_mock/snapshot", json=api.get("/_mock/snapshot").json())
        completed = [each.get(f"/_mock/oauth/callback?state={state[1]}&code=abc").status_code for each in (api, fresh)]

        assert [200, 200] == completed
        assert api.get(servers).json() == fresh.get(servers).json()
