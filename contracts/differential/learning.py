"""From a difference to the statement that would be true, as far as the vocabulary has words for it."""

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
from contracts.differential.learned_overlay import LearnedOverlay, Place, written
from contracts.differential.scenario import Scenario, ScenarioStep
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource, value_at
from contracts.runner.context import CheckContext
from mockserver.contract import Contract

PROSE = frozenset(
    {"message", "detail", "description", "title", "msg", "reason", "hint", "mitigation", "error_description"}
)
"""Names of texts that are for people."""


@dataclass(frozen=True, slots=True)
class Learner:
    """Learns from deviations. `stage` asks the service when a difference alone does not tell; `source` says where all
    this was observed."""

    contract: Contract
    context: CheckContext
    source: str

    def lesson(self, seen: Disagreement) -> LearnedOverlay | None:
        """The statement that would be true in place of the one that is not.

        None where there are no words for it, or where the service's own reply is not as the document says: a mock that
        does the same would break the document too.
        """
        step = seen.scenario.steps[seen.difference.step]
        if not step.path and any(response_violations(step.op.operation, seen.found.exchanges[-1], self.contract)):
            return None
        for learn in LEARNERS:
            lesson = learn(self, seen.scenario, seen.difference, seen.found.exchanges)
            if lesson is not None:
                return lesson
        return None

    def changed(self, place: Place, says: str, *without: str, **changes: Any) -> LearnedOverlay:
        """The statement at a place with some of its keys changed; its evidence is that it was observed."""
        before = written(self.contract, place)
        kept = {key: value for key, value in (before or {}).items() if key not in without} if before else {}
        kept = kept if isinstance(before, Mapping) else {}
        earlier = kept.get("evidence")
        note = {"note": f"{says} Before: {earlier}."} if earlier and earlier != "observed" else {"note": says}
        renamed = {key.replace("_", "-"): value for key, value in changes.items()}
        return LearnedOverlay(place, {**kept, **renamed, "evidence": "observed", "source": self.source, **note}, says)

    def fields(self, place: Place, says: str, fields: Mapping[str, Any] | tuple[str, ...]) -> LearnedOverlay:
        """A statement about fields, or its removal where no field is left."""
        if not fields:
            return LearnedOverlay(place, None, says)
        shown = dict(fields) if isinstance(fields, Mapping) else list(fields)
        return LearnedOverlay(
            place, {"fields": shown, "evidence": "observed", "source": self.source, "note": says}, says
        )


Learn = Callable[[Learner, Scenario, Difference, tuple[RecordedExchange, ...]], LearnedOverlay | None]


def _operation(step: ScenarioStep, key: str) -> Place:
    operation = step.op.operation
    return ("paths", operation.path, operation.method, "x-behaviour", key)


def _resource(resource: CheckedResource, key: str) -> Place:
    return ("x-resources", resource.name, key)


def status(
    by: Learner, scenario: Scenario, found: Difference, seen: tuple[RecordedExchange, ...]
) -> LearnedOverlay | None:
    """The status of a success."""
    if found.how != "status" or found.expected >= 300 or found.seen >= 300:
        return None
    step = scenario.steps[found.step]
    return by.changed(
        _operation(step, "reply"), f"{step.name} answers {found.seen}, not {found.expected}.", status=found.seen
    )


def refusal_status(
    by: Learner, scenario: Scenario, found: Difference, seen: tuple[RecordedExchange, ...]
) -> LearnedOverlay | None:
    """The status of a kind of refusal; who has no access is told that he may not, or that there is nothing."""
    if found.how != "status" or found.expected < 400 or not 400 <= found.seen < 500:
        return None
    if scenario.about == "no-access" and found.seen in (403, 404):
        refusal = {403: "forbidden", 404: "missing"}[found.seen]
        return by.changed(("x-service", "no-access"), f"Who has no access gets {found.seen}.", refusal=refusal)
    step = scenario.steps[found.step]
    if not step.path and step.op.operation.response(found.seen) is None:
        return None
    place = _errors(by, step, found.refusal)
    return by.changed(
        place,
        f"A refusal of the kind {found.refusal} has status {found.seen}, not {found.expected}.",
        status=found.seen,
        body=_template(seen[-1].json, found.seen, scenario.detail),
    )


