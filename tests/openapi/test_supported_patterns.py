"""Regular expressions of other dialects are respelled for the engine."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mockserver.openapi import regex
from tests.client import Client
from tests.web.document import answers, document, served, takes

DIALECTS = [
    (r"^[\w-.]+$", "a-b.c", "a b"),
    (r"^[\w.-]+$", "a-b.c", "a b"),
    (r"^[\d-x]{2}$", "-x", "yy"),
    (r"\A[a-z]+\Z", "abc", "ab1"),
    (r"^(?>ab)+$", "abab", "aba"),
    (r"^a{,2}$", "aa", "aaa"),
    (r"^{id}$", "{id}", "id"),
    (r"^\Qa.b\E$", "a.b", "axb"),
    (r"^[^]$", "\n", ""),
    (r"^[[\]]$", "[", "a"),
    (r"^a\hb$", "a b", "ab"),
    (r"^\p{L}+$", "ñ", "1"),
]


@pytest.mark.parametrize(("pattern", "good", "bad"), DIALECTS)
def test_a_pattern_of_another_dialect_validates_as_its_author_means(
    tmp_path: Path, pattern: str, good: str, bad: str
) -> None:
    schema = {"type": "string", "pattern": pattern}
    operation = {"requestBody": takes(schema), "responses": answers(schema) | answers(status="400")}

    with Client(served(tmp_path, document({"/run": {"post": operation}}))) as client:
        taken, refused = (client.post("/run", json=text) for text in (good, bad))

    assert (200, 400) == (taken.status_code, refused.status_code), taken.text


@pytest.mark.parametrize("pattern", ["*a", "[a-", r"(?<n>a)\k<m>", r"\d{1,1000000}", "("])
def test_a_pattern_that_no_dialect_has_is_ignored_and_reported(tmp_path: Path, pattern: str) -> None:
    schema = {"type": "string", "pattern": pattern}
    sandbox = served(tmp_path, document({"/run": {"post": {"requestBody": takes(schema), "responses": answers()}}}))

    with Client(sandbox) as client:
        assert 200 == client.post("/run", json="anything").status_code

    [problem] = sandbox.services["test"].contract.problems
    assert "/paths/~1run/post/requestBody/content/application~1json/schema/pattern" in str(problem)


@given(st.text(alphabet=r"ab\wdsZAhQEpL{}[]()^$-.,:*+?|01", max_size=12))
def test_a_respelled_pattern_compiles_and_stays_as_it_is(pattern: str) -> None:
    found = regex.engines(pattern)

    assume(found is not None)
    jsonschema_rs.Draft202012Validator({"pattern": found})
    assert found == regex.engines(str(found))


@given(st.text(max_size=20))
def test_an_escaped_text_matches_itself(text: str) -> None:
    found = regex.engines(f"^{re.escape(text)}$")

    assert found is None or jsonschema_rs.Draft202012Validator({"pattern": found}).is_valid(text)
