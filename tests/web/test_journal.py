"""The journal: what was asked, what was answered, and why."""

from __future__ import annotations

import json
import re
import shlex
import socket
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

import mockserver
from mockserver.web.app import Sandbox
from mockserver.web.serving.connection_faults import ConnectionFault
from tests.client import Client
from tests.process import READY, Processes
from tests.web.conftest import ADMIN, LINEAR

SERVERS = "/api/public/organizations/org_abc123/mcp-servers"
KEY = {"Authorization": f"Bearer {ADMIN}"}
SECRETS = [{"name": "X-Key", "value": "hush-hush"}]


@pytest.fixture
def sandbox() -> Sandbox:
    return mockserver.create_app("basedash", seed=7, journal=5)


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    with Client(sandbox) as client:
        yield client


def entry(client: Client, reply: httpx.Response) -> dict[str, Any]:
    return client.get(f"/_mock/requests/{reply.headers['mock-request']}").json()


def why(client: Client, reply: httpx.Response) -> dict[str, Any]:
    return client.get(f"/_mock/requests/{reply.headers['mock-request']}/why").json()


def test_a_response_leads_to_its_entry(client: Client) -> None:
    reply = client.post(SERVERS + "?x=1", headers=KEY, json={**LINEAR, "headers": SECRETS})
    kept = entry(client, reply)

    assert (1, "default", "basedash", "createMcpServer", "admin", "org_abc123") == tuple(
        kept[name] for name in ("number", "namespace", "service", "operation", "caller", "tenant")
    )
    assert ("POST", SERVERS + "?x=1") == (kept["request"]["method"], kept["request"]["target"])
    assert (201, reply.json()) == (kept["response"]["status"], kept["response"]["body"]["json"])
    assert len(reply.content) == kept["response"]["body"]["bytes"]
    [change] = kept["changes"]
    assert ("created", "mcp-server", None, "Linear") == (
        change["change"], change["resource"], change["before"], change["after"]["displayName"],
    )  # fmt: skip
    assert kept["revision"] == int(reply.headers["mock-revision"])


def test_secrets_are_masked_wherever_they_stand(client: Client) -> None:
    client.post(SERVERS, headers={**KEY, "Cookie": "session=hush"}, json={**LINEAR, "headers": SECRETS})
    client.get(SERVERS + "?access_token=hush", headers={**KEY, "X-Api-Key": "hush"})

    shown = client.get("/_mock/requests").text + client.get("/_mock/har").text

    assert "hush" not in shown
    assert ADMIN not in shown
    assert "********" in shown


def test_the_latest_are_kept_the_newest_first(client: Client) -> None:
    for _ in range(7):
        client.get(SERVERS, headers=KEY)

    assert [7, 6, 5, 4, 3] == [each["number"] for each in client.get("/_mock/requests").json()]
    assert [7] == [each["number"] for each in client.get("/_mock/requests?limit=1").json()]
    assert [7, 6] == [each["number"] for each in client.get("/_mock/requests?since=5").json()]
    gone = client.get("/_mock/requests/2")
    assert (404, True) == (gone.status_code, "there are 3 to 7" in gone.json()["detail"])


