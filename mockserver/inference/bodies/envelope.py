"""The body of a reply as a template: what is around the item or the items.

Facts about a list (the number of items, the position of the next page) become placeholders; what else is required gets
a value as in the document's examples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from functools import partial
from typing import Any

from mockserver.behaviour.templates import EACH, IF
from mockserver.errors import Unanswerable
from mockserver.examples.example_maker import ExampleMaker
from mockserver.inference.bodies.envelope_names import (
    ADDRESSES,
    BOUNDS,
    CHANGED,
    COUNTED,
    EDGES,
    FLAGS,
    HYDRA,
    KINDS,
    LINK_HOLDERS,
    LINKS,
    LIST_PATH,
    LISTS,
    NESTED,
    NUMBERS,
    OF_LISTS,
    OF_PAGES,
    OUTCOMES,
    OWN_LINK,
    OWN_PATH,
    POSITIONS,
    RELATIONS,
    SUCCESSES,
)
from mockserver.inference.bodies.messages import LONG_RUNNING, Path
from mockserver.inference.bodies.spring_pages import spring_value
from mockserver.inference.lists.paging_names import SURE_OFFSETS
from mockserver.inference.names import SCALAR, plain, words
from mockserver.openapi.document import MediaType
from mockserver.openapi.pointer import join
from mockserver.openapi.schemas import Schemas

Template = Any


class Envelopes:
    """Makes templates for the replies of one document."""

    def __init__(self, schemas: Schemas, examples: ExampleMaker, *, keeps_validators: bool = True) -> None:
        self._schemas, self._examples, self._keeps_validators = schemas, examples, keeps_validators
        self._echoed: Mapping[str, str] = {}
        self._made: dict[tuple[Any, ...], Template] = {}

    def _is_valid(self, pointer: str, *, items: bool = True) -> Callable[[Any], bool]:
        """Says whether a reply is valid. A large document keeps no validator; without `items`, any are allowed."""
        validator = self._schemas.validator(pointer, "response") if self._keeps_validators else None
        return (validator or self._schemas.compile_once(pointer, "response", items=items)).is_valid

    def template(
        self,
        pointer: str,
        path: Path,
        placeholder: Template,
        *,
        listed: bool,
        is_map: bool = False,
        has_cursors: bool = False,
        echoed: Mapping[str, str] | None = None,
    ) -> Template:
        """The template of a body with `placeholder` at `path`. Raises Unanswerable if no valid one can be made.

        With `has_cursors` the position of the next page is never empty where the schema forbids that. `echoed` are
        numbers of the page by the plain names of the parameters that ask for them, which a reply often shows again.
        """
        if not path:
            return placeholder
        # Many operations of a large document answer with the same schema, whose validator takes long to compile.
        pointer = self._schemas.resolve(pointer)[1]
        asked = (pointer, path, repr(placeholder), listed, is_map, has_cursors, frozenset((echoed or {}).items()))
        if asked not in self._made:
            self._echoed = echoed or {}
            self._made[asked] = self._checked(pointer, path, placeholder, listed, is_map, has_cursors)
        return deepcopy(self._made[asked])

    def _checked(
        self, pointer: str, path: Path, placeholder: Template, listed: bool, is_map: bool, has_cursors: bool
    ) -> Template:
        """The first template that is valid with an item in it. Raises Unanswerable if none is."""
        sample = ({} if is_map else []) if listed else self.value(str(self._schemas.below(pointer, path)))
        # The list in a page is empty here, so the schema of its items, which is large, is only compiled when needed.
        for items in (False, True) if listed and not self._keeps_validators else (True,):
            for make in (partial(self._template, listed=listed), self._from_example):
                template, is_valid = make(pointer, path, placeholder), self._is_valid(pointer, items=items)
                if any(is_valid(filled(template, sample, each)) for each in (SAMPLE_CURSORS if has_cursors else ("",))):
                    return template
        raise Unanswerable(f"no valid reply can be made with {placeholder} in it", pointer=pointer)

    def _template(self, pointer: str, path: Path, placeholder: Template, listed: bool) -> Template:
        """The properties around the placeholder: those about the page, and those that are required."""
        if not path:
            return placeholder
        body: dict[str, Template] = {path[0]: None}
        required, known = self._object(pointer, path[0])
        for name, at in known.items():
            if name == path[0]:
                body[name] = self._template(at, path[1:], placeholder, listed)
                continue
            if name == "done" and known.keys() >= LONG_RUNNING:
                body[name] = True
                continue
            is_required = name in required
            value = self._placeholder(name, at, known, is_required) if listed else None
            self._add(body, name, at, value, is_required)
        return body

    def _object(self, pointer: str, name: str) -> tuple[set[str], dict[str, str]]:
        """The required and the known properties of an object, by the alternative of its schema that has `name`."""
        known = self._schemas.properties(pointer)
        for node, here in self._schemas.branches(pointer):
            for keyword in ("oneOf", "anyOf"):
                for index, _ in enumerate(node.get(keyword) or ()):
                    own = self._schemas.properties(join(here, keyword, index))
                    if own.get(name) == known.get(name):
                        required = self._schemas.required(join(here, keyword, index))
                        return required | self._schemas.required(pointer), known | own
        return self._schemas.required(pointer), known

    def _from_example(self, pointer: str, path: Path, placeholder: Template) -> Template:
        """The body as in the document's examples, with the placeholder in it."""
        body = literal(self.value(pointer))
        holder = body
        for name in path[:-1]:
            holder = holder.setdefault(name, {}) if isinstance(holder, dict) else {}
        if isinstance(holder, dict):
            holder[path[-1]] = placeholder
        return body

    def _add(self, body: dict[str, Template], name: str, at: str, value: Template, is_required: bool) -> None:
        """Add a property to a body: its placeholder, or if it is required a value as in the document's examples.

        What a page does not have is null where the schema allows that, and else left out.
        """
        if value is not None and not is_required:
            is_null = "null" in self._schemas.types(at) and _is_left_out(_optional(value))
            body[name] = value if is_null else _optional(value)
        elif plain(name) in SUCCESSES and self._may_be_true(at):
            body[name] = True
        elif not is_required and (said := self._said_of_success(name, at)) is not None:
            body[name] = said
        elif is_required:
            body[name] = self.constant(at) if value is None else value

    def is_valid(self, pointer: str, body: Any) -> bool:
        """Is a body valid for the schema of a reply?"""
        return self._is_valid(pointer)(body)

    def said(self, media: MediaType) -> Template | None:
        """The document's example of a body that is a single value, such as `OK`; None without one."""
        found = self._examples.documented(media)
        listed = self._schemas.keyword(media.schema, "examples") if found is None and media.schema else None
        return literal(listed[0] if listed and isinstance(listed, list) else found)

    def constant(self, pointer: str) -> Template:
        """The document's example for a schema, as a template without placeholders.

        Flags that say whether the request succeeded are true, also those that are not required.
        """
        value = _pruned(self._schemas, pointer, self._examples.at(pointer, seed=0))
        if isinstance(value, dict):
            value = {**value, **self._successes(pointer)}
        return literal(value)

    def _successes(self, pointer: str) -> dict[str, Any]:
        """What an object says about the success of a request, without being required."""
        known, required = self._schemas.properties(pointer), self._schemas.required(pointer)
        flags = {name: True for name, at in known.items() if plain(name) in SUCCESSES and self._may_be_true(at)}
        told = {name: self._said_of_success(name, at) for name, at in known.items() if name not in required}
        return flags | {name: value for name, value in told.items() if value is not None and name not in flags}

    def _said_of_success(self, name: str, pointer: str) -> Any:
        """The value of a property such as `code` or `message`, if its schema says one; else None."""
        if plain(name) not in OUTCOMES:
            return None
        keyword = self._schemas.keyword
        listed = [keyword(pointer, each) for each in ("enum", "examples")]
        said = [keyword(pointer, each) for each in ("const", "default", "example")]
        said += [each[0] for each in listed if isinstance(each, list) and len(each) == 1]
        found = next((each for each in said if isinstance(each, str | int)), None)
        valid = found is not None and self._schemas.validator(pointer, "response").is_valid(found)
        return literal(found) if valid else None

    def _may_be_true(self, pointer: str) -> bool:
        return "boolean" in self._schemas.types(pointer) and self._schemas.keyword(pointer, "enum") in (None, [True])

    def number(self, pointer: str) -> Template | None:
        """The template of a body that says how many items there are; None if the schema is not of one."""
        if self._schemas.types(pointer) == {"integer"}:
            return "{total}"
        known, required = self._schemas.properties(pointer), self._schemas.required(pointer)
        totals = [n for n, at in known.items() if self._placeholder(n, at, {}, is_required=True) == "{total}"]
        return {totals[0]: "{total}"} if len(totals) == 1 and required <= set(totals) else None

    def changed_one(self, pointer: str) -> Template:
        """The template of the body of a change that shows no item: it says that it changed one."""
        constant = self.constant(pointer)
        if not isinstance(constant, dict):
            return constant
        names = (
            name for name, at in self._schemas.properties(pointer).items() if self._schemas.types(at) == {"integer"}
        )
        one = {name: 1 for name in names if set(words(name)) <= COUNTED and not CHANGED.isdisjoint(words(name))}
        return constant | one if self._is_valid(pointer)(constant | one) else constant

    def value(self, pointer: str) -> Any:
        """The document's example for a schema, or else a generated value."""
        return self._examples.at(pointer, seed=0)

    def _placeholder(self, name: str, pointer: str, beside: Mapping[str, str], is_required: bool) -> Template:
        """The placeholder that fits the name of a property beside a list, or None."""
        schemas, types = self._schemas, self._schemas.types(pointer) - {"null"}
        word = plain(name.removeprefix(HYDRA))
        is_echoed = self._echoed.get(word, "cursor") != "cursor"
        if (word in NUMBERS or is_echoed) and types and types <= {"integer", "number"}:
            return "{" + _number(word, self._echoed, beside) + "}"
        if word in FLAGS and types == {"boolean"}:
            return "{" + FLAGS[word] + "}"
        if word in BOUNDS and types == {"integer"} and {plain(each) for each in beside} >= BOUNDS:
            return f"{{{word}}}" if "null" in schemas.types(pointer) or not is_required else f"{{number:{word}}}"
        if types == {"string"} and (own := self._own_address(word, pointer, {plain(each) for each in beside})):
            return own
        if word in LINKS and types == {"string"} and self._is_address(word, pointer):
            return self._link(LINKS[word], pointer, is_required)
        is_cursor = (
            word in POSITIONS
            or self._echoed.get(word.removeprefix("next")) == "cursor"
            or (word in SURE_OFFSETS and types == {"string"})
        )
        if is_cursor and types <= SCALAR and schemas.keyword(pointer, "format") != "uri":
            return self._cursor(pointer)
        if word in EDGES and types <= SCALAR:
            as_text = "text_or_null:" if "null" in schemas.types(pointer) else "text:"
            return f"{{{as_text if types == {'string'} else ''}{EDGES[word]}}}"
        if word in KINDS and types == {"string"}:
            return next((kind for kind in LISTS if kind in (schemas.keyword(pointer, "enum") or ())), None)
        if word in NESTED and types == {"object"}:
            return self._links(pointer) if word in LINK_HOLDERS else self._nested(pointer)
        return spring_value(schemas, word, pointer, beside)

    def _own_address(self, word: str, pointer: str, beside: set[str]) -> str:
        """The placeholder of the address of the list itself, without its query; empty for another property."""
        if word == LIST_PATH and beside >= OF_PAGES:
            return "{list_url}"
        is_path = word == OWN_PATH and beside >= OF_LISTS and self._schemas.keyword(pointer, "pattern") is None
        return "{list_path}" if is_path and self._schemas.keyword(pointer, "format") is None else ""

    def _link(self, value: str, pointer: str, is_required: bool) -> Template:
        """The placeholder of an address that a page may not have; None where it must be there and be one."""
        if "null" in self._schemas.types(pointer):
            return f"{{text_or_null:{value}}}"
        if not is_required:
            return f"{{{value}}}"
        return None if self._schemas.keyword(pointer, "format") is not None else f"{{text:{value}}}"

    def _links(self, pointer: str) -> Template:
        """The template of an object that has addresses by their names: as texts, or each in an object of its own."""
        required, known = self._schemas.required(pointer), dict(self._schemas.properties(pointer))
        values = self._schemas.values(pointer)
        if values is not None:
            known = dict.fromkeys(RELATIONS, values)
        body: dict[str, Template] = {}
        for name, at in known.items():
            word, is_required = plain(name), name in required
            value = "this_url" if word == OWN_LINK else LINKS.get(word)
            template = self._linked(value, at, is_required) if value is not None else None
            self._add(body, name, at, template, is_required)
        return body or None

    def _linked(self, value: str, pointer: str, is_required: bool) -> Template:
        """The template of one address among others; None if its schema is of something else."""
        types = self._schemas.types(pointer) - {"null"}
        if types == {"string"}:
            return self._link(value, pointer, is_required)
        inner = next((each for each in ("href", "url") if each in self._schemas.properties(pointer)), None)
        if inner is None or is_required or not self._schemas.required(pointer) <= {inner}:
            return None
        return {IF: value, inner: f"{{{value}}}"}

    def _cursor(self, pointer: str) -> Template:
        """The placeholder of the position of the next page; on the last one it is null or an empty string."""
        types = self._schemas.types(pointer)
        if types == {"string", "null"}:
            return "{text_or_null:next}"
        return "{text:next}" if types - {"null"} == {"string"} else "{next}"

    def _is_address(self, word: str, pointer: str) -> bool:
        """Is a property the address of a page? So say its format, its example or its name."""
        if self._schemas.keyword(pointer, "format") in ADDRESSES:
            return True
        example = self._schemas.keyword(pointer, "example")
        return word.endswith(("url", "link", "href")) or (isinstance(example, str) and "?" in example)

    def _nested(self, pointer: str) -> Template:
        """The template of an object that says something about the page; None if it does not."""
        required, known, is_about_page = self._schemas.required(pointer), self._schemas.properties(pointer), False
        body: dict[str, Template] = {}
        for name, at in known.items():
            value = None if plain(name) in NESTED - {"page"} else self._placeholder(name, at, known, name in required)
            is_about_page = is_about_page or value is not None
            self._add(body, name, at, value, name in required)
        return body if is_about_page else None


