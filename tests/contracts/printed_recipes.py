"""Recipes that are printed, put on menus and cooked, and servers that break one of the sentences about that each."""

from __future__ import annotations

import random
import re
from typing import Any

from tests.contracts.recipe_server import Recipes, Refused

READ_ONLY = {
    "state": {"type": "string", "enum": ["draft", "printed"], "readOnly": True},
    "printedAt": {"type": ["string", "null"], "readOnly": True, "description": "When; null while it is a draft."},
    "portions": {"type": "integer", "readOnly": True, "description": "`servings` times `pots`"},
    "stepCount": {"type": "integer", "readOnly": True},
}
WRITTEN = {
    "code": {"type": "string", "pattern": "^[A-Z]{2}[0-9]{6}$", "description": "Must be unique."},
    "price": {"type": "string", "pattern": r"^[0-9]{1,4}\.[0-9]{2}$"},
    "pots": {"type": "integer", "minimum": 1, "maximum": 9},
    "shelf": {"type": "string", "enum": ["s-1", "s-2"]},
}
MENU = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "name": {"type": "string", "minLength": 1},
        "recipes": {"type": "array", "items": {"type": "integer"}, "readOnly": True},
    },
}
SHELF = {"type": "object", "properties": {"id": {"type": "string"}, "free": {"type": "integer"}}}


def _shows(schema: Any, status: str = "200") -> dict[str, Any]:
    content = {"content": {"application/json": {"schema": schema}}} if schema else {}
    return {"responses": {status: {"description": "ok", **content}, "404": {"description": "not found"}}}


def _query(name: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema}


def _in_path(name: str, kind: str = "integer") -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": kind}}


LIST = [
    _query("limit", type="integer", minimum=1, maximum=50, default=20),
    _query("offset", type="integer", minimum=0, default=0),
    _query("sort", type="string", enum=["title", "pots"]),
    _query("difficulty", type="string", enum=["easy", "medium", "hard"]),
]
KEY = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}


