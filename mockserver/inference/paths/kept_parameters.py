"""The path parameters that an item stores which is created at another path than that of its collection."""

from __future__ import annotations

from mockserver.inference.draft import ResourceDraft
from mockserver.inference.names import SCALAR, noun, plain
from mockserver.inference.paths.path_tree import PathNode


def kept_parameters(draft: ResourceDraft, node: PathNode) -> dict[str, str]:
    """The path parameters that an item created at another path must store, and the properties for them."""
    properties = draft.properties()
    able = [name for name, at in properties.items() if draft.schemas.types(at) - {"null"} <= SCALAR]
    known = {plain(name): name for name in able if plain(name) not in draft.id_names}
    taken = {plain(name) for name in properties} | draft.id_names
    kept: dict[str, str] = {}
    for parameter, word in zip(node.parameters, node.words_before, strict=False):
        about = "".join(noun(word))
        called = (plain(parameter), f"{about}id", about, *(_by_role(draft) if about in PEOPLE else ()))
        named = (known[each] for each in called if each in known)
        free = f"path {parameter}" if plain(parameter) in taken else parameter
        kept |= {parameter: next(named, free)} if parameter not in draft.parent_parameters else {}
    return kept


PEOPLE = frozenset((
    "user", "account", "member", "person", "customer", "employee", "profile", "client", "author", "owner",
    "organization",
))  # fmt: skip
"""What a user is called whose things are below a path: `/users/{id}/todos`."""

ROLES = (
    "ownerid", "owner", "authorid", "author", "creatorid", "creator", "createdby", "createdbyid", "postedby", "userid",
    "addedby", "submittedby",
)  # fmt: skip
"""Plain names of the property with the id of the user who made an item, the likeliest first."""


def _by_role(draft: ResourceDraft) -> list[str]:
    """The plain names of the property that says who made an item, if no client sends it: `owner_id`."""
    sent = {plain(name) for asked in draft.request_properties("create", "update", "replace") for name in asked}
    return [name for name in ROLES if name not in sent]
