"""How a list is divided into pages and ordered, by the names of its query parameters."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from mockserver.inference.lists.filter_parameters import filter_parameters
from mockserver.inference.lists.paging_names import (
    BACKWARD,
    CURSORS,
    ITEM_CURSORS,
    LIMITS,
    OFFSETS,
    PAGES,
    SURE_LIMITS,
    SURE_OFFSETS,
    SURE_PAGES,
    TOKENS,
)
from mockserver.inference.lists.sort_names import named_property, names_of
from mockserver.inference.lists.written_sorts import written_sort
from mockserver.inference.names import plain
from mockserver.inference.sentences.descriptions import description as described
from mockserver.inference.sentences.order_sentences import order
from mockserver.inference.values.fields import timestamps
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation, Parameter
from mockserver.openapi.schemas import Schemas

Statement = dict[str, Any]

SORTS = frozenset(
    (
        "sort",
        "sortby",
        "orderby",
        "order",
        "ordering",
        "sortfield",
        "sortkey",
        "sortcolumn",
        "sorton",
        "sorts",
        "sorting",
        "orders",
    )
)
DIRECTIONS = frozenset(
    ("direction", "sortdirection", "sortorder", "order", "sortdir", "dir", "orderdirection", "orderdir", "ascdesc")
)
BACKWARDS = frozenset(("sortdescending", "sortdesc", "descending", "desc", "isdescending", "isdesc", "orderdescending"))
"""Names of a flag that says that the largest value comes first."""

WAYS = frozenset(("asc", "desc", "ascending", "descending"))

FIRST = "first"
"""The size of a page, or beside another size such as `max` the number of its first item."""

UNSAID = 50
"""Items on a page if the document does not say. There is no standard; many services have 20 to 100."""

MOST = 10_000


def paging(schemas: Schemas, operation: Operation, properties: Collection[str] = ()) -> Statement | None:
    """The `paging` statement of a list whose items have these properties; None if it has no pages."""
    query = [parameter for parameter in operation.parameters if parameter.location == "query" and parameter.schema]
    sizes = [p for p in query if _word(p) in LIMITS and _is_number(schemas, p)]
    limit = min(sizes, key=lambda p: (_word(p) not in SURE_LIMITS, _word(p) == FIRST), default=None)
    others = [parameter for parameter in query if parameter is not limit]
    position, style = _position(schemas, others)
    told = _told(schemas, operation, others) if position is None else None
    position, style = (told, "cursor") if told is not None else (position, style)
    before = _before(schemas, others) if limit is not None and position is None else None
    position, style = (before, "cursor") if before is not None else (position, style)
    if limit is not None and position is None and _is_of_items(schemas, limit, properties):
        limit = None
    if limit is None and style == "":
        return None
    stated: Statement = {"style": style or "offset", "limit": limit.name if limit else ""}
    stated["position"] = position.name if position is not None else ""
    stated |= _sizes(schemas, limit)
    if style == "cursor":
        stated |= _backward(query) | {"unknown-position": "empty"}
    said = _first(schemas, operation, position) if position is not None else None
    if style == "page" and position is not None and (said == 0 or _starts_at_zero(schemas, position)):
        stated["first"] = 0
    if style == "offset" and said == 1:
        stated["first-item"] = 1
    if _has_link_header(operation):
        stated["link-header"] = True
    return stated | _because(schemas, limit, position, style)


def _is_of_items(schemas: Schemas, limit: Parameter, properties: Collection[str]) -> bool:
    """Is `?length=20` about the `length` of an item, since nothing but its name says that it is the size of a page?"""
    if _word(limit) in SURE_LIMITS or _word(limit) not in {plain(name) for name in properties}:
        return False
    said = f"{described(schemas, limit.pointer).text} {described(schemas, str(limit.schema)).text}"
    return default_size(schemas, limit) is None and COUNTING.search(said) is None


COUNTING = lazy_pattern(r"\b(?:many|number|max\w*|limit\w*|most|pages?|return\w*|results?|fetch\w*)\b", re.IGNORECASE)
"""Words of the description of the size of a page."""


def _because(schemas: Schemas, limit: Parameter | None, position: Parameter | None, style: str) -> Statement:
    named = " and ".join(parameter.name for parameter in (limit, position) if parameter is not None)
    size = "" if default_size(schemas, limit) is not None else "; the size of a page is a guess"
    sure = _is_sure(schemas, limit, position, style)
    note = f"by the names of the query parameters {named}{size}"
    return {"evidence": "implied" if sure else "inferred", "note": note}


def _is_sure(schemas: Schemas, limit: Parameter | None, position: Parameter | None, style: str) -> bool:
    """Can the parameters mean nothing but pages? A name that means several things does beside one that does not."""
    by_limit = limit is not None and (_word(limit) in SURE_LIMITS or position is not None)
    if position is None:
        return by_limit
    name = _word(position)
    if style == "page":
        return name in SURE_PAGES and (limit is None or by_limit)
    if style == "offset":
        return by_limit and (name in SURE_OFFSETS or schemas.keyword(str(position.schema), "default") in (0, 1))
    return by_limit and name in ITEM_CURSORS | TOKENS | BACKWARD


def _position(schemas: Schemas, query: list[Parameter]) -> tuple[Parameter | None, str]:
    for names, style, numeric in (
        (PAGES, "page", True),
        (OFFSETS | {FIRST}, "offset", True),
        (CURSORS, "cursor", False),
    ):
        for parameter in query:
            is_able = (
                _is_number(schemas, parameter) if numeric else not parameter.required and _is_scalar(schemas, parameter)
            )
            if _word(parameter) in names and is_able:
                return parameter, style
    return None, ""


def _told(schemas: Schemas, operation: Operation, query: list[Parameter]) -> Parameter | None:
    """A text named `offset` that a reply gives too: it is a cursor, as Airtable's."""
    success = operation.success()
    shown = [media.schema for media in success.content if media.schema] if success is not None else []
    known = {
        plain(name) for at in shown for name, inner in schemas.properties(at).items() if is_only_text(schemas, inner)
    }
    named = (
        each for each in query if plain(each.name) in SURE_OFFSETS and is_text(schemas, each) and not each.required
    )
    return next((each for each in named if plain(each.name) in known), None)


