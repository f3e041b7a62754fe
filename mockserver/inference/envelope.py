"""The body of a reply as a template: what stands around the item or the items.

What is known of a list (how many there are, where the next page begins) is named by a placeholder; what else is
required there is written as the document shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from mockserver.errors import Unanswerable
from mockserver.examples.example_maker import ExampleMaker
from mockserver.inference.messages import Path
from mockserver.inference.names import plain
from mockserver.openapi.pointer import join
from mockserver.openapi.schemas import Schemas

NUMBERS = {
    "total": "total", "totalcount": "total", "totalitems": "total", "totalresults": "total", "totalrecords": "total",
    "totalelements": "total", "totalsize": "total", "recordstotal": "total", "totalentries": "total", "nbhits": "total",
    "count": "total", "size": "limit", "limit": "limit", "perpage": "limit", "pagesize": "limit", "pagelen": "limit",
    "itemsperpage": "limit", "maxresults": "limit", "offset": "offset", "skip": "offset", "start": "offset",
    "startindex": "offset", "startat": "offset", "page": "page", "pagenumber": "page", "currentpage": "page",
    "number": "page", "pages": "pages", "totalpages": "pages", "pagecount": "pages", "lastpage": "pages",
    "numberofelements": "count", "itemcount": "count", "resultcount": "count", "numresults": "count",
}  # fmt: skip
FLAGS = {
    "hasmore": "more", "hasnext": "more", "hasnextpage": "more", "more": "more", "hasmoreitems": "more",
    "incomplete": "more", "istruncated": "more", "last": "last", "islast": "last", "islastpage": "last",
}  # fmt: skip
POSITIONS = frozenset(
    (
        "next",
        "nextcursor",
        "nextpagetoken",
        "nexttoken",
        "nextpage",
        "cursor",
        "continuationtoken",
        "nextmarker",
        "continuation",
        "marker",
        "nextoffset",
        "endcursor",
        "nextid",
    )
)
"""What services call the values of a page, by `plain` name."""

NESTED = frozenset(("meta", "metadata", "pagination", "paging", "pageinfo", "page", "resultinfo", "responsemetadata"))
"""Objects beside the items in which services put such values."""

Template = Any


class Envelopes:
    """Makes templates for the replies of one document."""

    def __init__(self, schemas: Schemas, examples: ExampleMaker, *, keeps_validators: bool = True) -> None:
        self._schemas, self._examples, self._keeps_validators = schemas, examples, keeps_validators

    def _judge(self, pointer: str) -> Callable[[Any], bool]:
        """What judges a reply; in a large document it is not kept, for few of its replies are ever asked for."""
        validator = self._schemas.validator(pointer, "response") if self._keeps_validators else None
        return (validator or self._schemas.compile_once(pointer, "response")).is_valid

    def around(self, pointer: str, path: Path, hole: str, *, listed: bool) -> Template:
        """The template of a body in which `hole` stands at `path`. Raises Unanswerable where none can be made."""
        if not path:
            return hole
        sample = [] if listed else self.value(str(self._schemas.below(pointer, path)))
        for make in (partial(self._around, listed=listed), self._shown):
            template = make(pointer, path, hole)
            if self._judge(pointer)(filled(template, sample)):
                return template
        raise Unanswerable(f"no valid reply can be made around {hole}", pointer=pointer)

    def _around(self, pointer: str, path: Path, hole: str, listed: bool) -> Template:
        """What stands around the hole: what is known of it, and what must be there."""
        if not path:
            return hole
        body: dict[str, Template] = {path[0]: None}
        required, known = self._object(pointer, path[0])
        for name, at in known.items():
            if name == path[0]:
                body[name] = self._around(at, path[1:], hole, listed)
                continue
            self._beside(body, name, at, self._said(name, at, known) if listed else None, name in required)
        return body

    def _object(self, pointer: str, name: str) -> tuple[set[str], dict[str, str]]:
        """What an object must have and may have, after that alternative of its schema in which `name` is found."""
        known = self._schemas.properties(pointer)
        for node, here in self._schemas.branches(pointer):
            for keyword in ("oneOf", "anyOf"):
                for index, _ in enumerate(node.get(keyword) or ()):
                    own = self._schemas.properties(join(here, keyword, index))
                    if own.get(name) == known.get(name):
                        required = self._schemas.required(join(here, keyword, index))
                        return required | self._schemas.required(pointer), known | own
        return self._schemas.required(pointer), known

    def _shown(self, pointer: str, path: Path, hole: str) -> Template:
        """The body as the document shows it, with the hole in its place."""
        body = literal(self.value(pointer))
        holder = body
        for name in path[:-1]:
            holder = holder.setdefault(name, {}) if isinstance(holder, dict) else {}
        if isinstance(holder, dict):
            holder[path[-1]] = hole
        return body

    def _beside(self, body: dict[str, Template], name: str, at: str, value: Template, is_required: bool) -> None:
        """Put what is said of a property into a body; what must be there and is not said is shown as documented."""
        if value is not None and not is_required:
            body[name] = _optional(value)
        elif is_required:
            body[name] = self.constant(at) if value is None else value

    def constant(self, pointer: str) -> Template:
        """What the document shows for a schema, as a template that always says it."""
        return literal(_pruned(self._schemas, pointer, self._examples.at(pointer, seed=0)))

    def value(self, pointer: str) -> Any:
        """A value for a schema, as the document shows it."""
        return self._examples.at(pointer, seed=0)

    def _said(self, name: str, pointer: str, beside: Mapping[str, str]) -> Template:
        """The placeholder for what a property of a list's body is called after, or None."""
        schemas, word, types = self._schemas, plain(name), self._schemas.types(pointer) - {"null"}
        if word in NUMBERS and types and types <= {"integer", "number"}:
            return "{count}" if word == "count" and _has_total(beside) else "{" + NUMBERS[word] + "}"
        if word in FLAGS and types == {"boolean"}:
            return "{" + FLAGS[word] + "}"
        if word in POSITIONS and types <= {"string", "integer"} and schemas.keyword(pointer, "format") != "uri":
            return "{text:next}" if types == {"string"} else "{next}"  # an empty text where no page follows
        return self._nested(pointer) if word in NESTED and types == {"object"} else None

    def _nested(self, pointer: str) -> Template:
        """The template of an object beside the items that tells about the page; None when it tells nothing."""
        required, known, told = self._schemas.required(pointer), self._schemas.properties(pointer), False
        body: dict[str, Template] = {}
        for name, at in known.items():
            value = None if plain(name) in NESTED - {"page"} else self._said(name, at, known)
            told = told or value is not None
            self._beside(body, name, at, value, name in required)
        return body if told else None


