"""docs/overrides.md: every example works as the page shows it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

import httpx
import pytest
import yaml

from tests.process import READY, ROOT, Processes, address

PAGE = (ROOT / "docs" / "overrides.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
OVERRIDES = [entry for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) for entry in yaml.safe_load(block)]


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """The address of the mock, started as the page says."""
    command = re.search(r"^    mockserver (serve \S+bookings.*)$", PAGE, re.MULTILINE)
    assert command is not None
    with Processes() as processes:
        _, lines = processes.start(*command[1].split(), "--port", "0", "--seed", "1", until=READY)
        yield address(lines)


def test_the_commands_print_what_the_page_shows(base: str) -> None:
    printed, expected = [], []
    for block in COMMANDS:
        for entry in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = entry.partition("\n")
            here = command.replace("localhost:8080", base.removeprefix("http://"))
            done = subprocess.run(here, shell=True, check=False, capture_output=True, text=True, timeout=60)
            printed.append((done.stdout + done.stderr).replace("\r", "").rstrip())
            expected.append(output.rstrip())

    assert expected == printed


@pytest.mark.parametrize("override", OVERRIDES, ids=lambda override: str(override)[:70])
def test_an_override_of_the_page_is_accepted(base: str, override: dict[str, object]) -> None:
    reply = httpx.post(f"{base}/_mock/overrides?namespace=page", json=override)

    assert 201 == reply.status_code, reply.text
    assert override == {name: reply.json()[name] for name in override}


def test_the_page_has_every_kind_of_fault_and_of_answer() -> None:
    answers = [override["then"] for override in OVERRIDES]
    faults = [each["fault"] for each in answers if "fault" in each]
    kinds = {each if isinstance(each, str) else each["kind"] for each in faults}

    assert kinds == set(re.findall(r"^\| `([a-z-]+)`", PAGE, re.MULTILINE)) - {"kind"}
    assert {"status", "body", "headers", "media_type", "example", "patch", "refusal", "forward", "delay", "pass"} <= {
        name for each in answers for name in each
    }
