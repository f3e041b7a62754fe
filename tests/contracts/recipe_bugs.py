"""Servers of recipes with one bug each, by the name of the check that has to find it."""

from __future__ import annotations

import copy
from typing import Any

from tests.contracts.recipe_server import DEFAULTS, Recipes, Refused


class PutLosesNotes(Recipes):
    """PUT answers the new notes and keeps the old ones."""

    def put(self, number: int, body: Any) -> tuple[int, Any]:
        old = self.found(number).get("notes")
        super().put(number, body)
        self.recipes[number]["notes"] = old
        return 200, {**self.recipes[number], **body}


class PutMergesSource(Recipes):
    """PUT keeps a property of a nested object."""

    def put(self, number: int, body: Any) -> tuple[int, Any]:
        old = copy.deepcopy(self.found(number).get("source")) or {}
        super().put(number, body)
        kept = {name: value for name, value in old.items() if name == "printed"}
        self.recipes[number]["source"] = {**self.recipes[number]["source"], **kept}
        return 200, self.recipes[number]


class PatchAppendsTags(Recipes):
    """PATCH adds to an array instead of replacing it."""

    def patch(self, number: int, body: Any) -> tuple[int, Any]:
        old = list(self.found(number)["tags"])
        super().patch(number, body)
        if "tags" in body:
            self.recipes[number]["tags"] = [*old, *body["tags"]][:8]
        return 200, self.recipes[number]


class PatchResetsVegan(Recipes):
    """PATCH sets a field that it does not name to its default."""

    def patch(self, number: int, body: Any) -> tuple[int, Any]:
        return super().patch(number, {"vegan": False, **body} if isinstance(body, dict) else body)


class ListIsStaleAfterPut(Recipes):
    """The list is cached, and only PUT does not clear the cache."""

    cached: Any = None

    def list(self) -> tuple[int, Any]:
        if self.cached is None:
            self.cached = copy.deepcopy(list(self.recipes.values()))
        return 200, self.cached

    async def run(self, name: str, ids: list[int], body: Any) -> tuple[int, Any]:
        answer = await super().run(name, ids, body)
        self.cached = self.cached if name in ("put", "list", "get") else None
        return answer


class PutShowsAnotherId(Recipes):
    """The reply of PUT shows an id that is not that of the recipe."""

    def put(self, number: int, body: Any) -> tuple[int, Any]:
        return 200, {**super().put(number, body)[1], "id": number + 1}


class SecondPutCreates(Recipes):
    """PUT of an existing recipe says that it created one, as the document allows for a new one."""

    def document(self) -> dict[str, Any]:
        written = super().document()
        replies = written["paths"]["/recipes/{recipeId}"]["put"]["responses"]
        replies["201"] = replies["200"]
        return written

    def put(self, number: int, body: Any) -> tuple[int, Any]:
        return 201, super().put(number, body)[1]


class ZeroBecomesNull(Recipes):
    """A number of zero is taken for a missing one."""

    def create(self, body: Any) -> tuple[int, Any]:
        status, recipe = super().create(body)
        recipe["rating"] = recipe["rating"] or None
        return status, recipe


class LongNotesAreCut(Recipes):
    """A long text is cut without a word."""

    def create(self, body: Any) -> tuple[int, Any]:
        status, recipe = super().create(body)
        recipe["notes"] = recipe["notes"][:255]
        return status, recipe


class EmptyTagsBecomeMisc(Recipes):
    """An empty array is replaced by a default."""

    def patch(self, number: int, body: Any) -> tuple[int, Any]:
        status, recipe = super().patch(number, body)
        recipe["tags"] = recipe["tags"] or ["misc"]
        return status, recipe


class NestedFalseIsLost(Recipes):
    """A property with the value false is dropped from a nested object."""

    def create(self, body: Any) -> tuple[int, Any]:
        status, recipe = super().create(body)
        if "source" in recipe:
            recipe["source"] = {name: value for name, value in recipe["source"].items() if value is not False}
        return status, recipe


class RefusesNull(Recipes):
    """A create request with null in a nullable field is refused."""

    def create(self, body: Any) -> tuple[int, Any]:
        if isinstance(body, dict) and "rating" in body and body["rating"] is None:
            raise Refused(422)
        return super().create(body)


class RefusesObjectWithoutYear(Recipes):
    """An optional property of a nested object is demanded."""

    def create(self, body: Any) -> tuple[int, Any]:
        if isinstance(body, dict) and "source" in body and "year" not in body["source"]:
            raise Refused(422)
        return super().create(body)


