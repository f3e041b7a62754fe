"""The twenty tasks: each a sentence, and what must be seen when it is done. The same for every tool."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import httpx

from tests.compared.attempt import Trial

PET = {"name": "Rex", "kind": "dog"}


class Task(NamedTuple):
    """A task by its name, and a function that tries it: is it done?"""

    name: str
    is_done: Callable[[Trial], bool]


def total(client: httpx.Client) -> Any:
    """How many pets the list has; None without a list."""
    body = client.get("/pets").json()
    listed = body.get("pets") if isinstance(body, dict) else body
    return len(listed) if isinstance(listed, list) else None


def fails(trial: Trial) -> bool:
    trial.do()
    return trial.client().post("/pets", json=PET).status_code in (400, 503)


def fails_twice(trial: Trial) -> bool:
    trial.do()
    client = trial.client()
    return [429, 429, 200] == [client.get("/pets").status_code for _ in range(3)]


def seconds(client: httpx.Client, path: str) -> float:
    begin = time.monotonic()
    client.get(path)
    return time.monotonic() - begin


def delays(trial: Trial) -> bool:
    trial.do()
    client = trial.client()
    client.get("/pets/1")
    return seconds(client, "/pets") >= 0.8 > seconds(client, "/pets/1")


def delays_at_random(trial: Trial) -> bool:
    trial.do()
    client = trial.client()
    client.get("/pets/1")
    times = [seconds(client, "/pets") for _ in range(8)]
    return max(times) >= 0.1 and max(times) - min(times) > 0.05


def resets(trial: Trial) -> bool:
    client = trial.client()
    before = total(client)
    client.post("/pets", json=PET)
    between = total(client)
    trial.do()
    return before == total(client) != between


def isolates(trial: Trial) -> bool:
    one, two = trial.client(**{"Mock-Namespace": "one"}), trial.client(**{"Mock-Namespace": "two"})
    created = one.post("/pets", json=PET).status_code
    return (201, 1, 0) == (created, total(one), total(two))


def verifies(trial: Trial) -> bool:
    trial.client().post("/pets", json=PET)
    trial.do()
    return trial.is_shown()


def tells_why(trial: Trial) -> bool:
    response = trial.client().post("/pets", json={"name": "Rex"})
    trial.do()
    return response.status_code >= 400 and trial.is_shown(str(response.headers), response.text)


def shows_unmatched(trial: Trial) -> bool:
    trial.client().get("/petz")
    trial.do()
    return trial.is_shown(trial.terminal())


def changes_item(trial: Trial) -> bool:
    client = trial.client()
    made = client.post("/pets", json=PET).json()
    (trial.folder / "id").write_text(str(made.get("id", "")), "utf-8")
    trial.do()
    return "Max" in client.get("/pets").text and "Rex" not in client.get("/pets").text


def starts_with_items(trial: Trial) -> bool:
    trial.do()
    shown = trial.client().get("/pets").text
    return "Rex" in shown and "Tom" in shown


def freezes_time(trial: Trial) -> bool:
    trial.do(1)
    first = trial.client().post("/pets", json=PET).json()
    trial.do()
    second = trial.client().post("/pets", json=PET).json()
    return "2030-01-01T00" in str(first.get("created_at")) and "2030-01-01T01" in str(second.get("created_at"))


def cuts(trial: Trial) -> bool:
    trial.do()
    try:
        trial.client().get("/pets")
    except httpx.TransportError:
        return True
    return False


def drips(trial: Trial) -> bool:
    trial.do()
    begin = time.monotonic()
    with trial.client().stream("GET", "/pets") as response:
        head = time.monotonic() - begin
        response.read()
    return time.monotonic() - begin - head > 0.5


def answers_invalidly(trial: Trial) -> bool:
    trial.do()
    return {"pets": "none"} == trial.client().get("/pets").json()


def exports_har(trial: Trial) -> bool:
    trial.client().post("/pets", json=PET)
    try:
        entries = json.loads(trial.do())["log"]["entries"]
    except (ValueError, KeyError, TypeError):
        return False
    return any("Rex" in json.dumps(each["request"]) for each in entries)


def restores(trial: Trial) -> bool:
    client = trial.client()
    client.post("/pets", json=PET)
    saved = total(client)
    trial.do(1)
    client.post("/pets", json=PET)
    changed = total(client)
    trial.do()
    return saved == total(client) != changed


def remembers(trial: Trial) -> bool:
    client = trial.client()
    made = client.post("/pets", json={"name": "Unheard Of", "kind": "dog"})
    return made.is_success and "Unheard Of" in client.get("/pets").text


def refuses(trial: Trial) -> bool:
    trial.do()
    client = trial.client()
    wrong = client.post("/pets", json={"name": 5, "kind": "dragon"}).status_code
    return 400 <= wrong < 500 and client.post("/pets", json=PET).is_success


def follows(trial: Trial) -> bool:
    process = trial.begin()
    time.sleep(3)
    trial.client().post("/pets", json=PET)
    time.sleep(2)
    if process is not None:
        os.killpg(process.pid, signal.SIGKILL)
        trial.printed += process.communicate()[0]
    return trial.is_shown(trial.terminal())


TASKS = (
    Task("force one error", fails),
    Task("429 twice, then 200", fails_twice),
    Task("delay one operation", delays),
    Task("random delay", delays_at_random),
    Task("reset what requests changed", resets),
    Task("isolate two tests on one server", isolates),
    Task("verify a call and its body", verifies),
    Task("find out why a request was refused", tells_why),
    Task("see unmatched requests", shows_unmatched),
    Task("change a stored item by hand", changes_item),
    Task("start from a fixture file", starts_with_items),
    Task("freeze time, and advance it", freezes_time),
    Task("cut a connection", cuts),
    Task("slow response, byte by byte", drips),
    Task("an invalid response on purpose", answers_invalidly),
    Task("record what was asked as HAR", exports_har),
    Task("save and restore the whole state", restores),
    Task("create, then list, without configuration", remembers),
    Task("refuse a body that breaks the document", refuses),
    Task("follow requests live", follows),
)
