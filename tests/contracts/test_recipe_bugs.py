"""Checks of stored data on a server with an ordinary document: each bug is a failure, the correct server has none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contracts.client.target import Target
from contracts.runner.runner import CheckResult, run_checks
from mockserver import contract as contracts
from tests.contracts.careful_recipes import CAREFUL_BUGS, CarefulRecipes
from tests.contracts.printed_recipes import PRINTED_BUGS, PrintedRecipes, WritesPricesAsNumbers
from tests.contracts.recipe_bugs import RECIPE_BUGS
from tests.contracts.recipe_server import Recipes, Refused


def checked(server: Any, folder: Path, **options: Any) -> CheckResult:
    """The result of the checks of a server of recipes."""
    (folder / "recipes.json").write_text(json.dumps(server.document()), encoding="utf-8")
    with Target.asgi(server, (), base_url="http://recipes.local") as target:
        return run_checks(contracts.of(folder / "recipes.json"), target, **options)


@pytest.mark.parametrize(
    ("check", "server"),
    [
        (check, server)
        for bugs in (RECIPE_BUGS, CAREFUL_BUGS, PRINTED_BUGS)
        for check, servers in bugs.items()
        for server in servers
    ],
)
def test_a_bug_of_stored_data_is_a_failure(check: str, server: type[Recipes], tmp_path: Path) -> None:
    result = checked(server(), tmp_path, only=[check])

    assert {(check, "failure")} == {(one.check, one.verdict) for one in result.findings if one.check != "document"}


@pytest.mark.parametrize("server", [Recipes, CarefulRecipes])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_correct_server_of_recipes_has_no_findings(server: type[Recipes], seed: int, tmp_path: Path) -> None:
    result = checked(server(), tmp_path, seed=seed)

    assert [] == [(one.check, one.operation, one.expected, one.seen) for one in result.findings]


def test_a_correct_server_of_printed_recipes_passes_the_checks_that_find_its_bugs(tmp_path: Path) -> None:
    result = checked(PrintedRecipes(), tmp_path, only=list(PRINTED_BUGS))

    assert [] == [(one.check, one.operation, one.expected, one.seen) for one in result.findings]
    assert set(PRINTED_BUGS) <= {check for (_, check), outcome in result.outcomes.items() if outcome == "passed"}


def test_figures_that_lose_their_zeros_break_the_pattern_of_the_document(tmp_path: Path) -> None:
    result = checked(WritesPricesAsNumbers(), tmp_path, only=["edge-input"])

    assert "failure" in {one.verdict for one in result.findings if one.check == "document" and "price" in one.seen}


class DeletesTwice(Recipes):
    """A correct server without 404 for DELETE: a second DELETE succeeds, too."""

    def document(self) -> dict[str, Any]:
        written = super().document()
        for path in written["paths"].values():
            path.get("delete", {"responses": {}})["responses"].pop("404", None)
        return written

    def delete(self, number: int) -> tuple[int, Any]:
        return super().delete(number) if number in self.recipes else (204, None)


class MarksAsDeleted(Recipes):
    """A correct server that still shows a deleted recipe, marked as such."""

    def document(self) -> dict[str, Any]:
        written = super().document()
        written["components"]["schemas"]["Recipe"]["properties"]["deleted"] = {"type": "boolean", "readOnly": True}
        return written

    def create(self, body: Any) -> tuple[int, Any]:
        recipe = super().create(body)[1]
        recipe["deleted"] = False
        return 201, recipe

    def put(self, number: int, body: Any) -> tuple[int, Any]:
        self.living(number)
        recipe = super().put(number, body)[1]
        recipe["deleted"] = False
        return 200, recipe

    def patch(self, number: int, body: Any) -> tuple[int, Any]:
        self.living(number)
        return super().patch(number, body)

    def living(self, number: int) -> None:
        if self.found(number)["deleted"]:
            raise Refused(404)

    def list(self) -> tuple[int, Any]:
        return 200, [recipe for recipe in self.recipes.values() if not recipe["deleted"]]

    def delete(self, number: int) -> tuple[int, Any]:
        self.living(number)
        self.recipes[number]["deleted"] = True
        return 204, None


@pytest.mark.parametrize("server", [DeletesTwice, MarksAsDeleted])
def test_what_a_correct_server_may_do_with_deleted_items_is_no_failure(server: type[Recipes], tmp_path: Path) -> None:
    result = checked(server(), tmp_path, only=["delete", "not-found", "lifecycle"])

    assert [] == [(one.check, one.expected, one.seen) for one in result.findings if one.verdict == "failure"]


def test_the_checks_of_conditional_requests_and_keys_run_where_the_document_has_them(tmp_path: Path) -> None:
    result = checked(CarefulRecipes(), tmp_path, only=list(CAREFUL_BUGS))

    assert {
        ("GET /recipes/{recipeId}", "conditional-get"): "passed",
        ("PATCH /recipes/{recipeId}", "precondition"): "passed",
        ("PUT /recipes/{recipeId}", "precondition"): "passed",
        ("DELETE /recipes/{recipeId}", "precondition"): "passed",
        ("POST /recipes", "idempotency-key"): "passed",
    } == {place: outcome for place, outcome in result.outcomes.items() if place[1] in CAREFUL_BUGS}


class NormalisesValues(Recipes):
    """A correct server: it trims texts, sorts tags without doubles, rounds numbers, and counts steps in a number."""

    def normalised(self, number: int) -> tuple[int, Any]:
        recipe = self.recipes[number]
        recipe["title"] = recipe["title"].strip() or "untitled"
        recipe["tags"] = sorted({tag.strip() for tag in recipe["tags"]})
        recipe["rating"] = None if recipe["rating"] is None else round(recipe["rating"], 2)
        recipe["notes"] = recipe["notes"] or None
        return 200, recipe

    def document(self) -> dict[str, Any]:
        written = super().document()
        written["components"]["schemas"]["Recipe"]["properties"]["notes"] = {"type": ["string", "null"]}
        return written

    def create(self, body: Any) -> tuple[int, Any]:
        return 201, self.normalised(super().create(body)[1]["id"])[1]

    def put(self, number: int, body: Any) -> tuple[int, Any]:
        super().put(number, body)
        return self.normalised(number)

    def patch(self, number: int, body: Any) -> tuple[int, Any]:
        super().patch(number, body)
        return self.normalised(number)

    def create_step(self, number: int, body: Any) -> tuple[int, Any]:
        answer = super().create_step(number, body)
        self.recipes[number]["servings"] = len(self.steps[number])
        return answer


def test_values_that_a_server_may_write_anew_are_no_failure(tmp_path: Path) -> None:
    result = checked(NormalisesValues(), tmp_path)

    assert [] == [
        (one.check, one.operation, one.expected, one.seen) for one in result.findings if one.verdict == "failure"
    ]


class NumbersOfClients(Recipes):
    """A correct server whose clients may choose the id: a second create request with the same id replaces the item."""

    def document(self) -> dict[str, Any]:
        written = super().document()
        create = written["components"]["schemas"]["RecipeCreate"]
        create["properties"]["id"] = {"type": "integer", "enum": [7]}
        create["required"].append("id")
        written["components"]["schemas"]["Recipe"]["properties"]["id"] = {"type": "integer"}
        return written

    def number(self) -> int:
        return 7 if not self.making_step else super().number()

    making_step = False

    def create(self, body: Any) -> tuple[int, Any]:
        self.check(body, "RecipeCreate")
        return super().create(body)

    def create_step(self, number: int, body: Any) -> tuple[int, Any]:
        self.making_step = True
        try:
            return super().create_step(number, body)
        finally:
            self.making_step = False


def test_items_with_the_same_chosen_id_are_not_compared(tmp_path: Path) -> None:
    result = checked(
        NumbersOfClients(),
        tmp_path,
        only=["delete", "other-items-unchanged", "other-owners-unchanged", "deleted-owner"],
    )

    assert [] == [(one.check, one.operation, one.expected) for one in result.findings if one.check != "document"]
    assert "skipped: several requests have the same client-chosen id" in set(result.outcomes.values())
