"""Who may call a service: credentials, roles, tenants and rate limits."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, field

from mockserver.behaviour.statements.base import Keys, Names, Statement


class Authentication(Statement, frozen=True, kw_only=True):
    """Which credentials are accepted, and what a credential may do that `credentials` does not list."""

    pattern: Annotated[
        str,
        Meta(
            description="Regular expression for an accepted credential. It is searched for: anchor it with `^` and `$`."
        ),
    ] = ".+"
    role: Annotated[str, Meta(description="The role of a credential that is not listed.")] = ""
    tenants: Annotated[
        Literal["any", "own"],
        Meta(
            description="The tenants of a credential that is not listed. `any`: every tenant that no listed credential "
            "has; `own`: one tenant, whose name is made from the credential."
        ),
    ] = "any"


class NoAccess(Statement, frozen=True, kw_only=True):
    """How a request is refused if the caller has no access to the tenant or lacks the role."""

    refusal: Annotated[
        Literal["missing", "forbidden"],
        Meta(description="`missing` answers as if nothing were there (404), `forbidden` says so (403)."),
    ] = "forbidden"


class Permission(Statement, frozen=True, kw_only=True):
    """Which roles may call the operation. Other callers are refused as `no-access` says."""

    roles: Annotated[Names, Meta(description="Names of roles.")]


class Own(Statement, frozen=True, kw_only=True):
    """Only who made an item may use the operation on it; a list shows only what the caller made.

    A caller is known by the token of an `account`, or by a credential of `credentials`. The requests of others, and
    items that no such caller made, are answered as without this statement.
    """

    hides: Annotated[
        bool,
        Meta(
            description="Others get the answer for an item that does not exist. Default: they are refused with 403, "
            "where the operation documents it."
        ),
    ] = False


class RateLimit(Statement, frozen=True, kw_only=True):
    """At most this many requests in a sliding window of time."""

    requests: Annotated[int, Meta(ge=1, description="How many requests.")]
    window: Annotated[float, Meta(gt=0, description="Length of the window in seconds.")]
    per: Annotated[
        tuple[Literal["tenant", "credential", "path", "method", "operation"], ...],
        Meta(description="Requests are counted separately for each combination of these."),
    ] = ("credential",)
    headers: Annotated[
        Mapping[Literal["limit", "remaining", "reset", "retry-after"], str],
        Meta(
            description="Names of the response headers that show the `limit`, the requests that are `remaining`, the "
            "time of the `reset` (Unix seconds) and how long to wait (`retry-after`, seconds)."
        ),
    ] = field(default_factory=dict)


class Credential(Keys, frozen=True, kw_only=True):
    """A credential that the mock knows. It is not a statement about the vendor."""

    name: Annotated[str, Meta(description="Its name in the startup banner and in reports.")]
    value: Annotated[str, Meta(description="The token, key or password.")]
    role: Annotated[str, Meta(description="Its role.")] = ""
    tenants: Annotated[
        Names | None, Meta(description="The tenants it has access to. Without this key it has access to all.")
    ] = None
    home: Annotated[
        str, Meta(description="The tenant of a request that names none. Default: the first of `tenants`.")
    ] = ""
    user: Annotated[str, Meta(description="Id of the user it belongs to, for the template value `{user}`.")] = ""

    def __repr__(self) -> str:
        return f"Credential(name={self.name!r})"  # the value is a secret and must not reach a log
