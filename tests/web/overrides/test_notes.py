"""What interceptors, and so the journal, learn about overrides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver.web.exchange import Exchange, IncomingRequest
from mockserver.web.serving.connection_faults import ConnectionFault
from tests.client import Client
from tests.web.document import document, served
from tests.web.overrides.server import PETS

LIST, CREATE = {"operation": "listPets"}, {"operation": "createPet"}
REX = {"name": "Rex"}


class Watching:
    """Keeps every exchange."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []

    async def before(self, request: IncomingRequest) -> None:
        """Pass every request on."""

    async def after(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)


@pytest.fixture
def watching() -> Watching:
    return Watching()


@pytest.fixture
def client(tmp_path: Path, watching: Watching) -> Iterator[Client]:
    sandbox = served(tmp_path, document(PETS))
    sandbox.use(watching)
    with Client(sandbox) as client:
        yield client


def put(client: Client, when: dict[str, Any], then: Any, **rest: Any) -> None:
    """Set an override."""
    reply = client.post("/_mock/overrides", json={"when": when, "then": then, **rest})
    assert 201 == reply.status_code, reply.text


def test_a_note_names_the_override_and_what_it_does(client: Client, watching: Watching) -> None:
    put(client, LIST, {"status": 503, "delay": 0.001})

    client.get("/pets")

    assert ["override 1: status 503, after 0.001 s"] == list(watching.exchanges[-1].trace.notes)
    assert 503 == watching.exchanges[-1].response.status


def test_a_lost_reply_has_no_response_and_its_changes(client: Client, watching: Watching) -> None:
    put(client, LIST, {"fault": {"kind": "stale-read"}})  # keeps changes from here on
    put(client, CREATE, {"fault": {"kind": "lost-reply"}})

    with pytest.raises(ConnectionFault):
        client.post("/pets", json=REX)

    assert (None, 1) == (watching.exchanges[-1].response, len(watching.exchanges[-1].trace.commits))


def test_a_lost_request_has_neither(client: Client, watching: Watching) -> None:
    put(client, CREATE, {"fault": {"kind": "lost-request"}})

    with pytest.raises(ConnectionFault):
        client.post("/pets", json=REX)

    assert (None, ()) == (watching.exchanges[-1].response, watching.exchanges[-1].trace.commits)
    assert ["override 1: lost-request"] == list(watching.exchanges[-1].trace.notes)


def test_a_duplicate_delivery_has_the_changes_of_both(client: Client, watching: Watching) -> None:
    put(client, LIST, {"fault": {"kind": "stale-read"}})
    put(client, CREATE, {"fault": {"kind": "duplicate"}})

    client.post("/pets", json=REX)

    trace = watching.exchanges[-1].trace
    assert [1, 2] == [commit.revision for commit in trace.commits]
    assert ["override 2: duplicate", "handled once before, with the status 201"] == list(trace.notes)


def test_a_patch_that_is_not_applied_says_why(client: Client, watching: Watching) -> None:
    put(client, CREATE, {"patch": {"chip": 7}})

    client.post("/pets", json=REX)

    told = 'the patch was not applied: the patched 201 reply breaks the document at /: "vet" is a required property'
    assert told in watching.exchanges[-1].trace.notes


def test_a_stale_read_leaves_the_headers_as_they_were_sent(client: Client, watching: Watching) -> None:
    put(client, LIST, {"fault": {"kind": "stale-read"}})
    client.post("/pets", json=REX)

    assert [] == client.get("/pets").json()
    assert None is watching.exchanges[-1].request.header("mock-at")
    assert ["override 1: stale-read", "read as of the revision 0"] == list(watching.exchanges[-1].trace.notes)
