"""The documented response that a client chooses with `Prefer` (RFC 7240); it does not depend on stored items."""

from __future__ import annotations

from collections.abc import Callable

from mockserver.errors import Fault
from mockserver.messages import Call, Reply
from mockserver.openapi.document import Operation
from mockserver.web.operation_handlers import RaisedResponse
from mockserver.web.request import prefer
from mockserver.web.request.prefer import Preferences
from mockserver.web.response.error_responses import ErrorResponses
from mockserver.web.response.example_response import ExampleResponses, ResponseChoice


def preferred(
    operation: Operation,
    call: Call,
    accept: str,
    preferences: Preferences,
    examples: ExampleResponses,
    errors: ErrorResponses,
    draw: Callable[[], int],
    *,
    is_lenient: bool = False,
) -> Reply:
    """The response with the preferred status or example.

    If `is_lenient`, a status that is not documented is answered too: an error in the service's own words, else empty.

    `draw` gives the number of the next response with new values. An error response without an example has the
    service's error body. Raises Unanswerable and NotAcceptable like `ExampleResponses.reply`, and RaisedResponse with a
    400 if the operation does not document what is preferred.
    """
    if is_lenient and prefer.is_undocumented_status(preferences, operation):
        reply = undocumented(preferences, operation, call, errors)._replace(proven=True)
    else:
        detail = prefer.undocumented_detail(preferences, operation)
        if detail:
            raise RaisedResponse(prefer.bad_request(detail), faults=(Fault("header", ("Prefer",), detail, ""),))
        reply = chosen(operation, call, accept, preferences, examples, errors, draw)
    return reply._replace(headers=(*reply.headers, preferences.applied))


def undocumented(preferences: Preferences, operation: Operation, call: Call, errors: ErrorResponses) -> Reply:
    """A response with a status that is not documented: an error in the service's own words, else an empty one."""
    status = preferences.status or 0
    if status < 400:
        return Reply(status, None, (), "")
    refusal = prefer.error_of_status(status, preferences.asked_by)
    return errors.reply(refusal, operation, call.method, call.url)._replace(status=status)


def chosen(
    operation: Operation,
    call: Call,
    accept: str,
    preferences: Preferences,
    examples: ExampleResponses,
    errors: ErrorResponses,
    draw: Callable[[], int] | None = None,
) -> Reply:
    """The documented response with a status or an example; an error that is not shown in the service's own words."""
    status = preferences.status
    response = operation.response(status) if status else None
    if response and status and status >= 400 and not any(map(examples.is_shown, response.content)):
        refusal = prefer.error_of_status(status, preferences.asked_by)
        reply = errors.reply(refusal, operation, call.method, call.url)
        own = examples.headers(operation, call, response, status)
        return reply._replace(status=status, headers=tuple(dict((*own, *reply.headers)).items()))
    choice = ResponseChoice(status, preferences.example, draw if preferences.dynamic else None)
    return examples.reply(operation, call, accept, choice)
