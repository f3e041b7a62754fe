"""Paths with resource names, written out: `/v1/{name}` with the form `shelves/*` is `/v1/shelves/{shelf}`.

So operations on one path that are about different resources have paths of their own. Only where the document says
what the values look like: a pattern with a slash, a format in a description, an example, or, beside any of these,
operationIds that name the collections (AIP-122; `google.api.http` of gRPC transcoding).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import unquote

from msgspec import Struct, field

from mockserver.inference.paths import resource_names
from mockserver.inference.paths.path_tree import VERSION
from mockserver.inference.paths.resource_names import Form
from mockserver.openapi import path_template
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.document import RESOURCE_NAME, WILDCARD, methods_of
from mockserver.openapi.object_positions import find

AUTHORS_PATH = "x-authors-path"
"""The extension of an operation that was moved: the path at which its author wrote it."""

MOST_FORMS = 8
"""How many forms of one parameter are written out."""


class _Source(Struct):
    """A document, and the parameters that references in it lead to: many operations refer to the same ones."""

    raw: dict[str, Any]
    targets: dict[str, dict[str, Any]] = field(default_factory=dict)


class _Place(Struct, frozen=True):
    """An operation of a document, its path, and its path parameters by name."""

    path: str
    method: str
    item: dict[str, Any]
    node: dict[str, Any]
    parameters: dict[str, dict[str, Any]]


def written_out(raw: dict[str, Any]) -> dict[str, Any]:
    """The document with the paths of resource names written out; `raw` itself, which is not changed, without any."""
    if type(raw.get("paths")) is not dict:
        return raw
    source = _Source(raw)
    places = [place for path, item in raw["paths"].items() for place in _places(source, path, item)]
    said = [(place, _said(place)) for place in places]
    if not any(forms for _, forms in said):
        return raw
    moves = [(place, forms or _told(place)) for place, forms in said]
    paths = _moved(source, [(place, forms) for place, forms in moves if forms])
    return {**raw, "paths": paths}


def _places(source: _Source, path: Any, item: Any) -> Iterator[_Place]:
    """The operations of a path that has a parameter, alone in its segment or before a verb (`{name}:cancel`)."""
    if type(path) is not str or type(item) is not dict or not any(map(_parameter_of, path.split("/"))):
        return
    shared = _declared(source, item)
    for method, keys in methods_of(item):
        node = item.get(method)
        if len(keys) == 1 and type(node) is dict:
            yield _Place(path, method, item, node, shared | _declared(source, node))


def _parameter_of(segment: str) -> str:
    """The parameter of a segment that begins with one, and has nothing else than a verb; empty without."""
    names = path_template.EXPRESSION.findall(segment)
    begin = "{" + names[0] + "}" if len(names) == 1 else ""
    return names[0] if begin and segment.startswith(begin) and segment[len(begin) :][:1] in ("", ":") else ""


def _declared(source: _Source, holder: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The path parameters that a path item or an operation declares, by name."""
    listed = holder.get("parameters")
    nodes = [_followed(source, node) for node in (listed if type(listed) is list else ())]
    return {str(node.get("name")): node for node in nodes if node.get("in") == "path"}


def _followed(source: _Source, node: Any) -> dict[str, Any]:
    reference = node.get("$ref") if type(node) is dict else None
    if type(reference) is str and reference not in source.targets:
        target = find(source.raw, reference)[0] if reference.startswith("#") else None
        source.targets[reference] = target if type(target) is dict else {}
    return source.targets[reference] if type(reference) is str else node if type(node) is dict else {}


def _said(place: _Place) -> dict[str, list[Form]]:
    """The forms of each parameter that the document says."""
    segments = place.path.split("/")
    found: dict[str, list[Form]] = {}
    for before, segment in pairwise(segments):
        name = _parameter_of(segment)
        node = place.parameters.get(name)
        forms = _said_of(node, before, _form_of_id(place)) if node is not None and _may_tell(node) else []
        if forms:
            found[name] = forms[:MOST_FORMS]
    return found


def _may_tell(node: dict[str, Any]) -> bool:
    """Is there a slash in what a parameter says? Most have none, and the rest takes longer."""
    schema = node.get("schema")
    holders = (node, schema) if type(schema) is dict else (node,)
    return any("/" in value for each in holders for key in TELLING if type(value := each.get(key)) is str)


TELLING = ("pattern", "description", "example")
"""The keys that say what the values of a parameter look like."""


def _said_of(node: dict[str, Any], before: str, told: Form | None) -> list[Form]:
    """The forms of a parameter; what is said of the whole name is none where the path has the collection `before`."""
    inner = node.get("schema")
    schema: dict[str, Any] = inner if type(inner) is dict else node
    by_pattern = resource_names.written_by(schema.get("pattern"))
    if by_pattern is not None:
        return [by_pattern]
    if schema.get("type", "string") != "string":
        return []
    said = resource_names.said_in(node.get("description")) or resource_names.said_in(schema.get("description"))
    shown = said or resource_names.shown_by(node.get("example", schema.get("example")))
    found = [form for form in shown if form[0].text != before]
    return resource_names.agreeing(found, told) if found else []


def _form_of_id(place: _Place) -> Form | None:
    """The form of the only parameter of a path, by the operationId."""
    if len(path_template.names(place.path)) != 1:
        return None
    _, _, behind = place.path.partition("}")
    rest = [segment.partition(":")[0] for segment in behind.split("/")[1:]]
    return resource_names.of_operation_id(place.node.get("operationId"), rest)


