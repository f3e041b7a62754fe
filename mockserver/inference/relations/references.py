"""References: properties that name or show an item of another resource, found by names and schemas."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from mockserver.inference.bodies.messages import is_object
from mockserver.inference.names import SCALAR, may_be_amount, noun, plain, words
from mockserver.inference.relations.relationships import relationships, target_of
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.values.identity import CHOSEN_BY_PEOPLE, KEYS
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi import pointer as json_pointer
from mockserver.openapi.schemas import Schemas

EACH = "[]"
"""The step of a path that means each value of a list."""

ID_WORDS = frozenset(("id", "ids", "uuid", "uuids", "gid", "gids", "guid", "guids"))
"""Last words of names that hold the id of something."""

IDS = lazy_pattern(r"\b(?:ids?|identifiers?)\b", re.IGNORECASE)

ID_OF = lazy_pattern(
    r"^(?:the )?(?:unique )?(?:ids?|identifiers?|uuids?) of (?:the |an? |another |each |its |this |their )*"
    r"(?P<what>[a-z][a-z -]*?)(?:,? (?:that|which|who|whom|whose|to|from|in|where|for|of|with|by|on|at)\b.*)?$",
    re.IGNORECASE,
)
"""The description of a property that is the id of something: "id of the source wallet"."""

SELF = frozenset(("parent", "replyto", "inreplyto", "repliesto"))
"""Names of a reference to another item of the same resource."""

OWN_WORDS = frozenset(KEYS) - {"ref", "tag"}
"""Names of texts about the thing itself: the `key` of a license is no key of a user, its `email` no stored email."""

PREFIXES = frozenset(("full", "minimal", "simple", "basic", "public", "private", "nullable", "short", "detailed"))
"""First words of schemas that say how much of a thing is shown: `minimal-repository` shows a repository."""

DEEPEST = 8
"""How many properties deep references are looked for."""

LISTS = 3
"""How many lists references are looked for in, one inside the other."""

ALTERNATIVES = 16
"""How many resources one reference may be to, at most."""

MOST = 400
"""How many references of one schema are found at most."""

Steps = tuple[str, ...]


class ReferredResource(Struct, frozen=True):
    """A resource that can be referred to.

    `words` is its name, `schemas` are the pointers of the schemas that show its items (resolved), the fullest first;
    `field` is the property with the id, `parameter` the path parameter with it, and `parents` are those above it.
    `asked` is the pointer of the schema of that parameter, or empty.
    """

    name: str
    words: tuple[str, ...]
    schemas: tuple[str, ...]
    field: str
    parameter: str = ""
    parents: tuple[str, ...] = ()
    asked: str = ""


class FoundReference(Struct, frozen=True):
    """A reference at `steps` of a value: to an item of `resource`, by its property `key` or (empty) as an object."""

    steps: Steps
    resource: str
    key: str
    reason: str

    @property
    def field(self) -> str:
        """The steps as one text: `lines[].product_id`."""
        return ".".join(self.steps).replace(f".{EACH}", EACH)


def steps_of(field: str) -> Steps:
    """The steps of a text such as `lines[].product_id`."""
    return tuple(step for step in field.replace(EACH, f".{EACH}").split(".") if step)


def stem(name: str) -> str:
    """What a property is about, without `id` at its end: `customer` for `customer_id`, `customerIds`, `customers`."""
    parts = words(name)
    return "".join(noun("_".join(parts[:-1] if len(parts) > 1 and parts[-1] in ID_WORDS else parts)))


def about(name: str, key: str = "") -> str:
    """What a property is about, without the `key` of another item at its end: `plan` for `plan_code` and `code`."""
    parts, own = words(name), words(key)
    is_longer = len(parts) > len(own) > 0 and parts[-len(own) :] == own
    return "".join(noun("_".join(parts[: -len(own)]))) if is_longer else stem(name)


def relation(field: str, name: str = "") -> str:
    """The name of a filter by a property of a related item: `project_name` for `project_id` and `name`."""
    parts = words(field)
    return "_".join((*(parts[:-1] if len(parts) > 1 and parts[-1] in ID_WORDS else parts), name))


def schema_words(pointers: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """What schemas of a document are called, as words: `Repository` and `minimal-repository` are a repository."""
    for pointer in pointers:
        *above, name = json_pointer.split(pointer) or ("",)
        called = noun(name) if above == ["components", "schemas"] else ()
        while len(called) > 1 and called[0] in PREFIXES:
            called = called[1:]
        yield called


class ReferenceFinder:
    """Finds the references in values of one document's schemas."""

    def __init__(self, schemas: Schemas, targets: Iterable[ReferredResource]) -> None:
        self._schemas = schemas
        targets = list(targets)
        self._by_name = {target.name: target for target in targets}
        self._by_words: dict[tuple[str, ...], list[ReferredResource]] = {}
        self._by_schema: dict[str, list[ReferredResource]] = {}
        self._by_own_id = _by_own_ids(targets)
        self._by_schema_words: dict[tuple[str, ...], list[ReferredResource]] = {}
        for target in sorted(targets, key=lambda target: len(target.parents)):
            self._by_words.setdefault(target.words, []).append(target)
            for pointer in target.schemas:
                self._by_schema.setdefault(pointer, []).append(target)
            for called in dict.fromkeys(schema_words(target.schemas[:1])):
                self._by_schema_words.setdefault(called, []).append(target)

    def in_item(self, pointer: str, own: ReferredResource) -> list[FoundReference]:
        """The references in an item of a resource, whose schema is at `pointer`."""
        found = [*self._limited(self._inside(pointer, (), own, (self._resolved(pointer),)))]
        known = {one.steps for one in found}
        return found + [one for one in self._linked(pointer, own) if one.steps not in known]

    def _linked(self, pointer: str, own: ReferredResource) -> Iterator[FoundReference]:
        """The references among the `relationships` of JSON:API."""
        for each in relationships(self._schemas, self._schemas.properties(pointer)):
            name = target_of(each, lambda words: getattr(self._nearest(self._by_words.get(words, ()), own), "name", ""))
            if name:
                reason = f"{each.name} is a relationship to {name}"
                yield FoundReference(steps_of(each.field), name, self._by_name[name].field, reason)

    def described_in(self, fields: Mapping[str, str], own: ReferredResource) -> Iterator[FoundReference]:
        """The references in the properties of a request, by their descriptions alone; an item may show them without."""
        for name, at in fields.items():
            types = self._schemas.types(at) - {"null"}
            if name != own.field and types and types <= SCALAR:
                found = self._described(at, (name,), own, "")
                if found is not None:
                    yield found

    def beside(
        self, fields: Mapping[str, str], shown: Iterable[FoundReference], own: ReferredResource
    ) -> Iterator[FoundReference]:
        """The ids in a request, `assigneeId` or `tag_ids`, of what an item shows as objects: `assignee`, `tags`.

        The path of the other item may name it by something else: `plan_code` of `plan`.
        """
        wholes = [one for one in shown if not one.key]
        for name, at in fields.items():
            entries = self._schemas.items(at) if "array" in self._schemas.types(at) else None
            each: Steps = (EACH,) if entries is not None else ()
            types, own_key = self._schemas.types(entries or at) - {"null"}, name == own.field
            for whole in wholes if types and types <= SCALAR and not own_key else ():
                target = self._by_name[whole.resource]
                is_id = words(name)[-1:] != () and words(name)[-1] in ID_WORDS and stem(name) == stem(whole.steps[0])
                is_key = not is_id and name != whole.steps[0] and about(name, target.field) == stem(whole.steps[0])
                key = self._key(target, types, name) if is_id else target.field if is_key else ""
                if key and whole.steps[1:] == each:
                    yield FoundReference((name, *each), whole.resource, key, f"{name} has the {key} of {whole.field}")
                    break

    def in_reply(self, pointer: str, parents: tuple[str, ...]) -> list[FoundReference]:
        """The references in the body of a reply, below these path parameters; items themselves are among them."""
        own = ReferredResource("", (), (), "", "", parents)
        return list(self._limited(self._at(pointer, (), "", own, ())))

    @staticmethod
    def _limited(found: Iterator[FoundReference]) -> Iterator[FoundReference]:
        return (reference for reference, _ in zip(found, range(MOST), strict=False))

    def _resolved(self, pointer: str) -> str:
        return self._schemas.resolve(pointer)[1]

    def _inside(self, pointer: str, steps: Steps, own: ReferredResource, above: Steps) -> Iterator[FoundReference]:
        """The references in the properties of an object. `above` are the schemas that contain this one."""
        for name, at in self._schemas.properties(pointer).items():
            if name == own.field and not steps:
                continue
            yield from self._at(at, (*steps, name), name, own, above)

    def _at(
        self, pointer: str, steps: Steps, name: str, own: ReferredResource, above: Steps, listed: str = ""
    ) -> Iterator[FoundReference]:
        """The references at one place: of the value itself, or else inside it. It may be an entry of a list."""
        entries = self._schemas.items(pointer) if "array" in self._schemas.types(pointer) else None
        if entries is not None:
            if steps.count(EACH) < LISTS:
                yield from self._at(entries, (*steps, EACH), name, own, above, pointer)
            return
        resolved = self._resolved(pointer)
        whole = self._items(pointer, name, steps, own)
        if whole:
            yield from whole  # what is inside them, the references of those resources say
            for other in self._others(pointer) if resolved not in above else ():
                yield from self._inside(other, steps, own, (*above, resolved, other))
            return
        found = self._shown(pointer, name, steps, own) or self._named(pointer, name, steps, own, listed)
        if found is not None:
            yield found
        deep = sum(step != EACH for step in steps)
        if deep < DEEPEST and resolved not in above:
            yield from self._inside(pointer, steps, own, (*above, resolved))

    def _items(self, pointer: str, name: str, steps: Steps, own: ReferredResource) -> list[FoundReference]:
        """References that show the other item by the very schema of its resource: one for each alternative."""
        found, parts = dict[str, FoundReference](), set[str]()
        every = [here for _, here in self._schemas.branches(pointer, every=True)]
        kinds = set(map(self._schemas.kind, every))
        for here in every:
            target = (
                self._nearest(self._by_schema.get(self._schemas.kind(here), ()), own) if here not in parts else None
            )
            if target is not None:
                called = self._called(stem(name), name, own) if name else None
                is_shown = called is not None and not kinds.isdisjoint(called.schemas)
                if called is not None and is_shown and not _is_reachable(target, own) and _is_reachable(called, own):
                    target = called  # users are shown below `/projects/{id}/reviewers`, too
                reason = f"the schema is that of {target.name}"
                parts.update(part for _, part in self._schemas.branches(here, every=True))
                found.setdefault(target.name, FoundReference(steps, target.name, "", reason))
        return list(found.values())[:ALTERNATIVES]

    def _others(self, pointer: str) -> list[str]:
        """The objects that a value may be, or is too, besides the items of resources."""
        every = self._schemas.branches(pointer, every=True)
        items = [here for _, here in every if self._schemas.kind(here) in self._by_schema]
        known = {here for item in items for _, here in self._schemas.branches(item, every=True)}
        return [here for node, here in every if here not in known and node.get("properties")]

    def _shown(self, pointer: str, name: str, steps: Steps, own: ReferredResource) -> FoundReference | None:
        """A reference that shows the other item as an object with a schema of its own."""
        if "object" not in self._schemas.types(pointer) and not is_object(self._schemas, pointer):
            return None
        target = self._called(stem(name), name, own) if name else None
        shown = self._schemas.properties(pointer)
        if target is not None and (target.field in shown or "id" in shown):
            return FoundReference(steps, target.name, "", f"{name} is the name of {target.name}")
        return None

    def _named(
        self, pointer: str, name: str, steps: Steps, own: ReferredResource, listed: str
    ) -> FoundReference | None:
        """A reference that is the id of the other item. `listed` is the list that it is an entry of, or empty."""
        parts, types = words(name), self._schemas.types(pointer) - {"null"}
        if not parts or not types or not types <= {"string", "integer", "number"}:
            return None
        own_id = self._by_own_id.get(plain(name))
        if own_id is not None and own_id.name != own.name and self._key(own_id, types, name) == own_id.field:
            return FoundReference(steps, own_id.name, own_id.field, f"{own_id.name} is known by its {own_id.field}")
        says_id = len(parts) > 1 and parts[-1] in ID_WORDS
        keyed = self._keyed(name, types, steps, own) if not says_id and steps[-1] != EACH else None
        if keyed is not None:
            return keyed
        if not says_id and parts[-1] in OWN_WORDS and steps[-1] != EACH:
            return None
        target = self._called(stem(name), name, own)
        if target is None:
            return self._described(pointer, steps, own, listed)
        is_self = stem(name) in SELF and target.name == own.name
        if not says_id and not is_self and target.name == own.name and noun(name) == own.words:
            return None  # the `term` of a term is its text, not another term
        if (
            not says_id
            and not is_self
            and not self._may_be_id(pointer, target, types, parts[-1])
            and not self._is_said_to_be_id(pointer, listed)
        ):
            return None
        key = self._key(target, types, name)
        return FoundReference(steps, target.name, key, f"{name} is named after {target.name}") if key else None

    def _keyed(self, name: str, types: frozenset[str], steps: Steps, own: ReferredResource) -> FoundReference | None:
        """A reference by another property of the item than its id: `plan_code`, `customerName`."""
        parts = words(name)
        for length in (1, 2):
            target = self._called("", "_".join(parts[:-length]), own) if len(parts) > length else None
            shown = self._schemas.properties(target.schemas[0]) if target is not None and target.schemas else {}
            key = next((each for each in shown if words(each) == parts[-length:]), "")
            if target is not None and target.name != own.name and key and self._schemas.types(shown[key]) & types:
                return FoundReference(steps, target.name, key, f"{name} is the {key} of one of {target.name}")
        return None

    def _described(self, pointer: str, steps: Steps, own: ReferredResource, listed: str) -> FoundReference | None:
        """A reference whose name says nothing (`from`), and whose description says of what it is the id."""
        for each in (pointer, listed):
            said = description(self._schemas, each).first(ID_OF) if each else None
            target = self._called("", said.match["what"].replace(" ", "_"), own) if said is not None else None
            key = self._key(target, self._schemas.types(pointer) - {"null"}, "") if target is not None else ""
            if target is not None and said is not None and key:
                return FoundReference(steps, target.name, key, f'it is described as "{said.sentence}"')
        return None

    def _is_said_to_be_id(self, pointer: str, listed: str) -> bool:
        """Does the description of a property, or of the list that it is an entry of, speak of ids?"""
        return any(IDS.search(description(self._schemas, each).text) for each in (pointer, listed) if each)

    def _may_be_id(self, pointer: str, target: ReferredResource, types: frozenset[str], last: str) -> bool:
        """Can a property with the very name of a resource hold an id? Not one with values or a format of its own.

        `last` is the last word of its name.
        """
        keyword = self._schemas.keyword
        if any(keyword(pointer, each) is not None for each in ("enum", "const", "minimum", "maximum")):
            return False
        if types == {"integer"}:
            named = [
                at[target.field] for one in target.schemas if target.field in (at := self._schemas.properties(one))
            ]
            return any(self._schemas.types(each) == {"integer"} for each in named) and not may_be_amount(last)
        if types != {"string"}:
            return False
        ids = [own[target.field] for each in target.schemas if target.field in (own := self._schemas.properties(each))]
        ids += [target.asked] if target.asked else []  # replies often say less of an id than the path does
        return all(
            keyword(pointer, form) is None or any(keyword(pointer, form) == keyword(id, form) for id in ids)
            for form in ("format", "pattern")
        )

    def _key(self, target: ReferredResource, types: frozenset[str], name: str) -> str:
        """The property of the other item with an id of one of these types; empty if there is none.

        If the `name` of the reference is that of the property with its id, it is that one, else `id` comes first.
        """
        shown = {
            name: at for pointer in reversed(target.schemas) for name, at in self._schemas.properties(pointer).items()
        }
        same: tuple[str, ...] = (target.field,) if plain(name) == plain(target.field) else ()
        for key in dict.fromkeys((*same, "id", "uuid", "gid", target.field)):
            own = self._schemas.types(shown[key]) - {"null"} if key in shown else frozenset[str]()
            is_text = "string" in types and own <= SCALAR  # ids of numbers are also written as text
            is_text |= "integer" in types and own == {"string"}  # and the other way round
            if key and (own & types or (is_text and own) or (key == target.field and not own)):
                return key
        return ""

    def _called(self, name: str, whole: str, own: ReferredResource) -> ReferredResource | None:
        """The resource that a name means, by its last words: `default_customer_id` means a customer."""
        if name in SELF:
            return own if own.name in self._by_name else None  # what has no id cannot be named
        parts = words(whole)
        parts = parts[:-1] if len(parts) > 1 and parts[-1] in ID_WORDS else parts
        called = noun("_".join(parts))
        for begin in range(len(called)):
            by_path, by_schema = self._by_words.get(called[begin:], ()), self._by_schema_words.get(called[begin:], ())
            found = self._nearest(by_path or by_schema, own)
            if found is not None:
                return found
        return None

    @staticmethod
    def _nearest(targets: Iterable[ReferredResource], own: ReferredResource) -> ReferredResource | None:
        """The resource below the same items if there is one, else the one with the fewest path parameters above it."""
        ranked = sorted(targets, key=lambda one: (not _is_reachable(one, own), not one.parameter, len(one.parents)))
        return ranked[0] if ranked else None


def _by_own_ids(targets: Iterable[ReferredResource]) -> dict[str, ReferredResource]:
    """The resources by the names of their ids that nothing else has: `sku`, `isbn`, but not `id`, `name` or `slug`."""
    found: dict[str, list[ReferredResource]] = {}
    for target in targets:
        parts = words(target.field)
        is_common = parts[-1:] and parts[-1] in (COMMON if len(parts) == 1 else CHOSEN_BY_PEOPLE | set(ID_WORDS))
        if parts and not is_common and not target.parents:
            found.setdefault(plain(target.field), []).append(target)
    return {name: named[0] for name, named in found.items() if len(named) == 1}


COMMON = frozenset(
    (*KEYS, "number", "no", "type", "tag", "ref", "date", "day", "version", "language", "lang", "locale")
)
"""Last words of ids that other things have too."""


def _is_reachable(target: ReferredResource, own: ReferredResource) -> bool:
    """Are all path parameters above an item also above (or in) the path of an own item?"""
    return set(target.parents) <= {*own.parents, own.parameter}
