"""Accounts: one operation makes them, another one logs in, and a path such as `/me` shows the one that asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from mockserver.inference.bodies import likeness
from mockserver.inference.bodies.messages import reply_body, request_schema
from mockserver.inference.bodies.shown_items import shown_item
from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.evidence import Statement, inferred
from mockserver.inference.names import plain
from mockserver.inference.operations import actions
from mockserver.inference.operations.account_names import (
    AUTHORS,
    LOGIN,
    LOGIN_NAME,
    ME,
    NAME,
    PASSWORD,
    REGISTER,
    TOKENS,
)
from mockserver.inference.paths.path_tree import PathNode, Shape
from mockserver.inference.relations.references import stem
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

WORD = "users"
"""What accounts are called whose path does not say it."""

OWN, NAMED = "own", "named"
"""Which account an operation is about: that of who asks, or the one whose name its body has."""

TOKEN = "mock-token-"  # noqa: S105  # it says whose it is, and protects nothing
"""What the token of an account begins with; its id follows."""

ABOUT_OWN = {"get": actions.get, "put": actions.replace, "patch": actions.update, "delete": actions.delete}


def with_accounts(
    drafts: list[ResourceDraft], nodes: Mapping[Shape, PathNode], schemas: Schemas
) -> list[ResourceDraft]:
    """The resources, with the one of accounts: what makes them, logs in and shows one's own is about the same items.

    Nothing else makes an account known that is made: without a login and a path such as `/me` nothing is added.
    """
    made = next(_registrations(nodes, schemas), None)
    if made is None:
        return drafts
    node, operation = made
    mine = [
        each for each in nodes.values() if plain(each.shape[-1]) in ME and "{" not in each.path and each is not node
    ]
    logins = [one for each in nodes.values() for one in _logins(each, schemas)]
    draft = _draft(drafts, node, operation, schemas, mine)
    if draft is None or not (logins or mine):
        return drafts
    found = [*_logged_in(draft, logins), *(own for each in mine for own in _own(draft, each))]
    if not found:
        return drafts
    draft.actions += found
    singles = {each.shape for each in mine if any(action.operation.path == each.path for action in found)}
    rest = [each for each in drafts if not (each.single and each.shape in singles and each is not draft)]
    return rest if draft in rest else [*rest, draft]


def _registrations(nodes: Mapping[Shape, PathNode], schemas: Schemas) -> Iterator[tuple[PathNode, Operation]]:
    """The operations that make an account: their body has the name and the password of a new one."""
    for node in nodes.values():
        operation = node.operations.get("post")
        asked = request_schema(operation.request_body) if operation is not None else None
        names = _fields(schemas, asked) if asked else {}
        is_login = bool(node.shape) and LOGIN.fullmatch(node.shape[-1]) is not None
        is_known = any(map(LOGIN_NAME.fullmatch, names)) and any(map(PASSWORD.fullmatch, names))
        if operation is not None and is_known and not is_login and "{" not in node.path and _makes(operation):
            yield node, operation


def _makes(operation: Operation) -> bool:
    """Does an operation make something: does its path say so, or its status?"""
    return REGISTER.search(operation.path) is not None or operation.response(201) is not None


def _fields(schemas: Schemas, pointer: str) -> Mapping[str, str]:
    """The properties of a body, or of the only object in it: `{user: {email, password}}`."""
    known = schemas.properties(pointer)
    inner = [schemas.properties(at) for at in known.values()]
    return inner[0] if len(known) == 1 and inner[0] else known


def _logins(node: PathNode, schemas: Schemas) -> Iterator[Operation]:
    operation = node.operations.get("post")
    if operation is None or not node.shape or LOGIN.fullmatch(node.shape[-1]) is None:
        return
    asked = request_schema(operation.request_body)
    names = _fields(schemas, asked) if asked else {}
    rest = [name for name in names if PASSWORD.fullmatch(name) is None]
    if len(rest) < len(names) and any(map(NAME.fullmatch, rest)):
        yield operation


def _draft(
    drafts: Sequence[ResourceDraft], node: PathNode, operation: Operation, schemas: Schemas, mine: Sequence[PathNode]
) -> ResourceDraft | None:
    """The resource whose items are accounts, with the action that makes one; None if no reply shows an account."""
    for draft in drafts:
        if any(action.operation is operation and action.does == "create" for action in draft.actions):
            if draft.item is None and REGISTER.search(operation.path):
                word = _called(schemas, operation)
                draft.word, draft.collection = word, PathNode(node.path, (*node.shape[:-1], word), node.operations)
            return draft
    used = {action.operation.operation_id for draft in drafts for action in draft.actions}
    if operation.operation_id in used:
        return None
    word = _called(schemas, operation)
    shape = (*node.shape[:-1], word)
    new = ResourceDraft(schemas, word, collection=PathNode(node.path, shape, {"post": operation}))
    made = actions.create(new, operation)
    shown = _shown(made, mine, new)
    if made is None or shown is None:
        return None
    main = next((each for each in drafts if each.has_id and not each.parent_parameters and _shows(each, shown)), None)
    if main is not None:
        main.actions.append(made)
        return main
    new.actions.append(made)
    return new


def _called(schemas: Schemas, operation: Operation) -> str:
    """What an account is called: the object beside the token in the reply of the operation that makes it."""
    found = reply_body(operation, "create")
    known = schemas.properties(found.schema) if found is not None and found.schema else {}
    return next((name for name, at in known.items() if _is_account(schemas, at)), WORD)


def _shown(made: DraftAction | None, mine: Sequence[PathNode], new: ResourceDraft) -> str | None:
    """The schema that shows an account: that of its create, or of one's own."""
    if made is not None and made.item_schema and _is_account(new.schemas, made.item_schema):
        return made.item_schema
    gets = (actions.get(new, each.operations["get"]) for each in mine if "get" in each.operations)
    found = (got.item_schema for got in gets if got is not None and got.item_schema)
    return next((at for at in found if _is_account(new.schemas, at)), None)


