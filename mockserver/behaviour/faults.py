"""What is wrong with the statements of a document, where it is written, and what is allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import jsonschema_rs

from mockserver.behaviour import templates
from mockserver.behaviour.statements import (
    FROM_DOCUMENT,
    Behaviour,
    Errors,
    OperationBehaviour,
    Resource,
    ServiceStatements,
)
from mockserver.behaviour.vocabulary import long_form
from mockserver.errors import BehaviourError
from mockserver.openapi import json_codec
from mockserver.openapi.pointer import join, lookup
from mockserver.suggestions import allowed, nearest

Place = tuple[str | int, ...]
"""The keys that lead to a value: `("x-resources", "pet", "order", "by")`."""

Locate = Callable[[Place], str]
"""Says where a value is written, as `my-behaviour.yaml, line 12`."""


class StatementFault(NamedTuple):
    """What is wrong at a place."""

    place: Place
    message: str


def report(found: Iterable[StatementFault], locate: Locate) -> list[str]:
    """A line for each fault: the file and line, the place, and what is wrong."""
    return [f"{locate(place)}: {text(place)}: {message}" for place, message in found]


def written(place: Place, tree: Mapping[str, Any]) -> Place:
    """The same place in a tree whose lists of one entry may be written as that entry."""
    found: list[str | int] = []
    node: Any = tree
    for step in place:
        if isinstance(step, str):
            node = node.get(step) if isinstance(node, Mapping) else None
        elif isinstance(node, list):
            node = node[step]
        else:
            continue
        found.append(step)
    return tuple(found)


def text(place: Place) -> str:
    """A place for people: `x-resources.pet.unique[0].fields`, `POST /pets: x-behaviour.action.of`."""
    if place[:1] == ("x-behaviour",) and len(place) > 1:
        method, _, path = str(place[1]).partition(" ")
        return f"{method.upper()} {path}: x-behaviour{_steps(place[2:])}"
    return _steps(place).removeprefix(".") or "statements"


def _steps(place: Place) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)


def of_form(tree: Mapping[str, Any]) -> list[StatementFault]:
    """Every key and value of a tree in its long form that the models refuse."""
    return [fault for error in _validator().iter_errors(tree) for fault in _faults(error)]


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(long_form())


def _faults(error: jsonschema_rs.ValidationError) -> Iterator[StatementFault]:
    place, found = tuple(error.instance_path), error.kind.as_dict()
    if error.kind.name == "additionalProperties":
        model = lookup(long_form(), join("", *error.schema_path[:-1]))
        for name in found["unexpected"]:
            yield StatementFault((*place, name), _unknown(name, list(model["properties"]), place))
    else:
        say = MESSAGES.get(error.kind.name)
        yield StatementFault(place, say(error.instance, found) if say else error.message)


MESSAGES: Mapping[str, Callable[[Any, Mapping[str, Any]], str]] = {
    "enum": lambda value, found: f"{_shown(value)} is not allowed{allowed(str(value), found['options'])}",
    "minProperties": lambda value, found: "it is empty",
    "propertyNames": lambda value, found: f"unknown key: {found['error'].message}",
    "required": lambda value, found: f"`{found['property']}` is missing",
    "type": lambda value, found: f"{_shown(value)} has a wrong type; allowed: {' or '.join(found['types'])}",
}
"""Keyword of JSON Schema → what an error says. Of other keywords the validator's own message is clear."""


def _shown(value: Any) -> str:
    written = json_codec.write(value).decode()
    return written if len(written) <= 60 else f"{written[:57]}..."


def _unknown(name: str, known: list[str], place: Place) -> str:
    """Why a key is refused. A statement that belongs elsewhere is named with its place."""
    if not place or len(place) != STATEMENTS_AT[str(place[0])]:
        return f"unknown key{allowed(name, known)}"
    for model, about in ABOUT.items():
        near = "" if nearest(name, known) else nearest(name, model.__struct_encode_fields__)
        if near:
            return f"unknown statement; `{near}` is one about {about}. Allowed: {', '.join(known)}"
    return f"unknown statement{allowed(name, known)}"


STATEMENTS_AT = {"x-service": 1, "x-resources": 2, "x-behaviour": 2}
"""How many keys lead to an object whose keys are statements."""

ABOUT = {
    ServiceStatements: "the service (x-service)",
    Resource: "a resource (x-resources)",
    OperationBehaviour: "an operation (x-behaviour)",
}


