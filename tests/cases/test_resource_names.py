"""Resource names (AIP-122): path parameters whose values have slashes, as gRPC gateways and Google documents have them.

The expectations are those of AIP-131 (get), 132 (list), 133 (create), 134 (update) and 135 (delete).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mockserver import contract
from tests.cases.conftest import DOCUMENTS, Serve
from tests.process import run


def test_a_resource_has_the_name_of_its_collection_and_its_id(serve: Serve) -> None:
    api = serve("resource-names")

    shelf = api.post("/v1/shelves", json={"theme": "history", "name": "ignored"}).json()

    collection, _, id = shelf["name"].partition("/")
    assert ("shelves", "history") == (collection, shelf["theme"])
    assert id
    assert "/" not in id
    assert shelf == api.get(f"/v1/{shelf['name']}").json()
    assert [shelf] == api.get("/v1/shelves").json()["shelves"]


def test_items_below_a_parent_are_named_after_it_and_listed_with_it(serve: Serve) -> None:
    api = serve("resource-names")
    one, other = (api.post("/v1/shelves", json={"theme": theme}).json()["name"] for theme in "ab")

    book = api.post(f"/v1/{one}/books", json={"title": "Emma"}).json()

    assert f"{one}/books" == book["name"].rpartition("/")[0]
    assert book == api.get(f"/v1/{book['name']}").json()
    assert [book] == api.get(f"/v1/{one}/books").json()["books"]
    assert [] == api.get(f"/v1/{other}/books").json()["books"]
    assert 404 == api.get(f"/v1/{book['name'].replace(one, other)}").status_code


def test_a_client_may_choose_the_id_once(serve: Serve) -> None:
    api = serve("resource-names")
    shelf = api.post("/v1/shelves", json={}).json()["name"]

    made = [api.post(f"/v1/{shelf}/books?bookId=emma", json={"title": "Emma"}) for _ in range(2)]

    assert [200, 409] == [each.status_code for each in made]
    assert f"{shelf}/books/emma" == made[0].json()["name"]
    assert made[0].json() == api.get(f"/v1/{shelf}/books/emma").json()


def test_names_may_be_sent_with_encoded_slashes(serve: Serve) -> None:
    api = serve("resource-names")
    shelf = api.post("/v1/shelves", json={}).json()
    book = api.post(f"/v1/{shelf['name'].replace('/', '%2F')}/books", json={"title": "Emma"}).json()

    assert shelf == api.get(f"/v1/{shelf['name'].replace('/', '%2F')}").json()
    assert book == api.get(f"/v1/{book['name'].replace('/', '%2f')}").json()
    assert 200 == api.post(f"/v1/{book['name'].replace('/', '%2F')}:archive").status_code


def test_an_update_changes_what_its_mask_names(serve: Serve) -> None:
    api = serve("resource-names")
    shelf = api.post("/v1/shelves", json={}).json()["name"]
    name = api.post(f"/v1/{shelf}/books", json={"title": "Emma", "author": "Austen"}).json()["name"]
    sent = {"title": "Persuasion"}

    assert "Austen" == api.patch(f"/v1/{name}", json=sent).json()["author"]
    assert "Persuasion" == api.get(f"/v1/{name}").json()["title"]
    changed = api.patch(f"/v1/{name}?updateMask=author", json={"title": "Sanditon", "author": "Jane"}).json()
    assert (name, "Persuasion", "Jane") == (changed["name"], changed["title"], changed["author"])


def test_what_does_not_exist_is_not_found(serve: Serve) -> None:
    api = serve("resource-names")
    shelf = api.post("/v1/shelves", json={}).json()["name"]

    paths = ("shelves/no", "shelves/no/books", f"{shelf}/books/no", "shelves/no/books/no")

    assert [404] * 4 == [api.get(f"/v1/{path}").status_code for path in paths]
    assert 404 == api.post("/v1/shelves/no/books", json={}).status_code


def test_a_deleted_item_is_gone_with_what_is_below(serve: Serve) -> None:
    api = serve("resource-names")
    shelf = api.post("/v1/shelves", json={}).json()["name"]
    book = api.post(f"/v1/{shelf}/books", json={}).json()["name"]

    assert 200 == api.delete(f"/v1/{shelf}").status_code
    assert [404, 404] == [api.get(f"/v1/{name}").status_code for name in (shelf, book)]


def test_the_answer_to_an_unknown_form_says_which_forms_there_are(serve: Serve) -> None:
    refused = serve("resource-names").get("/v1/shelves/1/magazines/2/pages")

    assert 404 == refused.status_code
    assert "/v1/shelves/{shelf}/books/{book}" in refused.text


def test_the_published_document_keeps_the_paths_of_its_author(serve: Serve) -> None:
    published = serve("resource-names").get("/openapi.json").json()

    assert "/v1/{parent}/books" in published["paths"]
    assert "/v1/shelves/{shelf}/books" not in published["paths"]


def test_formats_in_descriptions_and_ids_tell_alike_paths_apart(serve: Serve) -> None:
    api = serve("resource-names-described")

    topic = api.put("/v1/projects/p/topics/t", json={"labels": {"a": "b"}}).json()
    alarm = api.post("/v1/projects/p/locations/l/alarms?alarmId=loud", json={"volume": 9}).json()

    assert ("projects/p/topics/t", {"a": "b"}) == (topic["name"], topic["labels"])
    assert ("projects/p/locations/l/alarms/loud", 9) == (alarm["name"], alarm["volume"])
    assert topic == api.get("/v1/projects/p/topics/t").json()
    assert alarm == api.get("/v1/projects/p/locations/l/alarms/loud").json()
    assert [topic] == api.get("/v1/projects/p/topics").json()["topics"]
    assert [] == api.get("/v1/projects/q/topics").json()["topics"]
    assert 200 == api.post("/v1/projects/p/topics/t:publish", json={"data": "x"}).status_code
    assert 200 == api.delete("/v1/projects/p/topics/t").status_code
    assert 404 == api.get("/v1/projects/p/topics/t").status_code


def test_a_name_without_any_evidence_is_one_segment(serve: Serve, tmp_path: Path) -> None:
    text = (DOCUMENTS / "resource-names.yaml").read_text().replace(", pattern: 'shelves/[^/]+'", "")
    text = text.replace(", pattern: 'shelves/[^/]+/books/[^/]+'", "")
    (tmp_path / "plain.yaml").write_text(text)

    api = serve(tmp_path / "plain")

    assert 404 == api.get("/v1/shelves/1").status_code


def test_with_items_from_the_start_their_names_lead_to_them(serve: Serve) -> None:
    api = serve("resource-names", materialize=True, items=3)

    shelves = api.get("/v1/shelves").json()["shelves"]

    assert 3 == len(shelves)
    assert shelves == [api.get(f"/v1/{each['name']}").json() for each in shelves]
    assert "shelves/mine" == api.get("/v1/shelves/mine").json().get("name", "shelves/mine")


@pytest.mark.parametrize("name", ["resource-names", "resource-names-described"])
def test_the_mock_passes_its_check_and_every_operation_succeeds(tmp_path: Path, name: str) -> None:
    done = run("check", str(DOCUMENTS / f"{name}.yaml"), "--quick", "--report", str(tmp_path))

    assert " 0 failures, 0 warnings" in done.stdout + done.stderr
    assert re.search(r"examined: (\d+) of \1 operations answered with success", done.stdout + done.stderr)
    assert 0 == done.returncode


def test_a_behaviour_file_names_an_operation_by_either_path(serve: Serve, tmp_path: Path) -> None:
    for number, path in enumerate(("/v1/{name_1}", "/v1/shelves/{shelf}/books/{book}")):
        stated = tmp_path / f"{number}.yaml"
        stated.write_text(
            "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nactions:\n"
            f"- target: $.paths['{path}'].delete\n"
            "  update: {x-behaviour: {reply: {status: 200, body: {gone: true}}}}\n"
        )
        api = serve("resource-names", behaviour=(stated,))
        shelf = api.post("/v1/shelves", json={}).json()["name"]
        book = api.post(f"/v1/{shelf}/books", json={}).json()["name"]

        assert {"gone": True} == api.delete(f"/v1/{book}").json()


def test_a_path_that_has_the_collection_already_stays(serve: Serve, tmp_path: Path) -> None:
    text = (DOCUMENTS / "resource-names-described.yaml").read_text()
    users = (
        "paths:\n  /v1/users/{user}:\n    get:\n      operationId: messages.users.get\n      parameters:\n"
        "      - {name: user, in: path, required: true, description: 'Format: users/{user}', schema: {type: string}}\n"
        "      responses: {'200': {description: ok}}\n"
        "  /v1/users/{user}/logins:\n    get:\n      operationId: messages.users.logins.list\n      parameters:\n"
        "      - {name: user, in: path, required: true, schema: {type: string}}\n"
        "      responses: {'200': {description: ok}}\n"
    )
    (tmp_path / "users.yaml").write_text(text.replace("paths:\n", users))

    api = serve(tmp_path / "users")

    assert [200, 200] == [api.get(path).status_code for path in ("/v1/users/1", "/v1/users/1/logins")]


@pytest.mark.parametrize(
    ("collection", "schema", "called"),
    [
        ("shelves", "v1Shelf", "shelf"),
        ("octopuses", "Octopus", "octopus"),
        ("orderstatuses", "OrderStatus", "orderstatus"),
    ],
)
def test_one_item_has_the_singular_of_its_collection(
    serve: Serve, tmp_path: Path, collection: str, schema: str, called: str
) -> None:
    text = (DOCUMENTS / "resource-names.yaml").read_text()
    (tmp_path / "other.yaml").write_text(text.replace("shelves", collection).replace("v1Shelf", schema))

    assert f"{called} not found" in serve(tmp_path / "other").get(f"/v1/{collection}/none").text


@pytest.mark.parametrize("telling", ["allowReserved: true, schema: {type: string}", "schema: {pattern: '.+(/.+)?'}"])
def test_a_parameter_of_any_length_takes_several_segments(serve: Serve, tmp_path: Path, telling: str) -> None:
    (tmp_path / "files.yaml").write_text(
        "openapi: 3.2.0\ninfo: {title: Files, version: '1'}\npaths:\n"
        "  /files/{path}/size:\n    get:\n      parameters:\n"
        f"      - {{name: path, in: path, required: true, {telling}}}\n"
        "      responses: {'200': {description: ok, content: {application/json: {schema: {const: 5}}}}}\n"
        "  /files/{path}:\n    get:\n      parameters:\n"
        "      - {name: path, in: path, required: true, schema: {type: string}}\n"
        "      responses: {'200': {description: ok, content: {application/json: {schema: {const: 6}}}}}\n"
    )

    api = serve(tmp_path / "files")

    assert [5, 5, 5, 6] == [api.get(f"/files/{path}").json() for path in ("a/b/size", "a%2Fb/size", "a/size", "a")]
    assert 404 == api.get("/files/a/b").status_code


def test_a_hyphen_stands_for_every_parent_where_the_document_says_so(serve: Serve, tmp_path: Path) -> None:
    api = serve("resource-names")
    shelves = [api.post("/v1/shelves", json={}).json()["name"] for _ in "ab"]
    books = [api.post(f"/v1/{shelf}/books?bookId=emma", json={}).json() for shelf in shelves]

    assert books == api.get("/v1/shelves/-/books").json()["books"]
    assert [books[1]] == api.get(f"/v1/{shelves[1]}/books").json()["books"]
    assert 404 == api.post("/v1/shelves/-/books", json={}).status_code
    unsaid = (DOCUMENTS / "resource-names.yaml").read_text().replace("`shelves/-` lists the books of all shelves.", "")
    (tmp_path / "unsaid.yaml").write_text(unsaid)
    assert 404 == serve(tmp_path / "unsaid").get("/v1/shelves/-/books").status_code


def test_paths_that_forms_tell_apart_are_no_problem() -> None:
    known = contract.of(DOCUMENTS / "resource-names.yaml")

    assert () == known.problems


def test_a_reference_into_a_path_with_names_is_followed(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "login.yaml").write_text(
        "openapi: 3.0.3\ninfo: {title: Login, version: '1'}\npaths:\n"
        "  /logins/{login}/token:\n    post:\n      parameters:\n"
        "      - {name: login, in: path, required: true, description: 'The name, of the form `hosts/{host}`',\n"
        "         schema: {type: string}}\n"
        "      responses: {'200': {description: ok, content: {application/json: {schema: {const: 5}}}}}\n"
        "  /token:\n    post:\n      responses:\n"
        "        '200': {$ref: '#/paths/~1logins~1%7Blogin%7D~1token/post/responses/200'}\n"
    )

    api = serve(tmp_path / "login")

    assert [5, 5] == [api.post(path).json() for path in ("/token", "/logins/hosts/a/token")]


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("The commit. Can be a SHA, a branch name (`heads/BRANCH`), or a tag name (`tags/TAG`).", 200),
        ("May be either a hash or a name of the form `heads/{branch}`, also `tags/{tag}`.", 200),
        ("The name of the commit, formatted as `heads/BRANCH` or `tags/TAG`.", 404),
        ("The path can be `heads/{branch}` or `tags/{tag}`.", 404),
        ("For users a name, of the form `heads/{branch}` or `tags/{tag}`.', example: 'main", 200),
    ],
)
def test_values_without_a_slash_stay_where_a_description_names_them_beside_forms(
    serve: Serve, tmp_path: Path, said: str, plain: int
) -> None:
    (tmp_path / "git.yaml").write_text(
        "openapi: 3.0.3\ninfo: {title: Git, version: '1'}\npaths:\n"
        "  /repos/{repo}/commits/{ref}/status:\n    get:\n      operationId: get-status\n      parameters:\n"
        "      - {name: repo, in: path, required: true, schema: {type: string}}\n"
        f"      - {{name: ref, in: path, required: true, description: '{said}', schema: {{type: string}}}}\n"
        "      responses: {'200': {description: ok, content: {application/json: {schema: {type: boolean}}}}}\n"
    )

    api = serve(tmp_path / "git")

    tried = ("heads/main", "tags/v1", "e83c5163316f89bfbde7d9ab23ca2e25604af290")
    assert [200, 200, plain] == [api.get(f"/repos/git/commits/{ref}/status").status_code for ref in tried]


def test_a_value_that_is_no_name_gets_the_404_that_its_operation_documents(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "git.yaml").write_text(
        "openapi: 3.0.3\ninfo: {title: Git, version: '1'}\npaths:\n"
        "  /repos/{repo}/ref/{ref}:\n    get:\n      operationId: get-ref\n      parameters:\n"
        "      - {name: repo, in: path, required: true, schema: {type: string}}\n"
        "      - {name: ref, in: path, required: true, schema: {type: string},\n"
        "         description: 'The name, formatted as `heads/BRANCH` or `tags/TAG`.'}\n"
        "      responses:\n        '200': {description: ok, content: {application/json: {schema: {type: boolean}}}}\n"
        "        '404': {description: no, content: {application/vnd.git+json: {schema: {type: object,\n"
        "          required: [message], properties: {message: {type: string}}}}}}\n"
    )
    api = serve(tmp_path / "git")

    refused = api.get("/repos/git/ref/0")

    assert (404, "application/vnd.git+json") == (refused.status_code, refused.headers["content-type"])
    assert {"message"} == {*refused.json()}
    assert "/repos/{repo}/ref/heads/{" in refused.json()["message"]
    assert 405 == api.post("/repos/git/ref/heads/main").status_code
    for other in (api.post("/repos/git/ref/0"), api.get("/repos/git/refs/0")):
        assert (404, "application/problem+json") == (other.status_code, other.headers["content-type"])
