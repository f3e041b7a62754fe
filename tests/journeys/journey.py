"""One journey for each resource: create an item, read it, find it in the list, change it, delete it, get a 404."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

import mockserver
from mockserver.behaviour import templates
from mockserver.behaviour.statements import Action, IdentityStatement, OperationBehaviour, Resource
from mockserver.contract import ReadingOptions
from mockserver.errors import Unanswerable
from mockserver.handlers.actions import HANDLERS
from mockserver.handlers.binding import item_schemas
from mockserver.handlers.binding.bound_operation import BoundOperation
from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.messages import ANONYMOUS, Call
from mockserver.openapi.document import Operation
from mockserver.openapi.path_template import names
from mockserver.web.service import Service
from tests.journeys.request import NOTHING, Requests, encoded, text

Paths = dict[str, Any]


class JourneyFailed(Exception):  # a result and not an error of the program
    """A journey could not continue: at which step, and why."""

    def __init__(self, step: str, why: str) -> None:
        super().__init__(f"{step}: {why}")
        self.step, self.why = step, why


TRIALS = 8
"""How many bodies are tried until one is not a duplicate."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of the journey on one resource; `why` is empty if it worked."""

    resource: str
    steps: tuple[str, ...]
    why: str = ""


@dataclass(slots=True)
class ResourceOperations:
    """A resource and the operations on it, by action (`create`, `list`, …)."""

    name: str
    resource: Resource
    operations: dict[str, tuple[Operation, OperationBehaviour]] = field(default_factory=dict)


