"""Cases about documents that break a rule and mean something all the same."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_46_two_operations_with_one_operation_id_are_both_served(serve: Serve) -> None:
    api = serve("46-dup-operationid")

    replies = [api.get("/e"), api.post("/e"), api.get("/f"), api.get("/g")]

    assert ["get e", "post e", "get f", "get g"] == [reply.json()["hit"] for reply in replies]
