"""A correct receiver of webhooks as an ASGI app, and what breaks each check of receivers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"


class WebhookReceiver:
    """Takes deliveries at any path; GET shows how many had an effect. `bug` breaks it in one place."""

    def __init__(self) -> None:
        self.break_with("")

    def break_with(self, bug: str) -> None:
        """Begin anew, with another bug or with none."""
        self._bug, self._seen, self._effects, self._busy = bug, set[str](), 0, 0
        self.pause = 0.0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] == "GET":
            await self._respond(send, 200, json.dumps({"effects": self._effects}).encode())
            return
        body, parts = await self._body(receive)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        await self._respond(send, await self._taken(headers, body, parts), b"")

    async def _taken(self, headers: dict[str, str], body: bytes, parts: int) -> int:
        self._busy += 1
        was_new = headers.get("webhook-id") not in self._seen
        try:
            if self._bug == "receiver-parallel" and self._busy > 1:
                return 503
            await asyncio.sleep(0.1 if self._bug == "receiver-in-time" else 0.02)
            if self._bug == "receiver-slow" and parts > 2:
                return 400
            if not self._is_signed(headers, body):
                return 401
            return await self._handled(headers, body, was_new)
        finally:
            self._busy -= 1

    def _is_signed(self, headers: dict[str, str], body: bytes) -> bool:
        if self._bug == "receiver-signature" and headers.get("webhook-signature", "").startswith("v1,"):
            return self._is_recent(headers)
        if self._bug == "receiver-unknown-version":
            headers = {**headers, "webhook-signature": headers.get("webhook-signature", "").replace("v9,", "v1,")}
        try:
            Webhook(SECRET).verify(body, headers, json_parse=False)
        except WebhookVerificationError as fault:
            return self._bug == "receiver-old-timestamp" and "too old" in str(fault)
        return True

    @staticmethod
    def _is_recent(headers: dict[str, str]) -> bool:
        try:
            Webhook(SECRET).verify(b"", headers, json_parse=False)
        except WebhookVerificationError as fault:
            return "too old" not in str(fault)
        return True

    async def _handled(self, headers: dict[str, str], body: bytes, was_new: bool) -> int:
        try:
            event = json.loads(body)
        except ValueError:
            return 500 if self._bug == "receiver-malformed" else 400
        if not isinstance(event, dict) or "data" not in event:
            return 422
        if self._bug == "receiver-accepts":
            return 302
        is_new = was_new if self._bug == "receiver-duplicates-at-once" else headers["webhook-id"] not in self._seen
        self._seen.add(headers["webhook-id"])
        if is_new or self._bug == "receiver-duplicate":
            asyncio.get_running_loop().call_later(self.pause, self._work)
        return 204

    def _work(self) -> None:
        self._effects += 1

    @staticmethod
    async def _body(receive: Any) -> tuple[bytes, int]:
        body, parts, more = b"", 0, True
        while more:
            message = await receive()
            body, parts, more = body + message.get("body", b""), parts + 1, message.get("more_body", False)
        return body, parts

    @staticmethod
    async def _respond(send: Any, status: int, body: bytes) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
