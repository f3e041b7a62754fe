"""The dashboard's view of webhooks, with the receiver of examples/webhooks: from a create to a delivery."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.dashboard.browser import BrowserPage, opened
from tests.dashboard.test_dashboard import EVIL, MOST_BYTES
from tests.package import AXE
from tests.process import READY, ROOT, Processes, address
from tests.web.overrides.server import running
from tests.webhooks.test_webhooks_page import SECRET, example

DOCUMENT = str(ROOT / "examples/webhooks/orders.yaml")


@pytest.fixture(scope="module")
def receiver() -> Iterator[str]:
    """The address of the example's receiver."""
    assert SECRET is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WEBHOOK_SECRET", SECRET[1])
        with running(example(), "auto") as found:
            yield found


@pytest.fixture
def refusing(receiver: str) -> str:
    """The same, as it is at its start: it refuses the first delivery."""
    module = sys.modules["example_receiver"]
    module.failing[0] = 1
    module.seen.clear()
    module.orders.clear()
    return receiver


@pytest.fixture(scope="module")
def orders(receiver: str) -> Iterator[str]:
    """The address of a sandbox of orders that sends all webhooks to the receiver."""
    with Processes() as processes:
        hooks = f"*={receiver}/hooks"
        yield address(
            processes.start("serve", DOCUMENT, "--seed", "1", "--webhook", hooks, "--port", "0", until=READY)[1]
        )


@pytest.fixture
def page(browser: str, orders: str) -> Iterator[BrowserPage]:
    """A page of the browser for that sandbox. It fails a test whose scripts fail."""
    httpx.post(f"{orders}/_mock/reset?namespace=*", timeout=60)
    with opened(browser, orders) as shown:
        yield shown
        assert [] == shown.errors


def create(orders: str, **fields: Any) -> None:
    assert 201 == httpx.post(f"{orders}/orders", json={"product": "shoe", **fields}).status_code


def send(page: BrowserPage, fault: str, name: str = "order.created") -> None:
    """Send a webhook by hand, with a fault."""
    page.click(f"[data-webhook='{name}'] button", "Send now")
    page.choose("dialog select[name=fault]", fault)
    page.click("dialog button[type=submit]")


def shown(page: BrowserPage, count: int) -> None:
    """Wait until so many deliveries are shown as delivered."""
    page.wait(f"document.querySelectorAll('[data-state=delivered]').length === {count}")


def numbers(page: BrowserPage) -> list[int]:
    """The numbers of the deliveries that are shown, the newest first."""
    found: list[int] = page.evaluate(
        "[...document.querySelectorAll('[data-delivery]')].map((it) => +it.dataset.delivery)"
    )
    return found


def test_a_create_leads_to_a_delivery_that_is_signed_tried_again_and_taken_once(
    page: BrowserPage, orders: str, refusing: str
) -> None:
    page.open("webhooks")
    page.see("order created (inferred)", "[data-webhook='order.created']")
    page.see(f"{refusing}/hooks", "[aria-label=Subscriptions]")
    page.see("No deliveries")
    create(orders)
    shown(page, 1)
    first = f"[data-delivery='{numbers(page)[0]}']"
    page.see("503", f"{first} .card-head")
    page.see("204", f"{first} .card-head")
    page.click(f"{first} summary")
    page.see("Signed in webhook-signature.", first)
    page.see('"type": "order.created"', f"{first} .code")
    send(page, "twice")
    shown(page, 3)
    counted = httpx.get(f"{refusing}/count").json()
    send(page, "a wrong signature")
    page.wait("document.querySelectorAll('[data-delivery]').length === 4")
    last = f"[data-delivery='{numbers(page)[0]}']"
    page.see("401", f"{last} .card-head")
    page.wait(f"document.querySelector({json.dumps(last + ' [data-signed=wrong]')})")
    page.click(f"{first} a", "request")
    page.see("It created order")

    assert {"effects": 2, "orders": 1} == counted


def test_an_address_is_subscribed_and_removed_and_a_wrong_one_is_refused_with_the_reason(
    page: BrowserPage, receiver: str
) -> None:
    page.open("webhooks")
    page.click("main button", "Subscribe an address")
    page.type("dialog input[name=url]", "ftp://localhost/")
    page.click("dialog button[type=submit]")
    page.see("no absolute http or https URL", "dialog .problem")
    page.type("dialog input[name=url]", f"{receiver}/other")
    page.choose("dialog select[name=event]", "order.updated")
    page.click("dialog button[type=submit]")
    page.see("/other\torder.updated\tadded here", "[aria-label=Subscriptions]")
    page.click("[aria-label=Subscriptions] button", "Remove")
    page.wait("!document.querySelector('[aria-label=Subscriptions]').innerText.includes('/other')")


def test_a_delivery_is_sent_again_found_by_its_state_and_forgotten(page: BrowserPage, orders: str) -> None:
    create(orders, product=EVIL)
    page.open("webhooks")
    shown(page, 1)
    page.click("[data-delivery] button", "Send again")
    shown(page, 2)
    page.choose("[aria-label=State]", "Failed")
    page.see("No deliveries")
    page.type("[aria-label=State]", "")
    page.wait("document.querySelectorAll('[data-delivery]').length === 2")
    page.click("[aria-label=Deliveries] button.danger", "Clear")
    page.click("dialog button", "Clear")
    page.see("No deliveries")

    assert [] == httpx.get(f"{orders}/_mock/deliveries").json()


def test_a_preview_of_an_override_sends_no_webhook(page: BrowserPage, orders: str) -> None:
    page.open("faults/new")
    page.choose("select[name=operation]", "POST /orders")
    page.choose("select[name=kind]", "As usual")
    page.see("201", "[aria-label=Preview]")

    assert [] == httpx.get(f"{orders}/_mock/deliveries?wait=20").json()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_no_violation_in_the_pictures_of_webhooks(
    page: BrowserPage, orders: str, package: Callable[[str], Path], dark: bool, tmp_path: Path
) -> None:
    axe = (package(AXE) / "axe.min.js").read_text(encoding="utf-8")
    create(orders)
    page.open("webhooks")
    shown(page, 1)
    send(page, "a wrong signature")
    page.wait("document.querySelector('[data-delivery] .badge.s4')")
    page.click("[data-delivery] summary")
    found = []
    for width in (390, 1200):
        page.look(dark=dark, width=width, height=900)
        page.evaluate(axe + "; true")
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((it) => it.violations)")
        found += [(width, each["id"], each["nodes"][0]["html"][:200]) for each in result]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    folder = Path(os.environ.get("MOCKSERVER_PICTURES", tmp_path))
    if not dark:
        page.look(width=1200, height=760)
        page.picture(folder / "webhooks.png")

    assert "" == "\n".join(map(str, found))
    assert [] == [path.name for path in folder.glob("webhooks.png") if path.stat().st_size > MOST_BYTES]
