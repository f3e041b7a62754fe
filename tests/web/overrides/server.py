"""A sandbox of a small shop of pets, served over a socket as by `mockserver serve`."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn

from mockserver.web.app import Sandbox
from mockserver.web.serving.uvicorn_protocol import MockHttpProtocol
from tests.web.document import answers, takes

PET = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "age": {"type": "integer", "minimum": 0},
    },
    "dependentRequired": {"chip": ["vet"]},
}
NEW_PET = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
}
ERROR = {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}}
PETS: dict[str, Any] = {
    "/pets": {
        "get": {
            "operationId": "listPets",
            "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
            "responses": answers(
                {"type": "array", "items": PET}, examples={"one": {"value": [{"id": "1", "name": "Rex"}]}}
            )
            | answers(ERROR, status="503"),
        },
        "post": {
            "operationId": "createPet",
            "requestBody": takes(NEW_PET),
            "responses": answers(PET, status="201") | answers(ERROR, status="409") | answers(ERROR, status="429"),
        },
    },
    "/pets/{petId}": {
        "parameters": [{"name": "petId", "in": "path", "required": True, "schema": {"type": "string"}}],
        "get": {
            "operationId": "getPet",
            "responses": answers(PET) | answers(ERROR, status="404"),
        },
        "delete": {
            "operationId": "deletePet",
            "responses": {"204": {"description": "gone"}} | answers(ERROR, status="404"),
        },
    },
}


@contextmanager
def running(app: Any, protocol: Any = MockHttpProtocol) -> Iterator[str]:
    """The base URL of an app on a real socket."""
    config = uvicorn.Config(
        app, port=0, http=protocol, ws="none", access_log=False, log_level="error", proxy_headers=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


class Served:
    """A client of a sandbox that is served."""

    def __init__(self, url: str, sandbox: Sandbox) -> None:
        self.url, self.sandbox = url, sandbox

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request over a connection of its own."""
        return httpx.request(method, self.url + path, timeout=20, **options)

    def set(self, when: dict[str, Any], then: Any, **rest: Any) -> dict[str, Any]:
        """Set an override."""
        reply = self.send("POST", "/_mock/overrides", json={"when": when, "then": then, **rest})
        assert 201 == reply.status_code, reply.text
        found: dict[str, Any] = reply.json()
        return found

    def refused(self, when: dict[str, Any], then: Any, **rest: Any) -> str:
        """Try to set an override that is refused; the body of the error."""
        reply = self.send("POST", "/_mock/overrides", json={"when": when, "then": then, **rest})
        assert 409 == reply.status_code, reply.text
        return reply.text

    def names(self) -> list[str]:
        """The names of the stored pets, read past all overrides."""
        state = self.send("GET", "/_mock/state").json()
        return [item["name"] for tenant in state["test"].values() for item in tenant.get("pet", [])]