def test_requests_are_found_by_what_they_are(client: Client) -> None:
    client.post(SERVERS, headers=KEY, json=LINEAR)
    client.get(SERVERS)
    client.get("/nowhere", headers={"Mock-Namespace": "other"})
    client.get(SERVERS, headers={**KEY, "baggage": "mock-namespace=other"})

    def found(query: str) -> list[int]:
        return [each["number"] for each in client.get("/_mock/requests", params=httpx.QueryParams(query)).json()]

    assert [1] == found("operation=createMcpServer")
    assert [2] == found("status=401")
    assert [3, 2] == found("status=4XX")
    assert [4, 3] == found("namespace=other")
    assert [3] == found("unmatched=true")
    assert [4, 2, 1] == found("service=basedash")
    assert [1] == found("method=post")
    assert 400 == client.get("/_mock/requests?state=4").status_code


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("operation=createMcpServr", "there is no operation 'createMcpServr'; did you mean 'createMcpServer'?"),
        ("service=basdash", "there is no service 'basdash'; did you mean 'basedash'?"),
        ("service=x", "there is no service 'x'; there are: basedash"),
    ],
)
def test_a_name_that_there_is_not_is_refused_with_the_one_that_was_meant(client: Client, query: str, says: str) -> None:
    reply = client.get(f"/_mock/requests?{query}")

    name = query.partition("=")[0]
    assert (409, f"query {name}: {says}") == (reply.status_code, reply.json()["detail"])
    assert [("query", name)] == [(each["in"], each["field"]) for each in reply.json()["errors"]]
    assert [] == client.get("/_mock/requests?operation=deleteMcpServer&service=basedash").json()


def test_a_request_that_no_operation_took_names_the_nearest(client: Client) -> None:
    client.get(SERVERS.replace("organizations", "organisations"), headers=KEY)
    [kept] = client.get("/_mock/requests?unmatched=true").json()

    assert "GET /api/public/organizations/{orgId}/mcp-servers" == kept["nearest"]
    assert [{"step": "route", "passed": False}] == kept["steps"]


@pytest.mark.parametrize(
    ("method", "path", "options", "step", "kind", "says"),
    [
        ("GET", SERVERS, {}, "authentication", "document", "credential is required"),
        ("POST", SERVERS, {"headers": KEY, "json": {"displayName": 5}}, "body", "document", "requestBody"),
        ("GET", SERVERS + "?limit=x", {"headers": KEY}, "parameters", "document", "#/components/parameters/limit"),
        ("GET", SERVERS, {"headers": {**KEY, "Prefer": "code=599"}}, "handler", "document", "the code '599' is not"),
        ("GET", SERVERS + "/nobody", {"headers": KEY}, "handler", None, "has 1 of the resource mcp-server"),
    ],
)  # fmt: skip
def test_the_explanation_names_the_step_and_the_statement_and_its_curl_line_works(
    sandbox: Sandbox,
    client: Client,
    method: str,
    path: str,
    options: dict[str, Any],
    step: str,
    kind: str | None,
    says: str,
) -> None:
    client.post(SERVERS, headers=KEY, json=LINEAR)
    refused = client.request(method, path, **options)
    told = why(client, refused)

    assert {"step": step, "passed": False} == told["steps"][-1]
    assert all(each["passed"] for each in told["steps"][:-1])
    assert kind == (told["statement"] or {}).get("kind")
    assert says in " ".join(told["sentences"])
    assert 400 <= refused.status_code
    assert 400 > sent(client, told["curl"]).status_code


def test_the_explanation_lists_all_that_is_wrong_and_the_statement_is_about_the_first(client: Client) -> None:
    told = why(client, client.post(SERVERS, headers=KEY, json={}))
    kept = client.get("/_mock/requests/1").json()
    missing = [fault["expected"] for fault in kept["refusal"]["faults"]]

    assert 2 <= len(missing)
    assert {"required": missing[0]} == told["statement"]["says"]
    assert all(f'"{name}" is a required property' in " ".join(told["sentences"]) for name in missing)


def sent(client: Client, curl: str) -> httpx.Response:
    """What a curl line gets."""
    words = shlex.split(curl)
    address = next(word for word in words if word.startswith("http"))
    named = [tuple(words[at + 1].split(": ", 1)) for at, word in enumerate(words) if word == "-H"]
    body = next((words[at + 1] for at, word in enumerate(words) if word == "-d"), None)
    method = next((words[at + 1] for at, word in enumerate(words) if word == "-X"), "GET")
    return client.request(method, address, headers=dict(named), content=body)


