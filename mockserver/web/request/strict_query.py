"""`--strict-query`: query parameters that the document does not describe are refused."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.errors import Fault
from mockserver.openapi.document import Parameter
from mockserver.openapi.field_types import QUERYSTRING
from mockserver.openapi.schemas import Schemas
from mockserver.suggestions import meant, nearest
from mockserver.web.request.coercion import Coercion
from mockserver.web.request.query import Query, key_path

MOST_UNKNOWN = 20
"""How many undocumented names one reply lists."""


class StrictQuery:
    """The query parameters of one operation: those that it documents, and the API keys of the document."""

    def __init__(self, parameters: Iterable[Parameter], keys: Iterable[str], schemas: Schemas) -> None:
        documented = [parameter for parameter in parameters if parameter.location == "query"]
        self._names = [*(parameter.name for parameter in documented), *keys]
        objects = [Coercion(schemas, p.schema) for p in documented if _is_exploded(p)]
        properties = {name for each in objects if each.is_object for name in each.properties}
        self._known = dict.fromkeys([*self._names, *sorted(properties)])
        is_whole = any(parameter.style == QUERYSTRING for parameter in documented)
        self._is_open = is_whole or any(each.is_object and each.is_free_form for each in objects)

    def faults(self, query: Query) -> list[Fault]:
        """A fault for each undocumented name, 20 at most; `filter[a]` and `ids[]` belong to `filter` and `ids`."""
        if self._is_open:
            return []
        unknown = (name for name in query if name not in self._known and key_path(name)[0] not in self._known)
        return [
            Fault("query", (name,), f"not a documented query parameter; {self._meant(name)}", "additionalProperties")
            for name, _ in zip(unknown, range(MOST_UNKNOWN), strict=False)
        ]

    def _meant(self, name: str) -> str:
        """The parameter that was likely meant, which may be a property of an object; else all."""
        base = key_path(name)[0]
        return meant(base, self._known if nearest(base, self._known) else self._names)


def _is_exploded(parameter: Parameter) -> bool:
    """Are the properties of an object parameters of their own (OpenAPI 3.1 section 4.8.12.2, `form` with `explode`)?"""
    return parameter.explode and parameter.style == "form" and not parameter.content
