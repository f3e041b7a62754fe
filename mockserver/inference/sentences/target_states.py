"""Sentences that say in which state an item is after a request: "draft → sent", "the page is a draft again"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from mockserver.inference.bodies.messages import request_schema
from mockserver.inference.names import plain
from mockserver.inference.sentences.descriptions import DOUBT
from mockserver.inference.sentences.refusal_sentences import operation_sentences
from mockserver.inference.sentences.said_changes import BECOMES
from mockserver.inference.sentences.state_rules import ARROW, CLAUSES, PRESENT, State, named_states
from mockserver.lazy_pattern import lazy_pattern
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas

AGAIN = lazy_pattern(
    r"^(?:it|(?:the|an?) [a-z]+) (?:is|becomes|will be) (?:an? |the )?[\"'`]?(?P<state>[a-z][\w-]*)[\"'`]? "
    r"(?:again|afterwards|(?:from )?then(?: on)?)\b",
    re.IGNORECASE,
)
"""How a sentence names the state after a change: "the page is a draft again afterwards"."""

ALSO = lazy_pattern(r",? (?:also|even) (?:when|if|after|though)\b.*$", re.IGNORECASE)
"""A clause that says that there is no condition."""


class TargetState(NamedTuple):
    """After an operation, `field` of the item is `value`."""

    field: str
    value: Any
    source: str


def target_state(schemas: Schemas, operation: Operation, fields: Mapping[str, str]) -> TargetState | None:
    """The state that the sentences about an operation name; None if they name none, or two, or a request may send it.

    `fields` has the pointers to the schemas of the fields that an item shows.
    """
    known = dict(named_states(schemas, fields))
    found: dict[State, str] = {}
    spoken = set[State]()
    for sentence in operation_sentences(schemas, operation) if known else ():
        text = ALSO.sub("", sentence.text)
        clauses = [each.strip(" .)") for each in CLAUSES.split(text)]
        arrow = next((match for each in clauses if (match := ARROW.match(each)) is not None), None)
        # What stands before may be a condition: "with at least one bid, the lot becomes sold".
        match = arrow or AGAIN.search(clauses[0]) or BECOMES.match(clauses[0])
        said = match["to" if arrow is not None else "state"] if match is not None else ""
        state = known.get(plain(said)) if said else None
        spoken |= {known[name] for each in BECOMES.finditer(sentence.text) if (name := plain(each["state"])) in known}
        if state is not None and state[1] is not PRESENT and (arrow is not None or not DOUBT.search(text)):
            found.setdefault(state, sentence.source)
    if len(found) != 1 or not spoken <= found.keys():
        return None
    (field, value), source = next(iter(found.items()))
    asked = request_schema(operation.request_body)
    is_sent = asked is not None and field in schemas.properties(asked)  # the state is what the request says
    return None if is_sent else TargetState(field, value, source)