class DemandsNotes(Recipes):
    """An optional field is demanded."""

    def create(self, body: Any) -> tuple[int, Any]:
        if isinstance(body, dict) and "notes" not in body:
            raise Refused(422)
        return super().create(body)


class RefusesTagsWithoutNotes(Recipes):
    """An optional field is refused unless another one is given, too."""

    def create(self, body: Any) -> tuple[int, Any]:
        if isinstance(body, dict) and "tags" in body and "notes" not in body:
            raise Refused(422)
        return super().create(body)


class RefusedPatchHalfDone(Recipes):
    """A refused PATCH has changed the numbers before."""

    def patch(self, number: int, body: Any) -> tuple[int, Any]:
        recipe = self.found(number)
        if isinstance(body, dict) and isinstance(body.get("servings"), int):
            recipe["servings"] = body["servings"]
        return super().patch(number, body)


class RefusedCreateStored(Recipes):
    """A refused create request leaves a recipe behind."""

    def create(self, body: Any) -> tuple[int, Any]:
        try:
            return super().create(body)
        except Refused:
            number = self.number()
            self.recipes[number] = {"id": number, **DEFAULTS, "title": "x", "difficulty": "easy"}
            self.steps[number] = {}
            raise


class StepsOutliveTheirRecipe(Recipes):
    """Steps can be read below a deleted recipe."""

    def delete(self, number: int) -> tuple[int, Any]:
        self.found(number)
        del self.recipes[number]
        return 204, None

    def get_step(self, number: int, step: int) -> tuple[int, Any]:
        if step not in self.steps.get(number, {}):
            raise Refused(404)
        return 200, self.steps[number][step]


class StepsStayListed(Recipes):
    """The list below a deleted recipe still has its steps."""

    def delete(self, number: int) -> tuple[int, Any]:
        self.found(number)
        del self.recipes[number]
        return 204, None

    def list_steps(self, number: int) -> tuple[int, Any]:
        if number not in self.steps:
            raise Refused(404)
        return 200, list(self.steps[number].values())


class DeletedRecipeListsNoSteps(Recipes):
    """The list below a deleted recipe is empty, where the document has 404."""

    def list_steps(self, number: int) -> tuple[int, Any]:
        return 200, list(self.steps.get(number, {}).values())


class DeletesStepsOfAll(Recipes):
    """Deleting one recipe deletes the steps of all recipes."""

    def delete(self, number: int) -> tuple[int, Any]:
        answer = super().delete(number)
        for steps in self.steps.values():
            steps.clear()
        return answer


class NewStepClearsNotes(Recipes):
    """Creating a step clears a text of its recipe."""

    def create_step(self, number: int, body: Any) -> tuple[int, Any]:
        answer = super().create_step(number, body)
        self.recipes[number]["notes"] = ""
        return answer


class StepsOfAllRecipesListed(Recipes):
    """The list below a recipe has the steps of all recipes."""

    def list_steps(self, number: int) -> tuple[int, Any]:
        self.found(number)
        return 200, [step for steps in self.steps.values() for step in steps.values()]


class PatchChangesAllRecipes(Recipes):
    """PATCH changes a field of every recipe."""

    def patch(self, number: int, body: Any) -> tuple[int, Any]:
        answer = super().patch(number, body)
        for recipe in self.recipes.values():
            recipe["vegan"] = body.get("vegan", recipe["vegan"])
        return answer


RECIPE_BUGS: dict[str, tuple[type[Recipes], ...]] = {
    "other-items-unchanged": (PatchChangesAllRecipes,),
    "other-owners-unchanged": (NewStepClearsNotes, StepsOfAllRecipesListed),
    "deleted-owner": (StepsOutliveTheirRecipe, StepsStayListed, DeletedRecipeListsNoSteps, DeletesStepsOfAll),
    "update": (PatchResetsVegan,),
    "replace": (SecondPutCreates,),
    "update-every-field": (PutLosesNotes, PutMergesSource, PatchAppendsTags, ListIsStaleAfterPut, PutShowsAnotherId),
    "edge-input": (
        ZeroBecomesNull,
        LongNotesAreCut,
        EmptyTagsBecomeMisc,
        NestedFalseIsLost,
        RefusesNull,
        RefusesObjectWithoutYear,
    ),
    "optional-fields": (DemandsNotes, RefusesTagsWithoutNotes),
    "refusal-without-effect": (RefusedPatchHalfDone, RefusedCreateStored),
}
