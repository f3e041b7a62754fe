"""Lists of edges, as GraphQL's connections write them: each entry has the item as its node, and its own cursor."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_edges_show_what_was_created_and_each_cursor_leads_behind_its_node(serve: Serve) -> None:
    api = serve("edges")
    made = [api.post("/feeds", json={"url": f"https://{number}.example"}).json() for number in range(4)]

    first = api.get("/feeds", params={"first": 2}).json()

    assert made[:2] == [edge["node"] for edge in first["edges"]]
    assert {"endCursor": first["edges"][1]["cursor"], "hasNextPage": True} == first["pageInfo"]
    for edge, behind in zip(first["edges"], (made[1:], made[2:]), strict=True):
        page = api.get("/feeds", params={"after": edge["cursor"]}).json()
        assert (behind, False) == ([one["node"] for one in page["edges"]], page["pageInfo"]["hasNextPage"])
