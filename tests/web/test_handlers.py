"""Python functions that answer operations by Connexion's conventions, beside the mock and on its items."""

from __future__ import annotations

import asyncio
import copy
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any

import connexion
import httpx
import pytest
import yaml
from connexion.context import operation
from connexion.exceptions import Forbidden, ProblemException
from connexion.lifecycle import ConnexionResponse
from starlette.responses import JSONResponse, StreamingResponse

import mockserver
from mockserver import HandlerError, sandbox
from mockserver.web.app import Sandbox
from mockserver.web.handler_functions import full_name
from tests.client import Client

PETS = yaml.safe_load((Path(__file__).parent / "pets.yaml").read_text(encoding="utf-8"))


@contextmanager
def client(folder: Path, handlers: Any, document: dict[str, Any] = PETS, **options: Any) -> Iterator[Client]:
    """A client of a mock in which these functions answer operations."""
    path = folder / "pets.yaml"
    path.write_text(yaml.safe_dump(document))
    with Client(mockserver.create_app(path, handlers=handlers, seed=1, **options)) as asked:
        yield asked


def served(folder: Path, handlers: Any) -> Sandbox:
    path = folder / "pets.yaml"
    path.write_text(yaml.safe_dump(PETS))
    return mockserver.create_app(path, handlers=handlers, seed=1)


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Write modules where Python finds them; gives the name of the first."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)

    def write(source: str, name: str = "my_api") -> str:
        path = tmp_path / (name.replace(".", "/") + ".py")
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(source))
        return name

    yield write
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in ("my_api", "shop"):
            del sys.modules[name]


def test_what_has_no_function_is_mocked(tmp_path: Path) -> None:
    with client(tmp_path, {"getPet": lambda pet_id: {"id": pet_id, "name": "Ada"}}) as pets:
        made = pets.post("/pets", json={"name": "Bob"})
        got = pets.get("/pets/7")
        listed = pets.get("/pets")

    assert (201, {"id": 1, "name": "Bob"}) == (made.status_code, made.json())
    assert (200, {"id": 7, "name": "Ada"}) == (got.status_code, got.json())
    assert [{"id": 1, "name": "Bob"}] == listed.json()


def test_parameters_are_keyword_arguments_of_the_documented_types(tmp_path: Path) -> None:
    seen: list[Any] = []

    def list_pets(pet_status: str | None = None, limit: int = 0, filter_name: Any = None) -> list[Any]:
        seen.append((pet_status, limit, filter_name))
        return []

    with client(tmp_path, {"listPets": list_pets}) as pets:
        pets.get("/pets")
        pets.get("/pets?petStatus=sold&limit=3&filter[name]=a&filter[name]=b")
        refused = pets.get("/pets?limit=many")

    assert [(None, 20, None), ("sold", 3, ["a", "b"])] == seen
    assert 400 == refused.status_code


def test_a_function_may_write_the_names_in_snake_case(tmp_path: Path) -> None:
    with client(
        tmp_path,
        {
            "getPet": lambda pet_id: {"id": pet_id, "name": "Ada"},
            "listPets": lambda pet_status: [{"id": 1, "name": pet_status}],
        },
    ) as pets:
        assert {"id": 7, "name": "Ada"} == pets.get("/pets/7").json()
        assert [{"id": 1, "name": "free"}] == pets.get("/pets?petStatus=free").json()


def test_a_function_may_take_whatever_there_is(tmp_path: Path) -> None:
    seen: list[dict[str, Any]] = []

    def create_pet(**given: Any) -> Any:
        seen.append(given)
        return {"id": 1, "name": "Ada"}, 201

    with client(tmp_path, {"createPet": create_pet}) as pets:
        pets.post("/pets", json={"name": "Ada"}, headers={"authorization": "Bearer k1"})

    assert {"body", "user", "token_info"} == set(seen[0])
    assert {"name": "Ada"} == seen[0]["body"]
    assert "k1" == seen[0]["token_info"]["token"]


