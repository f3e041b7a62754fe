"""An operation as requests are answered: its handler and its statements, compiled once when a document is loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field

from mockserver.behaviour.statements import Count, Once, Own, Paging, Refused
from mockserver.errors import BehaviourError
from mockserver.handlers.binding.content_plans import ContentPlan
from mockserver.handlers.binding.effect_plans import EffectPlan
from mockserver.handlers.binding.entry_plans import EntryPlan
from mockserver.handlers.binding.import_plans import ImportPlan
from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.handlers.lists.filter_plans import FilterPlan
from mockserver.handlers.lists.paging import SelectPage
from mockserver.handlers.lists.sort_plans import SortPlan
from mockserver.handlers.relations.expand_plans import ExpandPlan
from mockserver.handlers.relations.path_owners import Owner
from mockserver.handlers.replies.entity_tags import TagPlan
from mockserver.handlers.replies.reply_renderer import ReplyRenderer
from mockserver.messages import Call, Reply
from mockserver.openapi.document import Operation
from mockserver.rules import RuleFunction
from mockserver.state.id_text import one_id


class Handler(Struct, frozen=True):
    """An action in two steps: `begin` finds or drafts the item, the rules run, `end` stores it and makes the reply.

    Both get the RequestContext, whose module needs this one.
    """

    begin: Callable[[Any], None]
    end: Callable[[Any], Reply]


AcceptBody = Callable[[dict[str, Any]], dict[str, Any]]
"""From the properties of a body to the item's fields. Raises Invalid for an unknown one, if the service says so."""


class BoundOperation(Struct, frozen=True):
    """An operation with its handler and its statements, compiled at load.

    `envelope` leads to the item in a body; with `is_beside_file` what is beside it is said of the item too.
    `request_properties` are those that a body may have. `body_names` maps names in the body to names of the item's
    fields, `inside` is the field that has all of them, `merges` are those that are merged,
    `path_fields` path parameters to the fields that keep them, and
    `path_names` the operation's path parameters to the resource's. `created_renderer` makes the reply when a replace
    created the item. `item_path` is the path of a new item that is not below the collection it is posted to. `across`
    and `by` are those of the action. `above` are all items that the path leads through, the outermost first. `effects`
    are the new values that it gives, `entry` is the list whose entry it changes, `tags` what it does
    with entity tags. `owners_elsewhere` has, for parameters above the resource's items, the operation's own, empty
    where it has none (owner_choice.py). `each` is what a batch does to one item, `ids_parameter` the query parameter
    that has their ids; with `shows_one` a request about one item without a list is answered by that item, with
    `is_whole` it is about all items (batches.py). `content` is how it stores or shows the content of an item
    (contents.py). `named` are the path parameters that may name an item by another property than its id, the outermost
    first, each with the resource; `query_fields` are the query parameters with fields of the item, `query_key` has its
    id, `mask` the fields to change. With `is_selected` the filters name the item. `expand` says what it can expand,
    `refused` in which states of an item it does nothing, `once` whether it does anything the second time
    (done_once.py), `account` which account it is about (accounts.py), `is_create` whether it makes an item,
    `rests` what that takes from,
    `key_header` the header with the key of a request that may be repeated (repeated_requests.py).
    `imported` is how it stores the rows of a table (imports.py), `columns` are those of one that it shows.
    With `of_caller` the item is that of who asks, `own` says that only who made an item may use the operation on it.
    """

    operation: Operation
    handler: Handler
    plan: ResourcePlan | None
    plans: Mapping[str, ResourcePlan]
    renderer: ReplyRenderer
    rules: tuple[RuleFunction, ...]
    paging: Paging | None
    select_page: SelectPage
    filters: FilterPlan
    sort: SortPlan | None
    patch: str
    upsert: bool
    accept_body: AcceptBody
    envelope: tuple[str, ...] = ()
    is_beside_file: bool = False
    body_names: Mapping[str, str] = field(default_factory=dict)
    inside: str = ""
    merges: tuple[str, ...] = ()
    path_fields: Mapping[str, str] = field(default_factory=dict)
    request_properties: frozenset[str] = frozenset()
    path_names: Mapping[str, str] = field(default_factory=dict)
    created_renderer: ReplyRenderer | None = None
    owner: Owner | None = None
    item_path: str = ""
    across: bool = False
    by: str = ""
    above: tuple[Owner, ...] = ()
    effects: EffectPlan = EffectPlan()
    entry: EntryPlan | None = None
    tags: TagPlan | None = None
    each: BoundOperation | None = None
    ids_parameter: str = ""
    shows_one: bool = False
    is_whole: bool = False
    owners_elsewhere: Mapping[str, str] = field(default_factory=dict)
    content: ContentPlan | None = None
    named: tuple[tuple[str, str], ...] = ()
    query_fields: Mapping[str, str] = field(default_factory=dict)
    query_key: str = ""
    is_selected: bool = False
    expand: ExpandPlan | None = None
    mask: str = ""
    wildcards: frozenset[str] = frozenset()
    refused: tuple[Refused, ...] = ()
    once: Once | None = None
    account: str = ""
    key_header: str = ""
    imported: ImportPlan | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    of_caller: bool = False
    own: Own | None = None
    is_create: bool = False
    rests: tuple[tuple[str, Count], ...] = ()

    @property
    def resource(self) -> ResourcePlan:
        """The plan of the operation's resource. Raises BehaviourError when it has none."""
        if self.plan is None:
            raise BehaviourError(f"{self.operation.http_method} {self.operation.path} is about no resource")
        return self.plan

    def id(self, call: Call) -> Any:
        """The id from the path, else from the body."""
        identity = self.resource.statements.identity
        if identity.generate == "single":
            return ""
        if identity.parameter in call.path:
            return one_id(call.path[identity.parameter])
        given = self.item_body(call)
        return given.get(identity.field) if isinstance(given, dict) else None

    def item_body(self, call: Call) -> Any:
        """The part of the body that describes the item, under the names of its fields; empty without a body."""
        if self.query_fields:
            return {name: call.query[sent] for sent, name in self.query_fields.items() if sent in call.query}
        body = call.body
        for key in self.envelope:
            body = body.get(key) if isinstance(body, dict) else None
        if self.is_beside_file and isinstance(call.body, dict):
            beside = {name: value for name, value in call.body.items() if name not in self.envelope}
            body = beside | body if isinstance(body, dict) else beside
        if isinstance(body, dict):
            return (
                body | {new: body[name] for name, new in self.body_names.items() if name in body}
                if self.body_names
                else body
            )
        if body is None or isinstance(body, bool) or not self.resource.member_of:
            return body if isinstance(body, list) else {}
        return body if isinstance(body, list) else {self.resource.statements.identity.field: body}