class JourneyRunner:
    """Runs the journeys of one service over HTTP. Only items that no operation creates are put into the store."""

    def __init__(self, service: Service, client: httpx.AsyncClient) -> None:
        self._service, self._client, self._contract = service, client, service.contract
        self._requests = Requests(service.contract)
        self.resources = _resources(service)
        self._steps: list[str] = []
        self._sent: Any = None
        self._shown: Any = None
        self._elsewhere: Paths = {}
        self._owners: Paths = {}

    async def run(self, name: str) -> Outcome:
        """Run the journey on one resource."""
        self._steps, self._elsewhere, self._owners, self._shown = [], {}, {}, None
        try:
            await self._journey(self.resources[name])
        except JourneyFailed as lost:
            return Outcome(name, tuple(self._steps), str(lost))
        except Unanswerable as fault:
            return Outcome(name, tuple(self._steps), f"request: no valid one can be made: {fault.message}")
        return Outcome(name, tuple(self._steps))

    async def _journey(self, target: ResourceOperations) -> None:
        path, given = await self._begin(target)
        seen = await self._read(target, path, "read")
        _same(given, seen, "read")
        self._shown = seen or given or self._shown
        if not path.get("") or "list" in target.operations:
            await self._list(target, path, is_there=True)
        await self._update(target, path)
        await self._delete(target, path)

    async def _begin(self, target: ResourceOperations) -> tuple[Paths, Any]:
        """Create an item and all its owners; return its path parameters and how the reply shows it."""
        above = await self._owner_values(target)
        if "create" in target.operations:
            return await self._create(target, above)
        upsert = target.operations.get("replace")
        identity = target.resource.identity
        # An item that a query names, and no path, cannot be put at an id.
        named = identity.parameter or identity.generate == "single"
        if upsert is not None and upsert[1].action is not None and upsert[1].action.upsert and named:
            id = self._id(target, upsert[0]) if identity.generate != "single" else ""
            path = above | {identity.parameter: id}
            shown, _ = await self._write("create", upsert, path, 0)
            return path, shown
        return self._put(target, above), None

    async def _owner_values(self, target: ResourceOperations) -> Paths:
        """Values for the path parameters of the owners; an owner that must exist is created first."""
        wanted, parent = _parent_parameters(target.resource), target.resource.parent
        # One of them may be at a path without owners, such as `POST /user/repos`.
        operation = max((each for each, _ in target.operations.values()), key=lambda each: len(names(each.path)))
        above: Paths = {name: self._path_value(operation, name, at) for at, name in enumerate(wanted)}
        if parent is not None and parent.must_exist:
            steps = self._steps
            self._steps = []
            owner = self.resources[parent.resource]
            path, _ = await self._begin(owner)
            self._steps = steps
            chain = (*_parent_parameters(owner.resource), owner.resource.identity.parameter)
            for name, own in zip(wanted, chain, strict=False):
                above[name] = path[own]
            # An item that is created at another path than its own needs the values of that path too.
            if parent.parameter not in wanted and "create" in target.operations:
                on_the_way = names(target.operations["create"][0].path)
                on_the_way = on_the_way[: on_the_way.index(parent.parameter) + 1]
                self._owners = dict(zip(reversed(on_the_way), (path[own] for own in reversed(chain)), strict=False))
        return above

    def _id(self, target: ResourceOperations, operation: Operation) -> Any:
        """An id for a new item: as the schemas of replies have it if the path allows that, else as the path has it."""
        identity, own = target.resource.identity, names(operation.path)
        parameter = next(p for p in operation.parameters if p.location == "path" and p.name == own[-1])
        for view in item_schemas.reply_schemas(self._contract, target.name) if parameter.schema else ():
            at = self._contract.schemas.properties(view).get(identity.field)
            value = self._contract.examples.at(at, seed=0) if at else None
            if at and self._contract.schemas.validator(str(parameter.schema), "request").is_valid(value):
                return value
        return self._requests.value(parameter)

    def _path_value(self, operation: Operation, name: str, at: int = -1) -> Any:
        own = names(operation.path)
        wanted = name if name in own else own[at]
        parameter = next(p for p in operation.parameters if p.location == "path" and p.name == wanted)
        return self._requests.value(parameter)

    async def _create(self, target: ResourceOperations, above: Paths) -> tuple[Paths, Any]:
        shown, reply = await self._write("create", target.operations["create"], above, 0)
        identity = target.resource.identity
        if identity.generate == "single":
            return above, shown
        id = shown.get(identity.field) if isinstance(shown, dict) else shown
        id = _in_path(target, id)
        if id is None and "location" in reply.headers:
            id = reply.headers["location"].rsplit("/", 1)[-1]
        action = target.operations["create"][1].action
        if id is None and isinstance(self._sent, dict) and _is_chosen(identity) and action is not None:
            known = {new: old for old, new in action.takes.items()}.get(identity.field, identity.field)
            id = self._sent.get(known)
        if id is None and not target.operations.keys().isdisjoint(("get", "update", "replace", "delete")):
            raise JourneyFailed("create", "no reply shows the id")
        is_named = id is not None and identity.parameter not in above.keys() - self._owners.keys()
        return above | ({identity.parameter: id} if is_named else {"": True}), shown

    def _put(self, target: ResourceOperations, above: Paths) -> Paths:
        """Put an item that no operation creates into the store, as a server that starts with items does."""
        kept, world = self._service.plans[target.name], self._service.world
        call = Call("PUT", "", above, {}, {}, {}, None, "", ANONYMOUS, "")
        held = self._service.store.collection(kept.name, "", kept.owner(above))
        if kept.exists_from_start:
            return above
        self._service.store.sequence += 1
        record = kept.new_record(call, world, world.clock.now(), held, self._service.store.sequence, {})
        if held.get(record.id) is None:
            held.add(record)
        self._steps.append("put")
        self._shown = dict(record.fields)
        return above | {target.resource.identity.parameter: record.id}

    async def _read(self, target: ResourceOperations, path: Paths, step: str) -> Any:
        act = target.operations.get("get")
        if act is None or path.get(""):
            return None
        reply = await self._send(act[0], path)
        self._expect(step, reply, 200, 300)
        return _item(act[1], reply)

    async def _list(self, target: ResourceOperations, path: Paths, *, is_there: bool) -> None:
        act = target.operations.get("list")
        if act is None:
            return
        shown = self._shown if isinstance(self._shown, dict) else {}
        asked = {one.parameter: shown[one.field] for one in act[1].filter if one.field in shown}
        reply = await self._send(act[0], path, asked=asked)
        step = "list" if is_there else "list after delete"
        self._expect(step, reply, 200, 300)
        items = _items(act[1], reply)
        identity = target.resource.identity
        found = (item[identity.field] for item in items if isinstance(item, dict) and identity.field in item)
        ids = [text(_in_path(target, each)) for each in found]
        id = path.get(identity.parameter) if not path.get("") else None
        if id is not None and ids and (text(id) in ids) is not is_there:
            raise JourneyFailed(step, f"the item is {'not ' if is_there else ''}there")
        if is_there and not items:
            raise JourneyFailed(step, "it is empty")

    async def _update(self, target: ResourceOperations, path: Paths) -> None:
        for does in ("update", "replace"):
            act = target.operations.get(does)
            patch = act[1].action.patch if act is not None and act[1].action is not None else ""
            if act is not None and not path.get("") and patch != "json-patch":
                shown, _ = await self._write(does, act, path, 1)
                seen = await self._read(target, path, f"read after {does}")
                _same(shown, seen, f"read after {does}")
                self._shown = seen or shown or self._shown

    async def _delete(self, target: ResourceOperations, path: Paths) -> None:
        act = target.operations.get("delete")
        if act is None or path.get(""):
            return
        media = self._requests.media(act[0])
        body = self._requests.body(media, 0) if media is not None else None
        reply = await self._send(act[0], path, body)
        if act[1].refused and 400 <= reply.status_code < 500:
            return  # the document says in which state an item is not deleted
        self._expect("delete", reply, 200, 300)
        if "get" in target.operations:
            get = target.operations["get"][0]
            reply = await self._send(get, path)
            # A single item whose absence the document does not describe is there again.
            may_return = target.resource.identity.generate == "single" and get.response(404) is None
            if reply.status_code not in (404, 410) and not may_return:
                raise JourneyFailed("read after delete", f"{reply.status_code}, still there")
            self._steps.append("missing")
        if "list" in target.operations:
            await self._list(target, path, is_there=False)

    async def _write(
        self, step: str, act: tuple[Operation, OperationBehaviour], path: Paths, seed: int
    ) -> tuple[Any, httpx.Response]:
        """Send a body; return the item of the reply, which must show the values that were sent."""
        operation, behaviour = act
        media = self._requests.media(operation)
        body = self._requests.body(media, seed) if media is not None else None
        if behaviour.action is not None and isinstance(body, dict):
            self._name(operation, behaviour, path, body)
            self._vary(behaviour.action, body, seed)
        self._sent = body
        reply = await self._send(operation, path, body)
        if reply.status_code == 409 and seed < TRIALS:
            return await self._write(step, act, path, seed + 2)
        self._expect(step, reply, 200, 300)
        shown = _item(behaviour, reply)
        if behaviour.action is not None:
            self._kept(step, act, behaviour.action, body, shown)
        return shown, reply

    def _kept(
        self, step: str, act: tuple[Operation, OperationBehaviour], action: Action, body: Any, shown: Any
    ) -> None:
        """Check that the reply shows the values that were sent, except those that the service sets."""
        operation, behaviour = act
        for key in action.envelope:
            body = body.get(key) if isinstance(body, dict) else None
        resource = self._contract.behaviour.resources[action.of]
        settled = self._service.plans[action.of].server_fields | {resource.identity.field, *action.keeps.values()}
        settled |= {resource.parent.field} if resource.parent is not None else set()
        named = item_schemas.request_properties(self._contract, operation, behaviour)
        for name, value in body.items() if isinstance(body, dict) and isinstance(shown, dict) else ():
            known = action.takes.get(name, name)
            if name not in named:
                continue
            seen, is_plain = shown.get(known), isinstance(value, str | int | float)
            may_differ = known in settled or type(seen) is not type(value) or seen == value
            if is_plain and not may_differ and self._may_show(action.of, known, value):
                raise JourneyFailed(step, f"{name} was sent as {text(value)[:60]} and is {text(seen)[:60]}")

    def _may_show(self, resource: str, name: str, value: Any) -> bool:
        """Do the schemas of all replies allow this value of the property?"""
        schemas = self._contract.schemas
        places = [schemas.properties(view).get(name) for view in item_schemas.reply_schemas(self._contract, resource)]
        return all(schemas.validator(at, "response").is_valid(value) for at in places if at)

    def _vary(self, action: Action, body: dict[str, Any], seed: int) -> None:
        """Change the values that must be unique, after a conflict."""
        if action.does == "create" and seed > 0:
            for statement in self._contract.behaviour.resources[action.of].unique:
                body |= {name: f"{body[name]}{seed}" for name in statement.fields if isinstance(body.get(name), str)}

    def _name(self, operation: Operation, behaviour: OperationBehaviour, path: Paths, body: dict[str, Any]) -> None:
        """Set the id in the body if the body has it and the path has not."""
        action = behaviour.action
        resource = self._contract.behaviour.resources[action.of] if action is not None else None
        if resource is None or action is None:
            return
        identity = resource.identity
        if identity.generate == "single":
            return
        if action.does == "create" and identity.field in body and _is_chosen(identity):
            body[identity.field] = self._chosen(action.of, body[identity.field])
        is_named = action.does != "create" and identity.parameter in path and len(names(operation.path)) < len(path)
        if is_named and identity.parameter not in names(operation.path):
            body[identity.field] = path[identity.parameter]

    def _chosen(self, name: str, proposed: Any) -> Any:
        """An id that the item's path allows too; the proposed one if no path has it."""
        identity = self._contract.behaviour.resources[name].identity
        for does in ("get", "delete", "replace", "update"):
            act = self.resources[name].operations.get(does)
            if act is not None and identity.parameter in names(act[0].path):
                parameter = next(p for p in act[0].parameters if (p.name, p.location) == (identity.parameter, "path"))
                allowed = self._contract.schemas.validator(parameter.schema, "request") if parameter.schema else None
                found = self._requests.value(parameter)
                is_better = allowed is not None and not allowed.is_valid(proposed) and type(found) is type(proposed)
                return found if is_better else proposed
        return proposed

    async def _send(
        self, operation: Operation, path: Paths, body: Any = None, asked: Mapping[str, Any] = NOTHING
    ) -> httpx.Response:
        media = self._requests.media(operation) if body is not None else None
        named = {name: self._place(operation, name, path) for name in names(operation.path)}
        return await self._client.request(
            operation.method.upper(),
            f"/{self._service.name}{self._requests.address(operation, named, asked)}",
            headers=self._requests.headers(operation, media),
            content=encoded(media, body) if media is not None else None,
        )

    def _place(self, operation: Operation, name: str, path: Paths) -> Any:
        """The value of a path parameter: the item's, under the name that the resource uses; else any valid one."""
        bound = self._service.endpoints[operation.operation_id].bound
        known = bound.path_names.get(name, name) if bound is not None else name
        if bound is not None and name in self._owners and self._is_on_the_way(bound):
            return self._owners[name]
        if bound is not None and bound.plan is not None and self._is_above(bound, bound.plan, name):
            path = {}  # the path of the owner has the same name for its id
        if known not in path and name not in self._elsewhere:
            self._elsewhere[name] = self._path_value(operation, name)
        return path[known] if known in path else self._elsewhere[name]

    @staticmethod
    def _is_above(bound: BoundOperation, plan: ResourcePlan, name: str) -> bool:
        """Is a path parameter with the name of the id the id of something above the items?"""
        makes_or_lists = bound.handler in (HANDLERS["create"], HANDLERS["list"])
        return makes_or_lists and name == plan.statements.identity.parameter and name not in plan.parent_parameters

    @staticmethod
    def _is_on_the_way(bound: BoundOperation) -> bool:
        """Does the path of an operation contain the owner of items that have another path?"""
        plan, parent = bound.resource, bound.resource.statements.parent
        is_linked = parent is not None and parent.parameter not in plan.parent_parameters
        return is_linked and bound.owner is not None and parent.resource == bound.owner[0]

    def _expect(self, step: str, reply: httpx.Response, low: int, high: int) -> None:
        if not low <= reply.status_code < high:
            raise JourneyFailed(step, f"{reply.status_code} {reply.text[:300]}")
        self._steps.append(step)


