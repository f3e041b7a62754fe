"""The statements that the descriptions of a resource, of its properties and of its operations make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.inference.draft import DraftAction, ResourceDraft, item_schema_of_request
from mockserver.inference.evidence import inferred
from mockserver.inference.lists.paging import default_size, paging
from mockserver.inference.lists.paging_names import BACKWARD
from mockserver.inference.names import plain
from mockserver.inference.sentences import descriptions, order_sentences
from mockserver.inference.sentences.descriptions import Description, description
from mockserver.inference.sentences.field_order import field_orders
from mockserver.inference.sentences.letter_case import unique_in_any_case
from mockserver.inference.values.event_times import is_event, item_times
from mockserver.inference.values.fields import format_of
from mockserver.inference.values.item_spans import free_states
from mockserver.inference.values.sum_limits import sum_limits
from mockserver.inference.values.uniqueness import said_together
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

Statement = dict[str, Any]

TAKEN = ("409", "400", "422")
"""Statuses by which a create may be refused because another item has a value."""

REFUSALS = ("409", "400", "403", "422", "4XX")
"""Statuses by which a create may be refused when there are too many items."""


def of_resource(schemas: Schemas, draft: ResourceDraft, stated: Mapping[str, Any]) -> Statement:
    """What descriptions say about a resource and its properties, without what `stated` says already."""
    found: Statement = {}
    order = _order(schemas, draft)
    if order is not None:
        found["order"] = order
    limit = _capacity(schemas, draft)
    if limit is not None:
        found["capacity"] = limit
    if orders := field_orders(draft):
        found["ordered"] = orders
    if limits := sum_limits(schemas, draft):
        found["sum-limit"] = limits
    together = said_together(schemas, draft)
    for kind, entries in _with_case(schemas, draft, _with_taken(schemas, draft, _of_fields(schemas, draft))).items():
        before = stated.get(kind)
        if before and before["evidence"] == "inferred" and any(each["fields"] == before["fields"] for each in entries):
            before = None  # a sentence says what names let one guess
        known = {name for each in ([before] if before else []) for name in each["fields"]}
        new = [entry for entry in entries if not known & set(entry["fields"])]
        if new:
            found[kind] = [*([before] if before else []), *new]
    if together is not None:  # it says what a refusal is about, which names let one guess
        found["unique"] = [each for each in found.get("unique", ()) if each["evidence"] != "inferred"] + [together]
    return found


def _order(schemas: Schemas, draft: ResourceDraft) -> Statement | None:
    listing = _main_list(draft)
    if listing is None:
        return None
    properties = draft.properties()
    said = said_order(draft, listing)
    if said is not None:
        needed = _needed(schemas, draft)
        days = {name for name, at in properties.items() if format_of(schemas, at) == "date" and plain(name) in OWN_DAYS}
        said = order_sentences.by_own_time(said, _times(schemas, properties), needed)
        return order_sentences.by_own_day(said, sorted(days & needed))
    general = order_sentences.order_of_all(description(schemas, "/info"))
    if general is not None:
        return general
    pages = paging(schemas, listing.operation, properties)
    if pages is not None and plain(pages["position"]) in BACKWARD:
        note = f"{pages['position']} leads from the newest items to older ones"
        return inferred(note, by="creation", direction="descending")
    return None


def _main_list(draft: ResourceDraft) -> DraftAction | None:
    """The list whose order is that of the items: the one at the path where they are created, else the first."""
    creation = draft.action("create")
    path = creation.operation.path if creation is not None else ""
    lists = [action for action in draft.actions if action.does == "list" and action.item_schema]
    return next((each for each in lists if each.operation.path == path), next(iter(lists), draft.action("list")))


def said_order(draft: ResourceDraft, listing: DraftAction) -> Statement | None:
    """The order that the sentences about one list say; None if they say none."""
    texts = [description(draft.schemas, listing.operation.pointer, word) for word in ("description", "summary")]
    texts.append(Description(listing.reply.response.description, listing.reply.response.pointer))
    properties = draft.properties()
    said = next((said for text in texts if (said := order_sentences.order(text, properties))), None)
    enums = {name: values for name, at in properties.items() if (values := draft.schemas.keyword(at, "enum"))}
    return order_sentences.with_days(said, enums) if said is not None else None


def other_order(draft: ResourceDraft, listing: DraftAction) -> Statement | None:
    """The `sort` of a list that is in another order than the items usually are, by the time of creation; else None."""
    main = _main_list(draft)
    usual, own = (said_order(draft, each) if each is not None else None for each in (main, listing))
    times = item_times(draft.schemas, draft, draft.properties()) or {}
    created = times.get("created")
    if main is listing or own is None or own["by"] != "creation" or not created:
        return None
    direction = (usual or {"direction": "ascending"})["direction"]
    if own["direction"] == direction:
        return None
    back = "-" if own["direction"] == "descending" else ""
    return {key: own[key] for key in ("evidence", "source", "note")} | {"parameter": "", "default": back + created}


def _times(schemas: Schemas, properties: Mapping[str, str]) -> list[str]:
    """The properties that hold a time, or the day of something done: `held_on`."""
    formats = {name: format_of(schemas, at) for name, at in properties.items()}
    return [name for name, form in formats.items() if form == "date-time" or (form == "date" and is_event(name))]


OWN_DAYS = ("date", "day", "startdate", "eventdate")
"""Properties with the day of an item itself."""


def _needed(schemas: Schemas, draft: ResourceDraft) -> set[str]:
    """The properties that a request must have to create items."""
    asked = (item_schema_of_request(schemas, action) for action in draft.actions if action.creates)
    return {name for pointer in asked if pointer for name in schemas.required(pointer)}


def _capacity(schemas: Schemas, draft: ResourceDraft) -> Statement | None:
    creation = draft.action("create")
    if creation is None or not any(response.status in REFUSALS for response in creation.operation.responses):
        return None
    return descriptions.capacity(description(schemas, creation.operation.pointer), draft.word)


def room(schemas: Schemas, draft: ResourceDraft, owner: ResourceDraft) -> Statement:
    """What of an item says how many there may be below it, as keys of `parent`: "409: the course is full".

    A child may take several places (`seats`), and one that is cancelled takes none. Empty if nothing says it.
    """
    creation = draft.action("create")
    if creation is None or creation.operation.response(409) is None:
        return {}
    if not descriptions.full(refusals(schemas, creation.operation)):
        return {}
    asked = {name: at for each in owner.request_properties("create") for name, at in each.items()}
    named = descriptions.room_field((n for n, at in asked.items() if "integer" in schemas.types(at)), draft.word)
    sent = {name: at for each in draft.request_properties("create") for name, at in each.items()}
    takes = [n for n, at in sent.items() if plain(n) in descriptions.ROOM and "integer" in schemas.types(at)]
    free = free_states(schemas, draft)
    several = {"takes": takes[0]} if len(takes) == 1 else {}
    return {"capacity": named} | several | ({"unless": free} if free else {}) if named else {}


def refusals(schemas: Schemas, operation: Operation) -> list[Description]:
    """What a document says about an operation, and about its conflicts."""
    told = [description(schemas, operation.pointer, word) for word in ("description", "summary")]
    return [
        *told,
        *(Description(each.description, each.pointer) for each in operation.responses if each.status == "409"),
    ]


def _with_taken(
    schemas: Schemas, draft: ResourceDraft, found: dict[str, list[Statement]]
) -> dict[str, list[Statement]]:
    """The statements, and the one that the text of a create makes: "a slug that is in use is refused"."""
    creation = draft.action("create")
    if creation is None or not any(response.status in TAKEN for response in creation.operation.responses):
        return found
    sent = (each for properties in draft.request_properties("create") for each in properties.items())
    names = [name for name, at in sent if schemas.keyword(at, "readOnly") is not True]
    refusals = (each for each in creation.operation.responses if each.status in TAKEN)
    texts = [
        description(schemas, creation.operation.pointer),
        *(Description(each.description, creation.operation.pointer) for each in refusals),
    ]
    said = next((said for text in texts if (said := descriptions.taken(text, names))), None)
    known = {name for each in found.get("unique", ()) for name in each["fields"]}
    if said is None or said[0] in known:
        return found
    return {**found, "unique": [*found.get("unique", ()), said[1].statement(fields=[said[0]])]}


def _with_case(schemas: Schemas, draft: ResourceDraft, found: dict[str, list[Statement]]) -> dict[str, list[Statement]]:
    """The statements, with `ignore-case` where a sentence says that values are unique in any case."""
    creation = draft.action("create")
    if creation is None or not any(response.status in TAKEN for response in creation.operation.responses):
        return found
    unique = list(found.get("unique", ()))
    asked = {name: at for each in draft.request_properties("create") for name, at in each.items()}
    for name in asked:
        said = unique_in_any_case(schemas, creation.operation, asked, name)
        if said is not None:
            note = "a sentence of the document says so"
            stated = {
                "fields": [name],
                "ignore-case": True,
                "evidence": "described",
                "source": said.source,
                "note": note,
            }
            unique = [*(each for each in unique if each["fields"] != [name]), stated]
    return {**found, "unique": unique} if unique else found


def _of_fields(schemas: Schemas, draft: ResourceDraft) -> dict[str, list[Statement]]:
    found: dict[str, list[Statement]] = {}
    asked = {name: at for each in draft.request_properties("create") for name, at in each.items()}
    for name, pointer in asked.items():
        if name not in draft.id_names and schemas.keyword(pointer, "readOnly") is not True:
            for kind, statement in descriptions.of_field(description(schemas, pointer), name):
                if _applies(schemas, draft, kind, name):
                    found.setdefault(kind, []).append(statement)
    return found


def _applies(schemas: Schemas, draft: ResourceDraft, kind: str, name: str) -> bool:
    """Can the statement hold? What each reply must have is no secret; what no update takes cannot change.

    A duplicate is refused only where the create documents a conflict.
    """
    if kind == "unique":
        creation = draft.action("create")
        return creation is not None and creation.operation.response(409) is not None
    if kind == "write-only":
        return not any(name in schemas.required(view) for view in draft.reply_schemas())
    if kind == "immutable":
        changes = [action for action in draft.actions if action.does in ("update", "replace")]
        return any(name in _asked(schemas, action) for action in changes) and name in draft.properties()
    return True


def _asked(schemas: Schemas, action: DraftAction) -> Mapping[str, str]:
    pointer = item_schema_of_request(schemas, action)
    return schemas.properties(pointer) if pointer else {}


def sizes(schemas: Schemas, operation: Operation, pages: Statement) -> Statement:
    """A `paging` statement with the default and the maximum that the description of the page size says."""
    parameter = next((p for p in operation.parameters if p.name == pages["limit"] and p.schema), None)
    if parameter is None:
        return pages
    said = {key: (value, found) for key, value, found in descriptions.sizes(description(schemas, parameter.pointer))}
    if schemas.keyword(str(parameter.schema), "maximum") is None and "maximum" in said:
        pages = pages | {"maximum": said["maximum"][0], "default": min(pages["default"], said["maximum"][0])}
    if default_size(schemas, parameter) is None and "default" in said and _may_be(said["default"][0], pages):
        value, found = said["default"]
        evidence = "described" if pages["evidence"] == "implied" else pages["evidence"]
        note = pages["note"].partition(";")[0]
        pages = pages | {"default": value, "evidence": evidence, "source": found.source, "note": note}
    return pages


def _may_be(default: int, pages: Statement) -> bool:
    return default <= (pages.get("maximum") or default)