def _number(word: str, echoed: Mapping[str, str], beside: Iterable[str]) -> str:
    """What a number beside the items is; a count of items is the total where there is a number of pages and no total.

    A parameter's own name says more about what a reply shows again than the name alone.
    """
    said = NUMBERS.get(word, "")
    if said not in ("total", "count"):
        return echoed.get(word, said)
    if _has_total(beside):
        return "count" if word == "count" else said
    has_pages = any(NUMBERS.get(plain(name)) in ("pages", "last_page") for name in beside)
    return "total" if has_pages else said


def _has_total(names: Iterable[str]) -> bool:
    return any(plain(name) != "count" and NUMBERS.get(plain(name)) == "total" for name in names)


def _optional(value: Template) -> Template:
    """`{next}` as `{next?}`: a property that is left out if it has no value."""
    return value[:-1] + "?}" if isinstance(value, str) and value.endswith("}") else value


def literal(value: Any) -> Template:
    """A value as a template: braces in its strings are replaced, because they would be placeholders."""
    if isinstance(value, str):
        return value.replace("{", "(").replace("}", ")")
    if isinstance(value, Mapping):
        return {key: literal(entry) for key, entry in value.items()}
    return [literal(entry) for entry in value] if isinstance(value, list) else value


def _pruned(schemas: Schemas, pointer: str, value: Any) -> Any:
    """The value without optional properties, if it is valid without them."""
    if not isinstance(value, dict):
        return value
    required = schemas.required(pointer)
    short = {name: entry for name, entry in value.items() if name in required}
    return short if schemas.validator(pointer, "response").is_valid(short) else value