def _parent_parameters(resource: Resource) -> tuple[str, ...]:
    """The path parameters of an item's owners."""
    return resource.within.parameters if resource.within is not None else ()


def _is_chosen(identity: IdentityStatement) -> bool:
    """May, or must, a client send the id?"""
    return identity.from_client or identity.generate == "client"


def _resources(service: Service) -> dict[str, ResourceOperations]:
    found = {
        name: ResourceOperations(name, resource) for name, resource in service.contract.behaviour.resources.items()
    }
    for operation in service.contract.document.operations:
        behaviour = service.contract.behaviour.operations.get((operation.path, operation.method))
        if behaviour is not None and behaviour.action is not None and behaviour.action.of in found:
            found[behaviour.action.of].operations.setdefault(behaviour.action.does, (operation, behaviour))
    return found


def _item(behaviour: OperationBehaviour, reply: httpx.Response) -> Any:
    """The item in a reply, at the place that the behaviour gives; None if the reply shows none."""
    wanted = behaviour.reply.body if behaviour.reply is not None else "{item}"
    for hole in ("item", "text:id", "id"):
        path = templates.find(wanted, hole)
        if path is not None and reply.content:
            return _below(reply.json(), path)
    return None


def _items(behaviour: OperationBehaviour, reply: httpx.Response) -> list[Any]:
    wanted = behaviour.reply.body if behaviour.reply is not None else "{items}"
    path = templates.find(wanted, "items")
    found = _below(reply.json(), path or ())
    return found if isinstance(found, list) else []


