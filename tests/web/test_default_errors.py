"""Without `errors` in a behaviour file, an error has the status and the body that the document offers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import httpx
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import Fault, Invalid
from mockserver.web.response import error_body_filler, error_values
from tests.client import Client
from tests.web.document import answers, document, served, takes

NAME = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "minLength": 2}}}
PROBLEM = {
    "type": "object", "required": ["message", "code"], "additionalProperties": False,
    "properties": {"message": {"type": "string"}, "code": {"type": "integer"}},
}  # fmt: skip


def refuse(folder: Path, responses: dict[str, Any], body: Any = None, **options: Any) -> httpx.Response:
    """The reply to a request whose body lacks its `name`, by a document with these responses."""
    operation = {"requestBody": takes(NAME), "responses": answers({"type": "string"}) | responses}
    with Client(served(folder, document({"/names/check": {"post": operation}}, **options))) as client:
        return client.post("/names/check", json={"name": "x"} if body is None else body)


@pytest.mark.parametrize(
    ("offered", "status"),
    [
        (["422", "400", "4XX", "default"], 422), (["400", "4XX", "default"], 400), (["4XX", "default"], 400),
        (["default"], 400), (["409", "401"], 400), ([], 400),
    ],
)  # fmt: skip
def test_an_invalid_request_gets_the_first_documented_status(tmp_path: Path, offered: list[str], status: int) -> None:
    response = refuse(tmp_path, {code: answers(PROBLEM, code)[code] for code in offered})

    assert status == response.status_code


@pytest.mark.parametrize(
    ("offered", "status"), [(["403"], 403), (["401", "403"], 401), (["403", "default"], 401), ([], 401)]
)
def test_a_missing_credential_is_403_where_only_that_is_documented(
    tmp_path: Path, offered: list[str], status: int
) -> None:
    security = {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
    operation = {"security": [{"key": []}], "responses": answers({"type": "string"})}
    operation["responses"] |= {code: answers(PROBLEM, code)[code] for code in offered}
    served_document = document({"/names": {"get": operation}}, components={"securitySchemes": security})
    with Client(served(tmp_path, served_document)) as client:
        assert status == client.get("/names").status_code


@pytest.mark.parametrize("code", ["422", "400", "4XX", "default"])
def test_the_body_is_valid_and_names_the_field(tmp_path: Path, code: str) -> None:
    response = refuse(tmp_path, answers(PROBLEM, code))

    jsonschema.validate(response.json(), PROBLEM)
    assert "name" in response.json()["message"]
    assert response.status_code == response.json()["code"]


def test_an_undocumented_error_is_problem_details(tmp_path: Path) -> None:
    response = refuse(tmp_path, {})

    assert "application/problem+json" == response.headers["content-type"]
    assert (400, "Bad Request", "about:blank") == tuple(response.json()[name] for name in ("status", "title", "type"))
    assert [("body", "name")] == [(fault["in"], fault["field"]) for fault in response.json()["errors"]]


def objects(**properties: Any) -> dict[str, Any]:
    """An object schema that requires all of its properties and has no others."""
    return {"type": "object", "required": list(properties), "properties": properties, "additionalProperties": False}


TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
SHORT = '"x" is shorter than 2 characters'
"""The fault of the name."""


def test_an_error_without_a_field_names_none(tmp_path: Path) -> None:
    error = objects(message=TEXT, errors={"type": "array", "items": {
        "type": "object", "required": ["message"], "properties": {"message": TEXT, "field": TEXT}}})  # fmt: skip
    paths = {"/pets/{id}": {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
        "get": {"responses": answers(objects(id=TEXT, name=TEXT)) | answers(error, "404")},
        "delete": {"responses": {"204": {"description": "gone"}}},
    }, "/pets": {
        "get": {"responses": answers({"type": "array", "items": objects(id=TEXT, name=TEXT)})},
        "post": {"requestBody": takes(NAME), "responses": answers(objects(id=TEXT, name=TEXT), "201")},
    }}  # fmt: skip
    with Client(served(tmp_path, document(paths))) as client:
        response = client.get("/pets/none")

    assert (404, {"message", "errors"}) == (response.status_code, set(response.json()))
    assert [{"message": response.json()["message"]}] == response.json()["errors"]


WORLD: dict[str, tuple[dict[str, Any], Any]] = {
    "FastAPI": (
        objects(detail={"type": "array", "items": objects(
            loc={"type": "array", "items": {"anyOf": [TEXT, WHOLE]}}, msg=TEXT, type=TEXT)}),
        {"detail": [{"loc": ["body", "name"], "msg": SHORT, "type": "minLength"}]},
    ),
    "Nest": (
        objects(statusCode=WHOLE, message={"type": "array", "items": TEXT}, error=TEXT),
        {"statusCode": 422, "message": [f"name: {SHORT}"], "error": "Unprocessable Entity"},
    ),
    "Laravel": (
        objects(message=TEXT, errors={"type": "object", "additionalProperties": {"type": "array", "items": TEXT}}),
        {"message": f"body name: {SHORT}", "errors": {"name": [SHORT]}},
    ),
    "OAuth": (
        objects(error={"enum": ["invalid_request", "invalid_client"]}, error_description=TEXT),
        {"error": "invalid_request", "error_description": f"body name: {SHORT}"},
    ),
    "JSON:API": (
        objects(errors={"type": "array", "items": objects(
            status=TEXT, title=TEXT, detail=TEXT, source=objects(pointer=TEXT))}),
        {"errors": [{"status": "422", "title": "Unprocessable Entity", "detail": SHORT,
                     "source": {"pointer": "/name"}}]},
    ),
    "Google": (
        objects(error=objects(code=WHOLE, message=TEXT, status={"enum": ["INVALID_ARGUMENT", "NOT_FOUND"]})),
        {"error": {"code": 422, "message": f"body name: {SHORT}", "status": "INVALID_ARGUMENT"}},
    ),
    "entries with names of their own": (
        objects(errors={"type": "array", "items": objects(fieldName=TEXT, errorText=TEXT)}),
        {"errors": [{"fieldName": "name", "errorText": SHORT}]},
    ),
    "Symfony": (
        objects(title=TEXT, violations={"type": "array", "items": objects(propertyPath=TEXT, message=TEXT)}),
        {"title": "Unprocessable Entity", "violations": [{"propertyPath": "name", "message": SHORT}]},
    ),
    "an entry without a message by name": (
        objects(code=TEXT, message=TEXT, details={
            "type": "array", "items": objects(path=TEXT, issue=TEXT, hurdle=TEXT)}),
        {"code": "invalid", "message": f"body name: {SHORT}",
         "details": [{"path": "name", "issue": SHORT, "hurdle": ANY}]},
    ),
    "a message in words of its own": (
        objects(number=WHOLE, remark=TEXT), {"number": ANY, "remark": f"body name: {SHORT}"}
    ),
    "an example of a code": (
        objects(code=TEXT | {"example": "VALIDATION_ERROR"}, message=TEXT),
        {"code": "VALIDATION_ERROR", "message": f"body name: {SHORT}"},
    ),
    "an example of another code": (
        objects(code=TEXT | {"example": "PET_IS_ASLEEP"}, message=TEXT),
        {"code": "UNPROCESSABLE_ENTITY", "message": f"body name: {SHORT}"},
    ),
    "Stripe": (
        objects(error=objects(type={"enum": ["api_error", "card_error", "invalid_request_error"]}, message=TEXT)),
        {"error": {"type": "invalid_request_error", "message": f"body name: {SHORT}"}},
    ),
    "an enum of longer words": (
        objects(code={"enum": ["ITEM_NOT_FOUND", "INPUT_VALIDATION_FAILED", "QUOTA_EXCEEDED"]}, message=TEXT),
        {"code": "INPUT_VALIDATION_FAILED", "message": f"body name: {SHORT}"},
    ),
    "RFC 9457 with fragments": (
        objects(errors={"type": "array", "items": objects(detail=TEXT, pointer=TEXT | {"example": "#/age"})}),
        {"errors": [{"detail": SHORT, "pointer": "#/name"}]},
    ),
    "Spring": (
        objects(timestamp=TEXT, status=WHOLE, error=TEXT, message=TEXT, path=TEXT),
        {"timestamp": ANY, "status": 422, "error": "Unprocessable Entity", "message": f"body name: {SHORT}",
         "path": "/names/check"},
    ),
    "a heading alone": (objects(error=TEXT), {"error": f"body name: {SHORT}"}),
    "RFC 9457 in camel case": (
        objects(title=TEXT, invalidParams={"type": "array", "items": objects(name=TEXT, reason=TEXT)}),
        {"title": "Unprocessable Entity", "invalidParams": [{"name": "name", "reason": SHORT}]},
    ),
    "a source": (
        objects(errors={"type": "array", "items": objects(code=TEXT, detail=TEXT, source=TEXT)}),
        {"errors": [{"code": "invalid", "detail": SHORT, "source": "name"}]},
    ),
    "SOAP": (
        objects(faultCode=TEXT | {"example": "LIB-100"}, faultString=TEXT),
        {"faultCode": "LIB-100", "faultString": f"body name: {SHORT}"},
    ),
    "a list of texts": ({"type": "array", "items": TEXT}, [f"name: {SHORT}"]),
    "a text": (TEXT, f"body name: {SHORT}"),
    "a short text": (objects(message=TEXT | {"maxLength": 30}), {"message": 'body name: "x" is shorter tha…'}),
}  # fmt: skip
"""Error bodies of well-known frameworks and standards, and the expected body for a name that is too short."""


@pytest.mark.parametrize("style", WORLD)
def test_error_bodies_of_well_known_frameworks_are_filled_as_expected(tmp_path: Path, style: str) -> None:
    schema, expected = WORLD[style]

    response = refuse(tmp_path, answers(schema, "422"))

    assert expected == response.json()


def test_an_error_without_a_field_lists_none_beside_its_message(tmp_path: Path) -> None:
    entries = {"type": "array", "items": objects(field=TEXT, problem=TEXT)}
    error = {"type": "object", "required": ["message"], "properties": {"message": TEXT, "details": entries}}
    paths = {
        "/pets": {"post": {"requestBody": takes(NAME), "responses": answers(objects(id=TEXT, name=TEXT), "201")}},
        "/pets/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
            "get": {"responses": answers(objects(id=TEXT, name=TEXT)) | answers(error, "404")},
        },
    }

    with Client(served(tmp_path, document(paths))) as client:
        body = client.get("/pets/none").json()

    assert ["message"] == list(body)


def test_the_code_of_the_only_example_of_a_response_is_kept(tmp_path: Path) -> None:
    media = {"schema": objects(code=TEXT, message=TEXT), "example": {"code": "FORM_IS_LOCKED", "message": "locked"}}

    body = refuse(tmp_path, {"422": {"description": "no", "content": {"application/json": media}}}).json()

    assert {"code": "FORM_IS_LOCKED", "message": f"body name: {SHORT}"} == body


def test_an_object_of_any_media_type_is_json(tmp_path: Path) -> None:
    error = {"422": {"description": "no", "content": {"*/*": {"schema": objects(message=TEXT)}}}}

    assert "application/json" == refuse(tmp_path, error).headers["content-type"]


START = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
"""Where the clock of a mock with a seed begins."""


@pytest.mark.parametrize(
    ("schema", "unit"),
    [
        (TEXT, None),
        (TEXT | {"format": "date-time"}, None),
        (WHOLE, 1),
        (WHOLE | {"example": 1_700_000_000_000}, 1000),
    ],
)
def test_the_time_of_an_error_is_now(tmp_path: Path, schema: dict[str, Any], unit: int | None) -> None:
    shown = refuse(tmp_path, answers(objects(timestamp=schema, message=TEXT), "422")).json()["timestamp"]

    moment = shown / unit if unit else datetime.fromisoformat(shown).timestamp()
    assert START <= moment <= START + 1


def test_a_documented_example_is_kept_except_for_the_message(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"message": TEXT, "help": TEXT}}
    example = {"message": "Pet not found", "help": "https://example.com/help"}

    response = refuse(tmp_path, answers(schema, "400", example=example))

    assert "https://example.com/help" == response.json()["help"]
    assert "name" in response.json()["message"]


@pytest.mark.parametrize(
    ("kind", "piece"), [("text/plain", "body name: "), ("application/xml", "<message>body name: ")]
)
def test_errors_in_text_and_xml_have_the_message_too(tmp_path: Path, kind: str, piece: str) -> None:
    schema = TEXT if kind == "text/plain" else PROBLEM

    response = refuse(tmp_path, answers(schema, "400", kind=kind))

    assert kind == response.headers["content-type"]
    assert piece in response.text


def test_other_errors_have_their_own_status_and_body(tmp_path: Path) -> None:
    pet = {"type": "object", "properties": {"id": WHOLE, "name": TEXT}}
    parameter = {"name": "id", "in": "path", "required": True, "schema": WHOLE}
    responses = answers(pet) | answers(PROBLEM, "default") | answers(PROBLEM, "4XX")
    one = {
        "get": {"parameters": [parameter], "responses": responses},
        "delete": {"parameters": [parameter], "responses": {"204": {"description": "gone"}} | answers(PROBLEM, "4XX")},
    }
    many = {"post": {"requestBody": takes(NAME), "responses": answers(pet, "201") | answers(PROBLEM, "4XX")}}
    keyed = {
        "security": [{"key": []}],
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    }
    with Client(served(tmp_path, document({"/pets": many, "/pets/{id}": one}, **keyed))) as client:
        stranger = client.get("/pets/1")
        send = keyed_client(client)
        missing = send("GET", "/pets/1")
        unsupported = send("POST", "/pets", content="a,b", headers={"Content-Type": "text/csv"})
        malformed = send("POST", "/pets", content="{", headers={"Content-Type": "application/json"})
        refused = send("PUT", "/pets/1")

    for response, status in ((stranger, 401), (missing, 404), (unsupported, 415), (malformed, 400)):
        assert status == response.status_code
        jsonschema.validate(response.json(), PROBLEM)
        assert status == response.json()["code"]
    assert "Bearer" == stranger.headers["www-authenticate"]
    assert (405, "DELETE, GET, HEAD") == (refused.status_code, refused.headers["allow"])


def keyed_client(client: Client) -> Any:
    """The client with a credential."""

    def send(method: str, url: str, *, headers: dict[str, str] | None = None, **options: Any) -> httpx.Response:
        return client.request(method, url, headers={"Authorization": "Bearer x", **(headers or {})}, **options)

    return send


names = st.sampled_from([*error_values.VALUES, *error_body_filler.LISTS, "other", "errorText"])
bodies = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
faults = st.lists(
    st.builds(Fault, st.sampled_from(["body", "query"]), st.tuples(st.text(min_size=1)), st.text(), st.just("type")),
    max_size=3,
)


@given(body=bodies, found=faults, picky=st.integers(0, 3))
def test_filling_never_makes_a_valid_body_invalid_and_never_touches_the_original(
    body: Any, found: list[Fault], picky: int
) -> None:
    def is_valid(value: Any) -> bool:
        return value == body or len(repr(value)) % 4 >= picky

    before = repr(body)
    refusal = Invalid("wrong", faults=tuple(found))

    filled = error_body_filler.fill(
        body,
        error_values.facts_of(refusal, 400, "wrong"),
        refusal.faults,
        error_body_filler.BodyRules(is_valid, lambda path: True, lambda path: ()),
    )

    assert is_valid(filled)
    assert before == repr(body)


def test_errors_have_the_media_type_that_swagger_2_produces(tmp_path: Path) -> None:
    limit = {"name": "limit", "in": "query", "type": "integer"}
    responses = {"200": {"description": "fine"}, "400": {"description": "bad"}}
    operation = {"parameters": [limit], "produces": ["application/json"], "responses": responses}
    written = {"swagger": "2.0", "info": {"title": "old", "version": "1"}, "paths": {"/x": {"get": operation}}}

    with Client(served(tmp_path, written)) as client:
        reply = client.get("/x?limit=many")

    assert (400, "application/json") == (reply.status_code, reply.headers["content-type"])
    assert "limit" == reply.json()["errors"][0]["field"]


@pytest.mark.parametrize(("status", "wait"), [(500, None), (503, None), (503, 30)])
@pytest.mark.parametrize(
    ("documented", "is_shared"),
    [
        ({"404": PROBLEM, "422": PROBLEM}, True),
        ({"404": PROBLEM}, False),
        ({"404": PROBLEM, "422": {"type": "object", "required": ["reason"]}}, False),
        ({"404": {"type": "object"}, "5XX": PROBLEM}, True),
    ],
)
def test_a_breakdown_that_is_not_documented_is_told_as_other_errors_are(
    tmp_path: Path, documented: dict[str, Any], is_shared: bool, status: int, wait: int | None
) -> None:
    responses = answers({"type": "string"})
    for each, schema in documented.items():
        responses |= answers(schema, each)
    then = {"status": status} if wait is None else {"fault": {"kind": "outage", "seconds": wait}}
    paths = {"/names": {"get": {"operationId": "listNames", "responses": responses}}}
    with Client(served(tmp_path, document(paths))) as client:
        client.post("/_mock/overrides", json={"when": {"operation": "listNames"}, "then": then})
        told = client.get("/names")

    assert (status, wait and str(wait)) == (told.status_code, told.headers.get("retry-after"))
    assert is_shared is jsonschema.Draft202012Validator(PROBLEM).is_valid(told.json())
    assert is_shared is (told.headers["content-type"] == "application/json")


LETTER: dict[str, Any] = {
    "type": "object",
    "required": ["to", "title"],
    "properties": {"to": {"type": "string", "minLength": 3}, "title": {"type": "string"}, "pages": {"type": "integer"}},
}


def refuse_letter(folder: Path, schema: dict[str, Any], body: dict[str, Any], **media: Any) -> Any:
    responses = answers(LETTER, "201") | {
        "400": {"description": "", "content": {"application/json": {"schema": schema} | media}}
    }
    with Client(
        served(folder, document({"/letters": {"post": {"requestBody": takes(LETTER), "responses": responses}}}))
    ) as client:
        refused = client.post("/letters", json=body)
    assert 400 == refused.status_code
    return refused.json()


@pytest.mark.parametrize("media", [{}, {"example": {"pages": ["A valid integer is required."]}}])
def test_a_body_that_is_a_map_by_field_names_each_field_at_fault(tmp_path: Path, media: dict[str, Any]) -> None:
    schema = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}
    shown = refuse_letter(tmp_path, schema, {"to": "me", "title": 7}, **media)

    assert {"to", "title"} == shown.keys()
    assert "shorter than 3" in shown["to"][0]
    assert all(isinstance(each, list) and len(each) == 1 for each in shown.values())


def test_a_map_by_field_may_have_one_text_for_each(tmp_path: Path) -> None:
    schema = {"type": "object", "additionalProperties": {"type": "string"}}
    shown = refuse_letter(tmp_path, schema, {"to": "Ada", "title": "Hi", "pages": "many"})

    assert ["pages"] == [*shown]
    assert "integer" in shown["pages"]


@pytest.mark.parametrize("kind", [{"type": "string"}, {"type": "array", "items": {"type": "string"}}])
def test_properties_called_like_those_of_the_request_have_their_faults(tmp_path: Path, kind: dict[str, Any]) -> None:
    names = dict.fromkeys(("to", "pages"), kind)
    schema = {"type": "object", "required": ["code"], "properties": {"code": {"type": "integer"}, **names}}
    shown = refuse_letter(tmp_path, schema, {"to": "me", "title": "Hi"})

    assert {"code", "to"} == shown.keys()
    assert 400 == shown["code"]
    assert "shorter than 3" in (shown["to"] if kind["type"] == "string" else shown["to"][0])


def test_a_map_with_a_message_is_no_map_by_field(tmp_path: Path) -> None:
    schema = {"type": "object", "additionalProperties": {"type": "string"}}
    shown = refuse_letter(tmp_path, schema, {"title": "Hi"}, example={"message": "Wrong"})

    assert ["message"] == [*shown]
    assert "to" in shown["message"]


FORM: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        **{f"n{each}": {"type": "integer", "minimum": 1} for each in range(7)},
    },
}
"""A request with eight properties that can all be wrong."""


def texts_of(folder: Path, schema: dict[str, Any], *wrong: int, kind: str = "application/json") -> Any:
    """The error body, by its schema, of a request without a name whose numbers of these places are wrong."""
    operation = {"requestBody": takes(FORM), "responses": answers({"type": "string"}) | answers(schema, "400", kind)}
    with Client(served(folder, document({"/forms": {"post": operation}}))) as client:
        response = client.post("/forms", json={f"n{each}": -each for each in wrong})
        return response.json() if "json" in kind else response.text


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        (objects(message={"type": "string"}), ("message",)),
        (objects(detail={"type": "string"}, status={"type": "integer"}), ("detail",)),
        (objects(error=objects(code={"type": "string"}, message={"type": "string"})), ("error", "message")),
        (objects(error={"type": "string"}), ("error",)),
        ({"type": "string"}, ()),
    ],
)
def test_a_body_with_one_text_names_every_fault(tmp_path: Path, schema: dict[str, Any], place: tuple[str, ...]) -> None:
    text = texts_of(tmp_path, schema, 2, 3)
    for step in place:
        text = text[step]

    assert 'body name: "name" is a required property; body n2: -2 is less than the minimum of 1; ' in text
    assert text.endswith("body n3: -3 is less than the minimum of 1")


def test_a_plain_text_names_every_fault(tmp_path: Path) -> None:
    text = texts_of(tmp_path, {"type": "string"}, 2, kind="text/plain")

    assert 'body name: "name" is a required property; body n2: -2 is less than the minimum of 1' == text


def test_one_text_names_five_faults_and_counts_the_others(tmp_path: Path) -> None:
    text = texts_of(tmp_path, objects(message={"type": "string"}), *range(1, 7))["message"]

    assert text.endswith("body n4: -4 is less than the minimum of 1; and 2 more")
    assert "n5" not in text


def test_a_short_text_names_the_faults_that_fit(tmp_path: Path) -> None:
    text = texts_of(tmp_path, objects(message={"type": "string", "maxLength": 70}), 1, 2)["message"]

    assert 'body name: "name" is a required property; and 2 more' == text


@pytest.mark.parametrize(
    "beside",
    [
        {"errors": {"type": "array", "items": objects(field={"type": "string"}, message={"type": "string"})}},
        {"field": {"type": "string"}},
    ],
)
def test_a_text_beside_the_fields_names_one_fault(tmp_path: Path, beside: dict[str, Any]) -> None:
    body = texts_of(tmp_path, objects(message={"type": "string"}, **beside), 2, 3)

    assert 'body name: "name" is a required property' == body["message"]
    assert 3 == len(body["errors"]) if "errors" in beside else "name" == body["field"]
