"""`--database`: what failed before is tried first in the next run, on this machine or on another."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakeredis import TcpFakeServer
from redis import Redis

from contracts.pytest_plugin.plugin import _served
from tests.planted_bugs import basedash
from tests.planted_bugs.basedash import Basedash
from tests.process import run

SEQUENCES = ("--only", "lifecycle", "--skip", "*_*")
"""Only what Hypothesis looks for."""


@pytest.fixture(scope="module")
def broken() -> Iterator[str]:
    """A server with a bug that a sequence of requests shows; no test waits for its rate limit."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(basedash, "LIMIT", 10**6)
        with _served(Basedash("delete-again")) as address:
            yield address


@pytest.fixture
def redis() -> Iterator[str]:
    """The address of a Redis server."""
    server = TcpFakeServer(("127.0.0.1", 0), server_type="redis")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"redis://127.0.0.1:{server.server_address[1]}/0"
    server.shutdown()
    server.server_close()


def failed(broken: str, folder: Path, *further: str) -> bool:
    """Is the bug found?"""
    done = run("check", "basedash", "--url", broken, "--report", str(folder), *SEQUENCES, *further)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.returncode == 1


LUCKY, HASTY = ("--quick", "--seed", "4"), ("--quick", "--seed", "1")
"""Seeds of two short checks: the first finds the bug, the second finds it only with the stored example."""


def test_failing_examples_are_stored_in_the_report_folder_and_tried_first(broken: str, tmp_path: Path) -> None:
    assert failed(broken, tmp_path, *LUCKY)
    assert any((tmp_path / "examples").iterdir())

    assert failed(broken, tmp_path, *HASTY)
    assert not failed(broken, tmp_path, *HASTY, "--database", "none")


def test_machines_share_failing_examples_by_redis(broken: str, redis: str, tmp_path: Path) -> None:
    assert failed(broken, tmp_path / "here", *LUCKY, "--database", redis)
    assert [] != Redis.from_url(redis).keys("hypothesis-example:*")
    assert not (tmp_path / "here" / "examples").exists()

    assert failed(broken, tmp_path / "there", *HASTY, "--database", redis)
    assert not failed(broken, tmp_path / "nowhere", *HASTY)


@pytest.mark.parametrize("place", ["redis://:secret@127.0.0.1:9/0", "postgres://secret@there/0"])
def test_an_error_about_the_database_does_not_contain_its_password(tmp_path: Path, place: str) -> None:
    done = run("check", "basedash", "--database", place, "--report", str(tmp_path))

    assert (2, True) == (done.returncode, "--database" in done.stderr)
    assert "secret" not in done.stdout + done.stderr
