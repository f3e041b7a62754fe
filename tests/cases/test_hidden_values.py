"""What is `writeOnly` is shown nowhere, and an item that was sent with it keeps all the rest (OpenAPI 3.1, 4.8.24)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases.conftest import Serve


@pytest.mark.parametrize(
    "sent",
    [
        {"channelType": "WebhookChannel", "url": "https://x.example/h", "secret": "s3", "enabled": False},
        {"channelType": "SmsChannel", "phone": "+4912", "enabled": True},
    ],
)
def test_a_kind_with_a_hidden_property_keeps_what_was_sent(serve: Serve, sent: dict[str, Any]) -> None:
    api = serve("hidden-values")

    made = api.post("/channels", json=sent)

    shown = {name: value for name, value in sent.items() if name != "secret"}
    assert (201, shown) == (made.status_code, {k: v for k, v in made.json().items() if k != "id"})
    assert [made.json()] == api.get("/channels").json()


def test_what_is_hidden_inside_of_objects_and_lists_leaves_the_rest_of_them(serve: Serve) -> None:
    api = serve("hidden-values")
    token = {"kind": "Token", "label": "L1"}

    made = api.post(
        "/feeds",
        json={"name": "n", "auth": {**token, "value": "V"}, "hooks": [{"url": "u1", "sign": "s"}, {"url": "u2"}]},
    ).json()

    assert {"id": made["id"], "name": "n", "auth": token, "hooks": [{"url": "u1"}, {"url": "u2"}]} == made
    changed = api.patch(f"/feeds/{made['id']}", json={"name": "n", "auth": {"kind": "Basic", "user": "U", "pass": "p"}})
    assert (200, {"kind": "Basic", "user": "U"}) == (changed.status_code, changed.json()["auth"])
