"""Every curl command on the vendors' pages gets the reply that the page shows below it."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

import mockserver
from tests.judge import JudgedClient

PAGES = Path(__file__).parents[2] / "docs" / "vendors"
STEP = re.compile(r"```sh\n(?P<command>curl .*?)```\n\n```json (?P<status>\d+)\n(?P<body>.*?)```", re.DOTALL)
OVERLAY = re.compile(r"```yaml\n(overlay: .*?)```", re.DOTALL)


VENDORS = sorted(path.stem for path in PAGES.glob("[a-z]*.md"))


def page(vendor: str) -> str:
    return (PAGES / f"{vendor}.md").read_text(encoding="utf-8")


def asked(command: str) -> tuple[str, str, dict[str, Any]]:
    """Method, path and options of a curl line."""
    words = shlex.split(command.replace("\\\n", " "))[1:]
    method, headers, body, address = "", {}, None, ""
    while words:
        word = words.pop(0)
        if word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-X":
            method = words.pop(0)
        elif word == "-d":
            body = words.pop(0)
        elif word != "-s":
            address = word
    parts = urlsplit(address)
    return method or "GET", parts.path + (f"?{parts.query}" if parts.query else ""), {
        "headers": headers, "content": body,
    }  # fmt: skip


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_journey_gets_the_replies_that_the_page_prints(vendor: str) -> None:
    steps = list(STEP.finditer(page(vendor)))
    assert page(vendor).count("curl -s") == len(steps) > 5
    with JudgedClient(mockserver.create_app(vendor, seed=1), vendor) as client:
        for step in steps:
            method, path, options = asked(step["command"])
            reply = client.request(method, path, **options)
            assert (int(step["status"]), json.loads(step["body"])) == (reply.status_code, reply.json()), path


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_overlay_on_a_page_can_be_used_unchanged(vendor: str, tmp_path: Path) -> None:
    [text] = OVERLAY.findall(page(vendor))
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    assert yaml.safe_load(text)["actions"]

    plain = mockserver.create_app(vendor).services[vendor].contract.behaviour
    changed = mockserver.create_app(vendor, behaviour=[file]).services[vendor].contract.behaviour

    assert plain != changed