def test_the_explanation_shows_a_statement_with_evidence_source_and_place() -> None:
    with Client(mockserver.create_app("basedash", seed=7, journal=5)) as client:
        reply = client.post(SERVERS, headers=KEY, json=LINEAR)
        statement = why(client, reply)["statement"]

    assert ("action", "documented", "S000") == (statement["kind"], statement["evidence"], statement["source"])
    assert re.fullmatch(r"behaviour\.yaml, line \d+", statement["where"])
    assert "create" == statement["says"]["does"]


def test_the_explanation_names_what_is_only_inferred() -> None:
    with Client(mockserver.create_app("docs/shop.yaml", seed=7, journal=50)) as client:
        for method, path in shop_operations(client):
            if method == "get" and "{" not in path:
                reply = client.get(path)
                statement = why(client, reply)["statement"]
                assert ("inferred", "inferred from shop.yaml") == (statement["evidence"], statement["where"])
                return
    raise AssertionError("the shop has no list")


def shop_operations(client: Client) -> list[tuple[str, str]]:
    document = client.get("/openapi.json").json()
    base = httpx.URL(document["servers"][0]["url"]).path.rstrip("/")
    return [(method, base + path) for path, item in document["paths"].items() for method in item]


def test_a_limit_is_named_with_its_statement() -> None:
    with Client(mockserver.create_app("datagrid", seed=7, journal=500)) as client:
        document = client.get("/openapi.json").json()
        base = httpx.URL(document["servers"][0]["url"]).path
        headers = {"Authorization": "Bearer dg_live_safe"}
        body = {"name": "x", "base_url": "https://mcp.example.com/mcp"}
        replies = [client.post(f"{base}/organization/mcp-servers", headers=headers, json=body) for _ in range(120)]
        refused = next(reply for reply in replies if reply.status_code >= 400)
        told = why(client, refused)

    assert told["statement"]["kind"] in ("capacity", "rate-limit")
    assert "limit" in told["statement"]["says"] or "requests" in told["statement"]["says"]


def test_the_journal_of_one_namespace_is_forgotten(client: Client) -> None:
    client.get(SERVERS, headers={**KEY, "Mock-Namespace": "one"})
    client.get(SERVERS, headers=KEY)

    assert 204 == client.delete("/_mock/requests?namespace=one").status_code
    assert ["default"] == [each["namespace"] for each in client.get("/_mock/requests").json()]
    client.delete("/_mock/requests")
    assert [] == client.get("/_mock/requests").json()


def test_long_bodies_are_cut_with_their_length(client: Client) -> None:
    reply = client.post(SERVERS, headers=KEY, json={**LINEAR, "displayName": "x" * 100_000})
    body = entry(client, reply)["request"]["body"]

    assert body["is_cut"]
    assert 100_000 < body["bytes"]
    assert 20_000 > len(body["text"])


def test_the_archive_has_what_browsers_import(client: Client) -> None:
    client.post(SERVERS + "?a=1", headers=KEY, json=LINEAR)
    log = client.get("/_mock/har").json()["log"]
    [kept] = log["entries"]

    assert ("1.2", "mockserver") == (log["version"], log["creator"]["name"])
    assert (f"http://sandbox{SERVERS}?a=1", [{"name": "a", "value": "1"}]) == (
        kept["request"]["url"], kept["request"]["queryString"],
    )  # fmt: skip
    assert LINEAR == json.loads(kept["request"]["postData"]["text"])
    assert (201, "Created") == (kept["response"]["status"], kept["response"]["statusText"])


def test_events_begin_after_the_last_one_that_was_seen(client: Client) -> None:
    for _ in range(3):
        client.get(SERVERS, headers=KEY)
    stream = client.get("/_mock/events?for=0", headers={"Last-Event-ID": "1"})

    assert "text/event-stream" in stream.headers["content-type"]
    assert ["2", "3"] == re.findall(r"^id: (\d+)$", stream.text, re.MULTILINE)
    assert [2, 3] == [json.loads(line)["number"] for line in re.findall(r"^data: (.*)$", stream.text, re.MULTILINE)]


