"""Entries of the journal, and why a request was answered as it was: the schemas of the admin API as values."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from mockserver.printed_text import on_one_line, printable


class JournalBody(Struct, frozen=True, omit_defaults=True):
    """A body: `bytes` is its length as sent. `json` is its value if it is JSON; a long body is cut."""

    bytes: int
    json: Any = None
    text: str | None = None
    base64: str | None = None
    is_cut: bool = False

    def __str__(self) -> str:
        if self.text is not None:
            return self.text
        return f"{self.bytes} bytes" if self.base64 is not None or self.is_cut else repr(self.json)


class JournalMessage(Struct, frozen=True):
    """A message of HTTP. Secrets are masked."""

    headers: list[tuple[str, str]]
    body: JournalBody

    def header(self, name: str) -> str | None:
        """The first header field of that name; None if there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class JournalRequest(JournalMessage, frozen=True, kw_only=True):
    """A request; `target` is its path with the query."""

    method: str
    target: str


class JournalResponse(JournalMessage, frozen=True, kw_only=True):
    """A response."""

    status: int
    is_streamed: bool = False


class JournalStep(Struct, frozen=True, omit_defaults=True):
    """A step of the decision, and whether the request passed it. `name` is that of the override or the rule."""

    step: str
    passed: bool
    name: str = ""


class JournalFault(Struct, frozen=True, omit_defaults=True):
    """One wrong value of a request that was refused."""

    location: str = field(name="in")
    field: str
    message: str
    keyword: str
    expected: Any = None


class JournalRefusal(Struct, frozen=True):
    """Why a request was refused."""

    kind: str
    message: str
    faults: list[JournalFault]


class JournalStatement(Struct, frozen=True):
    """The statement that decided, with its evidence and where it is written."""

    about: str
    kind: str
    evidence: str
    source: str
    where: str
    says: Any = None


class JournalChange(Struct, frozen=True):
    """An item that a request created, changed or deleted: its fields before and after."""

    service: str
    resource: str
    tenant: str
    owner: str
    id: str | int | float | bool | None
    change: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class ItemVersion(JournalChange, frozen=True, kw_only=True):
    """A change of an item. `request` is the number of the request that made it, None for a change by hand."""

    revision: int
    request: int | None

    def __str__(self) -> str:
        """One line: the revision, what was done, by whom, and the fields that are new or different."""
        by = f"by request {self.request}" if self.request is not None else "by hand"
        before, after = self.before or {}, self.after or {}
        changed = {name: value for name, value in after.items() if name not in before or before[name] != value}
        gone = [name for name in before if self.after is not None and name not in after]
        told = [*(f"{name}: {value!r}" for name, value in changed.items()), *(f"{name} removed" for name in gone)]
        return on_one_line(f"{self.revision:>5}  {self.change:<7} {by}  {', '.join(told)}".rstrip())


class JournalEntry(Struct, frozen=True, omit_defaults=True):
    """One request and its response. `number` is what `Mock-Request` says in the response.

    `response` is None when none was sent, for example because of a fault.
    """

    number: int
    time: str
    namespace: str
    service: str | None
    operation: str | None
    caller: str | None
    tenant: str | None
    request: JournalRequest
    response: JournalResponse | None
    milliseconds: float
    steps: list[JournalStep]
    refusal: JournalRefusal | None
    statement: JournalStatement | None
    notes: list[str]
    revision: int | None
    changes: list[JournalChange]
    nearest: str | None = None

    @property
    def status(self) -> int | None:
        """The status of the response; None when none was sent."""
        return self.response.status if self.response is not None else None

    def __str__(self) -> str:
        """One line: number, method, target, status, operation, and why it was refused or what changed it."""
        status = str(self.status) if self.response is not None else "no response"
        about = self.operation or (f"no operation; the nearest is {self.nearest}" if self.nearest else "no operation")
        reasons = [*self.notes, *([self.refusal.message] if self.refusal is not None else [])]
        line = f"{self.number:>5}  {self.request.method:<7} {self.request.target}  {status}  {about}"
        return on_one_line(line + (f"  {'; '.join(reasons)}" if reasons else ""))


class RequestExplanation(Struct, frozen=True):
    """Why a request was answered as it was, in sentences. `curl` is a request that would have been accepted."""

    sentences: list[str]
    steps: list[JournalStep]
    statement: JournalStatement | None
    curl: str | None

    def __str__(self) -> str:
        accepted = [f"This would be accepted:\n  {self.curl}"] if self.curl else []
        return printable("\n".join([*self.sentences, *accepted]))
