"""Sentences that say in which states of an item a request is refused: "Only drafts may be published"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.inference.names import noun, plain, words
from mockserver.inference.sentences.descriptions import description
from mockserver.inference.sentences.refusal_sentences import Sentence, refusal_sentences
from mockserver.inference.values.event_times import is_event
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

STEM = 5
"""So many letters of the last step of a path (`release`) begin what it does (`released`)."""

VERBS = {"delete": ("delete", "remove"), "patch": ("change", "edited", "updated"), "put": ("change", "replace")}
"""What the methods do with an item; a POST does what its path says."""

CANNOT_BE = lazy_pattern(
    r"^(?:an? |the )?(?P<what>[\w -]{1,60}?) (?:can|may|could)(?:not| not|['’]t) be (?P<verbs>[^.;]+)$", re.IGNORECASE
)

STATES = ("status", "state", "stage", "phase")
"""How the name of a field ends that says in which state an item is."""

CLAUSES = lazy_pattern(r",? \bor\b (?=the |it |this |an? |is |was |has )|[,:;(]\s*|\band so\b")

ALLOWED = (
    lazy_pattern(
        r"\bonly (?:if|when|while) (?:the |an? |its )?(?P<about>it|[a-z]+) (?:is|has)"
        r"(?: the)?(?: status| state)? (?P<states>.+)$",
        re.IGNORECASE,
    ),
    lazy_pattern(r"\bonly (?:the |an? )?(?P<states>.+?) (?:can|may|could) be [a-z]+", re.IGNORECASE),
    lazy_pattern(r"\b(?P<about>it|[a-z]+) (?:must|has to|needs to) (?:still )?be (?P<states>.+)$", re.IGNORECASE),
)
"""How a sentence names the states in which a request succeeds."""

NOT_ALLOWED = lazy_pattern(
    r"\b(?P<about>it|[a-z]+) (?:is|was)(?: not|n['’]t) (?:yet |in )?(?P<states>.+)$", re.IGNORECASE
)
"""How an error names them: "the task is not open"."""

FORBIDDEN = (
    lazy_pattern(r"^(?:an? |the )?(?P<states>.+?) (?:can|may|could)(?:not| not|['’]t) be [a-z]+", re.IGNORECASE),
    lazy_pattern(
        r"^(?:an? |the )?(?P<states>.+?) (?:can|may|could)(?:not| not|['’]t) [a-z]+ (?:an?|another|any|more|new)\b",
        re.IGNORECASE,
    ),
)
"""How a sentence names the states in which a request is refused."""

REFUSED = lazy_pattern(
    r"(?:^|\b(?P<about>it|[a-z]+) )(?:is|was|has(?: already)? been) (?:already )?(?P<states>.+?)(?: already)?$",
    re.IGNORECASE,
)
"""How an error names them: "the poll is closed already"."""

DONE_ALREADY = (
    lazy_pattern(r"^(?:(?P<about>it) is )?(?P<states>[a-z][a-z -]{1,40}?) already$", re.IGNORECASE),
    lazy_pattern(r"^(?:(?P<about>it) is )?already (?P<states>[a-z][a-z -]{1,40})$", re.IGNORECASE),
)
"""How an error names them in short: "Checked in already"."""

STATUSES = frozenset(("400", "403", "409", "412", "422", "423"))

IN_THE_WAY = frozenset(("409", "412", "423"))
"""Those that are about what an item is, and not about what a request has."""

STATUS = rf"(?:{'|'.join(sorted(STATUSES))}|conflict)"

REFUSAL = (
    r"(?:(?:gives?|returns?|gets?|yields?|causes?|answers?|fails?|leads? to|results? in|(?:is|are) answered)"
    rf"(?: with| by)?(?: an?| the)?(?: http| status| code| error| response)* {STATUS}(?: conflict| error)?|"
    rf"(?:(?:is|are) (?:refused|rejected)|fails?)(?: (?:with|by)(?: an?| the)?(?: http| status)* {STATUS})?)"
)
"""How a sentence says that a request is refused."""

FAILS = (
    rf"(?:\b{REFUSAL}|^(?:http |status )?{STATUS}|\b(?<!only )not (?:possible|allowed|permitted)|"
    r"\b(?:cannot|can not|can['’]t|may not) be [a-z]+)"
)
"""What a sentence says before the condition: "returns 409", "not possible"."""

WHO = r"(?: (?:the |an? )?(?P<about>it|[a-z]+) (?:is|was|has been))?(?P<no> not|n['’]t)?(?: already| yet| still)?"
WHICH = r"\b(?:an?|any|the) (?P<about>[a-z]+) (?:that|which) (?:is|was|has been)"
STATED = r" (?:an? |the |any )?(?P<states>[\w ,-]{1,80})$"

TAKES = r"(?:takes?|accepts?|allows?|gets?)"

SAID = (
    (rf"{FAILS} (?:if|when|while|once){WHO}{STATED}", False),
    (rf"{FAILS} unless{WHO}{STATED}", True),
    (rf"{FAILS} (?:for|on|with){STATED}", False),
    (rf"\bonly (?:possible|allowed|permitted|works) (?:for|on|with){STATED}", True),
    (
        rf"{WHICH}(?P<no> not|n['’]t)?(?: already| yet)? (?P<states>[\w ,-]{{1,80}}?)(?: already| yet)? {REFUSAL}$",
        False,
    ),
    (rf"^(?:[a-z]+ing )?(?:an? |the |any )?(?P<states>[\w ,-]{{1,80}}?) {REFUSAL}$", False),
    (
        rf"^(?:an? |the )?(?P<states>[\w -]{{1,80}}?) {TAKES} no(?: more| new)? (?P<what>[a-z]+)$",
        False,
    ),
    (rf"^(?:the |an? )?(?P<about>it|[a-z]+) must not (?:already )?be{STATED}", False),
    (r"^nor (?:can |may |could )?(?P<states>[\w -]{1,80})$", False),
)
"""How a sentence names the states in which a request succeeds (True) or is refused: "one that is open gives 409"."""

SAID_REFUSED = tuple((lazy_pattern(pattern, re.IGNORECASE), is_allowed) for pattern, is_allowed in SAID)

DOES = lazy_pattern(
    r"^[a-z]+ (?:an?|the) (?P<states>[\w ,-]{1,80}?)(?: again| now)?(?: and [a-z]+ .*)?$", re.IGNORECASE
)
"""How a sentence names what an operation is for: "ships a paid order"."""

DOES_TO = lazy_pattern(
    r"^[a-z]+ (?:an?|the|another|further|new) [\w -]{1,40}? (?:to|for|on|in|of|from|at|into) (?:an?|the) "
    r"(?P<states>[\w ,-]{1,80})$",
    re.IGNORECASE,
)
"""The same of what is in an item: "adds a note to an open ticket"."""

IN_THIS_STATE = lazy_pattern(
    r"\b(?:in|for) (?:this|that|its|their|such an?|the (?:current|present)|its (?:current|present)) (?:state|status)\b|"
    r"\b(?:is|are) in (?:the|a) wrong (?:state|status)\b|^wrong (?:state|status)\b|"
    r"\b(?:state|status)\b(?: of the [a-z]+)? (?:forbids|prevents|(?:does not|doesn['’]t) (?:allow|permit))\b",
    re.IGNORECASE,
)
"""How an error says that the state is in the way: "not possible in this state"."""

OTHERWISE = lazy_pattern(
    rf"^(?:(?:in )?(?:any|every|each|all) other (?:status|state|statuses|states|case|cases|one|ones)|otherwise)\b.*"
    rf"\b(?:{REFUSAL}|{STATUS})$|\b(?:{STATUS}|refused|rejected|fails) otherwise$",
    re.IGNORECASE,
)
"""How the next one says that all other states are refused."""

ARROW = lazy_pattern(
    r"^(?:the )?(?:status |state )?"
    r"(?:(?P<but>any(?: other)? (?:status|state) (?:but|except) )(?P<others>[\w ,-]{1,80}?)|"
    r"(?P<states>[\w ,-]{1,80}?)) ?(?:→|⟶|⇒|-+>|=>) ?(?P<to>[\w-]+)$",
    re.IGNORECASE,
)
"""How a sentence writes from which state to which one an operation leads: "draft → sent"."""

AROUND = frozenset((
    "a", "an", "the", "in", "or", "and", "state", "status", "be", "still", "yet", "already", "any", "longer", "again",
    "that", "which", "is", "are", "either", "one", "ones",
))  # fmt: skip
"""Words around the names of states."""

State = tuple[str, Any]
"""A field and its value."""

PRESENT = "{present}"
"""The value of a state that a time says: any but null."""


class StateRule(NamedTuple):
    """An operation is refused in these states, or (`is_allowed`) in all states but these."""

    states: frozenset[State]
    is_allowed: bool
    source: str

    @property
    def field(self) -> str:
        """The field that has the state."""
        return next(iter(self.states))[0]

    def forbids(self, item: Mapping[str, Any]) -> bool:
        """Is the operation refused for an item that looks so?"""
        shown = item.get(self.field)
        if self.states == {(self.field, PRESENT)}:
            return bool(item) and (shown is not None) is not self.is_allowed
        return shown is not None and (((self.field, shown) in self.states) is not self.is_allowed)

    def with_more(self, rule: StateRule | None) -> StateRule:
        """The rule with the states that another clause forbids too."""
        is_like = rule is not None and not self.is_allowed and not rule.is_allowed and rule.field == self.field
        return self._replace(states=self.states | rule.states) if rule is not None and is_like else self

    @property
    def text(self) -> str:
        """The rule in our words."""
        named = " or ".join(sorted("set" if value is PRESENT else str(value) for _, value in self.states))
        return f"Refused {'unless' if self.is_allowed else 'if'} {self.field} is {named}."


def state_rule(schemas: Schemas, operation: Operation, fields: Mapping[str, str], name: str) -> StateRule | None:
    """The rule that sentences about an operation state for items called `name`; None if they state none.

    `fields` has the pointers to the schemas of the fields that an item shows. The document must list the status of such
    a refusal.
    """
    if not any(each.status in STATUSES for each in operation.responses):
        return None
    known = dict(named_states(schemas, fields))
    found: StateRule | None = None
    before = ""
    said = (*refusal_sentences(schemas, operation), *_of_service(schemas, operation, name)) if known else ()
    for sentence in said:
        if sentence.status in STATUSES or not sentence.status:
            for clause in (each.strip(" .)") for each in CLAUSES.split(sentence.text)):
                rule = _by_arrow(clause, sentence, known, noun(name)[-1])
                rule = rule or _rule(clause, before, sentence, known, noun(name)[-1], _made_by(operation))
                found = rule if found is None else found.with_more(rule)
                before = clause if DOES.match(clause) else before
    return found or _of_purpose(said, known, noun(name)[-1])


def _of_purpose(said: Iterable[Sentence], known: Mapping[str, State], subject: str) -> StateRule | None:
    """The rule of "Changes an open ticket" beside a 409 "Not possible in this state"; None without such an error."""
    texts = list(said)
    if not any(each.status in IN_THE_WAY and IN_THIS_STATE.search(each.text) for each in texts):
        return None
    for each in texts:
        match = (DOES.match(each.text) or DOES_TO.match(each.text)) if not each.status else None
        states = _named(match["states"], known, subject, is_subject_needed=True) if match is not None else None
        if states:
            return StateRule(states, True, each.source)
    return None


def _of_service(schemas: Schemas, operation: Operation, name: str) -> Iterator[Sentence]:
    """The sentences about the whole service that say what cannot be done with items called `name`, as this operation
    does it: "Released images cannot be deleted"."""
    said = description(schemas, "/info")
    last = operation.path.rstrip("/").rsplit("/", 1)[-1]
    verbs = VERBS.get(operation.method, (last[:STEM].lower(),) if "{" not in last and len(last) >= STEM else ())
    for text in said.sentences():
        match = CANNOT_BE.match(text)
        is_named = match is not None and noun(name)[-1] in {noun(word)[-1] for word in words(match["what"])}
        if match is not None and is_named and any(each in match["verbs"].lower() for each in verbs):
            yield Sentence(text, said.pointer)


def named_states(schemas: Schemas, fields: Mapping[str, str]) -> Iterator[tuple[str, State]]:
    """The words for the states of an item: times of what was done, flags, and the values of its one field with a state.

    `deleted_at` says that it is deleted, where nothing else does.
    """
    listed = {name: schemas.keyword(at, "enum") for name, at in fields.items() if plain(name).endswith(STATES)}
    listed = {name: values for name, values in listed.items() if values}
    for name, pointer in fields.items():
        if is_event(name) and schemas.types(pointer) == {"string", "null"}:
            yield words(name)[0], (name, PRESENT)
    for name, pointer in fields.items():
        if "boolean" in schemas.types(pointer):
            yield plain(name).removeprefix("is"), (name, True)
    if len(listed) == 1:
        for name, values in listed.items():
            yield from ((plain(str(value)), (name, value)) for value in values if isinstance(value, str))


def _made_by(operation: Operation) -> str:
    """What an operation makes, by the end of its path: `comment`; empty if it makes nothing."""
    last = operation.path.rstrip("/").rsplit("/", 1)[-1]
    return noun(last)[-1] if operation.method == "post" and "{" not in last and noun(last) else ""


def _rule(
    clause: str, before: str, sentence: Sentence, known: Mapping[str, State], subject: str, made: str
) -> StateRule | None:
    """The rule of a clause; `before` says what the operation does, `made` is what it makes."""
    forms: list[tuple[re.Pattern[str], bool]] = [*((each, True) for each in ALLOWED), *SAID_REFUSED]
    forms += [(each, False) for each in FORBIDDEN]
    if sentence.status:
        forms += [(NOT_ALLOWED, True), (REFUSED, False), *((each, False) for each in DONE_ALREADY)]
    for form, is_allowed in forms:
        match = form.search(clause)
        said = match.groupdict() if match else {}
        about, what = said.get("about"), said.get("what")
        if what is not None and noun(what)[-1:] != (made,):
            continue  # what an archived project takes no more of, another operation makes
        if match and (about is None or about.lower() == "it" or noun(about)[-1:] == (subject,)):
            states = _any_named(match["states"], known, subject, form)
            if states:
                return StateRule(states, is_allowed is not bool(said.get("no")), sentence.source)
    done = DOES.match(before) if OTHERWISE.search(clause) else None
    states = _named(done["states"], known, subject, is_subject_needed=True) if done else frozenset[State]()
    return StateRule(states, True, sentence.source) if states else None


def _by_arrow(clause: str, sentence: Sentence, known: Mapping[str, State], subject: str) -> StateRule | None:
    """The rule of a clause that writes the states before and after an operation, both of which must be known."""
    match = ARROW.match(clause)
    if match is None or plain(match["to"]) not in known:
        return None
    states = _named(match["states"] or match["others"], known, subject, is_subject_needed=False)
    return StateRule(states, not match["but"], sentence.source) if states else None


def _any_named(text: str, known: Mapping[str, State], subject: str, form: re.Pattern[str]) -> frozenset[State]:
    """The states that a text names. Of "is empty or closed", which refuses both, those that are states count."""
    is_subject_needed = "about" not in form.groupindex
    whole = _named(text, known, subject, is_subject_needed=is_subject_needed)
    if whole or form is not REFUSED:
        return whole
    parts = [_named(part, known, subject, is_subject_needed=False) for part in re.split(r",? or ", text)]
    return max(parts, key=len)


def _named(text: str, known: Mapping[str, State], subject: str, *, is_subject_needed: bool) -> frozenset[State]:
    """The states that a text names; none if it says anything else, or names states of two fields."""
    found, others = set[State](), list[str]()
    spoken = re.findall(r"[\w-]+", text)
    for word, after in zip(spoken, [*spoken[1:], ""], strict=True):
        state = known.get(plain(word + after)) or known.get(plain(word)) or known.get("".join(noun(word)))
        if state is not None:
            found.add(state)
        elif plain(word) in {plain(str(value))[-len(plain(word)) :] for _, value in found}:
            continue  # the second word of `checked out`
        elif word.lower() not in AROUND:
            others.append(noun(word)[-1])
    is_about = set(others) <= {subject} and (bool(others) or not is_subject_needed or _is_noun(text, found))
    return frozenset(found) if is_about and len({field for field, _ in found}) == 1 else frozenset()


def _is_noun(text: str, found: Iterable[State]) -> bool:
    """Is a state named as the thing itself: only `drafts` may be published?"""
    spoken = {"".join(noun(word)) for word in re.findall(r"[\w-]+", text)}
    return any(plain(str(value)) in spoken for _, value in found)
