"""Every schema that has a valid value gets one, checked by an independent validator."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from mockserver.errors import Unanswerable
from mockserver.examples.example_maker import ExampleMaker
from mockserver.openapi.document import MediaType
from tests.examples.satisfiable import ANY_SCHEMA, holds, satisfied

SEEDS = st.integers(0, 10_000)


def value(schema: dict[str, Any], seed: int | str = 1, **settings_: Any) -> Any:
    """A value for a schema that is the whole document."""
    return ExampleMaker(schema).value(schema, seed=seed, **settings_)


def outcome(maker: ExampleMaker, schema: Any, seed: int) -> Any:
    """The value, or the error."""
    try:
        return maker.value(schema, seed=seed)
    except Unanswerable as refused:
        return refused


def document(**schemas: Any) -> dict[str, Any]:
    return {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "components": {"schemas": schemas}}


def named(root: dict[str, Any], name: str, seed: int = 1, **settings_: Any) -> Any:
    """A value for the schema called `name`."""
    return ExampleMaker(root).at(f"/components/schemas/{name}", seed=seed, **settings_)


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize(
    ("beside", "is_time"), [(["updated"], False), (["updated", "errors"], False), (["id", "updated"], True), ([], True)]
)
def test_a_number_created_is_a_time_or_how_many_were_created(beside: list[str], is_time: bool) -> None:
    names = ["created", *beside]
    made = value({"type": "object", "required": names, "properties": {name: {"type": "integer"} for name in names}})

    assert is_time == (made["created"] > 1_000_000_000)


@pytest.mark.parametrize("pattern", [r"^-?\d{0,5}(?:\.\d{0,2})?$", r"^-?\d{0,1}(?:\.\d{0,2})?$", "", r"^\d+$"])
def test_a_decimal_is_a_number_also_where_its_pattern_allows_none(pattern: str) -> None:
    schema = {"type": "string", "format": "decimal"} | ({"pattern": pattern} if pattern else {})

    assert all(re.fullmatch(r"-?\d+(\.\d+)?", value(schema, seed)) for seed in range(40))


@pytest.mark.parametrize("limits", [{}, {"maxLength": 40}, {"minLength": 3}, {"pattern": "^[A-Za-z0-9+/=]*$"}])
def test_a_text_with_a_content_encoding_is_valid_base64(limits: dict[str, Any]) -> None:
    made = value({"type": "string", "contentEncoding": "base64", **limits})

    assert base64.b64encode(base64.b64decode(made, validate=True)).decode() == made


class TestEverySchema:
    """Properties that hold for every schema."""

    @given(satisfied(), SEEDS)
    def test_a_value_is_valid(self, pair: tuple[Any, Any], seed: int) -> None:
        schema, _ = pair
        try:
            made = value(schema, seed)
        except Unanswerable:
            return
        assert holds(schema, made)

    @given(ANY_SCHEMA, SEEDS)
    def test_any_combination_of_keywords_gets_a_valid_value_or_an_error_that_names_a_pointer(
        self, schema: Any, seed: int
    ) -> None:
        root = schema if isinstance(schema, dict) else {}
        made = outcome(ExampleMaker(root), schema, seed)
        if isinstance(made, Unanswerable):
            assert f"#{made.values['pointer']}: " in str(made)
        else:
            assert holds(schema, made)

    @given(ANY_SCHEMA, st.lists(SEEDS, min_size=1, max_size=4))
    def test_a_value_does_not_depend_on_the_values_made_before_it(self, schema: Any, seeds: list[int]) -> None:
        assume(isinstance(schema, dict))
        forward, backward = ExampleMaker(schema), ExampleMaker(schema)
        first = {seed: repr(outcome(forward, schema, seed)) for seed in seeds}
        assert first == {seed: repr(outcome(backward, schema, seed)) for seed in reversed(seeds)}

    def test_nearly_all_schemas_that_are_satisfiable_get_a_value(self) -> None:
        refused: list[Any] = []
        count = 0

        @settings(
            max_examples=150, database=None, deadline=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(satisfied())
        def ask(pair: tuple[Any, Any]) -> None:
            nonlocal count
            count += 1
            try:
                value(pair[0])
            except Unanswerable:
                refused.append(pair[0])

        ask()
        assert count >= 150
        assert len(refused) <= 0.02 * count, refused[0]


HARD = {
    "a multiple within bounds": {"type": "integer", "multipleOf": 7, "minimum": 50, "exclusiveMaximum": 57},
    "a multiple far from the usual": {"type": "integer", "multipleOf": 7000},
    "a multiple of cents": {"multipleOf": 0.01, "type": "number", "exclusiveMinimum": 19.98, "maximum": 20},
    "two multiples": {"allOf": [{"multipleOf": 6, "type": "integer"}, {"multipleOf": 4, "minimum": 1}]},
    "hardly any room": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1e-20},
    "an int64 at its end": {"type": "integer", "format": "int64", "minimum": 2**63 - 3},
    "a password": {"type": "string", "pattern": r"^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])(?=.*[!@#$]).{8,20}$"},
    "a pattern and an exact length": {"type": "string", "pattern": "^[a-f]*$", "minLength": 90, "maxLength": 90},
    "two patterns": {"allOf": [{"type": "string", "pattern": "^a"}, {"pattern": "z$"}], "minLength": 4},
    "a pattern that excludes another": {"type": "string", "pattern": "^[a-z]{3}$", "not": {"pattern": "^a"}},
    "a pattern of a format": {"type": "string", "format": "email", "pattern": r"@example\.com$"},
    "a short address": {"type": "string", "format": "email", "maxLength": 6},
    "a long address": {"type": "string", "format": "uri", "minLength": 500},
    "a group repeated": {"type": "string", "pattern": r"^(['\"])\w+\1$"},
    "all of a few": {"type": "array", "items": {"enum": ["a", "b", "c"]}, "uniqueItems": True, "minItems": 3},
    "a hundred of a hundred": {
        "type": "array", "minItems": 100, "uniqueItems": True,
        "items": {"type": "integer", "minimum": 1, "maximum": 100},
    },
    "exactly two of a kind": {
        "type": "array", "items": {"type": ["integer", "string"]}, "minItems": 5,
        "contains": {"type": "integer"}, "minContains": 2, "maxContains": 2,
    },
    "a tuple": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "null"}], "items": False, "minItems": 2},
    "names by pattern only": {
        "type": "object", "patternProperties": {"^x-[a-z]{2}$": {"type": "integer"}}, "additionalProperties": False,
        "minProperties": 3,
    },
    "names from a list": {"type": "object", "propertyNames": {"enum": ["a", "b"]}, "minProperties": 2},
    "a condition": {
        "type": "object", "required": ["kind"], "properties": {"kind": {"enum": ["x", "y"]}},
        "if": {"properties": {"kind": {"const": "x"}}}, "then": {"required": ["p"]}, "else": {"required": ["q"]},
    },
    "exactly one of two that overlap": {
        "oneOf": [
            {"type": "object", "properties": {"a": {"type": "string"}}},
            {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}},
        ],
    },
    "a forbidden property": {"type": "object", "properties": {"a": {}, "b": {}}, "not": {"required": ["a"]}},
    "not both": {
        "type": "object", "properties": {"a": {}, "b": {}}, "required": ["a"], "not": {"required": ["a", "b"]},
    },
    "a closed pair": {
        "allOf": [{"properties": {"a": {"type": "string"}}}, {"properties": {"b": {"type": "string"}}}],
        "type": "object", "required": ["a", "b"], "unevaluatedProperties": False,
    },
    "a closed part": {
        "allOf": [{"properties": {"a": True}, "additionalProperties": False}, {"properties": {"b": True}}],
        "type": "object",
    },
    "dependent properties": {
        "type": "object", "required": ["card"], "dependentRequired": {"card": ["address"]},
        "dependentSchemas": {"card": {"properties": {"address": {"type": "string", "minLength": 3}}}},
    },
    "recursion that must go on": {
        "type": "object", "required": ["next"], "properties": {"next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}},
    },
    "a tree": {
        "type": "object", "required": ["kids"], "properties": {"kids": {"type": "array", "items": {"$ref": "#"}}},
    },
}  # fmt: skip

IMPOSSIBLE = {
    "a string that is a number": {"allOf": [{"type": "string"}, {"type": "integer"}]},
    "three different booleans": {"type": "array", "items": {"type": "boolean"}, "uniqueItems": True, "minItems": 3},
    "recursion without end": {"type": "object", "required": ["x"], "properties": {"x": {"$ref": "#"}}},
    "exactly one of two equal schemas": {"oneOf": [{"type": "string"}, {"type": "string"}]},
    "no number between": {"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 2},
    "nothing": {"not": {}},
    "a pattern that cannot be parsed": {"type": "string", "pattern": "(unclosed"},
    "a pattern that is too long": {"type": "string", "pattern": "((a{1000}){1000}){1000}"},
}


PROVEN = {name: schema for name, schema in IMPOSSIBLE.items() if not name.startswith("a pattern")}


class TestHardSchemas:
    """Schemas that need more than one try."""

    @pytest.mark.parametrize("schema", HARD.values(), ids=HARD)
    @pytest.mark.parametrize("seed", range(8))
    def test_a_hard_schema_gets_a_valid_value(self, schema: dict[str, Any], seed: int) -> None:
        assert holds(schema, value(schema, seed))

    @pytest.mark.parametrize("schema", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
    def test_an_impossible_schema_is_refused_with_its_pointer(self, schema: dict[str, Any]) -> None:
        root = document(Impossible=schema) | {"$ref": "#"}
        written = json.loads(json.dumps(schema).replace('"#"', '"#/components/schemas/Impossible"'))
        root["components"]["schemas"]["Impossible"] = written
        with pytest.raises(Unanswerable, match="#/components/schemas/Impossible"):
            named(root, "Impossible")

    @pytest.mark.parametrize("schema", PROVEN.values(), ids=PROVEN)
    def test_the_error_says_when_a_schema_is_proven_impossible(self, schema: dict[str, Any]) -> None:
        with pytest.raises(Unanswerable, match="no value can be valid"):
            value(schema)

    def test_alternatives_that_multiply_get_a_value_too(self) -> None:
        either = {"anyOf": [{}, {"$ref": "#"}, {"properties": {"a": {"$ref": "#"}}}]}
        schema = {
            "type": "object",
            "properties": {"a": {"$ref": "#"}, "b": {"allOf": [either] * 5}},
            "allOf": [either] * 9,
        }
        assert holds({"type": "object"}, value(schema))

    @given(SEEDS)
    def test_characters_of_a_unicode_class_are_found(self, seed: int) -> None:
        made = value({"type": "string", "pattern": r"^\p{Lu}\p{L}{2,4}-\p{Nd}+$", "maxLength": 9}, seed)
        assert made[0].isupper()
        assert len(made) <= 9


class TestExamplesOfTheDocument:
    """The document's own examples and defaults come first."""

    def test_an_example_is_used(self) -> None:
        assert "Rex" == value({"type": "string", "examples": ["Rex"]})

    def test_an_example_that_is_not_valid_is_not_used(self) -> None:
        assert isinstance(value({"type": "integer", "examples": ["Rex"]}), int)

    def test_an_example_may_be_null(self) -> None:
        assert value({"type": ["string", "null"], "examples": [None]}) is None

    def test_a_default_is_used_where_there_is_no_example(self) -> None:
        assert value({"type": "integer", "default": 7}) == 7

    def test_an_empty_default_is_not_used(self) -> None:
        assert value({"type": "array", "items": {"type": "integer"}, "default": []})

    def test_an_example_is_a_copy(self) -> None:
        schema = {"type": "object", "examples": [{"a": []}]}
        maker = ExampleMaker(schema)
        maker.value(schema, seed=1)["a"].append("changed")
        assert {"a": []} == maker.value(schema, seed=1)

    def test_optional_properties_are_there(self) -> None:
        properties = {"id": {"type": "string"}, "note": {"type": "string"}}
        assert {"id", "note"} == set(value({"type": "object", "properties": properties, "required": ["id"]}))

    def test_null_is_chosen_only_where_nothing_else_is_possible(self) -> None:
        assert value({"type": ["null", "string"]}) is not None
        assert value({"anyOf": [{"type": "null"}, {"type": "integer"}]}) is not None

    @pytest.mark.parametrize(
        ("name", "part"), [("email", "@"), ("website", "https://"), ("created_at", "2024-"), ("updatedAt", "2025-")]
    )
    def test_a_name_says_what_a_string_holds(self, name: str, part: str) -> None:
        assert part in value({"type": "object", "properties": {name: {"type": "string"}}})[name]

    def test_other_seeds_give_other_values(self) -> None:
        schema = {"type": "object", "properties": {"id": {"type": "string", "format": "uuid"}}}
        assert len({value(schema, seed)["id"] for seed in range(20)}) == 20


