"""The schemas by which the operations of a document describe the items of a resource."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from mockserver.behaviour.statements import BATCHES, CONTENTS, WHOLE_BODY, Action, OperationBehaviour
from mockserver.contract import Contract
from mockserver.handlers.fields.generated_fields import ReplyView
from mockserver.handlers.replies.reply_alternatives import constants
from mockserver.handlers.replies.reply_renderer import item_schema
from mockserver.inference.bodies.likeness import query_fields
from mockserver.inference.relations.references import EACH, about, stem
from mockserver.lazy_module import LazyModule
from mockserver.openapi.document import Operation
from mockserver.openapi.further_names import IsName, shown_names, taken_names
from mockserver.openapi.schemas import SHAPE, Schemas

if TYPE_CHECKING:
    from mockserver.inference.operations import item_actions
else:
    item_actions = LazyModule("mockserver.inference.operations.item_actions")

VIEW_RANK = ("get", "replace", "update", "create", "list")
"""The actions in the order in which their replies usually show most of an item."""


WRITES = ("create", "update")
"""The actions whose request may have the properties of an item in its query."""

SHOWING = ("get", "list")
"""The actions whose replies show the stored item unchanged; rules may add to the replies of others."""


def operations_on(contract: Contract, resource: str) -> tuple[tuple[Operation, OperationBehaviour], ...]:
    """The operations whose action is on a resource."""
    return contract.acting.get(resource, ())


def reply_schemas(contract: Contract, resource: str) -> dict[str, str]:
    """The pointers of the schemas by which success replies show an item, each once, with the action of the operation.

    A schema that contradicts the main one (that of a GET, if there is one) shows another kind of thing and is left out.
    """
    found: dict[str, str] = {}
    for operation, behaviour in operations_on(contract, resource):
        does = behaviour.action.does if behaviour.action else ""
        pointer = item_schema(operation, behaviour.reply, contract.schemas, does)
        if pointer is not None and BATCHES.get(does, does) != "delete":  # that reply may show only a part of the item
            found.setdefault(contract.schemas.resolve(pointer)[1], does)
    main = min(found, key=lambda at: rank(found[at]), default="")
    return {at: does for at, does in found.items() if at == main or not _contradicts(contract.schemas, main, at)}


def has_only_examples(contract: Contract, resource: str) -> bool:
    """Do examples alone say what the items of a resource look like?"""
    if SHAPE not in contract.schemas.root:
        return False
    return any(contract.schemas.keyword(at, SHAPE) is not None for at in reply_schemas(contract, resource))


def showing_schemas(contract: Contract, resource: str) -> list[str]:
    """The pointers of the schemas by which replies show a stored item unchanged, each once."""
    found: dict[str, str] = {}
    for operation, behaviour in operations_on(contract, resource):
        if behaviour.action is not None and behaviour.action.does in SHOWING:
            pointer = item_schema(operation, behaviour.reply, contract.schemas, behaviour.action.does)
            if pointer is not None:
                found.setdefault(contract.schemas.resolve(pointer)[1], pointer)
    return list(found.values())


def rank(does: str) -> int:
    """The position of an action in VIEW_RANK; for another action, a position after all of them."""
    return VIEW_RANK.index(does) if does in VIEW_RANK else len(VIEW_RANK)


def _contradicts(schemas: Schemas, one: str, other: str) -> bool:
    """Must a property have values in one schema that it cannot have in the other? Then they show different things."""
    common = schemas.required(one) & schemas.required(other)
    own, its = schemas.properties(one), schemas.properties(other)
    for name in sorted(common & own.keys() & its.keys()):
        first, second = constants(schemas, own[name]), constants(schemas, its[name])
        if first and second and not any(value in second for value in first):
            return True
    return False


def request_schemas(contract: Contract, operation: Operation, behaviour: OperationBehaviour) -> Iterator[str]:
    """The pointers of the schemas by which a request's body describes the item."""
    envelope: tuple[str | int, ...] = behaviour.action.envelope if behaviour.action else ()
    if behaviour.action is not None and behaviour.action.does in BATCHES:
        envelope = (*envelope, 0)
    has_fields = behaviour.action is None or not (behaviour.action.entry or behaviour.action.does in CONTENTS)
    for media in operation.request_body.content if operation.request_body and has_fields else ():
        pointer = contract.schemas.below(media.schema, envelope)
        if pointer is not None:
            yield pointer
            if media.schema and is_beside_file(behaviour.action):
                yield media.schema


def is_beside_file(action: Action | None) -> bool:
    """Is what a form says of an item in an object beside its file? What else the form has is said of the item too."""
    return action is not None and action.content not in ("", WHOLE_BODY) and len(action.envelope) == 1


def request_properties(contract: Contract, operation: Operation, behaviour: OperationBehaviour) -> frozenset[str]:
    """The item's properties that a request may send, under the names of the body and of the item."""
    takes = behaviour.action.takes if behaviour.action else {}
    written = {n for at in request_schemas(contract, operation, behaviour) for n in contract.schemas.properties(at)}
    in_query = sent_in_query(contract, operation, behaviour).values()
    held = [behaviour.action.inside] if behaviour.action and behaviour.action.inside else []
    return frozenset({*written, *(takes[name] for name in written & takes.keys()), *in_query, *held})


