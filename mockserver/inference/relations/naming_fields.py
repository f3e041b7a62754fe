"""The property by which an item names another one, whose path a list continues: `user_id` at `/users/{id}/posts`."""

from __future__ import annotations

import re

from mockserver.inference.draft import ResourceDraft
from mockserver.inference.names import noun, plain
from mockserver.inference.relations.relationships import relationship_fields
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.values import identity

ABOVE = ("parent", "replyto", "inreplyto")
"""How the property of an item begins that names the one above, of the same resource, the likeliest first."""


def field_naming(draft: ResourceDraft, above: ResourceDraft, *, is_tree: bool) -> str:
    """The property of an item that names one of the resource `above`: by its name, its description or its schema.

    Empty if there is none, or if it is unclear. With `is_tree` both are of the same resource.
    """
    stems = ABOVE if is_tree else ("".join(noun(above.word)), plain(above.parameter).removesuffix("id"))
    by_name = next((found for stem in stems if stem and (found := _named(draft, stem))), "")
    return by_name or _described(draft, above) or ("" if is_tree else _shown(draft, above))


def _named(draft: ResourceDraft, stem: str) -> str:
    """`user_id` or `user` of the stem `user`, `user.id` of an object."""
    for name, at in draft.properties().items():
        types = draft.schemas.types(at) - {"null"}
        is_id = plain(name) == f"{stem}id" or (plain(name) == stem and types <= ID_TYPES)
        if is_id and types <= ID_TYPES and plain(name) not in draft.id_names:
            return name
        if plain(name) == stem and "id" in draft.schemas.properties(at):
            return f"{name}.id"
    return relationship_fields(draft.schemas, draft.properties()).get(stem, ("", ""))[0]


ID_TYPES = frozenset(("string", "integer"))


def _described(draft: ResourceDraft, above: ResourceDraft) -> str:
    """The only property that its description calls the id of such an item: "ID of the message that this answers"."""
    called = " ".join(noun(above.word))
    says = re.compile(rf"\b(?:id|identifier|uuid) of (?:the|a|an|another|its|this)(?: \w+)? {called}\b", re.IGNORECASE)
    shown = draft.properties()
    sent = [(name, at) for asked in draft.request_properties("create") for name, at in asked.items() if name in shown]
    found = [
        name
        for name, at in dict.fromkeys([*shown.items(), *sent])
        if plain(name) not in draft.id_names
        and draft.schemas.types(at) - {"null"} <= ID_TYPES
        and says.search(description(draft.schemas, at).text)
    ]
    return found[0] if len(set(found)) == 1 else ""


def _shown(draft: ResourceDraft, above: ResourceDraft) -> str:
    """The only property that shows such an item by its very schema: `author.handle` at `/users/{handle}/posts`."""
    schemas, views = draft.schemas, above.reply_schemas()
    shown = [
        name
        for name, at in draft.properties().items()
        if any(schemas.kind(here) in views for _, here in schemas.branches(at, every=True))
    ]
    key = _key(above) if len(shown) == 1 else ""
    return f"{shown[0]}.{key}" if key else ""


def _key(above: ResourceDraft) -> str:
    """The property that holds what the path names the item above by."""
    at = above.parameter_schema
    types = above.schemas.types(at) if at else frozenset[str]()
    return identity.field(above.schemas, above.properties(), above.parameter, above.word, types)[0]
