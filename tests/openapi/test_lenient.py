"""`--lenient` leaves out exactly the operations that an error concerns."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import InvalidDocument
from mockserver.openapi import lenient, lint, normalize
from tests.openapi.test_lint import document


def test_an_operation_is_skipped_with_the_schema_it_needs_and_the_others_stay() -> None:
    raw = document()
    raw["components"]["schemas"]["Pet"]["properties"]["owner"] = {"$ref": "#/components/schemas/Owner"}
    before = deepcopy(raw)

    rest, skipped = lenient.without_errors(raw, lint.problems(raw, file="api.yaml"))

    assert ["POST /pets", "GET /pets/{id}"] == [one.operation for one in skipped]
    assert "api.yaml#/components/schemas/Pet/properties/owner: the reference" in str(skipped[0])
    assert {"/pets/{id}": {"parameters", "delete"}} == {path: set(item) for path, item in rest["paths"].items()}
    assert () == lint.errors(lint.problems(rest))
    assert before == raw


def test_an_error_of_a_path_item_concerns_all_its_operations() -> None:
    raw = document()
    raw["paths"]["/pets/{id}"]["parameters"].append({"$ref": "#/components/parameters/None"})

    rest, skipped = lenient.without_errors(raw, lint.problems(raw))

    assert ["GET /pets/{id}", "DELETE /pets/{id}"] == [one.operation for one in skipped]
    assert ["/pets"] == list(rest["paths"])


def test_a_valid_document_stays_whole() -> None:
    raw = document()

    assert (raw, ()) == lenient.without_errors(raw, lint.problems(raw))


def test_a_document_without_paths_is_refused() -> None:
    raw = document(paths=[])

    with pytest.raises(InvalidDocument, match="#/paths"):
        lenient.without_errors(raw, lint.problems(raw))


@given(st.integers(1, 12), st.data())
def test_the_rest_is_valid_whatever_is_broken(number: int, data: st.DataObject) -> None:
    """Each operation needs a chain of schemas; those whose chain has a broken one are skipped, and no others."""
    schemas = {
        f"S{i}": data.draw(
            st.sampled_from(
                [{"type": "object"}, *({"items": {"$ref": f"#/components/schemas/S{j}"}} for j in range(i))]
            )
        )
        for i in range(number)
    }
    broken = data.draw(st.sets(st.sampled_from(sorted(schemas))))
    for name in broken:
        schemas[name] = {"$ref": "#/components/schemas/None"}
    raw = document(paths={f"/p{i}": {"get": _answers(f"S{i}")} for i in range(number)}, components={"schemas": schemas})

    rest, skipped = lenient.without_errors(raw, lint.problems(raw))

    expected = {f"GET /p{i}" for i in range(number) if _needs(f"S{i}", schemas) & broken}
    assert expected == {one.operation for one in skipped}
    assert len(rest["paths"]) == number - len(expected)
    assert () == lint.problems(rest) == lint.problems(normalize.normalise(rest))


def _answers(schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"responses": {"200": {"description": "d", "content": content}}}


def _needs(name: str, schemas: dict[str, Any]) -> set[str]:
    needed, step = {name}, schemas[name]
    while "items" in step:
        name = step["items"]["$ref"].rpartition("/")[2]
        needed.add(name)
        step = schemas[name]
    return needed
