"""What every statement has: its evidence, the source of that evidence, and a note."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Evidence = Literal["documented", "described", "implied", "observed", "inferred", "assumed"]

WITH_SOURCE: frozenset[Evidence] = frozenset(("documented", "described"))
"""The evidence that needs a `source`."""

FROM_DOCUMENT: frozenset[Evidence] = frozenset(("described", "implied", "inferred"))
"""The evidence of what was read out of the document, not written into a behaviour file."""

Names = tuple[str, ...]


class Keys(Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """An object of a behaviour file: its keys are the fields in kebab case, and there are no others."""


class Statement(Keys, frozen=True, kw_only=True):
    """One fact about a service, and how it is known.

    Raises ValueError for `documented` and for `described` without a `source`.
    """

    evidence: Annotated[
        Evidence,
        Meta(
            description="`documented` by the vendor; `described`: a sentence of the document says so; `implied`: it "
            "follows from the document by itself, such as that no item is on two pages; `observed` on the real "
            "service; `inferred`: guessed from the document; `assumed`: not known, and the mock had to choose."
        ),
    ]
    source: Annotated[
        str,
        Meta(
            description="Where it is documented; of what is `described`, the sentence and its place. "
            "Required with `documented` and `described`."
        ),
    ] = ""
    note: Annotated[str, Meta(description="Anything else a reader should know.")] = ""

    def __post_init__(self) -> None:
        if self.evidence in WITH_SOURCE and not self.source:
            raise ValueError(f"`source` is required with the evidence `{self.evidence}`")


class Note(Statement, frozen=True, kw_only=True):
    """A fact for readers. The mock does nothing with it."""

    says: Annotated[str, Meta(description="The fact, in a sentence.")]
