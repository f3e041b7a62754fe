"""The commands that steer a running sandbox."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import httpx
import pytest
from click.testing import CliRunner

from mockserver.cli.commands import main
from tests.process import ENVIRONMENT, READY, ROOT, Processes, address, run

SHOP = str(ROOT / "docs" / "shop.yaml")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Processes() as processes:
        _, lines = processes.start("serve", SHOP, "--items", "3", "--port", "0", "--no-access-log", until=READY)
        yield address(lines)


@pytest.fixture
def with_tenants() -> Iterator[str]:
    with Processes() as processes:
        _, lines = processes.start("serve", "basedash", "--port", "0", "--no-access-log", until=READY)
        yield address(lines)


@pytest.fixture(autouse=True)
def _start(url: str) -> None:
    """Each test begins with the start state and an empty journal."""
    httpx.post(f"{url}/_mock/reset", params={"namespace": "*"}, trust_env=False)
    httpx.delete(f"{url}/_mock/requests", trust_env=False)


def mockserver(url: str, *arguments: str, **environment: str) -> CompletedProcess[str]:
    return run(*arguments, environment={**ENVIRONMENT, "MOCKSERVER_URL": url, **environment})


def printed(url: str, *arguments: str) -> str:
    done = mockserver(url, *arguments)
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout


def refused(url: str, *arguments: str) -> str:
    done = mockserver(url, *arguments)
    assert 0 != done.returncode
    return done.stderr


def mistaken(url: str, *arguments: str) -> str:
    """The error of a command that is run in this process, which is faster."""
    done = CliRunner().invoke(main, arguments, env={"MOCKSERVER_URL": url})
    assert 0 != done.exit_code
    return done.output


def ask(url: str, method: str, path: str, body: object = None, namespace: str = "") -> httpx.Response:
    headers = {"Mock-Namespace": namespace} if namespace else {}
    return httpx.request(method, f"{url}{path}", json=body, headers=headers, trust_env=False)


def test_help_groups_the_commands() -> None:
    text = run("--help").stdout

    sections = [line for line in text.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert ["Options:", "Mocks:", "A running sandbox:", "Contract checks:"] == sections


@pytest.mark.parametrize(
    "command", ["requests", "verify", "why", "state", "fault", "reset", "snapshot", "clock", "namespaces"]
)
def test_every_command_says_where_the_sandbox_is_and_what_to_do_when_there_is_none(command: str) -> None:
    options = CliRunner().invoke(main, [command, "--help"]).output
    assert all(option in options for option in ("--url", "--namespace", "--token", "--insecure"))
    assert (
        "Error: no sandbox answers at http://127.0.0.1:1; start one with `mockserver serve`, or give the address of "
        "another (--url, or the variable MOCKSERVER_URL)\n" == mistaken("http://127.0.0.1:1", command)
    )


def test_requests_prints_a_line_for_each(url: str) -> None:
    ask(url, "POST", "/customers", {})
    ask(url, "GET", "/customer", namespace="mine")

    lines = printed(url, "requests").splitlines()

    assert 2 == len(lines)
    assert 'POST    /customers  400  createCustomer  "name" is a required property' in lines[0]
    assert "GET     /customer  404  no operation; the nearest is GET /customers" in lines[1]
    assert lines[1].endswith("[mine]")
    assert 1 == len(printed(url, "requests", "--namespace", "mine").splitlines())
    assert 1 == len(printed(url, "requests", "--operation", "createCustomer", "--status", "4XX").splitlines())


def test_requests_as_json_and_har(url: str) -> None:
    ask(url, "POST", "/customers", {"name": "Ada"})

    entry = json.loads(printed(url, "requests", "--json"))
    assert {"name": "Ada"} == entry["request"]["body"]["json"]
    assert 1 == len(json.loads(printed(url, "requests", "--har"))["log"]["entries"])


def test_what_a_client_sent_does_not_move_the_cursor(url: str) -> None:
    ask(url, "POST", "/customers", {"name": "\x9b2J"})
    ask(url, "POST", "/customers", {"name": ["\x1b[2J\x9b"]})

    texts = [
        printed(url, *arguments)
        for arguments in (("requests",), ("requests", "--json"), ("requests", "--har"), ("why",))
    ]
    assert [] == [text for text in texts if {"\x1b", "\x9b"} & set(text)]
    assert {"name": "\x9b2J"} == json.loads(texts[1].splitlines()[0])["request"]["body"]["json"]


def test_verify_says_whether_requests_were_sent(url: str) -> None:
    ask(url, "POST", "/customers", {"name": "Ada"})
    ask(url, "POST", "/customers", {})
    ask(url, "GET", "/customers", namespace="mine")

    assert "1 request, as expected\n" == printed(
        url, "verify", "createCustomer", "--count", "1", "--values", '{"name": "Ada"}'
    )
    assert "1 request, as expected\n" == printed(url, "verify", "--status", "4XX")
    assert "2 requests, as expected\n" == printed(
        url, "verify", "--in-order", "createCustomer", "createCustomer", "--at-most", "3"
    )
    told = printed(url, "verify", "--json", "--namespace", "mine", "--when", '{"path": "/customers", "method": "GET"}')
    assert 1 == len(json.loads(told)["found"])


def test_verify_ends_with_1_and_shows_what_differs(url: str) -> None:
    ask(url, "POST", "/customers", {"name": "Grace"})

    done = mockserver(url, "verify", "createCustomer", "--values", '{"name": "Ada"}', "--status", "201")
    told = mockserver(url, "verify", "createCustomer", "--count", "2", "--json")

    assert (1, "") == (done.returncode, done.stderr)
    assert "expected at least 1, but there were 0 of 1 requests like this" in done.stdout
    assert "POST /customers (201)" in done.stdout
    assert "body.name: expected 'Ada', was 'Grace'" in done.stdout
    assert (1, False) == (told.returncode, json.loads(told.stdout)["verified"])


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("createCustomer", "--count", "1", "--at-least", "1"), 2, "count says how many exactly; give it alone"),
        (("--at-least", "2", "--at-most", "1"), 2, "did you mean at_least 1 and at_most 2?"),
        (("createCustomer", "listCustomers"), 2, "give one operation, or --in-order for several"),
        (("--in-order", "--count", "1"), 2, "--in-order needs operations"),
        (("--when", "[]"), 2, "--when takes an object of conditions"),
        (("createCustomr", "--count", "0"), 1, "did you mean 'createCustomer'?"),
        (("--when", '{"body": {"name": "Ada"}}'), 1, "'name' is no keyword of JSON Schema"),
        (("--status", "40X"), 1, "status"),
    ],
)
def test_verify_refuses_what_cannot_be_meant(url: str, arguments: tuple[str, ...], code: int, says: str) -> None:
    done = CliRunner().invoke(main, ["verify", *arguments], env={"MOCKSERVER_URL": url})

    assert code == done.exit_code
    assert says in done.output


def test_requests_are_forgotten(url: str) -> None:
    ask(url, "GET", "/customers")
    printed(url, "requests", "--clear")

    assert "" == printed(url, "requests")


def test_requests_are_followed(url: str) -> None:
    ask(url, "GET", "/orders")
    with Processes() as processes:
        # The first line is of a request that was there, so the command follows when it is printed.
        process, _ = processes.start("requests", "--follow", "--url", url, "--operation", "listOrders", until=" ")
        assert process.stdout is not None
        for _ in range(20):
            ask(url, "GET", "/customers")
            ask(url, "GET", "/orders")
        line = process.stdout.readline()

    assert "/orders  200  listOrders" in line


def test_why_explains_a_refusal(url: str) -> None:
    number = ask(url, "POST", "/customers", {}).headers["Mock-Request"]

    assert "name" in printed(url, "why", number)
    assert "curl -X POST" in printed(url, "why")
    assert "not in the journal" in refused(url, "why", "99999")


def test_why_of_an_empty_journal_says_so(url: str) -> None:
    assert "Error: the journal is empty: nothing was asked yet\n" == refused(url, "why")


def test_state_lists_and_changes_items(url: str, tmp_path: Path) -> None:
    assert 3 == len(json.loads(printed(url, "state", "shop", "customer")))
    assert "shop customer                    3 items" in printed(url, "state")
    (tmp_path / "ada.json").write_text('{"name": "Ada"}')

    added = json.loads(printed(url, "state", "shop", "customer", "--add", f"@{tmp_path / 'ada.json'}"))
    item = ("state", "shop", "customer", added["id"])
    assert "Ada" == added["name"]
    assert "Grace" == json.loads(printed(url, *item, "--change", '{"name": "Grace"}'))["name"]
    assert 4 == len(json.loads(printed(url, "state", "shop", "customer")))
    printed(url, *item, "--remove")
    assert 404 == ask(url, "GET", f"/customers/{added['id']}").status_code


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("state", "shop", "--add", "{}"), "--add needs SERVICE and RESOURCE"),
        (("state", "shop", "customer", "--set", "{}"), "--set needs SERVICE, RESOURCE and ID"),
        (
            ("state", "shop", "customer", "1", "--set", "{}", "--remove"),
            "give one of --add, --set",
        ),
        (("state", "shop", "customer", "--add", "{"), "this is no JSON: "),
        (("state", "shop", "customer", "--add", "@nowhere.json"), "nowhere.json: No such file or directory"),
        (("fault", "listOrders", "--times", "2"), "what should happen?"),
        (
            ("fault", "listOrders", "--status", "503", "--fault", "cut"),
            "give one of --status, --refusal, --fault and --then",
        ),
        (("fault", "listOrders", "--delay", "soon"), "or a range such as 0.5-2 or 100ms-2s"),
        (("fault", "listOrders", "--delay", "1s-2s-3s"), "or a range such as 0.5-2 or 100ms-2s"),
        (("fault", "listOrders", "--fault", "outage", "--seconds", "soon"), "'soon' is no duration; write seconds"),
        (("fault", "listOrders", "--status", "503", "--expires", "soon"), "'soon' is no duration; write seconds"),
        (("fault", "listOrders", "--status", "503", "--seconds", "2"), "--seconds is for --fault"),
        (("clock", "advance"), "clock advance needs a value"),
        (("clock", "advance", "soon"), "'soon' is no duration; write seconds"),
        (("clock", "resume", "1"), "clock resume takes no value"),
        (("namespaces", "--end"), "--end needs --namespace NAME"),
        (("fault", "listOrders", "--fault", "lost_reply"), "there is no 'lost_reply'; did you mean 'lost-reply'?"),
        (("fault", "listOrders", "--status", "418"), "documents no response 418; there are: 200; --invalid"),
        (("fault", "--then", "7"), "--then takes an object, or a list of objects"),
        (("fault", "--then", '{"pass": true}', "--delay", "1"), "--then has its delay itself"),
        (("fault", "--then", '{"pass": true}', "--when", "7"), "--when takes an object of conditions"),
        (("fault", "--status", "503", "--header", "Retry-After"), "--header is written as NAME:VALUE"),
        (("fault", "--header", "A: 1"), "--header needs --status or --refusal"),
        (("fault", "--off", "1", "--on", "1"), "--off, --on and --remove take no other options"),
        (("fault", "--off", "1", "--preview"), "--off, --on and --remove take no other options"),
        (("fault", "--replace", "1"), "what should happen? Give --status, --refusal, --fault, --then or --delay"),
        (("fault", "--status", "503", "--preview", "--replace", "1"), "--preview sets nothing: leave out --replace"),
        (("fault", "--status", "503", "--request", "{}"), "--request is for --preview"),
        (("fault", "--status", "503", "--replace", "none"), "there is no override 'none'"),
        (("state", "shop", "customer", "--history"), "--history needs SERVICE, RESOURCE and ID"),
        (("state", "shop", "customer", "1", "--limit", "1"), "--limit and --offset are for the items of a SERVICE"),
        (("checkpoint", "--restore"), "--restore needs NAME"),
        (("checkpoint", "a", "--restore", "--remove"), "give one of --restore and --remove"),
        (("deliveries", "--body", "{}"), "--to, --body and --fault are for --send"),
        (("reset", "--all", "--tenant", "a"), "--all resets everything"),
        (("reset", "--tenant", "me"), "the items of shop belong to no tenant; leave out `tenant`"),
        (("state", "shop", "customer", "--add", "[]"), '[] is not of type "object"'),
        (("requests", "--status", "9XX"), '; for example "404" or "4XX"'),
        (("requests", "--namespace", "a b"), '; for example "test-1"'),
        (("snapshot", "nowhere/world.json"), "Error: nowhere/world.json: No such file or directory"),
        (("snapshot", "/"), "Error: /: Is a directory"),
        (("infer", SHOP, "--output", "nowhere/shop.yaml"), "Error: nowhere/shop.yaml: No such file or directory"),
    ],
)
def test_a_mistake_says_what_is_right(url: str, arguments: tuple[str, ...], expected: str) -> None:
    assert expected in mistaken(url, *arguments)


def test_fault_sets_lists_and_removes(url: str) -> None:
    assert "operation createCustomer: status 503, times 2" in printed(
        url, "fault", "createCustomer", "--status", "503", "--times", "2"
    )
    assert [503, 503, 201] == [ask(url, "POST", "/customers", {"name": "A"}).status_code for _ in range(3)]
    assert "(applied 2, over)" in printed(url, "fault")
    printed(url, "fault", "--remove", "all")
    assert "no override is set\n" == printed(url, "fault")


def test_fault_takes_any_answer_and_condition_and_is_switched(url: str) -> None:
    then, when = '[{"status": 503}, {"pass": true}]', '{"headers": {"X-Test": "1"}}'
    line = printed(url, "fault", "listCustomers", "--then", then, "--when", when)
    plain, with_header = (httpx.get(f"{url}/customers", headers=each).status_code for each in ({}, {"X-Test": "1"}))
    printed(url, "fault", "listOrders", "--status", "503", "--header", "Retry-After: 7")
    headers = httpx.get(f"{url}/orders").headers
    id = line.partition(" ")[0]
    off = printed(url, "fault", "--off", id)
    printed(url, "fault", "--on", id)

    assert 'operation listCustomers, headers {"X-Test": "1"}: status 503, then pass  (applied 0)' in line
    assert (200, 503, "7") == (plain, with_header, headers["retry-after"])
    assert "(applied 1, off)" in off
    assert "(applied 1)" in printed(url, "fault", "listCustomers")
    printed(url, "fault", "--remove", "all")


def test_fault_replaces_an_override_and_previews_one(url: str) -> None:
    printed(url, "namespaces")
    id = printed(url, "fault", "createCustomer", "--status", "503").partition(" ")[0]
    replaced = printed(url, "fault", "listCustomers", "--delay", "10ms", "--times", "3", "--replace", id)
    before = printed(url, "fault")
    preview = printed(url, "fault", "createCustomer", "--then", '[{"status": 503}, {"pass": true}]', "--preview")
    list_request = '{"method": "GET", "target": "/customers?limit=1"}'
    other = printed(url, "fault", "createCustomer", "--status", "500", "--preview", "--request", list_request)

    assert f"{id}  operation listCustomers: delay 0.01, times 3  (applied 0)\n" == replaced
    assert ["about createCustomer", "POST /customers  503", "POST /customers  201"] == [
        line for line in preview.splitlines() if not line.startswith(" ")
    ]
    assert "GET /customers?limit=1  200  the override is not about this request" in other
    assert before == printed(url, "fault")
    printed(url, "fault", "--remove", "all")


def test_state_shows_pages_and_the_history_of_an_item(url: str) -> None:
    made = ask(url, "POST", "/customers", {"name": "Ada"}).json()
    printed(url, "state", "shop", "customer", str(made["id"]), "--change", '{"name": "Grace"}')
    listed = json.loads(printed(url, "state", "shop", "customer"))
    changed, created = printed(url, "state", "shop", "customer", str(made["id"]), "--history").splitlines()

    assert listed[1:2] == json.loads(printed(url, "state", "shop", "customer", "--limit", "1", "--offset", "1"))
    assert changed.endswith("changed by hand  name: 'Grace'")
    assert "created by request " in created


def test_a_mistyped_tenant_gets_a_note_with_the_one_that_was_meant(with_tenants: str) -> None:
    ask(
        with_tenants,
        "PUT",
        "/_mock/state/basedash/mcp-server/m1?tenant=org_abc123",
        {"displayName": "Linear", "serverUrl": "https://mcp.example.com"},
    )
    note = "note: nothing is stored for the tenant 'org_abc12'; did you mean 'org_abc123'?\n"
    shown = mockserver(with_tenants, "state", "--tenant", "org_abc12")
    reset = mockserver(with_tenants, "reset", "--tenant", "org_abc12")

    assert (0, "nothing is stored\n", note) == (shown.returncode, shown.stdout, shown.stderr)
    assert (0, note) == (reset.returncode, reset.stderr)
    assert "" == mockserver(with_tenants, "state", "--tenant", "org_abc123").stderr


def test_a_checkpoint_is_kept_restored_and_removed(url: str) -> None:
    httpx.put(f"{url}/_mock/namespaces/kept")
    assert "there is no checkpoint\n" == printed(url, "checkpoint", "--namespace", "kept")
    assert "as before" in printed(url, "checkpoint", "before", "--namespace", "kept")
    assert "did you mean 'before'?" in mistaken(url, "checkpoint", "befor", "--restore", "--namespace", "kept")
    assert "restored before\n" == printed(url, "checkpoint", "before", "--restore", "--namespace", "kept")
    assert printed(url, "checkpoint", "--namespace", "kept").startswith("before ")
    assert "removed before\n" == printed(url, "checkpoint", "before", "--remove", "--namespace", "kept")
    noted = mockserver(url, "state", "--namespace", "kepd")
    printed(url, "namespaces", "--namespace", "kept", "--end")

    assert (0, "note: no namespace 'kepd' is in use; did you mean 'kept'?\n") == (noted.returncode, noted.stderr)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("listOrders", "--fault", "cut", "--fraction", "0.5"), "operation listOrders: fault cut, fraction 0.5"),
        (
            ("--delay", "0.1-0.2", "--probability", "0.5"),
            "every request: delay 0.1-0.2, probability 0.5",
        ),
        (("listOrders", "--fault", "outage", "--seconds", "3"), "fault outage, seconds 3"),
    ],
)
def test_fault_has_every_kind(url: str, arguments: tuple[str, ...], expected: str) -> None:
    assert expected in printed(url, "fault", *arguments)


def test_reset_goes_back_to_the_start(url: str) -> None:
    ask(url, "POST", "/customers", {"name": "Ada"})

    assert "reset shop in the namespace default\n" == printed(url, "reset")
    assert 3 == len(ask(url, "GET", "/customers").json())


def test_a_snapshot_is_written_and_restored(url: str, tmp_path: Path) -> None:
    file = str(tmp_path / "before.json")
    assert f"wrote {file}\n" == printed(url, "snapshot", file)
    ask(url, "POST", "/customers", {"name": "Ada"})

    assert f"restored {file}\n" == printed(url, "snapshot", file, "--restore")
    assert 3 == len(ask(url, "GET", "/customers").json())


def test_the_clock_is_shown_and_set(url: str) -> None:
    assert "2030-01-01T00:00:00+00:00  frozen\n" == printed(url, "clock", "freeze", "2030-01-01T00:00:00Z")
    assert "2030-01-01T02:00:00+00:00  frozen\n" == printed(url, "clock", "advance", "2h")
    assert "2031-01-01T00:00:00+00:00  frozen\n" == printed(url, "clock", "set", "2031-01-01T00:00:00Z")
    assert printed(url, "clock", "resume").startswith("2031-01-01T00:00:0")


def test_namespaces_are_listed_and_ended(url: str) -> None:
    ask(url, "POST", "/customers", {"name": "Ada"}, namespace="mine")

    assert "mine" in printed(url, "namespaces")
    assert "ended mine\n" == printed(url, "namespaces", "--namespace", "mine", "--end")
    assert "no namespace 'mine' is in use" in mistaken(url, "namespaces", "--namespace", "mine", "--end")
    assert "mine" not in printed(url, "namespaces")


def test_a_self_made_certificate_is_accepted_on_purpose_only() -> None:
    with Processes() as processes:
        _, lines = processes.start("serve", SHOP, "--https", "--port", "0", until=READY)
        url = next(found[0] for line in lines if (found := re.search(r"https://127\.0\.0\.1:\d+", line)))

        assert f"the certificate of {url} is not trusted; verify=False (--insecure) accepts it" in refused(url, "clock")
        assert "" == printed(url, "requests", "--insecure")


def test_a_token_is_asked_for_and_taken_from_the_environment(tmp_path: Path) -> None:
    with Processes() as processes:
        _, lines = processes.start("serve", SHOP, "--host", "0.0.0.0", "--port", "0", until=READY)
        token = next(word for line in lines if "Bearer" in line for word in line.split() if len(word) > 25).strip("'\"")
        port = address(lines).rpartition(":")[2]
        url = f"http://127.0.0.1:{port}"

        assert "give it with --token or in MOCKSERVER_TOKEN" in refused(url, "requests")
        assert 0 == mockserver(url, "requests", MOCKSERVER_TOKEN=token).returncode
