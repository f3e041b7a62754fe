"""What every statement has: its evidence, the source of that evidence, and a note."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Evidence = Literal["documented", "observed", "inferred", "assumed"]

Names = tuple[str, ...]


class Keys(Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """An object of a behaviour file: its keys are the fields in kebab case, and there are no others."""


class Statement(Keys, frozen=True, kw_only=True):
    """One fact about a service, and how it is known. Raises ValueError for `documented` without a `source`."""

    evidence: Annotated[
        Evidence,
        Meta(
            description="`documented` by the vendor, `observed` on the real service, `inferred` from the document, or "
            "`assumed`: it is not known, and the mock had to choose."
        ),
    ]
    source: Annotated[str, Meta(description="Where it is documented. Required with `documented`.")] = ""
    note: Annotated[str, Meta(description="Anything else a reader should know.")] = ""

    def __post_init__(self) -> None:
        if self.evidence == "documented" and not self.source:
            raise ValueError("`source` is required with the evidence `documented`")


class Note(Statement, frozen=True, kw_only=True):
    """A fact for readers. The mock does nothing with it."""

    says: Annotated[str, Meta(description="The fact, in a sentence.")]
