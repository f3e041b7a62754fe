"""Users who may not do everything: one note, no failures, and items that exist in place of new ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import Result
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from contracts.pytest_plugin.plugin import _served
from contracts.report.report import read_report
from tests.contracts.things import Things, checked


def refusing(*methods: str, status: int = 403) -> Things:
    """The service, which refuses these methods to everybody, with one thing in it."""

    def before(request: Request) -> Response | None:
        return JSONResponse({"error": "not you"}, status) if request.method in methods else None

    service = Things(before)
    service.items[7] = {"id": 7, "name": "old"}
    return service


def run(service: Things, folder: Path, *options: str, **user: Any) -> Result:
    """The check of the service with one user, who has the given keys in the auth file."""
    header = {"name": "X-Key", "value": "a-key-of-the-tests"}
    users = folder / "users.yaml"
    users.write_text(yaml.safe_dump({"auth": [{"name": "ann", "fixedHeaders": [header], **user}]}))
    with _served(service) as url:
        return checked(url, folder, "--auth-file", str(users), *options)


@pytest.mark.parametrize("status", [401, 403])
def test_a_user_who_may_not_create_makes_one_note_and_no_failure(status: int, tmp_path: Path) -> None:
    done = run(refusing("POST", status=status), tmp_path)

    assert 0 == done.exit_code, done.output
    assert 1 == done.output.count(f"NOTE ann may not use POST /things ({status})")
    outcomes = read_report(tmp_path / "reports").result.outcomes
    assert f"skipped: ann may not use POST /things ({status})" == outcomes["GET /things", "listed"]
    assert "never answered with success: POST /things" in done.output


def test_a_user_who_may_not_delete_makes_one_note_and_no_failure(tmp_path: Path) -> None:
    done = run(refusing("DELETE"), tmp_path)

    assert 0 == done.exit_code, done.output
    assert 1 == done.output.count("NOTE ann may not use DELETE /things/{thingId} (403)")
    assert "passed" == read_report(tmp_path / "reports").result.outcomes["GET /things", "listed"]


def test_a_refusal_after_a_success_is_no_matter_of_roles(tmp_path: Path) -> None:
    posts: list[Request] = []

    def before(request: Request) -> Response | None:
        posts.extend([request] if request.method == "POST" else [])
        return JSONResponse({"error": "no"}, 403) if request.method == "POST" and len(posts) == 2 else None

    done = run(Things(before), tmp_path, "--only", "create")

    assert 1 == done.exit_code, done.output
    assert "FAILURE POST /things: create" in done.output


def test_items_that_exist_are_used_where_none_can_be_created(tmp_path: Path) -> None:
    service = refusing("POST")

    done = run(service, tmp_path, "--only", "authentication", "--only", "reply", fixtures={"thing": [7]})

    assert 0 == done.exit_code, done.output
    assert {7: {"id": 7, "name": "old"}} == service.items
    assert "/things/7" in {request.url.path for request in service.requests}


@pytest.mark.parametrize(("user", "told"), [
    ({"fixtures": {"castle": [1]}}, "fixtures of ann: no resource is called 'castle'; the document has thing"),
    ({"fixtures": [1]}, "Expected `object`, got `array` - at `$.fixtures`; write fixtures as {pet: [1, 2]}"),
    ({"role": 7}, "user 'ann': Expected `str`, got `int` - at `$.role`"),
])  # fmt: skip
def test_a_wrong_key_of_a_user_is_refused_by_name(user: dict[str, Any], told: str, tmp_path: Path) -> None:
    done = run(Things(), tmp_path, **user)

    assert 2 == done.exit_code
    assert told in done.output
