"""A correct server for an unusual document has no findings; a similar server that breaks it has some."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Sequence
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from contracts.client.authentication import user_with_secret
from contracts.client.target import ANONYMOUS, Request, Target, User
from contracts.conformance.schemathesis_run import conform
from contracts.model.finding import Finding, finding
from contracts.pytest_plugin.plugin import _served
from contracts.reproduce.script import replay_script, script
from contracts.runner.runner import run_checks
from contracts.runner.settings import CheckSettings
from mockserver import contract as contracts
from mockserver.contract import Contract
from tests.planted_bugs.server import Answer, Ask, Server
from tests.process import run
from tests.web.document import Node, answers, document, takes
from tests.web.test_nested_secrets import nodes

Handle = Callable[[Ask], Answer]

OK = {"200": {"description": "done"}}
BAD = {"400": {"description": "no"}}
SECRET = "ada:the password of ada"


class Small(Server):
    """A server with one function for all its paths."""

    def __init__(self, handle: Handle) -> None:
        super().__init__()
        self.handle = handle

    async def answer(self, ask: Ask) -> Answer:
        return self.handle(ask)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Contract]:
    """Writes a document with some paths and reads it as a contract."""

    def written(paths: Node, **rest: Any) -> Contract:
        file = tmp_path / "test.json"
        file.write_text(json.dumps(document(paths, **rest)))
        return contracts.of(file)

    return written


Write = Callable[..., Contract]


def findings_of(contract: Contract, handle: Handle, user: Sequence[User] = (), *, only: Sequence[str] = (),
         mode: Any = "default") -> list[Finding]:  # fmt: skip
    """All findings of our checks and of Schemathesis about a server."""
    found: list[Finding] = []
    for part in (run_checks, conform):
        with Target.asgi(Small(handle), user) as target:
            result = part(contract, target, mode=mode, only=only)
        assert not result.stopped
        found += result.findings
    return found


def checks(found: Sequence[Finding]) -> set[str]:
    return {each.check for each in found}


def only(ask: Ask, *allowed: str) -> Iterator[Answer]:
    """A 405 response if the method is not allowed."""
    if ask.method not in allowed:
        yield Answer(405, headers=(("allow", ", ".join(allowed)),))


# Authentication.

BASIC = {"components": {"securitySchemes": {"user": {"type": "http", "scheme": "basic"}}}, "security": [{"user": []}]}
BOOKS = {"/books": {"get": {"responses": OK | {"401": {"description": "who?"}}}}}


def books(knows: Callable[[str], bool]) -> Handle:
    """Responds to requests whose `Authorization` is known."""

    def handle(ask: Ask) -> Answer:
        if not knows(ask.headers.get("authorization", "")):
            return Answer(401, headers=(("www-authenticate", "Basic realm=test"),))
        if ask.path != "/books":
            return Answer(404)
        return next(only(ask, "GET"), Answer(200))

    return handle


@pytest.mark.parametrize(
    ("knows", "expected"),
    [
        (lambda text: text == f"Basic {base64.b64encode(SECRET.encode()).decode()}", set()),
        (lambda text: text.startswith("Basic "), {"authentication", "ignored_auth"}),
        (lambda text: True, {"authentication", "ignored_auth"}),
    ],
    ids=["the right one", "any of this scheme", "none"],
)
def test_basic_authentication_is_checked(write: Write, knows: Callable[[str], bool], expected: set[str]) -> None:
    contract = write(BOOKS, **BASIC)

    found = findings_of(
        contract, books(knows), [user_with_secret(contract, "ada", SECRET)], only=["authentication", "ignored_auth"]
    )

    assert expected == checks(found)


def test_a_report_contains_no_password_in_any_encoding(write: Write, tmp_path: Path) -> None:
    contract = write(BOOKS, **BASIC)
    with _served(Small(lambda ask: Answer(500))) as address:
        run("check", contract.document.file, "--url", address, "--auth", SECRET, "--quick", "--report", str(tmp_path))

    texts = [path.read_text("utf-8") for path in tmp_path.glob("report.*")]
    assert len(texts) > 3
    assert [] == [text for text in texts for secret in (SECRET, base64.b64encode(SECRET.encode()).decode())
                  if secret in text]  # fmt: skip


def test_a_missing_client_certificate_is_not_checked(write: Write) -> None:
    both = {"tls": {"type": "mutualTLS"}, "key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
    contract = write({"/tls": {"get": {"responses": OK, "security": [{"tls": []}]}},
                      "/key": {"get": {"responses": OK, "security": [{"key": []}]}}},
                     components={"securitySchemes": both})  # fmt: skip

    found = findings_of(
        contract, lambda ask: Answer(200), [user_with_secret(contract, "ada", "key-of-ada")], only=["authentication"]
    )

    assert {"GET /key"} == {each.operation for each in found}


# Operations without a documented success.


@pytest.mark.parametrize(
    ("documented", "status", "silent"),
    [
        ({}, 200, True), ({"400": {}}, 200, True), ({"400": {}}, 400, True), ({"500": {}}, 500, True),
        ({"501": {}}, 501, True), ({"102": {}}, 500, True), ({}, 500, False), ({"200": {}}, 201, False),
        ({"302": {}}, 200, False), ({"default": {}}, 500, False), ({"200": {}, "500": {}}, 500, False),
        ({"400": {}}, 500, False), ({"200": {}, "400": {}}, 400, False),
    ],
)  # fmt: skip
def test_a_success_can_violate_only_a_documented_success(
    write: Write, documented: dict[str, Any], status: int, silent: bool
) -> None:
    responses = {status: {"description": "so it is"} for status in documented}
    contract = write({"/one": {"get": {"responses": responses, "parameters": [
        {"name": "page", "in": "query", "schema": {"type": "integer"}}]}}})  # fmt: skip
    names = ["odd-input", "document", "status_code_conformance", "not_a_server_error", "positive_data_acceptance"]

    found = findings_of(contract, lambda ask: next(only(ask, "GET", "HEAD"), Answer(status)), only=names)

    assert silent is (not found), [(each.check, each.seen) for each in found]


# Ignored parts of the document.

LENGTH = {"name": "Content-Length", "in": "header", "required": True, "schema": {"type": "integer", "minimum": 5}}
ACCEPT = {"name": "Accept", "in": "header", "required": True, "schema": {"type": "string", "enum": ["text/csv"]}}
NAMED = {"name": "X-File", "in": "header", "required": True, "schema": {"type": "string", "maxLength": 40}}
FILES = {"/files": {"post": {
    "parameters": [LENGTH, NAMED, ACCEPT],
    "requestBody": takes({"type": "string"}, "text/plain"),
    "responses": {"200": {"description": "kept", "headers": {"Content-Type": {"schema": {"type": "object"}}},
                          "content": {"text/plain": {"schema": {"type": "string"}}}}, **BAD},
}}}  # fmt: skip


def files(is_named: Callable[[str | None], bool]) -> Handle:
    """Accepts files with a valid name and, as every HTTP server, with the right length."""

    def handle(ask: Ask) -> Answer:
        if int(ask.headers.get("content-length", "0")) != len(ask.raw):
            return Answer(400)
        right = is_named(ask.headers.get("x-file")) and ask.headers.get("content-type", "").startswith("text/plain")
        return next(only(ask, "POST"), Answer(200, "kept", media_type="text/plain") if right else Answer(400))

    return handle


def test_headers_that_http_or_openapi_defines_are_not_checked(write: Write) -> None:
    found = findings_of(write(FILES), files(lambda name: name is not None and len(name) <= 40))

    assert [] == [(each.check, each.seen) for each in found if each.operation == "POST /files"]


def test_other_headers_are_checked(write: Write) -> None:
    assert {"negative_data_rejection", "missing_required_header"} <= checks(
        findings_of(write(FILES), files(lambda name: True))
    )


def test_a_report_lists_the_ignored_parts_of_the_document(write: Write, tmp_path: Path) -> None:
    contract = write(FILES)

    done = run("check", contract.document.file, "--quick", "--report", str(tmp_path / "reports"))

    notes = [line for line in done.stdout.splitlines() if line.startswith("NOTE #/paths/~1files/post/")]
    assert ["parameters/0", "parameters/2", "responses/200/headers/Content-Type"] == [
        note.partition("post/")[2].partition(":")[0] for note in notes
    ]
    page, data = ((tmp_path / "reports" / name).read_text("utf-8") for name in ("report.html", "report.json"))
    assert 'id="notes"' in page
    assert 3 == len(json.loads(data)["notes"])


# Requests that a server may accept or refuse.

STATE = {"type": "object", "required": ["state", "name"], "additionalProperties": False, "properties": {
    "state": {"type": "string", "nullable": True, "enum": ["on", "off"]}, "name": {"type": "string"}}}  # fmt: skip
LAMPS = {"/lamps": {"put": {"requestBody": takes(STATE), "responses": OK | BAD}}}


def lamps(states: Sequence[Any], name: type | tuple[type, ...]) -> Handle:
    """Accepts some states, and names of some types."""

    def handle(ask: Ask) -> Answer:
        try:
            body = json.loads(ask.raw)
        except ValueError:
            return Answer(400)
        is_right = isinstance(body, dict) and set(body) == {"state", "name"} and ask.headers.get("content-type") == (
            "application/json") and isinstance(body["name"], name)  # fmt: skip
        right = is_right and any(body["state"] is each or body["state"] == each for each in states)
        return next(only(ask, "PUT"), Answer(200 if right else 400))

    return handle


@pytest.mark.parametrize(
    ("server", "silent"),
    [
        (lamps(["on", "off", None], str), True),
        (lamps(["on", "off"], str), True),
        (lamps(["on", "off", None], (str, type(None))), False),
        (lamps(["on", "off", None, False], str), False),
        (lamps(["on", None], str), False),
    ],
    ids=["takes the null", "refuses the null", "takes another null", "takes a boolean", "refuses a choice"],
)
def test_a_null_next_to_an_enum_may_be_accepted_or_refused(write: Write, server: Handle, silent: bool) -> None:
    contract = write(LAMPS, openapi="3.0.3")

    found = findings_of(contract, server, only=["negative_data_rejection", "positive_data_acceptance"])

    assert silent is (not found), [(each.check, each.seen) for each in found]


ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
LABEL = {"type": "object", "required": ["label"], "properties": {"label": {"type": "string"}}}
LABELS = {
    "/labels": {"post": {"responses": {"201": {**answers(LABEL)["200"], "links": {"thing": {
        "operationId": "thing", "parameters": {"id": "$response.body#/label"}}}}}}},
    "/things/{id}": {"get": {"operationId": "thing", "parameters": [ID],
                             "responses": OK | BAD | {"404": {"description": "no such thing"}}}},
}  # fmt: skip


def things(is_known: Callable[[str], bool]) -> Handle:
    """Returns a label that is not an id, and refuses unknown ids."""

    def handle(ask: Ask) -> Answer:
        if ask.path == "/labels":
            return next(only(ask, "POST"), Answer(201, {"label": "summer"}))
        return next(only(ask, "GET"), Answer(200 if is_known(ask.path.removeprefix("/things/")) else 400))

    return handle


def is_id(text: str) -> bool:
    try:
        return bool(UUID(text)) and re.fullmatch(r"[0-9a-fA-F-]{36}", text) is not None
    except ValueError:
        return False


@pytest.mark.parametrize(("is_known", "silent"), [(is_id, True), (lambda text: False, False)])
def test_a_linked_value_that_the_path_forbids_may_be_refused(
    write: Write, is_known: Callable[[str], bool], silent: bool
) -> None:
    found = findings_of(write(LABELS), things(is_known), only=["positive_data_acceptance"])

    assert silent is (not found), [(each.check, each.seen) for each in found]


FORM = {"type": "object", "required": ["count"], "properties": {
    "tags": {"type": "array", "items": {"type": "string"}}, "count": {"type": "integer"}}}  # fmt: skip
FORMS = {"/forms": {"post": {"requestBody": takes(FORM, "multipart/form-data"), "responses": OK | BAD}}}


def forms(is_count: Callable[[str], bool]) -> Handle:
    """Accepts any text as a list with one entry, and a count that is a number."""

    def handle(ask: Ask) -> Answer:
        kind = ask.headers.get("content-type", "")
        read = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + ask.raw)
        parts = read.get_payload() if read.is_multipart() else []
        fields = {part.get_param("name", header="content-disposition"): part.get_payload() for part in parts}  # type: ignore[union-attr]
        right = kind.startswith("multipart/form-data") and is_count(str(fields.get("count", "x")))
        return next(only(ask, "POST"), Answer(200 if right else 400))

    return handle


@pytest.mark.parametrize(
    ("is_count", "silent"), [(lambda text: re.fullmatch(r"-?\d+", text), True), (lambda text: text != "x", False)]
)
def test_a_text_in_a_form_is_a_list_with_one_entry_and_not_a_number(
    write: Write, is_count: Callable[[str], bool], silent: bool
) -> None:
    found = findings_of(write(FORMS), forms(is_count), only=["negative_data_rejection"])

    assert silent is (not found), [(each.check, each.seen) for each in found]


@pytest.mark.parametrize(("schema", "silent"), [({"type": ["integer", "object"]}, True), ({"type": "object"}, False)])
def test_a_number_is_a_valid_body_if_the_document_allows_it(write: Write, schema: Node, silent: bool) -> None:
    contract = write({"/any": {"post": {"requestBody": takes(schema), "responses": OK | BAD}}})

    found = findings_of(contract, lambda ask: Answer(200 if ask.raw[:1] in b"7{" else 400), only=["odd-input"])

    assert silent is ("a body that is a number is refused" not in [each.expected for each in found])


NOTE = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "text": {"type": "string"}}}
NOTES = {
    "/notes": {"get": {"responses": answers({"type": "array", "items": NOTE})},
               "post": {"requestBody": takes(NOTE), "responses": answers(NOTE, "201")}},
    "/notes/{id}": {"get": {"parameters": [{"name": "id", "in": "path", "required": True,
                                            "schema": {"type": "integer"}}], "responses": answers(NOTE)}},
    "/{word}": {"get": {"parameters": [{"name": "word", "in": "path", "required": True,
                                        "schema": {"type": "string"}}], "responses": OK}},
}  # fmt: skip


@pytest.mark.parametrize(("status", "expected"), [(404, set()), (200, {"unknown-path"})])
def test_a_path_that_matches_another_template_is_documented(write: Write, status: int, expected: set[str]) -> None:
    def handle(ask: Ask) -> Answer:
        return Answer(200, []) if ask.path.count("/") == 1 else Answer(status)

    assert expected == checks(findings_of(write(NOTES), handle, only=["unknown-path"]))


def test_an_undocumented_query_parameter_may_be_accepted(write: Write) -> None:
    """Documents of Azure have a query in the path, where openapi-core finds no operation."""
    asked = [{"name": "jobid", "in": "query", "schema": {"type": "string"}}]
    contract = write({"/jobs?op=LIST": {"get": {"parameters": asked, "responses": OK}}})

    assert set() == checks(findings_of(contract, lambda ask: Answer(200), only=["negative_data_rejection"]))


QUERY = [{"name": "on", "in": "query", "required": True, "schema": {"type": "boolean"}},
         {"name": "count", "in": "query", "required": True, "schema": {"type": "integer", "minimum": 3, "maximum": 9}},
         {"name": "Accept", "in": "header", "schema": {"type": "string", "enum": ["text/csv"]}}]  # fmt: skip


@pytest.mark.parametrize("name", ["on", "count"])
def test_the_refusal_of_a_valid_parameter_is_reported(write: Write, name: str) -> None:
    contract = write({"/lamps": {"get": {"parameters": QUERY, "responses": OK | BAD}}})

    found = findings_of(contract, lambda ask: next(only(ask, "GET"), Answer(400 if name in ask.query else 200)),
                 only=["positive_data_acceptance"])  # fmt: skip

    assert {"positive_data_acceptance"} == checks(found)


ROWS = {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}}
WORDS = {"type": "array", "items": {"type": "string"}}


@pytest.mark.parametrize(("schema", "silent"), [(ROWS, True), (WORDS, False)])
def test_a_list_of_objects_outside_a_body_may_be_refused(write: Write, schema: Node, silent: bool) -> None:
    asked = {"name": "X-Rows", "in": "header", "schema": schema}
    contract = write({"/rows": {"get": {"parameters": [asked], "responses": OK | BAD}}})

    found = findings_of(contract, lambda ask: next(only(ask, "GET"), Answer(400 if "x-rows" in ask.headers else 200)),
                 only=["positive_data_acceptance"])  # fmt: skip

    assert silent is (not found), [(each.check, each.seen) for each in found]


ERROR = {"type": "object", "properties": {"says": {"type": "string"}}}
TWICE = {"oneOf": [{"$ref": "#/components/schemas/Error"}, {"$ref": "#/components/schemas/Error"}]}
ONCE = {"oneOf": [{"$ref": "#/components/schemas/Error"}, {"type": "integer"}]}


@pytest.mark.parametrize(("schema", "body", "silent"), [
    (TWICE, {}, True), (TWICE, {"says": 1}, False), (TWICE, "no", False), (ONCE, {}, True), (ONCE, "no", False),
])  # fmt: skip
def test_a_schema_that_no_value_satisfies_is_not_enforced(write: Write, schema: Node, body: Any, silent: bool) -> None:
    contract = write({"/one": {"get": {"responses": answers(schema)}}}, components={"schemas": {"Error": ERROR}})

    found = findings_of(contract, lambda ask: next(only(ask, "GET", "HEAD"), Answer(200, body)))

    assert silent is (not found), [(each.check, each.seen) for each in found]


def test_a_report_lists_schemas_and_parameters_that_are_not_enforced(write: Write, tmp_path: Path) -> None:
    asked = [{"name": name, "in": "header", "schema": schema} for name, schema in (("A", WORDS), ("B", ROWS))]
    contract = write({"/one": {"get": {"responses": answers(TWICE)}},
                      "/two": {"get": {"parameters": asked, "responses": answers(ONCE)}}},
                     components={"schemas": {"Error": ERROR}})  # fmt: skip

    done = run("check", contract.document.file, "--quick", "--report", str(tmp_path / "reports"))

    notes = [line.partition(":")[0] for line in done.stdout.splitlines() if line.startswith("NOTE ")]
    assert ["NOTE #/paths/~1one/get/responses/200/content/application~1json/schema",
            "NOTE #/paths/~1two/get/parameters/1"] == notes  # fmt: skip


VEHICLE = {"type": "object", "required": ["power"], "properties": {"power": {"type": "string"}},
           "discriminator": {"propertyName": "power", "mapping": {
               "pedal": "#/components/schemas/Bike", "motor": "#/components/schemas/Car"}}}  # fmt: skip
HEIR = {"allOf": [{"$ref": "#/components/schemas/Vehicle"}, {"type": "object"}]}
KINDS = {"components": {"schemas": {"Vehicle": VEHICLE, "Bike": HEIR, "Car": HEIR}}}


@pytest.mark.parametrize(("kinds", "silent"), [({"pedal", "motor", "Bike", "Car"}, True), ({"no such one"}, False)])
def test_an_unknown_discriminator_value_may_be_refused(write: Write, kinds: set[str], silent: bool) -> None:
    shown = takes({"$ref": "#/components/schemas/Vehicle"})
    shown["content"]["application/json"]["examples"] = {"known": {"value": {"power": "pedal"}}}
    contract = write({"/vehicles": {"put": {"requestBody": shown, "responses": OK | BAD}}}, **KINDS)

    def handle(ask: Ask) -> Answer:
        power = re.search(rb'"power": ?"(.*?)"', ask.raw)
        return next(only(ask, "PUT"), Answer(200 if power and power.group(1).decode() in kinds else 400))

    found = findings_of(contract, handle, only=["positive_data_acceptance"])

    assert silent is (not found), [(each.check, each.seen) for each in found]


@pytest.mark.parametrize(("nullable", "silent"), [(True, True), (False, False)])
def test_a_reply_may_contain_null_where_the_document_has_nullable(write: Write, nullable: bool, silent: bool) -> None:
    shown = {"type": "object", "properties": {"state": {"type": "string", "nullable": nullable, "enum": ["on"]}}}
    contract = write({"/lamp": {"get": {"responses": answers(shown)}}})

    found = findings_of(contract, lambda ask: next(only(ask, "GET", "HEAD"), Answer(200, {"state": None})))

    assert silent is (not found), [(each.check, each.seen) for each in found]
    assert "openapi-core" not in checks(found)


@pytest.mark.parametrize(("shown", "expected"), [({}, set()), ({"id": {"type": "string"}}, {"create"})])
def test_a_create_reply_needs_an_id_only_if_the_document_has_one(write: Write, shown: Node, expected: set[str]) -> None:
    text = {"text": {"type": "string"}}
    whole = {"type": "object", "properties": text | {"id": {"type": "string"}}}
    made, put = {"type": "object", "properties": text | shown}, {"type": "object", "properties": text}
    asked = {"parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]}
    contract = write({"/notes": {"post": {"requestBody": takes(put), "responses": answers(made, "201")}},
                      "/notes/{id}": {"get": {**asked, "responses": answers(whole)}}})  # fmt: skip

    def handle(ask: Ask) -> Answer:
        return Answer(201, {"text": json.loads(ask.raw).get("text", "")}) if ask.method == "POST" else Answer(404)

    found = findings_of(contract, handle, only=["create", "concurrent-creates", "lifecycle"])

    assert expected == {each.check for each in found if each.check == "create"}
    assert bool(expected) is bool(found)


def test_a_reply_may_show_a_value_in_the_form_that_it_documents(write: Write) -> None:
    extra = {"type": "object", "properties": {"one": {"type": "string"}, "two": {"type": "string"}}}
    shown = {"type": "object", "additionalProperties": {"type": "object", "required": ["value"]}}
    note = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}, "extra": extra}}
    reply = {"type": "object", "properties": {"id": {"type": "string"}, "text": {"type": "string"}, "extra": shown}}
    contract = write({
        "/notes": {"post": {"requestBody": takes(note), "responses": answers(reply, "201")}},
        "/notes/{id}": {"get": {"parameters": CARD_ID, "responses": answers(reply) | GONE}},
    })  # fmt: skip
    kept: dict[str, Node] = {}

    def handle(ask: Ask) -> Answer:
        id = ask.path.removeprefix("/notes").strip("/")
        if ask.method == "POST":
            id, body = str(len(kept)), json.loads(ask.raw)
            extra = {name: {"value": value} for name, value in body.get("extra", {}).items()}
            kept[id] = {**body, "extra": extra, "id": id}
        return Answer(201 if ask.method == "POST" else 200, kept[id]) if id in kept else Answer(404)

    assert not findings_of(contract, handle, only=["create", "read-back", "lifecycle"])


ID_OF_PATH = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
DONE = {"parameters": [ID_OF_PATH], "responses": OK}
ECHO = {"get": DONE, "delete": DONE}


def test_an_echo_may_find_what_was_deleted(write: Write) -> None:
    contract = write({"/echo/{id}": ECHO, "/echo": {"post": {"requestBody": takes(LABEL), "responses": OK}}})

    found = findings_of(contract, lambda ask: Answer(200, {"path": ask.path}), only=["use_after_free", "odd-input"])

    assert [] == [each for each in found if each.verdict == "failure" and each.check != "odd-input"]
    assert [] == [each for each in found if each.verdict == "failure" and "which no item has" in each.expected]


@pytest.mark.parametrize(("said", "included"), [
    ("Largest weight (inclusive)", True), ("Weights below this (exclusive)", False), ("Largest weight", True),
])  # fmt: skip
@pytest.mark.parametrize("includes", [True, False])
def test_the_bound_of_a_range_is_in_it_as_the_document_says(
    write: Write, said: str, included: bool, includes: bool
) -> None:
    weight = {"type": "integer", "minimum": 0}
    crate = {"type": "object", "required": ["weight"], "properties": {"weight": weight}}
    shown = {"type": "object", "required": ["id"], "properties": {"weight": weight, "id": {"type": "string"}}}
    query = [{"name": "max_weight", "in": "query", "description": said, "schema": weight}]
    contract = write({"/crates": {
        "get": {"parameters": query, "responses": answers({"type": "array", "items": shown})},
        "post": {"requestBody": takes(crate), "responses": answers(shown, "201")}}})  # fmt: skip
    kept: list[Node] = []

    def handle(ask: Ask) -> Answer:
        if ask.method == "POST":
            kept.append({**json.loads(ask.raw), "id": str(len(kept))})
            return Answer(201, kept[-1])
        most = int(ask.query.get("max_weight", 10**9)) if ask.query else 10**9
        return Answer(200, [each for each in kept if each["weight"] < most + includes])

    found = findings_of(contract, handle, only=["filter"])

    assert bool(found) is (includes is not included), [(each.expected, each.seen) for each in found]


# Client-chosen ids, and updates.

SIZE = {"type": "object", "properties": {"wide": {"type": "integer"}}}
CARD = {"type": "object", "required": ["id", "text"], "properties": {
    "id": {"type": "string", "example": "mine"}, "text": {"type": "string"}, "size": SIZE, "by": {"type": "string"},
    "note": {"type": ["string", "null"]}}}  # fmt: skip
SHOWN = {**CARD, "properties": CARD["properties"] | {
    "note": {"type": "string"}, "by": {"anyOf": [{"type": "string"}, {"type": "object"}]}}}  # fmt: skip
CARD_ID = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]
GONE = {"404": {"description": "no such card"}}
CARDS = {
    "/cards": {"post": {"requestBody": takes(CARD), "responses": answers(SHOWN, "201")}},
    "/cards/{id}": {"get": {"parameters": CARD_ID, "responses": answers(SHOWN) | GONE},
                    "patch": {"parameters": CARD_ID, "requestBody": takes(CARD), "responses": answers(SHOWN) | GONE},
                    "delete": {"parameters": CARD_ID, "responses": {"204": {"description": "gone"}} | GONE}},
}  # fmt: skip


class Cards:
    """Stores cards under the ids that `name` makes of the requested ones, and updates them by `change`.

    `show` makes of a `by` what is shown for it.
    """

    def __init__(
        self, name: Callable[[str], str], change: Callable[[Node, Node], Node], show: Callable[[Any], Any] = str
    ) -> None:
        self.name, self.change, self.show, self.kept = name, change, show, dict[str, Node]()

    def __call__(self, ask: Ask) -> Answer:
        id = ask.path.removeprefix("/cards").strip("/")
        body = json.loads(ask.raw) if ask.raw else {}
        if ask.method == "POST":
            return Answer(201, self._keep(self.name(body["id"]), {"size": {}, "by": "nobody", **body}))
        if id not in self.kept:
            return Answer(404)
        if ask.method == "DELETE":
            return Answer(204 if self.kept.pop(id) else 404)
        if ask.method == "PATCH":
            self._keep(id, self.change(self.kept[id], body))
        return Answer(200, self._shown(id))

    def _keep(self, id: str, card: Node) -> Node:
        self.kept[id] = {**card, "id": id, "size": {"high": 1, **card["size"]}, "note": card.get("note") or "none"}
        return self._shown(id)

    def _shown(self, id: str) -> Node:
        return {**self.kept[id], "by": self.show(self.kept[id]["by"])}


def merged(card: Node, body: Node) -> Node:
    return {**card, **body} if {"id", "text"} <= body.keys() else card


@pytest.mark.parametrize(
    ("cards", "expected"),
    [
        (Cards(str, merged), set()),
        (Cards(lambda asked: "one", merged), {"identity", "concurrent-creates"}),
        (Cards(str, lambda card, body: card), {"update"}),
        (Cards(str, lambda card, body: {**card, **body, "size": {}}), {"update"}),
        (Cards(str, merged, lambda by: {"key": by, "rank": 1}), set()),
        (Cards(str, merged, lambda by: {"key": "nobody", "rank": 1}), {"update"}),
    ],
    ids=[
        "keeps them",
        "has one id for all",
        "changes nothing",
        "forgets a field",
        "shows whom an id names",
        "shows somebody else",
    ],
)
def test_requests_with_the_same_client_chosen_id_create_one_item(
    write: Write, cards: Cards, expected: set[str]
) -> None:
    found = findings_of(write(CARDS), cards, only=["identity", "concurrent-creates", "update"])

    assert expected == checks(found), [(each.check, each.expected, each.seen) for each in found]


@pytest.mark.parametrize(("name", "expected"), [("password", set()), ("note", {"update"})])
def test_a_service_may_hide_a_password_inside_an_object(write: Write, name: str, expected: set[str]) -> None:
    text = {"type": "string"}
    sent = {"type": "object", "required": ["user", name], "properties": {"user": text, name: text}}
    kept: dict[str, Node] = {}

    def shown(id: str) -> Node:
        return kept[id] | {"properties": {key: v for key, v in kept[id]["properties"].items() if key != name}}

    def handle(ask: Ask) -> Answer:
        id = ask.path.removeprefix("/nodes").strip("/")
        if ask.method == "POST":
            id = str(len(kept) + 1)
            kept[id] = {"id": int(id), "properties": {}}
        if not id:
            return Answer(200, [shown(each) for each in kept])
        if id not in kept or ask.method == "DELETE":
            return Answer(204 if kept.pop(id, None) else 404)
        kept[id] |= json.loads(ask.raw) if ask.raw else {}
        return Answer(200, shown(id))

    contract = write(nodes(sent, {"type": "object", "properties": {"user": text}})["paths"])
    assert expected == checks(findings_of(contract, handle, only=["update"]))


@pytest.mark.parametrize(("change", "expected"), [(merged, set()), (lambda card, body: card, {"lifecycle"})])
def test_a_client_may_reuse_an_id(write: Write, change: Callable[[Node, Node], Node], expected: set[str]) -> None:
    assert expected == checks(findings_of(write(CARDS), Cards(str, change), only=["lifecycle"]))


@pytest.mark.parametrize(("taken", "expected"), [(("text", "size"), set()), (("text",), {"update"})])
def test_a_service_may_extend_the_value_of_an_update(write: Write, taken: Sequence[str], expected: set[str]) -> None:
    item = {**CARDS["/cards/{id}"], "patch": {**CARDS["/cards/{id}"]["patch"], "requestBody": takes(
        {"type": "object", "properties": {"text": {"type": "string"}, "size": SIZE}})}}  # fmt: skip
    cards = Cards(str, lambda card, body: card | {name: body[name] for name in taken if name in body})

    assert expected == checks(findings_of(write({**CARDS, "/cards/{id}": item}), cards, only=["lost-update", "update"]))


@pytest.mark.parametrize(("first", "expected"), [(201, set()), (200, set()), (202, {"reply"})])
def test_a_put_that_creates_may_return_201(write: Write, first: int, expected: set[str]) -> None:
    item = CARDS["/cards/{id}"]
    made = {str(status): answers(CARD)["200"] for status in (200, 201, 202)}
    put = {"parameters": CARD_ID, "requestBody": takes(CARD), "responses": made}
    contract = write({"/cards/{id}": {"get": item["get"], "put": put, "delete": item["delete"]}})
    kept: dict[str, Node] = {}

    def handle(ask: Ask) -> Answer:
        status = 200 if ask.path in kept else first
        if ask.method == "PUT":
            kept[ask.path] = {**json.loads(ask.raw), "id": ask.path.rpartition("/")[2]}
            return Answer(status, kept[ask.path])
        if ask.method == "DELETE":
            return Answer(204 if kept.pop(ask.path, None) else 404)
        return Answer(200, kept[ask.path]) if ask.path in kept else Answer(404)

    assert expected == checks(findings_of(contract, handle, only=["reply"]))


class Numbers:
    """Numbers its notes, and reuses the number of a deleted note."""

    def __init__(self) -> None:
        self.kept: dict[str, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        if ask.method == "POST":
            id = next(number for number in range(1, 100) if str(number) not in self.kept)
            self.kept[str(id)] = {**json.loads(ask.raw), "id": id}
            return Answer(201, self.kept[str(id)])
        kept = self.kept.get(number := ask.path.rpartition("/")[2])
        if ask.method == "DELETE" and kept is not None:
            del self.kept[number]
        if ask.method == "PATCH" and kept is not None:
            kept |= json.loads(ask.raw)
        return Answer(404) if kept is None else Answer(204) if ask.method == "DELETE" else Answer(200, kept)


@pytest.mark.parametrize(
    ("most", "said", "expected"),
    [
        (2**31, "", {("identity", "warning")}),
        (2**31, "The number of a deleted note is never given again.", {("identity", "failure")}),
        (12, "", set()),
    ],
)
def test_a_number_may_be_given_again(write: Write, most: int, said: str, expected: set[tuple[str, str]]) -> None:
    """An SQLite table without AUTOINCREMENT does it. An update of the new note is none of the deleted one."""
    id = [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1, "maximum": most}}]
    shown = {**LABEL, "properties": {**LABEL["properties"], "id": {"type": "integer", "description": said}}}
    contract = write({
        "/notes": {"post": {"requestBody": takes(LABEL), "responses": answers(shown, "201")}},
        "/notes/{id}": {"get": {"parameters": id, "responses": answers(shown) | GONE},
                        "patch": {"parameters": id, "requestBody": takes(LABEL), "responses": answers(shown) | GONE},
                        "delete": {"parameters": id, "responses": {"204": {"description": "gone"}} | GONE}},
    })  # fmt: skip
    found = findings_of(contract, Numbers(), only=["identity", "lifecycle"])

    assert expected == {(each.check, each.verdict) for each in found}


def test_a_script_with_a_reused_id_can_be_replayed() -> None:
    with Target.asgi(Small(Numbers())) as target:
        note = Request("POST", "/notes", (), (), {"text": "new"}, "application/json")
        first = [target.send(each, ANONYMOUS) for each in (note, Request("DELETE", "/notes/1", (), (), None, ""), note,
                                                        Request("GET", "/notes/1", (), (), None, ""))]  # fmt: skip
    found = finding("lifecycle", "GET /notes/{id}", expected="404", seen="status 200", exchanges=first)
    talk = script(found, target.base_url, ["DELETE /notes/{id}"])

    with Target.asgi(Small(Numbers())) as target:
        held = replay_script(talk, target)

    assert held.same
    assert [each.status for each in first] == [reply.status for _, reply in held.exchanges]


# Documents with contradictory schemas.

PET = {"type": "object", "required": ["name"], "properties": {
    "id": {"type": "integer", "readOnly": True}, "name": {"type": "string"},
    "serial": {"type": "integer", "maximum": 2**70},
    "kind": {"type": "object", "properties": {}, "additionalProperties": False}}}  # fmt: skip
ORDER = {"type": "object", "properties": {"id": {"type": "integer"}, "pet": {"type": "integer"}}}


def numbered(maximum: int) -> Node:
    return {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "maximum": maximum}}


STORE = {
    "/pets": {"post": {"requestBody": takes(PET), "responses": answers(PET)},
              "put": {"requestBody": takes(PET), "responses": answers(PET)}},
    "/pets/{id}": {
        "get": {"parameters": [numbered(2**53)], "responses": answers(PET) | {"404": {"description": "gone"}}},
        "post": {"parameters": [numbered(2**53)], "responses": OK,
                 "requestBody": takes({"type": "object"}, "application/x-www-form-urlencoded")},
        "patch": {"parameters": [numbered(2**53)], "requestBody": takes(PET), "responses": answers(PET)},
        "delete": {"parameters": [numbered(2**53)], "responses": OK},
    },
    "/orders": {"post": {"requestBody": takes(ORDER), "responses": answers(ORDER)}},
    "/orders/{id}": {"get": {"parameters": [numbered(1000)], "responses": answers(ORDER)},
                     "delete": {"parameters": [numbered(1000)], "responses": OK}},
}  # fmt: skip


@pytest.mark.parametrize("seed", [0, 1])
def test_the_mock_of_a_document_with_incompatible_ids_has_no_findings(write: Write, seed: int) -> None:
    """The document has ids that their path forbids, a `readOnly` id that is the only one, integers beyond 64 bits, and
    a field with a single value."""
    contract = write(STORE)
    with CheckSettings(contract.document.file, contract, seed=seed).target() as target:
        result = run_checks(contract, target, seed=seed)

    assert [] == [(each.operation, each.check, each.expected, each.seen) for each in result.findings]
    assert {"create", "read-back", "update", "delete", "not-found", "replace", "validation"} <= {
        name for _, name in result.outcomes
    }