def _below(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _in_path(target: ResourceOperations, id: Any) -> Any:
    """An id as a path has it: the end of the resource name that replies show."""
    return id.rpartition("/")[2] if target.resource.identity.resource_name and isinstance(id, str) else id


def _same(shown: Any, seen: Any, step: str) -> None:
    """Check that fields which two replies have in common are equal."""
    if not isinstance(shown, Mapping) or not isinstance(seen, Mapping):
        return
    for name in shown.keys() & seen.keys():
        if isinstance(shown[name], Mapping):
            _same(shown[name], seen[name], step)
        elif shown[name] != seen[name] and type(shown[name]) is type(seen[name]):
            raise JourneyFailed(step, f"{name} was {text(shown[name])[:80]} and is {text(seen[name])[:80]}")


async def journeys(path: str, *, lenient: bool = True) -> tuple[Service, list[Outcome]]:
    """Run the journeys on every inferred resource of the document at `path`."""
    sandbox = mockserver.create_app(path, seed=1, reading=ReadingOptions(lenient=lenient))
    (service,) = sandbox.services.values()
    transport = httpx.ASGITransport(sandbox, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
        return service, [outcome async for outcome in _all(JourneyRunner(service, client))]


async def _all(runner: JourneyRunner) -> Any:
    for name in runner.resources:
        yield await runner.run(name)


def reasons(outcomes: list[Outcome]) -> Iterator[str]:
    """Why journeys failed."""
    return (outcome.why for outcome in outcomes if outcome.why)
