"""Recipes with entity tags, preconditions and idempotency keys, and servers that break one of them each."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.contracts.recipe_server import Recipes, Refused, etag_of


def _header(name: str, *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "schema": {"type": "string"}}


class CarefulRecipes(Recipes):
    """A correct server. PUT needs If-Match; POST repeats its response for a key that it knows."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, tuple[int, Any]] = {}

    def document(self) -> dict[str, Any]:
        written = super().document()
        written["paths"]["/recipes"]["post"]["parameters"] = [_header("Idempotency-Key")]
        recipe = written["paths"]["/recipes/{recipeId}"]
        recipe["get"]["parameters"] = [_header("If-None-Match")]
        recipe["get"]["responses"]["304"] = {"description": "not modified"}
        for method, required in (("put", True), ("patch", False), ("delete", False)):
            recipe[method]["parameters"] = [_header("If-Match", required=required)]
            recipe[method]["responses"]["412"] = recipe["get"]["responses"]["404"]
        recipe["put"]["responses"]["428"] = recipe["get"]["responses"]["404"]
        return written

    async def run(self, name: str, ids: list[int], body: Any) -> tuple[int, Any]:
        key = self.headers.get("idempotency-key", "") if name == "create" else ""
        if key in self.answers:
            return self.answers[key]
        if name in ("put", "patch", "delete"):
            self.check_tag(name, ids[0])
        answer = await super().run(name, ids, body)
        if key and answer[0] == 201:
            self.remember(key, answer)
        if name == "get" and self.headers.get("if-none-match") == self.tag(answer[1]):
            return 304, answer[1]
        return answer

    def remember(self, key: str, answer: tuple[int, Any]) -> None:
        self.answers[key] = answer

    def check_tag(self, name: str, number: int) -> None:
        wanted = self.headers.get("if-match")
        recipe = self.found(number)
        if wanted is None and name == "put":
            raise Refused(428)
        if wanted not in (None, "*", self.tag(recipe)):
            raise Refused(412)

    def tag(self, recipe: Any) -> str:
        return etag_of(recipe)

    def reply_headers(self, name: str, value: Any) -> dict[str, str]:
        return {"etag": self.tag(value)} if name in ("get", "create", "put", "patch") else {}


class IgnoresOldTags(CarefulRecipes):
    """If-Match is read and not compared."""

    def check_tag(self, name: str, number: int) -> None:
        self.found(number)


class RefusesEveryTag(CarefulRecipes):
    """PATCH compares If-Match with something else than the tag that GET shows."""

    def check_tag(self, name: str, number: int) -> None:
        super().check_tag(name, number)
        if name == "patch" and self.headers.get("if-match", "*") != "*":
            raise Refused(412)


class ChangesBeforeRefusing(CarefulRecipes):
    """PATCH stores the change, and compares the tag too late."""

    def check_tag(self, name: str, number: int) -> None:
        try:
            super().check_tag(name, number)
        except Refused:
            self.recipes[number]["notes"] = "changed"
            raise


class TagNeverChanges(CarefulRecipes):
    """The tag is made of the id alone, so that an updated recipe counts as unchanged."""

    def tag(self, recipe: Any) -> str:
        return etag_of(recipe["id"])


class AlwaysSendsTheRecipe(CarefulRecipes):
    """If-None-Match is ignored."""

    async def run(self, name: str, ids: list[int], body: Any) -> tuple[int, Any]:
        status, value = await super().run(name, ids, body)
        return (200 if status == 304 else status), value


class ForgetsKeys(CarefulRecipes):
    """The key is ignored, so that a repeated request creates a second recipe."""

    def remember(self, key: str, answer: tuple[int, Any]) -> None:
        pass


class OneKeyForAll(CarefulRecipes):
    """Whatever the key is, the first response with a key is repeated."""

    def remember(self, key: str, answer: tuple[int, Any]) -> None:
        self.answers = _Always(answer)


class _Always(dict[str, Any]):
    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.answer = answer

    def __contains__(self, key: object) -> bool:
        return bool(key)

    def __getitem__(self, key: str) -> Any:
        return self.answer


class ComparesKeysTooEarly(CarefulRecipes):
    """Concurrent requests with one key all create a recipe."""

    async def run(self, name: str, ids: list[int], body: Any) -> tuple[int, Any]:
        headers = dict(self.headers)
        known = headers.get("idempotency-key", "") in self.answers
        await asyncio.sleep(0.002)
        self.headers = headers if known or name != "create" else {}
        answer = await super().run(name, ids, body)
        if name == "create" and answer[0] == 201:
            self.remember(headers.get("idempotency-key", ""), answer)
        return answer


CAREFUL_BUGS: dict[str, tuple[type[CarefulRecipes], ...]] = {
    "conditional-get": (TagNeverChanges, AlwaysSendsTheRecipe),
    "precondition": (IgnoresOldTags, RefusesEveryTag, ChangesBeforeRefusing),
    "idempotency-key": (ForgetsKeys, OneKeyForAll, ComparesKeysTooEarly),
}