class PrintedRecipes(Recipes):
    """A correct server. A printed recipe gets no more steps."""

    def __init__(self) -> None:
        super().__init__()
        self.menus: dict[int, dict[str, Any]] = {}
        self.shelves = {"s-1": 9_000_000, "s-2": 9_000_000}
        self.answers: dict[str, dict[str, Any]] = {}

    def document(self) -> dict[str, Any]:
        written = super().document()
        paths, schemas = written["paths"], written["components"]["schemas"]
        for name in ("RecipeCreate", "RecipeReplace", "RecipeUpdate", "Recipe"):
            schemas[name]["properties"] |= WRITTEN
        for name in ("RecipeCreate", "RecipeReplace"):
            schemas[name]["required"] = [*schemas[name]["required"], *WRITTEN]
        schemas["Recipe"]["properties"] |= READ_ONLY
        schemas["Step"]["properties"]["recipe"] = {"type": "integer", "readOnly": True}
        shown, conflict = {"$ref": "#/components/schemas/Recipe"}, {"description": "the code is taken"}
        paths["/recipes"]["get"]["parameters"] = LIST
        paths["/recipes"]["post"]["parameters"] = [KEY]
        paths["/recipes"]["post"]["responses"]["409"] = conflict
        one = paths["/recipes/{recipeId}"]
        one["put"]["responses"]["409"] = one["patch"]["responses"]["409"] = conflict
        one["delete"]["description"] = "Deletes the recipe and all its steps."
        for action in ("print", "withdraw"):
            paths[f"/recipes/{{recipeId}}/{action}"] = {"parameters": [_in_path("recipeId")], "post": _shows(shown)}
        steps = paths["/recipes/{recipeId}/steps"]
        steps["post"]["responses"]["409"] = {"description": "the recipe is printed"}
        paths["/steps"] = {"get": _shows({"type": "array", "items": {"$ref": "#/components/schemas/Step"}})}
        paths["/menus"] = {"post": {**_shows(MENU, "201"), "requestBody": _shows(MENU)["responses"]["200"]}}
        paths["/menus/{menuId}"] = {"parameters": [_in_path("menuId")], "get": _shows(MENU)}
        paths["/menus/{menuId}/recipes/{recipeId}"] = {
            "parameters": [_in_path("menuId"), _in_path("recipeId")],
            "put": {**_shows(None, "204"), "description": "A recipe can be on any number of menus."},
            "delete": _shows(None, "204"),
        }
        paths["/shelves/{shelfId}"] = {"parameters": [_in_path("shelfId", "string")], "get": _shows(SHELF)}
        return written

    async def answer(
        self, method: str, path: str, raw: bytes, headers: dict[str, str], query: dict[str, str]
    ) -> tuple[int, Any, dict[str, str]]:
        action = re.fullmatch(r"/recipes/(\d+)/(print|withdraw)", path)
        if action and method == "POST":
            return 200, self.act(self.found(int(action[1])), action[2]), {}
        if path == "/steps" and method == "GET":
            return 200, self.all_steps(), {}
        if path.startswith("/shelves/") and method == "GET" and path[9:] in self.shelves:
            return 200, {"id": path[9:], "free": self.shelves[path[9:]]}, {}
        menu = re.fullmatch(r"/menus(?:/(\d+)(?:/recipes/(\d+))?)?", path)
        if menu:
            return self.menu(method, raw, *(int(each or 0) for each in menu.groups()))
        return await super().answer(method, path, raw, headers, query)

    def act(self, recipe: dict[str, Any], action: str) -> dict[str, Any]:
        recipe["state"] = "printed" if action == "print" else "draft"
        recipe["printedAt"] = "today" if action == "print" else self.withdrawn_at(recipe)
        return recipe

    def withdrawn_at(self, recipe: dict[str, Any]) -> str | None:
        return None

    def all_steps(self) -> list[dict[str, Any]]:
        return [step for steps in self.steps.values() for step in steps.values()]

    def menu(self, method: str, raw: bytes, number: int, recipe: int) -> tuple[int, Any, dict[str, str]]:
        if not number and method == "POST":
            number, name = next(self.numbers), re.findall(rb'"name": ?"([^"]+)', raw)[0].decode()
            self.menus[number] = {"id": number, "name": name, "recipes": []}
            return 201, self.menus[number], {}
        if number not in self.menus or (recipe and recipe not in self.recipes):
            raise Refused(404)
        if method == "PUT":
            self.put_on_menu(number, recipe)
        if method == "DELETE":
            self.take_off(number, recipe)
        return (200, self.menus[number], {}) if method == "GET" else (204, None, {})

    def put_on_menu(self, menu: int, recipe: int) -> None:
        if recipe not in self.menus[menu]["recipes"]:
            self.menus[menu]["recipes"].append(recipe)

    def take_off(self, menu: int, recipe: int) -> None:
        if recipe in self.menus[menu]["recipes"]:
            self.menus[menu]["recipes"].remove(recipe)

    def list(self) -> tuple[int, Any]:
        found, query = list(self.recipes.values()), self.query
        if "difficulty" in query:
            found = [each for each in found if each["difficulty"] == query["difficulty"]]
        if "sort" in query:
            found.sort(key=lambda each: each[query["sort"]])
        start, size = int(query.get("offset", 0)), int(query.get("limit", 20))
        return 200, found[start : start + size]

    def create(self, body: Any) -> tuple[int, Any]:
        key = self.headers.get("idempotency-key")
        self.check(body, "RecipeCreate")
        if key in self.answers:
            self.repeated(body)
            return 201, self.answers[str(key)]
        self.refuse_taken(body, 0)
        recipe = super().create(body)[1]
        recipe |= {"state": "draft", "printedAt": None, "stepCount": 0}
        self.shelves[recipe["shelf"]] -= 1
        if key:
            self.answers[key] = recipe
        return 201, self.computed(recipe)

    def repeated(self, body: Any) -> None:
        """A create request with a key that was used before."""

    def refuse_taken(self, body: Any, number: int) -> None:
        if any(each["code"] == body.get("code") and each["id"] != number for each in self.recipes.values()):
            raise Refused(409)

    def computed(self, recipe: dict[str, Any]) -> dict[str, Any]:
        recipe["portions"] = recipe["servings"] * recipe["pots"]
        return recipe

    def put(self, number: int, body: Any) -> tuple[int, Any]:
        kept = {name: self.found(number)[name] for name in ("state", "printedAt", "stepCount")}
        self.check(body, "RecipeReplace")
        self.refuse_taken(body, number)
        super().put(number, body)
        self.recipes[number] |= kept
        return 200, self.computed(self.recipes[number])

    def patch(self, number: int, body: Any) -> tuple[int, Any]:
        self.found(number)
        self.check(body, "RecipeUpdate")
        self.refuse_taken(body, number)
        return 200, self.computed(super().patch(number, body)[1])

    def create_step(self, number: int, body: Any) -> tuple[int, Any]:
        self.check(body, "StepCreate")
        if self.found(number)["state"] == "printed":
            raise Refused(409)
        step = super().create_step(number, body)[1]
        step["recipe"] = number
        self.recipes[number]["stepCount"] += 1
        return 201, step

    def delete_step(self, number: int, step: int) -> tuple[int, Any]:
        super().delete_step(number, step)
        self.recipes[number]["stepCount"] -= 1
        return 204, None


