"""Numbers of items that follow from other fields of the same item: "subtotal minus discount", `item_count`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mockserver.inference.draft import SENDING, ResourceDraft
from mockserver.inference.evidence import Statement, inferred
from mockserver.inference.figures.counts import number_named
from mockserver.inference.names import noun, plain, words
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.sentences.figure_sentences import figures
from mockserver.inference.values.ordered_pairs import pairs
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

FIRST_NAMES = ("firstname", "givenname", "forename")
LAST_NAMES = ("lastname", "familyname", "surname")
FULL_NAMES = ("fullname", "name", "displayname", "completename")
"""Plain names of the two parts of a person's name, and of the whole name."""


def add_figures(draft: ResourceDraft, stated: Statement) -> None:
    """Add the `figures` to the statements about a resource, which have the `counts`.

    A number that clients send is theirs, and one that counts other items does not follow from the same item.
    """
    sent = {name for each in draft.request_properties(*SENDING) for name in each}
    counted = {str(each["field"]) for each in stated.get("counts", ())}
    found = [one for one in _figures(draft) if one.get("within") or one["field"] not in sent | counted]
    if found and draft.is_created:
        stated["figures"] = found
    name = _full_name(draft.schemas, draft.properties(), sent)
    derived = ([name] if name else []) + list(_said_flags(draft.schemas, draft.properties(), sent))
    if derived and draft.is_created:
        stated["derived"] = derived


def _figures(draft: ResourceDraft) -> Iterator[Statement]:
    properties = draft.properties()
    said = list(figures(draft.schemas, properties))
    for each in said:
        keys: Statement = {"field": each.field, "formula": each.text} | ({"within": each.within} if each.within else {})
        note = "a sentence of the document says so"
        yield keys | {"evidence": "described", "source": each.source, "note": note}
    known = {each.field for each in said if not each.within}
    lists = {noun(name)[-1]: name for name, at in properties.items() if draft.schemas.items(at) is not None}
    for name, at in properties.items():
        listed = lists.get(number_named(draft.schemas, at, name))
        if listed and name not in known:
            note = f"the name of the number says that it counts {listed}"
            yield inferred(note, field=name, formula=f"number of {listed}")
        elif name not in known and (formula := _lasting(draft.schemas, properties, name) or _reached(draft, name)):
            yield inferred(
                f"by the name of {name} and those of the properties in the formula", field=name, formula=formula
            )
    for name, at in properties.items():
        entries = draft.schemas.items(at)
        told = {str(each.field) for each in said if each.within == name}
        amount = _amount(draft.schemas, draft.schemas.properties(entries)) if entries is not None else None
        if amount is not None and amount[0] not in told:
            note = f"{amount[0]} is beside {amount[1]} and {amount[2]}"
            yield inferred(note, field=amount[0], formula=f"{amount[1]} * {amount[2]}", within=name)


UNITS = ("seconds", "minutes", "hours", "nights")
"""Units of time in names of numbers that say how long an item lasts; whole days may count the last one too."""

DURATIONS = frozenset(("duration", "length", "total", "number", "of", "in"))
"""Words beside the unit in such a name."""


def _lasting(schemas: Schemas, properties: Mapping[str, str], name: str) -> str:
    """The formula of a number that says how long an item lasts: `durationMinutes`, `nights`; empty for others."""
    parts = words(name)
    unit = next((unit for unit in UNITS if unit in parts), "")
    spoken = (unit,) if unit else words(description(schemas, properties[name]).text)
    unit = unit or next((unit for unit in UNITS if unit in spoken and parts == ("duration",)), "")
    if not unit or not set(parts) - {unit} <= DURATIONS or not schemas.types(properties[name]) & {"integer", "number"}:
        return ""
    moments = [each for each, at in properties.items() if schemas.keyword(at, "format") in ("date", "date-time")]
    found = list(pairs(moments))
    return f"{unit} from {found[0][0]} to {found[0][1]}" if len(found) == 1 else ""


WHOLES = ("amount", "total", "quantity", "price")
"""Names of a whole that may be refunded, paid or shipped in part."""


def _reached(draft: ResourceDraft, name: str) -> str:
    """The formula of a flag that says that a whole is reached: `amount_paid >= amount` of `paid`; empty for others."""
    schemas, properties, flag = draft.schemas, draft.properties(), plain(name)
    if schemas.types(properties[name]) - {"null"} != {"boolean"}:
        return ""
    known = {plain(each): each for each, at in properties.items() if schemas.types(at) & {"integer", "number"}}
    for whole in WHOLES:
        part = known.get(whole + flag) or known.get(flag + whole)
        if part and whole in known:
            return f"{part} >= {known[whole]}"
    return ""


def _amount(schemas: Schemas, properties: Mapping[str, str]) -> tuple[str, str, str] | None:
    """The amount of a line, its quantity and its price: `total`, `quantity` and `unitPrice`; None without all three."""
    known = {plain(name): name for name, at in properties.items() if schemas.types(at) & {"integer", "number"}}
    found = [next((known[each] for each in names if each in known), "") for names in (AMOUNTS, QUANTITIES, PRICES)]
    return (found[0], found[1], found[2]) if all(found) else None


AMOUNTS = ("total", "linetotal", "subtotal", "totalprice", "amount", "totalamount", "lineamount", "sum")
QUANTITIES = ("quantity", "qty", "count")
PRICES = ("price", "unitprice", "priceperunit", "unitcost", "pricecents", "unitpricecents", "unitamount")
"""Plain names of the numbers of a line, the likeliest first."""


def _said_flags(schemas: Schemas, properties: Mapping[str, str], sent: set[str]) -> Iterator[Statement]:
    """The `derived` statements of flags whose descriptions say when they are true: "The price is 0"."""
    known = {plain(name): name for name in properties}
    for name, at in properties.items():
        if schemas.types(at) - {"null"} == {"boolean"} and name not in sent:
            said = description(schemas, at).first(IS_VALUE)
            of = known.get(plain(said.match["name"]), "") if said is not None else ""
            if said is not None and of and of != name:
                yield said.statement(fields={name: "{equals:" + f"{of} {said.match['value']}" + "}"})


IS_VALUE = lazy_pattern(
    r"^(?:true (?:if|when) )?(?:the |its )?`?(?P<name>[a-z_]+)`? (?:is|equals) "
    r"[`'\"]?(?P<value>\d+(?:\.\d+)?|[A-Z][A-Z_]+)[`'\"]?$",
    re.IGNORECASE,
)
"""How a description says which value of another field a flag is about."""


def _full_name(schemas: Schemas, properties: Mapping[str, str], sent: set[str]) -> Statement | None:
    """The `derived` statement of a name that only replies show, beside its two parts, which clients send."""
    known = {plain(name): name for name in properties}
    first = next((known[each] for each in FIRST_NAMES if known.get(each) in sent), "")
    last = next((known[each] for each in LAST_NAMES if known.get(each) in sent), "")
    for name in FULL_NAMES:
        shown = known.get(name, "")
        if first and last and shown and shown not in sent and schemas.types(properties[shown]) & {"string"}:
            note = f"{shown} is a name, and clients send its parts {first} and {last}"
            return inferred(note, fields={shown: f"{{joined:{first} {last}}}"})
    return None