@pytest.mark.parametrize(("seen", "expected"), [(0, ["1", "2"]), (2, []), (999, ["1", "2"])])
def test_events_begin_anew_for_who_saw_a_sandbox_before_a_restart(
    client: Client, seen: int, expected: list[str]
) -> None:
    for _ in range(2):
        client.get(SERVERS, headers=KEY)
    stream = client.get("/_mock/events?for=0", headers={"Last-Event-ID": str(seen)})

    assert expected == re.findall(r"^id: (\d+)$", stream.text, re.MULTILINE)


def test_without_a_journal_responses_have_no_numbers() -> None:
    with Client(mockserver.create_app("basedash", seed=7)) as client:
        reply = client.get(SERVERS, headers=KEY)

        assert "mock-request" not in reply.headers
        assert 409 == client.get("/_mock/requests").status_code
        assert "--journal" in client.get("/_mock/requests").json()["detail"]
        assert 404 == client.get("/_mock/requests/1").status_code


def test_quiet_headers_leave_the_numbers_out_and_keep_the_journal() -> None:
    with Client(mockserver.create_app("basedash", seed=7, journal=5, quiet_headers=True)) as client:
        reply = client.get(SERVERS, headers=KEY)

        assert "mock-request" not in reply.headers
        assert [1] == [each["number"] for each in client.get("/_mock/requests").json()]


def test_requests_to_the_admin_api_are_not_kept(client: Client) -> None:
    client.get("/_mock/health")
    client.get("/_mock/ns/one/_mock/health")

    assert [] == client.get("/_mock/requests").json()


