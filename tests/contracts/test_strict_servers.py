"""Servers that want more than their documents say: a form of a text, a scheme before a token."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from contracts.client.authentication import user_with_secret
from contracts.client.target import Target
from contracts.conformance.schemathesis_run import conform
from contracts.pytest_plugin.plugin import _served
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import TEXT, Small, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.process import run
from tests.web.document import Node, answers, document, takes

NO: Node = {"description": "no"}
NUMBER: Node = {"type": "integer"}
SECRET = "a-token-of-ada-0123456789"
IN_HEADER: Node = {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "Authorization"}}}
FIELDS: Node = {"name": TEXT, "code": TEXT, "maker": {"type": "object", "properties": {"tax_number": TEXT}}}


def pot_paths(*, other_name: bool = False) -> Node:
    """Pots. With `other_name`, the path of an item is written twice, with two names of its parameter."""
    pot: Node = {"type": "object", "required": ["id", "name"], "properties": {"id": NUMBER, **FIELDS}}
    new: Node = {"type": "object", "required": ["name"], "properties": FIELDS}
    reads = {"responses": answers(pot) | {"404": NO}}
    changes = {
        "put": {"requestBody": takes(new), "responses": answers(pot) | {"400": NO, "404": NO}},
        "delete": {"responses": {"204": {"description": "gone"}, "404": NO}},
    }
    by_number: Node = {"parameters": [path_parameter("id", NUMBER)], **changes}
    return {
        "/pots": {
            "get": {"responses": answers({"type": "array", "items": pot})},
            "post": {"requestBody": takes(new), "responses": answers(pot, "201") | {"400": NO}},
        },
        **(
            {
                "/pots/{id_or_name}": {"parameters": [path_parameter("id_or_name")], "get": reads},
                "/pots/{id}": by_number,
            }
            if other_name
            else {"/pots/{id}": {**by_number, "get": reads}}
        ),
    }


class Pots:
    """Pots, whose code has four letters and whose maker has a tax number of digits.

    `twice` lists each pot twice; one that `forgets` does not store what a PUT says.
    """

    def __init__(self, *, twice: bool = False, forgets: bool = False) -> None:
        self.twice, self.forgets, self.made = twice, forgets, 0
        self.pots: dict[int, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/pots(?:/(\d+))?", ask.path)
        if match is None:
            return Answer(404)
        if match[1] is None and ask.method == "GET":
            return Answer(200, [*self.pots.values()] * (2 if self.twice else 1))
        if match[1] is None:
            return self._put(None, sent(ask)) if ask.method == "POST" else Answer(405)
        number = int(match[1])
        if number not in self.pots:
            return Answer(404)
        if ask.method == "DELETE":
            del self.pots[number]
            return Answer(204)
        if ask.method == "PUT":
            return self._put(number, sent(ask))
        return Answer(200, self.pots[number]) if ask.method == "GET" else Answer(405)

    def _put(self, number: int | None, body: Node) -> Answer:
        maker = body.get("maker", {})
        is_right = (
            all(isinstance(body.get(name, "four"), str) for name in ("name", "code"))
            and "name" in body
            and re.fullmatch("[a-z]{4}", body.get("code", "four"))
            and isinstance(maker, dict)
            and re.fullmatch(r"\d+", str(maker.get("tax_number", 1)))
        )
        if not is_right:
            return Answer(400)
        self.made += number is None
        key = self.made if number is None else number
        pot = {**{name: value for name, value in body.items() if name in FIELDS}, "id": key}
        if number is None or not self.forgets:
            self.pots[key] = pot
        return Answer(201 if number is None else 200, pot)


def checked(tmp_path: Path, paths: Node, server: object, *only: str) -> CheckResult:
    file = tmp_path / "pots.json"
    file.write_text(json.dumps(document(paths)))
    with Target.asgi(Small(server), []) as target:
        return run_checks(contracts.of(file), target, only=only)


def test_a_field_that_is_refused_keeps_no_check_from_what_it_is_about(tmp_path: Path) -> None:
    names = ("listed", "other-items-unchanged", "refusal-without-effect", "edge-input")
    correct, wrong = (checked(tmp_path, pot_paths(), Pots(twice=twice), *names) for twice in (False, True))

    assert not [each for each in correct.findings if each.verdict == "failure"]
    assert {"passed"} == {outcome for (_, check), outcome in correct.outcomes.items() if check in names[:3]}
    assert "failed" == wrong.outcomes["GET /pots", "listed"]


def test_what_is_refused_is_reported_all_the_same(tmp_path: Path) -> None:
    result = checked(tmp_path, pot_paths(), Pots(), "create", "read-back", "listed", "optional-fields")
    about = {each.expected for each in result.findings if each.check == "optional-fields"}

    assert {f"a create request with {name} as the only optional field succeeds" for name in ("code", "maker")} == about
    assert {"warning"} == {each.verdict for each in result.findings}


def test_two_names_of_a_parameter_make_one_path(tmp_path: Path) -> None:
    result = checked(tmp_path, pot_paths(other_name=True), Pots(), "hidden-operation")

    assert not result.findings
    assert "failed" not in result.outcomes.values()


@pytest.mark.parametrize(("forgets", "outcome"), [(False, "passed"), (True, "failed")])
def test_an_item_has_the_same_id_under_each_name_of_the_parameter(tmp_path: Path, forgets: bool, outcome: str) -> None:
    result = checked(tmp_path, pot_paths(other_name=True), Pots(forgets=forgets), "replace", "delete")

    assert outcome == result.outcomes["PUT /pots/{id}", "replace"]
    assert "passed" == result.outcomes["DELETE /pots/{id}", "delete"]


@pytest.mark.parametrize(("status", "expected"), [(404, set()), (200, {"failure"})])
def test_an_operation_that_is_off_says_nothing_about_credentials(
    tmp_path: Path, status: int, expected: set[str]
) -> None:
    """A refusal by 404 is one only where a valid credential gets something else."""
    file = tmp_path / "reports.json"
    get: Node = {"security": [{"key": []}], "responses": answers({"type": "array"}) | {"401": NO, "404": NO}}
    file.write_text(json.dumps(document({"/reports": {"get": get}}, components=IN_HEADER)))
    contract = contracts.of(file)

    def handle(ask: Ask) -> Answer:
        return Answer(status, []) if ask.headers.get("authorization") == SECRET else Answer(404)

    with Target.asgi(Small(handle), [user_with_secret(contract, "ada", SECRET)]) as target:
        result = run_checks(contract, target, only=["authentication"])

    assert expected == {each.verdict for each in result.findings}


@pytest.mark.parametrize("scheme", ["Bearer", "Token", "PotKey", ""])
def test_a_token_in_authorization_gets_the_scheme_that_the_service_wants(tmp_path: Path, scheme: str) -> None:
    """Also where an operation that is documented with a credential answers everybody."""
    get: Node = {"security": [{"key": []}], "responses": answers({"type": "array"}) | {"401": NO}}
    file = tmp_path / "pots.json"
    file.write_text(json.dumps(document({"/about": {"get": get}, "/pots": {"get": get}}, components=IN_HEADER)))

    def handle(ask: Ask) -> Answer:
        if ask.path == "/about":
            return Answer(200, [])
        sent_scheme, _, token = ask.headers.get("authorization", "").rpartition(" ")
        is_known = token == SECRET and sent_scheme.lower() == scheme.lower()
        asked = (("www-authenticate", scheme),) if scheme == "PotKey" else ()
        return Answer(200, []) if is_known else Answer(401, headers=asked)

    with _served(Small(handle)) as base:
        done = run(
            "check",
            str(file),
            "--url",
            base,
            "--auth",
            SECRET,
            "--only",
            "authentication",
            "--skip",
            "GET /about",
            "--report",
            str(tmp_path / "reports"),
        )

    assert 0 == done.returncode, done.stdout + done.stderr
    assert "credential: success at 2 of 2 operations tried" in done.stderr
    assert ("sent as `Authorization" in done.stderr) == bool(scheme)
    assert SECRET not in done.stdout + done.stderr


@pytest.mark.parametrize("accepted", ["inQuery", "inHeader", "login"])
def test_a_credential_is_sent_by_the_scheme_that_accepts_it(tmp_path: Path, accepted: str) -> None:
    """An operation may list several security schemes, and a credential is of one of them."""
    schemes: Node = {
        "inQuery": {"type": "apiKey", "in": "query", "name": "api_key"},
        "inHeader": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "login": {"type": "oauth2", "flows": {"password": {"scopes": {}, "tokenUrl": "/token"}}},
    }
    get: Node = {"security": [{name: []} for name in schemes], "responses": answers({"type": "array"}) | {"401": NO}}
    file = tmp_path / "pots.json"
    file.write_text(json.dumps(document({"/pots": {"get": get}}, components={"securitySchemes": schemes})))

    def handle(ask: Ask) -> Answer:
        scheme, _, token = ask.headers.get("authorization", "").partition(" ")
        sent = {
            "inQuery": ask.query.get("api_key"),
            "inHeader": ask.headers.get("x-key"),
            "login": token if scheme.lower() == "bearer" else "",
        }
        return Answer(200, []) if sent[accepted] == SECRET else Answer(401, headers=(("www-authenticate", "Bearer"),))

    with _served(Small(handle)) as base:
        reports = str(tmp_path / "reports")
        done = run("check", str(file), "--url", base, "--auth", SECRET, "--only", "authentication", "--report", reports)

    assert 0 == done.returncode, done.stdout + done.stderr
    assert "credential: success at 1 of 1 operations tried" in done.stderr
    assert (f"credential: sent as the document's `{accepted}`" in done.stderr) == (accepted != "inQuery")


@pytest.mark.parametrize(("status", "expected"), [(400, {"warning"}), (404, {"failure"}), (200, {"failure"})])
def test_a_key_without_a_scheme_may_be_malformed(tmp_path: Path, status: int, expected: set[str]) -> None:
    """A document has a key in Authorization; the service wants `Key …` there, and says so of what has no scheme."""
    get: Node = {"security": [{"key": []}], "responses": answers({"type": "array"})}
    file = tmp_path / "pots.json"
    file.write_text(json.dumps(document({"/pots": {"get": get}}, components=IN_HEADER)))
    contract = contracts.of(file)

    def handle(ask: Ask) -> Answer:
        sent = ask.headers.get("authorization", "")
        if sent == f"Key {SECRET}":
            return Answer(200, [])
        return Answer(status if sent and " " not in sent else 401, {}, (("www-authenticate", "Key"),))

    user = user_with_secret(contract, "ada", f"Key {SECRET}")
    with Target.asgi(Small(handle), [user]) as target:
        found = [each for each in conform(contract, target).findings if each.check == "ignored_auth"]

    assert expected == {each.verdict for each in found}


def test_a_cookie_that_a_response_sets_is_no_credential_of_later_requests(tmp_path: Path) -> None:
    """A service that logs in each user with a valid token accepts its own cookie in place of the token."""
    token: Node = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
    get: Node = {"security": [{"token": []}], "responses": answers({"type": "array"}) | {"401": NO, "405": NO}}
    file = tmp_path / "pots.json"
    file.write_text(json.dumps(document({"/pots": {"get": get}}, components=token)))

    def handle(ask: Ask) -> Answer:
        scheme, _, token = ask.headers.get("authorization", "").partition(" ")
        if ask.method != "GET":
            return Answer(405, headers=(("allow", "GET"),))
        if (scheme.lower(), token) == ("bearer", SECRET):
            return Answer(200, [], (("set-cookie", "session=ada; Path=/"),))
        if "session=ada" in ask.headers.get("cookie", ""):
            return Answer(200, [])
        return Answer(401, headers=(("www-authenticate", "Bearer"),))

    with _served(Small(handle)) as base:
        done = run("check", str(file), "--url", base, "--auth", SECRET, "--report", str(tmp_path / "reports"))

    assert 0 == done.returncode, done.stdout + done.stderr


def test_a_credential_is_sent_once_where_the_document_asks_for_none(tmp_path: Path) -> None:
    """A service may refuse one in the header and in the query (RFC 6750 section 2)."""
    in_query: Node = {"type": "apiKey", "in": "query", "name": "access_token"}
    schemes: Node = {"securitySchemes": {**IN_HEADER["securitySchemes"], "query": in_query}}
    paths: Node = {
        "/open": {"get": {"responses": answers({"type": "array"})}},
        "/closed": {"get": {"security": [{"query": []}], "responses": answers({"type": "array"}) | {"401": NO}}},
    }

    def handle(ask: Ask) -> Answer:
        given = [each for each in (ask.headers.get("authorization"), ask.query.get("access_token")) if each]
        if len(given) > 1:
            return Answer(400)
        return Answer(200, []) if ask.path == "/open" or given == [SECRET] else Answer(401)

    found = verdicts(tmp_path, paths, handle, "reply", "authentication", secret=SECRET, components=schemes)

    assert set() == found


def test_a_key_may_be_accepted_with_a_scheme_and_without(tmp_path: Path) -> None:
    get: Node = {"security": [{"key": []}], "responses": answers({"type": "array"}) | {"401": NO}}

    def handle(ask: Ask) -> Answer:
        return Answer(200, []) if ask.headers.get("authorization", "").endswith(SECRET) else Answer(401)

    found = verdicts(
        tmp_path, {"/pots": {"get": get}}, handle, "authentication", secret=f"Bearer {SECRET}", components=IN_HEADER
    )

    assert set() == found


@pytest.mark.parametrize(("surplus", "expected"), [("SEARCH", set()), ("PATCH", {"failure"})])
def test_allow_may_list_methods_that_no_path_item_can_have(tmp_path: Path, surplus: str, expected: set[str]) -> None:
    paths: Node = {"/pots": {"get": {"responses": answers({"type": "array"})}}}

    def handle(ask: Ask) -> Answer:
        status = {"GET": 200, "OPTIONS": 200}.get(ask.method, 405)
        return Answer(status, [] if status == 200 else None, (("allow", f"GET, OPTIONS, {surplus}"),))

    found = verdicts(tmp_path, paths, handle, "allow_header_conformance")

    assert expected == {verdict for _, verdict in found}


def test_a_warning_of_conformance_is_told_as_a_warning(tmp_path: Path) -> None:
    """A valid text is refused, perhaps by a rule that no schema can state."""
    post: Node = {"requestBody": takes({"type": "object", "required": ["name"], "properties": {"name": TEXT}}),
                  "responses": answers({"type": "object"}, "201") | {"400": NO}}  # fmt: skip
    file, told = tmp_path / "pots.json", set[tuple[str, str]]()
    file.write_text(json.dumps(document({"/pots": {"post": post}})))

    with Target.asgi(Small(lambda ask: Answer(400)), []) as target:
        conform(
            contracts.of(file),
            target,
            only=["positive_data_acceptance"],
            on_progress=lambda operation, check, outcome: told.add((check, outcome)),
        )

    assert {("positive_data_acceptance", "warning")} == told


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (lambda text: Answer(404, {"message": "no"}), "skipped"),
        (lambda text: Answer(200, []), "passed"),
        (lambda text: Answer(404, "<p>nothing called so</p>", media_type="text/html"), "passed"),
        (lambda text: Answer(404, f"<p>nothing called {text}</p>", media_type="text/html"), "failed"),
    ],
    ids=["always refused", "success", "a page", "a page with the script"],
)
def test_a_script_is_looked_for_where_it_could_come_back(
    tmp_path: Path, answer: Callable[[str], Answer], outcome: str
) -> None:
    query: Node = {"name": "key", "in": "query", "schema": TEXT}
    paths: Node = {"/pots": {"get": {"parameters": [query], "responses": answers({"type": "array"}) | {"404": NO}}}}

    result = checked(tmp_path, paths, lambda ask: answer(ask.query.get("key", "")), "injection")

    assert outcome == result.outcomes["GET /pots", "injection"].partition(":")[0]


@pytest.mark.parametrize("place", ["query", "header"])
def test_no_form_of_a_credential_is_written(tmp_path: Path, place: str) -> None:
    """In URLs some characters are encoded, and a service may show a token without the scheme that was given with it."""
    token, folder = "a/token+of=ada&0123456789", tmp_path / "reports"
    key: Node = {"securitySchemes": {"key": {"type": "apiKey", "in": place, "name": "Authorization"}}}
    get: Node = {"security": [{"key": []}], "responses": answers({"type": "array"}) | {"401": NO}}
    file = tmp_path / "pots.json"
    file.write_text(json.dumps(document({"/pots": {"get": get}}, components=key)))

    def handle(ask: Ask) -> Answer:
        given = ask.query.get("Authorization") if place == "query" else ask.headers.get("authorization")
        return Answer(200, {"yours": token}) if given == f"Bearer {token}" else Answer(401)

    with _served(Small(handle)) as base:
        done = run("check", str(file), "--url", base, "--auth", f"Bearer {token}", "--report", str(folder), "--quick")
    written = [path.read_text("utf-8", errors="replace") for path in folder.rglob("*") if path.is_file()]
    forms = {token, quote(token), quote(token, safe=""), quote_plus(token)}

    assert 1 == done.returncode, done.stdout + done.stderr
    assert not [form for form in forms for text in (*written, done.stdout, done.stderr) if form in text]
    assert "${CREDENTIAL" in "".join(written)


@pytest.mark.parametrize(("status", "expected"), [(414, set()), (409, set()), (200, {"failure"})])
def test_a_refusal_with_any_client_error_is_a_refusal(tmp_path: Path, status: int, expected: set[str]) -> None:
    """A request with an invalid parameter; 414 may also be the answer to a valid one that is long."""
    count: Node = {"name": "count", "in": "query", "required": True, "schema": {"type": "integer", "minimum": 1}}
    paths: Node = {"/pots": {"get": {"parameters": [count], "responses": answers({"type": "array"})}}}

    def handle(ask: Ask) -> Answer:
        if ask.method != "GET":
            return Answer(405, headers=(("allow", "GET"),))
        is_right = re.fullmatch(r"0*[1-9]\d*", ask.query.get("count", ""))
        return Answer(200 if is_right else status, [])

    found = verdicts(tmp_path, paths, handle, "negative_data_rejection")

    assert expected == {verdict for _, verdict in found}


@pytest.mark.parametrize(("bound", "expected"), [({}, "warning"), ({"minimum": 0}, "failure")])
def test_zero_without_a_minimum_may_be_refused(tmp_path: Path, bound: Node, expected: str) -> None:
    length: Node = {"name": "length", "in": "query", "required": True, "schema": {"type": "integer", **bound}}
    paths: Node = {"/text": {"get": {"parameters": [length], "responses": answers({"type": "array"}) | {"400": NO}}}}

    def handle(ask: Ask) -> Answer:
        return Answer(200 if re.fullmatch(r"0*[1-9]\d*", ask.query.get("length", "")) else 400, [])

    found = verdicts(tmp_path, paths, handle, "positive_data_acceptance")

    assert {("positive_data_acceptance", expected)} == found
