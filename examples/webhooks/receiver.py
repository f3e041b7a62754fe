"""A receiver of webhooks: it verifies the signature, takes each delivery once, and responds at once.

    WEBHOOK_SECRET=whsec_... uvicorn receiver:app --port 9000

With `FAIL_FIRST=1` it answers the first delivery with 503, so that you see the retry.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from standardwebhooks import Webhook, WebhookVerificationError

MOST_IDS = 10_000
"""How many ids are remembered: a sender that retries for days needs more, in a database."""

app = FastAPI(title="A receiver of orders")
orders: dict[str, Any] = {}
seen: OrderedDict[str, None] = OrderedDict()
failing = [int(os.environ.get("FAIL_FIRST", "0"))]


@app.post("/hooks", status_code=204)
async def receive(request: Request) -> Response:
    """Take a delivery. 401: the signature is wrong or too old; 422: a version of the body that is not known here."""
    content = await request.body()
    try:
        event = Webhook(os.environ["WEBHOOK_SECRET"]).verify(content, dict(request.headers))
    except (WebhookVerificationError, ValueError) as fault:
        raise HTTPException(401, str(fault)) from None
    if failing[0] > 0:
        failing[0] -= 1
        raise HTTPException(503, "not yet")
    if not isinstance(event, dict) or event.get("type") not in HANDLERS:
        raise HTTPException(422, "this event is not known here")
    id = request.headers["webhook-id"]
    if id not in seen:  # the same id: a retry or a duplicate, which was taken already
        HANDLERS[event["type"]](event["data"])
        seen[id] = None
        if len(seen) > MOST_IDS:
            seen.popitem(last=False)
    return Response(status_code=204)


@app.get("/count")
async def count() -> dict[str, int]:
    """How many deliveries had an effect: what `mockserver check --probe` reads."""
    return {"effects": len(seen), "orders": len(orders)}


def put(order: Any) -> None:
    """Keep an order as it is now."""
    orders[order["id"]] = order


def drop(order: Any) -> None:
    """Forget an order."""
    orders.pop(order["id"], None)


HANDLERS = {"order.created": put, "order.updated": put, "order.deleted": drop}
