"""`--overrides FILE`, `--forward-allow` and `--lenient-prefer`."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from tests.process import READY, Processes, address, run
from tests.web.document import document
from tests.web.overrides.server import PETS

FILE = """
- when: {operation: listPets}
  then:
  - {status: 503, body: {message: closed}}
  - {pass: true}
- when: {operation: createPet}
  then: {refusal: too-many}
  times: 1
"""


def files(folder: Path, overrides: str) -> tuple[str, str]:
    """A document and a file of overrides."""
    written, given = folder / "shop.json", folder / "overrides.yaml"
    written.write_text(json.dumps(document(PETS)))
    given.write_text(overrides)
    return str(written), str(given)


def test_overrides_of_a_file_apply_from_the_start(tmp_path: Path) -> None:
    written, given = files(tmp_path, FILE)
    with Processes() as processes:
        _, lines = processes.start(
            "serve", written, "--port", "0", "--overrides", given, "--forward-allow", "localhost:9", "--lenient-prefer",
            until=READY,
        )  # fmt: skip
        base = address(lines)

        replies = [httpx.get(f"{base}/pets") for _ in range(2)]
        refused = httpx.post(f"{base}/pets", json={"name": "Rex"})
        preferred = httpx.get(f"{base}/pets", headers={"Prefer": "code=418"})
        forward = {"when": {"operation": "getPet"}, "then": {"forward": "http://localhost:9"}}
        allowed = httpx.post(f"{base}/_mock/overrides", json=forward)
        listed = httpx.get(f"{base}/_mock/overrides").json()

    assert [503, 200, 429, 418, 201] == [each.status_code for each in (*replies, refused, preferred, allowed)]
    assert ["getPet", "listPets", "createPet"] == [each["when"]["operation"] for each in listed]


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ("when: {}\n", "expected a list at the top level, found an object"),
        ("- when: {operation: listPet}\n  then: {pass: true}\n",
         "overrides.yaml#/0/when/operation: there is no operation 'listPet'; did you mean 'listPets'?"),
        ("- then: {pass: true}\n- then: {status: five}\n", "overrides.yaml#/1/then/status: \"five\" is not of type"),
        ("- then: {pass: true}\n  tmies: 2\n", "overrides.yaml#/0/tmies: tmies is not a known property"),
        ("- when: {operation: listPets}\n  then: {status: 200, body: [{id: 1}]}\n",
         "overrides.yaml#/0/then/body/0/id: at /0/id the body breaks the document"),
        ("- then: [{pass: true}, {delay: {uniform: [2, 1]}}]\n",
         "overrides.yaml#/0/then/1/delay/uniform: the range ends before it begins"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_file_stops_the_start_with_its_place(tmp_path: Path, overrides: str, says: str) -> None:
    written, given = files(tmp_path, overrides)

    done = run("serve", written, "--port", "0", "--overrides", given)

    assert 1 == done.returncode
    assert says in done.stderr


def test_what_is_no_host_stops_the_start(tmp_path: Path) -> None:
    written, _ = files(tmp_path, "[]")

    done = run("serve", written, "--forward-allow", "http://example.com")

    assert 2 == done.returncode
    assert "write HOST or HOST:PORT" in done.stderr
