"""What takes the place of a client's value that no reply can show: the closest one to it, else the generated one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.handlers.fields.part_repair import generated_entry
from mockserver.handlers.fields.value_forms import in_form_of
from mockserver.inference.values.identity import KEYS, UUID


def closest(name: str, sent: Any, generated: Any) -> Iterator[Any]:
    """What may take the place of an invalid value of a client: the closest to it first, the generated one last."""
    yield merged(sent, generated)
    if isinstance(sent, list) and isinstance(generated, list) and {*map(type, sent)} == {*map(type, generated)}:
        yield sent[: len(generated)]  # there may be too many
    yield with_id(name, sent, generated)
    yield generated


def merged(sent: Any, generated: Any) -> Any:
    """The client's value, with the generated properties that it lacks: in objects, also in those of a list."""
    if isinstance(sent, Mapping) and isinstance(generated, Mapping):
        return {**generated, **{name: merged(value, generated.get(name)) for name, value in sent.items()}}
    if isinstance(sent, list) and isinstance(generated, list) and generated:
        return [merged(entry, generated_entry(generated, index)) for index, entry in enumerate(sent)]
    return sent


def with_id(name: str, sent: Any, generated: Any) -> Any:
    """The generated object with the client's text or number as its id, where a reply shows an object for an id.

    Any other value takes the form of the generated one, if it can.
    """
    if isinstance(sent, list) and isinstance(generated, list) and generated:
        return [with_id(name, entry, generated[0]) for entry in sent]
    if isinstance(generated, Mapping) and isinstance(sent, str | int):
        key = _key_for(name, sent, generated)
        return {**generated, key: sent} if key else generated
    return in_form_of(generated, sent)


LABELS = ("label", "text", "value", "content", "caption", "description")
"""Names of the property that a text is, in an object without a name or title, the likeliest first."""


def _key_for(name: str, sent: str | int, generated: Mapping[str, Any]) -> str:
    """The property of an object that has the text or number which a client sent for it; empty if none can be it."""
    able = [key for key, value in generated.items() if type(value) is type(sent) and _is_alike(value, sent)]
    return next((key for key in (name, *KEYS, *LABELS) if key in able), able[0] if len(able) == 1 else "")


def _is_alike(generated: Any, sent: str | int) -> bool:
    """Can both have the same meaning? A word is no UUID."""
    return not isinstance(generated, str) or UUID.fullmatch(generated) is None or UUID.fullmatch(str(sent)) is not None
