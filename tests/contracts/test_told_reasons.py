"""What a refusal says is read: a rule that no schema states, or another field, is no violation of the document."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.test_control_requests import NO, TEXT, Flags, flags
from tests.contracts.test_foreign_shapes import sent, verdicts
from tests.planted_bugs.server import Answer, Ask
from tests.web.document import Node, answers

INPUT = ("validation", "edge-input", "optional-fields", "update")
FIELDS: Node = {"name": TEXT, "colour": {"enum": ["red", "green"]}, "size": {"enum": ["small", "large"]}}


def fits(body: Node) -> bool:
    known = {name: schema["enum"] for name, schema in FIELDS.items() if "enum" in schema}
    return isinstance(body.get("name", ""), str) and all(body[name] in known[name] for name in known if name in body)


def refusing(told: Node, status: int = 400, **what: str) -> Flags:
    """A server that refuses one value of its document, and says so in its own words."""

    class Refusing(Flags):
        def __call__(self, ask: Ask) -> Answer:
            body = sent(ask)
            is_change = ask.method in ("POST", "PATCH") and isinstance(body, dict)
            is_refused = is_change and any(body.get(name) == value for name, value in what.items())
            return Answer(status, told) if is_refused and fits(body) else super().__call__(ask)

    return Refusing(lambda body, is_new: 200 if fits(body) else 400)


@pytest.mark.parametrize(
    "told",
    [
        {"non_field_errors": ["The fields team, name must make a unique set."]},
        {"error": "A flag of this kind already exists"},
        {"title": "Bad Request", "detail": "large is only allowed when the colour is red"},
        {"message": "size requires a colour"},
        {"detail": "Custom sizes are not enabled for this project"},
        {"errors": [{"code": "E12", "field": "colour", "message": "does not fit"}]},
        {"detail": [{"loc": ["body", "colour"], "msg": "does not fit", "type": "value_error"}]},
        {"errors": [{"source": {"pointer": "/data/attributes/colour"}, "title": "Invalid value"}]},
        {"invalid-params": [{"name": "colour", "reason": "does not fit"}]},
        {"colour": ["This colour does not fit."]},
        {"message": ["colour must be given for this"]},
    ],
    ids=lambda told: str(told)[:40],
)
def test_a_refusal_that_tells_another_rule_or_names_another_field_is_a_warning(tmp_path: Path, told: Node) -> None:
    seen = verdicts(tmp_path, flags(FIELDS, needed=("name", "colour")), refusing(told, size="large"), *INPUT)

    assert {"warning"} == {verdict for _, verdict in seen}


@pytest.mark.parametrize(
    "told",
    [
        {"size": ['"large" is not a valid choice.']},
        {"detail": [{"loc": ["body", "size"], "msg": "Input should be 'small'", "type": "enum"}]},
        {"message": "size must be one of: small"},
        {"message": "large is not supported"},
        {"title": "Bad Request", "status": 400, "name": "ValidationError"},
        {"error": "size: invalid, the length limit is exceeded"},
        {"error": "invalid"},
    ],
    ids=lambda told: str(told)[:40],
)
def test_a_refusal_of_the_value_itself_or_without_a_reason_is_a_failure(tmp_path: Path, told: Node) -> None:
    seen = verdicts(tmp_path, flags(FIELDS, needed=("name", "colour")), refusing(told, size="large"), *INPUT)

    assert "failure" in {verdict for _, verdict in seen}


def test_an_update_of_a_colour_that_conflicts_with_the_name_of_the_item_itself_is_a_failure(tmp_path: Path) -> None:
    class Jealous(Flags):
        def __call__(self, ask: Ask) -> Answer:
            taken = Answer(409, {"name": ["A flag with this name already exists."]})
            return taken if ask.method == "PATCH" and "name" not in sent(ask) else super().__call__(ask)

    server = Jealous(lambda body, is_new: 200 if fits(body) else 400)

    assert ("update", "failure") in verdicts(tmp_path, flags(FIELDS, needed=("name", "colour")), server, "update")


SORT: Node = {"name": "sort", "in": "query", "schema": {"enum": ["name", "digest_order"]}}


@pytest.mark.parametrize(
    ("told", "found"),
    [("digest_order requires a single project.", {"warning"}), ("digest_order is unknown.", {"failure"})],
)
def test_a_sort_that_requires_another_parameter_is_a_warning(tmp_path: Path, told: str, found: set[str]) -> None:
    get = {"parameters": [SORT], "responses": answers({"type": "array", "items": TEXT}) | {"400": NO}}

    def server(ask: Ask) -> Answer:
        value = ask.query.get("sort", "name")
        return (
            Answer(200, []) if value == "name" else Answer(400, {"sort": [told if value == "digest_order" else "no"]})
        )

    assert found == {
        verdict for _, verdict in verdicts(tmp_path, {"/issues": {"get": get}}, server, "query-parameters")
    }


@pytest.mark.parametrize(("told", "found"), [("is taken by another flag", set()), ("is no name", {"failure"})])
def test_names_that_are_left_of_an_earlier_run_are_no_failures(tmp_path: Path, told: str, found: set[str]) -> None:
    paths, names = flags(FIELDS), set[str]()
    del paths["/flags/{id}"]["delete"], paths["/flags/{id}"]["patch"]

    class Unique(Flags):
        def __call__(self, ask: Ask) -> Answer:
            name = sent(ask).get("name") if ask.method == "POST" and ask.raw[:1] == b"{" else None
            if isinstance(name, str) and name in names:
                return Answer(400, {"message": f"{name} {told}"})
            answer = super().__call__(ask)
            names.update([name] if isinstance(name, str) and answer.status == 201 else [])
            return answer

    server = Unique(lambda body, is_new: 200 if fits(body) else 400)
    checks = (*INPUT, "create", "text-preserved")
    first, second = (verdicts(tmp_path, paths, server, *checks) for _ in range(2))

    assert "failure" not in {verdict for _, verdict in first}
    assert found == {verdict for _, verdict in second} & {"failure"}
