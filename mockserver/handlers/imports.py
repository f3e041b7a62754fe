"""Imports: a request has a table, and each row makes an item, or changes the one whose id or unique value it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mockserver.errors import Fault, Invalid, Refusal
from mockserver.handlers import actions
from mockserver.handlers.binding.bound_operation import Handler
from mockserver.handlers.binding.import_plans import ImportPlan
from mockserver.handlers.refusals.unique_values import compared_values
from mockserver.handlers.request_context import RequestContext
from mockserver.inference.names import plain
from mockserver.lazy_module import LazyModule
from mockserver.messages import Reply
from mockserver.openapi.schema_faults import faults as schema_faults
from mockserver.state.record import Record

if TYPE_CHECKING:
    from mockserver.openapi import csv_text
else:
    csv_text = LazyModule("mockserver.openapi.csv_text")

MOST_REFUSED = 20
"""How many rows that are refused a reply lists."""


def begin(context: RequestContext) -> None:
    """An import drafts no item of its own."""


def end(context: RequestContext) -> Reply:
    """Store an item for each row, and say how many there were."""
    plan = context.bound.imported
    assert plan is not None  # noqa: S101  # binding sets it
    counts, refused = {"created": 0, "updated": 0}, list[dict[str, Any]]()
    for line, fields in _rows(context, plan):
        try:
            counts["created" if _stored(context, plan, fields) else "updated"] += 1
        except Refusal as refusal:
            if not plan.lists:
                raise _placed(refusal, line) from None
            refused.append({"line": line, "fault": refusal})
    number = len(refused)
    done = sum(counts.values())
    values: dict[str, Any] = {**counts, "failed": number, "imported": done, "rows": done + number}
    shown = next(iter(plan.lists.values()), frozenset[str]())
    values["refused"] = [_entry(each["line"], each["fault"], shown) for each in refused[:MOST_REFUSED]]
    return context.bound.renderer.told(values)


def _rows(context: RequestContext, plan: ImportPlan) -> Iterator[tuple[int, dict[str, Any]]]:
    """The items of a request, each with its line. Raises Invalid for what is no table."""
    body = context.call.body
    sent = body.get(plan.part) if plan.part and isinstance(body, Mapping) else body
    if isinstance(sent, list):
        yield from ((number, dict(each)) for number, each in enumerate(sent, 1) if isinstance(each, Mapping))
        return
    text = sent.decode("utf-8", "replace") if isinstance(sent, bytes) else str(sent or "")
    known = {plain(column): name for column, name in plan.columns.items() if name}
    known |= {plain(name): name for name in plan.kinds}
    names = {column: known[plain(column)] for column in csv_text.header(text) if plain(column) in known}
    if not names:
        message = f"no column is known; there are: {', '.join(plan.columns) or ', '.join(plan.kinds)}"
        raise Invalid(message, faults=(Fault("body", (), message, "csv"),))
    try:
        for line, cells in csv_text.rows(text):
            given = ((name, cells[column]) for column, name in names.items() if cells.get(column, "").strip())
            yield line, {name: _value(text.strip(), plan.kinds.get(name, frozenset())) for name, text in given}
    except ValueError as fault:
        raise Invalid(str(fault), faults=(Fault("body", (), str(fault), "csv"),)) from None


def _value(text: str, types: frozenset[str]) -> Any:
    """A cell as its property has it; a text that is none stays, and is refused as such."""
    if "string" in types or not types:
        return text
    if "array" in types:
        return [part.strip() for part in text.split(";" if ";" in text else ",") if part.strip()]
    if "boolean" in types and text.lower() in FLAGS:
        return FLAGS[text.lower()]
    if types & {"integer", "number"}:
        try:
            return int(text) if text.lstrip("+-").isdecimal() else float(text)
        except ValueError:
            return text
    return text


FLAGS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


def _stored(context: RequestContext, plan: ImportPlan, fields: dict[str, Any]) -> bool:
    """Store the item of a row. Returns whether it is new. Raises Refusal."""
    bound, single = context.bound, context.bound.each
    assert single is not None  # noqa: S101  # binding sets it
    identity = bound.resource.statements.identity
    before = _known(context, fields)
    whole = {**before.fields, **fields} if before is not None else fields
    _check(plan, {name: value for name, value in whole.items() if name in plan.kinds} if plan.kinds else whole)
    body: Any = fields
    for key in reversed(single.envelope):
        body = {key: body}
    call = context.call._replace(body=body, media_type="application/json")
    if identity.parameter and fields.get(identity.field) is not None:
        call = call._replace(path={**call.path, identity.parameter: str(fields[identity.field])})
    one = RequestContext(call, single, context.transaction)
    if before is None:
        single.handler.begin(one)
    else:
        one.before = before
        one.edit(before)
        actions.complete_update(one, before, {**before.fields, **fields})
    actions.store(one)
    return before is None


def _known(context: RequestContext, fields: Mapping[str, Any]) -> Record | None:
    """The item that a row is about: the one with its id, or with its value of what is unique."""
    items, statements = context.collection(), context.bound.resource.statements
    id = fields.get(statements.identity.field)
    found = items.get(id) if id is not None else None
    for unique in statements.unique if found is None else ():
        own = compared_values(unique, fields)
        if None not in own:
            found = next((each for each in items if compared_values(unique, each.fields) == own), None)
    return found


def _check(plan: ImportPlan, fields: dict[str, Any]) -> None:
    if plan.validator is not None and not plan.validator.is_valid(fields):
        found = schema_faults(plan.validator, fields, "body")
        raise Invalid(found[0].message, faults=found)


def _placed(refusal: Refusal, line: int) -> Refusal:
    refusal.message = f"line {line}: {refusal.message}"
    return refusal


NUMBERS = ("line", "row", "linenumber", "rownumber", "index", "lineno", "number")
TEXTS = ("message", "error", "reason", "detail", "description", "text")
PLACES = ("field", "column", "property", "path")
"""What the entries about refused rows call the line, the reason and the column."""


def _entry(line: int, fault: Refusal, names: Iterable[str]) -> dict[str, Any]:
    field = str(next((step for each in fault.faults for step in each.path), ""))
    told = {**dict.fromkeys(NUMBERS, line), **dict.fromkeys(TEXTS, fault.message), **dict.fromkeys(PLACES, field)}
    return {name: told[plain(name)] for name in names if plain(name) in told}


IMPORT = Handler(begin, end)
