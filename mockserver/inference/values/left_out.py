"""What a property is that a create may leave out, as its description says: "file name if left out"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mockserver.inference.draft import ResourceDraft, item_schema_of_request
from mockserver.inference.evidence import Statement
from mockserver.inference.names import plain
from mockserver.inference.sentences.descriptions import description
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.schemas import Schemas

WHAT = r"(?P<{0}>[a-z_]\w*(?: [a-z_]\w*)?)"
MISSING = r"(?:left out|omitted|absent|missing|empty|not (?:given|set|sent|specified|provided|present))"

OTHER = lazy_pattern(
    rf"^(?:the |its )?{WHAT.format('first')} (?:is used )?(?:if|when) (?:it is |this is )?{MISSING}$|"
    rf"^(?:by )?defaults? (?:is|to|:) (?:the |its )?{WHAT.format('second')}$|"
    rf"^if (?:it is |this is )?{MISSING},? (?:it is |this is |then )?(?:the |its )?{WHAT.format('third')}"
    r"(?: is used)?$",
    re.IGNORECASE,
)
"""How a description says that another property has the value then."""


def add_left_out(schemas: Schemas, drafts: Sequence[ResourceDraft], resources: Mapping[str, Statement]) -> None:
    """Add the `defaults` that descriptions say to the statements about `resources`."""
    for draft in drafts:
        made = draft.action("create")
        asked = item_schema_of_request(schemas, made) if made is not None else None
        for name, at in schemas.properties(asked).items() if asked else ():
            if name not in schemas.required(str(asked)) and schemas.keyword(at, "default") is None:
                _add(schemas, draft, resources[draft.name], name, at)


def _add(schemas: Schemas, draft: ResourceDraft, stated: Statement, name: str, at: str) -> None:
    said = description(schemas, at)
    for sentence in said.sentences():
        match = OTHER.search(sentence)
        what = next((group for group in match.groups() if group), "") if match else ""
        other = _named(draft, stated, what, name) if what else ""
        if other:
            source = f'"{sentence}" ({said.pointer})'
            note = "a sentence of the document says so"
            told = {"fields": {name: "{field:" + other + "}"}, "evidence": "described", "source": source, "note": note}
            before = stated.get("defaults", [])
            stated["defaults"] = [*(before if isinstance(before, list) else [before]), told]
            return


def _named(draft: ResourceDraft, stated: Statement, what: str, own: str) -> str:
    """The other property that a text means, also the one with the name of an uploaded file; empty if there is none."""
    known = {plain(name): name for name in draft.properties()}
    wanted = plain("_".join(what.split()))
    if wanted in FILE_NAMES and stated.get("content"):
        stated["content"].setdefault("name", own)  # without a property of its own
        return str(stated["content"]["name"]) if stated["content"]["name"] != own else ""
    return known[wanted] if wanted in known and known[wanted] != own else ""


FILE_NAMES = frozenset(("filename", "filesname", "uploadname", "originalfilename", "originalname"))
