"""Tools about contracts: infer behaviour, check a service on this machine, and explain what was found."""

from __future__ import annotations

import asyncio
import secrets
from typing import Annotated

from pydantic import Field

from mockserver.agent_tools import check_report
from mockserver.agent_tools.access import SandboxAccess
from mockserver.agent_tools.check_report import CheckReport
from mockserver.agent_tools.command import in_new_folder, run
from mockserver.agent_tools.loopback import check_is_allowed
from mockserver.agent_tools.results import CheckSummary, FindingExplanation, InferredBehaviour
from mockserver.client import AsyncNamespace, SandboxError
from mockserver.client.addresses import prefix

Service = Annotated[str | None, Field(description="A service; may be left out where there is only one.")]
DOCUMENT = "openapi.json"


class CheckTools:
    """Inference and contract checks, by the commands of `mockserver` in a process of their own."""

    def __init__(self, sandbox: SandboxAccess) -> None:
        self._sandbox, self._report = sandbox, CheckReport()
        self._one_at_a_time = asyncio.Lock()

    async def infer(
        self,
        service: Service = None,
        document: Annotated[
            str, Field(description="The text of an OpenAPI document, in place of a service.", max_length=4_000_000)
        ] = "",
    ) -> InferredBehaviour:
        """Infer the behaviour of a service, or of a document, and write it as a behaviour file."""
        text = document.encode() if document else await self._published(service)
        with in_new_folder() as folder:
            done = await run("infer", "-", folder=folder, standard_input=text)
        if done.status:
            raise SandboxError(done.errors.removeprefix("Error: ") or "the document cannot be read")
        return InferredBehaviour(behaviour=done.output, problems=done.errors)

    async def check(
        self,
        service: Service = None,
        url: Annotated[
            str | None,
            Field(description="The base URL of another implementation on this machine; without it, the mock itself."),
        ] = None,
        only: Annotated[list[str], Field(description="Only these checks or operations, such as `GET /pets*`.")] = [],  # noqa: B006 - it is only read
        read_only: Annotated[bool, Field(description="Send only requests that change nothing.")] = False,
    ) -> CheckSummary:
        """Check the mock, or a server on this machine, against the document: a quick run, with its findings.

        The mock is checked in a namespace of its own, so that nothing of it is left.
        """
        address = check_is_allowed(url)
        options = [f"--only={each}" for each in only] + (["--read-only"] if read_only else [])
        async with self._one_at_a_time, self._new_namespace() as namespace:
            target = address or await self._own_address(service, namespace)
            with in_new_folder() as folder:
                (folder / DOCUMENT).write_bytes(await self._document(service, namespace))
                done = await run("check", DOCUMENT, "--url", target, "--quick", *options, folder=folder)
                self._report = check_report.read(folder / "reports", done)
        return self._report.summary

    async def explain_finding(
        self, id: Annotated[str, Field(description="The id of a finding of the latest check.")]
    ) -> FindingExplanation:
        """Explain a finding of the latest check: what is violated, how that is known, and how to see it again."""
        return self._report.explained(id)

    def _new_namespace(self) -> AsyncNamespace:
        """A namespace for requests that are not the agent's: they are not in its journal."""
        return self._sandbox.client.namespace(f"check-{secrets.token_hex(8)}")

    async def _published(self, service: str | None) -> bytes:
        async with self._new_namespace() as namespace:
            return await self._document(service, namespace)

    async def _document(self, service: str | None, namespace: AsyncNamespace) -> bytes:
        """The document of a service, as the sandbox publishes it."""
        client = self._sandbox.client
        name = await client.service_name(service)
        async with await self._sandbox.http(namespace) as http:
            response = await http.get(f"/{name}/{DOCUMENT}")
        if not response.is_success:
            raise SandboxError(f"the sandbox has no document of {name!r}", status=response.status_code)
        return response.content

    async def _own_address(self, service: str | None, namespace: AsyncNamespace) -> str:
        if self._sandbox.address is None:
            raise SandboxError("the mock listens on no port here; give the url of a server on this machine")
        path = await self._sandbox.client.service_path(service)
        return self._sandbox.address + prefix(namespace.name) + path
