"""Closing a survey closes its questions, and a bound of a list is about what the service itself counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NO: Node = {"description": "no"}
NUMBER: Node = {"type": "integer"}
LEFT: Node = {"type": "integer", "readOnly": True, "description": "How many more questions fit."}
SURVEY: Node = {
    "type": "object",
    "required": ["id", "title", "places", "places_left"],
    "properties": {"id": NUMBER, "title": TEXT, "places": NUMBER, "places_left": LEFT},
}
QUESTION: Node = {
    "type": "object",
    "required": ["id", "survey_id", "wording", "state"],
    "properties": {
        "id": NUMBER,
        "survey_id": NUMBER,
        "wording": TEXT,
        "state": {"type": "string", "enum": ["open", "closed"]},
    },
}


def surveys_document(sentence: str) -> Node:
    new: Node = {
        "type": "object",
        "required": ["title", "places"],
        "properties": {"title": TEXT, "places": {"type": "integer", "minimum": 1, "maximum": 9}},
    }
    asked: Node = {"type": "object", "required": ["wording"], "properties": {"wording": TEXT}}
    bound: Node = {
        "name": "min_places",
        "in": "query",
        "description": "Only surveys with at least so many places left.",
        "schema": {"type": "integer", "minimum": 0},
    }
    survey = {"parameters": [path_parameter("id", NUMBER)]}
    listed = answers({"type": "array", "items": SURVEY})
    return {
        "/surveys": {
            "post": {"requestBody": takes(new), "responses": answers(SURVEY, "201")},
            "get": {"parameters": [bound], "responses": listed},
        },
        "/surveys/{id}": {**survey, "get": {"responses": answers(SURVEY) | {"404": NO}}},
        "/surveys/{id}/close": {
            **survey,
            "post": {"description": sentence, "responses": answers(SURVEY) | {"404": NO, "409": NO}},
        },
        "/surveys/{id}/questions": {
            **survey,
            "post": {"requestBody": takes(asked), "responses": answers(QUESTION, "201") | {"404": NO, "409": NO}},
            "get": {"responses": answers({"type": "array", "items": QUESTION}) | {"404": NO}},
        },
        "/questions/{id}": {**survey, "get": {"responses": answers(QUESTION) | {"404": NO}}},
    }


class Surveys:
    """Surveys with room for some questions. `flaw` names what is wrong."""

    def __init__(self, flaw: str = "") -> None:
        self.flaw = flaw
        self.surveys, self.questions = list[Node](), list[Node]()

    def __call__(self, ask: Ask) -> Answer:
        kind, *rest = ask.path.strip("/").split("/")
        if not rest:
            return self.all(ask)
        items = self.surveys if kind == "surveys" else self.questions
        found = next((each for each in items if str(each["id"]) == rest[0]), None)
        if found is None:
            return Answer(404)
        if len(rest) == 1:
            return Answer(200, found)
        below = [each for each in self.questions if each["survey_id"] == found["id"]]
        if rest[1] == "close":
            for each in below if self.flaw != "open" else ():
                each["state"] = "closed"
            return Answer(200, found)
        return self.ask_below(ask, found, below)

    def all(self, ask: Ask) -> Answer:
        if ask.method == "GET":
            name = "places" if self.flaw == "bound" else "places_left"
            return Answer(200, [each for each in self.surveys if each[name] >= int(ask.query.get("min_places", 0))])
        places = sent(ask).get("places")
        survey = {"id": len(self.surveys) + 1, "title": sent(ask)["title"], "places": places, "places_left": places}
        self.surveys.append(survey)
        return Answer(201, survey)

    def ask_below(self, ask: Ask, survey: Node, below: list[Node]) -> Answer:
        if ask.method == "GET":
            return Answer(200, below)
        if not survey["places_left"]:
            return Answer(409)
        survey["places_left"] -= 1
        made = {"id": len(self.questions) + 1, "survey_id": survey["id"], **sent(ask), "state": "open"}
        self.questions.append(made)
        return Answer(201, made)


CLOSES = ("All open questions of the survey are closed with it.", "Closes the survey and all its questions.")


@pytest.mark.parametrize("sentence", CLOSES)
def test_what_is_below_has_the_state_that_the_sentence_names(tmp_path: Path, sentence: str) -> None:
    assert set() == verdicts(tmp_path, surveys_document(sentence), Surveys(), "changed-below", "filter")
    assert {("changed-below", "failure")} == verdicts(
        tmp_path, surveys_document(sentence), Surveys("open"), "changed-below"
    )


@pytest.mark.parametrize("sentence", ["Refused with 409 while all its questions are closed.", "Questions stay open."])
def test_a_sentence_about_something_else_asks_for_no_change(tmp_path: Path, sentence: str) -> None:
    assert set() == verdicts(tmp_path, surveys_document(sentence), Surveys("open"), "changed-below")


def test_a_bound_is_about_the_property_that_its_description_names(tmp_path: Path) -> None:
    found = verdicts(tmp_path, surveys_document(CLOSES[0]), Surveys("bound"), "filter")

    assert {("filter", "failure")} == found


def test_a_list_that_is_stale_after_a_request_below_an_item_is_a_failure(tmp_path: Path) -> None:
    class Stale(Surveys):
        """The list shows each survey as it was when it was created."""

        def all(self, ask: Ask) -> Answer:
            answer = super().all(ask)
            return (
                Answer(200, [{**each, "places_left": each["places"]} for each in answer.body])
                if ask.method == "GET"
                else answer
            )

    assert set() == verdicts(tmp_path, surveys_document(CLOSES[0]), Surveys(), "listed")
    assert {("listed", "failure")} == verdicts(tmp_path, surveys_document(CLOSES[0]), Stale(), "listed")