def _before(schemas: Schemas, query: list[Parameter]) -> Parameter | None:
    """The parameter that names the item before which a page ends, where no other one leads to the next page.

    The newest items come first then. `before` may also be a time, so it has to say that it names an item.
    """
    for parameter in query:
        text = description(schemas, parameter)
        is_named = plain(parameter.name) != "before" or (AN_ITEM.search(text) and not A_TIME.search(text))
        is_moment = schemas.keyword(str(parameter.schema), "format") in ("date", "date-time", "time")
        if plain(parameter.name) in BACKWARD and is_named and not is_moment and _is_scalar(schemas, parameter):
            return None if parameter.required else parameter
    return None


AN_ITEM = lazy_pattern(r"\b(ids?|identifier|uuid|cursor|key)\b", re.IGNORECASE)
A_TIME = lazy_pattern(r"\b(date|time|timestamp|day|moment|created|epoch|seconds|iso)\b", re.IGNORECASE)
"""What the description of `before` says about an item, and about a time."""


def _word(parameter: Parameter) -> str:
    """The name of a parameter without what holds it: `page` of `pagination[page]`, but `pagesize` of `page[size]`.

    A number or a position needs what holds it: `pagenumber` of `pagination[number]`.
    """
    head, bracket, rest = parameter.name.rstrip("]").partition("[")
    if not bracket or plain(head) not in ("pagination", "paging", "pager", "page"):
        return plain(parameter.name)
    inner = plain(rest)
    return f"page{inner}" if inner in ("number", "index", "no", "num", "size") else inner


def _is_scalar(schemas: Schemas, parameter: Parameter) -> bool:
    """Can the value be no object and no list, as `page[size]` in one parameter `page` is?"""
    return not schemas.types(str(parameter.schema)) & {"object", "array"}


def _is_number(schemas: Schemas, parameter: Parameter) -> bool:
    return bool(schemas.types(str(parameter.schema)) & {"integer", "number"})


def _sizes(schemas: Schemas, limit: Parameter | None) -> Statement:
    most = schemas.keyword(str(limit.schema), "maximum") if limit is not None else None
    maximum = int(most) if isinstance(most, int | float) and 0 < most <= MOST else 0
    said = default_size(schemas, limit)
    default = said if said is not None else min(maximum or UNSAID, UNSAID)
    return {"default": default} | ({"maximum": maximum} if maximum else {})


def default_size(schemas: Schemas, parameter: Parameter | None) -> int | None:
    """The `default` of the size of a page; None if its schema has none."""
    value = schemas.keyword(str(parameter.schema), "default") if parameter is not None else None
    return value if type(value) is int and 0 < value <= MOST else None


def _starts_at_zero(schemas: Schemas, parameter: Parameter) -> bool:
    said = first_number(schemas, parameter)
    return said == 0 or (said is None and schemas.keyword(str(parameter.schema), "minimum") == 0)


