"""Inferred resources written as statements of behaviour files, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mockserver.behaviour.item_parameters import ABOUT_ONE
from mockserver.behaviour.statements import BATCHES
from mockserver.inference.bodies import likeness
from mockserver.inference.bodies.envelope import Envelopes
from mockserver.inference.bodies.reply_writer import ReplyWriter
from mockserver.inference.draft import CREATING, DraftAction, ResourceDraft, item_schema_of_request
from mockserver.inference.evidence import Statement, implied, inferred
from mockserver.inference.lists.chosen_fields import selection
from mockserver.inference.lists.list_statements import listed
from mockserver.inference.names import noun, plain
from mockserver.inference.operations import accounts, soft_delete
from mockserver.inference.operations.entry_statements import entry_keys, first_entries
from mockserver.inference.operations.refusals import refusals
from mockserver.inference.operations.tables import row_identity
from mockserver.inference.paths import item_places, selectors
from mockserver.inference.paths.item_places import kept_above
from mockserver.inference.paths.own_path import content_path, own_path
from mockserver.inference.paths.own_resource_name import NAME, chosen_by, name_below, resource_name, update_mask
from mockserver.inference.paths.path_tree import Shape
from mockserver.inference.relations.changes_above import changes_above
from mockserver.inference.relations.expandable_references import by_id
from mockserver.inference.relations.expansions import expansion, with_included
from mockserver.inference.relations.linked_references import linked_references
from mockserver.inference.relations.members import id_name, member_reference, members
from mockserver.inference.relations.reference_statements import of_parameter, reference_statement
from mockserver.inference.relations.references import (
    FoundReference,
    ReferenceFinder,
    ReferredResource,
)
from mockserver.inference.resources import DraftParent
from mockserver.inference.sentences import described_statements
from mockserver.inference.sentences.merge_sentences import merged_properties
from mockserver.inference.values import fields, identity
from mockserver.inference.values.done_flags import done_flags
from mockserver.inference.values.event_times import item_times
from mockserver.inference.values.file_fields import file_fields
from mockserver.inference.values.identity import said_key
from mockserver.inference.values.uniqueness import unique_property
from mockserver.openapi.document import Document
from mockserver.openapi.schemas import Schemas


class Writer:
    """Writes the statements about the resources of one document."""

    def __init__(self, schemas: Schemas, envelopes: Envelopes, base: str = "", *, all_exist: bool = False) -> None:
        self._schemas, self._envelopes, self._base, self._all_exist = schemas, envelopes, base, all_exist
        self._targets: dict[str, ReferredResource] = {}
        self._finder = ReferenceFinder(schemas, ())
        self._properties: dict[str, Mapping[str, str]] = {}
        self._found: dict[str, list[FoundReference]] = {}
        self._linked: dict[str, list[FoundReference]] = {}
        self._members: dict[str, ReferredResource] = {}
        self._names: dict[Shape, str] = {}
        self._replies = ReplyWriter(schemas, envelopes, self._generate)

    def refer_to(self, drafts: Sequence[ResourceDraft], document: Document) -> None:
        """Set the resources that items may refer to. Nothing refers to a single item, but it may refer to others."""
        self._targets = {draft.name: self._target(draft) for draft in drafts}
        self._properties = {draft.name: draft.properties() for draft in drafts}
        self._names = {draft.shape: draft.name for draft in drafts if draft.has_id}
        targets = [self._targets[draft.name] for draft in drafts if not draft.single]
        self._finder = ReferenceFinder(self._schemas, targets)
        self._linked = linked_references(drafts, self._targets, document)
        self._members = members(self._schemas, drafts, self._targets)
        self._replies.count_items_of(drafts)

    def _target(self, draft: ResourceDraft) -> ReferredResource:
        field = str(self._identity(draft, draft.properties()).get("field", ""))
        views, above, asked = tuple(draft.reply_schemas()), draft.parent_parameters, draft.parameter_schema or ""
        return ReferredResource(draft.name, noun(draft.word), views, field, draft.parameter, above, asked)

    def _references(self, draft: ResourceDraft, parent: DraftParent | None) -> list[Statement]:
        """The properties of an item, and the path parameters above it, that name items of other resources."""
        found = self._found_in(draft)
        above = {parameter: self._above(parameter, draft, parent, found) for parameter in draft.parent_parameters}
        stated = [reference_statement(one, above) for one in found]
        stated += member_reference(self._members.get(draft.name))
        told = {str(one.get("parameter")) for one in stated}
        rest = {parameter: name for parameter, name in above.items() if name and parameter not in told}
        note = "the path parameter has the name of {}"
        return stated + [inferred(note.format(name), resource=name, parameter=p) for p, name in rest.items()]

    def _found_in(self, draft: ResourceDraft) -> list[FoundReference]:
        """The references in an item, looked for once."""
        if draft.name not in self._found:
            own = self._targets[draft.name]
            views = own.schemas[:1] or tuple(str(a.item_schema) for a in draft.actions if a.item_schema)[:1]
            found = [one for view in views for one in self._finder.in_item(view, own)]
            sent = {name: at for asked in draft.request_properties(*WRITES) for name, at in asked.items()}
            found = [one for one in found if one.steps[0] not in sent or self._names_item(one)]
            found = [*by_id(self._schemas, found, draft.properties(), sent, self._targets)]
            for asked in draft.request_properties(*WRITES):
                asking = [*self._finder.beside(asked, found, own), *self._finder.described_in(asked, own)]
                found += [one for one in asking if one.steps not in {each.steps for each in found}]
            told = self._linked.get(draft.name, [])  # a link says it, a name only suggests it
            named = {one.steps for one in told}
            self._found[draft.name] = [*told, *(one for one in found if one.steps not in named)]
        return self._found[draft.name]

    def _names_item(self, found: FoundReference) -> bool:
        """Does a reference show the other item, or have its id? Another property of it may be the client's own text."""
        target = self._targets[found.resource]
        return not found.key or found.key == target.field or plain(found.key) in (*identity.IDS, "gid")

    def _related(self, draft: ResourceDraft) -> dict[str, str]:
        """The properties of the items that an item names by their ids: `project_id.name`, with their schemas."""
        named = (one for one in self._found_in(draft) if one.key and len(one.steps) == 1)
        return {
            f"{one.field}.{name}": at
            for one in named
            for name, at in self._properties[one.resource].items()
            if name != one.key
        }

    def _above(
        self, parameter: str, draft: ResourceDraft, parent: DraftParent | None, found: list[FoundReference]
    ) -> str:
        """The resource whose id a path parameter holds; empty if it is the parent's, which is stated, or unknown."""
        if parent is not None and parameter in (parent.parameter, *parent.draft.parent_parameters):
            return ""
        target = of_parameter(parameter, found, self._targets.values())
        return target.name if target is not None and target.name != draft.name else ""

    def resource(self, draft: ResourceDraft, parent: DraftParent | None) -> Statement:
        """The entry of `x-resources`."""
        properties = draft.properties()
        identified = self._identity(draft, properties)
        if draft.name in self._members and identified.get("generate") != "client":
            identified["from-client"] = True
        stated: Statement = {"identity": identified}
        others = {name: at for name, at in properties.items() if name != identified.get("field")}
        stated |= item_places.places(draft, parent, others, self._names, all_exist=self._all_exist)
        if parent is not None and "parent" in stated:
            stated["parent"] |= described_statements.room(self._schemas, draft, parent.draft)
        if (kept := soft_delete.soft_delete(draft)) is not None:
            stated["soft-delete"] = kept
        stated |= first_entries(draft) | accounts.account_statement(draft)
        if references := self._references(draft, parent):
            stated["references"] = references
        if (stamps := item_times(self._schemas, draft, properties)) is not None:
            stated["timestamps"] = stamps
        told = file_fields(self._schemas, properties) if any(one.content for one in draft.actions) else {}
        if told:
            stated["content"] = inferred("the names of the properties", **told)
        sides = self._sides(draft, properties, str(identified.get("field", "")))
        return stated | sides | described_statements.of_resource(self._schemas, draft, sides) | _invented(draft)

    def _identity(self, draft: ResourceDraft, properties: Mapping[str, str]) -> Statement:
        # Without an id of its own, a path such as `/books/{id}/notes` has only that of the parent.
        nowhere = {"parameter": ""} if "id" in draft.node.parameters else {}
        if draft.single:
            return inferred(f"{draft.node.path} contains no id and shows one object", **nowhere, generate="single")
        if not draft.has_id:
            whole = name_below(draft, properties)
            if whole:
                note = f"the path of the collection is that of the resource names {whole}"
                return inferred(note, field=NAME, parameter="", **{"resource-name": whole}) | self._chosen(draft)
            if (rows := row_identity(self._schemas, draft, properties)) is not None:
                return rows
            if draft.key:
                note = f"a PUT to the collection names items by {draft.key}"
                return inferred(note, field=draft.key, parameter="", generate="client")
            name, places = identity.plain_id(properties)
            made = identity.generation(self._schemas, places)
            nowhere = {"parameter": ""} if draft.node.selectors else nowhere
            return inferred("no path contains an id", field=name, **nowhere) | made
        return self._named(draft, properties)

    def _named(self, draft: ResourceDraft, properties: Mapping[str, str]) -> Statement:
        """The identity of items whose path ends with their id."""
        parameter, whole = draft.parameter_schema, resource_name(draft, properties)
        if whole:
            return self._with_resource_name(draft, whole)
        name, why = self._field(draft, properties)
        shown = [self._schemas.properties(view).get(name) for view in draft.reply_schemas()]
        places = [at for at in (properties.get(name), parameter) if at]
        made = self._made(draft, name, places, [at for at in shown if at and at not in places])
        note = why or f"no property seems to hold the path parameter {draft.parameter}; the id is not shown"
        also = self._other_name(draft, properties, name)
        if draft.node.query_key:
            also |= {"location": draft.node.key_location}
            note = note.replace("path parameter", f"{draft.node.key_location} parameter")
        also |= identity.slug_source(name, next(draft.request_properties("create"), {}), made) | self._chosen(draft)
        return inferred(note, field=name or draft.parameter, parameter=draft.parameter) | also | made

    def _with_resource_name(self, draft: ResourceDraft, whole: str) -> Statement:
        """The identity of items whose `name` is their resource name."""
        creation, parameter = draft.action(*CREATING), draft.parameter_schema
        is_put = creation is None and draft.is_created
        made = identity.generation(self._schemas, [parameter] if parameter else [])
        note = f"the path parameter is the end of the resource name {whole}"
        keys = {"parameter": draft.parameter, "resource-name": whole}
        return inferred(note, field=NAME, **keys) | ({"generate": "client"} if is_put else made) | self._chosen(draft)

    @staticmethod
    def _chosen(draft: ResourceDraft) -> Statement:
        chosen = chosen_by(draft)
        return {"chosen-by": chosen} if chosen else {}

    def _other_name(self, draft: ResourceDraft, properties: Mapping[str, str], field: str) -> dict[str, str]:
        """The other property of a path parameter such as `idOrKey`, which may name the item too."""
        other = identity.alternatives(draft.parameter)[1] or said_key(self._schemas, draft.item, draft.parameter)
        found = identity.field(self._schemas, properties, other, draft.word, frozenset({"string"}))[0] if other else ""
        found = found or ("" if field else identity.inner_field(self._schemas, properties, draft.parameter, draft.word))
        return {"also": found} if found and found != field else {}

    def _field(self, draft: ResourceDraft, properties: Mapping[str, str]) -> tuple[str, str]:
        """The property that holds the id, and the reason."""
        parameter = draft.parameter_schema
        types = self._schemas.types(parameter) if parameter else frozenset[str]()
        creation = draft.action(*CREATING)
        by_path = creation is None or creation.across
        is_shown = any(self._schemas.properties(view) for view in draft.reply_schemas())
        asked = identity.alternatives(draft.parameter)[0] or draft.parameter
        return identity.field(self._schemas, properties, asked, draft.word, types, exactly=by_path, is_shown=is_shown)

    def _made(self, draft: ResourceDraft, name: str, places: list[str], shown: list[str]) -> Statement:
        """How an id is made: by the client if its request must contain one, else by the service."""
        creation = draft.action(*CREATING)
        if (creation is None or creation.across) and draft.is_created:
            return {"generate": "client"}
        made = identity.generation(self._schemas, places, shown)
        at = item_schema_of_request(self._schemas, creation) if creation is not None else None
        asked = self._schemas.properties(at) if at else {}
        taken = next((own for own, new in self._id_taken(draft, asked).items() if new == name), name)
        name = taken
        if not name or name not in asked or self._schemas.keyword(asked[name], "readOnly") is True:
            return made
        is_chosen = at and name in self._schemas.required(at) and creation is not None and not creation.across
        return {"generate": "client"} if is_chosen else {**made, "from-client": True}

    def _sides(self, draft: ResourceDraft, properties: Mapping[str, str], identity_field: str) -> Statement:
        """The statements about single properties."""
        writes = ("create", "replace", "update")
        asked, stated = list(draft.request_properties(*writes)), Statement()
        read_only = fields.server_set(self._schemas, [properties], asked)
        if draft.name in self._members:
            read_only = [name for name in read_only if name != identity_field]
        if read_only:
            stated["server-set"] = implied("the schemas say readOnly", fields=read_only)
        secret = fields.write_only(self._schemas, asked, properties)
        if secret:
            stated["write-only"] = inferred(
                "the schemas say writeOnly, or it is a password that no reply contains", fields=secret
            )
        steps = fields.located(self._schemas, properties, asked)
        place = own_path(self._schemas, self._envelopes, self._base, draft, steps)
        place |= content_path(self._schemas, self._envelopes, self._base, draft)
        if place:
            stated["initial"] = inferred("the name of the property is that of the item's own path", fields=place)
        creation = draft.action("create")
        responses = creation.operation.responses if creation is not None else ()
        unique = unique_property(self._schemas, draft, identity_field)
        unique = unique if unique is not None else accounts.unique_name(draft)
        if unique is not None:
            stated["unique"] = unique
        elif draft.node.selectors and any(response.status == "409" for response in responses):
            named = list(draft.node.selectors.values())
            stated["unique"] = inferred("they name an item, and the create has a 409", fields=named)
        return stated

    def operation(self, draft: ResourceDraft, action: DraftAction, parent: DraftParent | None) -> Statement:
        """The `x-behaviour` of an operation. Raises Unanswerable if no valid reply can be made."""
        stated: Statement = {"action": self._action(draft, action)}
        if changed := changes_above(draft, action, parent):
            stated["action"]["sets-above"] = changed
        stated |= refusals(draft, action, parent)
        if action.does in ("list", "delete-all", "update-all"):
            key = self._named(draft, draft.properties())["field"] if draft.has_id else ""
            kept = {} if self._is_owner(draft, action) else action.keeps
            stated |= listed(draft, action, self._related(draft), key, kept)
        elif draft.node.selectors and action.does in ABOUT_ONE:
            stated["filter"] = selectors.filters(
                self._schemas, action.operation, draft.node.selectors, draft.properties()
            )
        if action.does in EXPANDING:
            expand = expansion(self._schemas, action.operation, action.item_schema, self._found_in(draft))
            stated |= {"expand": expand} if expand is not None else {}
            stated |= selection(self._schemas, action.operation, action.item_schema, draft.word)
        return with_included(stated | self._replies.reply(draft, action))

    def _generate(self, draft: ResourceDraft) -> str:
        """How the ids of items are made; empty if they have none."""
        return str(self._named(draft, draft.properties())["generate"]) if draft.has_id else ""

    def _action(self, draft: ResourceDraft, action: DraftAction) -> Statement:
        keys: Statement = {"does": action.does, "of": draft.name}
        if BATCHES.get(action.does, action.does) == "update" and action.patch != "fields":
            keys["patch"] = action.patch
        mask = update_mask(action.operation) if action.does == "update" else ""
        takes, holder = self._takes(draft, action), self._inside(draft, action)
        named = {
            "envelope": [*action.envelope],
            "mask": mask,
            "ids": action.ids,
            "takes": takes,
            "inside": holder,
            "merges": merged_properties(self._schemas, action, draft.properties()),
            "content": action.content,
            "columns": dict(action.columns),
        }
        keys |= {key: value for key, value in named.items() if value}
        if action.does == "create" or (action.keeps and self._is_owner(draft, action)):
            above = kept_above(draft, self._names) if action.does == "create" and not action.keeps else {}
            kept = {**above, **action.keeps, **selectors.kept(action.operation, draft.node.selectors)}
            keys |= {"keeps": kept} if kept else {}
        if action.sets:
            keys["sets"] = dict(action.sets)
        if action.entry:
            keys |= entry_keys(action, self._names)
        if action.of_caller:
            keys["of-caller"] = True
        if action.across:
            keys |= {"across": True} | ({"by": action.by} if action.by else {})
        if action.account:
            keys["account"] = action.account
        if action.upsert or self._overwrites(draft, action) or self._adds_member(draft, action):
            keys["upsert"] = True
        return inferred(action.reason, **keys)

    def _adds_member(self, draft: ResourceDraft, action: DraftAction) -> bool:
        """Does a PUT without a body add an item of another resource? It changes nothing of it."""
        is_put = action.does == "replace" and action.operation.request_body is None
        return is_put and draft.name in self._members

    @staticmethod
    def _is_owner(draft: ResourceDraft, action: DraftAction) -> bool:
        """Is the path parameter that is kept the owner that the items are below?"""
        return action.across and [*action.keeps.values()] == [draft.owner_field]

    def _takes(self, draft: ResourceDraft, action: DraftAction) -> dict[str, str]:
        """Properties with another name in the request than in replies: `FriendlyName` is `friendly_name`."""
        asked = (
            item_schema_of_request(self._schemas, action) if BATCHES.get(action.does, action.does) in WRITES else None
        )
        own, shown = self._schemas.properties(asked) if asked else {}, draft.properties()
        known = {plain(name): name for name in shown if name not in own}
        takes = {name: known[plain(name)] for name in own if name not in shown and plain(name) in known}
        nested = {name: plain(name).removesuffix("attributes") for name in own if name not in shown}  # of Rails
        takes |= {name: known[word] for name, word in nested.items() if word in known}
        takes |= done_flags(self._schemas, own, shown)
        return takes | (self._id_taken(draft, own) if action.creates else {}) | dict(action.takes)

    def _inside(self, draft: ResourceDraft, action: DraftAction) -> str:
        """The property of the item that has what a request sends without it: `attributes` of Strapi; empty if none."""
        asked = item_schema_of_request(self._schemas, action) if action.does in WRITES else None
        return likeness.holder(draft, asked) if asked else ""

    def _id_taken(self, draft: ResourceDraft, own: Mapping[str, str]) -> dict[str, str]:
        """The property of a create request that holds the id under another name: `name` for `pool_name`."""
        field, whole = self._field(draft, draft.properties())[0] if draft.has_id else "", self._members.get(draft.name)
        if whole is not None:
            name = id_name(draft, whole, own)
            return {name: whole.field} if name and name != whole.field else {}
        if not field or field in own:
            return {}
        types = self._schemas.types(draft.properties()[field])
        shown = draft.properties()  # if a reply shows both, they are two things
        free = [name for name, at in own.items() if name not in shown and self._schemas.types(at) & types]
        named = [name for name in free if plain(name) in draft.id_names]
        return dict.fromkeys((named or [name for name in free if plain(name) in identity.ALIASES])[:1], field)

    def _overwrites(self, draft: ResourceDraft, action: DraftAction) -> bool:
        """Does a create replace an existing item? Yes, if its request contains the id and no conflict is documented."""
        documented = {response.status for response in action.operation.responses}
        is_refused = not documented.isdisjoint(("409", "4XX")) or ("default" in documented and len(documented) > 1)
        if action.does != "create" or is_refused:
            return False
        name = self._named(draft, draft.properties())["field"] if draft.has_id else ""
        if plain(name) in identity.CHOSEN_BY_PEOPLE:
            return False  # two people may choose the same name
        return any(
            self._is_chosen(asked.get(name)) or self._id_taken(draft, asked)
            for asked in draft.request_properties("create")
        )

    def _is_chosen(self, pointer: str | None) -> bool:
        """May a client choose a value? Not where the service alone sets it."""
        return pointer is not None and self._schemas.keyword(pointer, "readOnly") is not True


def _invented(draft: ResourceDraft) -> Statement:
    if not draft.reply_schemas():
        return {}
    return {"invented": inferred("what replies show and no request contains is generated from their schemas")}


WRITES = ("create", "replace", "update")
"""Actions whose requests contain an item."""

EXPANDING = ("get", "list", *WRITES)
"""Actions whose replies show stored items."""
