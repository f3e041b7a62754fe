"""An action that the document refuses in a state of the item is tried in this state."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from contracts.client.builtin_mock import sandbox
from contracts.client.target import Target
from contracts.runner.runner import run_checks
from mockserver import contract as contracts
from tests.contracts.test_foreign_shapes import TEXT, Small, path_parameter, sent
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, document, takes

NO: Node = {"description": "no"}
PARCEL: Node = {
    "type": "object",
    "required": ["id", "label", "status"],
    "properties": {
        "id": {"type": "integer"},
        "label": TEXT,
        "status": {"type": "string", "enum": ["waiting", "loaded", "delivered", "lost"]},
    },
}
STEPS = {
    "load": (("waiting",), "loaded"),
    "deliver": (("loaded",), "delivered"),
    "lose": (("waiting", "loaded"), "lost"),
}
"""The states in which an action succeeds, and the state that it leads to."""


def parcels(**said: str) -> Node:
    """Paths of parcels; `said` has what is said about each action."""
    new = {"type": "object", "required": ["label"], "properties": {"label": TEXT}}
    place = {"parameters": [path_parameter("id", {"type": "integer"})]}
    actions = {
        f"/parcels/{{id}}/{name}": {
            **place,
            "post": {"description": said.get(name, "A step."), "responses": answers(PARCEL) | {"404": NO, "409": NO}},
        }
        for name in STEPS
    }
    return {
        "/parcels": {
            "get": {"responses": answers({"type": "array", "items": PARCEL})},
            "post": {"requestBody": takes(new), "responses": answers(PARCEL, "201")},
        },
        "/parcels/{id}": {**place, "get": {"responses": answers(PARCEL) | {"404": NO}}},
        **actions,
    }


class Parcels:
    """Parcels that are loaded, delivered and lost. `lax` is an action that it allows in `state` too."""

    def __init__(self, lax: str = "", state: str = "") -> None:
        self.lax = (lax, state)
        self.items: dict[int, Node] = {}

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/parcels(?:/(\d+)(?:/(load|deliver|lose))?)?", ask.path)
        if match is None:
            return Answer(404)
        if not match[1]:
            if ask.method == "POST":
                made = {"id": len(self.items) + 1, **sent(ask), "status": "waiting"}
                self.items[made["id"]] = made
                return Answer(201, made)
            return Answer(200, list(self.items.values()))
        item = self.items.get(int(match[1]))
        if item is None:
            return Answer(404)
        if ask.method == "PATCH":
            if item["status"] != "waiting" and self.lax != ("change", item["status"]):
                return Answer(409)
            item |= sent(ask)
        if match[2]:
            allowed, then = STEPS[match[2]]
            if item["status"] not in allowed and self.lax != (match[2], item["status"]):
                return Answer(409)
            item["status"] = then
        return Answer(200, item)


def verdicts(tmp_path: Path, paths: Node, server: Parcels) -> set[tuple[str, str]]:
    """What the check finds, as pairs of check and verdict."""
    file = tmp_path / "parcels.json"
    file.write_text(json.dumps(document(paths)))
    with Target.asgi(Small(server), []) as target:
        result = run_checks(contracts.of(file), target, only=["forbidden-state"])
    assert not result.stopped
    return {(each.check, each.verdict) for each in result.findings}


IN_THIS_STATE = ("Not possible in this state", "The parcel is in the wrong state", "Its status does not allow it")


def changeable(summary: str, refusal: str) -> Node:
    """Paths of parcels with a PATCH that `summary` describes, and a 409 described as `refusal`, as that of `load`."""
    paths = parcels(load="Load a waiting parcel.")
    change: Node = {"type": "object", "minProperties": 1, "properties": {"label": TEXT}}
    refused: Node = {"404": NO, "409": {"description": refusal}}
    paths["/parcels/{id}/load"]["post"]["responses"] |= refused
    paths["/parcels/{id}"]["patch"] = {
        "summary": summary, "requestBody": takes(change), "responses": answers(PARCEL) | refused,
    }  # fmt: skip
    return paths


@pytest.mark.parametrize("refusal", IN_THIS_STATE)
@pytest.mark.parametrize(
    "summary", ["Change a waiting parcel", "Changes a waiting parcel.", "Relabel the waiting parcel"]
)
def test_what_is_for_an_item_in_a_state_is_tried_in_another_where_an_error_is_about_states(
    tmp_path: Path, summary: str, refusal: str
) -> None:
    paths = changeable(summary, refusal)

    assert set() == verdicts(tmp_path, paths, Parcels())
    assert {("forbidden-state", "failure")} == verdicts(tmp_path, paths, Parcels("change", "loaded"))
    assert {("forbidden-state", "failure")} == verdicts(tmp_path, paths, Parcels("load", "loaded"))


@pytest.mark.parametrize(
    ("summary", "refusal"),
    [
        ("Change a parcel", IN_THIS_STATE[0]),
        ("Change the label of a parcel", IN_THIS_STATE[0]),
        ("Change a waiting customer", IN_THIS_STATE[0]),
        ("Change a waiting parcel", "Another request was faster"),
        ("Change a waiting parcel", "The request conflicts with the current state of the resource"),
    ],
)
def test_a_purpose_alone_refuses_nothing(tmp_path: Path, summary: str, refusal: str) -> None:
    file = tmp_path / "parcels.json"
    file.write_text(json.dumps(document(changeable(summary, refusal))))

    assert not contracts.of(file).behaviour.operations["/parcels/{id}", "patch"].refused


@pytest.mark.parametrize("refusal", IN_THIS_STATE)
def test_the_mock_refuses_it_too(tmp_path: Path, refusal: str) -> None:
    file = tmp_path / "parcels.json"
    file.write_text(json.dumps(document(changeable("Change a waiting parcel", refusal))))
    with Target.asgi(sandbox(file, seed=3), []) as target:
        result = run_checks(contracts.of(file), target, seed=3)

    assert [] == [each for each in result.findings if each.verdict == "failure"]
    assert "passed" == result.outcomes["PATCH /parcels/{id}", "forbidden-state"]


LOAD = (
    "Loads a waiting parcel. Any other status gives 409.",
    "Loads a waiting parcel; 409 otherwise.",
    "A parcel that is not waiting gives 409.",
    "Loads a parcel (409 unless it is waiting).",
    "A parcel which is loaded already is refused.",
    "Loading a loaded parcel is answered with 409.",
    "Returns 409 if the parcel has been loaded.",
    "409 if already loaded.",
    "Loaded parcels are refused with 409.",
    "It cannot be called once the parcel is loaded.",
    "Not possible for loaded or delivered parcels.",
    "Only possible for waiting parcels.",
    "The parcel must not be loaded.",
)


@pytest.mark.parametrize("sentence", LOAD)
def test_a_second_action_that_a_sentence_refuses_is_tried(tmp_path: Path, sentence: str) -> None:
    paths = parcels(load=sentence)

    assert set() == verdicts(tmp_path, paths, Parcels())
    assert {("forbidden-state", "failure")} == verdicts(tmp_path, paths, Parcels("load", "loaded"))


@pytest.mark.parametrize(
    "sentence",
    [
        "Delivered parcels cannot be lost, nor can lost ones (409).",
        "Loses a waiting or loaded parcel and tells the sender. In any other state it returns 409.",
    ],
)
@pytest.mark.parametrize("state", ["delivered", "lost"])
def test_each_state_is_tried_also_one_that_takes_several_actions(tmp_path: Path, sentence: str, state: str) -> None:
    paths = parcels(lose=sentence)

    assert set() == verdicts(tmp_path, paths, Parcels())
    assert {("forbidden-state", "failure")} == verdicts(tmp_path, paths, Parcels("lose", state))


@pytest.mark.parametrize(
    "sentence",
    [
        "Loads a waiting parcel.",
        "A parcel that is loaded already gives 200.",
        "A parcel whose truck is loaded gives 409.",
        "Returns 409 if the truck is loaded.",
        "409 if the parcel is loaded and the caller is not its sender.",
        "A loaded truck gives 409.",
        "A loaded parcel takes no more labels (409).",
        "Returns the parcel if it is loaded.",
    ],
)
def test_a_sentence_about_something_else_refuses_nothing(tmp_path: Path, sentence: str) -> None:
    lax = Parcels("load", "loaded")

    assert set() == verdicts(tmp_path, parcels(load=sentence), lax)
