"""An OpenAPI document as frozen values, named as in the OpenAPI Specification 3.1.

`document_reader.py` makes them. A schema is represented by its JSON pointer, so that nothing is copied and recursive
schemas need no special care.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from mockserver.errors import UnknownOperation
from mockserver.openapi import pointer as json_pointer

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
"""The fixed fields of a Path Item that hold an Operation (OpenAPI 3.1 section 4.8.9; `query` since 3.2)."""

ADDITIONAL = "additionalOperations"
"""The field of a Path Item that holds the operations of all other methods (OpenAPI 3.2 section 4.9.1)."""


def methods_of(item: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The methods of a Path Item, in lower case, each with the keys that lead to its value."""
    yield from ((method, (method,)) for method in METHODS if method in item)
    others = item.get(ADDITIONAL)
    yield from ((name.lower(), (ADDITIONAL, name)) for name in (others if type(others) is dict else ()))


def in_capitals(method: str) -> str:
    """A method that a person wrote in small letters: `get` is GET. Others are case-sensitive (RFC 9110 section 9.1)."""
    return method.upper() if method.islower() else method


DEFAULT_STYLE = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
"""The `style` of a Parameter that names none (OpenAPI 3.1 section 4.8.12.2)."""


EXPLODED = ("form", "cookie")
"""The styles whose `explode` is true where the document does not say (OpenAPI 3.2 section 4.12.2.2)."""


class MediaType(Struct, frozen=True):
    """One media type of a body: its name (`application/json`), the pointer of its schema, its examples by name.

    `encoding` has the Encoding Objects of a form by the names of its fields.
    """

    name: str
    schema: str | None
    examples: Mapping[str, Any]
    encoding: Mapping[str, Any]
    pointer: str


RESOURCE_NAME = "x-resource-name"
"""The extension of a path parameter that ends a resource name: the template of that name (inference/name_paths.py)."""


WILDCARD = "x-wildcard"
"""The extension of a path parameter whose value `-` means every parent."""


class Parameter(Struct, frozen=True):
    """A value outside of the body. `location` is path, query, header or cookie; `schema` is a pointer.

    `content` is the media type of a parameter that has `content` in place of `schema` and `style`; with the style
    QUERYSTRING, that of the whole query. `allow_empty` is `allowEmptyValue`, None where the document does not say.
    The values of a path parameter with `slashes` may have several segments. `resource_name` is the template of the
    resource name that ends with the parameter (`shelves/{shelf}`), empty without one. With `wildcard`, `-` in a list
    means every parent.
    """

    name: str
    location: str
    required: bool
    schema: str | None
    style: str
    explode: bool
    content: str | None
    pointer: str
    allow_empty: bool | None = None
    slashes: bool = False
    resource_name: str = ""
    wildcard: bool = False


class RequestBody(Struct, frozen=True):
    """The request body of an operation; `content` has the media types in the order of the document."""

    required: bool
    content: tuple[MediaType, ...]
    pointer: str


class Header(Struct, frozen=True):
    """A documented header of a response, or of a part of a multipart body."""

    name: str
    required: bool
    schema: str | None
    pointer: str


class Response(Struct, frozen=True):
    """A documented response. `status` is a code, a range such as `4XX`, or `default`."""

    status: str
    description: str
    content: tuple[MediaType, ...]
    headers: tuple[Header, ...]
    links: Mapping[str, Any]
    pointer: str

    def covers(self, status: int) -> bool:
        """Does this response describe that status code?"""
        return self.status in (str(status), f"{status // 100}XX", f"{status // 100}xx", "default")


LARGE = 300
"""A document with more operations than this is a large one."""


class SecurityScheme(Struct, frozen=True):
    """How a client authenticates; `type` as in OpenAPI.

    For an API key, `parameter` is the name of the header, query parameter or cookie, and `location` says which it is.
    """

    name: str
    type: str
    scheme: str = ""
    location: str = ""
    parameter: str = ""


Requirement = tuple[tuple[str, tuple[str, ...]], ...]
"""Security schemes that must all be met, each with its scopes. An empty one means that no credential is needed."""


class Operation(Struct, frozen=True):
    """One method of one path. `security` lists alternatives; it is empty if no credential is needed.

    `operation_id` is `get /pets` where the document gives none. `extension` is the operation's `x-behaviour`.
    `base_paths` are those of its own servers, or of its path's; empty if it has none, so that the document's apply.
    With `deprecated`, clients should stop using it. Of a query parameter that is an object, `parameters` has the
    properties (see `object_parameters.py`), and `objects` has it with their names.
    """

    path: str
    method: str
    operation_id: str
    summary: str
    parameters: tuple[Parameter, ...]
    request_body: RequestBody | None
    responses: tuple[Response, ...]
    security: tuple[Requirement, ...]
    extension: Mapping[str, Any]
    pointer: str
    base_paths: tuple[str, ...] = ()
    deprecated: bool = False
    objects: Mapping[Parameter, tuple[str, ...]] = {}

    @property
    def http_method(self) -> str:
        """The method as it is sent: `POST`. Names of further methods keep their case (RFC 9110 section 9.1)."""
        if not self.is_additional:
            return self.method.upper()
        return json_pointer.split(self.pointer)[-1]

    @property
    def is_additional(self) -> bool:
        """Has it a method that only `additionalOperations` can have?"""
        return self.method not in METHODS

    def response(self, status: int) -> Response | None:
        """The response for that status code: exact before range before `default` (OpenAPI 3.1 section 4.8.16)."""
        described = {response.status.upper(): response for response in self.responses}
        return described.get(str(status)) or described.get(f"{status // 100}XX") or described.get("DEFAULT")

    def parameter(self, location: str, name: str) -> Parameter | None:
        """The parameter of that name in a location, such as `query`; None if there is none."""
        return next((each for each in self.parameters if (each.location, each.name) == (location, name)), None)

    def success(self) -> Response | None:
        """The documented 2xx response with the lowest number, or None."""
        good = [r for r in self.responses if r.status[:1] == "2"]
        return min(good, key=lambda r: r.status, default=None)


class Document(Struct, frozen=True):
    """An OpenAPI document. `raw` is the document in its own version, `root` its normal form.

    `published` is what the author wrote; `raw` may differ from it in the paths of resource names.
    `base_paths` are the paths of its servers; there is at least one, which may be empty. `own_base_paths` are those of
    the servers that single operations and paths have.
    """

    title: str
    version: str
    file: str
    base_paths: tuple[str, ...]
    own_base_paths: tuple[str, ...]
    raw: Mapping[str, Any]
    published: Mapping[str, Any]
    root: Mapping[str, Any]
    operations: tuple[Operation, ...]
    security_schemes: Mapping[str, SecurityScheme]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.file!r})"

    @property
    def base_path(self) -> str:
        """The path of the first server."""
        return self.base_paths[0]

    def base_path_of(self, operation: Operation) -> str:
        """The path of the first server of an operation: its own, its path's or the document's (section 4.8.10)."""
        return (operation.base_paths or self.base_paths)[0]

    @property
    def is_large(self) -> bool:
        """Does it have so many operations that schemas should be compiled when first needed, and not all at start?"""
        return len(self.operations) > LARGE

    def operation(self, operation_id: str) -> Operation:
        """The operation with that id. Raises UnknownOperation, which lists the known ids."""
        for operation in self.operations:
            if operation.operation_id == operation_id:
                return operation
        known = ", ".join(o.operation_id for o in self.operations[:20])
        raise UnknownOperation(f"unknown operation {operation_id!r}; known operations: {known}", file=self.file)
