"""The check `ownership`: what one user made is closed to another, where the document or the service says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from contracts.runner.runner import CheckResult
from tests.contracts.tickets import Tickets, changed, checked


def found(result: CheckResult) -> list[tuple[str, str]]:
    return sorted((each.verdict, each.operation) for each in result.findings)


@pytest.mark.parametrize(
    ("flaw", "operation"),
    [
        ("list", "GET /tickets"),
        ("filter", "GET /tickets"),
        ("search", "GET /tickets"),
        ("total", "GET /tickets"),
        ("read", "GET /tickets/{ticket_id}"),
        ("update", "PATCH /tickets/{ticket_id}"),
        ("replace", "PUT /tickets/{ticket_id}"),
        ("delete", "DELETE /tickets/{ticket_id}"),
        ("close", "POST /tickets/{ticket_id}/close"),
        ("comments", "GET /tickets/{ticket_id}/comments"),
        ("comment", "POST /tickets/{ticket_id}/comments"),
    ],
)
def test_an_operation_that_is_open_to_the_other_user_is_a_failure(flaw: str, operation: str, tmp_path: Path) -> None:
    result = checked(tmp_path, Tickets(frozenset({flaw})), "ownership")

    assert [("failure", operation)] == found(result)


def test_a_service_that_keeps_users_apart_passes(tmp_path: Path) -> None:
    result = checked(tmp_path, Tickets(), "ownership")

    assert [] == found(result)
    assert "passed" == result.outcomes["GET /tickets/{ticket_id}", "ownership"]
    assert () == result.left_behind


def test_items_that_all_users_share_are_one_warning(tmp_path: Path) -> None:
    result = checked(tmp_path, Tickets(shared=True), "ownership")

    assert [("warning", "GET /tickets/{ticket_id}")] == found(result)


def test_a_statement_says_that_only_who_made_an_item_uses_an_operation(tmp_path: Path) -> None:
    document = changed()
    for item in document["paths"]["/tickets"], document["paths"]["/tickets/{ticket_id}"]:
        item["get"]["x-behaviour"] = {"own": {"hides": True, "evidence": "observed"}}
    result = checked(tmp_path, Tickets(shared=True), "ownership", document=document)

    assert [("failure", "GET /tickets")] * 2 + [("failure", "GET /tickets/{ticket_id}")] == found(result)[:3]


def test_items_that_are_shared_by_a_sentence_of_the_document_pass(tmp_path: Path) -> None:
    document = changed(get_tickets="Lists the tickets, which are shared by all users.")
    result = checked(tmp_path, Tickets(shared=True), "ownership", document=document)

    assert [] == found(result)


@pytest.mark.parametrize(
    "sentence",
    [
        "Every member reads and changes all tickets.",
        "All employees can see the tickets.",
        "The whole team lists, reads and answers tickets.",
    ],
)
def test_items_that_the_document_says_are_shared_in_its_introduction_pass(sentence: str, tmp_path: Path) -> None:
    document = changed()
    document["info"]["description"] = f"A help desk. {sentence}"

    assert [] == found(checked(tmp_path, Tickets(shared=True), "ownership", document=document))


def test_an_introduction_that_says_that_not_all_see_them_leaves_the_warning(tmp_path: Path) -> None:
    document = changed()
    document["info"]["description"] = "A help desk. Not every member can see the tickets."
    result = checked(tmp_path, Tickets(shared=True), "ownership", document=document)

    assert [("warning", "GET /tickets/{ticket_id}")] == found(result)


def test_items_that_all_may_read_and_only_the_owner_changes_pass(tmp_path: Path) -> None:
    result = checked(tmp_path, Tickets(frozenset({"list", "filter", "read", "comments"})), "ownership")

    assert [] == found(result)


CHANGES = "Only the owner of a ticket can change, close or delete it."
READ_BY_ALL = frozenset({"list", "filter", "read", "comments", "comment"})
"""What a service with public tickets lets others do."""


def public(**words: str) -> dict[str, Any]:
    """A document of tickets that all may read: it says who changes them, and its writes list 403."""
    document = changed(**words)
    document["info"]["description"] = f"Small tickets. {CHANGES}"
    paths = document["paths"]
    for path, method in [("/tickets/{ticket_id}", each) for each in ("patch", "put", "delete")]:
        paths[path][method]["responses"]["403"] = {"description": "Not yours."}
    return document


def test_a_sentence_about_changes_leaves_reading_open(tmp_path: Path) -> None:
    result = checked(tmp_path, Tickets(READ_BY_ALL), "ownership", document=public())

    assert [] == found(result)


@pytest.mark.parametrize(
    ("flaw", "operation"),
    [("delete", "DELETE /tickets/{ticket_id}"), ("close", "POST /tickets/{ticket_id}/close")],
)
def test_a_sentence_about_changes_closes_what_it_names(flaw: str, operation: str, tmp_path: Path) -> None:
    result = checked(tmp_path, Tickets(READ_BY_ALL | {flaw}), "ownership", document=public())

    assert [("failure", operation)] == found(result)


def test_the_list_of_the_callers_own_items_does_not_close_the_others(tmp_path: Path) -> None:
    document = public()
    document["paths"]["/me/tickets"] = {"get": document["paths"]["/tickets"].pop("get")}
    document["paths"]["/me/tickets"]["get"] |= {"summary": "The caller's tickets", "operationId": "listOwn"}

    result = checked(tmp_path, Tickets(READ_BY_ALL), "ownership", document=document)

    assert [] == [each for each in found(result) if each[0] == "failure"]


def test_a_refusal_that_all_operations_share_closes_no_operation_by_itself(tmp_path: Path) -> None:
    document = public()
    del document["info"]["description"]
    shared = {"description": "Does not exist (for the caller)."}
    document["components"] = {**document.get("components", {}), "responses": {"Missing": shared}}
    for item in document["paths"].values():
        for operation in (each for name, each in item.items() if name != "parameters" and "404" in each["responses"]):
            operation["responses"]["404"] = {"$ref": "#/components/responses/Missing"}

    result = checked(tmp_path, Tickets(READ_BY_ALL), "ownership", document=document)

    assert [] == [each for each in found(result) if each[0] == "failure"]


def test_a_sentence_of_the_document_makes_shared_items_failures(tmp_path: Path) -> None:
    document = changed(
        get_tickets="Returns the tickets of the authenticated user.",
        delete_tickets_ticket_id="Deletes a ticket. Only the owner may do so.",
    )
    result = checked(tmp_path, Tickets(shared=True), "ownership", document=document)

    assert ("failure", "GET /tickets") in found(result)
    assert ("failure", "DELETE /tickets/{ticket_id}") in found(result)
    assert any("Only the owner may do so." in each.statement.source for each in result.findings if each.statement)


@pytest.mark.parametrize(
    "sentence",
    [
        "Returns all tickets. Authenticate with your token.",
        "Lists the tickets of your team.",
        "Lists the public tickets of the authenticated user.",
        "Returns the tickets of the current user's workspace.",
    ],
)
def test_a_sentence_about_a_group_or_the_public_makes_no_failure(sentence: str, tmp_path: Path) -> None:
    result = checked(tmp_path, Tickets(shared=True), "ownership", document=changed(get_tickets=sentence))

    assert "failure" not in [verdict for verdict, _ in found(result)]


@pytest.mark.parametrize("admin", ["ann", "bob"])
def test_an_administrator_who_may_do_everything_is_no_failure(admin: str, tmp_path: Path) -> None:
    document = changed(get_tickets="Returns the tickets of the authenticated user.")
    result = checked(tmp_path, Tickets(admin=admin), "ownership", document=document)

    assert "failure" not in [verdict for verdict, _ in found(result)]


def test_without_a_second_user_the_check_is_skipped(tmp_path: Path) -> None:
    result = checked(tmp_path, Tickets(), "ownership", users=1)

    assert "credential of a second tenant" in result.outcomes["GET /tickets/{ticket_id}", "ownership"]


def test_without_a_second_user_the_operation_that_makes_accounts_is_named(tmp_path: Path) -> None:
    register = {"post": {"security": [], "responses": {"201": {"description": "registered"}}}}
    document = changed()
    document["paths"]["/users/register"] = register
    result = checked(tmp_path, Tickets(), "ownership", document=document, users=1)

    assert "; POST /users/register makes accounts" in result.outcomes["GET /tickets/{ticket_id}", "ownership"]


def test_a_second_credential_that_is_refused_everywhere_is_a_skip(tmp_path: Path) -> None:
    refused = Tickets(hook=lambda method, path, headers, body: (401, {}) if "bob" in headers["authorization"] else None)
    result = checked(tmp_path, refused, "ownership")

    assert "nothing can be compared" in result.outcomes["GET /tickets/{ticket_id}", "ownership"]
