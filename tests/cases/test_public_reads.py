"""Items that are written at one path and read at another, and replies that only mention such an item."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_what_administrators_write_is_what_everybody_reads(serve: Serve) -> None:
    api = serve("public-reads")
    pot = api.post("/admin/products", json={"name": "Pot", "color": "red"}).json()

    assert pot == api.get("/products/1").json()
    assert [[pot], []] == [api.get("/products", params={"color": color}).json() for color in ("red", "blue")]

    pan = api.patch("/admin/products/1", json={"name": "Pan"}).json()
    assert (pan, [pan]) == (api.get("/products/1").json(), api.get("/products").json())

    api.delete("/admin/products/1")
    assert (404, []) == (api.get("/products/1").status_code, api.get("/products").json())


def test_what_mentions_an_item_makes_none(serve: Serve) -> None:
    api = serve("public-reads")
    pot = api.post("/admin/products", json={"name": "Pot"}).json()

    assert "+1" == api.post("/products/1/reactions", json={"content": "+1"}).json()["content"]
    assert [pot] == api.get("/products").json()


def test_a_listed_item_is_found_at_every_path_that_shows_it(serve: Serve) -> None:
    api = serve("public-reads", items=3)
    repos = api.get("/user/repos").json()

    assert 3 == len(repos)
    assert repos == [api.get(f"/repos/{repo['owner']['login']}/{repo['name']}").json() for repo in repos]
    assert repos == [api.get(f"/repositories/{repo['id']}").json() for repo in repos]


def test_an_action_below_an_item_that_shows_it_makes_no_other(serve: Serve) -> None:
    api = serve("public-reads", items=3)
    repo = api.get("/user/repos").json()[0]
    own = f"/repos/{repo['owner']['login']}/{repo['name']}"

    assert (202, repo["id"]) == (
        (moved := api.post(f"{own}/transfer", json={"to": "ada"})).status_code,
        moved.json()["id"],
    )
    assert 3 == len(api.get("/user/repos").json())
