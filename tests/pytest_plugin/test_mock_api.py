"""The fixtures `mock_api` and `mock_api_port`: a mock for each test in a namespace of its own."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import aiohttp
import datagrid_ai
import httpx
import pytest
import requests

from mockserver.client import Sandbox
from mockserver.pytest_plugin.mock_api import MockApi
from tests.inner_pytest import run_pytest
from tests.process import READY, Processes, address

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "docs/shop.yaml"
DOCUMENTED = ROOT / "docs/pytest.md"
ADA = {"name": "Ada"}

pytestmark = pytest.mark.mock_api(SHOP, items=3)


@pytest.mark.parametrize("round", [1, 2])
def test_each_test_begins_with_the_start_state(mock_api: MockApi, round: int) -> None:
    assert [] == mock_api.requests()
    mock_api.client.post("/customers", json=ADA)

    assert 4 == len(mock_api.client.get("/customers").json())
    assert 4 == len(mock_api.state("customer").list())


def test_both_fixtures_have_namespaces_of_their_own_in_one_sandbox(mock_api: MockApi, mock_api_port: MockApi) -> None:
    mock_api.client.post("/customers", json=ADA)

    assert 3 == len(mock_api_port.client.get("/customers").json())
    names = [each.name for each in mock_api.namespace.sandbox.namespaces()]
    assert {mock_api.namespace.name, mock_api_port.namespace.name} <= set(names)
    assert mock_api.namespace.name.startswith("test_both_fixtures_have_namespaces")


def test_requests_needs_only_the_base_url(mock_api_port: MockApi) -> None:
    made = requests.post(f"{mock_api_port.url}/customers", json=ADA, timeout=10)

    assert 201 == made.status_code
    mock_api_port.verify("createCustomer", count=1, json=ADA)
    assert "201" in mock_api_port.why(made).sentences[0]


def test_httpx_needs_only_the_base_url_or_the_transport(mock_api: MockApi, mock_api_port: MockApi) -> None:
    assert 3 == len(httpx.get(f"{mock_api_port.url}/customers", trust_env=False).json())
    assert mock_api_port.transport is None
    assert mock_api.transport is not None
    with httpx.Client(transport=mock_api.transport, base_url=mock_api.url) as client:
        assert 3 == len(client.get("/customers").json())


def test_aiohttp_needs_only_the_base_url(mock_api_port: MockApi) -> None:
    async def listed() -> int:
        async with aiohttp.ClientSession() as session, session.get(f"{mock_api_port.url}/customers") as response:
            return len(await response.json())

    assert 3 == asyncio.run(listed())


@pytest.mark.mock_api("datagrid")
def test_a_vendors_sdk_needs_only_the_base_url(mock_api_port: MockApi) -> None:
    mock_api_port.fail("CreateSecret", status=503, times=1)
    with datagrid_ai.Datagrid(api_key="dg_live_SandboxAccount", base_url=mock_api_port.url) as sdk:
        made = sdk.secrets.create(name="token", value="s3cret")

    assert [503, 201] == [entry.status for entry in mock_api_port.requests()]
    assert "token" == made.name


def test_a_test_with_an_event_loop_may_use_the_mock(mock_api: MockApi) -> None:
    async def listed() -> list[int]:
        async with httpx.AsyncClient(transport=mock_api.transport, base_url=mock_api.url) as client:
            await client.post("/customers", json=ADA)
            return [len((await client.get("/customers")).json()), len(mock_api.client.get("/customers").json())]

    assert [4, 4] == asyncio.run(listed())


def test_every_method_of_a_namespace_is_one_of_the_fixture(mock_api: MockApi) -> None:
    own = {"begin", "end", "status", "health", "base_url", "sandbox", "name"}
    named = {name for name in dir(mock_api.namespace) if not name.startswith("_")}

    assert set() == {name for name in named - own if not hasattr(mock_api, name)}


def test_the_methods_are_those_of_the_client(mock_api: MockApi) -> None:
    mock_api.fail("listCustomers", status=503, times=1)
    assert [503, 200] == [mock_api.client.get("/customers").status_code for _ in range(2)]

    mock_api.checkpoint("before")
    mock_api.client.post("/customers", json=ADA)
    mock_api.restore("before")
    assert 3 == len(mock_api.client.get("/customers").json())
    assert mock_api.clock.freeze("2030-01-01T00:00:00Z").is_frozen


@pytest.mark.parametrize("kind", ["lost-reply", "lost-request", "reset", "empty-reply", "cut", "malformed-chunk"])
def test_a_broken_connection_is_an_error_of_httpx_in_process_and_over_a_port(
    mock_api: MockApi, mock_api_port: MockApi, kind: str
) -> None:
    for api in (mock_api, mock_api_port):
        api.fault("listCustomers", kind, times=1)
        with pytest.raises(httpx.TransportError):
            api.client.get("/customers")
        assert 200 == api.client.get("/customers").status_code


PROJECT = """
import pytest