class CountsRefusedSteps(PrintedRecipes):
    """A step that a printed recipe refuses is counted."""

    def create_step(self, number: int, body: Any) -> tuple[int, Any]:
        self.found(number)["stepCount"] += self.found(number)["state"] == "printed"
        return super().create_step(number, body)


class WritesBeforeItRefuses(PrintedRecipes):
    """A PUT with a code that is taken is refused after the title was changed."""

    def put(self, number: int, body: Any) -> tuple[int, Any]:
        self.check(body, "RecipeReplace")
        self.found(number)["title"] = body["title"]
        return super().put(number, body)


class KeepsTheTime(PrintedRecipes):
    """A withdrawn recipe keeps the time at which it was printed."""

    def withdrawn_at(self, recipe: dict[str, Any]) -> str | None:
        return str(recipe["printedAt"]) if recipe["printedAt"] else None


class ForgetsToCompute(PrintedRecipes):
    """An update leaves the product as it was."""

    def computed(self, recipe: dict[str, Any]) -> dict[str, Any]:
        return recipe if "portions" in recipe else super().computed(recipe)


class OneMenuOnly(PrintedRecipes):
    """A recipe that is put on a menu is taken off the others."""

    def put_on_menu(self, menu: int, recipe: int) -> None:
        for other in self.menus:
            self.take_off(other, recipe)
        super().put_on_menu(menu, recipe)


class ListsItTwice(PrintedRecipes):
    """A second PUT puts the recipe on the menu once more."""

    def put_on_menu(self, menu: int, recipe: int) -> None:
        self.menus[menu]["recipes"].append(recipe)


class ShufflesEqualItems(PrintedRecipes):
    """Recipes with the same value to sort by are in another order in each reply."""

    def list(self) -> tuple[int, Any]:
        if "sort" in self.query:
            shuffled = random.Random(next(self.numbers)).sample(list(self.recipes.items()), len(self.recipes))
            self.recipes = dict(shuffled)
        return super().list()


class StepsStayListed(PrintedRecipes):
    """The steps of a deleted recipe stay in the list of all steps."""

    gone: tuple[dict[str, Any], ...] = ()

    def delete(self, number: int) -> tuple[int, Any]:
        self.found(number)
        self.gone += tuple(self.steps[number].values())
        return super().delete(number)

    def all_steps(self) -> list[dict[str, Any]]:
        return [*super().all_steps(), *self.gone]


class ChangesToTaken(PrintedRecipes):
    """PATCH gives a recipe the code of another one."""

    def patch(self, number: int, body: Any) -> tuple[int, Any]:
        self.found(number)
        self.check(body, "RecipeUpdate")
        self.recipes[number].update(body)
        return 200, self.computed(self.recipes[number])


class FilteredWithoutPages(PrintedRecipes):
    """With a filter, the size of a page is ignored."""

    def list(self) -> tuple[int, Any]:
        if "difficulty" in self.query:
            self.query["limit"] = "50"
        return super().list()


class TakesTheShelfTwice(PrintedRecipes):
    """A repeated create request returns the first recipe and takes another place of the shelf."""

    def repeated(self, body: Any) -> None:
        self.shelves[body["shelf"]] -= 1


class WritesPricesAsNumbers(PrintedRecipes):
    """A price that ends in zero loses it."""

    def patch(self, number: int, body: Any) -> tuple[int, Any]:
        answer = super().patch(number, body)
        self.recipes[number]["price"] = f"{float(self.recipes[number]['price']):g}"
        return answer


PRINTED_BUGS: dict[str, tuple[type[PrintedRecipes], ...]] = {
    "conflict-without-effect": (CountsRefusedSteps, WritesBeforeItRefuses),
    "conditional-fields": (KeepsTheTime,),
    "described-figures": (ForgetsToCompute,),
    "membership": (OneMenuOnly, ListsItTwice),
    "sorted-pages": (ShufflesEqualItems,),
    "deleted-owner": (StepsStayListed,),
    "unique": (ChangesToTaken,),
    "filter": (FilteredWithoutPages,),
    "idempotency-key": (TakesTheShelfTwice,),
}
