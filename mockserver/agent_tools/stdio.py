"""The tools over standard input and output, for a client that starts the server itself."""

from __future__ import annotations

from mockserver.agent_tools.access import SandboxAccess
from mockserver.agent_tools.server import tool_server
from mockserver.client import AsyncSandbox
from mockserver.client.addresses import DEFAULT


async def serve(url: str, *, token: str | None = None, namespace: str | None = None, insecure: bool = False) -> None:
    """Answer messages until standard input ends, with the tools of the sandbox at `url`.

    `insecure` accepts any certificate.
    """
    async with AsyncSandbox(url, token=token, verify=not insecure) as client:
        access = SandboxAccess(client, namespace=namespace or DEFAULT, address=url)
        await tool_server(access).run_stdio_async()
