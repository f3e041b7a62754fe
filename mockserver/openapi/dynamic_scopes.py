"""Resolves `$dynamicRef`, by a copy of a schema for each dynamic scope in which it is read otherwise.

Which schema a `$dynamicRef` means depends on the schema that a validation begins with: of the schema resources that
lead from there to the reference, the first one with that `$dynamicAnchor` decides (JSON Schema 2020-12 Core section
8.2.3.2; OpenAPI 3.1.1 "Generic (Template) Data Structures"). With which schemas a validation can begin is known when
the document is read. So a schema that means something else for several of them gets a copy for each, with plain
`$ref`s: validators, the generator of examples and the check need not know of scopes.

A schema resource is a schema with an `$id`. A Schema Object that is not inside of another one is such a resource
without one, too: authors of components rarely give them names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from mockserver.openapi.object_positions import Place, reference
from mockserver.openapi.pointer import join, lookup, split, target

COPIES = "x-dynamic-scopes"
"""The root key that holds the copies; the key of each is a number and the pointer of the schema."""

MAX_COPIES = 300
"""How many copies are made at most. Beyond that, every value is valid where a `$dynamicRef` is."""

MAX_OBJECTS = 50_000
"""How many Schema Objects all copies have at most."""

MAX_ANCHORS = 100
"""How many anchors that several schemas have are resolved at most."""

Scope = dict[str, str]
"""The name of an anchor → the pointer of the schema that has it in the outermost resource."""

UNUSED_PARTS = frozenset(("$defs", "definitions"))
"""What a schema only holds for references."""


def original(pointer: str) -> str:
    """The pointer of the schema that the one at `pointer` is a copy of; any other pointer as it is."""
    if not pointer.startswith(f"/{COPIES}/"):
        return pointer
    _, key, *steps = split(pointer)
    return join("/" + key.partition("/")[2], *steps)


class DynamicRef(Struct, frozen=True):
    """A `$dynamicRef`: the name of its anchor, and the pointer of the schema that it means where no scope has it."""

    name: str
    initial: str | None


def resolve(
    document: dict[str, Any],
    places: list[Place],
    found: dict[str, DynamicRef],
    copy: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    """Write a `$ref` for each `$dynamicRef` into `document`, in place, and add the copies that this needs.

    `places` are all its schemas, whose `$ref`s are pointers. `found` has their `$dynamicRef`s by the pointer of the
    schema; none of these schemas has a `$ref`. Where no schema has the anchor, and where the copies would be too many,
    nothing is written, so that every value is valid there.
    """
    scopes = _Scopes({place.pointer: place.node for place in places}, found)
    if len(scopes.names) > MAX_ANCHORS:
        return
    refs = [(scopes.nodes[here], scopes.target(here, scopes.scope[here])) for here in scopes.needs]
    copies = scopes.copies(copy)
    if copies is None:
        return
    for node, ref in refs:
        if ref is not None:
            node["$ref"] = ref
    if copies:
        document[COPIES] = copies


class _Scopes:
    """The schemas of a document by their pointers, and the scopes in which each is read."""

    def __init__(self, nodes: dict[str, dict[str, Any]], found: dict[str, DynamicRef]) -> None:
        self.nodes, self.found = nodes, found
        self.names = {ref.name for ref in found.values()}
        self.resource: dict[str, str] = {}
        """The pointer of the resource that a schema is in."""
        self.parts: dict[str, list[str]] = defaultdict(list)
        """The schemas directly inside of a schema that describe a value, without its definitions."""
        self.anchors: dict[str, Scope] = defaultdict(dict)
        """The anchors of a resource."""
        self.scope: dict[str, Scope] = {}
        """The scope of a schema where it is read as a part of the outermost schema around it."""
        parents = {here: self._parent(here) for here in sorted(nodes, key=len)}  # a parent is before its parts
        for here, parent in parents.items():
            self._place(here, parent)
        for here, parent in parents.items():
            around = self.scope[parent] if parent is not None else {}
            self.scope[here] = self._entered(here, around)
        self.needs = self._needs()
        self._keys: dict[tuple[str, frozenset[tuple[str, str]]], str] = {}
        self._waiting: list[tuple[str, str, Scope]] = []

    def _parent(self, here: str) -> str | None:
        while here:
            here = here.rpartition("/")[0]
            if here in self.nodes:
                return here
        return None

    def _place(self, here: str, parent: str | None) -> None:
        node = self.nodes[here]
        is_resource = parent is None or type(node.get("$id")) is str
        self.resource[here] = here if parent is None or is_resource else self.resource[parent]
        if parent is not None and split(here[len(parent) :])[0] not in UNUSED_PARTS:
            self.parts[parent].append(here)
        anchor = node.get("$dynamicAnchor")
        if type(anchor) is str and anchor in self.names:
            self.anchors[self.resource[here]].setdefault(anchor, here)

    def _entered(self, here: str, around: Scope) -> Scope:
        """The scope inside of the schema `here`, which is a part of one with the scope `around`."""
        return {**self.anchors[here], **around} if self.resource[here] == here else around

    def _needs(self) -> dict[str, set[str]]:
        """The pointer of a schema → the anchors that what it refers to depends on, if there are any."""
        users: dict[str, list[str]] = defaultdict(list)
        for here in self.nodes:
            for part in self.parts.get(here, ()):
                users[part].append(here)
            to = self._referred(here)
            if to is not None:
                users[to].append(here)
        needs: dict[str, set[str]] = defaultdict(set)
        for name in self.names:
            waiting = [here for here, ref in self.found.items() if ref.name == name]
            waiting += [user for here in waiting for user in users[here]]
            while waiting:
                here = waiting.pop()
                if name not in needs[here]:
                    needs[here].add(name)
                    waiting += users[here]
        return self._with_targets(needs)

    def _with_targets(self, needs: dict[str, set[str]]) -> dict[str, set[str]]:
        """`needs`, with those of every schema that a `$dynamicRef` may lead to."""
        may_mean: dict[str, list[str]] = defaultdict(list)
        for anchors in self.anchors.values():
            for name, here in anchors.items():
                may_mean[name].append(here)
        by_name: dict[str, set[str]] = {}
        for name in self.names:
            # The names that can follow one: those of its targets, and of their names in turn.
            reached, waiting = {name}, [name]
            while waiting:
                for to in may_mean[waiting.pop()]:
                    new = needs.get(to, set()) - reached
                    reached |= new
                    waiting += new
            by_name[name] = reached
        return {here: set().union(*(by_name[name] for name in names)) for here, names in needs.items()}

    def _referred(self, here: str) -> str | None:
        """The pointer of the schema that the `$ref` of one means."""
        ref = self.nodes[here].get("$ref")
        to = target(ref) if type(ref) is str and ref[:1] == "#" else None
        return to if to in self.nodes else None

    def target(self, here: str, scope: Scope) -> str | None:
        """The `$ref` of the schema `here` in a scope; None if it has none, or refers to nothing that is known."""
        if here in self.found:
            to = scope.get(self.found[here].name) or self.found[here].initial
        else:
            to = self._referred(here)
        return None if to is None else self._in_scope(to, scope)

    def _in_scope(self, to: str, scope: Scope) -> str:
        """A reference to the schema `to` as it is read in a scope: itself or a copy."""
        names, own = self.needs.get(to, set()), self.scope[to]
        inner = {**self.anchors[self.resource[to]], **scope}
        if all(own.get(name) == inner.get(name) for name in names):
            return reference(to)
        needed = {name: inner[name] for name in sorted(names) if name in inner}
        key = (to, frozenset(needed.items()))
        if key not in self._keys:
            self._keys[key] = f"{len(self._keys) + 1}{to}"
            self._waiting.append((self._keys[key], to, needed))
        return reference(join("", COPIES, self._keys[key]))

    def copies(self, copy: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any] | None:
        """The copies that the references so far need, and those that these need; None if they are too many."""
        made: dict[str, Any] = {}
        objects = 0
        while self._waiting:
            name, here, scope = self._waiting.pop()
            parts = list(self._parts_in(here, scope))
            objects += len(parts)
            if len(self._keys) > MAX_COPIES or objects > MAX_OBJECTS:
                return None
            twin = copy({key: value for key, value in self.nodes[here].items() if key not in UNUSED_PARTS})
            for at, inner in parts:
                node = lookup(twin, at[len(here) :])
                ref = self.target(at, inner)
                if ref is not None:
                    node["$ref"] = ref
                for key in ("$id", "$anchor", "$dynamicAnchor"):
                    node.pop(key, None)
            made[name] = twin
        return made

    def _parts_in(self, here: str, scope: Scope) -> Iterator[tuple[str, Scope]]:
        """The schema `here` and all inside of it that describe a value, each with its scope."""
        waiting = [(here, scope)]
        while waiting:
            at, around = waiting.pop()
            yield at, around
            waiting += [(part, self._entered(part, around)) for part in self.parts.get(at, ())]
