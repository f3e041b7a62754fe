"""Lists whose path says which items they show: `/favorites` those with the flag `favorite`, `/orders/open` others."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.inference.draft import DraftAction, ResourceDraft
from mockserver.inference.evidence import Statement, inferred
from mockserver.inference.names import noun, plain, words
from mockserver.inference.paths.path_tree import shape_of
from mockserver.inference.values.past_forms import past_forms
from mockserver.inference.values.state_values import STATES


def state_filter(draft: ResourceDraft, action: DraftAction) -> Statement | None:
    """The `filter` of a list at a path of its own that ends with a flag or a state of the items; None for others."""
    last = shape_of(action.operation.path)[-1]
    if action.does != "list" or "{" in last or noun(last) == noun(draft.word) or len(words(last)) > 2:
        return None
    found = list(_meant(draft, last))
    if len(found) != 1:
        return None
    name, value = found[0]
    return inferred(f"the path ends with {last}, which says what {name} is", field=name, equals=value)


def _meant(draft: ResourceDraft, last: str) -> Iterator[tuple[str, str | bool]]:
    """The properties that the end of a path is about, each with the value: a flag of that name, or a state."""
    called = {plain(last), "".join(noun(last)), *past_forms(noun(last))}
    for name, at in draft.properties().items():
        types = draft.schemas.types(at) - {"null"}
        if types == {"boolean"} and {plain(name), plain(name).removeprefix("is")} & called:
            yield name, True
        listed = draft.schemas.keyword(at, "enum") or () if (words(name) or ("",))[-1] in STATES else ()
        yield from ((name, value) for value in listed if isinstance(value, str) and plain(value) == plain(last))