def refusal_body(
    by: Learner, scenario: Scenario, found: Difference, seen: tuple[RecordedExchange, ...]
) -> LearnedOverlay | None:
    """The body of a kind of refusal."""
    if found.how != "value" or not found.refusal:
        return None
    kind = (seen[-1].header("content-type") or "application/json").split(";")[0]
    body = _template(seen[-1].json, seen[-1].status, scenario.detail)
    place = _errors(by, scenario.steps[found.step], found.refusal)
    media = {"media_type": kind} if kind != "application/json" else {}
    return by.changed(
        place,
        f"The body of a refusal of the kind {found.refusal}.",
        "words",
        "media-type",
        body=body,
        status=seen[-1].status,
        **media,
    )


def _errors(by: Learner, step: ScenarioStep, kind: str) -> Place:
    """Where a kind of refusal is described: at the operation if it is there, else for the whole service."""
    own = (*_operation(step, "errors"), kind)
    return own if written(by.contract, own) is not None else ("x-service", "errors", kind)


def _template(body: Any, status: int, detail: str) -> Any:
    """A refusal's body with what changes from one to the next replaced by its name."""
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
    by: Learner, scenario: Scenario, found: Difference, seen: tuple[RecordedExchange, ...]
) -> LearnedOverlay | None:
    """How many items there may be: counted by making them."""
    step, kind = scenario.steps[found.step], scenario.resource
    crowd = sum(bool(each.makes) for each in scenario.steps[: found.step + 1])
    limits = scenario.about == "capacity" or (step.makes and crowd > 2 and scenario.about != "unique")
    if found.how != "status" or not limits or (found.expected < 400) is (found.seen < 400):
        return None
    limit = measurements.room(by.context, kind)
    place = _resource(kind, "capacity")
    if limit is None:
        return LearnedOverlay(
            place, None, f"{measurements.MOST} items of {kind.name} were accepted; there seems to be no limit."
        )
    return by.changed(place, f"There may be {limit} items of {kind.name}.", limit=limit)


def unique(
    by: Learner, scenario: Scenario, found: Difference, seen: tuple[RecordedExchange, ...]
) -> LearnedOverlay | None:
    """Which fields must differ: none where twins are accepted, else those without whose change there is no second."""
    if found.how != "status" or scenario.about != "unique" or (found.expected < 400) is (found.seen < 400):
        return None
    kind, place = scenario.resource, _resource(scenario.resource, "unique")
    if found.seen < 400:
        return LearnedOverlay(place, None, f"Two items of {kind.name} may agree in every field.")
    fields = tuple(_decisive(by.context, kind))
    return by.fields(place, f"No two items of {kind.name} agree in {', '.join(fields)}.", fields) if fields else None


def _decisive(context: CheckContext, resource: CheckedResource) -> Iterator[str]:
    op = resource.operations["create"]
    body = context.body(resource, full=True)
    context.create(resource, body)
    for name, value in body.items():
        other = context.bodies.other(op, name, value, "unique") if name in context.bodies.properties(op) else None
        if other is not None and context.try_create(resource, {**body, name: other})[1] is not None:
            yield name
    context.clean_up()


def unknown_fields(
    by: Learner, scenario: Scenario, found: Difference, seen: tuple[RecordedExchange, ...]
) -> LearnedOverlay | None:
    """What happens to a property that the document does not name."""
    if scenario.about != "unknown-fields" or found.how not in ("status", "further", "missing"):
        return None
    shown = b"contract_check_unknown" in seen[-1].reply_body
    policy = "refuse" if seen[-1].status >= 400 else "keep" if shown else "ignore"
    return by.changed(("x-service", "unknown-fields"), f"Unknown fields: {policy}.", policy=policy)


