"""Every tool, called by the SDK's own client over standard input and output and over streamable HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.agent_tools.conftest import Agent

PET = {"name": "Rex", "kind": "dog"}


def created(agent: Agent, **fields: Any) -> Any:
    return agent.call("call_operation", operation="createPet", body={**PET, **fields})["body"]


def test_each_tool_says_what_it_does_takes_and_returns(agent: Agent) -> None:
    tools = agent.tools()

    assert 26 == len(tools)
    assert [] == [each.name for each in tools if not each.description or len(each.description) > 200]
    assert [] == [each.name for each in tools if not each.output_schema or not each.output_schema["properties"]]


def test_services_and_operations_are_listed_and_searched(agent: Agent) -> None:
    everything = agent.call("list_operations")

    assert {"petstore": "Petstore"} == everything["services"]
    assert ["listPets", "createPet", "getPet", "deletePet"] == [each["operation"] for each in everything["operations"]]
    assert everything["address"].startswith("http://127.0.0.1:")
    assert ["createPet"] == [each["operation"] for each in agent.call("list_operations", search="post")["operations"]]


def test_an_operation_is_described_with_its_body_an_example_and_its_behaviour(agent: Agent) -> None:
    described = agent.call("describe_operation", operation="createPet")

    [content] = described["body"]["content"]
    assert ("POST", "/pets", "application/json") == (described["method"], described["path"], content["media_type"])
    assert {"name", "kind"} <= content["example"].keys()
    [action] = [each for each in described["statements"] if each["kind"] == "action"]
    assert ("create", "inferred") == (action["says"]["does"], action["evidence"])
    assert described["curl"].startswith("curl -X POST http")
    assert "did you mean 'createPet'?" in agent.error("describe_operation", operation="createPets")


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        (
            "verify",
            {"expectation": {"operation": "createPet"}},
            "verify takes no argument 'expectation'; did you mean",
        ),
        ("call_operation", {"operation": "getPet", "parameter": {}}, "did you mean 'parameters'?"),
        ("why", {}, "why, argument number: field required"),
        ("add_fault", {"kind": "lost"}, "add_fault, argument kind: input should be 'lost-reply', "),
        ("wy", {}, "there is no tool 'wy'; did you mean 'why'?"),
    ],
)
def test_a_wrong_argument_is_named_with_what_would_be_right(
    agent: Agent, tool: str, arguments: dict[str, Any], told: str
) -> None:
    error = agent.error(tool, **arguments)

    assert told in error
    assert "pydantic" not in error


@pytest.mark.parametrize("service", ["../../_mock/health", "\x00", "", "no/such"])
def test_a_service_that_does_not_exist_is_told_with_those_that_do(agent: Agent, service: str) -> None:
    assert "petstore" in agent.error("describe_operation", operation="createPet", service=service or "nothing")
    assert "petstore" in agent.error("list_operations", service=service)
    assert "petstore" in agent.error("read_state", service=service, resource="pet")


def test_an_example_of_a_description_is_accepted(agent: Agent) -> None:
    example = agent.call("describe_operation", operation="createPet")["body"]["content"][0]["example"]

    assert 201 == agent.call("call_operation", operation="createPet", body=example)["status"]


def test_an_operation_is_called_by_its_id_or_by_method_and_path(agent: Agent) -> None:
    pet = created(agent)

    by_id = agent.call("call_operation", operation="getPet", parameters={"petId": pet["id"]})
    by_path = agent.call("call_operation", method="get", path=f"/pets/{pet['id']}")
    dogs = agent.call("call_operation", operation="listPets", parameters={"kind": "dog", "limit": 1})
    assert (200, pet, pet, 1) == (by_id["status"], by_id["body"], by_path["body"], dogs["body"]["total"])
    assert "petId" in agent.error("call_operation", operation="getPet", parameters={"id": 1})
    assert "one /" in agent.error("call_operation", method="GET", path="//example.com/")
    assert "method and a path" not in agent.error("call_operation", method="GET")


def test_a_refused_request_is_in_the_journal_with_the_reason_and_a_request_that_is_accepted(agent: Agent) -> None:
    answer = agent.call("call_operation", operation="createPet", body={"name": "Rex"})

    why = agent.call("why", number=answer["number"])
    entry = agent.call("get_request", number=answer["number"])["request"]
    listed = agent.call("list_requests", limit=1)["requests"]
    assert 400 == answer["status"] == entry["response"]["status"]
    assert any('"kind" is a required property' in each for each in why["sentences"])
    assert why["curl"].startswith("curl -X POST")
    assert {"name": "Rex"} == entry["request"]["body"]["json"]
    assert [(answer["number"], "POST /pets", 400)] == [(e["number"], e["request"], e["status"]) for e in listed]


def test_requests_are_compared_with_what_is_expected(agent: Agent) -> None:
    pet = created(agent, name="Verified")

    found = agent.call("verify", operation="createPet", values={"name": "Verified"}, count=1)
    not_found = agent.call("verify", operation="createPet", values={"name": "Nobody"})
    assert found["verified"]
    assert not not_found["verified"]
    assert "Nobody" in str(not_found["nearest"])
    assert pet["name"] == "Verified"


def test_a_verification_that_cannot_be_meant_is_refused_in_the_words_of_the_tool(agent: Agent) -> None:
    of_values = agent.error("verify", operation="createPet", schema={"name": "Rex"})
    of_counts = agent.error("verify", operation="createPet", count=1, at_least=1)

    assert "schema is a JSON Schema, and 'name' is no keyword; for values use values" in of_values
    assert "count says how many exactly" in of_counts


def test_an_override_answers_in_turn_and_is_listed_and_removed(agent: Agent) -> None:
    [added] = agent.call(
        "add_override", when={"operation": "listPets"}, then=[{"status": 429, "body": {}}, {"pass": True}], invalid=True
    )["overrides"]

    statuses = [agent.call("call_operation", operation="listPets")["status"] for _ in range(2)]
    [listed] = agent.call("list_overrides")["overrides"]
    assert [429, 200] == statuses
    assert (added["id"], 2) == (listed["id"], listed["applied"])
    assert added["id"] in agent.call("list_requests", limit=2)["requests"][0]["why"]
    assert [] == agent.call("remove_overrides", id=added["id"])["overrides"]
    assert "pets" in agent.error("add_override", when={"operation": "listPets"}, then={"status": 200, "body": {}})


def test_a_lost_reply_is_a_request_without_a_response(agent: Agent) -> None:
    [fault] = agent.call("add_fault", kind="lost-reply", operation="createPet", times=1)["overrides"]
    lost = agent.call("call_operation", operation="createPet", body=PET)

    assert "lost-reply" == fault["then"]["fault"]["kind"]
    assert (None, True) == (lost["status"], lost["error"].startswith("no response"))
    assert 1 == agent.call("call_operation", operation="listPets")["body"]["total"]
    assert "POST" == agent.call("get_request", number=lost["number"])["request"]["request"]["method"]
    assert [] == agent.call("remove_overrides")["overrides"]


def test_durations_of_tools_have_units_as_everywhere(agent: Agent) -> None:
    [slow] = agent.call("add_override", then={"delay": "1ms"}, expires="2h")["overrides"]
    [fault] = agent.call("add_fault", kind="outage", operation="listPets", seconds="15m")["overrides"]
    [late] = agent.call("add_fault", kind="late-delivery", seconds="2s", operation="createPet")["overrides"]

    assert ["15m", "2s", "2h"] == [
        fault["then"]["fault"]["seconds"], late["then"]["fault"]["seconds"], slow["expires"],
    ]  # fmt: skip
    assert 503 == agent.call("call_operation", operation="listPets")["status"]
    agent.call("clock", action="advance", seconds="15m")
    assert 200 == agent.call("call_operation", operation="listPets")["status"]
    for wrong in (
        agent.error("add_fault", kind="outage", seconds="soon"),
        agent.error("add_override", then={"pass": True}, expires="soon"),
        agent.error("clock", action="advance", seconds="soon"),
    ):
        assert 'for example "2s", "500ms"' in wrong.replace("\\", "")


def test_an_operation_that_there_is_not_is_told_with_the_one_that_was_meant(agent: Agent) -> None:
    assert "did you mean 'createPet'?" in agent.error("list_requests", operation="createPt")


def test_what_is_stored_is_read_and_changed_by_hand(agent: Agent) -> None:
    pet = agent.call("change_state", action="add", resource="pet", fields=PET)["state"]
    changed = agent.call("change_state", action="change", resource="pet", id=str(pet["id"]), fields={"name": "Max"})

    assert "Max" == changed["state"]["name"]
    assert [changed["state"]] == agent.call("read_state", resource="pet")["state"]
    assert changed["state"] == agent.call("read_state", resource="pet", id=str(pet["id"]))["state"]
    assert ["petstore"] == list(agent.call("read_state")["state"])
    agent.call("change_state", action="remove", resource="pet", id=str(pet["id"]))
    assert [] == agent.call("read_state", resource="pet")["state"]
    assert "needs the id" in agent.error("change_state", action="remove", resource="pet")


def test_a_checkpoint_is_set_and_restored(agent: Agent) -> None:
    created(agent)
    agent.call("set_checkpoint", name="one-pet")
    created(agent)

    names = [each["name"] for each in agent.call("restore_checkpoint", name="one-pet")["checkpoints"]]
    assert "one-pet" in names
    assert 1 == agent.call("call_operation", operation="listPets")["body"]["total"]
    assert names == [each["name"] for each in agent.call("list_checkpoints")["checkpoints"]]


def test_a_reset_goes_back_to_the_start_state(agent: Agent) -> None:
    created(agent)

    assert ["petstore"] == agent.call("reset")["services"]
    assert 0 == agent.call("call_operation", operation="listPets")["body"]["total"]


def test_the_clock_is_frozen_set_and_resumed(agent: Agent) -> None:
    frozen = agent.call("clock", action="freeze", time="2030-01-01T00:00:00Z")
    later = agent.call("clock", action="advance", seconds=60)

    assert (True, "2030-01-01T00:01:00") == (frozen["is_frozen"], later["time"][:19])
    assert created(agent)["created_at"].startswith("2030-01-01T00:01")
    assert not agent.call("clock", action="resume")["is_frozen"]
    assert "2031" == agent.call("clock", action="set", time="2031-01-01T00:00:00Z")["time"][:4]
    assert "2031" == agent.call("clock")["time"][:4]
    assert "seconds" in agent.error("clock", action="advance")


def test_behaviour_is_inferred_from_a_service_and_from_a_document(agent: Agent) -> None:
    document = '{"openapi": "3.1.0", "info": {"title": "Empty", "version": "1"}, "paths": {}}'

    assert "does: create, of: pet" in agent.call("infer")["behaviour"]
    assert "Empty, inferred" in agent.call("infer", document=document)["behaviour"]
    assert "openapi" in agent.error("infer", document="{}")


def test_a_check_of_the_mock_leaves_no_trace_in_it(agent: Agent) -> None:
    created(agent)
    before = agent.call("list_requests", limit=1)["requests"]

    result = agent.call("check", only=["GET /pets/{petId}"])
    assert (0, 0, []) == (result["failures"], result["warnings"], result["findings"])
    assert result["passed"] > 10
    assert before == agent.call("list_requests", limit=1)["requests"]
    assert 1 == agent.call("call_operation", operation="listPets")["body"]["total"]


def test_a_finding_about_another_server_is_explained(agent: Agent, wrong_petstore: str) -> None:
    result = agent.call("check", url=wrong_petstore, only=["filter"])
    [found] = result["findings"]

    explained = agent.call("explain_finding", id=found["id"])
    assert ("failure", "filter", "GET /pets") == (found["verdict"], found["check"], found["operation"])
    assert "implied" == explained["statement"]["evidence"]
    assert explained["curl"][-1].startswith("curl")
    assert any("follows from the document" in each for each in explained["sentences"])
    assert found["id"] in agent.error("explain_finding", id="nothing-1")


@pytest.mark.parametrize(
    "url",
    ["http://example.com", "http://169.254.169.254/", "http://localhost@example.com", "ftp://127.0.0.1", "http://0"],
)
def test_only_servers_on_this_machine_are_checked(agent: Agent, url: str) -> None:
    assert "not on this machine" in agent.error("check", url=url)
