"""The words for what is done after a verb: `cancelled` after `cancel`, `active` after `activate`."""

from __future__ import annotations

from functools import lru_cache

IRREGULAR = {
    "pay": ("paid",), "send": ("sent",), "hold": ("onhold", "held"), "void": ("void",), "hide": ("hidden",),
    "withdraw": ("withdrawn",), "freeze": ("frozen",), "win": ("won",), "lose": ("lost",), "sell": ("sold",),
    "start": ("running", "active", "inprogress"), "run": ("running",), "stop": ("inactive",),
    "begin": ("begun", "inprogress"), "resume": ("active", "running", "inprogress"),
    "activate": ("active", "enabled"), "deactivate": ("inactive", "disabled"), "enable": ("active",),
    "disable": ("inactive",), "complete": ("done", "finished"), "finish": ("done", "completed"),
    "reopen": ("open",), "unpublish": ("draft",), "restore": ("active",), "unsuspend": ("active",),
    "unarchive": ("active",), "unblock": ("active",), "unban": ("active",),
}  # fmt: skip
"""What does not follow from the ending, the likeliest first; regular forms come before it."""

OPPOSITES = {"disable": "enable", "deactivate": "activate", "show": "hide", "reopen": "close"}
"""The verb that another one undoes, where no `un` says so."""


@lru_cache(maxsize=4096)
def past_forms(verb: tuple[str, ...]) -> tuple[str, ...]:
    """The words for the state after a verb, given as words, and the verb itself: ("check", "in") gives `checkedin`."""
    first, rest = verb[0], "".join(verb[1:])
    regular = [f"{first}ed", f"{first}d", f"{first}{first[-1]}ed", f"{first[:-1]}ied", first]
    return tuple(form + rest for form in (*regular, *IRREGULAR.get(first, ())))


def opposite_of(verb: tuple[str, ...]) -> tuple[str, ...]:
    """The verb that this one undoes: ("lock",) of ("unlock",); empty if it undoes none."""
    if not verb:
        return ()
    first = verb[0]
    base = OPPOSITES.get(first) or (first[2:] if first.startswith("un") and len(first) > 4 else "")
    return (base, *verb[1:]) if base else ()
