"""What the responses of a service showed in a comparison: fields, their values, and ids."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contracts.differential.comparable_reply import UUID
from contracts.model.finding import RecordedExchange
from contracts.model.resources import CheckedResource, ResourceOperation, value_at

FEW = 4
"""The largest number of different values of a field that are kept: more are not constant."""

NUMBERED = re.compile(r"^(?P<prefix>.*?)(?P<number>[0-9]+)$")
MARKED = re.compile(r"^(.*[_-])[A-Za-z0-9]{6,}$")
UNTIL_SEPARATOR = re.compile(r"^[A-Za-z][A-Za-z0-9]*[_.:-]$")

IdShape = tuple[str, str, int]
"""The format of ids in the terms of the `identity` statement: kind, prefix, and length (or width of digits)."""


@dataclass(slots=True)
class Observations:
    """What one side showed, by resource.

    `shown` has the names of all fields in items. `unsent` has, for each field that a create request left out, the
    values that its response showed, as JSON. `ids` are those of created items, in order.
    """

    shown: dict[str, set[str]] = field(default_factory=dict)
    unsent: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    ids: dict[str, list[str]] = field(default_factory=dict)
    texts: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def note(self, resource: CheckedResource, op: ResourceOperation, exchange: RecordedExchange, sent: Any) -> None:
        """Remember what a successful response shows."""
        if not 200 <= exchange.status < 300:
            return
        items = _items(op, exchange.json)
        self.shown.setdefault(resource.name, set()).update(name for item in items for name in item)
        if op is resource.operations.get("create"):
            for item in items:
                self._note_created(resource, item, sent if isinstance(sent, Mapping) else {})

    def _note_created(self, resource: CheckedResource, item: Mapping[str, Any], sent: Mapping[str, Any]) -> None:
        for name, value in item.items():
            if name not in sent:
                values = self.unsent.setdefault((resource.name, name), [])
                if len(values) < FEW or all(json.dumps(value, sort_keys=True) == each for each in values):
                    values.append(json.dumps(value, sort_keys=True))
                if isinstance(value, str):
                    self.texts.setdefault((resource.name, name), []).append(value)
        id = item.get(resource.behaviour.identity.field)
        if isinstance(id, str | int) and not isinstance(id, bool):
            self.ids.setdefault(resource.name, []).append(str(id))

    def is_constant(self, resource: str, name: str) -> bool:
        """Did at least two responses show the same value of a field that the requests left out, and none another?"""
        values = self.unsent.get((resource, name), [])
        return len(values) > 1 and len(set(values)) == 1

    def numbered(self, resource: str) -> tuple[str, int] | None:
        """The prefix of ids that are numbered in order, and how many digits they have at least; None for others."""
        found = [NUMBERED.match(id) for id in self.ids.get(resource, ())]
        parts = [(each["prefix"], each["number"]) for each in found if each]
        if len(parts) < 2 or len(parts) < len(found) or len({prefix for prefix, _ in parts}) > 1:
            return None
        numbers = [int(number) for _, number in parts]
        if numbers != sorted(set(numbers)) or numbers[-1] - numbers[0] > 10 * len(numbers):
            return None
        padded = [len(number) for _, number in parts if number.startswith("0")]
        return parts[0][0], min(padded, default=0)

    def id_shape(self, resource: str, id: Any) -> IdShape | None:
        """The format of ids, told by all that were seen; None if one text is too little to tell.

        Several texts with rising numbers are `digits`. One random id may have only digits by chance (about one in 280
        with 12 hexadecimal digits), or a mark that looks like the end of a prefix; all of them have it only by rule.
        """
        if isinstance(id, int):
            return "integer", "", 0
        numbered = self.numbered(resource)
        if numbered is not None:
            return "digits", *numbered
        return _shape_of_texts([*self.ids.get(resource, ()), str(id)])

    def format_of(self, resource: str, name: str) -> str:
        """The format of a text that differs in each item, such as `whk_ and 32 hexadecimal digits`; else empty."""
        return format_of_texts(self.texts.get((resource, name), []))


def _shape_of_texts(ids: Sequence[str]) -> IdShape | None:
    if all(UUID.fullmatch(id) for id in ids):
        return "uuid", "", 0
    if all(id.isdigit() for id in ids):
        return ("digits", "", 0) if len(set(ids)) > 1 else None
    prefixes = {found[1] if (found := MARKED.match(id)) else "" for id in ids}
    prefix = prefixes.pop() if len(prefixes) == 1 else ""
    return "random", prefix, len(ids[-1]) - len(prefix)


def _items(op: ResourceOperation, body: Any) -> list[Mapping[str, Any]]:
    """The items in a response: the one that it shows, or those of its list."""
    if op.behaviour.action is not None and op.behaviour.action.does == "delete":
        return []
    one = value_at(body, op.reply_path("item"))
    return [one] if isinstance(one, dict) else [*(op.items_in(body) or ())]


def format_of_texts(texts: Sequence[str]) -> str:
    """The format that at least two different texts have in common; empty if there is none."""
    if len(set(texts)) < 2 or len({len(text) for text in texts}) > 1:
        return ""
    prefix = _common_prefix(texts)
    rest = [text[len(prefix) :] for text in texts]
    for name, pattern in (("hexadecimal digits", "[0-9a-f]{8,}"), ("letters and digits", "[0-9A-Za-z]{12,}")):
        if all(re.fullmatch(pattern, text) for text in rest):
            return f"{prefix} and {len(rest[0])} {name}" if prefix else f"{len(rest[0])} {name}"
    return ""


def _common_prefix(texts: Sequence[str]) -> str:
    """What all texts begin with, if it ends in a separator: `whk_`."""
    heads = {text[: at + 1] for text in texts if (at := max(text.rfind(mark) for mark in "_-.:")) >= 0}
    [head] = heads if len(heads) == 1 else [""]
    return head if UNTIL_SEPARATOR.match(head) and all(text.startswith(head) for text in texts) else ""
