"""A mistake in a behaviour file is reported with the file's name, the line, the key, and what is allowed there."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver import contract as contracts
from mockserver.behaviour.layers import OverlayFile
from mockserver.behaviour.vocabulary import HOLDERS
from mockserver.errors import BehaviourError
from tests.behaviour.files import served, shop

HEAD = "overlay: 1.0.0\ninfo: {title: mine, version: '1'}\nactions:\n"
PET = HEAD + "  - target: $\n    update:\n      x-resources:\n        pet:\n"


def refused(folder: Path, *overlays: str) -> list[str]:
    """The lines of the error with which the shop is refused with these behaviour files."""
    with pytest.raises(BehaviourError) as caught:
        served(folder, *overlays)
    return str(caught.value).splitlines()


def in_list(text: str) -> str:
    """An overlay that states something about the list of pets, from line 6."""
    return HEAD + "  - target: $.paths['/pets'].get\n    update:\n      x-behaviour:\n" + text


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (PET + "          capacty: {limit: 2}\n",
         ", line 8: x-resources.pet.capacty: unknown statement; did you mean `capacity`? Allowed: identity,"),
        (PET + "          pagin: {style: page}\n",
         ", line 8: x-resources.pet.pagin: unknown statement; `paging` is one about an operation"),
        (PET + "          order: {by: name, evidence: assumed,\n            dirction: descending}\n",
         ", line 9: x-resources.pet.order.dirction: unknown key; did you mean `direction`? Allowed: evidence,"),
        (PET + "          capacity: {limit: two, evidence: assumed}\n",
         ', line 8: x-resources.pet.capacity.limit: "two" has a wrong type; allowed: integer'),
        (PET + "          capacity:\n            - {limit: 2}\n            - {limit: -1}\n",
         ", line 10: x-resources.pet.capacity[1].limit: -1 is less than the minimum of 0"),
        (PET + "          capacity: {limit: 2}\n",
         ", line 8: x-resources.pet.capacity: `evidence` is missing"),
        (PET + "          capacity: {limit: 2, evidence: documented}\n",
         ", line 8: x-resources.pet.capacity: `source` is missing"),
        (PET + "          capacity: {limit: 2, evidence: asumed}\n",
         ', line 8: x-resources.pet.capacity.evidence: "asumed" is not allowed; did you mean `assumed`?'),
        (PET + "          initial: {fields: {}, evidence: assumed}\n",
         ", line 8: x-resources.pet.initial.fields: it is empty"),
        (PET + "          parent: {resource: pets, parameter: id, evidence: assumed}\n",
         ", line 8: x-resources.pet.parent.resource: there is no resource `pets`; did you mean `pet`?"),
        (PET + "          parent: {resource: toy, parameter: id, evidence: assumed}\n",
         ", line 8: x-resources.pet.parent.resource: a resource cannot be its own ancestor"),
        (PET.replace("pet:", "pets:") + "          capacity: {limit: 2, evidence: assumed}\n",
         ", line 7: x-resources.pets: no operation is about this resource; did you mean `pet`?"),
        (PET.replace("x-resources", "x-resource") + "          capacity: {limit: 2, evidence: assumed}\n",
         ", line 6: actions[0].update.x-resource: unknown key; did you mean `x-resources`?"),
        (HEAD + "  - target: $\n    update: {x-service: {rate-limit: {requests: 1, window: 0, evidence: assumed}}}\n",
         ", line 5: x-service.rate-limit.window: 0 is less than or equal to the minimum of 0"),
        (HEAD + "  - target: $\n    update: {x-service: [paging]}\n",
         ', line 5: x-service: ["paging"] has a wrong type; allowed: object'),
        (in_list("        action: {of: pat}\n"),
         ", line 7: GET /pets: x-behaviour.action.of: there is no resource `pat`; did you mean `pet`?"),
        (in_list("        paging:\n          style: pages\n"),
         ', line 8: GET /pets: x-behaviour.paging.style: "pages" is not allowed; did you mean `page`?'),
        (HEAD + "  - target: $.paths['/pets'].get['x-behaviour'].paging\n    update: {defualt: 3}\n",
         ", line 5: GET /pets: x-behaviour.paging.defualt: unknown key; did you mean `default`? Allowed:"),
        (HEAD + "  - target: $.paths['/pets'].get\n    update: {x-behavior: {}}\n",
         ", line 5: actions[0].update.x-behavior: unknown key; did you mean `x-behaviour`?"),
        (HEAD + "  - target: $.paths['/pets']\n    update: {x-behaviour: {}}\n",
         ", line 5: actions[0].update.x-behaviour: `x-behaviour` has no effect here; it belongs in"),
        (HEAD + "  - target: $.paths['/pet'].get\n    update: {}\n",
         ", line 4: actions[0].target: \"$.paths['/pet'].get\" matches nothing: there is no '/pet' in"),
        (HEAD + "  - target: $.paths['/pets'].patch\n    update: {}\n",
         ", line 4: actions[0].target: \"$.paths['/pets'].patch\" matches nothing: there is no 'patch' in"),
        (HEAD + "  - target: $.paths[?@.x == 1]\n    update: {}\n",
         ", line 4: actions[0].target: '$.paths[?@.x == 1]' matches nothing"),
        (HEAD + "  - target: $.paths[\n    remove: true\n",
         ", line 4: actions[0].target: '$.paths[' is no JSONPath (RFC 9535):"),
        (HEAD + "  - target: $.paths\n    updat: {}\n",
         ", line 5: actions[0].updat: unknown key; did you mean `update`? Allowed: target,"),
        (PET + "          initial: {fields: {kind: '{tenent}'}, evidence: assumed}\n",
         ", line 8: x-resources.pet.initial.fields.kind: unknown placeholder {tenent}; did you mean `tenant`?"),
        (in_list("        reply: {body: {all: '{itms}'}, evidence: assumed}\n"),
         ", line 7: GET /pets: x-behaviour.reply.body: unknown placeholder {itms}; did you mean `items`?"),
        (HEAD + "  - target: $\n    update: {x-service: {errors: {missing: {body: '{reason}', evidence: assumed}}}}\n",
         ", line 5: x-service.errors.missing.body: unknown placeholder {reason}. Allowed: faults, field,"),
        (in_list("        rules: [{name: sync, says: syncs, evidence: assumed}]\n"),
         ", line 7: GET /pets: no rule 'sync'"),
        (HEAD + "  - $.paths\n", ", line 4: actions[0]: an action must be an object"),
        ("overlay: 1.0.0\nactions: {}\n", ", line 2: actions: `actions` must be a list"),
        ("actions: []\n", ": not an OpenAPI Overlay (no `overlay` key)"),
    ],
)  # fmt: skip
def test_a_mistake_has_its_file_its_line_and_its_key(tmp_path: Path, written: str, expected: str) -> None:
    lines = refused(tmp_path, written)

    assert any(line.startswith(f"mine-0.yaml{expected}") for line in lines), lines


KEYS = st.sampled_from(
    [name for model in HOLDERS for name in model.__struct_encode_fields__]
    + [
        "x-service",
        "x-resources",
        "x-behaviour",
        "pet",
        "toy",
        "does",
        "of",
        "fields",
        "evidence",
        "body",
        "resource",
        "odd",
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-1, 2)
    | st.sampled_from(["pet", "toy", "list", "assumed", "{item}", "", "none"])
)
ANYTHING = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3))
TARGETS = [
    "$",
    "$['x-resources']",
    "$['x-resources'].pet",
    "$['x-service']",
    "$.paths['/pets'].get",
    "$.paths",
    "$..['x-behaviour']",
]


@given(
    st.lists(st.tuples(st.sampled_from(TARGETS), st.dictionaries(KEYS, ANYTHING, max_size=3) | ANYTHING), max_size=3)
)
def test_whatever_a_file_states_is_applied_or_refused_in_words(updates: list[tuple[str, Any]]) -> None:
    actions = [{"target": target, "update": stated} for target, stated in updates]
    mine = OverlayFile(Path("mine.yaml"), {"overlay": "1.0.0", "actions": actions})
    with suppress(BehaviourError):
        contracts.from_raw("shop", shop(), [mine])


def test_of_two_files_the_one_that_made_the_mistake_is_named(tmp_path: Path) -> None:
    good = PET + "          capacity: {limit: 2, evidence: assumed}\n"
    wrong = HEAD + "  - target: $['x-resources'].pet.capacity\n    update: {limt: 3}\n"
    lists = PET + "          defaults: [{fields: {kind: cat}, evidence: assumed}]\n"
    longer = PET + "          defaults: [{fields: {kind: dog}}]\n"

    assert ["mine-1.yaml, line 5"] == [line.split(":")[0] for line in refused(tmp_path, good, wrong)]
    assert ["mine-1.yaml, line 8"] == [line.split(":")[0] for line in refused(tmp_path, lists, longer)]
    assert ["mine-0.yaml, line 8"] == [line.split(":")[0] for line in refused(tmp_path, longer, lists)]


def test_a_mistake_in_the_document_itself_has_its_line_too(tmp_path: Path) -> None:
    written = shop()
    written["paths"]["/pets"]["get"]["x-behaviour"] = {"pagin": {}}

    with pytest.raises(BehaviourError, match=r"^shop.json, line 1: GET /pets: x-behaviour.pagin: unknown statement"):
        served(tmp_path, written=written)


def test_all_mistakes_are_reported_at_once_and_twenty_at_most(tmp_path: Path) -> None:
    three = refused(tmp_path, PET + "          odd: {}\n          strange: {}\n          order: 3\n")
    many = refused(tmp_path, PET + "".join(f"          odd-{n}: {{}}\n" for n in range(23)))

    assert 3 == len(three)
    assert (21, "and 3 more") == (len(many), many[-1])
