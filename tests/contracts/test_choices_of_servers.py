"""What servers of others choose, and the document leaves open: a PUT that creates, no authentication."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from schemathesis.openapi.checks import RejectedPositiveData

from contracts.client.target import Target
from contracts.conformance.response_rules import response_faults
from contracts.conformance.uncertain_failures import guess_behind
from contracts.model.finding import RecordedExchange
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from mockserver.contract import Contract
from tests.contracts.test_foreign_shapes import TEXT, Handle, Small, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

NO: Node = {"description": "no"}
CUP: Node = {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "integer"}, "name": TEXT}}
NEW_CUP: Node = {"type": "object", "required": ["name"], "properties": {"name": TEXT}}


class Cups:
    """Cups, whose PUT or PATCH creates one that is not there; with `forgets`, it only says so."""

    def __init__(self, *, creates: bool = True, forgets: bool = False) -> None:
        self.creates, self.forgets = creates, forgets
        self.cups: dict[int, Node] = {}
        self.made = 0

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/cups(?:/(\d+))?", ask.path)
        if match is None:
            return Answer(404)
        if match[1] is None:
            return self._all(ask)
        number = int(match[1])
        if ask.method in ("PUT", "PATCH"):
            return self._put(number, sent(ask))
        if number not in self.cups:
            return Answer(404)
        return Answer(200, self.cups.pop(number) if ask.method == "DELETE" else self.cups[number])

    def _all(self, ask: Ask) -> Answer:
        if ask.method == "GET":
            return Answer(200, [*self.cups.values()])
        if not isinstance(sent(ask).get("name"), str):
            return Answer(400)
        self.made += 1
        self.cups[self.made] = {"id": self.made, "name": sent(ask)["name"]}
        return Answer(201, self.cups[self.made])

    def _put(self, number: int, body: Node) -> Answer:
        if not isinstance(body.get("name"), str):
            return Answer(400)
        is_new = number not in self.cups
        if is_new and not self.creates:
            return Answer(404)
        cup = {"id": number, "name": body["name"]}
        if not (is_new and self.forgets):
            self.cups[number] = cup
        return Answer(200, cup)


def cups(method: str = "put", **of_put: Node) -> Node:
    return {
        "/cups": {
            "get": {"responses": answers({"type": "array", "items": CUP})},
            "post": {"requestBody": takes(NEW_CUP), "responses": answers(CUP, "201") | {"400": NO}},
        },
        "/cups/{id}": {
            "parameters": [path_parameter("id", {"type": "integer"})],
            "get": {"responses": answers(CUP) | {"404": NO}},
            method: {"requestBody": takes(NEW_CUP), "responses": answers(CUP) | {"400": NO} | of_put},
            "delete": {"responses": answers(CUP) | {"404": NO}},
        },
    }


BOTH = ("delete", "not-found")


@pytest.mark.parametrize("method", ["put", "patch"])
@pytest.mark.parametrize(
    ("server", "documented", "found"),
    [
        (Cups(creates=False), {}, set()),
        (Cups(), {}, {(name, "warning") for name in BOTH}),
        (Cups(), {"404": NO}, {(name, "failure") for name in BOTH}),
        (Cups(forgets=True), {}, {(name, "failure") for name in BOTH}),
    ],
    ids=["not found", "created", "created against the document", "said and not done"],
)
def test_a_put_or_patch_that_creates_what_is_not_there_is_a_failure_only_where_the_document_has_404(
    tmp_path: Path, server: Cups, documented: Node, found: set[tuple[str, str]], method: str
) -> None:
    assert found == verdicts(tmp_path, cups(method, **documented), server, *BOTH, "linearizability")


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_put_or_patch_that_is_said_to_create_is_not_expected_to_answer_404(tmp_path: Path, method: str) -> None:
    made = {
        "description": "An update that resulted in a creation of the cup",
        "content": answers(CUP)["200"]["content"],
    }
    everything = (*BOTH, "linearizability", "lifecycle", "error-bodies", "concurrent-update-and-delete")
    assert verdicts(tmp_path, cups(method, **{"201": made}), Cups(), *everything) == set()


SCHEMES: Node = {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "x-cup-key"}}}
OPEN = ("ignored_auth", "missing_required_header", "negative_data_rejection")


@pytest.mark.parametrize(
    ("guarded", "status", "verdict"),
    [
        (set(), 401, "warning"),
        ({"/pots"}, 401, "failure"),
        ({"/pots", "/pans"}, 403, "failure"),
        ({"/pots"}, 403, "warning"),
    ],
    ids=["open", "one is guarded", "most are forbidden", "one is forbidden"],
)
def test_a_server_that_runs_without_authentication_is_a_warning_and_one_open_operation_a_failure(
    tmp_path: Path, guarded: set[str], status: int, verdict: str
) -> None:
    get: Node = {"security": [{"key": []}], "responses": answers({"type": "array", "items": CUP}) | {"401": NO}}
    size: Node = {"name": "size", "in": "query", "schema": {"type": "integer", "format": "int32"}}
    paths: Node = {path: {"get": {**get, "parameters": [size]}} for path in ("/cups", "/pans", "/pots")}

    def handle(ask: Ask) -> Answer:
        if ask.method != "GET":
            return Answer(405, headers=(("allow", "GET"),))
        if not re.fullmatch(r"-?\d{1,9}", ask.query.get("size", "1")):
            return Answer(400)
        return Answer(status, headers=(("www-authenticate", "Key"),)) if ask.path in guarded else Answer(200, [])

    assert {("ignored_auth", verdict)} == verdicts(tmp_path, paths, handle, *OPEN, components=SCHEMES)


@pytest.mark.parametrize(("bound", "found"), [({}, "warning"), ({"maximum": 5000}, "failure")])
def test_a_number_beyond_a_format_is_a_warning_and_one_beyond_a_bound_a_failure(
    tmp_path: Path, bound: Node, found: str
) -> None:
    size: Node = {"name": "size", "in": "query", "schema": {"type": "integer", "format": "int32", **bound}}
    listed = answers({"type": "array", "items": CUP}) | {"400": NO}
    paths: Node = {"/cups": {"get": {"parameters": [size], "responses": listed}}}

    def handle(ask: Ask) -> Answer:
        number = ask.query.get("size", "1")
        return Answer(200, []) if re.fullmatch(r"-?\d+", number) and int(number) >= -(2**31) else Answer(400)

    assert {("negative_data_rejection", found)} == verdicts(tmp_path, paths, handle, "negative_data_rejection")


@pytest.mark.parametrize(("status", "found"), [(200, {"missing_required_header"}), (400, set())])
def test_a_header_that_the_document_requires_is_still_missed(tmp_path: Path, status: int, found: set[str]) -> None:
    header: Node = {"name": "x-cup-room", "in": "header", "required": True, "schema": TEXT}
    paths: Node = {"/cups": {"get": {"parameters": [header], "responses": answers(CUP) | {"400": NO}}}}

    def handle(ask: Ask) -> Answer:
        return Answer(200 if "x-cup-room" in ask.headers else status, {"id": 1, "name": "cup"})

    assert {(name, "failure") for name in found} == verdicts(tmp_path, paths, handle, "missing_required_header")


@pytest.mark.parametrize(
    ("headers", "codes"), [((), {107}), ((("Content-Type", "multipart/form-data"),), set())], ids=["none", "named"]
)
def test_415_without_a_body_is_wrong_unless_the_request_names_a_type(
    tmp_path: Path, headers: tuple[tuple[str, str], ...], codes: set[int]
) -> None:
    contract = contract_of(tmp_path, cups())
    remove = next(each for each in contract.document.operations if each.method == "delete")
    seen = RecordedExchange("DELETE", "http://cups.test/cups/1", headers, None, 415, (), b"")

    assert codes == {each.code for each in response_faults(remove, seen, contract)}


def contract_of(tmp_path: Path, paths: Node) -> Contract:
    file = tmp_path / "cups.json"
    file.write_text(json.dumps(document(paths)))
    return contracts.of(file)


def expected_by(tmp_path: Path, paths: Node, handle: Handle, check: str) -> list[str]:
    """What the failures and warnings of one check expected."""
    with Target.asgi(Small(handle), []) as target:
        result = run_checks(contract_of(tmp_path, paths), target, only=[check])
    return [each.expected for each in result.findings if each.check == check]


@pytest.mark.parametrize(
    ("handle", "found"),
    [
        (lambda ask: Answer(200, []), []),
        (lambda ask: Answer(501 if "size" in ask.query else 200, []), ["a valid value of size causes no server error"]),
        (
            lambda ask: Answer(500 if len(ask.query.get("size", "")) > 10 else 200, []),
            [f"size={sign}{'9' * 20} causes no server error" for sign in ("", "-")],
        ),
    ],
    ids=["correct", "every value", "long ones"],
)
def test_a_parameter_that_always_fails_is_one_failure(tmp_path: Path, handle: Handle, found: list[str]) -> None:
    size: Node = {"name": "size", "in": "query", "schema": {"type": "integer"}}
    paths: Node = {"/cups": {"get": {"parameters": [size], "responses": answers({"type": "array", "items": CUP})}}}

    assert found == expected_by(tmp_path, paths, handle, "odd-input")


A_CUP = {"id": 1, "name": "cup"}
NOT_UTF_8 = {"a body that is not UTF-8 causes no server error"}


@pytest.mark.parametrize(
    ("handle", "found"),
    [
        (lambda ask: Answer(200, A_CUP), set()),
        (lambda ask: Answer(501), set()),
        (
            lambda ask: Answer(500) if b"\xff" in ask.raw else Answer(200, A_CUP),
            NOT_UTF_8,
        ),
    ],
    ids=["correct", "every body", "one body"],
)
def test_a_server_error_for_every_body_is_not_about_an_odd_one(tmp_path: Path, handle: Handle, found: set[str]) -> None:
    paths: Node = {"/cups": {"post": {"requestBody": takes(NEW_CUP), "responses": answers(CUP) | {"400": NO}}}}

    assert found == {each for each in expected_by(tmp_path, paths, handle, "odd-input") if "causes" in each}


@pytest.mark.parametrize(("needed", "found"), [(1, {"warning"}), (0, set()), (3, {"failure", "warning"})])
def test_that_one_of_several_optional_fields_is_needed_is_a_warning(
    tmp_path: Path, needed: int, found: set[str]
) -> None:
    number: Node = {"type": "integer"}
    size: Node = {"type": "object", "properties": {"height": number, "width": number}, "additionalProperties": False}
    paths: Node = {"/cups": {"put": {"requestBody": takes(size), "responses": answers(CUP) | {"400": NO}}}}

    def handle(ask: Ask) -> Answer:
        return Answer(200, {"id": 1, "name": "cup"}) if len(sent(ask)) >= needed else Answer(400)

    assert {("positive_data_acceptance", each) for each in found} == verdicts(
        tmp_path, paths, handle, "positive_data_acceptance"
    )


def test_that_an_object_in_a_body_needs_one_of_its_optional_fields_is_a_warning(tmp_path: Path) -> None:
    number: Node = {"type": "integer"}
    size: Node = {"type": "object", "properties": {"height": number, "width": number}, "additionalProperties": False}
    body: Node = {"type": "object", "required": ["size"], "properties": {"size": size}, "additionalProperties": False}
    paths: Node = {"/cups": {"put": {"requestBody": takes(body), "responses": answers(CUP) | {"400": NO}}}}

    def handle(ask: Ask) -> Answer:
        return Answer(200, {"id": 1, "name": "cup"}) if sent(ask).get("size") else Answer(400)

    assert {("positive_data_acceptance", "warning")} == verdicts(tmp_path, paths, handle, "positive_data_acceptance")


@pytest.mark.parametrize(("query", "is_guess"), [({}, True), ({"size": 1}, False)])
def test_one_of_several_optional_parameters_may_be_needed(tmp_path: Path, query: Node, is_guess: bool) -> None:
    given: list[Node] = [{"name": name, "in": "query", "schema": {"type": "integer"}} for name in ("size", "kind")]
    paths: Node = {"/cups": {"delete": {"parameters": given, "responses": answers(CUP) | {"400": NO}}}}
    operation = contract_of(tmp_path, paths).document.operations[0]
    refused = RejectedPositiveData(operation="DELETE /cups", message="", status_code=400, allowed_statuses=[])
    case = SimpleNamespace(path_parameters={}, query=query, headers={}, cookies={}, body=None)
    seen = RecordedExchange("DELETE", "http://cups.test/cups", (), None, 400, (), b"")

    assert is_guess is (guess_behind(contract_of(tmp_path, paths), operation, case, refused, seen) is not None)


@pytest.mark.parametrize(
    ("said", "page", "is_guess"),
    [
        ({}, 59_767_576_955, True),
        ({"minimum": 0}, 2**31, True),
        ({}, 2**31 - 1, False),
        ({"format": "int64"}, 2**31, False),
        ({"maximum": 10**12}, 2**31, False),
    ],
)
def test_a_number_of_unsaid_width_may_have_to_fit_into_32_bits(
    tmp_path: Path, said: Node, page: int, is_guess: bool
) -> None:
    given: list[Node] = [{"name": "page", "in": "query", "schema": {"type": "integer", **said}}]
    paths: Node = {"/cups": {"get": {"parameters": given, "responses": answers(CUP) | {"400": NO}}}}
    operation = contract_of(tmp_path, paths).document.operations[0]
    refused = RejectedPositiveData(operation="GET /cups", message="", status_code=400, allowed_statuses=[])
    case = SimpleNamespace(path_parameters={}, query={"page": page}, headers={}, cookies={}, body=None)
    seen = RecordedExchange("GET", f"http://cups.test/cups?page={page}", (), None, 400, (), b"")

    assert is_guess is (guess_behind(contract_of(tmp_path, paths), operation, case, refused, seen) is not None)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [(r"^[a-z]+\Z", set()), ("^[a-z]+$", {("query-parameters", "warning")}), ("", {("query-parameters", "failure")})],
    ids=["correct", "a line's end", "anything"],
)
def test_white_space_after_a_text_that_a_pattern_forbids_is_a_warning(
    tmp_path: Path, pattern: str, found: set[tuple[str, str]]
) -> None:
    name: Node = {"name": "name", "in": "query", "schema": {"type": "string", "pattern": "^[a-z]+$"}}
    listed = answers({"type": "array", "items": CUP}) | {"400": NO}

    def handle(ask: Ask) -> Answer:
        return Answer(200, []) if re.match(pattern, ask.query.get("name", "red")) else Answer(400)

    paths: Node = {"/cups": {"get": {"parameters": [name], "responses": listed}}}

    assert found == verdicts(tmp_path, paths, handle, "query-parameters")


@pytest.mark.parametrize(
    ("pattern", "found"), [(r"\d+\.\d+\Z", set()), (r"\d+\.\d+$", {"warning"}), ("", {"failure"})],
    ids=["correct", "a line's end", "anything"],
)  # fmt: skip
def test_so_is_one_deep_inside_a_body(tmp_path: Path, pattern: str, found: set[str]) -> None:
    price: Node = {"type": "string", "pattern": r"^\d+\.\d+$"}
    line: Node = {"type": "object", "required": ["price"], "properties": {"price": price}}
    lines: Node = {"type": "array", "minItems": 1, "maxItems": 4, "items": line}
    new: Node = {"type": "object", "required": ["lines"], "properties": {"lines": lines}}
    shown: Node = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "lines": lines}}
    orders: list[Node] = []

    def handle(ask: Ask) -> Answer:
        if ask.method == "GET":
            return Answer(200, orders)
        given = sent(ask).get("lines") if ask.raw[:1] == b"{" else None
        fits = isinstance(given, list) and 0 < len(given) < 5 and all(isinstance(each, dict) for each in given)
        prices = [each.get("price") for each in given] if fits else []
        if not fits or not all(isinstance(each, str) and re.match(pattern, each) for each in prices):
            return Answer(400)
        orders.append({"id": len(orders) + 1, "lines": given})
        return Answer(201, orders[-1])

    paths: Node = {
        "/orders": {
            "get": {"responses": answers({"type": "array", "items": shown})},
            "post": {"requestBody": takes(new), "responses": answers(shown, "201") | {"400": NO}},
        }
    }

    assert found == {verdict for check, verdict in verdicts(tmp_path, paths, handle, "validation")}


@pytest.mark.parametrize(("least", "found"), [({}, "warning"), ({"minItems": 0}, "failure")])
def test_a_list_of_unsaid_length_may_not_be_empty(tmp_path: Path, least: Node, found: str) -> None:
    sizes: Node = {"type": "array", "items": {"type": "integer", "enum": [1, 2]}, **least}
    body: Node = {
        "type": "object",
        "required": ["sizes"],
        "properties": {"sizes": sizes},
        "additionalProperties": False,
    }
    paths: Node = {"/orders": {"post": {"requestBody": takes(body), "responses": {"204": NO, "400": NO, "405": NO}}}}

    def handle(ask: Ask) -> Answer:
        return Answer(204 if sent(ask).get("sizes") else 400)

    assert {("positive_data_acceptance", found)} == verdicts(tmp_path, paths, handle, "positive_data_acceptance")


@pytest.mark.parametrize(("place", "found"), [("/login", set()), ("/cups/1", {("negative_data_rejection", "failure")})])
def test_a_request_that_is_sent_to_a_login_page_is_not_accepted(
    tmp_path: Path, place: str, found: set[tuple[str, str]]
) -> None:
    size: Node = {"name": "size", "in": "query", "required": True, "schema": {"type": "integer"}}
    paths: Node = {
        "/cups": {"get": {"parameters": [size], "responses": answers({"type": "array", "items": CUP}) | {"400": NO}}},
        "/cups/1": {"get": {"responses": answers({})}},
    }

    def handle(ask: Ask) -> Answer:
        if ask.path == "/cups" and not re.fullmatch(r"-?\d+", ask.query.get("size", "")):
            return Answer(302, headers=(("location", place),))
        return Answer(200, [] if ask.path == "/cups" else {})

    assert found == verdicts(tmp_path, paths, handle, "negative_data_rejection")


@pytest.mark.parametrize(("only", "is_sent"), [((), False), (("POST /admin/shutdown",), True)])
def test_the_service_is_not_ended_unless_it_is_asked_for(tmp_path: Path, only: tuple[str, ...], is_sent: bool) -> None:
    paths: Node = {
        "/cups": {"get": {"responses": answers({"type": "array", "items": CUP})}},
        "/admin/shutdown": {"post": {"responses": {"204": NO}}},
        "/pots/{id}/restart": {"post": {"parameters": [path_parameter("id")], "responses": {"204": NO, "404": NO}}},
    }
    seen: set[str] = set()

    def handle(ask: Ask) -> Answer:
        seen.add(f"{ask.method} {ask.path.partition('pots')[1] or ask.path}")
        return Answer(200, []) if ask.path == "/cups" else Answer(204 if ask.method == "POST" else 405)

    verdicts(tmp_path, paths, handle, *only)

    assert is_sent is ("POST /admin/shutdown" in seen)
    assert is_sent is not ("POST pots" in seen)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("There is no such cup", set()),
        ("Deleted, or there is no such cup: deleted or not found", {(name, "warning") for name in (*BOTH, "reply")}),
    ],
)
def test_a_delete_of_what_is_not_there_may_succeed_as_the_document_says(
    tmp_path: Path, said: str, found: set[tuple[str, str]]
) -> None:
    class Lenient(Cups):
        def __call__(self, ask: Ask) -> Answer:
            reply = super().__call__(ask)
            return Answer(204) if ask.method == "DELETE" and reply.status == 404 else reply

    paths = cups()
    paths["/cups/{id}"]["delete"]["responses"] = answers(CUP) | {"204": {"description": said}}

    assert found == verdicts(tmp_path, paths, Lenient(creates=False), *BOTH, "reply")
