"""What holds while two processes change the same at once; their requests are answered in parts then."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.process import READY, Processes, address
from tests.sharing.conftest import DOCUMENT


def written(base: str, number: int) -> list[httpx.Response]:
    """What one client is answered that renames the first room, and tries to make others."""
    with httpx.Client(base_url=base, timeout=60) as client:
        return [
            answered
            for trial in range(8)
            for answered in (
                client.patch("/rooms/1", json={"name": f"room of {number}, {trial}"}),
                client.post("/rooms", json={"name": f"new {trial}"}),
                client.post("/rooms", json={"name": trial}),
            )
        ]


def test_limits_names_and_revisions_hold_while_two_workers_write_at_once() -> None:
    with Processes() as processes:
        _, lines = processes.start("serve", str(DOCUMENT), "--port", "0", "--workers", "2", until=READY)
        base = address(lines)
        httpx.post(f"{base}/rooms", json={"name": "first"})
        with ThreadPoolExecutor(8) as threads:
            answers = [each for found in threads.map(lambda number: written(base, number), range(8)) for each in found]
        rooms = httpx.get(f"{base}/rooms").json()
        journal = httpx.get(f"{base}/_mock/requests", params={"limit": 500}).json()

    renamed, made, invalid = answers[::3], answers[1::3], answers[2::3]
    created = [each for each in made if each.status_code == 201]
    kept = [each for each in answers if each.status_code < 300]
    last = max(renamed, key=lambda each: int(each.headers["mock-revision"]))
    assert {200} == {each.status_code for each in renamed}
    assert ({201: 2, 409: 62}, {400: 64}) == tuple(Counter(a.status_code for a in each) for each in (made, invalid))
    assert [*range(2, 2 + len(kept))] == sorted(int(each.headers["mock-revision"]) for each in kept)
    assert [last.json(), *sorted((each.json() for each in created), key=lambda each: each["id"])] == rooms
    assert 3 == len({each["name"] for each in rooms})
    assert len(answers) == len({each.headers["mock-request"] for each in answers})
    assert Counter(each.status_code for each in answers) + Counter([201, 200]) == Counter(
        each["response"]["status"] for each in journal
    )
