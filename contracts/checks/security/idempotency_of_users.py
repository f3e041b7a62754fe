"""A check of idempotency keys with two users: the key of one user says nothing about a request of another one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from contracts.checks.http.idempotency_keys import SOURCE, key_header, new_key
from contracts.checks.stored_fields import weaker
from contracts.client.request_builder import CannotBuildRequest
from contracts.model.finding import StatementRef
from contracts.model.resources import CheckedResource, ResourceOperation, checked_resources
from contracts.runner.check import Check, Place
from contracts.runner.context import CheckContext
from contracts.runner.existing_items import owner_of
from mockserver.contract import Contract
from mockserver.inference.sentences.owner_sentences import OwnerSentence, sentences_of_operation, sentences_of_service

OF_USERS = re.compile(
    r"\bkeys?\b.*\b(?:each|every|per|of an?|of one|within an?|by) (?:[a-z]+ )?"
    r"(?:user|customer|account|client|member|tenant|caller|token|credential)s?\b",
    re.IGNORECASE,
)
"""How a sentence says that each user has keys of their own: "keys count for each user"."""


def key_of_another_user(
    context: CheckContext, resource: CheckedResource, header: str, said: OwnerSentence | None
) -> None:
    """A create request with a key that another user has used creates an item of its own."""
    other, body, key = context.other_tenant_user(), context.body(resource), new_key()
    path = _above(context, resource)
    first, created = context.try_create(resource, body, path=path, headers={header: key})
    alone, _ = context.try_create(resource, context.body(resource), path=path, user=other, headers={header: new_key()})
    if created is None or alone.status >= 300 or created.user.secret == other.secret:
        raise CannotBuildRequest(f"{context.operation} with a key answers {first.status} and {alone.status}")
    get = resource.operations.get("get")
    is_hidden = get is not None and context.get(created, user=other).status in (403, 404)
    doubt = None if said is not None or is_hidden else weaker(context, "Keys are those of one user.")
    for what in ("the same body", "another body"):
        sent = created.sent if what == "the same body" else context.body(resource)
        if sent is not created.sent:
            key = new_key()
            first, _ = context.try_create(resource, context.body(resource), path=path, headers={header: key})
        second, made = context.try_create(
            resource, sent, path=path, user=other, headers={header: key}, may_conflict=True
        )
        is_same = made is not None and str(made.id) == str(created.id)
        context.expect(
            not is_same,
            f"a user who sends {what} with the key of another user gets an item of their own",
            f"the item of the other user: {created.id}",
            first,
            second,
            about=f"leak with {what}",
            statement=doubt,
        )
        context.expect_status(
            second.status < 300,
            f"a request with {what} and a key that only another user has used succeeds",
            first,
            second,
            about=f"refused with {what}",
            statement=None if said is not None else weaker(context, "Keys are those of one user."),
        )


def _above(context: CheckContext, resource: CheckedResource) -> Mapping[str, Any] | None:
    """The path of an owner below which both users create; None for a resource that is below none."""
    owner = context.shared.resources.get(owner_of(resource))
    if owner is None:
        return None
    if not owner.can("create"):
        raise CannotBuildRequest(f"no {owner.name} can be created")
    return context.create_plentiful(owner, always=True).path_below(resource)


def _places(contract: Contract) -> Iterator[Place]:
    for resource in checked_resources(contract).values():
        op = resource.operations.get("create")
        if op is not None and key_header(op):
            said = _said(contract, op)
            source = f'"{said.text}" ({said.pointer})' if said is not None else SOURCE
            evidence: Any = "described" if said is not None else "documented"
            text = "Each user has keys of their own."
            yield op.name, StatementRef(op.name, "http", evidence, source, text), (resource, key_header(op), said)


def _said(contract: Contract, op: ResourceOperation) -> OwnerSentence | None:
    sentences = (*sentences_of_operation(contract.document, op.operation), *sentences_of_service(contract.document))
    return next((each for each in sentences if OF_USERS.search(each.text)), None)


CHECKS = (Check("key-of-another-user", (), _places, key_of_another_user),)
