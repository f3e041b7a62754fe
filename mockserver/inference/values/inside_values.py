"""Values inside of objects that the service sets: times and states in `attributes`, `metadata.uid`, the item above."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mockserver.inference.draft import CREATING, ResourceDraft, item_schema_of_request
from mockserver.inference.evidence import Statement, assumed
from mockserver.inference.names import noun, plain
from mockserver.inference.relations.relationships import relationships
from mockserver.inference.values.fields import CREATED, UPDATED, format_of
from mockserver.openapi import path_template
from mockserver.openapi.schemas import Schemas

HOLDERS = ("attributes", "metadata", "meta")
"""Objects that have what is said about an item: those of JSON:API, of Kubernetes and of SCIM."""


def add_inside_values(schemas: Schemas, drafts: Sequence[ResourceDraft], resources: Mapping[str, Statement]) -> None:
    """Add the `inside` statements to those about `resources`, which have the references and the parents."""
    named = {draft.name: draft for draft in drafts}
    for draft in drafts:
        creation = draft.action(*CREATING)
        if creation is None or not draft.is_created:
            continue
        asked = item_schema_of_request(schemas, creation)
        sent = schemas.properties(asked) if asked else {}
        once: Statement = dict(_above(schemas, draft, named, resources[draft.name]))
        again: Statement = {}
        for holder, at in draft.properties().items() if not draft.single else ():
            known = schemas.properties(at) if holder in HOLDERS else {}
            is_same = holder in sent and schemas.resolve(sent[holder])[1] == schemas.resolve(at)[1]
            given = schemas.properties(sent[holder]) if holder in sent and not is_same else {}
            for name, inner in known.items():
                value = _value(schemas, draft, f"{holder}.{name}", inner, known) if name not in given else None
                if value is not None:
                    (again if plain(name) in (*UPDATED, VERSION, "version") else once)[f"{holder}.{name}"] = value
        stated = [assumed("the service sets what no request says of a new item", fields=once)] if once else []
        stated += [assumed("it follows each change", fields=again, again=True)] if again else []
        if stated:
            resources[draft.name]["inside"] = stated


VERSION = "resourceversion"
"""The plain name of a text that counts the changes of an item."""


def _value(schemas: Schemas, draft: ResourceDraft, place: str, at: str, beside: Mapping[str, str]) -> Any:
    """The value of a property inside of an object, as a template; None if the service does not set it."""
    holder, _, name = place.partition(".")
    if holder == "meta":
        return _of_scim(schemas, draft, place, at, beside)
    word, default = plain(name), schemas.keyword(at, "default")
    if schemas.types(at) - {"null"} == {"string"} and (word in CREATED + UPDATED):
        return "{now}" if format_of(schemas, at) == "date-time" else None
    if holder == "metadata":
        return (
            _of_kubernetes(schemas, draft, place, at, beside)
            if {"uid", "generatename", VERSION} & {*map(plain, beside)}
            else None
        )
    is_plain = isinstance(default, bool | int | float) or (isinstance(default, str) and not {"{", "}"} & {*default})
    return default if is_plain else None


def _of_scim(schemas: Schemas, draft: ResourceDraft, place: str, at: str, beside: Mapping[str, str]) -> str | None:
    """What a service of SCIM sets in the `meta` of a resource (RFC 7643 section 3.1); its address it cannot know."""
    word, types = plain(place.partition(".")[2]), schemas.types(at) - {"null"}
    if "resourcetype" not in {*map(plain, beside)} or types != {"string"}:
        return None
    kinds = [each for each in schemas.keyword(at, "enum") or () if isinstance(each, str)]
    name = "".join(part.capitalize() for part in noun(draft.word))
    is_time = format_of(schemas, at) in ("date-time", "")
    templates = {
        "resourcetype": next((each for each in kinds if plain(each) == plain(name)), name if not kinds else None),
        "created": "{now}" if is_time else None,
        "lastmodified": "{now}" if is_time else None,
        "version": "{version:" + place + "}",
        "location": _place(schemas, draft, at),
    }
    return templates.get(word)


def _place(schemas: Schemas, draft: ResourceDraft, at: str) -> str | None:
    """The path of an item, for a property that may hold it; None for one that must be a whole address."""
    if schemas.keyword(at, "format") == "uri" or draft.item is None or [*draft.node.parameters] != [draft.parameter]:
        return None
    return path_template.filled(draft.item.path, ["{id}"])


def _of_kubernetes(
    schemas: Schemas, draft: ResourceDraft, place: str, at: str, beside: Mapping[str, str]
) -> str | None:
    """What an API server of Kubernetes sets in the `metadata` of an object."""
    word = plain(place.partition(".")[2])
    if schemas.types(at) - {"null"} != {"string"}:
        return None
    generate = next((name for name in beside if plain(name) == "generatename"), "")
    parameter = next((each for each in draft.node.parameters[:-1] if plain(each) == word), "")
    templates = {
        "uid": "{id}",
        VERSION: "{version:" + place + "}",
        "name": "{named:" + f"{place} metadata.{generate}" + "}" if generate else None,
    }
    return "{param:" + parameter + "}" if parameter else templates.get(word)


def _above(
    schemas: Schemas, draft: ResourceDraft, named: Mapping[str, ResourceDraft], stated: Statement
) -> Iterator[tuple[str, Any]]:
    """The relationship of JSON:API to the item above, whose id the path of the create has."""
    parent = stated.get("parent", {})
    other = named.get(parent.get("resource", "")) if parent.get("parameter") in draft.parent_parameters else None
    fields = {one.get("field") for one in stated.get("references", ()) if other and one["resource"] == other.name}
    for each in relationships(schemas, draft.properties()) if other is not None else ():
        if other is not None and each.field in fields and each.field.endswith(".data.id"):
            shown = other.properties().get("type")
            types = (schemas.keyword(shown, "enum") if shown else None) or each.types
            link = {"type": types[0], "id": "{param:" + parent["parameter"] + "}"}
            yield each.field.removesuffix(".id"), link
