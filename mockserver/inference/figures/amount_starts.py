"""Amounts that only requests change: the balance of a new account is nothing, as is that of a new wallet in points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mockserver.inference.draft import SENDING, ResourceDraft
from mockserver.inference.evidence import Statement, assumed
from mockserver.inference.values.amounts import is_amount, zero
from mockserver.openapi.schemas import Schemas


def add_amount_starts(schemas: Schemas, drafts: Sequence[ResourceDraft], resources: Mapping[str, Statement]) -> None:
    """Add to the statements about `resources` that new items begin without what other requests add to them.

    A number that clients send is theirs, and one with a `default` begins with it.
    """
    for draft in drafts:
        stated, properties = resources[draft.name], draft.properties()
        asking = [each for asked in draft.request_properties(*SENDING) for each in asked.items()]
        sent = {name for name, at in asking if schemas.keyword(at, "readOnly") is not True}
        for name in dict.fromkeys(_moved(draft, stated)) if draft.is_created else ():
            at = properties.get(name)
            if at is None or name in sent or schemas.keyword(at, "default") is not None or not is_amount(schemas, at):
                continue
            nothing = zero(schemas, at)
            if nothing is not None:
                before = stated.get("defaults", [])
                start = assumed("nothing has been added to it yet", fields={name: nothing})
                stated["defaults"] = [*(before if isinstance(before, list) else [before]), start]
        for count in stated.get("counts", ()):
            at = properties.get(count["field"])
            if at is not None and schemas.types(at) - {"null"} == {"string"} and not count.get("mean"):
                count["on-top"] = True  # of the text that it begins with


def _moved(draft: ResourceDraft, stated: Statement) -> Iterator[str]:
    """The numbers of an item that other items, or operations on it, raise and lower."""
    yield from (each["field"] for each in stated.get("counts", ()) if not each.get("mean") and "sum" in each)
    for action in draft.actions:
        values = action.sets.items() if action.does == "update" else ()
        written = [(name, value) for name, value in values if isinstance(value, str)]
        yield from (name for name, value in written if value.startswith("{plus:") or value == f"{{raised:{name}}}")
