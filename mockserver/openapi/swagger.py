"""Converts Swagger 2.0 documents to OpenAPI 3.0.

`consumes`, `produces` and parameters `in: body` and `in: formData` become request bodies and media types;
`definitions`, `parameters` and `responses` move to `components`; `collectionFormat` becomes `style` and `explode`.
Source: OpenAPI Specification 2.0, and 3.0.0 for what replaced it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.openapi import media_types
from mockserver.openapi.document import METHODS
from mockserver.openapi.field_types import TABS
from mockserver.openapi.object_positions import Place, find, walk
from mockserver.openapi.pointer import escape

HOMES = {
    "definitions": ("schema", "schemas"),
    "parameters": ("parameter", "parameters"),
    "responses": ("response", "responses"),
}
"""Root key of 2.0 → the kind of object it holds, and its name among the `components` of 3.0."""

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

STYLES: dict[str, tuple[str, bool]] = {
    "csv": ("form", False),
    "multi": ("form", True),
    "ssv": ("spaceDelimited", False),
    "pipes": ("pipeDelimited", False),
    "tsv": (TABS, False),
}
"""`collectionFormat` of a parameter → `style` and `explode`."""

ALLOWS_EMPTY = "x-allow-empty-value"
"""The key of an Encoding Object that says that an empty field counts as none: 3.x has it for parameters only."""

KEPT = frozenset(("name", "in", "description", "required", "allowEmptyValue", "deprecated"))
"""The fields of a parameter or header of 2.0 that do not move into its schema."""

FLOWS = {"accessCode": "authorizationCode", "application": "clientCredentials"}
"""OAuth flows of 2.0 that 3.0 renamed."""


def convert(document: dict[str, Any]) -> None:
    """Turn a Swagger 2.0 document into an OpenAPI 3.0 one, in place. `document` must not be shared."""
    places = list(walk(document))  # collected first: the conversions below change the tree that `walk` goes through
    _settle_references(document, places)
    for place in places:
        if place.kind == "path item":
            _path_item(document, place.node)
    for place in places:
        if place.kind in _CONVERSIONS and "$ref" not in place.node:
            _CONVERSIONS[place.kind](document, place.node)
    _move(document)
    for place in places:  # last, since the steps before look references up under their old names
        _rename_reference(place.node)


def _settle_references(document: dict[str, Any], places: list[Place]) -> None:
    """Resolve references into parts that the conversion moves, such as `#/paths/~1a/get/responses/200/schema`.

    A schema that such a reference points to gets a name under `definitions`; any other object is copied in place.
    """
    for place in places:
        ref = place.node.get("$ref")
        if type(ref) is not str or ref.startswith(("#/definitions/", "#/x-files/")):
            continue
        target, where = find(document, ref)
        if where is None or type(target) is not dict:
            continue
        if place.kind == "schema":
            name = ref.removeprefix("#/").replace("/", ".").replace("~1", "-")
            document.setdefault("definitions", {})[name] = target
            place.node["$ref"] = "#/definitions/" + escape(name)
        elif ref.count("/") != 2:
            place.node.clear()
            place.node.update(target)


def _rename_reference(node: dict[str, Any]) -> None:
    ref = node.get("$ref")
    if type(ref) is str:
        for old, (_, new) in HOMES.items():
            if ref.startswith(f"#/{old}/"):
                node["$ref"] = f"#/components/{new}/" + ref.removeprefix(f"#/{old}/")


def _followed(document: dict[str, Any], node: Any) -> dict[str, Any]:
    seen: list[Any] = []
    while type(node) is dict and type(node.get("$ref")) is str and node not in seen:
        seen.append(node)
        node, _ = find(document, node["$ref"])
    return node if type(node) is dict else {}


def _path_item(document: dict[str, Any], item: dict[str, Any]) -> None:
    shared = _listed(item.get("parameters"))
    for method in METHODS:
        if type(item.get(method)) is dict:
            _operation(document, item[method], shared)
    if "parameters" in item:
        item["parameters"] = [one for one in shared if not _is_body(_followed(document, one))]


def _operation(document: dict[str, Any], operation: dict[str, Any], shared: list[Any]) -> None:
    own = _listed(operation.get("parameters"))
    seen = [(one, _followed(document, one)) for one in own]
    # An operation's own body replaces one that the path item declares for all its operations.
    bodies = [node for _, node in seen if _is_body(node)] or [
        node for one in shared if _is_body(node := _followed(document, one))
    ]
    if bodies:
        operation["requestBody"] = _request_body(bodies, _media_types(document, operation, "consumes"))
    if "parameters" in operation:
        operation["parameters"] = [one for one, node in seen if not _is_body(node)]
    _produce(document, operation)
    for key in ("consumes", "produces", "schemes"):
        operation.pop(key, None)


def _listed(value: Any) -> list[Any]:
    return value if type(value) is list else []


def _is_body(parameter: dict[str, Any]) -> bool:
    return parameter.get("in") in ("body", "formData")


def _media_types(document: dict[str, Any], operation: dict[str, Any], key: str) -> list[str]:
    named = _listed(operation.get(key)) or _listed(document.get(key))
    return list(dict.fromkeys(media_types.meant(name) for name in named if type(name) is str))


def _request_body(parameters: list[dict[str, Any]], consumes: list[str]) -> dict[str, Any]:
    body = next((one for one in parameters if one.get("in") == "body"), None)
    if body is None:
        return _form(parameters, consumes)
    media = {"schema": body.get("schema", {})}
    described: dict[str, Any] = {key: body[key] for key in ("description", "required") if key in body}
    if type(body.get("name")) is str:
        # A body has no name in 3.0; Connexion passes it to functions under the name that 2.0 gives it.
        described["x-body-name"] = body["name"]
    return {**described, "content": {name: dict(media) for name in consumes or ["application/json"]}}


def _form(parameters: list[dict[str, Any]], consumes: list[str]) -> dict[str, Any]:
    fields = [one for one in parameters if type(one.get("name")) is str]
    required = [one["name"] for one in fields if one.get("required") is True]
    schema: dict[str, Any] = {"type": "object", "properties": {one["name"]: _value_schema(one) for one in fields}}
    if required:
        schema["required"] = required
    files = any(one.get("type") == "file" for one in fields)
    forms = [name for name in consumes if name in FORMS] or [FORMS[1] if files else FORMS[0]]
    if files and FORMS[1] in forms:
        forms = [FORMS[1]]  # a file cannot be sent URL-encoded (2.0 section "Parameter Object")
    media = {"schema": schema} | _encoding(fields)
    return {"required": bool(required), "content": {name: dict(media) for name in forms}}


def _value_schema(node: dict[str, Any]) -> dict[str, Any]:
    """The schema of a form field: its description, and every field that describes its value."""
    schema = {k: v for k, v in node.items() if k == "description" or k not in (*KEPT, "collectionFormat")}
    if node.get("allowEmptyValue") is False and node.get("type") == "string":
        schema.setdefault("minLength", 1)
    return _nested(schema)


def _encoding(fields: list[dict[str, Any]]) -> dict[str, Any]:
    found = {one["name"]: _written(one, "form") for one in fields if one.get("type") == "array"}
    for one in fields:
        if one.get("allowEmptyValue") is True and one.get("type") != "string":
            found.setdefault(one["name"], {})[ALLOWS_EMPTY] = True
    return {"encoding": found} if found else {}


def _written(node: dict[str, Any], style: str) -> dict[str, Any]:
    """`style` and `explode` of a list; `style` is the default style of its location."""
    named, explode = STYLES.get(str(node.get("collectionFormat")), STYLES["csv"])
    if style == "simple":
        return {"style": "simple" if named == "form" else named}
    return {"style": named, "explode": explode}


def _nested(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema of a list with `collectionFormat` written out for the lists in it, which `coercion` reads."""
    items = schema.get("items")
    if type(items) is not dict or items.get("type") != "array":
        return schema
    return {**schema, "items": {"collectionFormat": "csv", **_nested(items)}}