def _is_account(schemas: Schemas, pointer: str) -> bool:
    """Does an object show the name by which one logs in, or an id?"""
    names = schemas.properties(pointer)
    return any(LOGIN_NAME.fullmatch(name) for name in names)


def _shows(draft: ResourceDraft, pointer: str) -> bool:
    return likeness.is_exactly(draft, pointer)


def _logged_in(draft: ResourceDraft, logins: Sequence[Operation]) -> Iterator[DraftAction]:
    used = {action.operation.operation_id for action in draft.actions}
    for operation in logins:
        found = reply_body(operation, "get")
        if found is None or operation.operation_id in used:
            continue
        path, schema = shown_item(draft, found) if found.schema else ((), None)
        schema = schema if schema is not None and _is_account(draft.schemas, schema) else None
        reason = f"a {operation.http_method} whose body has the name and the password of an account"
        yield DraftAction(operation, "get", found, reason, path if schema else (), schema, account=NAMED)


def _own(draft: ResourceDraft, node: PathNode) -> Iterator[DraftAction]:
    """What the operations of a path such as `/me` do to the account that asks."""
    for method, find in ABOUT_OWN.items():
        operation = node.operations.get(method)
        action = find(draft, operation) if operation is not None else None
        is_shown = action is not None and action.item_schema and _shows(draft, action.item_schema)
        if method == "get" and not is_shown:
            return
        if action is not None and (is_shown or method == "delete"):
            yield replace(action, account=OWN, upsert=False, reason=f"{action.reason}, that of who asks")


def account_statement(draft: ResourceDraft) -> Statement:
    """The `account` statement of the resource whose items are accounts; empty for others."""
    if not any(action.account for action in draft.actions):
        return {}
    sent = {name: at for asked in draft.request_properties("create") for name, at in asked.items()}
    names = [name for name in sent if LOGIN_NAME.fullmatch(name)]
    password = next((name for name in sent if PASSWORD.fullmatch(name)), "")
    keys: Statement = {"names": names, "token": TOKEN} | ({"password": password} if password else {})
    return {"account": inferred("one operation makes accounts, others log in or show one's own", **keys)}


def unique_name(draft: ResourceDraft) -> Statement | None:
    """The `unique` statement of the name of accounts, if their create documents a conflict; else None."""
    made = draft.action("create")
    names = [name for asked in draft.request_properties("create") for name in asked if LOGIN_NAME.fullmatch(name)]
    is_account = any(action.account for action in draft.actions)
    if not is_account or made is None or not names or made.operation.response(409) is None:
        return None
    first = next((name for name in names if "mail" in name.lower()), names[0])
    return inferred("an account is known by it, and the create has a 409", fields=[first])


def with_token(template: Any, valid: Mapping[str, str], schemas: Schemas) -> Any:
    """The template of a reply, in which a token says whose it is. `valid` has the schemas of its properties."""
    if not isinstance(template, dict):
        return template
    found = dict(template)
    for name, value in template.items():
        at = valid.get(name)
        if isinstance(value, dict):
            found[name] = with_token(value, schemas.properties(at) if at else {}, schemas)
        elif plain(name) in TOKENS and isinstance(value, str) and at and "{" not in value:
            fits = schemas.validator(at, "response").is_valid(f"{TOKEN}1")
            found[name] = f"{TOKEN}{{id}}" if fits else value
    return found


def add_authors(schemas: Schemas, drafts: Sequence[ResourceDraft], resources: Mapping[str, Statement]) -> None:
    """Add to the references in the statements about `resources` that name the account that makes an item."""
    accounts = {draft.name: draft for draft in drafts if "account" in resources[draft.name]}
    for draft in drafts if accounts else ():
        sent = {name for asked in draft.request_properties("create") for name in asked}
        if draft.name not in accounts:
            found = list(_authors(schemas, draft, accounts, resources))
            if found:
                resources[draft.name]["references"] = [*resources[draft.name].get("references", ()), *found]
        for each in resources[draft.name].get("references", ()):
            field = str(each.get("field", ""))
            if each["resource"] in accounts and _is_author(field) and field.isidentifier() and field not in sent:
                each["own"] = True


def _is_author(field: str) -> bool:
    return stem(field) in AUTHORS or plain(field) in AUTHORS


def _authors(
    schemas: Schemas, draft: ResourceDraft, accounts: Mapping[str, ResourceDraft], resources: Mapping[str, Statement]
) -> Iterator[Statement]:
    """References to the account that makes an item which its name alone does not show: `owner_id`, beside accounts."""
    name, account = next(iter(accounts.items()))
    own, shown = str(resources[name]["identity"].get("field", "")), account.properties()
    known = {str(each.get("field", "")) for each in resources[draft.name].get("references", ())}
    types = schemas.types(shown[own]) if own in shown else frozenset()
    for field, at in draft.properties().items():
        if field in known or not _is_author(field):
            continue
        if _is_account(schemas, at):
            yield inferred("it shows who made the item", field=field, resource=name)
        elif types and schemas.types(at) - {"null"} == types - {"null"}:
            yield inferred("it names who made the item", field=field, resource=name, key=own)
