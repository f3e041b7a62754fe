"""Overlays are applied as the OpenAPI Overlay Specification 1.0.0 says, and applying one twice changes nothing more."""

from __future__ import annotations

from copy import deepcopy
from itertools import permutations
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from mockserver.behaviour import overlay
from mockserver.errors import BehaviourError

NAMES = st.sampled_from(["a", "b", "c", "it's", "x-y"])
SCALARS = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "a", "b"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=4)


def written(*actions: dict[str, Any]) -> dict[str, Any]:
    return {"overlay": "1.0.0", "info": {"title": "t", "version": "1"}, "actions": list(actions)}


def step(key: str | int) -> str:
    """One step of a JSONPath."""
    return f"[{key}]" if isinstance(key, int) else "['" + key.replace("'", "\\'") + "']"


def places(node: Any, path: str = "$") -> list[str]:
    """JSONPaths of the objects and lists of a document, the document first."""
    if not isinstance(node, dict | list):
        return []
    inner = node.items() if isinstance(node, dict) else enumerate(node)
    return [path, *(place for key, value in inner for place in places(value, path + step(key)))]


@st.composite
def updates(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A document and an overlay that updates objects and lists in it."""
    document = draw(OBJECTS)
    targets = draw(st.lists(st.sampled_from(places(document)), min_size=1, max_size=3))
    return document, written(*({"target": target, "update": draw(OBJECTS)} for target in targets))


@given(updates())
def test_applying_an_overlay_again_changes_nothing(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Where no action changes what another one looks for: an entry of a list that is changed later is added again."""
    document, changes = pair
    targets = [action["target"] for action in changes["actions"]]
    assume(not any(one.startswith(other) for one, other in permutations(targets, 2)))

    once = overlay.apply(document, changes)

    assert once == overlay.apply(once, changes)


@given(updates())
def test_neither_document_nor_overlay_is_changed_by_it(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    before = deepcopy(pair)
    try:
        changed = overlay.apply(*pair)
    except BehaviourError:
        changed = {}
    changed["later"] = 1

    assert before == pair


def holds(update: Any, value: Any) -> bool:
    """Does a value say all that an update says? Objects name it too, lists hold its entries, the rest is the same."""
    if isinstance(update, dict) and isinstance(value, dict):
        return all(key in value and holds(inner, value[key]) for key, inner in update.items())
    if isinstance(update, list) and isinstance(value, list):
        return all(any(type(one) is type(entry) and one == entry for one in value) for entry in update)
    return type(update) is type(value) and bool(update == value)


def keeps(before: Any, update: Any, after: Any) -> bool:
    """Is what the update does not name as it was?"""
    if isinstance(before, dict) and isinstance(update, dict) and isinstance(after, dict):
        names = before.keys() | update.keys()
        return names == after.keys() and all(
            keeps(before[name], update[name], after[name]) if name in update else before[name] == after[name]
            for name in before
        )
    if isinstance(before, list) and isinstance(update, list) and isinstance(after, list):
        return before == after[: len(before)]
    return holds(update, after)


@example({"a": [True]}, {"a": [1]})
@given(OBJECTS, OBJECTS)
def test_an_update_is_merged_and_the_rest_stays(document: dict[str, Any], update: dict[str, Any]) -> None:
    after = overlay.apply(document, written({"target": "$", "update": update}))

    assert holds(update, after)
    assert keeps(document, update, after)


@given(OBJECTS)
def test_what_is_removed_is_gone_and_nothing_else(document: dict[str, Any]) -> None:
    assume(document)
    name = next(iter(document))
    target = "$['" + name.replace("'", "\\'") + "']"

    after = overlay.apply(document, written({"target": target, "remove": True}))

    assert {key: value for key, value in document.items() if key != name} == after


def test_every_match_of_a_target_is_changed_and_removed() -> None:
    document = {"paths": {"/a": {"get": {}}, "/b": {"get": {}, "put": {}}}, "tags": [1, 2, 3]}
    changes = written(
        {"target": "$.paths.*.get", "update": {"x": 1}},
        {"target": "$.paths[*].put", "remove": True},
        {"target": "$.tags[?@ > 1]", "remove": True},
        {"target": "$.tags", "update": 9},
    )

    assert {
        "paths": {"/a": {"get": {"x": 1}}, "/b": {"get": {"x": 1}}}, "tags": [1, 9],
    } == overlay.apply(document, changes)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            written({"target": "$.none", "update": {}}),
            r"o.yaml: actions\[0\].target: '\$.none' matches nothing: there is no 'none' in \$. Allowed: a",
        ),
        (written({"target": "$$", "update": {}}), r"o.yaml: actions\[0\].target: '\$\$' is no JSONPath"),
        (
            written({"target": "$.a", "update": {}}),
            r"o.yaml: actions\[0\].update: the target is neither an object nor an array",
        ),
        ({"overlay": "2.0.0"}, "o.yaml: overlay: `overlay` must be 1.0.0 or 1.1.0, not '2.0.0'"),
    ],
)
def test_what_cannot_be_carried_out_is_told_with_its_place(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(BehaviourError, match=says):
        overlay.apply({"a": 1}, changes, file="o.yaml")


def written_11(*actions: dict[str, Any]) -> dict[str, Any]:
    return {**written(*actions), "overlay": "1.1.0"}


def test_1_1_replaces_single_values_and_appends_lists() -> None:
    document = {"info": {"title": "old"}, "tags": [1]}

    changed = overlay.apply(
        document,
        written_11({"target": "$.info.title", "update": "new"}, {"target": "$.tags", "update": [2, [3]]}),
    )

    assert {"info": {"title": "new"}, "tags": [1, 2, [3]]} == changed


def test_1_1_copies_a_value_that_later_changes_leave_alone() -> None:
    document = {"paths": {"/a": {"get": {"summary": "a"}}, "/b": {}}}

    changed = overlay.apply(
        document,
        written_11(
            {"target": "$.paths['/b']", "copy": "$.paths['/a']"},
            {"target": "$.paths['/b'].get.summary", "update": "b"},
            {"target": "$.paths['/a'].get", "remove": True},
        ),
    )

    assert {"paths": {"/a": {}, "/b": {"get": {"summary": "b"}}}} == changed


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ({"target": "$.a", "copy": "$.x"}, "'$.x' matches nothing"),
        ({"target": "$.a", "copy": "$.*"}, "'$.*' matches 3 values; only one can be copied"),
        ({"target": "$.a", "copy": "$.b", "update": {}}, "one of `update`, `copy` and `remove: true`"),
        ({"target": "$.a", "update": 1}, "a single value cannot take the place of an object"),
        ({"target": "$.c", "update": {}}, "an object cannot take the place of a single value"),
    ],
)
def test_1_1_says_why_an_action_cannot_be_applied(action: dict[str, Any], message: str) -> None:
    with pytest.raises(BehaviourError) as caught:
        overlay.apply({"a": {}, "b": {}, "c": 1}, written_11(action))

    assert message in str(caught.value)


def test_1_0_knows_neither_copies_nor_single_values() -> None:
    for action in ({"target": "$.a", "copy": "$.a"}, {"target": "$.a.b", "update": 2}):
        with pytest.raises(BehaviourError, match=r"needs `overlay: 1\.1\.0`"):
            overlay.apply({"a": {"b": 1}}, written(action))
