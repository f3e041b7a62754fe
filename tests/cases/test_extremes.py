"""Properties that show the highest or lowest value of other items, whichever is created first."""

from __future__ import annotations

from tests.cases.conftest import Serve


def test_the_highest_and_the_lowest_value_follow_each_create_change_and_delete(serve: Serve) -> None:
    api = serve("extremes")
    api.post("/mountains", json={"name": "Zugspitze"})

    def shown() -> tuple[str | None, int | None]:
        mountain = api.get("/mountains/1").json()
        return mountain["last_climb"], mountain["record"]

    assert (None, None) == shown()
    for day, minutes in (("2026-05-04", 300), ("2026-11-20", 400), ("2025-02-03", 200)):
        assert 201 == api.post("/mountains/1/climbs", json={"day": day, "minutes": minutes}).status_code
    assert ("2026-11-20", 200) == shown()

    api.patch("/mountains/1/climbs/1", json={"minutes": 100})
    assert ("2026-11-20", 100) == shown()

    for number in (1, 2):
        assert 204 == api.delete(f"/mountains/1/climbs/{number}").status_code
    assert ("2025-02-03", 200) == shown()
