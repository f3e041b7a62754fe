"""Clients that create, read, replace and delete notes at the same time, and record what they saw."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable
from random import Random
from typing import Any

from tests.linear.collection_history import Call, Id

SECONDS = 20.0
"""How long a client waits for an answer."""

REQUESTS_PER_CONNECTION = 10
"""A new connection may lead to another worker."""


class NoteClient:
    """Sends requests of one thread, and keeps what it saw in `calls`."""

    def __init__(self, port: int, seed: int, namespace: str = "default") -> None:
        self.port, self.random, self.calls = port, Random(seed), list[Call]()
        self._headers = {"Content-Type": "application/json", "Mock-Namespace": namespace}
        self._name, self._sent = f"client {seed}", 0
        self._connection: http.client.HTTPConnection | None = None

    def create(self) -> Id | None:
        """Create a note with a title of its own; its id if it is known."""
        return self._note("create", "POST", "/notes", None)

    def replace(self, id: Id) -> None:
        self._note("replace", "PUT", f"/notes/{id}", id)

    def _note(self, kind: str, method: str, path: str, id: Id | None) -> Id | None:
        title = f"{self._name}, request {self._sent}"
        sent, status, shown = self._send(method, path, {"title": title})
        if id is None and status == 201:
            id = shown["id"]
        self.calls.append(Call(kind, sent, time.monotonic(), status, id, title))
        return id

    def delete(self, id: Id) -> None:
        sent, status, _ = self._send("DELETE", f"/notes/{id}")
        self.calls.append(Call("delete", sent, time.monotonic(), status, id))

    def get(self, id: Id) -> None:
        sent, status, shown = self._send("GET", f"/notes/{id}")
        title = shown["title"] if status == 200 else ""
        self.calls.append(Call("get", sent, time.monotonic(), status, id, title))

    def list(self) -> None:
        sent, status, shown = self._send("GET", "/notes")
        items = tuple((each["id"], each["title"]) for each in shown) if status == 200 else ()
        self.calls.append(Call("list", sent, time.monotonic(), status, items=items))

    def work(self, count: int, notes: list[Id], most: int = 5) -> None:
        """Send so many random requests about at most so many notes, which clients share."""
        for _ in range(count):
            id = self.random.choice(notes[-most:]) if notes else None
            kind = self.random.random()
            if id is None or kind < 0.1:
                new = self.create()
                if new is not None:
                    notes.append(new)
            elif kind < 0.4:
                self.replace(id)
            elif kind < 0.5:
                self.delete(id)
            elif kind < 0.85:
                self.get(id)
            else:
                self.list()

    def _send(self, method: str, path: str, body: Any = None) -> tuple[float, int, Any]:
        """When it was sent, the status (0 without an answer), and the JSON of the body."""
        self._sent += 1
        if self._sent % REQUESTS_PER_CONNECTION == 0:
            self.close()
        content = json.dumps(body) if body is not None else None
        sent = time.monotonic()
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
            self._connection.request(method, path, content, self._headers)
            response = self._connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return sent, 0, None
        return sent, response.status, json.loads(text) if text and response.status < 300 else None

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def at_once(clients: list[NoteClient], work: Callable[[NoteClient], None]) -> list[Call]:
    """Let all clients work in threads of their own; what they saw, with what was there at the end."""
    failures: list[BaseException] = []

    def guarded(client: NoteClient) -> None:
        try:
            work(client)
        except BaseException as fault:  # noqa: BLE001  # a thread that fails must fail the test
            failures.append(fault)
        finally:
            client.close()

    threads = [threading.Thread(target=guarded, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return [call for client in clients for call in client.calls]
