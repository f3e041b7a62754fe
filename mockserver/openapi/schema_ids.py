"""Resolves references to schemas that name themselves by `$id` and `$anchor`.

JSON Schema 2020-12 Core section 8.2, which OpenAPI 3.1 adopts; `$id` also changes what relative references inside of a
schema mean. The rest of the program knows JSON pointers only, so references by name are rewritten to pointers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urldefrag, urljoin

from mockserver.openapi.bundle_keys import FILES
from mockserver.openapi.object_positions import Place, Where, find, pointer, reference, walk

NAMES = ("$id", "$anchor", "$dynamicAnchor")


def localised(document: dict[str, Any], copy: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    """`document` itself if no schema names itself; else a copy with references by pointer and without names.

    `copy` makes that copy. A reference to an unknown name stays as it is. `$dynamicRef` becomes a `$ref` to the only
    schema with its anchor. Where several have it, the dynamic scope chooses among them, which is not supported: the
    keyword is left out, and any value is valid there.
    """
    if not any(_is_named(place) for place in walk(document)):
        return document
    document = copy(document)
    places = [place for place in walk(document) if place.kind == "schema"]
    names: dict[str, str] = {}
    # All names first, then all references: a schema may refer to one that comes later.
    for place in filter(_is_named, places):
        base, node = _base(document, place.where), place.node
        names[base] = names.get(base) or _home(document, place.where)
        for key in NAMES[1:]:
            if type(node.get(key)) is str:
                names[f"{base}#{node[key]}"] = pointer(place.where)
    anchors = Counter(str(place.node.get("$dynamicAnchor")) for place in places)
    for place in places:
        if anchors[urldefrag(str(place.node.get("$dynamicRef"))).fragment] > 1:
            del place.node["$dynamicRef"]
        _rewrite(place.node, _base(document, place.where), names)
    for place in places:
        for key in NAMES:
            place.node.pop(key, None)
    return document


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


def _rewrite(node: dict[str, Any], base: str, names: dict[str, str]) -> None:
    ref = node.pop("$dynamicRef", None) or node.get("$ref")
    if type(ref) is not str or (base == "" and ref.startswith("#/")) or ref.startswith(f"#/{FILES}/"):
        return  # a JSON pointer already, as nearly all references are
    address, fragment = urldefrag(urljoin(base, ref) if base or ref[:1] != "#" else ref)
    if f"{address}#{fragment}" in names:
        node["$ref"] = reference(names[f"{address}#{fragment}"])
    elif address in names and (fragment == "" or fragment[:1] == "/"):
        node["$ref"] = reference(names[address]) + fragment
