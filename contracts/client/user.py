"""A user of a target, with the credential that each operation requires."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from contracts.client.transport import Headers


class SchemeCredential(NamedTuple):
    """The credential of a user in the form of one security scheme. `location` is `header`, `query` or `cookie`."""

    scheme: str
    location: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class User:
    """A user of the target. Its credential is in `headers`, `query` or `cookies`.

    `schemes` has the credential in the form of every security scheme of the document, the preferred ones first.
    `fixtures` has, by the name of a resource, ids of items that exist and that the user may read.
    `tenant` is the tenant that the user works in; empty if it has only one. `name` is the name in reports. In curl
    lines and exchanges a variable named after it replaces `secret` (`${ADMIN}`) and `other_secrets` (`${ADMIN_PART_2}`,
    …).
    """

    name: str
    headers: Headers = field(default=(), repr=False)
    query: Headers = field(default=(), repr=False)
    cookies: Headers = field(default=(), repr=False)
    tenant: str = ""
    role: str = ""
    secret: str = field(default="", repr=False)
    other_secrets: tuple[str, ...] = field(default=(), repr=False)
    schemes: tuple[SchemeCredential, ...] = field(default=(), repr=False)
    fixtures: tuple[tuple[str, tuple[Any, ...]], ...] = ()

    def for_security(self, alternatives: Sequence[Sequence[str]]) -> User:
        """The user with the credential that an operation requires, and no other (OpenAPI 3.1 section 4.8.30).

        `alternatives` have the names of security schemes. Where none can be met, or none is required, the user stays
        as it is.
        """
        known = {each.scheme: (rank, each) for rank, each in enumerate(self.schemes)}
        met = [names for names in alternatives if names and all(name in known for name in names)]
        if not met:
            return self
        best = min(met, key=lambda names: max(known[name][0] for name in names))
        wanted = dict.fromkeys(known[name][1][1:] for name in best)
        own = {(each.location, each.name.lower()) for each in self.schemes}

        def pairs(location: str, present: Headers) -> Headers:
            others = tuple(pair for pair in present if (location, pair[0].lower()) not in own)
            return (*((name, value) for where, name, value in wanted if where == location), *others)

        return replace(
            self,
            headers=pairs("header", self.headers),
            query=pairs("query", self.query),
            cookies=pairs("cookie", self.cookies),
            schemes=(),
        )

    @property
    def variable(self) -> str:
        """The shell variable that replaces the secret."""
        return re.sub(r"[^A-Z0-9]+", "_", self.name.upper()).lstrip("_0123456789").rstrip("_") or "CREDENTIAL"

    @property
    def placeholders(self) -> dict[str, str]:
        """Maps every secret to the placeholder that replaces it."""
        named = {other: f"{self.variable}_PART_{number}" for number, other in enumerate(self.other_secrets, 2)}
        return {value: "${" + name + "}" for value, name in {**named, self.secret: self.variable}.items() if value}

    def ids_of(self, resource: str) -> tuple[Any, ...]:
        """The ids of items of a resource that exist; the name may be singular or plural."""
        return tuple(id for name, ids in self.fixtures if names_resource(name, resource) for id in ids)

    def in_tenant(self, tenant: str) -> User:
        """The same user in another tenant."""
        return replace(self, tenant=tenant)


def names_resource(written: str, resource: str) -> bool:
    """Does a user mean this resource? Case, hyphens and a plural `s` do not matter."""
    plain, known = (re.sub(r"[^a-z0-9]", "", name.lower()).rstrip("s") for name in (written, resource))
    return plain == known


ANONYMOUS = User("nobody")
"""The user of requests without a credential."""
