"""What sentences say about items that name others: that these must exist, and what happens when they are deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.inference.draft import ResourceDraft, item_schema_of_request
from mockserver.inference.relations.references import EACH
from mockserver.inference.sentences.cascade_sentences import said_to_delete, said_to_delete_below, said_to_leave
from mockserver.inference.sentences.held_sentences import said_to_hold
from mockserver.inference.sentences.unknown_item_sentences import says_unknown
from mockserver.openapi.schemas import Schemas

Statement = dict[str, Any]

WRITES = ("create", "update", "replace")


def add_sentences(schemas: Schemas, drafts: Sequence[ResourceDraft], resources: Mapping[str, Statement]) -> None:
    """Add what sentences say to the references and parents in the statements about `resources`.

    Only of items that clients create: others would never exist.
    """
    made = {draft.name: draft for draft in drafts if draft.action("create") is not None}
    created = {name: draft for name, draft in made.items() if draft.has_id}
    for draft in created.values():
        stated = resources[draft.name]
        above = created.get(stated.get("parent", {}).get("resource", ""))
        if above is not None and _is_held(schemas, above, draft):
            stated["parent"]["holds"] = True
        for reference in stated.get("references", ()):
            named = created.get(reference["resource"])
            if named is not None:
                _add_leaving(schemas, named, draft, reference)
            if _is_reachable(resources, made, draft, reference) and _must_exist(schemas, draft, reference):
                reference["must-exist"] = True
            if named is None or reference.get("key") != resources[named.name]["identity"]["field"]:
                continue
            sent = sent_reference(resources, named.name, draft)
            if named is not above and sent is not None and sent["field"] == reference["field"]:
                _add_deletion(schemas, named, draft, sent)


def _is_reachable(
    resources: Mapping[str, Statement], made: Mapping[str, ResourceDraft], draft: ResourceDraft, reference: Statement
) -> bool:
    """Does a reference name an item that clients make, by the id that replies show, below no other owner than its own?

    A list may be all that shows such items: then no path has the id.
    """
    named = made.get(reference["resource"])
    if named is None or named is draft:
        return False
    stated = resources[named.name]
    above, own = stated.get("parent", {}).get("resource", ""), resources[draft.name].get("parent", {})
    is_shown = named.has_id or (reference.get("key") in named.properties() and named.action("list") is not None)
    return is_shown and reference.get("key") == stated["identity"]["field"] and above in ("", own.get("resource"))


def _must_exist(schemas: Schemas, draft: ResourceDraft, reference: Statement) -> bool:
    """Does a request that writes an item say that it refuses an unknown one?"""
    for action in draft.actions if reference.get("field") else ():
        body = item_schema_of_request(schemas, action) if action.does in WRITES else None
        if body is None or reference["field"].partition("[")[0].partition(".")[0] not in schemas.properties(body):
            continue
        if says_unknown(schemas, action.operation, body, reference["resource"], reference["field"]) is not None:
            return True
    return False


def _is_held(schemas: Schemas, draft: ResourceDraft, other: ResourceDraft) -> bool:
    """Does a sentence say that `other` items keep one from being deleted?"""
    deletion = draft.action("delete")
    return deletion is not None and said_to_hold(schemas, deletion.operation, other.name) is not None


def _add_deletion(schemas: Schemas, draft: ResourceDraft, other: ResourceDraft, reference: Statement) -> None:
    """Add what becomes of the `other` items when the one that they refer to is deleted, or that it is not."""
    deletion = draft.action("delete")
    if deletion is None or not reference["field"].isidentifier():
        return
    if _is_held(schemas, draft, other):
        reference["on-delete"] = "refuse"
    elif (other is not draft and said_to_delete(schemas, deletion.operation, other.name) is not None) or (
        other is draft and said_to_delete_below(schemas, deletion.operation) is not None
    ):
        reference["on-delete"] = "delete"


def _add_leaving(schemas: Schemas, draft: ResourceDraft, other: ResourceDraft, reference: Statement) -> None:
    """Add that a deleted item leaves the list that refers to it in `other` items, if a sentence says so."""
    deletion, name = draft.action("delete"), str(reference.get("field", "")).removesuffix(EACH)
    is_list = name.isidentifier() and name != reference.get("field")
    said = said_to_leave(schemas, deletion.operation, other.name) if deletion is not None and is_list else None
    if said is not None:
        reference |= {"on-delete": "remove", "note": f'{reference["note"]}; a DELETE says "{said.sentence}"'}


def sent_reference(resources: Mapping[str, Statement], name: str, other: ResourceDraft) -> Statement | None:
    """The reference by which a request that creates an `other` item names one called `name`; None without one."""
    key = resources[name]["identity"]["field"]
    for one in resources[other.name].get("references", ()):
        if (one.get("resource"), one.get("key")) != (name, key):
            continue
        begin = one.get("field", "").partition("[")[0].partition(".")[0]
        if any(begin in asked for asked in other.request_properties("create")):
            found: Statement = one
            return found
    return None


def naming(
    drafts: Sequence[ResourceDraft], resources: Mapping[str, Statement]
) -> Mapping[str, Sequence[ResourceDraft]]:
    """The resources whose items are below those of one or name them, by its name: few of many resources do."""
    found: dict[str, list[ResourceDraft]] = {}
    for other in drafts:
        stated = resources[other.name]
        named = [stated.get("parent", {}), *stated.get("references", ())]
        for name in dict.fromkeys(each.get("resource", "") for each in named):
            found.setdefault(name, []).append(other)
    return found
