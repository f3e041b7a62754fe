"""The second judge must be able to find fault, or its silence means nothing."""

from __future__ import annotations

import httpx
import pytest

from tests.judge import assess

ADDRESS = "http://sandbox/basedash/api/public/organizations/org_1/mcp-servers"


def reply(status: int, body: object, path: str = ADDRESS) -> httpx.Response:
    return httpx.Response(status, json=body, request=httpx.Request("GET", path))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, {"data": [{}], "pagination": {"nextCursor": None, "hasMore": False}}),
        (200, {}),
        (418, {}),
        (401, {"error": {}}),
    ],
)
def test_a_reply_that_is_not_documented_is_noticed(status: int, body: object) -> None:
    with pytest.raises(AssertionError):
        assess("basedash", reply(status, body))


def test_an_answer_at_an_undocumented_path_is_noticed() -> None:
    with pytest.raises(AssertionError, match="not documented"):
        assess("basedash", reply(200, {}, "http://sandbox/basedash/api/public/other"))


def test_a_documented_reply_passes() -> None:
    assess("basedash", reply(200, {"data": [], "pagination": {"nextCursor": None, "hasMore": False}}))
