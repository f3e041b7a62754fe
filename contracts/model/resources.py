"""What a contract lets one do to its resources, whatever the vendor: promises name capabilities, not vendors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contracts.model.rule_fields import MILD, filled, rule_fields
from mockserver.behaviour.statements import OperationBehaviour, Resource
from mockserver.contract import Contract
from mockserver.openapi import path_template
from mockserver.openapi.document import MediaType, Operation

Path = tuple[str | int, ...]

NOTHING = OperationBehaviour()


@dataclass(frozen=True)
class ResourceOperation:
    """One operation of a resource, with what is said about it."""

    operation: Operation
    behaviour: OperationBehaviour

    @property
    def name(self) -> str:
        """`METHOD path`."""
        return name_of(self.operation)

    @cached_property
    def template(self) -> Any:
        """The template of the success reply's body."""
        does = self.behaviour.action.does if self.behaviour.action else ""
        written = self.behaviour.reply.body if self.behaviour.reply else "{item}"
        return "{items}" if does == "list" and written == "{item}" else written

    def reply_path(self, name: str) -> Path | None:
        """Where `{name}` stands in the reply's body, or None."""
        return placeholder_path(self.template, name)

    @property
    def envelope(self) -> tuple[str, ...]:
        """The keys under which a request's body carries the item."""
        return self.behaviour.action.envelope if self.behaviour.action else ()

    def in_envelope(self, body: Any) -> Any:
        """An item as the request's body carries it."""
        for key in reversed(self.envelope):
            body = {key: body}
        return body

    @cached_property
    def rule_fields(self) -> frozenset[str]:
        """Fields of which the rules of this operation decide."""
        return rule_fields(rule.name for rule in self.behaviour.rules)

    @cached_property
    def rule_defaults(self) -> frozenset[str]:
        """Fields that the rules of this operation fill in where the client gives nothing."""
        return filled(rule.name for rule in self.behaviour.rules)

    @property
    def may_refuse(self) -> bool:
        """May a rule refuse what is valid by the document?"""
        return any(rule.name not in MILD for rule in self.behaviour.rules)

    @property
    def media_type(self) -> MediaType | None:
        """The JSON way to write this operation's body, if there is one."""
        body = self.operation.request_body
        return next((m for m in body.content if "json" in m.name), None) if body else None


@dataclass(frozen=True)
class CheckedResource:
    """A resource and the operations that make, show, change and remove its items.

    `acts` has one Act for each of create, get, list, update, replace and delete that exists (the shortest path).
    """

    name: str
    behaviour: Resource
    operations: Mapping[str, ResourceOperation]

    def can(self, *wanted: str) -> bool:
        """Does every one of these actions exist?"""
        return all(each in self.operations for each in wanted)

    @cached_property
    def owner_key(self) -> str:
        """What the path of an item calls the owner below which it was made and does not stand; else empty."""
        parent, within = self.behaviour.parent, self.behaviour.within
        if parent is None or within is None or parent.parameter in within.parameters:
            return ""
        return f"{parent.parameter} of {parent.resource}"

    def is_of_item(self, op: ResourceOperation) -> bool:
        """Does the path of an operation name an item's id?"""
        named = self.behaviour.identity.parameter in path_template.names(op.operation.path)
        return named and not (self.owner_key and self.leads_through_owner(op))

    def leads_through_owner(self, op: ResourceOperation) -> bool:
        """Does the path of an operation name the owner?"""
        parent, does = self.behaviour.parent, op.behaviour.action.does if op.behaviour.action else ""
        is_named = parent is not None and parent.parameter in path_template.names(op.operation.path)
        return is_named and (not self.owner_key or does in ("create", "list"))

    def is_referenced_by(self, field: str) -> bool:
        """Is a field of another resource named after this one and its id, such as `secret_id`?"""
        return field.lower().replace("_", "").replace("-", "").endswith(self.name.replace("-", "") + "id")

    @cached_property
    def write_only_fields(self) -> frozenset[str]:
        """Fields that no reply shows."""
        return frozenset(name for statement in self.behaviour.write_only for name in statement.fields)

    @cached_property
    def server_fields(self) -> frozenset[str]:
        """Fields whose value the service decides."""
        times = self.behaviour.timestamps
        named = {self.behaviour.identity.field, *((times.created, times.updated) if times else ())}
        named |= {name for statement in self.behaviour.initial for name in statement.fields}
        named |= {name for statement in self.behaviour.derived for name in statement.fields}
        for fixed in self.behaviour.server_set:
            named |= set(fixed.fields)
        return frozenset(named - {""}) - (
            frozenset([self.behaviour.identity.field]) if self.client_named else frozenset()
        )

    @cached_property
    def rule_fields(self) -> frozenset[str]:
        """Fields of which rules decide, at any of the operations."""
        return frozenset(name for op in self.operations.values() for name in op.rule_fields)

    @property
    def client_named(self) -> bool:
        """Does the client choose the id?"""
        return self.behaviour.identity.generate == "client" or self.behaviour.identity.from_client


def name_of(operation: Operation) -> str:
    """`METHOD path`, as statements and findings name an operation."""
    return f"{operation.method.upper()} {operation.path}"


def checked_resources(contract: Contract) -> dict[str, CheckedResource]:
    """The resources of a contract by name; what there is only one of, without an id, is none of them."""
    found: dict[str, dict[str, ResourceOperation]] = {name: {} for name in contract.behaviour.resources}
    for operation in sorted(contract.document.operations, key=lambda o: len(o.path)):
        stated = contract.behaviour.operations.get((operation.path, operation.method), NOTHING)
        if stated.action is not None and stated.action.of in found:
            found[stated.action.of].setdefault(stated.action.does, ResourceOperation(operation, stated))
    resources = {n: r for n, r in contract.behaviour.resources.items() if r.identity.generate != "single"}
    return {name: CheckedResource(name, resource, found[name]) for name, resource in resources.items()}


def resource_operations(contract: Contract) -> Iterator[ResourceOperation]:
    """Every operation with what is said about it."""
    for operation in contract.document.operations:
        yield ResourceOperation(
            operation, contract.behaviour.operations.get((operation.path, operation.method), NOTHING)
        )


def placeholder_path(written: Any, name: str) -> Path | None:
    """The path to the place in a reply template where `{name}` stands alone, or None."""
    if written == "{" + name + "}":
        return ()
    entries = (
        written.items() if isinstance(written, Mapping) else enumerate(written if isinstance(written, list) else ())
    )
    for key, value in entries:
        inner = placeholder_path(value, name)
        if inner is not None:
            return (key, *inner)
    return None


def value_at(value: Any, path: Path | None) -> Any:
    """What stands at `path` in a JSON value; None where nothing does."""
    if path is None:
        return None
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def parameters_of(path: str) -> list[str]:
    """The names in a path template."""
    return path_template.names(path)
