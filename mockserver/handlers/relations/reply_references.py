"""References in replies that no resource answers: an example response names items that exist, below ones that exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from mockserver.contract import Contract
from mockserver.errors import Missing
from mockserver.handlers import tenants
from mockserver.handlers.binding.item_schemas import operations_on, reply_schemas
from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.handlers.relations.joining import JoinedReference, Subject, outer_first
from mockserver.handlers.relations.references import Joins, by_name
from mockserver.inference.names import noun
from mockserver.inference.paths.path_tree import PathNode, shape_of
from mockserver.inference.relations.references import ReferenceFinder, ReferredResource
from mockserver.messages import Call, Reply
from mockserver.openapi.document import Operation
from mockserver.openapi.fault_places import Place, fault_places
from mockserver.openapi.path_template import names
from mockserver.state.store import Store


class ItemsInPath:
    """The items in the path of an operation without a resource: `/courses/{code}/summary`, `COPY /courses/{code}`."""

    def __init__(self, contract: Contract, plans: Mapping[str, ResourcePlan]) -> None:
        self._contract, self._plans = contract, plans
        self._above: dict[str, dict[str, str]] = {}

    @cached_property
    def _items(self) -> dict[tuple[str, ...], str]:
        return dict(_item_shapes(self._contract, self._plans))

    def check(self, operation: Operation, call: Call, store: Store) -> None:
        """Raises Missing when an item in the path does not exist."""
        for parameter, resource in self.resources(operation).items():
            plan = self._plans[resource]
            collection = store.unjoined(resource, _tenant(plan, call), plan.owner(call.path))
            id, is_known = call.path.get(parameter), set(plan.parent_parameters) <= call.path.keys()
            if is_known and collection.get(id) is None and by_name(collection, id) is None:
                name = resource.replace("-", " ")
                raise Missing(f"{name} not found", resource=name)

    def are_said_to_exist(self, operation: Operation) -> bool:
        """Does the document say what is answered where one does not exist, and can clients create all of them?"""
        has_404 = any(response.status == "404" for response in operation.responses)
        resources = self.resources(operation).values() if has_404 else ()
        return bool(resources) and all(self._plans[each].is_creatable for each in resources)

    def resources(self, operation: Operation) -> dict[str, str]:
        """The path parameters of an operation that are ids of resources, with these."""
        if operation.path not in self._above:
            shape, found, own = shape_of(operation.path), dict[str, str](), names(operation.path)
            for length in range(1, len(shape) + 1):
                resource = self._items.get(shape[:length])
                if resource is not None:
                    found[own[sum(segment.count("{}") for segment in shape[:length]) - 1]] = resource
            self._above[operation.path] = found
        return self._above[operation.path]


class ReplyReferences:
    """Makes the example responses of one service fit what it stores."""

    def __init__(
        self, contract: Contract, plans: Mapping[str, ResourcePlan], joins: Joins, in_path: ItemsInPath
    ) -> None:
        self._contract, self._plans, self._joins, self._in_path = contract, plans, joins, in_path
        self._finder = ReferenceFinder(contract.schemas, list(_targets(contract, plans)))
        self._found: dict[str, tuple[JoinedReference, ...]] = {}

    def joined(self, operation: Operation, call: Call, reply: Reply, store: Store) -> Reply:
        """An example response with references to items that exist, as far as it stays valid."""
        schema = _schema(operation, reply) if reply.content is None else None
        above = self._in_path.resources(operation)
        references = self._references(schema, tuple(above)) if schema is not None else ()
        if schema is None or not references:
            return reply
        subject = Subject("/".join([operation.operation_id, *map(str, call.path.values())]), call.path, above)
        validator = self._contract.schemas.validator(schema, "response")

        def faults(body: Any) -> Iterator[Place]:
            return fault_places(validator, body)

        tenant = _tenant(self._plans[references[0].resource], call)
        return reply._replace(body=self._joins.on(store).value(reply.body, references, subject, tenant, faults))

    def _references(self, pointer: str, parents: tuple[str, ...]) -> tuple[JoinedReference, ...]:
        if pointer not in self._found:
            self._found[pointer] = outer_first(self._finder.in_reply(pointer, parents))
        return self._found[pointer]


def _tenant(plan: ResourcePlan, call: Call) -> str:
    """The tenant whose items a request is about; that of an operation without a resource is none of them."""
    return tenants.finder(plan.statements.tenant)(call.principal, call.path, call.headers)


def _schema(operation: Operation, reply: Reply) -> str | None:
    """The schema of a reply's body."""
    response = operation.response(reply.status)
    media = response.content if response is not None else ()
    return next((one.schema for one in media if one.name == reply.media_type), None)


def _item_shapes(contract: Contract, plans: Mapping[str, ResourcePlan]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The shape of the path of each resource's items, with the resource."""
    for name, plan in plans.items():
        identity, own = plan.statements.identity, list[tuple[str, ...]]()
        above: list[tuple[str, ...]] = []
        for operation, behaviour in operations_on(contract, name):
            does = behaviour.action.does if behaviour.action is not None else ""
            is_collection = does in ("create", "list") and identity.location == "path" and not plan.is_single
            if does not in ("create", "list") and operation.path.rstrip("/").endswith("{" + identity.parameter + "}"):
                own.append(shape_of(operation.path))
            elif is_collection and names(operation.path) == list(plan.parent_parameters):
                above.append((*shape_of(operation.path), "{}"))  # no operation is about the item alone
        yield from ((shape, name) for shape in own or above[:1])


def _targets(contract: Contract, plans: Mapping[str, ResourcePlan]) -> Iterator[ReferredResource]:
    for name, plan in plans.items():
        if not plan.is_single:
            identity = plan.statements.identity
            word = _word(operation.path for operation, _ in operations_on(contract, name)) or name
            views = tuple(reply_schemas(contract, name))
            yield ReferredResource(name, noun(word), views, identity.field, identity.parameter, plan.parent_parameters)


def _word(paths: Iterable[str]) -> str:
    """The last segment that is not a parameter, of the first path."""
    return next((PathNode(path, shape_of(path), {}).word for path in paths), "")
