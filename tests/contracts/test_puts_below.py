"""The check `put-twice`: a PUT below an item, such as the rating of a film by its viewer, counts once."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.contracts.test_foreign_shapes import TEXT, path_parameter, sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers, takes

NUMBER: Node = {"type": "integer"}
NO: Node = {"404": {"description": "no"}}


def whole(**properties: Node) -> Node:
    return {"type": "object", "required": list(properties), "properties": properties}


FILM = whole(id=NUMBER, title=TEXT)
STARS = {"type": "array", "minItems": 1, "items": NUMBER, "description": "Places in the list of stars"}
RATING = whole(stars=STARS)
RATED = whole(stars=STARS, rated_at={"type": "string", "format": "date-time"})
REPORT = whole(raters=NUMBER, stars={"type": "array", "items": whole(place=NUMBER, votes=NUMBER)}, last_asked=NUMBER)


def films() -> Node:
    film = path_parameter("film", NUMBER)
    return {
        "/films": {
            "get": {"responses": answers({"type": "array", "items": FILM})},
            "post": {"requestBody": takes(whole(title=TEXT)), "responses": answers(FILM, "201")},
        },
        "/films/{film}": {"parameters": [film], "get": {"responses": answers(FILM) | NO}},
        "/films/{film}/report": {"parameters": [film], "get": {"responses": answers(REPORT) | NO}},
        "/films/{film}/rating": {
            "parameters": [film],
            "put": {"requestBody": takes(RATING), "responses": answers(RATED) | NO | {"400": {"description": "no"}}},
            "get": {"responses": answers(RATED) | NO},
        },
    }


class Films:
    """The server. With `is_broken` a rating that repeats a place counts it again."""

    def __init__(self, *, is_broken: bool) -> None:
        self.is_broken, self.asked = is_broken, 0
        self.films: list[Node] = []

    def __call__(self, ask: Ask) -> Answer:
        match = re.fullmatch(r"/films(?:/(\d+)(?:/(report|rating))?)?", ask.path)
        if match is None:
            return Answer(404)
        if not match[1]:
            return self._list(ask)
        number = int(match[1])
        if not 1 <= number <= len(self.films):
            return Answer(404)
        film = self.films[number - 1]
        if match[2] == "report":
            self.asked += 1
            stars = [{"place": place, "votes": votes} for place, votes in enumerate(film["votes"])]
            return Answer(200, {"raters": int(bool(film["rating"])), "stars": stars, "last_asked": self.asked})
        if match[2] == "rating":
            return self._rate(film, ask)
        return Answer(200, {"id": number, "title": film["title"]})

    def _list(self, ask: Ask) -> Answer:
        if ask.method == "POST":
            self.films.append({"title": str(sent(ask).get("title")), "votes": [0, 0, 0], "rating": []})
            return Answer(201, {"id": len(self.films), "title": self.films[-1]["title"]})
        return Answer(200, [{"id": place, "title": each["title"]} for place, each in enumerate(self.films, 1)])

    def _rate(self, film: Node, ask: Ask) -> Answer:
        if ask.method == "GET":
            return Answer(200, self._rated(film)) if film["rating"] else Answer(404)
        stars = sent(ask).get("stars")
        if not isinstance(stars, list) or any(each not in (0, 1, 2) for each in stars):
            return Answer(400)
        for place in film["rating"] if not self.is_broken else set(film["rating"]) - set(stars):
            film["votes"][place] -= 1
        for place in stars:
            film["votes"][place] += 1
        film["rating"], film["rated"] = stars, datetime.now(UTC).isoformat()
        return Answer(200, self._rated(film))

    @staticmethod
    def _rated(film: Node) -> Node:
        return {"stars": film["rating"], "rated_at": film["rated"]}


@pytest.mark.parametrize(("is_broken", "found"), [(False, set()), (True, {("put-twice", "failure")})])
def test_a_put_below_an_item_counts_once(tmp_path: Path, is_broken: bool, found: set[tuple[str, str]]) -> None:
    assert found == verdicts(tmp_path, films(), Films(is_broken=is_broken), "put-twice")
