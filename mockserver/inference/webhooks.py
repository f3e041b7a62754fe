"""The resource and the change that a webhook reports, by its name and schemas; and which resource has subscriptions.

`pet.created`, `newPet` and `pet_created` say what happened to what. `order.shipped` does so if an order has a property
that can be `shipped`. Where the name has no noun, the body has to show an item.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mockserver.inference.bodies.messages import request_schema
from mockserver.inference.draft import ResourceDraft
from mockserver.inference.evidence import Statement, inferred
from mockserver.inference.names import noun, plain, singular, words
from mockserver.openapi.document import Document, Operation
from mockserver.openapi.outgoing_requests import OutgoingRequest, outgoing_requests
from mockserver.openapi.schemas import Schemas

CHANGES: Mapping[str, tuple[str, ...]] = {
    "created": ("created", "create", "new", "added", "add", "opened", "registered", "inserted", "placed", "submitted"),
    "updated": ("updated", "update", "changed", "change", "modified", "edited", "patched"),
    "deleted": ("deleted", "delete", "removed", "remove", "destroyed"),
}
"""Words in the name of a webhook that say what happened."""

FILLING = frozenset(("on", "event", "events", "webhook", "hook", "notification", "notify", "v1", "v2", "api", "1", "2"))
"""Words in such a name that say nothing."""

SUBSCRIBING = ("subscription", "webhook", "hook", "subscriber", "callback", "listener", "endpoint")
"""The last words of the names of resources that may be subscriptions."""

URLS = (
    "url",
    "callbackurl",
    "webhookurl",
    "targeturl",
    "endpointurl",
    "hookurl",
    "notificationurl",
    "notifyurl",
    "deliveryurl",
    "callback",
    "endpoint",
    "target",
    "address",
    "uri",
    "callbackuri",
)
EVENTS = ("events", "eventtypes", "enabledevents", "event", "eventtype", "topics", "topic", "types", "triggers")
SECRETS = ("secret", "signingsecret", "webhooksecret", "secretkey", "signingkey")
ACTIVE = ("active", "enabled", "isactive", "isenabled")
"""Names of the properties of subscriptions, in plain letters."""

SIGNATURES = (("webhooksignature", "standard-webhooks"), ("stripesignature", "stripe"), ("hubsignature256", "github"))
"""Ends of the names of header parameters, with the style of signature that has them."""


def webhooks(document: Document, schemas: Schemas, drafts: Sequence[ResourceDraft]) -> list[Statement]:
    """A statement for each webhook whose change can be inferred."""
    found = (_webhook(hook, schemas, drafts) for hook in outgoing_requests(document).webhooks.values())
    return [each for each in found if each is not None]


def _webhook(hook: OutgoingRequest, schemas: Schemas, drafts: Sequence[ResourceDraft]) -> Statement | None:
    said = [word for word in words(hook.name) if word not in FILLING]
    changes = [change for change, names in CHANGES.items() if any(word in names for word in said)]
    known = {word for change in changes for word in CHANGES[change]}
    rest = tuple(singular(word) for word in said if word not in known)
    named = [draft for draft in drafts if _is_named(draft, rest)]
    shown = [draft for draft in drafts if not named and _is_shown(hook.operation, schemas, draft)]
    draft = max(named, key=lambda each: len(noun(each.name)), default=shown[0] if shown else None)
    if draft is None:
        return None
    why = f"the name {hook.name!r} names it" if named else "the body shows an item of it"
    if changes:
        return inferred(why, name=hook.name, of=draft.name, changes=changes)
    state = _state(schemas, draft, [word for word in said if singular(word) not in noun(draft.name)])
    if state:
        name, value = next(iter(state.items()))
        note = f"{why}, and its property {name} can be {value!r}"
        return inferred(note, name=hook.name, of=draft.name, changes=["created", "updated"], when=state)
    only = not [word for word in rest if word not in noun(draft.name)]
    return inferred(f"{why}, and no change", name=hook.name, of=draft.name, changes=[*CHANGES]) if only else None


def _is_named(draft: ResourceDraft, said: tuple[str, ...]) -> bool:
    """Are the words of a resource's name among those of a webhook's, one after the other?"""
    own = noun(draft.name)
    return any(said[start : start + len(own)] == own for start in range(len(said)))


def _is_shown(operation: Operation, schemas: Schemas, draft: ResourceDraft) -> bool:
    """Does the body have the schema of the resource's items, by reference, at its top or one level below?"""
    body = request_schema(operation.request_body)
    if body is None:
        return False
    own = {schemas.kind(at) for at in draft.reply_schemas()}
    return any(schemas.kind(at) in own for at in (body, *schemas.properties(body).values()))


def _state(schemas: Schemas, draft: ResourceDraft, said: Sequence[str]) -> dict[str, Any]:
    """The property of an item that can have a value with the name of what happened, and that value."""
    wanted = {"".join(said), *said[-1:]}
    for name, at in draft.properties().items():
        for value in schemas.keyword(at, "enum") or ():
            if isinstance(value, str) and plain(value) in wanted:
                return {name: value}
    return {}


def subscription(schemas: Schemas, draft: ResourceDraft) -> Statement | None:
    """The statement that the items of a resource are subscriptions; None if they do not look like it."""
    create = draft.action("create")
    if create is None or noun(draft.name)[-1] not in SUBSCRIBING:
        return None
    pointer = request_schema(create.operation.request_body)
    properties = schemas.properties(pointer) if pointer else {}
    url = _first(properties, URLS)
    if not url:
        return None
    others = (("events", EVENTS), ("secret", SECRETS), ("active", ACTIVE))
    keys = {key: name for key, names in others if (name := _first(properties, names))}
    return inferred(f"its name, and the property {url} in the request that creates one", url=url, **keys)


def _first(properties: Mapping[str, str], names: Sequence[str]) -> str:
    by_name = {plain(name): name for name in properties}
    return next((by_name[name] for name in names if name in by_name), "")


def delivery(document: Document) -> Statement | None:
    """How deliveries are signed, by the header parameters of webhooks and callbacks; None if they do not say."""
    requests = outgoing_requests(document)
    every = [*requests.webhooks.values(), *(each for group in requests.callbacks.values() for each in group)]
    return next((found for each in every for found in _signed(each.operation)), None)


def _signed(operation: Operation) -> Iterator[Statement]:
    for parameter in operation.parameters:
        name = parameter.name
        style = next((style for end, style in SIGNATURES if plain(name).endswith(end)), "")
        if parameter.location == "header" and style:
            keys = {} if style == "standard-webhooks" else {"signature-header": name}
            yield inferred(f"the header parameter {name}", signature=style, **keys)
