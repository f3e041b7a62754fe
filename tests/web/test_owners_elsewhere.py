"""Items whose owner no path names as usual: `/user/repos` and `/orgs/{org}/repos` for `/repos/{owner}/{repo}`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mockserver.web.service import ServiceSettings
from tests.client import Client
from tests.web.document import Node, answers, document, served, takes

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
ITEMS = 3


def thing(**properties: Any) -> Node:
    return {"type": "object", "required": [*properties], "properties": properties}


def named(noun: str) -> Node:
    return {"$ref": f"#/components/schemas/{noun}"}


def below(*names: str) -> Node:
    schemas = {name: NUMBER if name in ("number", "comment_id") else TEXT for name in names}
    return {"parameters": [{"name": n, "in": "path", "required": True, "schema": s} for n, s in schemas.items()]}


def listed(noun: str) -> Node:
    return {"get": {"responses": answers({"type": "array", "items": named(noun)})}}


def shown(noun: str) -> Node:
    return {"get": {"responses": answers(named(noun))}}


@pytest.fixture(scope="module")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    schemas = {
        "User": thing(login=TEXT, id={"type": "integer"}),
        "Org": thing(login=TEXT, url=TEXT),
        "Repo": thing(
            id={"type": "integer", "examples": [7]}, name=TEXT, owner=named("User"), size={"type": "integer"}
        ),
        "Issue": thing(number={"type": "integer"}, title=TEXT),
        "Comment": thing(id={"type": "integer"}, body=TEXT),
    }
    create = {"requestBody": takes(thing(name=TEXT)), "responses": answers(named("Repo"), "201")}
    comment = {"requestBody": takes(thing(body=TEXT)), "responses": answers(named("Comment"), "201")}
    repo, issues = "/repos/{owner}/{repo}", "/repos/{owner}/{repo}/issues"
    paths = {
        "/users": listed("User"),
        "/users/{username}": shown("User") | below("username"),
        "/orgs": listed("Org"),
        "/orgs/{org}": shown("Org") | below("org"),
        "/user/repos": listed("Repo") | {"post": create},
        "/orgs/{org}/repos": listed("Repo") | {"post": create} | below("org"),
        "/search/repos": listed("Repo"),
        repo: shown("Repo") | {"delete": {"responses": {"204": {"description": "gone"}}}} | below("owner", "repo"),
        issues: listed("Issue") | below("owner", "repo"),
        issues + "/{number}": shown("Issue") | below("owner", "repo", "number"),
        issues + "/{number}/comments": listed("Comment") | {"post": comment} | below("owner", "repo", "number"),
        issues + "/comments/{comment_id}": shown("Comment") | below("owner", "repo", "comment_id"),
    }
    written = document(paths, components={"schemas": schemas})
    folder = tmp_path_factory.mktemp("forge")
    with Client(served(folder, written, settings=ServiceSettings(items=ITEMS))) as client:
        yield client


def path_of(repo: Any) -> str:
    return f"/repos/{repo['owner']['login']}/{repo['name']}"


@pytest.mark.parametrize("path", ["/user/repos", "/search/repos"])
def test_a_list_leads_to_items_found_at_their_own_path(forge: Client, path: str) -> None:
    repos = forge.get(path).json()

    assert ITEMS <= len(repos)
    assert repos == [forge.get(path_of(repo)).json() for repo in repos]


def test_the_list_of_another_owner_has_items_of_that_owner(forge: Client) -> None:
    org = forge.get("/orgs").json()[0]["login"]
    repos = forge.get(f"/orgs/{org}/repos").json()

    assert ITEMS <= len(repos)
    assert {org} == {repo["owner"]["login"] for repo in repos}
    assert repos == [forge.get(path_of(repo)).json() for repo in repos]


def test_items_of_one_list_have_numbers_of_their_own(forge: Client) -> None:
    assert ITEMS <= len({repo["id"] for repo in forge.get("/user/repos").json()})


def test_what_a_client_creates_is_found_below_the_owner_that_it_shows(forge: Client) -> None:
    made = forge.post("/user/repos", json={"name": "mine"})

    assert path_of(made.json()) == made.headers["location"]
    assert made.json()["owner"] in forge.get("/users").json()
    assert "mine" == forge.get(path_of(made.json())).json()["name"]
    assert "mine" in {repo["name"] for repo in forge.get("/user/repos").json()}
    assert 409 == forge.post("/user/repos", json={"name": "mine"}).status_code


def test_what_is_created_below_another_owner_is_found_there_alone(forge: Client) -> None:
    org = forge.get("/orgs").json()[0]["login"]
    made = forge.post(f"/orgs/{org}/repos", json={"name": "ours"}).json()

    assert org == made["owner"]["login"]
    assert made == forge.get(f"/repos/{org}/ours").json()
    assert [] == forge.get(f"/repos/{org}/ours/issues").json()
    assert 204 == forge.delete(f"/repos/{org}/ours").status_code
    assert 404 == forge.get(f"/repos/{org}/ours").status_code


@pytest.mark.parametrize("path", ["/orgs/nobody/repos", "/repos/nobody/mine", "/repos/nobody/mine/issues"])
def test_what_is_below_an_owner_that_does_not_exist_is_404(forge: Client, path: str) -> None:
    assert 404 == forge.get(path).status_code


def test_items_linked_to_others_exist_from_the_start_below_the_same_owner(forge: Client) -> None:
    repo = path_of(forge.get("/user/repos").json()[0])
    numbers = [issue["number"] for issue in forge.get(f"{repo}/issues").json()]
    comments = [each for number in numbers for each in forge.get(f"{repo}/issues/{number}/comments").json()]

    assert ITEMS == len(comments)
    assert comments == [forge.get(f"{repo}/issues/comments/{each['id']}").json() for each in comments]
