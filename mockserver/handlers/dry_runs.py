"""Requests that change nothing: `?validateOnly=true` (AIP-163), `?dryRun=All`. They are answered as others."""

from __future__ import annotations

from functools import partial

from mockserver.handlers.binding.bound_operation import Handler
from mockserver.handlers.request_context import RequestContext
from mockserver.messages import Reply

NO = frozenset(("", "false", "0", "no", "none"))
"""Texts that ask for a request like others."""


def undoing(handler: Handler, parameter: str) -> Handler:
    """The handler, which changes nothing where the query parameter says so."""
    return Handler(handler.begin, partial(_tried, handler, parameter))


def _tried(handler: Handler, parameter: str, context: RequestContext) -> Reply:
    reply = handler.end(context)
    if str(context.call.query.get(parameter, "")).lower() not in NO:
        context.transaction.rollback()
    return reply
