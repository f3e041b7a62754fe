"""Refusals of values under names that the document leaves open, and that its replies cannot show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from mockserver.errors import Invalid
from mockserver.handlers.request_context import RequestContext


def refuse_lost(context: RequestContext, sent: Mapping[str, Any], fields: Mapping[str, Any]) -> None:
    """Raise Invalid if a new or changed item has lost what was sent under a name that no schema declares.

    The schema of the request may allow other values under such names than that of a reply.
    """
    generator = context.bound.resource.generated_fields
    if generator is None or not generator.has_further:
        return
    lost = {name: value for name, value in sent.items() if generator.is_further(name) and fields.get(name) != value}
    found = generator.problems({**fields, **lost}) if lost else ()
    faults = tuple(each for each in found if each.path and each.path[0] in lost)
    if faults:
        told = tuple(replace(each, message=f"no reply can show it: {each.message}") for each in faults)
        raise Invalid(told[0].message, faults=told)
