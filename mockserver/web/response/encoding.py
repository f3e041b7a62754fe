"""Encoding the body of a reply."""

from __future__ import annotations

from mockserver.messages import Reply
from mockserver.openapi import json_codec, media_types
from mockserver.web.response import serializers


def encoded(reply: Reply) -> Reply:
    """The reply with the bytes of its body, marked as validated; unchanged for a status without a body."""
    status, body, headers, media_type, content, _ = reply
    if content is not None or status in (204, 304):
        return reply
    return Reply(status, body, headers, media_type, encode(reply), True)


def encode(reply: Reply) -> bytes:
    """The bytes of a reply's body."""
    if reply.content is not None:
        return reply.content
    if media_types.is_json(reply.media_type):
        return json_codec.write(reply.body)
    if media_types.is_lines(reply.media_type):
        return serializers.lines(reply.body)
    return reply.body if isinstance(reply.body, bytes) else serializers.plain(reply.body)
