"""Bodies that name a part of the item above: a vote names one of the options that its poll shows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from mockserver.inference.names import noun, words
from mockserver.inference.relations.references import ID_WORDS, stem


def with_own_parts(
    body: dict[str, Any],
    above: Mapping[str, Any],
    child: str,
    accepts: Callable[[dict[str, Any]], bool],
    left: Collection[str] = (),
) -> dict[str, Any]:
    """The body of a new item with the ids of parts that the item `above` shows: `option_id` for `options`.

    It is the last of them, since mistakes take the first. The parts are objects in a list of the item above that are
    no items of the resource `child` themselves. What is `left` stays as it is, and so does all else if the body would
    not be valid.
    """
    for name, value in body.items():
        known = _ids(name, above, child) if name not in left and not isinstance(value, bool | dict | list) else []
        if known and value not in known and accepts({**body, name: known[-1]}):
            body = {**body, name: known[-1]}
    return body


def _ids(name: str, above: Mapping[str, Any], child: str) -> list[Any]:
    """The ids of the parts that a field names; none if it names none by its own name."""
    if words(name)[-1:] == () or words(name)[-1] not in ID_WORDS:
        return []
    lists = (each for key, each in above.items() if stem(name) == "".join(noun(key)) != "".join(noun(child)))
    entries = next((each for each in lists if isinstance(each, list)), [])
    ids = [each.get("id", each.get(name)) for each in entries if isinstance(each, Mapping)]
    return [each for each in ids if isinstance(each, str | int) and not isinstance(each, bool)]