def order(
    by: Learner, scenario: Scenario, found: Difference, seen: tuple[RecordedExchange, ...]
) -> LearnedOverlay | None:
    """How a list is ordered."""
    if found.how != "order" or scenario.about == "sort":
        return None
    told = measurements.order_of(by.context, scenario.resource)
    if told is None:
        return None
    return by.changed(
        _resource(scenario.resource, "order"), f"Listed by {told[0]}, {told[1]}.", by=told[0], direction=told[1]
    )


def page_default(
    by: Learner, scenario: Scenario, found: Difference, seen: tuple[RecordedExchange, ...]
) -> LearnedOverlay | None:
    """How many items a page has where nobody says."""
    step = scenario.steps[found.step]
    if scenario.about != "default-page-size" or found.how not in ("items", "value"):
        return None
    size = measurements.page_size(by.context, scenario.resource)
    return by.changed(_operation(step, "paging"), f"A page has {size} items.", default=size) if size else None


def unknown_position(
    by: Learner, scenario: Scenario, found: Difference, seen: tuple[RecordedExchange, ...]
) -> LearnedOverlay | None:
    """How a position is answered that no item ever had."""
    if scenario.about != "unknown-position" or found.how != "status":
        return None
    told = "missing" if found.seen == 404 else "invalid" if found.seen >= 400 else "empty"
    return by.changed(
        _operation(scenario.steps[found.step], "paging"), f"An unknown position: {told}.", unknown_position=told
    )


def narrowing(
    by: Learner, scenario: Scenario, found: Difference, seen: tuple[RecordedExchange, ...]
) -> LearnedOverlay | None:
    """A filter or a sorting that the service does not do, where it is the only one that is said."""
    if scenario.about not in ("filter", "sort") or found.how not in ("items", "order"):
        return None
    step = scenario.steps[found.step]
    several = scenario.about == "filter" and len(step.op.behaviour.filter) > 1
    says = f"{step.name}: the parameter {scenario.detail} has no effect."
    return None if several else LearnedOverlay(_operation(step, scenario.about), None, says)


def location(
    by: Learner, scenario: Scenario, found: Difference, seen: tuple[RecordedExchange, ...]
) -> LearnedOverlay | None:
    """Whether a reply says where the item is."""
    if found.how != "header" or found.path != ("location",):
        return None
    place = _operation(scenario.steps[found.step], "reply")
    headers = dict((written(by.contract, place) or {}).get("headers") or {})
    headers = {key: value for key, value in headers.items() if key.lower() != "location"}
    if found.seen == "there":
        headers["Location"] = "{location}"
    return by.changed(place, f"A Location header is {found.seen}.", headers=headers)


def identity(
    by: Learner, scenario: Scenario, found: Difference, seen: tuple[RecordedExchange, ...]
) -> LearnedOverlay | None:
    """How ids are made."""
    resource, step = scenario.resource, scenario.steps[found.step]
    if found.how != "type" or found.field != (resource.behaviour.identity.field,) or not step.makes:
        return None
    way, prefix, length = shape_of(value_at(seen[-1].json, (*(step.op.reply_path("item") or ()), *found.field)))
    more = {"prefix": prefix, "length": length} if way == "random" else {}
    return by.changed(
        _resource(resource, "identity"),
        f"Ids are {way} {prefix}".strip() + ".",
        "prefix",
        "length",
        generate=way,
        **more,
    )


def timestamps(
    by: Learner, scenario: Scenario, found: Difference, seen: tuple[RecordedExchange, ...]
) -> LearnedOverlay | None:
    """How times are written."""
    written_as = re.fullmatch(r"‹time ([a-z-]+)›", str(found.seen))
    times = scenario.resource.behaviour.timestamps
    if times is None or not written_as or found.field not in ((times.created,), (times.updated,)):
        return None
    return by.changed(
        _resource(scenario.resource, "timestamps"), f"Times are written as {written_as[1]}.", written=written_as[1]
    )


