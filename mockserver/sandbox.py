"""The items that the mock remembers, for your own handlers.

    from mockserver import sandbox

    def get_pet(pet_id):
        return sandbox.collection("pet").get(pet_id)

It works while a handler answers a request: it reads and changes the items of that request's tenant, and other requests
see the changes when the request ends well. What a request changed that fails is never seen.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any, TypeVar

from mockserver.handlers.item_collection import ItemCollection, RequestItems
from mockserver.handlers.request_context import RequestContext

__all__ = ["ItemCollection", "collection"]

T = TypeVar("T")


class HandlerSession:
    """The items of one request, and the event loop in whose thread they are read and changed."""

    def __init__(self, items: RequestItems) -> None:
        self.items, self.is_open = items, True
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()

    def run(self, resource: str, above: Mapping[str, Any], step: Callable[[RequestContext], T]) -> T:
        """Run a step where no other request runs at the same time, from whichever thread it is asked for."""
        if not self.is_open:
            raise RuntimeError("the request is answered: its items can no longer be read or changed")
        if threading.get_ident() == self._thread:
            return self._step(resource, above, step)
        return asyncio.run_coroutine_threadsafe(self._later(resource, above, step), self._loop).result()

    async def _later(self, resource: str, above: Mapping[str, Any], step: Callable[[RequestContext], T]) -> T:
        return self._step(resource, above, step)

    def _step(self, resource: str, above: Mapping[str, Any], step: Callable[[RequestContext], T]) -> T:
        with self.items.transaction.shown():
            return step(self.items.context(resource, above))


_SESSION: ContextVar[HandlerSession] = ContextVar("mockserver.sandbox")


def collection(resource: str, above: Mapping[str, Any] | None = None) -> ItemCollection:
    """The items of a resource, by the name that `mockserver specs show` gives it.

    Items below other items need the ids of those: they are taken from the path of the request, and from `above` by the
    names of path parameters. Raises LookupError where no handler is answering a request; the methods of the collection
    raise it for a resource that the document does not have.
    """
    try:
        session = _SESSION.get()
    except LookupError:
        raise LookupError("sandbox.collection works only while a handler answers a request") from None
    return ItemCollection(partial(session.run, resource, above or {}))


@contextmanager
def opened(items: RequestItems) -> Iterator[None]:
    """Let `collection` read and change these items, in this task and the threads that it waits for."""
    session = HandlerSession(items)
    token = _SESSION.set(session)
    try:
        yield
    finally:
        session.is_open = False
        _SESSION.reset(token)
