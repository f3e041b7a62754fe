"""The dashboard, used as a person does: in Chromium, on a real server."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import httpx

import mockserver
from tests.client import Client
from tests.dashboard.browser import BrowserPage, opened
from tests.package import AXE
from tests.process import READY, Processes, address

MOST_BYTES = 150_000
"""How large a picture of the docs may be."""

REX, COW = {"name": "Rex", "kind": "dog"}, {"name": "Bella", "kind": "cow"}

VIEWS = ("", "traffic", "traffic/1", "state/petstore/pet", "faults", "faults/new", "webhooks", "namespaces", "checks")

HTML = {"Accept": "text/html,*/*;q=0.8"}

EVIL = "<img src=x onerror=\"document.title='broken out'\"><script>document.title='broken out'</script>"


def ask(sandbox: str, method: str, path: str, **options: Any) -> Any:
    """The JSON of a response of the sandbox."""
    response = httpx.request(method, f"{sandbox}{path}", **options)
    return response.json() if response.content else None


def test_a_browser_gets_a_page_that_loads_nothing_from_elsewhere_and_runs_only_its_own_scripts() -> None:
    with Client(mockserver.create_app("docs/petstore.yaml"), "http://127.0.0.1:8080") as client:
        page = client.get("/", headers=HTML)
        asset = page.text.partition('type="module" src="')[2].partition('"')[0]
        script = client.get(asset)
        unknown = client.get(asset.replace("app.js", "../page_files.py"))
        other = client.get("/_mock/dashboard")

    assert (200, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
    assert "require-trusted-types-for 'script'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "://" not in page.text.replace("http://www.w3.org", "")
    assert ("text/javascript; charset=utf-8", "immutable") == (
        script.headers["content-type"],
        script.headers["cache-control"].rpartition(" ")[2],
    )
    assert 404 == unknown.status_code
    assert page.text == other.text


def test_home_shows_each_service_and_sends_a_first_request_that_works(page: BrowserPage) -> None:
    page.open("")
    for text in ("Petstore", f"{page.base}/petstore", "none needed", "4 operations", "filtered by kind", "inferred"):
        page.see(text)
    page.click("[data-service=petstore] [data-act=first]")
    page.see("201", "[data-service=petstore]")
    page.click("[data-service=petstore] a", "See why")
    page.see("It created pet 1 (revision")


def test_traffic_comes_live_and_an_entry_says_why(page: BrowserPage, sandbox: str) -> None:
    page.open("traffic")
    page.see("No requests yet")
    page.see("Live", ".foot")
    ask(sandbox, "POST", "/petstore/pets", json=REX)
    ask(sandbox, "POST", "/petstore/pets", json=COW)
    page.see("createPet", ".rows")
    page.type("input[type=search]", "cow")
    page.wait("document.querySelectorAll('.row').length === 1")
    page.type("input[type=search]", "")
    page.press("Escape")
    page.press("j")
    page.see('"cow" is not one of', ".entry")
    page.see("✗ body", ".entry .steps")
    page.see("petstore.yaml", ".entry .statement")
    page.see("This would have been accepted", ".entry")
    page.press("j")
    page.see("It created pet 1", ".entry")
    page.press("Escape")
    page.wait("location.hash === '#/traffic' && !document.querySelector('.entry')")
    page.press("/")
    page.wait("document.activeElement.type === 'search'")
    page.press("Escape")
    page.press("?")
    page.see("next and previous request", "dialog")
    page.click("dialog button", "Close")
    page.wait("!document.querySelector('dialog')")


def test_a_request_is_sent_again_and_answered_differently(page: BrowserPage, sandbox: str) -> None:
    first = httpx.post(f"{sandbox}/petstore/pets", json=REX).headers["mock-request"]
    page.open(f"traffic/{first}")
    page.click("[data-act=again]")
    page.see("It created pet 2", ".entry")
    page.click("[data-act=differently]")
    page.see("It is about the operation createPet.")
    page.type("input[name=status]", "418")
    page.see("createPet documents no response 418")
    page.type("textarea[name=body]", json.dumps({"code": 7, "message": "no"}))
    page.type("input[name=status]", "400")
    page.see('"code": 7', "[aria-label=Preview]")
    page.click("[data-act=save]")
    page.see("Status 400")
    refused = httpx.post(f"{sandbox}/petstore/pets", json=REX)
    page.wait("(document.querySelector('[data-override] .badge').innerText === 'answered 1 request')")
    page.click("[role=switch]")
    page.see("off, answered 1 request")
    again = httpx.post(f"{sandbox}/petstore/pets", json=REX)

    assert (400, 7, 201) == (refused.status_code, refused.json()["code"], again.status_code)


def test_a_link_of_a_response_fills_in_the_next_request(browser: str) -> None:
    with Processes() as processes:
        _, lines = processes.start("serve", "tests/web/linked.yaml", "--port", "0", until=READY)
        sandbox = address(lines)
        made = httpx.post(f"{sandbox}/orders", json={"kind": "big"})
        with opened(browser, sandbox) as page:
            page.open(f"traffic/{made.headers['mock-request']}")
            page.see("The order itself.", ".entry")
            page.see("$response.body#/seller is nothing in this response", ".entry")
            assert page.evaluate("document.querySelector('[data-link=seller]').disabled")
            page.click("[data-link=order]")
            page.wait(f"document.querySelector('dialog [name=target]').value === '/orders/{made.json()['id']}'")
            page.click("dialog button.primary", "Send")
            page.see(f"GET /orders/{made.json()['id']}", ".entry .title")
            page.see("200", ".entry")
            assert [] == page.errors


def test_a_fault_is_composed_with_a_preview_and_shows_its_time(page: BrowserPage, sandbox: str) -> None:
    page.open("faults")
    page.see("Everything is answered by the document")
    page.click("main a.button", "Add")
    page.choose("select[name=operation]", "GET /petstore/pets/{petId}")
    page.choose("select[name=kind]", "A fault")
    page.see("the response is lost", "[aria-label=Preview]")
    page.type("input[name=expires]", "500")
    page.click("button[aria-pressed]", "JSON")
    page.wait("JSON.parse(document.querySelector('form textarea').value).expires === 500")
    page.click("[data-act=save]")
    page.see("Fault lost-reply")
    page.see("8 min left")
    before = ask(sandbox, "GET", "/_mock/overrides")
    page.click("[data-override] button", "Remove")
    page.see("Everything is answered by the document")

    assert ["lost-reply"] == [each["then"]["fault"]["kind"] for each in before]
    assert [] == ask(sandbox, "GET", "/_mock/overrides")
    assert [] == ask(sandbox, "GET", "/_mock/requests")  # a preview is no client's request


def test_an_item_is_added_edited_and_deleted_and_has_a_history(page: BrowserPage, sandbox: str) -> None:
    page.open("state/petstore/pet")
    page.see("No pet is stored")
    page.click("[data-act=add]")
    page.type("[data-field=name]", "Rex")
    page.click("dialog button", "JSON")
    page.type("dialog textarea", json.dumps(COW))
    page.click("dialog [data-act=save]")
    page.see('"cow" is not one of', "dialog .problem")
    page.click("dialog button", "Form")
    page.type("[data-field=name]", "Rex")
    page.choose("[data-field=kind]", "dog")
    page.click("dialog [data-act=save]")
    page.see("Rex", ".items")
    page.click(".items a", "1")
    page.wait("document.querySelector('[data-field=name]').value === 'Rex'")
    page.type("[data-field=name]", "Rex the second")
    page.click("dialog button", "JSON")
    page.wait("JSON.parse(document.querySelector('dialog textarea').value).name === 'Rex the second'")
    page.click("dialog [data-act=save]")
    page.see("Rex the second", ".items")
    stored = ask(sandbox, "GET", "/petstore/pets/1")
    page.click(".items a", "1")
    page.click("dialog button", "History")
    page.see("by hand", "dialog")
    page.see("Rex the second", "dialog")
    page.click("dialog button.danger", "Delete")
    page.click("dialog:last-of-type button", "Delete it")
    page.see("No pet is stored")

    assert "Rex the second" == stored["name"]


def test_a_checkpoint_brings_items_back(page: BrowserPage, sandbox: str) -> None:
    ask(sandbox, "POST", "/petstore/pets", json=REX)
    page.open("state/petstore/pet")
    page.click("[aria-label=Checkpoints] button", "Set one")
    page.click("dialog button[type=submit]")
    page.see("before 1 item", "[aria-label=Checkpoints]")
    ask(sandbox, "DELETE", "/petstore/pets/1")
    page.see("No pet is stored")
    page.click("[aria-label=Checkpoints] button", "Restore")
    page.see("Rex", ".items")


def test_a_namespace_begins_has_its_own_clock_and_ends(page: BrowserPage, sandbox: str) -> None:
    page.open("namespaces")
    page.click("main button", "Begin a namespace")
    page.type("dialog input", "other")
    page.click("dialog button[type=submit]")
    page.click("[data-namespace=other] button", "Show")
    page.see("Clock of other")
    page.click("[aria-label=Clock] button", "Freeze")
    page.see("UTC, frozen")
    page.click("[aria-label=Clock] button", "+ 1 day")
    frozen = page.wait("document.querySelector('[data-clock]').dataset.clock")
    page.wait(f"document.querySelector('[data-clock]').dataset.clock >= {json.dumps(frozen)}")
    clock = httpx.get(f"{sandbox}/_mock/clock", headers={"Mock-Namespace": "other"}).json()
    page.click("[data-namespace=other] button", "End")
    page.click("dialog button", "End it")
    page.see("Clock of default")

    assert clock["is_frozen"]
    assert ["default"] == [each["name"] for each in ask(sandbox, "GET", "/_mock/namespaces")]


def test_a_check_is_started_watched_and_read(page: BrowserPage, sandbox: str) -> None:
    page.open("checks/new/petstore")
    page.type("input[name=url]", "http://192.0.2.1/")
    page.click("[data-act=check]")
    page.see("is not this machine")
    page.type("input[name=url]", "")
    page.type("input[name=only]", "create")
    page.click("[data-act=check]")
    page.see("running")
    page.wait("document.querySelector('[data-status=passed]')")
    page.see("Nothing was found")
    page.click("main button", "Report as a page")

    assert ["default"] == [each["name"] for each in ask(sandbox, "GET", "/_mock/namespaces")]


def test_one_service_has_the_whole_width_and_passes_its_own_check(browser: str) -> None:
    with Processes() as processes:
        _, lines = processes.start("serve", "tests/dashboard/observatory.yaml", "--port", "0", until=READY)
        with opened(browser, address(lines)) as page:
            page.open("")
            page.see("-H 'X-Observer-Key: sandbox' -H 'Content-Type")
            width = "document.querySelector('{}').getBoundingClientRect().width"
            widths = [page.evaluate(width.format(each)) for each in ("[data-service]", "[data-view]")]
            page.click("[data-act=first]")
            page.see("201", "[data-service]")
            page.open("state/observatory/telescope")
            page.click("[data-act=add]")
            page.type("dialog [data-field=name]", "Q")
            page.click("dialog [data-act=save]")
            page.see("shorter than 2 characters", "dialog .problem")
            refused = page.text("dialog .problem")
            page.open("checks/new/observatory")
            page.type("input[name=only]", "unique")
            page.click("[data-act=check]")
            page.see("Nothing was found")
            assert [] == page.errors

    assert widths[0] == widths[1] > 900
    assert "known" not in refused


def test_nothing_that_a_client_sent_becomes_markup(page: BrowserPage, sandbox: str) -> None:
    ask(sandbox, "POST", "/petstore/pets", json={"name": EVIL, "kind": "dog"}, headers={"X-Evil": EVIL})
    number = httpx.get(f"{sandbox}/{EVIL}", headers={"User-Agent": EVIL}).headers["mock-request"]
    override = {"when": {"caller": EVIL}, "then": {"delay": 0.1}, "note": EVIL}
    ask(sandbox, "POST", "/_mock/overrides", json=override)
    for view in (
        "traffic",
        f"traffic/{number}",
        f"traffic/{int(number) - 1}",
        "state/petstore/pet",
        "faults",
        f"state/{EVIL}",
    ):
        page.open(view)
        page.wait("document.querySelector('main').innerText.length > 100")
        assert "broken out" != page.evaluate("document.title")
        assert 0 == page.evaluate("document.querySelectorAll('main img, main script').length")
    page.go(f"faults/from/{int(number) - 1}")
    page.see("onerror", "[aria-label=Preview]")

    assert 0 == page.evaluate("document.querySelectorAll('main img, main script').length")


def test_a_page_asks_once_for_the_token_of_a_sandbox_that_others_can_reach(browser: str) -> None:
    with Processes() as processes:
        _, lines = processes.start("serve", "docs/petstore.yaml", "--host", "0.0.0.0", "--port", "0", until=READY)
        token = next(line for line in lines if line.startswith("token:")).rpartition("Bearer ")[2].strip("'\"")
        with opened(browser, address(lines)) as page:
            page.command("Page.navigate", url=f"{page.base}/")
            page.see("needs its token", "dialog")
            page.type("dialog input", "wrong")
            page.click("dialog button[type=submit]")
            page.wait("document.querySelector('dialog input')?.value === ''")
            page.type("dialog input", token)
            page.click("dialog button[type=submit]")
            page.see("Petstore")
            page.open("namespaces")
            page.see("Clock of default")

    assert [] == page.errors


def test_axe_finds_no_violation(page: BrowserPage, sandbox: str, package: Callable[[str], Path]) -> None:
    axe = (package(AXE) / "axe.min.js").read_text(encoding="utf-8")
    ask(sandbox, "POST", "/petstore/pets", json=REX)
    first = httpx.post(f"{sandbox}/petstore/pets", json=COW).headers["mock-request"]
    ask(sandbox, "POST", "/_mock/overrides", json={"then": {"fault": {"kind": "outage", "seconds": 90}}})
    found = []
    for view in VIEWS:
        page.open(view.replace("/1", f"/{first}"))
        page.evaluate(axe + "; true")
        for width, dark in product((1280, 390), (False, True)):
            page.look(dark=dark, width=width, height=844)
            result = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((it) => it.violations)")
            found += [(view, width, dark, each["id"], each["nodes"][0]["html"][:200]) for each in result]
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (view, width)

    assert "" == "\n".join(map(str, found))


def test_a_phone_shows_whole_names_and_ids_that_can_be_read(page: BrowserPage, sandbox: str) -> None:
    ask(sandbox, "POST", "/shop/customers", json={"name": "Ada"})
    page.look(width=390, height=844)
    page.open("state/shop/customer")
    page.see("Ada")

    names = page.evaluate("[...document.querySelectorAll('.nav a')].map((each) => each.scrollWidth - each.clientWidth)")
    ids = page.evaluate("[...document.querySelectorAll('.items td:first-child')].map((each) => each.clientWidth)")

    assert [0] * 7 == names
    assert all(width > 100 for width in ids), ids


def test_fields_stay_in_their_card_however_long_the_paths_are(browser: str) -> None:
    with Processes() as processes:
        _, lines = processes.start("serve", "basedash", "piper", "--port", "0", until=READY)
        with opened(browser, address(lines)) as page:
            wide = []
            for width in (1280, 390):
                page.look(width=width, height=844)
                page.open("faults/new")
                page.see("Operation")
                fields = "[...document.querySelectorAll('form.card :is(input, select)')]"
                card = "document.querySelector('form.card')"
                right = f"Math.max(...{fields}.map((each) => each.getBoundingClientRect().right))"
                wide.append(page.evaluate(f"{right} - {card}.getBoundingClientRect().right"))

    assert all(each < 0 for each in wide), wide


def test_the_pictures_of_the_docs_show_every_view(page: BrowserPage, sandbox: str, tmp_path: Path) -> None:
    folder = Path(os.environ.get("MOCKSERVER_PICTURES", tmp_path))
    for name, kind in (("Rex", "dog"), ("Kitty", "cat"), ("Polly", "parrot")):
        ask(sandbox, "POST", "/petstore/pets", json={"name": name, "kind": kind})
    ask(sandbox, "GET", "/petstore/pets?kind=dog")
    ask(sandbox, "DELETE", "/petstore/pets/2")
    ask(sandbox, "GET", "/petstore/pets/2")
    ask(sandbox, "POST", "/shop/customers", json={"name": "Ada"})
    cow = httpx.post(f"{sandbox}/petstore/pets", json=COW).headers["mock-request"]
    refusal = {"when": {"operation": "getPet"}, "then": {"refusal": "missing", "delay": 1.5}, "times": 3}
    outage = {
        "then": {"fault": {"kind": "outage", "seconds": 300}},
        "enabled": False,
        "note": "The whole sandbox is down.",
    }
    for override in (outage, refusal):
        ask(sandbox, "POST", "/_mock/overrides", json=override)
    shown = {"home": ("", False), "traffic": (f"traffic/{cow}", False), "state": ("state/petstore/pet", False)}
    shown |= {"faults": ("faults", True), "preview": (f"faults/from/{cow}", False), "namespaces": ("namespaces", True)}
    for name, (view, dark) in shown.items():
        page.look(width=1200, height=760, dark=dark)
        page.open(view)
        page.see("Live", ".foot")
        page.picture(folder / f"{name}.png")
    page.look(width=390, height=760)
    page.open(f"traffic/{cow}")
    page.picture(folder / "phone.png")

    assert [] == [path.name for path in folder.glob("*.png") if path.stat().st_size > MOST_BYTES]
