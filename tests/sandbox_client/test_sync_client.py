"""The client without `await`, against a running sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from mockserver.client import Namespace, Sandbox, SandboxError

ADA = {"name": "Ada"}


@pytest.fixture
def shop(ns: Namespace) -> Iterator[httpx.Client]:
    with ns.client("shop") as client:
        yield client


def test_a_namespace_sees_its_own_items_only(url: str) -> None:
    with (
        Sandbox(url).namespace() as one,
        Sandbox(url).namespace() as other,
        one.client("shop") as first,
        other.client("shop") as second,
    ):
        first.post("/customers", json=ADA)

        assert 4 == len(first.get("/customers").json())
        assert 3 == len(second.get("/customers").json())


def test_a_base_url_is_all_that_a_client_needs(ns: Namespace) -> None:
    base = ns.base_url("shop")

    httpx.post(f"{base}/customers", json=ADA, trust_env=False)

    assert f"{ns.sandbox.url}/_mock/ns/{ns.name}/shop" == base
    assert 4 == len(httpx.get(f"{base}/customers", trust_env=False).json())
    assert ["createCustomer", "listCustomers"] == [entry.operation for entry in ns.requests()]


def test_a_namespace_ends_with_its_block(url: str) -> None:
    with Sandbox(url) as sandbox:
        with sandbox.namespace("mine"):
            assert "mine" in [each.name for each in sandbox.namespaces()]
        assert "mine" not in [each.name for each in sandbox.namespaces()]


def test_the_default_namespace_does_not_end(url: str) -> None:
    with Sandbox(url) as sandbox, sandbox.default as default:
        assert {} == default.headers
        assert f"{url}/shop" == default.base_url("shop")


def test_health_says_what_is_served(url: str, ns: Namespace) -> None:
    with Sandbox(url) as sandbox:
        health = sandbox.health()

    assert health == ns.health()
    assert {"shop", "basedash"} == health.services.keys()
    assert "Shop" == health.services["shop"].title


def test_requests_are_in_the_order_in_which_they_were_asked(ns: Namespace, shop: httpx.Client) -> None:
    shop.post("/customers", json={})
    shop.get("/customers")

    assert ["createCustomer", "listCustomers"] == [entry.operation for entry in ns.requests()]
    assert [400] == [entry.status for entry in ns.requests(status="4XX")]
    assert ["listCustomers"] == [entry.operation for entry in ns.requests(limit=1)]
    assert [] == ns.requests(unmatched=True)
    ns.clear_requests()
    assert [] == ns.requests()


def test_an_entry_has_both_messages_and_the_changes(ns: Namespace, shop: httpx.Client) -> None:
    made = shop.post("/customers", json=ADA).json()

    (entry,) = ns.requests()

    assert ("POST", "/shop/customers", ADA) == (entry.request.method, entry.request.target, entry.request.body.json)
    assert "application/json" == entry.request.header("Content-Type")
    assert entry.response is not None
    assert made == entry.response.body.json
    assert [("created", made["id"])] == [(change.change, change.id) for change in entry.changes]
    assert f"{entry.number:>5}  POST    /shop/customers  201  createCustomer" == str(entry)


def test_why_takes_an_entry_a_number_and_a_response(ns: Namespace, shop: httpx.Client) -> None:
    refused = shop.post("/customers", json={})
    (entry,) = ns.requests()

    explanation = ns.why(refused)

    assert explanation == ns.why(entry) == ns.why(entry.number)
    assert "name" in " ".join(explanation.sentences)
    assert explanation.curl is not None
    assert "curl" in str(explanation)


def test_why_without_a_request_is_about_the_latest_of_the_namespace(ns: Namespace, shop: httpx.Client) -> None:
    with pytest.raises(LookupError, match="nothing was asked of this namespace"):
        ns.why()
    shop.get("/countries")
    shop.post("/customers", json={})

    assert ns.why(ns.requests()[-1]) == ns.why()
    assert "name" in " ".join(ns.why().sentences)


def test_why_of_a_response_without_a_number_says_what_is_missing(ns: Namespace) -> None:
    with pytest.raises(ValueError, match="no Mock-Request; the sandbox needs --journal"):
        ns.why(httpx.Response(200))


def test_follow_gives_the_requests_as_they_come(ns: Namespace, shop: httpx.Client) -> None:
    number = int(shop.get("/customers").headers["Mock-Request"])
    events = ns.follow(since=number)
    shop.get("/countries")
    first = next(events)
    shop.get("/orders")

    assert ["listCountries", "listOrders"] == [first.operation, next(events).operation]
    assert [] == list(ns.follow(seconds=0))


def test_har_is_an_archive_of_the_namespace(ns: Namespace, shop: httpx.Client) -> None:
    shop.get("/customers")

    assert ["GET"] == [each["request"]["method"] for each in ns.har()["log"]["entries"]]


def test_fail_answers_as_often_as_it_says(ns: Namespace, shop: httpx.Client) -> None:
    override = ns.fail("createCustomer", status=503, times=2)

    assert [503, 503, 201] == [shop.post("/customers", json=ADA).status_code for _ in range(3)]
    (seen,) = ns.overrides()
    assert (override.id, 2, False) == (seen.id, seen.applied, seen.is_active)


def test_fail_refuses_an_undocumented_status_below_500(ns: Namespace, shop: httpx.Client) -> None:
    with pytest.raises(SandboxError, match="418"):
        ns.fail("createCustomer", status=418)

    ns.fail("createCustomer", status=418, invalid=True)
    assert 418 == shop.post("/customers", json=ADA).status_code


def test_fail_answers_a_status_that_no_document_needs_to_have(ns: Namespace, shop: httpx.Client) -> None:
    ns.fail("createCustomer", status=599, body={"any": 1})
    ns.fail("listCustomers", refusal="bad-gateway")

    assert [599, 502] == [shop.post("/customers", json=ADA).status_code, shop.get("/customers").status_code]


@pytest.mark.parametrize(("wrong", "says"), [({"tims": 2}, "did you mean times"), ({"statsu": 503}, "mean status"),
                                             ({"colour": 1}, "there is no argument 'colour'")])  # fmt: skip
def test_an_argument_that_there_is_not_gets_the_one_that_was_meant(
    ns: Namespace, wrong: dict[str, Any], says: str
) -> None:
    with pytest.raises(TypeError, match=says):
        ns.fail("createCustomer", **({"status": 503} | wrong))


def test_an_override_is_switched_off_and_on(ns: Namespace, shop: httpx.Client) -> None:
    override = ns.fail("listCustomers", status=503)
    off = ns.switch_override(override, enabled=False)
    meanwhile = shop.get("/customers").status_code
    on = ns.switch_override(override.id, enabled=True)

    assert (False, False, 200) == (off.enabled, off.is_active, meanwhile)
    assert (True, True, 503) == (on.enabled, on.is_active, shop.get("/customers").status_code)


def test_an_override_takes_the_place_of_another(ns: Namespace, shop: httpx.Client) -> None:
    first, second = ns.fail("listCustomers", status=503), ns.fail("listCustomers", status=500)
    shop.get("/customers")
    replaced = ns.replace_override(second, {"operation": "createCustomer"}, {"status": 502}, times=1)

    assert [second.id, first.id] == [each.id for each in ns.overrides()]
    assert (second.id, {"operation": "createCustomer"}, 1, 0) == (
        replaced.id, replaced.when, replaced.times, replaced.applied,
    )  # fmt: skip
    assert [503, 502, 201] == [
        shop.get("/customers").status_code, *(shop.post("/customers", json=ADA).status_code for _ in range(2)),
    ]  # fmt: skip


def test_a_preview_shows_what_a_client_would_get_and_sets_nothing(ns: Namespace, shop: httpx.Client) -> None:
    before, set_before = shop.get("/customers").json(), ns.fail("getCustomer", status=503)
    in_turn = ns.preview_override({"operation": "createCustomer"}, [{"status": 503, "delay": "20s"}, {"pass": True}])
    lost = ns.preview_override(
        None, {"fault": {"kind": "lost-reply"}}, request={"method": "GET", "target": "/shop/customers"}
    )
    other = ns.preview_override(
        {"operation": "createCustomer"}, {"status": 503}, request={"method": "GET", "target": "/shop/customers"}
    )

    assert (["createCustomer"], 1) == (in_turn.operations, in_turn.count)
    assert [(True, 503, "20s"), (True, 201, None)] == [
        (each.applied, each.status, each.delay) for each in in_turn.answers
    ]
    assert "POST /shop/customers  503  after 20s\n" in str(in_turn)
    assert (None, True) == (lost.answers[0].status, "lost" in (lost.answers[0].broken or ""))
    assert (False, 200) == (other.answers[0].applied, other.answers[0].status)
    assert ([set_before], before) == (ns.overrides(), shop.get("/customers").json())
    assert int(set_before.id) + 1 == int(ns.fail("getCustomer", status=503).id)


def test_items_are_listed_in_pages_and_have_a_history(ns: Namespace, shop: httpx.Client) -> None:
    customers = ns.state("shop", "customer")
    made = shop.post("/customers", json={"name": "Ada"}).json()
    customers.change(made["id"], {"name": "Grace"})
    changed, created = customers.versions(made["id"])
    listed = customers.list()

    assert listed[1:3] == customers.list(limit=2, offset=1)
    assert listed[2:] == customers.list(offset=2)
    assert (("changed", None, "Ada", "Grace"), "created") == (
        (changed.change, changed.request, (changed.before or {})["name"], (changed.after or {})["name"]),
        created.change,
    )
    assert created.request == ns.requests()[-1].number
    assert str(changed).endswith("changed by hand  name: 'Grace'")


def test_fail_needs_a_status_or_a_refusal(ns: Namespace) -> None:
    with pytest.raises(ValueError, match="either status=503 or refusal="):
        ns.fail("createCustomer")


def test_override_answers_in_turn(ns: Namespace, shop: httpx.Client) -> None:
    slow_down = {"status": 429, "body": {}}
    ns.override({"operation": "listCustomers"}, [slow_down, slow_down, {"pass": True}], invalid=True)

    assert [429, 429, 200, 200] == [shop.get("/customers").status_code for _ in range(4)]


def test_a_lost_reply_is_an_error_of_the_transport_after_the_change(ns: Namespace, shop: httpx.Client) -> None:
    ns.fault("createCustomer", "lost-reply", times=1)

    with pytest.raises(httpx.TransportError):
        shop.post("/customers", json=ADA)
    assert 4 == len(shop.get("/customers").json())


def test_a_delay_can_be_removed(ns: Namespace, shop: httpx.Client) -> None:
    set_to = ns.delay("listCustomers", 0.001)
    assert 200 == shop.get("/customers").status_code
    assert [1] == [each.applied for each in ns.overrides()]

    ns.remove_overrides(set_to)

    assert [] == ns.overrides()


def test_delay_is_a_number_a_range_or_a_distribution(ns: Namespace) -> None:
    made = [ns.delay(seconds=0.1), ns.delay(seconds=(0.1, 0.2)), ns.delay(median=0.1, sigma=0.2)]

    delays = [0.1, {"uniform": [0.1, 0.2]}, {"lognormal": {"median": 0.1, "sigma": 0.2}}]
    assert delays == [each.then["delay"] for each in made]
    with pytest.raises(ValueError, match="delay: give seconds"):
        ns.delay("listCustomers")


def test_verify_counts(ns: Namespace, shop: httpx.Client) -> None:
    for _ in range(3):
        shop.post("/customers", json=ADA)

    assert 3 == len(ns.verify("createCustomer", count=3).found)
    ns.verify("createCustomer", json=ADA, at_least=1)
    ns.verify("createCustomer", body={"required": ["name"]}, at_most=3)
    ns.verify(in_order=["createCustomer", "createCustomer"])
    with pytest.raises(AssertionError, match="exactly 2, but there were 3"):
        ns.verify("createCustomer", count=2)


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ({"count": 1, "at_least": 1}, "count says how many exactly; give it alone"),
        ({"count": 0, "at_most": 1}, "count says how many exactly; give it alone"),
        ({"at_least": 3, "at_most": 2}, "at least 3 and at most 2; did you mean at_least 2 and at_most 3"),
    ],
)
def test_verify_refuses_counts_that_contradict_each_other(ns: Namespace, counts: dict[str, int], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ns.verify("createCustomer", **counts)  # type: ignore[arg-type]  # the types of further conditions


def test_verify_takes_a_class_of_statuses_also_in_an_order(ns: Namespace, shop: httpx.Client) -> None:
    ns.fail("createCustomer", status=503, times=2)
    for _ in range(3):
        shop.post("/customers", json=ADA)

    ns.verify("createCustomer", status="5XX", count=2)
    ns.verify(in_order=[{"status": 503}, {"status": "5XX"}, {"operation": "createCustomer", "status": 201}])
    with pytest.raises(AssertionError, match="status: expected '4XX', was 503"):
        ns.verify("createCustomer", status="4XX")


def test_verify_shows_the_nearest_request_and_what_differs(ns: Namespace, shop: httpx.Client) -> None:
    shop.post("/customers", json={"name": "Grace"})

    with pytest.raises(AssertionError) as failed:
        ns.verify("createCustomer", json=ADA)

    assert "POST /shop/customers" in str(failed.value)
    assert "Grace" in str(failed.value)
    assert "Ada" in str(failed.value)


def test_verify_refuses_values_where_a_schema_belongs(ns: Namespace) -> None:
    with pytest.raises(ValueError, match="'name' is no keyword; for values use json="):
        ns.verify("createCustomer", body=ADA)


def test_items_are_listed_added_set_changed_and_removed(ns: Namespace, shop: httpx.Client) -> None:
    customers = ns.state("shop", "customer")

    added = customers.add(ADA)
    assert added == customers.get(added["id"]) == shop.get(f"/customers/{added['id']}").json()
    assert "Grace" == customers.change(added["id"], {"name": "Grace"})["name"]
    assert "Edith" == customers.set(added["id"], {**added, "name": "Edith"})["name"]
    assert 4 == len(customers.list())
    customers.remove(added["id"])
    assert 404 == shop.get(f"/customers/{added['id']}").status_code


def test_an_invalid_item_is_stored_on_purpose_only(ns: Namespace) -> None:
    customers = ns.state("shop", "customer")

    with pytest.raises(SandboxError) as refused:
        customers.add({"name": 7})
    assert 422 == refused.value.status
    assert 7 == customers.add({"name": 7}, invalid=True)["name"]


def test_a_snapshot_and_a_checkpoint_lead_back(ns: Namespace, shop: httpx.Client) -> None:
    before = ns.snapshot()
    ns.checkpoint("start")
    shop.post("/customers", json=ADA)

    ns.restore("start")
    assert 3 == len(shop.get("/customers").json())
    shop.post("/customers", json=ADA)
    ns.restore(before)
    assert 3 == len(shop.get("/customers").json())
    assert ["start"] == [each.name for each in ns.checkpoints()]


def test_reset_goes_back_to_the_start(ns: Namespace, shop: httpx.Client) -> None:
    ns.fail("listCustomers", status=503)
    shop.post("/customers", json=ADA)

    assert [ns.name] == ns.reset().namespaces
    assert 3 == len(shop.get("/customers").json())


def test_the_clock_is_frozen_advanced_set_and_resumed(ns: Namespace) -> None:
    year = datetime(2030, 1, 1, tzinfo=UTC)

    assert year == ns.clock.freeze(year).time
    assert year == ns.clock.now().time
    assert year + timedelta(hours=1) == ns.clock.advance(timedelta(hours=1)).time
    assert datetime(2031, 1, 1, tzinfo=UTC) == ns.clock.set(datetime(2031, 1, 1)).time  # noqa: DTZ001
    resumed = ns.clock.resume()
    assert (2031, False) == (resumed.time.year, resumed.is_frozen)


def test_an_error_says_what_is_wrong(ns: Namespace) -> None:
    with pytest.raises(SandboxError, match=r"set: .* is not a valid date-time") as refused:
        ns.clock.set("tomorrow")

    assert 400 == refused.value.status


def test_a_service_that_is_not_there_is_named_with_those_that_are(ns: Namespace) -> None:
    with pytest.raises(SandboxError, match=r"there is no service 'shp'; did you mean 'shop'\?"):
        ns.base_url("shp")
    with pytest.raises(SandboxError, match=r"name a service; there are: shop, basedash"):
        ns.base_url()


def test_where_nothing_listens_the_error_says_how_to_start() -> None:
    with pytest.raises(SandboxError, match=r"no sandbox answers at http://127\.0\.0\.1:1; start one with"):
        Sandbox("http://127.0.0.1:1").health()


def test_what_is_no_sandbox_is_named_so() -> None:
    def page(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, html="<h1>It works!</h1>")

    with pytest.raises(SandboxError, match="status 200 from what is no sandbox"):
        Sandbox("http://page", transport=lambda: httpx.MockTransport(page)).health()
