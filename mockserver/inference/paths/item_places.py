"""What is above an item: the path parameters that separate items, the parent, and the property with the parent's id."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from mockserver.inference.bodies.likeness import is_alike
from mockserver.inference.draft import ResourceDraft
from mockserver.inference.evidence import Statement, inferred
from mockserver.inference.names import SCALAR, noun, plain, same, words
from mockserver.inference.paths.path_tree import Shape
from mockserver.inference.paths.tenant_headers import tenant
from mockserver.inference.relations.references import ID_WORDS
from mockserver.inference.resources import DraftParent

OWN_NAMES = frozenset(("id", "name", "title", "slug", "key", "code", "label", "handle", "number", "ref", "tag"))
"""Names that both an item and its parent have, each for itself."""


def places(
    draft: ResourceDraft,
    parent: DraftParent | None,
    properties: Mapping[str, str],
    shapes: Collection[Shape],
    *,
    all_exist: bool,
) -> Statement:
    """The statements about what is above an item: its path parameters and its parent.

    `properties` are those that may hold the parent's id, with their schemas; `shapes` are the paths of stored items.
    """
    owner = tenant(draft)
    stated: Statement = {"tenant": owner} if owner is not None else {}
    if draft.parent_parameters:
        note = "the path parameters above separate items"
        stated["within"] = inferred(note, parameters=list(draft.parent_parameters))
        if any(action.does == "create" and action.across for action in draft.actions):
            stated["within"]["fields"] = {draft.parent_parameters[0]: draft.owner_field}
        elif fields := _shown_above(draft, shapes):
            stated["within"]["fields"] = fields
    elif parent is not None and parent.field:
        stated["within"] = inferred("there are no path parameters above the item's own path", parameters=[])
    if parent is not None and parent.field:
        note = f"items are created below the path of {parent.draft.name}"
        keys = {"resource": parent.draft.name, "parameter": parent.parameter, "field": parent.field}
        keys |= {"shown-in": listed} if (listed := _listed_in(draft, parent)) else {}
        stated["parent"] = inferred(note, **keys, **{"must-exist": True})
    elif parent is not None:
        note = f"the path continues that of {parent.draft.name}"
        keys = {"resource": parent.draft.name, "parameter": parent.parameter}
        shown = next(_parent_ids(draft, parent, properties), "")
        keys |= {"field": shown} if shown else {}
        keys |= {"shown-in": listed} if (listed := _listed_in(draft, parent)) else {}
        stated["parent"] = inferred(
            note, **keys, **({"must-exist": True} if parent.draft.is_created or all_exist else {})
        )
    return stated


def _listed_in(draft: ResourceDraft, parent: DraftParent) -> str:
    """The list in the parent that shows what is right below it: it has the name and the schema; empty if none does.

    Where an item has a path elsewhere, it is created below the parent's and need not be listed by an operation. Nor
    need it be where the list shows what the create does, by the very schema: `reviews` and `POST /books/{id}/reviews`.
    """
    below = draft.shape[:-2] if draft.has_id else draft.shape[:-1]
    is_right_below, made = bool(parent.field) or below == parent.draft.shape, draft.action("create")
    is_listed = bool(parent.field) or draft.action("list") is not None
    for name, at in parent.draft.properties().items() if is_right_below and not draft.single else ():
        entries = draft.schemas.items(at) if "array" in draft.schemas.types(at) and same(name, draft.word) else None
        if entries is None or not draft.schemas.properties(entries):
            continue
        is_same = made is not None and made.item_schema is not None and _are_same(draft, made.item_schema, entries)
        if (is_listed and is_alike(draft, entries)) or is_same:
            return name
    return ""


def _are_same(draft: ResourceDraft, one: str, other: str) -> bool:
    """Do two pointers lead to one schema?"""
    return draft.schemas.resolve(one)[1] == draft.schemas.resolve(other)[1]


def _parent_ids(draft: ResourceDraft, parent: DraftParent, properties: Mapping[str, str]) -> Iterator[str]:
    """The properties that hold the parent's id, the likeliest first.

    That is the one with the name of the path parameter. One that is only named like it (`user_id` for `userId`), or
    after the parent (`user_id` below `/users/{id}`), has to have its type, and no client may send it. The `name` that a
    client sends is that of the new item: it has nothing to do with the `{name}` of its parent.
    """
    sent = [name for asked in draft.request_properties("create") for name, at in asked.items() if _is_sent(draft, at)]
    if parent.parameter in properties and not (parent.parameter in sent and plain(parent.parameter) in OWN_NAMES):
        yield parent.parameter
    own, at = parent.draft.properties(), parent.draft.parameter_schema
    types = draft.schemas.types(at) if at else frozenset()
    for name, pointer in properties.items():
        if name not in sent and (draft.schemas.types(pointer) & types) and _is_named_after(name, parent, own):
            yield name


def kept_above(draft: ResourceDraft, shapes: Collection[Shape]) -> dict[str, str]:
    """The path parameters above an item that name nothing which is stored, and the properties that show them.

    `shapes` are the paths of the items that are stored: these are parents, which `places` is about.
    """
    properties, kept, shape = draft.properties(), dict[str, str](), draft.node.shape
    ends = (end for end, segment in enumerate(shape, 1) for _ in range(segment.count("{}")))  # `{aisle}-{level}`
    known = {plain(name): name for name, at in properties.items() if draft.schemas.types(at) <= SCALAR}
    for parameter, end in zip(draft.parent_parameters, ends, strict=False):
        name = known.get(plain(parameter), "")
        if name and shape[:end] not in shapes and plain(name) not in draft.id_names:
            kept[parameter] = name
    return kept


def _shown_above(draft: ResourceDraft, shapes: Collection[Shape]) -> dict[str, str]:
    """The same for items that no create makes: those whose property allows what the path does.

    A PUT makes such an item, or a GET with `--materialize`.
    """
    asked = {each.name: each.schema for action in draft.actions for each in action.operation.parameters if each.schema}
    kept = kept_above(draft, shapes).items()
    return {parameter: name for parameter, name in kept if _is_allowed(draft, asked.get(parameter), name)}


def _is_allowed(draft: ResourceDraft, asked: str | None, name: str) -> bool:
    own = draft.properties()[name]
    limits = {key: value for node, _ in draft.schemas.branches(own) for key, value in node.items() if key not in SAYING}
    return asked is not None and all(draft.schemas.keyword(asked, key) == value for key, value in limits.items())


SAYING = frozenset(
    ("title", "description", "examples", "default", "readOnly", "writeOnly", "deprecated", "$ref", "allOf")
)
"""Keywords of a property that forbid no value themselves."""


def _is_sent(draft: ResourceDraft, pointer: str) -> bool:
    return draft.schemas.keyword(pointer, "readOnly") is not True


def _is_named_after(name: str, parent: DraftParent, own: Mapping[str, str]) -> bool:
    """Is a property named like the path parameter or after the parent, and no property of the parent itself?"""
    if name in own and plain(name) not in parent.draft.id_names:  # both have it for the same reason, such as `org_id`
        return False
    *about, last = words(name) or ("",)
    is_its_id = last in ID_WORDS and noun("_".join(about)) == noun(parent.draft.word)
    called = "".join(noun(parent.draft.word))  # `articleNumber` below `/articles/{number}`
    return is_its_id or plain(name) in (plain(parent.parameter), called + plain(parent.parameter))
