"""Whether a schema describes the items of a resource, as far as they are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mockserver.inference.bodies import messages
from mockserver.inference.bodies.messages import ENTRY_NAMES, Path, request_schema
from mockserver.inference.draft import ResourceDraft
from mockserver.inference.lists.paging import HOLDERS
from mockserver.inference.names import plain, same
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas


def is_exactly(draft: ResourceDraft, schema: str) -> bool:
    """Is it one of the schemas that show the item?"""
    return draft.schemas.kind(schema) in draft.reply_schemas()


def is_alike(draft: ResourceDraft, schema: str) -> bool:
    """Does a schema seem to describe the item, by more than its id?"""
    if is_exactly(draft, schema):
        return True
    common = draft.schemas.properties(schema).keys() & draft.properties().keys()
    return len(common) >= 3 and any(messages.resembles(draft.schemas, view, schema) for view in draft.reply_schemas())


def contradicts(draft: ResourceDraft, schema: str) -> bool:
    """Has a schema a property of the item with another type? `status` is a text in the `Status` of Kubernetes."""
    schemas, own = draft.schemas, draft.schemas.properties(schema)
    shown = {name: at for view in draft.reply_schemas()[:1] for name, at in schemas.properties(view).items()}
    pairs = ((schemas.types(own[name]), schemas.types(shown[name])) for name in own.keys() & shown.keys())
    return any(first and second and first.isdisjoint(second) for first, second in pairs)


def holder(draft: ResourceDraft, asked: str) -> str:
    """The property of the item whose properties a request sends without it; empty if there is none.

    None of them may be a property of the item itself, and most must be inside of that one.
    """
    shown, own = draft.properties(), {*draft.schemas.properties(asked)}
    own -= {name for name in own if plain(name) in draft.id_names}
    if not own or own & shown.keys():
        return ""
    held = {name: own & draft.schemas.properties(at).keys() for name, at in shown.items() if plain(name) in HOLDERS}
    return next((name for name, common in held.items() if 2 * len(common) > len(own)), "")


def held_properties(draft: ResourceDraft) -> set[str]:
    """The names of the properties inside of the property that has what is said about an item beside its id."""
    holders = [at for name, at in draft.properties().items() if plain(name) in HOLDERS]
    return {name for at in holders for name in draft.schemas.properties(at)}


def properties_inside(draft: ResourceDraft) -> dict[str, str]:
    """The properties of an item, and those inside of what has all that is said about it: `attributes.status`."""
    own = draft.properties()
    held = [(name, draft.schemas.properties(at)) for name, at in own.items() if plain(name) in HOLDERS]
    return own | {f"{name}.{inner}": at for name, inside in held for inner, at in inside.items()}


def wrapped_item(draft: ResourceDraft, entries: str) -> Path:
    """Where each entry of a list has the item, if it is inside of another object: `resource` of FHIR, `node` of edges.

    That object must describe something else, and its property the item by the very schema, or any object under a name
    that only wrappers have.
    """
    schemas, shown = draft.schemas, draft.reply_schemas()
    known = schemas.properties(entries)
    own = {name for name in known if plain(name) not in draft.id_names}
    of_item = {name for name in draft.properties() if plain(name) not in draft.id_names}
    if not shown or is_exactly(draft, entries) or 2 * len(own & of_item) >= max(min(len(own), len(of_item)), 1):
        return ()
    named = [name for name, at in known.items() if plain(name) in ENTRY_NAMES and not schemas.properties(at)]
    free = [(name,) for name in named if messages.may_be_object(schemas, known[name])]
    return next(_places(draft, entries, ()), free[0] if len(free) == 1 else ())


def _places(draft: ResourceDraft, pointer: str, above: Path) -> Iterator[Path]:
    """Where an object has the item by its very schema, the property with its name first; two objects deep."""
    known = sorted(draft.schemas.properties(pointer).items(), key=lambda each: not same(each[0], draft.word))
    for name, at in known:
        if any(draft.schemas.kind(here) in draft.reply_schemas() for _, here in draft.schemas.branches(at, every=True)):
            yield (*above, name)
    for name, at in known if not above else ():
        if messages.is_object(draft.schemas, at):
            yield from _places(draft, at, (name,))


def is_sent(draft: ResourceDraft, schema: str) -> bool:
    """Does a schema describe what a client sends of an item: what a create takes, or most of what replies show?"""
    if is_alike(draft, schema):
        return True
    creation = draft.action("create")
    asked = request_schema(creation.operation.request_body) if creation is not None else None
    at = draft.schemas.below(asked, creation.envelope) if asked and creation is not None else None
    taken = set(draft.schemas.properties(at)) if at is not None else set()
    own, shown = set(draft.schemas.properties(schema)), set(draft.properties())
    if not own or not (own <= taken | shown):
        return False
    told = {name for name in own if plain(name) not in draft.id_names}
    return own == taken or told == _sendable(draft) or 3 * len(own) >= 2 * len(shown) > 2


def _sendable(draft: ResourceDraft) -> set[str]:
    """What the fullest reply shows besides the id and times, which the service sets."""
    views = draft.reply_schemas()[:1]
    return {
        name
        for view in views
        for name, at in draft.schemas.properties(view).items()
        if plain(name) not in draft.id_names and draft.schemas.keyword(at, "format") not in ("date", "date-time")
    }


def query_fields(schemas: Schemas, operation: Operation, properties: Iterable[str]) -> dict[str, str]:
    """The query parameters of a request without a body that are properties of the item: parameter → property."""
    if operation.request_body is not None:
        return {}
    known = {plain(name): name for name in properties}
    asked = [each for each in operation.parameters if each.location == "query" and plain(each.name) in known]
    return {each.name: known[plain(each.name)] for each in asked if each.schema is None or schemas.types(each.schema)}


def is_sent_in_query(draft: ResourceDraft, operation: Operation) -> bool:
    """Has a request without a body properties of the item in its query, besides the id?"""
    named = draft.node.selectors.values()
    others = [name for name in draft.properties() if plain(name) not in draft.id_names and name not in named]
    return bool(query_fields(draft.schemas, operation, others))


def is_sent_beside(draft: ResourceDraft, shown: str, name: str) -> bool:
    """Do clients send what a reply shows beside a property such as `data`? Then all of it is the item.

    Not beside one that has the name of the item, and its id.
    """
    inner = draft.schemas.properties(draft.schemas.properties(shown)[name])
    if same(name, draft.word) and any(plain(each) in draft.id_names for each in inner):
        return False
    beside = {other for other in draft.schemas.properties(shown) if other != name and plain(other) not in NEVER_ITEMS}
    nodes = [node for node in (draft.item, draft.collection) if node is not None]
    bodies = (operation.request_body for node in nodes for operation in node.operations.values())
    asked = (draft.schemas.properties(at) for body in bodies if (at := request_schema(body)))
    return any(name in each and not beside.isdisjoint(each) for each in asked)


NEVER_ITEMS = frozenset(("meta", "links", "included", "jsonapi"))
"""What JSON:API has beside the item, in requests too."""
