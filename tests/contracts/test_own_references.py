"""Items that refer to an item of the same user only: a photo in an album of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.client.authentication import user_with_secret
from contracts.client.target import Target
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.planted_bugs.server import Answer, Ask, Server
from tests.web.document import Node, answers, document, takes

TEXT: Node = {"type": "string", "minLength": 1}
NUMBER: Node = {"type": "integer", "readOnly": True}
ALBUM: Node = {"type": "object", "required": ["name"], "properties": {"id": NUMBER, "name": TEXT}}
STYLE: Node = {"type": "object", "required": ["name"], "properties": {"id": NUMBER, "name": TEXT}}
PHOTO: Node = {
    "type": "object",
    "required": ["title", "album_id", "style_id"],
    "properties": {"id": NUMBER, "title": TEXT, "album_id": {"type": "integer"}, "style_id": {"type": "integer"}},
}
NO: Node = {status: {"description": "refused"} for status in ("400", "401", "403", "404", "422")}


def _resource(name: str, schema: Node) -> Node:
    id: Node = {"name": f"{name}_id", "in": "path", "required": True, "schema": {"type": "integer"}}
    listed: Node = {"type": "array", "items": schema}
    return {
        f"/{name}s": {
            "get": {"responses": answers(listed) | NO},
            "post": {"requestBody": takes(schema), "responses": answers(schema, "201") | NO},
        },
        f"/{name}s/{{{name}_id}}": {"parameters": [id], "get": {"responses": answers(schema) | NO}},
    }


PATHS: Node = _resource("album", ALBUM) | _resource("photo", PHOTO) | _resource("style", STYLE)


class Photos(Server):
    """Albums and photos of users, and styles that only Ada makes. A photo in an album of another user is `refused`.

    With `shows`, every user may read every photo.
    """

    def __init__(self, refused: int, *, shows: bool = False) -> None:
        super().__init__()
        self.refused, self.shows = refused, shows
        self.items: dict[str, list[Node]] = {"albums": [], "photos": [], "styles": []}

    async def answer(self, ask: Ask) -> Answer:
        _, kind, *rest = ask.path.split("/")
        if not ask.bearer:
            return Answer(401)
        if kind not in self.items:
            return Answer(404)
        if ask.method == "POST":
            return self._made(kind, ask)
        seen = [each for each in self.items[kind] if each["owner"] == ask.bearer or kind == "styles"]
        if not rest:
            return Answer(200, [self._shown(each) for each in seen])
        readable = self.items[kind] if self.shows and kind == "photos" else seen
        found = next((each for each in readable if str(each["id"]) == rest[0]), None)
        return Answer(404) if found is None else Answer(200, self._shown(found))

    def _made(self, kind: str, ask: Ask) -> Answer:
        sent: Node = json.loads(ask.raw)
        if kind == "styles" and ask.bearer != "token-of-ada":
            return Answer(403)
        if kind == "photos":
            own = {each["id"] for each in self.items["albums"] if each["owner"] == ask.bearer}
            if sent["album_id"] not in own or sent["style_id"] not in {each["id"] for each in self.items["styles"]}:
                return Answer(self.refused)
        made = {**sent, "id": len(self.items[kind]) + 1, "owner": ask.bearer}
        self.items[kind].append(made)
        return Answer(201, self._shown(made))

    def _shown(self, item: Node) -> Node:
        return {name: value for name, value in item.items() if name != "owner"}


def checked(folder: Path, app: Photos, *checks: str) -> CheckResult:
    bearer = {"components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}}
    file = folder / "photos.json"
    file.write_text(json.dumps(document(PATHS, **bearer, security=[{"token": []}])), encoding="utf-8")
    contract = contracts.of(file)
    users = [user_with_secret(contract, name, f"token-of-{name}") for name in ("ada", "bob")]
    with Target.asgi(app, users) as target:
        return run_checks(contract, target, only=checks)


@pytest.mark.parametrize("refused", [400, 403, 404, 422])
@pytest.mark.parametrize("shows", [False, True])
def test_what_both_users_can_read_of_each_other_is_a_failure(tmp_path: Path, refused: int, shows: bool) -> None:
    """A warning would say that the second user may have more rights; a photo of that user shows that both can."""
    result = checked(tmp_path, Photos(refused, shows=shows), "ownership")

    found = {(each.verdict, each.operation) for each in result.findings}
    assert found == ({("failure", "GET /photos/{photo_id}")} if shows else set())
    assert result.outcomes["GET /photos/{photo_id}", "ownership"] == ("failed" if shows else "passed")
