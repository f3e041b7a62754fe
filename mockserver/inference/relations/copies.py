"""What a new item takes from the item that it refers to: the price of the product, the whole amount of the charge."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from mockserver.inference.bodies.messages import request_schema
from mockserver.inference.draft import ResourceDraft, item_schema_of_request
from mockserver.inference.evidence import Statement
from mockserver.inference.names import noun, plain, words
from mockserver.inference.relations.references import EACH, ID_WORDS, relation
from mockserver.inference.sentences.descriptions import Description, description
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

OF = lazy_pattern(
    r"^(?:the )?(?P<what>[a-z_]\w*(?: [a-z_]\w*)?) (?:of|from) (?:the|its|this) (?P<of>[a-z_]\w*)"
    r"(?:,? (?:at|when|as|on) .*)?$",
    re.IGNORECASE,
)
"""How a description says whose property it is: "price of the product"."""

MISSING = r"(?:omitted|left out|absent|missing|not \w+)"
ENTIRE = r"(?:whole|full|entire|total|complete|remaining)"

WHOLE = lazy_pattern(
    rf"(?:\bdefaults? (?:is|to|:)|\bby default,?|\bif (?:it is )?{MISSING},?|\bwithout it,?) "
    rf"(?:the |its )*{ENTIRE}? ?(?:(?P<what>[a-z_]\w*) of (?:the|its) )?(?P<of>[a-z_]\w*)\b|"
    rf"\b(?:the )?{ENTIRE} (?:(?P<what_too>[a-z_]\w*) of (?:the|its) )?(?P<of_too>[a-z_]\w*)"
    rf"(?: is \w+)?,? (?:by default|if (?:it is )?{MISSING})\b",
    re.IGNORECASE,
)
"""How the description of what may be left out says that it is that of the other item then."""

SHARED = frozenset(("name", "title", "currency", "unit"))
PRICED = frozenset(("price", "rate", "cost"))
"""Names, and last words of names, that an entry shows of what it is about."""


class _Named(NamedTuple):
    """An item refers to one of `resource` by its property `by`, whose `key` it is; `shown` are the properties there."""

    by: str
    resource: str
    key: str
    shown: Mapping[str, str]


def add_copies(schemas: Schemas, drafts: Sequence[ResourceDraft], resources: Mapping[str, Statement]) -> None:
    """Add what items `copied` from others to the statements about `resources`, which have all references."""
    known = {draft.name: draft for draft in drafts if draft.is_created}
    for draft in drafts:
        found = [*_of_items(schemas, draft, known, resources), *_of_entries(schemas, draft, known, resources)]
        if found:
            resources[draft.name]["copied"] = found


def _of_items(
    schemas: Schemas, draft: ResourceDraft, known: Mapping[str, ResourceDraft], resources: Mapping[str, Statement]
) -> Iterator[Statement]:
    """What an item has of the items that its create names, in the body or by the path, or a change of it."""
    made = draft.action("create")
    asked = item_schema_of_request(schemas, made) if made is not None else None
    if asked is None:
        return
    sent = schemas.properties(asked)
    taken = {str(each["field"]) for each in resources[draft.name].get("counts", ())}
    own = {name: at for name, at in draft.properties().items() if name not in taken}
    naming = {name for each in draft.request_properties("create", "replace", "update") for name in each}
    naming |= {name for action in draft.actions for name in (*action.takes.values(), *action.keeps.values())}
    for named in _references(draft, known, resources, ""):
        if named.by in naming:
            needed = frozenset(schemas.required(asked))
            yield from _statement(schemas, named, own, sent, needed, "")


def _of_entries(
    schemas: Schemas, draft: ResourceDraft, known: Mapping[str, ResourceDraft], resources: Mapping[str, Statement]
) -> Iterator[Statement]:
    """What the entries of a list in an item have of the items that they name."""
    for name, at in draft.properties().items():
        entries = schemas.items(at) if "array" in schemas.types(at) else None
        own = schemas.properties(entries) if entries is not None else {}
        sent = _sent_entry(schemas, draft, name) if own else {}
        for named in _references(draft, known, resources, name) if sent else ():
            if named.by in sent:
                yield from _statement(schemas, named, own, sent, frozenset(), name)


def _sent_entry(schemas: Schemas, draft: ResourceDraft, name: str) -> Mapping[str, str]:
    """The properties that a request may send of an entry: one that adds it, or the create of the item."""
    for action in draft.actions:
        asked = request_schema(action.operation.request_body)
        if asked and action.entry == name and action.operation.method == "post" and not action.takes:
            return schemas.properties(asked)
    made = draft.action("create")
    asked = item_schema_of_request(schemas, made) if made is not None else None
    listed = schemas.properties(asked).get(name) if asked else None
    entries = schemas.items(listed) if listed else None
    return schemas.properties(entries) if entries else {}


def _references(
    draft: ResourceDraft, known: Mapping[str, ResourceDraft], resources: Mapping[str, Statement], within: str
) -> Iterator[_Named]:
    """The references of an item, or of an entry of its list `within`, to items of other resources that clients make."""
    begin = f"{within}{EACH}." if within else ""
    for each in resources[draft.name].get("references", ()):
        field, other = str(each.get("field", "")), known.get(each["resource"])
        by = field.removeprefix(begin)
        if other is not None and other is not draft and each.get("key") and by.isidentifier() and field == begin + by:
            yield _Named(by, other.name, each["key"], other.properties())


def _statement(
    schemas: Schemas,
    named: _Named,
    own: Mapping[str, str],
    sent: Mapping[str, str],
    needed: frozenset[str],
    within: str,
) -> Iterator[Statement]:
    found, said = {}, ""
    for name, at in {**own, **sent}.items():
        if name in needed or name == named.by or (words(name) or ("",))[-1] in ID_WORDS:
            continue
        told, source = _told(schemas, named, name, at, is_sent=name in sent)
        if not told and name not in sent:
            told = next((each for each in named.shown if plain(relation(named.by, each)) == plain(name)), "")
        if not told and within and name not in sent and _is_shared(name) and name in named.shown:
            told = name
        if told and schemas.types(at) & schemas.types(named.shown[told]):
            found[name], said = told, said or source
    if found:
        keys: Statement = {"by": named.by, "resource": named.resource, "key": named.key, "fields": found}
        keys |= {"within": within} if within else {}
        note = f"{named.by} names the {named.resource}, which has them"
        if said:
            yield keys | {"evidence": "described", "source": said, "note": note}
        else:
            yield keys | {"evidence": "inferred", "note": note}


def _is_shared(name: str) -> bool:
    return plain(name) in SHARED or (words(name) or ("",))[-1] in PRICED


def _told(schemas: Schemas, named: _Named, name: str, at: str, *, is_sent: bool) -> tuple[str, str]:
    """The property of the other item that a description says, and the sentence; both empty without one."""
    said = description(schemas, at)
    for sentence in said.sentences():
        match = (WHOLE.search if is_sent else OF.match)(sentence)
        groups = match.groupdict() if match else {}
        of, what = groups.get("of") or groups.get("of_too"), groups.get("what") or groups.get("what_too") or name
        if of and noun(of)[-1] == noun(named.resource)[-1]:
            told = _called(named.shown, what) or (name if name in named.shown else "")
            if told:
                return told, _source(said, sentence)
    return "", ""


def _source(said: Description, sentence: str) -> str:
    return f'"{sentence}" ({said.pointer})'


def _called(shown: Mapping[str, str], what: str) -> str:
    """The property that a text means: the one of that name, else the only one that ends so."""
    wanted = plain("_".join(what.split()))
    exact = next((name for name in shown if plain(name) == wanted), "")
    ended = [name for name in shown if plain(name).endswith(wanted)]
    return exact or (ended[0] if len(ended) == 1 else "")
