"""What the journal keeps of a request and its response, once for all those that are the same.

Clients that poll send the same bytes again, get the same again, and it was decided in the same way. It is also faster
to compare bytes with some that were just used than to keep new ones, which are in no cache of the processor.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from mockserver.errors import Refusal
from mockserver.messages import Principal
from mockserver.openapi.document import Operation
from mockserver.state.change_log import Commit
from mockserver.web.control.kept_request import LONGEST_BODY, KeptRequest
from mockserver.web.response.default_errors import summary
from mockserver.web.serving.uvicorn_protocol import CompleteResponse
from mockserver.web.trace import NO_REMARKS, Outcome, Remarks

MOST = 256
"""For how many operations the latest exchange is known."""

Seen = tuple[KeptRequest, CompleteResponse, Outcome, Remarks]
"""A request, its response, and how it was answered: what has to be the same. One comparison looks at all of it."""


class KeptExchange(Struct, frozen=True, gc=False):
    """A request, its response and how it was answered, at which the garbage collector need not look.

    `status` is None if there was no response; `fields` are its header lines without those of the journal, `content` is
    its body, cut, and `sent` how long it was if it was cut, else 0. The others are those of a Trace.
    """

    request: KeptRequest
    status: int | None
    fields: bytes
    content: bytes
    sent: int
    operation: Operation | None
    step: str
    refusal: Refusal | None
    principal: Principal | None
    tenant: str | None
    label: str | None
    commits: tuple[Commit, ...]
    rules: tuple[str, ...]
    remarks: Remarks = NO_REMARKS

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the request was refused, in words; of one that was answered without a trace, what its refusal says."""
        return self.remarks[0] or (() if self.refusal is None else (summary(self.refusal),))

    @property
    def notes(self) -> tuple[str, ...]:
        """What interceptors did with the request."""
        return self.remarks[1]

    @property
    def override(self) -> str:
        """Which override applied; empty if none did."""
        return self.remarks[2]


LatestExchanges = dict[int, tuple[Seen, KeptExchange]]
"""The latest exchange of each operation, by its identity, as it was seen and as it is kept."""

NEVER_SEEN: Any = (None, None)
"""What is known of an operation that answered nothing yet."""

CUT: CompleteResponse = (0, b"", b"")
"""What a response whose body is cut counts as: it is equal to no other, so that `next_exchange` compares it."""


def next_exchange(latest: LatestExchanges, seen: Seen) -> KeptExchange:
    """What is kept of an exchange that is not equal to the latest one of its operation; it is the latest one now.

    Request and response are kept in the bytes of the latest ones where they are the same.
    """
    request, (status, fields, content), outcome, remarks = seen
    operation, step, refusal, principal, tenant, label, commits, rules = outcome
    sent = len(content) if len(content) > LONGEST_BODY else 0
    before = latest.get(id(operation))
    if before is not None:
        (_, _, latest_outcome, latest_remarks), kept = before
        if request == kept.request:
            request = kept.request
        if status == kept.status and fields == kept.fields and _is_same(content, kept.content, sent):
            fields, content = kept.fields, kept.content
            is_same = request is kept.request and sent == kept.sent
            if is_same and outcome == latest_outcome and remarks == latest_remarks:
                return kept
    elif len(latest) >= MOST:
        latest.clear()
    if sent:
        content = content[:LONGEST_BODY]
    kept = KeptExchange(
        request,
        status,
        fields,
        content,
        sent,
        operation,
        step,
        refusal,
        principal,
        tenant,
        label,
        commits,
        rules,
        remarks,
    )
    latest[id(operation)] = (request, CUT if sent else (status, fields, content), outcome, remarks), kept
    return kept


def _is_same(content: bytes, kept: bytes, sent: int) -> bool:
    """Would the same bytes be kept of a body? No part of a long one is copied to compare it."""
    return content == kept if not sent else len(kept) == LONGEST_BODY and content.startswith(kept)