def test_connexions_context_is_that_of_the_request(tmp_path: Path) -> None:
    async def list_pets(context_: Any) -> Any:
        body = await connexion.request.body()
        told = f"{connexion.request.headers['X-Trace']} {operation.operation_id} {body!r} {sorted(context_)}"
        return [{"id": 1, "name": told}]

    with client(tmp_path, {"listPets": list_pets}) as pets:
        reply = pets.get("/pets", headers={"X-Trace": "t1"})

    assert [{"id": 1, "name": "t1 listPets b'' ['token_info', 'user']"}] == reply.json()


def test_plain_functions_run_in_a_thread_and_coroutine_functions_in_the_event_loop(tmp_path: Path) -> None:
    threads: dict[str, int] = {}

    def get_pet(pet_id: int) -> Any:
        threads["plain"] = threading.get_ident()
        return {"id": pet_id, "name": "Ada"}

    async def list_pets() -> Any:
        await asyncio.sleep(0)
        threads["coroutine"] = threading.get_ident()
        return []

    with client(tmp_path, {"getPet": get_pet, "listPets": list_pets}) as pets:
        assert 200 == pets.get("/pets/1").status_code
        assert 200 == pets.get("/pets").status_code

    assert threading.get_ident() == threads["coroutine"]
    assert threading.get_ident() != threads["plain"]


async def streamed() -> Any:
    for part in (b'{"id": 1,', b' "name": "Ada"}'):
        yield part


ADA = {"id": 1, "name": "Ada"}


@pytest.mark.parametrize(
    ("result", "status", "headers", "value"),
    [
        (ADA, 200, {}, ADA),
        ((ADA,), 200, {}, ADA),
        ((ADA, 200), 200, {}, ADA),
        ((ADA, 200, {"X-Kind": "own"}), 200, {"x-kind": "own"}, ADA),
        ((ADA, {"X-Kind": "own"}), 200, {"x-kind": "own"}, ADA),
        (JSONResponse(ADA, headers={"X-Kind": "own"}), 200, {"x-kind": "own"}, ADA),
        (ConnexionResponse(200, None, "application/json", '{"id": 1, "name": "Ada"}'), 200, {}, ADA),
        (StreamingResponse(streamed(), media_type="application/json"), 200, {}, ADA),
        ((connexion.NoContent, 404), 404, {}, None),
    ],
    ids=["body", "tuple", "status", "headers", "body and headers", "response", "connexion", "stream", "nothing"],
)
def test_a_result_is_read_as_connexion_reads_it(
    tmp_path: Path, result: Any, status: int, headers: dict[str, str], value: Any
) -> None:
    with client(tmp_path, {"getPet": lambda pet_id: result}) as pets:
        reply = pets.get("/pets/1")

    assert (status, value) == (reply.status_code, reply.json() if reply.content else None)
    assert headers.items() <= dict(reply.headers).items()


def test_a_file_is_an_argument_of_its_own(tmp_path: Path) -> None:
    async def add_photo(pet_id: int, body: Any, image: Any) -> Any:
        return {"pet": pet_id, "body": body, "name": image.filename, "bytes": len(await image.read())}

    with client(tmp_path, {"addPhoto": add_photo}) as pets:
        reply = pets.post("/pets/3/photo", data={"title": "Ada"}, files={"image": ("ada.png", b"\x89PNG")})

    assert {"pet": 3, "body": {"title": "Ada"}, "name": "ada.png", "bytes": 4} == reply.json()


def test_a_problem_is_answered_as_connexion_answers_it(tmp_path: Path) -> None:
    def create_pet(body: Any) -> Any:
        raise ProblemException(status=409, title="Taken", detail="There is an Ada.", ext={"name": body["name"]})

    def list_pets() -> Any:
        raise Forbidden("not for you")

    with client(tmp_path, {"createPet": create_pet, "listPets": list_pets}) as pets:
        problem = pets.post("/pets", json={"name": "Ada"})
        forbidden = pets.get("/pets")

    assert (409, "application/problem+json") == (problem.status_code, problem.headers["content-type"])
    assert {
        "type": "about:blank",
        "title": "Taken",
        "detail": "There is an Ada.",
        "status": 409,
        "name": "Ada",
    } == problem.json()
    assert (403, "not for you") == (forbidden.status_code, forbidden.json()["detail"])


