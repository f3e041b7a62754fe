"""Binding each operation of a document to its handler, once at load."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from msgspec.structs import replace

from mockserver.behaviour.item_parameters import ABOUT_ONE, query_key
from mockserver.behaviour.statements import BATCHES, Action, OperationBehaviour, ReplyStatement
from mockserver.contract import Contract
from mockserver.errors import BehaviourError
from mockserver.handlers.actions import HANDLERS
from mockserver.handlers.batches import bind_batch
from mockserver.handlers.binding.bound_operation import AcceptBody, BoundOperation
from mockserver.handlers.binding.bound_rules import bound_rules
from mockserver.handlers.binding.content_plans import ContentPlan, content_plan
from mockserver.handlers.binding.effect_plans import effect_plan
from mockserver.handlers.binding.entry_plans import entry_plan
from mockserver.handlers.binding.import_plans import import_plan, storing_operations
from mockserver.handlers.binding.item_schemas import (
    further_fields,
    further_sent,
    is_beside_file,
    operations_on,
    reply_schemas,
    request_properties,
    request_schemas,
    sent_in_query,
    view_maker,
)
from mockserver.handlers.binding.resource_plan import ResourcePlan
from mockserver.handlers.contents import CONTENT_HANDLERS
from mockserver.handlers.dry_runs import undoing
from mockserver.handlers.fields.generated_fields import ReplyView
from mockserver.handlers.fields.nested_defaults import ObjectDefaults, nested_defaults
from mockserver.handlers.fields.nested_secrets import Path, nested_secrets, without
from mockserver.handlers.fields.request_defaults import request_defaults
from mockserver.handlers.imports import IMPORT
from mockserver.handlers.lists.cursor_forms import cursors
from mockserver.handlers.lists.every_parent import wildcards
from mockserver.handlers.lists.filter_plans import filter_plan
from mockserver.handlers.lists.page_limit import limited, most_items, page_selector
from mockserver.handlers.lists.sort_plans import sort_plan
from mockserver.handlers.refusals.documented_refusals import refuse_unknown
from mockserver.handlers.refusals.rests import rests
from mockserver.handlers.relations.expand_plans import expand_plan
from mockserver.handlers.relations.owner_choice import owners_elsewhere, path_owner
from mockserver.handlers.relations.path_owners import Owner
from mockserver.handlers.repeated_requests import key_header
from mockserver.handlers.replies import reply_renderer
from mockserver.handlers.replies.chosen_fields import choosing
from mockserver.handlers.replies.entity_tags import tag_plan
from mockserver.handlers.replies.gone_items import idempotent
from mockserver.handlers.replies.other_media import reply_in
from mockserver.handlers.replies.reply_renderer import ReplyRenderer
from mockserver.inference.paths.path_tree import shape_of
from mockserver.openapi import path_template
from mockserver.openapi.document import MediaType, Operation
from mockserver.openapi.further_names import IsName
from mockserver.rules import RuleFunction

EVERY_HANDLER = HANDLERS | CONTENT_HANDLERS | {"import": IMPORT}
"""The handler of each action on one item, on its content, or on the list."""


def bind(
    contract: Contract, operation: Operation, plans: Mapping[str, ResourcePlan], media: MediaType | None = None
) -> BoundOperation | None:
    """The operation with its handler; None when it has no action, so that only examples can answer it.

    It replies in a `media` type of its response, else in the preferred one; None also if that type does not show the
    items. Raises BehaviourError for an unknown rule and lists those that exist.
    """
    behaviour = contract.behaviour.operations.get((operation.path, operation.method))
    place = f"{operation.http_method} {operation.path}"
    if behaviour is None or behaviour.action is None:
        if behaviour is not None and behaviour.rules:
            raise BehaviourError(f"{place}: a rule needs an `action`, which says what the operation does")
        return None
    action = behaviour.action
    if action.does == "import":
        return _import(contract, operation, behaviour, plans)
    if action.does in BATCHES:
        single = partial(_bound, contract, operation, plans=plans)
        found = bind_batch(contract, operation, behaviour, action, single)
    else:
        found = _bound(contract, operation, behaviour, plans, media)
    tried = behaviour.dry_run
    return found if found is None or tried is None else replace(found, handler=undoing(found.handler, tried.parameter))


def _import(
    contract: Contract, operation: Operation, behaviour: OperationBehaviour, plans: Mapping[str, ResourcePlan]
) -> BoundOperation | None:
    """An import, and in `each` what stores the item of a row; None if nothing does."""
    action = behaviour.action
    bound = _bound(contract, operation, behaviour, plans)
    for single in storing_operations(contract, action.of) if action is not None and bound is not None else ():
        each = bind(contract, single, plans)
        if bound is not None and action is not None and each is not None:
            plan = import_plan(contract, operation, behaviour, action, single)
            return replace(bound, each=replace(each, rules=()), imported=plan)
    return None


def _bound(
    contract: Contract,
    operation: Operation,
    behaviour: OperationBehaviour,
    plans: Mapping[str, ResourcePlan],
    media: MediaType | None = None,
) -> BoundOperation | None:
    """The operation with the handler of its action, on one item or a list; None without an action."""
    action = behaviour.action
    if action is None:
        return None
    plan = plans[action.of] if action.of else None
    secrets = plan.secrets if plan else frozenset()
    view = view_maker(contract, plan.name, plan.server_fields) if plan is not None and plan.generated_fields else None
    most = most_items(contract, operation, behaviour)
    elsewhere = owners_elsewhere(plan, action) if plan is not None and action.across else {}
    stated = behaviour.reply if media is None else reply_in(contract, operation, behaviour, plan, media)
    if media is not None and stated is None:
        return None
    further = further_fields(contract, plan.name) if plan is not None else None
    renderer = reply_renderer.compile(operation, stated, contract.schemas, secrets, action.does, view, media, further)
    return BoundOperation(
        operation=operation,
        handler=choosing(
            idempotent(EVERY_HANDLER[action.does], operation, action.does), contract, operation, behaviour
        ),
        plan=plan,
        plans=plans,
        renderer=renderer,
        rules=_rules(contract, operation, behaviour),
        paging=limited(behaviour.paging, most),
        select_page=page_selector(behaviour.paging, most, cursors(contract, operation, behaviour)),
        filters=filter_plan(behaviour.filter),
        sort=sort_plan(behaviour.sort, renderer.shown or ()),
        accept_body=_accept(contract, operation, behaviour, plan),
        path_fields={} if elsewhere else action.keeps,
        request_properties=request_properties(contract, operation, behaviour),
        path_names=_path_names(operation, plan, action) if plan is not None and not action.across else {},
        created_renderer=_created_renderer(contract, operation, behaviour, secrets, view) if action.upsert else None,
        item_path=_item_path(contract, operation, plan) if plan is not None and action.does in CREATING else "",
        owner=_owner_of(contract, operation, behaviour, plans, is_elsewhere=bool(elsewhere)),
        across=action.across and not elsewhere,
        owners_elsewhere=elsewhere,
        above=plan.owners_above if plan is not None and not action.across else (),
        tags=tag_plan(contract, operation, behaviour),
        entry=entry_plan(contract, operation, action, plan.name) if plan is not None and action.entry else None,
        content=_content(contract, operation, behaviour, plan) if action.does != "import" else None,
        query_fields=sent_in_query(contract, operation, behaviour),
        wildcards=wildcards(operation, action.does),
        query_key=query_key(plan.statements, action, operation) if plan is not None else "",
        expand=expand_plan(contract, operation, behaviour),
        is_selected=bool(behaviour.filter) and action.does in ABOUT_ONE,
        named=_named_otherwise(operation, plan, plans) if plan is not None else (),
        rests=tuple(rests(contract, action.of)) if action.does == "create" else (),
        **_of_action(operation, behaviour, action),
    )


def _of_action(operation: Operation, behaviour: OperationBehaviour, action: Action) -> dict[str, Any]:
    """What an operation has of its action as it is stated."""
    return {
        "patch": action.patch,
        "upsert": action.upsert,
        "envelope": action.envelope,
        "is_beside_file": is_beside_file(action),
        "body_names": action.takes,
        "inside": action.inside,
        "merges": action.merges,
        "by": action.by,
        "mask": action.mask,
        "of_caller": action.of_caller,
        "refused": behaviour.refused,
        "own": behaviour.own,
        "once": behaviour.once,
        "is_create": action.does == "create",
        "account": action.account,
        "columns": action.columns,
        "key_header": key_header(operation) if action.does == "create" else "",
        "effects": effect_plan(action),
    }


def _content(
    contract: Contract, operation: Operation, behaviour: OperationBehaviour, plan: ResourcePlan | None
) -> ContentPlan | None:
    return content_plan(contract, operation, behaviour, plan.statements.content if plan is not None else None)


def _owner_of(
    contract: Contract,
    operation: Operation,
    behaviour: OperationBehaviour,
    plans: Mapping[str, ResourcePlan],
    *,
    is_elsewhere: bool,
) -> Owner | None:
    """The owner that must exist: the one that the path continues where it says the owner otherwise, else the parent."""
    action = behaviour.action
    plan = plans[action.of] if action is not None and action.of else None
    if action is None:
        return None
    if is_elsewhere or _lists_related(behaviour, plan, action):
        return path_owner(contract, operation, plans)
    return _owner(operation, plan, plans, action)


def _rules(contract: Contract, operation: Operation, behaviour: OperationBehaviour) -> tuple[RuleFunction, ...]:
    """The rules of an operation. Raises BehaviourError, with file and line, for one that cannot be used."""
    try:
        return bound_rules(contract, behaviour, f"{operation.http_method} {operation.path}")
    except BehaviourError as fault:
        place = ("x-behaviour", f"{operation.method} {operation.path}", "rules")
        raise BehaviourError(f"{contract.origins.where(place)}: {fault}") from None


def _named_otherwise(
    operation: Operation, plan: ResourcePlan, plans: Mapping[str, ResourcePlan]
) -> tuple[tuple[str, str], ...]:
    """The path parameters that may name an item by another property than its id, each with the resource."""
    own, item = path_template.names(operation.path), plan.statements.identity.parameter
    parent = plan.statements.parent
    above = {parent.parameter: parent.resource} if parent is not None else {}
    known = {**above, **plan.resources_above, item: plan.name}
    return tuple((each, known[each]) for each in own if known.get(each) and plans[known[each]].statements.identity.also)


def _lists_related(behaviour: OperationBehaviour, plan: ResourcePlan | None, action: Action) -> bool:
    """Does it list the items that name the item of the path? They exist without it, but the list does not."""
    is_list = plan is not None and action.does == "list" and not action.across and action.evidence == "inferred"
    parent = plan.statements.parent if plan is not None else None
    fields = [each.field for each in behaviour.filter if each.location == "path"]
    return is_list and bool(fields) and (parent is None or parent.field not in fields)


def _owner(
    operation: Operation, plan: ResourcePlan | None, plans: Mapping[str, ResourcePlan], action: Action
) -> Owner | None:
    """The nearest parent that must exist; for linked items (see `cascade`) only where the path names it."""
    if plan is None or action.across:
        return None
    does = action.does
    parent, own = plan.statements.parent, path_template.names(operation.path)
    if parent is not None and parent.parameter not in plan.parent_parameters:
        above = plans[parent.resource].parent_parameters
        at = own.index(parent.parameter) if does in ("create", "list") and parent.parameter in own else -1
        if at >= len(above):
            return (parent.resource, tuple(own[at - len(above) : at + 1])) if parent.must_exist else None
        parent = plans[parent.resource].statements.parent
    if parent is None or not parent.must_exist or parent.parameter not in plan.parent_parameters:
        return None
    return parent.resource, plan.parent_parameters[: plan.parent_parameters.index(parent.parameter) + 1]


def _item_path(contract: Contract, operation: Operation, plan: ResourcePlan) -> str:
    """The path of a new item that is not below the collection it is posted to; empty when it is below.

    Where the query names items it is the path of a request that does so. One that ends with a slash is returned too.
    """
    if plan.statements.identity.location == "query":
        actions = operations_on(contract, plan.name)
        return next((o.path for o, b in actions if query_key(plan.statements, b.action, o)), "")
    length, usual = len(plan.parent_parameters) + 1, path_template.shape(operation.path).rstrip("/") + "/{}"
    paths = [other.path for other, _ in operations_on(contract, plan.name)]
    item_paths = [
        path
        for path in paths
        if len(path_template.names(path)) == length
        and path_template.names(path)[-1] == plan.statements.identity.parameter
        and shape_of(path)[-1] == "{}"
    ]
    below = [path for path in item_paths if path_template.shape(path).rstrip("/") == usual]
    with_slash = [path for path in below if path.endswith("/")]
    return "" if plan.is_single else next(iter(with_slash or (() if below else item_paths)), "")


def _path_names(operation: Operation, plan: ResourcePlan, action: Action) -> dict[str, str]:
    """The operation's names of path parameters → the resource's names, where they differ."""
    own, identity = path_template.names(operation.path), plan.statements.identity
    own = own[:-1] if action.entry and operation.method != "post" else own
    is_item = action.does not in ("create", "list") and len(own) > len(plan.parent_parameters)
    names = [*plan.parent_parameters, *([identity.parameter] if is_item else [])]
    # Names are matched by position, which is safe only where `within` or a path that ends in the id says what they are.
    ends = operation.path.rstrip("/").endswith("}") or bool(action.entry)
    is_known = plan.statements.within is not None or (ends and not plan.is_single)
    if not is_known or len(own) != len(names):
        return {}
    return {name: other for name, other in zip(own, names, strict=True) if name != other}


def _created_renderer(
    contract: Contract,
    operation: Operation,
    behaviour: OperationBehaviour,
    secrets: frozenset[str],
    view: Callable[[str], ReplyView] | None,
) -> ReplyRenderer | None:
    """The renderer for a change that creates the item: 201, if it is documented (RFC 9110 section 9.3.4)."""
    documented = any(response.status == "201" for response in operation.responses)
    if behaviour.action is None or behaviour.action.does not in REPLACING or not documented:
        return None
    stated = replace(behaviour.reply or ReplyStatement(evidence="assumed"), status=201)
    further, schemas = further_fields(contract, behaviour.action.of), contract.schemas
    return reply_renderer.compile(operation, stated, schemas, secrets, behaviour.action.does, view, further=further)


CREATING = ("create", "copy")
"""The actions whose reply may say where the new item is."""

REPLACING = ("replace", "replace-content", "update")
"""The actions that may create the item that they change."""


def _accept(
    contract: Contract, operation: Operation, behaviour: OperationBehaviour, plan: ResourcePlan | None
) -> AcceptBody:
    """The function that selects the properties of a body that the document names and the service does not set."""
    named = request_properties(contract, operation, behaviour)
    server_fields = (plan.server_fields if plan else frozenset()) - _may_set(behaviour.action)
    policy = contract.behaviour.service.unknown_fields.policy
    action = behaviour.action
    asked = request_schemas(contract, operation, behaviour) if action and action.does != "update" else ()
    defaults = request_defaults(contract.schemas, asked, action.takes if action else {})
    accepted, is_further = named - server_fields, _further(contract, operation, behaviour, plan)
    if plan is not None and _is_below_item(operation, behaviour, plan):
        shown = {name for at in reply_schemas(contract, plan.name) for name in contract.schemas.properties(at)}
        accepted, named, policy = accepted & shown, named | shown, "ignore"

    def keep(body: Any) -> dict[str, Any]:
        sent = body or {}
        return {**defaults(sent), **{name: value for name, value in sent.items() if name not in server_fields}}

    def ignore(body: Any) -> dict[str, Any]:
        sent = body or {}
        return {**defaults(sent), **{name: v for name, v in sent.items() if name in accepted or is_further(name)}}

    def refuse(body: Any) -> dict[str, Any]:
        sent = body or {}
        refuse_unknown(named | {name for name in sent if is_further(name)}, sent)
        return keep(body)

    # A request whose properties are not documented may have any: then none is unknown.
    accept = keep if not named else {"keep": keep, "ignore": ignore, "refuse": refuse}[policy]
    inner = _nested(contract, operation, behaviour)
    filled = accept if inner is None else lambda body: inner.fill(accept(body))
    secrets = _nested_secrets(contract, operation, behaviour, plan)
    public = (lambda body: without(filled(body), secrets)) if secrets else filled
    holder = action.inside if action else ""
    return (lambda body: {holder: public(body)}) if holder else public


def _further(
    contract: Contract, operation: Operation, behaviour: OperationBehaviour, plan: ResourcePlan | None
) -> IsName:
    """Which names that no schema declares an operation stores, because the schema of its request says that it may."""
    further = further_fields(contract, plan.name) if plan is not None else None
    sent = further_sent(contract, operation, behaviour) if further is not None else None
    return lambda name: sent is not None and further is not None and further(name) and sent(name)


def _may_set(action: Action | None) -> frozenset[str]:
    """The fields that an update is said to take, so that it sets them although other requests must not."""
    return frozenset(action.takes.values()) if action is not None and action.does == "update" else frozenset()


def _nested_secrets(
    contract: Contract, operation: Operation, behaviour: OperationBehaviour, plan: ResourcePlan | None
) -> tuple[Path, ...]:
    if plan is None or plan.statements.invented is None:  # a vendor's file says what is not shown
        return ()
    asked = tuple(request_schemas(contract, operation, behaviour))
    return nested_secrets(contract.schemas, asked, tuple(reply_schemas(contract, plan.name)))


def _is_below_item(operation: Operation, behaviour: OperationBehaviour, plan: ResourcePlan) -> bool:
    """Is an update of a path below the item's own, or of a method of its own, so that its body is about more?"""
    action = behaviour.action
    if action is None or action.does != "update" or plan.is_single:
        return False
    parameter = plan.statements.identity.parameter
    is_below = operation.is_additional or path_template.continues_after(operation.path, parameter)
    return is_below if action.evidence == "inferred" else bool(action.sets)


def _nested(contract: Contract, operation: Operation, behaviour: OperationBehaviour) -> ObjectDefaults | None:
    """The defaults inside of objects of a body; an update leaves out what it does not change."""
    if behaviour.action is None or behaviour.action.does == "update":
        return None
    return nested_defaults(contract.schemas, request_schemas(contract, operation, behaviour))