@pytest.mark.mock_api({shop!r}, items=3)
@pytest.mark.parametrize("number", range(4))
def test_a_customer_is_added(mock_api, mock_api_port, number):
    assert 201 == mock_api.client.post("/customers", json={{"name": "Ada"}}).status_code
    assert 4 == len(mock_api.client.get("/customers").json())
    assert 3 == len(mock_api_port.client.get("/customers").json())
"""


def test_a_run_on_workers_is_clean_with_warnings_as_errors(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(PROJECT.format(shop=str(SHOP)))

    done = pytester.runpytest_subprocess("-W", "error", "-p", "no:cacheprovider", "-n", "2")

    done.assert_outcomes(passed=4)
    assert "warnings summary" not in done.stdout.str()
    assert "" == done.stderr.str()


def test_workers_share_a_running_sandbox(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(PROJECT.format(shop=str(SHOP)))
    with Processes() as processes:
        options = ("--items", "3", "--port", "0", "--no-access-log")
        _, lines = processes.start("serve", "gaia", str(SHOP), *options, until=READY)
        url = address(lines)

        done = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-n", "2", "--mock-url", url)

        done.assert_outcomes(passed=4)
        with Sandbox(url) as sandbox:
            asked = sandbox.requests()
            assert ["default"] == [each.name for each in sandbox.namespaces()]
    assert (12, 8) == (len(asked), len({entry.namespace for entry in asked}))


def test_the_report_of_a_failed_test_shows_its_requests_and_its_own_lines(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        f"""
        import pytest

        pytestmark = pytest.mark.mock_api({str(SHOP)!r})

        def test_fails(mock_api):
            mock_api.client.post("/customers", json={{}})
            mock_api.client.get("/customer")
            mock_api.verify("createCustomer", count=2)

        def test_passes(mock_api):
            mock_api.client.get("/customers")
        """
    )

    done = run_pytest(pytester, "-rA")

    done.assert_outcomes(failed=1, passed=1)
    done.stdout.fnmatch_lines(
        [
            '>   *mock_api.verify("createCustomer", count=2)',
            "E   *AssertionError: expected exactly 2, but there was 1 of 2 requests like this*",
            "*- mock requests -*",
            '*POST    /shop/customers  400  createCustomer  "name" is a required property',
            "*GET     /shop/customer  404  no operation; the nearest is GET /customers*",
        ]
    )
    assert 1 == done.stdout.str().count("- mock requests -")
    assert "namespace.py" not in done.stdout.str()


MISTAKES = {
    "": "*mock_api: which document? Mark the test with @pytest.mark.mock_api*",
    "@pytest.mark.mock_api('nowhere.yaml')": "*mock_api: *nowhere.yaml*",
    f"@pytest.mark.mock_api({str(SHOP)!r}, item=3)": "*mock_api: no option 'item'; there are: *items*",
    "@pytest.mark.mock_api('gaia', 'piper')": "*mock_api: name a service; there are: gaia, piper*",
}


def test_a_mistake_in_the_marker_says_what_is_right(pytester: pytest.Pytester) -> None:
    tests = [f"{marker}\ndef test_{number}(mock_api): ...\n" for number, marker in enumerate(MISTAKES)]
    pytester.makepyfile("import pytest\n\n" + "\n".join(tests))

    done = run_pytest(pytester)

    done.assert_outcomes(errors=len(MISTAKES))
    done.stdout.fnmatch_lines(list(MISTAKES.values()))
    assert "sandboxes.py" not in done.stdout.str()


def test_the_page_in_the_docs_works(pytester: pytest.Pytester) -> None:
    text = DOCUMENTED.read_text(encoding="utf-8")
    program = next(code for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "OurClient" in code)
    client = (
        "import httpx, time\n\nclass OurClient:\n    def __init__(self, base_url):\n"
        "        self.http = httpx.Client(base_url=base_url, trust_env=False)\n\n    def customers(self):\n"
        "        with self.http as http:\n            http.get('/customers')\n"
        "            return http.get('/customers').json()\n\n"
    )
    pytester.makefile(".yaml", shop=SHOP.read_text(encoding="utf-8"))
    pytester.makefile(".ini", pytest="[pytest]\nmock_api = shop.yaml\n")
    by_option = (
        "\n\ndef test_the_option_is_enough(mock_api):\n    assert [] == mock_api.client.get('/customers').json()\n"
    )
    pytester.makepyfile(test_page=client + program, test_option=by_option)

    run_pytest(pytester, "-W", "error").assert_outcomes(passed=3)


def test_the_page_shows_how_addresses_are_intercepted(pytester: pytest.Pytester) -> None:
    text = DOCUMENTED.read_text(encoding="utf-8")
    program = next(code for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "intercept(" in code)
    pytester.makefile(".yaml", shop=SHOP.read_text(encoding="utf-8"))
    pytester.makepyfile(program)

    run_pytest(pytester, "-W", "error").assert_outcomes(passed=2)


def test_a_run_without_a_mock_imports_nothing_of_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "import sys\n\ndef test_it():\n"
        "    assert not {'mockserver.web', 'mockserver.client', 'connexion'} & sys.modules.keys()\n"
    )

    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_without_marker_and_option_the_settings_of_the_project_say_which_document(pytester: pytest.Pytester) -> None:
    behaviour = (
        "overlay: 1.0.0\ninfo: {title: Order, version: '1'}\nactions:\n- target: $\n"
        "  update: {x-resources: {customer: {order: {direction: descending, evidence: assumed}}}}\n"
    )
    pytester.makefile(".yaml", shop=SHOP.read_text(encoding="utf-8"), newest=behaviour)
    pytester.makefile(".yaml", mockserver="document: shop.yaml\nbehaviour: [newest.yaml]\n")
    pytester.makepyfile(
        "def test_newest_first(mock_api):\n"
        "    for name in ('Ada', 'Grace'):\n"
        "        mock_api.client.post('/customers', json={'name': name})\n"
        "    assert ['Grace', 'Ada'] == [each['name'] for each in mock_api.client.get('/customers').json()]\n"
    )

    run_pytest(pytester).assert_outcomes(passed=1)


def test_the_report_of_a_test_without_a_credential_names_one(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.mock_api("basedash")
        def test_it(mock_api):
            assert 200 == mock_api.client.get("/api/public/organizations/org_abc123/mcp-servers").status_code
        """
    )

    done = run_pytest(pytester)

    with_one = "*with a credential: curl * -H 'Authorization: Bearer bd_key_SandboxAdmin*'"
    done.stdout.fnmatch_lines([with_one, "*without one: @pytest.mark.mock_api(*, authenticate=False)"])
