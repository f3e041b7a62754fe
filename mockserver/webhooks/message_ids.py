"""Ids of messages, by which receivers know a repetition: in the form that the service shows."""

from __future__ import annotations

from random import Random
from uuid import UUID

from mockserver.lazy_pattern import lazy_pattern

UUID_TEXT = lazy_pattern(r"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PREFIXED = lazy_pattern(r"([A-Za-z]{1,10}_)[A-Za-z0-9]+")
"""An id with the kind of thing before it, such as `evt_1NG8Du2eZvKYlo2C`."""


def message_id(source: str, *, is_uuid: bool = False) -> str:
    """The id that follows from a text: a UUID, or one as Standard Webhooks shows it (`msg_…`)."""
    random = Random(source)
    return str(UUID(int=random.getrandbits(128), version=4)) if is_uuid else f"msg_{random.getrandbits(96):024x}"


def is_uuid(value: object) -> bool:
    """Is it a text of a UUID (RFC 9562 section 4)?"""
    return isinstance(value, str) and UUID_TEXT.fullmatch(value) is not None


def in_form_of(example: object, id: str) -> str:
    """The id of a message in the form that an example of it has: a UUID, or with the same prefix; else as it is."""
    if is_uuid(example):
        return id if is_uuid(id) else message_id(id, is_uuid=True)
    prefix = PREFIXED.fullmatch(example) if isinstance(example, str) else None
    return prefix[1] + id.rpartition("_")[2] if prefix is not None else id
