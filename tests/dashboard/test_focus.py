"""The keyboard stays where it is while requests come, and returns to a request that was looked at."""

from __future__ import annotations

import httpx

from tests.dashboard.browser import BrowserPage

FOCUSED = "document.activeElement.getAttribute('href')"


def test_a_request_keeps_the_focus_while_others_come_and_when_it_is_closed(page: BrowserPage, sandbox: str) -> None:
    first = f"#/traffic/{httpx.get(f'{sandbox}/petstore/pets').headers['mock-request']}"
    page.open("traffic")
    page.wait("document.querySelectorAll('.row').length === 1")
    page.evaluate("document.querySelector('.row').focus()")

    httpx.get(f"{sandbox}/petstore/pets")
    page.wait("document.querySelectorAll('.row').length === 2")
    assert first == page.evaluate(FOCUSED)

    page.evaluate("document.activeElement.click()")
    page.see("was answered with 200 OK", ".entry")
    assert first == page.evaluate(FOCUSED)

    page.evaluate("document.querySelector('[data-close]').focus()")
    page.press("Escape")
    page.wait("!document.querySelector('.entry')")
    assert first == page.evaluate(FOCUSED)
