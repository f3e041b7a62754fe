"""Sentences about requests that add to a figure, take from it, or move it: "Adds money to the wallet"."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mockserver.inference.names import words
from mockserver.inference.sentences.effect_sentences import DOUBT
from mockserver.inference.sentences.refusal_sentences import Sentence, operation_sentences
from mockserver.inference.values.amounts import is_amount
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

GOODS = (
    r"(?:money|funds|cash|credits?|points|coins|tokens|stock|goods|units|pieces|minutes|"
    r"(?:an? |the )?(?:amount|quantity))"
)

ADDS = lazy_pattern(
    rf"^(?:(?:adds?|puts?|pays?|loads?|books?|receives?) (?:in )?(?:some |more |further )?{GOODS}\b"
    r"|(?:deposits?|tops?[ -]ups?|refills?|restocks?|recharges?|earns?|awards? points)\b)",
    re.IGNORECASE,
)
"""How a sentence begins about an operation that raises a figure of the item in its path."""

TAKES = lazy_pattern(
    rf"^(?:(?:takes?|removes?|books?|pays?|spends?) (?:out )?(?:some )?{GOODS}\b|(?:withdraws?|redeems?|spends?)\b|"
    r"(?:charges?|debits?) (?:the |an? |this )?(?:wallet|account|balance)\b)",
    re.IGNORECASE,
)
"""The same about one that lowers it."""

MOVES = lazy_pattern(rf"^(?:moves?|transfers?|sends?|pays?) (?:some )?{GOODS}\b", re.IGNORECASE)
"""How a sentence begins about an operation that takes from one item what it gives to another."""

FIGURES = frozenset(
    ("balance", "stock", "quantity", "credit", "credits", "points", "funds", "coins", "minutes", "level")
)
"""Words in the name of such a figure."""

GIVERS = frozenset(("from", "source", "sender", "payer", "debit", "origin"))
TAKERS = frozenset(("to", "target", "destination", "recipient", "receiver", "payee", "credit", "into"))
"""Words in the names of the two references of a move."""


def numbers_sent(schemas: Schemas, sent: Mapping[str, str]) -> list[str]:
    """The numbers of a request that are no ids; `sent` has the pointers to the schemas of its properties."""
    numbers = (name for name, at in sent.items() if is_amount(schemas, at))
    return [name for name in numbers if words(name)[-1:] != ("id",)]


SHORT = lazy_pattern(
    r"\binsufficient\b|\bnot enough\b|\btoo (?:low|little|few)\b|\b(?:less|lower) than the amount\b|"
    r"\bexceeds? (?:the |its )?(?:current |available )?(?:balance|funds|points|credits?|stock)\b|"
    r"\bmore than (?:the |its )?(?:current |available )?(?:balance|funds|points|credits?|stock)\b",
    re.IGNORECASE,
)
"""How an error says that there is too little of what a request takes."""


BOOKED = {"credit": 1, "debit": -1}
"""Last words of paths that add or take off, and that begin other sentences too."""


def direction(schemas: Schemas, operation: Operation) -> int:
    """Does an operation add to a figure of the item in its path (1), or take from it (-1)? 0 if nothing says so.

    Its sentences say it, else the last word of its path, or an error that says that there is too little.
    """
    for sign, form in ((1, ADDS), (-1, TAKES)):
        if filling_sentence(schemas, operation, form) is not None:
            return sign
    last = operation.path.rpartition("/")[2].replace("-", " ")
    named = next((sign for sign, form in ((1, ADDS), (-1, TAKES)) if form.search(last)), BOOKED.get(last, 0))
    errors = (each for each in operation.responses if each.status[:1] == "4")
    return named or (-1 if any(SHORT.search(each.description) for each in errors) else 0)


def filling_sentence(schemas: Schemas, operation: Operation, form: re.Pattern[str]) -> Sentence | None:
    """The first sentence about an operation that has one of the forms above; None if there is none."""
    found = (each for each in operation_sentences(schemas, operation) if form.search(each.text))
    return next((each for each in found if not DOUBT.search(each.text)), None)
