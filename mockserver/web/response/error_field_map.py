"""Error bodies whose properties are the fields of the request: `{"email": ["Enter a valid address."]}` of Django."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from mockserver.errors import Fault
from mockserver.web.response.error_values import ErrorFacts, role_of

MOST = 50
"""The most fields that a body names."""

WITHOUT_FIELD = ("non_field_errors", "detail")
"""The name of what is about no field, in a map of lists and in one of texts."""


def field_bodies(
    value: Mapping[str, Any],
    facts: ErrorFacts,
    faults: Collection[Fault],
    fields: Collection[str],
    *,
    is_map: bool,
    is_valid: Callable[[Any], bool],
) -> Iterator[dict[str, Any]]:
    """The valid bodies that name the fields at fault, the best first; none where no property is a field.

    `value` is a body as it was generated, `fields` are its declared properties that a request has too. With `is_map`
    the schema declares none, and says what each value is.
    """
    samples = [each for each in value.values() if isinstance(each, str | list)]
    if is_map and (not samples or any(role_of(name) for name in value)):
        return
    own = {name for name in fields if not role_of(name) or isinstance(value.get(name), list)}
    texts: dict[str, list[str]] = {}
    for fault in list(faults)[:MOST]:
        name = fault.field if is_map else str(fault.path[0] if fault.path else "")
        if is_map or name in own:
            texts.setdefault(name, []).append(fault.message)
    if is_map and not texts:
        texts = {WITHOUT_FIELD[0] if isinstance(samples[0], list) else WITHOUT_FIELD[1]: [facts.message]}
    beside = {} if is_map else {name: each for name, each in value.items() if name not in own}
    bodies = (beside | texts, beside | {name: " ".join(each) for name, each in texts.items()})
    yield from (body for body in bodies if texts and is_valid(body))
