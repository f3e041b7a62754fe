"""An action that the document refuses in a state of the item is tried in this state."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

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
