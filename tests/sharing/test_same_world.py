"""Two apps on one log answer as one app without a log does, whichever of them gets a request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import mockserver
from mockserver.state.shared_log import SharedLog
from mockserver.stores.memory_log import MemoryLog
from mockserver.web.app import Sandbox
from mockserver.web.service import ServiceSettings
from tests.client import Client

DOCUMENT = Path(__file__).with_name("rooms.yaml")
OPTIONS: dict[str, Any] = {"seed": 3, "journal": 100, "quiet_headers": False}


class Sent(NamedTuple):
    """A request, and which of the apps gets it."""

    by: int
    method: str
    path: str
    body: dict[str, Any] | None = None
    headers: tuple[tuple[str, str], ...] = ()


IDS, NAMES = st.integers(1, 4), st.sampled_from(["ant", "bee", "cat"])
IN_NAMESPACE = st.sampled_from([(), (), (), (("mock-namespace", "other"),)])


def one_of_the_requests(by: int) -> st.SearchStrategy[Sent]:
    """A request to a service, or to the admin API."""
    room = st.builds("/rooms/{}".format, IDS)
    books = st.builds("/rooms/{}/books".format, IDS)
    book = st.builds("/rooms/{}/books/{}".format, IDS, IDS)
    named, titled = st.builds(lambda name: {"name": name}, NAMES), st.builds(lambda name: {"title": name}, NAMES)
    nothing = st.none()
    choices: list[tuple[str, st.SearchStrategy[str], st.SearchStrategy[Any]]] = [
        ("GET", st.just("/rooms"), nothing),
        ("POST", st.just("/rooms"), named),
        ("POST", st.just("/rooms"), named),
        ("GET", room, nothing),
        ("PATCH", room, named),
        ("DELETE", room, nothing),
        ("GET", books, nothing),
        ("POST", books, titled),
        ("POST", books, titled),
        ("POST", books, st.just({"title": 5})),
        ("GET", book, nothing),
        ("PUT", book, titled),
        ("DELETE", book, nothing),
        ("POST", st.just("/_mock/state/rooms/room"), named),
        ("POST", st.just("/_mock/reset"), nothing),
        ("POST", st.just("/_mock/checkpoints/then"), nothing),
        ("POST", st.just("/_mock/checkpoints/then/restore"), nothing),
        ("POST", st.just("/_mock/clock"), st.just({"advance": 30})),
        ("POST", st.just("/_mock/overrides"), st.just({"when": {"operation": "getRoom"}, "then": {"status": 404}})),
        ("DELETE", st.just("/_mock/overrides"), nothing),
        ("GET", st.just("/_mock/namespaces/other"), nothing),
        ("DELETE", st.just("/_mock/namespaces/other"), nothing),
    ]
    return st.one_of(
        [st.builds(Sent, st.just(by), st.just(method), path, body, IN_NAMESPACE) for method, path, body in choices]
    )


REQUESTS = st.lists(st.integers(0, 1).flatmap(one_of_the_requests), min_size=5, max_size=40)


def answer(client: Client, sent: Sent) -> tuple[int, str, str | None]:
    """What a request gets: status, body and revision."""
    path = sent.path
    headers = dict(sent.headers)
    response = client.request(sent.method, path, json=sent.body, headers=headers)
    # How long a namespace was idle depends on the app, and so do the number of an override in another namespace and the
    # time of a namespace whose clock moves when it is read.
    body = re.sub(r'"idle_seconds":[\d.]+|^{"id":"\d+"|2026-01-01T00:00:00.\d{3}Z', "", response.text)
    return response.status_code, body, response.headers.get("mock-revision")


def apps(log: SharedLog, **options: Any) -> Iterator[Sandbox]:
    for _ in range(2):
        app = mockserver.create_app(DOCUMENT, is_shared=True, **OPTIONS, **options)
        app.share(log)
        yield app


@pytest.mark.parametrize("items", [0, 2])
@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.generate, Phase.explicit],
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(requests=REQUESTS)
def test_two_apps_on_one_log_answer_as_one_without_a_log(items: int, requests: list[Sent]) -> None:
    options = {"settings": ServiceSettings(items=items)}
    alone = mockserver.create_app(DOCUMENT, **OPTIONS, **options)
    with ExitStack() as stack:
        single = stack.enter_context(Client(alone))
        several = [stack.enter_context(Client(app)) for app in apps(MemoryLog(), **options)]
        for client in (single, several[0]):
            client.post("/_mock/clock", json={"freeze": True, "set": "2030-01-01T00:00:00Z"})
        for sent in requests:
            if sent.path == "/_mock/reset":
                for client in (single, several[sent.by]):
                    client.post("/_mock/clock", json={"set": "2030-01-01T00:00:00Z"})

            assert answer(single, sent) == answer(several[sent.by], sent), sent
        lists = [answer(client, Sent(0, "GET", "/rooms")) for client in (single, *several)]

    assert lists[0] == lists[1] == lists[2]