def write_only(
    by: Learner, scenario: Scenario, found: Difference, seen: tuple[RecordedExchange, ...]
) -> LearnedOverlay | None:
    """Which of the fields that a client sends no reply shows."""
    resource = scenario.resource
    if len(found.field) != 1 or found.how not in ("missing", "further"):
        return None
    [name] = found.field
    sent = any(isinstance(step.body, dict) and name in step.body for step in scenario.steps)
    if found.how == "further" and name in resource.write_only_fields:
        rest = tuple(sorted(resource.write_only_fields - {name}))
        return by.fields(_resource(resource, "write-only"), f"Replies show {name}.", rest)
    if found.how == "missing" and sent and name not in resource.write_only_fields:
        return by.fields(
            _resource(resource, "write-only"),
            f"No reply shows {name}.",
            tuple(sorted({*resource.write_only_fields, name})),
        )
    return None


def immutable(
    by: Learner, scenario: Scenario, found: Difference, seen: tuple[RecordedExchange, ...]
) -> LearnedOverlay | None:
    """A field that an update leaves as it is."""
    name = scenario.detail
    created = scenario.steps[0].body
    if scenario.about != "update" or found.how != "value" or found.field != (name,) or not isinstance(created, dict):
        return None
    if created.get(name) != found.seen:
        return None
    fixed = {each for statement in scenario.resource.behaviour.immutable for each in statement.fields} | {name}
    return by.fields(
        _resource(scenario.resource, "immutable"), f"An update leaves {name} as it is.", tuple(sorted(fixed))
    )


def starting_value(
    by: Learner, scenario: Scenario, found: Difference, seen: tuple[RecordedExchange, ...]
) -> LearnedOverlay | None:
    """What a field is at first where the client says nothing."""
    step, resource = scenario.steps[found.step], scenario.resource
    if not found.field or found.how not in ("value", "further", "type") or found.seen == "nothing":
        return None
    name = found.field[0]
    if any(isinstance(each.body, dict) and name in each.body for each in scenario.steps):
        return None
    value = _shown(step, name, seen[-1])
    if _is_passing(value):
        return None
    key = "initial" if any(name in statement.fields for statement in resource.behaviour.initial) else "defaults"
    before = {name: each for statement in getattr(resource.behaviour, key) for name, each in statement.fields.items()}
    return by.fields(_resource(resource, key), f"{name} is {value!r} at first.", {**before, name: value})


def _shown(step: ScenarioStep, name: str, exchange: RecordedExchange) -> Any:
    """The value of a field in a reply; of a list, that of its first item."""
    place = step.op.reply_path("item")
    if place is None:
        place = (*(step.op.reply_path("items") or ()), 0)
    return value_at(exchange.json, (*place, name))


def _is_passing(value: Any) -> bool:
    """Is there a time or an id in it, which another item does not have?"""
    return isinstance(value, str) and bool(TIME.fullmatch(value) or UUID.fullmatch(value))


def owner(
    by: Learner, scenario: Scenario, found: Difference, seen: tuple[RecordedExchange, ...]
) -> LearnedOverlay | None:
    """Whether something can be made below an owner that is not there."""
    if scenario.about != "parent" or found.how != "status" or not scenario.steps[found.step].makes:
        return None
    must = bool(found.seen >= 400)
    return by.changed(_resource(scenario.resource, "parent"), f"The owner must be there: {must}.", must_exist=must)


LEARNERS: tuple[Learn, ...] = (
    capacity, unique, unknown_fields, unknown_position, owner, status, refusal_status, refusal_body, order,
    page_default, narrowing, location, identity, timestamps, write_only, immutable, starting_value,
)  # fmt: skip
"""What can be learned; the first that fits a difference."""
