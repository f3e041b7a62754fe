"""The comparison with servers that no check was written for: what is learned is true, and the mock differs less."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from contracts.pytest_plugin.plugin import _served
from tests.differential_servers.asgi_flags import Flags
from tests.differential_servers.run import measured
from tests.differential_servers.servers import HERE, SERVERS
from tests.process import run

BY_NAME = {server.name: server for server in SERVERS}


@contextmanager
def flags(foreign: int = 0) -> Iterator[str]:
    """The URL of the flags service, with flags of others beside the first."""
    app = Flags()
    for number in range(foreign):
        app._add({"name": f"of another team {number}"})
    with _served(app) as url:
        yield url


@pytest.mark.slow
@pytest.mark.parametrize("name", ["library", "warehouse"])
def test_what_is_learned_of_a_foreign_server_is_true_and_the_mock_differs_less(name: str) -> None:
    found = measured(BY_NAME[name])

    assert [] == found.wrong
    assert len(found.learned) >= 10
    assert found.left < found.told / 2


@pytest.mark.parametrize(("foreign", "code"), [(7, 2), (5, 0)])
def test_items_of_others_that_fill_a_capacity_are_a_note_and_no_difference(
    tmp_path: Path, foreign: int, code: int
) -> None:
    with flags(foreign=foreign) as url:
        done = run("check", str(HERE / "flags.yaml"), "--url", url, "--no-auth", "--against", "mock",
                   "--report", str(tmp_path), "--only", "same-create", "--only", "same-order")  # fmt: skip

    note = "items of others leave no room: POST /flags returned 409" if code else "6 items of others fill the capacity"
    assert code == done.returncode, done.stdout
    assert note in done.stderr
    assert "status 409" not in done.stdout


def test_an_empty_response_to_a_delete_hides_no_field_of_the_item(tmp_path: Path) -> None:
    file = tmp_path / "learned.yaml"
    chosen = [word for name in ("create", "delete", "method-not-allowed") for word in ("--only", f"same-{name}")]
    with flags() as url:
        done = run("check", str(HERE / "flags.yaml"), "--url", url, "--no-auth", "--learn", str(file), "--report",
                   str(tmp_path), *chosen)  # fmt: skip

    assert "learned: A `method-not-allowed` error has status 404, not 405." in done.stdout
    assert "method-not-allowed" in file.read_text()
    assert "learned: DELETE /flags/{id} returns {}." in done.stdout
    assert "write-only" not in file.read_text()


def test_a_value_that_differs_from_item_to_item_is_no_starting_value(tmp_path: Path) -> None:
    file, app = tmp_path / "learned.yaml", Flags()
    add = app._add
    app._add = lambda sent: add(sent | {"percentage": len(app.flags)})  # type: ignore[method-assign]
    with _served(app) as url:
        done = run("check", str(HERE / "flags.yaml"), "--url", url, "--no-auth", "--learn", str(file), "--report",
                   str(tmp_path), "--only", "same-create")  # fmt: skip

    assert 1 >= done.returncode, done.stderr
    assert 'kind is initially "boolean"' in done.stdout
    assert "percentage" not in file.read_text()


class Varying(Flags):
    """Flags whose errors have another property each time, which no template says."""

    def _answer(self, method: str, path: list[str], body: bytes) -> tuple[int, Any]:
        status, answer = super()._answer(method, path, body)
        return status, answer | {f"trace{time.monotonic_ns()}": ""} if status == 404 else answer


def test_a_lesson_that_leaves_its_difference_is_taken_back_and_named(tmp_path: Path) -> None:
    file = tmp_path / "learned.yaml"
    with _served(Varying()) as url:
        done = run("check", str(HERE / "flags.yaml"), "--url", url, "--no-auth", "--learn", str(file), "--report",
                   str(tmp_path), "--only", "same-missing", "--only", "same-create")  # fmt: skip

    assert "taken back: The body of a `missing` error. (the difference remains with it)" in done.stdout
    assert "missing" not in file.read_text()
    assert 'learned: kind is initially "boolean".' in done.stdout


class SometimesOnlyDigits(Flags):
    """Flags with random ids. Every third one has no letter, as happens by chance."""

    made = 0

    def new_id(self) -> str:
        id, self.made = super().new_id(), self.made + 1
        return id if self.made % 3 else id.translate(str.maketrans("abcdef", "123456"))


def test_random_ids_of_which_some_have_only_digits_are_no_numbers(tmp_path: Path) -> None:
    file = tmp_path / "learned.yaml"
    with _served(SometimesOnlyDigits()) as url:
        done = run("check", str(HERE / "flags.yaml"), "--url", url, "--no-auth", "--learn", str(file), "--report",
                   str(tmp_path), "--only", "same-missing", "--only", "same-create")  # fmt: skip

    assert "learned: The format of ids: random." in done.stdout
    assert "0 differences remain" in done.stdout
    assert "generate: random, prefix: '', length: 12" in file.read_text()
