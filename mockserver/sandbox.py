"""The items that the mock stores, for your own handlers.

    from mockserver import sandbox

    def get_pet(pet_id):
        return sandbox.collection("pet").get(pet_id)

It works while a handler answers a request, on the items of that request's tenant. Other requests see the changes when
the response is sent; if the request fails, they never do.
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
    """The items of one request, and the event loop whose thread reads and changes them."""

    def __init__(self, items: RequestItems) -> None:
        self.items, self.is_open = items, True
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()

    def run(self, resource: str, above: Mapping[str, Any], step: Callable[[RequestContext], T]) -> T:
        """Run a step in the event loop's thread, where no other request runs meanwhile. Any thread may call this."""
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
    """The items of a resource; `mockserver specs show` prints the names of resources.

    Items below other items need the ids of their parents: those of the request's path, or of `above`, by the names of
    path parameters. Raises LookupError outside of a request. The methods of the collection raise LookupError for an
    unknown resource or a missing id.
    """
    try:
        session = _SESSION.get()
    except LookupError:
        raise LookupError("sandbox.collection works only while a handler answers a request") from None
    return ItemCollection(partial(session.run, resource, above or {}))


@contextmanager
def opened(items: RequestItems) -> Iterator[None]:
    """Let `collection` work on these items, in this task and in the threads that it waits for."""
    session = HandlerSession(items)
    token = _SESSION.set(session)
    try:
        yield
    finally:
        session.is_open = False
        _SESSION.reset(token)