def of_names(behaviour: Behaviour) -> Iterator[StatementFault]:
    """Every name of a resource that does not exist, every resource without operations, and every circle of parents."""
    known = behaviour.resources
    yield from (*_unused(behaviour), *_uncounted(known))
    for (path, method), operation in behaviour.operations.items():
        if operation.action is None or (not operation.action.of and operation.action.does == "answer"):
            continue
        name = operation.action.of
        place: Place = ("x-behaviour", f"{method} {path}", "action")
        if not name:
            yield StatementFault(place, "`of` is missing: the name of a resource")
        elif name not in known:
            yield StatementFault((*place, "of"), f"there is no resource `{name}`{allowed(name, known)}")
    for name, resource in known.items():
        place, parent = ("x-resources", name, "parent", "resource"), resource.parent
        if parent is not None and parent.resource not in known:
            yield StatementFault(place, f"there is no resource `{parent.resource}`{allowed(parent.resource, known)}")
        elif _is_own_ancestor(name, known):
            yield StatementFault(place, "a resource cannot be its own ancestor")
    for number, webhook in enumerate(behaviour.service.webhooks):
        # what was inferred about a resource may be left when a behaviour file removes that resource
        if webhook.of not in known and webhook.evidence not in FROM_DOCUMENT:
            message = f"there is no resource `{webhook.of}`{allowed(webhook.of, known)}"
            yield StatementFault(("x-service", "webhooks", number, "of"), message)


def _uncounted(resources: Mapping[str, Resource]) -> Iterator[StatementFault]:
    """Counts of items of a resource that does not exist; what was inferred may be left when a file removes it."""
    for name, resource in resources.items():
        for number, count in enumerate(resource.counts):
            if count.resource not in resources and count.evidence not in FROM_DOCUMENT:
                message = f"there is no resource `{count.resource}`{allowed(count.resource, resources)}"
                yield StatementFault(("x-resources", name, "counts", number, "resource"), message)


def _unused(behaviour: Behaviour) -> Iterator[StatementFault]:
    """Resources that no operation is about: a statement about one has no effect."""
    used = {operation.action.of for operation in behaviour.operations.values() if operation.action}
    used |= {resource.parent.resource for resource in behaviour.resources.values() if resource.parent}
    for name in behaviour.resources:
        if name not in used:
            hint = allowed(name, sorted(used - {""}))
            yield StatementFault(("x-resources", name), f"no operation is about this resource{hint}")


def _is_own_ancestor(name: str, resources: Mapping[str, Resource]) -> bool:
    seen, above = set[str](), resources[name].parent
    while above is not None and above.resource not in seen and above.resource in resources:
        seen.add(above.resource)
        above = resources[above.resource].parent
    return name in seen


def of_templates(behaviour: Behaviour) -> Iterator[StatementFault]:
    """Every placeholder that a template may not use."""
    for place, template, names in _templates(behaviour):
        try:
            templates.compile(template, names)
        except BehaviourError as fault:
            yield StatementFault(place, str(fault))


Template = tuple[Place, Any, frozenset[str]]
"""Where a template is, the template, and the placeholders that it may use."""


def _templates(behaviour: Behaviour) -> Iterator[Template]:
    for name, resource in behaviour.resources.items():
        initial = [("initial", number, each.fields) for number, each in enumerate(resource.initial)]
        derived = [("derived", number, each.fields) for number, each in enumerate(resource.derived)]
        inside = [("inside", number, each.fields) for number, each in enumerate(resource.inside)]
        for kind, number, values in (*initial, *derived, *inside):
            for key, value in values.items():
                yield ("x-resources", name, kind, number, "fields", key), value, templates.ITEM_VALUES
    yield from _error_templates(behaviour.service.errors, ("x-service", "errors"))
    for (path, method), operation in behaviour.operations.items():
        place = ("x-behaviour", f"{method} {path}")
        yield from _error_templates(operation.errors, (*place, "errors"))
        if operation.reply is not None:
            yield (*place, "reply", "body"), operation.reply.body, templates.REPLY_VALUES
            yield (*place, "reply", "headers"), operation.reply.headers, templates.REPLY_VALUES


def _error_templates(errors: Errors, place: Place) -> Iterator[Template]:
    for kind, error in errors.bodies.items():
        yield (*place, kind, "body"), error.body, templates.ERROR_VALUES
        for number, wording in enumerate(error.words):
            yield (*place, kind, "words", number, "message"), wording.message, templates.WORDING_VALUES
            yield (*place, kind, "words", number, "code"), wording.code, templates.WORDING_VALUES
