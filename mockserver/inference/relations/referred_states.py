"""What a request does to the item that its own item names: a trip that starts makes its vehicle `in_use`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.evidence import Statement, assumed, described
from mockserver.inference.relations.described_references import sent_reference
from mockserver.inference.sentences.other_states import SaidState, other_states, says_busy
from mockserver.inference.sentences.refusal_sentences import refusal_sentences
from mockserver.inference.sentences.state_rules import STATUSES, state_rule
from mockserver.openapi.schemas import Schemas

CHANGING = ("create", "update", "delete")
"""The actions that may change the item that their own item names."""


def add_referred_states(
    schemas: Schemas,
    drafts: Sequence[ResourceDraft],
    resources: Mapping[str, Statement],
    behaviours: Mapping[str, Statement],
) -> None:
    """Add `sets-named` and `refused` to the statements about operations whose items name an item of another resource.

    Only of items that clients create on both sides, and by the one property that a create sends: others are not known.
    """
    for draft, other, field in _pairs(drafts, resources):
        done: list[SaidState] = []
        for action in draft.actions:
            stated = behaviours.get(f"{action.operation.method} {action.operation.path}")
            if stated is None or action.does not in CHANGING or _is_plain_update(action):
                continue
            said = list({each.field: each for each in other_states(schemas, action.operation, other)}.values())
            if said:
                named = stated["action"].setdefault("sets-named", {})
                named[field] = {each.field: each.value for each in said}
                stated["action"]["note"] += f"; {', '.join(each.source for each in said)}"
            if action.does == "create":
                done = said
                _add_refusal(schemas, draft, other, field, action, stated, said, resources)
        _add_beginnings(other, done, resources[other.name])


def _add_beginnings(other: ResourceDraft, done: Sequence[SaidState], stated: Statement) -> None:
    """Add that a flag which the create of another item sets is not set so before: a new copy is `available`."""
    sent = {name for asked in other.request_properties("create") for name in asked}
    flags = {each.field: not each.value for each in done if isinstance(each.value, bool) and each.field not in sent}
    if flags:
        before = stated.get("defaults", [])
        start = assumed("until another request changes it, as a sentence says", fields=flags)
        stated["defaults"] = [*(before if isinstance(before, list) else [before]), start]


def _pairs(
    drafts: Sequence[ResourceDraft], resources: Mapping[str, Statement]
) -> Iterator[tuple[ResourceDraft, ResourceDraft, str]]:
    """Each resource with another one that its items name when they are created, and the property by which they do."""
    made = {draft.name: draft for draft in drafts if draft.action("create") is not None}
    for draft in made.values():
        named = dict.fromkeys(each.get("resource") for each in resources[draft.name].get("references", ()))
        for other in (made[name] for name in named if name in made):
            is_near = other.parent_parameters in ((), draft.parent_parameters)
            if other is draft or not other.has_id or not is_near:
                continue
            reference = sent_reference(resources, other.name, draft)
            if reference is not None and reference["field"].isidentifier():
                yield draft, other, reference["field"]


def _is_plain_update(action: DraftAction) -> bool:
    """Is it a PATCH or PUT that changes what the client names, and not an operation of its own?"""
    return action.does == "update" and action.operation.method != "post" and not action.sets


def _add_refusal(
    schemas: Schemas,
    draft: ResourceDraft,
    other: ResourceDraft,
    field: str,
    action: DraftAction,
    stated: Statement,
    said: Sequence[SaidState],
    resources: Mapping[str, Statement],
) -> None:
    """Add that the create is refused in a state of the item that it names, if a sentence says so."""
    refusal = _refusal(schemas, other, action, said)
    if refusal is None:
        return
    stated["refused"] = [*stated.get("refused", ()), refusal | {"of": other.name, "by": field}]
    unique = resources[draft.name].get("unique")
    entries = unique if isinstance(unique, list) else [unique] if unique else []
    # "The vehicle is already in use" is about its state, and not about the only trip that it may ever make.
    left = [each for each in entries if list(each["fields"]) != [field]]
    if entries and len(left) < len(entries):
        resources[draft.name].pop("unique")
        resources[draft.name].update({"unique": left} if left else {})


def _refusal(
    schemas: Schemas, other: ResourceDraft, action: DraftAction, said: Sequence[SaidState]
) -> Statement | None:
    """In which state of the other item the create is refused."""
    rule = state_rule(schemas, action.operation, other.properties(), other.name)
    if rule is not None:
        values = sorted((value for _, value in rule.states), key=str)
        way: Statement = {"field": rule.field, "unless" if rule.is_allowed else "when": values}
        return way | described(rule.source)
    for sentence in refusal_sentences(schemas, action.operation) if len(said) == 1 else ():
        if sentence.status in STATUSES and says_busy(sentence.text, other.name):
            way = {"field": said[0].field, "when": [said[0].value]}
            return way | described(sentence.source)
    return None
