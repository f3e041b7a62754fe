"""Cases about behaviour files."""

from __future__ import annotations

from tests.cases.conftest import DOCUMENTS, Serve


def test_56_one_statement_in_a_behaviour_file_keeps_what_is_inferred(serve: Serve) -> None:
    api = serve("56-overlay-keeps-inference", behaviour=(DOCUMENTS / "56-overlay-keeps-inference-behaviour.yaml",))

    made = [api.post("/pets", json={"name": name}) for name in "xyz"]

    assert [201, 201, 409] == [reply.status_code for reply in made]
    assert "no more than two" == made[2].json()["detail"]
    assert {"id": 1, "name": "x"} == api.get("/pets/1").json()
