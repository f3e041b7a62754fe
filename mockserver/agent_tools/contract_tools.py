"""Tools about what is served: list, describe and call operations."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from pydantic import Field

from mockserver.agent_tools.access import Caller, SandboxAccess, shaped
from mockserver.agent_tools.operation_call import OperationCall, sent
from mockserver.agent_tools.results import CalledOperation, OperationDetails, ServedOperation, ServedOperations
from mockserver.client import SandboxError
from mockserver.client.admin_call import as_, get
from mockserver.suggestions import meant

Service = Annotated[str | None, Field(description="A service; may be left out where there is only one.")]
OperationId = Annotated[str, Field(description="An operationId, as list_operations names it.")]

MOST_LISTED = 200
"""How many operations one answer lists: some documents have thousands."""


class ContractTools:
    """What is served, and calling it."""

    def __init__(self, sandbox: SandboxAccess) -> None:
        self._sandbox = sandbox

    async def list_operations(
        self,
        service: Service = None,
        search: Annotated[str, Field(description="Only operations with this text in id, path or summary.")] = "",
    ) -> ServedOperations:
        """List the services of the sandbox and their operations."""
        client = self._sandbox.client
        health = await client.health()
        rows = await client.send(get("/operations", as_(list[dict[str, Any]]), service=service))
        found = [each for each in rows if search.lower() in " ".join(map(str, each.values())).lower()]
        return ServedOperations(
            address=self._sandbox.address,
            services={name: each.title for name, each in health.services.items()},
            operations=[shaped(each, ServedOperation) for each in found[:MOST_LISTED]],
            more=max(len(found) - MOST_LISTED, 0),
        )

    async def describe_operation(self, operation: OperationId, service: Service = None) -> OperationDetails:
        """Describe an operation: parameters, body with schema and example, responses, and how it behaves."""
        return shaped(await self._described(operation, service), OperationDetails)

    async def call_operation(
        self,
        caller: Caller,
        operation: Annotated[str | None, Field(description="An operationId; or give method and path.")] = None,
        service: Service = None,
        parameters: Annotated[
            dict[str, Any], Field(description="With operation: path, query and header parameters by name.")
        ] = {},  # noqa: B006 - it is only read
        method: Annotated[str | None, Field(description="Without operation: a method of HTTP.")] = None,
        path: Annotated[
            str | None, Field(description="Without operation: path and query below the address of the sandbox.")
        ] = None,
        headers: Annotated[dict[str, str], Field(description="Further header fields, such as Authorization.")] = {},  # noqa: B006 - as above
        body: Annotated[
            Any, Field(description="A JSON value; a text is sent as it is with another media type.")
        ] = None,
        media_type: Annotated[str, Field(description="The media type of the body.")] = "application/json",
    ) -> CalledOperation:
        """Send a request to the mock: an operation by its id, or a method and a path. Wrong requests are sent too."""
        namespace = self._sandbox.namespace(caller)
        if operation is not None:
            call = OperationCall.of(await self._described(operation, service), parameters)
        elif method is not None and path is not None:
            call = OperationCall.to(method, path)
        else:
            raise ValueError("give operation, or method and path")
        return await sent(self._sandbox, namespace, call.with_content(headers, body, media_type))

    async def _described(self, operation: str, service: str | None) -> dict[str, Any]:
        """The description of an operation; without a service, of the only one that has it. Raises SandboxError."""
        client = self._sandbox.client
        name = service if service is not None else await self._service_of(operation)
        return await client.send(get(f"/operations/{quote(name, safe='')}", as_(dict[str, Any]), operation=operation))

    async def _service_of(self, operation: str) -> str:
        rows = await self._sandbox.client.send(get("/operations", as_(list[dict[str, Any]])))
        names = [each["service"] for each in rows if each["operation"] == operation]
        if len(names) != 1:
            if names:
                raise SandboxError(f"several services have {operation!r}; give one of: {', '.join(names)}")
            raise SandboxError(
                f"there is no operation {operation!r}; {meant(operation, (each['operation'] for each in rows))}"
            )
        return str(names[0])