def _first(schemas: Schemas, operation: Operation, position: Parameter) -> int | None:
    """The number of the first page or item: as the document says it, else as a convention that its reply follows."""
    said = first_number(schemas, position)
    success = operation.success()
    media = next((m for m in success.content if m.schema), None) if success is not None else None
    if said is not None or media is None:
        return said
    known = schemas.properties(str(media.schema))
    inside = (schemas.properties(at) for name, at in known.items() if plain(name) == "page")
    shown = {plain(name) for names in (known, *inside) for name in names}
    return next(
        (number for name, beside, number in CONVENTIONS if plain(position.name) == name and beside <= shown), None
    )


CONVENTIONS = (
    ("startindex", {"totalresults", "itemsperpage"}, 1),  # OpenSearch 1.1, and SCIM (RFC 7644 section 3.4.2.4)
    ("page", {"totalelements", "totalpages", "number"}, 0),  # Spring Data
)
"""A parameter, what is beside the items of the reply, and the number of the first item or page."""


def first_number(schemas: Schemas, parameter: Parameter) -> int | None:
    """The number of the first page, or of the first item, as its default, description or minimum says it; else None.

    A minimum of 0 does not say it: services that count from 1 often take 0 for the first page too.
    """
    default, least = (schemas.keyword(str(parameter.schema), name) for name in ("default", "minimum"))
    if default in (0, 1) and not isinstance(default, bool):
        return int(default)
    text = description(schemas, parameter)
    if bool(ZERO.search(text)) is not bool(ONE.search(text)):
        return 0 if ZERO.search(text) else 1
    return 1 if least == 1 else None


BASE = r"\b({0})[- ](based|indexed)|\b(starts?|starting|begins?|beginning|counted) (at|from|with) ({0})\b"
ZERO = lazy_pattern(BASE.format("zero|0") + r"|\(0\.\.", re.IGNORECASE)
ONE = lazy_pattern(BASE.format("one|1"), re.IGNORECASE)
"""How a description says at which number pages begin."""


def description(schemas: Schemas, parameter: Parameter) -> str:
    """The description of a parameter; empty if it has none."""
    node, _ = schemas.resolve(parameter.pointer)
    text = node.get("description") if isinstance(node, dict) else None
    return text if isinstance(text, str) else ""


def _backward(query: list[Parameter]) -> Statement:
    found = next((parameter.name for parameter in query if plain(parameter.name) in BACKWARD), "")
    return {"backward": found} if found else {}


def _has_link_header(operation: Operation) -> bool:
    success = operation.success()
    return success is not None and any(header.name.lower() == "link" for header in success.headers)


def sort(schemas: Schemas, operation: Operation, properties: Mapping[str, str]) -> Statement | None:
    """The `sort` statement of a list with a parameter that names a property to order by; else None."""
    query = [p for p in filter_parameters(schemas, operation) if _are_texts(schemas, p)]
    ways = [p for p in query if plain(p.name) in DIRECTIONS and enum_of(schemas, p) <= WAYS and enum_of(schemas, p)]
    flags = [p for p in operation.parameters if p.location == "query" and plain(p.name) in BACKWARDS]
    ways += [p for p in flags if p.schema and schemas.types(p.schema) - {"null"} == {"boolean"}]
    fields = [p for p in query if (plain(p.name) in SORTS or p.name == RANSACK_SORT) and p not in ways]
    if not fields:
        return _by_property(schemas, query, properties) or _by_direction(schemas, operation, ways, properties)
    held = [at for name, at in properties.items() if plain(name) in HOLDERS]
    known = [name for each in (properties, *map(schemas.properties, held)) for name in each]
    enum = {plain(SORT_ORDER.sub("", value.lstrip("+-"))) for value in enum_of(schemas, fields[0])}
    if enum and not enum & names_of(known).keys():
        return None
    stated: Statement = {"parameter": fields[0].name}
    if ways:
        stated["direction"] = ways[0].name
    stated |= _default_order(schemas, fields[0], ways[:1], known)
    if enum:
        return stated | {"evidence": "implied", "note": f"{fields[0].name} has the names of properties to choose from"}
    return stated | _sorted_by(schemas, fields[0], properties)


def _sorted_by(schemas: Schemas, parameter: Parameter, properties: Iterable[str]) -> Statement:
    """How it is known that a parameter without an `enum` sorts: it may name the properties in other ways."""
    written = written_sort(schemas, parameter, properties)
    if written.is_listed:
        return {"evidence": "implied", "note": f"the pattern of {parameter.name} names {' and '.join(written.names)}"}
    if written.names:
        return {"evidence": "described", "source": written.source, "note": "its description names properties"}
    return {"evidence": "inferred", "note": "by the names of the query parameters"}


