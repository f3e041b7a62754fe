"""The documents have every fact of the five seeds, and these tests notice a missing one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.specs.facts import AMONG, IS, Fact, Node
from tests.specs.seed_facts import FACTS
from tests.specs.seed_text import NAMES, fragment_of, keys_of, printed_examples, printed_fields, text_of
from tests.specs.shipped import DOCUMENTS

PAGES = [seed for seed in NAMES if seed != "S001"]
WORDS_ONLY = {"summary", "description", "contact", "tags"}


@pytest.mark.parametrize("fact", FACTS, ids=str)
def test_a_document_has_every_fact_of_its_seed(fact: Fact) -> None:
    """The document says what the seed says."""
    assert fact.holds(DOCUMENTS[fact.vendor])


@pytest.mark.parametrize("fact", FACTS, ids=str)
def test_a_missing_or_changed_fact_is_noticed(fact: Fact) -> None:
    """A copy of the document without this fact fails the test above."""
    outcomes = [fact.holds(damaged) for damaged in fact.damaged(DOCUMENTS[fact.vendor])]

    assert outcomes
    assert not any(outcomes)


@pytest.mark.parametrize("seed", PAGES)
def test_every_constraint_that_a_page_prints_is_among_the_facts(seed: str, shared: Path) -> None:
    """From the text: each field with its type, bounds, pattern, default, options and whether it is required."""
    known = {
        (fact.subject, fact.keyword, repr(fact.expected), fact.rule is AMONG) for fact in FACTS if fact.seed == seed
    }

    printed = set(_printed_constraints(seed, text_of(shared, seed)))

    assert printed
    assert printed <= known


def _printed_constraints(seed: str, text: str) -> Iterator[tuple[str, str, str, bool]]:
    for field in printed_fields(text):
        subject = f"{field.part} {field.name}"
        for keyword, value in field.schema(nullable_keyword=seed == "S002").items():
            yield subject, keyword, repr(value), False
        if field.keywords.get("required"):
            yield (
                (subject, "required", "True", False)
                if "path" in field.part
                else (subject, "required", repr(field.name), True)
            )


@pytest.mark.parametrize("seed", PAGES)
def test_every_field_of_a_printed_example_is_among_the_facts(seed: str, shared: Path) -> None:
    """Examples show fields that the sections of a page hide, such as those of `metadata`."""
    known = {fact.subject for fact in FACTS if fact.seed == seed}

    shown = {f"{part} {key}" for part, value in printed_examples(text_of(shared, seed)) for key in keys_of(value)}

    assert {subject.split()[0] for subject in shown} == {"body", "response"}
    assert shown <= known


def test_every_leaf_of_the_openapi_fragment_is_among_the_facts(shared: Path) -> None:
    """S001 is an OpenAPI document: nothing that it states is missing in the table."""
    known = {(fact.path, fact.keyword, repr(fact.expected)) for fact in FACTS if fact.seed == "S001"}
    fragment = fragment_of(text_of(shared, "S001"))

    stated = set(_leaves(fragment, fragment["paths"], ("paths",)))

    assert len(stated) > 100
    assert stated <= known


def _leaves(root: Node, node: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Every (path, keyword, value) below a node, with `$ref` and `allOf` resolved and descriptions left out."""
    if "$ref" in node:
        _, _, kind, name = node["$ref"].split("/")
        yield from _leaves(root, root["components"][kind][name], path)
    for branch in node.get("allOf", ()):
        yield from _leaves(root, branch, path)
    for keyword, value in node.items():
        if keyword in {"$ref", "allOf"} or (keyword in WORDS_ONLY and isinstance(value, str | list)):
            continue
        yield from _members(root, value, path, keyword)


def _members(root: Node, value: Any, path: tuple[str | int, ...], keyword: str) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from _leaves(root, value, (*path, keyword))
    elif keyword == "parameters":
        for parameter in value:
            yield from _leaves(
                root, {key: it for key, it in parameter.items() if key != "name"}, (*path, keyword, parameter["name"])
            )
    elif keyword == "anyOf":
        for number, branch in enumerate(value):
            yield from _leaves(root, branch, (*path, keyword, number))
    elif keyword == "required" and isinstance(value, list):
        yield from ((path, keyword, repr(name)) for name in value)
    else:
        yield path, keyword, repr(value)


def test_each_seed_has_facts_and_each_fact_a_unique_name() -> None:
    """A failing test names the seed, the field and the constraint."""
    names = [str(fact) for fact in FACTS]

    assert set(NAMES) == {fact.seed for fact in FACTS}
    assert len(names) == len(set(names))
    assert any(fact.rule is IS and str(fact) == "S000 body displayName maxLength 120" for fact in FACTS)