def test_a_served_sandbox_keeps_every_way_a_request_comes_and_is_followed() -> None:
    with Processes() as processes:
        _, lines = processes.start("serve", "basedash", "--port", "0", "--seed", "7", until=READY)
        address = next(found[0] for line in lines if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))
        with (
            httpx.Client(base_url=address) as client,
            httpx.stream("GET", f"{address}/_mock/events", timeout=30) as live,
        ):
            events = live.iter_lines()
            next(events)  # the stream is open
            for path in (SERVERS, SERVERS, "/nowhere"):  # by the layers, by the fast path, by none
                client.get(path, headers=KEY)
            client.get(SERVERS, headers={**KEY, "Origin": "http://localhost:3000"})
            numbers: list[int] = []
            for line in events:
                if line.startswith("data: "):
                    numbers.append(json.loads(line[6:])["number"])
                if len(numbers) == 4:
                    break
            curl = client.get("/_mock/requests/3/why").json()["curl"]
        status = subprocess.run(
            [*shlex.split(curl), "-s", "-o", "/dev/null", "-w", "%{http_code}"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    assert [1, 2, 3, 4] == numbers
    assert "200" == status


def test_a_request_is_kept_alike_however_its_bytes_arrive() -> None:
    body = b'{"name":"Linear","description":"two\\r\\n\\r\\nlines","transport":"http"}'
    head = f"POST {SERVERS}?a=%31&b HTTP/1.1\r\nHost: h\r\nX-Note:  spaced \r\nConnection: keep-alive\r\n"
    head += f"Authorization: {KEY['Authorization']}\r\nContent-Type: application/json\r\n"
    whole = head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body
    chunks = head.encode() + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    absolute = whole.replace(b"POST /", b"POST http://h/", 1)
    spaced = b"\r\n" + whole.replace(b"POST /", b"POST  /", 1)
    ways = (
        [whole],
        [whole[:40], whole[40:]],
        [whole[:-9], whole[-9:]],
        [whole + whole],
        [chunks],
        [absolute],
        [spaced],
    )
    with Processes() as processes:
        _, lines = processes.start("serve", "basedash", "--port", "0", "--seed", "7", until=READY)
        port = next(int(found[1]) for line in lines if (found := re.search(r"http://127\.0\.0\.1:(\d+)", line)))
        for pieces in (ways[0], *ways):  # the first request of a path takes another way
            send_pieces(port, pieces, 2 if pieces == [whole + whole] else 1)
        kept = httpx.get(f"http://127.0.0.1:{port}/_mock/requests").json()
    requests = [
        each["request"] | {"headers": [f for f in each["request"]["headers"] if f[0] not in FRAMING]} for each in kept
    ]

    assert [requests[-1]] * 9 == requests
    assert f"{SERVERS}?a=%31&b" == requests[0]["target"]
    assert ["x-note", "spaced"] in requests[0]["headers"]
    assert "two\r\n\r\nlines" == requests[0]["body"]["json"]["description"]


def test_a_request_below_the_path_of_a_namespace_is_kept_without_it() -> None:
    with Processes() as processes:
        _, lines = processes.start("serve", "basedash", "--port", "0", "--seed", "7", until=READY)
        base = next(found[0] for line in lines if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))
        for path in (SERVERS, SERVERS, "/nowhere", "/"):
            httpx.get(f"{base}/_mock/ns/one{path}", headers=KEY)
        kept = httpx.get(f"{base}/_mock/requests").json()

    assert [("one", "/"), ("one", "/nowhere"), ("one", SERVERS), ("one", SERVERS)] == [
        (each["namespace"], each["request"]["target"]) for each in kept
    ]


FRAMING = ("content-length", "transfer-encoding")


def send_pieces(port: int, pieces: list[bytes], responses: int) -> None:
    """Send pieces one after the other on a connection of its own, and wait for so many responses."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(0.05)
        received = b""
        while received.count(b"HTTP/1.1 ") < responses or not received.endswith(b"}"):
            received += connection.recv(65_536)


@pytest.mark.parametrize(
    ("path", "headers", "preference"),
    [
        (SERVERS, {"Prefer": "code=200"}, "code=200"),
        (SERVERS, {"Prefer": "code=401"}, "code=401"),
        (f"{SERVERS}?__dynamic=true", {}, "dynamic=true"),
        (SERVERS, {"Prefer": "validate=false"}, None),
    ],
)
def test_a_response_that_the_request_chose_is_explained_by_that(
    client: Client, path: str, headers: dict[str, str], preference: str | None
) -> None:
    told = why(client, client.get(path, headers=KEY | headers))

    asked = f"The request asked for this response, by the preference {preference}; stored items do not matter."
    assert (preference is not None) == (asked in told["sentences"])
    assert (preference is not None) == (told["statement"] is None)


def test_an_override_is_told_in_place_of_a_statement(client: Client) -> None:
    client.post("/_mock/overrides", json={"when": {"operation": "listMcpServers"}, "then": {"status": 429}})
    reply = client.get(SERVERS, headers=KEY)
    told = why(client, reply)

    assert (429, None) == (reply.status_code, told["statement"])
    assert [
        {"step": "route", "passed": True},
        {"step": "override", "name": "override 1: status 429", "passed": True},
    ] == told["steps"]
    assert "Override 1: status 429." in told["sentences"]


def test_a_fault_is_a_step_before_those_of_the_mock_and_a_rule_one_after_the_handler(client: Client) -> None:
    then = {"patch": {"data": {"displayName": "Changed"}}}
    client.post("/_mock/overrides", json={"when": {"operation": "createMcpServer"}, "then": then})
    reply = client.post(SERVERS, headers=KEY, json=LINEAR)
    steps = why(client, reply)["steps"]

    assert 201 == reply.status_code
    assert ("override", "override 1: patch") == (steps[1]["step"], steps[1]["name"])
    assert ["route", "override", "namespace"] == [each["step"] for each in steps[:3]]
    ran = [each["step"] for each in steps]
    assert ["handler", *["rule"] * ran.count("rule"), "response"] == ran[ran.index("handler") :]
    assert "rule" in ran
    assert all(each["name"] for each in steps if each["step"] == "rule")


def test_requests_that_are_sent_again_have_entries_of_their_own(client: Client) -> None:
    replies = [client.get(SERVERS, headers=KEY) for _ in range(3)]
    client.post(SERVERS, headers=KEY, json=LINEAR)
    replies.append(client.get(SERVERS, headers=KEY))

    for reply in replies:
        kept = entry(client, reply)["response"]
        assert [[name, value] for name, value in reply.headers.items()] == kept["headers"]
        assert reply.json() == kept["body"]["json"]


def test_a_quiet_journal_keeps_what_was_sent() -> None:
    with Client(mockserver.create_app("basedash", seed=7, journal=5, quiet_headers=True)) as client:
        reply = client.get(SERVERS, headers=KEY)
        [kept] = client.get("/_mock/requests").json()

    assert [[name, value] for name, value in reply.headers.items()] == kept["response"]["headers"]


def test_a_connection_that_a_fault_breaks_has_an_entry_of_its_operation(client: Client) -> None:
    override = {"when": {"operation": "listMcpServers"}, "then": {"fault": {"kind": "reset"}}, "invalid": True}
    client.post("/_mock/overrides", json=override)
    with pytest.raises(ConnectionFault):
        client.get(SERVERS, headers=KEY)
    [kept] = client.get("/_mock/requests").json()

    assert ("listMcpServers", None) == (kept["operation"], kept["response"])
    assert ["route", "override"] == [each["step"] for each in kept["steps"]]


def test_the_same_request_decided_in_another_way_has_an_entry_that_says_so() -> None:
    override = {"when": {"operation": "listMcpServers"}, "then": {"delay": "1ms"}, "times": 1}
    with Processes() as processes:
        _, lines = processes.start("serve", "basedash", "--port", "0", "--seed", "7", until=READY)
        address = next(found[0] for line in lines if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))
        with httpx.Client(base_url=address, headers=KEY) as client:
            client.get(SERVERS)  # the first request of a path takes another way
            client.get(SERVERS)
            client.post("/_mock/overrides", json=override)
            replies = [client.get(SERVERS) for _ in range(3)]
            kept = [client.get(f"/_mock/requests/{reply.headers['mock-request']}").json() for reply in replies]

    assert 1 == len({reply.content for reply in replies})
    assert [True, False, False] == ["override" in {step["step"] for step in each["steps"]} for each in kept]
    assert [1, 0, 0] == [len(each["notes"]) for each in kept]


def test_a_request_that_is_refused_again_says_each_time_why() -> None:
    with Processes() as processes:
        _, lines = processes.start("serve", "basedash", "--port", "0", "--seed", "7", until=READY)
        address = next(found[0] for line in lines if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))
        with httpx.Client(base_url=address, headers=KEY) as client:
            replies = [client.post(SERVERS, json={"displayName": 7}) for _ in range(3)]
            entries = [client.get(f"/_mock/requests/{reply.headers['mock-request']}").json() for reply in replies]
            told = [client.get(f"/_mock/requests/{reply.headers['mock-request']}/why").json() for reply in replies]

    assert [400] * 3 == [reply.status_code for reply in replies]
    [(refusal, steps)] = {(json.dumps(each["refusal"]), json.dumps(each["steps"])) for each in entries}
    assert "displayName" in refusal
    assert ["body", False] == [json.loads(steps)[-1][name] for name in ("step", "passed")]
    assert 1 == len({json.dumps(each["sentences"]) for each in told})


def test_a_long_response_that_is_sent_again_is_kept_once(sandbox: Sandbox, client: Client) -> None:
    for _ in range(30):
        client.post(SERVERS, headers=KEY, json={**LINEAR, "serverUrl": f"https://example.com/{'x' * 900}"})
    replies = [client.get(SERVERS, headers=KEY) for _ in range(3)]
    kept = [entry(client, reply)["response"]["body"] for reply in replies]

    assert [(True, len(reply.content)) for reply in replies] == [(each["is_cut"], each["bytes"]) for each in kept]
    assert sandbox.control.journal is not None
    assert 1 == len({id(each.trace) for each in list(sandbox.control.journal.latest())[:3]})
