"""Which items a list shows, by the names of its query parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.behaviour.statements.lists import EVERY_FIELD
from mockserver.inference.lists.filter_parameters import asked_words, filter_parameters
from mockserver.inference.lists.label_selectors import selectors
from mockserver.inference.lists.paging import HOLDERS, Statement, enum_of, is_text
from mockserver.inference.lists.ranges import ranges
from mockserver.inference.lists.said_beginnings import said_beginnings
from mockserver.inference.lists.said_conditions import said_conditions
from mockserver.inference.names import noun, plain, words
from mockserver.inference.relations.references import EACH, ID_WORDS, relation
from mockserver.inference.relations.relationships import relationship_fields
from mockserver.inference.sentences.all_sentences import said_all
from mockserver.inference.sentences.descriptions import Said, description
from mockserver.inference.sentences.letter_case import ANY_CASE
from mockserver.inference.sentences.part_sentences import said_part
from mockserver.inference.values.fields import format_of
from mockserver.inference.values.identity import KEYS
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation, Parameter
from mockserver.openapi.schemas import Schemas

TIMES = frozenset(("date", "date-time", "time"))
"""Formats whose parameters ask for a range (before, after) and not for equality."""

VIEWS = frozenset((
    "lang", "language", "locale", "currency", "unit", "units", "timezone", "tz", "format", "version", "fields",
    "include", "expand", "view", "embed", "token", "key", "apikey", "date", "time", "country", "region", "order",
    "position", "offset", "limit", "page", "size", "count", "total", "from", "to", "start", "end", "accesstoken",
))  # fmt: skip
"""Names of parameters that may say how items are shown, or who asks, and not which."""

ANY = frozenset(("all", "any", "*", "both"))
"""Values that select every item."""


class IdNames(NamedTuple):
    """The property with the id of an item, and what an item is called: `id` and `ticket`, for `ticket_ids`."""

    field: str
    noun: str


def filters(
    schemas: Schemas,
    operation: Operation,
    properties: Mapping[str, str],
    taken: frozenset[str],
    related: Mapping[str, str],
    key: IdNames,
    stamps: Statement | None = None,
) -> list[Statement]:
    """The `filter` statements of a list: query parameters with the name of a property and its type.

    `related` are properties of items that `properties` refer to: `project_id.name` for a parameter `project_name`.
    `key` names the property with the id, which `ids` selects by. `stamps` are the `timestamps` of items.
    """
    found = list(_filters(schemas, operation, properties, taken, related, key))
    used = taken | {str(each["parameter"]) for each in found}
    found += ranges(schemas, operation, properties, used, stamps or {})
    used |= {str(each["parameter"]) for each in found}
    found += said_conditions(schemas, operation, properties, used)
    found += said_beginnings(schemas, operation, properties, used, key.field)
    used |= {str(each["parameter"]) for each in found}
    found += _opposites(schemas, operation, properties, used)
    used |= {str(each["parameter"]) for each in found}
    found += [*_expressions(schemas, operation, used), *selectors(schemas, operation, properties, used)]
    used |= {str(each["parameter"]) for each in found}
    return [*found, *_searches(schemas, operation, used)]


def _opposites(
    schemas: Schemas, operation: Operation, properties: Mapping[str, str], taken: frozenset[str]
) -> Iterator[Statement]:
    """The flags of a query about a flag of the item by another name: `unread` for `read`, `openOnly` for `isOpen`."""
    own = {plain(name): name for name, at in properties.items() if schemas.types(at) - {"null"} == {"boolean"}}
    flags = {name.removeprefix("is"): field for name, field in own.items()} | own
    for each in operation.parameters:
        is_flag = each.location == "query" and each.schema and schemas.types(each.schema) - {"null"} == {"boolean"}
        if not is_flag or each.name in taken:
            continue
        parts = asked_words(each.name)
        asked = "".join(part for part in parts if part not in ("only", "is"))
        opposite = flags.get(asked.removeprefix("un").removeprefix("not").removeprefix("non"))
        if (name := flags.get(asked)) is not None:
            only = {"equals": True, "unless": False, "default": False} if "only" in parts else {}
            note = f"the query parameter asks for {name}"
            yield {"parameter": each.name, "field": name, **only, "evidence": "inferred", "note": note}
        elif opposite is not None:
            note = f"the query parameter says the opposite of {opposite}"
            stated = {"parameter": each.name, "field": opposite, "equals": False, "unless": False, "default": False}
            yield {**stated, "evidence": "inferred", "note": note}


def _expressions(schemas: Schemas, operation: Operation, taken: frozenset[str]) -> list[Statement]:
    """The parameter for an expression: `$filter` of OData, and `filter` of SCIM or with such an example."""
    success = operation.success()
    shown = {
        plain(name)
        for media in (success.content if success is not None else ())
        for name in (schemas.properties(media.schema) if media.schema else ())
    }
    found = []
    for each in operation.parameters:
        if each.location != "query" or each.name in taken or not each.schema or not is_text(schemas, each):
            continue
        is_scim = {"totalresults", "resources"} <= shown
        is_expression = is_scim or _has_operator(schemas, each) or description(schemas, each.pointer).first(EXPRESSION)
        if each.name == "$filter" or (plain(each.name) == "filter" and is_expression):
            note = f"{each.name} is an expression, as in {'OData' if each.name == '$filter' else 'SCIM'}"
            stated = {"parameter": each.name, "field": EVERY_FIELD, "compare": "expression"}
            found.append({**stated, "evidence": "inferred", "note": note})
    return found


def _in_any_case(schemas: Schemas, parameter: Parameter) -> Statement:
    """How a text compares where the description of the parameter says that case does not matter; else nothing."""
    said = description(schemas, parameter.pointer).first(ANY_CASE)
    is_listed = bool(schemas.keyword(str(parameter.schema), "enum"))
    return said.statement(compare="equal-any-case") if said is not None and not is_listed else {}


def _has_operator(schemas: Schemas, parameter: Parameter) -> bool:
    """Does the example of a parameter, or its description, have a comparison such as `name eq "x"`?"""
    node, _ = schemas.resolve(parameter.pointer)
    said = node if isinstance(node, Mapping) else {}
    told = (said.get("example"), said.get("description"), schemas.keyword(str(parameter.schema), "example"))
    return any(COMPARISON.search(text) for text in told if isinstance(text, str))


def _nothing(schemas: Schemas, parameter: Parameter) -> Statement:
    """The value of a text that selects the items without a value, by a sentence; empty without one."""
    said = description(schemas, parameter.pointer).first(NONE) if is_text(schemas, parameter) else None
    return {"nothing": said.match["value"]} if said is not None else {}


NONE = lazy_pattern(
    r"[`'\"“]?\b(?P<value>[a-z]+)\b[`'\"”]?(?: (?:for|means|selects|returns|lists|shows|gives))+ "
    r"(?:those |the |items |all |ones )*"
    r"(?:without|with no|that have no|not in)\b",
    re.IGNORECASE,
)
"""How a description names the value that selects what has none: "`root` for those without a parent"."""

EXPRESSION = lazy_pattern(r"\bexpressions?\b|\bOData\b|\bAIP-160\b", re.IGNORECASE)
"""How a description says that the value of a parameter is an expression."""

COMPARISON = lazy_pattern(r"\w (?:eq|co|sw) [\"']\w|\w ?(?:=|!=|>=|<=|>|<) ?[\"']?\w")
"""A comparison in a text."""


def _filters(
    schemas: Schemas,
    operation: Operation,
    shown: Mapping[str, str],
    taken: frozenset[str],
    related: Mapping[str, str],
    key: IdNames,
) -> Iterator[Statement]:
    known = dict.fromkeys(("id", f"{key.noun}id"), key.field) if key.field in shown else {}
    known |= {plain(relation(*name.split(".", 1))): name for name in related}
    properties = {**related, **_embedded(schemas, shown), **shown, **_listed(schemas, shown)}
    named = {plain(name.partition(EACH)[0]): name for name in properties if name not in related}
    linked = relationship_fields(schemas, shown)
    properties |= dict(linked.values())
    known = _by_other_names(properties) | {name: field for name, (field, _) in linked.items()} | known | named
    for parameter in filter_parameters(schemas, operation):
        readings = (plain(parameter.name), "".join(asked_words(parameter.name)), _of_each(schemas, parameter))
        name = next((known[reading] for reading in readings if reading in known), None)
        name = name or _alone(schemas, parameter, properties, shown)
        if parameter.name in taken or name is None:
            continue
        asked = _scalar_types(schemas, str(parameter.schema)) - {"null"}
        name = _key_inside(schemas, parameter, name, properties, asked)
        own = schemas.types(properties[name])
        if format_of(schemas, properties[name]) in TIMES:
            continue
        every = said_all(schemas, parameter) if EACH in name else None
        if _is_any_of(schemas, parameter, name, key.field, own - {"null"}):
            note = f"the query parameter has ids as texts, which {name} has"
            stated = {"parameter": parameter.name, "field": name, "compare": "any-of"}
            stated |= {"evidence": "inferred", "note": note} | _nothing(schemas, parameter)
            yield stated | (every.statement(compare="all-of") if every is not None else {})
        elif name in dict(linked.values()) and asked == {"integer"} and own == {"string"}:
            stated = {"parameter": parameter.name, "field": name, "compare": "any-of"}
            yield {**stated, "evidence": "inferred", "note": f"the query parameter has the ids of {name}"}
        elif asked & own & {"string", "integer", "boolean", "number"} or ("number" in asked and "integer" in own):
            note = f"the query parameter has the name and the type of the property {name}"
            is_own = name in shown or (name.endswith(EACH) and name.removesuffix(EACH) in shown)
            is_named = is_own and plain(name.removesuffix(EACH)) in readings
            evidence = "implied" if is_named and plain(parameter.name) not in VIEWS else "inferred"
            stated = {"parameter": parameter.name, "field": name, "evidence": evidence, "note": note}
            said = _says_only(schemas, parameter) if evidence == "inferred" and is_own else None
            is_text_of_own = is_own and asked == own - {"null"} == {"string"}
            part = said_part(schemas, parameter, name) if asked == own - {"null"} == {"string"} else None
            stated |= part.statement(compare="contains") if part is not None else {}
            stated |= said.statement() if said is not None and part is None else {}
            stated |= _in_any_case(schemas, parameter) if is_text_of_own and part is None else {}
            stated |= every.statement(compare="all-of") if every is not None else {}
            if part is None and every is None and is_text(schemas, parameter):
                stated |= _several_texts(schemas, parameter, name, own - {"null"})
            listed = schemas.keyword(properties[name], "enum") or ()
            anything = (enum_of(schemas, parameter) & ANY) - {str(value).lower() for value in listed}
            stated |= {"anything": _written(schemas, parameter, anything)} if anything else {}
            stated |= _nothing(schemas, parameter)
            default = schemas.keyword(str(parameter.schema), "default")
            is_choice = asked == {"boolean"} or bool(enum_of(schemas, parameter))
            is_said = is_choice and default is not None and default != stated.get("anything")
            yield stated | ({"default": default} if is_said and plain(parameter.name) not in VIEWS else {})


def _several_texts(schemas: Schemas, parameter: Parameter, name: str, own: frozenset[str]) -> Statement:
    """How a text with commas compares: a list has all of several labels, another property one of several values."""
    if own != {"string"} or description(schemas, parameter.pointer).first(COMMAS) is None:
        return {}
    return {"compare": "all-of" if EACH in name else "any-of"}


COMMAS = lazy_pattern(r"\bcomma[- ](?:separated|delimited)\b|\bseparated (?:by|with) commas?\b|\bCSV\b", re.IGNORECASE)
"""How a description says that a text has several values."""


def _key_inside(
    schemas: Schemas, parameter: Parameter, name: str, properties: Mapping[str, str], asked: frozenset[str]
) -> str:
    """The property by which a parameter called like an object of the item names it: `category.slug` for `category`.

    The description may say which ("Slug of the category"); else it is the likeliest that has the type. For any other
    property it is the property itself.
    """
    own, inner = schemas.types(properties[name]), {key: f"{name}.{key}" for key in schemas.properties(properties[name])}
    # What may also be an id is stored as the id: `member` is the text of a client until a request expands it.
    if not inner or "object" not in own or not asked <= {"string", "integer"} or asked & own:
        return name
    spoken = {"".join(noun(word)) for word in words(description(schemas, parameter.pointer).text)}
    able = [key for key in inner if inner[key] in properties and asked & schemas.types(properties[inner[key]])]
    found = [*(key for key in able if plain(key) in spoken), *(key for key in KEYS if key in able)]
    return inner[found[0]] if found else name


def _alone(
    schemas: Schemas, parameter: Parameter, properties: Mapping[str, str], shown: Mapping[str, str]
) -> str | None:
    """The only property inside of an object of the item that has the name of a parameter: `recipient.city` of `city`.

    A name that may say how items are shown needs a description that names the object: "City of the recipient".
    """
    asked = "".join(asked_words(parameter.name))
    found = [name for name in properties if name.partition(".")[0] in shown and plain(name.partition(".")[2]) == asked]
    if len(found) != 1:
        return None
    spoken = {noun(word)[-1] for word in words(description(schemas, parameter.pointer).text)}
    is_said = noun(found[0].partition(".")[0])[-1] in spoken
    return found[0] if is_said or (asked not in VIEWS and asked not in SEARCHES) else None


def _says_only(schemas: Schemas, parameter: Parameter) -> Said | None:
    """The sentence which says that a list has only items with a value: "only books with this tag"; None without one."""
    word = re.escape(" ".join(asked_words(parameter.name)))
    pattern = rf"\b(?:only|just|limits?|restricts?|filters?|with|that have)\b.*\b(?:this|that|the given) {word}\b"
    return description(schemas, parameter.pointer).first(re.compile(pattern, re.IGNORECASE))


def _is_any_of(schemas: Schemas, parameter: Parameter, name: str, key: str, own: frozenset[str]) -> bool:
    """Has a parameter texts that are ids, where these are numbers, or one text with several ids?"""
    is_id = name == key or (words(name)[-1:] != () and words(name)[-1] in ID_WORDS)
    if not is_id or _scalar_types(schemas, str(parameter.schema)) != {"string"}:
        return False
    is_several = is_text(schemas, parameter) and plain(parameter.name) != plain(name) and _of_ids(parameter.name)
    return own == {"integer"} or (is_several and own == {"string"})


def _by_other_names(properties: Mapping[str, str]) -> dict[str, str]:
    """Properties by names that they have only in queries: `tag` for `tags[]` or `tagList[]`, `title` inside others."""
    lists = {name: name.partition(EACH)[0] for name in properties if EACH in name}
    ending = {name: words(each) for name, each in lists.items()}
    found = {"".join(noun("_".join(parts[:-1]))): name for name, parts in ending.items() if _is_called_list(parts)}
    found |= {"".join(noun(each)): name for name, each in lists.items()}
    split = [(name, *name.split(".", 1)) for name in properties if "." in name]
    return found | {plain(inner): name for name, outer, inner in split if plain(outer) in HOLDERS}


def _is_called_list(parts: tuple[str, ...]) -> bool:
    """Does a name end with what it is: `tagList`, `tag_names`?"""
    return len(parts) > 1 and parts[-1] in ("list", "names", "array", "set", "collection")


def _searches(schemas: Schemas, operation: Operation, taken: frozenset[str]) -> Iterator[Statement]:
    """Parameters that search in all texts of an item."""
    for each in operation.parameters:
        is_free = each.location == "query" and each.name not in taken and each.schema and not enum_of(schemas, each)
        if is_free and plain(each.name) in SEARCHES and is_text(schemas, each):
            note = "by the name of the query parameter"
            yield {"parameter": each.name, "field": EVERY_FIELD, "evidence": "implied", "note": note}
        elif is_free and is_text(schemas, each) and plain(each.name) in MAYBE_SEARCHES:
            note = "by the name of the query parameter, which no property has"
            yield {"parameter": each.name, "field": EVERY_FIELD, "evidence": "inferred", "note": note}


MAYBE_SEARCHES = frozenset(("text", "fulltext", "freetext", "searchstring", "querystring", "phrase", "searchphrase"))
"""Such names that may mean something else."""

SEARCHES = frozenset(("q", "query", "search", "searchterm", "searchtext", "searchquery", "term", "keyword", "keywords"))
"""Names of parameters whose words are searched for."""


def _embedded(schemas: Schemas, properties: Mapping[str, str]) -> dict[str, str]:
    """The properties of embedded objects by names such as `project.name`, for a parameter `project_name`."""
    found = {}
    for outer, pointer in properties.items():
        if "object" in schemas.types(pointer):
            found.update({f"{outer}.{name}": at for name, at in schemas.properties(pointer).items()})
    return found


def _listed(schemas: Schemas, properties: Mapping[str, str]) -> dict[str, str]:
    """The values of lists: `tags[]` of a list of texts, `tags[].name` of a list of objects with names."""
    found = {}
    for name, pointer in properties.items():
        entries = schemas.items(pointer) if "array" in schemas.types(pointer) else None
        inner = schemas.properties(entries) if entries is not None else {}
        key = next((key for key in NAMES if key in inner), "")
        if entries is not None and (key or not inner):
            found[f"{name}{EACH}.{key}" if key else f"{name}{EACH}"] = inner.get(key, entries)
    return found


NAMES = ("name", "slug", "label", "key", "code", "id")
"""Properties by which a query names an object of a list, the likeliest first."""


def _of_each(schemas: Schemas, parameter: Parameter) -> str:
    """What each value of a parameter with a list is about: `id` for `ids`; empty for other parameters.

    Several ids may also be a text, with commas between them.
    """
    types = schemas.types(str(parameter.schema))
    is_list = "array" in types or (types == {"string"} and _of_ids(parameter.name))
    return "".join(noun("_".join(asked_words(parameter.name)))) if is_list else ""


def _of_ids(name: str) -> bool:
    """Is a parameter called `ids`, or `customer_ids`?"""
    found = asked_words(name)
    return bool(found) and found[-1].endswith("s") and noun(found[-1])[-1] in ID_WORDS


def _scalar_types(schemas: Schemas, pointer: str) -> frozenset[str]:
    """The types of a parameter's value, or of the values of its list."""
    entries = schemas.items(pointer) if "array" in schemas.types(pointer) else None
    return schemas.types(entries if entries is not None else pointer)


def _written(schemas: Schemas, parameter: Parameter, values: frozenset[str]) -> Any:
    """One of `values` as the `enum` of the parameter writes it, or that of its entries."""
    entries = schemas.items(str(parameter.schema))
    enum = schemas.keyword(str(parameter.schema), "enum") or schemas.keyword(str(entries or parameter.schema), "enum")
    return next((value for value in enum or () if str(value).lower() in values), min(values))
