"""What found references say: statements, and whose ids the path parameters above an item are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mockserver.inference.evidence import Statement, inferred
from mockserver.inference.names import noun
from mockserver.inference.relations.references import FoundReference, ReferredResource, stem


def of_parameter(
    parameter: str, found: Iterable[FoundReference], targets: Iterable[ReferredResource]
) -> ReferredResource | None:
    """The resource whose id a path parameter above an item contains; None if nothing tells.

    A property of the item with the same name tells it (`found` are the references of the item), or the name itself.
    """
    known = {target.name: target for target in targets if not target.parents}
    named = (one.resource for one in found if len(one.steps) == 1 and stem(one.steps[0]) == stem(parameter))
    by_property = next((known[name] for name in named if name in known), None)
    if by_property is not None:
        return by_property
    return next((one for one in known.values() if one.parameter == parameter or one.words == noun(parameter)), None)


def reference_statement(found: FoundReference, above: Mapping[str, str]) -> Statement:
    """A reference as a statement, with the path parameter that holds the same id, if there is one."""
    keys: Statement = {"field": found.field, "resource": found.resource} | ({"key": found.key} if found.key else {})
    same = (name for name, resource in above.items() if resource == found.resource)
    parameter = next((p for p in same if len(found.steps) == 1 and stem(p) == stem(found.steps[0])), "")
    return inferred(found.reason, **keys, **({"parameter": parameter} if parameter else {}))
