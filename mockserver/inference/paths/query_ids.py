"""Items that a query names, where no path does: `GET /user?id=1`, `DELETE /links?from=a&to=b`."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.inference.bodies.messages import is_object, list_path, reply_body, request_schema
from mockserver.inference.names import noun, plain, words
from mockserver.inference.operations.tables import is_table
from mockserver.inference.paths.path_tree import PathNode, Shape
from mockserver.inference.paths.selectors import is_required, selectors, single_values
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

IDS = frozenset(("id", "uuid", "guid"))
"""Last words of a parameter that names an item, or something that an item belongs to."""

AT_ITEM = ("get", "head", "put", "patch", "delete")
"""Methods of an item."""

VERBS = {
    "get": "get",
    "show": "get",
    "read": "get",
    "view": "get",
    "fetch": "get",
    "retrieve": "get",
    "detail": "get",
    "details": "get",
    "info": "get",
    "update": "put",
    "edit": "put",
    "modify": "put",
    "replace": "put",
    "save": "put",
    "delete": "delete",
    "remove": "delete",
    "destroy": "delete",
}
"""Last words of paths that say what happens to one item, and the method that does so at a path without a verb."""

METHODS_OF = {"get": ("get", "head"), "put": ("put", "patch"), "delete": ("delete",)}
"""The methods that a verb may have."""

OF_ALL = {"create": "post", "add": "post", "new": "post", "list": "get", "all": "get"}
"""Last words of paths that say what happens to the collection."""


def with_query_ids(nodes: Mapping[Shape, PathNode], schemas: Schemas) -> dict[Shape, PathNode]:
    """The nodes of a document, where paths whose query names one item are apart from those of the collection.

    Of `/items/get?item_id=7`, `/items/delete?item_id=7` and `/items/create` the verbs are left out.
    """
    found = dict(nodes)
    for shape, node in nodes.items():
        base = shape[:-1]
        if node.is_item or (*shape, "{}") in nodes or is_table(node):
            continue
        if base and shape[-1] in VERBS:
            if VERBS[shape[-1]] == "get" and (*base, "{}") not in found:
                _join_verbs(found, base, node, schemas)
            continue
        item = _item(node, schemas) or _item_of_header(node, schemas)
        if item is not None:
            found[item.shape] = item
            _take(found, shape, item.operations)
            if shape in found:
                found[shape] = _with_create(found[shape])
    return found


def _join_verbs(found: dict[Shape, PathNode], base: Shape, getting: PathNode, schemas: Schemas) -> None:
    """Join the paths that say by a verb what happens to the items of `base`, if one gets an item by its own id.

    What a verb does by another method than usual, such as a POST that deletes, stays as it is.
    """
    get, own = getting.operations.get("get"), own_ids(base[-1])
    key = next((each.name for each in single_values(get, schemas) if plain(each.name) in own), "") if get else ""
    if get is None or not key or not _shows_one(get, base[-1], schemas):
        return
    beside = {shape[-1]: node for shape, node in found.items() if shape[:-1] == base}
    item, above = {"get": get}, dict(found[base].operations) if base in found else {}
    for verb, node in beside.items():
        for method in METHODS_OF.get(VERBS.get(verb, ""), ()):
            if method in node.operations and node.operations[method].parameter("query", key) is not None:
                item.setdefault(method, node.operations[method])
        if OF_ALL.get(verb, "") in node.operations:
            above.setdefault(OF_ALL[verb], node.operations[OF_ALL[verb]])
    for node in beside.values():
        _take(found, node.shape, {**item, **above})
    found[(*base, "{}")] = PathNode(getting.path, (*base, "{}"), item, key)
    if above:
        found[base] = PathNode(next(iter(above.values())).path, base, above)


def _take(found: dict[Shape, PathNode], shape: Shape, taken: Mapping[str, Operation]) -> None:
    """Take operations from the node of a path, which goes if none is left."""
    node, gone = found[shape], {each.operation_id for each in taken.values()}
    rest = {method: each for method, each in node.operations.items() if each.operation_id not in gone}
    if rest:
        found[shape] = PathNode(node.path, shape, rest)
    else:
        del found[shape]


def _with_create(node: PathNode) -> PathNode:
    """The collection, where a PUT that names no item does what a POST does elsewhere: it creates one."""
    if "put" not in node.operations or "post" in node.operations:
        return node
    rest = {method: each for method, each in node.operations.items() if method != "put"}
    return PathNode(node.path, node.shape, {**rest, "post": node.operations["put"]})


def _item(node: PathNode, schemas: Schemas) -> PathNode | None:
    """The item that the query of a path names; None if there is none."""
    asked = {method: node.operations[method] for method in AT_ITEM if method in node.operations}
    get = asked.get("get")
    if get is not None and not _shows_one(get, node.word, schemas):
        asked = {method: each for method, each in asked.items() if method not in ("get", "head")}
    key, post = _key(asked, node, schemas), node.operations.get("post")
    named = {method: each for method, each in asked.items() if each.parameter("query", key) is not None}
    if _asks_the_same(node, schemas):
        return None
    if not key or (post is not None and is_required(post, key)):
        return _selected(asked, node, schemas)
    if not named or ("get" in asked and "get" not in named):
        return None
    return PathNode(node.path, (*node.shape, "{}"), named, key)


def _item_of_header(node: PathNode, schemas: Schemas) -> PathNode | None:
    """The item that a header names, which what reads, changes or deletes it requires: `X-Device-Id` at `/device`."""
    asked = {method: node.operations[method] for method in AT_ITEM if method in node.operations}
    if "get" in asked and not _shows_one(asked["get"], node.word, schemas):
        asked = {method: each for method, each in asked.items() if method not in ("get", "head")}
    every = [{p.name for p in each.parameters if p.location == "header" and p.required} for each in asked.values()]
    named = set.intersection(*every) if every else set()
    post = node.operations.get("post")
    own = own_ids(node.word)
    found = sorted(name for name in named if plain(name) in own or plain(name).removeprefix("x") in own)
    is_new = post is not None and all(p.name not in found for p in post.parameters)
    if len(found) != 1 or not is_new or "get" not in asked:
        return None
    return PathNode(node.path, (*node.shape, "{}"), asked, found[0], "header")


def _selected(asked: Mapping[str, Operation], node: PathNode, schemas: Schemas) -> PathNode | None:
    """The item that the query of a path names by properties of it; None if there is none."""
    if "get" not in asked:  # the GET lists items: what changes one of them shows one
        asked = {
            method: each for method, each in asked.items() if method == "delete" or _shows_one(each, node.word, schemas)
        }
        asked = asked if asked.keys() - {"delete"} else {}
    found = selectors(asked, node, schemas)
    return PathNode(node.path, (*node.shape, "{}"), asked, selectors=found) if found else None


def _asks_the_same(node: PathNode, schemas: Schemas) -> bool:
    """Does a POST take in its body what the GET takes in its query, as all requests to Amazon may?"""
    get, post = node.operations.get("get"), node.operations.get("post")
    body = request_schema(post.request_body) if post is not None else None
    sent = set(schemas.properties(body)) if body else set()
    return get is not None and bool(sent) and sent <= {p.name for p in get.parameters if p.location == "query"}


def _shows_one(operation: Operation, word: str, schemas: Schemas) -> bool:
    """Does a GET show one object, and not a list?"""
    found = reply_body(operation, "get")
    shown = found.schema if found is not None else None
    return shown is not None and is_object(schemas, shown) and list_path(schemas, shown, word) is None


def _key(asked: Mapping[str, Operation], node: PathNode, schemas: Schemas) -> str:
    """The query parameter that names the item; empty if none does, or it is not clear which one.

    One that is called the id of such an item may be optional. Any other must be required by a GET and by what writes,
    and be the id of something or a property that the GET shows.
    """
    known = {each.name: each for one in asked.values() for each in single_values(one, schemas)}
    free = [name for name in known if name not in node.parameters]
    own = [name for name in free if plain(name) in own_ids(node.word)]
    if own:
        return min(own, key=lambda name: plain(name) in IDS)  # `userId` before `id`
    if "get" not in asked or asked.keys() <= {"get", "head"}:
        return ""
    shown = _shown(asked.get("get"), schemas)
    needed = [name for name in free if all(is_required(each, name) for each in asked.values())]
    likely = [name for name in needed if words(name)[-1:] and words(name)[-1] in IDS] or [
        name for name in needed if plain(name) in shown
    ]
    return likely[0] if len(likely) == 1 else ""


def own_ids(word: str) -> frozenset[str]:
    """The plain names of parameters that hold the id of an item: `id`, `userid` and `useruuid` at `/users`."""
    called = noun(word)
    stems = {"".join(called[at:]) for at in range(len(called))}
    return IDS | {f"{stem}{last}" for stem in stems for last in IDS}


def _shown(get: Operation | None, schemas: Schemas) -> frozenset[str]:
    """The plain names of the properties that a GET shows."""
    found = reply_body(get, "get") if get is not None else None
    shown = found.schema if found is not None else None
    return frozenset(map(plain, schemas.properties(shown))) if shown else frozenset()
