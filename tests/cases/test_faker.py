"""`x-faker`, as users of Prism and json-schema-faker write it."""

from __future__ import annotations

from typing import Any

from faker import Faker

import mockserver
from mockserver.openapi.faker_names import METHODS
from tests.cases.conftest import DOCUMENTS, Serve
from tests.client import Client
from tests.process import run


def people(seed: int) -> list[dict[str, Any]]:
    with Client(mockserver.create_app(DOCUMENTS / "faker.yaml", seed=seed)) as api:
        found: list[dict[str, Any]] = api.get("/people").json()
        return found


def test_values_are_those_of_the_named_functions() -> None:
    for person in people(1):
        names = (person["first"], *person["whole"].split(", "), *person["town"].split())
        assert all(name[0].isupper() for name in names), "without `x-faker` these are ordinary words"


def test_the_same_seed_gives_the_same_values_and_another_one_others() -> None:
    assert people(1) == people(1)
    assert people(1) != people(2)


def test_values_are_valid_for_their_schemas() -> None:
    for person in people(3):
        assert 2 == len(person["position"])
        assert all(-90 <= value <= 90 for value in person["position"])
        assert 5 <= person["age"] <= 7
        assert "@" in person["mail"]


def test_where_no_value_is_valid_the_schema_decides(serve: Serve) -> None:
    odd = serve("faker").get("/odd").json()

    assert len(odd["short"]) <= 2
    assert isinstance(odd["number"], int)


def test_what_has_no_effect_is_said_at_start() -> None:
    said = run("infer", str(DOCUMENTS / "faker.yaml")).stderr

    assert 2 == said.count("has no effect")
    assert "`commerce.productName` has no counterpart in Faker" in said
    assert "it must be the name of a function; write such as `person.firstName`" in said


def test_every_method_exists() -> None:
    maker = Faker()

    assert [] == [method for method in METHODS.values() if not callable(getattr(maker, method, None))]