def sent_in_query(contract: Contract, operation: Operation, behaviour: OperationBehaviour) -> dict[str, str]:
    """The query parameters that hold properties of the item, where a write has no body: `POST /cards?name=…`.

    A GET may have the id in one of another name, which it `takes`: `/channels.info?channel=C1`.
    """
    action = behaviour.action
    if action is not None and action.does == "get" and action.takes and operation.method != "post":
        return dict(action.takes)
    if action is None or action.evidence != "inferred" or action.does not in WRITES or not action.of:
        return {}
    shown = {name for at in reply_schemas(contract, action.of) for name in contract.schemas.properties(at)}
    own = contract.behaviour.resources[action.of].identity.field
    asked = (
        {each.name for each in operation.parameters if each.location == "query"} if not operation.request_body else ()
    )
    named = {name: field for name, field in action.takes.items() if name in asked}
    return query_fields(contract.schemas, operation, sorted(shown - {own})) | named


def sent_fields(contract: Contract, resource: str) -> frozenset[str]:
    """The fields of an item that some request may have."""
    return frozenset(
        name
        for operation, behaviour in operations_on(contract, resource)
        for name in request_properties(contract, operation, behaviour)
    )


def further_sent(contract: Contract, operation: Operation, behaviour: OperationBehaviour) -> IsName | None:
    """Which names beside the declared ones a request may have, because its schema says so; None if it does not say."""
    found = (taken_names(contract.schemas, at) for at in request_schemas(contract, operation, behaviour))
    return next((each for each in found if each is not None), None)


def further_fields(contract: Contract, resource: str) -> IsName | None:
    """Which names of fields no schema declares and some request may have; None if none says so.

    What a reply declares is the service's, also where a request may have any name.
    """
    writes = [each for each in operations_on(contract, resource) if each[1].action is not None]
    taken = [each for operation, behaviour in writes if (each := further_sent(contract, operation, behaviour))]
    if not taken:
        return None
    declared = {name for at in reply_schemas(contract, resource) for name in contract.schemas.properties(at)}
    known = declared | sent_fields(contract, resource) | set(_own_fields(contract, resource))
    return lambda name: name not in known and any(is_taken(name) for is_taken in taken)


def _own_fields(contract: Contract, resource: str) -> list[str]:
    """The fields that the mock gives to an item, whatever a schema declares."""
    stated = contract.behaviour.resources[resource]
    kept = [behaviour.action.keeps.values() for _, behaviour in operations_on(contract, resource) if behaviour.action]
    several = (stated.write_only, stated.server_set, stated.immutable, stated.defaults, stated.initial, stated.derived)
    names = [stated.identity.field, *(name for each in several for entry in each for name in entry.fields)]
    names += [stated.parent.field] if stated.parent is not None else []
    names += [each.field for each in stated.references]
    return [*names, *(name for each in kept for name in each)]


def view_maker(contract: Contract, resource: str, server_fields: frozenset[str]) -> Callable[[str], ReplyView]:
    """The function from the pointer of a reply's schema to the view that this reply gives of an item."""
    sent = sent_fields(contract, resource)
    references = contract.behaviour.resources[resource].references
    named = [(one, one.field.removesuffix(EACH)) for one in references if one.field]
    ids = {about(name, one.key): name for one, name in named if one.key and name in sent}
    chosen = {name: ids[stem(name)] for one, name in named if not one.key and name not in sent and stem(name) in ids}
    client_fields, later = sent - server_fields, frozenset(_set_later(contract, resource))
    further, schemas = further_fields(contract, resource), contract.schemas

    def view(pointer: str) -> ReplyView:
        shown = shown_names(schemas, pointer, further)
        return ReplyView(pointer, client_fields, schemas, contract.examples, chosen, later, shown)

    return view


LATER = ("{now}", "{sent:", "{given:", "{day_later:")
"""How the templates of values begin that an operation sets for the first time."""


def _is_gotten(name: str, value: str) -> bool:
    """Does an item get a made value from an operation, and not only a new secret in place of its first one?"""
    return value == "{renewed}" and not item_actions.is_secret(name)


def _set_later(contract: Contract, resource: str) -> Iterator[str]:
    """The fields that a new item may lack: what an operation or other items set, and what a lifetime decides."""
    for _, behaviour in operations_on(contract, resource):
        sets = behaviour.action.sets if behaviour.action is not None else {}
        templates = ((name, value) for name, value in sets.items() if isinstance(value, str))
        yield from (name for name, value in templates if value.startswith(LATER) or _is_gotten(name, value))
    stated = contract.behaviour.resources[resource]
    yield from (each.field for each in stated.latest)
    values = [*(each.fields for each in stated.defaults), *(each.fields for each in stated.derived)]
    for fields in values:
        templates = ((name, value) for name, value in fields.items() if isinstance(value, str))
        yield from (name for name, value in templates if value.startswith(("{after:", "{since:", "{field:")))
