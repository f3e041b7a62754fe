"""Query parameters whose description says how they select, and texts that may be null."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Serve
from tests.client import Client

MACHINES = (
    ("lathe", "north", "AX-1", {"line": "a", "age": "new"}, "2026-03-01T08:00:00Z"),
    ("press", "south lathe hall", "AX-2", {"line": "b"}, "2026-03-02T08:00:00Z"),
    ("mill", "north", "BX-1", {}, "2026-03-03T08:00:00Z"),
)


@pytest.fixture
def api(serve: Serve) -> Client:
    api = serve("parameter-forms")
    for name, hall, serial, labels, at in MACHINES:
        sent = {"name": name, "hall": hall, "serial": serial, "labels": labels, "servicedAt": at}
        api.post("/machines", json=sent)
    return api


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "lathe"}, ["lathe", "press"]),
        ({"prefix": "AX-"}, ["lathe", "press"]),
        ({"prefix": "X-"}, []),
        ({"label": "line:a"}, ["lathe"]),
        ({"label": "line:c"}, []),
        ({"label": "age"}, ["lathe"]),
        ({"from": "2026-03-02T08:00:00Z"}, ["press", "mill"]),
        ({"to": "2026-03-02T08:00:00Z"}, ["lathe"]),
        ({"from": "2026-03-01T08:00:00Z", "to": "2026-03-03T08:00:00Z"}, ["lathe", "press"]),
    ],
)
def test_a_parameter_selects_as_its_description_says(api: Client, query: dict[str, str], found: list[str]) -> None:
    assert found == [each["name"] for each in api.get("/machines", params=query).json()]
