"""Derives from a difference the statement that is true for the service, where the vocabulary can express it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.conformance.response_validation import response_violations
from contracts.differential import measurements
from contracts.differential.comparable_reply import TIME, UUID, shape_of
from contracts.differential.comparison import Disagreement
from contracts.differential.differences import Difference
from contracts.differential.learned_overlay import LearnedStatement, Place, statement_at
from contracts.differential.scenario import Scenario, ScenarioStep
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource, value_at
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

PROSE = frozenset(
    {"message", "detail", "description", "title", "msg", "reason", "hint", "mitigation", "error_description"}
)
"""Names of properties with texts for people."""


@dataclass(frozen=True, slots=True)
class Learner:
    """Learns statements from differences.

    `context` sends further requests where a difference is not enough. `source` says where the statements were observed.
    """

    contract: Contract
    context: CheckContext
    source: str

    def learn(self, disagreement: Disagreement) -> LearnedStatement | None:
        """The statement that is true for the service.

        None where the vocabulary cannot express it, or where the service's response breaks the document: a mock that
        behaved the same would break the document, too.
        """
        scenario, difference, exchanges = disagreement.scenario, disagreement.difference, disagreement.found.exchanges
        step = scenario.steps[difference.step]
        if not step.path and any(response_violations(step.op.operation, exchanges[-1], self.contract)):
            return None
        for learn in LEARNERS:
            statement = learn(self, scenario, difference, exchanges)
            if statement is not None:
                return statement
        return None

    def changed_statement(self, place: Place, summary: str, *without: str, **changes: Any) -> LearnedStatement:
        """The statement at a place with changed keys and the evidence `observed`."""
        before = statement_at(self.contract, place)
        kept = {key: value for key, value in (before or {}).items() if key not in without} if before else {}
        kept = kept if isinstance(before, Mapping) else {}
        earlier = kept.get("evidence")
        note = {"note": f"{summary} Before: {earlier}."} if earlier and earlier != "observed" else {"note": summary}
        renamed = {key.replace("_", "-"): value for key, value in changes.items()}
        return LearnedStatement(
            place, {**kept, **renamed, "evidence": "observed", "source": self.source, **note}, summary
        )

    def fields_statement(
        self, place: Place, summary: str, fields: Mapping[str, Any] | tuple[str, ...]
    ) -> LearnedStatement:
        """A statement about fields; without fields, its removal."""
        if not fields:
            return LearnedStatement(place, None, summary)
        shown = dict(fields) if isinstance(fields, Mapping) else list(fields)
        return LearnedStatement(
            place, {"fields": shown, "evidence": "observed", "source": self.source, "note": summary}, summary
        )


Learn = Callable[[Learner, Scenario, Difference, tuple[RecordedExchange, ...]], LearnedStatement | None]


def _operation(step: ScenarioStep, key: str) -> Place:
    operation = step.op.operation
    return ("paths", operation.path, operation.method, "x-behaviour", key)


def _resource(resource: CheckedResource, key: str) -> Place:
    return ("x-resources", resource.name, key)


def status(
    learner: Learner, scenario: Scenario, difference: Difference, exchanges: tuple[RecordedExchange, ...]
) -> LearnedStatement | None:
    """The status of a success reply."""
    if difference.how != "status" or difference.expected >= 300 or difference.seen >= 300:
        return None
    step = scenario.steps[difference.step]
    return learner.changed_statement(
        _operation(step, "reply"),
        f"{step.name} returns {difference.seen}, not {difference.expected}.",
        status=difference.seen,
    )


def refusal_status(
    learner: Learner, scenario: Scenario, difference: Difference, exchanges: tuple[RecordedExchange, ...]
) -> LearnedStatement | None:
    """The status of a kind of error; also whether a user without access gets 403 or 404."""
    if difference.how != "status" or difference.expected < 400 or not 400 <= difference.seen < 500:
        return None
    if scenario.about == "no-access" and difference.seen in (403, 404):
        refusal = {403: "forbidden", 404: "missing"}[difference.seen]
        return learner.changed_statement(
            ("x-service", "no-access"), f"A user without access gets {difference.seen}.", refusal=refusal
        )
    step = scenario.steps[difference.step]
    if not step.path and step.op.operation.response(difference.seen) is None:
        return None
    place = _errors(learner, step, difference.error)
    return learner.changed_statement(
        place,
        f"A `{difference.error}` error has status {difference.seen}, not {difference.expected}.",
        status=difference.seen,
        body=_template(exchanges[-1].json, difference.seen, scenario.detail),
    )


def refusal_body(
    learner: Learner, scenario: Scenario, difference: Difference, exchanges: tuple[RecordedExchange, ...]
) -> LearnedStatement | None:
    """The body of a kind of error."""
    if difference.how != "value" or not difference.error:
        return None
    resource = (exchanges[-1].header("content-type") or "application/json").split(";")[0]
    body = _template(exchanges[-1].json, exchanges[-1].status, scenario.detail)
    place = _errors(learner, scenario.steps[difference.step], difference.error)
    media = {"media_type": resource} if resource != "application/json" else {}
    return learner.changed_statement(
        place,
        f"The body of a `{difference.error}` error.",
        "words",
        "media-type",
        body=body,
        status=exchanges[-1].status,
        **media,
    )


def _errors(learner: Learner, step: ScenarioStep, resource: str) -> Place:
    """The place of the statement about a kind of error: the operation's, if it has one, else the service's."""
    own = (*_operation(step, "errors"), resource)
    return own if statement_at(learner.contract, own) is not None else ("x-service", "errors", resource)


def _template(body: Any, status: int, detail: str) -> Any:
    """The template of an error body: values that vary become placeholders."""
    field = detail.partition(" ")[0]
    if isinstance(body, dict):
        prose = {key for key, value in body.items() if key.lower() in PROSE and isinstance(value, str)}
        return {key: "{message}" if key in prose else _template(value, status, detail) for key, value in body.items()}
    if isinstance(body, list) and body and isinstance(body[0], dict):
        return [{"$each": "faults", **_template(body[0], status, detail)}]
    if isinstance(body, list):
        return ["{message}"] if body and isinstance(body[0], str) else body
    if isinstance(body, str) and field and body in (field, f"/{field}"):
        return body.replace(field, "{field}")
    if isinstance(body, str) and " " in body:
        return "{message}"
    return "{status}" if not isinstance(body, bool) and body in (status, str(status)) else body


def capacity(
    learner: Learner, scenario: Scenario, difference: Difference, exchanges: tuple[RecordedExchange, ...]
) -> LearnedStatement | None:
    """The capacity, measured by creating items."""
    step, resource = scenario.steps[difference.step], scenario.resource
    crowd = sum(bool(each.creates) for each in scenario.steps[: difference.step + 1])
    limits = scenario.about == "capacity" or (step.creates and crowd > 2 and scenario.about != "unique")
    if difference.how != "status" or not limits or (difference.expected < 400) is (difference.seen < 400):
        return None
    limit = measurements.capacity_of(learner.context, resource)
    place = _resource(resource, "capacity")
    if limit is None:
        return LearnedStatement(
            place, None, f"{measurements.MOST} items of {resource.name} were accepted, so there seems to be no limit."
        )
    return learner.changed_statement(place, f"There can be {limit} items of {resource.name}.", limit=limit)


def unique(
    learner: Learner, scenario: Scenario, difference: Difference, exchanges: tuple[RecordedExchange, ...]
) -> LearnedStatement | None:
    """The unique fields: none if duplicates are accepted, else those whose change makes a duplicate acceptable."""
    if (
        difference.how != "status"
        or scenario.about != "unique"
        or (difference.expected < 400) is (difference.seen < 400)
    ):
        return None
    resource, place = scenario.resource, _resource(scenario.resource, "unique")
    if difference.seen < 400:
        return LearnedStatement(place, None, f"Two items of {resource.name} may have the same values.")
    fields = tuple(_unique_fields(learner.context, resource))
    return (
        learner.fields_statement(place, f"No two items of {resource.name} have the same {', '.join(fields)}.", fields)
        if fields
        else None
    )


def _unique_fields(context: CheckContext, resource: CheckedResource) -> Iterator[str]:
    op = resource.operations["create"]
    body = context.body(resource, full=True)
    context.create(resource, body)
    for name, value in body.items():
        other = context.bodies.other(op, name, value, "unique") if name in context.bodies.properties(op) else None
        if other is not None and context.try_create(resource, {**body, name: other})[1] is not None:
            yield name
    context.clean_up()


def unknown_fields(
    learner: Learner, scenario: Scenario, difference: Difference, exchanges: tuple[RecordedExchange, ...]
) -> LearnedStatement | None:
    """The policy for undocumented fields."""
    if scenario.about != "unknown-fields" or difference.how not in ("status", "further", "missing"):
        return None
    shown = b"contract_check_unknown" in exchanges[-1].reply_body
    policy = "refuse" if exchanges[-1].status >= 400 else "keep" if shown else "ignore"
    return learner.changed_statement(("x-service", "unknown-fields"), f"Unknown fields: {policy}.", policy=policy)


def order(
    learner: Learner, scenario: Scenario, difference: Difference, exchanges: tuple[RecordedExchange, ...]
) -> LearnedStatement | None:
    """The order of a list."""
    if difference.how != "order" or scenario.about == "sort":
        return None
    measured = measurements.order_of(learner.context, scenario.resource)
    if measured is None:
        return None
    return learner.changed_statement(
        _resource(scenario.resource, "order"),
        f"The list is ordered by {measured[0]}, {measured[1]}.",
        by=measured[0],
        direction=measured[1],
    )


def page_default(
    learner: Learner, scenario: Scenario, difference: Difference, exchanges: tuple[RecordedExchange, ...]
) -> LearnedStatement | None:
    """The default page size."""
    step = scenario.steps[difference.step]
    if scenario.about != "default-page-size" or difference.how not in ("items", "value"):
        return None
    size = measurements.page_size(learner.context, scenario.resource)
    return (
        learner.changed_statement(_operation(step, "paging"), f"A page has {size} items by default.", default=size)
        if size
        else None
    )


def unknown_position(
    learner: Learner, scenario: Scenario, difference: Difference, exchanges: tuple[RecordedExchange, ...]
) -> LearnedStatement | None:
    """The response to an unknown position."""
    if scenario.about != "unknown-position" or difference.how != "status":
        return None
    measured = "missing" if difference.seen == 404 else "invalid" if difference.seen >= 400 else "empty"
    return learner.changed_statement(
        _operation(scenario.steps[difference.step], "paging"),
        f"Response to an unknown position: {measured}.",
        unknown_position=measured,
    )


def narrowing(
    learner: Learner, scenario: Scenario, difference: Difference, exchanges: tuple[RecordedExchange, ...]
) -> LearnedStatement | None:
    """A filter or sort parameter without effect, if it is the only one."""
    if scenario.about not in ("filter", "sort") or difference.how not in ("items", "order"):
        return None
    step = scenario.steps[difference.step]
    several = scenario.about == "filter" and len(step.op.behaviour.filter) > 1
    summary = f"{step.name}: the parameter {scenario.detail} has no effect."
    return None if several else LearnedStatement(_operation(step, scenario.about), None, summary)


def location(
    learner: Learner, scenario: Scenario, difference: Difference, exchanges: tuple[RecordedExchange, ...]
) -> LearnedStatement | None:
    """Whether a reply has a Location header."""
    if difference.how != "header" or difference.path != ("location",):
        return None
    place = _operation(scenario.steps[difference.step], "reply")
    headers = dict((statement_at(learner.contract, place) or {}).get("headers") or {})
    headers = {key: value for key, value in headers.items() if key.lower() != "location"}
    if difference.seen == "there":
        headers["Location"] = "{location}"
    return learner.changed_statement(
        place, f"The reply has {'a' if difference.seen == 'there' else 'no'} Location header.", headers=headers
    )


def identity(
    learner: Learner, scenario: Scenario, difference: Difference, exchanges: tuple[RecordedExchange, ...]
) -> LearnedStatement | None:
    """The format of ids."""
    resource, step = scenario.resource, scenario.steps[difference.step]
    if difference.how != "type" or difference.field != (resource.behaviour.identity.field,) or not step.creates:
        return None
    way, prefix, length = shape_of(
        value_at(exchanges[-1].json, (*(step.op.reply_path("item") or ()), *difference.field))
    )
    more = {"prefix": prefix, "length": length} if way == "random" else {}
    return learner.changed_statement(
        _resource(resource, "identity"),
        f"The format of ids: {way} {prefix}".strip() + ".",
        "prefix",
        "length",
        generate=way,
        **more,
    )


def timestamps(
    learner: Learner, scenario: Scenario, difference: Difference, exchanges: tuple[RecordedExchange, ...]
) -> LearnedStatement | None:
    """The format of times."""
    written_as = re.fullmatch(r"‹time ([a-z-]+)›", str(difference.seen))
    times = scenario.resource.behaviour.timestamps
    if times is None or not written_as or difference.field not in ((times.created,), (times.updated,)):
        return None
    return learner.changed_statement(
        _resource(scenario.resource, "timestamps"), f"The format of times: {written_as[1]}.", written=written_as[1]
    )


def write_only(
    learner: Learner, scenario: Scenario, difference: Difference, exchanges: tuple[RecordedExchange, ...]
) -> LearnedStatement | None:
    """The write-only fields."""
    resource = scenario.resource
    if len(difference.field) != 1 or difference.how not in ("missing", "further"):
        return None
    [name] = difference.field
    sent = any(isinstance(step.body, dict) and name in step.body for step in scenario.steps)
    if difference.how == "further" and name in resource.write_only_fields:
        rest = tuple(sorted(resource.write_only_fields - {name}))
        return learner.fields_statement(_resource(resource, "write-only"), f"Replies show {name}.", rest)
    if difference.how == "missing" and sent and name not in resource.write_only_fields:
        return learner.fields_statement(
            _resource(resource, "write-only"),
            f"No reply shows {name}.",
            tuple(sorted({*resource.write_only_fields, name})),
        )
    return None


def immutable(
    learner: Learner, scenario: Scenario, difference: Difference, exchanges: tuple[RecordedExchange, ...]
) -> LearnedStatement | None:
    """An immutable field."""
    name = scenario.detail
    created = scenario.steps[0].body
    if (
        scenario.about != "update"
        or difference.how != "value"
        or difference.field != (name,)
        or not isinstance(created, dict)
    ):
        return None
    if created.get(name) != difference.seen:
        return None
    fixed = {each for statement in scenario.resource.behaviour.immutable for each in statement.fields} | {name}
    return learner.fields_statement(
        _resource(scenario.resource, "immutable"), f"An update does not change {name}.", tuple(sorted(fixed))
    )


def starting_value(
    learner: Learner, scenario: Scenario, difference: Difference, exchanges: tuple[RecordedExchange, ...]
) -> LearnedStatement | None:
    """The initial value of a field that the client omits."""
    step, resource = scenario.steps[difference.step], scenario.resource
    if not difference.field or difference.how not in ("value", "further", "type") or difference.seen == "no such field":
        return None
    name = difference.field[0]
    if any(isinstance(each.body, dict) and name in each.body for each in scenario.steps):
        return None
    value = _shown(step, name, exchanges[-1])
    if _is_unique_value(value):
        return None
    key = "initial" if any(name in statement.fields for statement in resource.behaviour.initial) else "defaults"
    before = {name: each for statement in getattr(resource.behaviour, key) for name, each in statement.fields.items()}
    return learner.fields_statement(
        _resource(resource, key), f"{name} is initially {value!r}.", {**before, name: value}
    )


def _shown(step: ScenarioStep, name: str, exchange: RecordedExchange) -> Any:
    """The value of a field in a reply; in a list reply, that of the first item."""
    place = step.op.reply_path("item")
    if place is None:
        place = (*(step.op.reply_path("items") or ()), 0)
    return value_at(exchange.json, (*place, name))


def _is_unique_value(value: Any) -> bool:
    """Is it a time or an id, which differs for each item?"""
    return isinstance(value, str) and bool(TIME.fullmatch(value) or UUID.fullmatch(value))


def owner(
    learner: Learner, scenario: Scenario, difference: Difference, exchanges: tuple[RecordedExchange, ...]
) -> LearnedStatement | None:
    """Whether an item needs an existing parent."""
    if scenario.about != "parent" or difference.how != "status" or not scenario.steps[difference.step].creates:
        return None
    must = bool(difference.seen >= 400)
    return learner.changed_statement(
        _resource(scenario.resource, "parent"),
        f"An item can {'not ' * must}be created without an existing parent.",
        must_exist=must,
    )


LEARNERS: tuple[Learn, ...] = (
    capacity, unique, unknown_fields, unknown_position, owner, status, refusal_status, refusal_body, order,
    page_default, narrowing, location, identity, timestamps, write_only, immutable, starting_value,
)  # fmt: skip
"""The functions that learn a statement. The first one that matches a difference is used."""
