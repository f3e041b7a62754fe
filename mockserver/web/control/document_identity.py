"""Which document a snapshot was made with, and what is different in the one that is served."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from msgspec import Struct

from mockserver.contract import Contract
from mockserver.handlers.binding.resource_plan import ResourcePlan


class DocumentIdentity(Struct, frozen=True):
    """A document by its title and version, its operations, and its resources with how their items are found.

    `digest` is that of everything in the document and the statements about its behaviour.
    """

    title: str
    version: str
    operations: list[str]
    resources: dict[str, str]
    digest: str

    def differences(self, served: DocumentIdentity) -> Iterator[str]:
        """What decides where items are and who shows them, and is not the same in the document that is served."""
        if self.digest == served.digest:
            return
        for what in ("title", "version"):
            own, other = getattr(self, what), getattr(served, what)
            if own != other:
                yield f"the snapshot is of a document with the {what} {own!r}; the one that is served has {other!r}"
        yield from _only("the snapshot lacks", set(served.operations) - set(self.operations))
        yield from _only("the document that is served lacks", set(self.operations) - set(served.operations))
        for name in sorted(self.resources.keys() | served.resources.keys()):
            own, other = self.resources.get(name, "none"), served.resources.get(name, "none")
            if own != other:
                yield f"the resource {name} is another one: {own} in the snapshot, {other} in what is served"


def identity(contract: Contract, plans: Mapping[str, ResourcePlan]) -> DocumentIdentity:
    """The identity of what a service serves."""
    document = contract.document
    operations = sorted(f"{each.http_method} {each.path}" for each in document.operations)
    everything = json.dumps([document.raw, contract.statements], sort_keys=True, default=str, separators=(",", ":"))
    resources = {name: place_of(plan) for name, plan in plans.items()}
    digest = sha256(everything.encode("utf-8", "replace")).hexdigest()
    return DocumentIdentity(document.title, document.version, operations, resources, digest)


def place_of(plan: ResourcePlan) -> str:
    """What decides where an item is looked for: its id, its parents and its tenant."""
    id = "single item" if plan.is_single else f"items by {plan.statements.identity.field or 'id'}"
    above = f" below {'/'.join(plan.parent_parameters)}" if plan.parent_parameters else ""
    return f"{id}{above}, tenant by {plan.statements.tenant.by}"


def _only(begin: str, operations: Iterable[str]) -> Iterator[str]:
    found = sorted(operations)
    if found:
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        yield f"{begin} {', '.join(found[:5])}{more}"
