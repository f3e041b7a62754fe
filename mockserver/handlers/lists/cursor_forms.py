"""Forms of cursors: where the schema of a cursor does not allow an item's id, it is the item's age in a valid form.

Items are numbered by age, so that a form needs no memory: a cursor that was sent leads back to the number.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from msgspec import Struct

from mockserver.behaviour import templates
from mockserver.behaviour.statements import OperationBehaviour
from mockserver.contract import Contract
from mockserver.handlers.replies.reply_renderer import items_template
from mockserver.openapi.document import Operation
from mockserver.openapi.media_types import is_json
from mockserver.openapi.schemas import Validator
from mockserver.state.record import Record

NEXT = ("next", "next?", "text:next", "text:next?", "text_or_null:next")
"""The placeholders for the position of the next page."""

ALWAYS = ("next", "text:next")
"""Those that a reply always shows."""

UUID_START = "00000000-0000-4000-8000-"
"""What a cursor with the format of a UUID (version 4) begins with."""

LETTERS = "abcdefghij"
"""Letters in place of digits, where a cursor may only have letters."""

LONGEST = 1000
"""How long a cursor is made at most to reach a `minLength`."""


class CursorForm(Struct, frozen=True):
    """One form: writes an age, and reads it again; None for a text of another form."""

    write: Callable[[int], Any]
    read: Callable[[str], int | None]


class Cursors(Struct, frozen=True):
    """The valid cursors of one list: `validators` are those of the reply and of the parameter.

    If each reply must show one (`is_always`), that of the last page leads to an empty page.
    """

    validators: tuple[Validator, ...]
    forms: tuple[CursorForm, ...]
    is_always: bool = False

    def of(self, record: Record) -> Any:
        """The cursor of an item: its id, else its age in the first valid form; None if no form is valid."""
        return next((one for one in self._written(record) if self._is_valid(one)), None)

    def at_end(self, last: Record | None, sent: Any) -> Any:
        """The cursor of a page behind which there is nothing: of its last item, else the one that was sent."""
        if last is not None:
            return self.of(last)
        first = (written for form in self.forms if self._is_valid(written := form.write(0)))
        return sent if sent is not None else next(first, None)

    def age(self, sent: Any) -> int | None:
        """The age of the item that a cursor names; None if it is of no form."""
        return next((age for form in self.forms if (age := form.read(str(sent)))), None)

    def _written(self, record: Record) -> Iterator[Any]:
        yield record.id
        yield str(record.id)
        for form in self.forms:
            yield form.write(record.sequence)

    def _is_valid(self, value: Any) -> bool:
        return all(validator.is_valid(value) for validator in self.validators)


def cursors(contract: Contract, operation: Operation, behaviour: OperationBehaviour) -> Cursors | None:
    """The cursors of a list; None where its reply shows none, or where they may be any text."""
    paging = behaviour.paging
    template = items_template(behaviour.reply)
    path = next((found for name in NEXT if (found := templates.find(template, name)) is not None), None)
    if paging is None or paging.style != "cursor" or path is None:
        return None
    schemas = contract.schemas
    success = operation.success()
    shown = [
        schemas.below(m.schema, path) for m in (success.content if success else ()) if m.schema and is_json(m.name)
    ]
    asked = [p.schema for p in operation.parameters if (p.location, p.name) == ("query", paging.position)]
    places = [at for at in (*shown, *asked) if at is not None and not schemas.takes_any_text(at)]
    if not places:
        return None
    lengths = [schemas.keyword(at, "minLength") for at in places]
    least = min(max((int(each) for each in lengths if isinstance(each, int | float)), default=0), LONGEST)
    validators = tuple(schemas.validator(at, "response") for at in places)
    usable = (form for form in _forms(least) if all(each.is_valid(form.write(SAMPLE)) for each in validators))
    is_required = any(templates.find(template, name) is not None for name in ALWAYS)
    is_always = is_required and not all(
        schemas.validator(at, "response").is_valid("") for at in shown if at is not None
    )
    return Cursors(validators, tuple(usable), is_always)


SAMPLE = 123
"""An age by which the forms are chosen that a list uses."""


def _forms(least: int) -> Iterator[CursorForm]:
    """The forms of an age with at least so many characters, the shortest first."""
    width = max(least, 1)
    digits = 6 + max(0, -(-(least - 8) // 4)) * 3  # three characters are four in base64
    yield CursorForm(lambda age: age, _number)
    yield CursorForm(lambda age: f"{age:0{width}d}", _number)
    yield CursorForm(lambda age: b64encode(f"{age:0{digits}d}".encode()).decode(), _from_base64)
    yield CursorForm(lambda age: f"{UUID_START}{age:012x}", _from_uuid)
    yield CursorForm(lambda age: _lettered(age, width), _from_letters)
    yield CursorForm(lambda age: _lettered(age, width).upper(), _from_letters)


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,1000}", text) else None


def _from_base64(text: str) -> int | None:
    try:
        return _number(b64decode(text, validate=True).decode("ascii"))
    except (Error, ValueError):
        return None


def _from_uuid(text: str) -> int | None:
    try:
        written = str(UUID(text))
    except ValueError:
        return None
    return int(written.removeprefix(UUID_START), 16) if written.startswith(UUID_START) else None


def _lettered(age: int, width: int) -> str:
    return "".join(LETTERS[int(digit)] for digit in f"{age:0{width}d}")


def _from_letters(text: str) -> int | None:
    lower = text.lower()
    return _number("".join(str(LETTERS.index(c)) for c in lower)) if lower and set(lower) <= set(LETTERS) else None
