"""The operations by which a document lets anybody make an account and log in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from contracts.model.resources import ResourceOperation, resource_operations
from mockserver.contract import Contract
from mockserver.inference.operations.account_names import LOGIN, LOGIN_NAME, NAME, PASSWORD, REGISTER
from mockserver.openapi.document import MediaType, Operation

FORM = "application/x-www-form-urlencoded"


class Registration(NamedTuple):
    """An operation that makes an account, and the fields by which the account is known."""

    op: ResourceOperation
    names: tuple[str, ...]


class Login(NamedTuple):
    """An operation that logs in, the fields for name and password, and the media type of its body."""

    op: ResourceOperation
    name: str
    password: str
    media_type: str


def is_open(operation: Operation) -> bool:
    """May the operation be used without a credential?"""
    return not (operation.security and all(operation.security))


def registrations(contract: Contract) -> Iterator[Registration]:
    """The operations that make an account: their body has the name and the password of a new one."""
    for op in resource_operations(contract):
        pointer = op.body_schema(contract.schemas)
        if op.operation.method != "post" or pointer is None or not is_open(op.operation):
            continue
        if LOGIN.fullmatch(_last_step(op)):
            continue
        fields = contract.schemas.properties(pointer)
        names = tuple(name for name in fields if LOGIN_NAME.fullmatch(name))
        if names and any(map(PASSWORD.fullmatch, fields)):
            yield Registration(op, names)


def registration_of(contract: Contract) -> str:
    """The first operation that makes an account, as `METHOD path`; empty if the document shows none."""
    found = next(registrations(contract), None)
    return found.op.name if found is not None else _by_path(contract)


def _by_path(contract: Contract) -> str:
    posts = (op for op in resource_operations(contract) if op.operation.method == "post")
    return next((op.name for op in posts if REGISTER.search(op.operation.path)), "")


def logins(contract: Contract) -> Iterator[Login]:
    """The operations that log in with a name and a password."""
    for op in resource_operations(contract):
        found = login_of(contract, op)
        if found is not None:
            yield found


def login_of(contract: Contract, op: ResourceOperation) -> Login | None:
    """The operation as a login; None if it is none."""
    if op.operation.method != "post" or not is_open(op.operation) or not LOGIN.fullmatch(_last_step(op)):
        return None
    media = op.media_type or _form(op.operation)
    if media is None or media.schema is None:
        return None
    names = list(contract.schemas.properties(media.schema))
    password = next((name for name in names if PASSWORD.fullmatch(name)), None)
    user = next((name for name in names if name != password and NAME.fullmatch(name)), None)
    return Login(op, user, password, media.name) if user is not None and password is not None else None


def _form(operation: Operation) -> MediaType | None:
    """The form that an operation takes, such as a token request (RFC 6749 section 4.3)."""
    body = operation.request_body
    return next((each for each in body.content if each.name == FORM), None) if body is not None else None


def _last_step(op: ResourceOperation) -> str:
    return op.operation.path.rstrip("/").rsplit("/", 1)[-1]
