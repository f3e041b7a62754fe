"""Tools about the journal: what was asked, why it was answered so, and whether it was asked as expected."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from mockserver.agent_tools.access import Caller, SandboxAccess, shaped
from mockserver.agent_tools.results import (
    RequestDetails,
    RequestSummaries,
    RequestSummary,
    VerifiedRequests,
    WhyAnswered,
)
from mockserver.client import JournalEntry
from mockserver.client.admin_call import as_, get
from mockserver.client.expectation import expectation
from mockserver.client.namespace_calls import NamespaceCalls

Number = Annotated[int, Field(description="The number of a request: Mock-Request in its response.", ge=1)]


class JournalTools:
    """The journal of the sandbox."""

    def __init__(self, sandbox: SandboxAccess) -> None:
        self._sandbox = sandbox

    async def list_requests(
        self,
        caller: Caller,
        operation: Annotated[str | None, Field(description="Only those of an operationId.")] = None,
        status: Annotated[str | None, Field(description="Only those with a status, or a class such as 4XX.")] = None,
        unmatched: Annotated[bool | None, Field(description="Only those that no operation answered.")] = None,
        since: Annotated[int | None, Field(description="Only those with a greater number.", ge=0)] = None,
        limit: Annotated[int, Field(description="The latest so many.", ge=1, le=1000)] = 20,
        all_namespaces: Annotated[bool, Field(description="Not only those of this namespace.")] = False,
    ) -> RequestSummaries:
        """List the latest requests of the journal, one line each."""
        calls = NamespaceCalls(None if all_namespaces else self._sandbox.namespace(caller).name)
        only: Any = {"operation": operation, "status": status, "unmatched": unmatched, "since": since, "limit": limit}
        if unmatched is not None:
            only["unmatched"] = str(unmatched).lower()
        entries = await self._sandbox.client.send(calls.requests(**only))
        return RequestSummaries(requests=[_summary(each) for each in entries])

    async def get_request(self, number: Number) -> RequestDetails:
        """Read one request of the journal: headers, bodies, the steps of the decision, and what it changed."""
        found = await self._sandbox.client.send(get(f"/requests/{number}", as_(dict[str, Any])))
        return RequestDetails(request=found)

    async def why(self, number: Number) -> WhyAnswered:
        """Explain why a request was answered so: the statement that decided, and a request that is accepted."""
        return shaped(await self._sandbox.client.why(number), WhyAnswered)

    async def verify(
        self,
        caller: Caller,
        operation: Annotated[str | None, Field(description="An operationId.")] = None,
        count: Annotated[int | None, Field(description="Exactly so many; without counts, at least one.", ge=0)] = None,
        at_least: Annotated[int | None, Field(ge=0)] = None,
        at_most: Annotated[int | None, Field(ge=0)] = None,
        values: Annotated[Any, Field(description="Values that the JSON body has.")] = None,
        schema: Annotated[dict[str, Any] | None, Field(description="A JSON Schema that the body matches.")] = None,
        conditions: Annotated[
            dict[str, Any],
            Field(description="Further ones: method, path, status (also 4XX), caller, query, headers, json_path."),
        ] = {},  # noqa: B006 - it is only read
        in_order: Annotated[
            list[str] | None, Field(description="The operationIds of requests that were sent in this order.")
        ] = None,
    ) -> VerifiedRequests:
        """Compare the requests of the journal with what is expected, and tell what differs in the nearest ones."""
        counts = {"count": count, "at_least": at_least, "at_most": at_most}
        names = ("schema", "values")
        wanted = expectation(operation, names, **counts, json=values, body=schema, in_order=in_order, **conditions)
        calls = NamespaceCalls(self._sandbox.namespace(caller).name)
        return shaped(await self._sandbox.client.send(calls.verify(wanted)), VerifiedRequests)


def _summary(entry: JournalEntry) -> RequestSummary:
    reasons = [*entry.notes, *([entry.refusal.message] if entry.refusal is not None else [])]
    if entry.nearest is not None:
        reasons.append(f"no operation; the nearest is {entry.nearest}")
    return RequestSummary(
        number=entry.number,
        time=entry.time,
        namespace=entry.namespace,
        request=f"{entry.request.method} {entry.request.target}",
        status=entry.status,
        operation=entry.operation,
        why="; ".join(reasons),
    )
