"""The words for what is done after a verb: `cancelled` after `cancel`, `active` after `activate`."""

from __future__ import annotations

from functools import lru_cache

IRREGULAR = {
    "pay": ("paid",), "send": ("sent",), "hold": ("onhold", "held"), "void": ("void",), "hide": ("hidden",),
    "withdraw": ("withdrawn",), "freeze": ("frozen",), "win": ("won",), "lose": ("lost",), "sell": ("sold",),
    "start": ("running", "active", "inprogress"), "run": ("running",), "stop": ("inactive",),
    "begin": ("begun", "inprogress"), "buy": ("bought",), "lend": ("lent",),
    "resume": ("active", "running", "inprogress"),
    "activate": ("active", "enabled"), "deactivate": ("inactive", "disabled"), "enable": ("active",),
    "disable": ("inactive",), "complete": ("done", "finished"), "finish": ("done", "completed"),
    "reopen": ("open",), "unpublish": ("draft",), "restore": ("active",), "unsuspend": ("active",),
    "unarchive": ("active",), "unblock": ("active",), "unban": ("active",),
}  # fmt: skip
"""What does not follow from the ending, the likeliest first; regular forms come before it."""

OPPOSITES = {
    "disable": "enable", "deactivate": "activate", "show": "hide", "reopen": "close", "restore": "delete",
    "recover": "delete", "resume": "pause", "reactivate": "deactivate", "reinstate": "suspend", "reenable": "disable",
}  # fmt: skip
"""The verb that another one undoes, where no `un` says so."""


PARTICLES = ("out", "in", "up", "off", "on", "down", "back", "over")
"""What follows a verb, also in one word with it: `checkout`, `signoff`."""


@lru_cache(maxsize=4096)
def past_forms(verb: tuple[str, ...]) -> tuple[str, ...]:
    """The words for the state after a verb, given as words, and the verb itself: ("check", "in") gives `checkedin`.

    So does ("checkin",): if a word is no verb with a particle, its forms for one are no words.
    """
    first, rest = verb[0], "".join(verb[1:])
    forms = [form + rest for form in (*_regular(first), first, *IRREGULAR.get(first, ()))]
    particle = next((each for each in PARTICLES if first.endswith(each) and len(first) > len(each) + 1), "")
    stem = first.removesuffix(particle)
    forms += [form + particle for form in (*_regular(stem), *IRREGULAR.get(stem, ()))] if particle and not rest else []
    return tuple(forms)


def _regular(verb: str) -> tuple[str, ...]:
    return (f"{verb}ed", f"{verb}d", f"{verb}{verb[-1:]}ed", f"{verb[:-1]}ied")


def opposite_of(verb: tuple[str, ...]) -> tuple[str, ...]:
    """The verb that this one undoes: ("lock",) of ("unlock",); empty if it undoes none."""
    if not verb:
        return ()
    first = verb[0]
    base = OPPOSITES.get(first) or (first[2:] if first.startswith("un") and len(first) > 4 else "")
    return (base, *verb[1:]) if base else ()
