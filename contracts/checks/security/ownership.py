"""Check of two users: what one user made is closed to the other where the document or the service itself says so."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from contracts.checks.security.access_attempts import Access, AccessAttempt, owners_view
from contracts.checks.security.breaches import BELOW, Breach, lists_status
from contracts.checks.security.described_owners import OWN_PATH, against_description, is_about
from contracts.checks.security.other_user_access import access_of
from contracts.checks.security.other_user_changes import owners_status
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from mockserver.behaviour.statements import Evidence
from mockserver.contract import Contract
from mockserver.inference.operations.account_names import LOGIN_NAME, PASSWORD
from mockserver.inference.sentences.owner_sentences import says_open, says_shared, sentence_of, service_shares

SOURCE = "OWASP API Security Top 10 2023, API1"

OWNER_FIELD = re.compile(
    r"(?i)^_?(owner|user|author|account|customer|creator|created_?by|member)(_?(id|name|uuid|email))?$|^username$"
)
"""A field that may say whose an item is."""

PERSON_FIELD = re.compile(
    r"(?i)^(seller|buyer|host|organi[sz]er|applicant|reporter|requester|submitter|uploader|donor|poster|publisher|"
    r"landlord|sender|manager|helper|asker)(_?(id|name|uuid|email))?$"
)
"""A field that may name the user who made an item, where no request sends it."""

OPENNESS = re.compile(r"(?i)visib|public|private|shared|sharing|publish|access|scope|audience")
"""A field that may say who may read an item, listed or not."""

INVITING = re.compile(
    r"(?i)join|accept|apply|appl(y|ication)|redeem|claim|follow|invit|subscri|request|respon|submi|answer|vote|rsvp"
    r"|messag|report|regist|sign|view|click|like|favou?r|react|book|enrol|review|share|star|watch|pay|order|verif"
)
"""What others may do with an item that they may not read, as its path says: join a group, answer a survey."""

JUDGING = re.compile(r"(?i)approv|reject|comment|repl(y|ies)|endors|moderat|flag|rate|rating|confirm")
"""What others may do with an item that they may read and not change."""

ELSEWHERE = re.compile(r"(?i)(db_?|smtp_?|remote_?)?(host(_?name)?|port|server|database|dsn)")
"""A field of a credential that is kept for another service."""

ACCOUNT_PART = re.compile(r"(?i)pass|e-?mail|phone|profile|role|address|name|deactiv|disable|avatar|settings")
"""The last step of a path below an account that changes the account itself."""

WRITES = ("update", "replace", "action", "add", "delete")

VERBS = {
    "read": "read",
    "nested": "read",
    "list": "list",
    "filter": "list",
    "total": "count",
    "update": "change",
    "replace": "change",
    "action": "act on",
    "add": "add to",
    "delete": "delete",
}


def ownership(context: CheckContext, resource: CheckedResource) -> None:
    """An item of one user is closed to another where the document says so, or where another request of them shows it."""
    other = context.other_tenant_user()
    access = access_of(context, resource, context.main_user, other)
    if all(each.exchanges[-1].status == 401 for each in access.attempts):
        raise CannotBuildRequest(
            "the service refuses the second credential everywhere with 401: nothing can be compared"
        )
    context.compared += len(access.attempts)
    breaches = list(_breaches(context, resource, access))
    if not breaches:
        _warn_of_shared(context, resource, access)
        return
    back = _reverse(context, resource, access) if any(each.both_ways for each in breaches) else None
    if back is not None and _is_one_account(access, back):
        raise CannotBuildRequest("both credentials act as the same user: nothing can be compared")
    if _invents_owners(context, access):
        raise CannotBuildRequest(f"each new {resource.name} of one user names another owner: nothing can be compared")
    confirmed = {each.key for each in _breaches(context, resource, back)} if back is not None else set()
    for each in breaches:
        _report(context, resource, each, firm=not each.both_ways or each.key in confirmed)


def _reverse(context: CheckContext, resource: CheckedResource, access: Access) -> Access | None:
    """The same with exchanged users; None where the other user cannot create an item."""
    try:
        return access_of(context, resource, access.other, access.owner)
    except CannotBuildRequest:
        return None


def _is_one_account(access: Access, back: Access) -> bool:
    """Do items of both users name the same owner? A value that is not in what was sent counts."""
    names = _owner_fields(access)
    return any(access.own[name] == back.own.get(name) and access.own[name] is not None for name in names)


def _invents_owners(context: CheckContext, access: Access) -> bool:
    """Does a second item of the same user name another owner, so that the service does not know its users?"""
    names = [name for name in _owner_fields(access) if isinstance(access.own[name], str | int)]
    again = owners_view(context, context.create(access.made.resource, user=access.owner)) if names else {}
    return any(name in again and again[name] != access.own[name] for name in names)


def _owner_fields(access: Access) -> list[str]:
    """The fields that may say who made an item, and that no request sent."""
    named = [name for name in access.own if OWNER_FIELD.match(name) or PERSON_FIELD.match(name)]
    return [name for name in named if name not in access.made.sent]


def _breaches(context: CheckContext, resource: CheckedResource, access: Access) -> Iterator[Breach]:
    """Each open attempt that should have been refused. One reason is enough; the strongest comes first."""
    for attempt in access.attempts:
        found = _reason(context, resource, access, attempt) if attempt.open else None
        if found is not None:
            yield found


def _reason(context: CheckContext, resource: CheckedResource, access: Access, attempt: AccessAttempt) -> Breach | None:
    found = _against_refusal(attempt)
    if found is not None or (attempt.kind in BELOW and _is_for_others(context, access, attempt)):
        return found
    found = _against_refused_read(context, access, attempt)
    if found is not None:
        return found
    by_update = _against_refused_update(context, access, attempt)
    if by_update is not None and by_update.evidence != "inferred":
        return by_update
    return (
        against_description(context, resource, attempt)
        or _against_statement(attempt)
        or _against_account(context, resource, attempt)
        or _against_list(context, resource, access, attempt)
        or by_update
    )


def _against_refusal(attempt: AccessAttempt) -> Breach | None:
    """What is refused has no effect."""
    if not attempt.denied:
        return None
    return Breach(
        attempt, "implied", "RFC 9110, section 15.5", "the service refuses the request, so nothing changes", False
    )


def _against_refused_read(context: CheckContext, access: Access, attempt: AccessAttempt) -> Breach | None:
    """What may not be read may not be changed, deleted, or read in another place."""
    if not access.is_read_refused or attempt.kind == "read":
        return None
    if attempt.kind in ("list", "filter", "total") and not _is_whole(access, attempt):
        return None
    read = next(each for each in access.of("read") if not each.open and each.refused)
    firm = attempt.kind not in BELOW or _is_said_to_be_closed(context, access, attempt, read)
    return Breach(
        attempt,
        _by_path(attempt) if firm else "inferred",
        SOURCE,
        "the service refuses to show the same item to this user",
        False,
        read.exchanges[-1:],
    )


def _is_for_others(context: CheckContext, access: Access, attempt: AccessAttempt) -> bool:
    """Is an operation meant for others: by what the document says, by no credential, or because the owner may not?"""
    is_read = attempt.kind == "nested"
    said = (says_shared if is_read else says_open)(context.contract.document, attempt.op.operation)
    is_closed_to_owner = attempt.kind == "action" and lists_status(attempt.op, 403)
    is_closed_to_owner = is_closed_to_owner and owners_status(context, access, attempt.op) == 403
    return said or is_closed_to_owner or not _needs_credential(attempt.op)


def _is_said_to_be_closed(context: CheckContext, access: Access, attempt: AccessAttempt, read: AccessAttempt) -> bool:
    """Does the document say that an operation below an item is refused, too: by a sentence, or by a status?

    Where it has no status for that at the item itself, it has none anywhere. Where nothing of the item was seen, it has
    to be the same status: `404` may be only for an id that does not exist.
    """
    if sentence_of(context.contract.document, attempt.op.operation, access.made.resource.name) is not None:
        return True
    if not attempt.certain:
        return lists_status(attempt.op, read.exchanges[-1].status)
    closing = (403, 404)
    return any(lists_status(attempt.op, each) for each in closing) or not any(
        lists_status(read.op, each) for each in closing
    )


def _is_whole(access: Access, attempt: AccessAttempt) -> bool:
    """Does a list show all that a read would? Some lists show names to everyone, and details to the owner."""
    resource = access.made.resource
    op, field = resource.operations["list"], resource.behaviour.identity.field
    found = _listed_items(attempt, op)
    shown = next((each for each in found if str(each.get(field)) == str(access.made.id)), {})
    return access.own.keys() <= shown.keys()


def _listed_items(attempt: AccessAttempt, op: ResourceOperation) -> list[dict[str, object]]:
    return op.items_in(attempt.exchanges[-1].json) or []


def _against_refused_update(context: CheckContext, access: Access, attempt: AccessAttempt) -> Breach | None:
    """Who may not change an item may not delete it, nor do with it what the document says to be refused, too."""
    kinds = {"delete": ("update", "replace"), "action": ("update", "replace", "delete")}.get(attempt.kind, ())
    tried = access.of(*kinds)
    refusals = {each.exchanges[-1].status: each.exchanges[-1:] for each in tried if not each.open and each.refused}
    if not refusals or any(each.open for each in tried):
        return None
    evidence: Evidence | None = "implied"
    if attempt.kind == "action":
        own = sentence_of(context.contract.document, attempt.op.operation, access.made.resource.name)
        if own is not None and is_about(own, attempt):
            return Breach(attempt, "described", own.source, "the document says whose it is", False)
        evidence = _of_action(context, access, attempt, refusals)
    if evidence is None:
        return None
    shown = refusals.get(403) or next(iter(refusals.values()))
    return Breach(attempt, evidence, SOURCE, "the service refuses to let this user change it", False, shown)


def _of_action(
    context: CheckContext, access: Access, attempt: AccessAttempt, refusals: Container[int]
) -> Evidence | None:
    """How sure it is that who may not change an item may not act on it, by the statuses of the document; None if it
    is not.

    403 is for who has no right. 404 may be only for an id that does not exist, so the item must have been reached. What
    is forbidden to the owner is meant for others: they approve an order.
    """
    is_forbidden = 403 in refusals and lists_status(attempt.op, 403)
    is_hidden = attempt.certain and 404 in refusals and lists_status(attempt.op, 404)
    if not (is_forbidden or is_hidden) or owners_status(context, access, attempt.op) in (401, 403):
        return None
    last = attempt.op.operation.path.rstrip("/").rsplit("/", 1)[-1]
    return _by_path(attempt) if is_forbidden and attempt.certain and not JUDGING.search(last) else "inferred"


def _against_statement(attempt: AccessAttempt) -> Breach | None:
    """A statement says that only who made an item may use the operation."""
    stated = attempt.op.behaviour.own
    if stated is None:
        return None
    return Breach(attempt, stated.evidence, stated.source or "the behaviour file", "a statement says whose it is", True)


def _against_account(context: CheckContext, resource: CheckedResource, attempt: AccessAttempt) -> Breach | None:
    """An account that a registration made belongs to the user who logs in with it, so to neither of the two users."""
    if attempt.kind not in ("update", "replace", "delete", "action") or not _makes_accounts(context.contract, resource):
        return None
    last = attempt.op.operation.path.rstrip("/").rsplit("/", 1)[-1]
    if attempt.kind == "action" and not ACCOUNT_PART.search(last):
        return None
    return Breach(attempt, "implied", SOURCE, "the account is another user's", True)


def _makes_accounts(contract: Contract, resource: CheckedResource) -> bool:
    """Does a create request carry the name and the password of a new account? A note may have a password, too.

    Beside a host or a port they are a credential of another service.
    """
    schema = resource.operations["create"].body_schema(contract.schemas)
    names = contract.schemas.properties(schema) if schema is not None else {}
    is_elsewhere = any(ELSEWHERE.fullmatch(name) for name in names)
    return not is_elsewhere and any(map(PASSWORD.fullmatch, names)) and any(map(LOGIN_NAME.fullmatch, names))


def _against_list(
    context: CheckContext, resource: CheckedResource, access: Access, attempt: AccessAttempt
) -> Breach | None:
    """What the other user's list hides is not theirs. A plain read may still be by a link that was passed on.

    A list of one's own items (`/me/pledges`) hides all others, also those that this user may read.
    """
    is_own = resource.can("list") and OWN_PATH.search(resource.operations["list"].operation.path) is not None
    if access.is_listed is not False or attempt.kind == "list" or is_own:
        return None
    reading = attempt.kind in ("read", "nested")
    firm: Evidence = "inferred" if reading and _may_be_public(context, resource, access, attempt) else _by_path(attempt)
    return Breach(attempt, firm, SOURCE, "the list of this user hides it", True)


def _may_be_public(context: CheckContext, resource: CheckedResource, access: Access, attempt: AccessAttempt) -> bool:
    """Does anything say that items can be read by those whose list hides them?"""
    security = attempt.op.operation.security
    return (
        not security
        or not all(security)
        or any(OPENNESS.search(name) for name in access.own)
        or any(says_shared(context.contract.document, op.operation) for op in resource.operations.values())
    )


def _by_path(attempt: AccessAttempt) -> Evidence:
    """A law, unless the operation is one that others are meant to use."""
    last = attempt.op.operation.path.rstrip("/").rsplit("/", 1)[-1]
    return "inferred" if attempt.kind in ("action", "add") and INVITING.search(last) else "implied"


def _report(context: CheckContext, resource: CheckedResource, breach: Breach, *, firm: bool) -> None:
    attempt = breach.attempt
    evidence: Evidence = breach.evidence if firm else "inferred"
    reason = (
        breach.reason
        if firm
        else f"{breach.reason}; only this one of the two users can do it, and may have more rights"
    )
    statement = StatementRef(
        attempt.op.name,
        "ownership",
        evidence,
        breach.source,
        f"What one user makes is closed to another: {breach.reason}.",
    )
    verb = VERBS[attempt.kind]
    context.report_violation(
        f"a second user cannot {verb} {_article(resource.name)} of the first: {reason}",
        attempt.seen,
        *attempt.exchanges[:1],
        *breach.refusal,
        *attempt.exchanges[1:],
        about=attempt.kind,
        statement=statement,
        operation=attempt.op.name,
    )


def _article(name: str) -> str:
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _warn_of_shared(context: CheckContext, resource: CheckedResource, access: Access) -> None:
    """Everything is open, and nothing says that it should be: one warning, because the items may be shared on purpose."""
    document = context.contract.document
    is_said = any(says_shared(document, op.operation) for op in resource.operations.values())
    if resource.behaviour.parent or is_said or service_shares(document, resource.name):
        return
    writes = [each for each in access.of(*WRITES) if each.open]
    if not writes or not any(each.kind in ("update", "replace", "delete") for each in writes):
        return
    verbs = ", ".join(dict.fromkeys(VERBS[each.kind] for each in access.attempts if each.open))
    context.report_violation(
        f"{resource.name} items of one user are closed to another, or the contract says that all users share them "
        "(`tenant: {by: none}` in a behaviour file)",
        f"the second user can {verbs} them, and the document does not say whose they are",
        *writes[-1].exchanges,
        about="shared",
    )


def _places(contract: Contract) -> Iterator[Place]:
    """Resources whose items a user with a credential creates, unless a statement says who shares them."""
    for resource in checked_resources(contract).values():
        stated = contract.statements["x-resources"][resource.name].get("tenant") is not None
        if stated or not resource.can("create"):
            continue
        if not _needs_credential(resource.operations["create"]) and not _makes_accounts(contract, resource):
            continue
        if resource.behaviour.parent and not any(resource.is_of_item(op) for op in resource.operations.values()):
            continue  # tried with the item that it is below
        names = [name for name in ("get", "update", "replace", "delete", "list") if resource.can(name)]
        if names:
            statement = StatementRef(
                resource.name, "ownership", "inferred", SOURCE, "What one user makes is closed to another."
            )
            yield resource.operations[names[0]].name, statement, (resource,)


def _needs_credential(op: ResourceOperation) -> bool:
    return bool(op.operation.security) and all(op.operation.security)


CHECKS = (Check("ownership", ("own",), _places, ownership, exclusive=False),)
