"""Messages that are the same as before, kept once: clients that poll send the same bytes again, and get the same again.

It is also faster to compare bytes with some that were just used than to keep new ones, which are in no cache of the
processor.
"""

from __future__ import annotations

from mockserver.web.control.kept_request import LONGEST_BODY, KeptRequest
from mockserver.web.serving.uvicorn_protocol import CompleteResponse

MOST = 256
"""For how many operations the latest messages are known."""


class RepeatedMessages:
    """The latest request and response of each operation, as the journal keeps them."""

    def __init__(self) -> None:
        self._latest: dict[str, tuple[KeptRequest, CompleteResponse]] = {}

    def kept(
        self, operation: str, request: KeptRequest, response: CompleteResponse
    ) -> tuple[KeptRequest, CompleteResponse]:
        """A request and its response, whose body is cut, in the bytes of the latest ones where they are the same."""
        latest = self._latest.get(operation)
        if latest is None:
            if len(self._latest) >= MOST:
                self._latest.clear()
            latest_request, latest_response = request, cut(response)
        else:
            latest_request, latest_response = latest
            is_same = response == latest_response or _is_same_when_cut(response, latest_response)
            if request == latest_request:
                if is_same:
                    return latest
            else:
                latest_request = request
            if not is_same:
                latest_response = cut(response)
        self._latest[operation] = latest = (latest_request, latest_response)
        return latest

    def clear(self) -> None:
        """Forget all."""
        self._latest.clear()


def cut(response: CompleteResponse) -> CompleteResponse:
    """The response with no more of its body than is kept."""
    status, fields, content = response
    return response if len(content) <= LONGEST_BODY else (status, fields, content[:LONGEST_BODY])


def _is_same_when_cut(response: CompleteResponse, latest: CompleteResponse) -> bool:
    """Would the same be kept of a long response as of the latest one?"""
    status, fields, content = response
    if len(content) <= LONGEST_BODY:
        return False
    # No part of it is copied to compare it.
    is_long = len(latest[2]) == LONGEST_BODY
    return is_long and status == latest[0] and fields == latest[1] and content.startswith(latest[2])
