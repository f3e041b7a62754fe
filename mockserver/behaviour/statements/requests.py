"""How a service reads requests, beyond its document."""

from typing import Annotated, Literal

from msgspec import Meta

from mockserver.behaviour.statements.base import Statement


class UnknownFields(Statement, frozen=True, kw_only=True):
    """What happens to a property of a request body that the document does not name."""

    policy: Annotated[
        Literal["ignore", "keep", "refuse"],
        Meta(description="`ignore` drops it, `keep` stores it with the item, `refuse` answers as for invalid input."),
    ] = "ignore"


class DryRun(Statement, frozen=True, kw_only=True):
    """A query parameter with which a request changes nothing. It is validated, refused and answered as others."""

    parameter: Annotated[str, Meta(description="A flag, or a text that is not `false` or `none`: `dryRun=All`.")]


class TrailingSlash(Statement, frozen=True, kw_only=True):
    """What happens to a path that differs from a documented one only by its last slash."""

    policy: Annotated[
        Literal["strict", "ignore", "redirect"],
        Meta(description="`strict` answers 404, `ignore` serves it, `redirect` answers 307 with the documented path."),
    ] = "strict"
