"""Is a reply as the document says? The mock sends none that is not."""

from __future__ import annotations

from mockserver.errors import Unanswerable
from mockserver.messages import Reply
from mockserver.openapi import media_types
from mockserver.openapi.document import Operation
from mockserver.openapi.schemas import Schemas, Validator
from mockserver.state.store import Store
from mockserver.web.operation_handlers import OURS


class ReplyValidator:
    """Validates the replies to one operation; the validator of each status and media type is found once."""

    def __init__(self, operation: Operation, schemas: Schemas) -> None:
        self._operation, self._schemas = operation, schemas
        self._validators: dict[tuple[int, str, bool], Validator | None] = {}

    def validated(self, reply: Reply, *, refused: bool = False, by: str = OURS, store: Store | None = None) -> Reply:
        """The reply, if it is valid. Raises Unanswerable if not; `by` says in the message whose reply it is.

        An invalid reply is sent if it may show an item that a person put into the `store` although it is invalid.
        """
        if reply.proven:
            return reply
        key = (reply.status, reply.media_type, refused)
        if key not in self._validators:
            self._validators[key] = self._validator(reply, refused, by)
        validator = self._validators[key]
        if validator is not None and not validator.is_valid(reply.body):
            if store is not None and store.has_unchecked:
                return reply
            fault = next(iter(validator.iter_errors(reply.body)))
            at = "/".join(str(step) for step in fault.instance_path)
            raise Unanswerable(f"{by} {reply.status} reply breaks the document at /{at}: {fault.message}")
        return reply

    def _validator(self, reply: Reply, refused: bool, by: str) -> Validator | None:
        response = self._operation.response(reply.status)
        if response is None and not refused and self._operation.success() is not None:
            raise Unanswerable(f"{by} reply has the status {reply.status}, which is not documented")
        content = response.content if response else ()
        found = media_types.best([media.name for media in content], reply.media_type)
        pointer = content[found].schema if found is not None else None
        if pointer is not None and media_types.is_lines(reply.media_type):
            return self._schemas.lines_validator(pointer, "response")
        if pointer is not None and media_types.is_json(reply.media_type):
            return self._schemas.validator(pointer, "response")
        return None