def _produce(document: dict[str, Any], operation: dict[str, Any]) -> None:
    """Give the responses the media types of the operation.

    A shared response is copied first, since other operations may produce other media types. An error response gets the
    media types too, even without a schema: in 2.0 `produces` applies to every response.
    """
    responses = operation.get("responses")
    if type(responses) is not dict:
        return
    names, own = _media_types(document, operation, "produces"), _listed(operation.get("produces"))
    for status, node in responses.items():
        response = _followed(document, node)
        if "schema" in response or "examples" in response:
            produced = _with_content(dict(response), names) if own else None
        else:
            content: dict[str, Any] = {"content": {name: {} for name in names}}
            produced = {**response, **content} if names and _is_refusal(status, responses) else None
        if produced is not None:
            responses[status] = produced
            _headers(produced)


def _is_refusal(status: str, responses: dict[str, Any]) -> bool:
    """Is this an error response? `default` is one if the operation also documents a 2xx response."""
    return status[:1] in ("4", "5") or (status == "default" and any(one[:1] == "2" for one in responses))


def _with_content(response: dict[str, Any], produces: list[str]) -> dict[str, Any]:
    schema, examples = response.pop("schema", None), response.pop("examples", None)
    examples = examples if type(examples) is dict else {}
    if schema is None and not examples:
        return response
    file = type(schema) is dict and schema.get("type") == "file"
    names = produces or ["application/octet-stream" if file else "application/json"]
    media = {} if schema is None else {"schema": schema}
    shown = {_produced(name, names): {"example": value} for name, value in examples.items()}
    ranges = [name for name in shown if "*" in name]  # an example of `*/*` is one of each documented type
    written = dict.fromkeys([*names, *(name for name in shown if name not in ranges)])
    response["content"] = {name: {**media, **shown.get(name, shown[ranges[0]] if ranges else {})} for name in written}
    return response


