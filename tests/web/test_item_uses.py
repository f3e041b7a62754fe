"""A use of an item is counted, and refused once it was used as often as it may be: coupons and vouchers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.client import Client
from tests.inference.pets import TEXT
from tests.web.document import Node, answers, document, served, takes

COUPON: Node = {"$ref": "#/components/schemas/Coupon"}
MANY: Node = {"type": "integer", "minimum": 1}


def coupons(verb: str, counter: str, limit: str, error: str, shown: Node | None = None) -> Node:
    """A document about coupons with an operation that uses one."""
    own = {"name": "code", "in": "path", "required": True, "schema": TEXT}
    asked: Node = {"type": "object", "required": ["code", limit], "properties": {"code": TEXT, limit: MANY}}
    counted: Node = {"type": "integer", "readOnly": True}
    coupon = asked | {
        "properties": {**asked["properties"], counter: counted},
        "required": [*asked["required"], counter],
    }
    reply = answers(shown or COUPON) if shown != {} else {"204": {"description": "used"}}
    paths: Node = {
        "/coupons": {"post": {"requestBody": takes(asked), "responses": answers(COUPON, "201")}},
        "/coupons/{code}": {"parameters": [own], "get": {"responses": answers(COUPON)}},
        f"/coupons/{{code}}/{verb}": {
            "parameters": [own],
            "post": {"responses": reply | {"409": {"description": error}}},
        },
    }
    return document(paths, components={"schemas": {"Coupon": coupon}})


@pytest.mark.parametrize(
    ("verb", "counter", "limit", "error", "shown"),
    [
        ("redeem", "used_count", "max_uses", "The coupon is used up.", None),
        ("use", "timesUsed", "usageLimit", "The usage limit is reached.", None),
        ("apply", "redemptions", "maxRedemptions", "No more redemptions are left.", {}),
    ],
)
def test_a_coupon_is_used_as_often_as_it_says(
    tmp_path: Path, verb: str, counter: str, limit: str, error: str, shown: Node | None
) -> None:
    with Client(served(tmp_path, coupons(verb, counter, limit, error, shown))) as client:
        made = client.post("/coupons", json={"code": "A", limit: 2}).json()
        statuses = [client.post(f"/coupons/A/{verb}").status_code for _ in range(3)]

        assert (0, 409) == (made[counter], statuses.pop())
        assert [204 if shown == {} else 200] * 2 == statuses
        assert made | {counter: 2} == client.get("/coupons/A").json()


@pytest.mark.parametrize(
    ("verb", "counter", "error"),
    [("redeem", "used_count", "Conflict"), ("use", "used_count", "The coupon is not active yet.")],
)
def test_without_an_error_that_says_so_a_use_is_only_counted(
    tmp_path: Path, verb: str, counter: str, error: str
) -> None:
    with Client(served(tmp_path, coupons(verb, counter, "max_uses", error))) as client:
        client.post("/coupons", json={"code": "A", "max_uses": 1})

        assert [1, 2] == [client.post(f"/coupons/A/{verb}").json()[counter] for _ in range(2)]


@pytest.mark.parametrize(("verb", "counter"), [("preview", "used_count"), ("redeem", "size")])
def test_what_is_no_use_or_no_counter_stays_as_it_is(tmp_path: Path, verb: str, counter: str) -> None:
    with Client(served(tmp_path, coupons(verb, counter, "max_uses", "The coupon is used up."))) as client:
        made = client.post("/coupons", json={"code": "A", "max_uses": 1}).json()
        client.post(f"/coupons/A/{verb}")

        assert made == client.get("/coupons/A").json()
