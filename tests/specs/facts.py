"""One fact that a seed (a page of the vendor's documentation) states, and whether a document has it.

A fact names a place in a document by the keys that lead there. `$ref` and `allOf` on the way are followed, so that a
document may share its schemas as it likes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]
Node = dict[str, Any]
SUCCESS = "2XX"  # the one successful status of an operation, if the seed does not print its number


def reach(document: Node, path: Path) -> list[Any]:
    """Every node that the keys lead to; several if `allOf` splits a schema into branches."""
    nodes: list[Any] = [document]
    for key in path:
        nodes = [found for node in nodes for found in _step(document, node, key)]
    return [part for node in nodes for part in _parts(document, node)]


def _step(document: Node, node: Any, key: str | int) -> Iterator[Any]:
    for part in _parts(document, node):
        if isinstance(part, list):
            yield from _element(document, part, key)
        elif key == SUCCESS:
            yield from (part[status] for status in part if status.startswith("2"))
        elif key in part:
            yield part[key]


def _element(document: Node, items: list[Any], key: str | int) -> Iterator[Any]:
    """An item of a list by its number, or a parameter by its name."""
    if isinstance(key, int):
        yield from items[key : key + 1]
    else:
        yield from (item for item in items if any(part.get("name") == key for part in _parts(document, item)))


def _parts(document: Node, node: Any) -> Iterator[Any]:
    """The node itself, what it refers to, and the branches of its `allOf`."""
    yield node
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield from reach(document, tuple(node["$ref"].removeprefix("#/").split("/")))
        for branch in node.get("allOf", ()):
            yield from _parts(document, branch)


@dataclass(frozen=True)
class Rule:
    """How a keyword is checked: `holds` takes the nodes that may have it; each of `damages` makes it untrue."""

    holds: Callable[[list[Node], str, Any], bool]
    damages: tuple[Callable[[Node, str, Any], object], ...]


def _carriers(nodes: list[Node], keyword: str) -> list[Node]:
    return [node for node in nodes if keyword in node]


def _drop(node: Node, keyword: str, _: Any) -> None:
    node.pop(keyword, None)


def _change(node: Node, keyword: str, expected: Any) -> None:
    if keyword in node:
        node[keyword] = [expected, "something else"]


def _remove(node: Node, keyword: str, expected: Any) -> None:
    if keyword in node:
        node[keyword] = [value for value in node[keyword] if value != expected]


def _add(node: Node, keyword: str, expected: Any) -> None:
    node[keyword] = [*node.get(keyword, ()), expected]


def _set(node: Node, keyword: str, _: Any) -> None:
    node[keyword] = True


IS = Rule(lambda nodes, key, value: any(_same(node[key], value) for node in _carriers(nodes, key)), (_drop, _change))
HAS = Rule(lambda nodes, key, _: bool(_carriers(nodes, key)), (_drop,))
AMONG = Rule(lambda nodes, key, value: any(value in node[key] for node in _carriers(nodes, key)), (_drop, _remove))
NOT_AMONG = Rule(lambda nodes, key, value: bool(nodes) and not AMONG.holds(nodes, key, value), (_add,))
ABSENT = Rule(lambda nodes, key, _: bool(nodes) and not _carriers(nodes, key), (_set,))


def _same(found: Any, expected: Any) -> bool:
    """Are they equal and of one type? In JSON neither 1 nor 1.0 is true."""
    return type(found) is type(expected) and bool(found == expected)


@dataclass(frozen=True)
class Fact:
    """`subject` has `keyword` with the value `expected`: the seed says `displayName maxLength 120`."""

    seed: str
    vendor: str
    subject: str
    path: Path
    keyword: str
    expected: Any = None
    rule: Rule = IS

    def __str__(self) -> str:
        words = {HAS: "has ", ABSENT: "no ", NOT_AMONG: "not "}.get(self.rule, "")
        is_named = self.expected is None or self.subject.endswith(f" {self.expected}")
        value = "" if is_named else f" {self.expected}"
        return f"{self.seed} {self.subject} {words}{self.keyword}{value}".replace("'", "")

    def holds(self, document: Node) -> bool:
        """Does the document say so too?"""
        return self.rule.holds(_objects(reach(document, self.path)), self.keyword, self.expected)

    def damaged(self, document: Node) -> Iterator[Node]:
        """Copies of the document in which only this fact is dropped or changed."""
        for damage in self.rule.damages:
            copy = deepcopy(document)
            for node in _objects(reach(copy, self.path)):
                damage(node, self.keyword, self.expected)
            yield copy


def _objects(nodes: list[Any]) -> list[Node]:
    return [node for node in nodes if isinstance(node, dict)]


@dataclass(frozen=True)
class Part:
    """Where the facts of one part of a seed are in the document: its body, its response, a parameter."""

    seed: str
    vendor: str
    name: str
    path: Path

    def within(self, name: str, *path: str | int) -> Part:
        """A part of this part; `name` is joined to the name of this one."""
        return Part(self.seed, self.vendor, f"{self.name}{name}", (*self.path, *path))

    def fact(self, keyword: str, expected: Any = None, rule: Rule = IS) -> Fact:
        """One fact about this part itself."""
        return Fact(self.seed, self.vendor, self.name, self.path, keyword, expected, rule)

    def facts(self, **keywords: Any) -> Iterator[Fact]:
        """One fact for each keyword; a `Rule` in place of a value needs no value."""
        for keyword, expected in keywords.items():
            bare = isinstance(expected, Rule)
            yield self.fact(keyword, None if bare else expected, expected if bare else IS)

    def field(self, name: str, *, required: bool | None = None, **keywords: Any) -> Iterator[Fact]:
        """The facts about one property of this object; `required` is None if the seed does not say."""
        yield self.below("properties").fact(name, rule=HAS)
        if required is not None:
            yield self.within(f" {name}").fact("required", name, AMONG if required else NOT_AMONG)
        yield from self.property(name).facts(**keywords)

    def property(self, name: str) -> Part:
        """The part of the document for one property of this object."""
        return self.within(f" {name}", "properties", name)

    def below(self, *path: str | int) -> Part:
        """A part with the same name, further down in the document."""
        return self.within("", *path)