def _told(place: _Place) -> dict[str, list[Form]]:
    """The form of a parameter that has no description of its own, in a document whose others have."""
    begin, _, rest = place.path.partition("{")
    name, form = rest.partition("}")[0], _form_of_id(place)
    is_whole = all(not segment or VERSION.fullmatch(segment) for segment in begin.split("/"))
    return {name: [form]} if form and is_whole and name in place.parameters else {}


def _moved(source: _Source, moves: list[tuple[_Place, dict[str, list[Form]]]]) -> dict[str, Any]:
    """The paths with these operations at their own, each behind the path that it comes from."""
    raw = source.raw
    taken = {(path_template.shape(path), method) for path, item in raw["paths"].items() for method in methods_in(item)}
    by_path: dict[str, list[tuple[str, _Place, dict[str, Any]]]] = {}
    for place, forms in moves:
        for path, node in _copies(source, place, forms):
            key = path_template.shape(path), place.method
            if key not in taken:
                taken.add(key)
                by_path.setdefault(place.path, []).append((path, place, node))
    paths: dict[str, Any] = {}
    stay = {(place.path, place.method) for place, forms in moves if _may_be_other(place, forms)}
    for path in referred_to(raw) if by_path else ():
        stay |= {(path, method) for method in methods_in(raw["paths"].get(path))}
    for path, item in raw["paths"].items():
        gone = {place.method for _, place, _ in by_path.get(path, ()) if (path, place.method) not in stay}
        if gone != {*methods_in(item)} or not gone:
            paths[path] = {key: value for key, value in item.items() if key not in gone} if gone else item
        for new, place, node in by_path.get(path, ()):
            paths[new] = {**paths.get(new, {}), place.method: node}
    return paths


def _may_be_other(place: _Place, forms: dict[str, list[Form]]) -> bool:
    """May the values have no slash, too? The operation then is at its author's path as well."""
    nodes = [place.parameters[name] for name in forms]
    return any(resource_names.may_be_other(each.get("description")) or _is_shown_without(each) for each in nodes)


def _is_shown_without(node: dict[str, Any]) -> bool:
    """Is the example of a parameter a text without a slash?"""
    inner = node.get("schema")
    shown = node.get("example", inner.get("example") if type(inner) is dict else None)
    return type(shown) is str and "/" not in shown


def referred_to(raw: dict[str, Any]) -> Iterator[str]:
    """The paths that references of the document lead into: `#/paths/~1tokens~1{name}/post/responses/200`."""
    waiting: list[Any] = [raw]
    while waiting:
        node = waiting.pop()
        reference = node.get("$ref") if type(node) is dict else None
        if type(reference) is str and reference.startswith("#/paths/"):
            yield json_pointer.split(unquote(reference[1:]))[1]
        waiting += node.values() if type(node) is dict else node if type(node) is list else ()


def methods_in(item: Any) -> list[str]:
    """The methods of a path item as its keys; none of what is no path item."""
    return [method for method, _ in methods_of(item)] if type(item) is dict else []


def _copies(source: _Source, place: _Place, forms: dict[str, list[Form]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The operation at the path of each form; where several parameters have forms, only one has more than the first."""
    many = max(forms, key=lambda name: len(forms[name]))
    for form in forms[many]:
        path, added = place.path, list[dict[str, Any]]()
        for name, alternatives in forms.items():
            chosen = form if name == many else alternatives[0]
            chosen = _without_rest(chosen, path.partition("{" + name + "}")[2])
            names = resource_names.names_of(chosen, [each for each in path_template.names(path) if each != name])
            template = resource_names.template(chosen, names)
            path = path.replace("{" + name + "}", template, 1)
            mark = {WILDCARD: True} if resource_names.may_be_any(place.parameters[name].get("description")) else {}
            made = _parameters(chosen, names, template, is_swagger="swagger" in source.raw)
            added += [{**one, **mark} for one in made]
        own = [node for key, node in place.parameters.items() if key not in forms]
        node = {**_outer(place), "parameters": [*_outside_path(source, place), *own, *added]}
        yield path, {**node, AUTHORS_PATH: place.node.get(AUTHORS_PATH, place.path)}


def _without_rest(form: Form, rest: str) -> Form:
    """A form without the literal end that its path has too: `projects/*/settings` in `/{name}/settings`."""
    end = form[-1].text
    return form[:-1] if end and len(form) > 1 and rest.split("/")[1:2] == [end] else form


def _outer(place: _Place) -> dict[str, Any]:
    """The operation, with what its path item says of all operations."""
    servers = {"servers": place.item["servers"]} if "servers" in place.item else {}
    return {**servers, **place.node}


def _outside_path(source: _Source, place: _Place) -> list[Any]:
    """The parameters of an operation and of its path item that are not in the path, as they are written."""
    listed = [place.item.get("parameters"), place.node.get("parameters")]
    written = [one for nodes in listed if type(nodes) is list for one in nodes]
    return [one for one in written if _followed(source, one).get("in") != "path"]


def _parameters(form: Form, names: list[str], template: str, *, is_swagger: bool) -> Iterator[dict[str, Any]]:
    variables = [segment for segment in form if not segment.text]
    for number, (name, segment) in enumerate(zip(names, variables, strict=True), 1):
        schema = dict(resource_names.schema(segment))
        is_last = number == len(names) and not form[-1].text
        mark = {RESOURCE_NAME: template} if is_last else {}
        yield {"name": name, "in": "path", "required": True, **mark, **(schema if is_swagger else {"schema": schema})}