SAMPLES = {
    "total": 0, "count": 0, "limit": 1, "offset": 0, "page": 1, "pages": 1, "more": False, "last": True, "first": True,
    "last_page": 1, "earlier": False, "empty": True, "sorted": False, "unsorted": True, "number:from": 0,
    "number:to": 0, "this_url": "http://127.0.0.1/", "list_url": "http://127.0.0.1/", "list_path": "/",
}  # fmt: skip


SAMPLE_CURSORS = ("", "123", "MDAwMTIz", "00000000-0000-4000-8000-00000000007b", "abcdefgh" * 2, "0" * 64)
"""Positions of a next page in the forms that a schema may demand."""


def filled(template: Template, placeholder: Any, cursor: str = "") -> Any:
    """The body that a template makes of the item or items, on the last page."""
    if isinstance(template, Mapping):
        kept = {key: value for key, value in template.items() if key != IF and not _is_left_out(value)}
        return {key: filled(value, placeholder, cursor) for key, value in kept.items()}
    if isinstance(template, list):
        is_repeated = len(template) == 1 and isinstance(template[0], Mapping) and EACH in template[0]
        return placeholder if is_repeated else [filled(value, placeholder, cursor) for value in template]
    if template in ("{item}", "{items}", "{by_id}"):
        return placeholder
    if template in ("{ids}", "{unknown_ids}"):
        return []
    if template == "{text:next}":
        return cursor
    if isinstance(template, str) and template.startswith("{"):
        return SAMPLES.get(template.strip("{?}"), "" if template.startswith("{text:") else None)
    return template


def _is_left_out(template: Template) -> bool:
    if isinstance(template, Mapping) and template.get(IF) in WITHOUT_VALUE:
        return True
    return (
        isinstance(template, str) and template.endswith("?}") and template.strip("{?}").split(":")[-1] in WITHOUT_VALUE
    )


WITHOUT_VALUE = ("next", *EDGES.values(), *BOUNDS, *LINKS.values())
"""What an empty page does not have."""
