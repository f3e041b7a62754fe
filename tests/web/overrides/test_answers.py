"""What overrides answer, and what is refused when they are set."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.web.conftest import LINEAR, SERVERS
from tests.web.document import document, served
from tests.web.overrides.server import PETS

LIST, CREATE, GET = {"operation": "listPets"}, {"operation": "createPet"}, {"operation": "getPet"}
REX = {"name": "Rex"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with Client(served(tmp_path, document(PETS))) as client:
        yield client


def put(client: Client, when: dict[str, Any], then: Any, **rest: Any) -> dict[str, Any]:
    """Set an override."""
    reply = client.post("/_mock/overrides", json={"when": when, "then": then, **rest})
    assert 201 == reply.status_code, reply.text
    found: dict[str, Any] = reply.json()
    return found


def test_a_status_with_a_body_and_headers_is_answered_as_given(client: Client) -> None:
    body = {"message": "closed for lunch"}
    put(client, LIST, {"status": 503, "body": body, "headers": {"X-Reason": "lunch"}})

    reply = client.get("/pets")

    assert (503, body, "lunch") == (reply.status_code, reply.json(), reply.headers["x-reason"])
    assert "application/json" == reply.headers["content-type"]


def test_a_status_without_a_body_has_the_documented_form(client: Client) -> None:
    put(client, CREATE, {"status": 409})

    reply = client.post("/pets", json=REX)

    assert (409, ["message"]) == (reply.status_code, list(reply.json()))
    assert [] == client.get("/pets").json()


def test_an_example_is_answered_by_its_name(client: Client) -> None:
    put(client, LIST, {"example": "one"})

    assert [{"id": "1", "name": "Rex"}] == client.get("/pets").json()


def test_a_patch_changes_what_the_mock_answers(client: Client) -> None:
    put(client, CREATE, {"patch": {"name": "Ada", "age": None}, "headers": {"X-Patched": "yes"}})

    reply = client.post("/pets", json={"name": "Rex", "age": 3})

    assert (201, "Ada", "yes") == (reply.status_code, reply.json()["name"], reply.headers["x-patched"])
    assert "age" not in reply.json()
    assert len(reply.content) == int(reply.headers["content-length"])
    assert ["Rex"] == [pet["name"] for pet in client.get("/pets").json()]


@pytest.mark.parametrize(("invalid", "expected"), [(False, None), (True, 3)])
def test_a_patch_whose_result_breaks_the_document_is_sent_only_on_purpose(
    client: Client, invalid: bool, expected: int | None
) -> None:
    put(client, CREATE, {"patch": {"chip": 3}}, invalid=invalid)

    assert expected == client.post("/pets", json=REX).json().get("chip")


@pytest.mark.parametrize("invalid", [False, True])
def test_a_patch_that_can_never_be_sent_is_refused_unless_it_is_meant(client: Client, invalid: bool) -> None:
    wanted = {"when": CREATE, "then": {"patch": {"name": 7}}, "invalid": invalid}

    assert (201 if invalid else 409) == client.post("/_mock/overrides", json=wanted).status_code
    assert (7 if invalid else "Rex") == client.post("/pets", json=REX).json()["name"]


def test_headers_alone_are_added_to_what_the_mock_answers(client: Client) -> None:
    put(client, LIST, {"headers": {"X-Cache": "hit"}})

    reply = client.get("/pets")

    assert (200, [], "hit") == (reply.status_code, reply.json(), reply.headers["x-cache"])


def test_a_refusal_has_the_words_of_the_service_and_says_when_to_try_again(client: Client) -> None:
    put(client, CREATE, {"refusal": "too-many"})

    reply = client.post("/pets", json=REX)

    assert (429, "1", ["message"]) == (reply.status_code, reply.headers["retry-after"], list(reply.json()))


@pytest.mark.parametrize("status", [409, 418])
def test_a_forced_error_says_that_an_override_asked_for_it(client: Client, status: int) -> None:
    put(client, CREATE, {"status": status}, invalid=True)

    reply = client.post("/pets", json=REX)

    assert status == reply.status_code
    assert "Asked for by an override" in reply.json().values()


def test_a_refusal_of_a_vendor_is_what_the_vendor_sends(admin: Client) -> None:
    put(admin, {"operation": "createMcpServer"}, {"refusal": "too-many"}, times=1)

    forced = admin.post(SERVERS, json=LINEAR)
    while (real := admin.post(SERVERS, json={})).status_code != 429:
        pass

    assert 429 == forced.status_code
    assert real.json().keys() == forced.json().keys()
    assert real.headers["content-type"] == forced.headers["content-type"]
    assert forced.json()["error"]["retryAfterMs"] == 1000 * int(forced.headers["retry-after"])


LIMIT = {"limit": "X-Limit", "remaining": "X-Remaining", "reset": "X-Reset", "retry-after": "Retry-After"}


def test_a_refusal_has_the_rate_headers_of_the_service(tmp_path: Path) -> None:
    limit = {"evidence": "assumed", "requests": 9, "window": 40, "headers": LIMIT}
    with Client(served(tmp_path, document(PETS, **{"x-service": {"rate-limit": limit}}))) as client:
        client.post("/_mock/clock", json={"set": "2030-01-01T00:00:00Z", "freeze": True})
        put(client, CREATE, {"refusal": "too-many"}, times=1)
        put(client, LIST, {"fault": {"kind": "rate-limit", "requests": 1}})

        forced, allowed, above = client.post("/pets", json=REX), client.get("/pets"), client.get("/pets")

    assert [429, 200, 429] == [reply.status_code for reply in (forced, allowed, above)]
    assert ("9", "0", "40") == tuple(forced.headers[name] for name in ("x-limit", "x-remaining", "retry-after"))
    assert ("1", "0") == tuple(allowed.headers[name] for name in ("x-limit", "x-remaining"))
    assert ("1", "0", "40") == tuple(above.headers[name] for name in ("x-limit", "x-remaining", "retry-after"))
    assert forced.headers["x-reset"] == above.headers["x-reset"]


def test_a_sequence_answers_in_turn_and_its_last_answer_stays(client: Client) -> None:
    put(client, CREATE, [{"refusal": "too-many"}, {"refusal": "too-many"}, {"pass": True}])

    assert [429, 429, 201, 201] == [client.post("/pets", json=REX).status_code for _ in range(4)]


def test_an_override_applies_a_number_of_times_after_others_have_passed(client: Client) -> None:
    added = put(client, LIST, {"status": 503}, times=2, after=1)

    assert [200, 503, 503, 200] == [client.get("/pets").status_code for _ in range(4)]
    shown = client.get(f"/_mock/overrides/{added['id']}").json()
    assert (2, False) == (shown["applied"], shown["is_active"])


def test_an_override_with_a_probability_applies_to_the_same_requests_with_the_same_seed(tmp_path: Path) -> None:
    runs = []
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        with Client(served(folder, document(PETS), seed=5)) as client:
            put(client, LIST, {"status": 503}, probability=0.5)
            runs.append([client.get("/pets").status_code for _ in range(20)])

    assert runs[0] == runs[1]
    assert {200, 503} == set(runs[0])


def test_a_seeded_probability_does_not_depend_on_other_namespaces(tmp_path: Path) -> None:
    with Client(served(tmp_path, document(PETS), seed=5)) as client:
        runs = []
        for name in ("one", "two", "one"):
            own = {"Mock-Namespace": name}
            wanted = {"when": LIST, "then": {"status": 503}, "probability": 0.5}
            added = client.post("/_mock/overrides", json=wanted, headers=own)
            assert 201 == added.status_code
            runs.append([client.get("/pets", headers=own).status_code for _ in range(20)])
            client.delete(f"/_mock/namespaces/{name}")

    assert runs[0] == runs[1] == runs[2]


def test_an_override_ends_when_it_expires(client: Client) -> None:
    put(client, LIST, {"status": 503}, expires=0.05)

    statuses = [client.get("/pets").status_code]
    while statuses[-1] == 503:
        statuses.append(client.get("/pets").status_code)

    assert (503, 200) == (statuses[0], statuses[-1])
    assert not client.get("/_mock/overrides").json()[0]["is_active"]


def test_the_latest_override_that_applies_is_the_one_that_answers(client: Client) -> None:
    put(client, LIST, {"status": 503})
    put(client, {}, {"status": 599}, invalid=True)
    put(client, LIST, {"example": "one"}, times=1)

    assert [200, 599] == [client.get("/pets").status_code for _ in range(2)]
    assert 599 == client.get("/nothing").status_code
    assert ["3", "2", "1"] == [each["id"] for each in client.get("/_mock/overrides").json()]


@pytest.mark.parametrize("delay", [0.01, {"uniform": [0.01, 0.02]}, {"lognormal": {"median": 0.01, "sigma": 0.1}}])
def test_a_delay_alone_leaves_the_response_as_it_is(client: Client, delay: Any) -> None:
    added = put(client, LIST, {"delay": delay})

    assert (200, []) == ((reply := client.get("/pets")).status_code, reply.json())
    assert 1 == client.get(f"/_mock/overrides/{added['id']}").json()["applied"]


def test_overrides_belong_to_one_namespace_and_end_with_it(client: Client) -> None:
    one = {"headers": {"Mock-Namespace": "one"}}
    client.post("/_mock/overrides?namespace=one", json={"when": LIST, "then": {"status": 503}})

    assert [503, 200] == [client.get("/pets", **one).status_code, client.get("/pets").status_code]
    assert ([], 1) == (client.get("/_mock/overrides").json(), len(client.get("/_mock/overrides", **one).json()))

    client.delete("/_mock/namespaces/one")
    assert 200 == client.get("/pets", **one).status_code


def test_an_override_is_replaced_and_counts_from_the_beginning(client: Client) -> None:
    id = put(client, LIST, {"status": 503})["id"]
    client.get("/pets")

    replaced = client.put(f"/_mock/overrides/{id}", json={"when": CREATE, "then": {"status": 409}})

    assert (200, 0, id) == (replaced.status_code, replaced.json()["applied"], replaced.json()["id"])
    assert [200, 409] == [client.get("/pets").status_code, client.post("/pets", json=REX).status_code]
    assert 204 == client.delete(f"/_mock/overrides/{id}").status_code
    assert 201 == client.post("/pets", json=REX).status_code
    assert [404, 404, 404] == [
        client.request(method, f"/_mock/overrides/{id}", **options).status_code
        for method, options in (("GET", {}), ("DELETE", {}), ("PUT", {"json": {"then": {"pass": True}}}))
    ]


def test_a_new_override_says_where_it_is(client: Client) -> None:
    reply = client.post("/_mock/overrides", json={"then": {"pass": True}, "note": "nothing yet"})

    assert "/_mock/overrides/1" == reply.headers["location"]
    assert reply.json() == client.get(reply.headers["location"]).json()


def test_pages_of_other_origins_see_overridden_responses(client: Client) -> None:
    put(client, LIST, {"status": 503})

    assert (
        "http://app.example"
        == (client.get("/pets", headers={"Origin": "http://app.example"}).headers["access-control-allow-origin"])
    )


@pytest.mark.parametrize(
    ("when", "then", "field", "says"),
    [
        (LIST, {"status": 418}, "then.status", "documents no response 418; there are: 200, 503"),
        (LIST, {"status": 200, "body": [{"id": 1, "name": "Rex"}]}, "then.body.0.id", "at /0/id the body breaks"),
        (LIST, {"status": 200, "body": [], "media_type": "text/csv"}, "then", "application/json"),
        (LIST, {"body": []}, "then.body", "body needs a status beside it"),
        (LIST, {"status": 200, "media_type": "text/csv"}, "then.media_type", "media_type needs a body beside it"),
        ({"operation": "deletePet"}, {"status": 204, "body": {}}, "then", "no body"),
        (CREATE, {"patch": {"age": -1}}, "then.patch.age", "-1 is less than the minimum of 0"),
        (CREATE, {"patch": {"name": None}}, "then.patch.name", "null takes name away, which is required"),
        (LIST, {"patch": {"0": {"name": "Ada"}}}, "then.patch", "a merge patch (RFC 7396) replaces as a whole"),
        ({}, [{"pass": True}, {"patch": {"message": 7}}], "then.1.patch.message", '7 is not of type "string"'),
        (LIST, {"example": "on"}, "then.example", "did you mean 'one'?"),
        (GET, {"example": "one"}, "then.example", "there are: none"),
        (LIST, {"refusal": "too-many"}, "then.refusal", "listPets documents no refusal 'too-many'"),
        (CREATE, {"refusal": "too-much"}, "then.refusal", "did you mean 'too-many'?"),
        (LIST, {"status": 503, "refusal": "conflict"}, "then", "choose one of status and refusal"),
        (LIST, {"fault": {"kind": "reset"}, "headers": {"X-A": "1"}}, "then.headers", "cannot be combined with fault"),
        (LIST, {"status": 503, "headers": {"Content-Length": "1"}}, "then.headers.Content-Length", "follows from"),
        (LIST, {"headers": {"X-A": "1\r\nX-B: 2"}}, "then.headers.X-A", "printable ASCII"),
        (LIST, {"headers": {"X-A: 1\r\nX-B": "2"}}, "then.headers.X-A: 1\r\nX-B", "no name of a header field"),
        (LIST, {"headers": {"X-\u2028": "2"}}, "then.headers.X-\u2028", "no name of a header field"),
        (LIST, {"fault": {"kind": "cut", "seconds": 1}}, "then.fault.seconds", "not for cut"),
        (LIST, {"fault": {"kind": "capacity", "limit": 1}}, "then.fault", "create stored items, not for listPets"),
        (CREATE, {"fault": {"kind": "capacity"}}, "then.fault", "capacity needs the field limit"),
        (CREATE, {"fault": {"kind": "rate-limit"}}, "then.fault", "rate-limit needs the field requests"),
        (CREATE, {"fault": {"kind": "stale-read"}}, "then.fault", "not for createPet"),
        (LIST, {"delay": {"uniform": [2, 1]}}, "then.delay.uniform", "ends before it begins"),
        (LIST, {"forward": "http://example.com"}, "then.forward", "--forward-allow does not list example.com:80"),
        (LIST, {"forward": "ftp://example.com"}, "then.forward", "is no base URL"),
        (LIST, [{"pass": True}, {"status": 418}], "then.1.status", "documents no response 418"),
        ({}, {"example": "one"}, "then.example", "createPet documents no example 'one'"),
        ({}, {"status": 418, "body": {"message": "x"}}, "then.status", "createPet documents no response 418"),
        ({"service": "tset"}, {"status": 503}, "when.service", "there is no service 'tset'; did you mean 'test'?"),
    ],
)
def test_what_the_document_does_not_allow_is_refused_with_the_field(
    client: Client, when: dict[str, Any], then: Any, field: str, says: str
) -> None:
    reply = client.post("/_mock/overrides", json={"when": when, "then": then})

    assert 409 == reply.status_code, reply.text
    assert field in [error["field"] for error in reply.json()["errors"]], reply.text
    assert says in reply.text.replace('\\"', '"')


@pytest.mark.parametrize(
    ("wanted", "field", "says"),
    [
        ({"then": {"fault": {"kind": "lost"}}}, "then.fault.kind", '"lost" is not one of "lost-reply", '),
        ({"then": [{"pass": True}, {"fault": {"kind": "lost"}}]}, "then.1.fault.kind", '"lost" is not one of "lost-'),
        ({"then": {"fault": "lost"}}, "then.fault", '"lost" is not one of "lost-reply", '),
        ({"then": {"fault": "lost_reply"}}, "then.fault", 'did you mean "lost-reply"?'),
        ({"then": {"fault": {"kind": "rate-limits"}}}, "then.fault.kind", 'did you mean "rate-limit"?'),
        ({"then": {"fault": 7}}, "then.fault", '7 is not of type "string" or "object"'),
        ({"then": "503"}, "then", '"503" is not of type "object" or "array"'),
        ({"then": {"delay": True}}, "then.delay", 'true is not of type "number" or "string" or "object"'),
        ({"then": {"delay": "soon"}}, "then.delay", "(ms|s|m|h|d)?"),
        ({"then": {"delay": {"lognormal": {"median": 1}}}}, "then.delay.lognormal.sigma", "is a required property"),
        ({"then": {"delay": {"unifrm": [1, 2]}}}, "then.delay.unifrm", "did you mean 'uniform'?"),
        ({"then": {"fault": {"kind": "outage", "second": 1}}}, "then.fault.second", "did you mean 'seconds'?"),
        ({"when": {"operationId": "listPets"}, "then": {}}, "when.operationId", "did you mean 'operation'?"),
        ({"then": {"pass": True}, "time": 2}, "time", "did you mean 'times'?"),
        ({"then": {"pass": True}, "colour": 2}, "colour", "colour is not a known property"),
    ],
)
def test_a_mistake_in_the_form_says_what_would_be_right(
    client: Client, wanted: dict[str, Any], field: str, says: str
) -> None:
    reply = client.post("/_mock/overrides", json=wanted)

    assert 400 == reply.status_code
    assert says in {error["field"]: error["detail"] for error in reply.json()["errors"]}[field]


@pytest.mark.parametrize("then", [{"status": 599}, {"status": 500, "body": {"any": 1}}, {"refusal": "bad-gateway"}])
def test_any_server_can_break_down_whatever_its_document_says(client: Client, then: dict[str, Any]) -> None:
    made = client.post("/_mock/overrides", json={"when": LIST, "then": then})
    seen = client.get("/pets")

    assert (201, then.get("status", 502)) == (made.status_code, seen.status_code)


def test_a_documented_breakdown_has_a_body_as_documented(client: Client) -> None:
    refused = client.post("/_mock/overrides", json={"when": LIST, "then": {"status": 503, "body": {"message": 7}}})

    assert "at /message the body breaks the document of listPets" in refused.json()["detail"]


@pytest.mark.parametrize(
    "wanted",
    [
        {"then": {"delay": {"uniform": ["100ms", "1.5s"]}}},
        {"then": [{"delay": {"lognormal": {"median": "1s", "sigma": 1}}}]},
        {"then": {"fault": "lost-reply"}},
        {"then": {"pass": True}, "expires": "1h"},
    ],
)
def test_short_forms_are_shown_as_they_were_set(client: Client, wanted: dict[str, Any]) -> None:
    added = client.post("/_mock/overrides", json=wanted).json()
    replaced = client.put(f"/_mock/overrides/{added['id']}", json=wanted).json()

    assert (wanted, wanted) == tuple({name: each[name] for name in wanted} for each in (added, replaced))


def test_durations_with_a_unit_are_kept(client: Client) -> None:
    before, now = time.time(), client.get("/_mock/clock").json()["now"]
    ends = put(client, LIST, {"pass": True}, expires="2h")["ends_at"]
    over = put(client, LIST, {"fault": {"kind": "outage", "seconds": "1m"}}, invalid=True)["fault_ends_at"]
    put(client, CREATE, {"delay": "150ms"})

    assert 7199 < datetime.fromisoformat(ends).timestamp() - before < 7260
    assert 59 < datetime.fromisoformat(over).timestamp() - now < 120
    assert 503 == client.get("/pets").status_code
    began = time.monotonic()
    assert (201, True) == (client.post("/pets", json=REX).status_code, time.monotonic() - began >= 0.15)


def test_a_fault_may_be_its_kind_alone(client: Client) -> None:
    put(client, LIST, {"fault": "outage"}, invalid=True)

    assert 503 == client.get("/pets").status_code


@pytest.mark.parametrize(
    ("wanted", "field", "says"),
    [
        ({"then": {"delay": "20m"}}, "then.delay", "'20m' is too long: 600 seconds at most"),
        ({"then": {"delay": {"uniform": ["2s", "1s"]}}}, "then.delay.uniform", "ends before it begins"),
        ({"then": {"fault": {"kind": "outage", "seconds": "0s"}}}, "then.fault.seconds", "0s is too short"),
        ({"then": [{"fault": {"kind": "outage", "seconds": "2d"}}]}, "then.0.fault.seconds", "86400 seconds at most"),
        ({"then": {"pass": True}, "expires": "400d"}, "expires", "'400d' is too long"),
        ({"then": {"fault": "rate-limit"}}, "then.fault", "rate-limit needs the field requests"),
    ],
)
def test_a_duration_that_is_too_long_is_refused_with_the_field(
    client: Client, wanted: dict[str, Any], field: str, says: str
) -> None:
    reply = client.post("/_mock/overrides", json=wanted)

    assert (409, [field]) == (reply.status_code, [error["field"] for error in reply.json()["errors"]])
    assert says in reply.json()["detail"]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"then": {"delay": "2 sec"}}, "then.delay"),
        ({"then": {"delay": {"uniform": ["1s", "2sec"]}}}, "then.delay.uniform.1"),
        ({"then": [{"fault": {"kind": "outage", "seconds": "soon"}}]}, "then.0.fault.seconds"),
        ({"then": {"pass": True}, "expires": "1 hour"}, "expires"),
    ],
)
def test_a_text_that_is_no_duration_is_refused_with_texts_that_are(
    client: Client, wanted: dict[str, Any], field: str
) -> None:
    reply = client.post("/_mock/overrides", json=wanted)

    assert (400, [field]) == (reply.status_code, [error["field"] for error in reply.json()["errors"]])
    assert reply.json()["detail"].endswith('; for example "2s", "500ms", "1.5h", "15m" or "7d"')


@pytest.mark.parametrize(
    ("then", "status", "text"),
    [
        ({"status": 418}, 418, ""),
        ({"status": 200, "body": "not JSON at all", "media_type": "text/plain"}, 200, "not JSON at all"),
        ({"status": 200, "body": {"pets": 3}}, 200, '{"pets":3}'),
        ({"status": 299}, 299, ""),
        ({"refusal": "too-many"}, 429, ""),
    ],
)
def test_an_invalid_answer_is_sent_on_purpose(client: Client, then: dict[str, Any], status: int, text: str) -> None:
    put(client, LIST, then, invalid=True)

    reply = client.get("/pets")

    assert status == reply.status_code
    assert text in reply.text


def test_a_path_that_the_document_lacks_is_answered_on_purpose(client: Client) -> None:
    put(client, {"path": "/cats", "method": "GET"}, {"status": 200, "body": ["Tom"]}, invalid=True)

    assert ["Tom"] == client.get("/cats").json()
    assert 404 == client.post("/cats").status_code


@pytest.mark.parametrize("path", ["/cats", "/v2/cats", "/pets", "/v2/pets", "/pets/{petId}"])
def test_what_the_document_lacks_is_below_its_base_url_or_has_the_whole_path(tmp_path: Path, path: str) -> None:
    with Client(served(tmp_path, document(PETS, servers=[{"url": "https://pets.example/v2"}]))) as client:
        put(client, {"path": path, "method": "PUT"}, {"status": 200, "body": ["Tom"]}, invalid=True)
        sent = path.removeprefix("/v2").replace("{petId}", "7")
        told = client.put(f"/v2{sent}")

        assert (200, ["Tom"]) == (told.status_code, told.json())
        assert 404 == client.put(f"/v2{sent}/none/such").status_code


def test_a_header_alone_has_a_value_that_some_response_allows(tmp_path: Path) -> None:
    def limited(schema: dict[str, Any]) -> dict[str, Any]:
        return {"description": "pets", "headers": {"X-Limit": {"schema": schema}}}

    responses = {"200": limited({"type": "integer"}), "404": limited({"enum": ["none"]})}
    paths = {"/pets": {"get": {"operationId": "listPets", "responses": responses}}}
    with Client(served(tmp_path, document(paths))) as client:
        for value in ("7", "none"):
            put(client, LIST, {"headers": {"x-limit": value}})
        wanted = {"when": LIST, "then": {"headers": {"X-Limit": "many"}}}
        refused = client.post("/_mock/overrides", json=wanted)
        put(client, LIST, {"headers": {"X-Limit": "many"}}, invalid=True)

    assert (409, "then.headers.X-Limit") == (refused.status_code, refused.json()["errors"][0]["field"])


def test_overrides_have_only_so_many_bytes(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.web.control.overrides.overrides.MOST_BYTES", 1_000)
    id = put(client, LIST, {"pass": True}, note="x" * 800)["id"]
    large = {"when": LIST, "then": {"pass": True}, "note": "y" * 900}

    assert 429 == client.post("/_mock/overrides", json=large).status_code
    assert 200 == client.put(f"/_mock/overrides/{id}", json=large).status_code


def test_many_answers_for_many_operations_have_to_name_one(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.web.control.overrides.overrides.MOST_CHECKS", 3)

    reply = client.post("/_mock/overrides", json={"then": [{"pass": True}]})

    assert (409, True) == (reply.status_code, "1 answers for 4 operations: name one in `when`" in reply.text)
    assert 201 == client.post("/_mock/overrides", json={"when": LIST, "then": [{"pass": True}] * 3}).status_code


def test_there_are_only_so_many_overrides(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.web.control.overrides.overrides.MOST", 2)
    for _ in range(2):
        put(client, LIST, {"pass": True})

    reply = client.post("/_mock/overrides", json={"then": {"pass": True}})

    assert 429 == reply.status_code
    assert "DELETE /_mock/overrides" in reply.text


@pytest.mark.parametrize(
    ("wanted", "example"),
    [
        ({}, '{"when":{"operation":"listPets"},"then":{"status":503},"times":2}'),
        ({"then": {}}, '{"status":503}, {"refusal":"too-many"}, {"fault":"lost-reply"} or {"delay":"500ms"}'),
        ({"then": []}, '[{"status":503},{"pass":true}]'),
        ({"then": {"delay": {}}}, '{"uniform":[0.1,0.9]}'),
    ],
)
def test_an_empty_override_is_refused_with_one_that_is_not(
    client: Client, wanted: dict[str, Any], example: str
) -> None:
    reply = client.post("/_mock/overrides", json=wanted)

    assert 400 == reply.status_code
    assert reply.json()["detail"].endswith(f"; for example {example}")
