"""Resolves references to schemas that name themselves by `$id` and `$anchor`.

JSON Schema 2020-12 Core section 8.2, which OpenAPI 3.1 adopts; `$id` also changes what relative references inside of a
schema mean. The rest of the program knows JSON pointers only, so references by name are rewritten to pointers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urldefrag, urljoin

from mockserver.openapi import dynamic_scopes
from mockserver.openapi.bundle_keys import FILES
from mockserver.openapi.dynamic_scopes import DynamicRef
from mockserver.openapi.object_positions import Place, Where, find, pointer, reference, walk

NAMES = ("$id", "$anchor", "$dynamicAnchor")


def localised(
    document: dict[str, Any], copy: Callable[[dict[str, Any]], dict[str, Any]], *, scoped: bool = False
) -> dict[str, Any]:
    """`document` itself if no schema names itself; else a copy with references by pointer and without names.

    `copy` makes that copy. A reference to an unknown name stays as it is. `$dynamicRef` becomes a `$ref` to the only
    schema with its anchor. Where several have it, the keyword is left out, or with `scoped` resolved by its scope.
    """
    if not any(_is_named(place) for place in walk(document)):
        return document
    document = copy(document)
    places = [_with_one_reference(place) for place in walk(document) if place.kind == "schema"]
    based = [(place, _base(document, place.where)) for place in places]
    names: dict[str, str] = {}
    anchored = Counter[str]()
    # All names first, then all references: a schema may refer to one that comes later.
    for place, base in ((place, base) for place, base in based if _is_named(place)):
        node = place.node
        names[base] = names.get(base) or _home(document, place.where)
        for key in NAMES[1:]:
            if type(node.get(key)) is str:
                names[f"{base}#{node[key]}"] = pointer(place.where)
                anchored[f"{base}#{node[key]}"] += 1
    dynamic = _dynamic(document, based, names, anchored)
    for place, base in based:
        _rewrite(place.node, base, names)
    if scoped and dynamic:
        dynamic_scopes.resolve(document, places, dynamic, copy)
    for place in places:
        for key in NAMES:
            place.node.pop(key, None)
    return document


def _dynamic(
    document: dict[str, Any], based: list[tuple[Place, str]], names: dict[str, str], anchored: Counter[str]
) -> dict[str, DynamicRef]:
    """The `$dynamicRef`s that need a scope, by the pointer of their schema; all others become a `$ref`, or nothing."""
    anchors = Counter(str(place.node.get("$dynamicAnchor")) for place, _ in based if _is_named(place))
    found: dict[str, DynamicRef] = {}
    for place, base in based:
        ref = place.node.pop("$dynamicRef", None)
        if type(ref) is not str:
            continue
        at = _absolute(ref, base)
        address, _, name = at.partition("#")
        initial = names.get(at) if anchored[at] == 1 else None
        node = find(document, reference(initial))[0] if initial is not None else {"$dynamicAnchor": name}
        is_dynamic = bool(name) and node.get("$dynamicAnchor") == name  # an `$anchor` is what it is in every scope
        if is_dynamic and (anchors[name] > 1 or (anchors[name] and initial is None)):
            found[place.pointer] = DynamicRef(name, initial)
        elif at in names or name[:1] == "/" or (not name and address in names):
            place.node["$ref"] = ref
    return found


def _with_one_reference(place: Place) -> Place:
    """The place itself, whose `$dynamicRef` is in `allOf` if there is a `$ref` too: both apply."""
    node = place.node
    if "$dynamicRef" in node and "$ref" in node:
        parts = node.get("allOf")
        node["allOf"] = [*(parts if type(parts) is list else ()), {"$dynamicRef": node.pop("$dynamicRef")}]
    return place


def _is_named(place: Place) -> bool:
    return place.kind == "schema" and any(type(place.node.get(key)) is str for key in NAMES)


def _named_ancestors(document: dict[str, Any], where: Where) -> list[tuple[str, Where]]:
    """The `$id`s of the schemas around a place, outermost first, each with the place of its schema."""
    chain = []
    while where is not None:
        chain.append(where)
        where = where[0]
    seen = [(find(document, reference(pointer(step)))[0], step) for step in reversed(chain)]
    return [(node["$id"], step) for node, step in seen if type(node) is dict and type(node.get("$id")) is str]


def _base(document: dict[str, Any], where: Where) -> str:
    """The base URI of references at this place; empty if no schema around it has an `$id`."""
    base = ""
    for name, _ in _named_ancestors(document, where):
        base = urldefrag(urljoin(base, name)).url
    return base


def _home(document: dict[str, Any], where: Where) -> str:
    """The pointer of the schema whose `$id` is the base URI of this place; the document's if there is none."""
    around = _named_ancestors(document, where)
    return pointer(around[-1][1]) if around else ""


def _absolute(ref: str, base: str) -> str:
    """A reference with its base URI, always with a fragment."""
    address, fragment = urldefrag(urljoin(base, ref) if base or ref[:1] != "#" else ref)
    return f"{address}#{fragment}"


def _rewrite(node: dict[str, Any], base: str, names: dict[str, str]) -> None:
    ref = node.get("$ref")
    if type(ref) is not str or (base == "" and ref.startswith("#/")) or ref.startswith(f"#/{FILES}/"):
        return  # a JSON pointer already, as nearly all references are
    absolute = _absolute(ref, base)
    address, _, fragment = absolute.partition("#")
    if absolute in names:
        node["$ref"] = reference(names[absolute])
    elif address in names and (fragment == "" or fragment[:1] == "/"):
        node["$ref"] = reference(names[address]) + fragment