def _produced(name: str, produces: list[str]) -> str:
    """The produced media type that an example is of, which may name a charset; else the name itself."""
    wanted = media_types.parse(media_types.meant(name))
    return next((each for each in produces if media_types.parse(each) == wanted), name)


def _response(document: dict[str, Any], response: dict[str, Any]) -> None:
    _with_content(response, _media_types(document, {}, "produces"))
    _headers(response)


def _headers(response: dict[str, Any]) -> None:
    headers = response.get("headers")
    if type(headers) is dict:
        response["headers"] = {name: _header(node) for name, node in headers.items() if type(node) is dict}


def _header(node: dict[str, Any]) -> dict[str, Any]:
    return node if "schema" in node else _split(node, "simple")


def _parameter(document: dict[str, Any], node: dict[str, Any]) -> None:
    if not _is_body(node) and "schema" not in node:
        split = _split(node, "form" if node.get("in") == "query" else "simple")
        node.clear()
        node.update(split)


def _split(node: dict[str, Any], style: str) -> dict[str, Any]:
    """A parameter or header of 3.0: the fields that describe its value move into a schema."""
    kept = {key: value for key, value in node.items() if key in KEPT or key[:2] == "x-"}
    schema = {key: value for key, value in node.items() if key not in KEPT and key != "collectionFormat"}
    return kept | {"schema": _nested(schema)} | (_written(node, style) if node.get("type") == "array" else {})


def _schema(document: dict[str, Any], node: dict[str, Any]) -> None:
    if type(node.get("discriminator")) is str:
        node["discriminator"] = {"propertyName": node["discriminator"]}


def _security_scheme(document: dict[str, Any], node: dict[str, Any]) -> None:
    if node.get("type") == "basic":
        node.update(type="http", scheme="basic")
    elif node.get("type") == "oauth2" and "flow" in node:
        flow = str(node.pop("flow"))
        moved = {key: node.pop(key) for key in ("authorizationUrl", "tokenUrl", "scopes") if key in node}
        node["flows"] = {FLOWS.get(flow, flow): {"scopes": {}, **moved}}


_CONVERSIONS = {
    "parameter": _parameter,
    "response": _response,
    "schema": _schema,
    "security scheme": _security_scheme,
}
"""Kind of object → the function that turns one of 2.0 into one of 3.0, in place."""


def _move(document: dict[str, Any]) -> None:
    components = {new: document.pop(old) for old, (_, new) in HOMES.items() if old in document}
    if type(components.get("parameters")) is dict:
        parameters = components["parameters"]
        # Shared bodies are part of the operations by now.
        components["parameters"] = {k: v for k, v in parameters.items() if type(v) is dict and not _is_body(v)}
    if "securityDefinitions" in document:
        components["securitySchemes"] = document.pop("securityDefinitions")
    document["components"] = components
    document["servers"] = list(_servers(document))
    for key in ("swagger", "host", "basePath", "schemes", "consumes", "produces"):
        document.pop(key, None)


def _servers(document: dict[str, Any]) -> Iterator[dict[str, str]]:
    path = str(document.get("basePath") or "/")
    if not document.get("host"):
        yield {"url": path}
        return
    for scheme in _listed(document.get("schemes")) or ["https"]:
        yield {"url": f"{scheme}://{document['host']}{path}"}