class TestContent:
    """A media type shows its own example, if that is valid."""

    root = document(Pet={"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}})

    def content(self, examples: dict[str, Any], name: str | None = None) -> Any:
        media_type = MediaType("application/json", "/components/schemas/Pet", examples, {}, "/here")
        return ExampleMaker(self.root).content(media_type, seed=1, name=name)

    def test_the_first_valid_example_is_shown(self) -> None:
        assert {"name": "Rex"} == self.content({"bad": {"name": 1}, "good": {"name": "Rex"}, "too": {"name": "Tom"}})

    def test_an_example_asked_for_by_name_is_shown(self) -> None:
        assert {"name": "Tom"} == self.content({"good": {"name": "Rex"}, "too": {"name": "Tom"}}, "too")

    def test_an_example_that_is_not_there_is_refused_with_those_that_are(self) -> None:
        with pytest.raises(Unanswerable, match=r"#/here: there is no example 'x'; there are \['good'\]"):
            self.content({"good": {"name": "Rex"}}, "x")

    def test_without_a_valid_example_a_value_is_made(self) -> None:
        assert isinstance(self.content({"bad": {"name": 1}})["name"], str)


class TestDirections:
    """A response hides what is writeOnly, a request leaves out what is readOnly."""

    root = document(
        User={
            "type": "object",
            "required": ["id", "password"],
            "additionalProperties": False,
            "properties": {
                "id": {"type": "string", "readOnly": True},
                "password": ref("Secret"),
                "name": {"type": "string"},
            },
            "examples": [{"id": "u1", "password": "hunter2", "name": "Ada"}],
        },
        Secret={"type": "string", "writeOnly": True},
        Admin={"allOf": [ref("User"), {"required": ["password"]}]},
    )

    def test_an_example_is_shown_without_what_the_direction_hides(self) -> None:
        assert {"id": "u1", "name": "Ada"} == named(self.root, "User")
        assert {"password": "hunter2", "name": "Ada"} == named(self.root, "User", direction="request")

    def test_what_is_hidden_is_not_required_by_another_part_either(self) -> None:
        assert "password" not in named(self.root, "Admin")


CAT = {"type": "object", "properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}}}
DOG = {"type": "object", "properties": {"kind": {"type": "string"}, "barks": {"type": "boolean"}}}


class TestDiscriminators:
    """The property of a discriminator says which schema holds."""

    def pet(self, **discriminator: Any) -> dict[str, Any]:
        choice = {"oneOf": [ref("Cat"), ref("Dog")], "discriminator": {"propertyName": "kind", **discriminator}}
        return document(Cat=CAT, Dog=DOG, Pet=choice)

    @given(SEEDS)
    def test_without_a_mapping_the_name_of_the_schema_is_the_value(self, seed: int) -> None:
        made = named(self.pet(), "Pet", seed)
        assert {"Cat": "lives", "Dog": "barks"}[made["kind"]] in made

    @given(SEEDS)
    def test_a_mapping_names_the_value(self, seed: int) -> None:
        mapping = {"c": "#/components/schemas/Cat", "d": "Dog"}
        made = named(self.pet(mapping=mapping), "Pet", seed)
        assert {"c": "lives", "d": "barks"}[made["kind"]] in made

    @given(SEEDS)
    def test_where_a_parent_is_asked_for_one_of_its_kinds_answers(self, seed: int) -> None:
        parent = {
            "type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}},
            "discriminator": {"propertyName": "kind"},
        }  # fmt: skip
        cat = {"allOf": [ref("Pet"), {"type": "object", "required": ["lives"], "properties": {"lives": {"const": 9}}}]}
        lion = {"allOf": [ref("Cat"), {"type": "object", "required": ["mane"], "properties": {"mane": {"const": 1}}}]}
        root = document(Pet=parent, Cat=cat, Lion=lion, Zoo={"type": "array", "minItems": 2, "items": ref("Pet")})
        for made in named(root, "Zoo", seed):
            assert made in ({"kind": "Cat", "lives": 9}, {"kind": "Lion", "lives": 9, "mane": 1})
        assert {"kind": "Lion", "lives": 9, "mane": 1} == named(root, "Lion", seed)
