"""What a service refuses with a conflict (409)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from mockserver.behaviour.statements.base import Names, Statement


class Capacity(Statement, frozen=True, kw_only=True):
    """At most this many items for each tenant. One more is a conflict."""

    limit: Annotated[int, Meta(ge=0, description="How many items.")]
    message: Annotated[str, Meta(description="The error message. `{limit}` is the limit.")] = (
        "The limit of {limit} is reached."
    )


class Unique(Statement, frozen=True, kw_only=True):
    """No two items of a tenant have the same values in all of these properties. A second one is a conflict."""

    fields: Annotated[Names, Meta(description="Names of properties.")]
    message: Annotated[str, Meta(description="The error message. `{fields}` are the names.")] = (
        "An item with this {fields} already exists."
    )
    ignore_case: Annotated[
        bool, Meta(description="Texts that differ only in upper and lower case are the same value.")
    ] = False