def test_a_reply_that_breaks_the_document_is_a_500_and_the_log_names_the_function(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def get_pet(pet_id: int) -> Any:
        return {"id": pet_id, "name": 5}

    def list_pets() -> Any:
        return {}, 418

    with client(tmp_path, {"getPet": get_pet, "listPets": list_pets}) as pets:
        assert 500 == pets.get("/pets/1").status_code
        assert 500 == pets.get("/pets").status_code

    name = (
        f"{__name__}.{test_a_reply_that_breaks_the_document_is_a_500_and_the_log_names_the_function.__name__}.<locals>"
    )
    assert [
        f'GET /pets/1: {name}.get_pet\'s 200 reply breaks the document at /name: 5 is not of type "string"',
        f"GET /pets: {full_name(list_pets)}'s reply has the status 418, which is not documented",
    ] == [record.message for record in caplog.records]


def test_a_function_that_fails_is_a_500_and_the_log_has_its_trace(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def get_pet(pet_id: int) -> Any:
        raise ZeroDivisionError

    with client(tmp_path, {"getPet": get_pet}) as pets:
        assert 500 == pets.get("/pets/1").status_code

    assert "GET /pets/1 failed" in caplog.text
    assert "in get_pet" in caplog.text


def test_a_handler_uses_the_items_of_the_mock(tmp_path: Path) -> None:
    def create_pet(body: Any) -> Any:
        return sandbox.collection("pet").create({"status": "free", **body}), 201

    async def delete_pet(pet_id: int) -> Any:
        pets = sandbox.collection("pet")
        pets.update(pet_id, {"status": "sold"})
        assert [pet_id] == [each["id"] for each in pets.list(status="sold")]
        assert (True, False, 2) == (pet_id in pets, 77 in pets, len(pets))
        pets.delete(pet_id)
        return connexion.NoContent, 204

    with client(tmp_path, {"createPet": create_pet, "deletePet": delete_pet}) as pets:
        made = [pets.post("/pets", json={"name": name}).json() for name in ("Ada", "Bob")]
        statuses = [pets.delete("/pets/1").status_code, pets.delete("/pets/1").status_code]
        left = pets.get("/pets").json()

    assert [{"id": 1, "name": "Ada", "status": "free"}, {"id": 2, "name": "Bob", "status": "free"}] == made
    assert [204, 404] == statuses
    assert made[1:] == left


def test_a_value_that_no_response_can_show_is_a_mistake_of_the_handler(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def create_pet(body: Any) -> Any:
        return sandbox.collection("pet").create({**body, "status": "lost"}), 201

    def get_pet(pet_id: int) -> Any:
        return sandbox.collection("pet").update(pet_id, {"status": "lost"})

    with client(tmp_path, {"createPet": create_pet}) as pets:
        assert 500 == pets.post("/pets", json={"name": "Ada"}).status_code
    with client(tmp_path, {"getPet": get_pet}) as pets:
        pets.post("/pets", json={"name": "Ada"})
        assert 500 == pets.get("/pets/1").status_code

    assert "pet has no status 'lost': the schemas of the responses do not allow it" in caplog.text
    assert "get_pet's 200 reply breaks the document at /status" in caplog.text


def test_an_unknown_id_is_generated_where_the_mock_does_so(tmp_path: Path) -> None:
    settings = mockserver.ServiceSettings(materialize=True, items=2)
    handlers = {
        "getPet": lambda pet_id: sandbox.collection("pet").get(pet_id),
        "deletePet": lambda pet_id: ({"count": len(sandbox.collection("pet"))}, 404),
    }
    with client(tmp_path, handlers, settings=settings) as pets:
        got = pets.get("/pets/77").json()
        listed = pets.get("/pets").json()
        counted = pets.delete("/pets/1").json()

    assert 77 == got["id"]
    assert {**got, "id": 77} in listed
    assert {"count": 3} == counted


def test_a_result_whose_media_type_is_open_is_a_500_that_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with client(tmp_path, {"createPet": lambda body: (b"\x00", 201, {"Content-Type": "image/png"})}) as pets:
        assert 500 == pets.post("/pets", json={"name": "Ada"}).status_code

    assert "problem: NonConformingResponseHeaders" in caplog.text


def test_items_below_others_are_found_by_the_path_or_by_the_ids_that_are_named(tmp_path: Path) -> None:
    def list_visits(pet_id: int) -> Any:
        other = sandbox.collection("visit", {"petId": 2}).list()
        return sandbox.collection("visit").list() + other

    def list_pets() -> Any:
        return sandbox.collection("visit").list()

    with client(tmp_path, {"listVisits": list_visits, "listPets": list_pets}) as pets:
        for pet in (1, 2):
            pets.post("/pets", json={"name": "Ada"})
            pets.post(f"/pets/{pet}/visits", json={"why": f"of {pet}"})
        assert ["of 1", "of 2"] == [each["why"] for each in pets.get("/pets/1/visits").json()]
        assert 500 == pets.get("/pets").status_code


def test_what_a_failed_request_changed_is_never_seen(tmp_path: Path) -> None:
    def create_pet(body: Any) -> Any:
        made = sandbox.collection("pet").create(body)
        sandbox.collection("pet").delete(1)
        ends: dict[str, Callable[[], Any]] = {
            "problem": problem,
            "fault": lambda: made["nothing"],
            "breaks": lambda: ({"id": "one"}, 201),
            "refused": lambda: sandbox.collection("pet").get(77),
            "error": lambda: ({"detail": "no"}, 409),
        }
        return ends[body["name"]]()

    def problem() -> Any:
        raise ProblemException(status=409, title="no")

    with client(tmp_path, {"createPet": create_pet}) as pets:
        app = next(iter(pets._client._transport.app.services.values()))  # type: ignore[attr-defined]
        app.endpoints["createPet"].connect(lambda operation: app.mock_handler(operation.operation_id))
        pets.post("/pets", json={"name": "Ada"})
        pets._client._transport.app.replace_services(pets._client._transport.app.read_services())  # type: ignore[attr-defined]
        names = ("problem", "fault", "breaks", "refused", "error")
        statuses = [pets.post("/pets", json={"name": name}).status_code for name in names]
        left = pets.get("/pets").json()

    assert [409, 500, 500, 404, 409] == statuses
    assert [{"id": 1, "name": "Ada"}] == left


def test_changes_are_seen_by_others_when_the_request_ends(tmp_path: Path) -> None:
    begun, ending = asyncio.Event(), asyncio.Event()

    async def create_pet(body: Any) -> Any:
        made = sandbox.collection("pet").create(body)
        begun.set()
        await ending.wait()
        return sandbox.collection("pet").update(made["id"], {"status": "sold"}), 201

    async def course(app: Sandbox) -> list[Any]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mock") as pets:
            creating = asyncio.ensure_future(pets.post("/pets", json={"name": "Ada"}))
            await begun.wait()
            during = (await pets.get("/pets")).json()
            ending.set()
            made = (await creating).json()
            return [during, made, (await pets.get("/pets")).json()]

    during, made, after = asyncio.run(course(served(tmp_path, {"createPet": create_pet})))

    assert [] == during
    assert {"id": 1, "name": "Ada", "status": "sold"} == made
    assert [made] == after


def test_two_requests_at_the_same_time_do_not_create_the_same_item(tmp_path: Path) -> None:
    async def create_pet(body: Any) -> Any:
        made = sandbox.collection("pet").create(body)
        await asyncio.sleep(0.01)
        return made, 201

    async def course(app: Sandbox) -> list[Any]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mock") as pets:
            made = await asyncio.gather(*(pets.post("/pets", json={"name": name}) for name in "abc"))
            return [sorted(each.json()["id"] for each in made), len((await pets.get("/pets")).json())]

    assert [[1, 2, 3], 3] == asyncio.run(course(served(tmp_path, {"createPet": create_pet})))


def test_the_items_are_out_of_reach_outside_of_a_request(tmp_path: Path) -> None:
    kept: list[Any] = []

    def list_pets() -> Any:
        kept.append(sandbox.collection("pet"))
        return []

    with client(tmp_path, {"listPets": list_pets}) as pets:
        pets.get("/pets")
        with pytest.raises(RuntimeError, match="the request is answered"):
            kept[0].list()

    with pytest.raises(LookupError, match="works only while a handler answers a request"):
        sandbox.collection("pet")


def test_an_unknown_resource_is_told_with_those_that_exist(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with client(tmp_path, {"listPets": lambda: sandbox.collection("pets").list()}) as pets:
        assert 500 == pets.get("/pets").status_code

    assert "there is no resource 'pets' in this document; there are: pet, visit" in caplog.text


def test_a_document_may_name_the_functions_that_check_credentials(
    tmp_path: Path, module: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    name = module(
        """
        def who(token):
            return {"sub": token.upper(), "scope": []} if token != "bad" else None

        def list_pets(user, token_info):
            return [{"id": 1, "name": f"{user} {token_info}"}]
        """
    )
    schemes = {"key": {"type": "http", "scheme": "bearer", "x-bearerInfoFunc": "my_api.who"}}
    document = {**PETS, "security": [{"key": []}], "components": {**PETS["components"], "securitySchemes": schemes}}

    with client(tmp_path, name, document) as pets:
        reply = pets.get("/pets", headers={"authorization": "Bearer ada"})
        refused = pets.get("/pets", headers={"authorization": "Bearer bad"})

    assert [] == caplog.records
    assert [{"id": 1, "name": "ADA {'sub': 'ADA', 'scope': []}"}] == reply.json()
    assert (401, "Provided token is not valid") == (refused.status_code, refused.json()["detail"])


def test_a_client_may_still_ask_for_a_documented_answer(tmp_path: Path) -> None:
    with client(tmp_path, {"getPet": lambda pet_id: ADA}) as pets:
        assert 404 == pets.get("/pets/1", headers={"Prefer": "code=404"}).status_code


def test_a_module_answers_by_the_names_of_its_functions(tmp_path: Path, module: Callable[..., str]) -> None:
    name = module(
        """
        from connexion import NoContent

        NAME = "Ada"

        def getPet(petId):
            return {"id": petId, "name": NAME}

        async def delete_pet(petId):
            return _nothing()

        def _nothing():
            return NoContent, 204
        """
    )

    with client(tmp_path, name) as pets:
        assert {"id": 5, "name": "Ada"} == pets.get("/pets/5").json()
        assert 204 == pets.delete("/pets/77").status_code
        assert 201 == pets.post("/pets", json={"name": "Bob"}).status_code


def test_operation_ids_with_dots_and_controllers_name_modules(tmp_path: Path, module: Callable[..., str]) -> None:
    module("", "shop.__init__")
    module("def fetch(petId): return {'id': petId, 'name': 'by id'}", "shop.pets")
    module("def listPets(): return [{'id': 1, 'name': 'by controller'}]", "shop.lists")
    paths = {
        "/pets": {"get": {**PETS["paths"]["/pets"]["get"], "x-openapi-router-controller": "shop.lists"}},
        "/pets/{petId}": {
            **PETS["paths"]["/pets/{petId}"],
            "get": {**PETS["paths"]["/pets/{petId}"]["get"], "operationId": "pets.fetch"},
            "delete": {**PETS["paths"]["/pets/{petId}"]["delete"], "operationId": "shop.pets.fetch"},
        },
    }

    with client(tmp_path, "shop", {**PETS, "paths": paths}) as pets:
        assert {"id": 5, "name": "by id"} == pets.get("/pets/5").json()
        assert [{"id": 1, "name": "by controller"}] == pets.get("/pets").json()
        assert 500 == pets.delete("/pets/5").status_code  # the function's 200 is not documented there


def test_a_document_alone_imports_nothing(tmp_path: Path) -> None:
    document = copy.deepcopy(PETS)
    document["paths"]["/pets/{petId}"]["get"]["operationId"] = "os.getcwd"
    document["paths"]["/pets"]["get"]["x-openapi-router-controller"] = "os"

    with client(tmp_path, {"addPhoto": lambda pet_id: {}}, document) as pets:
        assert [] == pets.get("/pets").json()
        assert 404 == pets.get("/pets/1").status_code


def test_swagger_2_names_the_body(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}
    body = {"in": "body", "name": "newPet", "required": True, "schema": schema}
    create = {"operationId": "createPet", "parameters": [body], "responses": {"200": {"description": "ok"}}}
    document = {
        "swagger": "2.0",
        "info": {"title": "Pets", "version": "1"},
        "paths": {"/pets": {"post": create}},
    }

    with client(tmp_path, {"createPet": lambda new_pet: new_pet}, document) as pets:
        assert {"name": "Ada"} == pets.post("/pets", json={"name": "Ada"}).json()


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            "def getPet(petId, colour=None): ...",
            "my_api.getPet cannot answer getPet: the operation has no parameter 'colour'",
        ),
        ("def getPet(): ...", "my_api.getPet cannot answer getPet: it does not take the path parameter 'petId'"),
        ("def get_pet(pet): ...", "has no parameter 'pet'; it does not take the path parameter 'petId'"),
        ("def getPet(petId, body): ...", "the operation has no parameter 'body'; a function may take petId"),
        (
            "def addPhoto(petId, user): ...",
            "has no parameter 'user'; a function may take petId, body, image, title, context_",
        ),
        ("def listPets(XTrace): ...", "has no parameter 'XTrace'; headers are read from connexion.request.headers"),
        ("import nothing_like_this", "the module 'my_api' cannot be imported: ModuleNotFoundError: No module named"),
        ("1 / 0", "handlers: the module 'my_api' cannot be imported: ZeroDivisionError: division by zero"),
        ("def broken(:", "handlers: the module 'my_api' cannot be imported: SyntaxError: invalid syntax"),
    ],
    ids=lambda text: text[:30],
)
def test_a_function_that_cannot_answer_stops_the_start(
    tmp_path: Path, module: Callable[..., str], source: str, told: str
) -> None:
    with pytest.raises(HandlerError) as caught:
        served(tmp_path, module(source))

    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("handlers", "told"),
    [
        ("no_such_module", "handlers: there is no module 'no_such_module' in this folder or on the Python path"),
        ("my_api.py", "handlers: 'my_api.py' is a file; give the name of the module, without .py"),
        ({"getPett": print}, "handlers: no operation has the operationId 'getPett'; did you mean 'getPet'?"),
    ],
    ids=["module", "file", "operationId"],
)
def test_handlers_that_do_not_exist_stop_the_start(tmp_path: Path, handlers: Any, told: str) -> None:
    with pytest.raises(HandlerError) as caught:
        served(tmp_path, handlers)

    assert told == str(caught.value)


def test_a_function_of_a_module_that_answers_nothing_is_told(
    tmp_path: Path, module: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    name = module(
        """
        from os import getcwd

        def getPett(petId): ...
        def unlike(): ...
        def _own(): ...
        """
    )

    with caplog.at_level(logging.WARNING):
        served(tmp_path, name)

    assert [
        "my_api.getPett answers no operation; did you mean 'getPet'?",
        "my_api.unlike answers no operation",
    ] == [record.message for record in caplog.records]


def test_a_function_gets_a_parameter_that_is_an_object_as_one(tmp_path: Path) -> None:
    sizes = {"type": "object", "properties": {"page": {"type": "integer"}, "size": {"type": "integer"}}}
    document = copy.deepcopy(PETS)
    document["paths"]["/pets"]["get"]["parameters"] = [{"name": "pageable", "in": "query", "schema": sizes}]
    asked: list[Any] = []

    def list_pets(pageable: Any = None) -> dict[str, Any]:
        asked.append(pageable)
        return {"pets": []}

    with client(tmp_path, {document["paths"]["/pets"]["get"]["operationId"]: list_pets}, document) as pets:
        pets.get("/pets?page=2&size=5")
        pets.get("/pets?size=5")

    assert [{"page": 2, "size": 5}, {"size": 5}] == asked


def test_a_function_of_an_operation_without_items_sees_those_of_clients_with_a_credential(tmp_path: Path) -> None:
    number = {"application/json": {"schema": {"type": "integer"}}}
    document = copy.deepcopy(PETS)
    document["paths"]["/pulse"] = {
        "get": {"operationId": "getPulse", "responses": {"200": {"description": "How many", "content": number}}}
    }
    document["security"] = [{"key": []}]
    document.setdefault("components", {})["securitySchemes"] = {
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"}
    }
    with client(tmp_path, {"getPulse": lambda: len(sandbox.collection("pet"))}, document) as pets:
        made = pets.post("/pets", json={"name": "Bob"}, headers={"X-Key": "ada"})
        counted = pets.get("/pulse", headers={"X-Key": "ada"})

    assert (201, 200, 1) == (made.status_code, counted.status_code, counted.json())
