"""The arguments that Connexion passes to a function, and whether a function can take them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connexion.decorators.parameter import CONTEXT_NAME, pythonic, sanitized, unwrap_decorators
from connexion.operations import AbstractOperation
from connexion.utils import inspect_function_arguments

from mockserver.errors import HandlerError

FROM_SECURITY = ("user", "token_info")
"""The arguments about the client, if the operation has security."""


@dataclass(frozen=True, slots=True)
class ArgumentNames:
    """The names of an operation's arguments, as they are in the document or in snake_case."""

    pythonic: bool
    path: tuple[str, ...]
    query: tuple[str, ...]
    others: tuple[str, ...]

    def unknown(self, arguments: list[str]) -> list[str]:
        """The arguments of a function that the operation does not have."""
        return [name for name in arguments if name not in (*self.path, *self.query, *self.others)]

    def missing(self, arguments: list[str]) -> list[str]:
        """The path parameters that a function does not take; Connexion passes all of them."""
        return [name for name in self.path if name not in arguments]


def chosen(function: Callable[..., Any], operation: AbstractOperation, name: str) -> ArgumentNames:
    """The names that fit the arguments of a function. Raises HandlerError if none do."""
    arguments, takes_any = inspect_function_arguments(unwrap_decorators(function))
    styles = [_names(operation, pythonic=style) for style in (False, True)]
    for style in styles:
        if not style.unknown(arguments) and (takes_any or not style.missing(arguments)):
            return style
    nearest = min(styles, key=lambda style: len(style.unknown(arguments)) + len(style.missing(arguments)))
    raise HandlerError(_misfit(nearest, arguments, operation, name))


def _names(operation: AbstractOperation, *, pythonic: bool) -> ArgumentNames:
    write = STYLES[pythonic]
    own = [(each["in"], each["name"]) for each in operation.parameters]
    body = [write(operation.body_name("application/json"))] if operation.is_request_body_defined else []
    return ArgumentNames(
        pythonic,
        path=tuple(write(name.replace("-", "_")) for place, name in own if place == "path"),
        query=tuple(write(name) for place, name in own if place == "query"),
        others=(*body, *_fields(operation, write), *(FROM_SECURITY if operation.security else ()), CONTEXT_NAME),
    )


def _fields(operation: AbstractOperation, write: Callable[[str], str]) -> list[str]:
    """The fields of forms: a file is passed by the name of its field."""
    content = operation.request_body.get("content", {}).values()
    return [write(name) for media in content for name in media.get("schema", {}).get("properties", ())]


def _misfit(style: ArgumentNames, arguments: list[str], operation: AbstractOperation, name: str) -> str:
    headers = {STYLES[style.pythonic](each["name"]) for each in operation.parameters if each["in"] == "header"}
    unknown, missing = style.unknown(arguments), style.missing(arguments)
    told = [f"the operation has no parameter {each!r}" for each in unknown]
    told += [f"it does not take the path parameter {each!r}" for each in missing]
    if headers & set(unknown):
        told.append("headers are read from connexion.request.headers")
    allowed = ", ".join((*style.path, *style.query, *style.others))
    return f"{name} cannot answer {operation.operation_id}: {'; '.join(told)}; a function may take {allowed}"


STYLES: dict[bool, Callable[[str], str]] = {False: sanitized, True: pythonic}
"""How Connexion makes arguments of names: `petId` stays, or becomes `pet_id` with `pythonic_params`."""
