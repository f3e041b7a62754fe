"""The actions on the content of an item: a file, or a value that is no object."""

from __future__ import annotations

from urllib.parse import quote

from mockserver.handlers.actions import complete_update, item_reply, look_up, store, to_change
from mockserver.handlers.binding.bound_operation import Handler
from mockserver.handlers.binding.content_plans import keep, kept
from mockserver.handlers.refusals.content_sizes import check_size
from mockserver.handlers.replies.entity_tags import tagged
from mockserver.handlers.request_context import RequestContext
from mockserver.messages import Reply
from mockserver.openapi import json_codec
from mockserver.openapi.media_types import is_json


def get_content(context: RequestContext) -> None:
    """Find the item. Raises Missing, unless a reply can say that there is nothing."""
    context.record = context.current = look_up(context)
    if context.record is None and (context.bound.content is None or context.bound.content.gone is None):
        raise context.missing()


def replace_content(context: RequestContext) -> None:
    """Draft the item with the body as its content. With `upsert`, create a missing one. Raises Missing without it."""
    before, plan = to_change(context), context.bound.content
    if before is None:
        return
    context.edit(before)
    content = plan.sent(context.call, context.sent) if plan is not None else None
    if plan is not None and content is not None:
        check_size(context, plan, content)
    described = plan.described(content) if plan is not None else {}
    complete_update(context, before, {**before.fields, **described})
    if content is not None:
        keep(context.item, content)


def content_reply(context: RequestContext) -> Reply:
    """Store the draft, if there is one, and show the content of the item; the item, where the reply shows that."""
    plan, is_new = context.bound.content, context.current is None
    if plan is None or not plan.is_shown:
        reply = item_reply(context)
        return reply if reply.body is not None or reply.content is not None else reply._replace(media_type="")
    if context.record is not context.current:
        store(context)
    content = plan.gone if context.record is None else kept(context.record)
    content = content or plan.first()
    media_type = plan.media_type(content)
    renderer = (context.bound.created_renderer if is_new else None) or context.bound.renderer
    headers: tuple[tuple[str, str], ...] = ()
    if plan.sends_name and content.name:
        headers = (("content-disposition", f"attachment; filename*=UTF-8''{quote(content.name)}"),)
    if is_json(media_type):
        found = Reply(renderer.status, json_codec.read(content.data), headers, media_type)
    else:
        found = Reply(renderer.status, None, headers, media_type, content.data, proven=True)
    tags = context.bound.tags
    return tagged(tags, context.call.headers, tags.content_tag(content.data), found) if tags is not None else found


CONTENT_HANDLERS = {
    "get-content": Handler(get_content, content_reply),
    "replace-content": Handler(replace_content, content_reply),
}
"""The handler of each action on a content, by the name that `action.does` uses."""