def _has_total(names: Iterable[str]) -> bool:
    return any(plain(name) != "count" and NUMBERS.get(plain(name)) == "total" for name in names)


def _optional(value: Template) -> Template:
    """`{next}` as `{next?}`: a property that may be left out where there is nothing to say."""
    return value[:-1] + "?}" if isinstance(value, str) and value.endswith("}") else value


def literal(value: Any) -> Template:
    """A value as a template that means itself: braces in its texts name nothing."""
    if isinstance(value, str):
        return value.replace("{", "(").replace("}", ")")
    if isinstance(value, Mapping):
        return {key: literal(entry) for key, entry in value.items()}
    return [literal(entry) for entry in value] if isinstance(value, list) else value


def _pruned(schemas: Schemas, pointer: str, value: Any) -> Any:
    """The value without what may be left out, as far as it is valid without."""
    if not isinstance(value, dict):
        return value
    required = schemas.required(pointer)
    short = {name: entry for name, entry in value.items() if name in required}
    return short if schemas.validator(pointer, "response").is_valid(short) else value


SAMPLES = {"total": 0, "count": 0, "limit": 1, "offset": 0, "page": 1, "pages": 1, "more": False, "last": True}


def filled(template: Template, hole: Any) -> Any:
    """The body that a template makes of the item or items, on a page that no other follows."""
    if isinstance(template, Mapping):
        kept = {key: value for key, value in template.items() if not _is_left_out(value)}
        return {key: filled(value, hole) for key, value in kept.items()}
    if isinstance(template, list):
        return [filled(value, hole) for value in template]
    if template in ("{item}", "{items}"):
        return hole
    if isinstance(template, str) and template.startswith("{"):
        return SAMPLES.get(template.strip("{?}"), "" if "text:" in template else None)
    return template


def _is_left_out(template: Template) -> bool:
    return template in ("{next?}", "{text:next?}")