def _by_property(schemas: Schemas, query: list[Parameter], properties: Mapping[str, str]) -> Statement | None:
    """The statement where each property has a parameter for its direction: `order[title]=desc` (API Platform)."""
    for each in query:
        name, bracket, inner = each.name.partition("[")
        is_way = enum_of(schemas, each) <= WAYS and enum_of(schemas, each)
        if bracket and plain(name) in SORTS and inner.removesuffix("]") in properties and is_way:
            note = f"{each.name} is the direction of a property"
            return {"parameter": f"{name}[]", "evidence": "implied", "note": note}
    return None


def _by_direction(
    schemas: Schemas, operation: Operation, ways: list[Parameter], properties: Mapping[str, str]
) -> Statement | None:
    """The statement of a list with a direction alone: of a property that its description names ("by departure").

    Else it is that of the time of creation, if no sentence says that the list is in another order.
    """
    for way in ways[:1]:
        found, default = BY.search(description(schemas, way)), schemas.keyword(str(way.schema), "default")
        named = named_property(found[1], properties) if found is not None else ""
        created = (
            str((timestamps(schemas, properties) or {}).get("created", "")) if enum_of(schemas, way) & WAYS else ""
        )
        told = order(described(schemas, operation.pointer), properties) if created and not named else None
        name = named or (created if told is None or told["by"] in ("creation", created) else "")
        if name:
            is_back = default is True or str(default).lower().startswith("desc")
            is_back = told["direction"] == "descending" if default is None and told is not None else is_back
            why = f"its description names {name}" if named else "nothing says of what, so it is the creation"
            keys = {"parameter": "", "direction": way.name, "default": name}
            keys |= {"default-direction": "desc" if is_back else "asc", "evidence": "inferred"}
            return keys | {"note": f"{way.name} is the direction, and {why}"}
    return None


BY = lazy_pattern(r"(?i)\bby (?:the |their |its )?`?(\w+(?: \w+){0,2})")
"""How a description says by which property a direction orders."""


def _default_order(schemas: Schemas, parameter: Parameter, ways: list[Parameter], known: Iterable[str]) -> Statement:
    """What an absent parameter means, by its `default`: the order of the list and its direction."""
    default = schemas.keyword(str(parameter.schema), "default")
    text = ",".join(map(str, default)) if isinstance(default, list) else default
    names = names_of(known)
    named = SORT_ORDER.sub("", text.partition(",")[0].strip().lstrip("+-")) if isinstance(text, str) else ""
    way = schemas.keyword(str(ways[0].schema), "default") if ways else None
    direction = "desc" if way is True or str(way).lower().startswith("desc") else "asc"
    stated = {"default": text} if plain(named) in names else {}
    return stated | ({"default-direction": direction} if way is not None else {})


RANSACK_SORT = "q[s]"
"""The sort parameter of Ransack, a library for Rails: `q[s]=name desc`."""

HOLDERS = frozenset(("attributes", "fields", "properties"))
"""Names of an object that has what is said about an item beside its id (JSON:API, Airtable, GeoJSON)."""

SORT_ORDER = lazy_pattern(r"[:._ ,-](asc|desc|ascending|descending)(?:[.]nulls(?:first|last))?$", re.IGNORECASE)
"""How a value of a sort parameter ends that names the direction too: `name:desc`, `created_at_asc`."""


def is_text(schemas: Schemas, parameter: Parameter) -> bool:
    """Does a parameter have a text and nothing else? A query cannot send the null that FastAPI allows beside it."""
    return schemas.types(str(parameter.schema)) - {"null"} == {"string"}


def _entries(schemas: Schemas, parameter: Parameter) -> str | None:
    at = str(parameter.schema)
    return schemas.items(at) if schemas.types(at) - {"null"} == {"array"} else None


def _are_texts(schemas: Schemas, parameter: Parameter) -> bool:
    """Does a parameter have a text, or a list of texts?"""
    entries = _entries(schemas, parameter)
    return is_text(schemas, parameter) or (entries is not None and schemas.types(entries) == {"string"})


def is_only_text(schemas: Schemas, pointer: str) -> bool:
    """Does a schema allow texts and nothing else but null?"""
    return schemas.types(pointer) - {"null"} == {"string"}


def enum_of(schemas: Schemas, parameter: Parameter) -> frozenset[str]:
    """The values that a parameter may have, in lower case; none if it may have any."""
    entries = _entries(schemas, parameter)
    values = schemas.keyword(entries or str(parameter.schema), "enum")
    return frozenset(str(value).lower() for value in values or ())
