"""What the value of a sort parameter may call a property: `created` for `created_at`, `total` for `total_cents`."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.inference.names import plain, words

TIME_ENDS = frozenset(("at", "on", "date", "time"))
"""Last words of the name of a time, which a sort parameter often leaves out."""

UNITS = TIME_ENDS | {"cents", "amount", "minutes", "seconds", "hours", "grams", "kg"}
"""Last words of names that say a unit, which it often leaves out, too."""


def names_of(properties: Iterable[str]) -> dict[str, str]:
    """The properties by the plain names that they may have in a request; the same name means the first of them."""
    every = list(properties)
    found = {"".join(words(name)[:-1]): name for name in reversed(every) if _ends(name, UNITS - TIME_ENDS)}
    found |= {"".join(words(name)[:-1]): name for name in reversed(every) if _ends(name, TIME_ENDS)}
    return found | {plain(name): name for name in reversed(every)}


def named_property(text: str, properties: Iterable[str]) -> str:
    """The property that a text begins to name: `volume_ml` for "volume of blood"; empty if none or several fit."""
    known, said = names_of(properties), words(text)
    for length in range(len(said), 0, -1):
        begun = said[:length]
        if (exact := known.get("".join(begun))) is not None:
            return exact
        longer = {name for name in known.values() if words(name)[:length] == begun}
        if len(longer) == 1:
            return longer.pop()
    return ""


def _ends(name: str, with_one_of: frozenset[str]) -> bool:
    parts = words(name)
    return len(parts) > 1 and parts[-1] in with_one_of
