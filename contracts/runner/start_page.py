"""The page that a service shows at any path that it does not know, as applications in a browser need it."""

from __future__ import annotations

from contracts.client.target import Request
from contracts.model.finding import RecordedExchange
from contracts.runner.context import CheckContext
from mockserver.openapi import path_template

NOWHERE = "/contract_check_unheard_of/page"
"""A path that no service knows."""

COMPARED = 200
"""So many bytes are compared: what follows may differ, such as a token for forms."""


def is_start_page(context: CheckContext, exchange: RecordedExchange) -> bool:
    """Is a response not that of an operation, but the page of HTML that a path gets which nothing knows?

    The page is fetched once in a run. `unknown-path` reports it; to other checks it says nothing.
    """
    if not _is_html(exchange) or _is_documented(context):
        return False
    if context.shared.start_page is None:
        page = context.target.send(Request("GET", NOWHERE), context.main_user)
        context.shared.start_page = page.reply_body[:COMPARED] if _is_html(page) else b""
    return context.shared.start_page != b"" and exchange.reply_body[:COMPARED] == context.shared.start_page


def _is_html(exchange: RecordedExchange) -> bool:
    return 200 <= exchange.status < 300 and "html" in (exchange.header("content-type") or "")


def _is_documented(context: CheckContext) -> bool:
    """Does a path of the document match any path?"""
    return any(path_template.matches(each.path, NOWHERE) for each in context.contract.document.operations)
