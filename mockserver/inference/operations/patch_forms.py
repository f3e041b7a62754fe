"""How the body of a PATCH is read: as fields, a merge patch, a JSON Patch, or the operations of SCIM."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.inference.bodies import messages
from mockserver.inference.lists.paging import HOLDERS
from mockserver.inference.names import plain
from mockserver.openapi import media_types
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas


def patch_form(schemas: Schemas, operation: Operation, asked: str | None) -> str | None:
    """How the body of a PATCH, with the schema at `asked`, is read (`action.patch`); None if it changes nothing."""
    names = (
        [media_types.essence(media.name) for media in operation.request_body.content] if operation.request_body else []
    )
    for name, patch in PATCHES.items() if "application/json" not in names else ():
        if name in names:
            return patch
    if (
        asked
        and messages.objects_of(schemas, asked)
        and {"op", "path"} <= set(schemas.properties(str(schemas.items(asked))))
    ):
        return "json-patch"
    if asked and any(name.lower() == "operations" for name in schemas.properties(asked)) and _is_scim(schemas, asked):
        return "scim"
    return "fields" if asked and messages.may_be_object(schemas, asked) else None


def merged_form(schemas: Schemas, asked: str, shown: Mapping[str, str]) -> str:
    """How a PATCH of plain JSON is read: merged, if the only object that it can change is one such as `fields`.

    `shown` are the properties of the item. Otherwise what it does not send of that object would be lost, as by a PUT.
    """
    common = (name for name in schemas.properties(asked) if name in shown)
    objects = [plain(name) for name in common if "object" in schemas.types(shown[name])]
    return "merge-patch" if len(objects) == 1 and objects[0] in HOLDERS else "fields"


def _is_scim(schemas: Schemas, asked: str) -> bool:
    """Does a request have `Operations`, each with an `op`, as RFC 7644 (section 3.5.2) describes them?"""
    listed = next(at for name, at in schemas.properties(asked).items() if name.lower() == "operations")
    entries = schemas.items(listed)
    return entries is not None and {"op", "value"} <= set(schemas.properties(entries))


PATCHES = {"application/json-patch+json": "json-patch", "application/merge-patch+json": "merge-patch"}
"""Media type of a PATCH → how it is read, if it cannot be plain JSON (RFC 6902 section 6, RFC 7396 section 4)."""
