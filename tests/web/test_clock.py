"""The clock of a namespace: frozen, moved, set and resumed, with a seed or without."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

import mockserver
from tests.client import Client
from tests.web.conftest import LINEAR, SERVERS

ADMIN = {"Authorization": "Bearer bd_key_SandboxAdmin00000000000000000000"}
CLOCK = "/_mock/clock"


@pytest.fixture(params=[7, None], ids=["seeded", "unseeded"])
def api(request: Any) -> Iterator[Client]:
    with Client(mockserver.create_app("basedash", seed=request.param), headers=ADMIN) as client:
        yield client


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def created(client: Client, **headers: str) -> float:
    """When a new item was created, by its own timestamp."""
    return seconds(client.post(SERVERS, json=LINEAR, headers=headers).json()["data"]["createdAt"])


def test_a_frozen_clock_gives_all_items_the_same_time_until_it_is_resumed(api: Client) -> None:
    frozen = api.post(CLOCK, json={"freeze": True}).json()
    times = {created(api) for _ in range(3)}
    shown = api.get(CLOCK).json()
    resumed = api.post(CLOCK, json={"resume": True}).json()
    time.sleep(0.01)

    assert [frozen["time"]] == [
        datetime.fromtimestamp(each, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") for each in times
    ]
    assert (frozen["now"], True) == (shown["now"], shown["is_frozen"])
    assert not resumed["is_frozen"]
    assert frozen["now"] <= created(api) + 0.001 < frozen["now"] + 60


def test_a_clock_is_moved_and_set_also_while_it_is_frozen(api: Client) -> None:
    before = created(api)
    api.post(CLOCK, json={"advance": "1h"})
    ahead = created(api)
    api.post(CLOCK, json={"set": "2030-01-01T00:00:00Z", "freeze": True})
    api.post(CLOCK, params={"advance": "1m"})

    assert 3600 <= ahead - before < 3660
    assert [datetime(2030, 1, 1, 0, 1, tzinfo=UTC).timestamp()] * 2 == [created(api), api.get(CLOCK).json()["now"]]


def test_a_duration_that_is_none_or_too_long_does_not_move_the_clock(api: Client) -> None:
    api.post(CLOCK, json={"freeze": True, "set": "2030-01-01T00:00:00Z"})
    replies = [api.post(CLOCK, json={"advance": each}) for each in ("soon", "-1s", "900000000d", -1)]

    assert [400] * 4 == [each.status_code for each in replies]
    assert replies[0].json()["detail"].endswith('; for example "2s", "500ms", "1.5h", "15m" or "7d"')
    assert "'900000000d' is too long: 3155760000 seconds at most" in replies[2].text
    assert "2030-01-01T00:00:00.000Z" == api.get(CLOCK).json()["time"]


def test_changes_of_the_clock_are_made_in_one_order_and_contradictions_refused(api: Client) -> None:
    frozen = api.post(CLOCK, json={"advance": 60, "set": "2030-01-01T00:00:00Z", "freeze": True}).json()
    both = api.post(CLOCK, json={"freeze": True, "resume": True})
    nothing = api.post(CLOCK, json={})

    assert ("2030-01-01T00:01:00.000Z", True) == (frozen["time"], frozen["is_frozen"])
    assert (400, "body: freeze and resume are not allowed together") == (both.status_code, both.json()["detail"])
    assert nothing.json()["detail"].endswith('; for example {"freeze":true}, {"advance":60}, '
                                             '{"set":"2030-01-01T00:00:00Z"} or {"resume":true}')  # fmt: skip
    assert frozen == api.get(CLOCK).json()


def test_each_namespace_has_its_own_time(api: Client) -> None:
    one = {"Mock-Namespace": "one"}
    api.post(CLOCK, json={"set": "2030-01-01T00:00:00Z", "freeze": True}, headers=one)

    assert datetime(2030, 1, 1, tzinfo=UTC).timestamp() == created(api, **one)
    assert (False, True) == tuple(api.get(CLOCK, params=q).json()["is_frozen"] for q in ({}, {"namespace": "one"}))
    assert created(api) < datetime(2030, 1, 1, tzinfo=UTC).timestamp()


def test_a_window_of_a_rate_limit_passes_when_the_clock_is_moved() -> None:
    sandbox = mockserver.create_app("basedash")
    limit = sandbox.services["basedash"].contract.behaviour.service.rate_limit
    assert limit is not None
    with Client(sandbox, headers=ADMIN) as api:
        api.post(CLOCK, json={"freeze": True})
        statuses = [api.get(SERVERS).status_code for _ in range(limit.requests + 1)]
        api.post(CLOCK, json={"advance": limit.window})

        assert ([200, 429], 200) == (statuses[-2:], api.get(SERVERS).status_code)


def test_a_checkpoint_takes_the_clock_back(api: Client) -> None:
    api.post("/_mock/checkpoints/young")
    young = created(api)
    api.post(CLOCK, json={"freeze": True, "advance": 86_400})
    old = created(api)
    api.post("/_mock/checkpoints/young/restore")

    assert 86_400 <= old - young < 86_460
    assert -1 < created(api) - young < 60
    assert not api.get(CLOCK).json()["is_frozen"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "less than 1 property"),
        ({"set": "noon"}, "set"),
        ({"advance": -1}, "advance"),
        ({"stop": True}, "stop"),
    ],
)
def test_a_change_of_the_clock_that_says_nothing_is_refused(body: dict[str, Any], words: str) -> None:
    with Client(mockserver.create_app("basedash")) as api:
        refused = api.post(CLOCK, json=body)

    assert (400, True) == (refused.status_code, words in refused.text)
