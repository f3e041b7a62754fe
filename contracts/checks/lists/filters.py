"""Checks of filters on lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from contracts.checks.item_view import as_json
from contracts.checks.lists.encoded_values import check_encoded
from contracts.checks.lists.filter_target import FilteredList
from contracts.checks.lists.filter_values import ignores_case, takes_part, takes_whole, three_values, two_values
from contracts.checks.lists.listed_items import ids, in_one_list
from contracts.checks.lists.page_facts import check_total
from contracts.checks.lists.server_set_filters import SIDES, check_shown_range, check_shown_values
from contracts.cleanup.created_items import CreatedItem
from contracts.client.pagination import listed
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import RecordedExchange, StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation
from contracts.model.statement_sentences import COMPARED
from contracts.runner.check import Check, operation_statement
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import FROM_DOCUMENT, Filter
from mockserver.behaviour.statements.lists import EVERY_FIELD
from mockserver.inference.lists.ranges import says_if_included
from mockserver.inference.sentences.descriptions import Said
from mockserver.inference.values.ordered_pairs import in_order_around

UNSHOWN: Any = object()
"""The value of a field that no reply shows."""

EQUAL = ("equal", "equal-any-case", "any-of", "all-of")
"""How a property compares that has to equal the value of the parameter, where that is one value."""

OF_TEXTS = ("contains", "starts-with", "not-equal")
"""How a property compares with a part of a text, or with another value."""

PAGE = 2
"""The size of the pages of a filtered list."""

WILDCARD = re.compile(r"\b(?:wild ?cards?|patterns?|like|regular expressions?|glob)\b|[%*?]", re.IGNORECASE)
"""What says that signs of a search have a meaning."""

LONG = 4
"""In shorter texts no sign is put."""


def filters(context: CheckContext, resource: CheckedResource, op: ResourceOperation, statement: Filter) -> None:
    """A filtered list contains the matching items and no others."""
    target = FilteredList(resource, op, statement)
    if statement.location == "path":
        raise CannotBuildRequest(f"{statement.parameter} is part of the path; `parent` and `listed` check it")
    if statement.field == EVERY_FIELD:
        return _check_search(context, target)
    if statement.compare == "present":
        raise CannotBuildRequest(f"whether there is a {statement.field} is said in words of the service's own")
    if target.field not in context.bodies.fields(resource.operations["create"]):
        return _check_server_set(context, target)
    if takes_part(context.contract.schemas, op, statement.parameter, statement.field) is not None:
        return _check_parameter(context, target)
    if statement.compare in OF_TEXTS:
        return _check_text(context, target)
    if statement.compare not in EQUAL:
        return _check_range(context, target)
    if statement.parameter and statement.equals is None:
        return _check_parameter(context, target)
    return _check_constant(context, target)


def _check_server_set(context: CheckContext, target: FilteredList) -> None:
    """A filter on a property that no create request sets."""
    statement = target.statement
    if statement.compare in EQUAL and statement.parameter and statement.equals is None:
        check_shown_values(context, target)
    elif statement.compare in SIDES:
        check_shown_range(context, target)
    else:
        raise CannotBuildRequest(f"no create request sets {statement.field}")


def _check_text(context: CheckContext, target: FilteredList) -> None:
    """A list of the items whose text contains, or begins with, a part of that of one item; or is another one."""
    resource, statement, create = target.resource, target.statement, target.resource.operations["create"]
    body = context.body(resource, full=True)
    value = body.get(statement.field)
    other = context.bodies.other(create, statement.field, value, context.check)
    text = value if isinstance(value, str) else ""
    part: Any = {"contains": text[1:4], "starts-with": text[:3], "not-equal": value}[statement.compare]
    if part in (None, ""):
        raise CannotBuildRequest(f"no value of {statement.field} has a part to ask for")
    one, two = (context.create(resource, context.body(resource) | {statement.field: each}) for each in (value, other))
    items, listing = target.all(context, one, {statement.parameter: part})
    wanted = [each for each in (one, two) if _fits(statement.compare, each.sent.get(statement.field), part)]
    rest = [each for each in (one, two) if each not in wanted]
    said = f"with {statement.parameter}={part} the list has only items whose {statement.field} {COMPARED[statement.compare]}"
    _expect_items(context, resource, items, wanted, rest, listing, said)


def _fits(compare: str, value: Any, asked: Any) -> bool:
    if compare == "not-equal":
        return bool(value != asked)
    own, part = str(value).casefold(), str(asked).casefold()
    return part in own if compare == "contains" else own.startswith(part)


def _check_constant(context: CheckContext, target: FilteredList) -> None:
    """A list that always shows the items with one value only, unless a parameter has a stated value."""
    resource, statement, create = target.resource, target.statement, target.resource.operations["create"]
    inside = context.create(resource, context.body(resource) | {statement.field: statement.equals})
    value = context.bodies.other(create, statement.field, statement.equals, context.check)
    outside = context.create(resource, context.body(resource) | {statement.field: value})
    items, listing = target.all(context, inside, {})
    text = f"the list contains exactly the items whose {statement.field} is {as_json(statement.equals)}"
    _expect_items(context, resource, items, [inside], [outside], listing, text)
    _check_pages(context, target, {}, inside, value, text)
    if statement.parameter and statement.unless is not None:
        items, listing = target.all(context, inside, {statement.parameter: statement.unless})
        text = f"the list contains all items with {statement.parameter}={statement.unless}"
        _expect_items(context, resource, items, [inside, outside], [], listing, text)


def _check_pages(
    context: CheckContext,
    target: FilteredList,
    query: dict[str, Any],
    inside: CreatedItem,
    value: Any,
    text: str,
) -> None:
    """Items that do not match take no place on a page and do not count."""
    resource, paging = target.resource, target.op.behaviour.paging
    if paging is None or value is None or paging.evidence == "inferred" or not _is_size(context, target, paging.limit):
        return
    wanted = inside.sent[target.field]
    outside = [context.create(resource, context.body(resource) | {target.field: value}) for _ in range(3)]
    # Without a parameter for the next page, the first one must have room for all.
    more = PAGE if paging.position or paging.style == "cursor" else PAGE - 1
    last = [context.create(resource, context.body(resource) | {target.field: wanted}) for _ in range(more)]
    # One after the last, so that in either order a page that is not filtered shows others behind its first one.
    outside.append(context.create(resource, context.body(resource) | {target.field: value}))
    if len(in_one_list(resource, [inside, *last])) <= more:
        return  # each of them needed another owner
    items, listing = target.all(context, inside, query, PAGE)
    if not _has(resource, items, [inside, *last]) and _pages_lose(context, target, [inside, *last, *outside]):
        return  # `paging` reports it
    _expect_items(context, resource, items, [inside, *last], outside, listing, f"{text}, in pages of {PAGE}")
    sizes = [size for each in listing if (size := len(listed(target.op, each)))]
    context.expect(
        all(size <= PAGE for size in sizes) or not paging.limit,
        f"{text}, and no page has more than {PAGE} items with {paging.limit}={PAGE}",
        f"pages of {sizes}",
        *listing,
        about="size",
    )
    guess = StatementRef(target.op.name, "paging", "inferred", "", "A page before the last is full.")
    is_choice = paging.evidence in FROM_DOCUMENT and paging.style == "cursor"
    context.expect(
        all(size == PAGE for size in sizes[:-1]) or not paging.limit,
        f"{text}, and each page before the last is full",
        f"pages of {sizes}",
        *listing,
        about="full",
        statement=guess if is_choice else None,
    )
    for each in listing:
        check_total(context, target.op, len(items), each)


def _has(resource: CheckedResource, items: Sequence[dict[str, Any]], wanted: Sequence[CreatedItem]) -> bool:
    return {str(each.id) for each in wanted} <= set(ids(resource, items))


def _pages_lose(context: CheckContext, target: FilteredList, made: Sequence[CreatedItem]) -> bool:
    """Do pages of this size lose items without a filter, too?"""
    return not _has(target.resource, target.all(context, made[0], {}, PAGE)[0], in_one_list(target.resource, made))


def _is_size(context: CheckContext, target: FilteredList, parameter: str) -> bool:
    """Does the document allow pages of that size?"""
    pointer = target.op.query_schema(parameter)
    return pointer is None or context.contract.schemas.validator(pointer, "request").is_valid(PAGE)


def _check_parameter(context: CheckContext, target: FilteredList) -> None:
    """Of two items with different values, the list for each value has one."""
    resource, parameter = target.resource, target.statement.parameter
    values = two_values(context, target.resource, target.statement)
    inside, outside = (context.create(resource, _with(context, resource, target.field, value)) for value in values)
    _expect_both_shown(context, target, inside, outside)
    for mine, theirs in ((inside, outside), (outside, inside)):
        wanted = _scalar(mine.sent[target.field])
        items, listing = target.all(context, mine, {parameter: wanted})
        text = f"the list contains exactly the items whose {target.field} is {as_json(wanted)}"
        _expect_items(context, resource, items, [mine], [theirs], listing, text)
    if not context.findings:
        _check_wording(context, target, target.field, inside, outside)
        _check_whole(context, target, inside)
    if isinstance(inside.sent[target.field], str) and target.statement.evidence in FROM_DOCUMENT:
        _check_encoded(context, target, target.field)
    wanted = _scalar(inside.sent[target.field])
    text = f"the list contains exactly the items whose {target.field} is {as_json(wanted)}"
    _check_pages(context, target, {parameter: wanted}, inside, values[1], text)


def _check_range(context: CheckContext, target: FilteredList) -> None:
    """Of two items, one on each side of a bound, the list for this bound has one."""
    resource, statement = target.resource, target.statement
    low, bound, high = three_values(context, resource, target.op, statement)
    below, above = (context.create(resource, _with(context, resource, target.field, value)) for value in (low, high))
    _expect_both_shown(context, target, below, above)
    mine, theirs = (above, below) if statement.compare in ("at-least", "above") else (below, above)
    items, listing = target.all(context, mine, {statement.parameter: bound})
    text = f"with {statement.parameter}={bound} the list has only items whose {target.field} is {statement.compare} it"
    _expect_items(context, resource, items, [mine], [theirs], listing, text)
    _check_totals(context, target, len(items), listing)
    if statement.evidence in ("documented", "described") or says_if_included(statement.parameter):
        _check_bound(context, target, bound)


def _check_bound(context: CheckContext, target: FilteredList, bound: Any) -> None:
    """An item with the value of the bound itself is in the list, or not, as the document says."""
    resource, statement = target.resource, target.statement
    made = context.create(resource, _with(context, resource, target.field, bound))
    items, listing = target.all(context, made, {statement.parameter: bound})
    included = statement.compare in ("at-least", "at-most")
    text = f"{statement.parameter}={bound} selects items whose {target.field} is {statement.compare.replace('-', ' ')} that"
    what = f"{text}, {'so' if included else 'so not'} the one with this value"
    _expect_items(context, resource, items, [made] * included, [made] * (not included), listing, what)


def _with(context: CheckContext, resource: CheckedResource, field: str, value: Any) -> dict[str, Any]:
    body = context.body(resource) | {field: value}
    if not context.bodies.accepts(resource.operations["create"], body):
        body = context.body(resource, full=True) | {field: value}
    return in_order_around(body, field, resource.ordered_pairs)


def _scalar(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _expect_both_shown(context: CheckContext, target: FilteredList, *made: CreatedItem) -> None:
    """Raises CannotBuildRequest if the list lacks the items without the filter, or the service chose their values.

    Other checks report that. Here it would only say that a list may hide items for another reason than the filter.
    """
    if target.statement.evidence not in FROM_DOCUMENT or target.statement.location != "query":
        return
    items, _ = target.all(context, made[0], {})
    by_id = dict(zip(ids(target.resource, items), items, strict=True))
    if any(str(each.id) not in by_id for each in made):
        raise CannotBuildRequest("the list without the filter does not show the new items")
    for each in made:
        shown = by_id[str(each.id)].get(target.field, each.item.get(target.field, UNSHOWN))
        if shown is UNSHOWN:
            raise CannotBuildRequest(f"no reply shows {target.field}")
        if shown != each.sent[target.field]:
            raise CannotBuildRequest(f"the service chooses {target.field} itself")


def _check_search(context: CheckContext, target: FilteredList) -> None:
    """A search for a word that one item has does not show an item without it."""
    resource, create = target.resource, target.resource.operations["create"]
    name = next(iter(context.bodies.free_text_fields(create, context.body(resource, full=True))), None)
    if name is None:
        raise CannotBuildRequest("no field takes any text")
    words = two_values(context, resource, Filter(field=name, parameter=target.statement.parameter, evidence="implied"))
    inside, outside = (context.create(resource, _with(context, resource, name, word)) for word in words)
    _expect_both_shown(context, target._replace(statement=_about(target.statement, name)), inside, outside)
    for mine, theirs in ((inside, outside), (outside, inside)):
        items, listing = target.all(context, mine, {target.statement.parameter: mine.sent[name]})
        text = f"a search for {as_json(mine.sent[name])} shows the item whose {name} it is"
        _expect_items(context, resource, items, [], [theirs], listing, f"{text}, and no item without the word")
        guess = StatementRef(target.op.name, "filter", "inferred", "", f"A search looks into {name}.")
        _expect_items(context, resource, items, [mine], [], listing, text, guess)
        found = str(mine.id) in ids(resource, items)
        if found:
            _check_totals(context, target, len(items), listing)
            _check_wording(context, target, name, mine, theirs)
    if found:
        _check_capitals(context, target, name, str(words[0]))
        _check_encoded(context, target, name, is_search=True)


def _check_totals(context: CheckContext, target: FilteredList, count: int, listing: Sequence[RecordedExchange]) -> None:
    """The total of a list counts what matches, on all pages."""
    paging = target.op.behaviour.paging
    for each in listing if paging is not None and paging.evidence in FROM_DOCUMENT else ():
        check_total(context, target.op, count, each)


def _check_encoded(context: CheckContext, target: FilteredList, name: str, *, is_search: bool = False) -> None:
    """A value that a URL encodes is found too, if plain ones are: nothing was found so far, and any text is accepted."""
    pointer = context.bodies.fields(target.resource.operations["create"])[name]
    asked = target.op.query_schema(target.statement.parameter)
    words = ("enum", "const", "format")
    is_free = all(context.contract.schemas.keyword(at, word) is None for at in (pointer, asked) if at for word in words)
    is_reference = any(each.field == name for each in target.resource.behaviour.references)
    if is_free and not is_reference and not context.findings:
        check_encoded(
            context, target, name, lambda text: _with(context, target.resource, name, text), is_search=is_search
        )


def _check_wording(
    context: CheckContext, target: FilteredList, name: str, mine: CreatedItem, theirs: CreatedItem
) -> None:
    """What finds an item finds it in other case and by a part too, where the document says that this is enough."""
    schemas, parameter, whole = context.contract.schemas, target.statement.parameter, mine.sent[name]
    if not isinstance(whole, str):
        return
    asked, part = target.op.query_schema(parameter), takes_part(schemas, target.op, parameter, name)
    for said, word, about in (
        (ignores_case(schemas, target.op, parameter), whole.swapcase(), "The case of letters does not matter."),
        (part, whole[1:-1], f"A part of {name} is enough."),
    ):
        is_valid = asked is None or schemas.validator(asked, "request").is_valid(word)
        if said is None or not word or word == whole or not is_valid:
            continue
        items, listing = target.all(context, mine, {parameter: word})
        stated = StatementRef(target.op.name, "filter", "described", said.source, about)
        text = f"{parameter}={word} shows the item whose {name} is {as_json(whole)}"
        _expect_items(context, target.resource, items, [mine], [theirs], listing, text, stated)
    if part is not None and not WILDCARD.search(part.sentence) and len(whole) > LONG:
        _check_signs(context, target, name, mine, part)


def _check_capitals(context: CheckContext, target: FilteredList, name: str, text: str) -> None:
    """A text with capital letters is found in every case, where the document says that case does not matter."""
    parameter, written = target.statement.parameter, text.title()
    said, asked = ignores_case(context.contract.schemas, target.op, parameter), target.op.query_schema(parameter)
    body = _with(context, target.resource, name, written)
    if said is None or written == text or not context.bodies.accepts(target.resource.operations["create"], body):
        return
    stated = StatementRef(target.op.name, "filter", "described", said.source, "The case of letters does not matter.")
    made = context.create(target.resource, body)
    for word in (written, written.lower(), written.upper()):
        if asked is None or context.contract.schemas.validator(asked, "request").is_valid(word):
            items, listing = target.all(context, made, {parameter: word})
            shows = f"{parameter}={word} shows the item whose {name} is {as_json(written)}"
            _expect_items(context, target.resource, items, [made], [], listing, shows, stated)


def _check_whole(context: CheckContext, target: FilteredList, mine: CreatedItem) -> None:
    """A part of a value finds nothing where the document says that the whole one is asked for."""
    whole, parameter = _scalar(mine.sent[target.field]), target.statement.parameter
    said = takes_whole(context.contract.schemas, target.op, parameter, target.statement.field)
    asked = target.op.query_schema(parameter)
    for part in (whole[:-1], whole[1:]) if said is not None and isinstance(whole, str) and len(whole) > LONG else ():
        if asked is not None and not context.contract.schemas.validator(asked, "request").is_valid(part):
            continue
        items, listing = target.all(context, mine, {parameter: part})
        about = f"Only the whole {target.field} is enough."
        stated = StatementRef(target.op.name, "filter", "described", said.source if said else "", about)
        text = f"{parameter}={part} does not show the item whose {target.field} is {as_json(whole)}"
        _expect_items(context, target.resource, items, [], [mine], listing, text, stated)


def _check_signs(context: CheckContext, target: FilteredList, name: str, mine: CreatedItem, part: Said) -> None:
    """A sign that a database reads as "any letter" finds no text in which it is not: it is no part of this text."""
    whole, parameter = mine.sent[name], target.statement.parameter
    asked = target.op.query_schema(parameter)
    stated = StatementRef(target.op.name, "filter", "described", part.source, f"Only a part of {name} is searched for.")
    for sign in ("%", "_"):
        word = whole[:2] + sign + whole[3:]
        if sign in whole or (asked and not context.contract.schemas.validator(asked, "request").is_valid(word)):
            continue
        items, listing = target.all(context, mine, {parameter: word})
        text = f"{parameter}={word} does not show the item whose {name} is {as_json(whole)}: it has no {sign}"
        _expect_items(context, target.resource, items, [], [mine], listing, text, stated)


def _about(statement: Filter, name: str) -> Filter:
    return Filter(parameter=statement.parameter, field=name, evidence=statement.evidence, source=statement.source)


def _expect_items(
    context: CheckContext,
    resource: CheckedResource,
    items: Sequence[Any],
    inside: list[CreatedItem],
    outside: list[CreatedItem],
    listing: Sequence[RecordedExchange],
    expected: str,
    statement: StatementRef | None = None,
) -> None:
    if any(each.status >= 400 for each in listing):
        raise CannotBuildRequest(f"the list was refused with {listing[-1].status}, which other checks report")
    listed_ids = set(ids(resource, items))
    history = (*(m.exchange for m in (*inside, *outside)), *listing)
    for holds, seen, about in (
        (all(str(m.id) in listed_ids for m in inside), "a matching item is missing", "misses"),
        (not any(str(m.id) in listed_ids for m in outside), "an item that does not match is in the list", "leaks"),
    ):
        context.expect(holds, expected, seen, *history, about=about, statement=statement)


CHECKS = (Check("filter", ("filter",), operation_statement("filter", "create", "list"), filters),)
